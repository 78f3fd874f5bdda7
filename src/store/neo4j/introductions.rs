//! Introductions by who has a part in them, silences, and limits to being asked.

use async_trait::async_trait;
use neo4rs::query;

use super::{
    Neo4jStore,
    decode::{get, id_in, texts},
    facts::kept,
    records,
    told::{COLUMNS, Look},
};
use crate::{
    model::{
        AnyId, AskOfConnector, AskRules, AskRulesId, Fact, FactId, Introduction, IntroductionId,
        MemberId, Silence, Timestamp, Versioned,
    },
    store::{Introductions, PAGE_MAX, StoreError, StoreResult, check_page},
};

#[async_trait]
impl Introductions for Neo4jStore {
    async fn introductions_of(
        &self,
        parties: &[AnyId],
        after: Option<IntroductionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Introduction>>> {
        check_page(parties.len())?;
        check_page(limit)?;
        let find = query(
            "UNWIND $parties AS who MATCH (s:Subject {id: who})
             MATCH (s)<-[:SEEKER|CONNECTOR|TARGET|APPROVER]-(i:Introduction) WHERE i.id > $after
             WITH DISTINCT i ORDER BY i.id LIMIT $limit
             RETURN i.body AS body, i.revision AS revision ORDER BY i.id",
        );
        let find = find
            .param("parties", texts(parties))
            .param("after", after.map_or_else(String::new, |id| id.to_string()))
            .param("limit", limit as i64);
        self.link().read(find).await?.iter().map(records::in_row).collect()
    }

    async fn note_silence(&self, silence: Silence) -> StoreResult<()> {
        let note = query(
            "OPTIONAL MATCH (i:Introduction:Subject {id: $introduction})
             OPTIONAL MATCH (m:Member:Subject {id: $owner})
             FOREACH (_ IN CASE WHEN i IS NULL OR m IS NULL THEN [] ELSE [1] END |
                 MERGE (m)-[s:SILENT_ABOUT]->(i) ON CREATE SET s.at = $at)
             RETURN i IS NOT NULL AS introduction, m IS NOT NULL AS owner",
        );
        let note = note
            .param("introduction", silence.introduction.to_string())
            .param("owner", silence.owner.to_string())
            .param("at", silence.at.as_ms());
        let rows = self.link().write_alone(note).await?;
        let is_there = |column| rows.first().map_or(Ok(false), |row| get::<bool>(row, column));
        if !is_there("introduction")? {
            return Err(StoreError::Missing(silence.introduction.into()));
        }
        if is_there("owner")? { Ok(()) } else { Err(StoreError::Missing(silence.owner.into())) }
    }

    async fn silences_of(&self, member: MemberId) -> StoreResult<Vec<Silence>> {
        let find = query(
            "MATCH (m:Member:Subject {id: $member})-[s:SILENT_ABOUT]->(i:Introduction)
             RETURN i.id AS id, s.at AS at ORDER BY id",
        );
        let rows = self.link().read(find.param("member", member.to_string())).await?;
        let silence = |row| {
            let (introduction, at) = (id_in(row, "id")?, Timestamp::from_ms(get(row, "at")?));
            Ok(Silence { introduction, owner: member, at })
        };
        rows.iter().map(silence).collect()
    }

    async fn ask_rules(
        &self,
        members: &[MemberId],
    ) -> StoreResult<Vec<Option<Versioned<AskRules>>>> {
        let ids: Vec<AskRulesId> = members.iter().map(|&id| AskRules::id_of(id)).collect();
        self.records(&ids).await
    }

    async fn all_ask_rules(&self) -> StoreResult<Vec<Versioned<AskRules>>> {
        let any = AskRulesId::new(0).into();
        self.records_after((any, self.look().at), None, PAGE_MAX).await
    }

    async fn ask_limits(&self, after: Option<FactId>, limit: usize) -> StoreResult<Vec<Fact>> {
        check_page(limit)?;
        let at = self.look().at;
        let text = format!(
            "MATCH (f:Fact {{kind: 'ask_limit'}}) WHERE f.id > $after AND EXISTS {{
                 MATCH (f)-[t:TOLD_BY]->() WHERE t.version <= $at AND (t.gone IS NULL OR t.gone > $at) }}
             WITH f ORDER BY f.id LIMIT $limit RETURN {COLUMNS}"
        );
        let find = query(&text)
            .param("after", after.map_or_else(String::new, |id| id.to_string()))
            .param("at", at)
            .param("limit", limit as i64);
        let rows = self.link().read(find).await?;
        let mut facts = kept(&rows)?.iter().filter_map(|kept| kept.at(at)).collect::<Vec<_>>();
        facts.sort_by_key(|fact| fact.id);
        Ok(facts)
    }
}

impl Neo4jStore {
    /// Every asking of a connector since a moment, ordered by connector, then time.
    pub(super) async fn askings(&self, since: Timestamp) -> StoreResult<Vec<AskOfConnector>> {
        let Look { at, .. } = self.look();
        let find = query(
            "MATCH (i:Introduction)-[c:CONNECTOR]->(p:Person)
             WHERE c.asked_at >= $since AND i.since <= $at
             RETURN p.id AS connector, c.asked_at AS asked_at, i.open AS open
             ORDER BY connector, asked_at, i.id",
        );
        let rows = self.link().read(find.param("since", since.as_ms()).param("at", at)).await?;
        let ask = |row| {
            let at = Timestamp::from_ms(get(row, "asked_at")?);
            Ok(AskOfConnector { connector: id_in(row, "connector")?, at, open: get(row, "open")? })
        };
        rows.iter().map(ask).collect()
    }
}
