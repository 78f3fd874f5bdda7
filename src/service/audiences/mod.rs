//! Changing who may see what one recorded oneself, and rules about it for what is still to come.

use futures_util::TryStreamExt as _;

use crate::model::{Attestation, Audience, Group, ImportId, Level, PersonId, Role};

use super::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer};
use told_again::ToldAgain;

mod ruled;
mod rules;
mod settling;
mod told_again;

pub use rules::{AudienceRuleDraft, RuleMade};

/// Of what the audience is changed: only of what the viewer recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AudienceOf {
    /// Everything that one of their imports told.
    Import(ImportId),
    /// All evidence that one person has with another; the viewer's own person where nobody is named.
    Tie(Option<PersonId>, PersonId),
    /// All evidence of a person.
    Person(PersonId),
}

/// Who may see something from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudienceDraft {
    /// What.
    pub of: AudienceOf,
    /// How much of its evidence the team sees; nothing where it is for the viewer alone.
    pub team_sees: Option<Level>,
}

impl AudienceDraft {
    fn audience(&self, viewer: &Viewer) -> Audience {
        match self.team_sees {
            None => Audience::private(viewer.member()),
            Some(level) => Audience { group: Group::Team, level },
        }
    }
}

impl Tertius {
    /// Changes who may see what the viewer recorded, from now on: it is taken back and told again, as
    /// of the moment of the first telling. What was shared stays visible as of past days, and what
    /// others recorded too stays for whom they told it. The answer is how many facts changed: asked
    /// twice, none.
    ///
    /// Evidence is shown as far as the draft says; what an import told of people and companies is
    /// shown to the same group in full, or to nobody. Cadences stay private.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees no such import; `Refused` when it is somebody else's, or runs,
    /// and for people whom the viewer does not see; `Forbidden` for those who only read.
    ///
    /// # Complexity
    /// Linear in what the import told, or in the evidence of the tie or the person.
    pub async fn set_audience(&self, viewer: &Viewer, draft: AudienceDraft) -> ServiceResult<u64> {
        viewer.needs(Role::Member)?;
        let audience = draft.audience(viewer);
        let mut again = ToldAgain::by(self, viewer.member());
        match draft.of {
            AudienceOf::Import(id) => {
                self.refuse_foreign_import(viewer, id).await?;
                let mut told = self.store.stream_told_by(viewer.member(), Some(id));
                while let Some(fact) = told.try_next().await? {
                    let of_import = |told: &Attestation| told.source.import == Some(id);
                    again.tell(&fact, of_import, audience).await?;
                }
            }
            AudienceOf::Tie(from, to) => {
                let recorded = self.recorded_of(viewer).await?;
                let from = recorded.person(from.unwrap_or(viewer.person()));
                let to = recorded.person(to);
                self.refuse_unseen(viewer, "fromId", &[from]).await?;
                self.refuse_unseen(viewer, "toId", &[to]).await?;
                let Some(pair) = recorded.pair((from, to)) else {
                    let message = "a tie is between two people";
                    return Err(ServiceError::refused(RefusalCode::Invalid, "toId", message));
                };
                again.tell_of_pairs(&recorded, &[pair], audience).await?;
            }
            AudienceOf::Person(id) => {
                self.refuse_unseen(viewer, "personId", &[id]).await?;
                let recorded = self.recorded_of(viewer).await?;
                let pairs = recorded.pairs_of(&[id]).await?;
                again.tell_of_pairs(&recorded, &pairs, audience).await?;
            }
        }
        again.finish().await
    }

    async fn refuse_foreign_import(&self, viewer: &Viewer, id: ImportId) -> ServiceResult<()> {
        let import = self.import(viewer, id).await?.import;
        if import.author != viewer.author() {
            let message = "only who brought it in says who may see it";
            return Err(ServiceError::refused(RefusalCode::NotYours, "importId", message));
        }
        if self.imports.runs(id) {
            let message = "it is still running: wait for it, or cancel it";
            return Err(ServiceError::refused(RefusalCode::Conflict, "importId", message));
        }
        Ok(())
    }
}
