//! Work on threads of its own: what waits for the disk, or takes long.

use std::thread;

use tokio::sync::oneshot;

use super::{ServiceError, ServiceResult};

/// Begins something on a thread of its own.
pub(super) fn on_a_thread(work: impl FnOnce() + Send + 'static) -> ServiceResult<()> {
    let thread = thread::Builder::new().name("background".to_owned()).spawn(work);
    thread.map(drop).map_err(|error| ServiceError::Internal(Box::new(error)))
}

/// Does something on a thread of its own, and waits for it without holding up others.
pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> ServiceResult<T> + Send + 'static,
) -> ServiceResult<T> {
    let (send, receive) = oneshot::channel();
    // Whoever asked may be gone by then.
    on_a_thread(move || drop(send.send(work())))?;
    receive.await.map_err(|error| ServiceError::Internal(Box::new(error)))?
}
