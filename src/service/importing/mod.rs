//! Bringing facts in: files of others, and the sample.
//!
//! [`opening`] finds out what a file is, [`translating`] turns what it tells into changes, and
//! [`running`] applies them in batches. [`beginning`] is the whole of it; [`registry`] knows which
//! imports run, and calls them off.

mod beginning;
mod committing;
mod list_kind;
mod opening;
mod reading;
mod registry;
mod report;
mod running;
mod sample;
mod translating;
mod undoing;

pub use beginning::BegunImport;
pub use opening::{FileFormat, ImportFile};
pub(super) use registry::Registry;
pub use registry::{ImportState, ImportStatus, Progress, RunningImport};
pub use report::{ImportReport, ImportView, JoinedPart};
pub use sample::{ImportProgress, SampleSize, holds_sample, sample_now};
