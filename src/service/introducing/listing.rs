//! Which introductions concern a viewer, and how they see each.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{
        Actor, AnyId, Author, Awaited, ConsentLink, Introduction, IntroductionId,
        IntroductionState, Login, Member, MemberId, Move, PersonId, Scope, Timestamp, Transition,
        Versioned,
    },
    service::{Page, PageRequest, ServiceResult, Tertius, Viewer, identity::Recorded},
    store::PAGE_MAX,
};

use super::{AllowedMove, ConsentLinkView, Doing, IntroductionView};

/// Which introductions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntroductionFilter {
    /// Only those that wait for somebody.
    pub waiting: Option<Waiting>,
    /// Only those in one of these states.
    pub states: Vec<IntroductionState>,
    /// Only those that the viewer began.
    pub only_mine: bool,
}

/// For whom introductions wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// For the viewer.
    ForMe,
    /// For somebody else.
    ForOthers,
}

/// From where a viewer looks at introductions at one moment.
pub(super) struct Desk {
    member: MemberId,
    person: PersonId,
    recorded: Recorded,
    /// The people for whom members stand, as they are shown.
    members: BTreeSet<PersonId>,
    logins: Arc<BTreeMap<MemberId, Login>>,
    silences: BTreeMap<IntroductionId, Timestamp>,
    now: Timestamp,
}

/// Who the viewer is on one route.
pub(super) struct OnRoute {
    pub(super) person: PersonId,
    member: MemberId,
    insiders: BTreeSet<PersonId>,
}

impl OnRoute {
    pub(super) fn actor(&self) -> Actor<'_> {
        Actor { person: self.person, member: self.member, insiders: &self.insiders }
    }
}

impl Desk {
    pub(super) async fn of(tertius: &Tertius, viewer: &Viewer) -> ServiceResult<Self> {
        let recorded = tertius.recorded();
        let members = tertius.store.all_members().await?.into_iter().map(|member| member.value);
        let active: Vec<Member> = members.filter(|member| member.active).collect();
        let logins = active.iter().map(|member| (member.id, member.login.clone())).collect();
        let logins = Arc::new(logins);
        let members = active.iter().map(|member| recorded.person(member.person)).collect();
        let silences = tertius.store.silences_of(viewer.member()).await?.into_iter();
        let silences = silences.map(|silence| (silence.introduction, silence.at)).collect();
        let (member, person) = (viewer.member(), recorded.person(viewer.person()));
        let now = tertius.clock.now();
        Ok(Self { member, person, recorded, members, logins, silences, now })
    }

    pub(super) fn member(&self) -> MemberId {
        self.member
    }

    /// As whom the route names somebody.
    pub(super) fn on_route(&self, introduction: &Introduction, who: PersonId) -> Option<PersonId> {
        let shown = self.recorded.person(who);
        introduction.route.people().find(|&person| self.recorded.person(person) == shown)
    }

    pub(super) fn actor(&self, introduction: &Introduction) -> OnRoute {
        let person = self.on_route(introduction, self.person).unwrap_or(self.person);
        let is_member = |person: &PersonId| self.members.contains(&self.recorded.person(*person));
        let insiders = introduction.route.people().filter(is_member).collect();
        OnRoute { person, member: self.member, insiders }
    }

    pub(super) fn is_approver(&self, introduction: &Introduction) -> bool {
        let asks = introduction.route.asks().iter();
        let mut asked = asks.filter(|ask| ask.asked_at.is_some());
        asked.any(|ask| ask.approver == Some(self.member))
    }

    /// Whether it concerns the viewer by now.
    pub(super) fn sees(&self, introduction: &Introduction) -> bool {
        let me = self.on_route(introduction, self.person);
        me.is_some_and(|me| introduction.has_reached(me)) || self.is_approver(introduction)
    }

    pub(super) fn silent_since(&self, id: IntroductionId) -> Option<Timestamp> {
        self.silences.get(&id).copied()
    }

    pub(super) fn view(&self, found: &Versioned<Introduction>) -> IntroductionView {
        let Versioned { value: introduction, revision } = found;
        let me = self.actor(introduction);
        let actor = me.actor();
        let awaited = introduction.waits_for(self.now);
        // Who answered after all keeps silent no more.
        let answered = |step: &Transition| match step.made {
            Move::Agree(who) | Move::Decline(who) => who == actor.person,
            Move::Approve(_) => step.by == Author::Member(self.member),
            _ => false,
        };
        let is_silent = !introduction.history.iter().any(answered);
        let silent_since = self.silent_since(introduction.id).filter(|_| is_silent);
        let is_mine = actor.person == introduction.starter();
        let mine = |awaited: &Awaited| match awaited {
            Awaited::Person(who) => *who == actor.person,
            Awaited::Approver { member, .. } => *member == self.member,
        };
        let waits_for = awaited.iter().map(|awaited| match awaited {
            Awaited::Person(who) | Awaited::Approver { connector: who, .. } => *who,
        });
        let carried = introduction.carried.clone();
        IntroductionView {
            id: introduction.id,
            revision: *revision,
            state: introduction.state_at(self.now),
            seeker: introduction.route.seeker(),
            connectors: introduction
                .route
                .asks()
                .iter()
                .map(|a| (a.connector, a.asked_at))
                .collect(),
            target: introduction.route.target(),
            start: carried.start,
            purpose: introduction.purpose.clone(),
            account: carried.account,
            list: carried.list.filter(|_| is_mine),
            variant: carried.variant.filter(|_| is_mine),
            created_at: introduction.created_at,
            expires_at: introduction.expires_at,
            waits_for: waits_for.collect(),
            consents: introduction.consents(),
            history: introduction.history.clone(),
            outcome: introduction.outcome(),
            allowed: self.allowed(introduction, &actor),
            logins: Arc::clone(&self.logins),
            silent_since,
            is_waiting_for_me: silent_since.is_none() && awaited.iter().any(mine),
            is_mine,
            links: self.links(introduction),
        }
    }

    fn links(&self, introduction: &Introduction) -> Vec<ConsentLinkView> {
        let mine = introduction.links.iter().rev().filter(|link| link.by == self.member);
        let view = |link: &ConsentLink| ConsentLinkView {
            whose: link.whose,
            message: link.message.clone(),
            language: link.language,
            created_at: link.created_at,
            expires_at: link.expires_at,
            is_open: introduction.is_open_link(link, self.now),
        };
        mine.map(view).collect()
    }

    fn allowed(&self, introduction: &Introduction, actor: &Actor<'_>) -> Vec<AllowedMove> {
        let own = |who: PersonId| (who != actor.person).then_some(who);
        let allowed = |made: Move| {
            let (doing, of) = match made {
                Move::Ask => (Doing::Ask, None),
                Move::Approve(who) => (Doing::Approve, own(who)),
                Move::Agree(who) => (Doing::Agree, own(who)),
                Move::Decline(who) => (Doing::Decline, own(who)),
                Move::Introduce => (Doing::Introduce, None),
                Move::Meet => (Doing::Meet, None),
                Move::Close(_) => (Doing::Close, None),
                Move::Withdraw => (Doing::Withdraw, None),
            };
            AllowedMove { doing, of }
        };
        let mut moves: Vec<AllowedMove> =
            introduction.allowed(actor, self.now).into_iter().map(allowed).collect();
        let is_silent = self.silent_since(introduction.id).is_some();
        if !is_silent && introduction.may_keep_silent(actor, self.now) {
            moves.push(AllowedMove { doing: Doing::KeepSilent, of: None });
        }
        moves.sort_unstable();
        moves.dedup();
        moves
    }
}

impl IntroductionFilter {
    fn wants(&self, view: &IntroductionView) -> bool {
        let waits = match self.waiting {
            None => true,
            Some(Waiting::ForMe) => view.is_waiting_for_me,
            Some(Waiting::ForOthers) => {
                !view.waits_for.is_empty() && !view.is_waiting_for_me && view.silent_since.is_none()
            }
        };
        let in_state = self.states.is_empty() || self.states.contains(&view.state);
        waits && in_state && (view.is_mine || !self.only_mine)
    }
}

impl Tertius {
    /// The introductions that concern the viewer, the newest first.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    ///
    /// # Complexity
    /// Linear in the introductions in which the viewer ever had a part.
    pub async fn introductions(
        &self,
        viewer: &Viewer,
        filter: &IntroductionFilter,
        request: &PageRequest,
    ) -> ServiceResult<Page<IntroductionView>> {
        viewer.needs_scope(Scope::Read)?;
        self.page_size(request.first)?;
        let mut views = self.introductions_that_concern(viewer).await?;
        views.retain(|view| filter.wants(view));
        self.cut(views, "introductions", request)
    }

    pub(super) async fn introductions_that_concern(
        &self,
        viewer: &Viewer,
    ) -> ServiceResult<Vec<IntroductionView>> {
        let desk = Desk::of(self, viewer).await?;
        let parts = desk.recorded.joins().people.parts(desk.person);
        let parties: Vec<AnyId> =
            parts.into_iter().map(AnyId::from).chain([desk.member.into()]).collect();
        let (mut views, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.introductions_of(&parties, after, PAGE_MAX).await?;
            after = page.last().map(|last| last.value.id);
            let is_last = page.len() < PAGE_MAX;
            views.extend(page.iter().filter(|found| desk.sees(&found.value)).map(|f| desk.view(f)));
            if is_last {
                break;
            }
        }
        views.sort_by_key(|view| (std::cmp::Reverse(view.created_at), view.id));
        Ok(views)
    }
}
