//! Who is one after a write: only those are looked at whom it may concern.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Claim, Holder, PersonId},
    service::ServiceResult,
    store::{PAGE_MAX, SharedKey, Store},
};

use super::{Joins, companies_at_domains, joined::Joiner, people_with_facts, rules, seen::Seen};

/// From so many people on, everybody is looked at instead.
const PEOPLE_MAX: usize = 5_000;

/// What a write says of who people and companies are.
#[derive(Debug, Default)]
pub(in crate::service) struct Said {
    /// Of whom something was told or taken back.
    who: BTreeSet<Holder>,
    /// By which identity keys.
    keys: BTreeSet<String>,
    /// Whether a company got or lost a domain: then people at its addresses may be concerned.
    domains: bool,
}

impl Said {
    /// Nothing but that these were changed somehow.
    pub(in crate::service) fn somehow(people: &BTreeSet<PersonId>, companies: bool) -> Self {
        let who = people.iter().copied().map(Holder::Person).collect();
        Self { who, domains: companies, ..Self::default() }
    }

    /// Adds what was told or taken back.
    pub(in crate::service) fn add(&mut self, claim: &Claim) {
        self.domains |= matches!(claim, Claim::CompanyDomain { .. });
        if let Claim::Employment(job) = claim {
            self.who.insert(Holder::Person(job.person));
        }
        for (holder, key) in claim.identity_keys() {
            self.who.insert(holder);
            self.keys.insert(key);
        }
    }

    fn people(&self) -> BTreeSet<PersonId> {
        let person = |holder: &Holder| match holder {
            Holder::Person(id) => Some(*id),
            Holder::Company(_) => None,
        };
        self.who.iter().filter_map(person).collect()
    }
}

impl Joins {
    /// Who is one after a write; nothing where it is as before.
    ///
    /// # Complexity
    /// Linear in the facts of whoever shares a key with somebody of whom it says something, and
    /// of those they are joined with. Where it bears on what joins companies, or on too many
    /// people, everything is found out anew.
    pub(in crate::service) async fn after(
        &self,
        store: &dyn Store,
        said: &Said,
    ) -> ServiceResult<Option<Self>> {
        if said.who.is_empty() && !said.domains {
            return Ok(None);
        }
        if said.domains || self.bears_on_companies(store, said).await? {
            return Self::load(store).await.map(Some);
        }
        let Some((people, shared)) = self.concerned(store, said).await? else {
            return Self::load(store).await.map(Some);
        };
        if shared.is_empty() && people.keys().all(|&id| !self.people.is_joined(id)) {
            return Ok(None);
        }
        let at_domain = companies_at_domains(store, &people).await?;
        let found =
            rules::join_people(Joiner::default(), &shared, &people, (&at_domain, &self.companies));
        let people = self.people.with(people.keys().copied(), found);
        Ok(Some(Self { people, companies: self.companies.clone() }))
    }

    async fn bears_on_companies(&self, store: &dyn Store, said: &Said) -> ServiceResult<bool> {
        let is_company = |holder: &Holder| matches!(holder, Holder::Company(_));
        if !said.who.iter().any(is_company) {
            return Ok(false);
        }
        let joined = said.who.iter().any(|holder| match holder {
            Holder::Company(id) => self.companies.is_joined(*id),
            Holder::Person(_) => false,
        });
        if joined {
            return Ok(true);
        }
        let holders = holders(store, &said.keys).await?;
        Ok(holders.values().any(|holders| holders.iter().filter(|h| is_company(h)).count() > 1))
    }

    /// Everybody whom a write may concern with their facts, and the keys that several of them
    /// have; nothing where these are too many.
    async fn concerned(
        &self,
        store: &dyn Store,
        said: &Said,
    ) -> ServiceResult<Option<(BTreeMap<PersonId, Seen>, Vec<SharedKey>)>> {
        let mut people: BTreeMap<PersonId, Seen> = BTreeMap::new();
        let mut shared: BTreeMap<String, Vec<Holder>> = BTreeMap::new();
        let mut next: BTreeSet<PersonId> = said.people();
        let mut keys = said.keys.clone();
        loop {
            let with_parts = next.iter().flat_map(|&id| self.people.parts(id));
            next = with_parts.filter(|id| !people.contains_key(id)).collect();
            let found = people_with_facts(store, None, std::mem::take(&mut next)).await?;
            keys.extend(found.values().flat_map(|seen| seen.keys.iter().cloned()));
            people.extend(found);
            keys.retain(|key| !shared.contains_key(key));
            if keys.is_empty() {
                break;
            }
            for (key, holders) in holders(store, &std::mem::take(&mut keys)).await? {
                let ids = holders.iter().filter_map(|holder| match holder {
                    Holder::Person(id) => Some(*id),
                    Holder::Company(_) => None,
                });
                next.extend(ids);
                shared.insert(key, holders);
            }
            if people.len() + next.len() > PEOPLE_MAX {
                return Ok(None);
            }
        }
        let shared = shared.into_iter().filter(|(_, holders)| holders.len() > 1);
        Ok(Some((people, shared.map(|(key, holders)| SharedKey { key, holders }).collect())))
    }
}

/// Who has each key, people before companies.
pub(super) async fn holders(
    store: &dyn Store,
    keys: &BTreeSet<String>,
) -> ServiceResult<BTreeMap<String, Vec<Holder>>> {
    let keys: Vec<String> = keys.iter().cloned().collect();
    let mut holders: BTreeMap<String, Vec<Holder>> =
        keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    for page in keys.chunks(PAGE_MAX) {
        for (at, holder) in store.holders_of(page).await? {
            holders.entry(page[at].clone()).or_default().push(holder);
        }
    }
    Ok(holders)
}
