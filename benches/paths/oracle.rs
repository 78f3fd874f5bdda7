//! Plain answers without any bound, to compare with.

use tertius::graph::{Network, NodeIx};

/// Half of a path: where it ends, who stands between (or the end itself), and its cost.
type Half = (NodeIx, NodeIx, u64);

const NOBODY: NodeIx = NodeIx::MAX;

/// The totals of the five best simple paths of at most four steps between two people.
pub(crate) fn best_totals(network: &Network, seeker: NodeIx, target: NodeIx) -> Vec<u64> {
    let forth = halves(network, seeker, target);
    let back = halves(network, target, seeker);
    let mut best = Vec::new();
    for entry in network.out_row(seeker) {
        if entry.node == target {
            best.push(u64::from(entry.cost.units()));
        }
    }
    let (mut left, mut right) = (0, 0);
    while left < forth.len() && right < back.len() {
        let middle = forth[left].0;
        if middle != back[right].0 {
            if middle < back[right].0 {
                left += 1;
            } else {
                right += 1;
            }
            continue;
        }
        let until = |from: usize, halves: &[Half]| {
            from + halves[from..].iter().take_while(|half| half.0 == middle).count()
        };
        let (left_end, right_end) = (until(left, &forth), until(right, &back));
        for one in &forth[left..left_end] {
            for other in &back[right..right_end] {
                let total = one.2 + other.2;
                if best.len() == 5 && total > best[4] {
                    break;
                }
                let twice = one.1 == NOBODY && other.1 != NOBODY;
                if !twice && (one.1 != other.1 || one.1 == NOBODY) {
                    best.push(total);
                    best.sort_unstable();
                    best.truncate(5);
                }
            }
        }
        (left, right) = (left_end, right_end);
    }
    best
}

/// Every half of one or two steps, by the person in the middle, best first. A path of three steps
/// is counted once: of two steps from the seeker, for those from the target have two at most with
/// two from the seeker.
fn halves(network: &Network, end: NodeIx, other: NodeIx) -> Vec<Half> {
    let mut all = Vec::new();
    for first in network.out_row(end) {
        if first.node == other {
            continue;
        }
        all.push((first.node, NOBODY, u64::from(first.cost.units())));
        for second in network.out_row(first.node) {
            if second.node != end && second.node != other {
                let total = u64::from(first.cost.units()) + u64::from(second.cost.units());
                all.push((second.node, first.node, total));
            }
        }
    }
    all.sort_unstable_by_key(|&(middle, via, total)| (middle, total, via));
    all
}

/// The cost of the best way of at most `steps` steps from any of some people to everybody.
pub(crate) fn within_steps(network: &Network, from: &[NodeIx], steps: u8) -> Vec<u64> {
    let mut least = vec![u64::MAX; network.places()];
    for &node in from {
        least[node as usize] = 0;
    }
    for _ in 0..steps {
        let before = least.clone();
        for (node, &cost) in before.iter().enumerate().filter(|(_, cost)| **cost < u64::MAX) {
            for entry in network.out_row(node as NodeIx) {
                let to = &mut least[entry.node as usize];
                *to = (*to).min(cost + u64::from(entry.cost.units()));
            }
        }
    }
    least
}

/// How many steps everybody is from one person.
pub(crate) fn hops(network: &Network, from: NodeIx) -> Vec<Option<u32>> {
    let mut hops = vec![None; network.places()];
    hops[from as usize] = Some(0);
    let (mut layer, mut next, mut depth) = (vec![from], Vec::new(), 0);
    while !layer.is_empty() {
        depth += 1;
        for node in layer.drain(..) {
            for entry in network.out_row(node) {
                let to = &mut hops[entry.node as usize];
                if to.is_none() {
                    *to = Some(depth);
                    next.push(entry.node);
                }
            }
        }
        std::mem::swap(&mut layer, &mut next);
    }
    hops
}
