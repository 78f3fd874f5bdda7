//! Circles: how many people lie within how many steps.

use async_graphql::SimpleObject;

use crate::service;

use super::scalar::Date;

/// Everybody within some number of steps.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct Circle {
    /// Within how many steps, from 1.
    pub steps: i32,
    /// How many people a path of at most so many steps leads to.
    pub people: i32,
    /// How many of them are likely to say yes (from 0.4), by their best path of so many steps.
    pub likely: i32,
    /// How many are worth asking (from 0.1).
    pub worth_asking: i32,
    /// How many are a last resort.
    pub last_resort: i32,
}

/// The circles around whoever asks.
#[derive(Debug, Clone, SimpleObject)]
pub struct CirclesAround {
    /// One for each number of steps, from 1; each holds the one before it.
    pub circles: Vec<Circle>,
    /// The day at whose end everything was evaluated.
    pub as_of: Date,
}

impl From<service::CircleAnswer> for CirclesAround {
    fn from(answer: service::CircleAnswer) -> Self {
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let circle = |circle: &service::Circle| Circle {
            steps: i32::from(circle.steps),
            people: count(circle.people),
            likely: count(circle.likely),
            worth_asking: count(circle.worth_asking),
            last_resort: count(circle.last_resort),
        };
        Self { circles: answer.circles.iter().map(circle).collect(), as_of: Date(answer.day) }
    }
}
