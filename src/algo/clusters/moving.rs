//! Moving single nodes to the cluster where modularity grows most.

use crate::algo::{Stop, Stopped};

use super::{ClusterGraph, STOP_EVERY, nearby::Nearby, order::Chance};

/// What a move must gain at least, as a share of the node's strength: weights of nodes that stand
/// for several are rounded to 32 bits, and below this a gain may be nothing but that.
const GAIN_MIN: f64 = 1e-6;

/// Nodes that wait to be looked at, each at most once, first come first served.
struct Queue {
    ring: Vec<u32>,
    first: usize,
    waiting: usize,
    /// A bit for each node, so that all of them stay in a near cache.
    waits: Vec<u64>,
}

impl Queue {
    fn of_all(order: Vec<u32>) -> Self {
        let waits = vec![u64::MAX; order.len().div_ceil(64)];
        Self { first: 0, waiting: order.len(), ring: order, waits }
    }

    fn pop(&mut self) -> Option<u32> {
        self.waiting = self.waiting.checked_sub(1)?;
        let node = self.ring[self.first];
        self.first += 1;
        if self.first == self.ring.len() {
            self.first = 0;
        }
        self.waits[node as usize / 64] &= !(1 << (node % 64));
        Some(node)
    }

    /// There is always room: nobody waits twice.
    fn push(&mut self, node: u32) {
        let (word, bit) = (&mut self.waits[node as usize / 64], 1 << (node % 64));
        if *word & bit == 0 {
            *word |= bit;
            let mut at = self.first + self.waiting;
            if at >= self.ring.len() {
                at -= self.ring.len();
            }
            self.ring[at] = node;
            self.waiting += 1;
        }
    }
}

/// What the clusters come to.
struct Totals {
    strengths: Vec<f64>,
    sizes: Vec<u32>,
    /// Clusters without nodes.
    empty: Vec<u32>,
}

impl Totals {
    fn of(graph: &ClusterGraph, of: &[u32]) -> Self {
        let mut strengths = vec![0.0_f64; graph.nodes()];
        let mut sizes = vec![0_u32; graph.nodes()];
        for (node, &own) in of.iter().enumerate() {
            strengths[own as usize] += graph.strengths[node];
            sizes[own as usize] += 1;
        }
        let numbers = (0..graph.nodes() as u32).rev();
        let empty = numbers.filter(|&cluster| sizes[cluster as usize] == 0).collect();
        Self { strengths, sizes, empty }
    }

    /// Takes a node of some strength from one cluster to another.
    fn shift(&mut self, strength: f64, from: u32, to: u32) {
        let (from_at, to_at) = (from as usize, to as usize);
        if self.sizes[to_at] == 0 {
            self.empty.pop();
        }
        self.strengths[from_at] -= strength;
        self.strengths[to_at] += strength;
        self.sizes[from_at] -= 1;
        self.sizes[to_at] += 1;
        if self.sizes[from_at] == 0 {
            // Not quite, after many additions.
            self.strengths[from_at] = 0.0;
            self.empty.push(from);
        }
    }
}

/// How nodes are moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moving<'a> {
    /// γ.
    pub(super) resolution: f64,
    /// How many nodes are looked at, at most; one that is looked at twice counts twice.
    pub(super) looks_max: usize,
    pub(super) stop: &'a Stop,
}

impl Moving<'_> {
    /// Moves nodes until none gains by it (procedure `MoveNodesFast` of the paper): whoever's
    /// neighbour went elsewhere is looked at again. Says how many moves there were.
    ///
    /// `of` holds each node's cluster; clusters have numbers below that of nodes.
    pub(super) fn run(
        &self,
        graph: &ClusterGraph,
        of: &mut [u32],
        chance: &mut Chance,
    ) -> Result<usize, Stopped> {
        let mut totals = Totals::of(graph, of);
        let mut nearby = Nearby::new(graph.nodes());
        let mut gains = Vec::new();
        let mut queue = Queue::of_all(chance.order(graph.nodes()));
        let (mut moves, mut read) = (0, 0);
        for _ in 0..self.looks_max {
            let Some(node) = queue.pop() else { break };
            let (row, own) = (graph.row(node), of[node as usize]);
            read += row.len() + 1;
            if read >= STOP_EVERY {
                self.stop.check()?;
                read = 0;
            }
            nearby.begin(row.len());
            nearby.add(row, of);
            let strength = graph.strengths[node as usize];
            let share = strength * self.resolution / graph.total;
            let best = best((own, strength, share), &totals, &nearby, &mut gains);
            if best != own {
                moves += 1;
                totals.shift(strength, own, best);
                of[node as usize] = best;
                for (entry, &cluster) in row.iter().zip(nearby.labels()) {
                    if cluster != best {
                        queue.push(entry.to);
                    }
                }
            }
        }
        Ok(moves)
    }
}

/// The cluster where a node gains most; its own where none is better by enough. `share` is the
/// weight that it has by chance with a node of strength 1.
#[inline]
fn best(
    (own, strength, share): (u32, f64, f64),
    totals: &Totals,
    nearby: &Nearby,
    gains: &mut Vec<(u32, f64)>,
) -> u32 {
    let stays = nearby.with(own) - share * (totals.strengths[own as usize] - strength);
    let (mut best, mut most) = (own, stays + GAIN_MIN * strength);
    // Fetched together before any is looked at, as labels are.
    gains.clear();
    gains.extend(
        nearby.all().map(|(cluster, weight)| {
            (cluster, weight - share * totals.strengths[cluster as usize])
        }),
    );
    for &(cluster, gain) in &*gains {
        if gain > most && cluster != own {
            (best, most) = (cluster, gain);
        }
    }
    match totals.empty.last() {
        // Better alone than with any of them.
        Some(&alone) if most < 0.0 => alone,
        _ => best,
    }
}
