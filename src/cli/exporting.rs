//! `tertius export`.

use serde_json::json;

use crate::service::{ExportRequest, Exported, ServiceError, Tertius, Viewer};

use super::{ExportArgs, Printed, day_of, progress};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &ExportArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let request =
        ExportRequest { path: args.output.clone(), rows: args.ids == "rows", raw: args.raw };
    let bar = progress("export");
    let told = |so_far: Exported| bar.set_message(format!("{} people", so_far.people));
    let Exported { people, companies, contacts, ties } =
        tertius.export(viewer, &request, told).await?;
    bar.finish_and_clear();
    let path = args.output.display();
    if as_json {
        let counts = json!({
            "asOf": day_of(tertius, viewer), "path": path.to_string(), "people": people, "companies": companies,
            "contacts": contacts, "ties": ties,
        });
        return Ok(Printed::done(format!("{counts:#}\n")));
    }
    Ok(Printed::done(format!(
        "{path} holds {people} people, {companies} companies, {contacts} contacts that you may see \
         in full, and {ties} ties.\n"
    )))
}
