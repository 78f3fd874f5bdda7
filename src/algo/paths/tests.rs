//! Whole answers against plain enumeration, on many small random worlds.

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
struct World {
    network: Network,
    seekers: Vec<Seeker>,
    targets: Vec<NodeIx>,
    terms: PersonTerms,
    avoid: NodeSet,
    cost_max: Cost,
    count_max: usize,
    steps_max: u8,
}

impl World {
    fn query(&self) -> PathQuery<'_> {
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

    fn random(seed: u64) -> Self {
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

fn seeker(rng: &mut ChaCha8Rng, network: &Network, node: NodeIx, costs: &[Cost]) -> Seeker {
    if rng.random_bool(0.5) {
        return Seeker::of_network(network, node);
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

#[test]
fn the_best_paths_are_those_of_plain_enumeration() {
    let mut found = 0;
    for seed in 0..20_000 {
        let world = World::random(seed);
        let expected = naive::best_paths(&world.network, &world.query());
        let got = best_paths(&world.network, &world.query(), &Stop::new()).unwrap();
        assert_eq!(got.paths, expected, "seed {seed}");
        found += usize::from(expected.len() == world.count_max);
    }
    assert!(found > 3_000, "too few worlds have as many paths as wanted: {found}");
}

#[test]
fn the_nearest_miss_is_that_of_plain_enumeration() {
    let mut met = [0; 5];
    for seed in 0..20_000 {
        let world = World::random(seed);
        let (network, query) = (&world.network, world.query());
        if network.places() > 8 || !naive::best_paths(network, &query).is_empty() {
            continue;
        }
        let got = nearest_miss(network, &query, &Stop::new()).unwrap();
        let term = |node| world.terms.get(node);
        let no_refusal = (0..network.places() as NodeIx)
            .map(|node| (node, if term(node).is_finite() { term(node) } else { 0.0 }));
        let relaxed = PathQuery {
            avoid: &NodeSet::default(),
            cost_max: Cost::NEVER,
            terms: &PersonTerms::new(no_refusal),
            ..query
        };
        let longer = naive::fewest_steps(network, &query);
        let excluded = naive::fewest_steps(network, &relaxed);
        match got {
            NearestMiss::Longer(path) => {
                met[0] += 1;
                assert_eq!(Some(path), longer, "seed {seed}");
            }
            NearestMiss::Excluded { path, people, dear_steps } => {
                met[1] += 1;
                assert!(!people.is_empty() || !dear_steps.is_empty(), "seed {seed}");
                assert_eq!((Some(path), None), (excluded, longer), "seed {seed}");
            }
            other => {
                let kind = match other {
                    NearestMiss::SeekersKnowNobody => 2,
                    NearestMiss::NobodyKnowsTheTargets => 3,
                    _ => 4,
                };
                met[kind] += 1;
                assert_eq!((excluded, longer), (None, None), "seed {seed}");
            }
        }
    }
    assert!(met.iter().all(|&times| times > 50), "some miss is too rare to be tested: {met:?}");
}

/// A plain query between two people.
fn one_to_one(network: Network, seeker: NodeIx, target: NodeIx) -> World {
    World {
        seekers: vec![Seeker::of_network(&network, seeker)],
        targets: vec![target],
        terms: PersonTerms::default(),
        avoid: NodeSet::default(),
        cost_max: Cost::NEVER,
        count_max: 5,
        steps_max: 4,
        network,
    }
}

fn tie(a: NodeIx, b: NodeIx, probability: f64) -> TieCosts {
    let cost = Cost::from_probability(probability);
    TieCosts { a, b, forth: cost, back: cost }
}

fn people(count: u128) -> Vec<PersonId> {
    (0..count).map(PersonId::new).collect()
}

#[test]
fn an_island_is_as_large_as_those_who_lead_to_the_target() {
    let ties = [tie(0, 1, 0.5), tie(2, 3, 0.5), tie(3, 4, 0.5)];
    let miss = |target| {
        let world = one_to_one(Network::build(people(6), &ties).unwrap(), 0, target);
        nearest_miss(&world.network, &world.query(), &Stop::new()).unwrap()
    };
    assert_eq!(miss(4), NearestMiss::Island { people: 3 });
    assert_eq!(miss(5), NearestMiss::NobodyKnowsTheTargets);
}

/// A seeker and a target who each know one hub, and two hubs who know the same crowd.
fn hubs(crowd: u32, mut probability: impl FnMut(u32) -> f64) -> World {
    let mut ties = vec![tie(0, 1, 0.9), tie(2, 3, 0.9)];
    for node in 4..crowd + 4 {
        ties.push(tie(1, node, probability(node)));
        ties.push(tie(2, node, probability(node)));
    }
    one_to_one(Network::build(people(u128::from(crowd) + 4), &ties).unwrap(), 0, 3)
}

#[test]
fn a_search_at_a_hub_reads_the_heads_of_its_rows() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let world = hubs(50_000, |_| rng.random_range(0.0..1.0));
    let got = best_paths(&world.network, &world.query(), &Stop::new()).unwrap();
    assert_eq!(got.paths.len(), 5);
    assert!(got.work.edges_scanned < 25_000, "{:?}", got.work);
    assert!(got.work.halves_held_max < 25_000, "{:?}", got.work);
}

#[test]
fn a_search_at_a_hub_where_all_ties_are_alike_reads_each_row_a_few_times() {
    let world = hubs(50_000, |_| 0.36);
    let got = best_paths(&world.network, &world.query(), &Stop::new()).unwrap();
    let middles: Vec<NodeIx> = got.paths.iter().map(|path| path.nodes[2]).collect();
    assert_eq!(middles, [4, 5, 6, 7, 8]);
    assert!(got.work.edges_scanned < 200_000, "{:?}", got.work);
    assert!(got.work.halves_held_max <= 50_010, "{:?}", got.work);
}

#[test]
fn a_search_told_to_stop_stops() {
    let world = hubs(10, |_| 0.5);
    let stop = Stop::new();
    let other_hand = stop.clone();
    std::thread::spawn(move || other_hand.stop()).join().unwrap();
    assert_eq!(best_paths(&world.network, &world.query(), &stop), Err(Stopped));
    assert_eq!(nearest_miss(&world.network, &world.query(), &stop), Err(Stopped));
}

#[test]
fn the_weakest_step_is_the_first_of_the_dearest() {
    let costs = [3, 7, 7, 1].map(Cost::from_units).to_vec();
    let path = Path { nodes: vec![0, 1, 2, 3, 4], costs, total: 18 };
    assert_eq!(path.weakest_step(), 1);
    let halves = Path { total: u64::from(Cost::from_probability(0.5).units()) * 2, ..path };
    assert!((halves.probability() - 0.25).abs() < 1e-6);
}

#[test]
fn nothing_is_found_where_nothing_is_asked() {
    let mut world = hubs(10, |_| 0.5);
    world.count_max = 0;
    assert_eq!(best_paths(&world.network, &world.query(), &Stop::new()), Ok(Paths::default()));
    (world.count_max, world.steps_max) = (5, 0);
    assert_eq!(best_paths(&world.network, &world.query(), &Stop::new()), Ok(Paths::default()));
}
