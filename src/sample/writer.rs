//! Writes down what happens in a sample, dated by when it was recorded.

use super::{
    calendar::Calendar,
    chance::{Chance, Ids},
};
use crate::model::{
    Attestation, Audience, Author, Change, Claim, Group, LawfulBasis, Level, Source, SystemName,
    Telling, Timestamp,
};

/// A change, and when it was recorded.
pub(super) type Entry = (Timestamp, Change);

/// By which way something came to us.
#[derive(Clone, Copy)]
pub(super) enum Channel {
    Sample,
    LinkedIn,
    Mail,
    Calendar,
    /// Stated by somebody.
    Manual,
}

impl Channel {
    const fn system(self) -> &'static str {
        match self {
            Self::Sample => "sample",
            Self::LinkedIn => "linkedin",
            Self::Mail => "mail",
            Self::Calendar => "calendar",
            Self::Manual => "manual",
        }
    }

    /// How much of it the team may see.
    const fn level(self) -> Level {
        match self {
            Self::Mail | Self::Calendar => Level::Strength,
            Self::Sample | Self::LinkedIn | Self::Manual => Level::Evidence,
        }
    }
}

/// A telling by the installation itself.
pub(super) fn attested(channel: Channel, recorded_at: Timestamp) -> Attestation {
    attested_by(Author::System, channel, recorded_at)
}

/// A telling by somebody, to the team.
pub(super) fn attested_by(
    recorder: Author,
    channel: Channel,
    recorded_at: Timestamp,
) -> Attestation {
    let system = SystemName::new(channel.system()).expect("the names of systems are short");
    Attestation {
        source: Source { system, import: None },
        recorder,
        basis: LawfulBasis::LegitimateInterest,
        audience: Audience { group: Group::Team, level: channel.level() },
        recorded_at,
        retracted_at: None,
    }
}

/// What was written down so far, with what is needed to write on.
pub(super) struct Writer {
    pub(super) calendar: Calendar,
    pub(super) chance: Chance,
    pub(super) ids: Ids,
    entries: Vec<Entry>,
}

impl Writer {
    pub(super) fn new(calendar: Calendar, chance: Chance, ids: Ids) -> Self {
        Self { calendar, chance, ids, entries: Vec::new() }
    }

    /// Writes down a change.
    pub(super) fn put(&mut self, recorded_at: Timestamp, change: Change) {
        self.entries.push((recorded_at, change));
    }

    /// Writes down what was told.
    pub(super) fn tell(&mut self, claim: Claim, attestation: Attestation) {
        let recorded_at = attestation.recorded_at;
        self.put(recorded_at, Change::Tell(Telling::new(claim, attestation)));
    }

    /// Everything in order of recording, and of writing within one moment.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        self.entries.sort_by_key(|&(recorded_at, _)| recorded_at);
        self.entries
    }
}
