//! Who is who: which people and companies are one.
//!
//! Every address, profile page, domain and name that is imported has a person or company of its
//! own, its *part*, so that nothing is muddled and everything can be taken apart again. Which parts
//! are one follows from the facts that the team sees, whatever their order ([`rules`]), is kept in
//! memory ([`joined`]), and everything that is read goes through it ([`recorded`]).

use std::collections::{BTreeMap, BTreeSet};

use futures_util::TryStreamExt as _;

use crate::{
    model::{CompanyId, Holder, MemberId, PersonId},
    store::{PAGE_MAX, SharedKey, Store},
};

use super::ServiceResult;
use joined::Joiner;
use seen::Seen;

mod after;
mod eyes;
mod home;
mod joined;
mod recorded;
mod rules;
mod seen;
mod whole;

pub(super) use after::Said;
use eyes::OwnJoins;
pub(super) use home::{Homes, telling};
pub use joined::{Join, Joined, Why};
pub(super) use recorded::{Pair, Recorded};

/// Which people, and which companies, are one.
#[derive(Debug, Clone, Default)]
pub struct Joins {
    /// People.
    pub people: Joined<PersonId>,
    /// Companies.
    pub companies: Joined<CompanyId>,
}

impl Joins {
    /// Finds out from everything that is recorded.
    ///
    /// # Complexity
    /// One walk over the keys of all people and companies; the facts of those alone who share one.
    pub(super) async fn load(store: &dyn Store) -> ServiceResult<Self> {
        let shared: Vec<SharedKey> = store.stream_shared_keys().try_collect().await?;
        let (mut people, mut companies) = (BTreeSet::new(), BTreeSet::new());
        for holder in shared.iter().flat_map(|shared| &shared.holders) {
            match holder {
                Holder::Person(id) => _ = people.insert(*id),
                Holder::Company(id) => _ = companies.insert(*id),
            }
        }
        let people = people_with_facts(store, None, people).await?;
        let companies = companies_with_facts(store, None, companies).await?;
        let companies = rules::join_companies(Joiner::default(), &shared, &companies);
        let at_domain = companies_at_domains(store, &people).await?;
        let people =
            rules::join_people(Joiner::default(), &shared, &people, (&at_domain, &companies));
        Ok(Self { people, companies })
    }
}

async fn people_with_facts(
    store: &dyn Store,
    eyes: Option<MemberId>,
    ids: BTreeSet<PersonId>,
) -> ServiceResult<BTreeMap<PersonId, Seen>> {
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let mut people = BTreeMap::new();
    for page in ids.chunks(PAGE_MAX) {
        let found = store.people(page).await?.into_iter().flatten();
        people.extend(found.map(|p| (p.id, Seen::of(Holder::Person(p.id), &p.facts, eyes))));
    }
    Ok(people)
}

async fn companies_with_facts(
    store: &dyn Store,
    eyes: Option<MemberId>,
    ids: BTreeSet<CompanyId>,
) -> ServiceResult<BTreeMap<CompanyId, Seen>> {
    let ids: Vec<CompanyId> = ids.into_iter().collect();
    let mut companies = BTreeMap::new();
    for page in ids.chunks(PAGE_MAX) {
        let found = store.companies(page).await?.into_iter().flatten();
        companies.extend(found.map(|c| (c.id, Seen::of(Holder::Company(c.id), &c.facts, eyes))));
    }
    Ok(companies)
}

/// Which companies have the domains of people's addresses.
async fn companies_at_domains(
    store: &dyn Store,
    people: &BTreeMap<PersonId, Seen>,
) -> ServiceResult<BTreeMap<String, CompanyId>> {
    let domains: BTreeSet<&String> = people.values().flat_map(|seen| &seen.domains).collect();
    let domains: Vec<&String> = domains.into_iter().collect();
    let mut found = BTreeMap::new();
    for page in domains.chunks(PAGE_MAX) {
        let keys: Vec<String> = page.iter().map(|domain| format!("domain:{domain}")).collect();
        for (at, holder) in store.holders_of(&keys).await? {
            if let Holder::Company(company) = holder {
                found.entry(page[at].clone()).or_insert(company);
            }
        }
    }
    Ok(found)
}
