//! For whose eyes tellings are, and what a member never shows.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use rusqlite::Connection;

use super::{
    SqliteStore,
    at::At,
    codec::{AUDIENCE_RULE, Told, read_json, write_json},
    facts,
    known::Known,
    threads::Sink,
    write::Session,
};
use crate::{
    model::{
        Attestation, Audience, AudienceRule, Author, Fact, FactId, ImportId, MemberId, Revision,
        Source, Versioned,
    },
    store::{Audiences, PAGE_MAX, StoreError, StoreResult},
};

#[async_trait]
impl Audiences for SqliteStore {
    fn stream_told_by(
        &self,
        member: MemberId,
        import: Option<ImportId>,
    ) -> BoxStream<'_, StoreResult<Fact>> {
        self.file.streams.start(move |db, sink| stream_told_by(db, (member, import), sink))
    }

    async fn audience_rules_of(
        &self,
        member: MemberId,
    ) -> StoreResult<Vec<Versioned<AudienceRule>>> {
        self.read(move |db, _| rules_of(db, member)).await
    }
}

fn stream_told_by(
    db: &Connection,
    (member, import): (MemberId, Option<ImportId>),
    sink: &mut Sink<Fact>,
) -> StoreResult<()> {
    let (member, import) = (member.to_string(), import.map(|id| id.to_string()));
    let mut told = db.prepare(
        "SELECT t.fact, min(t.version) AS version, min(t.version * ?3 + t.place) AS told
         FROM attestation a
         JOIN fact_attestation t ON t.attestation = a.ix AND t.retracted_at IS NULL
         WHERE a.body ->> '$.recorder.member' = ?1
             AND (?2 IS NULL OR a.body ->> '$.source.import' = ?2)
         GROUP BY t.fact ORDER BY told",
    )?;
    // A place is always less than that.
    let places = 1_i64 << 20;
    let numbers = told.query_map((member, import, places), |row| row.get::<_, i64>(0))?;
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let mut select = db.prepare("SELECT ix, id, claim FROM fact WHERE ix = ?")?;
    let mut known = Known::default();
    for ix in numbers {
        let mut rows = select.query([ix])?;
        let Some(row) = rows.next()? else { continue };
        if !sink.push(facts::in_row((db, At::NOW), &mut known, row)?) {
            break;
        }
    }
    Ok(())
}

fn rules_of(db: &Connection, member: MemberId) -> StoreResult<Vec<Versioned<AudienceRule>>> {
    let mut select = db.prepare_cached(
        "SELECT r.body, s.revision FROM subject s JOIN record r ON r.subject = s.ix
         WHERE s.kind = ?1 AND r.body ->> '$.owner' = ?2 ORDER BY s.id LIMIT ?3",
    )?;
    let mut rows = select.query((AUDIENCE_RULE, member.to_string(), PAGE_MAX as i64))?;
    let mut rules = Vec::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        rules.push(Versioned { value: read_json(&body)?, revision: Revision(row.get(1)?) });
    }
    Ok(rules)
}

impl Session<'_, '_> {
    /// Takes back what somebody told and tells it again to others, as of the same moment.
    pub(super) fn set_audience(
        &mut self,
        (id, source, recorder): (FactId, &Source, Author),
        audience: Audience,
        place: usize,
    ) -> StoreResult<bool> {
        let missing = StoreError::Missing(id.into());
        let before = facts::by_id((self.db, At::NOW), self.projector.known, id)?.ok_or(missing)?;
        let standing = |a: &Attestation| {
            a.retracted_at.is_none() && a.source == *source && a.recorder == recorder
        };
        let Some(nth) = before.fact.attestations.iter().position(standing) else {
            return Ok(false);
        };
        let told = &before.fact.attestations[nth];
        if told.audience == audience {
            return Ok(false);
        }
        let again = Attestation { audience, ..told.clone() };
        let again = self.projector.known.attestation(self.db, Told::of(&again))?;
        self.take_back((before.ix, before.places[nth]))?;
        self.attest((before.ix, again), place, told.recorded_at)?;
        self.recarry(&before, &[told.audience, audience])?;
        Ok(true)
    }

    /// Puts a rule, of which nobody but its owner is told.
    pub(super) fn put_audience_rule(&mut self, rule: &AudienceRule) -> StoreResult<bool> {
        let owner = self.projector.known.need(self.db, rule.owner)?;
        let put = self.put_for(owner, rule.id.into(), &write_json(rule)?)?;
        Ok(put.is_some())
    }
}
