//! Keeps the layers apart, and the house in order.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Each module, lowest first, and what it may use. `docs/ARCHITECTURE.md` says why.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("graph", &["model"]),
    ("algo", &["model", "graph"]),
    ("sample", &["model"]),
    ("formats", &["model"]),
    ("store", &["model"]),
    ("config", &["model"]),
    ("service", &["model", "graph", "algo", "sample", "formats", "store", "config"]),
    ("api", &["model", "service"]),
    ("telemetry", &["config"]),
    ("http", &["api", "service", "telemetry", "config"]),
    ("cli", &["service", "config", "model"]),
    (
        "app",
        &[
            "model",
            "graph",
            "algo",
            "sample",
            "formats",
            "store",
            "config",
            "service",
            "api",
            "telemetry",
            "http",
            "cli",
        ],
    ),
];

/// Words of libraries, and the only places that may name them.
const WORDS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store/sqlite/"]),
    ("neo4rs", &["store/neo4j/"]),
    ("aho_corasick", &["store/sqlite/"]),
    ("async_graphql", &["api/", "http/"]),
    ("apollo_compiler", &["http/document/"]),
    ("axum", &["http/"]),
    ("hyper", &["http/connecting.rs"]),
    ("hyper_util", &["http/connecting.rs"]),
    ("rayon", &["algo/", "graph/", "service/compute.rs"]),
    ("clap", &["cli/", "main.rs"]),
    ("comfy_table", &["cli/"]),
    ("jsonwebtoken", &["service/issuer/jwt.rs"]),
    ("ureq", &["http/documents.rs"]),
    ("SqliteStore", &["store/sqlite/", "app/"]),
    ("Neo4jStore", &["store/neo4j/", "app/"]),
];

/// The most lines of a file.
const LINES_MAX: usize = 400;

#[test]
fn a_module_uses_only_the_layers_below_it() {
    let wrong: Vec<String> =
        sources().iter().flat_map(|(file, text)| wrong_uses(file, text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_module_that_reaches_upwards_is_found() {
    for (file, text, wrong) in [
        ("model/x.rs", "use crate::store::Store;", "model/x.rs: `model` may not use `store`"),
        (
            "graph/x.rs",
            "use crate::{\n    algo::Stop,\n};",
            "graph/x.rs: `graph` may not use `algo`",
        ),
        ("api/x.rs", "let x = crate::algo::Stop::new();", "api/x.rs: `api` may not use `algo`"),
        (
            "store/mod.rs",
            "use crate::{model::{A, B}, service::C};",
            "store/mod.rs: `store` may not use `service`",
        ),
        (
            "store/sqlite/x.rs",
            "use super::super::Store;",
            "store/sqlite/x.rs: `super::super` hides where it reaches",
        ),
        (
            "service/x.rs",
            "use rusqlite::Connection;",
            "service/x.rs: `rusqlite` is for store/sqlite/ alone",
        ),
        (
            "service/x.rs",
            "rayon::spawn(job);",
            "service/x.rs: `rayon` is for algo/, graph/, service/compute.rs alone",
        ),
        ("cli/x.rs", "use crate::http;", "cli/x.rs: `cli` may not use `http`"),
    ] {
        assert_eq!(wrong_uses(file, text), [wrong], "{text}");
    }
    for (file, text) in [
        ("algo/x.rs", "use crate::{graph::{Cost, Network}, model::PersonId};"),
        ("store/sqlite/x.rs", "use rusqlite::Connection; use super::error;"),
        ("model/x.rs", "// as crate::service does\n/// see `crate::store`\nuse super::Day;"),
    ] {
        assert_eq!(wrong_uses(file, text), [""; 0], "{text}");
    }
}

#[test]
fn every_module_has_a_layer_and_stands_above_what_it_uses() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let mut declared: Vec<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let mut listed: Vec<&str> = LAYERS.iter().map(|(module, _)| *module).collect();
    for (at, (module, allowed)) in LAYERS.iter().enumerate() {
        for used in *allowed {
            assert!(listed[..at].contains(used), "`{module}` uses `{used}`, which stands above");
        }
    }
    declared.sort_unstable();
    listed.sort_unstable();
    assert_eq!(declared, listed);
}

#[test]
fn the_table_of_layers_in_the_documentation_is_this_one() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap();
    for (module, allowed) in LAYERS {
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| `{module}` |")))
            .unwrap_or_else(|| panic!("docs/ARCHITECTURE.md has no row for `{module}`"));
        let cell = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let mut named: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        if cell.contains("all") {
            named = allowed.to_vec();
        }
        let mut wanted = allowed.to_vec();
        named.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "the row of `{module}`");
    }
}

#[test]
fn a_file_has_one_subject_and_so_an_end() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(file, lines)| format!("{file} has {lines} lines"))
        .collect();
    assert!(long.is_empty(), "more than {LINES_MAX}: {}", long.join(", "));
}

#[test]
fn every_test_file_is_in_the_binary() {
    let folder = root().join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        let runs = main.contains(&format!("mod {module};"));
        assert!(runs || ["main.rs", "snapshots"].contains(&name.as_str()), "{name} never runs");
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All sources, by their path inside `src`.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    files.sort();
    let name = |path: &Path| path.strip_prefix(&src).unwrap().display().to_string();
    files.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// Everything in a file that its layer does not allow.
fn wrong_uses(file: &str, text: &str) -> Vec<String> {
    let code = without_comments(text);
    let mut wrong = Vec::new();
    let module = file.split('/').next().unwrap();
    if let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == module) {
        for used in modules_used(&code) {
            let known = LAYERS.iter().any(|(layer, _)| *layer == used);
            if known && used != module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{file}: `{module}` may not use `{used}`"));
            }
        }
    }
    if code.contains("super::super") {
        wrong.push(format!("{file}: `super::super` hides where it reaches"));
    }
    for (word, places) in WORDS {
        if names(&code, word) && !places.iter().any(|place| file.starts_with(place)) {
            wrong.push(format!("{file}: `{word}` is for {} alone", places.join(", ")));
        }
    }
    wrong
}

fn without_comments(text: &str) -> String {
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(code).collect::<Vec<_>>().join("\n")
}

/// Whether the word stands in the code, as a word of its own.
fn names(code: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(part) && !code[at + word.len()..].starts_with(part))
}

/// The top modules that a file names: `crate::x` or `crate::{x, y::z}`.
fn modules_used(code: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, found) in code.match_indices("crate::") {
        let rest = &code[at + found.len()..];
        match rest.strip_prefix('{') {
            Some(group) => used.extend(first_names(group)),
            None => used.push(identifier(rest)),
        }
    }
    used
}

/// The first name of each entry of a group, up to its closing brace.
fn first_names(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut fresh) = (1, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            c if fresh && c.is_alphabetic() => {
                names.push(identifier(&group[at..]));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
