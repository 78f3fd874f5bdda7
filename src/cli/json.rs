//! Answers for programs.

use serde_json::{Value, json};

use crate::{
    model::{Day, PersonId},
    service::{
        Acquaintance, Cadence, Found, Hop, IntroPath, Miss, PathAnswer, Receipt, Reminder, Risk,
        TargetMatch, Thread,
    },
};

use super::{
    names::Names,
    words::{band_word, verdict_word},
};

pub(super) fn printed(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Six digits are more than any score is good for, and equal on every machine.
pub(super) fn score(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The name of a value as GraphQL has it: `OtherEvidence` is `OTHER_EVIDENCE`.
pub(super) fn code(value: &impl std::fmt::Debug) -> String {
    let mut code = String::new();
    for letter in format!("{value:?}").chars() {
        if letter.is_uppercase() && !code.is_empty() {
            code.push('_');
        }
        code.push(letter.to_ascii_uppercase());
    }
    code
}

pub(super) fn paths(answer: &PathAnswer, names: &Names) -> String {
    let paths: Vec<Value> =
        answer.paths.entries.iter().map(|(_, path)| one_path(path, names)).collect();
    printed(&json!({
        "asOf": answer.day.to_string(),
        "basis": { "kind": if answer.basis.outcomes == 0 { "PRIOR" } else { "LEARNT" }, "outcomes": answer.basis.outcomes },
        "paths": paths,
        "miss": answer.miss.as_ref().map(|miss| one_miss(miss, &answer.openers, names)),
    }))
}

pub(super) fn one_path(path: &IntroPath, names: &Names) -> Value {
    json!({
        "key": path.key,
        "probability": score(path.probability),
        "verdict": verdict_word(path.verdict),
        "weakestHop": path.weakest,
        "together": path.together.as_ref().map(|together| json!({
            "probability": score(together.probability),
            "shared": together.shared.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })),
        "rise": path.rise.map(|rise| json!({
            "hop": rise.hop,
            "probability": score(rise.probability),
        })),
        "risks": path.risks.iter().map(|risk| one_risk(*risk, names)).collect::<Vec<_>>(),
        "hops": path.hops.iter().map(|hop| one_hop(hop, names)).collect::<Vec<_>>(),
    })
}

fn one_risk(risk: Risk, names: &Names) -> Value {
    let person = json!({ "id": risk.person.to_string(), "name": names.person(risk.person) });
    json!({ "kind": code(&risk.kind), "person": person })
}

fn one_hop(hop: &Hop, names: &Names) -> Value {
    json!({
        "from": { "id": hop.from.to_string(), "name": names.person(hop.from) },
        "to": { "id": hop.to.to_string(), "name": names.person(hop.to), "where": names.place(hop.to) },
        "probability": score(hop.probability),
        "load": hop.load.map(|load| code(&load)),
        "tie": tie(&hop.receipt),
    })
}

fn tie(receipt: &Receipt) -> Value {
    let factors = receipt.strength.factors.iter();
    let factors =
        factors.map(|(factor, share)| json!({ "factor": code(factor), "logOdds": score(*share) }));
    let evidence = receipt.by_kind().into_iter();
    let evidence = evidence.map(|(kind, count, newest)| {
        json!({ "kind": kind, "count": count, "newestAt": newest.to_string() })
    });
    json!({
        "strength": score(receipt.strength.value),
        "band": band_word(receipt.strength.value),
        "fades": receipt.fades.map(|fade| {
            json!({ "on": fade.on, "strength": score(fade.to), "band": band_word(fade.to) })
        }),
        "override": receipt.overridden.as_ref().map(|said| {
            let by = said.by.to_string();
            json!({ "strength": said.strength, "reason": said.reason, "until": said.until, "byPerson": by })
        }),
        "factors": factors.collect::<Vec<_>>(),
        "connectedOnly": receipt.connected_only,
        "inferred": receipt.inferred,
        "lastContactOn": receipt.last_contact.map(|day: Day| day.to_string()),
        "evidence": evidence.collect::<Vec<_>>(),
        "moreHidden": receipt.more_hidden,
    })
}

/// A tie after something was recorded of it; null where there is none.
pub(super) fn one_tie(receipt: Option<&Receipt>) -> String {
    printed(&json!({ "tie": receipt.map(tie) }))
}

pub(super) fn one_miss(miss: &Miss, openers: &[PersonId], names: &Names) -> Value {
    let (reason, people): (&str, &[_]) = match miss {
        Miss::TooFar(people) => ("TOO_FAR", people),
        Miss::OnlyExcluded(people) => ("ONLY_EXCLUDED", people),
        Miss::Island(_) => ("ISLAND", &[]),
        Miss::Unknown => ("NOBODY_KNOWS_THEM", &[]),
        Miss::Closed => ("NOT_TO_BE_ASKED", &[]),
        Miss::NobodyThere => ("NOBODY_THERE", &[]),
        Miss::SeekerUnknown => ("SEEKER_KNOWS_NOBODY", &[]),
        Miss::SamePerson => ("SAME_PERSON", &[]),
    };
    let all = |people: &[PersonId]| -> Vec<Value> {
        let one = |&id: &PersonId| json!({ "id": id.to_string(), "name": names.person(id) });
        people.iter().map(one).collect()
    };
    json!({ "reason": reason, "people": all(people), "openers": all(openers) })
}

pub(super) fn known(known: &[Acquaintance], names: &Names, day: Day) -> String {
    let known = known.iter().map(|one| {
        json!({
            "knower": { "id": one.knower.to_string(), "name": names.person(one.knower), "where": names.place(one.knower) },
            "target": { "id": one.target.to_string(), "name": names.person(one.target), "where": names.place(one.target) },
            "matched": matched(&one.matched, names),
            "tie": tie(&one.receipt),
            "willingness": score(one.willingness),
            "verdict": verdict_word(one.verdict),
        })
    });
    printed(&json!({ "asOf": day, "known": known.collect::<Vec<_>>() }))
}

/// Why somebody is one of those that were meant.
fn matched(found: &TargetMatch, names: &Names) -> Value {
    let company =
        found.company.map(|id| json!({ "id": id.to_string(), "name": names.company(id) }));
    json!({
        "title": found.title.as_ref().map(ToString::to_string),
        "company": company,
        "seniority": found.seniority.map(|one| code(&one)),
        "function": found.function.map(|one| code(&one)),
        "words": found.words,
        "fit": found.fit.map(|one| code(&one)),
    })
}

pub(super) fn keeping(
    reminders: &[Reminder],
    threads: &[Thread],
    names: &Names,
    day: Day,
) -> String {
    let named = |id| json!({ "id": PersonId::to_string(&id), "name": names.person(id) });
    let reminders = reminders.iter().map(|one| {
        json!({
            "person": named(one.person),
            "urgency": code(&one.urgency),
            "cadenceDays": one.cadence.map(|(days, _)| days),
            "cadenceSource": one.cadence.map(|(_, source)| code(&source)),
            "daysOverdue": one.days_overdue,
            "fading": one.fading.map(|fading| code(&fading)),
            "usualGapDays": one.usual_gap_days,
            "lastContactOn": one.last_contact.map(|day| day.to_string()),
            "strengthThen": score(one.strength_then),
            "strengthNow": score(one.strength_now),
            "advice": one.advice(),
        })
    });
    let threads = threads.iter().map(|thread| {
        json!({
            "company": { "id": thread.company.to_string(), "name": names.company(thread.company) },
            "knower": named(thread.knower),
            "inside": thread.inside.iter().map(|&id| named(id)).collect::<Vec<_>>(),
        })
    });
    let threads = threads.collect::<Vec<_>>();
    let reminders = reminders.collect::<Vec<_>>();
    printed(&json!({ "asOf": day, "reminders": reminders, "threads": threads }))
}

pub(super) fn cadence(person: PersonId, cadence: Option<Cadence>, names: &Names) -> String {
    let person = json!({ "id": person.to_string(), "name": names.person(person) });
    printed(&json!({ "person": person, "days": cadence.map(|cadence| cadence.days) }))
}

pub(super) fn found(found: &[Found], names: &Names, day: Day) -> String {
    let found = found.iter().map(|one| match one {
        Found::Person(person) => json!({
            "kind": "person",
            "id": person.id.to_string(),
            "name": person.name.as_ref().map(ToString::to_string),
            "where": names.place(person.id),
        }),
        Found::Company(company) => json!({
            "kind": "company",
            "id": company.id.to_string(),
            "name": company.name.as_ref().map(ToString::to_string),
            "domains": company.domains.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }),
    });
    printed(&json!({ "asOf": day, "found": found.collect::<Vec<_>>() }))
}
