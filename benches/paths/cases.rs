//! The questions of each case, and how they are asked.

use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use tertius::{
    algo::{
        ManyQuery, NodeSet, Path, PathQuery, Paths, PersonTerms, STEPS_MAX, Seeker, Stop,
        best_paths, best_to_each, cheapest_path, fewest_steps,
    },
    graph::{Cost, Network, NodeIx},
};

/// A seeker and a target.
pub(crate) type Pair = (NodeIx, NodeIx);

/// A team and the people of one company.
pub(crate) type Team = (Vec<NodeIx>, Vec<[NodeIx; 1]>);

const SEED: u64 = 11;

/// How many steps the paths of case c have at most.
pub(crate) const TEAM_STEPS: u8 = 3;

/// Two different people each, drawn from some.
pub(crate) fn pairs(people: &[NodeIx], count: usize) -> Vec<Pair> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut one = || people[rng.random_range(0..people.len())];
    std::iter::repeat_with(|| (one(), one())).filter(|(a, b)| a != b).take(count).collect()
}

/// Those with the most ties.
pub(crate) fn hubs(network: &Network, count: usize) -> Vec<NodeIx> {
    let mut all: Vec<NodeIx> = (0..network.places() as NodeIx).collect();
    all.sort_by_key(|&node| std::cmp::Reverse(network.out_row(node).len()));
    all.truncate(count);
    all
}

/// Fifty seekers at random, and 200 targets of one company, or at random where nobody has one.
pub(crate) fn teams(people: usize, company: Option<&[u32]>, count: usize) -> Vec<Team> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED + 1);
    let company = company.unwrap_or_default();
    let mut sizes = vec![0; company.iter().max().map_or(0, |&last| last as usize + 1)];
    for &of in company {
        sizes[of as usize] += 1;
    }
    let large: Vec<usize> = (0..sizes.len()).filter(|&of| sizes[of] >= 220).collect();
    let mut team = || {
        let mut everybody: Vec<NodeIx> = (0..people as NodeIx).collect();
        let seekers = everybody.partial_shuffle(&mut rng, 50).0.to_vec();
        let mut pool: Vec<NodeIx> = if large.is_empty() {
            (0..people as NodeIx).collect()
        } else {
            let of = large[rng.random_range(0..large.len())] as u32;
            (0..people as NodeIx).filter(|&node| company[node as usize] == of).collect()
        };
        pool.shuffle(&mut rng);
        let others = pool.into_iter().filter(|node| !seekers.contains(node));
        let targets = others.take(200).map(|node| [node]).collect();
        (seekers, targets)
    };
    std::iter::repeat_with(&mut team).take(count).collect()
}

/// What every question here has in common.
pub(crate) struct Asking<'a> {
    network: &'a Network,
    terms: PersonTerms,
    avoid: NodeSet,
    stop: Stop,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(network: &'a Network) -> Self {
        let (terms, avoid) = (PersonTerms::default(), NodeSet::default());
        Self { network, terms, avoid, stop: Stop::new() }
    }

    /// The same with a term for every tenth person, and every hundredth avoided.
    pub(crate) fn with_terms(network: &'a Network) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED + 2);
        let everybody = 0..network.places() as NodeIx;
        let terms = everybody.clone().step_by(10).map(|node| (node, rng.random_range(-1.4..0.0)));
        let terms = PersonTerms::new(terms);
        Self { terms, avoid: everybody.step_by(100).collect(), ..Self::new(network) }
    }

    fn ask<T>(&self, (from, to): Pair, answer: impl FnOnce(&PathQuery<'_>, &Stop) -> T) -> T {
        let query = PathQuery {
            seekers: &[Seeker::of_network(self.network, from)],
            targets: &[to],
            count_max: 5,
            steps_max: STEPS_MAX,
            terms: &self.terms,
            avoid: &self.avoid,
            cost_max: Cost::NEVER,
        };
        answer(&query, &self.stop)
    }

    /// Case a.
    pub(crate) fn five_best(&self, pair: Pair) -> Paths {
        let found = self.ask(pair, |query, stop| best_paths(self.network, query, stop));
        found.expect("nobody stops it")
    }

    /// Case b.
    pub(crate) fn hops(&self, pair: Pair) -> Option<u32> {
        let found = self.ask(pair, |query, stop| fewest_steps(self.network, query, stop));
        found.expect("nobody stops it")
    }

    /// Case b'.
    pub(crate) fn cheapest(&self, pair: Pair) -> Option<Path> {
        let found = self.ask(pair, |query, stop| cheapest_path(self.network, query, stop));
        found.expect("nobody stops it")
    }

    /// Case c.
    pub(crate) fn team(&self, (seekers, targets): &Team) -> Vec<Option<Path>> {
        let seekers: Vec<Seeker> =
            seekers.iter().map(|&node| Seeker::of_network(self.network, node)).collect();
        let query = ManyQuery {
            seekers: &seekers,
            steps_max: TEAM_STEPS,
            terms: &self.terms,
            avoid: &self.avoid,
            cost_max: Cost::NEVER,
        };
        best_to_each(self.network, &query, targets, &self.stop).expect("nobody stops it")
    }
}
