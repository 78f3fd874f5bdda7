//! The cheapest path of any number of steps.

use std::cmp::Ordering;

use super::{
    Path, PathQuery, Stop, Stopped,
    ball::{Ahead, Ball, Key, Label, Link, after, total},
    courses::each_course,
    meet::Side,
    question::Question,
    scratch::{STOP_EVERY, Scratch},
};
use crate::graph::{Cost, Network, NodeIx};

/// The cheapest path from any seeker to any target, of any number of steps; nothing where none
/// leads there. Of paths that cost the same, the one of fewer steps, then by the ids along it.
///
/// A path is what [`best_paths`](super::best_paths) says of one, but for its length: what the
/// query says of counts and steps does not matter.
///
/// # Errors
/// [`Stopped`] if `stop` was requested.
///
/// # Complexity
/// Dijkstra's algorithm from both ends, each row read only as far as the radius reaches; then
/// what is left of the rows of the smaller ball, as far as a step into the other one may be on a
/// path as cheap as the one found.
pub fn cheapest_path(
    network: &Network,
    query: &PathQuery<'_>,
    stop: &Stop,
) -> Result<Option<Path>, Stopped> {
    stop.check()?;
    let mut best: Option<Path> = None;
    Scratch::lend(|scratch| {
        each_course(network, query, scratch, |question, scratch| {
            let mut balls = std::mem::take(&mut scratch.balls);
            let found = balls.meet(question, scratch, stop);
            let path = found.map(|key| key.map(|key| balls.path(key, question, scratch)));
            scratch.balls = balls;
            if let Some(path) = path?
                && best.as_ref().is_none_or(|best| precedes(&path, best, network))
            {
                best = Some(path);
            }
            Ok(())
        })
    })?;
    Ok(best)
}

fn precedes(a: &Path, b: &Path, network: &Network) -> bool {
    let key = |path: &Path| (path.total, path.nodes.len());
    let ids = || {
        let pairs = a.nodes.iter().zip(&b.nodes);
        pairs.fold(Ordering::Equal, |order, (&a, &b)| order.then_with(|| network.by_id(a, b)))
    };
    key(a).cmp(&key(b)).then_with(ids).is_lt()
}

/// Who is near the seekers and who is near the targets, and where the two meet.
#[derive(Debug, Default)]
pub(super) struct Balls {
    balls: [Ball; 2],
    /// Steps from the seekers' ball to the targets', read from neither.
    across: Vec<(Key, Link)>,
}

impl Balls {
    /// How many bytes they keep.
    pub(super) fn bytes(&self) -> usize {
        self.balls.iter().map(Ball::bytes).sum()
    }

    /// The key of the cheapest path; all that is as cheap has then been read.
    fn meet(
        &mut self,
        question: &Question<'_>,
        scratch: &Scratch,
        stop: &Stop,
    ) -> Result<Option<Key>, Stopped> {
        self.balls[0].begin(Side::Seeker, question, scratch);
        self.balls[1].begin(Side::Target, question, scratch);
        self.across.clear();
        let mut least = Key::MAX;
        for read in 1.. {
            // To read a step here takes several times as long as elsewhere.
            if usize::is_multiple_of(read, STOP_EVERY / 4) {
                stop.check()?;
            }
            let radii = [0, 1].map(|side| self.balls[side].radius());
            let [Some(forth), Some(back)] = radii else { break };
            if forth + back > least {
                break;
            }
            let side = usize::from(self.balls[0].scanned > self.balls[1].scanned);
            if let Some(label) = self.balls[side].grow(question, scratch) {
                let Label { node, key, .. } = self.balls[side].labels[label as usize];
                if let Some(other) = self.balls[1 - side].find(node) {
                    least = least.min(key + self.balls[1 - side].labels[other as usize].key);
                }
            }
        }
        least = self.read_across(least, question, scratch, stop)?;
        self.across.retain(|&(key, _)| key == least);
        Ok((least < Key::MAX).then_some(least))
    }

    /// Finds the steps from one ball into the other that may be on a path as cheap as `least`, and
    /// how cheap the cheapest path is with them.
    fn read_across(
        &mut self,
        mut least: Key,
        question: &Question<'_>,
        scratch: &Scratch,
        stop: &Stop,
    ) -> Result<Key, Stopped> {
        let Self { balls: [forth, back], across } = self;
        let left = |ball: &Ball| ball.radius().map_or(0, |_| ball.labels.len());
        // From the targets no seeker is reached, so the rows of the seekers are read in any case.
        let (from_seekers, from_targets) = if left(forth) <= left(back) {
            (forth.labels.len(), 0)
        } else {
            (forth.roots(), back.labels.len())
        };
        for (side, from, to, labels) in [
            (Side::Seeker, &*forth, &*back, from_seekers),
            (Side::Target, &*back, &*forth, from_targets),
        ] {
            let mut cross = |inner: u32, node: NodeIx, cost: Cost, least: Key| {
                let Some(outer) = to.find(node) else { return least };
                let key = after(from.labels[inner as usize].key, cost);
                let key = key + to.labels[outer as usize].key;
                if key <= least {
                    let seeker = side == Side::Seeker;
                    let (inner, outer) = if seeker { (inner, outer) } else { (outer, inner) };
                    across.push((key, Link { inner, outer, cost }));
                }
                key.min(least)
            };
            let mut unchecked = 0;
            for place in 0..labels as u32 {
                for entry in from.unread(place, question, scratch) {
                    unchecked += 1;
                    let at_least = from.at_least(place, entry.cost, question);
                    if after(from.labels[place as usize].key, at_least) > least {
                        break;
                    }
                    if !to.may_find(entry.node) {
                        continue;
                    }
                    if let Some(cost) = from.step(place, *entry, question, scratch) {
                        least = cross(place, entry.node, cost, least);
                    }
                }
                if unchecked >= STOP_EVERY {
                    unchecked = 0;
                    stop.check()?;
                }
            }
            for &Ahead { inner, entry } in &from.ahead {
                least = cross(inner, entry.node, entry.cost, least);
            }
        }
        Ok(least)
    }

    /// Of all paths of the least key the first by the ids along it.
    fn path(&self, least: Key, question: &Question<'_>, scratch: &Scratch) -> Path {
        let [forth, back] = &self.balls;
        let [mut seeds, mut seeds_back] = [Vec::new(), Vec::new()];
        for (place, label) in (0..).zip(&forth.labels) {
            if let Some(other) = back.find(label.node)
                && label.key + back.labels[other as usize].key == least
            {
                seeds.push(place);
                seeds_back.push(other);
            }
        }
        seeds.extend(self.across.iter().map(|(_, link)| link.inner));
        seeds_back.extend(self.across.iter().map(|(_, link)| link.outer));
        let walk = Walk {
            least,
            balls: &self.balls,
            across: &self.across,
            forth: forth.links_to(&seeds),
            back: back.links_to(&seeds_back),
        };
        let starts = (0..scratch.ends(Side::Seeker) as u32)
            .filter(|&root| seeds.contains(&root) || walk.forth.iter().any(|l| l.inner == root));
        let by_id = |&a: &u32, &b: &u32| {
            let node = |label: u32| forth.labels[label as usize].node;
            question.network.by_id(node(a), node(b))
        };
        let start = starts.min_by(by_id).expect("a path that was found starts at a seeker");
        walk.from(forth.labels[start as usize].node, question)
    }
}

/// All the cheapest paths, step by step.
struct Walk<'a> {
    least: Key,
    balls: &'a [Ball; 2],
    across: &'a [(Key, Link)],
    forth: Vec<Link>,
    back: Vec<Link>,
}

impl Walk<'_> {
    fn from(&self, start: NodeIx, question: &Question<'_>) -> Path {
        let (mut nodes, mut costs, mut key, mut node) = (vec![start], Vec::new(), 0, start);
        while key < self.least {
            let (cost, next) = self
                .next((node, key))
                .into_iter()
                .min_by(|a, b| question.network.by_id(a.1, b.1))
                .expect("every step of a cheapest path leads on");
            key = after(key, cost);
            nodes.push(next);
            costs.push(cost);
            node = next;
        }
        Path { nodes, costs, total: total(self.least) }
    }

    /// Every step that leads on from somebody who was reached at this key.
    fn next(&self, (node, key): (NodeIx, Key)) -> Vec<(Cost, NodeIx)> {
        let [forth, back] = self.balls;
        let mut next = Vec::new();
        let label = |ball: &Ball| ball.find(node).map(|at| (at, ball.labels[at as usize].key));
        if let Some((at, _)) = label(forth).filter(|&(_, reached)| reached == key) {
            let steps = self.forth.iter().filter(|link| link.inner == at);
            next.extend(steps.map(|l| (l.cost, forth.labels[l.outer as usize].node)));
            let steps = self.across.iter().map(|(_, link)| link).filter(|link| link.inner == at);
            next.extend(steps.map(|l| (l.cost, back.labels[l.outer as usize].node)));
        }
        if let Some((at, _)) = label(back).filter(|&(_, left)| key + left == self.least) {
            let steps = self.back.iter().filter(|link| link.outer == at);
            next.extend(steps.map(|l| (l.cost, back.labels[l.inner as usize].node)));
        }
        next
    }
}
