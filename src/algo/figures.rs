//! What is kept of a tie in memory, beside what its steps cost.

use std::num::NonZeroU32;

use crate::{
    graph::Plain,
    model::{Closeness, Day, Probability},
};

use super::{
    BACK, FORTH, PairMass,
    mass::{decay, stated_strength},
};

/// In how many parts an override is kept: as many digits as any score is shown with.
const PARTS: f64 = 1e6;

/// What is kept of a tie, beside its costs. Arrays of two hold the way from the lower id to the
/// higher, then the way back; the fields are those of [`PairMass`], and the overlap.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TieFigures {
    pub(super) c_short: [f32; 2],
    pub(super) c_long: [f32; 2],
    pub(super) stated: f32,
    pub(super) overlap: f32,
    pub(super) last_contact: i32,
    /// One more than the millionths, so that nothing takes no room.
    overridden: Option<NonZeroU32>,
    pub(super) asks: [u8; 2],
    pub(super) answers: [u8; 2],
    contact: [bool; 2],
    pub(super) connected: bool,
    shown: Shown,
}

/// What may be said of a tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Shown {
    /// What its evidence says.
    #[default]
    Evidence,
    /// Of some of it only that there is a tie.
    Hint,
    /// Nothing: it is inferred.
    Inferred,
}

/// What a tie is worth that is only inferred (docs/SCIENCE.md, "Kinds of evidence").
const INFERRED: f32 = 0.04;

impl TieFigures {
    /// Keeps what a pair weighs, with the overlap of the two neighbourhoods.
    pub fn new(mass: &PairMass, overlap: f64) -> Self {
        Self {
            c_short: mass.c_short.map(|c| c as f32),
            c_long: mass.c_long.map(|c| c as f32),
            stated: mass.stated as f32,
            overlap: overlap as f32,
            last_contact: mass.last_contact.map_or(i32::MIN, Day::number),
            overridden: mass.overridden.and_then(millionths),
            asks: mass.asks,
            answers: mass.answers,
            contact: mass.contact,
            connected: mass.connected,
            shown: if mass.hinted[FORTH] || mass.hinted[BACK] {
                Shown::Hint
            } else {
                Shown::Evidence
            },
        }
    }

    /// Those of a tie of which nothing is known but what is inferred.
    pub(super) fn inferred() -> Self {
        Self { stated: INFERRED, shown: Shown::Inferred, ..Self::default() }
    }

    fn is_hinted(&self) -> bool {
        self.shown == Shown::Hint
    }

    /// Whether nothing is known of the tie but what is inferred.
    pub fn is_inferred(&self) -> bool {
        self.shown == Shown::Inferred
    }

    /// The same if somebody stated today how close the two are, of whom nobody stated it before.
    pub(super) fn if_stated(&self, closeness: Closeness) -> Self {
        Self { stated: stated_strength(closeness) as f32, ..*self }
    }

    /// Whether a statement would add to what is known: nobody stated how close the two are, or how
    /// strong the tie is.
    pub fn is_unstated(&self) -> bool {
        self.stated == 0.0 && self.overridden.is_none()
    }

    /// The same after so many days without contact. What was stated by then, and what is said
    /// instead, does not follow from the figures.
    pub(super) fn after(
        &self,
        days: f64,
        half_lives: [f64; 2],
        (stated, overridden): (f64, Option<Probability>),
    ) -> Self {
        let left = half_lives.map(|half_life| decay(days, half_life));
        let fade = |masses: [f32; 2], left: f64| masses.map(|c| (f64::from(c) * left) as f32);
        Self {
            c_short: fade(self.c_short, left[0]),
            c_long: fade(self.c_long, left[1]),
            stated: stated as f32,
            overridden: overridden.and_then(millionths),
            ..*self
        }
    }

    /// The last day of contact, if there was any.
    pub fn last_contact(&self) -> Option<Day> {
        self.has_contact().then(|| Day::from_number(self.last_contact))
    }

    /// What one of the two says of the tie instead of what the evidence says, from 0 to 1.
    pub fn overridden(&self) -> Option<f64> {
        self.overridden.map(|parts| f64::from(parts.get() - 1) / PARTS)
    }

    /// The same as the evidence alone has it.
    pub(super) fn by_evidence(&self) -> Self {
        Self { overridden: None, ..*self }
    }

    /// Whether there is any evidence but an override.
    pub(super) fn has_evidence(&self) -> bool {
        self.has_contact() || self.stated > 0.0 || self.connected || self.is_hinted()
    }

    /// Whether all that is known is a connection on a network: no contact both ways, no
    /// statement, no override.
    pub fn is_connected_only(&self) -> bool {
        let told = self.stated > 0.0 || self.is_hinted() || self.overridden.is_some();
        self.connected && !told && !self.is_two_way()
    }

    /// Whether all that may be seen is that there is a tie.
    pub fn is_hinted_only(&self) -> bool {
        self.is_hinted() && self.stated == 0.0 && self.overridden.is_none() && !self.is_two_way()
    }

    /// Whether there has been contact both ways.
    pub fn is_two_way(&self) -> bool {
        self.contact[FORTH] && self.contact[BACK]
    }

    /// How often each asked the other by mail, and how often that was answered.
    pub fn asks(&self) -> ([u8; 2], [u8; 2]) {
        (self.asks, self.answers)
    }

    /// The overlap of the two people's neighbourhoods, from 0 to 1.
    pub fn overlap(&self) -> f64 {
        f64::from(self.overlap)
    }

    pub(super) fn has_contact(&self) -> bool {
        self.contact[FORTH] || self.contact[BACK]
    }

    /// G for one half-life: the geometric mean of the two directions, each raised a little so
    /// that one-way contact is not quite nothing.
    pub(super) fn both_ways(masses: [f32; 2]) -> f64 {
        let [forth, back] = masses.map(f64::from);
        let total = forth + back;
        ((forth + 0.01 * total) * (back + 0.01 * total)).sqrt()
    }
}

impl Plain for TieFigures {
    const WIDTH: usize = 40;

    fn put(&self, into: &mut [u8]) {
        let masses = [self.c_short, self.c_long, [self.stated, self.overlap]];
        for (number, into) in masses.as_flattened().iter().zip(into.chunks_exact_mut(4)) {
            number.put(into);
        }
        self.last_contact.put(&mut into[24..28]);
        self.overridden.map_or(0, NonZeroU32::get).put(&mut into[28..32]);
        into[32..34].copy_from_slice(&self.asks);
        into[34..36].copy_from_slice(&self.answers);
        let [forth, back] = self.contact.map(u8::from);
        let shown = match self.shown {
            Shown::Evidence => 0,
            Shown::Hint => 1,
            Shown::Inferred => 2,
        };
        into[36..].copy_from_slice(&[forth, back, u8::from(self.connected), shown]);
    }

    fn take(from: &[u8]) -> Option<Self> {
        let number = |at: usize| f32::take(&from[4 * at..4 * at + 4]);
        let flag = |at: usize| (from[at] < 2).then_some(from[at] == 1);
        Some(Self {
            c_short: [number(0)?, number(1)?],
            c_long: [number(2)?, number(3)?],
            stated: number(4)?,
            overlap: number(5)?,
            last_contact: i32::take(&from[24..28])?,
            overridden: NonZeroU32::new(u32::take(&from[28..32])?),
            asks: [from[32], from[33]],
            answers: [from[34], from[35]],
            contact: [flag(36)?, flag(37)?],
            connected: flag(38)?,
            shown: match from[39] {
                0 => Shown::Evidence,
                1 => Shown::Hint,
                2 => Shown::Inferred,
                _ => return None,
            },
        })
    }
}

fn millionths(probability: Probability) -> Option<NonZeroU32> {
    NonZeroU32::new((probability.value() * PARTS).round() as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_is_kept_to_the_last_digit_that_is_shown() {
        for value in [0.0, 1e-6, 0.2, 0.333_333, 0.999_999, 1.0] {
            let overridden = Some(Probability::new(value).unwrap());
            let figures = TieFigures::new(&PairMass { overridden, ..PairMass::default() }, 0.0);
            assert_eq!(figures.overridden(), Some(value));
        }
        assert_eq!(TieFigures::default().overridden(), None);
    }

    #[test]
    fn what_is_kept_of_a_tie_comes_back_from_its_bytes() {
        let figures = TieFigures {
            c_short: [0.25, 1e9],
            c_long: [-0.0, f32::MIN_POSITIVE],
            stated: 0.5,
            overlap: 0.125,
            last_contact: i32::MIN,
            overridden: NonZeroU32::new(7),
            asks: [1, 255],
            answers: [2, 3],
            contact: [true, false],
            connected: true,
            shown: Shown::Inferred,
        };
        for figures in [figures, TieFigures::default()] {
            let mut bytes = [0; TieFigures::WIDTH];
            figures.put(&mut bytes);
            assert_eq!(TieFigures::take(&bytes), Some(figures));
            for (at, wrong) in [(36, 2), (37, 9), (38, 255), (39, 3)] {
                let mut damaged = bytes;
                damaged[at] = wrong;
                assert_eq!(TieFigures::take(&damaged), None);
            }
        }
    }

    #[test]
    fn a_tie_takes_few_bytes() {
        assert_eq!(size_of::<TieFigures>(), 40);
    }
}
