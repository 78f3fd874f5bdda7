//! The network of one moment: the fold of an epoch, and what was written since.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    algo::{Folder, Formula, LOAD_DAYS, LoadBand, PersonTerms, Weighed},
    model::{Batch, Change, Claim, Day, Epoch, FactId, PersonId, Version},
    store::{PAGE_MAX, Store},
};

use super::{
    ServiceError, ServiceResult,
    calibrating::standing_calibration,
    identity::{Joins, Recorded, Said},
};

/// What questions are answered from; immutable, so that nobody waits for a lock.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) epoch: Epoch,
    /// The facts up to this version are in it.
    pub(super) version: Version,
    pub(super) weighed: Weighed,
    /// Who is one, and what is recorded of them.
    pub(super) recorded: Recorded,
    loads: HashMap<PersonId, LoadBand>,
    /// What is added inside the logit of a step for the person who is asked.
    pub(super) terms: PersonTerms,
}

impl Picture {
    /// Folds everything that is recorded, for a day.
    pub(super) async fn load(store: &Arc<dyn Store>, day: Day) -> ServiceResult<Self> {
        // Read first: what is written during the streams is folded again when it is followed.
        let version = store.version().await?;
        let joins = Joins::load(&**store).await?;
        let recorded = Recorded::new(Arc::clone(store), Arc::new(joins));
        let calibration = standing_calibration(&**store).await?;
        let formula = calibration.map_or(Formula::SHIPPED, |c| c.fitted.into());
        let mut folder = Folder::new(recorded.everybody().await?, day, formula);
        recorded.each_pair(|row| folder.add(row.low, row.high, &row.evidence)).await?;
        let weighed = folder.finish().map_err(|error| ServiceError::Internal(Box::new(error)))?;
        let loads = loads(&recorded, day).await?;
        let terms = terms(&weighed, &loads);
        Ok(Self { epoch: Epoch { version, day }, version, weighed, recorded, loads, terms })
    }

    /// The picture after a batch that the store has applied.
    pub(super) async fn after(
        &self,
        store: &Arc<dyn Store>,
        batch: &Batch,
        version: Version,
    ) -> ServiceResult<Self> {
        let touched = Touched::by(&**store, batch).await?;
        self.with(store, touched, version).await
    }

    /// The picture after these people, and companies too, were changed by somebody else.
    pub(super) async fn followed(
        &self,
        store: &Arc<dyn Store>,
        (people, companies): (BTreeSet<PersonId>, bool),
        version: Version,
    ) -> ServiceResult<Self> {
        let ids: Vec<PersonId> = people.iter().copied().collect();
        let pairs = self.recorded.pairs_of(&ids).await?.into_iter().collect();
        let said = Said::somehow(&people, companies);
        let touched = Touched { people, pairs, asks: true, said };
        self.with(store, touched, version).await
    }

    async fn with(
        &self,
        store: &Arc<dyn Store>,
        mut touched: Touched,
        version: Version,
    ) -> ServiceResult<Self> {
        let joins = self.recorded.joins().after(&**store, &touched.said).await?;
        let recorded = match joins {
            None => self.recorded.clone(),
            Some(joins) => Recorded::new(Arc::clone(store), Arc::new(joins)),
        };
        touched.follow_joins(&self.recorded, &recorded).await?;
        let mut evidence: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let whole: Vec<_> = touched.pairs.iter().filter_map(|&pair| recorded.pair(pair)).collect();
        touched.pairs.extend(whole);
        let (shown, gone): (Vec<_>, Vec<_>) =
            touched.pairs.into_iter().partition(|&pair| recorded.pair(pair) == Some(pair));
        evidence.extend(gone.into_iter().map(|pair| (pair, Vec::new())));
        let rows = recorded.evidence_of_pairs(&shown).await?;
        evidence.extend(rows.into_iter().map(|row| ((row.low, row.high), row.evidence)));
        let people = touched.people.into_iter().filter(|&id| recorded.person(id) == id);
        let weighed = self.weighed.refold(people, &evidence);
        let loads =
            if touched.asks { loads(&recorded, self.epoch.day).await? } else { self.loads.clone() };
        let terms = terms(&weighed, &loads);
        Ok(Self { epoch: self.epoch, version, weighed, recorded, loads, terms })
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
        self.said.add(claim);
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

async fn loads(recorded: &Recorded, day: Day) -> ServiceResult<HashMap<PersonId, LoadBand>> {
    let mut asked: HashMap<PersonId, Vec<_>> = HashMap::new();
    for ask in recorded.asks_since(day.plus(-LOAD_DAYS).start()).await? {
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
