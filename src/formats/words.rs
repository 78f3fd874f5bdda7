//! Records in words, to show what a file was understood as.

use std::fmt::{self, Display};

use super::{ContactKind, Entry, Firm, Job, Party, Record};
use crate::model::{Closeness, Identifier};

impl Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<String> = self.identifiers.iter().map(Identifier::text).collect();
        match (&self.name, known.as_slice()) {
            (Some(name), []) => write!(f, "{name}"),
            (Some(name), known) => write!(f, "{name} <{}>", known.join(", ")),
            (None, []) => f.write_str("somebody"),
            (None, known) => f.write_str(&known.join(", ")),
        }
    }
}

impl Display for Firm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domains = self.domains.iter().map(ToString::to_string);
        let known: Vec<String> =
            domains.chain(self.external.iter().map(Identifier::text)).collect();
        match (&self.name, known.as_slice()) {
            (Some(name), []) => write!(f, "{name}"),
            (Some(name), known) => write!(f, "{name} <{}>", known.join(", ")),
            (None, known) => f.write_str(&known.join(", ")),
        }
    }
}

impl Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(title) = &self.title {
            write!(f, "{title} ")?;
        }
        write!(f, "at {}", self.company)?;
        self.span.from().map_or(Ok(()), |day| write!(f, " from {day}"))?;
        self.span.to().map_or(Ok(()), |day| write!(f, " to {day}"))
    }
}

impl Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { person, jobs, tags } => {
                write!(f, "person {person}")?;
                jobs.iter().try_for_each(|job| write!(f, ", {job}"))?;
                tags.iter().try_for_each(|tag| write!(f, " #{tag}"))
            }
            Self::Company { company, tags } => {
                write!(f, "company {company}")?;
                tags.iter().try_for_each(|tag| write!(f, " #{tag}"))
            }
            Self::Contact { kind, at, people } => {
                let people: Vec<String> = people.iter().map(ToString::to_string).collect();
                write!(f, "{} on {at}: {}", what(kind), people.join(" → "))
            }
            Self::Relation { from, to, kind, .. } => write!(f, "{from} is {kind:?} of {to}"),
            Self::OnList { list, entry: Entry::Person(party) } => write!(f, "on {list}: {party}"),
            Self::OnList { list, entry: Entry::Company(firm) } => write!(f, "on {list}: {firm}"),
            Self::Cadence { person, days } => write!(f, "contact every {days} days: {person}"),
            Self::Excluded { reason } => write!(f, "left out: {reason}"),
        }
    }
}

fn what(kind: &ContactKind) -> String {
    match kind {
        ContactKind::Plain(kind) => kind.name().replace('_', " "),
        ContactKind::Stated(Closeness::Score(score)) => format!("statement {}", score.value()),
        ContactKind::Stated(closeness) => format!("statement {closeness:?}").to_lowercase(),
    }
}
