//! `tertius who-knows` and `tertius knows`.

use comfy_table::{Table, presets};

use crate::{
    model::{Day, WantedPost},
    service::{
        Acquaintance, Found, From, KnownQuestion, KnowsQuestion, PageRequest, Receipt,
        ServiceError, Target, Tertius, Viewer, Whom,
    },
};

use super::{
    Printed, day_of, json,
    known_args::{KnownArgs, KnowsArgs},
    names::Names,
    target::{list_named, named, person},
    words::{band_word, fade_words, fit_words, receipt_words, verdict_word},
};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &KnownArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let post = args.post.wanted();
    let mut targets = targets(tertius, viewer, (&args.targets, "targets"), &post).await?;
    targets.extend(lists(tertius, viewer, &args.list, &post).await?);
    let question = KnownQuestion { targets, among: Vec::new(), min_strength: 0.0 };
    let request = PageRequest { first: Some(args.listing.first), after: None };
    let known = tertius.who_knows(viewer, &question, &request).await?.into_nodes();
    printed(tertius, viewer, (&known, &post), as_json, "Nobody is known to know them.\n").await
}

pub(super) async fn knows(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &KnowsArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let post = args.post.wanted();
    let mut targets = targets(tertius, viewer, (&args.company, "--company"), &post).await?;
    targets.extend(lists(tertius, viewer, &args.list, &post).await?);
    if targets.is_empty() {
        targets.push(Target { whom: Whom::Anybody, post: post.clone() });
    }
    let knowers = match &args.person {
        _ if args.team => From::MyTeam,
        Some(text) => From::People(vec![person(tertius, viewer, text).await?]),
        None => From::Me,
    };
    let question = KnowsQuestion { knowers, targets, min_strength: 0.0 };
    let request = PageRequest { first: Some(args.listing.first), after: None };
    let known = tertius.knows(viewer, &question, &request).await?.into_nodes();
    printed(tertius, viewer, (&known, &post), as_json, "None of them is known.\n").await
}

/// People and companies by what somebody types.
async fn targets(
    tertius: &Tertius,
    viewer: &Viewer,
    (texts, argument): (&[String], &'static str),
    post: &WantedPost,
) -> Result<Vec<Target>, ServiceError> {
    let mut targets = Vec::with_capacity(texts.len());
    for text in texts {
        let whom = match named(tertius, viewer, text).await? {
            Found::Company(company) => Whom::Company(company.id),
            Found::Person(person) if argument != "--company" && post.is_any() => {
                Whom::Person(person.id)
            }
            Found::Person(_) if argument == "--company" => {
                let message = format!("`{text}` is a person, not a company");
                return Err(ServiceError::invalid(argument, message));
            }
            Found::Person(_) => {
                let message = "this is for companies and lists, and a person is named";
                return Err(ServiceError::invalid("--role", message));
            }
        };
        targets.push(Target { whom, post: post.clone() });
    }
    Ok(targets)
}

async fn lists(
    tertius: &Tertius,
    viewer: &Viewer,
    names: &[String],
    post: &WantedPost,
) -> Result<Vec<Target>, ServiceError> {
    let mut targets = Vec::with_capacity(names.len());
    for name in names {
        let whom = Whom::List(list_named(tertius, viewer, name).await?);
        targets.push(Target { whom, post: post.clone() });
    }
    Ok(targets)
}

async fn printed(
    tertius: &Tertius,
    viewer: &Viewer,
    (known, post): (&[Acquaintance], &WantedPost),
    as_json: bool,
    nothing: &str,
) -> Result<Printed, ServiceError> {
    let people = known.iter().flat_map(|known| [known.knower, known.target]);
    let companies = known.iter().filter_map(|known| known.matched.company);
    let names = Names::of(tertius, viewer, people, companies).await?;
    let day = day_of(tertius, viewer);
    if as_json {
        return Ok(Printed::done(json::known(known, &names, day)));
    }
    if known.is_empty() {
        return Ok(Printed::nothing(nothing.to_owned()));
    }
    Ok(Printed::done(tell(known, post, &names, day)))
}

/// An answer for a person. Where a post was asked for, a column says how each title fits it.
pub(super) fn tell(known: &[Acquaintance], post: &WantedPost, names: &Names, today: Day) -> String {
    let mut head = vec!["who knows", "whom", "how well", "if they ask", "what is known of it"];
    if !post.is_any() {
        head.insert(2, "why they are meant");
    }
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head);
    for one in known {
        let mut row = vec![
            names.person_and_place(one.knower),
            names.person_and_post(one.target, &one.matched),
            band_word(one.receipt.strength.value).to_owned(),
            verdict_word(one.verdict).to_owned(),
            known_words(&one.receipt, today),
        ];
        if !post.is_any() {
            row.insert(2, fit_words(&one.matched));
        }
        table.add_row(row);
    }
    format!("{}\n", table.trim_fmt())
}

fn known_words(receipt: &Receipt, today: Day) -> String {
    let fades = receipt.fades.map(fade_words);
    let known = receipt_words(receipt, today);
    [known]
        .into_iter()
        .filter(|known| !known.is_empty())
        .chain(fades)
        .collect::<Vec<_>>()
        .join("; ")
}

/// A table without lines but one below its head.
pub(super) fn plain_table<const N: usize>(head: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(head);
    table
}
