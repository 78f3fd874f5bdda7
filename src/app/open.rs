//! From settings to use cases.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::{
    cli::{Ending, Printed, Shared},
    config::{BadSettings, Flags, Limits, Neo4jServer, Settings, StoreUrl},
    http::WebDocuments,
    service::{
        Clock, Foundations, RandomIds, Snapshots, StoppedClock, SystemClock, Tertius, holds_sample,
        sample_now,
    },
    store::{
        SnapshotFile, Store, StoreError,
        neo4j::{Login, Neo4jStore},
        sqlite::SqliteStore,
    },
};

/// Where the store is by default.
pub(super) fn data_folder() -> Option<PathBuf> {
    dirs::data_dir().map(|folder| folder.join("tertius"))
}

pub(super) fn settings(flags: Flags) -> Result<Settings> {
    Ok(Settings::read(flags, data_folder().as_deref())?)
}

/// Opens a store, whichever it is.
async fn store(url: &StoreUrl) -> Result<Arc<dyn Store>> {
    Ok(match url {
        StoreUrl::Sqlite(file) => Arc::new(SqliteStore::open(file)?),
        StoreUrl::Neo4j(Neo4jServer { url, user, password, database }) => {
            let login = Login {
                url: url.clone(),
                user: user.clone(),
                password: password.clone(),
                database: database.clone(),
            };
            Arc::new(Neo4jStore::open(&login).await?)
        }
    })
}

/// The use cases over the store of the settings; a sample's clock stands at its last day.
pub(super) async fn over(settings: &Settings) -> Result<Arc<Tertius>> {
    Ok(Arc::new(unshared(&settings.store, settings.evidence_years).await?))
}

/// The use cases over a store, with no settings.
pub(super) async fn over_store(url: &StoreUrl) -> Result<Arc<Tertius>> {
    Ok(Arc::new(unshared(url, None).await?))
}

/// The use cases over the store of the settings, which also let members in by the JWTs of an
/// issuer, if there is one.
pub(super) async fn trusting(settings: &Settings) -> Result<Arc<Tertius>> {
    let tertius = unshared(&settings.store, settings.evidence_years).await?;
    Ok(Arc::new(match settings.oidc.clone() {
        Some(oidc) => tertius.trusting(oidc, Arc::new(WebDocuments::new())),
        None => tertius,
    }))
}

async fn unshared(url: &StoreUrl, evidence_years: Option<u16>) -> Result<Tertius> {
    let store = store(url).await?;
    let mut limits = Limits { evidence_years, ..Limits::default() };
    let clock: Arc<dyn Clock> = if holds_sample(&*store).await? {
        // Where time stands still, nothing that was spent would come back.
        limits.allowance_max = u64::MAX;
        Arc::new(StoppedClock::at(sample_now()))
    } else {
        Arc::new(SystemClock)
    };
    let ids = Arc::new(RandomIds);
    let kept = snapshot(url);
    let snapshots = kept.map(|file| Snapshots::in_file(file, limits.snapshot_ties_min));
    let foundations = Foundations { store, clock, ids, limits };
    Ok(Tertius::open_with(foundations, snapshots.unwrap_or_default()).await?)
}

/// Where the network of a store is kept: beside its file, or in the cache folder.
pub(super) fn snapshot(url: &StoreUrl) -> Option<SnapshotFile> {
    let path = match url {
        StoreUrl::Sqlite(file) => {
            let mut path = file.clone().into_os_string();
            path.push(".network");
            PathBuf::from(path)
        }
        StoreUrl::Neo4j(Neo4jServer { url, database, .. }) => {
            let hash = Sha256::digest(format!("{url} {database:?}"));
            let name =
                hash.iter().take(8).fold(String::new(), |name, byte| name + &format!("{byte:02x}"));
            dirs::cache_dir()?.join("tertius").join(name + ".network")
        }
    };
    Some(SnapshotFile::at(path))
}

pub(super) async fn tertius(shared: &Shared) -> Result<Arc<Tertius>> {
    over(&settings(shared.flags())?).await
}

/// `tertius check`.
pub(super) async fn check(shared: &Shared) -> Result<Printed> {
    let settings = settings(shared.flags())?;
    let StoreUrl::Sqlite(file) = &settings.store else {
        let text = "`check` looks through SQLite files; a Neo4j server has its own, \
                    `neo4j-admin database check`";
        return Err(StoreError::CannotOpen(text.to_owned()).into());
    };
    let findings = SqliteStore::open(file)?.check().await.context("the check itself failed")?;
    if findings.is_empty() {
        return Ok(Printed {
            text: "The store holds what it should.\n".into(),
            ending: Ending::Done,
        });
    }
    let text = findings.join("\n") + "\n";
    Ok(Printed { text, ending: Ending::Failed })
}

/// How a command ends by an error that is not of a use case.
pub(super) fn ending_of(error: &anyhow::Error) -> Ending {
    if error.downcast_ref::<BadSettings>().is_some() {
        return Ending::Usage;
    }
    match error.downcast_ref::<StoreError>() {
        Some(StoreError::CannotOpen(_) | StoreError::Unavailable(_)) => Ending::Unavailable,
        _ => Ending::Failed,
    }
}
