//! What may differ from one installation to another in how a strength is computed.

use super::Platt;

/// The two half-lives of contact, in days, and how the probability is bent. The default is what
/// everybody begins with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Formula {
    /// The short and the long half-life, in days.
    pub half_lives: [f64; 2],
    /// How the strength of contact is bent; a scale is above 0, so that no order is turned.
    pub platt: Option<Platt>,
}

impl Formula {
    /// What everybody begins with.
    pub const SHIPPED: Self = Self { half_lives: [7.0, 60.0], platt: None };

    /// The log-odds of contact, bent.
    pub(super) fn bent(&self, odds: f64) -> f64 {
        self.platt.map_or(odds, |platt| platt.scale * odds + platt.shift)
    }

    /// By how much the log-odds are stretched.
    pub(super) fn scale(&self) -> f64 {
        self.platt.map_or(1.0, |platt| platt.scale)
    }
}

impl Default for Formula {
    fn default() -> Self {
        Self::SHIPPED
    }
}
