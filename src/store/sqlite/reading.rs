//! Running a read on the threads of the store, at the version and through the eyes of a handle.

use futures_util::stream::BoxStream;
use rusqlite::Connection;

use super::{
    SqliteStore,
    at::{At, Look},
    threads::Sink,
};
use crate::store::{StoreResult, check_page};

impl SqliteStore {
    /// Runs a read on one of the readers; it sees one moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection, At) -> StoreResult<T> + Send + 'static,
    ) -> StoreResult<T> {
        let at = self.at;
        #[cfg(feature = "test-support")]
        self.file.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let within = move |connection: &mut Connection| {
            let moment = connection.transaction()?;
            read(&moment, at)
        };
        self.file.readers.run(within).await
    }

    /// Streams what a scan pushes.
    pub(super) fn stream<T: Send + 'static>(
        &self,
        scan: fn(&Connection, Look, &mut Sink<T>) -> StoreResult<()>,
    ) -> BoxStream<'_, StoreResult<T>> {
        let (at, eyes) = (self.at, self.eyes);
        self.file.streams.start(move |db, sink| scan(db, Look::by(db, at, eyes)?, sink))
    }

    /// Runs a read for each of some ids.
    pub(super) async fn look_up<Id: Clone + Send + 'static, T: Send + 'static>(
        &self,
        ids: &[Id],
        read: fn(&Connection, At, &[Id]) -> StoreResult<T>,
    ) -> StoreResult<T> {
        check_page(ids.len())?;
        let ids = ids.to_vec();
        self.read(move |db, at| read(db, at, &ids)).await
    }

    /// The same for what depends on who looks.
    pub(super) async fn look_up_as_seen<Id: Clone + Send + 'static, T: Send + 'static>(
        &self,
        ids: &[Id],
        read: fn(&Connection, Look, &[Id]) -> StoreResult<T>,
    ) -> StoreResult<T> {
        check_page(ids.len())?;
        let (ids, eyes) = (ids.to_vec(), self.eyes);
        self.read(move |db, at| read(db, Look::by(db, at, eyes)?, &ids)).await
    }
}
