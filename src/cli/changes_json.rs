//! What changed, for programs.

use serde_json::{Value, json};

use crate::{
    model::{CompanyId, Holder, PersonId},
    service::{
        Cause, EntranceChange, EntranceChangeKind, Move, TieChange, TieChangeKind, TieChangeView,
        Way,
    },
};

use super::{
    changes::Told,
    json::{code, printed, score},
    names::Names,
    words::{band_word, verdict_word},
};

/// The answer for a program.
pub(super) fn told(told: &Told) -> String {
    let names = &told.names;
    let mut answer = json!({
        "since": told.changes.since.to_string(),
        "until": told.changes.until.to_string(),
        "recordedSince": told.recorded_since.map(|day| day.to_string()),
        "moves": told.moves.iter().take(told.first).map(|one| one_move(one, names)).collect::<Vec<_>>(),
        "movesCount": told.moves.len(),
        "newcomers": {
            "people": told.newcomers.people,
            "companies": told.newcomers.companies,
            "complete": told.newcomers.complete,
            "inSight": told.newcomers.in_sight.iter().take(told.first).map(|&id| person(id, names)).collect::<Vec<_>>(),
        },
    });
    for (kind, ties) in &told.ties {
        let ties: Vec<Value> = ties.iter().map(|tie| one_tie(tie, *kind, names)).collect();
        answer[kind.name()] = json!({ "count": told.changes.ties.of(*kind).len(), "ties": ties });
    }
    if let Some(found) = &told.entrances {
        let mut paths = json!({ "unchanged": found.unchanged });
        for kind in EntranceChangeKind::ALL {
            let of_kind = told.entrances().filter(|change| change.kind == kind);
            paths[kind.name()] = of_kind.map(|change| entrance(change, names)).collect();
        }
        answer["paths"] = paths;
    }
    printed(&answer)
}

fn person(id: PersonId, names: &Names) -> Value {
    json!({ "id": id.to_string(), "name": names.person(id) })
}

fn company(id: CompanyId, names: &Names) -> Value {
    json!({ "id": id.to_string(), "name": names.company(id) })
}

fn strengths(tie: &TieChange) -> Value {
    let told = |strength: Option<f64>| {
        strength.map(|value| json!({ "strength": score(value), "band": band_word(value) }))
    };
    json!({ "then": told(tie.then), "now": told(tie.now) })
}

fn one_tie(tie: &TieChangeView, kind: TieChangeKind, names: &Names) -> Value {
    let TieChangeView { change, receipt } = tie;
    let mut told = strengths(change);
    told["kind"] = json!(code(&kind));
    told["knower"] = person(change.knower, names);
    told["other"] = person(change.other, names);
    told["oneWith"] = json!(change.one_with.map(|id| person(id, names)));
    told["lastContactOn"] = json!(receipt.last_contact.map(|day| day.to_string()));
    told
}

fn one_move(one: &Move, names: &Names) -> Value {
    json!({
        "person": person(one.person, names),
        "kind": code(&one.kind),
        "company": company(one.company, names),
        "title": one.title.as_ref().map(ToString::to_string),
        "titleBefore": one.title_before.as_ref().map(ToString::to_string),
        "on": one.on.map(|day| day.to_string()),
        "occurrence": code(&one.occurrence),
    })
}

fn entrance(change: &EntranceChange, names: &Names) -> Value {
    let into = match change.into {
        Holder::Person(id) => person(id, names),
        Holder::Company(id) => company(id, names),
    };
    let way = |way: &Way| {
        json!({
            "probability": score(way.probability),
            "verdict": verdict_word(crate::service::Verdict::of(way.probability)),
            "people": way.people.iter().map(|&id| person(id, names)).collect::<Vec<_>>(),
        })
    };
    json!({
        "into": into,
        "then": change.then.as_ref().map(way),
        "now": change.now.as_ref().map(way),
        "causes": change.causes.iter().map(|one| cause(one, names)).collect::<Vec<_>>(),
    })
}

fn cause(cause: &Cause, names: &Names) -> Value {
    match cause {
        Cause::Moved(one) => json!({ "kind": "MOVED", "move": one_move(one, names) }),
        Cause::Tie(tie) => {
            let mut told = strengths(tie);
            told["kind"] = json!("TIE");
            told["people"] = json!([person(tie.knower, names), person(tie.other, names)]);
            told
        }
        Cause::Asked { person: asked, then, now } => json!({
            "kind": "ASKED",
            "person": person(*asked, names),
            "then": code(then),
            "now": code(now),
        }),
    }
}
