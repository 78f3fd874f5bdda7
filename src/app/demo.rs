//! `tertius demo`.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};

use crate::{
    cli::{Demo, DemoArgs, next_steps, personas, progress},
    config::{BadSettings, StoreUrl},
    http::{self, Door},
    service::{SampleSize, Tertius, TokenDraft, role_name},
};

use super::{open, serve};

/// As whom the demo may be asked besides Mira: an admin, a partner manager, and one who only reads.
const PERSONAS: [&str; 3] = ["ines", "mira", "bruno"];

/// What the tokens of the demo are called; those of the last run are taken back by the next.
const TOKEN_NAME: &str = "demo";

/// Makes a token for each persona, in place of those of the last run.
async fn persona_tokens(tertius: &Tertius) -> Result<Vec<(String, String)>> {
    let mut tokens = Vec::new();
    for login in PERSONAS {
        let viewer = tertius.viewer_by_login(login).await?;
        for old in tertius.own_tokens(&viewer).await? {
            let is_ours = old.name.is_some_and(|name| name.as_str() == TOKEN_NAME);
            if is_ours && old.revoked_at.is_none() {
                tertius.revoke_token(&viewer, old.id).await?;
            }
        }
        let draft = TokenDraft { name: Some(TOKEN_NAME.to_owned()), ..TokenDraft::default() };
        let made = tertius.create_token(&viewer, draft).await?;
        tokens.push((format!("{login} ({})", role_name(viewer.role())), made.secret));
    }
    Ok(tokens)
}

pub(super) async fn run(args: &DemoArgs) -> Result<String> {
    ensure!(args.listen.ip().is_loopback(), BadSettings::OpenBeyondLoopback(args.listen));
    // First of all, so that a taken port is known before a story is told.
    let listener = if args.no_serve { None } else { Some(serve::listen(args.listen).await?) };
    let folder = open::data_folder().ok_or(BadSettings::NoDataFolder)?;
    let file = folder.join("demo.sqlite");
    let url = StoreUrl::Sqlite(file.clone());
    let bar = progress("making the sample");
    open::over_store(&url)
        .await?
        .import_sample(SampleSize::default(), |_, so_far| {
            bar.set_message(format!("{} changes", so_far.changes));
            bar.tick();
        })
        .await?;
    bar.finish_and_clear();
    // Opened again: now that the sample is in, its clock stands at its last day.
    let tertius = open::over_store(&url).await?;
    let mira = tertius.viewer_by_login("mira").await?;
    let story = Demo::new(&tertius, &mira).tell().await?;
    let store = format!("sqlite:{}", file.display());
    let address = listener.as_ref().map(tokio::net::TcpListener::local_addr).transpose()?;
    let text = story + &next_steps(&store, address);
    let Some(listener) = listener else { return Ok(text) };
    let text = text + &personas(&persona_tokens(&tertius).await?);
    let stop = serve::asked_to_stop()?;
    serve::keep_up(&tertius);
    anstream::stdout().write_all(text.as_bytes()).context("the story could not be printed")?;
    http::serve(listener, Door::open(tertius, mira), stop).await;
    Ok(String::new())
}
