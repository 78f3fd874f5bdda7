//! A few of many paths that together promise most.

use super::Path;
use crate::graph::{Cost, NodeIx};

/// How many alternatives there are at most: what their joint chance costs doubles with each.
pub const ALTERNATIVES_MAX: usize = 10;

/// One of some paths that were chosen together.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Which of the paths it is.
    pub place: usize,
    /// The chance that it or one of those chosen before it works.
    pub joint: f64,
    /// Its connectors who are connectors of one chosen before it too, along the path.
    pub shared: Vec<NodeIx>,
}

/// Chooses up to `count_max` paths, each for what it adds to the chance that one of them works.
///
/// Each step is granted or not, whatever becomes of the other steps, and is the same step for all
/// paths it is on: so the joint chance of one path is its probability, and paths that share a
/// doubtful step add little to each other. Of paths that add the same the first is taken; one that
/// adds nothing is not. More than [`ALTERNATIVES_MAX`] count as that.
///
/// # Complexity
/// What a path adds only falls as others are chosen, so it is computed anew for few of them: each
/// time in 2ᵏ steps at most, for k chosen.
///
/// Greedy choice of a submodular function: Nemhauser, Wolsey, Fisher 1978; put off: Minoux 1978.
pub fn alternatives(paths: &[Path], count_max: usize) -> Vec<Alternative> {
    let steps: Vec<Vec<Step>> = paths.iter().map(steps_of).collect();
    let mut offers: Vec<Offer> = (0..paths.len())
        .map(|place| Offer { place, gain: paths[place].probability(), chosen: 0 })
        .collect();
    let mut chosen: Vec<Alternative> = Vec::new();
    let mut joint = 0.0;
    while chosen.len() < count_max.min(ALTERNATIVES_MAX) {
        let Some(best) = best_offer(&offers) else { break };
        let Offer { place, gain, .. } = offers[best];
        if offers[best].chosen < chosen.len() {
            let before: Vec<&[Step]> = chosen.iter().map(|one| &*steps[one.place]).collect();
            let fails = 1.0 - chance_of_any(&before, &mut steps[place].clone());
            offers[best] =
                Offer { gain: chance(&steps[place], &[]) * fails, place, chosen: chosen.len() };
            continue;
        }
        if gain <= 0.0 {
            break;
        }
        joint += gain;
        let shared = shared_with(&paths[place], chosen.iter().map(|one| &paths[one.place]));
        chosen.push(Alternative { place, joint, shared });
        offers.swap_remove(best);
    }
    chosen
}

/// The chance that at least one of these paths works.
///
/// # Complexity
/// 2ᵏ for k paths.
pub fn joint_chance(paths: &[Path]) -> f64 {
    let steps: Vec<Vec<Step>> = paths.iter().map(steps_of).collect();
    let steps: Vec<&[Step]> = steps.iter().map(|steps| &**steps).collect();
    chance_of_any(&steps, &mut Vec::new())
}

/// What a path was last known to add.
#[derive(Debug, Clone, Copy)]
struct Offer {
    place: usize,
    gain: f64,
    /// How many paths were chosen then.
    chosen: usize,
}

fn best_offer(offers: &[Offer]) -> Option<usize> {
    let order = |&a: &usize, &b: &usize| {
        let (a, b) = (&offers[a], &offers[b]);
        a.gain.total_cmp(&b.gain).then(b.place.cmp(&a.place))
    };
    (0..offers.len()).max_by(order)
}

/// Who asks whom, and what the step costs.
type Step = (NodeIx, NodeIx, Cost);

fn steps_of(path: &Path) -> Vec<Step> {
    let pairs = path.nodes.windows(2).zip(&path.costs);
    pairs.map(|(two, &cost)| (two[0], two[1], cost)).collect()
}

/// The chance that all steps are granted that are not granted already.
fn chance(steps: &[Step], granted: &[Step]) -> f64 {
    let open = steps.iter().filter(|step| !granted.contains(step));
    open.map(|step| step.2.probability()).product()
}

/// The chance that one of some paths works when some steps are granted: one by one, that it works
/// and none before it does.
fn chance_of_any(paths: &[&[Step]], granted: &mut Vec<Step>) -> f64 {
    if paths.iter().any(|steps| steps.iter().all(|step| granted.contains(step))) {
        return 1.0;
    }
    let mut any = 0.0;
    for (at, steps) in paths.iter().enumerate() {
        let works = chance(steps, granted);
        if works > 0.0 {
            let before = granted.len();
            granted.extend_from_slice(steps);
            any += works * (1.0 - chance_of_any(&paths[..at], granted));
            granted.truncate(before);
        }
    }
    any
}

fn shared_with<'a>(path: &Path, others: impl Iterator<Item = &'a Path>) -> Vec<NodeIx> {
    let connectors = |path: &'a Path| &path.nodes[1..path.nodes.len() - 1];
    let theirs: Vec<NodeIx> = others.flat_map(connectors).copied().collect();
    let own = &path.nodes[1..path.nodes.len() - 1];
    own.iter().copied().filter(|node| theirs.contains(node)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algo::paths::{PathQuery, Stop, best_paths, world::World};

    /// The chance that one of some paths works, over all that may become of their steps.
    fn enumerated(paths: &[&Path]) -> f64 {
        let mut steps: Vec<Step> = paths.iter().flat_map(|path| steps_of(path)).collect();
        steps.sort_unstable();
        steps.dedup();
        let mut any = 0.0;
        for granted in 0..1_u32 << steps.len() {
            let is_granted = |step: &Step| {
                let at = steps.binary_search(step).unwrap();
                granted >> at & 1 == 1
            };
            if paths.iter().any(|path| steps_of(path).iter().all(is_granted)) {
                let of = |step: &Step| {
                    let p = step.2.probability();
                    if is_granted(step) { p } else { 1.0 - p }
                };
                any += steps.iter().map(of).product::<f64>();
            }
        }
        any
    }

    /// Up to twelve paths of a random world.
    fn some_paths(seed: u64) -> Vec<Path> {
        let world = World::random(seed);
        let query = PathQuery { count_max: 12, ..world.query() };
        best_paths(&world.network, &query, &Stop::new()).unwrap().paths
    }

    #[test]
    fn the_joint_chance_is_that_of_all_outcomes() {
        let mut compared = 0;
        for seed in 0..3_000 {
            let paths = some_paths(seed);
            let mut steps: Vec<Step> = paths.iter().take(5).flat_map(steps_of).collect();
            steps.sort_unstable();
            steps.dedup();
            if steps.len() > 10 {
                continue;
            }
            let chosen = alternatives(&paths, 5);
            for (count, one) in (1..).zip(&chosen) {
                let taken: Vec<&Path> = chosen[..count].iter().map(|c| &paths[c.place]).collect();
                let all = enumerated(&taken);
                assert!((one.joint - all).abs() < 1e-9, "seed {seed}: {} {all}", one.joint);
                let cloned: Vec<Path> = taken.iter().copied().cloned().collect();
                assert!((joint_chance(&cloned) - all).abs() < 1e-9, "seed {seed}");
                compared += 1;
            }
        }
        assert!(compared > 2_000, "{compared}");
    }

    fn any_of(paths: &[Path], places: &[usize]) -> f64 {
        let taken: Vec<Path> = places.iter().map(|&place| paths[place].clone()).collect();
        joint_chance(&taken)
    }

    #[test]
    fn what_is_put_off_changes_no_choice() {
        for seed in 0..2_000 {
            let paths = some_paths(seed);
            let mut plain: Vec<usize> = Vec::new();
            for one in alternatives(&paths, 4) {
                let with = |place: usize| any_of(&paths, &[&plain[..], &[place]].concat());
                let left = (0..paths.len()).filter(|place| !plain.contains(place));
                let most = left.map(with).fold(0.0, f64::max);
                assert!((one.joint - most).abs() < 1e-9, "seed {seed}: {} {most}", one.joint);
                plain.push(one.place);
            }
        }
    }

    #[test]
    fn the_greedy_choice_is_nearly_the_best_of_all_choices() {
        let (mut worst, mut compared, mut sum) = (1.0_f64, 0, 0.0);
        for seed in 0..4_000 {
            let paths = some_paths(seed);
            if paths.len() < 4 {
                continue;
            }
            let greedy = alternatives(&paths, 3).last().map_or(0.0, |one| one.joint);
            let mut best = 0.0_f64;
            for a in 0..paths.len() {
                for b in 0..a {
                    for c in 0..b {
                        best = best.max(any_of(&paths, &[a, b, c]));
                    }
                }
            }
            assert!(greedy <= best + 1e-9, "seed {seed}");
            if best > 0.0 {
                worst = worst.min(greedy / best);
                sum += greedy / best;
                compared += 1;
            }
        }
        assert!(compared > 500, "{compared}");
        let mean = sum / f64::from(compared);
        assert!(mean >= 0.999 && worst >= 0.9, "mean {mean}, worst {worst}");
    }

    #[test]
    fn a_path_over_the_same_doubtful_step_gives_way_to_one_of_its_own() {
        let cost = Cost::from_probability;
        let path = |nodes: &[NodeIx], steps: &[f64]| {
            let costs: Vec<Cost> = steps.iter().map(|&p| cost(p)).collect();
            let total = costs.iter().map(|cost| u64::from(cost.units())).sum();
            Path { nodes: nodes.to_vec(), costs, total }
        };
        let paths = [
            path(&[0, 1, 2, 9], &[0.5, 0.9, 0.9]),
            path(&[0, 1, 3, 9], &[0.5, 0.9, 0.8]),
            path(&[0, 4, 9], &[0.5, 0.6]),
        ];
        let chosen = alternatives(&paths, 3);
        assert_eq!(chosen.iter().map(|one| one.place).collect::<Vec<_>>(), [0, 2, 1]);
        assert_eq!(chosen[2].shared, [1]);
        assert!((chosen[0].joint - paths[0].probability()).abs() < 1e-12);
        assert!(alternatives(&paths, 0).is_empty() && alternatives(&[], 3).is_empty());
    }

    #[test]
    fn a_path_that_is_certain_leaves_nothing_to_add() {
        let sure = Path { nodes: vec![0, 1], costs: vec![Cost::SURE], total: 0 };
        let other = Path { nodes: vec![0, 2, 1], costs: vec![Cost::SURE; 2], total: 0 };
        let chosen = alternatives(&[sure, other], 2);
        assert_eq!(chosen, [Alternative { place: 0, joint: 1.0, shared: vec![] }]);
    }
}
