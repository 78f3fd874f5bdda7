//! `tertius import`, `tertius imports` and `tertius undo`, as a terminal says them.

use serde_json::json;

use crate::{
    model::Import,
    service::{ImportFile, ImportReport, ImportView, Progress, ServiceError, Tertius, Viewer, Why},
};

use super::{Printed, UndoArgs, known::plain_table, names::Names, progress};

/// How many refused rows are printed; all that are kept are in the JSON.
const REFUSED_SHOWN: usize = 10;

/// Brings one file in, and prints the report.
///
/// # Errors
/// Those of the use case.
pub async fn import_file(
    tertius: &Tertius,
    viewer: &Viewer,
    file: ImportFile,
    dry_run: bool,
    as_json: bool,
) -> Result<String, ServiceError> {
    let bar = progress("import");
    bar.set_message(format!("reading {}", file.path.display()));
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    let told = |so_far: Progress| {
        let Progress { read, new, refused } = so_far;
        bar.set_message(format!("{read} read, {new} new, {refused} refused"));
    };
    let report = tertius.import_file(viewer, file, dry_run, told).await;
    bar.finish_and_clear();
    let report = report?;
    if as_json {
        return Ok(format!("{:#}\n", report.json()));
    }
    let people = report.joins.iter().map(|join| join.person);
    let companies = report.joins.iter().filter_map(|join| match join.why {
        Why::NameAndCompany(company) => Some(company),
        _ => None,
    });
    let names = Names::of(tertius, viewer, people, companies).await?;
    Ok(report_text(&report, &names))
}

fn report_text(report: &ImportReport, names: &Names) -> String {
    let mut lines = Vec::new();
    let (import, counts) = (&report.import, &report.import.counts);
    for (file, toml) in report.mappings.iter().filter(|_| report.dry_run) {
        lines.push(format!("# {file}: what its columns are taken for (save it, edit it, and give it with --mapping)"));
        lines.push(toml.trim_end().to_owned());
        lines.push(String::new());
    }
    if !report.preview.is_empty() {
        lines.push("Understood as:".to_owned());
        lines.extend(report.preview.iter().map(|record| format!("  {record}")));
        lines.push(String::new());
    }
    let would = if report.dry_run { " would be" } else { "" };
    lines.push(format!(
        "{}: {} read = {} new + {} known + {} left out + {} refused",
        import.name, counts.read, counts.new, counts.known, counts.excluded, counts.refused
    ));
    lines.push(format!(
        "  {} people and {} companies{would} met for the first time",
        counts.people, counts.companies
    ));
    if report.joined > 0 {
        lines.push(format!(
            "  {} of its people are known from elsewhere too, such as:",
            report.joined
        ));
        lines.extend(report.joins.iter().take(5).map(|join| {
            format!("    {}: {}", names.person(join.person), why_text(&join.why, names))
        }));
    }
    if !report.own_addresses.is_empty() {
        lines.push(format!("  yours, as it shows: {}", report.own_addresses.join(", ")));
    }
    for (reason, count) in &import.excluded {
        lines.push(format!("  left out: {count} × {reason}"));
    }
    for row in import.refused.iter().take(REFUSED_SHOWN) {
        lines.push(format!("  refused: {}:{}: {}", row.file, row.line, row.reason));
    }
    let more = counts.refused.saturating_sub(REFUSED_SHOWN as u64);
    if more > 0 {
        lines.push(format!("  refused: {more} more (--json lists up to 1000)"));
    }
    lines.extend(report.others.iter().map(|file| format!("  not read: {file}")));
    lines.push(if report.dry_run {
        "Nothing was changed.".to_owned()
    } else {
        format!("This is {}; `tertius undo` takes it back.", import.id)
    });
    lines.push(String::new());
    lines.join("\n")
}

pub(super) fn why_text(why: &Why, names: &Names) -> String {
    match why {
        Why::ByHand => "somebody said so".to_owned(),
        Why::Shares(key) => format!("the same {}", key.replacen(':', " ", 1)),
        Why::CompanyName(name) => format!("the same name, {name}"),
        Why::NameAndCompany(company) => {
            format!("the same name at {}, and the only one there", names.company(*company))
        }
    }
}

/// Lists imports.
pub(super) async fn list(
    tertius: &Tertius,
    viewer: &Viewer,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let imports = tertius.imports(viewer).await?;
    if as_json {
        let imports: Vec<&Import> = imports.iter().map(|view| &view.import).collect();
        return Ok(Printed::done(format!("{:#}\n", json!(imports))));
    }
    if imports.is_empty() {
        let text = "You have imported nothing yet. Try: tertius import --help\n".to_owned();
        return Ok(Printed::nothing(text));
    }
    let mut table = plain_table(["import", "what", "when", "new", "refused", ""]);
    for ImportView { id, import, .. } in &imports {
        let state = match (import.undone_at, import.finished_at) {
            (Some(_), _) => "undone",
            (None, Some(_)) => "",
            (None, None) => "not finished: import it again to go on",
        };
        table.add_row([
            id.to_string(),
            import.name.to_string(),
            import.started_at.to_string(),
            import.counts.new.to_string(),
            import.counts.refused.to_string(),
            state.to_owned(),
        ]);
    }
    Ok(Printed::done(format!("{}\n", table.trim_fmt())))
}

/// Takes an import back.
pub(super) async fn undo(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &UndoArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let imports = tertius.imports(viewer).await?;
    let wanted = args.import.as_deref().unwrap_or_default();
    let fits = |view: &&ImportView| {
        let id = view.id.to_string();
        let short = id.strip_prefix("import_").unwrap_or(&id);
        if wanted.is_empty() {
            view.import.undone_at.is_none()
        } else {
            id == wanted
                || short.starts_with(wanted)
                || id.starts_with(wanted) && wanted.len() > "import_".len()
        }
    };
    let found: Vec<&ImportView> = imports.iter().filter(fits).collect();
    let id = match found.as_slice() {
        [one] => one.id,
        [newest, ..] if wanted.is_empty() => newest.id,
        [] => {
            let message = format!("the import `{wanted}` (`tertius imports` lists them)");
            return Err(ServiceError::NotFound(message));
        }
        several => {
            let message = format!("{} imports begin with `{wanted}`", several.len());
            return Err(ServiceError::invalid("import", message));
        }
    };
    let bar = progress("undo");
    let import = tertius
        .undo_import(viewer, id, |so_far| bar.set_message(format!("{} facts", so_far.read)))
        .await?;
    bar.finish_and_clear();
    let text = if as_json {
        format!("{:#}\n", json!(import))
    } else {
        let name = &import.name;
        format!("The import of {name} was taken back. Importing the file again brings it back.\n")
    };
    Ok(Printed::done(text))
}
