//! `tertius reach`.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};

use crate::{
    model::{Day, Holder, PersonId, WantedPost},
    service::{
        AccountFile, AccountName, Found, From, Miss, Named, ReachQuestion, Reached, ReachedName,
        ServiceError, Tertius, Viewer,
    },
};

use super::{
    Printed,
    args::AskAs,
    asking::AsOf,
    json,
    known::plain_table,
    names::Names,
    progress,
    supposing::Supposing,
    target::{called, id_of, list_named},
    words::{ago, miss_words, verdict_word},
};

/// So many accounts are asked about at once: after so many there is progress to see.
const TOGETHER: usize = 25;
/// So many of each kind are shown on a terminal.
const SHOWN: usize = 10;
/// What stands beside the rows of a file.
const COLUMNS: [&str; 8] = [
    "found as",
    "tertius id",
    "ask first",
    "will it work",
    "path",
    "last contact",
    "who had it",
    "why not",
];

/// What `reach` takes.
#[derive(Debug, Clone, Args)]
pub struct ReachArgs {
    /// A table of accounts: CSV, Excel, JSON Lines; by company, domain, mail address or person
    #[arg(required_unless_present = "list", conflicts_with = "list")]
    pub accounts: Option<PathBuf>,
    /// The accounts on a list instead
    #[arg(long, value_name = "NAME")]
    pub list: Option<String>,
    /// At companies: only people with such a title
    #[arg(long, value_name = "TITLE")]
    pub role: Option<String>,
    /// Start from anybody in the team, not from the one who asks
    #[arg(long)]
    pub team: bool,
    /// How many steps at most, from 1 to 4
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub max_steps: usize,
    /// Where the answers go [default: beside the file, as accounts.reached.csv]
    #[arg(long, short, value_name = "FILE", conflicts_with = "list")]
    pub output: Option<PathBuf>,
    /// What if.
    #[command(flatten)]
    pub supposing: Supposing,
    /// As whom to ask.
    #[command(flatten)]
    pub ask_as: AskAs,
    /// As of which day.
    #[command(flatten)]
    pub as_of: AsOf,
}

/// An account with its answer.
struct Answer {
    /// As it was named.
    said: String,
    row: ReachedName,
}

/// Everything that was answered, with the names that it is told by.
struct Told {
    answers: Vec<Answer>,
    names: Names,
    today: Day,
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &ReachArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let question = ReachQuestion {
        from: if args.team { From::MyTeam } else { From::Me },
        post: args.role.as_deref().map(WantedPost::titled).unwrap_or_default(),
        max_steps: Some(args.max_steps),
        ..ReachQuestion::of(Vec::new())
    };
    let (told, output) = match (&args.accounts, &args.list) {
        (Some(path), _) => {
            let output = args.output.clone().unwrap_or_else(|| beside(path));
            (of_file(tertius, viewer, &question, (path, &output)).await?, Some(output))
        }
        (None, list) => {
            let list = list_named(tertius, viewer, list.as_deref().unwrap_or_default()).await?;
            let accounts = tertius.on_list(viewer, list).await?;
            (of_list(tertius, viewer, &question, accounts).await?, None)
        }
    };
    let text = if as_json { told.json() } else { told.text(output.as_deref()) };
    let entered = told.answers.iter().any(|answer| answer.path().is_some());
    Ok(if entered { Printed::done(text) } else { Printed::nothing(text) })
}

/// `accounts.csv` is answered in `accounts.reached.csv`.
fn beside(path: &Path) -> PathBuf {
    path.with_extension("reached.csv")
}

async fn of_file(
    tertius: &Tertius,
    viewer: &Viewer,
    question: &ReachQuestion,
    (path, output): (&Path, &Path),
) -> Result<Told, ServiceError> {
    let mut file = AccountFile::open(path).await?;
    file.begin_answers(output, &COLUMNS)?;
    let names: Vec<AccountName> = file.names().collect();
    let mut told = Told::new(tertius, viewer);
    let bar = progress("reach");
    let mut entered = 0;
    for some in names.chunks(TOGETHER) {
        let rows = tertius.reach_named(viewer, some, question).await?;
        let answers = some.iter().zip(rows);
        let answers = answers.map(|(name, row)| Answer { said: name.said().to_owned(), row });
        let from = told.answers.len();
        told.add(tertius, viewer, answers.collect()).await?;
        for answer in &told.answers[from..] {
            file.answer(output, &answer.cells(&told.names))?;
            entered += usize::from(answer.path().is_some());
        }
        let done = told.answers.len();
        bar.set_message(format!("{done} of {} accounts, {entered} can be entered", names.len()));
    }
    file.finish(output)?;
    bar.finish_and_clear();
    Ok(told)
}

async fn of_list(
    tertius: &Tertius,
    viewer: &Viewer,
    question: &ReachQuestion,
    accounts: Vec<Holder>,
) -> Result<Told, ServiceError> {
    let mut told = Told::new(tertius, viewer);
    let names: Vec<AccountName> = accounts.into_iter().map(AccountName::of_holder).collect();
    let rows = tertius.reach_named(viewer, &names, question).await?.into_iter();
    let answers = rows.map(|row| {
        let said = match &row.named {
            Named::One(found, _) => called(found),
            Named::Several(_) | Named::Nobody(_) => "somebody".to_owned(),
        };
        Answer { said, row }
    });
    told.add(tertius, viewer, answers.collect()).await?;
    Ok(told)
}

impl Answer {
    fn path(&self) -> Option<&crate::service::IntroPath> {
        self.row.reached.as_ref()?.path.as_ref()
    }

    /// Everybody who is named in it.
    fn people(&self) -> Vec<PersonId> {
        let Some(Reached { path, miss, openers, last_contact, .. }) = &self.row.reached else {
            return Vec::new();
        };
        let on_path = path.iter().flat_map(crate::service::IntroPath::people);
        let missed = match miss {
            Some(Miss::TooFar(people) | Miss::OnlyExcluded(people)) => people.as_slice(),
            _ => &[],
        };
        let contact = last_contact.iter().flat_map(|contact| [contact.knower, contact.with]);
        on_path.chain(missed.iter().chain(openers).copied()).chain(contact).collect()
    }

    /// Why there is no path; empty where there is one.
    fn why_not(&self, names: &Names) -> String {
        let alike = |found: &[Found]| found.iter().map(called).collect::<Vec<_>>().join(", ");
        match (&self.row.named, &self.row.reached) {
            (Named::Nobody(found), _) if found.is_empty() => "not found".to_owned(),
            (Named::Nobody(found), _) => format!("not found; alike: {}", alike(found)),
            (Named::Several(found), _) => format!("may be one of: {}", alike(found)),
            (Named::One(..), Some(Reached { miss: Some(miss), .. })) => {
                let way = match miss {
                    Miss::TooFar(people) | Miss::OnlyExcluded(people) => people.as_slice(),
                    _ => &[],
                };
                let way: Vec<String> = way.iter().map(|&id| names.person(id)).collect();
                miss_words(miss, &way)
            }
            (Named::One(..), _) => String::new(),
        }
    }

    /// The cells of [`COLUMNS`].
    fn cells(&self, names: &Names) -> Vec<String> {
        let mut cells = vec![String::new(); COLUMNS.len()];
        if let Named::One(found, _) = &self.row.named {
            (cells[0], cells[1]) = (called(found), id_of(found));
        }
        if let Some(path) = self.path() {
            let way = path.people().into_iter().map(|id| names.person(id));
            cells[2] = path.ask_first().map(|id| names.person(id)).unwrap_or_default();
            cells[3].push_str(verdict_word(path.verdict));
            cells[4] = way.collect::<Vec<_>>().join(" → ");
        }
        if let Some(contact) = self.row.reached.as_ref().and_then(|reached| reached.last_contact) {
            cells[5] = contact.on.to_string();
            cells[6] =
                format!("{} with {}", names.person(contact.knower), names.person(contact.with));
        }
        cells[7] = self.why_not(names);
        cells
    }

    fn json(&self, names: &Names) -> Value {
        let alike = match &self.row.named {
            Named::One(..) => Vec::new(),
            Named::Several(found) | Named::Nobody(found) => found.iter().map(an_end).collect(),
        };
        let (account, by) = match &self.row.named {
            Named::One(found, by) => (an_end(found), json!(json::code(by))),
            _ => (Value::Null, Value::Null),
        };
        let reached = self.row.reached.as_ref();
        let contact = reached.and_then(|reached| reached.last_contact);
        json!({
            "named": self.said,
            "account": account,
            "by": by,
            "suggestions": alike,
            "path": self.path().map(|path| json::one_path(path, names)),
            "miss": reached.and_then(|reached| {
                let miss = reached.miss.as_ref()?;
                Some(json::one_miss(miss, &reached.openers, names))
            }),
            "lastContact": contact.map(|contact| json!({
                "on": contact.on.to_string(),
                "knower": contact.knower.to_string(),
                "with": contact.with.to_string(),
            })),
        })
    }
}

fn an_end(found: &Found) -> Value {
    json!({ "id": id_of(found), "name": called(found) })
}

impl Told {
    fn new(tertius: &Tertius, viewer: &Viewer) -> Self {
        let today = super::day_of(tertius, viewer);
        Self { answers: Vec::new(), names: Names::default(), today }
    }

    async fn add(
        &mut self,
        tertius: &Tertius,
        viewer: &Viewer,
        answers: Vec<Answer>,
    ) -> Result<(), ServiceError> {
        let people = answers.iter().flat_map(Answer::people);
        self.names.extend(Names::of(tertius, viewer, people, []).await?);
        self.answers.extend(answers);
        Ok(())
    }

    fn json(&self) -> String {
        let answers = self.answers.iter().map(|answer| answer.json(&self.names));
        let answers: Vec<Value> = answers.collect();
        json::printed(&json!({ "asOf": self.today.to_string(), "accounts": answers }))
    }

    fn text(&self, output: Option<&Path>) -> String {
        let count =
            |wanted: &dyn Fn(&Answer) -> bool| self.answers.iter().filter(|a| wanted(a)).count();
        let entered = count(&|answer| answer.path().is_some());
        let unknown = count(&|answer| answer.row.reached.is_none());
        let all = self.answers.len();
        let mut text = format!(
            "Of {all} accounts {entered} can be entered, {} cannot, {unknown} were not found.\n",
            all - entered - unknown
        );
        if let Some(output) = output {
            let _ = writeln!(text, "{} has the answers beside your rows.", output.display());
        }
        self.tell_best(&mut text);
        self.tell_others(&mut text, "No way into", |answer| {
            answer.row.reached.is_some() && answer.path().is_none()
        });
        self.tell_others(&mut text, "Not found", |answer| answer.row.reached.is_none());
        text
    }

    /// Those that are entered best.
    fn tell_best(&self, text: &mut String) {
        let mut best: Vec<_> =
            self.answers.iter().filter(|answer| answer.path().is_some()).collect();
        let chance = |answer: &Answer| answer.path().map_or(0.0, |path| path.probability);
        best.sort_by(|a, b| chance(b).total_cmp(&chance(a)));
        if best.is_empty() {
            return;
        }
        let head = ["account", "ask", "will it work", "path", "last contact"];
        let mut table = plain_table(head);
        for answer in best.iter().take(SHOWN) {
            let cells = answer.cells(&self.names);
            let contact = answer.row.reached.as_ref().and_then(|reached| reached.last_contact);
            let last = contact.map(|contact| ago(contact.on, self.today)).unwrap_or_default();
            let will = answer.path().map_or("", |path| verdict_word(path.verdict));
            table.add_row([&*cells[0], &*cells[2], will, &*cells[4], &*last]);
        }
        let _ = writeln!(text, "\n{}", table.trim_fmt());
        more(text, best.len());
    }

    fn tell_others(&self, text: &mut String, head: &str, wanted: impl Fn(&Answer) -> bool) {
        let others: Vec<&Answer> = self.answers.iter().filter(|answer| wanted(answer)).collect();
        if others.is_empty() {
            return;
        }
        let _ = writeln!(text, "\n{head}:");
        for answer in others.iter().take(SHOWN) {
            let _ = writeln!(text, "  {}: {}", answer.said, answer.why_not(&self.names));
        }
        more(text, others.len());
    }
}

/// That not all were shown.
fn more(text: &mut String, count: usize) {
    if count > SHOWN {
        let _ = writeln!(text, "  and {} more", count - SHOWN);
    }
}
