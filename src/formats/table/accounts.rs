//! Somebody's own table of accounts: its rows as they are, and which cells name the account.

use std::path::Path;

use super::{
    Input, Source,
    aliases::{Sense, sense},
    book::{self, Book},
    file_error,
    mapping::Meaning as M,
    open_rows, plain,
    rows::Rows,
};
use crate::formats::FileError;

/// A table of accounts has so many rows at most.
pub const ACCOUNTS_MAX: usize = 100_000;

/// A table of accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accounts {
    /// What its columns are called.
    pub headers: Vec<String>,
    /// Its rows, in their order.
    pub rows: Vec<AccountRow>,
}

/// A row that names an account, by any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountRow {
    /// The line on which it begins.
    pub line: u64,
    /// Its cells as they are, one for each header.
    pub cells: Vec<String>,
    /// Mail addresses of a person, as the cell has them.
    pub email: Option<String>,
    /// The name of a person.
    pub person: Option<String>,
    /// A domain or web address of a company.
    pub domain: Option<String>,
    /// The name of a company.
    pub company: Option<String>,
    /// Whatever names it: a name, an address, a domain.
    pub text: Option<String>,
}

/// Which columns name the account: their places.
#[derive(Debug, Default)]
struct Columns {
    email: Vec<usize>,
    /// A full name, or else first and last names, in this order.
    full_name: Vec<usize>,
    domain: Vec<usize>,
    company: Vec<usize>,
    text: Vec<usize>,
}

impl Accounts {
    /// Reads a table of any form that [`Table`](super::Table) knows; of a book its first sheet. A
    /// table of one column without a header that is known is one account on each line.
    ///
    /// # Errors
    /// When it cannot be read, when no column names an account, when it has more than
    /// [`ACCOUNTS_MAX`] rows, and at a row that is broken.
    ///
    /// # Memory
    /// All of it.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let file = path.display().to_string();
        let fault = |error| file_error(&file, error);
        if book::is_book(path)? {
            let book = Book::open(path)?;
            let Some(sheet) = book.sheets.first() else {
                return Err(plain(&file, "the book has no sheet".to_owned()));
            };
            return Self::read(&file, open_rows(Input::Sheet(&book, sheet), None).map_err(fault)?);
        }
        let path = path.to_owned();
        let source: Source = Box::new(move || Ok(Box::new(std::fs::File::open(&path)?)));
        Self::read(&file, open_rows(Input::Text(&source), None).map_err(fault)?)
    }

    fn read(file: &str, mut rows: Rows) -> Result<Self, FileError> {
        let mut accounts = Self::default();
        for row in rows.by_ref() {
            let row = row.map_err(|error| file_error(file, error))?;
            let cells: Vec<String> = row.cells.iter().map(str::to_owned).collect();
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if accounts.rows.len() == ACCOUNTS_MAX {
                let reason = format!("it has more than {ACCOUNTS_MAX} rows; split it");
                return Err(plain(file, reason));
            }
            accounts.rows.push(AccountRow { line: row.line, cells, ..AccountRow::default() });
        }
        accounts.headers = rows.headers().to_vec();
        let columns = match Columns::of(&accounts.headers) {
            Some(columns) => columns,
            None if accounts.headers.len() == 1 => accounts.without_header(),
            None => {
                let reason = "no column names an account; call one `company`, `domain`, `email`, \
                              `person` or `account`";
                return Err(plain(file, reason.to_owned()));
            }
        };
        let width = accounts.headers.len();
        for row in &mut accounts.rows {
            row.cells.resize(width, String::new());
            columns.name(row);
        }
        Ok(accounts)
    }

    /// What was taken for a header is the first account.
    fn without_header(&mut self) -> Columns {
        let first = std::mem::replace(&mut self.headers[0], "account".to_owned());
        let first = AccountRow { line: 1, cells: vec![first], ..AccountRow::default() };
        self.rows.insert(0, first);
        Columns { text: vec![0], ..Columns::default() }
    }
}

impl Columns {
    /// Those among these headers; nothing where none names an account.
    fn of(headers: &[String]) -> Option<Self> {
        let mut columns = Self::default();
        let (mut first_names, mut last_names) = (Vec::new(), Vec::new());
        for (ix, header) in headers.iter().enumerate() {
            match sense(header) {
                Some(Sense::Is(M::Email)) => columns.email.push(ix),
                Some(Sense::Is(M::PersonName)) => columns.full_name.push(ix),
                Some(Sense::Is(M::FirstName)) => first_names.push(ix),
                Some(Sense::Is(M::LastName)) => last_names.push(ix),
                Some(Sense::Is(M::Domain)) => columns.domain.push(ix),
                Some(Sense::Is(M::Company)) => columns.company.push(ix),
                Some(Sense::Name | Sense::Label | Sense::Target) => columns.text.push(ix),
                _ if header.trim().eq_ignore_ascii_case("accounts") => columns.text.push(ix),
                _ => {}
            }
        }
        columns.full_name.truncate(1);
        if columns.full_name.is_empty() {
            columns.full_name = [first_names, last_names].concat();
        }
        let named =
            [&columns.email, &columns.full_name, &columns.domain, &columns.company, &columns.text];
        named.iter().any(|places| !places.is_empty()).then_some(columns)
    }

    /// Notes what names the account of a row.
    fn name(&self, row: &mut AccountRow) {
        let cell = |&ix: &usize| row.cells.get(ix).map_or("", |cell| cell.trim());
        let first = |places: &[usize]| {
            let cell = places.iter().map(cell).find(|cell| !cell.is_empty());
            cell.map(str::to_owned)
        };
        let person = self.full_name.iter().map(cell).filter(|cell| !cell.is_empty());
        let person = person.collect::<Vec<_>>().join(" ");
        let person = Some(person).filter(|person| !person.is_empty());
        let (email, domain) = (first(&self.email), first(&self.domain));
        let (company, text) = (first(&self.company), first(&self.text));
        *row = AccountRow {
            email,
            person,
            domain,
            company,
            text,
            line: row.line,
            cells: std::mem::take(&mut row.cells),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(text: &str) -> Result<Accounts, FileError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts.csv");
        std::fs::write(&path, text).unwrap();
        Accounts::open(&path)
    }

    #[test]
    fn the_columns_that_name_an_account_are_found_and_the_rows_stay_as_they_are() {
        let found = accounts(
            "Region;Account Name;Website;Owner\n\"DE;AT\";Globex GmbH; globex.example ;Ana\n;;;\nFR;Initech;;\n",
        );
        let found = found.unwrap();
        assert_eq!(found.headers, ["Region", "Account Name", "Website", "Owner"]);
        let first = AccountRow {
            line: 2,
            cells: ["DE;AT", "Globex GmbH", " globex.example ", "Ana"].map(String::from).to_vec(),
            company: Some("Globex GmbH".to_owned()),
            domain: Some("globex.example".to_owned()),
            ..AccountRow::default()
        };
        assert_eq!(found.rows[0], first);
        assert_eq!((found.rows.len(), found.rows[1].line), (2, 4));
    }

    #[test]
    fn first_and_last_name_are_one_person() {
        let found = accounts("Last Name,First Name,Company\nSilva,Ana,Globex\n").unwrap();
        assert_eq!(found.rows[0].person.as_deref(), Some("Ana Silva"));
    }

    #[test]
    fn one_column_without_a_header_is_one_account_on_each_line() {
        let found = accounts("Globex\nInitech\nana@umbra.example\n").unwrap();
        let texts: Vec<_> = found.rows.iter().map(|row| row.text.as_deref().unwrap()).collect();
        assert_eq!(texts, ["Globex", "Initech", "ana@umbra.example"]);
        assert_eq!(found.headers, ["account"]);
    }

    #[test]
    fn a_table_that_names_no_account_is_refused_with_what_to_do() {
        let refused = accounts("Colour,Size\nred,3\n").unwrap_err().to_string();
        assert!(refused.contains("call one `company`"), "{refused}");
    }
}
