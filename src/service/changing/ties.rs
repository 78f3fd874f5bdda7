//! Ties that are new, grew, faded or are gone.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    algo::{Band, Stop, Stopped},
    model::PersonId,
    service::{identity::Recorded, picture::Picture},
};

/// The strengths of the ties of a scope, by who of it and whom.
pub(super) type Strengths = BTreeMap<(PersonId, PersonId), f64>;

/// How a tie changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TieChangeKind {
    /// There was none on the earlier day.
    New,
    /// It rose to a higher band.
    Grown,
    /// It fell to a lower band.
    Faded,
    /// There is none on the later day: evidence was taken back, or people became one.
    Gone,
}

/// A tie that changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TieChange {
    /// Who of the scope.
    pub knower: PersonId,
    /// With whom.
    pub other: PersonId,
    /// The strength on the earlier day, if there was a tie.
    pub then: Option<f64>,
    /// The strength on the later day, if there is one.
    pub now: Option<f64>,
    /// Where the tie stands on one day alone: who the other is one with on the other day.
    pub one_with: Option<PersonId>,
}

/// The ties that changed, each kind sorted by how much strength changed, the most first, then by
/// the ids of both.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TieChanges {
    by_kind: BTreeMap<TieChangeKind, Vec<TieChange>>,
}

impl TieChangeKind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::New, Self::Grown, Self::Faded, Self::Gone];

    /// The name of the list of such ties, which is in its cursors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "newTies",
            Self::Grown => "grownTies",
            Self::Faded => "fadedTies",
            Self::Gone => "goneTies",
        }
    }
}

impl TieChange {
    /// How it changed; nothing where it stayed in its band.
    pub fn kind(&self) -> Option<TieChangeKind> {
        match (self.then.map(Band::of), self.now.map(Band::of)) {
            (None, Some(_)) => Some(TieChangeKind::New),
            (Some(_), None) => Some(TieChangeKind::Gone),
            (Some(then), Some(now)) if now > then => Some(TieChangeKind::Grown),
            (Some(then), Some(now)) if now < then => Some(TieChangeKind::Faded),
            _ => None,
        }
    }

    /// How much strength changed; no tie is none.
    fn amount(&self) -> f64 {
        (self.now.unwrap_or(0.0) - self.then.unwrap_or(0.0)).abs()
    }
}

impl TieChanges {
    /// Those of a kind.
    pub fn of(&self, kind: TieChangeKind) -> &[TieChange] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The difference of what was recorded, and weighed, on two days.
    pub(super) fn between(
        then: &Strengths,
        now: &Strengths,
        recorded: (&Recorded, &Recorded),
    ) -> Self {
        let one_with = |id: PersonId, recorded: &Recorded| {
            let shown = recorded.person(id);
            (shown != id).then_some(shown)
        };
        Self::of_strengths(then, now, |change| match change.kind() {
            Some(TieChangeKind::New) => one_with(change.other, recorded.0),
            Some(TieChangeKind::Gone) => one_with(change.other, recorded.1),
            _ => None,
        })
    }

    fn of_strengths(
        then: &Strengths,
        now: &Strengths,
        one_with: impl Fn(&TieChange) -> Option<PersonId>,
    ) -> Self {
        let mut changes = Self::default();
        let at = |(&(knower, other), _): (&(PersonId, PersonId), &f64)| {
            let pair = (knower, other);
            let (then, now) = (then.get(&pair).copied(), now.get(&pair).copied());
            TieChange { knower, other, then, now, one_with: None }
        };
        let gone = then.iter().filter(|(pair, _)| !now.contains_key(pair));
        for mut change in now.iter().chain(gone).map(at) {
            change.one_with = one_with(&change);
            if let Some(kind) = change.kind() {
                changes.by_kind.entry(kind).or_default().push(change);
            }
        }
        for list in changes.by_kind.values_mut() {
            list.sort_by(|a, b| {
                let ids = |one: &TieChange| (one.knower, one.other);
                b.amount().total_cmp(&a.amount()).then(ids(a).cmp(&ids(b)))
            });
        }
        changes
    }
}

/// The ties of some people, each pair once: they are named as on the later day, so that who became
/// one with somebody else keeps their ties; whom they know is named as on the day of the picture.
pub(super) fn of_scope(
    picture: &Picture,
    members: &FxHashMap<PersonId, PersonId>,
    stop: &Stop,
) -> Result<Strengths, Stopped> {
    let (weighed, network) = (&picture.weighed, picture.weighed.network());
    let mut strengths = Strengths::new();
    for (&here, &knower) in members {
        stop.check()?;
        let Some(place) = network.find(here) else { continue };
        for (entry, &tie) in network.out_row(place).iter().zip(network.out_ties(place)) {
            let other = network.id(entry.node);
            let (other, is_member) = members.get(&other).map_or((other, false), |&id| (id, true));
            // Of two of the scope one row is enough; both may be one on the later day.
            if is_member && other <= knower {
                continue;
            }
            let strength = weighed.strength_value(place, entry.node, tie);
            let kept = strengths.entry((knower, other)).or_insert(strength);
            *kept = kept.max(strength);
        }
    }
    Ok(strengths)
}

/// Everybody with whom there is a tie at either end, the strongest first; of a
/// scope of several also those who know each other.
pub(super) fn known(ends: &[&Strengths], is_member: impl Fn(PersonId) -> bool) -> Vec<PersonId> {
    let mut best: BTreeMap<PersonId, f64> = BTreeMap::new();
    for (&(knower, other), &strength) in ends.iter().flat_map(|ties| ties.iter()) {
        let both = is_member(other).then_some(knower);
        for id in [Some(other), both].into_iter().flatten() {
            let kept = best.entry(id).or_insert(strength);
            *kept = kept.max(strength);
        }
    }
    let mut known: Vec<_> = best.into_iter().collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    known.into_iter().map(|(id, _)| id).collect()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::btree_map, prelude::*};

    use super::*;

    fn strengths() -> impl Strategy<Value = Strengths> {
        let pair = (1..4_u128, 4..12_u128).prop_map(|(a, b)| (PersonId::new(a), PersonId::new(b)));
        btree_map(pair, prop_oneof![Just(0.15), Just(0.5), 0.0..1.0], 0..20)
    }

    fn pairs(changes: &[TieChange]) -> Vec<(PersonId, PersonId)> {
        changes.iter().map(|change| (change.knower, change.other)).collect()
    }

    fn between(then: &Strengths, now: &Strengths) -> TieChanges {
        TieChanges::of_strengths(then, now, |_| None)
    }

    proptest! {
        #[test]
        fn the_other_way_round_new_is_gone_and_grown_is_faded(
            then in strengths(), now in strengths(),
        ) {
            let (forth, back) = (between(&then, &now), between(&now, &then));
            let opposite = [TieChangeKind::Gone, TieChangeKind::Faded, TieChangeKind::Grown,
                TieChangeKind::New];
            for (kind, other) in TieChangeKind::ALL.into_iter().zip(opposite) {
                prop_assert_eq!(pairs(forth.of(kind)), pairs(back.of(other)));
            }
            prop_assert_eq!(between(&then, &then), TieChanges::default());
        }

        #[test]
        fn every_pair_is_told_once_or_stayed_in_its_band(then in strengths(), now in strengths()) {
            let changes = between(&then, &now);
            let told: Vec<_> =
                TieChangeKind::ALL.iter().flat_map(|&kind| pairs(changes.of(kind))).collect();
            let all: std::collections::BTreeSet<_> = then.keys().chain(now.keys()).collect();
            for pair in all {
                let band = |ties: &Strengths| ties.get(pair).map(|&strength| Band::of(strength));
                let times = usize::from(band(&then) != band(&now));
                prop_assert_eq!(told.iter().filter(|one| *one == pair).count(), times);
            }
        }
    }
}
