//! Who is who to one member: what is private to them attaches to whom everybody sees, and never
//! makes two people of the team's one.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;

use crate::{
    model::{CompanyId, Holder, MemberId, PersonId},
    service::ServiceResult,
    store::{SharedKey, Store},
};

use super::{
    Joins, after::holders, companies_at_domains, companies_with_facts, joined::Joiner,
    people_with_facts, rules, seen::Seen,
};

impl Joins {
    /// Who is one to a member, through whose eyes the store is seen; nothing where it is as to the
    /// team.
    ///
    /// # Complexity
    /// Linear in the keys that are the member's own, and in the facts of whoever shares one.
    pub(in crate::service) async fn seen_by(
        &self,
        store: &dyn Store,
        member: MemberId,
    ) -> ServiceResult<Option<Self>> {
        let own: Vec<(String, Holder)> = store.stream_own_keys().try_collect().await?;
        if own.is_empty() {
            return Ok(None);
        }
        let keys: BTreeSet<String> = own.into_iter().map(|(key, _)| key).collect();
        let shared: Vec<SharedKey> = holders(store, &keys)
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
        Ok(Some(Self { people, companies }))
    }
}

/// Whether anybody but one member knows who that is.
fn is_known<Id>((_, seen): &(&Id, &Seen)) -> bool {
    !seen.keys.is_empty()
}
