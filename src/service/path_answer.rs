//! Questions for paths, and what is said of the paths that were found.

use crate::{
    algo::LoadBand,
    model::{CompanyId, Day, PersonId, WantedPost},
};

use super::{Page, PageRequest, Receipt, Vantage};

/// From where a path starts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum From {
    /// The viewer's own person.
    #[default]
    Me,
    /// Anybody of the team.
    MyTeam,
    /// Any of these.
    People(Vec<PersonId>),
}

/// Where a path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// A person.
    Person(PersonId),
    /// Anybody who works at a company today.
    Company(CompanyId),
    /// Anybody there who has such a post today.
    Role {
        /// Which company.
        company: CompanyId,
        /// Which post.
        post: WantedPost,
    },
}

/// A question for paths.
#[derive(Debug, Clone)]
pub struct PathQuestion {
    /// From where.
    pub from: From,
    /// To whom.
    pub to: To,
    /// How many paths, after which one.
    pub page: PageRequest,
    /// How many steps at most.
    pub max_steps: Option<usize>,
    /// What each step must be worth at least, from 0 to 1.
    pub min_step: Option<f64>,
    /// Whether the first and the last step may be one that is only inferred: between people who
    /// worked at the same company at the same time.
    pub inferred: bool,
    /// Whether paths are wanted that differ, each chosen for what it adds to those before it.
    pub differing: bool,
    /// People who shall not be on the path.
    pub avoid_people: Vec<PersonId>,
    /// Companies whose staff shall not be on the path.
    pub avoid_companies: Vec<CompanyId>,
}

impl PathQuestion {
    /// The viewer's best paths to somebody.
    pub fn to(to: To) -> Self {
        Self {
            from: From::Me,
            to,
            page: PageRequest::default(),
            max_steps: None,
            min_step: None,
            inferred: false,
            differing: false,
            avoid_people: Vec::new(),
            avoid_companies: Vec::new(),
        }
    }
}

/// What a probability means in words, until 30 outcomes have shown what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Under 0.1.
    LastResort,
    /// From 0.1.
    WorthAsking,
    /// From 0.4.
    LikelyYes,
}

impl Verdict {
    /// The word for a probability.
    pub fn of(probability: f64) -> Self {
        match probability {
            p if p >= 0.4 => Self::LikelyYes,
            p if p >= 0.1 => Self::WorthAsking,
            _ => Self::LastResort,
        }
    }
}

/// On how many outcomes of this installation the probabilities stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Basis {
    /// How many outcomes entered; with none, it is what was measured elsewhere.
    pub outcomes: u32,
}

/// What speaks against a path, and at whom on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Risk {
    /// What it is.
    pub kind: RiskKind,
    /// Who would be asked in the step that it is about.
    pub person: PersonId,
}

/// What may speak against a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskKind {
    /// A connector has been asked often of late, or too often.
    OveraskedConnector,
    /// A connector was asked this month as often as they are willing to be, or more.
    OverTheirLimit,
    /// A tie on the way is only a connection on a network.
    ConnectedOnly,
    /// Nobody told of the tie: the two worked at the same company at the same time.
    Inferred,
    /// The last contact on a tie of the way that the viewer may see is over 90 days old.
    CoolingTie,
}

/// One step of a path: one person is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// Who asks.
    pub from: PersonId,
    /// Who is asked.
    pub to: PersonId,
    /// The probability that the step is granted.
    pub probability: f64,
    /// How often the person asked has been asked of late; nothing for the target.
    pub load: Option<LoadBand>,
    /// How strong the tie is and why.
    pub receipt: Receipt,
}

/// A path of introductions.
#[derive(Debug, Clone, PartialEq)]
pub struct IntroPath {
    /// Equal for equal hops, in whatever answer.
    pub key: String,
    /// Its steps, from the seeker to the target.
    pub hops: Vec<Hop>,
    /// The probability that every step is granted.
    pub probability: f64,
    /// That in words.
    pub verdict: Verdict,
    /// Which step is the least likely, counted from 0.
    pub weakest: usize,
    /// What speaks against it.
    pub risks: Vec<Risk>,
    /// What it adds to those before it, where paths were chosen that differ.
    pub together: Option<Together>,
    /// What would make it the first; nothing for the first, and where no single step would.
    pub rise: Option<Rise>,
    /// From where it is seen.
    pub as_of: Vantage,
}

/// A step that would make its path the first, were it likelier.
///
/// It is the least strengthening that does: every other step of its path would have to become
/// likelier by more, or stands on a better path too, which would rise with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rise {
    /// Which hop, counted from 0.
    pub hop: usize,
    /// How likely it would have to be granted.
    pub probability: f64,
}

/// What a path adds to those that were chosen before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// The probability that it, or one of those before it, works; a step that they share counts once.
    pub probability: f64,
    /// Its connectors who are asked on one of those before it too.
    pub shared: Vec<PersonId>,
}

impl IntroPath {
    /// Everybody on it, from the seeker to the target.
    pub fn people(&self) -> Vec<PersonId> {
        let first = self.hops.first().map(|hop| hop.from);
        first.into_iter().chain(self.hops.iter().map(|hop| hop.to)).collect()
    }

    /// Whom to ask first.
    pub fn ask_first(&self) -> Option<PersonId> {
        self.hops.first().map(|hop| hop.to)
    }
}

/// Why there is no path, and what comes nearest.
#[derive(Debug, Clone, PartialEq)]
pub enum Miss {
    /// There is one with more steps: everybody on it.
    TooFar(Vec<PersonId>),
    /// There is one along somebody or something that the question excludes.
    OnlyExcluded(Vec<PersonId>),
    /// The target's acquaintances, so many with the target, know nobody else.
    Island(usize),
    /// Nobody is known to know the target.
    Unknown,
    /// They do not want to be asked for introductions.
    Closed,
    /// Nobody is known to work there, or to have such a title.
    NobodyThere,
    /// The seeker is not known to know anybody.
    SeekerUnknown,
    /// The seeker is whom they want to reach.
    SamePerson,
}

/// The paths that were found, or why there are none.
#[derive(Debug, Clone, PartialEq)]
pub struct PathAnswer {
    /// The best paths, the best first.
    pub paths: Page<IntroPath>,
    /// Why there are none.
    pub miss: Option<Miss>,
    /// Where there are none: with a tie to any of these there would be one. Those who would most
    /// likely win the target over first, three at most.
    pub openers: Vec<PersonId>,
    /// What the probabilities stand on.
    pub basis: Basis,
    /// The day at whose end everything was evaluated.
    pub day: Day,
    /// From where it is seen.
    pub as_of: Vantage,
}
