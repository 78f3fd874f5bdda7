//! How much each token may ask for: a bucket of points that fills again as time goes by.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::model::{IntroductionId, MemberId, Timestamp, TokenHash};

use super::{Tertius, Viewer};

/// The most buckets that are remembered at a time; those that are full again are forgotten first.
const BUCKETS_MAX: usize = 10_000;

/// What one try of a link costs, in thousandths of points; one point comes back in a second.
const LINK_TRY: u64 = 3_000;

/// What is left to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Points of a full bucket.
    pub limit: u64,
    /// Points that are left.
    pub remaining: u64,
    /// Points that come back in a second.
    pub restored_per_second: u64,
}

impl Allowance {
    /// In how many seconds the bucket is full again.
    pub fn full_in_seconds(&self) -> u64 {
        (self.limit - self.remaining).div_ceil(self.restored_per_second.max(1))
    }
}

/// That something costs more than is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// What is left.
    pub allowance: Allowance,
    /// When there will be enough, in milliseconds.
    pub retry_after_ms: u64,
}

/// Whose bucket it is: each token has its own, and whoever comes in without one has theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Purse {
    Token(TokenHash),
    Member(MemberId),
    /// Of all who try links of one introduction.
    Links(IntroductionId),
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Thousandths of points that are gone.
    gone: u64,
    at: Timestamp,
}

/// The buckets of all who asked of late.
#[derive(Debug, Default)]
pub(super) struct Allowances(Mutex<HashMap<Purse, Bucket>>);

impl Allowances {
    /// What is gone of a bucket by now, in thousandths of points, after something was done to it.
    fn change<T>(
        &self,
        purse: Purse,
        (now, per_second): (Timestamp, u64),
        change: impl FnOnce(&mut u64) -> T,
    ) -> T {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone_by_now = |bucket: &Bucket| {
            let passed_ms = now.as_ms().saturating_sub(bucket.at.as_ms()).max(0) as u64;
            bucket.gone.saturating_sub(passed_ms.saturating_mul(per_second))
        };
        if buckets.len() >= BUCKETS_MAX && !buckets.contains_key(&purse) {
            buckets.retain(|_, bucket| gone_by_now(bucket) > 0);
            if buckets.len() >= BUCKETS_MAX {
                buckets.clear();
            }
        }
        let bucket = buckets.entry(purse).or_insert(Bucket { gone: 0, at: now });
        let mut gone = gone_by_now(bucket);
        let changed = change(&mut gone);
        *bucket = Bucket { gone, at: now };
        changed
    }
}

impl Tertius {
    /// Takes points out of the viewer's bucket, before what they are for. `None` for whoever
    /// came in by neither a token nor a JWT: they are on this machine, and nobody counts.
    ///
    /// # Errors
    /// When fewer are left; then none are taken.
    pub fn charge(&self, viewer: &Viewer, points: u64) -> Result<Option<Allowance>, Spent> {
        let Some(purse) = purse(viewer) else { return Ok(None) };
        let (most, per_second) = (self.limits.allowance_max, self.limits.allowance_per_second);
        self.allowances.change(purse, (self.clock.now(), per_second), |gone| {
            let wanted = gone.saturating_add(points.saturating_mul(1_000));
            let Some(missing) = wanted.checked_sub(most.saturating_mul(1_000)).filter(|m| *m > 0)
            else {
                *gone = wanted;
                return Ok(Some(self.allowance_after(*gone)));
            };
            let retry_after_ms = missing.div_ceil(per_second.max(1));
            Err(Spent { allowance: self.allowance_after(*gone), retry_after_ms })
        })
    }

    /// Counts one try of a link of an introduction, whether there is such a one or not: twenty at
    /// once, then one in three seconds, by which no secret is found.
    ///
    /// # Errors
    /// In how many milliseconds the next may be made, where it is too many.
    pub(super) fn count_try(&self, of: IntroductionId) -> Result<(), u64> {
        self.allowances.change(Purse::Links(of), (self.clock.now(), 1), |gone| {
            let wanted = *gone + LINK_TRY;
            match wanted.saturating_sub(LINK_TRY * 20) {
                0 => {
                    *gone = wanted;
                    Ok(())
                }
                missing => Err(missing),
            }
        })
    }

    /// Puts points back that were not needed.
    pub fn refund(&self, viewer: &Viewer, points: u64) -> Option<Allowance> {
        let at = (self.clock.now(), self.limits.allowance_per_second);
        let gone = self.allowances.change(purse(viewer)?, at, |gone| {
            *gone = gone.saturating_sub(points.saturating_mul(1_000));
            *gone
        });
        Some(self.allowance_after(gone))
    }

    fn allowance_after(&self, gone: u64) -> Allowance {
        let limit = self.limits.allowance_max;
        Allowance {
            limit,
            remaining: limit.saturating_sub(gone.div_ceil(1_000)),
            restored_per_second: self.limits.allowance_per_second,
        }
    }
}

fn purse(viewer: &Viewer) -> Option<Purse> {
    let by_jwt = || viewer.ends_at().map(|_| Purse::Member(viewer.member()));
    viewer.token().map(Purse::Token).or_else(by_jwt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_comes_back_with_time_and_never_more_than_all_of_it() {
        let (allowances, purse) = (Allowances::default(), Purse::Member(MemberId::new(1)));
        let at = |ms, change: fn(&mut u64) -> u64| {
            allowances.change(purse, (Timestamp::from_ms(ms), 2), change)
        };
        let take = |gone: &mut u64| {
            *gone += 1_000;
            *gone
        };
        assert_eq!(at(0, take), 1_000);
        assert_eq!(at(100, |gone| *gone), 800);
        assert_eq!(at(50, |gone| *gone), 800, "a clock that goes back gives nothing");
        assert_eq!(at(1_000_000, take), 1_000);
    }

    #[test]
    fn no_more_buckets_than_a_limit_are_remembered() {
        let allowances = Allowances::default();
        for member in 0..=BUCKETS_MAX as u128 {
            let purse = Purse::Member(MemberId::new(member));
            allowances.change(purse, (Timestamp::from_ms(0), 1), |gone| *gone += 1);
        }
        assert!(allowances.0.lock().unwrap().len() <= BUCKETS_MAX);
    }
}
