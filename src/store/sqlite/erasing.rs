//! What is kept about people, and how it goes.

use aho_corasick::AhoCorasick;
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use rusqlite::Connection;

use super::{
    SqliteStore, at::At, error::backend, facts, journal, known::Known, records, threads::Sink,
    write::Writer,
};
use crate::{
    model::{Erasure, ErasureId, Fact, PersonId, Traces, Versioned},
    store::{Erasing, ErasureNote, StoreResult, check_page},
};

#[async_trait]
impl Erasing for SqliteStore {
    fn stream_naming(&self, people: Vec<PersonId>) -> BoxStream<'_, StoreResult<Fact>> {
        self.file.streams.start(move |db, sink| stream_naming(db, &people, sink))
    }

    async fn erasures_after(
        &self,
        after: Option<ErasureId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Erasure>>> {
        check_page(limit)?;
        let (kind, after) = (ErasureId::new(0).into(), after.map(Into::into));
        self.read(move |db, _| records::after((db, At::NOW), kind, after, limit)).await
    }

    async fn erasures_to_repeat(&self) -> StoreResult<Vec<ErasureNote>> {
        let path = self.file.streams.path().to_owned();
        self.read(move |db, _| journal::to_repeat(db, &path)).await
    }

    async fn wipe(&self, traces: Option<Traces>) -> StoreResult<bool> {
        self.file.writer.run(move |writer: &mut Writer| writer.wipe(traces.as_ref())).await
    }
}

fn stream_naming(db: &Connection, people: &[PersonId], sink: &mut Sink<Fact>) -> StoreResult<()> {
    let ids: Vec<String> = people.iter().map(PersonId::to_string).collect();
    let named = AhoCorasick::new(ids).map_err(backend)?;
    let mut select = db.prepare("SELECT ix, id, claim FROM fact ORDER BY ix")?;
    let mut rows = select.query([])?;
    let mut known = Known::default();
    while let Some(row) = rows.next()? {
        let claim = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
        if !named.is_match(claim) {
            continue;
        }
        if !sink.push(facts::in_row((db, At::NOW), &mut known, row)?) {
            break;
        }
    }
    Ok(())
}
