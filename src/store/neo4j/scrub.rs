//! Taking somebody who is erased out of the records and the names of systems that name them.

use std::collections::BTreeMap;

use neo4rs::query;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    decode::{Teller, get, id_in, label, read_json, write_json},
    draft::{Draft, Subject, teller_id},
    error::Failure,
    link::Writing,
    records as kept,
};
use crate::model::{
    AnyId, AskRules, AskRulesId, AudienceRule, AudienceRuleId, Import, ImportId, Introduction,
    IntroductionId, Invitation, InvitationId, List, ListId, Scrubbed, Token, TokenId, Traces,
};

/// How many records or tellings one step takes.
const TOGETHER: i64 = 5_000;

/// Takes somebody out of all records; returns those that were about them.
pub(super) async fn records(writing: &mut Writing, traces: &Traces) -> Result<Vec<AnyId>, Failure> {
    let mut gone = Vec::new();
    scrub::<Introduction>(writing, traces, IntroductionId::new(0).into(), &mut gone).await?;
    scrub::<AskRules>(writing, traces, AskRulesId::new(0).into(), &mut gone).await?;
    scrub::<AudienceRule>(writing, traces, AudienceRuleId::new(0).into(), &mut gone).await?;
    scrub::<Invitation>(writing, traces, InvitationId::new(0).into(), &mut gone).await?;
    scrub::<Import>(writing, traces, ImportId::new(0).into(), &mut gone).await?;
    scrub::<List>(writing, traces, ListId::new(0).into(), &mut gone).await?;
    scrub::<Token>(writing, traces, TokenId::new(0).into(), &mut gone).await?;
    Ok(gone)
}

async fn scrub<T: DeserializeOwned + Serialize + Scrubbed + Clone + PartialEq>(
    writing: &mut Writing,
    traces: &Traces,
    any: AnyId,
    gone: &mut Vec<AnyId>,
) -> Result<(), Failure> {
    let label = label(any).unwrap_or("Subject");
    let text = format!(
        "MATCH (s:Subject:{label}) WHERE s.id > $after AND s.id < $end
         RETURN s.id AS id, s.body AS body, s.revision AS revision, s.since AS since
         ORDER BY s.id LIMIT {TOGETHER}"
    );
    let (mut after, end) = (format!("{}_", any.kind()), format!("{}_g", any.kind()));
    let mut draft = Draft::default();
    loop {
        let find = query(&text).param("after", after.as_str()).param("end", end.as_str());
        let rows = writing.rows(find).await?;
        for row in &rows {
            let (id, record): (AnyId, T) = (id_in(row, "id")?, read_json(get(row, "body")?)?);
            let left = match record.clone().without(traces) {
                None => {
                    gone.push(id);
                    continue;
                }
                Some(left) if left == record => continue,
                Some(left) => left,
            };
            let (revision, since) = (get(row, "revision")?, get(row, "since")?);
            let body = Some(write_json(&left)?);
            draft
                .subjects
                .insert(id, Subject { revision, since, body, is_new: false, is_dirty: true });
        }
        match rows.last() {
            Some(last) if rows.len() as i64 == TOGETHER => after = get(last, "id")?,
            _ => break,
        }
    }
    let bodies = draft.subjects.iter().map(|(id, subject)| {
        super::decode::map! { "id": id.to_string(), "body": subject.body.clone() }
    });
    let text = "UNWIND $rows AS r MATCH (s:Subject {id: r.id}) SET s.body = r.body";
    super::save::each(writing, text, bodies.collect()).await?;
    kept::write(writing, &mut draft).await
}

/// Takes somebody's name out of the names of systems, which files may have given.
pub(super) async fn tellers(writing: &mut Writing, traces: &Traces) -> Result<(), Failure> {
    let rows = writing.rows(query("MATCH (a:Teller) RETURN a.id AS id, a.body AS body")).await?;
    let mut changed: BTreeMap<String, Teller> = BTreeMap::new();
    for row in &rows {
        let mut teller: Teller = read_json(get(row, "body")?)?;
        let system = traces.cleaned_system(&teller.source.system);
        if system != teller.source.system {
            teller.source.system = system;
            changed.insert(get(row, "id")?, teller);
        }
    }
    for (old, teller) in changed {
        let body = write_json(&teller)?;
        let make = query(
            "MATCH (old:Teller {id: $old}) MERGE (new:Teller {id: $new})
             ON CREATE SET new.body = $body, new.system = $system, new.import = old.import,
                 new.recorder = old.recorder, new.owner = old.owner",
        );
        let new = teller_id(&body);
        let make = make
            .param("old", old.as_str())
            .param("new", new.as_str())
            .param("body", body)
            .param("system", teller.source.system.as_str());
        writing.run(make).await?;
        loop {
            let join = query(&format!(
                "MATCH (new:Teller {{id: $new}})
                 MATCH (f:Fact)-[t:TOLD_BY]->(:Teller {{id: $old}}) WITH new, f, t LIMIT {TOGETHER}
                 CREATE (f)-[again:TOLD_BY]->(new) SET again = properties(t) DELETE t
                 RETURN count(*) AS moved"
            ));
            let join = join.param("new", new.as_str()).param("old", old.as_str());
            let rows = writing.rows(join).await?;
            if rows.first().map_or(Ok(0), |row| get::<i64>(row, "moved"))? < TOGETHER {
                break;
            }
        }
        let remove = query("MATCH (old:Teller {id: $old}) DELETE old");
        writing.run(remove.param("old", old)).await?;
    }
    Ok(())
}
