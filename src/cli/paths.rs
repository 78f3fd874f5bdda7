//! `tertius path`.

use std::fmt::Write as _;

use crate::{
    model::{Day, PersonId},
    service::{
        From, IntroPath, Miss, PageRequest, PathAnswer, PathQuestion, ServiceError, Tertius,
        Verdict, Viewer,
    },
};

use super::{
    Printed,
    args::PathArgs,
    json,
    names::Names,
    target::{person, target},
    words::{QUIET, STRONG, band, miss_words, receipt_words, risk_words, styled, verdict},
};

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &PathArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let to = target(tertius, viewer, &args.target, args.role.as_deref()).await?;
    let mut avoid_people = Vec::new();
    for name in &args.avoid {
        avoid_people.push(person(tertius, viewer, name).await?);
    }
    let question = PathQuestion {
        from: if args.team { From::MyTeam } else { From::Me },
        page: PageRequest { first: Some(args.first), after: None },
        max_steps: Some(args.max_steps),
        avoid_people,
        inferred: args.inferred,
        differing: args.differing,
        ..PathQuestion::to(to)
    };
    let answer = tertius.intro_paths(viewer, &question).await?;
    let names = names(tertius, viewer, &answer).await?;
    let text = if as_json { json::paths(&answer, &names) } else { tell(&answer, &names) };
    let found = answer.miss.is_none();
    Ok(if found { Printed::done(text) } else { Printed::nothing(text) })
}

/// The names of everybody in an answer.
pub(super) async fn names(
    tertius: &Tertius,
    viewer: &Viewer,
    answer: &PathAnswer,
) -> Result<Names, ServiceError> {
    let on_paths = answer.paths.entries.iter().flat_map(|(_, path)| path.people());
    let missed: &[PersonId] = match &answer.miss {
        Some(Miss::TooFar(people) | Miss::OnlyExcluded(people)) => people,
        _ => &[],
    };
    let others = missed.iter().chain(&answer.openers).copied();
    Names::of(tertius, viewer, on_paths.chain(others), []).await
}

/// An answer for a person.
pub(super) fn tell(answer: &PathAnswer, names: &Names) -> String {
    let mut text = String::new();
    if let Some(miss) = &answer.miss {
        let way = match miss {
            Miss::TooFar(people) | Miss::OnlyExcluded(people) => people.as_slice(),
            _ => &[],
        };
        let way: Vec<String> = way.iter().map(|&id| names.person(id)).collect();
        let _ = writeln!(text, "No path. {}", miss_words(miss, &way));
        let open: Vec<String> =
            answer.openers.iter().map(|&id| names.person_and_place(id)).collect();
        if !open.is_empty() {
            let _ = writeln!(text, "It would open if you knew {}.", open.join(" or "));
        }
        return text;
    }
    for (number, (_, path)) in answer.paths.entries.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        tell_path(&mut text, number + 1, path, names, answer.day);
    }
    text
}

fn tell_path(text: &mut String, number: usize, path: &IntroPath, names: &Names, today: Day) {
    let way: Vec<String> = path.people().into_iter().map(|id| names.person(id)).collect();
    let _ =
        writeln!(text, "{number}. {} — {}", styled(STRONG, way.join(" → ")), verdict(path.verdict));
    let several = path.hops.len() > 1;
    let longest = path.hops.iter().map(|hop| names.person_and_place(hop.to).chars().count());
    let width = longest.max().unwrap_or(0);
    for (at, hop) in path.hops.iter().enumerate() {
        let who = names.person_and_place(hop.to);
        let verb = if at == 0 { "ask " } else { "then" };
        let gap = " ".repeat(width - who.chars().count());
        let mut notes = vec![receipt_words(&hop.receipt, today)];
        if several && at == path.weakest {
            notes.push("the weakest step".to_owned());
        }
        notes.retain(|note| !note.is_empty());
        let tie = band(hop.receipt.strength.value);
        let notes = styled(QUIET, notes.join("; "));
        let _ = writeln!(text, "   {verb} {who}{gap}  {tie}  {notes}");
    }
    if let (Some(together), true) = (&path.together, number > 1) {
        let shared: Vec<String> = together.shared.iter().map(|&id| names.person(id)).collect();
        let both = match shared.as_slice() {
            [] => String::new(),
            shared => format!("; {} would be asked on more than one", shared.join(", ")),
        };
        let word = verdict(Verdict::of(together.probability));
        let _ = writeln!(text, "   with those above: {word}{both}");
    }
    if let Some(rise) = path.rise {
        let hop = &path.hops[rise.hop];
        let times = rise.probability / hop.probability;
        let who = names.person(hop.to);
        let _ =
            writeln!(text, "   would come first were a yes of {who} {times:.2} times as likely");
    }
    for risk in &path.risks {
        let _ = writeln!(text, "   ! {}", risk_words(risk.kind, &names.person(risk.person)));
    }
}
