//! `tertius import`.

use std::io::Write as _;

use anyhow::{Context as _, Result};

use crate::{
    cli::{self, ImportArgs, Shared, progress},
    config::{Settings, StoreUrl},
    service::{ImportFile, ImportProgress, SampleSize, ServiceError, Tertius, Viewer},
};

use super::open;

pub(super) async fn run(shared: &Shared, args: &ImportArgs) -> Result<String> {
    let tertius = open::tertius(shared).await?;
    if args.sample {
        return sample(&tertius, shared, args).await;
    }
    let login = args.member.as_deref().unwrap_or_default();
    if args.dry_run && !tertius.has_members().await? {
        return try_nowhere(login, shared, args).await;
    }
    let mut text = String::new();
    if tertius.make_first_admin(login).await?.is_some() && !shared.json {
        text = format!("{login} is the first member of this store, and an admin.\n");
    }
    let viewer = tertius.viewer_by_login(login).await?;
    text.push_str(&files(&tertius, &viewer, shared, args).await?);
    Ok(text)
}

/// Tries an import where there is nobody yet, in a store that is gone afterwards: even the first
/// member is not made.
async fn try_nowhere(login: &str, shared: &Shared, args: &ImportArgs) -> Result<String> {
    let folder = std::env::temp_dir().join(format!("tertius-{}", std::process::id()));
    let store = StoreUrl::Sqlite(folder.join("tried.sqlite"));
    let settings = Settings { store, ..open::settings(shared.flags())? };
    let tried = async {
        let tertius = open::over(&settings).await?;
        tertius.make_first_admin(login).await?;
        let viewer = tertius.viewer_by_login(login).await?;
        files(&tertius, &viewer, shared, args).await
    };
    let text = tried.await;
    std::fs::remove_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    text
}

async fn files(
    tertius: &Tertius,
    viewer: &Viewer,
    shared: &Shared,
    args: &ImportArgs,
) -> Result<String> {
    let read = |file: &std::path::PathBuf| {
        std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))
    };
    let mapping = args.mapping.as_ref().map(read).transpose()?;
    let mut text = String::new();
    for path in &args.paths {
        if !path.exists() {
            let message = format!("there is nothing at {}", path.display());
            return Err(ServiceError::invalid("path", message).into());
        }
        let file = ImportFile {
            path: path.clone(),
            format: args.format,
            mapping: mapping.clone(),
            private: args.private,
        };
        text += &cli::import_file(tertius, viewer, file, args.dry_run, shared.json).await?;
    }
    Ok(text)
}

async fn sample(tertius: &Tertius, shared: &Shared, args: &ImportArgs) -> Result<String> {
    let bar = progress("sample");
    let mut lines = std::io::stdout();
    let size = SampleSize { people: args.people };
    let done = tertius
        .import_sample(size, |batch, so_far| {
            bar.set_message(format!("{} changes", so_far.changes));
            bar.tick();
            if shared.json {
                // Each line is an acknowledgement: the batch is safe.
                let line = serde_json::json!({ "applied": batch, "batches": so_far.batches });
                let _gone = writeln!(lines, "{line}").and_then(|()| lines.flush());
            }
        })
        .await?;
    bar.finish_and_clear();
    let ImportProgress { batches, changes, new } = done;
    if shared.json {
        let report = serde_json::json!({ "batches": batches, "changes": changes, "new": new });
        return Ok(format!("{report}\n"));
    }
    let (people, ties) = tertius.network_size();
    Ok(format!(
        "The sample is in: {changes} changes, {new} of them new. {people} people, {ties} ties.\n\
         Ask as mira, tom, ana, ines or bruno, such as: tertius path Globex --as mira\n"
    ))
}
