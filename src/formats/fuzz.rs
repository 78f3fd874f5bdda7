//! Broken files of every kind: a reader never panics and always ends.
//!
//! The same files are made on each run, from a seed. `TERTIUS_FUZZ_CASES=1000000` makes more of
//! them (CONTRIBUTING.md says how).

use std::{
    io::{self, Cursor, Write as _},
    path::{Path, PathBuf},
};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    Read, export,
    linkedin::Archive,
    mail::{Mails, Source as Letters, Survey},
    table::{Mapping, Options, Source, Table, book_tests},
};

/// How many broken files to make of a kind: so many in a test run, unless more are asked for.
fn cases(usual: usize) -> usize {
    let asked = std::env::var("TERTIUS_FUZZ_CASES").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(usual)
}

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder), &mut paths);
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| (name(path), std::fs::read(path).unwrap())).collect()
}

/// Cuts, doubles, turns over and strews in what breaks readers.
fn break_up(bytes: &mut Vec<u8>, chance: &mut ChaCha8Rng) {
    const NASTY: [&[u8]; 24] = [
        b"\"",
        b"\"\"",
        b"\n",
        b"\r",
        b"\0",
        b",",
        b";",
        b"\xFF",
        b"\xC3",
        b"1/2/3",
        b"'=",
        b"{",
        b" ::: ",
        b"\\u",
        b"<",
        b"</row>",
        b"&#0;",
        b"99999999999",
        b"\nFrom ",
        b"=?utf-8?b?",
        b"<a@b>",
        b"-0400 (",
        b": ",
        b"\xEF\xBB\xBF",
    ];
    for _ in 0..chance.random_range(1..12) {
        let at = chance.random_range(0..=bytes.len());
        let to = (at + chance.random_range(0..20)).min(bytes.len());
        match chance.random_range(0..6) {
            0 if chance.random_bool(0.2) => bytes.truncate(at),
            1 => drop(bytes.drain(at..to)),
            2 => {
                let part = bytes[at..to].to_vec();
                bytes.splice(at..at, part);
            }
            3 if at < bytes.len() => bytes[at] = chance.random(),
            4 => bytes[at..to].reverse(),
            _ => {
                let nasty = NASTY[chance.random_range(0..NASTY.len())];
                bytes.splice(at..at, nasty.iter().copied());
            }
        }
    }
}

/// Reads to the end; the number of what was told.
fn count(name: &str, reads: impl Iterator<Item = Read>, most: usize) -> usize {
    let count = reads.take(most + 1).count();
    assert!(count <= most, "{name} tells more than {most}");
    count
}

fn options(name: &str, mapping: Option<Mapping>) -> Options {
    let import_day = "2026-11-23".parse().unwrap();
    Options { file: name.to_owned(), mapping, import_day }
}

fn read_table(name: &str, bytes: Vec<u8>, mapping: Option<Mapping>) -> usize {
    let most = bytes.len() + 10;
    let source: Source =
        Box::new(move || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn io::Read + Send>));
    let Ok(table) = Table::from_source(&source, options(name, mapping)) else { return 0 };
    count(name, table, most)
}

/// A ZIP of files; this share of them is broken, or the ZIP itself where none is.
fn zipped(files: &[(String, Vec<u8>)], share: f64, chance: &mut ChaCha8Rng) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let mut bytes = bytes.clone();
        if name != "export.json" && chance.random_bool(share) {
            break_up(&mut bytes, chance);
        }
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    if share == 0.0 {
        break_up(&mut bytes, chance);
    }
    bytes
}

#[test]
fn no_broken_table_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_123);
    let (files, cases) = (files("tables"), cases(320));
    let mut told = 0;
    for case in 0..cases {
        let (name, bytes) = &files[case % files.len()];
        let mut bytes = bytes.clone();
        break_up(&mut bytes, &mut chance);
        told += read_table(name, bytes, None);
        let random: Vec<u8> = (0..chance.random_range(0..200)).map(|_| chance.random()).collect();
        told += read_table("random", random.clone(), None);
        let mapped = [b"a,b,c\n".as_slice(), &random].concat();
        let mapping = "table='evidence'\nkind='mail'\n[columns]\na='when'\nb='from id'\nc='to id'";
        told += read_table("random", mapped, Some(Mapping::from_toml(mapping).unwrap()));
    }
    assert!(told > cases, "the broken files still tell something: {told}");
}

#[test]
fn no_broken_mapping_makes_a_reader_panic() {
    const MAPPING: &str = "table = \"evidence\"\nsystem = \"crm\"\ndates = \"day-first\"\n\
        kind = \"mail\"\n\n[columns]\n\"At \\\"noon\\\"\" = \"when\" # by its name\n\
        'who' = \"from email\"\nwhom = \"to email\"\n";
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_125);
    let cases = cases(600);
    let mut good = 0;
    for _ in 0..cases {
        let mut bytes = MAPPING.as_bytes().to_vec();
        break_up(&mut bytes, &mut chance);
        let text = String::from_utf8_lossy(&bytes);
        good += usize::from(Mapping::from_toml(&text).is_ok());
        read_table("random", b"At \"noon\",who,whom\n1,2,3\n".to_vec(), {
            Mapping::from_toml(&text).ok()
        });
    }
    assert!(good > 0);
}

#[test]
fn no_broken_archive_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_124);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("archive.zip");
    let (files, cases) = (files("linkedin"), cases(320) / 4);
    let mut told = 0;
    for case in 0..cases {
        std::fs::write(&path, zipped(&files, [0.0, 0.7][case % 2], &mut chance)).unwrap();
        if let Ok(archive) = Archive::open(&path, None) {
            told += count("archive", archive, 100_000);
        }
    }
    assert!(told > cases, "the broken archives still tell something: {told}");
}

#[test]
fn no_broken_book_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_126);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("book.xlsx");
    let people = book_tests::rows(&[&["Name", "Email"], &["Ana", "ana@a.example"], &["Bo", ""]])
        + "<row r=\"9\"><c r=\"A9\" t=\"s\"><v>2</v></c><c r=\"C9\" s=\"3\"><v>45356.5</v></c></row>";
    let files = book_tests::parts(&[("People", &people), ("More", &people)]);
    let cases = cases(240) / 4;
    let mut told = 0;
    for case in 0..cases {
        std::fs::write(&path, zipped(&files, [0.0, 0.1, 0.2, 0.3][case % 4], &mut chance)).unwrap();
        if let Ok(table) = Table::open(&path, options("book.xlsx", None)) {
            told += count("book", table, 100_000);
        }
    }
    assert!(told > cases / 4, "the broken books still tell something: {told}");
}

#[test]
fn no_broken_export_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_127);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("export.zip");
    let files = export::tests::made(home.path(), 7);
    let cases = cases(320) / 4;
    let mut told = 0;
    for case in 0..cases {
        std::fs::write(&path, zipped(&files, [0.0, 0.2, 0.5, 1.0][case % 4], &mut chance)).unwrap();
        if let Ok(export) = export::open(&path) {
            told += count("export", export, 100_000);
        }
    }
    assert!(told > cases, "the broken exports still tell something: {told}");
}

#[test]
fn no_broken_mail_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_128);
    let (files, cases) = (files("mail"), cases(320));
    let home = tempfile::tempdir().unwrap();
    let maildir = home.path().join("mail");
    for folder in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(folder)).unwrap();
    }
    let mut told = 0;
    for case in 0..cases {
        let (name, bytes) = &files[case % files.len()];
        let mut bytes = bytes.clone();
        break_up(&mut bytes, &mut chance);
        let most = bytes.len() + 10;
        let open = |as_one: bool| {
            let bytes = Cursor::new(bytes.clone());
            if as_one { Ok(Letters::message(name, bytes)) } else { Letters::stream(name, bytes) }
        };
        if let (Ok(survey), Ok(mails)) = (open(false), open(false)) {
            told += count(name, Mails::new(mails, Survey::of(survey)), most);
        }
        if let Ok(one) = open(true) {
            told += count(name, Mails::new(one, Survey::default()), most);
        }
        if case % 16 == 0 {
            std::fs::write(maildir.join("cur").join(format!("{}:2,S", case % 64)), &bytes).unwrap();
            let folder = || Letters::at(&maildir).unwrap();
            told += count("maildir", Mails::new(folder(), Survey::of(folder())), most * 64);
        }
    }
    assert!(told > cases, "the broken letters still tell something: {told}");
}
