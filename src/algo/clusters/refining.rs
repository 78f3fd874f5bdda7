//! Taking each cluster apart into well joined parts, so that what is aggregated is connected.

use crate::algo::{Stop, Stopped};

use super::{
    ClusterGraph, STOP_EVERY,
    aggregating::{Parts, aggregate},
    nearby::Nearby,
    order::Chance,
};

/// The parts of clusters, as great as they become: parts are put together within their clusters
/// until none gains by it.
///
/// The paper puts parts together once, and moves them between clusters before it does so again.
/// That reads the ties between clusters each time, most of them in vain; here they are read once,
/// when the parts are done. What is lost by it the next round finds.
pub(super) fn refine(
    graph: &ClusterGraph,
    of: &[u32],
    resolution: f64,
    chance: &mut Chance,
    stop: &Stop,
) -> Result<Parts, Stopped> {
    let mut parts = refine_once(graph, of, resolution, chance, stop)?;
    if parts.count == graph.nodes() {
        return Ok(parts);
    }
    let mut within = aggregate(graph, &parts, Some(of), stop)?;
    loop {
        let more = refine_once(&within, &parts.shared(of), resolution, chance, stop)?;
        if more.count == within.nodes() {
            return Ok(parts);
        }
        within = aggregate(&within, &more, None, stop)?;
        parts = parts.within(&more);
    }
}

/// The parts of clusters: each begins as a single node, and single nodes join the part of their
/// cluster where modularity grows most (procedure `RefinePartition` of the paper; the part is
/// the best one, not drawn by chance, as Sahu 2024 found better and faster). A node joins a part
/// only by a tie with it, so that parts are connected.
pub(super) fn refine_once(
    graph: &ClusterGraph,
    of: &[u32],
    resolution: f64,
    chance: &mut Chance,
    stop: &Stop,
) -> Result<Parts, Stopped> {
    let nodes = graph.nodes();
    let mut clusters = vec![0.0_f64; nodes];
    for (node, &own) in of.iter().enumerate() {
        clusters[own as usize] += graph.strengths[node];
    }
    let mut part: Vec<u32> = (0..nodes as u32).collect();
    let mut strengths = graph.strengths.clone();
    let mut joined = vec![false; nodes];
    // The weight between each part and the rest of its cluster.
    let mut outward = vec![0.0_f64; nodes];
    for node in 0..nodes as u32 {
        let own = of[node as usize];
        let row = graph.row(node).iter().filter(|entry| of[entry.to as usize] == own);
        outward[node as usize] = row.map(|entry| f64::from(entry.weight)).sum();
    }
    let expected = resolution / graph.total;
    let well_joined = |outward: f64, strength: f64, cluster: f64| {
        outward >= expected * strength * (cluster - strength)
    };
    let mut nearby = Nearby::new(nodes);
    let mut read = 0;
    for node in chance.order(nodes) {
        let at = node as usize;
        let (strength, cluster) = (graph.strengths[at], clusters[of[at] as usize]);
        if joined[at] || !well_joined(outward[at], strength, cluster) {
            continue;
        }
        let row = graph.row(node);
        read += row.len() + 1;
        if read >= STOP_EVERY {
            stop.check()?;
            read = 0;
        }
        nearby.begin(row.len());
        for entry in row.iter().filter(|entry| of[entry.to as usize] == of[at]) {
            nearby.add_to(part[entry.to as usize], f64::from(entry.weight));
        }
        let (mut best, mut most) = (node, 0.0);
        for (other, weight) in nearby.all() {
            let gain = weight - expected * strength * strengths[other as usize];
            let its = (outward[other as usize], strengths[other as usize]);
            if gain > most && well_joined(its.0, its.1, cluster) {
                (best, most) = (other, gain);
            }
        }
        if best != node {
            part[at] = best;
            strengths[best as usize] += strength;
            outward[best as usize] += outward[at] - 2.0 * nearby.with(best);
            // A part is named after one of its nodes, which may not leave it.
            joined[best as usize] = true;
            joined[at] = true;
        }
    }
    Ok(Parts::numbered(&part))
}
