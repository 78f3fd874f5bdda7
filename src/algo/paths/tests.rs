//! Whole answers against plain enumeration, on many small random worlds.

use rand::{Rng, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::{
    world::{World, people},
    *,
};
use crate::graph::TieCosts;

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

#[test]
fn the_cheapest_path_of_any_length_and_the_fewest_steps_are_those_of_plain_enumeration() {
    let mut long = 0;
    for seed in 0..10_000 {
        let world = if seed % 4 == 0 { World::string(seed) } else { World::random(seed) };
        let (network, query) = (&world.network, world.query());
        if network.places() > 8 {
            continue;
        }
        let expected = naive::cheapest_path(network, &query);
        long += usize::from(expected.as_ref().is_some_and(|path| path.costs.len() > 3));
        let got = cheapest_path(network, &query, &Stop::new()).unwrap();
        assert_eq!(got, expected, "seed {seed}");
        let expected = naive::fewest_steps(network, &query).map(|path| path.costs.len() as u32);
        let got = super::fewest_steps(network, &query, &Stop::new()).unwrap();
        assert_eq!(got, expected, "seed {seed}");
    }
    assert!(long > 300, "too few worlds have a long cheapest path: {long}");
}

#[test]
fn the_best_path_to_each_of_many_groups_is_that_of_plain_enumeration() {
    let (mut found, mut none) = (0, 0);
    for seed in 0..10_000 {
        let world = World::random(seed);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut all: Vec<NodeIx> = (0..world.network.places() as NodeIx).collect();
        let mut group = || {
            all.shuffle(&mut rng);
            all[..rng.random_range(0..=all.len().min(4))].to_vec()
        };
        let groups = [group(), group(), group(), group()];
        let PathQuery { seekers, steps_max, terms, avoid, cost_max, .. } = world.query();
        let many = ManyQuery { seekers, steps_max, terms, avoid, cost_max };
        let got = best_to_each(&world.network, &many, &groups, &Stop::new()).unwrap();
        for (targets, got) in groups.iter().zip(got) {
            let query = PathQuery { targets, count_max: 1, ..world.query() };
            let expected = naive::best_paths(&world.network, &query).pop();
            assert_eq!(got, expected, "seed {seed}, {targets:?}");
            found += usize::from(expected.is_some());
            none += usize::from(expected.is_none());
        }
    }
    assert!(found > 10_000 && none > 5_000, "found {found}, none {none}");
}

#[test]
fn circles_hold_whom_plain_enumeration_reaches_and_at_what_cost() {
    let (mut reached, mut eased) = (0, 0);
    for seed in 0..8_000 {
        let mut world = World::random(seed);
        let chosen: NodeSet = world.seekers.iter().map(Seeker::node).collect();
        world.targets = Vec::new();
        let PathQuery { seekers, steps_max, terms, avoid, cost_max, .. } = world.query();
        let many = ManyQuery { seekers, steps_max, terms, avoid, cost_max };
        let limits = [0.4, 0.1].map(limit_of);
        let got = circles(&world.network, &many, &limits, &Stop::new()).unwrap();
        assert_eq!(got.len(), usize::from(steps_max), "seed {seed}");
        eased += usize::from(terms.greatest() > 0.0);
        for (circle, steps_max) in got.iter().zip(1..) {
            let others =
                (0..world.network.places() as NodeIx).filter(|node| !chosen.contains(node));
            let totals: Vec<u64> = others
                .filter_map(|node| {
                    let query =
                        PathQuery { targets: &[node], count_max: 1, steps_max, ..world.query() };
                    Some(naive::best_paths(&world.network, &query).first()?.total)
                })
                .collect();
            let within = |limit: &u64| totals.iter().filter(|total| *total <= limit).count();
            let within = limits.iter().map(within).collect();
            let expected = Circle { steps: steps_max, people: totals.len(), within };
            assert_eq!(circle, &expected, "seed {seed}");
            reached += totals.len();
        }
    }
    assert!(reached > 40_000 && eased > 2_000, "reached {reached}, eased {eased}");
}

/// The same world, in which one step of a path costs something else.
fn with_step(world: &World, path: &Path, rise: Rise) -> World {
    let [from, to] = [0, 1].map(|at| path.nodes[rise.step + at]);
    let network = &world.network;
    let mut seekers = world.seekers.clone();
    let mut changed = crate::graph::Overlay::new();
    if rise.step == 0 {
        let seeker = seekers.iter_mut().find(|seeker| seeker.node() == from).unwrap();
        let again = |entry: &Entry| {
            if entry.node == to { Entry { cost: rise.cost, ..*entry } } else { *entry }
        };
        *seeker = Seeker::new(from, seeker.first().iter().map(again).collect());
    } else {
        let cost = |from, to| {
            let row = network.out_row(from).iter();
            row.clone().find(|entry: &&Entry| entry.node == to).map_or(Cost::NEVER, |e| e.cost)
        };
        let (a, b) = (network.id(from), network.id(to));
        changed.set_tie(TieCosts { a, b, forth: rise.cost, back: cost(to, from) });
    }
    let places = |nodes: &NodeSet| nodes.iter().copied().collect();
    World {
        network: network.overlaid(&changed),
        seekers,
        targets: world.targets.clone(),
        terms: PersonTerms::default(),
        avoid: places(&world.avoid),
        ..*world
    }
}

#[test]
fn a_path_becomes_the_first_just_when_the_step_named_is_as_likely_as_is_said() {
    let mut risen = 0;
    for seed in 0..20_000 {
        let mut world = World::random(seed);
        world.terms = PersonTerms::default();
        world.cost_max = Cost::NEVER;
        let paths = best_paths(&world.network, &world.query(), &Stop::new()).unwrap().paths;
        for (path, rise) in paths.iter().zip(rises(&paths)) {
            let Some(rise) = rise else { continue };
            risen += 1;
            let first = |cost: Cost| {
                let world = with_step(&world, path, Rise { cost, ..rise });
                let best = naive::best_paths(&world.network, &world.query());
                best.into_iter().next().unwrap().nodes
            };
            assert_eq!(first(rise.cost), path.nodes, "seed {seed}");
            let less = Cost::from_units(rise.cost.units() + 2);
            assert_ne!(first(less), path.nodes, "seed {seed}");
        }
    }
    assert!(risen > 3_000, "too few paths could become the first: {risen}");
}

/// A plain query between two people.
fn one_to_one(network: Network, seeker: NodeIx, target: NodeIx) -> World {
    World {
        seekers: vec![Seeker::new(seeker, network.out_row(seeker).to_vec())],
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
fn a_search_stopped_at_any_moment_is_over_or_right_and_leaves_nothing_behind() {
    let (mut stopped, mut ended) = ([0; 4], [0; 4]);
    for seed in 0..10_000 {
        let world = World::random(seed);
        let (network, query) = (&world.network, world.query());
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let PathQuery { seekers, targets, steps_max, terms, avoid, cost_max, .. } = query;
        let many = ManyQuery { seekers, steps_max, terms, avoid, cost_max };
        let ask = |which: usize, stop: &Stop| -> Result<String, Stopped> {
            Ok(match which {
                0 => format!("{:?}", best_paths(network, &query, stop)?.paths),
                1 => format!("{:?}", cheapest_path(network, &query, stop)?),
                2 => format!("{:?}", super::fewest_steps(network, &query, stop)?),
                _ => format!("{:?}", best_to_each(network, &many, &[targets], stop)?),
            })
        };
        let which = seed as usize % 4;
        let expected = ask(which, &Stop::new()).unwrap();
        match ask(which, &Stop::after(rng.random_range(1..40))) {
            Err(Stopped) => stopped[which] += 1,
            Ok(found) => {
                assert_eq!(found, expected, "seed {seed}");
                ended[which] += 1;
            }
        }
        assert_eq!(ask(which, &Stop::new()).unwrap(), expected, "seed {seed}");
    }
    assert!(stopped.iter().chain(&ended).all(|&times| times > 100), "{stopped:?} {ended:?}");
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
