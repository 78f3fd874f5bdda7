//! Clocks, and what many measured times come to.

use std::{fs, time::Instant};

/// The time now; a bench may look at the clock.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// How long this process ran on a processor so far, in seconds.
pub(crate) fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// How many bytes of this process lie in memory.
pub(crate) fn resident() -> f64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split_whitespace().nth(1).and_then(|field| field.parse::<f64>().ok());
    pages.unwrap_or_default() * 4_096.0
}

/// The head of a table of times.
pub(crate) fn head() {
    println!("| case | questions | p50 ms | p90 ms | p99 ms | slowest ms | CPU ms each |");
    println!("|---|---|---|---|---|---|---|");
}

/// The times of one case.
pub(crate) struct Times {
    /// The least of all passes, for each question; in milliseconds.
    least: Vec<f64>,
    cpu: f64,
    asked: usize,
}

impl Times {
    /// Asks every question once in each pass, so that between two times of one lie all others, and
    /// gives the answers of the last pass.
    pub(crate) fn of<Q, A>(
        questions: &[Q],
        passes: usize,
        ask: impl Fn(&Q) -> A,
    ) -> (Self, Vec<A>) {
        let mut least = vec![f64::INFINITY; questions.len()];
        let mut answers = Vec::with_capacity(questions.len());
        let began = cpu();
        for _ in 0..passes {
            answers.clear();
            for (question, least) in questions.iter().zip(&mut least) {
                let start = now();
                answers.push(ask(question));
                *least = least.min(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        let asked = passes * questions.len();
        (Self { least, cpu: cpu() - began, asked }, answers)
    }

    /// Asks every question once, and leaves out those that `ask` gives no answer to.
    pub(crate) fn first_only<Q, A>(questions: &[Q], mut ask: impl FnMut(&Q) -> Option<A>) -> Self {
        let (began, mut least) = (cpu(), Vec::new());
        for question in questions {
            let start = now();
            if ask(question).is_some() {
                least.push(start.elapsed().as_secs_f64() * 1e3);
            }
        }
        Self { asked: least.len(), least, cpu: cpu() - began }
    }

    /// A row: p50, p90, p99 and the slowest in milliseconds, and the processor time of one.
    pub(crate) fn row(&self, what: &str) {
        let mut sorted = self.least.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let at = |part: f64| sorted[((sorted.len() - 1) as f64 * part).round() as usize];
        let [p50, p90, p99, slowest] = [0.5, 0.9, 0.99, 1.0].map(at);
        let each = self.cpu / self.asked as f64 * 1e3;
        let count = self.least.len();
        println!(
            "| {what} | {count} | {p50:.4} | {p90:.4} | {p99:.4} | {slowest:.4} | {each:.4} |"
        );
    }
}
