//! How often titles are read rightly: `tests/data/titles.csv`, part of which was written down
//! before there was a reader.

use std::path::Path;

use tertius::model::TitleReading;

/// Of how many titles the reader must be right.
const RIGHT_MIN: f64 = 0.95;

struct Row {
    title: String,
    wanted: String,
    held_out: bool,
}

fn rows() -> Vec<Row> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/titles.csv");
    let row = |record: Result<csv::StringRecord, _>| {
        let record = record.unwrap();
        let wanted = format!("{} {} {}", &record[2], &record[3], &record[4]);
        Row { title: record[0].to_owned(), wanted, held_out: &record[5] == "yes" }
    };
    csv::Reader::from_path(file).unwrap().records().map(row).collect()
}

fn read(title: &str) -> String {
    let reading = TitleReading::of(title);
    let post = reading.main();
    let flags = [("former", post.former), ("interim", post.interim), ("deputy", post.deputy)];
    let flags = flags.iter().filter(|(_, set)| *set).map(|(name, _)| *name).collect::<Vec<_>>();
    format!("{} {} {}", reading.seniority().name(), reading.function().name(), flags.join(" "))
}

#[test]
fn titles_are_read_rightly() {
    let rows = rows();
    let mut wrong = [0, 0];
    for row in &rows {
        let found = read(&row.title);
        if found != row.wanted {
            wrong[usize::from(row.held_out)] += 1;
            println!("{}: read as {found}, not {}", row.title, row.wanted);
        }
    }
    let held_out = rows.iter().filter(|row| row.held_out).count();
    assert!(rows.len() >= 300 && held_out >= 100, "{} titles, {held_out}", rows.len());
    for (wrong, of) in [(wrong[0] + wrong[1], rows.len()), (wrong[1], held_out)] {
        let right = 1.0 - f64::from(wrong) / of as f64;
        assert!(right >= RIGHT_MIN, "{wrong} of {of} are wrong");
    }
}
