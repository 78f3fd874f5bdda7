//! Evidence to weights: one network for an epoch, and the pairs that later writes touch.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    graph::{BadNetwork, Cost, Entry, Network, NodeIx, Overlay, TieCosts, TieIx},
    model::{Closeness, Day, PairEvidence, PersonId},
};

use super::{
    Answering, BACK, Circumstances, FORTH, Fade, Formula, PairMass, Population, Strength, Terms,
    TieFigures, acquainted::Acquainted, effort, fold_pair, foretell_fade, strength, strength_value,
    willingness,
};

/// What depends on the whole, as of an epoch.
#[derive(Debug)]
pub(super) struct Whole {
    pub(super) day: Day,
    pub(super) formula: Formula,
    pub(super) figures: Vec<TieFigures>,
    pub(super) acquainted: Acquainted,
    /// How much each person writes.
    pub(super) activity: Vec<f32>,
    pub(super) answering: Vec<Answering>,
    pub(super) population: Population,
}

/// Who knows whom, and how well, on one day: a network with what is kept beside its rows.
///
/// A clone is cheap. What depends on the whole (overlap, activity, answer rates, medians) is that
/// of the epoch; pairs that were written since are folded again from their evidence.
#[derive(Debug, Clone)]
pub struct Weighed {
    pub(super) network: Network,
    pub(super) whole: Arc<Whole>,
    /// The figures of ties that were added or changed since the epoch.
    pub(super) fresh: Arc<FxHashMap<TieIx, TieFigures>>,
}

/// Builds a [`Weighed`] from the evidence of all pairs, one pair at a time.
///
/// # Memory
/// What is kept of each tie, twice 4 bytes for each pair with contact, and 24 bytes a person.
#[derive(Debug)]
pub struct Folder {
    day: Day,
    formula: Formula,
    people: Vec<PersonId>,
    /// The ties, without the overlap of the two neighbourhoods.
    ties: Vec<(NodeIx, NodeIx, TieFigures)>,
    /// Everybody who ever had contact, tie or not.
    contacts: Vec<(NodeIx, NodeIx)>,
    /// In parts of [`ACTIVITY_UNIT`], because a sum of whole numbers is the same in every order.
    activity: Vec<u64>,
    answering: Vec<Answering>,
}

/// Into how many parts one mail is divided.
const ACTIVITY_UNIT: f64 = 4_294_967_296.0;

impl Folder {
    /// A folder for these people, sorted by id, at the end of a day.
    pub fn new(people: Vec<PersonId>, day: Day, formula: Formula) -> Self {
        let (activity, answering) =
            (vec![0; people.len()], vec![Answering::default(); people.len()]);
        let (ties, contacts) = (Vec::new(), Vec::new());
        Self { day, formula, people, ties, contacts, activity, answering }
    }

    /// Adds all evidence of one pair, ordered by time. A pair with somebody unknown is left out.
    ///
    /// # Complexity
    /// Linear in the evidence, logarithmic in the people.
    pub fn add(&mut self, low: PersonId, high: PersonId, evidence: &[PairEvidence]) {
        self.add_mass(low, high, &fold_pair(evidence, self.day, self.formula));
    }

    /// Adds a pair that was folded already, for the day and by the formula of this folder.
    pub(super) fn add_mass(&mut self, low: PersonId, high: PersonId, mass: &PairMass) {
        let place = |id| self.people.binary_search(&id).ok().map(|at| at as NodeIx);
        let (Some(low), Some(high)) = (place(low), place(high)) else { return };
        if mass.has_contact() {
            self.contacts.push((low, high));
        }
        if mass.is_tie() {
            self.ties.push((low, high, TieFigures::new(mass, 0.0)));
        }
        for (writer, reader, way) in [(low, high, FORTH), (high, low, BACK)] {
            self.activity[writer as usize] += (mass.sent[way] * ACTIVITY_UNIT).round() as u64;
            self.answering[reader as usize].add(mass.asks[way], mass.answers[way]);
        }
    }

    /// Weighs everything that was added, in whichever order it was.
    ///
    /// # Errors
    /// When the people are not sorted, or a pair was added twice.
    ///
    /// # Complexity
    /// For each tie, linear in what the two people's neighbourhoods hold.
    pub fn finish(self) -> Result<Weighed, BadNetwork> {
        let Self { day, formula, people, mut ties, contacts, activity, answering } = self;
        let acquainted = Acquainted::of(people.len(), &contacts);
        drop(contacts);
        for (low, high, figures) in &mut ties {
            figures.overlap = acquainted.overlap(*low, *high) as f32;
        }
        let activity: Vec<f32> =
            activity.into_iter().map(|parts| (parts as f64 / ACTIVITY_UNIT) as f32).collect();
        let population = population(&ties, &activity, &answering, day);
        let costs: Vec<TieCosts> = ties
            .iter()
            .map(|&(a, b, ref figures)| {
                let [forth, back] = step_costs(figures);
                TieCosts { a, b, forth, back }
            })
            .collect();
        let network = Network::build(people, &costs)?;
        drop(costs);
        // Each tie has its place in the list for its index.
        let figures = ties.into_iter().map(|(_, _, figures)| figures).collect();
        let whole = Whole { day, formula, figures, acquainted, activity, answering, population };
        Ok(Weighed { network, whole: Arc::new(whole), fresh: Arc::default() })
    }
}

fn population(
    ties: &[(NodeIx, NodeIx, TieFigures)],
    activity: &[f32],
    answering: &[Answering],
    day: Day,
) -> Population {
    let of_both = |&(a, b, ref figures): &(NodeIx, NodeIx, TieFigures)| {
        let quieter = activity[a as usize].min(activity[b as usize]);
        figures.last_contact().map(|_| Terms::of(figures, f64::from(quieter), day))
    };
    let terms = ties.iter().filter_map(of_both);
    let asks = answering.iter().map(|a| u64::from(a.asked)).sum();
    let answers = answering.iter().map(|a| u64::from(a.answered)).sum();
    Population::of(terms, asks, answers)
}

/// What a step costs in each direction, beyond the first one of a path.
fn step_costs(figures: &TieFigures) -> [Cost; 2] {
    [FORTH, BACK].map(|way| Cost::from_probability(effort(figures, way)))
}

impl Weighed {
    /// Nobody knows anybody.
    pub fn empty(day: Day) -> Self {
        Folder::new(Vec::new(), day, Formula::SHIPPED).finish().expect("no people are sorted")
    }

    /// The day at whose end everything is evaluated.
    pub fn day(&self) -> Day {
        self.whole.day
    }

    /// By which formula everything is evaluated.
    pub fn formula(&self) -> Formula {
        self.whole.formula
    }

    /// The network of steps beyond the first of a path.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The same, with people who are there and others who are not, and pairs folded again from all
    /// their evidence.
    ///
    /// # Complexity
    /// Linear in the evidence of the pairs and the rows of the people touched.
    #[must_use]
    pub fn refold(
        &self,
        (there, gone): (Vec<PersonId>, Vec<PersonId>),
        pairs: &BTreeMap<(PersonId, PersonId), Vec<PairEvidence>>,
    ) -> Self {
        let mut overlay = Overlay::new();
        for id in gone {
            overlay.remove_person(id);
        }
        for id in there {
            overlay.add_person(id);
        }
        let mut touched = Vec::new();
        for (&(low, high), evidence) in pairs {
            let mass = fold_pair(evidence, self.whole.day, self.whole.formula);
            if mass.is_tie() {
                let figures = TieFigures::new(&mass, self.overlap_at_epoch(low, high));
                let [forth, back] = step_costs(&figures);
                overlay.set_tie(TieCosts { a: low, b: high, forth, back });
                touched.push((low, high, figures));
            } else {
                overlay.remove_tie(low, high);
            }
        }
        self.overlaid(&overlay, touched)
    }

    /// The same with inferred ties between pairs of people who are there and have none.
    ///
    /// # Complexity
    /// Linear in the pairs and the rows of the people touched.
    #[must_use]
    pub fn with_inferred(&self, pairs: impl IntoIterator<Item = (PersonId, PersonId)>) -> Self {
        let figures = TieFigures::inferred();
        let [forth, back] = step_costs(&figures);
        let strangers = |&(low, high): &(PersonId, PersonId)| {
            let places = self.network.find(low).zip(self.network.find(high));
            places.is_some_and(|(a, b)| self.network.tie_between(a, b).is_none())
        };
        let pairs: Vec<_> = pairs.into_iter().filter(strangers).collect();
        let mut overlay = Overlay::new();
        for &(a, b) in &pairs {
            overlay.set_tie(TieCosts { a, b, forth, back });
        }
        self.overlaid(&overlay, pairs.into_iter().map(|(low, high)| (low, high, figures)))
    }

    /// The same network under an overlay, and what is kept of the ties that the overlay sets.
    fn overlaid(
        &self,
        overlay: &Overlay,
        set: impl IntoIterator<Item = (PersonId, PersonId, TieFigures)>,
    ) -> Self {
        let network = self.network.overlaid(overlay);
        let mut set = set.into_iter().peekable();
        if set.peek().is_none() {
            return Self { network, ..self.clone() };
        }
        let mut fresh = (*self.fresh).clone();
        for (low, high, figures) in set {
            let places = network.find(low).zip(network.find(high));
            if let Some((ix, _)) = places.and_then(|(a, b)| network.tie_between(a, b)) {
                fresh.insert(ix, figures);
            }
        }
        Self { network, whole: Arc::clone(&self.whole), fresh: Arc::new(fresh) }
    }

    /// The overlap of two people's acquaintances as of the epoch; 0 for who joined since.
    fn overlap_at_epoch(&self, low: PersonId, high: PersonId) -> f64 {
        // Whoever was hidden meanwhile still has the place they had.
        let places = self.network.place_in_base(low).zip(self.network.place_in_base(high));
        places.map_or(0.0, |(low, high)| self.whole.acquainted.overlap(low, high))
    }

    /// What is kept of a tie.
    pub fn figures(&self, tie: TieIx) -> &TieFigures {
        self.fresh.get(&tie).unwrap_or_else(|| &self.whole.figures[tie as usize])
    }

    /// The tie of two people, if there is one.
    pub fn tie(&self, a: NodeIx, b: NodeIx) -> Option<&TieFigures> {
        self.network.tie_between(a, b).map(|(ix, _)| self.figures(ix))
    }

    /// In what the tie of two people is seen; people who joined since the epoch write nothing.
    fn circumstances(&self, a: NodeIx, b: NodeIx) -> Circumstances {
        let of = |place: NodeIx| self.whole.activity.get(place as usize).copied().unwrap_or(0.0);
        Circumstances { activity: f64::from(of(a).min(of(b))), ..self.nobody_writes() }
    }

    fn nobody_writes(&self) -> Circumstances {
        Circumstances { activity: 0.0, day: self.whole.day, formula: self.whole.formula }
    }

    /// How strong the tie of two people is, and why.
    pub fn strength(&self, a: NodeIx, b: NodeIx) -> Option<Strength> {
        let figures = self.tie(a, b)?;
        Some(strength(figures, self.circumstances(a, b), &self.whole.population))
    }

    /// How strong the tie of two people is.
    pub fn strength_value(&self, a: NodeIx, b: NodeIx, tie: TieIx) -> f64 {
        strength_value(self.figures(tie), self.circumstances(a, b))
    }

    /// When the tie of two people falls to a lower band if nobody writes; `evidence` is all of it,
    /// ordered by time. Overlap, activity and what else depends on the whole stay as they are.
    ///
    /// # Complexity
    /// Linear in the evidence.
    pub fn fade(&self, a: NodeIx, b: NodeIx, evidence: &[PairEvidence]) -> Option<Fade> {
        foretell_fade(self.tie(a, b)?, evidence, self.circumstances(a, b))
    }

    /// How strong the tie of two people was at the end of another day, by their evidence up to
    /// then; the overlap and what else depends on the whole is that of the epoch.
    pub fn strength_on(
        &self,
        low: PersonId,
        high: PersonId,
        evidence: &[PairEvidence],
        day: Day,
    ) -> f64 {
        self.strength_of(low, high, &fold_pair(evidence, day, self.whole.formula), day)
    }

    /// The same for a pair that was folded already, whether or not it is a tie.
    pub(super) fn strength_of(
        &self,
        low: PersonId,
        high: PersonId,
        mass: &PairMass,
        day: Day,
    ) -> f64 {
        let (figures, at) = self.seen(low, high, mass);
        strength_value(&figures, Circumstances { day, ..at })
    }

    /// What is kept of a pair that was folded already, and in what it is seen.
    pub(super) fn seen(
        &self,
        low: PersonId,
        high: PersonId,
        mass: &PairMass,
    ) -> (TieFigures, Circumstances) {
        let figures = TieFigures::new(mass, self.overlap_at_epoch(low, high));
        let places = self.network.find(low).zip(self.network.find(high));
        let at = places.map_or_else(|| self.nobody_writes(), |(a, b)| self.circumstances(a, b));
        (figures, at)
    }

    /// What the first step of a path costs from a seeker to each person they know, best first.
    ///
    /// # Complexity
    /// Linear in the ties of the seeker, and a sort of them.
    pub fn first_steps(&self, seeker: NodeIx) -> Vec<Entry> {
        let row = self.network.out_row(seeker).iter().zip(self.network.out_ties(seeker));
        let mut first: Vec<Entry> = row
            .map(|(entry, &tie)| {
                let probability = self.willingness(seeker, entry.node, tie);
                Entry { cost: Cost::from_probability(probability), node: entry.node }
            })
            .collect();
        first.sort_unstable();
        first
    }

    /// The probability that a person says yes when somebody whom they know asks them; nothing
    /// where the two have no tie.
    pub fn willing(&self, seeker: NodeIx, asked: NodeIx) -> Option<f64> {
        let (tie, _) = self.network.tie_between(seeker, asked)?;
        Some(self.willingness(seeker, asked, tie))
    }

    /// The ties of a seeker of which nobody stated how close the two are: with whom, how likely they
    /// say yes, and how likely they would if it were stated now.
    ///
    /// # Complexity
    /// Linear in the ties of the seeker.
    pub fn if_stated(&self, seeker: NodeIx, closeness: Closeness) -> Vec<(NodeIx, [f64; 2])> {
        let row = self.network.out_row(seeker).iter().zip(self.network.out_ties(seeker));
        let unstated = row.filter(|(_, tie)| self.figures(**tie).is_unstated());
        let each = unstated.map(|(entry, &tie)| {
            let then = self.figures(tie).if_stated(closeness);
            let chances = [self.figures(tie), &then];
            (entry.node, chances.map(|figures| self.willing_by(figures, seeker, entry.node)))
        });
        each.collect()
    }

    /// The probability that a person says yes when the seeker asks them.
    fn willingness(&self, seeker: NodeIx, asked: NodeIx, tie: TieIx) -> f64 {
        self.willing_by(self.figures(tie), seeker, asked)
    }

    fn willing_by(&self, figures: &TieFigures, seeker: NodeIx, asked: NodeIx) -> f64 {
        let forward = self.network.id(seeker) < self.network.id(asked);
        let way = if forward { FORTH } else { BACK };
        let answering = self.whole.answering.get(asked as usize).copied().unwrap_or_default();
        willingness(figures, way, answering, &self.whole.population)
    }
}
