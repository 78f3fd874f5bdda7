//! A weighted graph without directions, as compressed rows.

use super::aggregating::Parts;

/// Nodes that are joined by ties with a weight.
///
/// Each tie stands in the rows of both of its nodes. A row is in order of the other node, so that
/// neither the order of the ties nor the order of their ends makes a difference.
#[derive(Debug, Clone)]
pub struct ClusterGraph {
    /// Where the row of each node begins, and where the last one ends.
    pub(super) starts: Vec<u32>,
    pub(super) entries: Vec<Entry>,
    /// Twice the weight inside each node, where it stands for several.
    pub(super) inside: Vec<f64>,
    /// The sum of each node's row and of what is inside it.
    pub(super) strengths: Vec<f64>,
    /// The sum of all strengths: twice the weight of all ties.
    pub(super) total: f64,
}

/// A tie, seen from one of its nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    pub(super) to: u32,
    pub(super) weight: f32,
}

/// Ties that make no graph.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum BadTies {
    /// A tie names a node that is not there.
    #[error("a tie names node {node}, and there are {nodes}")]
    NoSuchNode {
        /// The node.
        node: u32,
        /// How many there are.
        nodes: usize,
    },
    /// A tie joins a node with itself.
    #[error("a tie joins node {0} with itself")]
    Loop(u32),
    /// A weight is not a positive, finite number.
    #[error("a tie weighs {0}; a weight is a number above 0")]
    Weight(f32),
    /// There are more than two thousand million ties.
    #[error("there are too many ties")]
    TooMany,
}

impl ClusterGraph {
    /// A graph of so many nodes and the ties between them; the weights of ties that are given
    /// several times are added.
    ///
    /// # Errors
    /// [`BadTies`] where a tie joins a node with itself or names one that is not there, or its
    /// weight is not a positive number.
    ///
    /// # Complexity
    /// O(ties) where the ties are sorted, else O(ties · log of the greatest degree); 16 bytes a
    /// tie and 20 a node.
    pub fn build(nodes: usize, ties: &[(u32, u32, f32)]) -> Result<Self, BadTies> {
        let mut ends = vec![0_u32; nodes + 1];
        if u32::try_from(ties.len() * 2).is_err() || u32::try_from(nodes).is_err() {
            return Err(BadTies::TooMany);
        }
        for &(a, b, weight) in ties {
            check(nodes, (a, b, weight))?;
            ends[a as usize + 1] += 1;
            ends[b as usize + 1] += 1;
        }
        for at in 0..nodes {
            ends[at + 1] += ends[at];
        }
        let starts = ends.clone();
        let mut entries = vec![Entry { to: 0, weight: 0.0 }; ties.len() * 2];
        let mut put = |from: u32, to: u32, weight: f32| {
            let at = &mut ends[from as usize];
            entries[*at as usize] = Entry { to, weight };
            *at += 1;
        };
        for &(a, b, weight) in ties {
            put(a, b, weight);
            put(b, a, weight);
        }
        let (starts, entries) = in_order(starts, entries);
        let strength = |ends: &[u32]| {
            let row = &entries[ends[0] as usize..ends[1] as usize];
            row.iter().map(|entry| f64::from(entry.weight)).sum()
        };
        let strengths: Vec<f64> = starts.windows(2).map(strength).collect();
        let total = strengths.iter().sum();
        Ok(Self { inside: vec![0.0; nodes], starts, entries, strengths, total })
    }

    /// A copy in which the nodes of a part stand side by side, and which node each was.
    pub(super) fn in_order_of(&self, parts: &Parts) -> (Self, Vec<u32>) {
        let (_, nodes) = parts.members();
        let mut places = vec![0_u32; nodes.len()];
        for (place, &node) in nodes.iter().enumerate() {
            places[node as usize] = place as u32;
        }
        let mut starts = Vec::with_capacity(self.starts.len());
        let mut entries = Vec::with_capacity(self.entries.len());
        starts.push(0);
        for &node in &nodes {
            let place = |entry: &Entry| Entry { to: places[entry.to as usize], ..*entry };
            entries.extend(self.row(node).iter().map(place));
            starts.push(entries.len() as u32);
        }
        let of = |values: &[f64]| nodes.iter().map(|&node| values[node as usize]).collect();
        let (inside, strengths) = (of(&self.inside), of(&self.strengths));
        (Self { starts, entries, inside, strengths, total: self.total }, nodes)
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.strengths.len()
    }

    /// How many ties there are.
    pub fn ties(&self) -> usize {
        self.entries.len() / 2
    }

    /// The neighbours of a node, in order, and the weights of the ties with them.
    pub fn neighbours(&self, node: u32) -> impl Iterator<Item = (u32, f64)> {
        self.row(node).iter().map(|entry| (entry.to, f64::from(entry.weight)))
    }

    /// The sum of the weights of a node's ties.
    pub fn strength(&self, node: u32) -> f64 {
        self.strengths[node as usize]
    }

    #[inline]
    pub(super) fn row(&self, node: u32) -> &[Entry] {
        let at = node as usize;
        &self.entries[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

fn check(nodes: usize, (a, b, weight): (u32, u32, f32)) -> Result<(), BadTies> {
    let node = a.max(b);
    if node as usize >= nodes {
        return Err(BadTies::NoSuchNode { node, nodes });
    }
    if a == b {
        return Err(BadTies::Loop(a));
    }
    if weight.is_finite() && weight > 0.0 { Ok(()) } else { Err(BadTies::Weight(weight)) }
}

/// The rows in order of the other node, each node once in a row.
fn in_order(mut starts: Vec<u32>, mut entries: Vec<Entry>) -> (Vec<u32>, Vec<Entry>) {
    let mut kept = 0;
    let mut from = 0;
    for end in starts.iter_mut().skip(1) {
        let (first, to) = (kept, *end as usize);
        let row = &mut entries[from..to];
        if !row.is_sorted_by(|one, next| one.to < next.to) {
            // By weight too, so that sums do not depend on the order in which ties were given.
            row.sort_unstable_by(|a, b| a.to.cmp(&b.to).then(a.weight.total_cmp(&b.weight)));
        }
        for at in from..to {
            let entry = entries[at];
            if kept > first && entries[kept - 1].to == entry.to {
                entries[kept - 1].weight += entry.weight;
            } else {
                entries[kept] = entry;
                kept += 1;
            }
        }
        from = to;
        *end = kept as u32;
    }
    entries.truncate(kept);
    (starts, entries)
}
