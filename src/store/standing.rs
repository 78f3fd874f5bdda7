//! What every store must decide alike: what of a fact stands for whose eyes, and what a change means.
//!
//! Pure rules over decoded facts. A store finds and keeps; where two could differ, the rule is here.

use crate::model::{
    AnyId, Attestation, Author, Batch, Change, Claim, EvidenceKind, ImportId, Level, MemberId,
    PersonId, Speaker, Timestamp,
};

/// What the attestations of a fact come to: what the team sees of it, and who sees more.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::store) struct View {
    /// What the team may see of it, and since when.
    team: Option<(Level, Timestamp)>,
    /// The members who see all of it, and since when, in order; nobody where the team does.
    members: Vec<(MemberId, Timestamp)>,
}

impl View {
    pub(in crate::store) fn of(attestations: &[Attestation]) -> Self {
        let standing = || attestations.iter().filter(|a| a.retracted_at.is_none());
        let seen = || standing().filter_map(|a| Some((a.level_for(None)?, a.recorded_at)));
        let level = seen().map(|(level, _)| level).max();
        let team = level.zip(seen().map(|(_, at)| at).min());
        if level == Some(Level::Evidence) {
            return Self { team, members: Vec::new() };
        }
        let mut members: Vec<(MemberId, Timestamp)> = standing()
            .flat_map(|a| a.insiders().into_iter().flatten().map(|member| (member, a.recorded_at)))
            .collect();
        members.sort_unstable();
        members.dedup_by_key(|(member, _)| *member);
        Self { team, members }
    }

    /// What somebody sees of it that the team does not; for nobody in particular, the team.
    pub(in crate::store) fn seen_by(&self, member: Option<MemberId>) -> Option<(Level, Timestamp)> {
        let Some(member) = member else { return self.team };
        let at = self.members.binary_search_by_key(&member, |(member, _)| *member).ok()?;
        Some((Level::Evidence, self.members[at].1))
    }

    /// Whether the team sees so much that it weighs as what it is.
    pub(in crate::store) fn is_weighed(&self) -> bool {
        self.team.is_some_and(|(level, _)| level > Level::Tie)
    }
}

/// The team, and every member who sees more of a fact, before a change or after it.
pub(in crate::store) fn onlookers(from: &View, to: &View) -> Vec<Option<MemberId>> {
    let members = from.members.iter().chain(&to.members).map(|(member, _)| Some(*member));
    let mut all: Vec<_> = std::iter::once(None).chain(members).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a fact is one that an editor of whom it is about could overwrite.
pub(in crate::store) const fn raises_revision(claim: &Claim) -> bool {
    !matches!(claim, Claim::Evidence(_) | Claim::Cadence { .. } | Claim::Note(_))
}

/// The revision of what was just heard of. An employment or a relation comes with its first fact,
/// and that counts as a change.
pub(in crate::store) const fn first_revision(id: AnyId) -> u32 {
    match id {
        AnyId::EmploymentId(_) | AnyId::RelationId(_) => 0,
        _ => 1,
    }
}

/// Who is quoted in a claim, and must be there too.
pub(in crate::store) fn speaker(claim: &Claim) -> Option<PersonId> {
    match claim {
        Claim::Note(note) => Some(note.by),
        Claim::Evidence(evidence) => match evidence.kind() {
            EvidenceKind::Statement { by: Speaker::Person(speaker), .. } => Some(*speaker),
            _ => None,
        },
        _ => None,
    }
}

/// The import whose facts a batch tells or takes back, if it does.
pub(in crate::store) fn import_of(batch: &Batch) -> Option<ImportId> {
    batch.changes.iter().find_map(|change| match change {
        Change::PutImport(import) => Some(import.id),
        Change::Tell(telling) => telling.attestation.source.import,
        Change::Retract { source, .. } | Change::SetAudience { source, .. } => source.import,
        _ => None,
    })
}

/// How an author is written.
pub(in crate::store) fn author_text(author: Author) -> String {
    match author {
        Author::System => "system".to_owned(),
        Author::Member(member) => member.to_string(),
    }
}
