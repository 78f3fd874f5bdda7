//! A hypothesis over a picture: what is told besides, in the words of the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use sha2::{Digest, Sha256};

use crate::{
    model::{
        Change, Claim, Closeness, Direction, Employment, EmploymentId, Evidence, EvidenceKind,
        Fact, Level, PairEvidence, PersonId, Span, Speaker, Telling, Timestamp,
    },
    service::{
        ServiceResult, Tertius, Viewer,
        identity::{Pair, Recorded},
        picture::Picture,
    },
    store::Store,
};

use super::{
    Hypothesis, HypothesisKey, Partner, Plan, Supposed, first_half, layer::SupposedStore, wrong,
};

/// The most people of a company that may become known.
const STAFF_MAX: usize = 2_000;

/// The most ties that partners of one hypothesis may bring.
const PARTNER_TIES_MAX: usize = 20_000;

impl Tertius {
    pub(super) async fn lay(
        &self,
        viewer: &Viewer,
        base: &Picture,
        hypothesis: &Hypothesis,
    ) -> ServiceResult<Picture> {
        let Hypothesis { key, plan, .. } = hypothesis;
        let now = match viewer.day() {
            Some(day) => self.clock.now().min(day.end().plus_ms(-1)),
            None => self.clock.now(),
        };
        let recorded = &base.recorded;
        let parts = |id: PersonId| recorded.joins().people.parts(id);
        let mut supposed = Supposed {
            gone: plan.leavers.iter().flat_map(|&id| parts(id)).collect(),
            cut: plan.no_ties.iter().flat_map(|&pair| recorded.parts_of(pair)).collect(),
            told: BTreeMap::new(),
            jobs: self.supposed_jobs(viewer, plan, *key, now),
        };
        let mut ties = BTreeMap::new();
        if !plan.partners.is_empty() {
            // Whoever is supposed to work at a partner is one of its people.
            let there = base.supposing(&over(recorded, &supposed), &supposed).await?.recorded;
            ties = partner_ties((viewer, base), &there, &plan.partners).await?;
        }
        // What is said of two people counts, whatever is said of everybody at a company.
        ties.retain(|&pair, _| !supposed.cut.contains(&pair));
        ties.extend(plan.ties.iter().copied());
        for ((from, to), closeness) in ties {
            let told = self.supposed_statement(viewer, (from, to), closeness, now);
            supposed.told.insert((from.min(to), from.max(to)), vec![told]);
        }
        base.supposing(&over(recorded, &supposed), &supposed).await
    }

    /// What the viewer would tell by saying now how well two people know each other.
    fn supposed_statement(
        &self,
        viewer: &Viewer,
        (from, to): Pair,
        closeness: Closeness,
        now: Timestamp,
    ) -> PairEvidence {
        let by = Speaker::Person(viewer.person());
        let kind = EvidenceKind::Statement { closeness, by };
        let evidence = Evidence::new(kind.clone(), now, [from.into(), to.into()]);
        let evidence = evidence.expect("the two were checked to be different");
        PairEvidence {
            fact: self.supposed_telling(viewer, Claim::Evidence(evidence), now).fact_id(),
            kind,
            direction: Direction::Mutual,
            at: now,
            recorded_at: now,
            recipients: 1,
            level: Level::Evidence,
        }
    }

    fn supposed_jobs(
        &self,
        viewer: &Viewer,
        plan: &Plan,
        key: HypothesisKey,
        now: Timestamp,
    ) -> Vec<Fact> {
        let fact = |(number, (person, company, title)): (u32, &(_, _, Option<_>))| {
            let digest = Sha256::new().chain_update(key.0.to_be_bytes());
            let digest = digest.chain_update(number.to_be_bytes()).finalize().into();
            let id = EmploymentId::new(first_half(&digest));
            let (person, company, title) = (*person, *company, title.clone());
            let job = Employment { id, person, company, title, span: Span::default() };
            let telling = self.supposed_telling(viewer, Claim::Employment(job), now);
            let id = telling.fact_id();
            Fact { id, claim: telling.claim, attestations: vec![telling.attestation] }
        };
        (1..).zip(&plan.jobs).map(fact).collect()
    }

    fn supposed_telling(&self, viewer: &Viewer, claim: Claim, now: Timestamp) -> Telling {
        let Change::Tell(mut telling) = self.tell(viewer, claim) else {
            unreachable!("a claim is told")
        };
        telling.attestation.recorded_at = now;
        telling
    }
}

/// The store of a picture, with what is supposed over it.
fn over(recorded: &Recorded, supposed: &Supposed) -> Arc<dyn Store> {
    let supposed = Arc::new(supposed.clone());
    Arc::new(SupposedStore { inner: recorded.shared_store(), supposed })
}

/// The ties between partners' people, as far as the viewer sees that they work there, and those who
/// get to know them.
async fn partner_ties(
    (viewer, base): (&Viewer, &Picture),
    there: &Recorded,
    partners: &[Partner],
) -> ServiceResult<BTreeMap<Pair, Closeness>> {
    let companies: Vec<_> = partners.iter().map(|partner| partner.company).collect();
    let staff = there.staff(&companies).await?;
    let mut ties: BTreeMap<Pair, Closeness> = BTreeMap::new();
    for (partner, facts) in partners.iter().zip(staff) {
        let jobs = facts.iter().filter_map(|fact| fact.employment_for(viewer.eyes()));
        let jobs = jobs.filter(|job| job.span.contains(base.epoch.day));
        let people: BTreeSet<PersonId> = jobs.map(|job| job.person).collect();
        if people.len() > STAFF_MAX {
            let message = format!(
                "{} people work there, but {STAFF_MAX} are the most that become known at once",
                people.len()
            );
            return Err(wrong(partner.number, "partnerPeople.companyId", message));
        }
        for &knower in &partner.knowers {
            let knower = there.person(knower);
            for &other in people.iter().filter(|&&other| other != knower) {
                let pair = (knower.min(other), knower.max(other));
                let before = ties.insert(pair, partner.closeness);
                if before.is_some_and(|before| before != partner.closeness) {
                    let message = "an earlier change says of the same people how well they know \
                                   each other, and says otherwise";
                    return Err(wrong(partner.number, "partnerPeople", message));
                }
            }
        }
        if ties.len() > PARTNER_TIES_MAX {
            let message = format!(
                "with it partners bring {} ties, but {PARTNER_TIES_MAX} are the most; name fewer \
                 who know their people",
                ties.len()
            );
            return Err(wrong(partner.number, "partnerPeople.knowers", message));
        }
    }
    Ok(ties)
}
