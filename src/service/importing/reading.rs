//! Files are read on threads of their own, a parcel at a time.

use tokio::sync::mpsc;

use crate::{
    formats::Read,
    service::{ServiceResult, background::on_a_thread},
};

/// How many records go from the reader to the store at a time, and how many such parcels may wait.
const PARCEL: usize = 512;
const PARCELS_WAITING: usize = 4;

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
