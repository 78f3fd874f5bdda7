//! Lists, members, tokens, introductions and their like: records that are replaced as a whole. Their
//! node has the record as JSON, and what they are found by, or read by in Cypher, beside it.

use std::collections::BTreeMap;

use neo4rs::{BoltType, Row, query};
use serde::de::DeserializeOwned;

use super::{
    Neo4jStore,
    decode::{get, label, map, read_json, texts},
    draft::Draft,
    error::Failure,
    link::Writing,
    load::hash_text,
    save::each,
    told::Look,
};
use crate::{
    model::{
        AnyId, AudienceRule, Import, Introduction, List, Member, Revision, Timestamp, Token,
        TokenHash, Versioned,
    },
    store::{PAGE_MAX, StoreResult, check_page},
};

/// Relationships of records, by the statement that makes them.
#[derive(Default)]
struct Rows {
    properties: Vec<BoltType>,
    without_key: Vec<BoltType>,
    is: Vec<BoltType>,
    owns: Vec<BoltType>,
    introductions: Vec<BoltType>,
    parties: BTreeMap<&'static str, Vec<BoltType>>,
}

/// Writes what records are found by.
pub(super) async fn write(writing: &mut Writing, draft: &mut Draft) -> Result<(), Failure> {
    let mut rows = Rows::default();
    for (id, subject) in draft.subjects.iter_mut().filter(|(_, subject)| subject.is_dirty) {
        subject.is_dirty = false;
        if let Some(body) = &subject.body {
            rows.add(*id, body)?;
        }
    }
    for id in draft.renamed.drain() {
        rows.without_key.push(id.to_string().into());
    }
    // Two members may have changed their logins with each other.
    let text = "UNWIND $rows AS id MATCH (s:Subject {id: id}) REMOVE s.login, s.hash";
    each(writing, text, rows.without_key).await?;
    let text = "UNWIND $rows AS r MATCH (s:Subject {id: r.id}) SET s += r.properties";
    each(writing, text, rows.properties).await?;
    let text =
        "UNWIND $rows AS r MATCH (m:Member {id: r.id}) OPTIONAL MATCH (m)-[x:IS]->() DELETE x
                WITH DISTINCT m, r MATCH (p:Person {id: r.person}) CREATE (m)-[:IS]->(p)";
    each(writing, text, rows.is).await?;
    let text =
        "UNWIND $rows AS r MATCH (l:Subject {id: r.id}) OPTIONAL MATCH (l)<-[x:OWNS]-() DELETE x
                WITH DISTINCT l, r MATCH (m:Member {id: r.owner}) CREATE (m)-[:OWNS]->(l)";
    each(writing, text, rows.owns).await?;
    let text = "UNWIND $rows AS id MATCH (i:Subject {id: id})
                MATCH (i)-[x:SEEKER|CONNECTOR|TARGET|APPROVER]->() DELETE x";
    each(writing, text, rows.introductions).await?;
    for (part, parties) in rows.parties {
        let text = format!(
            "UNWIND $rows AS r MATCH (i:Subject {{id: r.id}}) MATCH (s:Subject {{id: r.who}})
             CREATE (i)-[x:{part}]->(s) SET x.asked_at = r.asked_at"
        );
        each(writing, &text, parties).await?;
    }
    Ok(())
}

impl Rows {
    fn add(&mut self, id: AnyId, body: &str) -> StoreResult<()> {
        let properties = match id {
            AnyId::ListId(_) => {
                let list: List = read_json(body)?;
                self.owns.push(map! { "id": id.to_string(), "owner": list.owner.to_string() });
                map! { "name": list.name.as_str() }
            }
            AnyId::MemberId(_) => {
                let member: Member = read_json(body)?;
                self.is.push(map! { "id": id.to_string(), "person": member.person.to_string() });
                map! { "login": member.login.as_str(), "active": member.active }
            }
            AnyId::TokenId(_) => map! { "hash": hash_text(read_json::<Token>(body)?.hash) },
            AnyId::ImportId(_) => map! { "name": read_json::<Import>(body)?.name.as_str() },
            AnyId::AudienceRuleId(_) => {
                map! { "owner": read_json::<AudienceRule>(body)?.owner.to_string() }
            }
            AnyId::IntroductionId(_) => {
                let introduction: Introduction = read_json(body)?;
                self.introductions.push(id.to_string().into());
                self.add_parties(&introduction);
                map! {
                    "state": introduction.state.as_str(),
                    "open": introduction.state.is_open(),
                    "expires_at": introduction.expires_at.map(Timestamp::as_ms),
                }
            }
            _ => return Ok(()),
        };
        self.properties.push(map! { "id": id.to_string(), "properties": properties });
        Ok(())
    }

    fn add_parties(&mut self, introduction: &Introduction) {
        let id = introduction.id.to_string();
        let mut add = |part: &'static str, who: AnyId, asked_at: Option<Timestamp>| {
            let asked_at = asked_at.map(Timestamp::as_ms);
            let row = map! { "id": id.as_str(), "who": who.to_string(), "asked_at": asked_at };
            self.parties.entry(part).or_default().push(row);
        };
        let route = &introduction.route;
        add("SEEKER", route.seeker().into(), None);
        add("TARGET", route.target().into(), None);
        for ask in route.asks() {
            add("CONNECTOR", ask.connector.into(), ask.asked_at);
            if let Some(approver) = ask.approver {
                add("APPROVER", approver.into(), None);
            }
        }
    }
}

/// The record in a row of body and revision.
pub(super) fn in_row<T: DeserializeOwned>(row: &Row) -> StoreResult<Versioned<T>> {
    let value = read_json(get(row, "body")?)?;
    Ok(Versioned { value, revision: Revision(get(row, "revision")?) })
}

impl Neo4jStore {
    /// The records with these ids, in their order.
    pub(super) async fn records<T: DeserializeOwned, Id: Copy + Into<AnyId>>(
        &self,
        ids: &[Id],
    ) -> StoreResult<Vec<Option<Versioned<T>>>> {
        check_page(ids.len())?;
        let find = query(
            "UNWIND range(0, size($ids) - 1) AS nth MATCH (s:Subject {id: $ids[nth]})
             WHERE s.body IS NOT NULL
             RETURN nth, s.body AS body, s.revision AS revision",
        );
        let ids = texts(ids.iter().map(|id| (*id).into()));
        let mut found: Vec<Option<Versioned<T>>> = ids.iter().map(|_| None).collect();
        for row in self.link().read(find.param("ids", ids)).await? {
            found[get::<usize>(&row, "nth")?] = Some(in_row(&row)?);
        }
        Ok(found)
    }

    /// The records of the kind of an id after another, as they are now, in order of id; those that
    /// were first put after a version are left out.
    pub(super) async fn records_after<T: DeserializeOwned>(
        &self,
        (any, at): (AnyId, i64),
        after: Option<AnyId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<T>>> {
        let label = label(any).unwrap_or("Subject");
        let find = query(&format!(
            "MATCH (s:Subject:{label}) WHERE s.id > $after AND s.id < $end AND s.since <= $at
             RETURN s.body AS body, s.revision AS revision ORDER BY s.id LIMIT $limit"
        ));
        let find = find
            .param("after", after.map_or_else(|| format!("{}_", any.kind()), |id| id.to_string()))
            .param("end", format!("{}_g", any.kind()))
            .param("at", at)
            .param("limit", limit as i64);
        self.link().read(find).await?.iter().map(in_row).collect()
    }

    /// All records of the kind of an id, in order of id.
    ///
    /// # Errors
    /// `BadBatch` when there are more than [`PAGE_MAX`].
    pub(super) async fn all_records<T: DeserializeOwned>(
        &self,
        any: AnyId,
    ) -> StoreResult<Vec<Versioned<T>>> {
        let records = self.records_after((any, Look::NOW), None, PAGE_MAX + 1).await?;
        check_page(records.len())?;
        Ok(records)
    }

    /// The token with a hash.
    pub(super) async fn token_with(&self, hash: TokenHash) -> StoreResult<Option<Token>> {
        let find = query("MATCH (t:Token {hash: $hash}) RETURN t.body AS body");
        let rows = self.link().read(find.param("hash", hash_text(hash))).await?;
        rows.first().map(|row| read_json(get(row, "body")?)).transpose()
    }
}
