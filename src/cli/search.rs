//! `tertius search`.

use crate::service::{Found, PageRequest, SearchQuestion, ServiceError, Tertius, Viewer};

use super::{Printed, args::SearchArgs, day_of, json, known::plain_table, names::Names};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &SearchArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let question = SearchQuestion { text: args.words.join(" "), only: None };
    let request = PageRequest { first: Some(args.listing.first), after: None };
    let found = tertius.search(viewer, &question, &request).await?.into_nodes();
    let people = found.iter().filter_map(|found| match found {
        Found::Person(person) => Some(person.id),
        Found::Company(_) => None,
    });
    let names = Names::of(tertius, viewer, people, []).await?;
    if as_json {
        return Ok(Printed::done(json::found(&found, &names, day_of(tertius, viewer))));
    }
    if found.is_empty() {
        let text = format!("Nothing is like `{}`. Try fewer letters of it.\n", question.text);
        return Ok(Printed::nothing(text));
    }
    let mut table = plain_table(["", "name", "where", "id"]);
    for one in &found {
        match one {
            Found::Person(person) => table.add_row([
                "person".to_owned(),
                names.person(person.id),
                names.place(person.id).unwrap_or_default(),
                person.id.to_string(),
            ]),
            Found::Company(company) => table.add_row([
                "company".to_owned(),
                company.called().unwrap_or_default(),
                company.domains.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                company.id.to_string(),
            ]),
        };
    }
    Ok(Printed::done(format!("{}\n", table.trim_fmt())))
}
