//! What the text of a cell means.

use crate::model::{
    BadText, Closeness, Domain, EvidenceKind, Identifier, MailAddress, Probability, ProfileUrl,
    RelationKind, Tag, fold,
};

/// What parts several values in one cell of a contact file.
const MANY: &str = " ::: ";

/// A cell without the `'` that some program put before it against formula injection.
pub(in crate::formats) fn clean(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest)
            if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) =>
        {
            rest
        }
        _ => cell,
    }
}

/// A number with a point or a comma.
pub(in crate::formats) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let number = match (text.contains('.'), text.contains(',')) {
        (false, true) => text.replace(',', ".").parse::<f64>(),
        _ => text.parse::<f64>(),
    };
    number.ok().filter(|number| number.is_finite())
}

/// Several values of one cell, parted by `;`, ` ::: ` or, where neither is there, by a comma.
pub(in crate::formats) fn several(cell: &str) -> impl Iterator<Item = &str> {
    let parts: Vec<&str> = if cell.contains(MANY) {
        cell.split(MANY).collect()
    } else if cell.contains(';') {
        cell.split(';').collect()
    } else {
        cell.split(',').collect()
    };
    parts.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

/// The addresses of a cell, and what in it is none.
pub(in crate::formats) fn mails(cell: &str) -> (Vec<Identifier>, Vec<&str>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    // Addresses have no comma, but the names before them may.
    let parts = several(cell).flat_map(|part| {
        let mark = if part.matches('@').count() > 1 { ',' } else { '\n' };
        part.split(mark).map(str::trim).filter(|part| !part.is_empty())
    });
    for part in parts {
        let inner = part.rsplit_once('<').map_or(part, |(_, after)| after);
        let inner = inner.trim_end_matches('>').trim();
        let bare = inner.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:"));
        match MailAddress::new(bare.map_or(inner, |start| &inner[start.len()..])) {
            Ok(address) => good.push(Identifier::Mail(address)),
            Err(_) => bad.push(part),
        }
    }
    (good, bad)
}

/// The address of a profile page: percent signs decoded, so that two ways to write it are one.
///
/// # Errors
/// When it is none.
pub(in crate::formats) fn profile(text: &str) -> Result<ProfileUrl, BadText> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            bytes.push(high * 16 + low);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    ProfileUrl::new(std::str::from_utf8(&bytes).unwrap_or(text))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

/// Whether a spreadsheet has taken an id for a number and lost its end.
pub(in crate::formats) fn is_broken_id(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else { return false };
    number.contains(['.', ','])
        && power.starts_with('+')
        && number.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
}

/// The domain of a web address or a mail address.
pub(in crate::formats) fn domain(text: &str) -> Option<Domain> {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    Domain::new(host).ok()
}

/// A cell that means nothing else, as a word on somebody: cut where it is too long.
pub(in crate::formats) fn tag(header: &str, cell: &str) -> Option<Tag> {
    let text = if header.is_empty() { cell.to_owned() } else { format!("{header}: {cell}") };
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let short: String = words.join(" ").chars().take(Tag::CHARS_MAX).collect();
    Tag::new(&short).ok()
}

/// What happened, by the words that other programs use for it.
pub(in crate::formats) fn kind(text: &str) -> Option<EvidenceKind> {
    Some(match fold(text).replace(' ', "").as_str() {
        "mail" | "email" | "courriel" | "correo" => EvidenceKind::Mail,
        "message" | "chat" | "dm" | "sms" | "nachricht" | "mensaje" => EvidenceKind::Message,
        "listanswer" => EvidenceKind::ListAnswer,
        "call" | "phone" | "phonecall" | "video" | "anruf" | "appel" | "llamada" => {
            EvidenceKind::Call
        }
        "meeting" | "met" | "event" | "treffen" | "termin" | "reunion" => EvidenceKind::Meeting,
        "introduction" | "intro" => EvidenceKind::Introduction,
        "connection" | "connected" | "knows" | "linkedin" => EvidenceKind::Connection,
        _ => return None,
    })
}

/// How well two know each other: a word, or a number from 0 to 1.
pub(in crate::formats) fn closeness(text: &str) -> Option<Closeness> {
    Some(match fold(text).as_str() {
        "weak" | "met" | "schwach" | "faible" | "debil" => Closeness::Weak,
        "good" | "well" | "medium" | "gut" | "bon" | "bueno" => Closeness::Good,
        "close" | "strong" | "eng" | "stark" | "fort" | "fuerte" => Closeness::Close,
        _ => Closeness::Score(Probability::new(number(text)?).ok()?),
    })
}

/// How one company stands to another.
pub(in crate::formats) fn relation(text: &str) -> Option<RelationKind> {
    Some(match fold(text).as_str() {
        "partner" | "partnerin" | "partenaire" | "socio" => RelationKind::Partner,
        "customer" | "client" | "kunde" | "cliente" => RelationKind::Customer,
        "investor" | "investisseur" | "inversor" => RelationKind::Investor,
        "parent" | "owner" | "mutter" | "muttergesellschaft" => RelationKind::Parent,
        "integrates with" | "integration" | "integrates" => RelationKind::IntegratesWith,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_against_formulas_comes_off_and_an_apostrophe_stays() {
        assert_eq!(clean(" '=1+1"), "=1+1");
        assert_eq!(clean("'+49 170"), "+49 170");
        assert_eq!(clean("'t Hooft"), "'t Hooft");
    }

    #[test]
    fn a_comma_in_a_number_is_a_point() {
        assert_eq!(number("0,75"), Some(0.75));
        assert_eq!(number(" -3 "), Some(-3.0));
        assert_eq!((number("NaN"), number("1,000.5"), number("x")), (None, None, None));
    }

    #[test]
    fn several_addresses_in_a_cell_are_found_with_their_names() {
        let (good, bad) = mails("Ana <Ana@a.example> ::: mailto:b@a.example ::: /o=Exchange/cn=x");
        assert_eq!(good, ["Ana@a.example".parse().unwrap(), "b@a.example".parse().unwrap()]);
        assert_eq!(bad, ["/o=Exchange/cn=x"]);
        assert_eq!(mails("a@a.example, b@a.example;").0.len(), 2, "two marks in one cell");
        assert_eq!(several("a; b,c ;").collect::<Vec<_>>(), ["a", "b,c"]);
    }

    #[test]
    fn a_profile_page_is_one_with_and_without_percent_signs() {
        let plain = profile("https://www.linkedin.com/in/zoë-1a").unwrap();
        assert_eq!(profile("https://www.linkedin.com/in/zo%C3%AB-1a/?x=%20").unwrap(), plain);
        assert!(profile("100%").is_err());
    }

    #[test]
    fn an_id_that_a_spreadsheet_has_cut_is_known() {
        assert!(is_broken_id("1.00E+11") && is_broken_id("1,5e+9"));
        assert!(!is_broken_id("E+11") && !is_broken_id("100000000001") && !is_broken_id("1E5"));
    }

    #[test]
    fn words_of_other_programs_have_their_meaning() {
        assert_eq!(kind("E-Mail"), Some(EvidenceKind::Mail));
        assert_eq!(kind("Fax"), None);
        assert_eq!(closeness("Strong"), Some(Closeness::Close));
        assert_eq!(closeness("0,5"), Some(Closeness::Score(Probability::new(0.5).unwrap())));
        assert_eq!(closeness("7"), None);
        assert_eq!(relation("Kunde"), Some(RelationKind::Customer));
    }
}
