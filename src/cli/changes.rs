//! `tertius what-changed`: what changed between two days, as a story.

use std::fmt::Write as _;

use comfy_table::{Table, presets};

use crate::{
    model::{CompanyId, Day, Holder, PersonId, Title},
    service::{
        Cause, Changes, ChangesQuestion, EntranceChange, EntranceChangeKind, EntranceChanges, From,
        Move, MoveKind, Newcomers, Occurrence, PageRequest, ServiceError, Tertius, TieChange,
        TieChangeKind, TieChangeView, Verdict, Viewer, Way,
    },
};

use super::{
    Printed,
    changes_args::ChangesArgs,
    changes_json,
    names::Names,
    target::list_named,
    words::{QUIET, STRONG, ago, band_word, styled, verdict_word},
};

/// Everything that is told of what changed.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) changes: Changes,
    /// The first ties of each kind.
    pub(super) ties: Vec<(TieChangeKind, Vec<TieChangeView>)>,
    pub(super) moves: Vec<Move>,
    pub(super) entrances: Option<EntranceChanges>,
    pub(super) newcomers: Newcomers,
    pub(super) recorded_since: Option<Day>,
    pub(super) names: Names,
    /// So many of each are told at most.
    pub(super) first: usize,
    is_team: bool,
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &ChangesArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let list = match &args.list {
        Some(name) => Some(list_named(tertius, viewer, name).await?),
        None => None,
    };
    let question = ChangesQuestion {
        since: args.since.day(tertius.today()),
        until: args.until,
        list,
        scope: if args.team { From::MyTeam } else { From::Me },
    };
    let told = Told::ask(tertius, viewer, &question, args.first).await?;
    if as_json {
        return Ok(Printed::done(changes_json::told(&told)));
    }
    let text = told.text();
    Ok(if told.is_nothing() { Printed::nothing(text) } else { Printed::done(text) })
}

impl Told {
    /// Asks, and looks up the names of the answer.
    pub(super) async fn ask(
        tertius: &Tertius,
        viewer: &Viewer,
        question: &ChangesQuestion,
        first: usize,
    ) -> Result<Self, ServiceError> {
        let changes = tertius.what_changed(viewer, question).await?;
        let request = PageRequest { first: Some(first), after: None };
        let mut ties = Vec::new();
        for kind in TieChangeKind::ALL {
            let page = tertius.tie_changes(&changes, kind, &request).await?;
            ties.push((kind, page.into_nodes()));
        }
        let moves = tertius.moves(&changes).await?;
        let entrances = match question.list {
            Some(_) => Some(tertius.entrance_changes(&changes).await?),
            None => None,
        };
        let newcomers = tertius.newcomers(&changes).await?;
        let recorded_since = tertius.recorded_since().await?;
        let is_team = question.scope == From::MyTeam;
        let names = Names::default();
        let mut told = Self {
            changes,
            ties,
            moves,
            entrances,
            newcomers,
            recorded_since,
            names,
            first,
            is_team,
        };
        let (people, companies) = told.named();
        let viewer = viewer.as_of(Some(told.changes.until));
        told.names = Names::of(tertius, &viewer, people, companies).await?;
        Ok(told)
    }

    /// Whether nothing changed that is told.
    fn is_nothing(&self) -> bool {
        let entrances = self.entrances.as_ref();
        let some_way = |kind| entrances.is_some_and(|found| found.of(kind).next().is_some());
        self.ties.iter().all(|(_, ties)| ties.is_empty())
            && self.moves.is_empty()
            && !EntranceChangeKind::ALL.into_iter().any(some_way)
            && (self.newcomers.people, self.newcomers.companies) == (0, 0)
    }

    /// The changes of entrances that are told.
    pub(super) fn entrances(&self) -> impl Iterator<Item = &EntranceChange> {
        let of = move |kind| {
            let found = self.entrances.iter();
            found.flat_map(move |found| found.of(kind).take(self.first))
        };
        EntranceChangeKind::ALL.into_iter().flat_map(of)
    }

    /// Everybody, and every company, that is told of.
    fn named(&self) -> (Vec<PersonId>, Vec<CompanyId>) {
        let (mut people, mut companies) = (Vec::new(), Vec::new());
        for (_, ties) in &self.ties {
            for TieChange { knower, other, one_with, .. } in ties.iter().map(|tie| tie.change) {
                people.extend([knower, other]);
                people.extend(one_with);
            }
        }
        for one in &self.moves {
            people.push(one.person);
            companies.push(one.company);
        }
        for change in self.entrances() {
            match change.into {
                Holder::Person(id) => people.push(id),
                Holder::Company(id) => companies.push(id),
            }
            let ways = change.then.iter().chain(&change.now);
            people.extend(ways.flat_map(|way| way.people.iter().copied()));
        }
        people.extend(self.newcomers.in_sight.iter().take(self.first));
        (people, companies)
    }

    /// The answer for a person.
    pub(super) fn text(&self) -> String {
        let (since, until) = (self.changes.since, self.changes.until);
        let mut text = String::new();
        if let Some(first) = self.recorded_since.filter(|&first| first > since) {
            let _ = writeln!(text, "Nothing was recorded before {first}: everything is new.");
        }
        if self.is_nothing() {
            let _ = writeln!(text, "Nothing changed since {since}.");
            return text;
        }
        let _ = writeln!(text, "From the end of {since} to the end of {until}:");
        for (kind, ties) in &self.ties {
            self.tell_ties(&mut text, *kind, ties);
        }
        self.tell_moves(&mut text);
        self.tell_entrances(&mut text);
        self.tell_newcomers(&mut text);
        text
    }

    fn tell_ties(&self, text: &mut String, kind: TieChangeKind, ties: &[TieChangeView]) {
        let all = self.changes.ties.of(kind).len();
        if all == 0 {
            return;
        }
        let heading = match kind {
            TieChangeKind::New => "New ties",
            TieChangeKind::Grown => "Ties that grew",
            TieChangeKind::Faded => "Ties that faded",
            TieChangeKind::Gone => "Ties that are gone",
        };
        tell_heading(text, heading, (ties.len(), all));
        // Of one person's ties it need not be said whose they are.
        let from = usize::from(!self.is_team);
        let head = ["who", "with whom", "then", "now", "last contact"];
        let mut table = Table::new();
        table.load_preset(presets::NOTHING).set_header(&head[from..]);
        for TieChangeView { change, receipt } in ties {
            let word = |strength: Option<f64>| strength.map_or("none", band_word).to_owned();
            let last = match receipt.last_contact {
                Some(last) => ago(last, self.changes.until),
                None if receipt.more_hidden => "theirs to tell".to_owned(),
                None => "none".to_owned(),
            };
            let mut other = self.names.person_and_place(change.other);
            if let Some(one) = change.one_with {
                let _ = write!(other, ", one with {}", self.names.person_and_place(one));
            }
            let knower = self.names.person(change.knower);
            let row = [knower, other, word(change.then), word(change.now), last];
            table.add_row(&row[from..]);
        }
        let _ = writeln!(text, "{}", table.trim_fmt());
    }

    fn tell_moves(&self, text: &mut String) {
        if self.moves.is_empty() {
            return;
        }
        let people = by_person(&self.moves);
        let shown = people.len().min(self.first);
        tell_heading(text, "Moves", (shown, people.len()));
        for moves in people.into_iter().take(self.first) {
            let what: Vec<String> = moves.iter().map(|one| move_words(one, &self.names)).collect();
            let learnt = moves.iter().all(|one| one.occurrence == Occurrence::Learnt);
            let learnt = if learnt { styled(QUIET, " (learnt since)") } else { String::new() };
            let name = self.names.person(moves[0].person);
            let _ = writeln!(text, "   {name} {}{learnt}", what.join(", "));
        }
    }

    fn tell_entrances(&self, text: &mut String) {
        let Some(found) = &self.entrances else { return };
        let mut counts = Vec::new();
        for kind in EntranceChangeKind::ALL {
            let count = found.of(kind).count();
            if count > 0 {
                counts.push(format!("{count} {}", kind.name()));
            }
        }
        counts.push(format!("{} as before", found.unchanged));
        let _ = writeln!(text, "{}: {}", styled(STRONG, "Ways into the list"), counts.join(", "));
        for change in self.entrances() {
            let into = match change.into {
                Holder::Person(id) => self.names.person(id),
                Holder::Company(id) => self.names.company(id),
            };
            let _ = writeln!(text, "   {into:<22} {}", self.entrance_words(change));
            let causes = change.causes.iter();
            let causes: Vec<String> = causes.map(|cause| cause_words(cause, &self.names)).collect();
            if !causes.is_empty() {
                let because = format!("because {}", causes.join("; "));
                let _ = writeln!(text, "   {:<22} {}", "", styled(QUIET, because));
            }
        }
    }

    /// What became of a way, in a line.
    fn entrance_words(&self, change: &EntranceChange) -> String {
        let verdict = |way: &Way| verdict_word(Verdict::of(way.probability));
        let along = |way: &Way| {
            let people = way.people.iter().skip(1).map(|&id| self.names.person(id));
            people.collect::<Vec<_>>().join(" → ")
        };
        match (&change.then, &change.now) {
            (None, Some(now)) => format!("opened: {} — {}", along(now), verdict(now)),
            (Some(then), None) => {
                format!("closed: it was {} over {}", verdict(then), along(then))
            }
            (Some(then), Some(now)) if verdict(then) == verdict(now) => {
                let word = change.kind.name();
                format!("{word}: {} — still {}", along(now), verdict(now))
            }
            (Some(then), Some(now)) => {
                format!(
                    "{}: {} — {}, before {}",
                    change.kind.name(),
                    along(now),
                    verdict(now),
                    verdict(then)
                )
            }
            (None, None) => String::new(),
        }
    }

    fn tell_newcomers(&self, text: &mut String) {
        let Newcomers { people, companies, complete, in_sight } = &self.newcomers;
        if (*people, *companies) == (0, 0) {
            return;
        }
        let more = if *complete { "" } else { ", or more" };
        let counts = format!("{people} people, {companies} companies{more}");
        let _ = writeln!(text, "{}: {counts}", styled(STRONG, "Heard of for the first time"));
        if !in_sight.is_empty() {
            let near = in_sight.iter().take(self.first).map(|&id| self.names.person_and_place(id));
            let near = near.collect::<Vec<_>>().join(", ");
            let _ = writeln!(text, "   {} of them near you: {near}", in_sight.len());
        }
    }
}

/// A heading, with how many there are, and how many of them are shown where these are not all.
fn tell_heading(text: &mut String, heading: &str, (shown, all): (usize, usize)) {
    let count = if shown < all { format!("{all}, the first {shown}") } else { all.to_string() };
    let _ = writeln!(text, "{}: {count}", styled(STRONG, heading));
}

/// Moves by person, in the order in which each person is told of first.
fn by_person(moves: &[Move]) -> Vec<Vec<&Move>> {
    let mut people: Vec<Vec<&Move>> = Vec::new();
    for one in moves {
        match people.iter_mut().find(|known| known[0].person == one.person) {
            Some(known) => known.push(one),
            None => people.push(vec![one]),
        }
    }
    people
}

/// What somebody did, without their name.
fn move_words(one: &Move, names: &Names) -> String {
    let company = names.company(one.company);
    let title = |title: &Option<Title>| title.as_ref().map(|title| format!(" as {title}"));
    let title_now = title(&one.title).unwrap_or_default();
    let on = one.on.map(|on| format!(" on {on}")).unwrap_or_default();
    match one.kind {
        MoveKind::Joined if one.occurrence == Occurrence::Learnt => {
            let since = one.on.map(|on| format!(" since {on}")).unwrap_or_default();
            format!("works at {company}{title_now}{since}")
        }
        MoveKind::Joined => format!("joined {company}{title_now}{on}"),
        MoveKind::Left => format!("left {company}{on}"),
        MoveKind::NewTitle => format!("has a new title at {company}{title_now}{on}"),
    }
}

/// What most likely changed a way.
fn cause_words(cause: &Cause, names: &Names) -> String {
    match cause {
        Cause::Moved(one) => {
            let (name, company) = (names.person(one.person), names.company(one.company));
            match (one.kind, one.occurrence) {
                (MoveKind::Left, _) => format!("{name} left {company}"),
                (_, Occurrence::Happened) => format!("{name} joined {company}"),
                (_, Occurrence::Learnt) => format!("{name} is now known to work at {company}"),
            }
        }
        Cause::Tie(tie) => {
            let between = format!("{} and {}", names.person(tie.knower), names.person(tie.other));
            match (tie.then, tie.now) {
                (None, _) => format!("the tie between {between} is new"),
                (_, None) => format!("the tie between {between} is gone"),
                (Some(then), Some(now)) if now > then => {
                    format!("the tie between {between} is stronger")
                }
                _ => format!("the tie between {between} is weaker"),
            }
        }
        Cause::Asked { person, then, now } if now > then => {
            format!("{} is asked more often", names.person(*person))
        }
        Cause::Asked { person, .. } => format!("{} is asked less often", names.person(*person)),
    }
}
