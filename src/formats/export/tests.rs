//! Whole exports, written and read.

use std::{collections::BTreeSet, fs, io::Write as _, path::PathBuf};

use super::{
    world::{World, external, mail, name, world},
    *,
};
use crate::{
    formats::{ContactKind, Entry, Firm, Party, Read, Record},
    model::{Closeness, Identifier, ProfileUrl, Span, Tag, Title},
};

fn write(path: &Path, world: &World, options: Options) {
    let mut writer = Writer::create(path, options).unwrap();
    world.contacts.iter().for_each(|row| writer.contact(row).unwrap());
    world.cadences.iter().for_each(|row| writer.cadence(row).unwrap());
    world.jobs.iter().for_each(|row| writer.job(row).unwrap());
    world.people.iter().for_each(|row| writer.person(row).unwrap());
    world.companies.iter().for_each(|row| writer.company(row).unwrap());
    world.relations.iter().for_each(|row| writer.relation(row).unwrap());
    world.lists.iter().for_each(|row| writer.list_entry(row).unwrap());
    writer.finish().unwrap();
}

fn read(path: &Path) -> Vec<Read> {
    open(path).unwrap().collect()
}

fn party(person: &PersonRow) -> Party {
    let of = |kind: u8| {
        let kind_of = |identifier: &Identifier| match identifier {
            Identifier::Mail(_) => 0,
            Identifier::Profile(_) => 1,
            Identifier::External { .. } => 2,
        };
        person.identifiers.iter().filter(move |&found| kind_of(found) == kind).cloned()
    };
    let identifiers = of(0).chain(of(1)).chain(of(2)).collect();
    Party { name: person.names.last().cloned(), identifiers }
}

fn firm(company: &CompanyRow) -> Firm {
    Firm {
        name: company.names.last().cloned(),
        domains: company.domains.clone(),
        external: company.identifiers.first().cloned(),
    }
}

/// The facts of people and companies that rows tell: one text for each.
fn facts_of_rows(world: &World) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for person in &world.people {
        let last = party(person);
        let names = person.names.iter().map(Some).chain(person.names.is_empty().then_some(None));
        for name in names {
            let called = Party { name: name.cloned(), ..last.clone() };
            facts.insert(format!("{called:?}"));
            for job in world.jobs.iter().filter(|job| job.person == person.row) {
                let is_last = called == last || last.identifiers.is_empty();
                let at = firm(&world.companies[job.company as usize]);
                let job = format!("{called:?} works {at:?} {:?} {:?}", job.title, job.span);
                facts.extend(is_last.then_some(job));
            }
        }
        facts.extend(person.tags.iter().map(|tag| format!("{last:?} is {tag:?}")));
    }
    for company in &world.companies {
        let last = firm(company);
        for name in &company.names {
            facts.insert(format!("{:?}", Firm { name: Some(name.clone()), ..last.clone() }));
        }
        for id in &company.identifiers {
            facts.insert(format!("{:?}", Firm { external: Some(id.clone()), ..last.clone() }));
        }
        facts.extend(company.tags.iter().map(|tag| format!("{last:?} is {tag:?}")));
    }
    facts
}

fn facts_of_records(records: &[Record]) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for record in records {
        match record {
            Record::Person { person, jobs, tags } => {
                facts.insert(format!("{person:?}"));
                facts.extend(jobs.iter().map(|job| {
                    format!("{person:?} works {:?} {:?} {:?}", job.company, job.title, job.span)
                }));
                facts.extend(tags.iter().map(|tag| format!("{person:?} is {tag:?}")));
            }
            Record::Company { company, tags } => {
                facts.insert(format!("{company:?}"));
                facts.extend(tags.iter().map(|tag| format!("{company:?} is {tag:?}")));
            }
            _ => {}
        }
    }
    facts
}

/// The other records that rows tell, in their order.
fn others_of_rows(world: &World) -> Vec<Record> {
    let firm_at = |row: u64| firm(&world.companies[row as usize]);
    let party_at = |row: u64| party(&world.people[row as usize]);
    let relations = world.relations.iter().map(|row| Record::Relation {
        from: firm_at(row.from),
        to: firm_at(row.to),
        kind: row.kind,
        span: row.span,
    });
    let lists = world.lists.iter().map(|row| {
        let entry = match row.entry {
            Node::Person(row) => Entry::Person(party_at(row)),
            Node::Company(row) => Entry::Company(firm_at(row)),
        };
        Record::OnList { list: row.list.clone(), entry }
    });
    let contacts = world.contacts.iter().map(|row| {
        let people = row.people.iter().map(|(row, read)| match read {
            Some(read) => Party { name: None, identifiers: vec![read.clone()] },
            None => party_at(*row),
        });
        Record::Contact { kind: row.kind.clone(), at: row.at, people: people.collect() }
    });
    let cadences = world
        .cadences
        .iter()
        .map(|row| Record::Cadence { person: party_at(row.person), days: row.days });
    relations.chain(lists).chain(contacts).chain(cadences).collect()
}

fn stored() -> Ids {
    Ids::Stored(Box::new(|node| match node {
        Node::Person(row) => format!("=per ::: 'son\\{row}"),
        Node::Company(row) => format!("-{row}"),
    }))
}

#[test]
fn whatever_is_written_reads_back_as_it_was() {
    let home = tempfile::tempdir().unwrap();
    for seed in 0..48 {
        let world = world(seed);
        let path = home.path().join("export");
        let ids = if seed % 2 == 0 { Ids::Rows } else { stored() };
        let formulas = if seed % 4 < 2 { Formulas::Guarded } else { Formulas::Raw };
        write(&path, &world, Options { ids, formulas });
        let records: Vec<Record> = read(&path)
            .into_iter()
            .map(|read| read.unwrap_or_else(|error| panic!("{seed}: {error}")).record)
            .collect();
        assert_eq!(facts_of_records(&records), facts_of_rows(&world), "{seed}");
        let is_noun =
            |record: &Record| matches!(record, Record::Person { .. } | Record::Company { .. });
        let others: Vec<Record> = records.into_iter().filter(|record| !is_noun(record)).collect();
        assert_eq!(others, others_of_rows(&world), "{seed}");
    }
}

/// Two people and a company, with all that is risky in a spreadsheet.
fn risky() -> World {
    let mut world = World::default();
    world.people.push(PersonRow {
        row: 1,
        names: vec![name("Zoë Alt"), name("=HYPERLINK(\"x\")")],
        identifiers: vec![
            external("crm", "7"),
            mail("Zoe@Globex.example"),
            Identifier::Profile(ProfileUrl::new("linkedin.com/in/zoë").unwrap()),
        ],
        tags: vec![Tag::new("+1").unwrap(), Tag::new("a ::: b").unwrap()],
        works_at: Some((name("@Globex"), Some(Title::new("-boss").unwrap()))),
    });
    world.people.push(PersonRow { row: 2, names: vec![name("Bo")], ..PersonRow::default() });
    let names = vec![name("@Globex")];
    world.companies.push(CompanyRow { row: 1, names, ..CompanyRow::default() });
    let span = Span::new(Some("2020-01-31".parse().unwrap()), None).unwrap();
    world.jobs.push(JobRow { person: 2, company: 1, title: None, span });
    let people = vec![(1, Some(mail("Zoe@Globex.example"))), (2, None)];
    let (at, kind) = ("2024-03-05T11:14:00Z", ContactKind::Stated(Closeness::Weak));
    world.contacts.push(ContactRow { kind, at: at.parse().unwrap(), people });
    world
}

fn text(path: &Path, file: &str) -> String {
    fs::read_to_string(path.join(file)).unwrap()
}

#[test]
fn no_cell_is_a_formula_unless_that_is_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    write(&path, &risky(), Options::default());
    assert_eq!(
        text(&path, "people.csv"),
        "\u{feff}\"Id\",\"Name\",\"Earlier names\",\"Email\",\"Profile\",\"Other ids\",\"Tags\"\r\n\
         \"p1\",\"'=HYPERLINK(\"\"x\"\")\",\"Zoë Alt\",\"Zoe@Globex.example\",\
         \"https://linkedin.com/in/zoë\",\"external:crm:7\",\"'+1 ::: a \\::: b\"\r\n\
         \"p2\",\"Bo\",\"\",\"\",\"\",\"\",\"\"\r\n"
    );
    assert_eq!(
        text(&path, "contacts.csv").lines().nth(1).unwrap(),
        "\"statement\",\"2024-03-05T11:14:00Z\",\"weak\",\"p1 ::: p2\",\
         \"mail:Zoe@Globex.example ::: .\""
    );
    assert_eq!(
        text(&path, "nodes.csv"),
        "\u{feff}\"Id\",\"Label\",\"Kind\",\"Company\",\"Title\"\r\n\
         \"p1\",\"'=HYPERLINK(\"\"x\"\")\",\"person\",\"'@Globex\",\"'-boss\"\r\n\
         \"p2\",\"Bo\",\"person\",\"\",\"\"\r\n\"c1\",\"'@Globex\",\"company\",\"\",\"\"\r\n"
    );
    let raw = Options { formulas: Formulas::Raw, ..Options::default() };
    write(&path, &risky(), raw);
    assert!(text(&path, "people.csv").contains("\"=HYPERLINK("), "an export may be replaced");
}

#[test]
fn somebody_without_identifiers_comes_along_with_the_company() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    write(&path, &risky(), Options::default());
    let found = read(&path).into_iter().map(|read| read.unwrap().record);
    let bo: Vec<Record> = found
        .filter(|record| {
            matches!(record, Record::Person { person, .. } if person.identifiers.is_empty())
        })
        .collect();
    let [Record::Person { person, jobs, .. }] = &*bo else { panic!("{bo:?}") };
    assert_eq!(person.name, Some(name("Bo")));
    assert_eq!(jobs[0].company.name, Some(name("@Globex")));
}

#[test]
fn ties_are_edges_with_numbers_of_one_form() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    let mut writer = Writer::create(&path, Options::default()).unwrap();
    let last_contact = Some("2024-03-05".parse().unwrap());
    writer.tie(&TieRow { low: 1, high: 2, strength: 0.25, contacts: 7, last_contact }).unwrap();
    writer
        .tie(&TieRow { low: 1, high: 3, strength: 1.0, contacts: 0, last_contact: None })
        .unwrap();
    writer.finish().unwrap();
    let edges = text(&path, "edges.csv");
    let lines: Vec<&str> = edges.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "\"p1\",\"p2\",\"Undirected\",\"e1\",\"knows\",\"0.250000\",\"7\",\"2024-03-05\"",
            "\"p1\",\"p3\",\"Undirected\",\"e2\",\"knows\",\"1.000000\",\"0\",\"\"",
        ]
    );
}

fn bytes(path: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let name = |path: &Path| PathBuf::from(path.file_name().unwrap());
    files.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
}

/// The files of an export, by their names.
pub(in crate::formats) fn made(home: &Path, seed: u64) -> Vec<(String, Vec<u8>)> {
    let path = home.join("made");
    write(&path, &world(seed), Options::default());
    let name = |name: PathBuf| name.to_string_lossy().into_owned();
    bytes(&path).into_iter().map(|(path, bytes)| (name(path), bytes)).collect()
}

#[test]
fn equal_rows_make_equal_bytes_and_a_zip_of_them_tells_the_same() {
    let home = tempfile::tempdir().unwrap();
    let (a, b) = (home.path().join("a"), home.path().join("b"));
    for path in [&a, &b] {
        write(path, &world(7), Options::default());
    }
    assert_eq!(bytes(&a), bytes(&b));
    let zipped = home.path().join("a.zip");
    let mut zip = zip::ZipWriter::new(fs::File::create(&zipped).unwrap());
    for (name, bytes) in bytes(&a) {
        let name = format!("export/{}", name.display());
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap();
    assert!(is_export(&a) && is_export(&zipped) && !is_export(home.path()));
    let records = |path| read(path).into_iter().map(|read| read.unwrap().record).collect();
    let (folder, packed): (Vec<Record>, Vec<Record>) = (records(&a), records(&zipped));
    assert_eq!(folder, packed);
}

#[test]
fn an_export_is_there_whole_or_not_at_all_and_harms_nothing_else() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    let begun = Writer::create(&path, Options::default()).unwrap();
    assert!(!path.exists());
    drop(begun);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "nothing is left behind");
    fs::create_dir_all(home.path().join(".export.part")).unwrap();
    fs::write(home.path().join(".export.part/people.csv"), "left behind").unwrap();
    fs::create_dir(&path).unwrap();
    write(&path, &risky(), Options::default());
    write(&path, &risky(), Options::default());
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);

    fs::write(path.join("mine.txt"), "mine").unwrap();
    let refused = |path: &Path| Writer::create(path, Options::default()).err().unwrap().to_string();
    assert!(refused(&path).contains("holds `mine.txt`"), "{}", refused(&path));
    fs::remove_file(path.join("mine.txt")).unwrap();
    fs::remove_file(path.join(MARKER)).unwrap();
    assert!(refused(&path).contains("no export"), "{}", refused(&path));
    assert!(refused(&path.join("people.csv")).contains("a file of this name"));
    assert!(refused(&home.path().join("no/where")).contains("cannot be written"));
}

#[test]
fn what_was_changed_by_hand_is_read_or_refused_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export");
    write(&path, &risky(), Options::default());
    // As a German spreadsheet saves it.
    fs::write(
        path.join("people.csv"),
        b"Name;Id;Email;Tags;Profile;Other ids;Earlier names\r\n\
          J\xF6rg;p1;j@x.example;;https://www.linkedin.com/in/j/;;\r\n\
          Bo;p1;;;;;\r\n;p3;;;;;\r\n;;;;;;\r\nBo;p2;nobody;;;;\r\n",
    )
    .unwrap();
    fs::write(
        path.join("contacts.csv"),
        "Kind,At,Closeness,People,Read as\nmail,2024-03-05T11:14:00Z,,p1 ::: p9,. ::: .\n\
         mail,yesterday,,p1 ::: p1,. ::: .\nmail,2024-03-05T11:14:00Z,,p1,.\n\
         statement,2024-03-05T11:14:00Z,2,p1 ::: p1,. ::: .\nfax,2024-03-05T11:14:00Z,,,\n",
    )
    .unwrap();
    let told: Vec<String> = read(&path)
        .into_iter()
        .map(|read| match read {
            Ok(located) => format!("{}:{}", located.place.file, located.place.line),
            Err(error) => error.to_string(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "companies.csv:2",
            "people.csv:2",
            "people.csv:3: the id `p1` is that of line 2 already",
            "people.csv:4: nobody is named: no name and no identifier",
            "people.csv:5",
            "people.csv:6: `nobody` is not a mail address such as ana@example.org",
            "employments.csv:2: `p2` is nobody of people.csv",
            "contacts.csv:2: `p9` is nobody of people.csv",
            "contacts.csv:3: `yesterday` is not a moment such as 2026-11-23T09:30:00Z",
            "contacts.csv:4: it names 1 people; 2 to 1000 can be",
            "contacts.csv:5: `2` does not say how well they know each other",
            "contacts.csv:6: `fax` is no kind of contact",
        ]
    );
    fs::remove_file(path.join("lists.csv")).unwrap();
    let error = open(&path).err().unwrap().to_string();
    assert!(error.contains("`lists.csv` is not there"), "{error}");
    fs::write(path.join(MARKER), MARKER_TEXT.replace('1', "2")).unwrap();
    assert!(open(&path).err().unwrap().to_string().contains("a version that is not known"));
}
