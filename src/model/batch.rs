//! What can happen to the nouns, as data.

use serde::{Deserialize, Serialize};

use super::{
    AnyId, Attestation, Audience, Author, BatchId, CompanyId, Day, FactId, Introduction, List,
    Member, PersonId, Revision, Source, Telling, Timestamp, Token,
};

/// How many batches that changed something were applied; it only grows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Version(pub u64);

/// A moment for which all weights are evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epoch {
    /// The facts that enter: those of this version and before.
    pub version: Version,
    /// The day at whose end they are evaluated.
    pub day: Day,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A person is first heard of. Again: nothing happens.
    AddPerson(PersonId),
    /// A company is first heard of. Again: nothing happens.
    AddCompany(CompanyId),
    /// A fact is told. The same fact from the same source by the same recorder: nothing happens,
    /// unless it had been taken back.
    Tell(Telling),
    /// What one recorder told from one source is taken back.
    Retract {
        /// Which fact.
        fact: FactId,
        /// From which source.
        source: Source,
        /// Told by whom.
        recorder: Author,
    },
    /// What one recorder told from one source, and did not take back, is for other eyes from now on:
    /// it is taken back and told again, as of the moment of the first telling. Where it is for these
    /// eyes already, or does not stand: nothing happens.
    SetAudience {
        /// Which fact.
        fact: FactId,
        /// From which source.
        source: Source,
        /// Told by whom.
        recorder: Author,
        /// For whom it is from now on.
        audience: Audience,
    },
    /// From this batch on, all weights are evaluated at the end of a day with what was told by now.
    /// Where that is so already: nothing happens.
    BeginEpoch(Day),
    /// A list is made or changed.
    PutList(List),
    /// A member is made or changed.
    PutMember(Member),
    /// A token is made or changed.
    PutToken(Token),
    /// An invitation is made, used or taken back.
    PutInvitation(super::Invitation),
    /// An introduction is made or changed.
    PutIntroduction(Introduction),
    /// A member says what they want of those who ask them.
    PutAskRules(super::AskRules),
    /// All evidence of before a moment is removed, as if nobody had ever told of it.
    ForgetEvidence(Timestamp),
    /// Somebody is excluded from imports, or no longer.
    PutExclusion(super::Exclusion),
    /// Strength is computed by other numbers from now on.
    PutCalibration(super::Calibration),
    /// An import begins, goes on or ends.
    PutImport(super::Import),
    /// A member says how much they show of somebody, or no longer. It is told to nobody else.
    PutAudienceRule(super::AudienceRule),
    /// A person and every trace of them are removed, also from what was told before, as if nobody
    /// had ever told of them; the receipt stays. What else is told of them is refused from now on,
    /// while an exclusion of who was erased stands.
    ErasePerson(super::Erasure, super::Traces),
}

impl Change {
    /// Takes back what an attestation told.
    pub fn retract(fact: FactId, attestation: &Attestation) -> Self {
        let source = attestation.source.clone();
        Self::Retract { fact, source, recorder: attestation.recorder }
    }
}

/// What must hold, inside the transaction, for a batch to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// This was changed so often and not more; 0 for what is not there yet.
    Revision(AnyId, Revision),
    /// The connector was asked less often than this in the calendar month (UTC) of the batch.
    RequestsBelow {
        /// Who was asked.
        connector: PersonId,
        /// The least number of requests at which it no longer holds.
        cap: u32,
    },
    /// No request by one of these seekers is open with the connector.
    NoOpenRequest {
        /// Who might have asked.
        seekers: Vec<PersonId>,
        /// Who was asked.
        connector: PersonId,
    },
    /// No member stands for this login yet.
    LoginIsFree(super::Login),
}

/// Changes that are applied together or not at all, and once.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// Which batch: a second one with this id does nothing.
    pub id: BatchId,
    /// Who does it.
    pub author: Author,
    /// When.
    pub at: Timestamp,
    /// What must hold.
    pub expects: Vec<Expect>,
    /// What happens.
    pub changes: Vec<Change>,
}

/// The most changes in one batch.
pub const BATCH_CHANGES_MAX: usize = 10_000;

/// The first and the last moment of the calendar month (UTC) that a moment is in, the last one
/// excluded.
pub fn month_of(moment: Timestamp) -> (Timestamp, Timestamp) {
    let text = moment.day().to_string();
    let first: Day = format!("{}01", &text[..8]).parse().expect("each month has a first day");
    let mut next = first.plus(28);
    while next.to_string()[..7] == text[..7] {
        next = next.plus(1);
    }
    (first.start(), next.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_where_the_next_begins() {
        let month = |text: &str| {
            let (from, to) = month_of(text.parse::<Timestamp>().unwrap());
            (from.day().to_string(), to.day().to_string())
        };
        assert_eq!(month("2024-02-29T23:59:59Z"), ("2024-02-01".into(), "2024-03-01".into()));
        assert_eq!(month("2026-12-31T00:00:00Z"), ("2026-12-01".into(), "2027-01-01".into()));
    }
}
