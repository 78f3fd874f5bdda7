//! `tertius demo`: questions with their answers, as a story.

use std::{collections::HashMap, fmt::Write as _};

use crate::{
    model::{CompanyId, Day, ListKind, PersonId, WantedPost},
    service::{
        ChangesQuestion, EntryAnswer, Fading, From, KeepingQuestion, KnownQuestion, Miss,
        PageRequest, PathQuestion, Reminder, ServiceError, Target, Tertius, Thread, To, Urgency,
        Verdict, Viewer, Whom, gap_in_words,
    },
};

use super::{
    changes::Told,
    keeping, known,
    names::Names,
    paths,
    words::{QUIET, STRONG, ago, band_word, miss_words, styled, verdict, verdict_word},
};

/// How many companies of each kind the story names.
const SHOWN: usize = 5;

/// How many changes of each kind the story names.
const CHANGES_SHOWN: usize = 3;

/// The story of the sample.
#[derive(Debug, Clone, Copy)]
pub struct Demo<'a> {
    tertius: &'a Tertius,
    viewer: &'a Viewer,
}

impl<'a> Demo<'a> {
    /// The story as one member tells it.
    pub fn new(tertius: &'a Tertius, viewer: &'a Viewer) -> Self {
        Self { tertius, viewer }
    }

    /// All questions with their answers.
    ///
    /// # Errors
    /// When the store does not hold the sample, or fails.
    pub async fn tell(&self) -> Result<String, ServiceError> {
        let mut text = self.opening().await?;
        for (question, answer) in [
            ("Who gets Mira to Globex's VP Engineering?", self.globex().await?),
            ("Who knows somebody at Umbra Health?", self.umbra().await?),
            ("Which of our 40 targets can we enter?", self.targets().await?),
            ("What changed in the last 60 days?", self.changes().await?),
            ("Whom do we risk to lose?", self.risks().await?),
        ] {
            let _ = write!(text, "\n{}\n{answer}", styled(STRONG, format!("» {question}")));
        }
        Ok(text)
    }

    async fn opening(&self) -> Result<String, ServiceError> {
        let me = self.viewer.person();
        let names = Names::of(self.tertius, self.viewer, [me], []).await?;
        let (people, ties) = self.tertius.network_size();
        Ok(format!(
            "A fictional network of {people} people and {ties} ties, on {}.\nYou are {}.\n",
            self.tertius.today(),
            names.person_and_place(me),
        ))
    }

    async fn globex(&self) -> Result<String, ServiceError> {
        let company = self.company("globex.example").await?;
        let to = To::Role { company, post: WantedPost::titled("vp engineering") };
        let best = PathQuestion {
            page: PageRequest { first: Some(1), after: None },
            ..PathQuestion::to(to)
        };
        let mut text = self.paths(&best).await?;
        text.push_str("\nIt beats the shorter way:\n");
        let shorter = PathQuestion { max_steps: Some(2), ..best };
        text.push_str(&self.paths(&shorter).await?);
        Ok(text)
    }

    async fn paths(&self, question: &PathQuestion) -> Result<String, ServiceError> {
        let answer = self.tertius.intro_paths(self.viewer, question).await?;
        let names = paths::names(self.tertius, self.viewer, &answer).await?;
        Ok(paths::tell(&answer, &names))
    }

    async fn umbra(&self) -> Result<String, ServiceError> {
        let company = self.company("umbrahealth.example").await?;
        let targets = vec![Target::all(Whom::Company(company))];
        let question = KnownQuestion { targets, among: Vec::new(), min_strength: 0.0 };
        let request = PageRequest::default();
        let found = self.tertius.who_knows(self.viewer, &question, &request).await?.into_nodes();
        let people = found.iter().flat_map(|known| [known.knower, known.target]);
        let names = Names::of(self.tertius, self.viewer, people, []).await?;
        Ok(known::tell(&found, &WantedPost::default(), &names, self.tertius.today()))
    }

    async fn targets(&self) -> Result<String, ServiceError> {
        let list = self.target_list().await?;
        let answer = self.tertius.entrances(self.viewer, list, &From::Me).await?;
        let companies = answer.entrances.iter().map(|entrance| entrance.company);
        let people = answer.entrances.iter().flat_map(|entrance| {
            let path = entrance.path.iter().flat_map(crate::service::IntroPath::people);
            let missed = match &entrance.miss {
                Some(Miss::TooFar(people) | Miss::OnlyExcluded(people)) => people.clone(),
                _ => Vec::new(),
            };
            path.chain(missed).collect::<Vec<PersonId>>()
        });
        let names = Names::of(self.tertius, self.viewer, people, companies).await?;
        Ok(tell_targets(&answer, &names))
    }

    async fn changes(&self) -> Result<String, ServiceError> {
        let question = ChangesQuestion {
            since: self.tertius.today().plus(-60),
            until: None,
            list: Some(self.target_list().await?),
            scope: From::Me,
        };
        Ok(Told::ask(self.tertius, self.viewer, &question, CHANGES_SHOWN).await?.text())
    }

    async fn risks(&self) -> Result<String, ServiceError> {
        let fades = KeepingQuestion { list: None, only: Some(Urgency::Fading) };
        let request = PageRequest { first: Some(3), after: None };
        let fading = self.tertius.keep_in_touch(self.viewer, &fades, &request).await?.into_nodes();
        let list = self.target_list().await?;
        let threads = self.tertius.threads(self.viewer, Some(list)).await?;
        let names = keeping::names(self.tertius, self.viewer, &fading, &threads).await?;
        Ok(tell_risks(&fading, &threads, &names, self.tertius.today()))
    }

    async fn company(&self, domain: &str) -> Result<CompanyId, ServiceError> {
        let found = self.tertius.company_by_domain(self.viewer, domain).await?;
        Ok(found.ok_or_else(|| ServiceError::NotFound(domain.to_owned()))?.id)
    }

    async fn target_list(&self) -> Result<crate::model::ListId, ServiceError> {
        let lists = self.tertius.lists(self.viewer).await?;
        let targets = lists.into_iter().find(|list| list.kind == ListKind::Targets);
        Ok(targets.ok_or_else(|| ServiceError::NotFound("a list of targets".to_owned()))?.id)
    }
}

fn tell_targets(answer: &EntryAnswer, names: &Names) -> String {
    let mut by_verdict: HashMap<Verdict, usize> = HashMap::new();
    for path in answer.entrances.iter().filter_map(|entrance| entrance.path.as_ref()) {
        *by_verdict.entry(path.verdict).or_default() += 1;
    }
    let counts = [Verdict::LikelyYes, Verdict::WorthAsking, Verdict::LastResort];
    let counts = counts.iter().filter_map(|verdict| {
        by_verdict.get(verdict).map(|count| format!("{count} {}", verdict_word(*verdict)))
    });
    let counts = counts.collect::<Vec<_>>().join(", ");
    let all = answer.entrances.len();
    let mut text = format!("{} of {all}: {counts}. The best doors:\n", answer.open());
    let open = answer
        .entrances
        .iter()
        .filter_map(|entrance| entrance.path.as_ref().map(|path| (entrance.company, path)));
    for (company, path) in open.take(SHOWN) {
        let way: Vec<String> =
            path.people().into_iter().skip(1).map(|id| names.person(id)).collect();
        let _ = writeln!(
            text,
            "   {:<22} {} — {}",
            names.company(company),
            way.join(" → "),
            verdict(path.verdict)
        );
    }
    let closed: Vec<_> = answer.entrances.iter().filter(|one| one.path.is_none()).collect();
    if !closed.is_empty() {
        let _ = writeln!(text, "Closed are {}:", closed.len());
    }
    for entrance in closed.iter().take(SHOWN) {
        let Some(miss) = &entrance.miss else { continue };
        let way = match miss {
            Miss::TooFar(people) | Miss::OnlyExcluded(people) => people.as_slice(),
            _ => &[],
        };
        let way: Vec<String> = way.iter().map(|&id| names.person(id)).collect();
        let _ = writeln!(
            text,
            "   {:<22} {}",
            names.company(entrance.company),
            styled(QUIET, miss_words(miss, &way))
        );
    }
    text
}

fn tell_risks(fading: &[Reminder], threads: &[Thread], names: &Names, today: Day) -> String {
    let mut text = String::new();
    for one in fading {
        let since = one.last_contact.unwrap_or(today);
        let _ = writeln!(
            text,
            "   {} fades: {}.",
            names.person_and_place(one.person),
            match (one.fading, one.usual_gap_days) {
                (Some(Fading::Silence), Some(days)) => format!(
                    "contact {}, then silence since {since} ({})",
                    gap_in_words(days),
                    ago(since, today)
                ),
                _ => format!(
                    "{} on the last contact {}, {} now",
                    band_word(one.strength_then),
                    ago(since, today),
                    band_word(one.strength_now)
                ),
            },
        );
    }
    text.push_str(&keeping::tell_threads(threads.iter().take(SHOWN), names));
    if text.is_empty() {
        text.push_str("   Nobody: every tie is alive, and every target has two doors.\n");
    }
    text
}

/// What to try after the story.
pub fn next_steps(store: &str, address: Option<std::net::SocketAddr>) -> String {
    let mut text = String::from("\nTry next:\n");
    for command in [
        "path 'Umbra Health' --as tom",
        "path Globex --role 'vp engineering' --avoid Elif --as mira",
        "who-knows Nordpay --as mira",
        "what-changed --since 250d --as mira",
        "search 'jonsa' --as mira",
    ] {
        let _ = writeln!(text, "   tertius {command} --store {store}");
    }
    if let Some(address) = address {
        let _ =
            writeln!(text, "   open http://{address}/graphiql in a browser: ten questions to run");
        let _ = writeln!(text, "\nListening on http://{address}/graphql as Mira. Ctrl-C ends it.");
    }
    text
}

/// As whom the demo may be asked besides, with a token each: one question, other answers.
pub fn personas(tokens: &[(String, String)]) -> String {
    let mut text = String::from(
        "\nOr ask as somebody else, with `Authorization: Bearer …`; their answers differ, such as to\n   \
         { viewer { role team { login addresses } } auditTrail(first: 3) { nodes { authorLogin } } }\n",
    );
    for (who, secret) in tokens {
        let _ = writeln!(text, "   {who}: {secret}");
    }
    text
}
