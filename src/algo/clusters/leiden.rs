//! Leiden: move, refine, aggregate, until nothing changes.

use crate::algo::{Stop, Stopped};

use super::{
    ClusterGraph, Partition,
    aggregating::{Parts, aggregate},
    moving::Moving,
    order::Chance,
    refining::{refine, refine_once},
};

/// How clusters are to be found.
#[derive(Debug, Clone, Copy)]
pub struct ClusterOptions<'a> {
    /// γ: from how much more weight than by chance some nodes are one cluster; above 0. The
    /// greater, the smaller the clusters.
    pub resolution: f64,
    /// From which the order follows in which nodes are looked at.
    pub seed: u64,
    /// How often it is tried again from its own answer, at most.
    pub rounds: usize,
    /// The last answer, to begin from; nodes that came since are in clusters of their own.
    pub warm: Option<&'a Partition>,
}

impl Default for ClusterOptions<'_> {
    fn default() -> Self {
        Self { resolution: 1.0, seed: 1, rounds: 2, warm: None }
    }
}

/// How far it has come: nodes were moved on a graph of some size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// Which round it is, from 0.
    pub round: usize,
    /// How many nodes the graph has that is looked at.
    pub nodes: usize,
    /// How many moves there were.
    pub moves: usize,
    /// How many clusters there are after it.
    pub clusters: usize,
}

/// The clusters of a graph; each is connected.
///
/// `progress` hears of each pass. The same graph and options give the same answer, to the last
/// byte. The order of the ties makes no difference; another numbering of the nodes is another
/// order to look at them, as another seed is, and may give another answer of about the same
/// modularity.
///
/// # Errors
/// [`Stopped`] when told to.
///
/// # Complexity
/// About O(ties) for each pass, with a few passes over the whole graph.
pub fn clusters(
    graph: &ClusterGraph,
    options: ClusterOptions<'_>,
    stop: &Stop,
    mut progress: impl FnMut(Pass),
) -> Result<Partition, Stopped> {
    let mut of: Vec<u32> = (0..graph.nodes() as u32).collect();
    if let Some(warm) = options.warm {
        begin_from(warm, &mut of);
    }
    let mut chance = Chance::new(options.seed);
    let search = Search { options, stop };
    if graph.total <= 0.0 {
        // Nobody is joined with anybody.
    } else if graph.nodes() < LOCAL_FROM {
        search.run(graph, &mut of, &mut chance, &mut progress)?;
    } else {
        if options.warm.is_none() {
            let once = graph.nodes();
            Moving { looks_max: once, ..search.moving() }.run(graph, &mut of, &mut chance)?;
        }
        let (local, nodes) = graph.in_order_of(&Parts::numbered(&of));
        let mut of_local: Vec<u32> = nodes.iter().map(|&node| of[node as usize]).collect();
        search.run(&local, &mut of_local, &mut chance, &mut progress)?;
        for (&node, &own) in nodes.iter().zip(&of_local) {
            of[node as usize] = own;
        }
    }
    Ok(Partition::of_labels(&of).connected(graph))
}

/// From how many nodes on a graph is copied, with the nodes of a cluster side by side. What is read
/// of a row's nodes then lies close together, and several passes over the copy take less time than
/// one over a graph whose nodes lie anyhow.
const LOCAL_FROM: usize = if cfg!(test) { 150 } else { 1 << 17 };

/// Labels as they were, and others for nodes that came since.
fn begin_from(warm: &Partition, of: &mut [u32]) {
    let mut labels: Vec<u32> = warm.labels().iter().copied().take(of.len()).collect();
    let fresh = warm.clusters() as u32..;
    labels.extend(fresh.take(of.len() - labels.len()));
    of.copy_from_slice(Partition::of_labels(&labels).labels());
}

/// How clusters are taken apart before they are put together to greater ones.
enum Parting {
    /// Into what is connected: quick, and enough where another round follows.
    Pieces,
    /// Into what is well joined, as the paper has it.
    Once,
    /// Likewise, until no two parts of a cluster gain by being one.
    Fully,
}

/// A search for clusters.
struct Search<'a> {
    options: ClusterOptions<'a>,
    stop: &'a Stop,
}

impl Search<'_> {
    /// Rounds until none changes anything.
    fn run(
        &self,
        graph: &ClusterGraph,
        of: &mut Vec<u32>,
        chance: &mut Chance,
        progress: &mut impl FnMut(Pass),
    ) -> Result<(), Stopped> {
        for round in 0..self.options.rounds.max(1) {
            let mut pass = |pass: Pass| progress(Pass { round, ..pass });
            if !self.improve(graph, of, chance, round, &mut pass)? {
                break;
            }
        }
        Ok(())
    }

    fn moving(&self) -> Moving<'_> {
        Moving { resolution: self.options.resolution, looks_max: usize::MAX, stop: self.stop }
    }

    fn parting(&self, graph: &ClusterGraph, round: usize) -> Parting {
        if graph.nodes() < LOCAL_FROM {
            Parting::Once
        } else if round == 0 && self.options.rounds > 1 && self.options.warm.is_none() {
            Parting::Pieces
        } else {
            Parting::Fully
        }
    }

    /// One round: from the clusters given to ones with no less modularity. Says whether any node moved.
    fn improve(
        &self,
        graph: &ClusterGraph,
        of: &mut Vec<u32>,
        chance: &mut Chance,
        round: usize,
        progress: &mut impl FnMut(Pass),
    ) -> Result<bool, Stopped> {
        let (resolution, stop) = (self.options.resolution, self.stop);
        let mut clusters = std::mem::take(of);
        // The graph at hand, where it is not the first, and in which of its nodes those of the first are.
        let mut coarse: Option<(ClusterGraph, Parts)> = None;
        let mut moved = false;
        loop {
            let here = coarse.as_ref().map_or(graph, |(here, _)| here);
            let moves = self.moving().run(here, &mut clusters, chance)?;
            moved |= moves > 0;
            let named = Parts::numbered(&clusters);
            progress(Pass { round: 0, nodes: here.nodes(), moves, clusters: named.count });
            clusters = named.of;
            if named.count == here.nodes() {
                break;
            }
            let parts = match self.parting(graph, round) {
                Parting::Pieces => Partition::of_labels(&clusters).connected(here).into(),
                Parting::Once => refine_once(here, &clusters, resolution, chance, stop)?,
                Parting::Fully => refine(here, &clusters, resolution, chance, stop)?,
            };
            if parts.count == here.nodes() {
                break;
            }
            clusters = parts.shared(&clusters);
            let next = aggregate(here, &parts, None, stop)?;
            let parts = match coarse {
                None => parts,
                Some((_, below)) => below.within(&parts),
            };
            coarse = Some((next, parts));
        }
        *of = match coarse {
            None => clusters,
            Some((_, parts)) => parts.of.iter().map(|&part| clusters[part as usize]).collect(),
        };
        Ok(moved)
    }
}
