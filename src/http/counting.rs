//! What is counted at the door, and how a watcher reads it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;

use super::Door;

/// The bounds by which answers are counted by how long they took, in milliseconds.
const BOUNDS_MS: [u64; 7] = [5, 25, 100, 500, 1_000, 5_000, 30_000];

/// Counters since the process began.
#[derive(Debug, Default)]
pub struct Counters {
    executions: AtomicU64,
    points: AtomicU64,
    requests: AtomicU64,
    answers: Mutex<BTreeMap<u16, u64>>,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    /// How many answers took no longer than each bound; the last one has no bound.
    took: [AtomicU64; BOUNDS_MS.len() + 1],
    took_ms: AtomicU64,
}

impl Counters {
    /// How often the executor was called: never for what was refused.
    pub fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    pub(super) fn executed(&self, points: u64) {
        self.executions.fetch_add(1, Ordering::Relaxed);
        self.points.fetch_add(points, Ordering::Relaxed);
    }

    pub(super) fn refused(&self, code: &'static str) {
        let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        *refusals.entry(code).or_default() += 1;
    }

    pub(super) fn answered(&self, status: StatusCode, after: Duration) {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        *answers.entry(status.as_u16()).or_default() += 1;
        let ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
        let at = BOUNDS_MS.iter().position(|bound| ms <= *bound).unwrap_or(BOUNDS_MS.len());
        self.took[at].fetch_add(1, Ordering::Relaxed);
        self.took_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// A name for the next request, unlike all others of this process.
    pub(super) fn request_name(&self) -> String {
        format!("request_{}_{}", std::process::id(), self.requests.fetch_add(1, Ordering::Relaxed))
    }
}

/// All counters in the text format of Prometheus, 0.0.4.
pub(super) fn written(door: &Door) -> String {
    let (counters, tertius) = (&door.counters, &door.tertius);
    let (people, ties) = tertius.network_size();
    let listening = tertius.limits().listeners_max - door.listeners.available_permits();
    let mut text = String::new();
    let mut one = |name: &str, kind: &str, help: &str, values: Vec<(String, u64)>| {
        // Writing to a text never fails.
        let _never = writeln!(text, "# HELP tertius_{name} {help}\n# TYPE tertius_{name} {kind}");
        for (labels, value) in values {
            let _never = writeln!(text, "tertius_{name}{labels} {value}");
        }
    };
    let alone = |value: u64| vec![(String::new(), value)];
    let answers = counters.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let answers = answers.iter().map(|(code, n)| (format!("{{status=\"{code}\"}}"), *n)).collect();
    one("http_answers_total", "counter", "Answers by status.", answers);
    let refusals = counters.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let refusals = refusals.iter().map(|(code, n)| (format!("{{code=\"{code}\"}}"), *n)).collect();
    one(
        "graphql_refusals_total",
        "counter",
        "Requests of GraphQL that were not run, by code.",
        refusals,
    );
    one(
        "graphql_executions_total",
        "counter",
        "Calls of the executor.",
        alone(counters.executions()),
    );
    let points = counters.points.load(Ordering::Relaxed);
    one("graphql_points_total", "counter", "What they might have cost.", alone(points));
    one("listeners", "gauge", "Clients that hear news.", alone(listening as u64));
    one("network_people", "gauge", "People in the network.", alone(people as u64));
    one("network_ties", "gauge", "Ties in the network.", alone(ties as u64));
    one(
        "store_version",
        "gauge",
        "The version that the network has taken in.",
        alone(tertius.version().0),
    );
    one("http_answer_ms", "histogram", "How long answers took to begin.", histogram(counters));
    text
}

fn histogram(counters: &Counters) -> Vec<(String, u64)> {
    let (mut values, mut so_far) = (Vec::new(), 0);
    for (at, took) in counters.took.iter().enumerate() {
        so_far += took.load(Ordering::Relaxed);
        let bound = BOUNDS_MS.get(at).map_or_else(|| "+Inf".to_owned(), u64::to_string);
        values.push((format!("_bucket{{le=\"{bound}\"}}"), so_far));
    }
    values.push(("_sum".to_owned(), counters.took_ms.load(Ordering::Relaxed)));
    values.push(("_count".to_owned(), so_far));
    values
}
