//! What must hold of every strength, whatever the evidence: tested over random evidence.

use proptest::prelude::*;

use crate::{
    algo::{
        Band, Circumstances, FADE_DAYS, Factor, Formula, PairMass, Platt, Population, Strength,
        Terms, TieFigures, fold_pair, foretell_fade, logit, strength, strength_value,
    },
    model::{
        Closeness, Day, Direction, Evidence, EvidenceKind, FactId, Level, PairEvidence, PersonId,
        Probability, Speaker,
    },
};

fn today() -> Day {
    "2026-11-20".parse().unwrap()
}

const POPULATION: Population = Population {
    medians: Terms { contact: 1.0, recency: 0.2, overlap: 0.3, activity: 0.1 },
    answer_rate: 0.45,
};

/// A pair with its evidence, and in what it is seen.
#[derive(Debug, Clone)]
struct Seen {
    evidence: Vec<PairEvidence>,
    overlap: f64,
    activity: f64,
    formula: Formula,
}

impl Seen {
    fn at(&self, day: Day) -> Circumstances {
        Circumstances { activity: self.activity, day, formula: self.formula }
    }

    fn mass(&self, day: Day) -> PairMass {
        fold_pair(&self.evidence, day, self.formula)
    }

    fn figures(&self, day: Day) -> TieFigures {
        TieFigures::new(&self.mass(day), self.overlap)
    }

    fn value(&self, day: Day) -> f64 {
        strength_value(&self.figures(day), self.at(day))
    }

    fn strength(&self) -> Strength {
        strength(&self.figures(today()), self.at(today()), &POPULATION)
    }

    fn with(&self, item: PairEvidence) -> Self {
        let mut more = self.clone();
        more.evidence.push(item);
        more.evidence.sort_by_key(|item| (item.at, item.fact));
        more
    }
}

fn item(kind: EvidenceKind, direction: Direction, day: Day) -> PairEvidence {
    let (at, fact) = (day.start(), FactId::new(day.number().unsigned_abs().into()));
    let level = Level::Evidence;
    PairEvidence { fact, kind, direction, at, recorded_at: at, recipients: 2, level }
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Forth), Just(Direction::Back)]
}

fn contact() -> impl Strategy<Value = PairEvidence> {
    let kinds = [
        EvidenceKind::Mail,
        EvidenceKind::Message,
        EvidenceKind::ListAnswer,
        EvidenceKind::Call,
        EvidenceKind::Meeting,
        EvidenceKind::Introduction,
    ];
    (0..kinds.len(), direction(), 0..500_i32).prop_map(move |(at, way, ago)| {
        let kind = kinds[at].clone();
        let way = if kind.is_directed() { way } else { Direction::Mutual };
        item(kind, way, today().plus(-ago))
    })
}

/// What is told of a tie beside contact.
fn told() -> impl Strategy<Value = PairEvidence> {
    let statement = (0..4_u128, 0.0..=1.0_f64, 0..900_i32).prop_map(|(who, score, ago)| {
        let closeness = Closeness::Score(Probability::new(score).unwrap());
        let kind = EvidenceKind::Statement { closeness, by: Speaker::Person(PersonId::new(who)) };
        item(kind, Direction::Mutual, today().plus(-ago))
    });
    let connection = (0..900_i32)
        .prop_map(|ago| item(EvidenceKind::Connection, Direction::Mutual, today().plus(-ago)));
    prop_oneof![3 => statement, 1 => connection]
}

fn overriding() -> impl Strategy<Value = PairEvidence> {
    let strength = prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64];
    (strength, direction(), 0..365_i32, 0..=365_i32).prop_map(|(strength, way, ago, days)| {
        let strength = Probability::new(strength).unwrap();
        let until = today().plus(days - ago);
        let kind = EvidenceKind::Override { strength, reason: None, until };
        item(kind, way, today().plus(-ago))
    })
}

fn seen(overrides: usize) -> impl Strategy<Value = Seen> {
    let evidence = (
        prop::collection::vec(contact(), 0..25),
        prop::collection::vec(told(), 0..4),
        prop::collection::vec(overriding(), 0..=overrides),
    );
    let platt = prop::option::of((0.05..3.0_f64, -3.0..3.0_f64));
    let formula = (prop_oneof![Just([7.0, 60.0]), Just([3.0, 120.0])], platt);
    (evidence, 0.0..=1.0_f64, 0.0..60.0_f64, formula).prop_map(
        |((contacts, told, overrides), overlap, activity, (half_lives, platt))| {
            let mut evidence = [contacts, told, overrides].concat();
            evidence.sort_by_key(|item| (item.at, item.fact));
            let platt = platt.map(|(scale, shift)| Platt { scale, shift });
            Seen { evidence, overlap, activity, formula: Formula { half_lives, platt } }
        },
    )
}

/// The masses are kept as f32, and a steep fit stretches what that leaves.
const ROUNDING: f64 = 3e-6;

proptest! {
    #[test]
    fn the_factors_sum_to_the_logit_whatever_the_evidence(seen in seen(3)) {
        let shown = seen.strength();
        prop_assume!(seen.mass(today()).is_tie());
        let sum: f64 = shown.factors.iter().map(|(_, share)| share).sum();
        prop_assert!((sum - logit(shown.value)).abs() < 1e-9, "{shown:?}");
        let is_told = shown.factors.iter().any(|(factor, _)| *factor == Factor::Override);
        prop_assert_eq!(is_told, seen.mass(today()).overridden.is_some());
        prop_assert_eq!(shown.value.to_bits(), seen.value(today()).to_bits());
    }

    #[test]
    fn an_added_contact_never_lowers_a_strength(seen in seen(2), more in contact()) {
        let with = seen.with(more);
        prop_assert!(with.value(today()) >= seen.value(today()) - ROUNDING);
    }

    #[test]
    fn a_silent_day_never_raises_a_strength_unless_an_override_ends(
        seen in seen(2), later in 0..400_i32,
    ) {
        let (day, next) = (today().plus(later), today().plus(later + 1));
        let ends = seen.mass(day).overridden.is_some()
            && seen.mass(day).overridden != seen.mass(next).overridden;
        prop_assume!(!ends);
        prop_assert!(seen.value(next) <= seen.value(day) + ROUNDING);
    }

    #[test]
    fn a_fade_is_foretold_to_the_day(seen in seen(2)) {
        let figures = seen.figures(today());
        prop_assume!(seen.mass(today()).is_tie());
        let now = Band::of(seen.value(today()));
        let floor = if now == Band::Strong { 0.5 } else { 0.15 };
        let fade = foretell_fade(&figures, &seen.evidence, seen.at(today()));
        let (on, last) = match fade {
            Some(fade) => (fade.on, fade.on.plus(-1)),
            None => (today().plus(FADE_DAYS + 1), today().plus(FADE_DAYS)),
        };
        if let Some(fade) = fade {
            // What would be folded on that day, from the evidence itself.
            prop_assert!((seen.value(on) - fade.to).abs() < ROUNDING);
            prop_assert!(fade.to < floor && Band::of(fade.to) == fade.band && fade.band < now);
            prop_assert!((1..=FADE_DAYS).contains(&(on.number() - today().number())));
        }
        if now > Band::Cold {
            for later in 1..=(last.number() - today().number()) {
                let then = seen.value(today().plus(later));
                prop_assert!(then >= floor - ROUNDING, "{later}: {then} {fade:?}");
            }
        } else {
            prop_assert_eq!(fade, None);
        }
    }

    #[test]
    fn a_contact_halves_in_each_half_life(
        ago in 0..300_i32, half_lives in prop_oneof![Just([7.0, 60.0]), Just([14.0, 90.0])],
    ) {
        let formula = Formula { half_lives, platt: None };
        let mail = item(EvidenceKind::Meeting, Direction::Mutual, today().plus(-ago));
        let mass = |day: Day| fold_pair(std::slice::from_ref(&mail), day, formula);
        let now = mass(today());
        let (short, long) = (half_lives[0] as i32, half_lives[1] as i32);
        let (after_short, after_long) = (mass(today().plus(short)), mass(today().plus(long)));
        prop_assert!((after_short.c_short[0] * 2.0 / now.c_short[0] - 1.0).abs() < 1e-12);
        prop_assert!((after_long.c_long[0] * 2.0 / now.c_long[0] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn one_way_mail_is_no_tie(ago in prop::collection::vec(0..500_i32, 1..40)) {
        let mut evidence: Vec<_> = ago
            .iter()
            .map(|&ago| item(EvidenceKind::Mail, Direction::Forth, today().plus(-ago)))
            .collect();
        evidence.sort_by_key(|item| item.at);
        prop_assert!(!fold_pair(&evidence, today(), Formula::SHIPPED).is_tie());
    }

    #[test]
    fn a_message_to_twenty_says_nothing_of_any_two(readers in 20..60_u128, is_mail: bool) {
        let kind = if is_mail { EvidenceKind::Mail } else { EvidenceKind::Meeting };
        let people = (0..=readers).map(|id| PersonId::new(id).into());
        let evidence = Evidence::new(kind, today().start(), people).unwrap();
        prop_assert!(evidence.pairs().is_empty());
    }

    #[test]
    fn an_override_is_what_is_shown_and_ends_on_its_day(
        seen in seen(0), strength in 0.0..=1.0_f64, days in 0..=365_i32, way in direction(),
    ) {
        let until = today().plus(days);
        let said = Probability::new(strength).unwrap();
        let kind = EvidenceKind::Override { strength: said, reason: None, until };
        let with = seen.with(item(kind, way, today()));
        let shown = strength.clamp(1e-6, 1.0 - 1e-6);
        for day in [today(), until] {
            prop_assert!((with.value(day) - shown).abs() < 1e-6);
        }
        let factor = with.strength().factors.pop();
        prop_assert!(matches!(factor, Some((Factor::Override, _))), "{factor:?}");
        let after = until.plus(1);
        prop_assert_eq!(with.value(after).to_bits(), seen.value(after).to_bits());
        prop_assert_eq!(with.mass(after), seen.mass(after));
    }
}
