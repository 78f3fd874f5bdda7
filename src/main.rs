//! The command `tertius`.

use clap::Parser as _;
use tertius::{app, cli::Cli};

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            use std::io::Write as _;
            let _gone = writeln!(anstream::stderr(), "tertius: no threads to work with: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    let ending = runtime.block_on(app::run(cli));
    std::process::ExitCode::from(ending as u8)
}
