//! Excel books, made by hand: as nasty as those of real programs.

use std::io::Write as _;

use super::{tests::tell, *};

const STYLES: &str = "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"dd\\.mm\\.yyyy\"/>\
    </numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>\
    <xf numFmtId=\"22\"/></cellXfs></styleSheet>";

const SHARED: &str = "<sst><si><t>Name</t></si><si><t xml:space=\"preserve\"> E-mail </t></si>\
    <si><r><t>Zo</t></r><r><rPr><b/></rPr><t>ë &lt;A&gt;</t></r><rPh><t>zoe</t></rPh></si></sst>";

/// The files in a book of sheets, each sheet by its name and its rows.
pub(in crate::formats) fn parts(sheets: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |id: usize, kind: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let (mut named, mut related) = (String::new(), relation(100, "styles", "styles.xml"));
    related += &relation(101, "sharedStrings", "sharedStrings.xml");
    let mut files = vec![("xl/styles.xml".to_owned(), STYLES.to_owned())];
    files.push(("xl/sharedStrings.xml".to_owned(), SHARED.to_owned()));
    files.push(("xl/media/logo.png".to_owned(), "no text".to_owned()));
    for (ix, (name, rows)) in sheets.iter().enumerate() {
        let sheet = format!("<sheet name=\"{name}\" sheetId=\"{ix}\" r:id=\"r{ix}\"/>");
        named += &sheet;
        related += &relation(ix, "worksheet", &format!("worksheets/sheet{ix}.xml"));
        let text = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        files.push((format!("xl/worksheets/sheet{ix}.xml"), text));
    }
    let office = relation(0, "officeDocument", "xl/workbook.xml");
    files.push(("_rels/.rels".to_owned(), format!("<Relationships>{office}</Relationships>")));
    let related = format!("<Relationships>{related}</Relationships>");
    files.push(("xl/_rels/workbook.xml.rels".to_owned(), related));
    let named = format!("<workbook xmlns:r=\"{OFFICE}\"><sheets>{named}</sheets></workbook>");
    files.push(("xl/workbook.xml".to_owned(), named));
    let whole = |(name, text): (String, String)| (name, (HEAD.to_owned() + &text).into_bytes());
    files.into_iter().map(whole).collect()
}

fn book(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in parts(sheets) {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Rows of cells with texts inside.
pub(in crate::formats) fn rows(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let row =
        |cells: &&[&str]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    rows.iter().map(row).collect()
}

fn saved(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("book.xlsx");
    std::fs::write(&path, bytes).unwrap();
    (home, path)
}

fn options() -> Options {
    let import_day = "2026-11-23".parse().unwrap();
    Options { file: "book.xlsx".to_owned(), mapping: None, import_day }
}

fn told(bytes: &[u8]) -> Result<Vec<String>, String> {
    let (_home, path) = saved(bytes);
    let table = Table::open(&path, options()).map_err(|error| error.to_string())?;
    Ok(table.map(|read| tell(&read)).collect())
}

#[test]
fn ids_dates_and_texts_come_as_they_are_seen_in_the_sheet() {
    let people = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Our people</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"s\"><v>1</v></c>\
        <c r=\"C3\" t=\"str\"><v>Record ID</v></c><c r=\"D3\" t=\"str\"><v>Company</v></c>\
        <c r=\"E3\" t=\"str\"><v>Start date</v></c></row>\
        <row r=\"5\"><c r=\"A5\" t=\"s\"><v>2</v></c><c r=\"B5\" t=\"str\"><v>z@a.example</v></c>\
        <c r=\"C5\"><v>123456789012</v></c><c r=\"D5\" t=\"str\"><f>A1&amp;B1</f><v>Alt AG</v></c>\
        <c r=\"E5\" s=\"2\"><v>43862</v></c></row>\
        <row r=\"6\"><c r=\"C6\"><v>1.23456789012E11</v></c><c r=\"D6\"><v>7</v></c>\
        <c r=\"E6\" s=\"3\"><v>45356.468055555553</v></c><c r=\"F6\" t=\"b\"><v>1</v></c></row>\
        <row r=\"7\"><c r=\"A7\" t=\"e\"><v>#N/A</v></c><c r=\"C7\"><v>1.2345678901234568E+17</v></c>\
        </row><row r=\"1048576\"><c r=\"B1048576\" t=\"str\"><v>last@a.example</v></c></row>";
    let found = told(&book(&[("People", people)])).unwrap();
    assert_eq!(
        found,
        [
            "5 Zoë <A> <mail:z@a.example external:hubspot:123456789012> |  @ Alt AG () 2020-02-01.. []",
            "6 ? <external:hubspot:123456789012> |  @ 7 () 2024-03-05.. [\"column 6: true\"]",
            "7 refused: nobody is named: no name, no usable address, no usable id",
            "1048576 ? <mail:last@a.example> []",
        ]
    );
}

#[test]
fn the_first_sheet_that_can_be_told_is_read_and_the_others_are_named() {
    let notes = rows(&[&["Deal Name", "Amount"], &["Renewal", "5"]]);
    let people = rows(&[&["Name", "Email"], &["Ana", "ana@a.example"], &["", ""], &["", "x"]]);
    let bytes = book(&[("Deals", &notes), ("People", &people), ("Empty", ""), ("More", &people)]);
    let (_home, path) = saved(&bytes);
    let table = Table::open(&path, options()).unwrap();
    assert_eq!(table.shape().0, Shape::Sheet);
    let places: Vec<String> = table
        .map(|read| match read {
            Ok(located) => format!("{}:{}", located.place.file, located.place.line),
            Err(error) => error.to_string(),
        })
        .collect();
    let unread = "this sheet was not read, another was; save it as a file of its own";
    assert_eq!(
        places,
        [
            "book.xlsx!People:2".to_owned(),
            "book.xlsx!People:4: nobody is named: no name, no usable address, no usable id"
                .to_owned(),
            format!("book.xlsx!Deals:1: {unread}"),
            format!("book.xlsx!More:1: {unread}"),
        ]
    );
    let more = Table::open_sheet(&path, "More", options()).unwrap();
    assert_eq!(more.count(), 2);
    let error = Table::open_sheet(&path, "Less", options()).err().unwrap().to_string();
    assert!(error.contains("`Deals`, `People`, `Empty`, `More`"), "{error}");
    let error = told(&book(&[("Deals", &notes)])).unwrap_err();
    assert!(error.starts_with("book.xlsx!Deals: ") && error.contains("Amount"), "{error}");
}

#[test]
fn a_mapping_and_its_row_errors_work_in_a_sheet() {
    let people = rows(&[&["von", "an", "am"], &["a@a.example", "b@a.example", "soon"]]);
    let mapping = "table='evidence'\nkind='mail'\n[columns]\nvon='from email'\nan='to email'\n\
        am='when'";
    let (_home, path) = saved(&book(&[("Mail", &people)]));
    let mapping = Some(Mapping::from_toml(mapping).unwrap());
    let table = Table::open(&path, Options { mapping, ..options() }).unwrap();
    let errors: Vec<String> = table.map(|read| read.unwrap_err().to_string()).collect();
    assert_eq!(errors, ["book.xlsx!Mail:2: `soon` is no date such as 2026-11-23"]);
}

#[test]
fn a_book_that_is_none_is_refused_with_what_to_do() {
    for (bytes, wanted) in [
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "save it as .xlsx"),
        (book(&[]), "the book has no sheet"),
        (book(&[("People", "<row><c><v>1")]), "damaged"),
        (b"PK\x03\x04 and no more".to_vec(), "no whole ZIP file"),
    ] {
        let error = told(&bytes).unwrap_err();
        assert!(error.contains(wanted), "{error}");
    }
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let error = told(&zip.finish().unwrap().into_inner()).unwrap_err();
    assert!(error.contains("an OpenDocument; give an .xlsx"), "{error}");
}

#[test]
fn a_sheet_that_breaks_off_says_where() {
    let people = rows(&[&["Name", "Email"], &["Ana", "ana@a.example"], &["Bo", "b@a.example"]]);
    let found = told(&book(&[("People", &(people + "<row><c><v>1"))])).unwrap();
    assert!(found[1].starts_with("3 refused: the sheet is damaged in this row"), "{found:?}");
    assert_eq!(found.len(), 2);
}
