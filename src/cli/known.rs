//! `tertius who-knows`.

use comfy_table::{Table, presets};

use crate::{
    model::Day,
    service::{Acquaintance, KnownQuestion, PageRequest, Receipt, ServiceError, Tertius, Viewer},
};

use super::{
    Printed,
    args::KnownArgs,
    json,
    names::Names,
    target::target,
    words::{band_word, fade_words, receipt_words},
};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &KnownArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let target = target(tertius, viewer, &args.target, args.role.as_deref()).await?;
    let question = KnownQuestion { target, among: Vec::new(), min_strength: 0.0 };
    let request = PageRequest { first: Some(args.first), after: None };
    let known = tertius.who_knows(viewer, &question, &request).await?.into_nodes();
    let people = known.iter().flat_map(|known| [known.knower, known.target]);
    let names = Names::of(tertius, viewer, people, []).await?;
    if as_json {
        return Ok(Printed::done(json::known(&known, &names)));
    }
    if known.is_empty() {
        return Ok(Printed::nothing("Nobody is known to know them.\n".to_owned()));
    }
    Ok(Printed::done(tell(&known, &names, tertius.today())))
}

/// An answer for a person.
pub(super) fn tell(known: &[Acquaintance], names: &Names, today: Day) -> String {
    let mut table = plain_table(["who knows", "whom", "how well", "what is known of it"]);
    for one in known {
        table.add_row([
            names.person_and_place(one.knower),
            names.person_and_place(one.target),
            band_word(one.receipt.strength.value).to_owned(),
            known_words(&one.receipt, today),
        ]);
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
