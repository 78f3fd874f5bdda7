//! Which ties to rate: those whose statement would better most answers.

use std::sync::Arc;

use crate::{
    algo::{
        Account, ManyQuery, NodeSet, Raised, Raising, STEPS_MAX, Seeker, Stop, Stopped, raisings,
    },
    graph::{Cost, NodeIx},
    model::{Closeness, Holder, ListId, ListKind, PersonId},
};

use super::{ServiceResult, Tertius, To, Viewer, paging::bounded, paths::Search, picture::Picture};

/// How many ties are named where nothing is said.
const RATED_DEFAULT: usize = 20;
/// The most ties that are named.
const RATED_MAX: usize = 100;
/// What is supposed of a tie: that its two know each other well.
const SUPPOSED: Closeness = Closeness::Good;

/// A tie of the viewer that is worth a statement.
#[derive(Debug, Clone, PartialEq)]
pub struct TieToRate {
    /// With whom.
    pub person: PersonId,
    /// To how many accounts there would be a better path if the two knew each other well.
    pub answers: usize,
    /// By how much the probabilities of these paths would grow in all.
    pub gain: f64,
}

/// What there is to rate.
#[derive(Debug, Clone, PartialEq)]
pub struct TiesToRate {
    /// The ties of which a statement would better most answers, first; none that would better none.
    pub ties: Vec<TieToRate>,
    /// About how many accounts.
    pub accounts: usize,
}

/// The ties that may be raised, and where their paths may lead.
struct Rating {
    seeker: NodeIx,
    accounts: Vec<Account>,
    today: Vec<Option<u64>>,
}

impl Tertius {
    /// Of the viewer's ties of which nobody stated how close they are, those whose statement would
    /// better most answers: the best paths to the accounts of a list, or of all lists of targets
    /// and accounts that the viewer sees.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list; `Invalid` for too many; `Busy` when too
    /// many ask at once.
    ///
    /// # Complexity
    /// That of [`raisings`], over the unstated ties of the viewer.
    pub async fn ties_to_rate(
        &self,
        viewer: &Viewer,
        list: Option<ListId>,
        first: Option<usize>,
    ) -> ServiceResult<TiesToRate> {
        let most = bounded(first, RATED_DEFAULT, RATED_MAX)?;
        let holders = self.accounts_meant(viewer, list).await?;
        let picture = self.picture_of(viewer).await?;
        let me = picture.recorded.person(viewer.person());
        let count = holders.len();
        let Some(&seeker) = picture.places(&[me]).first() else {
            return Ok(TiesToRate { ties: Vec::new(), accounts: count });
        };
        let (mut people, mut accounts) = (Vec::new(), Vec::new());
        for holder in holders {
            let to = match holder {
                Holder::Person(id) => To::Person(id),
                Holder::Company(id) => To::Company(id),
            };
            let targets = self.targets(viewer, &to).await?;
            accounts.push(
                account(&picture, seeker, &picture.places(&picture.bars.open(&targets))).await?,
            );
            people.push(targets);
        }
        let today = self.best_to_each(&picture, &[me], &people, STEPS_MAX).await?;
        let today = today.into_iter().map(|path| path.map(|path| path.total)).collect();
        let rating = Rating { seeker, accounts, today };
        let for_job = Arc::clone(&picture);
        let found = self.compute.run(move |stop| rating.run(&for_job, stop)).await?;
        let network = picture.weighed.network();
        let mut ties: Vec<TieToRate> = found
            .into_iter()
            .filter(|(_, raising)| raising.answers > 0)
            .map(|(node, Raising { answers, gain })| TieToRate {
                person: network.id(node),
                answers,
                gain,
            })
            .collect();
        ties.sort_by(|a, b| {
            let gains = b.answers.cmp(&a.answers).then_with(|| b.gain.total_cmp(&a.gain));
            gains.then_with(|| a.person.cmp(&b.person))
        });
        ties.truncate(most);
        Ok(TiesToRate { ties, accounts: count })
    }

    /// The accounts on a list, or on all lists of whom the team wants to reach.
    async fn accounts_meant(
        &self,
        viewer: &Viewer,
        list: Option<ListId>,
    ) -> ServiceResult<Vec<Holder>> {
        let wanted = |kind| matches!(kind, ListKind::Targets | ListKind::Accounts);
        let lists: Vec<ListId> = if let Some(list) = list {
            vec![list]
        } else {
            let lists = self.lists(viewer).await?.into_iter();
            lists.filter(|list| wanted(list.kind)).map(|list| list.id).collect()
        };
        let mut holders = Vec::new();
        for list in lists {
            holders.extend(self.on_list(viewer, list).await?);
        }
        holders.sort_unstable();
        holders.dedup();
        holders.truncate(self.limits.accounts_max);
        Ok(holders)
    }
}

/// An account with whom its paths avoid; nothing where the seeker alone is meant: they have arrived.
async fn account(picture: &Picture, seeker: NodeIx, targets: &[NodeIx]) -> ServiceResult<Account> {
    if targets == [seeker] {
        return Ok(Account::new());
    }
    let groups = picture.bars.groups(picture, targets).await?;
    if let [(targets, closed)] = groups.as_slice()
        && closed.is_empty()
    {
        return Ok(vec![(targets.clone(), NodeSet::default())]);
    }
    let search = Search { groups, ..Search::default() };
    Ok(search.avoiding().collect())
}

impl Rating {
    fn run(&self, picture: &Picture, stop: &Stop) -> Result<Vec<(NodeIx, Raising)>, Stopped> {
        let weighed = &picture.weighed;
        let raised = weighed.if_stated(self.seeker, SUPPOSED).into_iter();
        let raised = raised.filter(|(_, [now, then])| then > now).map(|(node, [_, then])| {
            let direct = Cost::from_probability(then);
            let asked = direct.with_term(f64::from(picture.terms.get(node)));
            Raised { node, direct, asked }
        });
        let raised: Vec<Raised> = raised.collect();
        let query = ManyQuery {
            seekers: &[Seeker::new(self.seeker, weighed.first_steps(self.seeker))],
            steps_max: STEPS_MAX,
            terms: &picture.terms,
            avoid: &NodeSet::default(),
            cost_max: Cost::GREATEST,
        };
        let accounts = (self.accounts.as_slice(), self.today.as_slice());
        let found = raisings(weighed.network(), &query, &raised, accounts, stop)?;
        Ok(raised.iter().map(|raised| raised.node).zip(found).collect())
    }
}
