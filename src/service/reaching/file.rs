//! Somebody's file of accounts, and the same with answers beside its rows.

use std::{io, path::Path};

use crate::{
    formats::table::{AccountRow, Accounts, AnswerFile},
    service::{ServiceError, ServiceResult, in_background},
};

use super::AccountName;

/// A file of accounts, answered row by row.
#[derive(Debug)]
pub struct AccountFile {
    accounts: Accounts,
    answers: Option<AnswerFile>,
    answered: usize,
}

impl AccountFile {
    /// Reads a file of accounts.
    ///
    /// # Errors
    /// `Invalid` when it cannot be read, or no column of it names an account.
    pub async fn open(path: &Path) -> ServiceResult<Self> {
        let path = path.to_owned();
        let open = in_background(move || {
            Accounts::open(&path).map_err(|error| ServiceError::invalid("accounts", error))
        });
        Ok(Self { accounts: open.await?, answers: None, answered: 0 })
    }

    /// Whom each row names, in their order.
    pub fn names(&self) -> impl Iterator<Item = AccountName> {
        self.accounts.rows.iter().map(AccountName::of_row)
    }

    /// Begins the file of the answers: the columns that there are, and these.
    ///
    /// # Errors
    /// `Invalid` where there is such a file already, or none can be written.
    pub fn begin_answers(&mut self, output: &Path, columns: &[&str]) -> ServiceResult<()> {
        let headers = self.accounts.headers.iter().map(String::as_str);
        let file = AnswerFile::create(output, headers.chain(columns.iter().copied()));
        self.answers = Some(file.map_err(|error| unwritten(output, &error))?);
        Ok(())
    }

    /// Answers the next row.
    ///
    /// # Errors
    /// `Invalid` when the file cannot be written.
    pub fn answer(&mut self, output: &Path, cells: &[String]) -> ServiceResult<()> {
        let row = self.accounts.rows.get(self.answered);
        self.answered += 1;
        if let (Some(file), Some(row)) = (&mut self.answers, row) {
            let own = row.cells.iter().chain(cells).map(String::as_str);
            file.add(own).map_err(|error| unwritten(output, &error))?;
        }
        Ok(())
    }

    /// Gives the file of the answers its name.
    ///
    /// # Errors
    /// As [`Self::answer`].
    pub fn finish(self, output: &Path) -> ServiceResult<()> {
        let Some(file) = self.answers else { return Ok(()) };
        file.finish().map_err(|error| unwritten(output, &error))
    }
}

fn unwritten(output: &Path, error: &io::Error) -> ServiceError {
    ServiceError::invalid("output", format!("{}: {error}", output.display()))
}

impl AccountName {
    fn of_row(row: &AccountRow) -> Self {
        Self {
            id: None,
            email: row.email.clone(),
            person: row.person.clone(),
            domain: row.domain.clone(),
            company: row.company.clone(),
            text: row.text.clone(),
        }
    }
}
