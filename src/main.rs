//! The command `tertius`.

use clap::Parser as _;
use tertius::{app, cli::Cli};

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(app::run_to_end(Cli::parse()) as u8)
}
