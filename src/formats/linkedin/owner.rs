//! Whose archive it is.

use super::{
    parts::{Kind, Part},
    sheet::{Sheet, full_name, is_personal},
};
use crate::{
    formats::{Party, table::values},
    model::{Identifier, MailAddress, Name, ProfileUrl, fold},
};

/// So many rows of a file are looked at to find the owner.
const ROWS_MAX: usize = 1_000;

/// Whose archive it is, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owner {
    /// The name on the profile.
    pub name: Option<Name>,
    /// The confirmed addresses.
    pub emails: Vec<MailAddress>,
    /// The profile page: the archive does not say it, but messages and invitations do.
    pub profile: Option<ProfileUrl>,
}

impl Owner {
    /// Everything by which the owner is known, after what the caller knows.
    pub(super) fn party(&self, known: Option<Party>) -> Party {
        let mut party = known.unwrap_or_default();
        party.name = party.name.or_else(|| self.name.clone());
        let emails = self.emails.iter().cloned().map(Identifier::Mail);
        for identifier in emails.chain(self.profile.clone().map(Identifier::Profile)) {
            if party.identifiers.iter().all(|found| found.key() != identifier.key()) {
                party.identifiers.push(identifier);
            }
        }
        party
    }
}

/// Finds the owner in the files that tell.
pub(super) fn find(parts: &[Part]) -> Owner {
    let mut owner = Owner::default();
    for part in parts {
        match part.kind {
            Kind::Profile => read(part, &["first name"], |sheet, row| {
                let names = ["first name", "last name"].map(|key| sheet.cell(row, key));
                owner.name = owner.name.take().or(Name::new(&full_name(names[0], names[1])).ok());
            }),
            Kind::EmailAddresses => read(part, &["email address"], |sheet, row| {
                let is_confirmed = !sheet.cell(row, "confirmed").eq_ignore_ascii_case("no");
                let address = MailAddress::new(sheet.cell(row, "email address"));
                owner.emails.extend(address.ok().filter(|_| is_confirmed));
            }),
            _ => {}
        }
    }
    let name = owner.name.as_ref().map(|name| fold(name.as_str()));
    for part in parts {
        let mut found = None;
        match part.kind {
            Kind::Invitations => read(part, &["direction"], |sheet, row| {
                let key = match sheet.cell(row, "direction").to_lowercase().as_str() {
                    "outgoing" => "inviterprofileurl",
                    "incoming" => "inviteeprofileurl",
                    _ => return,
                };
                found = found.take().or(values::profile(sheet.cell(row, key)).ok());
            }),
            Kind::Messages => {
                read(part, &["from", "sender profile url"], |sheet, row| {
                    let url = sheet.cell(row, "sender profile url");
                    let is_owner = name.as_deref() == Some(&*fold(sheet.cell(row, "from")));
                    if is_owner && is_personal(url) {
                        found = found.take().or(values::profile(url).ok());
                    }
                });
            }
            _ => {}
        }
        owner.profile = owner.profile.take().or(found);
    }
    owner
}

/// Looks at the first rows of a file; one that cannot be read tells nothing, and is told of when
/// its turn comes.
fn read(
    part: &Part,
    wanted: &[&str],
    mut look: impl FnMut(&Sheet, &crate::formats::table::split::Row),
) {
    let Ok(mut sheet) = Sheet::open(&part.open, wanted) else { return };
    for _ in 0..ROWS_MAX {
        match sheet.next_row() {
            Some(Ok(row)) => look(&sheet, &row),
            Some(Err(_)) => {}
            None => return,
        }
    }
}
