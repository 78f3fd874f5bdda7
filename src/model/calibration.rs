//! How strength is computed in this installation, once its own outcomes have been looked at.

use serde::{Deserialize, Serialize};

use super::{Author, CalibrationId, Day};

/// Numbers by which no strength can be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BadFitted {
    /// Half-lives are whole days, the short one first.
    #[error("half-lives of {0} and {1} days are not two, the short one first")]
    HalfLives(u16, u16),
    /// A scale of 0 or less would turn weak ties into strong ones.
    #[error("a scale of {0} and a shift of {1} bend no probability")]
    Platt(f64, f64),
}

/// Numbers that were fitted: they can always be computed with.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Fitted {
    half_lives: [u16; 2],
    platt: Option<[f64; 2]>,
}

#[derive(Serialize, Deserialize)]
struct Parts {
    half_lives: [u16; 2],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    platt: Option<[f64; 2]>,
}

impl Fitted {
    /// Two half-lives in days, and Platt's scale and shift where strengths are bent.
    ///
    /// # Errors
    /// When a half-life is 0 or the short one is not the shorter, or a scale is not above 0.
    pub fn new(half_lives: [u16; 2], platt: Option<[f64; 2]>) -> Result<Self, BadFitted> {
        let [short, long] = half_lives;
        if short == 0 || long <= short {
            return Err(BadFitted::HalfLives(short, long));
        }
        match platt {
            Some([scale, shift]) if !(scale > 0.0 && scale.is_finite() && shift.is_finite()) => {
                Err(BadFitted::Platt(scale, shift))
            }
            platt => Ok(Self { half_lives, platt }),
        }
    }

    /// The short and the long half-life, in days.
    pub const fn half_lives(&self) -> [u16; 2] {
        self.half_lives
    }

    /// Platt's scale, above 0, and shift.
    pub const fn platt(&self) -> Option<[f64; 2]> {
        self.platt
    }
}

impl TryFrom<Parts> for Fitted {
    type Error = BadFitted;

    fn try_from(parts: Parts) -> Result<Self, BadFitted> {
        Self::new(parts.half_lives, parts.platt)
    }
}

impl From<Fitted> for Parts {
    fn from(fitted: Fitted) -> Self {
        Self { half_lives: fitted.half_lives, platt: fitted.platt }
    }
}

/// How strength is computed since a day: of several, that of the latest day counts, and of one day
/// that with the greatest id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Which one; a later one has a greater id.
    pub id: CalibrationId,
    /// The day on which it was fitted, or set back.
    pub fitted_on: Day,
    /// How many days were looked ahead from each cut.
    pub horizon_days: i32,
    /// How many pairs with contact both ways it stands on; 0 where everything was set back.
    pub pairs: u64,
    /// The numbers.
    pub fitted: Fitted,
    /// Who kept it.
    pub author: Author,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_would_turn_the_order_of_ties_are_refused() {
        assert!(Fitted::new([7, 60], Some([0.5, -1.0])).is_ok());
        for platt in [[0.0, 1.0], [-1.0, 0.0], [f64::NAN, 0.0], [1.0, f64::INFINITY]] {
            assert!(matches!(Fitted::new([7, 60], Some(platt)), Err(BadFitted::Platt(..))));
        }
        for [short, long] in [[0, 60], [60, 7], [7, 7]] {
            assert_eq!(Fitted::new([short, long], None), Err(BadFitted::HalfLives(short, long)));
        }
    }

    #[test]
    fn json_cannot_smuggle_in_a_scale_below_0() {
        let good =
            serde_json::to_string(&Fitted::new([7, 60], Some([0.5, -1.0])).unwrap()).unwrap();
        assert!(serde_json::from_str::<Fitted>(&good).is_ok());
        assert!(serde_json::from_str::<Fitted>(&good.replace("0.5", "-0.5")).is_err());
    }
}
