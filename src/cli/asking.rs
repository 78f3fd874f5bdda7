//! Of each question, as whom and as of which day it is asked.

use clap::Args;

use crate::model::Day;

use super::{
    args::{AskAs, Command},
    supposing::Supposing,
};

/// As of which day a question is asked.
#[derive(Debug, Clone, Copy, Args)]
pub struct AsOf {
    /// By what was recorded up to the end of this day, such as 2026-09-01 [default: today]
    #[arg(long = "as-of", value_name = "DAY")]
    pub day: Option<Day>,
}

/// What every question takes whose answer is a list.
#[derive(Debug, Clone, Args)]
pub struct Listing {
    /// How many
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub first: usize,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
    /// As of which day.
    #[command(flatten)]
    pub as_of: AsOf,
}

impl Command {
    /// As of which day the question is asked; nothing where no day was named.
    pub(super) fn as_of(&self) -> Option<Day> {
        match self {
            Self::Path(args) => args.as_of.day,
            Self::Reach(args) => args.as_of.day,
            Self::Circles(args) => args.as_of.day,
            Self::WhoKnows(args) => args.listing.as_of.day,
            Self::Knows(args) => args.listing.as_of.day,
            Self::KeepInTouch(args) => args.listing.as_of.day,
            Self::Clusters(args) => args.listing.as_of.day,
            Self::Search(args) => args.listing.as_of.day,
            Self::Parts(args) => args.as_of.day,
            Self::Export(args) => args.as_of.day,
            _ => None,
        }
    }

    /// What the question supposes; nothing where it takes no hypothesis.
    pub(super) fn supposing(&self) -> Option<&Supposing> {
        match self {
            Self::Path(args) => Some(&args.supposing),
            Self::Reach(args) => Some(&args.supposing),
            Self::Circles(args) => Some(&args.supposing),
            Self::WhoKnows(args) => Some(&args.supposing),
            Self::Knows(args) => Some(&args.supposing),
            _ => None,
        }
    }

    /// As whom the question is asked, if it is one.
    pub fn ask_as(&self) -> Option<&str> {
        match self {
            Self::Path(args) => Some(&args.ask_as.member),
            Self::Reach(args) => Some(&args.ask_as.member),
            Self::Circles(args) => Some(&args.ask_as.member),
            Self::Rate(args) => Some(&args.ask_as.member),
            Self::WhoKnows(args) => Some(&args.listing.ask_as.member),
            Self::Override(args) => Some(&args.ask_as.member),
            Self::Knows(args) => Some(&args.listing.ask_as.member),
            Self::KeepInTouch(args) => Some(&args.listing.ask_as.member),
            Self::Ask(args) => Some(&args.ask_as.member),
            Self::Introductions(args) => Some(&args.ask_as.member),
            Self::Introduction(args) => Some(&args.ask_as.member),
            Self::Limits(args) => Some(&args.ask_as.member),
            Self::Note(args) => Some(&args.ask_as.member),
            Self::Audience(args) => args.asker(),
            Self::Cadence(args) => Some(&args.ask_as.member),
            Self::WhatChanged(args) => Some(&args.ask_as.member),
            Self::Clusters(args) => Some(&args.listing.ask_as.member),
            Self::Search(args) => Some(&args.listing.ask_as.member),
            Self::Token(args) => args.asker(),
            Self::Members(args) => args.asker(),
            Self::Audit(args) => Some(&args.ask_as.member),
            Self::Erase(args) => Some(&args.ask_as.member),
            Self::PersonalData(args) => Some(&args.ask_as.member),
            Self::Parts(args) => Some(&args.ask_as.member),
            Self::Link(args) => Some(&args.ask_as.member),
            Self::Unlink(args) => Some(&args.ask_as.member),
            Self::Exclude(args) => Some(&args.ask_as.member),
            Self::Backtest(args) => Some(&args.ask_as.member),
            Self::Calibrate(args) => Some(&args.ask_as.member),
            Self::Export(args) => Some(&args.ask_as.member),
            Self::Imports(args) => Some(&args.ask_as.member),
            Self::Undo(args) => Some(&args.ask_as.member),
            _ => None,
        }
    }
}
