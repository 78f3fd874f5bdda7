//! A second, naive reading of the formulas, to see that the story's paths score as it tells.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::World;
use crate::model::{
    Change, Claim, Closeness, Evidence, EvidenceKind, Introduction, PersonId, Timestamp,
};

const DAY_MS: f64 = 86_400_000.0;

/// What one person did for another.
#[derive(Default)]
struct Effort {
    /// The greatest mass of each week (docs/SCIENCE.md, "Contact mass", half-life 60).
    weeks: HashMap<i32, f64>,
    asks: Vec<Timestamp>,
    writes: Vec<Timestamp>,
}

impl Effort {
    fn mass(&self) -> f64 {
        self.weeks.values().sum()
    }
}

/// What is known of two people beside contact.
#[derive(Default)]
struct Tie {
    connected: bool,
    statements: HashMap<PersonId, (Timestamp, f64)>,
}

/// All ties of a world, evaluated at the end of its last day.
pub(super) struct Scores {
    end: Timestamp,
    efforts: HashMap<(PersonId, PersonId), Effort>,
    ties: HashMap<(PersonId, PersonId), Tie>,
    neighbours: HashMap<PersonId, BTreeSet<PersonId>>,
    loads: HashMap<PersonId, f64>,
    answers: HashMap<PersonId, (f64, f64)>,
    /// Whether connections without contact may be walked.
    pub(super) connections: bool,
    /// Whether connectors who were asked often are asked less.
    pub(super) load: bool,
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

impl Scores {
    pub(super) fn of(world: &World) -> Self {
        let mut scores = Self {
            end: world.now.day().end(),
            efforts: HashMap::new(),
            ties: HashMap::new(),
            neighbours: HashMap::new(),
            loads: HashMap::new(),
            answers: HashMap::new(),
            connections: true,
            load: true,
        };
        let mut seen = HashSet::new();
        for change in world.batches().flat_map(|batch| batch.changes) {
            match change {
                Change::Tell(telling) if seen.insert(telling.fact_id()) => {
                    if let Claim::Evidence(evidence) = telling.claim {
                        scores.add(&evidence);
                    }
                }
                Change::PutIntroduction(introduction) => scores.add_load(&introduction),
                _ => {}
            }
        }
        scores.count_answers();
        scores
    }

    fn age(&self, at: Timestamp) -> f64 {
        (self.end.as_ms() - at.as_ms()) as f64 / DAY_MS
    }

    fn add(&mut self, evidence: &Evidence) {
        let people: Vec<PersonId> = evidence.participants().iter().map(|p| p.person).collect();
        let quality = match evidence.kind() {
            EvidenceKind::Mail => 1.0,
            EvidenceKind::Message => 0.5,
            EvidenceKind::ListAnswer => 0.25,
            EvidenceKind::Call => 2.0,
            EvidenceKind::Meeting | EvidenceKind::Introduction => 3.0,
            EvidenceKind::Connection
            | EvidenceKind::Statement { .. }
            | EvidenceKind::Override { .. } => 0.0,
        };
        let (at, recipients) = (evidence.at(), evidence.recipients());
        let mass = quality * (-self.age(at) / 60.0).exp2() / (recipients as f64).sqrt();
        for (low, high, direction) in evidence.pairs() {
            let both = [(low, high), (high, low)];
            let directed = evidence.kind().is_directed();
            let forth = direction == crate::model::Direction::Forth;
            let ways = if directed { &both[usize::from(!forth)..][..1] } else { &both[..] };
            let tie = self.ties.entry((low, high)).or_default();
            match evidence.kind() {
                EvidenceKind::Connection => tie.connected = true,
                EvidenceKind::Statement { closeness, .. } => {
                    tie.statements.insert(people[0], (at, stated(*closeness)));
                }
                _ => {
                    for &way in ways {
                        let effort = self.efforts.entry(way).or_default();
                        let week = effort.weeks.entry(at.day().iso_week()).or_default();
                        *week = week.max(mass);
                        if directed {
                            effort.writes.push(at);
                        }
                        if matches!(evidence.kind(), EvidenceKind::Mail) && recipients <= 3 {
                            effort.asks.push(at);
                        }
                    }
                }
            }
            self.neighbours.entry(low).or_default().insert(high);
            self.neighbours.entry(high).or_default().insert(low);
        }
    }

    fn add_load(&mut self, introduction: &Introduction) {
        for ask in introduction.route.asks() {
            if let Some(at) = ask.asked_at {
                let recent = (-self.age(at) / 21.0).exp2();
                *self.loads.entry(ask.connector).or_default() += recent;
            }
        }
    }

    /// Of `asking`'s mails to `asked`: how many were answered within a week, of how many.
    fn asked(&self, asking: PersonId, asked: PersonId) -> (f64, f64) {
        let none = Effort::default();
        let asks = self.efforts.get(&(asking, asked)).unwrap_or(&none);
        let answers = self.efforts.get(&(asked, asking)).unwrap_or(&none);
        let (mut answered, mut count) = (0.0, 0.0);
        for &ask in &asks.asks {
            let in_time =
                |&&at: &&Timestamp| at > ask && at.as_ms() - ask.as_ms() <= 7 * 86_400_000;
            let is_answered = answers.writes.iter().find(in_time).is_some();
            if is_answered || self.age(ask) >= 7.0 {
                answered += f64::from(u8::from(is_answered));
                count += 1.0;
            }
        }
        (answered, count)
    }

    fn count_answers(&mut self) {
        let pairs: Vec<(PersonId, PersonId)> = self.efforts.keys().copied().collect();
        for (asking, asked) in pairs {
            let (answered, count) = self.asked(asking, asked);
            let sums = self.answers.entry(asked).or_default();
            *sums = (sums.0 + answered, sums.1 + count);
        }
    }

    fn logit_of_load(&self, person: PersonId) -> f64 {
        let load = self.loads.get(&person).copied().unwrap_or_default();
        // Of the band without an upper end, the least.
        let middle = match load {
            load if load <= 0.0 || !self.load => 0.0,
            load if load < 1.0 => 0.5,
            load if load < 3.0 => 2.0,
            _ => 3.0,
        };
        -0.45 * middle
    }

    /// The chance of a step without contact, if there is a step at all.
    fn told(&self, tie: &Tie) -> Option<f64> {
        let statements = tie.statements.values();
        let none: f64 = statements
            .map(|&(at, strength)| 1.0 - strength * (-self.age(at) / 365.0).exp2())
            .product();
        match (tie.statements.is_empty(), tie.connected && self.connections) {
            (false, _) => Some(1.0 - none),
            (true, true) => Some(0.05),
            (true, false) => None,
        }
    }

    fn mass(&self, from: PersonId, to: PersonId) -> f64 {
        self.efforts.get(&(from, to)).map_or(0.0, Effort::mass)
    }

    /// The logit of a first step by contact (6.5).
    fn willingness(&self, asking: PersonId, asked: PersonId) -> f64 {
        let total = self.answers.values().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        let usual = if total.1 < 100.0 { 0.45 } else { total.0 / total.1 };
        let general = self.answers.get(&asked).copied().unwrap_or_default();
        let general = (general.0 + 10.0 * usual) / (general.1 + 10.0);
        let (answered, asks) = self.asked(asking, asked);
        let rate = (answered + 4.0 * general) / (asks + 4.0);
        -0.6 + 0.4 * (0.02 + self.mass(asked, asking)).ln() + 2.51 * (rate - 0.45)
    }

    /// The logit of a later step by contact (6.6).
    fn effort(&self, from: PersonId, to: PersonId) -> f64 {
        -0.18 + 0.61 * (0.02 + self.mass(from, to)).ln()
    }

    /// The chance that a step of a path of these two is granted, if there is a tie.
    fn step(&self, from: PersonId, to: PersonId, ends: (PersonId, PersonId)) -> Option<f64> {
        let tie = &self.ties[&(from.min(to), from.max(to))];
        let live = self.mass(from, to) > 0.0 && self.mass(to, from) > 0.0;
        let logit = if from == ends.0 { Self::willingness } else { Self::effort };
        let by_contact = live.then(|| sigmoid(logit(self, from, to)));
        let best = match (by_contact, self.told(tie)) {
            (Some(contact), Some(told)) if !tie.statements.is_empty() => contact.max(told),
            (Some(contact), _) => contact,
            (None, told) => told?,
        };
        let load = if to == ends.1 { 0.0 } else { self.logit_of_load(to) };
        Some(sigmoid((best / (1.0 - best)).ln() + load))
    }

    /// Everybody who can be reached in so many steps.
    pub(super) fn reach(&self, seeker: PersonId, steps: usize) -> BTreeSet<PersonId> {
        let mut reached = BTreeSet::from([seeker]);
        for _ in 0..steps {
            for from in reached.clone() {
                let others = self.neighbours.get(&from).into_iter().flatten();
                let walkable = others.filter(|&&to| self.step(from, to, (seeker, to)).is_some());
                reached.extend(walkable);
            }
        }
        reached
    }

    /// The best path of at most four steps that leaves some people out.
    pub(super) fn best(
        &self,
        (seeker, target): (PersonId, PersonId),
        without: &[PersonId],
    ) -> Option<(f64, Vec<PersonId>)> {
        let mut reached = HashMap::from([(seeker, (1.0, vec![seeker]))]);
        let mut best: Option<(f64, Vec<PersonId>)> = None;
        for _ in 0..4 {
            let mut next: HashMap<PersonId, (f64, Vec<PersonId>)> = HashMap::new();
            for (&from, (score, path)) in &reached {
                for &to in self.neighbours.get(&from).into_iter().flatten() {
                    if path.contains(&to) || without.contains(&to) {
                        continue;
                    }
                    let Some(step) = self.step(from, to, (seeker, target)) else { continue };
                    if next.get(&to).is_none_or(|known| known.0 < score * step) {
                        let path = path.iter().copied().chain([to]).collect();
                        next.insert(to, (score * step, path));
                    }
                }
            }
            if let Some(found) = next.remove(&target)
                && best.as_ref().is_none_or(|known| known.0 < found.0)
            {
                best = Some(found);
            }
            reached = next;
        }
        best
    }
}

fn stated(closeness: Closeness) -> f64 {
    match closeness {
        Closeness::Weak => 0.3,
        Closeness::Good => 0.5,
        Closeness::Close => 0.7,
        Closeness::Score(score) => score.value(),
    }
}
