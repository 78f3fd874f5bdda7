//! What the rows of each file tell.

use super::{
    Kind,
    sheet::{Sheet, full_name, is_personal, party},
};
use crate::{
    formats::{
        ContactKind, Firm, Job, Party, Record,
        table::{
            DateFormat,
            dates::{self, Found, NoDate},
            split::Row,
            values,
        },
    },
    model::{
        EvidenceKind, Identifier, Name, PARTICIPANTS_MAX, ProfileUrl, Span, Timestamp, Title, fold,
    },
};

/// A record, or why there is none. The reason is never a text of the file: that might be what
/// somebody wrote.
type Told = Result<Record, &'static str>;

const NO_DATE: &str = "its date cannot be read";

/// Reads rows of the archive of one owner.
pub(super) struct Reader {
    pub(super) owner: Party,
    pub(super) profile: Option<ProfileUrl>,
}

/// The columns without which a file is not what its name says.
pub(super) fn wanted(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Profile => &["first name", "last name"],
        Kind::EmailAddresses => &["email address"],
        Kind::Positions => &["company name"],
        Kind::Connections => &["first name", "last name", "connected on"],
        Kind::Invitations => &["from", "to", "sent at"],
        Kind::Messages => &["from", "to", "date"],
        Kind::CompanyFollows => &["organization"],
    }
}

fn excluded(reason: &'static str) -> Vec<Told> {
    vec![Ok(Record::Excluded { reason })]
}

/// A date as the archive writes it: where it is of numbers alone, the month comes first.
fn date(text: &str) -> Result<Found, NoDate> {
    dates::parse(text, Some(DateFormat::MonthFirst))
}

fn when(text: &str) -> Result<Timestamp, &'static str> {
    date(text).ok().and_then(Found::when).ok_or(NO_DATE)
}

impl Reader {
    pub(super) fn read(&self, kind: Kind, sheet: &Sheet, row: &Row) -> Vec<Told> {
        match kind {
            Kind::Profile => {
                let person = self.owner.clone();
                vec![Ok(Record::Person { person, jobs: Vec::new(), tags: Vec::new() })]
            }
            Kind::EmailAddresses => excluded("an address of the owner"),
            Kind::Positions => vec![self.position(sheet, row)],
            Kind::Connections => self.connection(sheet, row),
            Kind::Invitations => vec![self.invitation(sheet, row)],
            Kind::Messages => vec![self.message(sheet, row)],
            Kind::CompanyFollows => excluded("a company that is only followed"),
        }
    }

    fn position(&self, sheet: &Sheet, row: &Row) -> Told {
        let company = Name::new(sheet.cell(row, "company name")).map_err(|_| "no company")?;
        let day = |key: &str| match date(sheet.cell(row, key)) {
            Ok(found) => Ok(Some(found)),
            Err(NoDate::Blank) => Ok(None),
            Err(_) => Err(NO_DATE),
        };
        let from = day("started on")?.map(|found| found.first);
        let to = day("finished on")?.map(|found| found.last);
        let span = Span::new(from, to).map_err(|_| "it ends before it begins")?;
        let job = job(company, sheet.cell(row, "title"), span);
        Ok(Record::Person { person: self.owner.clone(), jobs: vec![job], tags: Vec::new() })
    }

    fn connection(&self, sheet: &Sheet, row: &Row) -> Vec<Told> {
        let name = full_name(sheet.cell(row, "first name"), sheet.cell(row, "last name"));
        let found = party(&name, sheet.cell(row, "url"));
        let (mails, _) = values::mails(sheet.cell(row, "email address"));
        if found.is_none() && mails.is_empty() {
            return excluded("a connection that shows nothing of itself");
        }
        let mut person = found.unwrap_or_default();
        person.identifiers.extend(mails);
        let company = Name::new(sheet.cell(row, "company")).ok();
        let jobs = company.map(|company| {
            // As of the day of the archive: since when is not known.
            job(company, sheet.cell(row, "position"), Span::default())
        });
        let contact = when(sheet.cell(row, "connected on")).map(|at| Record::Contact {
            kind: ContactKind::Plain(EvidenceKind::Connection),
            at,
            people: vec![self.owner.clone(), person.clone()],
        });
        let jobs = jobs.into_iter().collect();
        vec![Ok(Record::Person { person, jobs, tags: Vec::new() }), contact]
    }

    /// An invitation with a word is a message; one without is a click.
    fn invitation(&self, sheet: &Sheet, row: &Row) -> Told {
        let at = when(sheet.cell(row, "sent at"))?;
        if sheet.cell(row, "message").is_empty() {
            return Ok(Record::Excluded { reason: "an invitation without a word" });
        }
        let from = self.party(sheet.cell(row, "from"), sheet.cell(row, "inviterprofileurl"));
        let to = self.party(sheet.cell(row, "to"), sheet.cell(row, "inviteeprofileurl"));
        message(at, from, to.into_iter().collect())
    }

    fn message(&self, sheet: &Sheet, row: &Row) -> Told {
        let sender = sheet.cell(row, "sender profile url");
        let excluded = if ["is message draft", "is conversation draft"]
            .iter()
            .any(|key| sheet.says_yes(row, key))
        {
            Some("a draft")
        } else if !is_personal(sender) {
            Some("an advertisement")
        } else if sheet.cell(row, "folder").eq_ignore_ascii_case("spam") {
            Some("spam")
        } else {
            None
        };
        if let Some(reason) = excluded {
            return Ok(Record::Excluded { reason });
        }
        let at = when(sheet.cell(row, "date"))?;
        let from = self.party(sheet.cell(row, "from"), sender);
        let (names, urls) = (sheet.cell(row, "to"), sheet.cell(row, "recipient profile urls"));
        let urls: Vec<&str> = values::several(urls).collect();
        let split: Vec<&str> = names.split(',').map(str::trim).collect();
        let names = match urls.len() {
            0 | 1 => vec![names],
            count if split.len() == count => split,
            count => vec![""; count],
        };
        let urls = urls.into_iter().chain(std::iter::repeat(""));
        let people = names.into_iter().zip(urls).filter(|(_, url)| is_personal(url));
        let to = people.filter_map(|(name, url)| self.party(name, url)).collect();
        message(at, from, to)
    }

    /// Somebody by name and page: the owner by everything that is known of them.
    fn party(&self, name: &str, url: &str) -> Option<Party> {
        let found = party(name, url)?;
        let page = found.identifiers.first();
        let is_owner = match (page, &self.profile) {
            (Some(Identifier::Profile(page)), Some(profile)) => page == profile,
            (None, _) => same_name(found.name.as_ref(), self.owner.name.as_ref()),
            _ => false,
        };
        Some(if is_owner { self.owner.clone() } else { found })
    }
}

fn same_name(a: Option<&Name>, b: Option<&Name>) -> bool {
    a.zip(b).is_some_and(|(a, b)| fold(a.as_str()) == fold(b.as_str()))
}

fn message(at: Timestamp, from: Option<Party>, to: Vec<Party>) -> Told {
    let Some(from) = from else {
        return Ok(Record::Excluded { reason: "from somebody whose account is closed" });
    };
    let mut people = vec![from];
    for party in to {
        if !people.contains(&party) {
            people.push(party);
        }
    }
    match people.len() {
        1 => Ok(Record::Excluded { reason: "to nobody who is known" }),
        count if count > PARTICIPANTS_MAX => Err("it names more people than can be taken"),
        _ => Ok(Record::Contact { kind: ContactKind::Plain(EvidenceKind::Message), at, people }),
    }
}

fn job(company: Name, title: &str, span: Span) -> Job {
    let company = Firm { name: Some(company), ..Firm::default() };
    Job { company, title: Title::new(title).ok(), span }
}
