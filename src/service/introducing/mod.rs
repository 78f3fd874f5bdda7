//! Introductions: asked, answered, made, and what came of them.
//!
//! One door, [`Tertius::advance_introduction`], leads from state to state. Who may see an
//! introduction: whoever began it, each connector and the target from the moment they are asked,
//! and who lets a request through to a connector; nobody else, admins neither. That somebody keeps
//! silent is known to them alone.

mod asking;
mod bars;
mod consent;
mod counting;
mod limiting;
mod listing;

use std::{collections::BTreeMap, sync::Arc};

use crate::model::{
    Author, BatchId, CompanyId, Consent, Introduction, IntroductionId, IntroductionState, ListId,
    Login, MemberId, Move, NoMove, Outcome, PersonId, Purpose, Reason, Report, Revision, Role,
    Scope, Silence, Start, Tag, Timestamp, Transition, Versioned,
};

use super::{
    Refusal, RefusalCode, ServiceError, ServiceResult, Tertius, Viewer, people::refuse_text,
};

pub(super) use bars::{Barred, Bars};
pub use consent::{ConsentAsked, ConsentLinkDraft, ConsentLinkView, NewConsentLink};
pub use counting::{Balance, Funnel, FunnelQuestion};
pub use limiting::{AskRulesDraft, AskRulesView};
use listing::Desk;
pub use listing::{IntroductionFilter, Waiting};

/// How often a change is tried anew when somebody else was first.
const TRIES: usize = 4;

/// The most days that somebody may have to answer.
const ANSWER_DAYS_MAX: u16 = 90;

/// An introduction to ask for, or to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntroductionDraft {
    /// Who is brought together with the target by the viewer; nothing where the viewer is the one
    /// who asks.
    pub seeker: Option<PersonId>,
    /// Through whom, in order from the seeker; empty where the viewer brings two together.
    pub connectors: Vec<PersonId>,
    /// To whom.
    pub target: PersonId,
    /// What for.
    pub purpose: String,
    /// For which account.
    pub account: Option<CompanyId>,
    /// For which list.
    pub list: Option<ListId>,
    /// Which variant of the message is sent.
    pub variant: Option<String>,
    /// How many days each has to answer: 14 if nothing is said.
    pub answer_days: Option<u16>,
    /// Whether it stays a draft, of which nobody is told.
    pub is_draft: bool,
    /// A key that makes a repeated call do nothing.
    pub idempotency_key: Option<String>,
}

/// What somebody does with an introduction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Doing {
    /// Ask the first connector, or both ends.
    Ask,
    /// Let a request through to a connector.
    Approve,
    /// Say yes.
    Agree,
    /// Say no.
    Decline,
    /// Say nothing, so that it looks like no answer yet.
    KeepSilent,
    /// Say that they are introduced.
    Introduce,
    /// Say that they met.
    Meet,
    /// Close it.
    Close,
    /// Take it back.
    Withdraw,
}

/// A move to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// With which introduction.
    pub id: IntroductionId,
    /// What is done.
    pub doing: Doing,
    /// Whose answer it is; the viewer's own if nobody is named.
    pub of: Option<PersonId>,
    /// How the answer of somebody else is known.
    pub how: Option<String>,
    /// When they gave it; now if nothing is said.
    pub said_at: Option<Timestamp>,
    /// What came of it, where it is closed.
    pub outcome: Option<Outcome>,
    /// The revision for which it was decided.
    pub expected_revision: Option<u32>,
    /// A key that makes a repeated call do nothing.
    pub idempotency_key: Option<String>,
}

impl Advance {
    /// What the viewer does themselves, and nothing else said.
    pub fn of(id: IntroductionId, doing: Doing) -> Self {
        let (of, how, said_at, outcome) = (None, None, None, None);
        let (expected_revision, idempotency_key) = (None, None);
        Self { id, doing, of, how, said_at, outcome, expected_revision, idempotency_key }
    }
}

/// A move that a viewer may make now, and of whom it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AllowedMove {
    /// What may be done.
    pub doing: Doing,
    /// Whose answer it would be; nothing where it is nobody's in particular.
    pub of: Option<PersonId>,
}

/// An introduction as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntroductionView {
    /// Which.
    pub id: IntroductionId,
    /// How often it was changed, as far as the viewer may know.
    pub revision: Revision,
    /// Where it stands now.
    pub state: IntroductionState,
    /// Who wants, or is offered, the introduction.
    pub seeker: PersonId,
    /// Through whom, and when each was asked.
    pub connectors: Vec<(PersonId, Option<Timestamp>)>,
    /// To whom.
    pub target: PersonId,
    /// Who began it.
    pub start: Start,
    /// What for.
    pub purpose: Purpose,
    /// For which account.
    pub account: Option<CompanyId>,
    /// For which list; told to whoever began it alone.
    pub list: Option<ListId>,
    /// Which variant of the message; told to whoever began it alone.
    pub variant: Option<Tag>,
    /// When it was written down.
    pub created_at: Timestamp,
    /// Until when it waits.
    pub expires_at: Option<Timestamp>,
    /// For whom it waits.
    pub waits_for: Vec<PersonId>,
    /// Who said yes.
    pub consents: Vec<Consent>,
    /// What was done, in order.
    pub history: Vec<Transition>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// What the viewer may do now.
    pub allowed: Vec<AllowedMove>,
    /// The logins of the team, by whom moves are signed.
    pub logins: Arc<BTreeMap<MemberId, Login>>,
    /// Since when the viewer keeps silent about it, if they do.
    pub silent_since: Option<Timestamp>,
    /// Whether it waits for the viewer.
    pub is_waiting_for_me: bool,
    /// Whether the viewer began it.
    pub is_mine: bool,
    /// The links by which others may answer that the viewer made, the newest first.
    pub links: Vec<ConsentLinkView>,
}

impl Tertius {
    /// Asks for an introduction, or, as a connector, starts one between two others.
    ///
    /// # Errors
    /// `Refused` for people whom the viewer or the team does not see, a route that cannot be, and by
    /// the limits of whoever is asked first; `Forbidden` for those who only read.
    pub async fn request_introduction(
        &self,
        viewer: &Viewer,
        draft: IntroductionDraft,
    ) -> ServiceResult<IntroductionView> {
        viewer.needs(Role::Member)?;
        let key = draft.idempotency_key.as_deref();
        let (batch, id) = self.batch_and_id(viewer, "introduction", key);
        let id = IntroductionId::new(id);
        if key.is_some() && self.store.introductions(&[id]).await?.pop().flatten().is_some() {
            return self.introduction(viewer, id).await;
        }
        let drafted = self.drafted(viewer, id, &draft).await?;
        let fresh = Versioned { value: drafted, revision: Revision(0) };
        let mut refusal = None;
        for _ in 0..TRIES {
            let next = if draft.is_draft {
                fresh.value.clone()
            } else {
                let desk = Desk::of(self, viewer).await?;
                let actor = desk.actor(&fresh.value);
                let made = fresh.value.advance(&actor.actor(), (Move::Ask, None), self.clock.now());
                made.map_err(|error| refuse_move(&error, "connectorIds"))?
            };
            match self.put_introduction(viewer.author(), batch, (&fresh, next), Vec::new()).await {
                Ok(()) => return self.introduction(viewer, id).await,
                Err(error) => refusal = Some(worth_another_try(error)?),
            }
        }
        Err(refusal.expect("it was tried").into())
    }

    /// Makes a move: the one door from state to state.
    ///
    /// # Errors
    /// `NotFound` for whom it does not concern; `Refused` for a move that the viewer may not make
    /// now, where somebody else was first, and by the limits of whoever would be asked next;
    /// `Forbidden` for those who only read.
    pub async fn advance_introduction(
        &self,
        viewer: &Viewer,
        advance: &Advance,
    ) -> ServiceResult<IntroductionView> {
        viewer.needs(Role::Member)?;
        let key = advance.idempotency_key.as_deref();
        let mut refusal = None;
        for _ in 0..TRIES {
            let (batch, _) = self.batch_and_id(viewer, "advance", key);
            let desk = Desk::of(self, viewer).await?;
            let before = self.seen_introduction(&desk, advance.id).await?;
            if before.value.history.iter().any(|step| step.batch == Some(batch)) {
                break;
            }
            refuse_stale(&before, advance.expected_revision)?;
            if advance.doing == Doing::KeepSilent {
                self.keep_silent(viewer, &desk, &before.value).await?;
                break;
            }
            let actor = desk.actor(&before.value);
            let (made, report) = self.move_of(&before.value, &desk, advance)?;
            let now = self.clock.now();
            let next = before.value.advance(&actor.actor(), (made, report), now);
            let next = next.map_err(|error| refuse_move(&error, "id"))?;
            match self.put_introduction(viewer.author(), batch, (&before, next), Vec::new()).await {
                Ok(()) => {
                    refusal = None;
                    break;
                }
                Err(error) => refusal = Some(worth_another_try(error)?),
            }
        }
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => self.introduction(viewer, advance.id).await,
        }
    }

    /// An introduction.
    ///
    /// # Errors
    /// `NotFound` for whom it does not concern.
    pub async fn introduction(
        &self,
        viewer: &Viewer,
        id: IntroductionId,
    ) -> ServiceResult<IntroductionView> {
        viewer.needs_scope(Scope::Read)?;
        let desk = Desk::of(self, viewer).await?;
        let found = self.seen_introduction(&desk, id).await?;
        Ok(desk.view(&found))
    }

    async fn seen_introduction(
        &self,
        desk: &Desk,
        id: IntroductionId,
    ) -> ServiceResult<Versioned<Introduction>> {
        let found = self.store.introductions(&[id]).await?.pop().flatten();
        let found = found.filter(|found| desk.sees(&found.value));
        found.ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// Notes that the viewer will not answer. The introduction itself is left as it is, and nothing
    /// that anybody else reads changes.
    async fn keep_silent(
        &self,
        viewer: &Viewer,
        desk: &Desk,
        introduction: &Introduction,
    ) -> ServiceResult<()> {
        let now = self.clock.now();
        if desk.silent_since(introduction.id).is_some() {
            return Ok(());
        }
        if !introduction.may_keep_silent(&desk.actor(introduction).actor(), now) {
            let message = "it does not wait for an answer of yours";
            return Err(ServiceError::refused(RefusalCode::Transition, "id", message));
        }
        let silence = Silence { introduction: introduction.id, owner: viewer.member(), at: now };
        // No batch: neither the version nor the trail tells of it.
        Ok(self.store.note_silence(silence).await?)
    }

    fn move_of(
        &self,
        introduction: &Introduction,
        desk: &Desk,
        advance: &Advance,
    ) -> ServiceResult<(Move, Option<Report>)> {
        let me = desk.actor(introduction).person;
        let of = advance.of.map_or(Some(me), |of| desk.on_route(introduction, of));
        let Some(of) = of else {
            let message = "nobody on its route is that";
            return Err(ServiceError::refused(RefusalCode::NotFound, "personId", message));
        };
        let connector_let_through = || {
            let asks = introduction.route.asks().iter();
            let mut mine = asks.filter(|ask| ask.approver == Some(desk.member()));
            mine.next_back().map_or(of, |ask| ask.connector)
        };
        let own_no = advance.of.is_none() && desk.is_approver(introduction);
        let outcome = advance.outcome;
        let made = match advance.doing {
            Doing::Ask => Move::Ask,
            Doing::Approve => Move::Approve(connector_let_through()),
            Doing::Agree => Move::Agree(of),
            Doing::Decline if own_no => Move::Decline(connector_let_through()),
            Doing::Decline => Move::Decline(of),
            Doing::Introduce => Move::Introduce,
            Doing::Meet => Move::Meet,
            Doing::Close => Move::Close(outcome.ok_or_else(|| {
                let message = "say what came of it";
                ServiceError::refused(RefusalCode::Blank, "outcome", message)
            })?),
            Doing::Withdraw => Move::Withdraw,
            Doing::KeepSilent => unreachable!("a silence is no move"),
        };
        if outcome.is_some() && advance.doing != Doing::Close {
            let message = "an outcome belongs to a closing";
            return Err(ServiceError::refused(RefusalCode::Invalid, "outcome", message));
        }
        let now = self.clock.now();
        let said_at = advance.said_at.unwrap_or(now);
        if said_at > now {
            let message = format!("{said_at} is still to come");
            return Err(ServiceError::refused(RefusalCode::Invalid, "saidAt", message));
        }
        let how = advance.how.as_deref().map(Reason::new).transpose();
        let how = how.map_err(|error| refuse_text("how", &error))?;
        Ok((made, how.map(|how| Report { how, said_at })))
    }
}

/// The refusal of a move, in the words of the house.
fn refuse_move(error: &NoMove, field: &'static str) -> ServiceError {
    let (code, field) = match error {
        NoMove::ConsentMissing(_) => (RefusalCode::ConsentMissing, field),
        NoMove::NotYours => (RefusalCode::NotYours, field),
        NoMove::AnswersThemselves(_) => (RefusalCode::NotYours, "personId"),
        NoMove::HowMissing(_) => (RefusalCode::Blank, "how"),
        NoMove::HowNotNeeded => (RefusalCode::Invalid, "how"),
        NoMove::Outcome => (RefusalCode::Invalid, "outcome"),
        NoMove::State(_) | NoMove::NotAsked(_) => (RefusalCode::Transition, field),
    };
    ServiceError::refused(code, field, error)
}

fn refuse_stale(before: &Versioned<Introduction>, expected: Option<u32>) -> ServiceResult<()> {
    let present = before.revision.0;
    if expected.is_none_or(|expected| expected == present) {
        return Ok(());
    }
    let message = format!("{} was changed meanwhile: it is at revision {present}", before.value.id);
    let refusal = Refusal::new(RefusalCode::Conflict, "expectedRevision", message);
    Err(Refusal { present: Some(present), ..refusal }.into())
}

/// Where somebody else was first, what they did is looked at, and it is tried anew.
fn worth_another_try(error: ServiceError) -> ServiceResult<Refusal> {
    match error {
        ServiceError::Refused(refusal) if refusal.code == RefusalCode::Conflict => Ok(refusal),
        other => Err(other),
    }
}

/// Whose move a batch signs.
fn sign(introduction: &mut Introduction, known: usize, batch: BatchId) {
    let fresh = introduction.history.iter_mut().skip(known);
    fresh
        .filter(|step| matches!(step.by, Author::Member(_)))
        .for_each(|step| step.batch = Some(batch));
}
