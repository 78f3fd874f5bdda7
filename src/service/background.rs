//! Work that waits for a disk, where it keeps nobody else from being answered.

use tokio::task::JoinHandle;

use super::{ServiceError, ServiceResult};

/// Runs work that may block; how much of it there is, is bounded by whoever calls.
#[expect(
    clippy::disallowed_methods,
    reason = "the pool of `Compute` has a deadline and a thread for each core; files know neither"
)]
pub(super) fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    tokio::task::spawn_blocking(work)
}

/// Runs work that may block, and waits for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> ServiceResult<T> + Send + 'static,
) -> ServiceResult<T> {
    in_background(work).await.map_err(|error| ServiceError::Internal(Box::new(error)))?
}
