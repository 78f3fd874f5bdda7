//! Drafting an introduction, and asking connectors within the limits that they set.

use crate::{
    model::{
        Ask, AskRules, Author, Batch, BatchId, Carried, Change, Day, Expect, Holder, Introduction,
        IntroductionId, IntroductionState, PersonId, Purpose, Revision, Route, Start, Tag,
        Versioned,
    },
    service::{
        Refusal, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, people::refuse_text,
    },
};

use super::{ANSWER_DAYS_MAX, IntroductionDraft, bars::closes, sign};

/// What may stand against a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Against {
    Cap,
    Quiet,
    Never,
}

impl Tertius {
    /// The draft as an introduction of which nobody is told yet.
    pub(super) async fn drafted(
        &self,
        viewer: &Viewer,
        id: IntroductionId,
        draft: &IntroductionDraft,
    ) -> ServiceResult<Introduction> {
        let recorded = self.recorded();
        let me = recorded.person(viewer.person());
        let shown = |ids: &[PersonId]| ids.iter().map(|&id| recorded.person(id)).collect();
        let (start, seeker, connectors): (_, _, Vec<PersonId>) = match draft.seeker {
            None => (Start::Seeker, me, shown(&draft.connectors)),
            Some(_) if !draft.connectors.is_empty() => {
                let message = "where you bring two people together, you are the connector";
                return Err(ServiceError::refused(RefusalCode::Invalid, "connectorIds", message));
            }
            Some(seeker) => (Start::Connector, recorded.person(seeker), vec![me]),
        };
        let target = recorded.person(draft.target);
        self.refuse_untold(viewer, "connectorIds", &connectors).await?;
        self.refuse_untold(viewer, "targetId", &[target]).await?;
        self.refuse_untold(viewer, "seekerId", &[seeker]).await?;
        let asks = connectors.into_iter().map(Ask::of).collect();
        let route = Route::new(seeker, asks, target);
        let route = route
            .map_err(|error| ServiceError::refused(RefusalCode::Invalid, "connectorIds", error))?;
        let purpose = Purpose::new(&draft.purpose).map_err(|e| refuse_text("purpose", &e))?;
        let stands = (IntroductionState::Draft, self.clock.now());
        let carried = self.carried(viewer, start, draft).await?;
        Ok(Introduction { carried, ..Introduction::standing(id, route, purpose, stands) })
    }

    async fn carried(
        &self,
        viewer: &Viewer,
        start: Start,
        draft: &IntroductionDraft,
    ) -> ServiceResult<Carried> {
        let missing = |field, id: String| {
            ServiceError::refused(RefusalCode::NotFound, field, format!("{id} was not found"))
        };
        if let Some(account) = draft.account {
            let found = self.company(viewer, account).await;
            found.map_err(|_| missing("accountId", account.to_string()))?;
        }
        if let Some(list) = draft.list {
            self.list(viewer, list).await.map_err(|_| missing("listId", list.to_string()))?;
        }
        let variant = draft.variant.as_deref().map(Tag::new).transpose();
        let variant = variant.map_err(|error| refuse_text("variant", &error))?;
        if draft.answer_days.is_some_and(|days| !(1..=ANSWER_DAYS_MAX).contains(&days)) {
            let message = format!("give them 1 to {ANSWER_DAYS_MAX} days to answer");
            return Err(ServiceError::refused(RefusalCode::Invalid, "answerDays", message));
        }
        let (account, list, answer_days) = (draft.account, draft.list, draft.answer_days);
        Ok(Carried { start, account, list, variant, answer_days })
    }

    /// Whoever is asked learns of all on the route: so those must be people whom the team sees.
    async fn refuse_untold(
        &self,
        viewer: &Viewer,
        field: &'static str,
        people: &[PersonId],
    ) -> ServiceResult<()> {
        self.refuse_unseen(viewer, field, people).await?;
        let found = self.recorded().people(people).await?;
        let is_told = |person: &Option<crate::model::Person>| {
            person.as_ref().is_some_and(|person| person.is_visible(None))
        };
        match people.iter().zip(found).find(|(_, person)| !is_told(person)) {
            None => Ok(()),
            Some((id, _)) => {
                let message =
                    format!("only you see {id}, and whoever is asked would: tell the team first");
                Err(ServiceError::refused(RefusalCode::Invalid, field, message))
            }
        }
    }

    /// Puts an introduction after a move, if nobody else was first and the limits of whoever is
    /// asked by it allow that.
    pub(super) async fn put_introduction(
        &self,
        author: Author,
        batch: BatchId,
        (before, mut next): (&Versioned<Introduction>, Introduction),
        more: Vec<Change>,
    ) -> ServiceResult<()> {
        if next.state.awaits_answer() {
            self.refuse_closed(next.route.target()).await?;
        }
        let mut expects = vec![Expect::Revision(before.value.id.into(), before.revision)];
        let asked_before: Vec<bool> =
            before.value.route.asks().iter().map(|ask| ask.asked_at.is_some()).collect();
        let mut asks = next.route.asks().to_vec();
        let mut asked = None;
        for (ask, was_asked) in asks.iter_mut().zip(asked_before) {
            if ask.asked_at.is_some() && !was_asked {
                let (limits, rules) = self.asking(&next, ask.connector).await?;
                expects.extend(limits);
                ask.approver = rules.approver.filter(|approver| *approver != rules.owner);
                asked = Some((ask.connector, rules));
            }
        }
        let route = Route::new(next.route.seeker(), asks, next.route.target());
        next.route = route.expect("the same people as before");
        sign(&mut next, before.value.history.len(), batch);
        let changes = [Change::PutIntroduction(next)].into_iter().chain(more).collect();
        let batch = Batch { id: batch, author, at: self.clock.now(), expects, changes };
        let done = self.apply(&batch).await;
        match (done, asked) {
            (Err(ServiceError::Refused(refusal)), Some((connector, rules)))
                if refusal.code == RefusalCode::Quota =>
            {
                Err(self.against(&rules, connector, Against::Cap))
            }
            (done, _) => done.map(drop),
        }
    }

    /// Nobody is asked for an introduction to who said that they do not want that.
    async fn refuse_closed(&self, target: PersonId) -> ServiceResult<()> {
        let found = self.recorded().people(&[target]).await?.pop().flatten();
        let facts = found.into_iter().flat_map(|person| person.facts);
        if !facts.into_iter().any(|fact| fact.is_open_to(None) && closes(&fact).is_some()) {
            return Ok(());
        }
        let message = format!("{target} does not want to be asked for introductions");
        Err(ServiceError::refused(RefusalCode::DoNotContact, "targetId", message))
    }

    /// What must hold inside the transaction for a connector to be asked now, and by which rules.
    async fn asking(
        &self,
        introduction: &Introduction,
        connector: PersonId,
    ) -> ServiceResult<(Vec<Expect>, AskRules)> {
        let recorded = self.recorded();
        let shown = recorded.person(connector);
        let members = self.store.all_members().await?;
        let members: Vec<_> = members.into_iter().map(|member| member.value).collect();
        let active = || members.iter().filter(|member| member.active);
        let team = active().flat_map(|member| [member.person, recorded.person(member.person)]);
        let mut seekers: Vec<PersonId> = team.chain([introduction.route.seeker()]).collect();
        seekers.sort_unstable();
        seekers.dedup();
        let mut expects = vec![Expect::NoOpenRequest { seekers, connector }];
        let found = recorded.people(&[shown]).await?.pop().flatten();
        let mut cap = found.and_then(|person| person.asks_per_month(None));
        let owner = active().find(|member| recorded.person(member.person) == shown);
        let mut rules = AskRules::none(crate::model::MemberId::new(0));
        if let Some(owner) = owner {
            let kept = self.store.ask_rules(&[owner.id]).await?.pop().flatten();
            let revision = kept.as_ref().map_or(Revision(0), |kept| kept.revision);
            expects.push(Expect::Revision(AskRules::id_of(owner.id).into(), revision));
            rules = kept.map_or(AskRules::none(owner.id), |kept| kept.value);
            rules.approver = rules.approver.filter(|id| active().any(|member| member.id == *id));
            // What they say of themselves counts before what others say of them.
            cap = rules.per_month.or(cap);
        }
        if rules.is_quiet_on(self.clock.now().day()) {
            return Err(self.against(&rules, connector, Against::Quiet));
        }
        if self.is_never(&rules, introduction.route.target()).await? {
            return Err(self.against(&rules, connector, Against::Never));
        }
        expects.extend(cap.map(|cap| Expect::RequestsBelow { connector, cap: cap.into() }));
        Ok((expects, rules))
    }

    /// Whether somebody introduces nobody to a target, or into where the target works now.
    async fn is_never(&self, rules: &AskRules, target: PersonId) -> ServiceResult<bool> {
        let recorded = self.recorded();
        let target = recorded.person(target);
        let people = rules.never.iter().filter_map(|holder| match holder {
            Holder::Person(person) => Some(recorded.person(*person)),
            Holder::Company(_) => None,
        });
        if people.into_iter().any(|person| person == target) {
            return Ok(true);
        }
        let companies = rules.never.iter().filter_map(|holder| match holder {
            Holder::Company(company) => Some(*company),
            Holder::Person(_) => None,
        });
        let companies: Vec<_> = companies.collect();
        let today = self.clock.now().day();
        let staff = recorded.staff(&companies).await?;
        let jobs = staff.iter().flatten().filter_map(|fact| fact.employment_for(None));
        Ok(jobs
            .into_iter()
            .any(|job| recorded.person(job.person) == target && job.span.contains(today)))
    }

    /// The refusal by a limit, which names it where its owner allows that.
    fn against(&self, rules: &AskRules, connector: PersonId, against: Against) -> ServiceError {
        let today = self.clock.now().day();
        let free_on = match against {
            Against::Never => None,
            // Another month makes no difference.
            Against::Cap if rules.per_month == Some(0) => None,
            against => rules.next_free_day(today, against == Against::Cap),
        };
        let free_on: Option<Day> = free_on.filter(|day| *day > today);
        let (code, why) = match against {
            _ if !rules.tells_why => (RefusalCode::CoolingOff, "is not asked for this now"),
            Against::Cap => {
                (RefusalCode::Quota, "was asked as often this month as they are willing to be")
            }
            Against::Quiet => {
                (RefusalCode::CoolingOff, "is not asked for introductions these days")
            }
            Against::Never => (RefusalCode::DoNotContact, "does not introduce anybody there"),
        };
        let message = match free_on {
            Some(day) => format!("{connector} {why}; ask again on {day}"),
            None => format!("{connector} {why}; choose another path"),
        };
        let refusal = Refusal::new(code, "connectorIds", message);
        Refusal { free_on, ..refusal }.into()
    }
}
