//! Whoever was erased is nowhere, and does not come back.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;
use tertius::{
    model::{Identifier, PersonId},
    service::{
        AuditQuestion, ContentHash, ExportRequest, ImportFile, ImportReport, OverrideDraft,
        PageRequest, PersonPatch, RefusalCode, SearchQuestion, ServiceError, Tertius, ToErase,
        Uploads, Viewer,
    },
    store::{Erasing as _, Store as _},
};

use crate::{
    roles::{Ids, routes_of_all, ways},
    sdl::Sdl,
    support::{House, ask},
};

/// What a row of the files of this test tells of Elif.
const PEOPLE: &str = "\
Name,Email,LinkedIn,Company,Title
Elif Yıldıran,Elif.Y@orbit-private.example,linkedin.com/in/elif-y-77,Orbit,Architect
Nora Quist,nora@quist.example,,Quist,Assistant to Elif Yıldıran
";

/// What Tom keeps to himself: one more address, which is hers to him alone.
const OF_TOM: &str = "\
Name,Email,LinkedIn,Company,Title
Elif Y.,elif.home@private.example,linkedin.com/in/elif-y-77,,
";

const MAILS: &str = "\
at,from,to,kind
2026-03-01T09:00:00Z,nora@quist.example,elif.y@orbit-private.example,mail
2026-03-02T09:00:00Z,elif.y@orbit-private.example,nora@quist.example,mail
2026-03-03T09:00:00Z,nora@quist.example,elif.y@orbit-private.example;tom@quist.example,mail
2026-03-04T09:00:00Z,tom@quist.example,nora@quist.example,mail
2026-03-05T09:00:00Z,nora@quist.example,elif.y@orbit-private.example or so,mail
";

/// Under what she is known: nobody else is called so.
const SIGNS: [&str; 5] =
    ["yıldıran", "yildiran", "elif.y@orbit-private", "elif-y-77", "elif.home@private"];

fn signs_in(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    SIGNS.into_iter().filter(|sign| text.contains(sign)).collect()
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_in(&path)) } else { files.push(path) }
    }
    files
}

/// The files of a house that name her.
fn named_in_files(house: &House) -> Vec<(PathBuf, Vec<&'static str>)> {
    let read = |path: PathBuf| {
        let found = signs_in(&std::fs::read(&path).unwrap());
        (path, found)
    };
    files_in(house.folder()).into_iter().map(read).filter(|(_, found)| !found.is_empty()).collect()
}

async fn import(tertius: &Tertius, viewer: &Viewer, (name, text): (&str, &str)) -> ImportReport {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let private = name.contains("private");
    let file = ImportFile { path, format: None, mapping: None, private };
    tertius.import_file(viewer, file, false, |_| {}).await.unwrap()
}

async fn import_all(house: &House) -> Vec<ImportReport> {
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let mut reports = Vec::new();
    for (viewer, name, text) in [
        (&mira, "Elif Yıldıran.csv", PEOPLE),
        (&mira, "mails.csv", MAILS),
        (&tom, "private-people.csv", OF_TOM),
    ] {
        reports.push(import(&house.tertius, viewer, (name, text)).await);
    }
    reports
}

/// The files of an export, as bytes.
async fn export(house: &House, login: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let request = ExportRequest { path: folder.path().join("out"), rows: true, raw: false };
    house.tertius.export(&house.viewer(login).await, &request, |_| {}).await.unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let files = files_in(folder.path()).into_iter();
    files.map(|path| (name(&path), std::fs::read(&path).unwrap())).collect()
}

/// What of all questions of the schema, asked about one person, names her: as the first so many of
/// those with a role each.
async fn named_in_answers(house: &House, id: PersonId, roles: usize) -> Vec<String> {
    let sdl = Sdl::read(&tertius::api::printed());
    let mut ids = Ids::of(house).await;
    ids.0.insert("person", id.to_string());
    let mut found = Vec::new();
    for routes in routes_of_all(house).await.into_iter().rev().take(roles) {
        let mut documents: Vec<String> =
            ways(&sdl, &ids).iter().map(|way| way.document(&sdl)).collect();
        documents.extend(
            ["Yıldıran", "elif.y@orbit-private.example", "Architect", "Nora Quist"].map(|text| {
                format!(
                    "{{ search(text: \"{text}\", first: 50) {{ nodes {{ __typename
                     ... on Person {{ id name title identifiers {{ text }} }} }} }} }}"
                )
            }),
        );
        for document in documents {
            // What comes back of a question itself is no answer.
            let answer = ask(&routes, &document).await["data"].to_string();
            if !signs_in(answer.as_bytes()).is_empty() || answer.contains(&id.to_string()) {
                found.push(document);
            }
        }
    }
    found
}

async fn elif(house: &House) -> PersonId {
    let question = SearchQuestion { text: "Elif Yıldıran".into(), only: None };
    let page = PageRequest { first: Some(1), after: None };
    let found = house.tertius.search(&house.viewer("mira").await, &question, &page).await.unwrap();
    let text = format!("{found:?}");
    let at = text.find("person_").expect("she is found");
    text[at..at + 39].parse().unwrap()
}

/// A house in which she is in files, notes, reasons, lists and both mailboxes.
async fn house_with_her() -> (House, PersonId) {
    let house = House::own().await;
    let (mira, id) = (house.viewer("mira").await, elif(&house).await);
    let patch = PersonPatch {
        add_identifiers: vec!["Elif.Y@orbit-private.example".into()],
        ..PersonPatch::default()
    };
    house.tertius.update_person(&mira, id, patch).await.unwrap();
    let reports = import_all(&house).await;
    assert!(reports.iter().all(|report| report.import.counts.new > 0), "{reports:?}");
    let id = elif(&house).await;
    let reason = Some("Elif Yıldıran says so".to_owned());
    let to = house.data("{ people(first: 50) { nodes { id name } } }").await;
    let other = to["people"]["nodes"].as_array().unwrap().iter();
    let other = other.filter_map(|one| one["id"].as_str()?.parse::<PersonId>().ok());
    for to in other.filter(|to| *to != id).take(3) {
        let strength = tertius::model::Probability::new(0.3).unwrap();
        let draft = OverrideDraft { from: None, to, strength, reason: reason.clone(), until: None };
        // Of whom nothing is known of a tie, nothing can be said against it.
        let _may_be_refused = house.tertius.override_tie(&mira, draft).await;
    }
    (house, id)
}

async fn erase(house: &House, id: PersonId) {
    let ines = house.viewer("ines").await;
    let whom = ToErase::Person(id);
    house.tertius.erase_person(&ines, &whom, "asked for it by letter").await.unwrap();
}

#[tokio::test]
async fn whoever_was_erased_is_in_no_file_no_export_and_no_answer() {
    let (house, id) = house_with_her().await;
    assert!(!named_in_files(&house).is_empty());
    let named = named_in_answers(&house, id, 1).await;
    assert!(named.len() > 5, "{named:?}");
    assert!(!signs_in(&export(&house, "mira").await["people.csv"]).is_empty());
    erase(&house, id).await;
    assert_eq!(named_in_files(&house), []);
    assert_eq!(named_in_answers(&house, id, 4).await, [""; 0]);
    for login in ["mira", "tom", "ines"] {
        for (name, bytes) in export(&house, login).await {
            assert_eq!(signs_in(&bytes), [""; 0], "{name} of {login}");
        }
    }
    assert_eq!(house.store.check().await.unwrap(), [""; 0]);
    let receipts = house.tertius.erasures(&house.viewer("ines").await).await.unwrap();
    assert_eq!(receipts.len(), 1);
    let (ines, last) = (house.viewer("ines").await, PageRequest { first: Some(1), after: None });
    let log = house.tertius.audit_trail(&ines, AuditQuestion::default(), &last).await;
    let log = format!("{:?}", log.unwrap());
    assert!(log.contains("erasure") && signs_in(log.as_bytes()).is_empty(), "{log}");
}

#[tokio::test]
async fn the_same_files_do_not_bring_her_back_and_tell_nothing_new() {
    let (house, id) = house_with_her().await;
    erase(&house, id).await;
    let before = export(&house, "tom").await;
    for report in import_all(&house).await {
        let counts = report.import.counts;
        assert!(counts.add_up() && counts.new == 0 && counts.people == 0, "{report:?}");
        assert!(counts.excluded > 0, "{report:?}");
    }
    assert_eq!(named_in_answers(&house, id, 1).await, [""; 0]);
    let after = export(&house, "tom").await;
    for (name, bytes) in before {
        let (was, is) = (String::from_utf8(bytes).unwrap(), String::from_utf8_lossy(&after[&name]));
        assert_eq!(was, is, "{name}");
    }
}

#[tokio::test]
async fn a_copy_of_the_store_that_is_put_back_forgets_her_too() {
    let (house, id) = house_with_her().await;
    let copy = tempfile::tempdir().unwrap();
    let kept = copy.path().join("before.sqlite");
    let house = house
        .reopened(|folder| _ = std::fs::copy(folder.join("tertius.sqlite"), &kept).unwrap())
        .await;
    erase(&house, id).await;
    let house = house
        .reopened(|folder| _ = std::fs::copy(&kept, folder.join("tertius.sqlite")).unwrap())
        .await;
    assert_eq!(named_in_files(&house), []);
    assert_eq!(named_in_answers(&house, id, 1).await, [""; 0]);
    assert_eq!(house.store.check().await.unwrap(), [""; 0]);
    for report in import_all(&house).await {
        assert_eq!(report.import.counts.new, 0, "{report:?}");
    }
}

#[tokio::test]
async fn what_nobody_but_its_owner_sees_goes_by_address_and_the_answer_does_not_tell() {
    let house = House::own().await;
    let (tom, ines) = (house.viewer("tom").await, house.viewer("ines").await);
    import(&house.tertius, &tom, ("private-people.csv", PEOPLE)).await;
    let whom = ToErase::Identifier("nora@quist.example".into());
    let one = house.tertius.erase_person(&ines, &whom, "asked for it").await.unwrap();
    let nobody = ToErase::Identifier("nobody@nowhere.example".into());
    let other = house.tertius.erase_person(&ines, &nobody, "asked for it").await.unwrap();
    let shown = |view: &tertius::service::ErasureView| {
        (view.erasure.reason.to_string(), view.login.clone(), view.erasure.at)
    };
    assert_eq!(shown(&one), shown(&other));
    for path in files_in(house.folder()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).to_lowercase();
        assert!(!text.contains("nora") && !text.contains("quist.example"), "{}", path.display());
    }
    let key = "nora@quist.example".parse::<Identifier>().unwrap().key();
    let seen = house.store.seen_by(tom.member());
    assert_eq!(seen.holders_of(&[key]).await.unwrap(), []);
}

#[tokio::test]
async fn uploads_that_wait_for_their_next_part_are_dropped() {
    let (house, id) = house_with_her().await;
    let folder = house.folder().join("uploads");
    let uploads = Uploads::in_folder(house.tertius.clone(), folder.clone());
    let tom = house.viewer("tom").await;
    let hash: ContentHash = "ab".repeat(32).parse().unwrap();
    let mut part = uploads.go_on(&tom, hash, 0).await.unwrap();
    part.write(PEOPLE.as_bytes()).await.unwrap();
    part.pause().await.unwrap();
    assert!(named_in_files(&house).iter().any(|(file, _)| file.starts_with(&folder)));
    erase(&house, id).await;
    assert_eq!(named_in_files(&house), []);
    assert_eq!(uploads.sent(&tom, hash).await.unwrap(), 0, "it is sent from its beginning");
}

#[tokio::test]
async fn an_erasure_is_refused_with_what_to_do() {
    let (house, id) = house_with_her().await;
    let (ines, mira) = (house.viewer("ines").await, house.viewer("mira").await);
    let try_it = async |viewer: &Viewer, id, reason: &str| {
        house.tertius.erase_person(viewer, &ToErase::Person(id), reason).await.unwrap_err()
    };
    let named = try_it(&ines, id, "Yıldıran wrote us").await;
    assert!(
        matches!(&named, ServiceError::Refused(no) if no.code == RefusalCode::Invalid),
        "{named}"
    );
    let member = try_it(&ines, mira.person(), "asked for it").await;
    assert!(member.to_string().contains("deactivate"), "{member}");
    let role = try_it(&mira, id, "asked for it").await;
    assert!(matches!(role, ServiceError::Forbidden(_)), "{role}");
    let blank = try_it(&ines, id, " ").await;
    assert!(matches!(blank, ServiceError::Refused(_)), "{blank}");
    assert_eq!(house.tertius.erasures(&ines).await.unwrap(), []);
}

#[tokio::test]
async fn a_former_member_can_be_erased_and_what_they_told_stays() {
    let house = House::own().await;
    let (ines, tom) = (house.viewer("ines").await, house.viewer("tom").await);
    house.tertius.deactivate(&ines, tom.member()).await.unwrap();
    house.tertius.erase_person(&ines, &ToErase::Person(tom.person()), "has left us").await.unwrap();
    let team = house.data("{ viewer { team { login person { id } } } }").await;
    let logins: Vec<&Value> = team["viewer"]["team"].as_array().unwrap().iter().collect();
    assert!(!logins.iter().any(|member| member["login"] == "tom"), "{team}");
    assert!(house.tertius.viewer_by_login("tom").await.is_err());
    assert_eq!(house.store.check().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn all_that_is_kept_about_somebody_is_shown_with_its_source_and_by_what_right() {
    let (house, id) = house_with_her().await;
    let ask = format!(
        "{{ personalData(personId: \"{id}\", first: 100) {{ nodes {{ text at tellings {{ system byLogin
         lawfulBasis forTeam }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let page = house.data(&ask).await;
    let texts = page["personalData"].to_string();
    for text in ["is called Elif Yıldıran", "is known by", "works at Orbit", "LEGITIMATE_INTEREST"]
    {
        assert!(texts.contains(text), "{text}: {texts}");
    }
    assert!(!texts.contains("\"forTeam\":false"), "what Tom keeps to himself is not Mira's");
    let mut seen = page["personalData"]["nodes"].as_array().unwrap().len();
    let mut info = page["personalData"]["pageInfo"].clone();
    while info["hasNextPage"] == true {
        let after = format!("first: 100, after: {}", info["endCursor"]);
        let page = house.data(&ask.replace("first: 100", &after)).await;
        seen += page["personalData"]["nodes"].as_array().unwrap().len();
        info = page["personalData"]["pageInfo"].clone();
    }
    let all: Vec<_> =
        futures_util::TryStreamExt::try_collect::<Vec<_>>(house.store.stream_naming(vec![id]))
            .await
            .unwrap();
    assert!(seen >= all.len(), "{seen} of {}", all.len());
}
