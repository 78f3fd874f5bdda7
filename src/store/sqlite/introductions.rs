//! Introductions, who has a part in them, silences about them, and limits to being asked.

use async_trait::async_trait;
use rusqlite::{Connection, params_from_iter, types::Value};

use super::{
    SqliteStore,
    at::At,
    codec::{ASK_RULES, Key, id_in, read_json, subject_kind, write_json},
    facts, known, records,
    write::{Session, Writer},
};
use crate::{
    model::{
        AnyId, AskOfConnector, AskRules, AskRulesId, Fact, FactId, Introduction, IntroductionId,
        MemberId, PersonId, Revision, Silence, Timestamp, Versioned,
    },
    store::{Introductions, StoreError, StoreResult, check_page},
};

#[async_trait]
impl Introductions for SqliteStore {
    async fn introductions_of(
        &self,
        parties: &[AnyId],
        after: Option<IntroductionId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Introduction>>> {
        check_page(parties.len())?;
        check_page(limit)?;
        let parties = parties.to_vec();
        self.read(move |db, _| of_parties(db, &parties, after, limit)).await
    }

    async fn note_silence(&self, silence: Silence) -> StoreResult<()> {
        self.file.writer.run(move |writer: &mut Writer| writer.note_silence(&silence)).await
    }

    async fn silences_of(&self, member: MemberId) -> StoreResult<Vec<Silence>> {
        self.read(move |db, _| silences_of(db, member)).await
    }

    async fn ask_rules(
        &self,
        members: &[MemberId],
    ) -> StoreResult<Vec<Option<Versioned<AskRules>>>> {
        check_page(members.len())?;
        let ids: Vec<AskRulesId> = members.iter().map(|&id| AskRules::id_of(id)).collect();
        self.read(move |db, _| records::by_ids(db, &ids)).await
    }

    async fn all_ask_rules(&self) -> StoreResult<Vec<Versioned<AskRules>>> {
        self.read(move |db, at| {
            let any = AskRulesId::new(0).into();
            debug_assert_eq!(subject_kind(any), Some(ASK_RULES));
            records::after((db, at), any, None, crate::store::PAGE_MAX)
        })
        .await
    }

    async fn ask_limits(&self, after: Option<FactId>, limit: usize) -> StoreResult<Vec<Fact>> {
        check_page(limit)?;
        self.read(move |db, at| facts::ask_limits((db, at), after, limit)).await
    }
}

fn of_parties(
    db: &Connection,
    parties: &[AnyId],
    after: Option<IntroductionId>,
    limit: usize,
) -> StoreResult<Vec<Versioned<Introduction>>> {
    let mut values = Vec::with_capacity(parties.len() + 2);
    for &id in parties {
        values.extend(known::subject(db, id)?.map(|found| Value::from(found.ix)));
    }
    let marks = vec!["?"; values.len()].join(", ");
    let sql = format!(
        "SELECT r.body, s.revision FROM subject s JOIN record r ON r.subject = s.ix
         WHERE s.ix IN (SELECT introduction FROM party WHERE who IN ({marks})) AND s.id > ?
         ORDER BY s.id LIMIT ?"
    );
    let after = after.map_or_else(Vec::new, |id| id.value().to_be_bytes().to_vec());
    values.extend([Value::Blob(after), Value::from(limit as i64)]);
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        found.push(Versioned { value: read_json(&body)?, revision: Revision(row.get(1)?) });
    }
    Ok(found)
}

fn silences_of(db: &Connection, member: MemberId) -> StoreResult<Vec<Silence>> {
    let mut select = db.prepare_cached(
        "SELECT i.id, s.at FROM silence s JOIN subject i ON i.ix = s.introduction
         JOIN subject m ON m.ix = s.owner WHERE m.kind = ? AND m.id = ? ORDER BY i.id",
    )?;
    let rows = select.query_map((subject_kind(member.into()), Key::of(member)), |row| {
        let introduction = IntroductionId::new(id_in(row, 0)?);
        Ok(Silence { introduction, owner: member, at: Timestamp::from_ms(row.get(1)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes a silence; the first one stays.
pub(super) fn note_silence(db: &Connection, silence: &Silence) -> StoreResult<()> {
    let number = |id: AnyId| -> StoreResult<i64> {
        let found = known::subject(db, id)?;
        found.map(|found| found.ix).ok_or(StoreError::Missing(id))
    };
    let (introduction, owner) =
        (number(silence.introduction.into())?, number(silence.owner.into())?);
    db.prepare_cached("INSERT OR IGNORE INTO silence VALUES (?, ?, ?)")?.execute((
        introduction,
        owner,
        silence.at.as_ms(),
    ))?;
    Ok(())
}

pub(super) fn asks_since(
    db: &Connection,
    at: At,
    since: Timestamp,
) -> StoreResult<Vec<AskOfConnector>> {
    let mut select = db.prepare_cached(
        "SELECT a.connector, a.at, a.open FROM ask a JOIN subject s ON s.ix = a.introduction
         WHERE a.at >= ? AND s.version <= ? ORDER BY a.connector, a.at, s.id",
    )?;
    let rows = select.query_map((since.as_ms(), at), |row| {
        let connector = PersonId::new(id_in(row, 0)?);
        Ok(AskOfConnector { connector, at: Timestamp::from_ms(row.get(1)?), open: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps who has a part in an introduction, and the askings, as they are now.
pub(super) fn project(db: &Connection, ix: i64, introduction: &Introduction) -> StoreResult<()> {
    db.prepare_cached("DELETE FROM ask WHERE introduction = ?")?.execute([ix])?;
    db.prepare_cached("DELETE FROM party WHERE introduction = ?")?.execute([ix])?;
    let route = &introduction.route;
    let people = route.people().map(AnyId::from);
    let approvers = route.asks().iter().filter_map(|ask| ask.approver).map(AnyId::from);
    for who in people.chain(approvers) {
        let Some(found) = known::subject(db, who)? else { continue };
        db.prepare_cached("INSERT OR IGNORE INTO party VALUES (?, ?)")?.execute((found.ix, ix))?;
    }
    for ask in route.asks() {
        let Some(at) = ask.asked_at else { continue };
        db.prepare_cached("INSERT INTO ask VALUES (?, ?, ?, ?, ?, ?)")?.execute((
            Key::of(ask.connector),
            at.as_ms(),
            ix,
            Key::of(route.seeker()),
            introduction.state.is_open(),
            introduction.expires_at.map(Timestamp::as_ms),
        ))?;
    }
    Ok(())
}

/// Derives what follows from introductions, for a file that does not have it yet.
pub(super) fn derive_anew(db: &Connection) -> StoreResult<()> {
    let mut select = db.prepare(
        "SELECT r.subject, r.body FROM record r JOIN subject s ON s.ix = r.subject
         JOIN subject_kind k ON k.code = s.kind WHERE k.name = 'introduction'",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        project(db, row.get(0)?, &read_json(&body)?)?;
    }
    Ok(())
}

impl Session<'_, '_> {
    pub(super) fn put_introduction(&mut self, introduction: &Introduction) -> StoreResult<bool> {
        for person in introduction.route.people() {
            self.projector.known.need(self.db, person)?;
        }
        for ask in introduction.route.asks() {
            ask.approver.map_or(Ok(0), |member| self.projector.known.need(self.db, member))?;
        }
        let put = self.put(introduction.id.into(), &write_json(introduction)?)?;
        put.map_or(Ok(()), |ix| project(self.db, ix, introduction))?;
        Ok(put.is_some())
    }

    pub(super) fn put_ask_rules(&mut self, rules: &AskRules) -> StoreResult<bool> {
        self.projector.known.need(self.db, rules.owner)?;
        rules.approver.map_or(Ok(0), |member| self.projector.known.need(self.db, member))?;
        let put = self.put(AskRules::id_of(rules.owner).into(), &write_json(rules)?)?;
        Ok(put.is_some())
    }
}
