//! How much a connector is asked for introductions already.
//!
//! Formula: docs/SCIENCE.md, "Fatigue".

use crate::model::{Day, Timestamp};

/// The half-life of a request, in days.
const HALF_LIFE: f64 = 21.0;
/// How much a unit of load takes from the logit of a step, until an installation has learnt it.
const LOGIT_PER_LOAD: f64 = 0.45;

/// The load of a connector, as far as it is shown: requests that a viewer may not see move
/// nothing but the band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum LoadBand {
    /// Not asked of late.
    #[default]
    None,
    /// Asked a little: a load under 1.
    Light,
    /// Asked often: a load under 3.
    Busy,
    /// Asked too often: a load of 3 or more.
    Over,
}

impl LoadBand {
    /// The band of a load: the sum over requests of 2^(−age/21 d).
    pub fn of(asked_at: impl IntoIterator<Item = Timestamp>, day: Day) -> Self {
        let load: f64 = asked_at.into_iter().map(|at| weight(at, day)).sum();
        match load {
            load if load <= 0.0 => Self::None,
            load if load < 1.0 => Self::Light,
            load if load < 3.0 => Self::Busy,
            _ => Self::Over,
        }
    }

    /// What the band adds to the logit of a step that asks this connector: −0.45 times the middle
    /// of the band (0, 0.5, 2, 4).
    pub fn term(self) -> f32 {
        let middle = match self {
            Self::None => 0.0,
            Self::Light => 0.5,
            Self::Busy => 2.0,
            Self::Over => 4.0,
        };
        (-LOGIT_PER_LOAD * middle) as f32
    }
}

/// What is left of a request; one that is younger than the day counts whole, one so old that
/// nothing is left of it counts nothing.
fn weight(at: Timestamp, day: Day) -> f64 {
    let age = (day.end().as_ms() - at.as_ms()).max(0) as f64 / 86_400_000.0;
    if age > 180.0 { 0.0 } else { (-age / HALF_LIFE).exp2() }
}

/// From how many days ago on requests count.
pub const LOAD_DAYS: i32 = 180;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_band_follows_the_load() {
        let day: Day = "2026-11-20".parse().unwrap();
        let band = |ages: &[i32]| LoadBand::of(ages.iter().map(|&age| day.plus(-age).start()), day);
        assert_eq!(band(&[]), LoadBand::None);
        assert_eq!(band(&[2]), LoadBand::Light);
        assert_eq!(band(&[2, 3]), LoadBand::Busy);
        assert_eq!(band(&[1, 2, 3, 4, 5, 6]), LoadBand::Over);
        assert_eq!(band(&[300]), LoadBand::None, "long forgotten");
        let terms = [LoadBand::None, LoadBand::Light, LoadBand::Busy, LoadBand::Over];
        assert!(terms.windows(2).all(|pair| pair[0].term() > pair[1].term()));
    }
}
