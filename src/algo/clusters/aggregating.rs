//! A graph whose nodes are the parts of another.

use crate::algo::{Stop, Stopped};

use super::{ClusterGraph, Partition, STOP_EVERY, graph::Entry, nearby::Nearby};

/// Nodes put together: each node's part, counted from 0.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) of: Vec<u32>,
    pub(super) count: usize,
}

impl Parts {
    /// The same labels from 0 on, in the order of the nodes; labels are below the number of nodes.
    pub(super) fn numbered(labels: &[u32]) -> Self {
        let mut names = vec![u32::MAX; labels.len()];
        let mut count = 0;
        let number = |&label: &u32| {
            let name = &mut names[label as usize];
            if *name == u32::MAX {
                *name = count;
                count += 1;
            }
            *name
        };
        let of = labels.iter().map(number).collect();
        Self { of, count: count as usize }
    }

    /// The part of each node, where these are put together to greater ones.
    pub(super) fn within(self, greater: &Self) -> Self {
        let of = self.of.into_iter().map(|part| greater.of[part as usize]).collect();
        Self { of, count: greater.count }
    }

    /// What is the same for all nodes of a part, by part.
    pub(super) fn shared(&self, of_nodes: &[u32]) -> Vec<u32> {
        let mut shared = vec![0; self.count];
        for (&part, &value) in self.of.iter().zip(of_nodes) {
            shared[part as usize] = value;
        }
        shared
    }

    /// Where the nodes of each part end, and the nodes by part, in order.
    pub(super) fn members(&self) -> (Vec<u32>, Vec<u32>) {
        let mut ends = vec![0_u32; self.count + 1];
        for &part in &self.of {
            ends[part as usize + 1] += 1;
        }
        for at in 0..self.count {
            ends[at + 1] += ends[at];
        }
        let mut next = ends.clone();
        let mut nodes = vec![0_u32; self.of.len()];
        for (node, &part) in self.of.iter().enumerate() {
            nodes[next[part as usize] as usize] = node as u32;
            next[part as usize] += 1;
        }
        (ends, nodes)
    }
}

impl From<Partition> for Parts {
    fn from(partition: Partition) -> Self {
        Self { count: partition.clusters(), of: partition.into_labels() }
    }
}

/// The graph of parts: all ties between two parts are one. Where `only_in` says each node's
/// cluster, ties between clusters are left out; strengths stay those of the whole graph.
///
/// # Complexity
/// O(nodes + ties).
pub(super) fn aggregate(
    graph: &ClusterGraph,
    parts: &Parts,
    only_in: Option<&[u32]>,
    stop: &Stop,
) -> Result<ClusterGraph, Stopped> {
    let (ends, nodes) = parts.members();
    let mut starts = Vec::with_capacity(parts.count + 1);
    let mut entries: Vec<Entry> = Vec::new();
    let mut inside = Vec::with_capacity(parts.count);
    let mut strengths = Vec::with_capacity(parts.count);
    let mut nearby = Nearby::new(parts.count);
    let mut read = 0;
    starts.push(0);
    for (own, ends) in ends.windows(2).enumerate() {
        let nodes = &nodes[ends[0] as usize..ends[1] as usize];
        let (mut within, mut strength) = (0.0, 0.0);
        let met: usize = nodes.iter().map(|&node| graph.row(node).len()).sum();
        nearby.begin(met.min(parts.count));
        read += met + nodes.len();
        if read >= STOP_EVERY {
            stop.check()?;
            read = 0;
        }
        for &node in nodes {
            let row = graph.row(node);
            match only_in {
                None => nearby.add(row, &parts.of),
                Some(of) => {
                    let cluster = of[node as usize];
                    for entry in row.iter().filter(|entry| of[entry.to as usize] == cluster) {
                        nearby.add_to(parts.of[entry.to as usize], f64::from(entry.weight));
                    }
                }
            }
            within += graph.inside[node as usize];
            strength += graph.strengths[node as usize];
        }
        inside.push(within + nearby.with(own as u32));
        strengths.push(strength);
        let others = nearby.all().filter(|&(other, _)| other as usize != own);
        entries.extend(others.map(|(to, weight)| Entry { to, weight: weight as f32 }));
        starts.push(entries.len() as u32);
    }
    Ok(ClusterGraph { starts, entries, inside, strengths, total: graph.total })
}
