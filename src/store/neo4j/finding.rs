//! Who is found by which key.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{BoxStream, StreamExt as _};
use neo4rs::query;

use super::{
    Neo4jStore,
    decode::{get, id},
    facts::OPEN,
    paging::{Paged, pages},
};
use crate::{
    model::{AnyId, Holder},
    store::{Candidate, HolderKind, SearchRequest, SharedKey, StoreResult, check_page},
};

/// How many keys one page of a walk over all keys has.
const KEYS_TOGETHER: i64 = 5_000;

fn holder(text: &str) -> StoreResult<Holder> {
    match id(text)? {
        AnyId::PersonId(person) => Ok(Holder::Person(person)),
        AnyId::CompanyId(company) => Ok(Holder::Company(company)),
        _ => Err(super::error::backend(format!(
            "`{text}` has keys, but is neither person nor company"
        ))),
    }
}

impl Neo4jStore {
    /// For each key, by its position, who has it.
    pub(super) async fn key_holders(&self, keys: &[String]) -> StoreResult<Vec<(usize, Holder)>> {
        check_page(keys.len())?;
        let look = self.look();
        let text = format!(
            "UNWIND range(0, size($keys) - 1) AS nth
             MATCH (k:IdentityKey {{key: $keys[nth]}})<-[s:SAYS_WHO]-(f:Fact) WHERE {OPEN}
             RETURN DISTINCT nth, s.holder AS holder"
        );
        let find = query(&text)
            .param("keys", keys.to_vec())
            .param("owners", look.owners())
            .param("at", look.at);
        let mut found = Vec::new();
        for row in self.link().read(find).await? {
            found.push((get::<usize>(&row, "nth")?, holder(get(&row, "holder")?)?));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// The keys that several people, or several companies, have: one walk along the index.
    pub(super) fn shared_keys(&self) -> BoxStream<'_, StoreResult<SharedKey>> {
        let text = format!(
            "MATCH (k:IdentityKey) WHERE k.key > $after WITH k ORDER BY k.key LIMIT {KEYS_TOGETHER}
             CALL {{ WITH k MATCH (k)<-[s:SAYS_WHO]-(f:Fact) WHERE {OPEN}
                 RETURN collect(DISTINCT s.holder) AS holders }}
             RETURN k.key AS key, CASE WHEN size(holders) > 1 THEN holders ELSE [] END AS holders"
        );
        let page = move |store: Self, at: i64, after: String| {
            let find = query(&text)
                .param("after", after)
                .param("owners", store.look().owners())
                .param("at", at);
            async move {
                let rows = store.link().read(find).await?;
                let mut keys: BTreeMap<String, BTreeSet<Holder>> = BTreeMap::new();
                for row in &rows {
                    let holders = get::<Vec<&str>>(row, "holders")?.into_iter().map(holder);
                    keys.insert(get(row, "key")?, holders.collect::<StoreResult<_>>()?);
                }
                let next = keys.keys().next_back().cloned();
                let shared = keys.into_iter().flat_map(|(key, holders)| of_a_kind(&key, &holders));
                Ok(Paged { items: shared.collect(), next })
            }
        };
        pages(self, String::new(), page)
    }

    /// The keys that somebody has by what the team does not see.
    pub(super) fn own_keys(&self) -> BoxStream<'_, StoreResult<(String, Holder)>> {
        let Some(member) = self.look().member else { return futures_util::stream::empty().boxed() };
        let text = format!(
            "MATCH (m:Member:Subject {{id: $member}})-[:SEES_ALONE]->(f:Fact)-[s:SAYS_WHO]->(k:IdentityKey)
             WHERE {OPEN} RETURN DISTINCT k.key AS key, s.holder AS holder"
        );
        let page = move |store: Self, at: i64, (): ()| {
            let find = query(&text)
                .param("member", member.to_string())
                .param("owners", vec![member.to_string()])
                .param("at", at);
            async move {
                let mut items = Vec::new();
                for row in store.link().read(find).await? {
                    items.push((get::<String>(&row, "key")?, holder(get(&row, "holder")?)?));
                }
                items.sort_unstable();
                Ok(Paged { items, next: None })
            }
        };
        pages(self, (), page)
    }

    /// Who shares most keys with a search.
    ///
    /// # Complexity
    /// Linear in the facts that give one of the keys.
    pub(super) async fn found(&self, request: &SearchRequest) -> StoreResult<Vec<Candidate>> {
        check_page(request.keys.len())?;
        check_page(request.limit)?;
        // Keys have plain letters alone: whatever else is asked for, nobody has it.
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let keys =
            request.keys.iter().filter(|key| key.chars().all(|c| is_plain(c) || ":^$".contains(c)));
        let keys: BTreeSet<&str> = keys.map(String::as_str).filter(|key| !key.is_empty()).collect();
        let prefix = request.prefix.as_deref().filter(|prefix| !prefix.is_empty());
        let prefix = prefix.filter(|prefix| prefix.chars().all(is_plain));
        if keys.is_empty() && prefix.is_none() {
            return Ok(Vec::new());
        }
        let look = self.look();
        let words = keys.iter().map(|key| format!("\"{key}\""));
        let wanted: Vec<String> =
            words.chain(prefix.map(|prefix| format!("w\\:{prefix}*"))).collect();
        let kind = match request.only {
            None => "",
            Some(HolderKind::Person) => "person_",
            Some(HolderKind::Company) => "company_",
        };
        let find = query(SEARCH)
            .param("wanted", wanted.join(" "))
            .param("keys", keys.into_iter().map(str::to_owned).collect::<Vec<_>>())
            .param("prefix", prefix.map(|prefix| format!("w:{prefix}")))
            .param("kind", kind)
            .param("owners", look.owners())
            .param("at", look.at)
            .param("limit", request.limit as i64);
        let rows = self.link().read(find).await?;
        let candidate = |row| {
            let keys_shared = get(row, "shared")?;
            Ok(Candidate { holder: holder(get(row, "holder")?)?, keys_shared })
        };
        rows.iter().map(candidate).collect()
    }
}

/// A key that several people have, and the same of companies.
fn of_a_kind(key: &str, holders: &BTreeSet<Holder>) -> Vec<SharedKey> {
    let is_person = |holder: &&Holder| matches!(holder, Holder::Person(_));
    let (people, companies): (Vec<Holder>, Vec<Holder>) =
        holders.iter().partition(|holder| is_person(holder));
    let several = [people, companies].into_iter().filter(|holders| holders.len() > 1);
    several.map(|holders| SharedKey { key: key.to_owned(), holders }).collect()
}

/// The full-text index finds who may have one of the keys; what they have is then counted exactly.
const SEARCH: &str = "
    CALL db.index.fulltext.queryNodes('fact_keys', $wanted) YIELD node AS f
    WITH f WHERE f.holder STARTS WITH $kind
        AND any(i IN range(0, coalesce(size(f.open_to), 0) - 1) WHERE f.open_to[i] IN $owners
            AND f.open_from[i] <= $at AND f.open_until[i] > $at)
    WITH f.holder AS holder, split(f.keys, ' ') AS has
    UNWIND [k IN has WHERE k IN $keys] +
        CASE WHEN $prefix IS NOT NULL AND any(k IN has WHERE k STARTS WITH $prefix)
            THEN ['?'] ELSE [] END AS key
    WITH holder, count(DISTINCT key) AS shared
    RETURN holder, shared
    ORDER BY shared DESC, holder STARTS WITH 'company', holder LIMIT $limit";
