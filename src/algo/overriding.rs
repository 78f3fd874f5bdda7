//! Which override of a tie counts on a day.

use crate::model::{Day, Direction, EvidenceKind, Level, PairEvidence};

/// The newest override of each of the two owners of a tie.
///
/// Of several by one owner only the newest counts, even where it ends before an older one would.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Overrides<'a> {
    newest: [Option<&'a PairEvidence>; 2],
}

impl<'a> Overrides<'a> {
    /// Of evidence that is ordered by time.
    pub(super) fn of(evidence: &'a [PairEvidence]) -> Self {
        let mut overrides = Self::default();
        for item in evidence {
            overrides.add(item);
        }
        overrides
    }

    /// Adds what comes after all that was added. What is no override, or may not be seen, is
    /// passed over.
    pub(super) fn add(&mut self, item: &'a PairEvidence) {
        if matches!(item.kind, EvidenceKind::Override { .. }) && item.level > Level::Tie {
            self.newest[usize::from(item.direction == Direction::Back)] = Some(item);
        }
    }

    /// The one that counts at the end of a day: of those that last, the newest.
    pub(super) fn on(&self, day: Day) -> Option<&'a PairEvidence> {
        let lasting = self.newest.iter().flatten().filter(|item| lasts(item, day));
        lasting.copied().max_by_key(|item| (item.at, item.fact))
    }

    /// The last days of those that last on a day.
    pub(super) fn ends_from(&self, day: Day) -> impl Iterator<Item = Day> {
        self.newest.iter().flatten().filter_map(|item| end(item)).filter(move |end| *end >= day)
    }
}

/// The override of a pair that counts at the end of a day; their evidence is ordered by time.
///
/// # Complexity
/// Linear in the evidence.
pub fn override_on(evidence: &[PairEvidence], day: Day) -> Option<&PairEvidence> {
    Overrides::of(&evidence[..evidence.partition_point(|item| item.at < day.end())]).on(day)
}

/// Whether an override lasts on a day; what is none lasts for good.
pub(super) fn lasts(item: &PairEvidence, day: Day) -> bool {
    end(item).is_none_or(|end| end >= day)
}

fn end(item: &PairEvidence) -> Option<Day> {
    match item.kind {
        EvidenceKind::Override { until, .. } => Some(until),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        algo::{BACK, FORTH, Formula, PairMass, fold_pair},
        model::{FactId, Probability},
    };

    fn today() -> Day {
        "2026-11-20".parse().unwrap()
    }

    /// An override by the person with the lower id (or the higher), made and ending so many days
    /// from today.
    fn said(owner: Direction, strength: f64, days: [i32; 2]) -> PairEvidence {
        let [at, until] = days.map(|days| today().plus(days));
        let strength = Probability::new(strength).unwrap();
        PairEvidence {
            fact: FactId::new(at.number().unsigned_abs().into()),
            kind: EvidenceKind::Override { strength, reason: None, until },
            direction: owner,
            at: at.start(),
            recorded_at: at.start(),
            recipients: 1,
            level: Level::Evidence,
        }
    }

    fn strength_on(evidence: &[PairEvidence], day: Day) -> Option<f64> {
        fold_pair(evidence, day, Formula::SHIPPED).overridden.map(Probability::value)
    }

    use Direction::{Back, Forth};

    #[test]
    fn an_override_ends_with_its_last_day() {
        let evidence = [said(Forth, 0.2, [-9, 3])];
        assert_eq!(strength_on(&evidence, today().plus(-10)), None, "not yet");
        assert_eq!(strength_on(&evidence, today().plus(-9)), Some(0.2));
        assert_eq!(strength_on(&evidence, today().plus(3)), Some(0.2));
        assert_eq!(strength_on(&evidence, today().plus(4)), None);
    }

    #[test]
    fn of_one_owner_the_newest_counts_even_when_it_ends_first() {
        let evidence = [said(Forth, 0.9, [-20, 60]), said(Forth, 0.2, [-9, 3])];
        assert_eq!(strength_on(&evidence, today()), Some(0.2));
        assert_eq!(strength_on(&evidence, today().plus(4)), None, "the older one is over too");
    }

    #[test]
    fn of_both_owners_the_newest_counts_while_it_lasts() {
        let evidence = [said(Back, 0.9, [-20, 60]), said(Forth, 0.2, [-9, 3])];
        assert_eq!(strength_on(&evidence, today()), Some(0.2));
        assert_eq!(strength_on(&evidence, today().plus(4)), Some(0.9));
        assert_eq!(strength_on(&evidence, today().plus(61)), None);
    }

    #[test]
    fn an_override_is_a_tie_and_of_a_hidden_one_only_that_shows() {
        let shown = fold_pair(&[said(Forth, 0.0, [-9, 3])], today(), Formula::SHIPPED);
        assert!(shown.is_tie() && !shown.has_contact());
        let hidden = PairEvidence { level: Level::Tie, ..said(Forth, 0.9, [-9, 3]) };
        let evidence = [hidden];
        let mass = fold_pair(&evidence, today(), Formula::SHIPPED);
        assert!(mass.is_tie() && mass.hinted[FORTH] && mass.hinted[BACK]);
        assert_eq!(mass.overridden, None);
        let over = fold_pair(&evidence, today().plus(4), Formula::SHIPPED);
        assert_eq!(over, PairMass::default(), "when it ends there is no tie");
    }
}
