//! Erasing a person: what names them goes, and all that followed from it, as if nobody had ever
//! told it. What they did with others is told again without them, at the versions of then.

use std::collections::{BTreeMap, BTreeSet};

use neo4rs::{BoltType, query};
use rustc_hash::FxHashSet;

use super::{
    decode::{get, id_in, parcels, texts},
    derived::{LinkKind, link_of},
    draft::{Draft, named},
    erasing::{FACTS_TOGETHER, STEP},
    error::Failure,
    facts::kept,
    link::Writing,
    load,
    save::{self, each, forget_contacts, forget_link},
    scrub,
    told::{COLUMNS, Kept},
};
use crate::{
    model::{AnyId, Claim, FactId, Remains, Telling, Timestamp, Traces},
    store::{StoreError, StoreResult},
};

/// A fact that names somebody who is erased, and what is left of it.
struct Doomed {
    kept: Kept,
    left: Option<Claim>,
}

/// Erases somebody; returns what is no more. It walks over all facts.
///
/// # Errors
/// `BadBatch` when a member of the team stands for them.
pub(super) async fn erase(
    writing: &mut Writing,
    version: i64,
    traces: &Traces,
) -> Result<FxHashSet<AnyId>, Failure> {
    refuse_members(writing, traces).await?;
    let doomed = doomed(writing, traces).await?;
    let jobs = doomed.iter().filter_map(|doomed| match (&doomed.kept.claim, &doomed.left) {
        (Claim::Employment(job), None) => Some(AnyId::from(job.id)),
        _ => None,
    });
    let mut removed: FxHashSet<AnyId> = traces.people().map(AnyId::from).chain(jobs).collect();
    let mut draft = Draft { version, ..Draft::default() };
    let mut gone: Vec<Kept> = Vec::new();
    for Doomed { kept, left } in doomed {
        if let Some(left) = left {
            replace(writing, &mut draft, (&kept, left), &mut gone).await?;
        }
        gone.push(kept);
    }
    remove_facts(writing, &gone).await?;
    let subjects: BTreeSet<AnyId> =
        draft.facts.values().flat_map(|held| named(&held.kept.claim)).collect();
    load::load_subjects(writing, &mut draft, &subjects).await?;
    save::flush(writing, &mut draft).await?;
    scrub::tellers(writing, traces).await?;
    removed.extend(scrub::records(writing, traces).await?);
    remove_subjects(writing, &removed).await?;
    Ok(removed)
}

/// Removes all evidence of before a moment; says whether there was any.
pub(super) async fn forget_evidence(
    writing: &mut Writing,
    before: Timestamp,
) -> Result<bool, Failure> {
    let mut forgot = false;
    loop {
        let find = query(
            "MATCH (f:Fact) WHERE f.at < datetime({epochMillis: $before}) AND f.kind = 'evidence'
             RETURN f.id AS id LIMIT $limit",
        );
        let find = find.param("before", before.as_ms()).param("limit", FACTS_TOGETHER);
        let rows = writing.rows(find).await?;
        if rows.is_empty() {
            return Ok(forgot);
        }
        forgot = true;
        let ids = rows.iter().map(|row| Ok(get::<&str>(row, "id")?.into()));
        remove_evidence(writing, ids.collect::<StoreResult<_>>()?).await?;
    }
}

async fn refuse_members(writing: &mut Writing, traces: &Traces) -> Result<(), Failure> {
    let find = query(
        "MATCH (m:Member)-[:IS]->(p:Person) WHERE p.id IN $people
         RETURN m.id AS member, p.id AS person LIMIT 1",
    );
    let rows = writing.rows(find.param("people", texts(traces.people()))).await?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (member, person): (AnyId, AnyId) = (id_in(row, "member")?, id_in(row, "person")?);
    let text = format!("{member} stands for {person}, who cannot be erased");
    Err(StoreError::BadBatch(text).into())
}

/// The facts of which not everything remains, in order of telling.
async fn doomed(writing: &mut Writing, traces: &Traces) -> Result<Vec<Doomed>, Failure> {
    // Evidence is most of it, and names nobody in words of its own but in a reason.
    let people = traces.people().map(|person| person.to_string());
    let signs: Vec<String> =
        people.chain(traces.written().map(str::to_owned)).map(|sign| sign.to_lowercase()).collect();
    let text = format!(
        "MATCH (f:Fact) WHERE f.id > $after AND f.id <= $until AND (f.kind <> 'evidence'
             OR f.claim CONTAINS '\"reason\"'
             OR any(sign IN $signs WHERE toLower(f.claim) CONTAINS sign)) RETURN {COLUMNS}"
    );
    let (mut doomed, mut after) = (Vec::new(), String::new());
    loop {
        let step = query(STEP).param("after", after.as_str()).param("skip", FACTS_TOGETHER - 1);
        let last = writing.rows(step).await?;
        let last: Option<String> = last.first().map(|row| get(row, "id")).transpose()?;
        let find = query(&text)
            .param("after", after)
            .param("until", last.clone().unwrap_or_else(|| "fact_g".to_owned()))
            .param("signs", signs.clone());
        for kept in kept(&writing.rows(find).await?)? {
            let left = match traces.taken_from(&kept.claim) {
                Remains::All => continue,
                Remains::Nothing => None,
                Remains::Other(left) => Some(left),
            };
            doomed.push(Doomed { kept, left });
        }
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    doomed.sort_by_key(|doomed| doomed.kept.first_told());
    Ok(doomed)
}

/// Puts what is left of a fact in its place; where that was told already, its tellings join.
async fn replace(
    writing: &mut Writing,
    draft: &mut Draft,
    (kept, left): (&Kept, Claim),
    gone: &mut Vec<Kept>,
) -> Result<(), Failure> {
    let Some(first) = kept.told.first() else { return Ok(()) };
    let mut telling = Telling::new(left, first.by.clone());
    telling.occurrence = kept.occurrence;
    loop {
        let id = telling.fact_id();
        load::load_facts(writing, draft, &BTreeSet::from([id])).await?;
        let (claim, occurrence) = (telling.claim.clone(), telling.occurrence);
        let Some(other) = draft.facts.get(&id) else {
            draft.hold_new(Kept { id, claim, occurrence, told: kept.told.clone() });
            return Ok(());
        };
        let told_both = other.kept.told.iter().any(|theirs| {
            let is_same = |mine: &super::told::Told| {
                mine.by.source == theirs.by.source && mine.by.recorder == theirs.by.recorder
            };
            kept.told.iter().any(is_same)
        });
        if !told_both {
            // The same, told by somebody who did not name them: it is written anew.
            let mut joined = other.kept.clone();
            if other.stored.is_some() {
                gone.push(joined.clone());
            }
            joined.told.extend(kept.told.iter().cloned());
            joined.told.sort_by_key(|told| (told.version, told.place));
            draft.hold_new(joined);
            return Ok(());
        }
        // One of several that are now equal: they are numbered, as rows of a file are.
        telling.occurrence += 1;
    }
}

/// Takes facts away, with all that followed from them.
async fn remove_facts(writing: &mut Writing, gone: &[Kept]) -> Result<(), Failure> {
    let mut links: BTreeMap<LinkKind, Vec<BoltType>> = BTreeMap::new();
    let mut keys: BTreeSet<String> = BTreeSet::new();
    let (mut evidence, mut others): (Vec<FactId>, Vec<FactId>) = (Vec::new(), Vec::new());
    for kept in gone {
        let is_evidence = matches!(kept.claim, Claim::Evidence(_));
        let of_its_kind = if is_evidence { &mut evidence } else { &mut others };
        of_its_kind.push(kept.id);
        keys.extend(kept.claim.identity_keys().into_iter().map(|(_, key)| key));
        if let Some(link) = link_of(kept) {
            links.entry(link.kind).or_default().push(link.row);
        }
    }
    for (kind, rows) in links {
        each(writing, &forget_link(kind), rows).await?;
    }
    remove_evidence(writing, rows_of(evidence)).await?;
    each(writing, REMOVE_FACTS, rows_of(others)).await?;
    // Their texts are addresses and names.
    let text = "UNWIND $rows AS key MATCH (k:IdentityKey {key: key})
                WHERE NOT EXISTS { (k)<-[:SAYS_WHO]-() } DELETE k";
    each(writing, text, keys.into_iter().map(BoltType::from).collect()).await?;
    writing.run(query("MATCH (t:Tag) WHERE NOT EXISTS { (t)<-[:TAGGED]-() } DELETE t")).await
}

const REMOVE_FACTS: &str = "UNWIND $rows AS id MATCH (f:Fact {id: id}) DETACH DELETE f";

fn rows_of<Id: ToString>(ids: Vec<Id>) -> Vec<BoltType> {
    texts(ids).into_iter().map(BoltType::from).collect()
}

async fn remove_evidence(writing: &mut Writing, ids: Vec<BoltType>) -> Result<(), Failure> {
    for kind in ["CONTACTED", "UNSEEN_CONTACT"] {
        each(writing, &forget_contacts(kind), ids.clone()).await?;
    }
    each(writing, REMOVE_FACTS, ids).await
}

/// Takes away whoever is no more, and what the log of changes says of them.
async fn remove_subjects(writing: &mut Writing, removed: &FxHashSet<AnyId>) -> Result<(), Failure> {
    let ids = rows_of(removed.iter().copied().collect());
    each(writing, "UNWIND $rows AS id MATCH (s:Subject {id: id}) DETACH DELETE s", ids.clone())
        .await?;
    let mut versions: BTreeSet<i64> = BTreeSet::new();
    for ids in parcels(ids) {
        let forget = query(
            "MATCH (c:Changed) WHERE any(id IN c.ids WHERE id IN $ids)
             SET c.ids = [id IN c.ids WHERE NOT id IN $ids] RETURN DISTINCT c.version AS version",
        );
        for row in writing.rows(forget.param("ids", ids)).await? {
            versions.insert(get(&row, "version")?);
        }
    }
    for version in versions {
        let find = query("MATCH (c:Changed {version: $version}) RETURN c.ids AS ids");
        let mut touched = Vec::new();
        for row in writing.rows(find.param("version", version)).await? {
            touched.extend(save::ids_of(&get::<Vec<&str>>(&row, "ids")?)?);
        }
        let trail = BoltType::Map(save::trail(touched.into_iter()));
        let note = query("MATCH (b:Batch {version: $version}) WHERE b.changed > 0 SET b += $trail");
        writing.run(note.param("version", version).param("trail", trail)).await?;
    }
    writing.run(query("MATCH (c:Changed) WHERE size(c.ids) = 0 DELETE c")).await
}
