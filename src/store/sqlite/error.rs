//! What SQLite says, as what the caller can do.

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// A failure of the back end that nobody expects.
pub(super) fn backend(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::Backend { store: super::KIND, source: source.into() }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let unavailable = |text: &str| Self::Unavailable(text.to_owned());
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => unavailable(
                "another program is writing to the store and did not finish in time; nothing was \
                 changed, try again when it is done",
            ),
            Some(ErrorCode::DiskFull) => unavailable(
                "no room is left for the store; nothing was changed and nothing is lost, make \
                 room on the disk and try again",
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => unavailable(
                "the file of the store may not be written; nothing was changed, give this user \
                 the right to write it and its folder",
            ),
            _ => backend(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        backend(error)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn of(code: i32) -> StoreError {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None).into()
    }

    #[test]
    fn what_the_caller_can_mend_is_told_apart_from_what_failed() {
        for code in [ffi::SQLITE_BUSY, ffi::SQLITE_FULL, ffi::SQLITE_READONLY, ffi::SQLITE_PERM] {
            let error = of(code);
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
            assert!(error.to_string().contains("nothing was changed"), "{error}");
        }
        assert!(matches!(of(ffi::SQLITE_IOERR), StoreError::Backend { store: "sqlite", .. }));
    }
}
