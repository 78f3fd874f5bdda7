//! A whole archive, as nasty as they come, in a folder and in a ZIP.

use std::{io::Write, path::PathBuf};

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::formats::{ContactKind, Record};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/linkedin")
}

fn told(path: &Path) -> Vec<String> {
    Archive::open(path, None).unwrap().map(|read| tell(&read)).collect()
}

fn tell(read: &Read) -> String {
    let (place, text) = match read {
        Ok(located) => (&located.place, tell_record(&located.record)),
        Err(error) => (&error.place, format!("refused: {}", error.reason)),
    };
    let file = place.file.rsplit('/').next().unwrap();
    format!("{}:{} {text}", file.split(['.', '_']).next().unwrap(), place.line)
}

fn tell_record(record: &Record) -> String {
    match record {
        Record::Person { person, jobs, .. } => {
            let jobs = jobs.iter().map(|job| {
                let title = job.title.as_ref().map_or("", |title| title.as_str());
                let dates = [job.span.from(), job.span.to()]
                    .map(|day| day.map_or_else(String::new, |day| day.to_string()));
                format!(", {title} @ {} {}", job.company.name.as_ref().unwrap(), dates.join(".."))
            });
            format!("{}{}", party(person), jobs.collect::<String>())
        }
        Record::Contact { kind: ContactKind::Plain(kind), at, people } => {
            let people: Vec<String> = people.iter().map(party).collect();
            format!("{at} {}: {}", kind.name(), people.join(" > "))
        }
        Record::Excluded { reason } => format!("excluded: {reason}"),
        other => panic!("{other:?}"),
    }
}

fn party(party: &Party) -> String {
    let name = party.name.as_ref().map_or("?", |name| name.as_str());
    let keys = party.identifiers.iter().map(|id| id.key().replace("linkedin.com/in/", ""));
    format!("{name} <{}>", keys.collect::<Vec<_>>().join(" "))
}

const MIA: &str = "Mia Roth <mail:mia@globex.example profile:mia-roth>";
const ZOE: &str = "profile:zoë-1a2b";
const JAN: &str = "Jan de Vries <profile:jan-de-vries";

fn wanted() -> Vec<String> {
    vec![
        format!("Profile:2 {MIA}"),
        "Email Addresses:2 excluded: an address of the owner".to_owned(),
        "Email Addresses:3 excluded: an address of the owner".to_owned(),
        format!("Positions:2 {MIA}, Partner Manager @ Globex 2021-03-01.."),
        format!("Positions:4 {MIA}, Intern @ Initech 2014-01-01..2016-01-31"),
        "Positions:5 refused: it ends before it begins".to_owned(),
        "Positions:6 refused: no company".to_owned(),
        format!("Connections:5 Zoë O'Néill <{ZOE}>, VP, Engineering @ Müller, Söhne & Co. KG .."),
        format!("Connections:5 2024-03-07T00:00:00Z connection: {MIA} > Zoë O'Néill <{ZOE}>"),
        format!("Connections:6 {JAN} mail:jan@initech.example>, Head of \"Partners\" @ Initech .."),
        format!(
            "Connections:6 2024-02-29T00:00:00Z connection: {MIA} > {JAN} mail:jan@initech.example>"
        ),
        "Connections:7 excluded: a connection that shows nothing of itself".to_owned(),
        "Connections:8 =HYPERLINK(\"http://evil.example\") Tester <profile:tester>, @Founder @ \
         +Plus GmbH .."
            .to_owned(),
        format!(
            "Connections:8 2020-09-30T00:00:00Z connection: {MIA} > \
             =HYPERLINK(\"http://evil.example\") Tester <profile:tester>"
        ),
        "Connections:9 小明 王 <profile:xiaoming mail:xm@hooli.example>, Director Alliances @ \
         北京科技有限公司 .."
            .to_owned(),
        "Connections:9 refused: its date cannot be read".to_owned(),
        format!("Invitations:2 2024-03-07T08:59:00Z message: {MIA} > Zoë O'Néill <{ZOE}>"),
        "Invitations:4 excluded: an invitation without a word".to_owned(),
        format!("messages:2 2024-03-01T09:15:00Z message: {MIA} > {JAN}>"),
        format!("messages:4 2023-12-31T23:59:59Z message: Zoë <{ZOE}> > {MIA} > {JAN}>"),
        "messages:6 excluded: from somebody whose account is closed".to_owned(),
        "messages:8 excluded: to nobody who is known".to_owned(),
        "messages:10 excluded: an advertisement".to_owned(),
        "messages:12 excluded: a draft".to_owned(),
        "messages:14 excluded: spam".to_owned(),
        "messages:16 refused: its date cannot be read".to_owned(),
        "Company Follows:2 excluded: a company that is only followed".to_owned(),
    ]
}

/// A ZIP of the sample, with what `more` adds.
fn zipped(more: impl FnOnce(&mut ZipWriter<std::fs::File>)) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("archive.zip");
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for entry in std::fs::read_dir(folder().join("Basic Export")).unwrap() {
        let entry = entry.unwrap();
        let name = format!("Basic Export/{}", entry.file_name().to_str().unwrap());
        zip.start_file(name, packed).unwrap();
        zip.write_all(&std::fs::read(entry.path()).unwrap()).unwrap();
    }
    more(&mut zip);
    zip.finish().unwrap();
    (home, path)
}

#[test]
fn a_folder_tells_everything_but_what_was_written() {
    let found = told(&folder());
    assert_eq!(found, wanted());
    assert!(!format!("{found:?}").contains("SECRET"));
}

#[test]
fn a_zip_tells_the_same_as_the_folder() {
    let (_home, path) = zipped(|_| {});
    assert_eq!(told(&path), wanted());
    let archive = Archive::open(&path, None).unwrap();
    assert_eq!(archive.others().len(), 2, "{:?}", archive.others());
    assert_eq!(archive.owner().profile.as_ref().unwrap().as_str(), "linkedin.com/in/mia-roth");
}

#[test]
fn who_imports_may_say_who_the_owner_is() {
    let known = Party {
        name: Some("Mia R.").map(|name| crate::model::Name::new(name).unwrap()),
        identifiers: vec!["m@work.example".parse().unwrap()],
    };
    let archive = Archive::open(&folder(), Some(known)).unwrap();
    let wanted = "Mia R. <mail:m@work.example mail:mia@globex.example profile:mia-roth>";
    assert_eq!(party(archive.owner_party()), wanted);
    let alone = folder().join("Basic Export/Connections_12345.csv");
    let error = Archive::open(&alone, None).err().unwrap();
    assert!(error.reason.contains("whose it is"), "{error}");
    let known = Party { identifiers: vec!["m@work.example".parse().unwrap()], name: None };
    assert_eq!(Archive::open(&alone, Some(known)).unwrap().count(), 9);
}

#[test]
fn connections_of_older_archives_have_no_page() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("Connections.csv");
    let text = "First Name,Last Name,Email Address,Company,Position,Connected On\n\
        \"Ada\",\"Lo\",\"ada@alt.example\",\"Alt AG\",\"\",\"3/7/18, 9:05 PM\"\n";
    std::fs::write(&path, text).unwrap();
    let known = Party { identifiers: vec!["m@work.example".parse().unwrap()], name: None };
    let found: Vec<String> =
        Archive::open(&path, Some(known)).unwrap().map(|read| tell(&read)).collect();
    assert_eq!(
        found,
        [
            "Connections:2 Ada Lo <mail:ada@alt.example>,  @ Alt AG ..",
            "Connections:2 2018-03-07T21:05:00Z connection: ? <mail:m@work.example> > Ada Lo \
         <mail:ada@alt.example>",
        ]
    );
}

#[test]
fn a_zip_that_would_fill_the_disk_is_refused() {
    let (_home, path) = zipped(|zip| {
        let packed = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("Endorsements.csv", packed).unwrap();
        zip.write_all(&vec![b'a'; 4 << 20]).unwrap();
    });
    let error = Archive::open(&path, None).err().unwrap();
    assert!(error.reason.contains("`Endorsements.csv` would unpack to 4194304 bytes"), "{error}");
}

#[test]
fn a_zip_that_was_cut_or_damaged_says_so() {
    let (home, path) = zipped(|_| {});
    let bytes = std::fs::read(&path).unwrap();
    let cut = home.path().join("cut.zip");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let error = Archive::open(&cut, None).err().unwrap();
    assert!(error.reason.contains("download it again"), "{error}");
    let at = bytes.windows(12).position(|part| part == b"messages.csv").unwrap() + 60;
    let mut damaged = bytes.clone();
    damaged[at] ^= 0x55;
    std::fs::write(&cut, damaged).unwrap();
    let errors: Vec<_> = Archive::open(&cut, None).unwrap().filter_map(Result::err).collect();
    assert!(errors.iter().any(|error| error.reason.starts_with("reading stopped")), "{errors:?}");
}

#[test]
fn what_is_no_archive_is_said_so() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("note.txt"), "hello").unwrap();
    assert!(Archive::open(home.path(), None).is_err());
    assert!(Archive::open(&home.path().join("absent"), None).is_err());
}
