//! Who is who to one member: what is private to them attaches to whom everybody sees, and never
//! makes two people of the team's one.

use std::{collections::BTreeSet, sync::Arc};

use futures_util::TryStreamExt as _;
use rustc_hash::FxHashSet;

use crate::{
    model::{CompanyId, Holder, MemberId, PersonId},
    service::ServiceResult,
    store::{PAGE_MAX, SharedKey, Store},
};

use super::{
    Joins, after::holders, companies_at_domains, companies_with_facts, joined::Joiner,
    people_with_facts, rules, seen::Seen,
};

/// Who is who to a member, and on what that rests.
#[derive(Debug)]
pub(in crate::service) struct OwnJoins {
    member: MemberId,
    /// Who is who to the team.
    team: Arc<Joins>,
    /// Hashes of the keys that somebody has by what the member alone sees.
    keys: FxHashSet<u64>,
    /// Who has one of them.
    holders: FxHashSet<Holder>,
    pub(super) joins: Arc<Joins>,
}

impl OwnJoins {
    /// Finds out from what the member alone sees; the store is seen through their eyes.
    ///
    /// # Complexity
    /// Linear in the keys that are the member's own, and in the facts of whoever shares one.
    pub(in crate::service) async fn load(
        team: &Arc<Joins>,
        store: &dyn Store,
        member: MemberId,
    ) -> ServiceResult<Self> {
        let own: Vec<(String, Holder)> = store.stream_own_keys().try_collect().await?;
        let holders = own.iter().map(|(_, holder)| *holder).collect();
        let keys: BTreeSet<String> = own.into_iter().map(|(key, _)| key).collect();
        let joins = if keys.is_empty() {
            Arc::clone(team)
        } else {
            Arc::new(team.with_own_keys(store, &keys, member).await?)
        };
        let keys = keys.iter().map(|key| hash(key)).collect();
        Ok(Self { member, team: Arc::clone(team), keys, holders, joins })
    }

    /// Whether it is still so after something was told, or taken back, of some people.
    ///
    /// # Complexity
    /// Linear in the facts of these people.
    pub(in crate::service) async fn still_holds(
        &self,
        team: &Arc<Joins>,
        store: &dyn Store,
        people: &[PersonId],
    ) -> ServiceResult<bool> {
        if !Arc::ptr_eq(team, &self.team) || people.len() > PAGE_MAX {
            return Ok(false);
        }
        // What they had may have been taken back.
        if people.iter().any(|&id| self.holders.contains(&Holder::Person(id))) {
            return Ok(false);
        }
        let facts = store.people(people).await?.into_iter().flatten().flat_map(|p| p.facts);
        let seen = facts.filter(|fact| fact.is_open_to(Some(self.member)));
        // A key that is new, and the member's own, is one that the team does not see.
        let mut bears = seen.filter(|fact| {
            let keys = fact.claim.identity_keys();
            let own = !fact.is_open_to(None) && !keys.is_empty();
            own || keys.iter().any(|(_, key)| self.keys.contains(&hash(key)))
        });
        Ok(bears.next().is_none())
    }
}

fn hash(key: &str) -> u64 {
    use std::hash::BuildHasher as _;
    rustc_hash::FxBuildHasher.hash_one(key)
}

impl Joins {
    /// Who is one where a member has these keys of their own.
    async fn with_own_keys(
        &self,
        store: &dyn Store,
        keys: &BTreeSet<String>,
        member: MemberId,
    ) -> ServiceResult<Self> {
        let shared: Vec<SharedKey> = holders(store, keys)
            .await?
            .into_iter()
            .filter(|(_, holders)| holders.len() > 1)
            .map(|(key, holders)| SharedKey { key, holders })
            .collect();
        let (mut people, mut companies) = (BTreeSet::new(), BTreeSet::new());
        for holder in shared.iter().flat_map(|shared| &shared.holders) {
            match *holder {
                Holder::Person(id) => people.extend(self.people.parts(id)),
                Holder::Company(id) => companies.extend(self.companies.parts(id)),
            }
        }
        let eyes = Some(member);
        let team = companies_with_facts(store, None, companies.clone()).await?;
        let seen = companies_with_facts(store, eyes, companies).await?;
        let known: Vec<CompanyId> = team.iter().filter(is_known).map(|(id, _)| *id).collect();
        let joiner = Joiner::anchored(&self.companies, known);
        let found = rules::join_companies(joiner, &shared, &seen);
        let companies = self.companies.with(seen.into_keys(), found);
        let team = people_with_facts(store, None, people.clone()).await?;
        let seen = people_with_facts(store, eyes, people).await?;
        let known: Vec<PersonId> = team.iter().filter(is_known).map(|(id, _)| *id).collect();
        let joiner = Joiner::anchored(&self.people, known);
        let at_domain = companies_at_domains(store, &seen).await?;
        let found = rules::join_people(joiner, &shared, &seen, (&at_domain, &companies));
        let people = self.people.with(seen.into_keys(), found);
        Ok(Self { people, companies })
    }
}

/// Whether anybody but one member knows who that is.
fn is_known<Id>((_, seen): &(&Id, &Seen)) -> bool {
    !seen.keys.is_empty()
}
