//! Erasing a person: the receipt that stays, and what everything else says without them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    Author, Claim, ErasureId, Evidence, EvidenceKind, Holder, Identifier, Name, Note, PersonId,
    Reason, Speaker, SystemName, Timestamp, fold,
};

/// What stands where a text named somebody who was erased.
pub const ERASED: &str = "(erased)";

/// The shortest foreign id that is looked for in texts: shorter ones are found by chance.
const FOREIGN_ID_CHARS_MIN: usize = 6;

/// The shortest word of a name that hints at somebody.
const HINT_CHARS_MIN: usize = 4;

/// That a person was erased: the receipt, which does not say who it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Which erasure.
    pub id: ErasureId,
    /// Under which ids the person was recorded; they name nobody any more.
    pub people: Vec<PersonId>,
    /// Why, in words that do not name the person.
    pub reason: Reason,
    /// Who did it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
}

/// What tells who somebody was: ids, addresses, pages and full names.
///
/// Names of one word are left out, because they name too many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Traces {
    people: BTreeSet<PersonId>,
    /// By which two identifiers are one.
    keys: BTreeSet<String>,
    /// As they are written, in lower case.
    identifiers: BTreeSet<String>,
    /// Folded, between two spaces.
    names: BTreeSet<String>,
    /// Names as they were written, those of one word too.
    written: BTreeSet<String>,
}

/// What is left of a claim.
#[derive(Debug, Clone, PartialEq)]
pub enum Remains {
    /// All of it: it does not name them.
    All,
    /// The same without them.
    Other(Claim),
    /// Nothing.
    Nothing,
}

impl Traces {
    /// The traces of somebody who was recorded under these ids, of whom nothing else is known yet.
    pub fn of(people: impl IntoIterator<Item = PersonId>) -> Self {
        Self { people: people.into_iter().collect(), ..Self::default() }
    }

    /// The ids under which they were recorded.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.people.iter().copied()
    }

    /// Their addresses, pages and longer foreign ids, as they were written and as they are compared,
    /// in lower case.
    pub fn identifiers(&self) -> impl Iterator<Item = &str> {
        self.identifiers.iter().map(String::as_str)
    }

    /// Their full names, folded.
    pub fn full_names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| name.trim())
    }

    /// All texts by which bytes can be searched for them, regardless of case.
    pub fn written(&self) -> impl Iterator<Item = &str> {
        self.identifiers().chain(self.written.iter().map(String::as_str))
    }

    /// Learns from a claim what else tells who they are.
    pub fn learn(&mut self, claim: &Claim) {
        match claim {
            Claim::PersonName { person, name } if self.people.contains(person) => {
                self.written.insert(name.as_str().to_owned());
                let folded = fold(name.as_str());
                if folded.contains(' ') {
                    self.names.insert(format!(" {folded} "));
                }
            }
            Claim::PersonIdentifier { person, identifier } if self.people.contains(person) => {
                self.learn_identifier(identifier);
            }
            Claim::Evidence(evidence) => {
                let theirs = evidence.participants().iter();
                let theirs = theirs.filter(|participant| self.people.contains(&participant.person));
                let read: Vec<_> = theirs.filter_map(|p| p.read_as.clone()).collect();
                for identifier in &read {
                    self.learn_identifier(identifier);
                }
            }
            _ => {}
        }
    }

    /// Learns one of their identifiers.
    pub fn learn_identifier(&mut self, identifier: &Identifier) {
        self.keys.insert(identifier.key());
        let text = identifier.text().to_lowercase();
        match identifier {
            Identifier::Mail(address) => self.identifiers.extend([text, address.folded()]),
            Identifier::Profile(_) => self.identifiers.extend([text]),
            Identifier::External { .. } if text.chars().count() >= FOREIGN_ID_CHARS_MIN => {
                self.identifiers.extend([text]);
            }
            Identifier::External { .. } => {}
        }
    }

    /// Whether a text names them.
    pub fn are_in(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        if self.identifiers.iter().any(|identifier| occurs(identifier, &lower)) {
            return true;
        }
        let folded = format!(" {} ", fold(text));
        self.names.iter().any(|name| folded.contains(name))
    }

    /// Whether a text names them, or a longer word of a name of theirs.
    pub fn are_hinted_at(&self, text: &str) -> bool {
        let folded = fold(text);
        let words: BTreeSet<&str> = folded.split(' ').collect();
        let hints = |name: &String| {
            let name = fold(name);
            name.split(' ').any(|word| word.len() >= HINT_CHARS_MIN && words.contains(word))
        };
        self.are_in(text) || self.written.iter().any(hints)
    }

    /// Whether one of a claim's words for people is theirs.
    pub(super) fn name(&self, person: PersonId) -> bool {
        self.people.contains(&person)
    }

    fn hold(&self, holder: Holder) -> bool {
        matches!(holder, Holder::Person(person) if self.name(person))
    }

    /// What is left of a claim without them.
    ///
    /// What they wrote goes as a whole; of what others did together, those others remain. It is what
    /// an import of the same file leaves when they are excluded.
    pub fn taken_from(&self, claim: &Claim) -> Remains {
        let is_theirs = match claim {
            Claim::PersonName { person, .. }
            | Claim::PersonIdentifier { person, .. }
            | Claim::AskLimit { person, .. } => self.name(*person),
            Claim::Identity { one, other, .. } => self.hold(*one) || self.hold(*other),
            Claim::Employment(job) => self.name(job.person),
            Claim::ListEntry { entry, .. } => self.hold(*entry),
            Claim::Cadence { of, with, .. } => self.name(*of) || self.name(*with),
            Claim::Note(note) => {
                self.name(note.on) || self.name(note.by) || self.are_in(note.text.as_str())
            }
            Claim::Tag { on, tag } => self.hold(*on) || self.are_in(tag.as_str()),
            Claim::CompanyName { .. }
            | Claim::CompanyDomain { .. }
            | Claim::CompanyIdentifier { .. }
            | Claim::Relation(_) => false,
            Claim::Evidence(evidence) => return self.taken_from_evidence(evidence),
        };
        match claim {
            _ if is_theirs => Remains::Nothing,
            Claim::Note(note) => self.taken_from_note(note),
            Claim::Employment(job) => match &job.title {
                Some(title) if self.are_in(title.as_str()) => {
                    Remains::Other(Claim::Employment(super::Employment {
                        title: None,
                        ..job.clone()
                    }))
                }
                _ => Remains::All,
            },
            _ => Remains::All,
        }
    }

    /// A note whose words name them goes; of its topics those alone that do.
    fn taken_from_note(&self, note: &Note) -> Remains {
        let topics = note.topics.iter().filter(|topic| !self.are_in(topic.as_str()));
        let topics: Vec<_> = topics.cloned().collect();
        if topics == note.topics {
            return Remains::All;
        }
        Remains::Other(Claim::Note(Note { topics, ..note.clone() }))
    }

    fn taken_from_evidence(&self, evidence: &Evidence) -> Remains {
        let by_them = match evidence.kind() {
            EvidenceKind::Statement { by: Speaker::Person(speaker), .. } => self.name(*speaker),
            _ => false,
        };
        let first = evidence.participants().first().map(|first| first.person);
        let from_them = evidence.kind().is_directed() && first.is_some_and(|from| self.name(from));
        if by_them || from_them {
            return Remains::Nothing;
        }
        let mut kind = evidence.kind().clone();
        match &mut kind {
            EvidenceKind::Override { reason, .. } => {
                *reason = reason.take().filter(|reason| !self.are_in(reason.as_str()));
            }
            EvidenceKind::Statement { by: Speaker::System(system), .. } => {
                *system = self.cleaned_system(system);
            }
            _ => {}
        }
        let others = evidence.participants().iter().filter(|p| !self.name(p.person)).cloned();
        let others = others.map(|mut other| {
            other.read_as = other.read_as.filter(|read| !self.keys.contains(&read.key()));
            other
        });
        match Evidence::new(kind, evidence.at(), others) {
            Ok(left) if left == *evidence => Remains::All,
            Ok(left) => Remains::Other(Claim::Evidence(left)),
            Err(_) => Remains::Nothing,
        }
    }

    /// The name of a system, where it does not name them.
    pub fn cleaned_system(&self, name: &SystemName) -> SystemName {
        if self.are_in(name.as_str()) {
            SystemName::new(ERASED).expect("a name")
        } else {
            name.clone()
        }
    }

    /// A name, where it does not name them.
    pub(super) fn cleaned(&self, name: &Name) -> Name {
        if self.are_in(name.as_str()) { Name::new(ERASED).expect("a name") } else { name.clone() }
    }
}

/// Whether an identifier stands in a text, and not as a part of a longer one.
fn occurs(identifier: &str, text: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "-_".contains(c);
    text.match_indices(identifier).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let mut after = text[at + found.len()..].chars();
        let is_longer = match after.next() {
            Some('.') => after.next().is_some_and(goes_on),
            next => next.is_some_and(goes_on),
        };
        !is_longer && !before.is_some_and(|c| goes_on(c) || ".+".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Employment, EmploymentId, Participant, Probability, Span, Tag};

    const ELIF: PersonId = PersonId::new(1);
    const ANA: PersonId = PersonId::new(2);
    const BEN: PersonId = PersonId::new(3);

    fn mail(address: &str) -> Identifier {
        address.parse().unwrap()
    }

    fn traces() -> Traces {
        let mut traces = Traces::of([ELIF]);
        let name = Name::new("Elif Kaya").unwrap();
        traces.learn(&Claim::PersonName { person: ELIF, name });
        let identifier = mail("Elif@Globex.example");
        traces.learn(&Claim::PersonIdentifier { person: ELIF, identifier });
        traces
    }

    fn evidence(kind: EvidenceKind, people: &[PersonId]) -> Evidence {
        let people = people.iter().map(|&person| Participant::from(person));
        Evidence::new(kind, Timestamp::from_ms(0), people).unwrap()
    }

    fn left(kind: EvidenceKind, people: &[PersonId]) -> Option<Vec<PersonId>> {
        match traces().taken_from(&Claim::Evidence(evidence(kind, people))) {
            Remains::All => Some(people.to_vec()),
            Remains::Other(Claim::Evidence(left)) => {
                Some(left.participants().iter().map(|p| p.person).collect())
            }
            Remains::Other(_) | Remains::Nothing => None,
        }
    }

    #[test]
    fn of_a_meeting_the_others_remain() {
        assert_eq!(left(EvidenceKind::Meeting, &[ELIF, ANA, BEN]), Some(vec![ANA, BEN]));
        assert_eq!(left(EvidenceKind::Meeting, &[ANA, BEN]), Some(vec![ANA, BEN]));
        assert_eq!(left(EvidenceKind::Meeting, &[ELIF, ANA]), None);
    }

    #[test]
    fn what_they_wrote_or_said_goes_and_what_was_written_to_others_too_remains() {
        assert_eq!(left(EvidenceKind::Mail, &[ELIF, ANA, BEN]), None);
        assert_eq!(left(EvidenceKind::Mail, &[ANA, ELIF, BEN]), Some(vec![ANA, BEN]));
        let said = |by| EvidenceKind::Statement { closeness: crate::model::Closeness::Good, by };
        assert_eq!(left(said(Speaker::Person(ELIF)), &[ANA, BEN]), None);
        assert_eq!(left(said(Speaker::Person(ANA)), &[ANA, BEN]), Some(vec![ANA, BEN]));
    }

    #[test]
    fn a_title_a_tag_and_a_reason_that_name_them_no_longer_do() {
        let title = |text: &str| {
            let title = Some(crate::model::Title::new(text).unwrap());
            let (id, company) = (EmploymentId::new(4), crate::model::CompanyId::new(5));
            let span = Span::default();
            Claim::Employment(Employment { id, person: ANA, company, title, span })
        };
        match traces().taken_from(&title("Assistant to Élif  KAYA, Istanbul")) {
            Remains::Other(Claim::Employment(job)) => assert_eq!(job.title, None),
            other => panic!("{other:?}"),
        }
        assert_eq!(traces().taken_from(&title("Assistant")), Remains::All);
        let tag = |text: &str| Claim::Tag { on: Holder::Person(ANA), tag: Tag::new(text).unwrap() };
        assert_eq!(traces().taken_from(&tag("via elif@globex.example")), Remains::Nothing);
        assert_eq!(traces().taken_from(&tag("via Elif")), Remains::All);
        let reason = |text: &str| {
            let strength = Probability::new(0.5).unwrap();
            let until = Timestamp::from_ms(0).day().plus(9);
            let reason = Some(Reason::new(text).unwrap());
            Claim::Evidence(evidence(
                EvidenceKind::Override { strength, reason, until },
                &[ANA, BEN],
            ))
        };
        assert_eq!(traces().taken_from(&reason("they met twice")), Remains::All);
        assert!(matches!(traces().taken_from(&reason("says Elif Kaya")), Remains::Other(_)));
    }

    #[test]
    fn an_address_is_not_found_in_a_longer_one() {
        let mut traces = Traces::of([ELIF]);
        traces.learn_identifier(&mail("ana@globex.example"));
        traces.learn_identifier(&mail("linkedin.com/in/ana"));
        for text in [
            "susana@globex.example",
            "x.ana@globex.example",
            "ana@globex.example.com",
            "linkedin.com/in/ana-silva",
            "nothing",
        ] {
            assert!(!traces.are_in(text), "{text}");
        }
        for text in ["Ana@Globex.example.", "<ana@globex.example>", "see linkedin.com/in/Ana"] {
            assert!(traces.are_in(text), "{text}");
        }
    }
}
