//! Which companies of a list can we enter, and through whom.

use crate::model::{CompanyId, Holder, ListId};

use super::{From, IntroPath, Miss, ReachQuestion, Reached, ServiceResult, Tertius, Viewer};

/// How a company can be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Entrance {
    /// Which company.
    pub company: CompanyId,
    /// The best path to anybody there.
    pub path: Option<IntroPath>,
    /// Why there is none.
    pub miss: Option<Miss>,
}

/// The companies of a list, those that are entered best first.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryAnswer {
    /// One for each company, those without a path last.
    pub entrances: Vec<Entrance>,
}

impl EntryAnswer {
    /// How many can be entered.
    pub fn open(&self) -> usize {
        self.entrances.iter().filter(|entrance| entrance.path.is_some()).count()
    }
}

impl Tertius {
    /// For each company of a list, the best path to anybody who works there today.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list; `Busy` when too many ask at once.
    pub async fn entrances(
        &self,
        viewer: &Viewer,
        list: ListId,
        from: &From,
    ) -> ServiceResult<EntryAnswer> {
        let on_list = self.on_list(viewer, list).await?;
        let companies: Vec<CompanyId> = on_list
            .into_iter()
            .filter_map(|entry| match entry {
                Holder::Company(company) => Some(company),
                Holder::Person(_) => None,
            })
            .collect();
        let accounts = companies.iter().copied().map(Holder::Company).collect();
        let question = ReachQuestion { from: from.clone(), ..ReachQuestion::of(accounts) };
        let reached = self.reach(viewer, &question).await?;
        let mut entrances: Vec<Entrance> = companies
            .into_iter()
            .zip(reached)
            .map(|(company, Reached { path, miss, .. })| Entrance { company, path, miss })
            .collect();
        entrances.sort_by(best_first);
        Ok(EntryAnswer { entrances })
    }
}

fn best_first(a: &Entrance, b: &Entrance) -> std::cmp::Ordering {
    let chance = |entrance: &Entrance| entrance.path.as_ref().map_or(-1.0, |path| path.probability);
    chance(b).total_cmp(&chance(a)).then(a.company.cmp(&b.company))
}
