//! What if: what a question supposes, as a client says it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, ID, InputObject, OneofObject, Result};

use crate::{
    model::Closeness,
    service::{self, Hypothesis, HypothesisKey, Vantage, Viewer},
};

use super::{
    context::{tertius, viewer_as_of},
    error::{bad_input, fail},
    input::named_id,
    mutation_input::StatedCloseness,
    path_input::PathFromInput,
    scalar::{Date, Score},
};

/// The most hypotheses under which one request may ask: each is laid over the network.
const HYPOTHESES_MAX: usize = 4;

/// The hypotheses of one request: what hangs below an answer is seen under the same one.
#[derive(Debug, Default)]
pub(super) struct Hypotheses(Mutex<BTreeMap<HypothesisKey, Arc<Hypothesis>>>);

impl Hypotheses {
    /// The same viewer, who sees from somewhere.
    pub(super) fn viewer_at(&self, viewer: &Viewer, vantage: Vantage) -> Viewer {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hypothesis = vantage.supposed.and_then(|key| known.get(&key).cloned());
        viewer.as_of(vantage.day).supposing(hypothesis)
    }

    /// Keeps a hypothesis to the end of the request; nothing where it is one too many. Of equal ones
    /// the first is kept.
    fn keep(&self, hypothesis: &Arc<Hypothesis>) -> Option<Arc<Hypothesis>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.entry(hypothesis.key()).or_insert_with(|| Arc::clone(hypothesis)).clone();
        (known.len() <= HYPOTHESES_MAX).then_some(kept)
    }
}

/// Two people, and how well they are supposed to know each other.
#[derive(Debug, Clone, InputObject)]
pub struct SupposedTieInput {
    /// One of the two; you if nobody is named.
    pub from_id: Option<ID>,
    /// The other.
    pub to_id: ID,
    /// How well, `GOOD` if nothing is said.
    pub closeness: Option<StatedCloseness>,
    /// A number of your own instead of a word; name one of the two.
    pub score: Option<Score>,
}

/// Two people who are supposed to have nothing to do with each other.
#[derive(Debug, Clone, InputObject)]
pub struct SupposedNoTieInput {
    /// One of the two; you if nobody is named.
    pub from_id: Option<ID>,
    /// The other.
    pub to_id: ID,
}

/// Somebody who is supposed to work at a company, besides what else they do.
#[derive(Debug, Clone, InputObject)]
pub struct SupposedEmploymentInput {
    /// Who.
    pub person_id: ID,
    /// Where.
    pub company_id: ID,
    /// As what.
    pub title: Option<String>,
}

/// A company that is supposed to become a partner: some people know everybody who works there.
#[derive(Debug, Clone, InputObject)]
pub struct SupposedPartnerInput {
    /// Which company; 2000 people may work there at most.
    pub company_id: ID,
    /// Who knows its people; you if nothing is said.
    pub knowers: Option<PathFromInput>,
    /// How well, `GOOD` if nothing is said.
    pub closeness: Option<StatedCloseness>,
    /// A number of your own instead of a word; name one of the two.
    pub score: Option<Score>,
}

/// A change that is only supposed. Nothing is recorded, and nobody else sees anything of it.
#[derive(Debug, Clone, OneofObject)]
pub enum SupposedChange {
    /// Two people know each other, as if you said so today.
    Tie(SupposedTieInput),
    /// Two people do not know each other.
    NoTie(SupposedNoTieInput),
    /// A person works at a company.
    Employment(SupposedEmploymentInput),
    /// A person left: no path leads through them, they know nobody, they are found nowhere.
    PersonLeaves(ID),
    /// A company becomes a partner.
    PartnerPeople(SupposedPartnerInput),
}

impl SupposedChange {
    fn read(&self) -> Result<service::SupposedChange> {
        let person = |field, id: &ID| named_id(field, id);
        Ok(match self {
            Self::Tie(tie) => service::SupposedChange::Tie {
                from: tie.from_id.as_ref().map(|id| person("fromId", id)).transpose()?,
                to: person("toId", &tie.to_id)?,
                closeness: stated(tie.closeness, tie.score)?,
            },
            Self::NoTie(tie) => service::SupposedChange::NoTie {
                from: tie.from_id.as_ref().map(|id| person("fromId", id)).transpose()?,
                to: person("toId", &tie.to_id)?,
            },
            Self::Employment(job) => service::SupposedChange::Employment {
                person: person("personId", &job.person_id)?,
                company: named_id("companyId", &job.company_id)?,
                title: job.title.clone(),
            },
            Self::PersonLeaves(id) => {
                service::SupposedChange::PersonLeaves(person("personLeaves", id)?)
            }
            Self::PartnerPeople(partner) => service::SupposedChange::PartnerPeople {
                company: named_id("companyId", &partner.company_id)?,
                knowers: PathFromInput::read(partner.knowers.as_ref())?,
                closeness: stated(partner.closeness, partner.score)?,
            },
        })
    }
}

/// How well two people are said to know each other, by a word or a number.
pub(super) fn stated(
    closeness: Option<StatedCloseness>,
    score: Option<Score>,
) -> Result<Closeness> {
    Ok(match (closeness, score) {
        (Some(_), Some(_)) => {
            let message = "score: name either `closeness` or `score`";
            return Err(bad_input(Some("score"), message));
        }
        (None, Some(Score(score))) => Closeness::Score(score),
        (Some(StatedCloseness::Weak), None) => Closeness::Weak,
        (Some(StatedCloseness::Close), None) => Closeness::Close,
        (Some(StatedCloseness::Good) | None, None) => Closeness::Good,
    })
}

/// Who asks, as of a day, supposing what a question supposes.
pub(super) async fn viewer_supposing(
    ctx: &Context<'_>,
    as_of: Option<Date>,
    changes: Option<Vec<SupposedChange>>,
) -> Result<Viewer> {
    let viewer = viewer_as_of(ctx, as_of)?;
    let read = |(number, change): (usize, &SupposedChange)| {
        change.read().map_err(|error| {
            let message = format!("suppose: change {number}, {}", error.message);
            bad_input(Some("suppose"), message)
        })
    };
    let changes = changes.unwrap_or_default();
    let changes = (1..).zip(&changes).map(read).collect::<Result<Vec<_>>>()?;
    let supposing = tertius(ctx)?.suppose(&viewer, &changes).await;
    let supposing = supposing.map_err(|error| fail(ctx, error))?;
    let Some(hypothesis) = supposing.hypothesis() else { return Ok(supposing) };
    let known: &Arc<Hypotheses> = ctx.data()?;
    let kept = known.keep(hypothesis).ok_or_else(|| {
        let message =
            format!("suppose: one request may ask under {HYPOTHESES_MAX} hypotheses at most");
        bad_input(Some("suppose"), message)
    })?;
    Ok(supposing.supposing(Some(kept)))
}

/// What is supposed, a sentence without its stop for each change.
pub(super) fn sentences(viewer: &Viewer) -> Vec<String> {
    viewer.hypothesis().map(|hypothesis| hypothesis.sentences().to_vec()).unwrap_or_default()
}
