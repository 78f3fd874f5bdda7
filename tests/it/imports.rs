//! Files go in, come out, and are taken back: whatever the order, the store holds the same.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use tertius::{
    config::Limits,
    model::Probability,
    service::{
        ExportRequest, Foundations, ImportFile, ImportReport, OverrideDraft, PageRequest,
        PersonPatch, SeededIds, StoppedClock, Tertius, Viewer, sample_now,
    },
    store::sqlite::SqliteStore,
};

/// An empty store with one member, Ana, whose archive and mailbox are imported.
pub(crate) struct Desk {
    pub(crate) tertius: Arc<Tertius>,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<StoppedClock>,
    pub(crate) viewer: Viewer,
    pub(crate) folder: Arc<tempfile::TempDir>,
}

pub(crate) fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The files of the tests: people known from each of them, some from several.
const FILES: [&str; 6] = [
    "linkedin/Basic Export",
    "mail/takeout.mbox",
    "mail/list.mbox",
    "mail/maildir",
    "tables/mails.csv",
    "tables/team",
];

impl Desk {
    pub(crate) async fn new() -> Self {
        Self::within(Limits::default()).await
    }

    /// A desk whose limits are these.
    pub(crate) async fn within(limits: Limits) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let store = Arc::new(SqliteStore::open(&folder.path().join("it.sqlite")).unwrap());
        Self::over((store, folder), limits, 5).await
    }

    /// As it is after a restart: everything is read anew.
    pub(crate) async fn restarted(&self) -> Self {
        self.restarted_within(*self.tertius.limits()).await
    }

    /// As it is after a restart with other limits.
    pub(crate) async fn restarted_within(&self, limits: Limits) -> Self {
        // Other ids than those that were given out before.
        Self::over((Arc::clone(&self.store), Arc::clone(&self.folder)), limits, 6).await
    }

    async fn over(
        (store, folder): (Arc<SqliteStore>, Arc<tempfile::TempDir>),
        limits: Limits,
        seed: u64,
    ) -> Self {
        let clock = Arc::new(StoppedClock::at(sample_now()));
        let foundations = Foundations {
            store: store.clone(),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(seed)),
            limits,
        };
        let tertius = Arc::new(Tertius::open(foundations).await.unwrap());
        tertius.make_first_admin("ana").await.unwrap();
        let viewer = tertius.viewer_by_login("ana").await.unwrap();
        Self { tertius, store, clock, viewer, folder }
    }

    pub(crate) async fn import(&self, path: &Path) -> ImportReport {
        let file =
            ImportFile { path: path.to_owned(), format: None, mapping: None, private: false };
        let report = self.tertius.import_file(&self.viewer, file, false, |_| {}).await.unwrap();
        assert!(report.import.counts.add_up(), "{report:?}");
        report
    }

    async fn import_all(&self, files: &[&str]) {
        for file in files {
            self.import(&data(file)).await;
        }
    }

    async fn undo(&self, report: &ImportReport) {
        self.tertius.undo_import(&self.viewer, report.import.id, |_| {}).await.unwrap();
    }

    /// All files of an export, by name.
    pub(crate) async fn export(&self) -> BTreeMap<String, String> {
        let path = self.folder.path().join("export");
        let request = ExportRequest { path: path.clone(), rows: true, raw: false };
        self.tertius.export(&self.viewer, &request, |_| {}).await.unwrap();
        let files = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        };
        files.map(read).collect()
    }
}

/// Says which line differs, instead of printing everything.
#[track_caller]
pub(crate) fn assert_equal(
    one: &BTreeMap<String, String>,
    other: &BTreeMap<String, String>,
    when: &str,
) {
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, text) in one {
        let there: Vec<&str> = other[name].lines().collect();
        for (at, line) in text.lines().enumerate() {
            assert_eq!(Some(&line), there.get(at), "{when}: {name}:{}", at + 1);
        }
        assert_eq!(text.lines().count(), there.len(), "{when}: {name}");
    }
}

#[tokio::test]
async fn the_files_of_the_tests_bring_people_companies_and_ties() {
    let desk = Desk::new().await;
    let empty = desk.export().await;
    for file in FILES {
        let report = desk.import(&data(file)).await;
        let counts = report.import.counts;
        assert!(counts.new > 0 && counts.known == 0, "{file}: {report:?}");
    }
    let export = desk.export().await;
    for file in ["people.csv", "companies.csv", "employments.csv", "contacts.csv", "edges.csv"] {
        assert!(export[file].lines().count() > empty[file].lines().count() + 2, "{file}");
    }
    assert_eq!(desk.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let desk = Desk::new().await;
    desk.import_all(&FILES).await;
    let (before, imports) =
        (desk.export().await, desk.tertius.imports(&desk.viewer).await.unwrap());
    let version = desk.tertius.version();
    for file in FILES {
        let counts = desk.import(&data(file)).await.import.counts;
        assert_eq!((counts.new, counts.people, counts.companies), (0, 0, 0), "{file}");
        assert!(counts.known > 0, "{file}");
    }
    assert_eq!(desk.tertius.version(), version);
    assert_eq!(desk.tertius.imports(&desk.viewer).await.unwrap(), imports);
    assert_equal(&before, &desk.export().await, "again");
}

#[tokio::test]
async fn in_any_order_the_files_make_the_same() {
    let forth = Desk::new().await;
    forth.import_all(&FILES).await;
    let expected = forth.export().await;
    let mut files = FILES;
    for turn in 1..=4 {
        files.rotate_left(turn);
        files.swap(0, 3);
        let other = Desk::new().await;
        other.import_all(&files).await;
        assert_equal(&expected, &other.export().await, &format!("{files:?}"));
    }
}

#[tokio::test]
async fn undoing_an_import_leaves_what_the_others_told_and_redoing_brings_it_back() {
    let desk = Desk::new().await;
    let empty = desk.export().await;
    let mut before = vec![empty.clone()];
    let mut reports = Vec::new();
    for file in FILES {
        reports.push(desk.import(&data(file)).await);
        before.push(desk.export().await);
    }
    let all = before.last().unwrap().clone();
    for (at, file) in FILES.iter().enumerate() {
        desk.undo(&reports[at]).await;
        // As if it had never been.
        let without = Desk::new().await;
        let others: Vec<&str> = FILES.iter().copied().filter(|other| other != file).collect();
        without.import_all(&others).await;
        assert_equal(&without.export().await, &desk.export().await, &format!("without {file}"));
        let redone = desk.import(&data(file)).await;
        assert_eq!(redone.import.id, reports[at].import.id);
        assert_equal(&all, &desk.export().await, &format!("{file} again"));
    }
    for (at, report) in reports.iter().enumerate().rev() {
        desk.undo(report).await;
        assert_equal(&before[at], &desk.export().await, &format!("{at} are left"));
    }
    assert_equal(&empty, &desk.export().await, "nothing is left");
    let again = desk.tertius.undo_import(&desk.viewer, reports[0].import.id, |_| {}).await;
    assert!(again.unwrap_err().to_string().contains("was undone before"));
    assert_eq!(desk.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn an_export_imports_back_into_an_equal_store() {
    let desk = Desk::new().await;
    desk.import_all(&FILES).await;
    let page = PageRequest { first: Some(9), after: None };
    let people = desk.tertius.people_page(&desk.viewer, &page).await.unwrap().into_nodes();
    let somebody = people.iter().find(|person| person.id != desk.viewer.person()).unwrap();
    let said = OverrideDraft {
        from: None,
        to: somebody.id,
        strength: Probability::new(0.2).unwrap(),
        reason: Some("= they ::: left".to_owned()),
        until: None,
    };
    desk.tertius.override_tie(&desk.viewer, said).await.unwrap();
    let export = desk.export().await;
    assert!(export["contacts.csv"].contains("\"override\""));
    let other = Desk::new().await;
    // Whoever moves to a new store says there by which address they are known.
    let me = desk.tertius.person(&desk.viewer, desk.viewer.person()).await.unwrap();
    let address = me.identifiers[0].text();
    let patch = PersonPatch { add_identifiers: vec![address], ..PersonPatch::default() };
    let there = other.viewer.person();
    other.tertius.update_person(&other.viewer, there, patch).await.unwrap();
    let report = other.import(&desk.folder.path().join("export")).await;
    assert_eq!(report.import.system.as_str(), "export");
    assert_eq!(report.import.counts.refused, 0, "{report:?}");
    assert_equal(&export, &other.export().await, "read back");
}

#[tokio::test]
async fn trying_an_import_changes_nothing_and_says_what_would_come() {
    let desk = Desk::new().await;
    let (before, version) = (desk.export().await, desk.tertius.version());
    for file in FILES {
        let request = ImportFile { path: data(file), format: None, mapping: None, private: false };
        let tried = desk.tertius.import_file(&desk.viewer, request, true, |_| {}).await.unwrap();
        assert_eq!((tried.dry_run, desk.tertius.version()), (true, version));
        let other = Desk::new().await;
        let done = other.import(&data(file)).await;
        assert_eq!(tried.import.counts, done.import.counts, "{file}");
        assert_eq!(tried.import.refused, done.import.refused, "{file}");
    }
    assert_equal(&before, &desk.export().await, "after trying");
    assert_eq!(desk.tertius.imports(&desk.viewer).await.unwrap(), []);
}
