//! Who may do what with an introduction, and where it stands then: a pure state machine.
//!
//! ```text
//! draft ─ asked connector ─ asked next connector … ─ asked target ─ consented ─ introduced ─ met ─ closed
//!   └───── asked both (a connector starts it) ────────────────────────┘
//! ```
//!
//! Whoever is asked may decline, and take a yes back while nobody was introduced; whoever began it
//! may withdraw it until then; what nobody answers in time expires.

use std::collections::BTreeSet;

use super::{
    ANSWER_DAYS, Author, Introduction, IntroductionState as State, MemberId, Move, Outcome,
    PersonId, Report, Start, Timestamp, Transition,
};

/// Who makes a move.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    /// The person, as the route names them; somebody else is nobody on the route.
    pub person: PersonId,
    /// The member who signs.
    pub member: MemberId,
    /// The people of the route who are active members: they answer for themselves alone.
    pub insiders: &'a BTreeSet<PersonId>,
}

/// For whose answer an introduction waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// Somebody on the route.
    Person(PersonId),
    /// The approver of a connector.
    Approver {
        /// Who must let it through.
        member: MemberId,
        /// To whom.
        connector: PersonId,
    },
}

/// Why a move cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoMove {
    /// Not from where it stands.
    #[error("it is {}: this is not possible then", .0.as_str())]
    State(State),
    /// A yes is missing.
    #[error("the yes of {0} is missing")]
    ConsentMissing(PersonId),
    /// Somebody else must do it.
    #[error("only those whom it concerns may do that")]
    NotYours,
    /// It does not wait for the answer of this person.
    #[error("it does not wait for an answer of {0}")]
    NotAsked(PersonId),
    /// Somebody answered for somebody who answers here themselves.
    #[error("{0} is a member and answers here for themselves")]
    AnswersThemselves(PersonId),
    /// Somebody answered for somebody outside and did not say how they know.
    #[error("say how {0} said so, because it is you who records it")]
    HowMissing(PersonId),
    /// Something was reported that was done here.
    #[error("this is your own doing: nothing need be said of how you know it")]
    HowNotNeeded,
    /// They met, or did not.
    #[error("an outcome needs a meeting, unless it is that they never met")]
    Outcome,
}

impl Introduction {
    /// For whom it waits at a moment: for answers, then for the introduction itself.
    pub fn waits_for(&self, now: Timestamp) -> Vec<Awaited> {
        let asks = self.route.asks();
        let consents = self.consents();
        let said_yes = |who: PersonId| consents.iter().any(|consent| consent.who == who);
        match self.state_at(now) {
            State::AskedConnector | State::AskedNextConnector => {
                let next = asks.iter().find(|ask| !said_yes(ask.connector));
                next.map(|ask| match ask.approver {
                    Some(member) if !self.is_approved(ask.connector) => {
                        Awaited::Approver { member, connector: ask.connector }
                    }
                    _ => Awaited::Person(ask.connector),
                })
                .into_iter()
                .collect()
            }
            // Of one that was recorded as it stood, the yes of a connector may be missing too.
            State::AskedTarget | State::AskedBoth => {
                let needed = self.needs_yes_of().into_iter();
                needed.filter(|&who| !said_yes(who)).map(Awaited::Person).collect()
            }
            State::Consented => {
                asks.last().map(|ask| Awaited::Person(ask.connector)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Who of the route was asked, or began it: they may see it.
    pub fn has_reached(&self, who: PersonId) -> bool {
        let route = &self.route;
        let was_asked = self.state != State::Draft;
        match self.carried.start {
            Start::Connector => {
                was_asked && route.people().any(|p| p == who) || self.starter() == who
            }
            Start::Seeker if who == route.seeker() => true,
            Start::Seeker if who == route.target() => {
                // An introduction that was recorded as it stood tells no more than its state.
                let is_past = self.history.is_empty();
                let asked = |state| !matches!(state, State::Draft | State::AskedConnector);
                let last = route.asks().last().map(|ask| ask.connector);
                let agreed = |step: &Transition| last.is_some_and(|c| step.made == Move::Agree(c));
                if is_past { asked(self.state) } else { self.history.iter().any(agreed) }
            }
            Start::Seeker => {
                route.asks().iter().any(|ask| ask.connector == who && ask.asked_at.is_some())
            }
        }
    }

    /// Who began it.
    pub fn starter(&self) -> PersonId {
        match self.carried.start {
            Start::Seeker => self.route.seeker(),
            Start::Connector => self.route.asks()[0].connector,
        }
    }

    /// Everybody whose yes it needs, in the order in which they are asked.
    pub fn needs_yes_of(&self) -> Vec<PersonId> {
        let route = &self.route;
        let connectors = route.asks().iter().map(|ask| ask.connector);
        match self.carried.start {
            Start::Seeker => connectors.chain([route.target()]).collect(),
            Start::Connector => connectors.chain([route.seeker(), route.target()]).collect(),
        }
    }

    /// Whether somebody may keep silent about it: it waits for their own answer.
    pub fn may_keep_silent(&self, actor: &Actor<'_>, now: Timestamp) -> bool {
        self.state_at(now).awaits_answer() && self.waits_for_actor(actor, now)
    }

    fn waits_for_actor(&self, actor: &Actor<'_>, now: Timestamp) -> bool {
        self.waits_for(now).iter().any(|awaited| match awaited {
            Awaited::Person(who) => *who == actor.person,
            Awaited::Approver { member, .. } => *member == actor.member,
        })
    }

    /// The moves that somebody may make at a moment, an outcome for each; those that must be
    /// reported too.
    pub fn allowed(&self, actor: &Actor<'_>, now: Timestamp) -> Vec<Move> {
        let outcomes = [Outcome::AsHoped, Outcome::Useful, Outcome::Nothing, Outcome::NeverMet];
        let people: Vec<PersonId> = self.route.people().collect();
        let of = |make: fn(PersonId) -> Move| people.iter().copied().map(make);
        let moves = [Move::Ask, Move::Introduce, Move::Meet, Move::Withdraw].into_iter();
        let moves = moves.chain(of(Move::Approve)).chain(of(Move::Agree)).chain(of(Move::Decline));
        let moves = moves.chain(outcomes.map(Move::Close));
        let may = |made: &Move| self.refusal(actor, *made, now).is_none();
        moves.filter(may).collect()
    }

    /// The introduction after a move; nothing of it changes where the move is refused.
    ///
    /// # Errors
    /// Why the move cannot be made.
    pub fn advance(
        &self,
        actor: &Actor<'_>,
        (made, report): (Move, Option<Report>),
        now: Timestamp,
    ) -> Result<Self, NoMove> {
        if let Some(refusal) = self.refusal(actor, made, now) {
            return Err(refusal);
        }
        match (self.is_reported(actor, made), &report) {
            (Some(who), None) => return Err(NoMove::HowMissing(who)),
            (None, Some(_)) => return Err(NoMove::HowNotNeeded),
            _ => {}
        }
        let at = self.history.last().map_or(now, |last| last.at.max(now));
        let by = Author::Member(actor.member);
        let mut next = self.clone();
        next.history.push(Transition { report, ..Transition::of(by, made, at) });
        if made == Move::Ask && self.carried.start == Start::Connector {
            let made = Move::Agree(self.starter());
            next.history.push(Transition::of(by, made, at));
        }
        next.move_on(made, at);
        Ok(next)
    }

    /// Of whom a move tells, where somebody else makes it for them.
    fn is_reported(&self, actor: &Actor<'_>, made: Move) -> Option<PersonId> {
        let who = match made {
            Move::Agree(who) | Move::Decline(who) => who,
            Move::Introduce => self.introducer(),
            _ => return None,
        };
        let approves = matches!(made, Move::Decline(_)) && self.is_approver(actor, who);
        (who != actor.person && !approves).then_some(who)
    }

    fn refusal(&self, actor: &Actor<'_>, made: Move, now: Timestamp) -> Option<NoMove> {
        let state = self.state_at(now);
        let wrong_state = Some(NoMove::State(state));
        match made {
            Move::Ask | Move::Withdraw | Move::Close(_) if actor.person != self.starter() => {
                Some(NoMove::NotYours)
            }
            Move::Ask if state == State::Draft => None,
            Move::Withdraw if state == State::Draft || state.is_open() => None,
            Move::Ask | Move::Withdraw => wrong_state,
            Move::Approve(who) => {
                if !self.is_approver(actor, who) {
                    return Some(NoMove::NotYours);
                }
                let awaited = Awaited::Approver { member: actor.member, connector: who };
                (!self.waits_for(now).contains(&awaited)).then_some(NoMove::NotAsked(who))
            }
            Move::Agree(who) => match self.may_answer(actor, who) {
                Err(refusal) => Some(refusal),
                Ok(()) if !state.awaits_answer() => wrong_state,
                Ok(()) => {
                    let is_asked = self.waits_for(now).contains(&Awaited::Person(who));
                    (!is_asked).then_some(NoMove::NotAsked(who))
                }
            },
            Move::Decline(who) if !state.is_open() => {
                self.may_answer(actor, who).err().or(wrong_state)
            }
            Move::Decline(who) => self.decline_refusal(actor, who, now),
            Move::Introduce => self.introduce_refusal(actor, state),
            Move::Meet => match state {
                _ if !self.is_party(actor) => Some(NoMove::NotYours),
                State::Introduced => None,
                _ => wrong_state,
            },
            Move::Close(outcome) => match (state, outcome) {
                (State::Introduced, Outcome::NeverMet) => None,
                (State::Met, outcome) if outcome != Outcome::NeverMet => None,
                (State::Introduced | State::Met, _) => Some(NoMove::Outcome),
                _ => wrong_state,
            },
        }
    }

    /// Somebody may decline what waits for them, and take back their yes.
    fn decline_refusal(&self, actor: &Actor<'_>, who: PersonId, now: Timestamp) -> Option<NoMove> {
        let awaits_approval = self
            .waits_for(now)
            .contains(&Awaited::Approver { member: actor.member, connector: who });
        if awaits_approval {
            return None;
        }
        if let Err(refusal) = self.may_answer(actor, who) {
            return Some(refusal);
        }
        let said_yes = self.consents().iter().any(|consent| consent.who == who);
        let is_asked = self.waits_for(now).contains(&Awaited::Person(who))
            || self.route.asks().iter().any(|a| a.connector == who && a.asked_at.is_some());
        (!said_yes && !is_asked).then_some(NoMove::NotAsked(who))
    }

    fn introduce_refusal(&self, actor: &Actor<'_>, state: State) -> Option<NoMove> {
        let introducer = self.introducer();
        let is_theirs = actor.person == introducer
            || !actor.insiders.contains(&introducer) && self.stands_before(actor, introducer);
        if !is_theirs {
            return Some(NoMove::NotYours);
        }
        let consents = self.consents();
        let missing = self
            .needs_yes_of()
            .into_iter()
            .find(|who| !consents.iter().any(|consent| consent.who == *who));
        match (state, missing) {
            (State::Consented, None) => None,
            (state, Some(who)) if state.is_open() || state == State::Draft => {
                Some(NoMove::ConsentMissing(who))
            }
            (state, _) => Some(NoMove::State(state)),
        }
    }

    /// Members answer for themselves; for others, whoever stands before them on the route and is
    /// in it already says what they said.
    fn may_answer(&self, actor: &Actor<'_>, who: PersonId) -> Result<(), NoMove> {
        if actor.person == who {
            let is_needed = self.needs_yes_of().contains(&who);
            return if is_needed { Ok(()) } else { Err(NoMove::NotAsked(who)) };
        }
        self.may_report(actor, who)
    }

    /// Whether somebody may say what another answered, or send them a link to answer by.
    pub(super) fn may_report(&self, actor: &Actor<'_>, who: PersonId) -> Result<(), NoMove> {
        if !self.stands_before(actor, who) {
            return Err(NoMove::NotYours);
        }
        if actor.insiders.contains(&who) {
            return Err(NoMove::AnswersThemselves(who));
        }
        Ok(())
    }

    fn stands_before(&self, actor: &Actor<'_>, who: PersonId) -> bool {
        let order = match self.carried.start {
            Start::Seeker => self.route.people().collect(),
            Start::Connector => self.needs_yes_of(),
        };
        // Where a connector starts, both others were asked by the connector.
        let order = match self.carried.start {
            Start::Connector if actor.person != self.starter() => Vec::new(),
            _ => order,
        };
        let place = |person| order.iter().position(|p| *p == person);
        let before = matches!((place(actor.person), place(who)), (Some(a), Some(w)) if a < w);
        before && self.has_reached(actor.person)
    }

    fn is_party(&self, actor: &Actor<'_>) -> bool {
        self.route.people().any(|person| person == actor.person) && self.has_reached(actor.person)
    }

    fn introducer(&self) -> PersonId {
        self.route.asks().last().expect("a route has a connector").connector
    }

    fn is_approver(&self, actor: &Actor<'_>, connector: PersonId) -> bool {
        let asks = self.route.asks().iter();
        asks.into_iter().any(|a| a.connector == connector && a.approver == Some(actor.member))
    }

    fn is_approved(&self, connector: PersonId) -> bool {
        self.history.iter().any(|step| step.made == Move::Approve(connector))
    }

    pub(super) fn move_on(&mut self, made: Move, at: Timestamp) {
        self.state = match made {
            Move::Ask if self.carried.start == Start::Connector => State::AskedBoth,
            Move::Ask => {
                self.route.note_asked(0, at);
                State::AskedConnector
            }
            Move::Approve(_) => self.state,
            Move::Agree(who) => self.after_yes(who, at),
            Move::Decline(who) if who == self.route.target() => State::DeclinedByTarget,
            Move::Decline(who) if who == self.route.seeker() => State::DeclinedBySeeker,
            Move::Decline(_) => State::DeclinedByConnector,
            Move::Introduce => State::Introduced,
            Move::Meet => State::Met,
            Move::Close(_) => State::Closed,
            Move::Withdraw => State::Withdrawn,
        };
        let days = i64::from(self.carried.answer_days.unwrap_or(ANSWER_DAYS));
        self.expires_at = self.state.is_open().then(|| at.plus_ms(days * 86_400_000));
    }

    fn after_yes(&mut self, who: PersonId, at: Timestamp) -> State {
        let consents = self.consents();
        let said_yes = |who: &PersonId| consents.iter().any(|consent| consent.who == *who);
        if self.needs_yes_of().iter().all(said_yes) {
            return State::Consented;
        }
        if matches!(self.state, State::AskedBoth | State::AskedTarget) {
            return self.state;
        }
        let place = self.route.asks().iter().position(|ask| ask.connector == who);
        match place.map(|place| place + 1).filter(|next| *next < self.route.asks().len()) {
            Some(next) => {
                self.route.note_asked(next, at);
                State::AskedNextConnector
            }
            None => State::AskedTarget,
        }
    }
}

#[cfg(test)]
#[path = "introducing_tests.rs"]
mod tests;
