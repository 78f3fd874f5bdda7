//! `tertius parts`, `tertius link`, `tertius unlink` and `tertius exclude`.

use serde_json::json;

use crate::{
    model::{AnyId, Day, Excluded, Holder},
    service::{Found, Join, PartView, PartsView, ServiceError, Tertius, Vantage, Viewer, Why},
};

use super::{
    ExcludeArgs, LinkArgs, PartsArgs, Printed, UnlinkArgs, day_of,
    importing::why_text,
    known::plain_table,
    names::Names,
    target::{named, person},
};

/// What a text names, as links want it.
async fn holder(tertius: &Tertius, viewer: &Viewer, text: &str) -> Result<Holder, ServiceError> {
    // An id may be that of a part, which nothing else names.
    match text.parse::<AnyId>() {
        Ok(AnyId::PersonId(id)) => return Ok(Holder::Person(id)),
        Ok(AnyId::CompanyId(id)) => return Ok(Holder::Company(id)),
        _ => {}
    }
    Ok(match named(tertius, viewer, text).await? {
        Found::Person(person) => Holder::Person(person.id),
        Found::Company(company) => Holder::Company(company.id),
    })
}

pub(super) async fn parts(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &PartsArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    match holder(tertius, viewer, &args.target).await? {
        Holder::Person(id) => {
            let parts = tertius.person_parts(viewer, id).await?;
            let at = parts.joins.iter().filter_map(|join| match join.why {
                Why::NameAndCompany(company) => Some(company),
                _ => None,
            });
            let names = Names::of(tertius, viewer, [], at).await?;
            Ok(shown(&parts, &names, as_json.then(|| day_of(tertius, viewer))))
        }
        Holder::Company(id) => {
            let parts = tertius.company_parts(viewer, id).await?;
            Ok(shown(&parts, &Names::default(), as_json.then(|| day_of(tertius, viewer))))
        }
    }
}

/// Parts for a person, or, as of a day, for a program.
fn shown<Id: std::fmt::Display>(
    parts: &PartsView<Id>,
    names: &Names,
    json_of: Option<Day>,
) -> Printed {
    let known = |part: &PartView<Id>| -> Vec<String> {
        let identifiers = part.identifiers.iter().map(crate::model::Identifier::text);
        identifiers.chain(part.domains.iter().map(ToString::to_string)).collect()
    };
    let called = |part: &PartView<Id>| {
        part.names.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    if let Some(day) = json_of {
        let parts_json = parts.parts.iter().map(|part| {
            json!({ "id": part.id.to_string(), "names": part.names, "knownBy": known(part) })
        });
        let joins = parts.joins.iter().map(|Join { one, other, why }| {
            let (one, other) = (one.to_string(), other.to_string());
            json!({ "one": one, "other": other, "why": why_text(why, names) })
        });
        let (parts, joins) = (parts_json.collect::<Vec<_>>(), joins.collect::<Vec<_>>());
        let all = json!({ "asOf": day, "parts": parts, "joins": joins });
        return Printed::done(format!("{all:#}\n"));
    }
    let mut table = plain_table(["part", "called", "known by"]);
    for part in &parts.parts {
        table.add_row([part.id.to_string(), called(part), known(part).join(", ")]);
    }
    let mut text = format!("{}\n", table.trim_fmt());
    let reasons = parts.joins.iter().map(|join| {
        format!("{} and {} are one: {}\n", join.one, join.other, why_text(&join.why, names))
    });
    text.extend(reasons);
    if parts.parts.len() > 1 && parts.as_of == Vantage::NOW {
        text += "`tertius unlink PART` takes one out.\n";
    }
    Printed::done(text)
}

pub(super) async fn link(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &LinkArgs,
) -> Result<Printed, ServiceError> {
    let one = holder(tertius, viewer, &args.one).await?;
    let other = holder(tertius, viewer, &args.other).await?;
    tertius.link(viewer, one, other).await?;
    Ok(Printed::done("They are one now; `tertius unlink` takes them apart again.\n".to_owned()))
}

pub(super) async fn unlink(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &UnlinkArgs,
) -> Result<Printed, ServiceError> {
    let part = holder(tertius, viewer, &args.part).await?;
    tertius.unlink(viewer, part).await?;
    Ok(Printed::done("It stands alone now; `tertius link` joins them again.\n".to_owned()))
}

pub(super) async fn exclude(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &ExcludeArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    for text in &args.whom {
        // An address, a page or a domain may name nobody who is known.
        let is_a_name = text.parse::<Excluded>().is_err();
        match (is_a_name, args.lift) {
            (false, false) => _ = tertius.exclude(viewer, text).await?,
            (false, true) => _ = tertius.lift_exclusion(viewer, text).await?,
            (true, lift) => {
                let person = person(tertius, viewer, text).await?;
                if lift {
                    tertius.lift_person(viewer, person).await?;
                } else {
                    tertius.exclude_person(viewer, person).await?;
                }
            }
        }
    }
    let all = tertius.exclusions(viewer).await?;
    if as_json {
        let all: Vec<_> = all.iter().map(|view| &view.exclusion).collect();
        return Ok(Printed::done(format!("{:#}\n", json!(all))));
    }
    if all.is_empty() {
        return Ok(Printed::done("Nobody is excluded from imports.\n".to_owned()));
    }
    let keys = all.iter().map(|view| view.exclusion.excluded.key().replacen(':', " ", 1));
    let keys: Vec<String> = keys.collect();
    Ok(Printed::done(format!("Never imported:\n  {}\n", keys.join("\n  "))))
}
