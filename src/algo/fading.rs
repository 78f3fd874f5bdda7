//! What becomes of a tie if nobody writes any more.
//!
//! Formulas: docs/SCIENCE.md, "Decay".

use crate::model::{Day, EvidenceKind, PairEvidence};

use super::{Circumstances, TieFigures, mass::Statements, overriding::Overrides, strength_value};

/// How far ahead is looked.
pub const FADE_DAYS: i32 = 365;

/// A strength in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// Below 0.15.
    Cold,
    /// From 0.15.
    Warm,
    /// From 0.5.
    Strong,
}

impl Band {
    /// The band of a strength.
    pub const fn of(strength: f64) -> Self {
        match strength {
            s if s >= 0.5 => Self::Strong,
            s if s >= 0.15 => Self::Warm,
            _ => Self::Cold,
        }
    }
}

/// That a tie falls to a lower band if nobody writes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fade {
    /// The first day at whose end it is in a lower band.
    pub on: Day,
    /// Its strength then, from 0 to 1.
    pub to: f64,
    /// The band in which it is then.
    pub band: Band,
}

/// A pair of whom nobody writes.
struct Quiet<'a> {
    /// As of today, without an override.
    figures: TieFigures,
    statements: Statements<'a>,
    overrides: Overrides<'a>,
    today: Circumstances,
}

impl<'a> Quiet<'a> {
    fn new(figures: &TieFigures, evidence: &'a [PairEvidence], today: Circumstances) -> Self {
        let end = today.day.end();
        let past = &evidence[..evidence.partition_point(|item| item.at < end)];
        let statements = Statements::of(past, end);
        Self { figures: figures.by_evidence(), statements, overrides: Overrides::of(past), today }
    }

    /// The strength at the end of a later day. Where an override was all there was, there is no
    /// tie after it: the least strength.
    fn strength_on(&self, day: Day) -> f64 {
        let days = f64::from(day.number() - self.today.day.number());
        let overridden = self.overrides.on(day).and_then(|item| match item.kind {
            EvidenceKind::Override { strength, .. } => Some(strength),
            _ => None,
        });
        let told = (self.statements.after(days), overridden);
        let figures = self.figures.after(days, self.today.formula.half_lives, told);
        strength_value(&figures, Circumstances { day, ..self.today })
    }

    /// The last days of the spans in which a strength never rises: an override that ends may let
    /// it rise, and nothing else can.
    fn spans(&self, until: Day) -> Vec<Day> {
        let ends = self.overrides.ends_from(self.today.day).filter(|end| *end < until);
        let mut ends: Vec<Day> = ends.chain([until]).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

/// The first day after today, within [`FADE_DAYS`], at whose end a tie is in a lower band than
/// today if nobody writes; nothing where it stays, or is cold already.
///
/// `figures` are those of today, `evidence` is ordered by time; what is still to come counts
/// nothing. While an override lasts, a strength stands still; when it ends, the evidence counts
/// again, and that day may be the one.
///
/// # Complexity
/// Linear in the evidence; the days are bisected, for without an override that ends no day without
/// contact raises a strength.
pub fn foretell_fade(
    figures: &TieFigures,
    evidence: &[PairEvidence],
    today: Circumstances,
) -> Option<Fade> {
    let band = Band::of(strength_value(figures, today));
    if band == Band::Cold {
        return None;
    }
    let quiet = Quiet::new(figures, evidence, today);
    let has_fallen = |day: Day| Band::of(quiet.strength_on(day)) < band;
    let mut first = today.day.plus(1);
    for last in quiet.spans(today.day.plus(FADE_DAYS)) {
        // The span that ends today, with an override, has no day after today.
        if last >= first && has_fallen(last) {
            let on = first_day(first, last, has_fallen);
            let to = quiet.strength_on(on);
            return Some(Fade { on, to, band: Band::of(to) });
        }
        first = first.max(last.plus(1));
    }
    None
}

/// The first day from one to another for which something holds that holds for the last one and,
/// once it holds, goes on to hold.
fn first_day(first: Day, last: Day, holds: impl Fn(Day) -> bool) -> Day {
    let (mut from, mut to) = (first.number(), last.number());
    while from < to {
        let middle = i32::midpoint(from, to);
        if holds(Day::from_number(middle)) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    Day::from_number(to)
}
