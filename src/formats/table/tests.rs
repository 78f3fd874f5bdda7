//! Whole files, as nasty as they come.

use super::*;
use crate::{
    formats::{ContactKind, Party, Record},
    model::{Closeness, Name},
};

pub(super) fn options(file: &str) -> Options {
    let import_day = "2026-11-23".parse().unwrap();
    Options { file: file.to_owned(), mapping: None, import_day }
}

pub(super) fn path(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tables").join(file)
}

/// What a file tells, a line for each record.
pub(super) fn told(file: &str) -> Vec<String> {
    Table::open(&path(file), options(file)).unwrap().map(|read| tell(&read)).collect()
}

/// What a text tells that a mapping explains.
fn told_of(text: &str, mapping: &str) -> Vec<String> {
    table_of(text, mapping).unwrap().map(|read| tell(&read)).collect()
}

fn table_of(text: &str, mapping: &str) -> Result<Table, FileError> {
    let bytes = text.as_bytes().to_vec();
    let source: Source = Box::new(move || Ok(Box::new(io::Cursor::new(bytes.clone()))));
    let mapping = Some(Mapping::from_toml(mapping).unwrap());
    Table::from_source(&source, Options { mapping, ..options("crm.csv") })
}

pub(in crate::formats) fn tell(read: &Read) -> String {
    let located = match read {
        Ok(located) => located,
        Err(error) => return format!("{} refused: {}", error.place.line, error.reason),
    };
    let line = located.place.line;
    match &located.record {
        Record::Person { person, jobs, tags } => {
            let jobs = jobs.iter().map(|job| {
                let dates = [job.span.from(), job.span.to()]
                    .map(|day| day.map_or_else(String::new, |day| day.to_string()));
                let title = job.title.as_ref().map_or("", |title| title.as_str());
                format!(" | {title} @ {} {}", firm(&job.company), dates.join(".."))
            });
            let jobs: String = jobs.collect();
            let tags: Vec<&str> = tags.iter().map(crate::model::Tag::as_str).collect();
            format!("{line} {}{jobs} {tags:?}", party(person))
        }
        Record::Company { company, tags } => format!("{line} {} {tags:?}", firm(company)),
        Record::Contact { kind, at, people } => {
            let people: Vec<String> = people.iter().map(party).collect();
            let kind = match kind {
                ContactKind::Plain(kind) => kind.name().to_owned(),
                ContactKind::Stated(Closeness::Score(score)) => format!("{}", score.value()),
                ContactKind::Stated(closeness) => format!("{closeness:?}"),
            };
            format!("{line} {at} {kind}: {}", people.join(", "))
        }
        Record::Relation { from, to, kind, span } => {
            format!("{line} {} {kind:?} {} {:?}", firm(from), firm(to), span.from())
        }
        Record::OnList { list, entry } => format!("{line} {list}: {entry:?}"),
        Record::Cadence { .. } => unreachable!("no table tells one"),
        Record::Excluded { reason } => format!("{line} excluded: {reason}"),
    }
}

fn party(party: &Party) -> String {
    let name = party.name.as_ref().map_or("?", Name::as_str);
    let keys: Vec<String> = party.identifiers.iter().map(crate::model::Identifier::key).collect();
    format!("{name} <{}>", keys.join(" "))
}

fn firm(firm: &crate::formats::Firm) -> String {
    let name = firm.name.as_ref().map_or("?", Name::as_str);
    let domains: Vec<&str> = firm.domains.iter().map(crate::model::Domain::as_str).collect();
    let id = firm.external.iter().map(crate::model::Identifier::key);
    format!(
        "{name} ({})",
        domains.into_iter().map(str::to_owned).chain(id).collect::<Vec<_>>().join(" ")
    )
}

#[test]
fn a_nasty_table_of_people_loses_no_row_without_a_reason() {
    assert_eq!(
        told("people.csv"),
        [
            "5 Ana Silva <mail:ana.silva@globex.example mail:as@globex.example> | Head of \"Partners\" \
         Europe @ Müller, Söhne & Co. KG () .. [\"Favourite colour: green\", \
         \"No mail address: /o=Exchange/cn=ana\"]",
            "7 +49 170 <> [\"No mail address: nobody\"]",
            "8 excluded: an empty row",
            "9 Bo \"B\" Ek <mail:bo@ek.example> []",
            "10 refused: nobody is named: no name, no usable address, no usable id",
            "11 refused: a quote is opened in this row and never closed; the row was left out",
            "12 Cy <mail:cy@initech.example> [\"Favourite colour: =1+1\"]",
        ]
    );
}

#[test]
fn every_encoding_and_language_gives_the_same_person() {
    let person = "2 Jörg Groß <mail:j.gross@alt.example>";
    let german = told("kontakte.csv");
    assert_eq!(german, [format!("{person} | Geschäftsführer – Vertrieb @ Alt AG () .. []")]);
    let dated = told("kontakte-utf8.csv");
    let job = "Geschäftsführer @ Alt AG () 2020-02-01..";
    assert_eq!(dated, [format!("{person} | {job} []")]);
    assert_eq!(
        told("contacts-utf16.tsv"),
        ["2 Łucja Żółć <mail:lz@alt.example> |  @ Alt AG () .. []"]
    );
}

#[test]
fn the_dates_of_the_whole_file_say_whether_the_day_comes_first() {
    let ana = "? <mail:ana@globex.example>";
    let bo = "? <mail:bo@initech.example>";
    let wrong_day = "`02/30/2024 11:30` is no date such as 2026-11-23";
    assert_eq!(
        told("mails.csv")[..2],
        [
            format!("2 2023-12-31T10:00:00Z mail: {ana}, {bo}"),
            "3 refused: `03/02/2024 11:30` may be one of two days; set `dates` to `day-first` or \
         `month-first`"
                .to_owned(),
        ],
        "the file has 31/12 and 02/30: it contradicts itself"
    );
    assert_eq!(
        told("mails.csv")[2..],
        [
            format!("4 refused: {wrong_day}"),
            "5 refused: it names no two different people".to_owned(),
            "6 refused: nobody is named who wrote, or is the first of two".to_owned(),
            "7 refused: it does not say when".to_owned(),
            "8 refused: `not an address` is no mail address such as ana@example.org".to_owned(),
        ]
    );
    let late = format!(
        "when,from,to\n{}31/12/2024,a@a.example,b@a.example\n",
        "03/02/2024,a@a.example,b@a.example\n".repeat(300)
    );
    let found = told_of(
        &late,
        "table='evidence'\nkind='mail'\n[columns]\nwhen='when'\n\
        from='from email'\nto='to email'",
    );
    assert_eq!(found.len(), 301);
    assert!(found[0].starts_with("2 2024-02-03T00:00:00Z mail"), "{}", found[0]);
}

#[test]
fn a_day_that_may_be_another_is_refused_and_not_guessed() {
    let both = "? <mail:ana@globex.example>, ? <mail:bo@initech.example>";
    assert_eq!(
        told("mails-ambiguous.csv"),
        [
            "2 refused: `03/02/2024` may be one of two days; set `dates` to `day-first` or \
         `month-first`"
                .to_owned(),
            format!("3 2024-02-03T00:00:00Z meeting: {both}"),
            "4 refused: `smoke signal` is not known; try `mail`, `call` or `meeting`".to_owned(),
        ]
    );
}

#[test]
fn nodes_and_edges_of_a_graph_are_people_companies_and_statements_of_the_import_day() {
    assert_eq!(
        told("team/nodes.csv"),
        [
            "2 Zoë \"Z\" O'Néill & <Sons> <mail:zoe@acme.example external:team:p1> [\"Colour: red\"]",
            "3 =SUM(1;2) <external:team:p2> []",
            "4 Müller; Söhne GmbH (external:team:c1) []",
            "6 excluded: neither a person nor a company",
            "7 refused: the id is empty or broken, and there is no address",
            "8 refused: nobody is named: no name, no usable address, no usable id",
        ]
    );
    assert_eq!(
        told("team/edges.csv"),
        [
            "2 2020-01-01T00:00:00Z 0.75: ? <external:team:p1>, ? <external:team:p2>",
            "3 2020-02-01T00:00:00Z 0.25: ? <external:team:p2>, ? <external:team:p1>",
            "4 refused: it names no two different people",
            "5 2026-11-23T00:00:00Z Weak: ? <external:team:p1>, ? <external:team:p3>",
            "6 refused: `2024-13-01` is no date such as 2026-11-23",
        ]
    );
    let heavy = told("team/edges-heavy.csv");
    assert!(heavy.iter().all(|line| line.contains(" Weak: ")), "{heavy:?}");
    let ana = "Ana Silva <external:kumu:Ana Silva>";
    assert_eq!(
        told("kumu-connections.csv"),
        [
            format!("2 2026-11-23T00:00:00Z Close: {ana}, Bo Ek <external:kumu:Bo Ek>"),
            format!("3 2026-11-23T00:00:00Z 0.4: {ana}, Cy Lo <external:kumu:Cy Lo>"),
            "4 refused: it names no two different people".to_owned(),
            "5 refused: `nine` is not `weak`, `good`, `close`, nor a number from 0 to 1".to_owned(),
        ]
    );
}

#[test]
fn json_lines_are_rows_and_a_new_key_is_a_new_column() {
    let found = told("people.jsonl");
    assert_eq!(
        found[0],
        "1 Zoë <mail:a@x.example mail:b@x.example external:people:p1> [\"weight: 0.5\"]"
    );
    assert_eq!(found[1], "3 ? <external:people:2> []");
    assert!(found[2].starts_with("4 refused: no JSON: "), "{}", found[2]);
    assert_eq!(found[3], "5 refused: no JSON object: a line is one `{…}`");
    assert_eq!(found[4], "6 Late <external:people:p4> [\"colour: blue\"]");
    assert!(found[5].starts_with("7 refused: no JSON: "), "{}", found[5]);
}

#[test]
fn companies_may_stand_to_each_other() {
    assert_eq!(
        told("partners.csv"),
        [
            "2 Globex () Partner Initech () Some(2021-03-01)",
            "3 refused: it names no two companies",
            "4 refused: `Enemy` is not known; try `partner` or `customer`",
        ]
    );
}

#[test]
fn a_mapping_file_overrides_the_guess() {
    let text = "who,where,is,on,score\n7,9,boss,Targets,x\n";
    let mapping = "table='entries'\nsystem='crm'\n[columns]\nwho='person id'\non='list'";
    let found = told_of(text, mapping);
    assert!(found[0].starts_with("2 Targets: Person("), "{found:?}");
    let mapping = "table='employments'\nsystem='crm'\n[columns]\nwho='person id'\n\
        where='company id'\nis='title'\non='ignore'\nscore='ignore'";
    assert_eq!(told_of(text, mapping), ["2 ? <external:crm:7> | boss @ ? (external:crm:9) .. []"]);
    let wrong = "table='people'\n[columns]\nwhom='person name'\n";
    let error = table_of(text, wrong).err().unwrap().to_string();
    assert!(error.contains("not there: `whom`; the file has: who, where"), "{error}");
}

#[test]
fn a_table_of_no_known_kind_is_asked_about() {
    let bytes = b"Deal Name,Amount\nRenewal,5\n".to_vec();
    let source: Source = Box::new(move || Ok(Box::new(io::Cursor::new(bytes.clone()))));
    let error = Table::from_source(&source, options("deals.csv")).err().unwrap();
    assert!(error.reason.contains("Deal Name, Amount"), "{error}");
}

#[test]
fn a_deal_a_task_or_a_place_is_never_taken_for_somebody() {
    for text in [
        "Id,WhoId,WhatId,Subject,ActivityDate\n1,2,3,Intro,2024-03-05\n",
        "Id,AccountId,Name,StageName\n1,2,Renewal,Won\n",
        "id:ID(Place)|name:STRING|url:STRING|:LABEL\n1|India|http://x.example/India|Country\n",
    ] {
        let source: Source = Box::new(move || Ok(Box::new(io::Cursor::new(text.as_bytes()))));
        assert!(Table::from_source(&source, options("x.csv")).is_err(), "{text}");
    }
}

#[test]
fn people_and_companies_of_one_program_share_their_ids() {
    for text in ["Id,AccountId,LastName\n1,2,Ek\n", "Id,Name,Website,OwnerId\n2,Globex,,\n"] {
        let source: Source = Box::new(move || Ok(Box::new(io::Cursor::new(text.as_bytes()))));
        let table = Table::from_source(&source, options("Contact.csv")).unwrap();
        assert_eq!(table.mapping().system.as_ref().unwrap().as_str(), "salesforce");
    }
}

#[test]
fn a_guess_says_why_and_can_be_given_back_as_a_mapping() {
    let table = Table::open(&path("people.csv"), options("people.csv")).unwrap();
    let guess = table.guess().unwrap();
    assert_eq!(guess.unmapped().collect::<Vec<_>>(), ["Favourite colour"]);
    let text = guess.to_toml();
    assert!(text.contains("\"Phone\" = \"ignore\" # private; not kept"), "{text}");
    assert!(text.contains("\"E-mail (2)\" = \"email\" # by its name"), "{text}");
    assert_eq!(Mapping::from_toml(&text).unwrap(), guess.mapping);
}
