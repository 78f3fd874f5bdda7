//! Copies of the store.

use std::path::PathBuf;

use clap::Args;

/// What `backup` and `restore` take.
#[derive(Debug, Clone, Args)]
pub struct BackupArgs {
    /// The file of the copy
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
