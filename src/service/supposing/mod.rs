//! What if: questions on a hypothesis. It lies over what is recorded, and is stored nowhere.
//!
//! A hypothesis travels in the [`Viewer`], as a past day does. What it supposes is put over the store
//! ([`layer`]), so that whatever is read for an answer, and folded from it, is what it would be had
//! it been recorded.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest, Sha256};

use crate::model::{Closeness, CompanyId, PersonId};

use super::{From, ServiceError, ServiceResult, Tertius, Viewer, identity::Pair, picture::Picture};

mod access;
mod checking;
mod layer;
mod laying;

pub(super) use layer::Supposed;

/// The most changes of one hypothesis.
const CHANGES_MAX: usize = 100;

/// How many pictures one hypothesis is laid over and kept: those of a question and of its days.
const LAID_KEPT: usize = 4;

/// A change that is only supposed.
#[derive(Debug, Clone, PartialEq)]
pub enum SupposedChange {
    /// Two people know each other so well: as if the viewer said so today.
    Tie {
        /// One of the two; the viewer's own person where nobody is named.
        from: Option<PersonId>,
        /// The other.
        to: PersonId,
        /// How well.
        closeness: Closeness,
    },
    /// Two people have nothing to do with each other.
    NoTie {
        /// One of the two; the viewer's own person where nobody is named.
        from: Option<PersonId>,
        /// The other.
        to: PersonId,
    },
    /// Some people know everybody who works at a company: it becomes a partner.
    PartnerPeople {
        /// Which company.
        company: CompanyId,
        /// Who knows its people.
        knowers: From,
        /// How well.
        closeness: Closeness,
    },
    /// A person works at a company, besides what else they do.
    Employment {
        /// Who.
        person: PersonId,
        /// Where.
        company: CompanyId,
        /// As what.
        title: Option<String>,
    },
    /// A person left: nobody knows them, and they are found nowhere.
    PersonLeaves(PersonId),
}

impl SupposedChange {
    /// What it is, as the input of a question calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Tie { .. } => "tie",
            Self::NoTie { .. } => "noTie",
            Self::PartnerPeople { .. } => "partnerPeople",
            Self::Employment { .. } => "employment",
            Self::PersonLeaves(_) => "personLeaves",
        }
    }
}

/// By what one hypothesis is told from another: equal for equal changes by the same member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HypothesisKey(u128);

/// Changes that are only supposed, all of them together; in which order says nothing.
#[derive(Debug)]
pub struct Hypothesis {
    key: HypothesisKey,
    plan: Plan,
    sentences: Vec<String>,
    /// The pictures over which it was laid, with what came of it; the newest last.
    laid: Mutex<Vec<(Arc<Picture>, Arc<Picture>)>>,
}

impl PartialEq for Hypothesis {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

/// What was checked of a hypothesis: who and what is named is there, and nothing contradicts itself.
#[derive(Debug, Default)]
struct Plan {
    ties: Vec<(Pair, Closeness)>,
    no_ties: Vec<Pair>,
    jobs: Vec<(PersonId, CompanyId, Option<crate::model::Title>)>,
    leavers: Vec<PersonId>,
    partners: Vec<Partner>,
}

/// Everybody at a company, who becomes known.
#[derive(Debug)]
struct Partner {
    /// Which of the changes it is, counted from 1.
    number: usize,
    company: CompanyId,
    knowers: Vec<PersonId>,
    closeness: Closeness,
}

impl Hypothesis {
    /// By what it is told from others.
    pub fn key(&self) -> HypothesisKey {
        self.key
    }

    /// What is supposed, a sentence without its stop for each change, to go on from "supposing
    /// that".
    pub fn sentences(&self) -> &[String] {
        &self.sentences
    }

    fn laid_over(&self, base: &Arc<Picture>) -> Option<Arc<Picture>> {
        let laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        let found = laid.iter().find(|(over, _)| Arc::ptr_eq(over, base));
        found.map(|(_, picture)| Arc::clone(picture))
    }

    fn keep(&self, base: &Arc<Picture>, picture: &Arc<Picture>) {
        let mut laid = self.laid.lock().unwrap_or_else(PoisonError::into_inner);
        laid.push((Arc::clone(base), Arc::clone(picture)));
        if laid.len() > LAID_KEPT {
            laid.remove(0);
        }
    }
}

impl Tertius {
    /// The viewer, who asks under a hypothesis: every answer is what it would be if these changes
    /// were recorded now. Nothing is; what is supposed ends with the viewer that is returned. What
    /// is a figure of the whole network (who shares acquaintances, medians) stays that of the epoch,
    /// as it does after a write.
    ///
    /// Without changes it is the viewer as they are.
    ///
    /// # Errors
    /// `Invalid`, with the number of the change and its part, for who or what is not there or not
    /// seen, for what contradicts itself, for too many changes, for a company with too many people.
    ///
    /// # Complexity
    /// Linear in the facts of whoever is named, the evidence of the pairs, and the rows of their
    /// people; what was written since the epoch is copied.
    pub async fn suppose(
        &self,
        viewer: &Viewer,
        changes: &[SupposedChange],
    ) -> ServiceResult<Viewer> {
        let viewer = viewer.supposing(None);
        if changes.is_empty() {
            return Ok(viewer);
        }
        if changes.len() > CHANGES_MAX {
            let message =
                format!("{} changes are supposed, but {CHANGES_MAX} are the most", changes.len());
            return Err(ServiceError::invalid("suppose", message));
        }
        let (plan, sentences) = self.check_hypothesis(&viewer, changes).await?;
        let key = key_of(&viewer, changes);
        let hypothesis = Hypothesis { key, plan, sentences, laid: Mutex::default() };
        let supposing = viewer.supposing(Some(Arc::new(hypothesis)));
        // What is wrong with it shows before anything is asked.
        self.picture_of(&supposing).await?;
        Ok(supposing)
    }

    /// A picture under a hypothesis; the same for all that one question reads.
    pub(super) async fn picture_under(
        &self,
        viewer: &Viewer,
        base: &Arc<Picture>,
        hypothesis: &Hypothesis,
    ) -> ServiceResult<Arc<Picture>> {
        if let Some(picture) = hypothesis.laid_over(base) {
            return Ok(picture);
        }
        let picture = Arc::new(self.lay(viewer, base, hypothesis).await?);
        hypothesis.keep(base, &picture);
        Ok(picture)
    }
}

/// An error of one change, by its place in the list, counted from 1.
fn wrong(number: usize, part: &str, message: impl std::fmt::Display) -> ServiceError {
    ServiceError::invalid("suppose", format!("change {number}, {part}: {message}"))
}

fn key_of(viewer: &Viewer, changes: &[SupposedChange]) -> HypothesisKey {
    let mut text = viewer.member().to_string();
    for change in changes {
        write!(text, "\n{change:?}").expect("a string takes everything");
    }
    HypothesisKey(first_half(&Sha256::digest(text).into()))
}

/// The first half of a digest, as a number.
fn first_half(digest: &[u8; 32]) -> u128 {
    let (half, _) = digest.split_at(16);
    u128::from_be_bytes(half.try_into().expect("16 bytes were split off"))
}
