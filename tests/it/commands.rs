//! The program as a person and a script run it.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

/// The program with a store and a data folder of its own.
struct Program {
    folder: tempfile::TempDir,
}

impl Program {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With the sample in its store.
    fn with_sample() -> Self {
        let program = Self::new();
        assert_ok(&program.run(&["import", "--sample"]));
        program
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tertius"));
        let store = format!("sqlite:{}", self.folder.path().join("it.sqlite").display());
        command.env_clear().env("TERTIUS_STORE", store).env("HOME", self.folder.path());
        command.args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it with something to read.
    fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert_ok(&output);
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn assert_ok(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

#[test]
fn questions_are_answered_for_people_and_for_programs() {
    let program = Program::with_sample();
    let path = ["path", "Globex", "--role", "vp engineering", "--as", "mira"];
    let told = program.run(&path);
    assert_ok(&told);
    let told = text(&told.stdout);
    assert!(
        told.starts_with("1. Mira Halloran → Tom Achterberg → Elif Yıldıran → Priya"),
        "{told}"
    );
    assert!(!told.contains('\u{1b}'), "no colours where nobody sees them");
    let json = program.json(&[&path[..], &["--json"]].concat());
    assert_eq!(json["paths"][0]["hops"][0]["to"]["name"], "Tom Achterberg");
    assert_eq!(json["basis"]["kind"], "PRIOR");

    let known = program.json(&["who-knows", "umbra helth", "--as", "mira", "--json"]);
    assert_eq!(known["known"][0]["knower"]["name"], "Sami Haddoun");
    let found = program.json(&["search", "jonsa", "--as", "tom", "--json"]);
    assert_eq!(found["found"][0]["name"], "Jonas Edelvik");
    let avoiding = program.json(&[&path[..], &["--avoid", "Elif", "--json"]].concat());
    assert_ne!(avoiding["paths"][0]["hops"][1]["to"]["name"], "Elif Yıldıran");
}

#[test]
fn who_knows_whom_is_asked_from_both_ends() {
    let program = Program::with_sample();
    let ask = |arguments: &[&str]| program.json(&[arguments, &["--as", "mira", "--json"]].concat());
    let leaders = [
        "--list",
        "target",
        "--seniority",
        "head",
        "--seniority",
        "director",
        "--function",
        "sales",
    ];
    let known = ask(&[&["who-knows"][..], &leaders].concat());
    let first = &known["known"][0];
    assert_eq!(
        (&first["matched"]["title"], &first["matched"]["words"]),
        (&"Directeur commercial".into(), &serde_json::json!(["Directeur", "commercial"]))
    );
    let knower = first["knower"]["id"].as_str().unwrap();
    let knows = ask(&[&["knows", knower][..], &leaders].concat());
    let targets = knows["known"].as_array().unwrap().iter();
    let found: Vec<_> = targets.map(|known| &known["target"]["id"]).collect();
    assert!(found.contains(&&first["target"]["id"]), "{knows}");
    let own = ask(&["knows", "--company", "Nordpay"]);
    assert_eq!(own["known"][0]["target"]["name"], "Jonas Edelvik");
    let told = text(&program.run(&["knows", "--team", "--role", "einkauf", "--as", "mira"]).stdout);
    assert!(told.contains("supply chain: “Head … Procurement”"), "{told}");
    for (arguments, code, says) in [
        (&["knows", "--list", "x"][..], 3, "there is Target accounts 2027, Partners"),
        (&["knows", "--function", "magic"], 2, "none of general_management"),
        (&["who-knows"], 2, "TARGET"),
        (&["who-knows", "Priya Ramanath", "--role", "x"], 2, "a person is named"),
        (&["knows", "--company", "Priya Ramanath"], 2, "not a company"),
    ] {
        let output = program.run(&[arguments, &["--as", "mira"]].concat());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn a_cadence_is_set_and_reminds() {
    let program = Program::with_sample();
    let set = |every: &str| program.run(&["cadence", "Paul Mercadier", every, "--as", "mira"]);
    assert_eq!(
        text(&set("6w").stdout),
        "You want contact with Paul Mercadier every 6 weeks; only you see that.\n"
    );
    let told = text(&program.run(&["keep-in-touch", "--as", "mira"]).stdout);
    let first = told.lines().nth(1).unwrap();
    for said in ["Paul Mercadier", "due for 387 days by your cadence", "14 months ago"] {
        assert!(first.contains(said), "{said}: {told}");
    }
    let json = program.json(&["keep-in-touch", "--list", "target", "--as", "mira", "--json"]);
    assert_eq!(json["threads"][0]["knower"]["name"], "Sami Haddoun");
    let people = json["reminders"].as_array().unwrap();
    assert!(people.iter().all(|one| one["person"]["name"] != "Paul Mercadier"), "{json}");
    assert_eq!(text(&set("none").stdout), "No cadence is set for Paul Mercadier any more.\n");
    let told = text(&program.run(&["keep-in-touch", "--as", "mira", "--first", "30"]).stdout);
    assert!(told.contains("fallen silent"), "{told}");
    for (every, says) in [("3m", "neither days"), ("99999", "not from 0 to 3650")] {
        let output = set(every);
        assert_eq!(output.status.code(), Some(2), "{every}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
    }
}

#[test]
fn a_link_is_made_and_ended_and_its_path_is_shown_once() {
    let program = Program::with_sample();
    let ask =
        ["ask", "Elif Yıldıran", "--through", "Tom Achterberg", "--for", "To talk", "--as", "mira"];
    let asked = program.json(&[&ask[..], &["--json"]].concat());
    let id = asked["introductions"][0]["id"].as_str().unwrap();
    let one = |more: &[&str]| {
        let output = program.run(&[&["introduction", id, "--as", "tom"], more].concat());
        assert_ok(&output);
        text(&output.stdout)
    };
    assert!(one(&["yes"]).contains("asked target"));
    let told = one(&["--link", "May we?", "--link-days", "3", "--language", "de"]);
    let path = told.lines().next().unwrap();
    let digits = path.strip_prefix("/consent/").unwrap();
    assert!(digits.len() == 96 && digits.bytes().all(|c| c.is_ascii_hexdigit()), "{told}");
    let shown = one(&[]);
    assert!(shown.contains("can answer by your link until"), "{shown}");
    assert!(!shown.contains(&digits[32..]), "{shown}");
    assert!(!one(&["--end-links"]).contains("by your link"));
    let refused = program.run(&["introduction", id, "--link", " ", "--as", "tom"]);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
}

#[test]
fn the_way_a_command_ends_says_what_came_of_it() {
    let program = Program::with_sample();
    for (arguments, code, says) in [
        (&["path", "Xyzzy Corp", "--as", "mira"][..], 3, "`Xyzzy Corp` was not found"),
        (&["path", "Foxglove Biotech", "--as", "mira"], 3, ""),
        (&["path", "Globex", "--as", "nobody"], 3, "there are ana, bruno, ines, mira, tom"),
        (&["path", "Globex", "--as", "mira", "--max-steps", "9"], 2, "from 1 to 4"),
        (&["path", "person_1", "--as", "mira"], 3, "was not found"),
        (&["path", "Ana Figueiredo", "--role", "x", "--as", "mira"], 2, "a person is named"),
        (&["search", "!!", "--as", "mira"], 2, "no letter and no digit"),
        (&["path"], 2, "Usage"),
        (&["import"], 2, "<PATH>"),
        (&["import", "/nowhere.csv", "--as", "mira"], 2, "there is nothing at /nowhere.csv"),
        (&["import", "--sample", "x.csv"], 2, "cannot be used with"),
        (&["undo", "--as", "mira"], 3, "`tertius imports` lists them"),
        (&["override", "Tom Achterberg", "1.5", "--as", "mira"], 2, "is not a number from 0 to 1"),
        (&["override", "Tom Achterberg", "--as", "mira"], 2, "<STRENGTH>"),
        (&["calibrate", "--as", "mira"], 4, "needs the role admin"),
        (&["check", "--store", "sqlite:/dev/null/x"], 5, "/dev/null"),
        (&["check", "--store", "postgres:x"], 2, "sqlite:FILE"),
        (&["serve", "--listen", "0.0.0.0:0", "--access", "open"], 2, "loopback"),
    ] {
        let output = program.run(arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
}

#[test]
fn a_setting_of_the_issuer_that_cannot_be_stops_the_start() {
    let program = Program::new();
    for (issuer, says) in [
        (
            "http://login.example.org",
            "`issuer` in [oidc]: `http://login.example.org` can be changed",
        ),
        ("login.example.org", "`issuer` in [oidc]: `login.example.org` is no address"),
        ("https://login.example.org", "`audience` in [oidc]: is missing"),
    ] {
        let output = program.command(&["serve"]).env("TERTIUS_OIDC_ISSUER", issuer).output();
        let output = output.unwrap();
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn a_question_under_a_hypothesis_says_what_was_supposed_and_keeps_nothing_of_it() {
    let program = Program::with_sample();
    let far = ["path", "Foxglove Biotech", "--as", "mira"];
    let before = program.run(&far);
    assert_eq!(before.status.code(), Some(3), "{}", text(&before.stdout));
    let signed = program.run(&[&far[..], &["--if-signs", "Foxglove Biotech"]].concat());
    assert_ok(&signed);
    let told = text(&signed.stdout);
    let said = "supposing that everybody in the team knows everybody at Foxglove Biotech well\n";
    assert!(told.ends_with(said), "{told}");
    assert_eq!(program.run(&far).stdout, before.stdout, "nothing was kept");
    let known = ["who-knows", "Umbra Health", "--as", "mira", "--json"];
    let first = program.json(&known)["known"][0]["knower"]["name"].as_str().unwrap().to_owned();
    let without = program.json(&[&known[..], &["--if-leaves", &first]].concat());
    assert_eq!(without["supposing"][0], format!("{first} has left"));
    let knowers = without["known"].as_array().unwrap();
    assert!(knowers.iter().all(|one| one["knower"]["name"] != *first), "{without}");
    let target = program.json(&known)["known"][0]["target"]["name"].as_str().unwrap().to_owned();
    let works = ["knows", "--company", "Foxglove Biotech", "--as", "mira", "--json"];
    let hypothesis =
        ["--if-works", &target, "Foxglove Biotech", "CFO", "--if-knows", "me", &target];
    let knows = program.json(&[&works[..], &hypothesis].concat());
    assert_eq!(knows["known"][0]["matched"]["title"], "CFO", "{knows}");
    assert_eq!(knows["supposing"].as_array().unwrap().len(), 2, "{knows}");
    let apart = ["--if-knows", "me", &target, "--if-knows-not", &target, "me"];
    let refused = program.run(&[&far[..], &apart].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("another change says otherwise"));
}

#[test]
fn a_tie_is_overridden_and_strength_is_calibrated() {
    let program = Program::with_sample();
    let tom = ["override", "Tom Achterberg"];
    let said = program.run(
        &[&tom[..], &["0.2", "--reason", "no longer", "--until", "2026-12-24", "--as", "mira"]]
            .concat(),
    );
    assert_ok(&said);
    let wanted = "The tie with Tom Achterberg is warm (0.2) until 2026-12-24";
    assert!(text(&said.stdout).starts_with(wanted), "{}", text(&said.stdout));
    let known = program.run(&["who-knows", "Tom Achterberg", "--as", "mira", "--first", "50"]);
    assert!(text(&known.stdout).contains("overridden until 2026-12-24 (no longer)"));
    let back = program.json(&[&tom[..], &["--withdraw", "--as", "mira", "--json"]].concat());
    assert_eq!((&back["tie"]["band"], &back["tie"]["override"]), (&"strong".into(), &Value::Null));
    assert!(back["tie"]["fades"]["on"].as_str().unwrap() > "2026-11-20");
    let known = text(&program.run(&["who-knows", "Tom Achterberg", "--as", "mira"]).stdout);
    assert!(known.contains("; falls to .") && known.contains(" if nobody writes"), "{known}");

    let tried = program.json(&["calibrate", "--dry-run", "--as", "mira", "--json"]);
    assert_eq!((&tried["kept"], &tried["standing"]["basis"]), (&false.into(), &"SHIPPED".into()));
    let kept = text(&program.run(&["calibrate", "--as", "ines"]).stdout);
    assert!(kept.contains("Kept. Strength is computed with half-lives of"), "{kept}");
    let looked = text(&program.run(&["backtest", "strength", "--as", "mira"]).stdout);
    assert!(looked.contains("By the numbers that were fitted here"), "{looked}");
    let reset = text(&program.run(&["calibrate", "--reset", "--as", "ines"]).stdout);
    assert!(reset.contains("half-lives of 7 and 60 days (as shipped)"), "{reset}");
}

#[test]
fn files_are_tried_brought_in_listed_and_taken_back() {
    let program = Program::new();
    let table = program.folder.path().join("people.csv");
    std::fs::write(
        &table,
        "Name,Email,Title,Company\nAna Costa,ana@globex.example,CTO,Globex\n?,,,\n",
    )
    .unwrap();
    let path = table.to_str().unwrap();
    let tried = text(&program.run(&["import", path, "--as", "mira", "--dry-run"]).stdout);
    for said in [
        "table = \"people\"",
        "\"Email\" = \"",
        "1 new",
        "Nothing was changed.",
        "people.csv:2: person Ana Costa <ana@globex.example>, CTO at Globex",
    ] {
        assert!(tried.contains(said), "{said}: {tried}");
    }
    let nobody = program.run(&["imports", "--as", "mira"]);
    assert_eq!(nobody.status.code(), Some(3), "trying makes no member");
    let done = text(&program.run(&["import", path, "--as", "mira"]).stdout);
    for said in ["mira is the first member", "2 read = 1 new", "1 refused", "people.csv:3:"] {
        assert!(done.contains(said), "{said}: {done}");
    }
    let found = program.json(&["who-knows", "globex.example", "--as", "mira", "--json"]);
    assert_eq!(found["known"], serde_json::json!([]), "nobody is known to know her");
    let listed = program.json(&["imports", "--as", "mira", "--json"]);
    assert_eq!(
        (&listed[0]["name"], &listed[0]["counts"]["people"]),
        (&"people.csv".into(), &1.into())
    );
    let parts = text(&program.run(&["parts", "ana@globex.example", "--as", "mira"]).stdout);
    assert!(parts.contains("Ana Costa"), "{parts}");
    let excluded = text(&program.run(&["exclude", "globex.example", "--as", "mira"]).stdout);
    assert!(excluded.contains("domain globex.example"), "{excluded}");
    assert!(text(&program.run(&["undo", "--as", "mira"]).stdout).contains("taken back"));
    assert_eq!(program.run(&["search", "costa", "--as", "mira"]).status.code(), Some(3));
    let refused = program.run(&["import", path, "--as", "mira", "--mapping", path]);
    assert_eq!(refused.status.code(), Some(2), "a table is no mapping");
}

#[test]
fn what_strength_foretold_is_told_with_its_plot() {
    let program = Program::with_sample();
    let plot = program.folder.path().join("plot.svg");
    let backtest = ["backtest", "strength", "--as", "mira", "--plot", plot.to_str().unwrap()];
    let told = text(&program.run(&backtest).stdout);
    assert!(told.contains("strength AUC") && told.contains("likely between"), "{told}");
    let told = program.json(&[&backtest[..], &["--json"]].concat());
    let cuts = told["cuts"].as_array().unwrap();
    assert_eq!(cuts.len(), 3);
    for cut in cuts {
        let auc = |by: &str| cut[by]["auc"].as_f64().unwrap();
        assert!(auc("strength") > 0.5 && cut["pairs"].as_u64().unwrap() > 100, "{cut}");
    }
    assert!(std::fs::read_to_string(&plot).unwrap().starts_with("<svg"));
    let viewer = program.run(&["backtest", "strength", "--as", "bruno"]);
    assert_eq!(viewer.status.code(), Some(4));
    let late = program.run(&["backtest", "strength", "--as", "mira", "--days", "3000"]);
    assert_eq!(late.status.code(), Some(2));
}

/// All files of an export, one after the other.
fn exported(program: &Program) -> String {
    let path = program.folder.path().join("out");
    let folder = path.to_str().unwrap();
    assert_ok(&program.run(&["export", "--output", folder, "--ids", "rows", "--as", "mira"]));
    let mut files: Vec<_> =
        std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn an_import_that_was_killed_goes_on_where_it_was_and_ends_the_same() {
    let program = Program::new();
    let table = program.folder.path().join("mails.csv");
    let rows = (0..30_000).map(|n: u32| {
        let (from, to) = (n * 7 % 500, n * 13 % 499 + 500);
        let (day, minute) = (n / 1440 % 28 + 1, n % 1440);
        format!(
            "2026-02-{day:02}T{:02}:{:02}:00Z,p{from}@a.example,p{to}@b.example,mail\n",
            minute / 60,
            minute % 60
        )
    });
    std::fs::write(&table, format!("at,from,to,kind\n{}", rows.collect::<String>())).unwrap();
    let arguments = ["import", table.to_str().unwrap(), "--as", "mira"];
    let mut killed = 0;
    for least in [2, 3] {
        let mut import = program.command(&arguments).stdout(Stdio::null()).spawn().unwrap();
        // Killed as soon as it has written so many batches.
        while import.try_wait().unwrap().is_none() && batches(&program) < least {
            std::thread::yield_now();
        }
        import.kill().unwrap();
        killed += u32::from(!import.wait().unwrap().success());
    }
    assert!(killed > 0, "it was always faster");
    let whole = program.json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(whole["counts"]["read"], 30_000);
    let other = Program::new();
    let there = other.folder.path().join("mails.csv");
    std::fs::copy(&table, &there).unwrap();
    assert_ok(&other.run(&["import", there.to_str().unwrap(), "--as", "mira"]));
    assert!(exported(&program) == exported(&other), "what was killed is not what was not");
    assert_ok(&program.run(&["check"]));
}

/// How many batches are in the store, seen by another program.
fn batches(program: &Program) -> i64 {
    let file = program.folder.path().join("it.sqlite");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = rusqlite::Connection::open_with_flags(file, flags);
    let count = |store: rusqlite::Connection| {
        store.query_row("SELECT count(*) FROM batch", [], |row| row.get(0))
    };
    store.and_then(count).unwrap_or_default()
}

#[test]
fn importing_the_sample_again_changes_nothing() {
    let program = Program::with_sample();
    let again = program.run(&["import", "--sample", "--json"]);
    assert_ok(&again);
    let report: Value = serde_json::from_str(text(&again.stdout).lines().last().unwrap()).unwrap();
    let batches = text(&again.stdout).lines().count() - 1;
    assert_eq!(report["batches"], batches, "each batch is acknowledged");
    let checked = program.run(&["check"]);
    assert_ok(&checked);
    assert_eq!(text(&checked.stdout), "The store holds what it should.\n");
}

#[test]
fn the_sample_does_not_mix_with_other_facts() {
    let program = Program::new();
    let serving = Serving::start(&program, &[]);
    serving.end();
    let refused = program.run(&["import", "--sample"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("a store of its own"), "{}", text(&refused.stderr));
}

#[test]
fn a_question_as_of_a_past_day_says_so_and_knows_no_more() {
    let program = Program::with_sample();
    let day = "2026-09-01";
    let asked = |question: &[&str], more: &[&str]| {
        program.run(&[question, &["--as", "mira", "--as-of", day], more].concat())
    };
    let copy = program.folder.path().join("copy").display().to_string();
    for question in [
        &["path", "Globex"][..],
        &["who-knows", "Umbra Health"],
        &["knows", "--company", "Globex", "--team"],
        &["search", "priya"],
        &["keep-in-touch"],
        &["parts", "Priya Ramanath"],
        &["export", "--output", &copy],
    ] {
        let told = asked(question, &[]);
        assert_ok(&told);
        assert_eq!(text(&told.stdout).lines().last(), Some("as of 2026-09-01"), "{question:?}");
        let json: Value = serde_json::from_slice(&asked(question, &["--json"]).stdout).unwrap();
        assert_eq!(json["asOf"], day, "{question:?}");
    }
    let then = text(&asked(&["search", "priya"], &[]).stdout);
    assert!(then.contains("Director of Engineering, Orbit"), "{then}");
    let now = text(&program.run(&["search", "priya", "--as", "mira"]).stdout);
    assert!(now.contains("VP Engineering, Globex") && !now.contains("as of"), "{now}");
    for (day, said) in [("2999-01-01", "--as-of: 2999-01-01 is still to come"), ("soon", "soon")] {
        let refused = program.run(&["search", "priya", "--as", "mira", "--as-of", day]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(said), "{}", text(&refused.stderr));
    }
}

#[test]
fn the_schema_is_printed() {
    let printed = Program::new().run(&["schema"]);
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    assert_eq!(text(&printed.stdout), std::fs::read_to_string(kept).unwrap());
}

#[test]
fn what_changed_is_told_for_people_and_for_programs() {
    let program = Program::with_sample();
    let asked = ["what-changed", "--since", "60d", "--list", "target accounts", "--as", "mira"];
    let told = program.run(&asked);
    assert_ok(&told);
    let told = text(&told.stdout);
    assert!(
        told.contains("Priya Ramanath joined Globex as VP Engineering on 2026-10-16"),
        "{told}"
    );
    assert!(told.contains("because Priya Ramanath joined Globex\n"), "{told}");
    let json = program.json(&[&asked[..], &["--json", "--first", "2"]].concat());
    assert_eq!(json["paths"]["better"][0]["into"]["name"], "Globex");
    assert_eq!(json["paths"]["better"][0]["causes"][0]["move"]["kind"], "JOINED");
    assert_eq!(json["grownTies"]["count"], 6);
    assert_eq!(json["grownTies"]["ties"].as_array().unwrap().len(), 2);
    let nothing = program.run(&["what-changed", "--since", "0d", "--as", "mira"]);
    assert_eq!(nothing.status.code(), Some(3));
    assert_eq!(text(&nothing.stdout), "Nothing changed since 2026-11-20.\n");
    let all = program.run(&["what-changed", "--since", "2020-01-01", "--team", "--as", "tom"]);
    assert!(text(&all.stdout).starts_with("Nothing was recorded before 2026-01-24"));
    for (since, says) in [("2027-01-01", "still to come"), ("soon", "neither a day such as")] {
        let refused = program.run(&["what-changed", "--since", since, "--as", "mira"]);
        assert_eq!(refused.status.code(), Some(2), "{since}");
        assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    }
}

#[test]
fn the_demo_tells_its_story_and_says_what_to_try() {
    let program = Program::new();
    let told = program.run(&["demo", "--no-serve"]);
    assert_ok(&told);
    let told = text(&told.stdout);
    for part in ["Umbra Health", "Tom Achterberg → Elif", "Paul Mercadier", "Try next", "of 40"] {
        assert!(told.contains(part), "{part}");
    }
    let beyond = program.run(&["demo", "--listen", "0.0.0.0:0"]);
    assert_eq!(beyond.status.code(), Some(2));
}

#[test]
fn a_team_and_its_tokens_are_looked_after_on_the_command_line() {
    let program = Program::with_sample();
    let run = |arguments: &[&str]| program.run(arguments);
    let team = text(&run(&["members", "--as", "mira"]).stdout);
    assert!(team.contains("ines: admin\n") && team.contains("mira: partner manager\n"), "{team}");
    let secret = text(&run(&["members", "invite", "--as", "mira", "--days", "3"]).stdout);
    assert!(secret.starts_with("tertius_invite_"), "{secret}");
    let open = program.json(&["members", "invitations", "--as", "mira", "--json"]);
    let id = open["invitations"][0]["id"].as_str().unwrap();
    assert_ok(&run(&["members", "withdraw", id, "--as", "mira"]));
    assert_eq!(run(&["members", "invitations", "--as", "mira"]).status.code(), Some(3));
    assert_eq!(run(&["members", "deactivate", "tom", "--as", "mira"]).status.code(), Some(4));
    let last = run(&["members", "role", "ines", "member", "--as", "ines"]);
    assert!(text(&last.stderr).contains("last admin"), "{}", text(&last.stderr));
    let left = text(&run(&["members", "deactivate", "tom", "--as", "ines"]).stdout);
    assert_eq!(left, "tom: member, left\n");
    assert_ok(&run(&["members", "reactivate", "tom", "--as", "ines"]));
    let make = ["token", "--name", "the sync", "--scope", "read", "--as", "tom"];
    assert_ok(&run(&make));
    let tokens = program.json(&["token", "list", "--as", "tom", "--json"]);
    let token = &tokens["tokens"][0];
    assert_eq!(
        (&token["name"], &token["scopes"]),
        (&"the sync".into(), &serde_json::json!(["read"]))
    );
    let revoked = run(&["token", "revoke", token["id"].as_str().unwrap(), "--as", "tom"]);
    assert!(text(&revoked.stdout).contains("revoked"), "{}", text(&revoked.stderr));
    assert_eq!(run(&["audit", "--as", "mira"]).status.code(), Some(4));
    let trail = program.json(&["audit", "--as", "ines", "--author", "tom", "--json"]);
    assert_eq!(trail["entries"][0]["touched"][0]["kind"], "token");
    let told = text(&run(&["audit", "--as", "ines", "--first", "1"]).stdout);
    assert!(told.ends_with("tom: 1 token\n"), "{told}");
}

/// A server that runs.
struct Serving {
    child: Child,
    printed: String,
    address: String,
}

impl Serving {
    fn start(program: &Program, more: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0"], more].concat();
        let mut command = program.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The log says where it listens; what was printed before that is printed by then.
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut address = String::new();
        while address.is_empty() {
            let mut line = String::new();
            assert!(log.read_line(&mut line).unwrap() > 0, "it ended");
            if let Ok(entry) = serde_json::from_str::<Value>(&line) {
                let told = entry["fields"]["address"].as_str();
                address.push_str(told.unwrap_or_default());
            }
        }
        // Whatever else it logs shall not make it wait.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { child, printed: String::new(), address }
    }

    /// The first answer to a request, sent as it stands.
    fn get(&self, path: &str, token: Option<&str>) -> String {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(&self.address).unwrap();
        let token = token.map(|t| format!("Authorization: Bearer {t}\r\n")).unwrap_or_default();
        let host = &self.address;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n{token}Connection: close\r\n\r\n")
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to end, as a service manager would, and reads what it printed.
    fn end(mut self) -> String {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let output = self.child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "it ends in peace");
        self.printed.push_str(&text(&output.stdout));
        self.printed
    }
}

#[test]
fn a_token_of_a_member_asks_as_that_member() {
    let program = Program::with_sample();
    let token = text(&program.run(&["token", "--as", "tom"]).stdout);
    let serving = Serving::start(&program, &[]);
    let query = "/graphql?query=%7Bviewer%7Brole%20person%7Bname%7D%7D%7D";
    let answer = serving.get(query, Some(token.trim()));
    assert!(answer.contains("MEMBER") && answer.contains("Tom Achterberg"), "{answer}");
    // Another program writes into the same store: the service takes it in.
    assert_ok(&program.run(&["token", "--as", "mira"]));
    serving.end();
}

#[test]
fn an_issuer_that_cannot_be_reached_does_not_stop_the_start() {
    let program = Program::new();
    // Nobody listens where somebody just stopped to.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let issuer = format!("http://127.0.0.1:{port}/team");
    let mut command = program.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("TERTIUS_OIDC_ISSUER", &issuer).env("TERTIUS_OIDC_AUDIENCE", "tertius");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let trusts = format!("JWTs of {issuer} (audience tertius) let members in");
    let wanted = [&trusts, "the issuer's keys cannot be fetched", "listening on"];
    let mut said = String::new();
    while !wanted.iter().all(|wanted| said.contains(wanted)) {
        assert!(log.read_line(&mut said).unwrap() > 0, "it ended: {said}");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_first_start_prints_one_admin_token_that_lets_in() {
    let program = Program::new();
    let first = Serving::start(&program, &[]);
    assert!(first.get("/health/ready", None).contains("200 OK"));
    let printed = first.end();
    let token = printed.lines().find_map(|line| line.trim().strip_prefix("tertius_")).unwrap();
    let token = format!("tertius_{token}");
    let second = Serving::start(&program, &[]);
    let query = "/graphql?query=%7Bviewer%7Brole%7D%7D";
    assert!(second.get(query, Some(&token)).contains("ADMIN"));
    assert!(second.get(query, None).contains("401"));
    assert_eq!(second.end(), "", "a token is shown once");
}

#[test]
fn notes_are_written_and_what_was_recorded_is_shown_to_fewer() {
    let program = Program::with_sample();
    let known = program.json(&["knows", "--company", "Nordpay", "--as", "mira", "--json"]);
    let person = known["known"][0]["target"]["id"].as_str().unwrap_or_else(|| panic!("{known:#}"));
    let note = ["note", person, "likes rowing", "--topic", "sport", "--kind", "preference"];
    let written = program.json(&[&note[..], &["--as", "mira", "--json"]].concat());
    assert_eq!(written["notes"][0]["text"], "likes rowing", "{written:#}");
    let id = written["notes"][0]["id"].as_str().unwrap();
    let told = program.run(&["note", person, "--as", "mira"]);
    assert!(text(&told.stdout).contains("preference, by you on "), "{}", text(&told.stdout));
    assert_eq!(program.json(&["note", person, "--as", "tom", "--json"])["notes"][0], Value::Null);
    assert_ok(&program.run(&["note", person, "--edit", id, "--share", "--as", "mira"]));
    let seen = program.json(&["note", person, "--as", "tom", "--json"]);
    assert_eq!(seen["notes"][0]["topics"][0], "sport", "{seen:#}");
    assert_ok(&program.run(&["note", person, "--remove", id, "--as", "mira"]));

    let set = ["audience", "set", "--person", person, "--private", "--as", "mira", "--json"];
    assert!(program.json(&set)["facts"].is_number());
    assert_eq!(program.json(&set)["facts"], 0, "asked twice, nothing changes");
    assert_ok(&program.run(&["audience", "hide", person, "--as", "mira"]));
    let hidden = ["audience", "hide", "globex.example", "--at-most", "tie", "--as", "mira"];
    assert_ok(&program.run(&hidden));
    let rules = text(&program.run(&["audience", "--as", "mira"]).stdout);
    assert!(rules.contains("with anybody at globex.example: that there is a tie"), "{rules}");
    let others = text(&program.run(&["audience", "--as", "ines"]).stdout);
    assert_eq!(others, "You hide nobody.\n");
    assert_ok(&program.run(&["audience", "lift", "globex.example", "--as", "mira"]));
    let left = program.json(&["audience", "--as", "mira", "--json"]);
    assert_eq!(left["rules"].as_array().map(Vec::len), Some(1), "{left:#}");
    let neither = program.run(&["audience", "set", "--person", person, "--as", "mira"]);
    assert_eq!(neither.status.code(), Some(2), "it must be said for whom");
}

#[test]
fn a_file_of_accounts_comes_back_with_answers_beside_its_rows() {
    let program = Program::with_sample();
    let accounts = program.folder.path().join("accounts.csv");
    std::fs::write(&accounts, "Account,Region\nGlobex Inc,=EU\nGlobx,US\n").unwrap();
    let accounts = accounts.to_str().unwrap();
    let told = program.run(&["reach", accounts, "--as", "mira"]);
    assert_ok(&told);
    let told = text(&told.stdout);
    assert!(
        told.starts_with("Of 2 accounts 1 can be entered, 0 cannot, 1 were not found."),
        "{told}"
    );
    assert!(told.contains("alike: Globex"), "{told}");
    let written = program.folder.path().join("accounts.reached.csv");
    let written = std::fs::read_to_string(written).unwrap();
    let rows: Vec<&str> = written.lines().collect();
    assert!(
        rows[0].starts_with("\u{feff}Account,Region,found as,tertius id,ask first,"),
        "{written}"
    );
    assert!(rows[1].starts_with("Globex Inc,'=EU,Globex,company_"), "{written}");
    assert!(rows[1].contains(",Tom Achterberg,likely yes,Mira Halloran → "), "{written}");
    assert!(rows[2].starts_with("Globx,US,,,") && rows[2].contains("not found"), "{written}");
    // What was answered once is not written over.
    let again = program.run(&["reach", accounts, "--as", "mira"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("exists already"));
    let by_json = program.json(&["reach", "--list", "Target accounts", "--as", "mira", "--json"]);
    assert!(by_json["accounts"].as_array().unwrap().len() > 3);
}

#[test]
fn circles_say_how_many_people_lie_within_how_many_steps() {
    let program = Program::with_sample();
    let told = text(&program.run(&["circles", "--as", "mira"]).stdout);
    assert!(told.contains("within") && told.contains("3 steps"), "{told}");
    let asked = ["circles", "--as", "mira", "--max-steps", "2", "--json"];
    let circles = &program.json(&asked)["circles"];
    let people = |at: usize| circles[at]["people"].as_u64().unwrap();
    assert!(people(0) < people(1) && circles[2].is_null(), "{circles:#}");
}

#[test]
fn ties_are_rated_one_by_one_and_the_next_question_knows() {
    let program = Program::with_sample();
    let before = program.json(&["rate", "--as", "mira", "--json"]);
    let ties = before["ties"].as_array().unwrap();
    assert!(ties.len() > 3, "{before:#}");
    let id = |at: usize| ties[at]["person"]["id"].as_str().unwrap().to_owned();
    // The first is stated, then again as close; the second is left; then it is enough.
    let told = program.run_with(&["rate", "--as", "mira"], "1\nb\nwhat\n3\n\nq\n");
    assert_ok(&told);
    assert_eq!(text(&told.stdout), "1 tie stated; the next question knows of it.\n");
    assert!(text(&told.stderr).contains("That is none of them."), "{}", text(&told.stderr));
    let after = program.json(&["rate", "--as", "mira", "--json"]);
    let left: Vec<&str> = after["ties"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["person"]["id"].as_str().unwrap())
        .collect();
    assert!(!left.contains(&&*id(0)) && left.contains(&&*id(1)), "{after:#}");
}
