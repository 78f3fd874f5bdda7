//! What a batch expects, checked inside its transaction.

use rusqlite::{Connection, OptionalExtension as _};

use super::{
    at::{At, Look},
    codec::{Key, id_in},
    facts, known,
};
use crate::{
    model::{
        AnyId, Author, Batch, Expect, IntroductionId, Login, PersonId, Revision, Timestamp,
        month_of,
    },
    store::{Conflict, StoreError, StoreResult},
};

/// Whether an expectation holds at the moment of a batch.
///
/// # Errors
/// `Conflict` when it does not.
pub(super) fn holds(db: &Connection, expected: &Expect, batch: &Batch) -> StoreResult<()> {
    let at = batch.at;
    let conflict = match expected {
        Expect::Revision(id, revision) => revision_conflict(db, (*id, *revision), batch.author)?,
        Expect::RequestsBelow { connector, cap } => requests_conflict(db, (*connector, *cap), at)?,
        Expect::NoOpenRequest { seekers, connector } => {
            open_conflict(db, (seekers, *connector), at)?
        }
        Expect::LoginIsFree(login) => login_conflict(db, login)?,
    };
    conflict.map_or(Ok(()), |conflict| Err(StoreError::Conflict(conflict)))
}

/// Revisions are as the author of the batch sees them.
fn revision_conflict(
    db: &Connection,
    (id, expected): (AnyId, Revision),
    author: Author,
) -> StoreResult<Option<Conflict>> {
    let look = Look::by(db, At::NOW, author.member())?;
    let found = known::subject(db, id)?;
    let present = found.map(|found| facts::revision((db, look), id, &found)).transpose()?;
    let present = present.unwrap_or(Revision(0));
    Ok((present != expected).then_some(Conflict::Revision { id, present: present.0 }))
}

fn requests_conflict(
    db: &Connection,
    (connector, cap): (PersonId, u32),
    at: Timestamp,
) -> StoreResult<Option<Conflict>> {
    let (from, to) = month_of(at);
    let asked: u32 = db
        .prepare_cached("SELECT count(*) FROM ask WHERE connector = ? AND at >= ? AND at < ?")?
        .query_row((Key::of(connector), from.as_ms(), to.as_ms()), |row| row.get(0))?;
    Ok((asked >= cap).then_some(Conflict::RequestsBelow { connector, asked }))
}

fn open_conflict(
    db: &Connection,
    (seekers, connector): (&[PersonId], PersonId),
    at: Timestamp,
) -> StoreResult<Option<Conflict>> {
    let mut open = db.prepare_cached(
        "SELECT s.id, a.seeker FROM ask a JOIN subject s ON s.ix = a.introduction
         WHERE a.connector = ? AND a.open AND (a.expires_at IS NULL OR a.expires_at > ?)
         ORDER BY s.id",
    )?;
    let mut rows = open.query((Key::of(connector), at.as_ms()))?;
    while let Some(row) = rows.next()? {
        if seekers.contains(&PersonId::new(id_in(row, 1)?)) {
            let id = IntroductionId::new(id_in(row, 0)?);
            return Ok(Some(Conflict::OpenRequest(id)));
        }
    }
    Ok(None)
}

fn login_conflict(db: &Connection, login: &Login) -> StoreResult<Option<Conflict>> {
    let taken = db
        .prepare_cached("SELECT 1 FROM login WHERE login = ?")?
        .query_row([login.as_str()], |_| Ok(()))
        .optional()?;
    Ok(taken.map(|()| Conflict::LoginTaken(login.clone())))
}
