//! `tertius demo`.

use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};

use crate::{
    cli::{Demo, DemoArgs, next_steps, progress},
    config::{BadSettings, StoreUrl},
    http::{self, Door},
    service::SampleSize,
};

use super::{open, serve};

pub(super) async fn run(args: &DemoArgs) -> Result<String> {
    ensure!(args.listen.ip().is_loopback(), BadSettings::OpenBeyondLoopback(args.listen));
    // First of all, so that a taken port is known before a story is told.
    let listener = if args.no_serve { None } else { Some(serve::listen(args.listen).await?) };
    let folder = open::data_folder().ok_or(BadSettings::NoDataFolder)?;
    let file = folder.join("demo.sqlite");
    let url = StoreUrl::Sqlite(file.clone());
    let bar = progress("making the sample");
    open::over(&url)
        .await?
        .import_sample(SampleSize::default(), |_, so_far| {
            bar.set_message(format!("{} changes", so_far.changes));
            bar.tick();
        })
        .await?;
    bar.finish_and_clear();
    // Opened again: now that the sample is in, its clock stands at its last day.
    let tertius = open::over(&url).await?;
    let mira = tertius.viewer_by_login("mira").await?;
    let story = Demo::new(&tertius, &mira).tell().await?;
    let store = format!("sqlite:{}", file.display());
    let address = listener.as_ref().map(tokio::net::TcpListener::local_addr).transpose()?;
    let text = story + &next_steps(&store, address);
    let Some(listener) = listener else { return Ok(text) };
    let stop = serve::asked_to_stop()?;
    serve::keep_up(&tertius);
    anstream::stdout().write_all(text.as_bytes()).context("the story could not be printed")?;
    http::serve(listener, Door::open(tertius, mira), stop).await?;
    Ok(String::new())
}
