//! What is counted at the door, and how a watcher reads it.

use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;
use tokio::time::Instant;

use super::Door;
use crate::service::{BOUNDS_MS, Histogram};

/// So many names of operations are counted each by itself: names come from clients.
const OPERATIONS_MAX: usize = 200;
/// Under which those are counted that come later. No name in GraphQL has a hyphen.
const OTHERS: &str = "-others";

/// Counters since the process began.
#[derive(Debug, Default)]
pub struct Counters {
    executions: AtomicU64,
    points: AtomicU64,
    requests: AtomicU64,
    answers: Mutex<BTreeMap<u16, u64>>,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    operations: Mutex<BTreeMap<String, Arc<Histogram>>>,
    documents_kept: AtomicU64,
    documents_read: AtomicU64,
    took: Histogram,
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
        self.took.count(after);
    }

    /// An operation ran, by its name if it has one.
    pub(super) fn ran(&self, operation: Option<&str>, took: Duration) {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let mut name = operation.unwrap_or_default();
        if operations.len() >= OPERATIONS_MAX && !operations.contains_key(name) {
            name = OTHERS;
        }
        let histogram = Arc::clone(operations.entry(name.to_owned()).or_default());
        drop(operations);
        histogram.count(took);
    }

    /// A document was found among those that are kept, or had to be read.
    pub(super) fn document(&self, was_kept: bool) {
        let counter = if was_kept { &self.documents_kept } else { &self.documents_read };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// A name for the next request, unlike all others of this process.
    pub(super) fn request_name(&self) -> String {
        format!("request_{}_{}", std::process::id(), self.requests.fetch_add(1, Ordering::Relaxed))
    }
}

/// All counters in the text format of Prometheus, 0.0.4, and whether the store gives a sign of life.
pub(super) async fn written(door: &Door) -> String {
    let (began, most) = (Instant::now(), Duration::from_millis(door.front.limits.request_ms_max));
    let alive = tokio::time::timeout(most, door.tertius.ready()).await;
    let store_read = matches!(alive, Ok(Ok(()))).then(|| began.elapsed());
    let mut page = Page::default();
    of_the_door(&mut page, &door.counters);
    of_the_service(&mut page, door, store_read);
    page.text
}

fn of_the_door(page: &mut Page, counters: &Counters) {
    let answers = counters.answers.lock().unwrap_or_else(PoisonError::into_inner).clone();
    page.begin("http_answers_total", "counter", "Answers by status.");
    for (status, count) in answers {
        page.value("http_answers_total", &format!("status=\"{status}\""), count);
    }
    page.begin("http_answer_ms", "histogram", "How long answers took to begin.");
    page.histogram("http_answer_ms", "", &counters.took);
    let refusals = counters.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone();
    page.begin(
        "graphql_refusals_total",
        "counter",
        "Requests of GraphQL that were not run, by code.",
    );
    for (code, count) in refusals {
        page.value("graphql_refusals_total", &format!("code=\"{code}\""), count);
    }
    page.counter("graphql_executions_total", "Calls of the executor.", counters.executions());
    let points = counters.points.load(Ordering::Relaxed);
    page.counter("graphql_points_total", "What they might have cost.", points);
    page.begin(
        "graphql_documents_total",
        "counter",
        "Documents that were kept, or had to be read.",
    );
    for (was, count) in [("kept", &counters.documents_kept), ("read", &counters.documents_read)] {
        let count = count.load(Ordering::Relaxed);
        page.value("graphql_documents_total", &format!("was=\"{was}\""), count);
    }
    let operations = counters.operations.lock().unwrap_or_else(PoisonError::into_inner).clone();
    page.begin("graphql_operation_ms", "histogram", "How long operations ran, by their name.");
    for (name, histogram) in operations {
        page.histogram("graphql_operation_ms", &format!("operation=\"{name}\""), &histogram);
    }
}

fn of_the_service(page: &mut Page, door: &Door, store_read: Option<Duration>) {
    let tertius = &door.tertius;
    let (people, ties) = tertius.network_size();
    let listening = tertius.limits().listeners_max - door.listeners.available_permits();
    page.gauge("listeners", "Clients that hear news.", listening);
    page.gauge("computing", "Questions that compute or wait for it.", tertius.computing());
    page.gauge("imports_running", "Imports that run.", tertius.imports_running());
    page.gauge("network_people", "People in the network.", people);
    page.gauge("network_ties", "Ties in the network.", ties);
    let version = tertius.version().0;
    page.gauge("store_version", "The version that the network has taken in.", version);
    page.begin("store_write_ms", "histogram", "How long writes took in the store.");
    page.histogram("store_write_ms", "", tertius.store_writes());
    page.gauge(
        "store_up",
        "Whether the store gave a sign of life.",
        u8::from(store_read.is_some()),
    );
    if let Some(took) = store_read {
        let ms = took.as_secs_f64() * 1_000.0;
        page.gauge("store_read_ms", "How long it took to give it.", format!("{ms:.3}"));
    }
}

/// What the watcher reads.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn begin(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP tertius_{name} {help}"));
        self.line(format_args!("# TYPE tertius_{name} {kind}"));
    }

    fn value(&mut self, name: &str, labels: &str, value: impl Display) {
        match labels {
            "" => self.line(format_args!("tertius_{name} {value}")),
            labels => self.line(format_args!("tertius_{name}{{{labels}}} {value}")),
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.begin(name, "gauge", help);
        self.value(name, "", value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.begin(name, "counter", help);
        self.value(name, "", value);
    }

    fn histogram(&mut self, name: &str, labels: &str, histogram: &Histogram) {
        let comma = if labels.is_empty() { "" } else { "," };
        let counts = histogram.cumulative();
        for (at, count) in counts.iter().enumerate() {
            let bound = BOUNDS_MS.get(at).map_or_else(|| "+Inf".to_owned(), u64::to_string);
            self.value(&format!("{name}_bucket"), &format!("{labels}{comma}le=\"{bound}\""), count);
        }
        self.value(&format!("{name}_sum"), labels, histogram.sum_ms());
        self.value(&format!("{name}_count"), labels, counts[BOUNDS_MS.len()]);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a text never fails.
        let _never = writeln!(self.text, "{line}");
    }
}
