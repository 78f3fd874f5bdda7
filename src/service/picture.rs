//! The network of one moment: the fold of an epoch, and what was written since.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use futures_util::TryStreamExt as _;

use crate::{
    algo::{LOAD_DAYS, LoadBand, PersonTerms, Weighed},
    graph::NodeIx,
    model::{
        AnyId, Batch, Change, Claim, Day, Epoch, FactId, MemberId, PersonId, Timestamp, Version,
    },
    store::{PAGE_MAX, Store},
};

use super::{
    ServiceResult,
    identity::{Pair, Recorded, Said},
    in_background,
    introducing::Bars,
    snapshots::Snapshots,
    supposing::Supposed,
};

/// Of so few people it is simpler to look at every pair than to ask which there are.
const ALL_PAIRS_OF: usize = 32;

/// What questions are answered from; immutable, so that nobody waits for a lock.
///
/// It is a function of its epoch and of what the store holds now: the network folded at the epoch,
/// and each pair that anything touched since folded again from its evidence. In which steps it
/// came to that makes no difference, so that a restart changes no answer.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) epoch: Epoch,
    /// The last version that is in it.
    pub(super) version: Version,
    /// Every version up to this one is in it.
    followed: Version,
    pub(super) weighed: Weighed,
    /// Who is one, and what is recorded of them.
    pub(super) recorded: Recorded,
    loads: Arc<HashMap<PersonId, LoadBand>>,
    /// What the limits of connectors stand against.
    pub(super) bars: Arc<Bars>,
    /// What is added inside the logit of a step for the person who is asked.
    pub(super) terms: Arc<PersonTerms>,
}

impl Picture {
    /// The places of people, each once, in order; of whoever is not in the network none.
    pub(super) fn places<'p>(&self, people: impl IntoIterator<Item = &'p PersonId>) -> Vec<NodeIx> {
        let network = self.weighed.network();
        let mut places: Vec<_> = people.into_iter().filter_map(|&id| network.find(id)).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// Folds what was recorded by the version of an epoch, for its day, or reads that where it is
    /// kept. What was recorded later is not in it: follow it with [`caught_up`](Self::caught_up).
    pub(super) async fn fold(
        store: &Arc<dyn Store>,
        epoch: Epoch,
        snapshots: &Snapshots,
    ) -> ServiceResult<Self> {
        let past = Recorded::load(store.as_of(epoch.version)).await?;
        let weighed = snapshots.fold_of(&**store, (&past, epoch)).await?;
        let (loads, bars) = asked_on(&past, epoch.day).await?;
        let terms = terms_of(&weighed, &loads, &bars);
        let version = epoch.version;
        Ok(Self { epoch, version, followed: version, weighed, recorded: past, loads, bars, terms })
    }

    /// The picture with everything in it that the store holds now; nothing where that touches more
    /// than so many pairs.
    pub(super) async fn caught_up(
        &self,
        store: &Arc<dyn Store>,
        pairs_max: usize,
    ) -> ServiceResult<Option<Self>> {
        // Read first: what is written meanwhile is followed once more.
        let version = store.version().await?;
        let (mut people, mut companies) = (BTreeSet::new(), false);
        let mut changes = store.stream_changes(self.followed);
        while let Some(change) = changes.try_next().await? {
            match change.id {
                AnyId::PersonId(person) => _ = people.insert(person),
                AnyId::CompanyId(_) => companies = true,
                _ => {}
            }
            if people.len() / 2 > pairs_max {
                return Ok(None);
            }
        }
        drop(changes);
        // From here on what is recorded now, no longer what was recorded at the epoch.
        let now = self.recorded.over(Arc::clone(store));
        let here = Self { recorded: now, ..self.clone() };
        let ids: Vec<PersonId> = people.iter().copied().collect();
        let pairs = self.pairs_among(&here.recorded, &ids).await?;
        if pairs.len() > pairs_max {
            return Ok(None);
        }
        let said = Said::somehow(&people, companies);
        let touched = Touched { people, pairs, asks: true, said };
        let next = here.with(store, touched, version).await?;
        Ok(Some(Self { followed: version, ..next }))
    }

    /// The picture with everything in it that the store holds now.
    pub(super) async fn followed_to_the_end(&self, store: &Arc<dyn Store>) -> ServiceResult<Self> {
        let next = self.caught_up(store, usize::MAX).await?;
        Ok(next.expect("no number of pairs is too many"))
    }

    /// The picture after a batch that the store has applied.
    pub(super) async fn after(
        &self,
        store: &Arc<dyn Store>,
        batch: &Batch,
        version: Version,
    ) -> ServiceResult<Self> {
        let touched = Touched::by(&**store, batch).await?;
        let next = self.with(store, touched, version).await?;
        // Others may have written between: they are followed in their turn.
        let gapless = self.followed.0 + 1 == version.0;
        Ok(Self { followed: if gapless { version } else { self.followed }, ..next })
    }

    /// Whether everything up to a version is in it.
    pub(super) fn has_followed(&self, version: Version) -> bool {
        self.followed >= version
    }

    /// The picture of the same moment as a member sees it; `before` is an earlier one of theirs, from
    /// which it is a shorter way.
    ///
    /// # Complexity
    /// Linear in the evidence of the pairs of which the member sees more than the team, or of those
    /// that were touched since the earlier one.
    pub(super) async fn seen_by(
        &self,
        member: MemberId,
        before: Option<&Self>,
    ) -> ServiceResult<Self> {
        let mut touched = Touched::default();
        let before = before.filter(|before| before.epoch == self.epoch);
        let recorded = if let Some(before) = before {
            self.seen_since(before, member, &mut touched).await?
        } else {
            let recorded = self.recorded.seen_by(member).await?;
            let own: Vec<Pair> = recorded.store().stream_own_pairs().try_collect().await?;
            touched.pairs = own.into_iter().collect();
            recorded
        };
        let here = before.unwrap_or(self);
        let (loads, bars) = (Arc::clone(&self.loads), Arc::clone(&self.bars));
        let here = Self { loads, bars, ..here.clone() };
        let next = here.moved_to(recorded, touched, self.version).await?;
        // What the team's picture does not hold yet is followed once more.
        Ok(Self { followed: self.followed, ..next })
    }

    /// What is recorded as a member sees it, and what was touched since an earlier picture of
    /// theirs.
    async fn seen_since(
        &self,
        before: &Self,
        member: MemberId,
        touched: &mut Touched,
    ) -> ServiceResult<Recorded> {
        let store = before.recorded.store();
        let mut changes = store.stream_changes(before.followed);
        let mut companies = false;
        while let Some(change) = changes.try_next().await? {
            match change.id {
                AnyId::PersonId(person) => _ = touched.people.insert(person),
                AnyId::CompanyId(_) => companies = true,
                AnyId::IntroductionId(_) | AnyId::AskRulesId(_) => touched.asks = true,
                _ => {}
            }
        }
        drop(changes);
        let people: Vec<PersonId> = touched.people.iter().copied().collect();
        let since = (people.as_slice(), companies);
        let recorded = self.recorded.seen_again_by(member, &before.recorded, since).await?;
        touched.pairs = before.pairs_among(&recorded, &people).await?;
        Ok(recorded)
    }

    /// The pairs among some people of whom something was told or taken back since this picture:
    /// whatever is told of a pair is told of both.
    async fn pairs_among(
        &self,
        recorded: &Recorded,
        people: &[PersonId],
    ) -> ServiceResult<BTreeSet<Pair>> {
        let among: BTreeSet<PersonId> = people.iter().map(|&id| recorded.person(id)).collect();
        if among.len() <= ALL_PAIRS_OF {
            let with = |&low: &PersonId| among.range(low..).skip(1).map(move |&high| (low, high));
            return Ok(among.iter().flat_map(with).collect());
        }
        let mut pairs = recorded.pairs_of(people).await?;
        // Those of which all was taken back.
        pairs.extend(recorded.as_of(self.followed).pairs_of(people).await?);
        let within = |(low, high): &Pair| among.contains(low) && among.contains(high);
        Ok(pairs.into_iter().filter(within).collect())
    }

    async fn with(
        &self,
        store: &Arc<dyn Store>,
        touched: Touched,
        version: Version,
    ) -> ServiceResult<Self> {
        let joins = self.recorded.joins().after(&**store, &touched.said).await?;
        let recorded = match joins {
            None => self.recorded.clone(),
            Some(joins) => Recorded::new(Arc::clone(store), Arc::new(joins)),
        };
        self.moved_to(recorded, touched, version).await
    }

    /// The picture as something else is recorded, by which these are touched.
    async fn moved_to(
        &self,
        recorded: Recorded,
        mut touched: Touched,
        version: Version,
    ) -> ServiceResult<Self> {
        touched.follow_joins(&self.recorded, &recorded).await?;
        let mut evidence: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let whole: Vec<_> = touched.pairs.iter().filter_map(|&pair| recorded.pair(pair)).collect();
        touched.pairs.extend(whole);
        let (shown, gone): (Vec<_>, Vec<_>) =
            touched.pairs.into_iter().partition(|&pair| recorded.pair(pair) == Some(pair));
        evidence.extend(gone.into_iter().map(|pair| (pair, Vec::new())));
        let rows = recorded.evidence_of_pairs(&shown).await?;
        evidence.extend(rows.into_iter().map(|row| ((row.low, row.high), row.evidence)));
        let (shown, hidden): (Vec<_>, Vec<_>) =
            touched.people.into_iter().partition(|&id| recorded.person(id) == id);
        // So many that others would have to wait for this thread.
        let many = evidence.len() > 1_000;
        // Who is asked how much concerns those alone who have a place.
        let others = touched.asks || !shown.is_empty() || !hidden.is_empty();
        let weighed = self.weighed.clone();
        let refold = move || weighed.refold((shown, hidden), &evidence);
        let weighed = if many { in_background(|| Ok(refold())).await? } else { refold() };
        let (mut loads, mut terms) = (Arc::clone(&self.loads), Arc::clone(&self.terms));
        let mut bars = Arc::clone(&self.bars);
        if touched.asks {
            (loads, bars) = asked_on(&recorded, self.epoch.day).await?;
        }
        if others {
            terms = terms_of(&weighed, &loads, &bars);
        }
        let (epoch, followed, version) = (self.epoch, self.followed, version.max(self.version));
        Ok(Self { epoch, version, followed, weighed, recorded, loads, bars, terms })
    }

    /// The same with ties that are only inferred.
    pub(super) fn with_inferred(&self, pairs: impl IntoIterator<Item = Pair>) -> Self {
        Self { weighed: self.weighed.with_inferred(pairs), ..self.clone() }
    }

    /// The same under a hypothesis: what it touches is read from a store that lies over that of this
    /// picture, and folded again; nothing else is.
    pub(super) async fn supposing(
        &self,
        store: &Arc<dyn Store>,
        supposed: &Supposed,
    ) -> ServiceResult<Self> {
        let here = Self { recorded: self.recorded.over(Arc::clone(store)), ..self.clone() };
        let mut touched = Touched { pairs: supposed.pairs().collect(), ..Touched::default() };
        supposed.claims().for_each(|claim| touched.said.add(claim));
        let gone: Vec<PersonId> = supposed.gone().collect();
        for person in self.recorded.people(&gone).await?.into_iter().flatten() {
            person.facts.iter().for_each(|fact| touched.said.add(&fact.claim));
        }
        let next = here.with(store, touched, self.version).await?;
        let weighed = next.weighed.refold((Vec::new(), gone), &BTreeMap::new());
        Ok(Self { weighed, ..next })
    }

    /// How much somebody is asked already.
    pub(super) fn load_of(&self, person: PersonId) -> LoadBand {
        self.loads.get(&person).copied().unwrap_or_default()
    }
}

/// What of the network a batch touches.
#[derive(Debug, Default)]
struct Touched {
    people: BTreeSet<PersonId>,
    pairs: BTreeSet<(PersonId, PersonId)>,
    asks: bool,
    said: Said,
}

impl Touched {
    async fn by(store: &dyn Store, batch: &Batch) -> ServiceResult<Self> {
        let mut touched = Self::default();
        let mut retracted: Vec<FactId> = Vec::new();
        for change in &batch.changes {
            match change {
                Change::AddPerson(id) => {
                    touched.people.insert(*id);
                }
                Change::Tell(telling) => touched.claim(&telling.claim),
                Change::Retract { fact, .. } | Change::SetAudience { fact, .. } => {
                    retracted.push(*fact);
                }
                Change::PutIntroduction(_) | Change::PutAskRules(_) => touched.asks = true,
                _ => {}
            }
        }
        for page in retracted.chunks(PAGE_MAX) {
            for fact in store.facts(page).await?.into_iter().flatten() {
                touched.claim(&fact.claim);
            }
        }
        Ok(touched)
    }

    fn claim(&mut self, claim: &Claim) {
        self.said.add(claim);
        self.asks |= matches!(claim, Claim::AskLimit { .. });
        if let Claim::Evidence(evidence) = claim {
            self.pairs.extend(evidence.pairs().into_iter().map(|(low, high, _)| (low, high)));
        }
    }

    /// Adds whoever came together or went apart, and their pairs, before and after.
    async fn follow_joins(&mut self, before: &Recorded, after: &Recorded) -> ServiceResult<()> {
        let moved: Vec<PersonId> = before.moved(after).into_iter().collect();
        self.pairs.extend(before.pairs_of(&moved).await?);
        self.pairs.extend(after.pairs_of(&moved).await?);
        self.people.extend(moved);
        Ok(())
    }
}

/// How much everybody was asked up to a day, and what their limits mean for it.
async fn asked_on(
    recorded: &Recorded,
    day: Day,
) -> ServiceResult<(Arc<HashMap<PersonId, LoadBand>>, Arc<Bars>)> {
    let mut asked: HashMap<PersonId, Vec<_>> = HashMap::new();
    let mut asks = recorded.asks_since(day.plus(-LOAD_DAYS).start()).await?;
    asks.retain(|ask| ask.at < day.end());
    for ask in &asks {
        asked.entry(ask.connector).or_default().push(ask.at);
    }
    let band = |(person, at): (PersonId, Vec<Timestamp>)| (person, LoadBand::of(at, day));
    let loads = Arc::new(asked.into_iter().map(band).collect());
    Ok((loads, Arc::new(Bars::on(recorded, day, &asks).await?)))
}

fn terms_of(
    weighed: &Weighed,
    loads: &HashMap<PersonId, LoadBand>,
    bars: &Bars,
) -> Arc<PersonTerms> {
    let mut terms: HashMap<PersonId, f32> =
        loads.iter().map(|(&person, band)| (person, band.term())).collect();
    for (person, term) in bars.terms() {
        *terms.entry(person).or_default() += term;
    }
    let network = weighed.network();
    let place = |(person, term)| network.find(person).map(|node| (node, term));
    Arc::new(PersonTerms::new(terms.into_iter().filter_map(place)))
}
