//! Standing rules of a member: "never show that I know anybody there". Nobody else sees them.

use futures_util::TryStreamExt as _;

use crate::{
    model::{
        Audience, AudienceRule, AudienceRuleId, BatchId, Change, Claim, Domain, Evidence, Fact,
        Level, MemberId, Role, RuleSubject,
    },
    service::{
        RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, identity::Recorded,
        people::refuse_text,
    },
    store::PAGE_MAX,
};

use super::{ruled::Ruled, told_again::ToldAgain};

/// The most rules that a member may have at a time.
const RULES_MAX: usize = 500;

/// Of whom a member shows less from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceRuleDraft {
    /// Of whom.
    pub about: RuleSubject,
    /// The most that the team sees of evidence with them; nothing where all of it is private.
    pub team_sees: Option<Level>,
}

impl AudienceRuleDraft {
    /// About whoever is at a domain.
    ///
    /// # Errors
    /// `Refused` when the text is no domain.
    pub fn at_domain(text: &str, team_sees: Option<Level>) -> ServiceResult<Self> {
        let domain = Domain::new(text.trim().trim_start_matches('@'));
        let domain = domain.map_err(|error| refuse_text("domain", &error))?;
        Ok(Self { about: RuleSubject::Domain(domain), team_sees })
    }
}

/// A rule that was made, and what it did at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMade {
    /// The rule.
    pub rule: AudienceRule,
    /// How many facts that the viewer had recorded are shown less now.
    pub facts: u64,
}

impl Tertius {
    /// The rules of the viewer that stand, in order of making.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audience_rules(&self, viewer: &Viewer) -> ServiceResult<Vec<AudienceRule>> {
        let recorded = self.recorded_of(viewer).await?;
        let mut rules = self.standing_rules(viewer.member()).await?;
        rules.sort_by_key(|rule| (rule.since, rule.id));
        for rule in &mut rules {
            rule.about = shown(&recorded, &rule.about);
        }
        Ok(rules)
    }

    pub(super) async fn standing_rules(&self, owner: MemberId) -> ServiceResult<Vec<AudienceRule>> {
        let rules = self.store.audience_rules_of(owner).await?.into_iter();
        Ok(rules.map(|rule| rule.value).filter(|rule| rule.lifted_at.is_none()).collect())
    }

    /// Makes a rule: what the viewer records or imports of evidence with these people is shown no
    /// further from now on, and what they had recorded is changed at once; where it is private, so is
    /// what their imports tell of these people. What was shared stays visible as of past days. A rule
    /// about the same takes its place, and a looser one shows nothing again that was hidden before.
    ///
    /// # Errors
    /// `Refused` for whom the viewer does not see, for the viewer, beyond 500 rules, and while an
    /// import of theirs runs; `Forbidden` for those who only read.
    ///
    /// # Complexity
    /// Linear in what the viewer ever recorded.
    pub async fn put_audience_rule(
        &self,
        viewer: &Viewer,
        draft: AudienceRuleDraft,
    ) -> ServiceResult<RuleMade> {
        viewer.needs(Role::Member)?;
        self.refuse_subject(viewer, &draft.about).await?;
        let recorded = self.recorded_of(viewer).await?;
        let about = shown(&recorded, &draft.about);
        let rule = {
            let _nothing_comes_in = self.ruling.lock().await;
            if self.imports.any_of_runs(viewer.author()) {
                let message = "an import of yours is running: wait for it, or cancel it";
                return Err(ServiceError::refused(RefusalCode::Conflict, "input", message));
            }
            let standing = self.standing_rules(viewer.member()).await?;
            let before = standing.iter().find(|rule| shown(&recorded, &rule.about) == about);
            if before.is_none() && standing.len() >= RULES_MAX {
                let message = format!("you have {RULES_MAX} rules, which are the most; lift some");
                return Err(ServiceError::refused(RefusalCode::Invalid, "input", message));
            }
            let fresh = || AudienceRule {
                id: AudienceRuleId::new(self.ids.fresh()),
                owner: viewer.member(),
                about: about.clone(),
                team_sees: draft.team_sees,
                since: self.clock.now(),
                lifted_at: None,
            };
            let rule = before.cloned().unwrap_or_else(fresh);
            let rule = AudienceRule { team_sees: draft.team_sees, ..rule };
            self.keep_rule(viewer, rule.clone()).await?;
            rule
        };
        let facts = self.hide_what_was_told(viewer, &recorded, &rule).await?;
        Ok(RuleMade { rule: AudienceRule { about, ..rule }, facts })
    }

    /// Lifts a rule: what is recorded from now on is shown as usual again. What it hid stays hidden.
    ///
    /// # Errors
    /// `Refused` when the viewer has no such rule; `Forbidden` for those who only read.
    pub async fn lift_audience_rule(
        &self,
        viewer: &Viewer,
        id: AudienceRuleId,
    ) -> ServiceResult<AudienceRule> {
        viewer.needs(Role::Member)?;
        let mut standing = self.standing_rules(viewer.member()).await?.into_iter();
        let Some(rule) = standing.find(|rule| rule.id == id) else {
            let message = format!("{id} was not found");
            return Err(ServiceError::refused(RefusalCode::NotFound, "ruleId", message));
        };
        let rule = AudienceRule { lifted_at: Some(self.clock.now()), ..rule };
        self.keep_rule(viewer, rule.clone()).await?;
        let recorded = self.recorded_of(viewer).await?;
        Ok(AudienceRule { about: shown(&recorded, &rule.about), ..rule })
    }

    async fn keep_rule(&self, viewer: &Viewer, rule: AudienceRule) -> ServiceResult<()> {
        // Alone in its batch, which is left out of the trail.
        let changes = vec![Change::PutAudienceRule(rule)];
        self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        Ok(())
    }

    async fn refuse_subject(&self, viewer: &Viewer, about: &RuleSubject) -> ServiceResult<()> {
        match about {
            RuleSubject::Person(id) => {
                self.refuse_unseen(viewer, "personId", &[*id]).await?;
                let recorded = self.recorded_of(viewer).await?;
                if recorded.person(*id) == recorded.person(viewer.person()) {
                    let message = "that is you";
                    return Err(ServiceError::refused(RefusalCode::Invalid, "personId", message));
                }
            }
            RuleSubject::Company(id) => {
                let missing = |_| {
                    let message = format!("{id} was not found");
                    ServiceError::refused(RefusalCode::NotFound, "companyId", message)
                };
                self.company(viewer, *id).await.map_err(missing)?;
            }
            RuleSubject::Domain(_) => {}
        }
        Ok(())
    }

    /// Shows no further what the viewer recorded of those whom a new rule is about.
    async fn hide_what_was_told(
        &self,
        viewer: &Viewer,
        recorded: &Recorded,
        rule: &AudienceRule,
    ) -> ServiceResult<u64> {
        let whose = (viewer.member(), viewer.person());
        let from = (recorded.clone(), self.today());
        let mut ruled = Ruled::by(std::slice::from_ref(rule), whose, from).await?;
        let mut again = ToldAgain::by(self, viewer.member());
        let told = self.store.stream_told_by(viewer.member(), None);
        let mut pages = told.try_chunks(PAGE_MAX);
        while let Some(page) = pages.try_next().await.map_err(|error| error.1)? {
            ruled.meet(&page).await?;
            for fact in &page {
                let is_evidence = matches!(fact.claim, Claim::Evidence(_));
                // What somebody wrote into the directory by hand, they wrote for the team.
                let hides = |import: bool| is_evidence || import;
                again
                    .tell_each(fact, |told| {
                        let import = told.source.import.is_some();
                        hides(import).then(|| ruled.shown(&fact.claim, told.audience))
                    })
                    .await?;
            }
        }
        drop(pages);
        again.finish().await
    }

    /// Writes evidence down as the viewer's rules show it, after other changes.
    pub(in crate::service) async fn record_as_ruled(
        &self,
        viewer: &Viewer,
        (id, mut changes): (BatchId, Vec<Change>),
        evidence: Evidence,
    ) -> ServiceResult<()> {
        let _no_rule_is_made = self.ruling.lock().await;
        let rules = self.standing_rules(viewer.member()).await?;
        let mut change = self.tell(viewer, Claim::Evidence(evidence));
        if let (Change::Tell(telling), false) = (&mut change, rules.is_empty()) {
            let from = (self.recorded_of(viewer).await?, self.today());
            let whose = (viewer.member(), viewer.person());
            let mut ruled = Ruled::by(&rules, whose, from).await?;
            let claim = telling.claim.clone();
            let fact = Fact { id: telling.fact_id(), claim, attestations: Vec::new() };
            ruled.meet(std::slice::from_ref(&fact)).await?;
            telling.attestation.audience = ruled.shown(&fact.claim, Audience::TEAM);
        }
        changes.push(change);
        self.apply(&self.batch(viewer, id, Vec::new(), changes)).await?;
        Ok(())
    }
}

/// The same about those who are shown.
fn shown(recorded: &Recorded, about: &RuleSubject) -> RuleSubject {
    match about {
        RuleSubject::Person(id) => RuleSubject::Person(recorded.person(*id)),
        RuleSubject::Company(id) => RuleSubject::Company(recorded.company(*id)),
        RuleSubject::Domain(domain) => RuleSubject::Domain(domain.clone()),
    }
}
