//! Broken files of every kind: a reader never panics and always ends.

use std::{
    io::{self, Cursor},
    path::{Path, PathBuf},
};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    linkedin::Archive,
    table::{Mapping, Options, Source, Table},
};

/// How many broken files each run makes of a kind.
const CASES: usize = 320;

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
    const NASTY: [&[u8]; 12] =
        [b"\"", b"\"\"", b"\n", b"\r", b"\0", b",", b";", b"\xFF", b"\xC3", b"1/2/3", b"'=", b"{"];
    for _ in 0..chance.random_range(1..12) {
        let at = chance.random_range(0..=bytes.len());
        let to = (at + chance.random_range(0..20)).min(bytes.len());
        match chance.random_range(0..6) {
            0 => bytes.truncate(at),
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

/// Reads a table to its end; the number of what it told.
fn read_table(name: &str, bytes: Vec<u8>, mapping: Option<Mapping>) -> usize {
    let most = bytes.len() + 10;
    let source: Source =
        Box::new(move || Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn io::Read + Send>));
    let import_day = "2026-11-23".parse().unwrap();
    let options = Options { file: name.to_owned(), mapping, import_day };
    let Ok(table) = Table::from_source(&source, options) else { return 0 };
    let count = table.take(most * 2).count();
    assert!(count <= most, "{name} tells more than it has bytes");
    count
}

#[test]
fn no_broken_table_makes_a_reader_panic_or_go_on_for_ever() {
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_123);
    let files = files("tables");
    let mut told = 0;
    for case in 0..CASES {
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
    assert!(told > CASES, "the broken files still tell something: {told}");
}

#[test]
fn no_broken_archive_makes_a_reader_panic_or_go_on_for_ever() {
    use std::io::Write;
    let mut chance = ChaCha8Rng::seed_from_u64(20_261_124);
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("archive.zip");
    let files = files("linkedin");
    let mut told = 0;
    for case in 0..CASES / 4 {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &files {
            let mut bytes = bytes.clone();
            if case % 2 == 0 {
                break_up(&mut bytes, &mut chance);
            }
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        let mut bytes = zip.finish().unwrap().into_inner();
        if case % 2 == 1 {
            break_up(&mut bytes, &mut chance);
        }
        std::fs::write(&path, &bytes).unwrap();
        let Ok(archive) = Archive::open(&path, None) else { continue };
        let count = archive.take(100_000).count();
        assert!(count < 100_000);
        told += count;
    }
    assert!(told > CASES, "the broken archives still tell something: {told}");
}
