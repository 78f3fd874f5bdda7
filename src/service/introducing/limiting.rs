//! The limits that members set to being asked.

use crate::{
    model::{
        AskRules, Change, Day, Expect, Holder, MemberId, OverCap, Revision, Role, Scope, Span,
    },
    service::{Refusal, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer},
};

/// The limits that a member wants from now on, in place of those before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskRulesDraft {
    /// How often in a month; without limit where nothing is said.
    pub per_month: Option<u16>,
    /// What becomes of paths through them when that is reached.
    pub over_cap: OverCap,
    /// To whom, and into which companies, they introduce nobody.
    pub never: Vec<Holder>,
    /// From which day to which they are not asked.
    pub quiet: Vec<(Option<Day>, Option<Day>)>,
    /// Who must let each request through.
    pub approver: Option<MemberId>,
    /// Whether a refusal says which limit stands against it.
    pub tells_why: bool,
    /// The revision for which it was decided.
    pub expected_revision: Option<u32>,
}

/// The limits of a member, which they alone see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskRulesView {
    /// The limits.
    pub rules: AskRules,
    /// How often they were changed; 0 where none were ever set.
    pub revision: Revision,
}

impl Tertius {
    /// The limits of the viewer.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn ask_rules(&self, viewer: &Viewer) -> ServiceResult<AskRulesView> {
        viewer.needs_scope(Scope::Read)?;
        let kept = self.store.ask_rules(&[viewer.member()]).await?.pop().flatten();
        Ok(match kept {
            None => AskRulesView { rules: AskRules::none(viewer.member()), revision: Revision(0) },
            Some(kept) => AskRulesView { rules: kept.value, revision: kept.revision },
        })
    }

    /// Sets the limits of the viewer. Requests and paths obey them from the next one on; what was
    /// asked before goes on.
    ///
    /// # Errors
    /// `Refused` for whom the viewer does not see, for too many of anything, and where they were
    /// changed meanwhile; `Forbidden` for those who only read.
    pub async fn set_ask_rules(
        &self,
        viewer: &Viewer,
        draft: AskRulesDraft,
    ) -> ServiceResult<AskRulesView> {
        viewer.needs(Role::Member)?;
        let before = self.ask_rules(viewer).await?;
        if draft.expected_revision.is_some_and(|expected| expected != before.revision.0) {
            let message = format!("they were changed meanwhile: revision {}", before.revision.0);
            let refusal = Refusal::new(RefusalCode::Conflict, "expectedRevision", message);
            return Err(Refusal { present: Some(before.revision.0), ..refusal }.into());
        }
        let rules = AskRules {
            owner: viewer.member(),
            per_month: draft.per_month,
            over_cap: draft.over_cap,
            never: self.read_never(viewer, &draft.never).await?,
            quiet: read_quiet(&draft.quiet)?,
            approver: self.read_approver(viewer, draft.approver).await?,
            tells_why: draft.tells_why,
        };
        let expects =
            vec![Expect::Revision(AskRules::id_of(viewer.member()).into(), before.revision)];
        let changes = vec![Change::PutAskRules(rules)];
        self.apply(&self.batch(viewer, self.fresh_batch(), expects, changes)).await?;
        self.ask_rules(viewer).await
    }

    async fn read_never(&self, viewer: &Viewer, never: &[Holder]) -> ServiceResult<Vec<Holder>> {
        within("never", never.len(), AskRules::NEVER_MAX)?;
        let recorded = self.recorded_of(viewer).await?;
        let mut read = Vec::with_capacity(never.len());
        for holder in never {
            read.push(match holder {
                Holder::Person(id) => {
                    self.refuse_unseen(viewer, "neverPersonIds", &[*id]).await?;
                    Holder::Person(recorded.person(*id))
                }
                Holder::Company(id) => {
                    let missing = |_| {
                        let message = format!("{id} was not found");
                        ServiceError::refused(RefusalCode::NotFound, "neverCompanyIds", message)
                    };
                    self.company(viewer, *id).await.map_err(missing)?;
                    Holder::Company(recorded.company(*id))
                }
            });
        }
        read.sort_unstable();
        read.dedup();
        Ok(read)
    }

    async fn read_approver(
        &self,
        viewer: &Viewer,
        approver: Option<MemberId>,
    ) -> ServiceResult<Option<MemberId>> {
        let Some(approver) = approver else { return Ok(None) };
        let refuse = |code, message: &str| ServiceError::refused(code, "approverId", message);
        if approver == viewer.member() {
            return Err(refuse(RefusalCode::Invalid, "you are asked yourself in any case"));
        }
        let found = self.store.members(&[approver]).await?.pop().flatten();
        match found.filter(|member| member.value.active) {
            Some(_) => Ok(Some(approver)),
            None => Err(refuse(RefusalCode::NotFound, "there is no such member of the team")),
        }
    }
}

fn read_quiet(quiet: &[(Option<Day>, Option<Day>)]) -> ServiceResult<Vec<Span>> {
    within("quiet", quiet.len(), AskRules::QUIET_MAX)?;
    let span = |&(from, to): &(Option<Day>, Option<Day>)| {
        Span::new(from, to).map_err(|e| ServiceError::refused(RefusalCode::Invalid, "quiet", e))
    };
    quiet.iter().map(span).collect()
}

fn within(field: &'static str, count: usize, most: usize) -> ServiceResult<()> {
    if count <= most {
        return Ok(());
    }
    let message = format!("{count} are given, but {most} are the most");
    Err(ServiceError::refused(RefusalCode::Invalid, field, message))
}
