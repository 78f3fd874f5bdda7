//! Chooses a store and wires everything: the only place that names a concrete store.

mod backing;
mod demo;
mod import;
mod open;
mod serve;

use std::io::Write as _;

use anyhow::Result;

use crate::{
    api,
    cli::{self, Cli, Command, Ending, Printed},
    service::ServiceError,
};

/// Runs a command to its end, on threads of its own.
///
/// It waits here and not in `main`, so that everything asynchronous is compiled once, with the
/// library.
pub fn run_to_end(cli: Cli) -> Ending {
    match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            let _gone = writeln!(anstream::stderr(), "tertius: no threads to work with: {error}");
            Ending::Failed
        }
    }
}

async fn run(cli: Cli) -> Ending {
    match dispatch(&cli).await {
        Ok(printed) => {
            print(&printed.text);
            printed.ending
        }
        Err(error) => explain(&error),
    }
}

async fn dispatch(cli: &Cli) -> Result<Printed> {
    let done = |text: String| Printed { text, ending: Ending::Done };
    match &cli.command {
        Command::Demo(args) => demo::run(args).await.map(done),
        Command::Serve(args) => serve::run(&cli.shared, args).await.map(done),
        Command::Import(args) => import::run(&cli.shared, args).await.map(done),
        Command::Backup(args) => backing::backup(&cli.shared, args).map(done),
        Command::Restore(args) => backing::restore(&cli.shared, args).await.map(done),
        Command::Check => open::check(&cli.shared).await,
        Command::Schema => Ok(done(api::printed())),
        question => {
            let tertius = open::tertius(&cli.shared).await?;
            if matches!(question, Command::Erase(_)) {
                let settings = open::settings(cli.shared.flags())?;
                tertius.uploads_wait_in(serve::uploads_folder(&settings.store));
            }
            let viewer = tertius.viewer_by_login(question.ask_as().unwrap_or_default()).await?;
            Ok(cli::ask(&tertius, &viewer, question, cli.shared.json).await?)
        }
    }
}

fn print(text: &str) {
    // A reader that went away, such as `head`, is no fault.
    let _gone = anstream::stdout().write_all(text.as_bytes());
}

fn explain(error: &anyhow::Error) -> Ending {
    let (text, ending) = match error.downcast_ref::<ServiceError>() {
        Some(error) => {
            let printed = cli::failed(error);
            (printed.text, printed.ending)
        }
        None => (format!("{error:#}"), open::ending_of(error)),
    };
    let _gone = writeln!(anstream::stderr(), "tertius: {text}");
    ending
}
