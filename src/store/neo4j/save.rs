//! Writing what was decided: one statement for each kind of change, whatever their number.

use std::collections::{BTreeMap, BTreeSet};

use neo4rs::{BoltMap, BoltType, query};

use super::{
    decode::{id, label, map, parcels, texts, write_json},
    derived::{Derived, LinkKind, derive, kind, link_of},
    draft::{Draft, Held, renames, teller_id, teller_of},
    error::Failure,
    link::Writing,
    names, records,
    told::{Kept, Told, owner_text},
};
use crate::{
    model::{AnyId, Group, Holder, MemberId},
    store::{BatchNote, StoreResult},
};

/// Writes everything that the server does not have yet.
pub(super) async fn flush(writing: &mut Writing, draft: &mut Draft) -> Result<(), Failure> {
    write_subjects(writing, draft).await?;
    records::write(writing, draft).await?;
    write_facts(writing, draft).await?;
    each(writing, NOTES, std::mem::take(&mut draft.notes)).await?;
    each(writing, CHANGED, std::mem::take(&mut draft.log)).await?;
    for (person, is_erased) in draft.erasing.drain() {
        let statement = if is_erased {
            query("MERGE (:Erased {id: $id})")
        } else {
            query("MATCH (e:Erased {id: $id}) DELETE e")
        };
        writing.run(statement.param("id", person.to_string())).await?;
    }
    for epoch in draft.epochs.drain(..) {
        let begin = query("MERGE (e:Epoch {version: $version}) SET e.day = $day");
        let begin = begin.param("version", epoch.version.0 as i64).param("day", epoch.day.number());
        writing.run(begin).await?;
    }
    Ok(())
}

/// Runs a statement once for each parcel of its rows.
pub(super) async fn each(
    writing: &mut Writing,
    text: &str,
    rows: Vec<BoltType>,
) -> Result<(), Failure> {
    for rows in parcels(rows) {
        writing.run(query(text).param("rows", rows)).await?;
    }
    Ok(())
}

async fn write_subjects(writing: &mut Writing, draft: &mut Draft) -> Result<(), Failure> {
    let mut new: BTreeMap<&str, Vec<BoltType>> = BTreeMap::new();
    let mut changed = Vec::new();
    for (id, subject) in draft.subjects.iter_mut().filter(|(_, subject)| subject.is_dirty) {
        let row = map! {
            "id": id.to_string(),
            "revision": subject.revision,
            "since": subject.since,
            "body": subject.body.clone(),
        };
        match label(*id).filter(|_| subject.is_new) {
            Some(label) => new.entry(label).or_default().push(row),
            None => changed.push(row),
        }
        subject.is_new = false;
        // Records are looked at once more.
        subject.is_dirty = subject.body.is_some();
    }
    for (label, rows) in new {
        let text = format!(
            "UNWIND $rows AS r CREATE (:Subject:{label}
                 {{id: r.id, revision: r.revision, since: r.since, body: r.body}})"
        );
        each(writing, &text, rows).await?;
    }
    let text = "UNWIND $rows AS r MATCH (s:Subject {id: r.id})
                SET s.revision = r.revision, s.body = r.body";
    each(writing, text, changed).await
}

async fn write_facts(writing: &mut Writing, draft: &mut Draft) -> Result<(), Failure> {
    let mut rows = FactRows::default();
    let mut renamed: BTreeSet<Holder> = BTreeSet::new();
    for held in draft.facts.values_mut().filter(|held| held.is_dirty) {
        rows.add(held)?;
        renamed.extend(renames(&held.kept.claim));
        held.stored = Some(held.kept.told.len());
        held.taken_back.clear();
        held.is_dirty = false;
    }
    rows.write(writing).await?;
    names::refresh(writing, renamed).await
}

/// Rows of parameters, by the statement that takes them.
#[derive(Default)]
struct FactRows {
    tellers: BTreeMap<String, BoltType>,
    facts: Vec<BoltType>,
    about: Vec<BoltType>,
    told: Vec<BoltType>,
    taken_back: Vec<BoltType>,
    /// Facts that were there before, from which something followed.
    again: Vec<BoltType>,
    again_evidence: Vec<BoltType>,
    again_links: BTreeMap<LinkKind, Vec<BoltType>>,
    found_by: Vec<BoltType>,
    says_who: Vec<BoltType>,
    alone: Vec<BoltType>,
    contacted: Vec<BoltType>,
    unseen: Vec<BoltType>,
    links: BTreeMap<LinkKind, Vec<BoltType>>,
}

impl FactRows {
    fn add(&mut self, held: &Held) -> StoreResult<()> {
        let kept = &held.kept;
        let fact = kept.id.to_string();
        match held.stored {
            None => self.add_new(kept)?,
            Some(_) if matches!(kept.claim, crate::model::Claim::Evidence(_)) => {
                self.again_evidence.push(fact.as_str().into());
            }
            Some(_) => {
                self.again.push(fact.as_str().into());
                if let Some(link) = link_of(kept) {
                    self.again_links.entry(link.kind).or_default().push(link.row);
                }
            }
        }
        for told in &kept.told[held.stored.unwrap_or(0)..] {
            let teller = self.teller(told)?;
            self.told.push(map! {
                "fact": fact.as_str(),
                "teller": teller,
                "version": told.version,
                "place": told.place,
                "recorded_at": told.by.recorded_at.as_ms(),
                "retracted_at": told.by.retracted_at.map(crate::model::Timestamp::as_ms),
                "gone": told.gone,
            });
        }
        let old = held.stored.unwrap_or(0);
        for told in held.taken_back.iter().filter(|nth| **nth < old).map(|nth| &kept.told[*nth]) {
            self.taken_back.push(map! {
                "fact": fact.as_str(),
                "version": told.version,
                "place": told.place,
                "retracted_at": told.by.retracted_at.map(crate::model::Timestamp::as_ms),
                "gone": told.gone,
            });
        }
        self.add_derived(&fact, derive(kept)?);
        Ok(())
    }

    fn add_new(&mut self, kept: &Kept) -> StoreResult<()> {
        let at = match &kept.claim {
            crate::model::Claim::Evidence(evidence) => Some(evidence.at().as_ms()),
            claim => {
                let subjects: BTreeSet<AnyId> = claim.subjects().into_iter().collect();
                let fact = kept.id.to_string();
                let about = |id: AnyId| map! { "fact": fact.as_str(), "subject": id.to_string() };
                self.about.extend(subjects.into_iter().map(about));
                None
            }
        };
        self.facts.push(map! {
            "fact": kept.id.to_string(),
            "kind": kind(&kept.claim),
            "occurrence": kept.occurrence,
            "claim": write_json(&kept.claim)?,
            "at": at,
        });
        Ok(())
    }

    fn teller(&mut self, told: &Told) -> StoreResult<String> {
        let teller = teller_of(&told.by);
        let body = write_json(&teller)?;
        let id = teller_id(&body);
        if !self.tellers.contains_key(&id) {
            let owner = match teller.audience.group {
                Group::Team => None,
                Group::Owner(member) => Some(member),
            };
            let row = map! {
                "id": id.as_str(),
                "body": body,
                "system": teller.source.system.as_str(),
                "import": teller.source.import.map(|import| import.to_string()),
                "recorder": crate::store::standing::author_text(teller.recorder),
                "owner": owner_text(owner),
            };
            self.tellers.insert(id.clone(), row);
        }
        Ok(id)
    }

    fn add_derived(&mut self, fact: &str, derived: Derived) {
        self.found_by.extend(derived.found_by);
        let says = derived.says_who.into_iter().map(|(key, holder)| {
            map! { "fact": fact, "key": key, "holder": AnyId::from(holder).to_string() }
        });
        self.says_who.extend(says);
        let alone = derived.alone.iter();
        self.alone.extend(alone.map(|member| map! { "fact": fact, "member": member.to_string() }));
        self.contacted.extend(derived.contacted);
        self.unseen.extend(derived.unseen);
        if let Some(link) = derived.link {
            self.links.entry(link.kind).or_default().push(link.row);
        }
    }

    async fn write(self, writing: &mut Writing) -> Result<(), Failure> {
        each(writing, TELLERS, self.tellers.into_values().collect()).await?;
        each(writing, FACTS, self.facts).await?;
        each(writing, ABOUT, self.about).await?;
        each(writing, TOLD, self.told).await?;
        each(writing, TAKEN_BACK, self.taken_back).await?;
        for kind in ["CONTACTED", "UNSEEN_CONTACT"] {
            each(writing, &forget_contacts(kind), self.again_evidence.clone()).await?;
        }
        let again = self.again.into_iter().chain(self.again_evidence).collect();
        each(writing, FORGET, again).await?;
        for (kind, rows) in self.again_links {
            each(writing, &forget_link(kind), rows).await?;
        }
        each(writing, FOUND_BY, self.found_by).await?;
        each(writing, SAYS_WHO, self.says_who).await?;
        each(writing, ALONE, self.alone).await?;
        each(writing, &contact("CONTACTED"), self.contacted).await?;
        each(writing, &contact("UNSEEN_CONTACT"), self.unseen).await?;
        for (kind, rows) in self.links {
            each(writing, &link(kind), rows).await?;
        }
        Ok(())
    }
}

const TELLERS: &str = "UNWIND $rows AS r MERGE (a:Teller {id: r.id}) ON CREATE SET a.body = r.body,
    a.system = r.system, a.import = r.import, a.recorder = r.recorder, a.owner = r.owner";

const FACTS: &str = "UNWIND $rows AS r CREATE (:Fact {id: r.fact, kind: r.kind,
    occurrence: r.occurrence, claim: r.claim,
    at: CASE WHEN r.at IS NULL THEN null ELSE datetime({epochMillis: r.at}) END})";

const ABOUT: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact})
    MATCH (s:Subject {id: r.subject}) CREATE (f)-[:ABOUT]->(s)";

const TOLD: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact}) MATCH (a:Teller {id: r.teller})
    CREATE (f)-[:TOLD_BY {version: r.version, place: r.place, recorded_at: r.recorded_at,
        retracted_at: r.retracted_at, gone: r.gone}]->(a)";

const TAKEN_BACK: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact})-[t:TOLD_BY]->(:Teller)
    WHERE t.version = r.version AND t.place = r.place
    SET t.retracted_at = r.retracted_at, t.gone = r.gone";

const FORGET: &str = "UNWIND $rows AS id MATCH (f:Fact {id: id})
    OPTIONAL MATCH (f)-[s:SAYS_WHO]->() OPTIONAL MATCH (f)<-[a:SEES_ALONE]-() DELETE s, a";

const FOUND_BY: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact}) SET f.holder = r.holder,
    f.keys = r.keys, f.open_to = r.open_to, f.open_from = r.open_from, f.open_until = r.open_until";

const SAYS_WHO: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact})
    MERGE (k:IdentityKey {key: r.key}) CREATE (f)-[:SAYS_WHO {holder: r.holder}]->(k)";

const ALONE: &str = "UNWIND $rows AS r MATCH (f:Fact {id: r.fact})
    MATCH (m:Member {id: r.member}) CREATE (m)-[:SEES_ALONE]->(f)";

/// The statement that takes away the contacts of facts.
pub(super) fn forget_contacts(kind: &str) -> String {
    format!("UNWIND $rows AS id MATCH ()-[c:{kind} {{fact_id: id}}]->() DELETE c")
}

fn contact(kind: &str) -> String {
    format!(
        "UNWIND $rows AS r MATCH (a:Person {{id: r.from}}) MATCH (b:Person {{id: r.to}})
         CREATE (a)-[:{kind} {{fact_id: r.fact, at: datetime({{epochMillis: r.at}}), kind: r.kind,
             recipients: r.recipients, statement: r.statement, seen: r.seen}}]->(b)"
    )
}

/// The statement that takes away what was linked by facts.
pub(super) fn forget_link(kind: LinkKind) -> String {
    let end = if kind == LinkKind::Holds { "to" } else { "from" };
    format!(
        "UNWIND $rows AS r MATCH (a:Subject {{id: r.{end}}})-[x:{} {{fact_id: r.fact}}]-() DELETE x",
        kind.name()
    )
}

fn link(kind: LinkKind) -> String {
    let name = kind.name();
    match kind {
        LinkKind::Tagged => format!(
            "UNWIND $rows AS r MATCH (a:Subject {{id: r.from}}) MERGE (t:Tag {{word: r.to}})
             CREATE (a)-[:{name} {{fact_id: r.fact}}]->(t)"
        ),
        LinkKind::Holds => format!(
            "UNWIND $rows AS r MATCH (a:Subject {{id: r.from}}) MATCH (b:Subject {{id: r.to}})
             CREATE (a)-[:{name} {{fact_id: r.fact}}]->(b)"
        ),
        LinkKind::WorksAt | LinkKind::Relation(_) => format!(
            "UNWIND $rows AS r MATCH (a:Subject {{id: r.from}}) MATCH (b:Subject {{id: r.to}})
             CREATE (a)-[:{name} {{fact_id: r.fact, id: r.id, title: r.title,
                 from: date(r.from_day), to: date(r.to_day)}}]->(b)"
        ),
    }
}

/// How many ids one node of the log of changes holds.
const IDS_TOGETHER: usize = 1_000;

/// What a version changed, and for whom, as the log of changes has it: ids alone.
pub(super) fn changed_rows(
    version: i64,
    touched: &BTreeSet<(Option<MemberId>, AnyId)>,
) -> Vec<BoltType> {
    let touched: Vec<_> = touched.iter().collect();
    let of_one = touched.chunk_by(|one, other| one.0 == other.0);
    let row = |ids: &[&(Option<MemberId>, AnyId)]| {
        map! {
            "version": version,
            "owner": owner_text(ids[0].0),
            "ids": texts(ids.iter().map(|(_, id)| id)),
        }
    };
    of_one.flat_map(|of_one| of_one.chunks(IDS_TOGETHER)).map(row).collect()
}

const NOTES: &str = "UNWIND $rows AS r
    CREATE (b:Batch {id: r.id, version: r.version, changed: r.changed, author: r.author, at: r.at})
    SET b.import = r.import, b += r.trail";

const CHANGED: &str =
    "UNWIND $rows AS r CREATE (:Changed {version: r.version, owner: r.owner, ids: r.ids})";

/// What the trail says of a batch that touched these.
pub(super) fn trail(ids: impl Iterator<Item = AnyId>) -> BoltMap {
    let ids: BTreeSet<AnyId> = ids.collect();
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for id in &ids {
        match kinds.last_mut() {
            Some((kind, count)) if *kind == id.kind() => *count += 1,
            _ => kinds.push((id.kind(), 1)),
        }
    }
    let is_quiet = ids.iter().any(|id| matches!(id, AnyId::AudienceRuleId(_)));
    let mut trail = BoltMap::default();
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    trail.put("kinds".into(), kinds.into());
    trail.put("ids".into(), texts(ids.iter().take(BatchNote::IDS_MAX)).into());
    trail.put("quiet".into(), is_quiet.into());
    trail
}

/// The ids in a text of the log of changes.
pub(super) fn ids_of(texts: &[&str]) -> StoreResult<Vec<AnyId>> {
    texts.iter().map(|text| id(text)).collect()
}
