//! `tertius backup` and `tertius restore`.

use anyhow::Result;

use crate::{
    cli::{BackupArgs, Shared},
    config::StoreUrl,
    store::sqlite::SqliteStore,
};

use super::open;

/// Copies the store into a file, also while it is served.
pub(super) fn backup(shared: &Shared, args: &BackupArgs) -> Result<String> {
    let StoreUrl::Sqlite(store) = open::settings(shared.flags())?.store;
    SqliteStore::back_up(&store, &args.file)?;
    Ok(format!("{} is copied into {}.\n", store.display(), args.file.display()))
}

/// Makes the store out of such a copy.
pub(super) async fn restore(shared: &Shared, args: &BackupArgs) -> Result<String> {
    let StoreUrl::Sqlite(store) = open::settings(shared.flags())?.store;
    SqliteStore::restore(&args.file, &store).await?;
    let (copy, store) = (args.file.display(), store.display());
    Ok(format!("{copy} holds what it should, and is now {store}.\n"))
}
