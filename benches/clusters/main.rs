//! How long it takes to find clusters on graphs of scores; the answers are checked in the same run.
//!
//! `make bench DATA=DIR` runs it on every graph of a folder, as benches/paths reads them.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../paths/graphs.rs"]
#[expect(dead_code, reason = "the bench of paths uses the rest")]
mod graphs;
#[path = "../paths/measure.rs"]
#[expect(dead_code, reason = "the bench of paths uses the rest")]
mod measure;

use graphs::{Outcome, Scores, asked_for, read};
use measure::{cpu, now};
use tertius::algo::{ClusterGraph, ClusterOptions, Partition, Stop, clusters, likeness};

/// The seeds whose answers are compared.
const SEEDS: [u64; 3] = [1, 2, 3];

fn main() -> Outcome<()> {
    let Some(files) = asked_for()? else {
        println!("nothing is measured without --bench: `make bench DATA=DIR`");
        return Ok(());
    };
    for file in files {
        bench(&read(&file)?)?;
    }
    Ok(())
}

fn bench(scores: &Scores) -> Outcome<()> {
    println!("\n## {}: {} people, {} ties\n", scores.name, scores.people, scores.ties.len());
    let began = cpu();
    let graph = ClusterGraph::build(scores.people, &scores.ties)?;
    println!("d: rows: {:.2} s CPU\n", cpu() - began);
    println!("| d: clusters, weighted | seed | Q | clusters | CPU s | wall s | passes |");
    println!("|---|---|---|---|---|---|---|");
    let mut found: Vec<Partition> = Vec::new();
    for rounds in [1, 2] {
        found = SEEDS.iter().map(|&seed| once(&graph, seed, rounds)).collect::<Outcome<_>>()?;
    }
    warm(&graph, &found[0])?;
    let alike = |(a, b): (usize, usize)| likeness(&found[a], &found[b]);
    let [first, second, third] = [(0, 1), (0, 2), (1, 2)].map(alike);
    println!("\nARI between seeds: {first:.3}, {second:.3}, {third:.3}.");
    if let Some(planted) = &scores.company {
        let planted = likeness(&Partition::of_labels(planted), &found[0]);
        println!("ARI with the planted communities: {planted:.3}.");
    }
    println!("Checked in this run: Q recomputed naively, every cluster connected.");
    Ok(())
}

/// The least time of a few runs for small graphs, of one for great ones.
fn once(graph: &ClusterGraph, seed: u64, rounds: usize) -> Outcome<Partition> {
    let options = ClusterOptions { seed, rounds, ..ClusterOptions::default() };
    let runs = if graph.ties() > 1_000_000 { 1 } else { 20 };
    let (mut passes, mut found) = (0, None);
    let (began, start) = (cpu(), now());
    for _ in 0..runs {
        passes = 0;
        found = Some(clusters(graph, options, &Stop::new(), |_| passes += 1)?);
    }
    let (cpu, wall) = (cpu() - began, start.elapsed().as_secs_f64());
    let found = found.ok_or("nothing was run")?;
    let quality = check(graph, &found);
    let (each, runs, count) = (cpu / f64::from(runs), f64::from(runs), found.clusters());
    println!(
        "| {rounds} rounds at most | {seed} | {quality:.4} | {count} | {each:.3} | {:.3} | {passes} |",
        wall / runs
    );
    Ok(found)
}

/// From its own answer, as where a map is drawn again.
fn warm(graph: &ClusterGraph, last: &Partition) -> Outcome<()> {
    let options = ClusterOptions { warm: Some(last), rounds: 1, ..ClusterOptions::default() };
    let (began, start) = (cpu(), now());
    let again = clusters(graph, options, &Stop::new(), |_| {})?;
    println!(
        "| from the last answer | 1 | {:.4} | {} | {:.3} | {:.3} | |",
        check(graph, &again),
        again.clusters(),
        cpu() - began,
        start.elapsed().as_secs_f64()
    );
    println!("\nARI with the last answer: {:.4}.", likeness(last, &again));
    Ok(())
}

/// Modularity, summed up tie by tie, and that every cluster is connected.
fn check(graph: &ClusterGraph, found: &Partition) -> f64 {
    let labels = found.labels();
    let (mut within, mut total) = (0.0, 0.0);
    let mut strengths = vec![0.0; found.clusters()];
    for node in 0..graph.nodes() as u32 {
        for (other, weight) in graph.neighbours(node) {
            total += weight;
            strengths[labels[node as usize] as usize] += weight;
            if labels[node as usize] == labels[other as usize] {
                within += weight;
            }
        }
    }
    let expected: f64 = strengths.iter().map(|k: &f64| (k / total) * (k / total)).sum();
    let quality = within / total - expected;
    let told = found.modularity(graph, 1.0);
    assert!((quality - told).abs() < 1e-6, "the modularity is {quality}, not {told}");
    assert_eq!(reached(graph, labels), found.clusters(), "a cluster is in pieces");
    quality
}

/// How many pieces there are, where only nodes of one cluster are joined: a union by halving.
fn reached(graph: &ClusterGraph, labels: &[u32]) -> usize {
    let mut above: Vec<u32> = (0..graph.nodes() as u32).collect();
    let root = |above: &mut Vec<u32>, mut node: u32| {
        while above[node as usize] != node {
            above[node as usize] = above[above[node as usize] as usize];
            node = above[node as usize];
        }
        node
    };
    let mut pieces = graph.nodes();
    for node in 0..graph.nodes() as u32 {
        for (other, _) in graph.neighbours(node) {
            if labels[node as usize] == labels[other as usize] {
                let (one, two) = (root(&mut above, node), root(&mut above, other));
                if one != two {
                    above[one as usize] = two;
                    pieces -= 1;
                }
            }
        }
    }
    pieces
}
