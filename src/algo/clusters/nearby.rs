//! The weights between one node and the clusters next to it.

use super::graph::Entry;

/// No cluster has this number: there are fewer nodes.
const FREE: u32 = u32::MAX;

/// Up to how many clusters each has a slot: so many stay in a near cache.
const DIRECT_MAX: usize = 1 << 15;

/// Sums by cluster, in a table no greater than the row that is summed up, so that it stays in the
/// nearest cache where the clusters lie all over the memory.
#[derive(Debug)]
pub(super) struct Nearby {
    slots: Vec<(u32, f64)>,
    taken: Vec<u32>,
    shift: u32,
    /// Whether each cluster has the slot of its number.
    direct: bool,
    /// The clusters of a row's nodes. They are fetched together before any is looked at: a branch
    /// that waits for each costs more than all else.
    labels: Vec<u32>,
}

impl Nearby {
    /// For so many clusters; a few have a slot each.
    pub(super) fn new(clusters: usize) -> Self {
        let direct = clusters <= DIRECT_MAX;
        Self {
            slots: vec![(FREE, 0.0); if direct { clusters } else { 0 }],
            direct,
            taken: Vec::new(),
            shift: 0,
            labels: Vec::new(),
        }
    }

    /// Makes room for so many clusters; what was summed up before is gone.
    #[inline]
    pub(super) fn begin(&mut self, clusters: usize) {
        for slot in self.taken.drain(..) {
            self.slots[slot as usize].0 = FREE;
        }
        if self.direct {
            return;
        }
        let bits = (4 * clusters.max(2)).next_power_of_two().trailing_zeros();
        self.shift = u32::BITS - bits;
        if self.slots.len() < 1 << bits {
            self.slots.resize(1 << bits, (FREE, 0.0));
        }
    }

    /// Adds up a row by cluster.
    #[inline]
    pub(super) fn add(&mut self, row: &[Entry], of: &[u32]) {
        let mut labels = std::mem::take(&mut self.labels);
        labels.clear();
        labels.extend(row.iter().map(|entry| of[entry.to as usize]));
        for (entry, &cluster) in row.iter().zip(&labels) {
            self.add_to(cluster, f64::from(entry.weight));
        }
        self.labels = labels;
    }

    /// The cluster of each node of the row that was added last.
    pub(super) fn labels(&self) -> &[u32] {
        &self.labels
    }

    #[inline]
    pub(super) fn add_to(&mut self, cluster: u32, weight: f64) {
        let at = self.find(cluster);
        let slot = &mut self.slots[at];
        if slot.0 == FREE {
            *slot = (cluster, weight);
            self.taken.push(at as u32);
        } else {
            slot.1 += weight;
        }
    }

    #[inline]
    pub(super) fn with(&self, cluster: u32) -> f64 {
        let (found, weight) = self.slots[self.find(cluster)];
        if found == FREE { 0.0 } else { weight }
    }

    /// The clusters that were added to, in the order in which they were met, and the weights.
    #[inline]
    pub(super) fn all(&self) -> impl Iterator<Item = (u32, f64)> {
        self.taken.iter().map(|&slot| self.slots[slot as usize])
    }

    /// Where a cluster is, or would be: at least three quarters of the slots are free.
    #[inline]
    fn find(&self, cluster: u32) -> usize {
        if self.direct {
            return cluster as usize;
        }
        let last = (1_usize << (u32::BITS - self.shift)) - 1;
        let mut at = (cluster.wrapping_mul(0x9e37_79b1) >> self.shift) as usize;
        while self.slots[at].0 != cluster && self.slots[at].0 != FREE {
            at = (at + 1) & last;
        }
        at
    }
}
