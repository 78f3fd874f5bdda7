//! Values to cells and back: what parts several, what hides a formula, what names an identifier.
//!
//! Several values of a cell are parted by ` ::: `. In a value `\` is `\\`, a `:::` has a `\` before
//! it, a control character is `\u` with four digits, and an apostrophe that would be taken for the
//! guard against formulas is `\'`. So no row has a line end inside, and no value can be taken for
//! two.

use crate::model::{
    Closeness, Day, EvidenceKind, Identifier, MailAddress, Probability, ProfileUrl, Reason,
    RelationKind, SystemName,
};

/// What parts several values of a cell.
pub(super) const MANY: &str = " ::: ";

/// What makes a spreadsheet take a cell for a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A value as it stands in a cell.
pub(super) fn escape(value: &str) -> String {
    let bare = value.trim_start_matches('\'');
    let like_a_guard = bare.len() < value.len() && bare.starts_with(FORMULA);
    let mut text = String::from(if like_a_guard { "\\" } else { "" });
    for (at, c) in value.char_indices() {
        match c {
            '\\' => text.push_str("\\\\"),
            ':' if value[at..].starts_with(":::") => text.push_str("\\:"),
            c if c.is_ascii_control() => text.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => text.push(c),
        }
    }
    text
}

/// The value of a piece of a cell. A `\` that [`escape`] would not have written stands for itself.
pub(super) fn unescape(piece: &str) -> String {
    let mut value = String::with_capacity(piece.len());
    let mut rest = piece;
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        let code = after.strip_prefix('u').and_then(|code| code.get(..4));
        let control = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        let (c, length) = match (after.as_bytes().first(), control) {
            (Some(&mark @ (b'\\' | b':' | b'\'')), _) => (mark, 1),
            (_, Some(control)) if control.is_ascii_control() => (control, 5),
            _ => (b'\\', 0),
        };
        value.push(char::from(c));
        rest = &after[length..];
    }
    value + rest
}

/// Several values as one cell.
pub(super) fn join<T>(values: &[T], text: impl Fn(&T) -> String) -> String {
    values.iter().map(|value| escape(&text(value))).collect::<Vec<_>>().join(MANY)
}

/// The values of a cell.
pub(super) fn several(cell: &str) -> impl Iterator<Item = String> {
    cell.split(MANY).map(str::trim).filter(|piece| !piece.is_empty()).map(unescape)
}

/// A cell that no spreadsheet takes for a formula; a plain number stays one.
pub(in crate::formats) fn guarded(cell: &str) -> String {
    let is_risky = cell.starts_with(FORMULA) && !is_plain_number(cell);
    if is_risky { format!("'{cell}") } else { cell.to_owned() }
}

/// A cell without the guard.
pub(super) fn unguarded(cell: &str) -> &str {
    let bare = cell.strip_prefix('\'').filter(|bare| bare.starts_with(FORMULA));
    bare.unwrap_or(cell)
}

fn is_plain_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

/// An identifier of any kind: `mail:…`, `profile:…`, `external:system:id`.
pub(super) fn identifier_text(identifier: &Identifier) -> String {
    match identifier {
        Identifier::Mail(address) => format!("mail:{address}"),
        Identifier::Profile(url) => format!("profile:{url}"),
        Identifier::External { system, id } => {
            let system = system.as_str().replace('\\', "\\\\").replace(':', "\\:");
            format!("external:{system}:{id}")
        }
    }
}

/// The identifier of a text.
///
/// # Errors
/// When it is none: the reason, for a person.
pub(super) fn identifier(text: &str) -> Result<Identifier, String> {
    let reason = |error: crate::model::BadText| error.to_string();
    let wrong = || format!("`{text}` is no identifier such as `mail:ana@example.org`");
    let (kind, value) = text.split_once(':').ok_or_else(wrong)?;
    match kind {
        "mail" => MailAddress::new(value).map(Identifier::Mail).map_err(reason),
        "profile" => ProfileUrl::new(value).map(Identifier::Profile).map_err(reason),
        "external" => {
            let (mut system, mut escaped) = (String::new(), false);
            for (at, c) in value.char_indices() {
                match c {
                    ':' if !escaped => {
                        let system = SystemName::new(&system).map_err(reason)?;
                        return Identifier::external(system, &value[at + 1..]).map_err(reason);
                    }
                    '\\' if !escaped => escaped = true,
                    c => {
                        system.push(c);
                        escaped = false;
                    }
                }
            }
            Err(wrong())
        }
        _ => Err(wrong()),
    }
}

/// How well two know each other, as a word or a number.
pub(super) fn closeness_text(closeness: Closeness) -> String {
    match closeness {
        Closeness::Weak => "weak".to_owned(),
        Closeness::Good => "good".to_owned(),
        Closeness::Close => "close".to_owned(),
        Closeness::Score(score) => score.value().to_string(),
    }
}

/// The closeness of a text.
pub(super) fn closeness(text: &str) -> Option<Closeness> {
    Some(match text {
        "weak" => Closeness::Weak,
        "good" => Closeness::Good,
        "close" => Closeness::Close,
        number => Closeness::Score(Probability::new(number.parse().ok()?).ok()?),
    })
}

/// What an owner says of a tie: how strong, until when, and why.
pub(super) fn override_text(strength: Probability, until: Day, reason: Option<&Reason>) -> String {
    let parts = [Some(strength.value().to_string()), Some(until.to_string())];
    let parts: Vec<String> =
        parts.into_iter().chain([reason.map(ToString::to_string)]).flatten().collect();
    join(&parts, String::clone)
}

/// The override of the values of a cell.
pub(super) fn overriding(values: &[String]) -> Option<EvidenceKind> {
    let [strength, until, reason @ ..] = values else { return None };
    let strength = Probability::new(strength.parse().ok()?).ok()?;
    let reason = match reason {
        [] => None,
        [reason] => Some(Reason::new(reason).ok()?),
        _ => return None,
    };
    Some(EvidenceKind::Override { strength, reason, until: until.parse().ok()? })
}

/// The kinds of evidence that speak for themselves.
const KINDS: [EvidenceKind; 7] = [
    EvidenceKind::Mail,
    EvidenceKind::Message,
    EvidenceKind::ListAnswer,
    EvidenceKind::Call,
    EvidenceKind::Meeting,
    EvidenceKind::Introduction,
    EvidenceKind::Connection,
];

/// The kind of evidence of this name.
pub(super) fn kind(name: &str) -> Option<EvidenceKind> {
    KINDS.into_iter().find(|kind| kind.name() == name)
}

const RELATIONS: [(RelationKind, &str); 5] = [
    (RelationKind::Partner, "partner"),
    (RelationKind::Customer, "customer"),
    (RelationKind::Investor, "investor"),
    (RelationKind::Parent, "parent"),
    (RelationKind::IntegratesWith, "integrates_with"),
];

/// How a relation is called in a file.
pub(super) fn relation_text(kind: RelationKind) -> &'static str {
    RELATIONS.into_iter().find(|(found, _)| *found == kind).map_or("", |(_, name)| name)
}

/// The relation of this name.
pub(super) fn relation(name: &str) -> Option<RelationKind> {
    RELATIONS.into_iter().find(|(_, found)| *found == name).map(|(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_value_holds_it_comes_back_and_is_one() {
        for value in [
            "Ana",
            "a ::: b",
            "a :::",
            "::: b",
            "::::::",
            "c:\\u0041\\n",
            "\\",
            "tab\tand\r\nlines\u{0}",
            "=1+1",
            "'=1+1",
            "''+x",
            "'t Hooft",
            "＝x",
            "\\'=x",
            "-5",
        ] {
            let cell = join(&["first", value], |value| (*value).to_owned());
            assert!(!cell.contains(['\n', '\r', '\0']));
            assert_eq!(several(&cell).collect::<Vec<_>>(), ["first", value], "{cell}");
            for alone in [guarded(&escape(value)), escape(value)] {
                assert_eq!(unescape(unguarded(&alone)), value, "{alone}");
            }
        }
    }

    #[test]
    fn formulas_get_a_guard_and_numbers_do_not() {
        for (cell, wanted) in [
            ("=1+1", "'=1+1"),
            ("+49 170", "'+49 170"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("－1", "'－1"),
            ("\tx", "'\tx"),
            ("-0.5", "-0.5"),
            ("+7", "+7"),
            ("-1.", "'-1."),
            ("Ana", "Ana"),
        ] {
            assert_eq!(guarded(cell), wanted);
        }
    }

    #[test]
    fn an_identifier_survives_its_text_whatever_its_system_is_called() {
        for system in ["crm", "a:b", "\\", "a\\:b:"] {
            let system = SystemName::new(system).unwrap();
            let id = Identifier::external(system, "7:8\\").unwrap();
            assert_eq!(identifier(&identifier_text(&id)), Ok(id));
        }
        assert!(identifier("external:crm").is_err() && identifier("ana@x.example").is_err());
    }
}
