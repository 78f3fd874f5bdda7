//! What became of the best ways into a list, and which of the changes most likely did it.

use std::collections::HashMap;

use crate::{
    algo::{LoadBand, Path},
    model::{CompanyId, Holder, PersonId},
    service::{ServiceError, ServiceResult, Tertius},
};

use super::{Changes, End, Move, MoveKind, TieChange};

/// A way is better, or worse, from so much probability: one request in twenty. docs/SCIENCE.md,
/// "What changed".
const NOTABLE: f64 = 0.05;

/// So many causes are told of one change at most.
const CAUSES_MAX: usize = 3;

/// What became of the best way to somebody, or into a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntranceChangeKind {
    /// There was no path on the earlier day.
    Opened,
    /// There is no path on the later day.
    Closed,
    /// The best path is notably likelier.
    Better,
    /// The best path is notably less likely.
    Worse,
}

/// The best path of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The probability that every step is granted.
    pub probability: f64,
    /// Everybody on it, from the seeker to the target.
    pub people: Vec<PersonId>,
}

/// What most likely opened, closed, bettered or worsened a way.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// The target came to the company, or left it.
    Moved(Move),
    /// A tie on the way is new or gone, or much stronger or weaker.
    Tie(TieChange),
    /// A connector is asked more, or less, than before.
    Asked {
        /// Who is asked.
        person: PersonId,
        /// How much on the earlier day.
        then: LoadBand,
        /// How much on the later day.
        now: LoadBand,
    },
}

/// That the best way to somebody, or into a company, changed.
#[derive(Debug, Clone, PartialEq)]
pub struct EntranceChange {
    /// To whom, or into which company.
    pub into: Holder,
    /// What became of it.
    pub kind: EntranceChangeKind,
    /// The best path on the earlier day, if there was one.
    pub then: Option<Way>,
    /// The best path on the later day, if there is one.
    pub now: Option<Way>,
    /// What most likely did it, as far as that is easily told; the first along the way first.
    pub causes: Vec<Cause>,
}

/// What became of the best ways into a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EntranceChanges {
    changed: Vec<EntranceChange>,
    /// How many people and companies of the list have a way that is about as good as before, or
    /// none as before.
    pub unchanged: usize,
}

impl EntranceChangeKind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::Opened, Self::Closed, Self::Better, Self::Worse];

    /// What became of a way, by its probabilities on two days.
    fn of(then: Option<f64>, now: Option<f64>) -> Option<Self> {
        match (then, now) {
            (None, Some(_)) => Some(Self::Opened),
            (Some(_), None) => Some(Self::Closed),
            (Some(then), Some(now)) if now - then >= NOTABLE => Some(Self::Better),
            (Some(then), Some(now)) if then - now >= NOTABLE => Some(Self::Worse),
            _ => None,
        }
    }

    /// The name of the list of such changes, which is in its cursors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Closed => "closed",
            Self::Better => "better",
            Self::Worse => "worse",
        }
    }

    fn is_gain(self) -> bool {
        matches!(self, Self::Opened | Self::Better)
    }
}

impl Way {
    /// Whom to ask first.
    pub fn ask_first(&self) -> Option<PersonId> {
        self.people.get(1).copied()
    }

    fn of(end: &End, path: &Path) -> Self {
        let network = end.picture.weighed.network();
        let people = path.nodes.iter().map(|&node| network.id(node)).collect();
        Self { probability: path.probability(), people }
    }
}

impl EntranceChange {
    fn of(into: Holder, then: Option<Way>, now: Option<Way>) -> Option<Self> {
        let probability = |way: &Option<Way>| way.as_ref().map(|way| way.probability);
        let kind = EntranceChangeKind::of(probability(&then), probability(&now))?;
        Some(Self { into, kind, then, now, causes: Vec::new() })
    }

    /// The way that tells why: the one that came, or the one that went.
    fn telling(&self) -> Option<&Way> {
        if self.kind.is_gain() { self.now.as_ref() } else { self.then.as_ref() }
    }

    fn amount(&self) -> f64 {
        let probability = |way: &Option<Way>| way.as_ref().map_or(0.0, |way| way.probability);
        (probability(&self.now) - probability(&self.then)).abs()
    }
}

impl EntranceChanges {
    /// Those of a kind, by how much probability changed, the most first, then by id.
    pub fn of(&self, kind: EntranceChangeKind) -> impl Iterator<Item = &EntranceChange> {
        self.changed.iter().filter(move |change| change.kind == kind)
    }

    fn between(holders: &[Holder], then: Vec<Option<Way>>, now: Vec<Option<Way>>) -> Self {
        let ways = holders.iter().zip(then).zip(now);
        let changed = ways.filter_map(|((&into, then), now)| EntranceChange::of(into, then, now));
        let mut changed: Vec<EntranceChange> = changed.collect();
        changed.sort_by(|a, b| {
            let by_kind = a.kind.cmp(&b.kind);
            by_kind.then(b.amount().total_cmp(&a.amount())).then(a.into.cmp(&b.into))
        });
        Self { unchanged: holders.len() - changed.len(), changed }
    }
}

impl Tertius {
    /// What became of the best ways to whom, and into what, is on the list on the later day; the
    /// staff of each day counts on that day.
    ///
    /// # Errors
    /// `Invalid` where the question named no list; `Busy` when too many ask at once.
    ///
    /// # Complexity
    /// A search for each entry of the list on each of the two days.
    pub async fn entrance_changes(&self, changes: &Changes) -> ServiceResult<EntranceChanges> {
        let Some(list) = changes.list else {
            return Err(ServiceError::invalid("listId", "ways are told into a list: name one"));
        };
        let holders = self.on_list(&changes.now.viewer, list).await?;
        let then = self.best_ways(&changes.then, &holders).await?;
        let now = self.best_ways(&changes.now, &holders).await?;
        let mut found = EntranceChanges::between(&holders, then, now);
        let moves = self.moves_of_targets(changes, &found).await?;
        for change in &mut found.changed {
            change.causes = causes(changes, change, &moves);
        }
        Ok(found)
    }

    /// The best way to each holder on one of the days.
    async fn best_ways(&self, end: &End, holders: &[Holder]) -> ServiceResult<Vec<Option<Way>>> {
        let (mut people, mut companies): (Vec<PersonId>, Vec<CompanyId>) = (Vec::new(), Vec::new());
        for holder in holders {
            match *holder {
                Holder::Person(id) => people.push(id),
                Holder::Company(id) => companies.push(id),
            }
        }
        let mut people = self.people(&end.viewer, &people).await?.into_iter();
        let mut staff = self.staff(&end.viewer, &companies).await?.into_iter();
        let targets = holders.iter().map(|holder| match holder {
            Holder::Person(_) => people.next().flatten().map(|seen| seen.id).into_iter().collect(),
            Holder::Company(_) => {
                staff.next().into_iter().flatten().map(|job| job.person).collect()
            }
        });
        let targets: Vec<Vec<PersonId>> = targets.collect();
        let paths =
            self.best_to_each(&end.picture, &end.scope, &targets, self.steps(None)?).await?;
        Ok(paths.iter().map(|path| path.as_ref().map(|path| Way::of(end, path))).collect())
    }

    /// The moves of the targets of ways that changed, by who and where.
    async fn moves_of_targets(
        &self,
        changes: &Changes,
        found: &EntranceChanges,
    ) -> ServiceResult<HashMap<(PersonId, CompanyId), Move>> {
        let recorded = &changes.now.picture.recorded;
        let ways = found.changed.iter().filter_map(EntranceChange::telling);
        let targets = ways.filter_map(|way| way.people.last()).map(|&id| recorded.person(id));
        let mut targets: Vec<PersonId> = targets.collect();
        targets.sort_unstable();
        targets.dedup();
        let moves = self.moves_of(changes, &targets).await?.into_iter();
        Ok(moves.map(|one| ((one.person, one.company), one)).collect())
    }
}

/// Which of the changes most likely did it: a move of the target, then, step by step, the tie and
/// how much the connector is asked.
fn causes(
    changes: &Changes,
    change: &EntranceChange,
    moves: &HashMap<(PersonId, CompanyId), Move>,
) -> Vec<Cause> {
    let Some(way) = change.telling() else { return Vec::new() };
    let (then, now) = (&changes.then, &changes.now);
    let gain = change.kind.is_gain();
    let mut causes = Vec::new();
    if let (Holder::Company(company), Some(&target)) = (change.into, way.people.last()) {
        let wanted = if gain { MoveKind::Joined } else { MoveKind::Left };
        let moved = moves.get(&(now.picture.recorded.person(target), company));
        causes.extend(moved.filter(|one| one.kind == wanted).cloned().map(Cause::Moved));
    }
    for step in way.people.windows(2) {
        let (knower, other) = (step[0], step[1]);
        let strengths = (then.strength(knower, other), now.strength(knower, other));
        let tie = TieChange { knower, other, then: strengths.0, now: strengths.1, one_with: None };
        let grown = strengths.1.unwrap_or(0.0) - strengths.0.unwrap_or(0.0);
        let notable = if gain { grown >= NOTABLE } else { -grown >= NOTABLE };
        let stands_on_one_day = strengths.0.is_some() != strengths.1.is_some();
        if notable || (stands_on_one_day && (grown > 0.0) == gain) {
            causes.push(Cause::Tie(tie));
        }
        let loads = (then.load(other), now.load(other));
        let is_target = way.people.last() == Some(&other);
        let tells = if gain { loads.1 < loads.0 } else { loads.1 > loads.0 };
        if tells && !is_target {
            causes.push(Cause::Asked { person: other, then: loads.0, now: loads.1 });
        }
    }
    causes.truncate(CAUSES_MAX);
    causes
}

impl End {
    /// How strong the tie of two people is on this day, if there is one.
    fn strength(&self, one: PersonId, other: PersonId) -> Option<f64> {
        let (recorded, network) = (&self.picture.recorded, self.picture.weighed.network());
        let place = |id| network.find(recorded.person(id));
        let (one, other) = (place(one)?, place(other)?);
        let (tie, _) = network.tie_between(one, other)?;
        Some(self.picture.weighed.strength_value(one, other, tie))
    }

    fn load(&self, person: PersonId) -> LoadBand {
        self.picture.load_of(self.picture.recorded.person(person))
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::*;
    use EntranceChangeKind::{Better, Closed, Opened, Worse};

    fn ways(probabilities: &[Option<f64>]) -> Vec<Option<Way>> {
        let way = |&probability: &Option<f64>| {
            probability.map(|probability| Way { probability, people: Vec::new() })
        };
        probabilities.iter().map(way).collect()
    }

    proptest! {
        #[test]
        fn the_other_way_round_opened_is_closed_and_better_is_worse(
            days in vec((option::of(0.0..1.0f64), option::of(0.0..1.0f64)), 0..12),
        ) {
            let (then, now): (Vec<_>, Vec<_>) = days.into_iter().unzip();
            let holders: Vec<Holder> =
                (1..).take(then.len()).map(|n| Holder::Company(CompanyId::new(n))).collect();
            let forth = EntranceChanges::between(&holders, ways(&then), ways(&now));
            let back = EntranceChanges::between(&holders, ways(&now), ways(&then));
            prop_assert_eq!(forth.unchanged, back.unchanged);
            let told = |changes: &EntranceChanges, kind| -> Vec<Holder> {
                changes.of(kind).map(|change| change.into).collect()
            };
            for (one, other) in [(Opened, Closed), (Better, Worse), (Closed, Opened)] {
                prop_assert_eq!(told(&forth, one), told(&back, other));
            }
        }
    }

    #[test]
    fn a_way_is_better_from_one_request_in_twenty() {
        let kind = |then, now| EntranceChangeKind::of(Some(then), Some(now));
        assert_eq!(kind(0.30, 0.36), Some(EntranceChangeKind::Better));
        assert_eq!(kind(0.36, 0.30), Some(EntranceChangeKind::Worse));
        assert_eq!(kind(0.30, 0.34), None);
        assert_eq!(EntranceChangeKind::of(None, None), None);
    }
}
