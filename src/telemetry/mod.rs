//! Logs to standard error: for people on a terminal, as JSON lines elsewhere.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts logging. `TERTIUS_LOG` says what: `info` if nothing is said, such as `tertius=debug`.
pub fn start() {
    let filter = EnvFilter::try_from_env("TERTIUS_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::registry().with(filter);
    // A second start, as in tests, changes nothing.
    let _started_before = if std::io::stderr().is_terminal() {
        lines.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).try_init()
    } else {
        lines.with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr)).try_init()
    };
}
