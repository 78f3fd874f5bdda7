//! What the README says is so.

use std::{path::Path, process::Command};

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The blocks of a language, in order.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let after = text.split(&fence).skip(1);
    after.map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn run(line: &str, folder: &Path) -> std::process::Output {
    let line = line.replacen("tertius ", &format!("{} ", env!("CARGO_BIN_EXE_tertius")), 1);
    let mut shell = Command::new("sh");
    shell.args(["-c", &line]).current_dir(folder).env("XDG_DATA_HOME", folder);
    shell.output().unwrap()
}

#[test]
fn the_commands_of_the_readme_do_what_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    std::fs::create_dir(folder.path().join("linkedin")).unwrap();
    for file in std::fs::read_dir(data.join("linkedin/Basic Export")).unwrap() {
        let file = file.unwrap();
        let to = folder.path().join("linkedin").join(file.file_name());
        std::fs::copy(file.path(), to).unwrap();
    }
    std::fs::copy(data.join("mail/takeout.mbox"), folder.path().join("mail.mbox")).unwrap();
    std::fs::copy(data.join("tables/mails.csv"), folder.path().join("contacts.csv")).unwrap();
    let text = readme();
    let blocks = blocks(&text, "sh");
    let lines = blocks.iter().flat_map(|block| block.lines());
    let mut ran = 0;
    for line in lines.filter(|line| line.starts_with("tertius ") && !line.contains("serve")) {
        let output = run(line, folder.path());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{line}: {said}");
        assert!(!output.stdout.is_empty(), "{line}");
        ran += 1;
    }
    assert!(ran >= 15, "{ran} commands were found");
    assert!(blocks.iter().any(|block| block == "cargo run --release -- demo\n"));
    assert!(blocks.iter().any(|block| block == "make test\n"), "CI calls this, word for word");
}

#[test]
fn the_answer_that_the_readme_shows_is_the_demo_s() {
    let folder = tempfile::tempdir().unwrap();
    let told = run("tertius demo --no-serve", folder.path());
    let told = String::from_utf8(told.stdout).unwrap();
    let shown = blocks(&readme(), "text");
    assert!(told.contains(&shown[0]), "{told}");
}

#[tokio::test]
async fn the_query_of_the_readme_is_answered() {
    let house = crate::support::House::shared();
    let query = &blocks(&readme(), "graphql")[0];
    let answer = house.data(query).await;
    assert_eq!(answer["introPaths"]["nodes"][0]["verdict"], "LIKELY_YES");
}

#[tokio::test]
async fn the_file_that_the_readme_sends_is_imported() {
    let house = crate::support::House::own().await;
    let text = readme();
    let line = text.lines().find(|line| line.starts_with("curl ")).unwrap();
    let url = line.rsplit('\'').nth(1).unwrap();
    let path = url.strip_prefix("http://127.0.0.1:7878").unwrap();
    let file = axum::body::Body::from("Name,Email\nBo Chen,bo@globex.example\n");
    let request = axum::http::Request::post(path).body(file).unwrap();
    let (status, report) = crate::support::send(&house.open_routes().await, request).await;
    assert_eq!(status, axum::http::StatusCode::OK, "{report}");
    assert_eq!(report["counts"]["new"], 1);
}

#[test]
fn what_the_readme_links_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = readme();
    let links = text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap());
    let mut checked = 0;
    for link in links.filter(|link| !link.starts_with("https://")) {
        assert!(root.join(link).exists(), "{link}");
        checked += 1;
    }
    assert!(checked > 5);
}
