//! Counts over introductions: how far they come, and who gave and received how many.

use crate::{
    model::{Day, IntroductionState, Move, Outcome, PersonId, Scope, Start},
    service::{ServiceResult, Tertius, Viewer},
};

use super::IntroductionView;

/// Which introductions are counted: of those that the viewer sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FunnelQuestion {
    /// Written down on this day or later.
    pub from: Option<Day>,
    /// Written down on this day or before.
    pub to: Option<Day>,
    /// Through this connector.
    pub connector: Option<PersonId>,
}

/// How far introductions came; no number is greater than the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Funnel {
    /// How many were asked for.
    pub asked: usize,
    /// Of those, to how many all connectors said yes.
    pub agreed: usize,
    /// Of those, to how many everybody said yes.
    pub consented: usize,
    /// Of those, how many were introduced.
    pub introduced: usize,
    /// Of those, how many met.
    pub met: usize,
    /// Of those, of how many came what was hoped for.
    pub as_hoped: usize,
}

/// How many introductions somebody made for others, and how many were made for them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Made by them, as connectors.
    pub given: usize,
    /// Made for them, as seekers.
    pub received: usize,
}

impl Funnel {
    /// Counts introductions by how far each came.
    pub fn count<'a>(views: impl IntoIterator<Item = &'a IntroductionView>) -> Self {
        let mut funnel = Self::default();
        for depth in views.into_iter().map(depth) {
            let steps = [
                &mut funnel.asked,
                &mut funnel.agreed,
                &mut funnel.consented,
                &mut funnel.introduced,
                &mut funnel.met,
                &mut funnel.as_hoped,
            ];
            steps.into_iter().take(depth).for_each(|count| *count += 1);
        }
        funnel
    }
}

/// How many of the stations an introduction came to.
fn depth(view: &IntroductionView) -> usize {
    let did = |made: Move| view.history.iter().any(|step| step.made == made);
    let by_state = match view.state {
        IntroductionState::Draft => 0,
        IntroductionState::AskedTarget | IntroductionState::DeclinedByTarget => 2,
        IntroductionState::Consented => 3,
        IntroductionState::Introduced => 4,
        IntroductionState::Met => 5,
        IntroductionState::Closed => match view.outcome {
            Some(Outcome::AsHoped) => 6,
            Some(Outcome::NeverMet) => 4,
            Some(_) | None => 5,
        },
        IntroductionState::Withdrawn if view.history.is_empty() => 1,
        IntroductionState::Withdrawn if !did(Move::Ask) => 0,
        _ => 1,
    };
    // What ended later than it came to is told by who said yes.
    let agreed = |who: PersonId| did(Move::Agree(who));
    let by_connectors = view.connectors.iter().all(|(connector, _)| agreed(*connector));
    let by_ends = agreed(view.target) && (view.start == Start::Seeker || agreed(view.seeker));
    let by_yes = if by_connectors && by_ends { 3 } else { 2 * usize::from(by_connectors) };
    by_state.max(by_yes)
}

impl Tertius {
    /// How far the introductions came that the viewer sees.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn introduction_funnel(
        &self,
        viewer: &Viewer,
        question: &FunnelQuestion,
    ) -> ServiceResult<Funnel> {
        viewer.needs_scope(Scope::Read)?;
        let recorded = self.recorded();
        let wanted = question.connector.map(|connector| recorded.person(connector));
        let through = |view: &IntroductionView| {
            let mut connectors = view.connectors.iter().map(|(c, _)| recorded.person(*c));
            wanted.is_none_or(|wanted| connectors.any(|connector| connector == wanted))
        };
        let within = |view: &IntroductionView| {
            let day = view.created_at.day();
            question.from.is_none_or(|from| from <= day) && question.to.is_none_or(|to| day <= to)
        };
        let views = self.introductions_that_concern(viewer).await?;
        Ok(Funnel::count(views.iter().filter(|view| through(view) && within(view))))
    }

    /// How many introductions a person gave and received, of those that the viewer sees.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn introduction_balance(
        &self,
        viewer: &Viewer,
        person: PersonId,
    ) -> ServiceResult<Balance> {
        viewer.needs_scope(Scope::Read)?;
        let recorded = self.recorded();
        let wanted = recorded.person(person);
        let is = |id: PersonId| recorded.person(id) == wanted;
        let views = self.introductions_that_concern(viewer).await?;
        let made = views.iter().filter(|view| depth(view) >= 4);
        let mut balance = Balance::default();
        for view in made {
            balance.given += usize::from(view.connectors.iter().any(|(id, _)| is(*id)));
            balance.received += usize::from(is(view.seeker));
        }
        Ok(balance)
    }
}
