//! `tertius backup` and `tertius restore`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::{
    cli::{BackupArgs, Shared},
    config::StoreUrl,
    store::sqlite::SqliteStore,
};

use super::open;

/// The file of the store.
fn file(shared: &Shared) -> Result<PathBuf> {
    match open::settings(shared.flags())?.store {
        StoreUrl::Sqlite(file) => Ok(file),
        StoreUrl::Neo4j(_) => bail!(
            "A Neo4j server is copied by its own tools: neo4j-admin database dump and load. \
             `backup` and `restore` are for sqlite:FILE."
        ),
    }
}

/// Copies the store into a file, also while it is served.
pub(super) fn backup(shared: &Shared, args: &BackupArgs) -> Result<String> {
    let store = file(shared)?;
    SqliteStore::back_up(&store, &args.file)?;
    Ok(format!("{} is copied into {}.\n", store.display(), args.file.display()))
}

/// Makes the store out of such a copy.
pub(super) async fn restore(shared: &Shared, args: &BackupArgs) -> Result<String> {
    let store = file(shared)?;
    SqliteStore::restore(&args.file, &store).await?;
    // Its key would tell that it is of another time; what is not needed does not lie about.
    if let Some(network) = open::snapshot(&StoreUrl::Sqlite(store.clone())) {
        network.throw_away()?;
    }
    let (copy, store) = (args.file.display(), store.display());
    Ok(format!("{copy} holds what it should, and is now {store}.\n"))
}
