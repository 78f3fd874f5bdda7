//! Files are read on threads of their own: they wait for the disk, and may be long.

use std::thread;

use tokio::sync::{mpsc, oneshot};

use crate::{
    formats::Read,
    service::{ServiceError, ServiceResult},
};

/// How many records go from the reader to the store at a time, and how many such parcels may wait.
const PARCEL: usize = 512;
const PARCELS_WAITING: usize = 4;

fn on_a_thread(work: impl FnOnce() + Send + 'static) -> ServiceResult<()> {
    let thread = thread::Builder::new().name("import-reader".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| ServiceError::Internal(Box::new(error)))
}

/// Runs something that reads or writes files.
pub(in crate::service) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> ServiceResult<T> + Send + 'static,
) -> ServiceResult<T> {
    let (send, receive) = oneshot::channel();
    // Whoever asked may be gone by then.
    on_a_thread(move || drop(send.send(work())))?;
    receive.await.map_err(|error| ServiceError::Internal(Box::new(error)))?
}

/// Hands over what a reader reads, in parcels; the reader stops when nobody takes them.
pub(super) fn in_parcels(
    mut records: Box<dyn Iterator<Item = Read> + Send>,
) -> ServiceResult<mpsc::Receiver<Vec<Read>>> {
    let (send, receive) = mpsc::channel(PARCELS_WAITING);
    on_a_thread(move || {
        loop {
            let parcel: Vec<Read> = records.by_ref().take(PARCEL).collect();
            if parcel.is_empty() || send.blocking_send(parcel).is_err() {
                return;
            }
        }
    })?;
    Ok(receive)
}
