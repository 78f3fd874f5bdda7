//! Whom everybody ever had contact with, and how much of it two people share.

use std::io::{Result, Write};

use crate::graph::{NodeIx, Source, damaged, put_list};

/// Whom each person ever had contact with, by place, each row sorted.
#[derive(Debug)]
pub(super) struct Acquainted {
    /// Row i lies from `starts[i]` to `starts[i + 1]`.
    starts: Vec<u32>,
    others: Vec<NodeIx>,
}

impl Acquainted {
    pub(super) fn of(people: usize, contacts: &[(NodeIx, NodeIx)]) -> Self {
        let mut starts = vec![0_u32; people + 1];
        for place in contacts.iter().flat_map(|&(low, high)| [low, high]) {
            starts[place as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut others = vec![0; 2 * contacts.len()];
        for (place, other) in contacts.iter().flat_map(|&(a, b)| [(a, b), (b, a)]) {
            let at = &mut next[place as usize];
            others[*at as usize] = other;
            *at += 1;
        }
        for row in starts.windows(2) {
            others[row[0] as usize..row[1] as usize].sort_unstable();
        }
        Self { starts, others }
    }

    /// How many people there were.
    pub(super) fn people(&self) -> usize {
        self.starts.len() - 1
    }

    /// Writes it.
    pub(super) fn put(&self, to: &mut dyn Write) -> Result<()> {
        put_list(to, &self.starts)?;
        put_list(to, &self.others)
    }

    /// Reads what was written.
    pub(super) fn take(from: &mut Source<'_>) -> Result<Self> {
        let acquainted = Self { starts: from.take_list()?, others: from.take_list()? };
        let Self { starts, others } = &acquainted;
        let ends = starts.last().is_some_and(|&end| end as usize == others.len());
        if ends && starts.is_sorted() { Ok(acquainted) } else { Err(damaged()) }
    }

    /// Nobody for who came after the fold.
    fn row(&self, place: NodeIx) -> &[NodeIx] {
        match self.starts.get(place as usize..=place as usize + 1) {
            Some(&[from, to]) => &self.others[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The shared part of two people's acquaintances, from 0 to 1.
    pub(super) fn overlap(&self, low: NodeIx, high: NodeIx) -> f64 {
        overlap(self.row(low), self.row(high), [low, high])
    }
}

/// The shared part of two people's acquaintances, the two themselves left out (Jaccard).
fn overlap(a: &[NodeIx], b: &[NodeIx], themselves: [NodeIx; 2]) -> f64 {
    let (mut shared, mut left, mut right) = (0_usize, 0, 0);
    while left < a.len() && right < b.len() {
        match a[left].cmp(&b[right]) {
            std::cmp::Ordering::Less => left += 1,
            std::cmp::Ordering::Greater => right += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                left += 1;
                right += 1;
            }
        }
    }
    let named = |row: &[NodeIx]| themselves.iter().filter(|p| row.binary_search(p).is_ok()).count();
    let all = a.len() - named(a) + b.len() - named(b) - shared;
    if all == 0 { 0.0 } else { shared as f64 / all as f64 }
}
