//! How well what is known on a day foretells what comes after it.

mod backtest;
mod calibrate;
mod measures;
mod platt;

pub use backtest::*;
pub use calibrate::*;
pub use measures::*;
pub use platt::*;
