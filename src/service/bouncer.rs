//! Who stands at the door of imports: whoever is excluded, or was erased, does not come in.

use std::collections::HashSet;

use crate::{
    formats::{ContactKind, Entry, Firm, Job, Party, Record},
    model::{Domain, ERASED, Excluded, Identifier, MailAddress, PersonId, Timestamp, fold},
};

use super::identity::Homes;

/// Keeps out whoever is excluded.
#[derive(Debug, Clone)]
pub(super) struct Bouncer {
    keys: HashSet<String>,
    /// Where those who were erased would be filed.
    erased: HashSet<PersonId>,
    homes: Homes,
    /// From when on evidence is kept.
    since: Option<Timestamp>,
}

/// Full names are looked for among so many words in a row.
const NAME_WORDS: std::ops::RangeInclusive<usize> = 2..=5;

impl Bouncer {
    pub(super) fn of(
        homes: Homes,
        excluded: impl Iterator<Item = Excluded>,
        since: Option<Timestamp>,
    ) -> Self {
        let mut bouncer = Self { keys: HashSet::new(), erased: HashSet::new(), homes, since };
        for excluded in excluded {
            match excluded {
                Excluded::Erased(person) => _ = bouncer.erased.insert(person),
                excluded => _ = bouncer.keys.insert(excluded.key()),
            }
        }
        bouncer
    }

    /// Whether evidence of a moment is older than it is kept.
    pub(super) fn is_too_old(&self, at: Timestamp) -> bool {
        self.since.is_some_and(|since| at < since)
    }

    /// Whether a text, such as the name of a file, names somebody who was erased: by an address, a
    /// page, or a full name.
    pub(super) fn is_named_in(&self, text: &str) -> bool {
        if self.erased.is_empty() {
            return false;
        }
        let is_between = |c: char| c.is_whitespace() || "<>()[]\"'`,;|".contains(c);
        let identifiers = text.split(is_between).filter_map(|word| word.parse().ok());
        if identifiers.into_iter().any(|i| self.erased.contains(&self.homes.identified(&i))) {
            return true;
        }
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').collect();
        let names = NAME_WORDS.flat_map(|count| words.windows(count));
        names.into_iter().any(|name| self.erased.contains(&self.homes.called(&name.join(" "))))
    }

    /// A record without those who are excluded; nothing where nothing is left of it. What an
    /// excluded person wrote is left out as a whole, and so is what only they were written.
    pub(super) fn admit(&self, mut record: Record) -> Option<Record> {
        let admitted = match &mut record {
            Record::Person { person, jobs, .. } => {
                jobs.retain(|job| !self.refuses_firm(&job.company));
                !self.refuses(person) && !self.refuses_named(person, jobs.first())
            }
            Record::Company { company, .. } => !self.refuses_firm(company),
            Record::Contact { kind, people, .. } => {
                let is_directed = matches!(kind, ContactKind::Plain(kind) if kind.is_directed());
                let unwanted = is_directed && people.first().is_some_and(|p| self.refuses(p));
                let all = people.len();
                people.retain(|party| !self.refuses(party));
                !unwanted && (people.len() > 1 || people.len() == all)
            }
            Record::Relation { from, to, .. } => !self.refuses_firm(from) && !self.refuses_firm(to),
            Record::OnList { entry: Entry::Person(party), .. }
            | Record::Cadence { person: party, .. } => !self.refuses(party),
            Record::OnList { entry: Entry::Company(firm), .. } => !self.refuses_firm(firm),
            Record::Excluded { .. } => true,
        };
        admitted.then_some(record)
    }

    /// A text, or in its place that it named somebody who was erased.
    pub(super) fn unnamed(&self, text: String) -> String {
        if self.is_named_in(&text) { ERASED.to_owned() } else { text }
    }

    /// Whether nothing may be imported of somebody.
    fn refuses(&self, party: &Party) -> bool {
        let is_excluded =
            !self.keys.is_empty() && party.identifiers.iter().any(|i| self.refuses_identifier(i));
        is_excluded || self.refuses_named(party, None) || self.knows_erased(party)
    }

    fn knows_erased(&self, party: &Party) -> bool {
        let is_erased = |identifier| self.erased.contains(&self.homes.identified(identifier));
        !self.erased.is_empty() && party.identifiers.iter().any(is_erased)
    }

    /// Whether somebody was erased who would be filed where this one is.
    fn refuses_named(&self, party: &Party, job: Option<&Job>) -> bool {
        let filed = || self.homes.person(party, job.map(|job| &job.company));
        !self.erased.is_empty() && filed().is_some_and(|id| self.erased.contains(&id))
    }

    fn refuses_identifier(&self, identifier: &Identifier) -> bool {
        let at = match identifier {
            Identifier::Mail(address) => domain_of(address),
            _ => None,
        };
        self.keys.contains(&identifier.key())
            || at.is_some_and(|domain| self.refuses_domain(&domain))
    }

    /// Whether nothing may be imported of a company.
    fn refuses_firm(&self, firm: &Firm) -> bool {
        firm.domains.iter().any(|domain| self.refuses_domain(domain))
    }

    /// A domain is excluded with everything below it.
    fn refuses_domain(&self, domain: &Domain) -> bool {
        let mut rest = domain.as_str();
        loop {
            if self.keys.contains(&format!("domain:{rest}")) {
                return true;
            }
            match rest.split_once('.') {
                Some((_, above)) => rest = above,
                None => return false,
            }
        }
    }
}

fn domain_of(address: &MailAddress) -> Option<Domain> {
    let folded = address.folded();
    Domain::new(folded.rsplit_once('@')?.1).ok()
}
