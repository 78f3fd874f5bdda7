//! The network of one moment: the fold of an epoch, and what was written since.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures_util::TryStreamExt;

use crate::{
    algo::{Folder, LOAD_DAYS, LoadBand, PersonTerms, Weighed},
    model::{Batch, Change, Claim, Day, Epoch, FactId, PersonId, Version},
    store::{PAGE_MAX, Store},
};

use super::{ServiceError, ServiceResult};

/// What questions are answered from; immutable, so that nobody waits for a lock.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) epoch: Epoch,
    /// The facts up to this version are in it.
    pub(super) version: Version,
    pub(super) weighed: Weighed,
    loads: HashMap<PersonId, LoadBand>,
    /// What is added inside the logit of a step for the person who is asked.
    pub(super) terms: PersonTerms,
}

impl Picture {
    /// Folds everything that is recorded, for a day.
    pub(super) async fn load(store: &dyn Store, day: Day) -> ServiceResult<Self> {
        // Read first: what is written during the streams is folded again when it is followed.
        let version = store.version().await?;
        let people: Vec<PersonId> = store.stream_people().try_collect().await?;
        let mut folder = Folder::new(people, day);
        let mut pairs = store.stream_pairs();
        while let Some(row) = pairs.try_next().await? {
            folder.add(row.low, row.high, &row.evidence);
        }
        drop(pairs);
        let weighed = folder.finish().map_err(|error| ServiceError::Internal(Box::new(error)))?;
        let loads = loads(store, day).await?;
        let terms = terms(&weighed, &loads);
        Ok(Self { epoch: Epoch { version, day }, version, weighed, loads, terms })
    }

    /// The picture after a batch that the store has applied.
    pub(super) async fn after(
        &self,
        store: &dyn Store,
        batch: &Batch,
        version: Version,
    ) -> ServiceResult<Self> {
        self.with(store, Touched::by(store, batch).await?, version).await
    }

    /// The picture after these people were changed by somebody else.
    pub(super) async fn with_people(
        &self,
        store: &dyn Store,
        people: BTreeSet<PersonId>,
        version: Version,
    ) -> ServiceResult<Self> {
        let ids: Vec<PersonId> = people.iter().copied().collect();
        let pairs = store.pairs_of(&ids).await?.into_iter().collect();
        self.with(store, Touched { people, pairs, asks: true }, version).await
    }

    async fn with(
        &self,
        store: &dyn Store,
        touched: Touched,
        version: Version,
    ) -> ServiceResult<Self> {
        let mut evidence = BTreeMap::new();
        let pairs: Vec<_> = touched.pairs.into_iter().collect();
        for page in pairs.chunks(PAGE_MAX) {
            let rows = store.evidence_of_pairs(page).await?;
            evidence.extend(rows.into_iter().map(|row| ((row.low, row.high), row.evidence)));
        }
        let weighed = self.weighed.refold(touched.people, &evidence);
        let loads =
            if touched.asks { loads(store, self.epoch.day).await? } else { self.loads.clone() };
        let terms = terms(&weighed, &loads);
        Ok(Self { epoch: self.epoch, version, weighed, loads, terms })
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
                Change::Retract { fact, .. } => retracted.push(*fact),
                Change::PutIntroduction(_) => touched.asks = true,
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
        if let Claim::Evidence(evidence) = claim {
            self.pairs.extend(evidence.pairs().into_iter().map(|(low, high, _)| (low, high)));
        }
    }
}

async fn loads(store: &dyn Store, day: Day) -> ServiceResult<HashMap<PersonId, LoadBand>> {
    let mut asked: HashMap<PersonId, Vec<_>> = HashMap::new();
    for ask in store.asks_since(day.plus(-LOAD_DAYS).start()).await? {
        asked.entry(ask.connector).or_default().push(ask.at);
    }
    Ok(asked.into_iter().map(|(person, at)| (person, LoadBand::of(at, day))).collect())
}

fn terms(weighed: &Weighed, loads: &HashMap<PersonId, LoadBand>) -> PersonTerms {
    let place = |(&person, band): (&PersonId, &LoadBand)| {
        weighed.network().find(person).map(|node| (node, band.term()))
    };
    PersonTerms::new(loads.iter().filter_map(place))
}
