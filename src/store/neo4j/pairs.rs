//! Pairs of people with what may be seen of their evidence, and the long streams.

use std::collections::BTreeSet;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use neo4rs::{Row, query};

use super::{
    Neo4jStore,
    decode::{get, id, id_in, map, read_json, texts},
    facts::{OPEN, is_evidence, kept},
    paging::{Paged, pages},
    told::{COLUMNS, Kept, Look, TEAM, seen, seen_in},
};
use crate::{
    model::{
        Claim, Direction, Employment, EvidenceKind, Fact, FactId, PairEvidence, PersonId, Timestamp,
    },
    store::{PairRow, Store as _, StoreResult, check_page},
};

/// What is read of a contact `c` of `p` with `q`.
const CONTACT: &str = "[q.id, startNode(c) = p, c.at.epochMillis, c.kind, c.fact_id, c.recipients,
    c.statement, c.seen]";

/// A contact in a row: the other, whether it goes to them, when, what, which fact, how many were
/// spoken to, what was stated, and who saw it from when until when.
type ContactRow<'a> = (&'a str, bool, i64, &'a str, &'a str, u16, Option<&'a str>, Vec<&'a str>);

/// How many people one page has at first, and at most.
const PEOPLE_TOGETHER: [usize; 2] = [100, 4_000];
/// How many contacts one page should have.
const CONTACTS_TOGETHER: usize = 20_000;
/// How many ids or facts one page of a plain walk has.
const ROWS_TOGETHER: usize = 10_000;
/// How many companies one page has.
const COMPANIES_TOGETHER: usize = 500;
/// How often a page is read again because somebody wrote meanwhile.
const READ_AGAIN_MAX: usize = 5;

/// One contact, if it stands for one of some owners; of those who see it, the last named counts.
fn contact(
    row: &ContactRow<'_>,
    is_low: bool,
    owners: &[String],
    at: i64,
) -> StoreResult<Option<PairEvidence>> {
    let (_, forth, when, kind, fact, recipients, statement, texts) = row;
    let by = |owner: &String| texts.iter().find_map(|text| seen_in(text, owner, at));
    let Some((level, recorded_at)) = owners.iter().rev().find_map(by) else { return Ok(None) };
    let kind = kind_of(kind, *statement)?;
    let direction = match (kind.is_directed(), *forth == is_low) {
        (false, _) => Direction::Mutual,
        (true, true) => Direction::Forth,
        (true, false) => Direction::Back,
    };
    let (fact, at) = (id(fact)?, Timestamp::from_ms(*when));
    let recipients = *recipients;
    Ok(Some(PairEvidence { fact, kind, direction, at, recorded_at, recipients, level }))
}

/// The kind of a contact; only statements and overrides need their JSON.
fn kind_of(name: &str, statement: Option<&str>) -> StoreResult<EvidenceKind> {
    let plain = [
        EvidenceKind::Mail,
        EvidenceKind::Message,
        EvidenceKind::ListAnswer,
        EvidenceKind::Call,
        EvidenceKind::Meeting,
        EvidenceKind::Introduction,
        EvidenceKind::Connection,
    ];
    match plain.into_iter().find(|kind| kind.name() == name) {
        Some(kind) => Ok(kind),
        None => read_json(statement.unwrap_or_default()),
    }
}

/// The pairs of one person with those of higher ids, in order, each with its evidence in order.
fn rows_of(low: PersonId, contacts: &[ContactRow<'_>], at: i64) -> StoreResult<Vec<PairRow>> {
    let team = [TEAM.to_owned()];
    let mut found: Vec<(PersonId, PairEvidence)> = Vec::new();
    for row in contacts {
        if let Some(evidence) = contact(row, true, &team, at)? {
            found.push((id(row.0)?, evidence));
        }
    }
    found.sort_by_key(|(high, evidence)| (*high, evidence.at, evidence.fact));
    let pairs = found.chunk_by(|one, other| one.0 == other.0);
    let pair = |pair: &[(PersonId, PairEvidence)]| PairRow {
        low,
        high: pair[0].0,
        evidence: pair.iter().map(|(_, evidence)| evidence.clone()).collect(),
    };
    Ok(pairs.map(pair).collect())
}

impl Neo4jStore {
    pub(super) async fn evidence_between(
        &self,
        pairs: &[(PersonId, PersonId)],
    ) -> StoreResult<Vec<PairRow>> {
        check_page(pairs.len())?;
        let look = self.look();
        let mut rows: Vec<PairRow> = Vec::with_capacity(pairs.len());
        let mut asked = Vec::with_capacity(pairs.len());
        for (nth, &(one, other)) in pairs.iter().enumerate() {
            let (low, high) = (one.min(other), one.max(other));
            rows.push(PairRow { low, high, evidence: Vec::new() });
            asked
                .push(map! { "nth": nth as i64, "low": low.to_string(), "high": high.to_string() });
        }
        let text = format!(
            "UNWIND $pairs AS pair MATCH (p:Person {{id: pair.low}}) MATCH (q:Person {{id: pair.high}})
             MATCH (p)-[c:CONTACTED|UNSEEN_CONTACT]-(q) RETURN pair.nth AS nth, {CONTACT} AS contact"
        );
        let owners = look.owners();
        for row in self.link().read(query(&text).param("pairs", asked)).await? {
            let found = contact(&get(&row, "contact")?, true, &owners, look.at)?;
            rows[get::<usize>(&row, "nth")?].evidence.extend(found);
        }
        for row in &mut rows {
            row.evidence.sort_by_key(|evidence| (evidence.at, evidence.fact));
        }
        Ok(rows)
    }

    pub(super) async fn pairs_with(
        &self,
        people: &[PersonId],
    ) -> StoreResult<Vec<(PersonId, PersonId)>> {
        check_page(people.len())?;
        let look = self.look();
        let is_plain = look.is_now() && look.member.is_none();
        let text = if is_plain {
            "UNWIND $ids AS id MATCH (p:Person {id: id})-[:CONTACTED]-(q)
             RETURN DISTINCT id, q.id AS other, null AS seen"
        } else {
            "UNWIND $ids AS id MATCH (p:Person {id: id})-[c:CONTACTED|UNSEEN_CONTACT]-(q)
             RETURN DISTINCT id, q.id AS other, c.seen AS seen"
        };
        let owners = look.owners();
        let mut pairs = BTreeSet::new();
        for row in self.link().read(query(text).param("ids", texts(people))).await? {
            let seen: Option<Vec<&str>> = get(&row, "seen")?;
            let stands =
                |owner| seen.iter().flatten().any(|text| seen_in(text, owner, look.at).is_some());
            if is_plain || owners.iter().any(|owner| stands(owner)) {
                let (one, other): (PersonId, PersonId) =
                    (id_in(&row, "id")?, id_in(&row, "other")?);
                pairs.insert((one.min(other), one.max(other)));
            }
        }
        Ok(pairs.into_iter().collect())
    }

    pub(super) fn all_people(&self) -> BoxStream<'_, StoreResult<PersonId>> {
        let page = |store: Self, at: i64, after: Option<PersonId>| async move {
            let items = store.ids_after(("Person", after), (at, ROWS_TOGETHER)).await?;
            let last = items.last().copied().filter(|_| items.len() == ROWS_TOGETHER);
            Ok(Paged { next: last.map(Some), items })
        };
        pages(self, None, page)
    }

    /// All pairs of the team: one row comes for each person, with all contacts to higher ids.
    pub(super) fn all_pairs(&self) -> BoxStream<'_, StoreResult<PairRow>> {
        let page = |store: Self, at: i64, (after, people): (String, usize)| async move {
            let rows = store.page_of_contacts(at, &after, people).await?;
            let (mut items, mut contacts) = (Vec::new(), 0);
            for row in &rows {
                let each: Vec<ContactRow<'_>> = get(row, "contacts")?;
                contacts += each.len();
                items.extend(rows_of(id_in(row, "low")?, &each, at)?);
            }
            let last = rows.last().filter(|_| rows.len() == people);
            let last = last.map(|row| get::<String>(row, "low")).transpose()?;
            // Some people have a hundred thousand contacts, most have few.
            let fitting = people * CONTACTS_TOGETHER / contacts.max(1);
            let next = fitting.clamp(1, people * 2).min(PEOPLE_TOGETHER[1]);
            Ok(Paged { items, next: last.map(|last| (last, next)) })
        };
        pages(self, (String::new(), PEOPLE_TOGETHER[0]), page)
    }

    /// Contacts of some people. Where a write took one from the seen to the unseen meanwhile, a walk
    /// over both may have missed it: so they are read again, unless writes never end.
    async fn page_of_contacts(&self, at: i64, after: &str, people: usize) -> StoreResult<Vec<Row>> {
        // The other has no label here: with one, the planner may look all later people up in the index
        // for each person, instead of following the contacts.
        let text = format!(
            "MATCH (p:Person) WHERE p.id > $after AND p.since <= $at
             WITH p ORDER BY p.id LIMIT $people
             RETURN p.id AS low,
                 [(p)-[c:CONTACTED|UNSEEN_CONTACT]-(q) WHERE q.id > p.id | {CONTACT}] AS contacts
             ORDER BY low"
        );
        let find =
            query(&text).param("after", after).param("at", at).param("people", people as i64);
        let now = Self { at: Look::NOW, ..self.clone() };
        let mut before = now.version().await?;
        for _ in 0..READ_AGAIN_MAX {
            let rows = self.link().read(find.clone()).await?;
            let version = now.version().await?;
            if std::mem::replace(&mut before, version) == version {
                return Ok(rows);
            }
        }
        self.link().read(find).await
    }

    /// The pairs of which a member sees more than the team.
    pub(super) fn own_pairs(&self) -> BoxStream<'_, StoreResult<(PersonId, PersonId)>> {
        let Some(member) = self.look().member else { return stream::empty().boxed() };
        let begin = async move {
            let at = self.version().await?.0 as i64;
            let text = format!(
                "MATCH (m:Member:Subject {{id: $member}})-[:SEES_ALONE]->(f:Fact) WHERE {}
                 RETURN {COLUMNS}",
                is_evidence()
            );
            let mut pairs = BTreeSet::new();
            let each = |row: &Row| {
                let kept = Kept::in_row(row)?;
                let seen = seen(&kept.claim, &kept.told);
                let now = |seen: &&super::told::Seen| seen.told <= at && seen.gone > at;
                let is_seen = seen.iter().filter(now).any(|seen| seen.owner == Some(member));
                if let (Claim::Evidence(evidence), true) = (&kept.claim, is_seen) {
                    pairs.extend(evidence.pairs().into_iter().map(|(low, high, _)| (low, high)));
                }
                Ok(())
            };
            let find = query(&text).param("member", member.to_string());
            self.link().read_each(find, each).await?;
            StoreResult::Ok(stream::iter(pairs.into_iter().map(Ok)))
        };
        stream::once(begin).try_flatten().boxed()
    }

    pub(super) fn all_evidence(&self) -> BoxStream<'_, StoreResult<Fact>> {
        let text = format!(
            "MATCH (f:Fact) WHERE f.id > $after AND {}
             WITH f ORDER BY f.id LIMIT {ROWS_TOGETHER} RETURN {COLUMNS} ORDER BY fact",
            is_evidence()
        );
        let page = move |store: Self, at: i64, after: String| {
            let find = query(&text).param("after", after);
            async move {
                let kept = kept(&store.link().read(find).await?)?;
                let last: Option<FactId> = kept.last().map(|kept| kept.id);
                let next = last.filter(|_| kept.len() == ROWS_TOGETHER);
                let standing = kept.iter().filter(|kept| kept.standing_since(at).is_some());
                let items = standing.filter_map(|kept| kept.at(at)).collect();
                Ok(Paged { items, next: next.map(|id| id.to_string()) })
            }
        };
        pages(self, String::new(), page)
    }

    pub(super) fn all_employments(&self) -> BoxStream<'_, StoreResult<Employment>> {
        let text = format!(
            "MATCH (c:Company) WHERE c.id > $after
             WITH c ORDER BY c.id LIMIT {COMPANIES_TOGETHER}
             RETURN c.id AS company,
                 [(c)<-[:ABOUT]-(f:Fact) WHERE f.kind = 'employment' AND {OPEN} | [f.id, f.claim]] AS jobs
             ORDER BY company"
        );
        let page = move |store: Self, at: i64, after: String| {
            let find = query(&text)
                .param("after", after)
                .param("owners", store.look().owners())
                .param("at", at);
            async move {
                let rows = store.link().read(find).await?;
                let mut items = Vec::new();
                for row in &rows {
                    let mut jobs: Vec<(Employment, FactId)> = Vec::new();
                    for (fact, claim) in get::<Vec<(&str, &str)>>(row, "jobs")? {
                        if let Claim::Employment(job) = read_json(claim)? {
                            jobs.push((job, id(fact)?));
                        }
                    }
                    jobs.sort_by_key(|(job, fact)| (job.person, job.id, *fact));
                    items.extend(jobs.into_iter().map(|(job, _)| job));
                }
                let last = rows.last().filter(|_| rows.len() == COMPANIES_TOGETHER);
                let next = last.map(|row| get::<String>(row, "company")).transpose()?;
                Ok(Paged { items, next })
            }
        };
        pages(self, String::new(), page)
    }
}
