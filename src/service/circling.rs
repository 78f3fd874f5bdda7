//! Circles: how many people lie within one, two, three steps, and how likely they say yes.

use std::sync::Arc;

use crate::{
    algo::{ManyQuery, NodeSet, Seeker, Stop, circles, limit_of},
    graph::Cost,
    model::Day,
};

use super::{From, ServiceResult, Tertius, Viewer};

/// How many steps are asked about where nothing is said.
const STEPS_DEFAULT: usize = 3;

/// Everybody within some number of steps of whoever asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Circle {
    /// Within how many steps, from 1.
    pub steps: u8,
    /// How many people a path of at most so many steps leads to.
    pub people: usize,
    /// How many of them are likely to say yes, by their best path of at most so many steps.
    pub likely: usize,
    /// How many are worth asking.
    pub worth_asking: usize,
    /// How many are a last resort.
    pub last_resort: usize,
}

/// The circles around whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CircleAnswer {
    /// One for each number of steps, from 1; each holds the one before it.
    pub circles: Vec<Circle>,
    /// The day at whose end everything was evaluated.
    pub day: Day,
}

impl Tertius {
    /// How many people somebody reaches within each number of steps, and how many of them likely.
    /// What a connector wants kept from single people is not looked at.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see from whom; `Invalid` for steps that cannot be;
    /// `Busy` when too many ask at once.
    ///
    /// # Complexity
    /// That of [`circles`](crate::algo::circles).
    pub async fn circles(
        &self,
        viewer: &Viewer,
        from: &From,
        max_steps: Option<usize>,
    ) -> ServiceResult<CircleAnswer> {
        let steps_max = self.steps(Some(max_steps.unwrap_or(STEPS_DEFAULT)))?;
        let seekers = self.seekers(viewer, from).await?;
        let picture = self.picture_of(viewer).await?;
        let seekers = picture.places(&seekers);
        let (day, for_job) = (picture.weighed.day(), Arc::clone(&picture));
        let job = move |stop: &Stop| {
            let weighed = &for_job.weighed;
            let seeker = |&node| Seeker::new(node, weighed.first_steps(node));
            let seekers: Vec<Seeker> = seekers.iter().map(seeker).collect();
            let query = ManyQuery {
                seekers: &seekers,
                steps_max,
                terms: &for_job.terms,
                avoid: &NodeSet::default(),
                cost_max: Cost::GREATEST,
            };
            circles(weighed.network(), &query, &[limit_of(0.4), limit_of(0.1)], stop)
        };
        let found = self.compute.run(job).await?;
        let circle = |circle: crate::algo::Circle| {
            let (likely, at_least_worth) = (circle.within[0], circle.within[1]);
            Circle {
                steps: circle.steps,
                people: circle.people,
                likely,
                worth_asking: at_least_worth - likely,
                last_resort: circle.people - at_least_worth,
            }
        };
        Ok(CircleAnswer { circles: found.into_iter().map(circle).collect(), day })
    }
}
