//! Bringing facts in: files of others, and the sample.
//!
//! [`opening`] finds out what a file is, [`translating`] turns what it tells into changes, and
//! [`running`] applies them in batches and keeps the report.

mod committing;
mod opening;
mod reading;
mod report;
mod running;
mod sample;
mod translating;
mod undoing;

pub use opening::{FileFormat, ImportFile};
pub use report::{ImportReport, ImportView, JoinedPart};
pub use running::Progress;
pub use sample::{ImportProgress, SampleSize, holds_sample, sample_now};
