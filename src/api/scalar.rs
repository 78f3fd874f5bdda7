//! Dates, moments and scores.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::model::{Day, Probability, Timestamp};

/// A day in UTC, such as `2026-11-23`.
#[derive(Debug, Clone, Copy)]
pub struct Date(pub Day);

/// A day in UTC, such as `2026-11-23`.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date.html")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Ok(Self(text.parse().map_err(InputValueError::custom)?))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A moment in UTC, such as `2026-11-23T09:30:00Z`.
#[derive(Debug, Clone, Copy)]
pub struct DateTime(pub Timestamp);

/// A moment in UTC, such as `2026-11-23T09:30:00Z`.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time.html")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        Ok(Self(text.parse().map_err(InputValueError::custom)?))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A number from 0 to 1. Every score is a probability; the fields beside it say of what.
#[derive(Debug, Clone, Copy)]
pub struct Score(pub Probability);

/// A number from 0 to 1. Every score is a probability; the fields beside it say of what.
#[Scalar]
impl ScalarType for Score {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Number(number) = &value else {
            return Err(InputValueError::expected_type(value));
        };
        let number = number.as_f64().unwrap_or(f64::NAN);
        Ok(Self(Probability::new(number).map_err(InputValueError::custom)?))
    }

    fn to_value(&self) -> Value {
        // Six digits are more than any score is good for, and equal on every machine.
        let rounded = (self.0.value() * 1e6).round() / 1e6;
        Value::from(rounded)
    }
}

impl Score {
    /// A score from a computed probability, which rounding may have pushed over an edge.
    pub(super) fn of(probability: f64) -> Self {
        let bounded = probability.clamp(0.0, 1.0);
        Self(Probability::new(bounded).expect("it was clamped from 0 to 1"))
    }

    /// The number.
    pub(super) fn value(self) -> f64 {
        self.0.value()
    }
}
