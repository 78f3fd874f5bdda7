//! Many small random worlds, for tests to compare whole answers in.

use rand::{
    Rng, SeedableRng,
    seq::{IndexedRandom, SliceRandom},
};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    graph::{Overlay, TieCosts},
    model::PersonId,
};

/// A query with everything it borrows.
pub(super) struct World {
    pub(super) network: Network,
    pub(super) seekers: Vec<Seeker<'static>>,
    pub(super) targets: Vec<NodeIx>,
    pub(super) terms: PersonTerms,
    pub(super) avoid: NodeSet,
    pub(super) cost_max: Cost,
    pub(super) count_max: usize,
    pub(super) steps_max: u8,
}

impl World {
    pub(super) fn query(&self) -> PathQuery<'_> {
        PathQuery {
            seekers: &self.seekers,
            targets: &self.targets,
            count_max: self.count_max,
            steps_max: self.steps_max,
            terms: &self.terms,
            avoid: &self.avoid,
            cost_max: self.cost_max,
        }
    }

    pub(super) fn random(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let costs = costs(&mut rng);
        let people = rng.random_range(2..13);
        let mut network = network(&mut rng, people, &costs);
        if rng.random_bool(0.4) {
            for _ in 0..rng.random_range(1..4) {
                network = network.overlaid(&overlay(&mut rng, &costs));
            }
        }
        let places = network.places() as NodeIx;
        let some = |rng: &mut ChaCha8Rng, most: usize| -> Vec<NodeIx> {
            let mut all: Vec<NodeIx> = (0..places).collect();
            all.shuffle(rng);
            all.truncate(rng.random_range(1..=most));
            all
        };
        let (seekers_max, targets_max) =
            *[(1, 1), (3, 1), (1, 3), (5, 5)].choose(&mut rng).unwrap();
        let seekers = some(&mut rng, seekers_max);
        let seekers = seekers.into_iter().map(|node| seeker(&mut rng, &network, node, &costs));
        let seekers = seekers.collect();
        let targets = some(&mut rng, targets_max);
        let terms = terms(&mut rng, places);
        let avoid = if rng.random_bool(0.3) { some(&mut rng, 3) } else { Vec::new() };
        Self {
            seekers,
            targets,
            terms,
            avoid: avoid.into_iter().collect(),
            cost_max: if rng.random_bool(0.2) {
                *costs.choose(&mut rng).unwrap()
            } else {
                Cost::NEVER
            },
            count_max: rng.random_range(1..9),
            steps_max: rng.random_range(1..5),
            network,
        }
    }
}

impl World {
    /// A world in which seekers and targets lie far from each other.
    pub(super) fn string(seed: u64) -> Self {
        let mut world = Self::random(seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let costs = costs(&mut rng);
        let mut order: Vec<NodeIx> = (0..8).collect();
        order.shuffle(&mut rng);
        let mut ties: Vec<[NodeIx; 2]> = order.windows(2).map(|two| [two[0], two[1]]).collect();
        for _ in 0..rng.random_range(0..4) {
            let [a, b] = [0; 2].map(|_| rng.random_range(0..8));
            if a != b && !ties.contains(&[a, b]) && !ties.contains(&[b, a]) {
                ties.push([a, b]);
            }
        }
        let mut cost = || *costs.choose(&mut rng).unwrap();
        let ties: Vec<TieCosts> =
            ties.iter().map(|&[a, b]| TieCosts { a, b, forth: cost(), back: cost() }).collect();
        world.network = Network::build(people(8), &ties).unwrap();
        world.targets = vec![order[7]];
        world.seekers = vec![Seeker::new(order[0], world.network.out_row(order[0]).to_vec())];
        world
    }
}

/// The costs that a world knows: often few, so that many paths cost the same.
fn costs(rng: &mut ChaCha8Rng) -> Vec<Cost> {
    let p = match rng.random_range(0..5) {
        0 => vec![0.36],
        1 => vec![0.5, 0.25],
        2 => vec![0.0, 1.0],
        3 => vec![0.0, 1.0, 0.5, 0.1, 0.05],
        _ => (0..40).map(|_| rng.random_range(0.0..1.0)).collect(),
    };
    p.into_iter().map(Cost::from_probability).collect()
}

fn network(rng: &mut ChaCha8Rng, people: u32, costs: &[Cost]) -> Network {
    let density = *[0.1, 0.3, 0.6, 1.0].choose(rng).unwrap();
    let symmetric = rng.random_bool(0.3);
    let hub = rng.random_bool(0.3);
    let mut ties = Vec::new();
    for a in 0..people {
        for b in a + 1..people {
            if (hub && a == 0) || rng.random_bool(density) {
                let forth = *costs.choose(rng).unwrap();
                let back = if symmetric { forth } else { *costs.choose(rng).unwrap() };
                ties.push(TieCosts { a, b, forth, back });
            }
        }
    }
    let ids = (0..u128::from(people)).map(|id| PersonId::new(id * 10)).collect();
    Network::build(ids, &ties).unwrap()
}

fn overlay(rng: &mut ChaCha8Rng, costs: &[Cost]) -> Overlay {
    let mut overlay = Overlay::new();
    let id = |rng: &mut ChaCha8Rng| PersonId::new(rng.random_range(0..26) * 5);
    for _ in 0..rng.random_range(1..12) {
        let (a, b) = (id(rng), id(rng));
        match rng.random_range(0..10) {
            0 => overlay.remove_person(a),
            1..3 => overlay.remove_tie(a, b),
            _ => {
                let [forth, back] = [0; 2].map(|_| *costs.choose(rng).unwrap());
                overlay.set_tie(TieCosts { a, b, forth, back });
            }
        }
    }
    overlay
}

fn seeker(
    rng: &mut ChaCha8Rng,
    network: &Network,
    node: NodeIx,
    costs: &[Cost],
) -> Seeker<'static> {
    if rng.random_bool(0.5) {
        return Seeker::new(node, network.out_row(node).to_vec());
    }
    let again = |entry: &Entry| Entry { cost: *costs.choose(rng).unwrap(), ..*entry };
    Seeker::new(node, network.out_row(node).iter().map(again).collect())
}

fn terms(rng: &mut ChaCha8Rng, places: NodeIx) -> PersonTerms {
    let choices: &[f32] = match rng.random_range(0..4) {
        0 => &[0.0],
        1 => &[-1.0, 0.0],
        2 => &[-2.0, 0.5, 1.5, f32::NEG_INFINITY],
        _ => &[-0.3, 0.0, 0.7, 4.0],
    };
    PersonTerms::new((0..places).map(|node| (node, *choices.choose(rng).unwrap())))
}

pub(super) fn people(count: u128) -> Vec<PersonId> {
    (0..count).map(PersonId::new).collect()
}
