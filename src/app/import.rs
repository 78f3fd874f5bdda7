//! `tertius import --sample`.

use std::io::Write as _;

use anyhow::Result;

use crate::{
    cli::{ImportArgs, Shared, progress},
    service::{ImportProgress, SampleSize},
};

use super::open;

pub(super) async fn run(shared: &Shared, args: &ImportArgs) -> Result<String> {
    let tertius = open::tertius(shared).await?;
    let bar = progress("sample");
    let mut lines = std::io::stdout();
    let size = SampleSize { people: args.people };
    let done = tertius
        .import_sample(size, |batch, so_far| {
            bar.set_message(format!("{} changes", so_far.changes));
            bar.tick();
            if shared.json {
                // Each line is an acknowledgement: the batch is safe.
                let line = serde_json::json!({ "applied": batch.id, "batches": so_far.batches });
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
