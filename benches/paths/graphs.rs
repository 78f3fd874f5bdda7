//! Graphs of scores from files: edge lists (`.csv.gz`) and NumPy's archives (`.npz`).

use std::{
    env,
    error::Error,
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use serde_json::Value;
use tertius::{
    graph::{Cost, NodeIx, TieCosts},
    model::PersonId,
};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// What is asked for on the command line, as `--name value`.
pub(crate) fn option(name: &str) -> Option<String> {
    env::args().skip_while(|argument| argument != name).nth(1)
}

/// The graphs of the folder that is asked for, the smallest first; nothing without `--bench`:
/// `cargo test` runs benches too, and that they compile is enough then.
pub(crate) fn asked_for() -> Outcome<Option<Vec<PathBuf>>> {
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(None);
    }
    let folder = PathBuf::from(option("--data").ok_or("say --data DIR, a folder of graphs")?);
    let only = option("--only");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<Outcome<Vec<PathBuf>>>()?;
    files.retain(|file| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let wanted = only.as_ref().is_none_or(|only| name.starts_with(&**only));
        wanted && (name.ends_with(".csv.gz") || is_archive(file))
    });
    files.sort_by_key(|file| fs::metadata(file).map_or(0, |meta| meta.len()));
    Ok(Some(files))
}

/// Ties with a score each, before they are a network.
pub(crate) struct Scores {
    pub(crate) name: String,
    pub(crate) people: usize,
    pub(crate) ties: Vec<(NodeIx, NodeIx, f32)>,
    /// The community, or company, of everybody, where the file says it.
    pub(crate) company: Option<Vec<u32>>,
    /// What an independent search found, where there is such a file.
    pub(crate) known: Option<Value>,
}

/// A file of scores, and the known answers that lie beside it.
pub(crate) fn read(path: &Path) -> Outcome<Scores> {
    let file = path.file_name().and_then(|name| name.to_str()).ok_or("a file has no name")?;
    let name = file.split('.').next().unwrap_or(file).to_owned();
    let mut scores = if is_archive(path) { archive(path)? } else { edges(path)? };
    let known = path.with_file_name(format!("{name}.expected.json"));
    if known.exists() {
        scores.known = Some(serde_json::from_reader(BufReader::new(File::open(known)?))?);
    }
    scores.name = name;
    Ok(scores)
}

/// Whether a file is an archive of NumPy.
pub(crate) fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "npz")
}

fn edges(path: &Path) -> Outcome<Scores> {
    let lines = BufReader::new(GzDecoder::new(File::open(path)?)).lines();
    let mut ties = Vec::new();
    for line in lines.skip(1) {
        let line = line?;
        let mut fields = line.split(',');
        let mut field = || fields.next().ok_or("a row has fewer than three fields");
        let tie: (NodeIx, NodeIx, f32) = (field()?.parse()?, field()?.parse()?, field()?.parse()?);
        ties.push(tie);
    }
    let greatest = ties.iter().map(|tie| tie.0.max(tie.1)).max();
    let people = greatest.map_or(0, |node| node as usize + 1);
    Ok(Scores { name: String::new(), people, ties, company: None, known: None })
}

fn archive(path: &Path) -> Outcome<Scores> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut array = |name: &str| -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        archive.by_name(&format!("{name}.npy"))?.read_to_end(&mut bytes)?;
        let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        bytes.drain(..10 + header);
        Ok(bytes)
    };
    let words = |bytes: &[u8]| -> Vec<u32> {
        let (words, _) = bytes.as_chunks::<4>();
        words.iter().map(|&word| u32::from_le_bytes(word)).collect()
    };
    let people = words(&array("n")?)[0] as usize;
    let (u, v, w) = (words(&array("u")?), words(&array("v")?), words(&array("w")?));
    let ties = u.iter().zip(&v).zip(&w).map(|((&a, &b), &w)| (a, b, f32::from_bits(w))).collect();
    let company = Some(words(&array("comm")?));
    Ok(Scores { name: String::new(), people, ties, company, known: None })
}

impl Scores {
    /// The people and ties that make a network.
    pub(crate) fn parts(&self) -> (Vec<PersonId>, Vec<TieCosts>) {
        let tie = |&(a, b, score): &(NodeIx, NodeIx, f32)| {
            let cost = Cost::from_probability(f64::from(score));
            TieCosts { a, b, forth: cost, back: cost }
        };
        let people = (0..self.people as u128).map(PersonId::new).collect();
        (people, self.ties.iter().map(tie).collect())
    }
}
