//! The files of an archive, in a ZIP or in a folder.

use std::path::Path;

use crate::formats::{FileError, files, table::Source};

/// What a file of an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Profile,
    EmailAddresses,
    Positions,
    Connections,
    Invitations,
    Messages,
    CompanyFollows,
}

/// One file that can be read, any number of times.
pub(super) struct Part {
    pub(super) kind: Kind,
    /// Its path inside the archive.
    pub(super) name: String,
    pub(super) open: Source,
}

/// The files that are known, in the order in which they are read, and the names of the others.
pub(super) fn list(path: &Path) -> Result<(Vec<Part>, Vec<String>), FileError> {
    let (found, others) = files::list(path, &|name| kind_of(name).is_some())?;
    let part = |(name, open): (String, Source)| Some(Part { kind: kind_of(&name)?, name, open });
    let mut parts: Vec<Part> = found.into_iter().filter_map(part).collect();
    parts.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    Ok((parts, others))
}

/// What a file holds, by its name: without folders, ending and the number of a member.
fn kind_of(name: &str) -> Option<Kind> {
    let base = name.rsplit(['/', '\\']).next()?.to_lowercase();
    let stem = base.strip_suffix(".csv")?;
    let stem = match stem.rsplit_once('_') {
        Some((stem, id)) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => stem,
    };
    Some(match stem.replace('_', " ").trim() {
        "profile" => Kind::Profile,
        "email addresses" => Kind::EmailAddresses,
        "positions" => Kind::Positions,
        "connections" => Kind::Connections,
        "invitations" => Kind::Invitations,
        "messages" => Kind::Messages,
        "company follows" => Kind::CompanyFollows,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_name_wherever_it_lies() {
        for (name, wanted) in [
            ("Connections.csv", Some(Kind::Connections)),
            ("Basic_LinkedInDataExport/Email Addresses.csv", Some(Kind::EmailAddresses)),
            ("a b\\messages_123456.csv", Some(Kind::Messages)),
            ("guide_messages.csv", None),
            ("learning_role_play_messages.csv", None),
            ("LearningCoachMessages.csv", None),
            ("messages.html", None),
        ] {
            assert_eq!(kind_of(name), wanted, "{name}");
        }
    }
}
