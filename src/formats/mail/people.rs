//! Who is named in a header's fields of addresses.

use std::collections::HashSet;

use mail_parser::{Addr, HeaderValue, parsers::MessageStream};

use super::words;
use crate::{
    formats::Party,
    model::{Identifier, MailAddress, Name},
};

/// Words of ours around an address, by which archives hide it from collectors.
const AT: [&str; 6] = [" at ", "(at)", "[at]", "<at>", "{at}", " AT "];

/// The same for its dots.
const DOT: [&str; 6] = [" dot ", "(dot)", "[dot]", "<dot>", "{dot}", " DOT "];

/// An address with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: Option<Name>,
    pub(super) address: MailAddress,
    /// Whether the name says that the message came by way of a list or a service.
    pub(super) is_via: bool,
}

impl Named {
    /// The person whom it names.
    pub(super) fn into_party(self) -> Party {
        Party { name: self.name, identifiers: vec![Identifier::Mail(self.address)] }
    }
}

/// The addresses in a field, groups opened; what is no address is passed over.
pub(super) fn addresses(value: &[u8]) -> Vec<Named> {
    let text = words::readable(value);
    let plain = if text.contains('@') { text } else { revealed(&text).into() };
    // A parser of one line: it ends at the first line that is not folded.
    let line = format!("{}\n", plain.replace(['\n', '\r', '\0'], " "));
    match MessageStream::new(line.as_bytes()).parse_address() {
        HeaderValue::Address(addresses) => addresses.iter().filter_map(named).collect(),
        _ => Vec::new(),
    }
}

/// The same people, each address once.
pub(super) fn each_once(all: impl IntoIterator<Item = Named>) -> Vec<Named> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|named| seen.insert(named.address.folded())).collect()
}

fn named(addr: &Addr<'_>) -> Option<Named> {
    let name = addr.name.as_deref().unwrap_or_default();
    let text = addr.address.as_deref().unwrap_or(name);
    // Some archives lose the brackets: `Ana Silva ana@alt.example`.
    let (before, last) = text.trim().rsplit_once(' ').unwrap_or(("", text));
    let before = if addr.address.is_some() { before } else { "" };
    let name = format!("{name} {before}");
    let address = address(last).or_else(|| text.split_whitespace().find_map(address))?;
    let via = [" via ", " (via "].iter().find_map(|word| name.find(word));
    let name = via.map_or(name.as_str(), |at| &name[..at]);
    Some(Named { name: clean_name(name, &address), address, is_via: via.is_some() })
}

/// An address, where brackets, `mailto:` and what lists do to it are taken off.
fn address(text: &str) -> Option<MailAddress> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "<>()[];,'\"".contains(c));
    let text = text.strip_prefix("mailto:").unwrap_or(text).trim_end_matches('.');
    let (local, host) = text.rsplit_once('@')?;
    // A list that may not send in the name of a domain writes so.
    let lower = host.to_ascii_lowercase();
    if let Some(real) = lower.strip_suffix(".invalid").filter(|real| real.contains('.')) {
        return MailAddress::new(&format!("{local}@{}", &host[..real.len()])).ok();
    }
    let hidden = local.rsplit_once("=40").or_else(|| local.rsplit_once('='));
    if let Some((name, real)) = hidden.filter(|_| lower.starts_with("dmarc.")) {
        return MailAddress::new(&format!("{name}@{real}")).ok();
    }
    MailAddress::new(text).ok()
}

/// A name as it is written beside an address, or none where it only repeats it.
fn clean_name(name: &str, address: &MailAddress) -> Option<Name> {
    let trimmed = name.trim_matches(|c: char| c.is_whitespace() || "'\"<>;,".contains(c));
    let repeats = trimmed.contains('@') || trimmed.eq_ignore_ascii_case(address.as_str());
    let says_something = trimmed.chars().any(char::is_alphabetic);
    if repeats || !says_something { None } else { Name::new(trimmed).ok() }
}

/// `ana at alt dot example` as `ana@alt.example`, in each part between commas of which exactly one
/// address can be made.
fn revealed(text: &str) -> String {
    let parts = text.split(',').map(|part| {
        let mut open = part.to_owned();
        for word in AT {
            open = open.replace(word, "@");
        }
        for word in DOT {
            open = open.replace(&format!(" {} ", word.trim()), ".").replace(word, ".");
        }
        open = open.replace(" @", "@").replace("@ ", "@");
        let has_address = |word: &str| {
            address(word)
                .is_some_and(|it| it.as_str().rsplit('@').next().unwrap_or("").contains('.'))
        };
        let addresses = open.split_whitespace().filter(|word| has_address(word)).count();
        let one = open.matches('@').count() == 1 && addresses == 1;
        if one { open } else { part.to_owned() }
    });
    parts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<String> {
        read_bytes(value.as_bytes())
    }

    fn read_bytes(value: &[u8]) -> Vec<String> {
        let show = |n: Named| match n.name {
            Some(name) => format!("{name} <{}>", n.address),
            None => n.address.to_string(),
        };
        addresses(value).into_iter().map(show).collect()
    }

    #[test]
    fn names_are_read_in_every_form() {
        for (value, wanted) in [
            ("\"Zolc, Lucja\" <l@alt.example>", "Zolc, Lucja <l@alt.example>"),
            ("\"Carol \\\"CJ\\\" Jones\" <c@alt.example>", "Carol \"CJ\" Jones <c@alt.example>"),
            ("l@alt.example (Lucja Zolc)", "Lucja Zolc <l@alt.example>"),
            ("'Ana Silva' <a@alt.example>", "Ana Silva <a@alt.example>"),
            ("\"a@alt.example\" <a@alt.example>", "a@alt.example"),
            (
                "=?UTF-8?Q?Z=C3=B6e_M=C3?= =?UTF-8?Q?=BCller?= <z@a.example>",
                "Zöe Müller <z@a.example>",
            ),
            ("\"=?UTF-8?Q?Z=C3=B6e?=\" <z@a.example>", "Zöe <z@a.example>"),
            ("=?utf-8?Q?Silva=2C Ana?= <a@alt.example>", "Silva, Ana <a@alt.example>"),
            ("=?iso-2022-jp?B?GyRCOzNFRBsoQg==?= <y@jp.example>", "山田 <y@jp.example>"),
            ("=?utf-8*de?B?WsO2ZQ==?= <z@a.example>", "Zöe <z@a.example>"),
            ("\"Silva, Ana\"          Ana.Silva@ALT.EXAMPLE", "Silva, Ana <Ana.Silva@ALT.EXAMPLE>"),
            ("Kang =?utf-8?Q?Z=C3=B6e?=     z@alt.example", "Kang Zöe <z@alt.example>"),
            ("=?utf-8?Q?Z=C3=B6e?= Kang     z@alt.example", "Zöe Kang <z@alt.example>"),
            ("Wang Li wang.li@ALT.EXAMPLE", "Wang Li <wang.li@ALT.EXAMPLE>"),
            ("Ana <mailto:a@alt.example>", "Ana <a@alt.example>"),
            ("Ana <a@alt.example.invalid>", "Ana <a@alt.example>"),
            ("Ana <ana=40alt.example@dmarc.list.example>", "Ana <ana@alt.example>"),
            ("Ana <ana=alt.example@dmarc.list.example>", "Ana <ana@alt.example>"),
        ] {
            assert_eq!(read(value).join(" | "), wanted, "{value}");
        }
        assert_eq!(
            read_bytes(b"J\xfcrgen Gro\xdf <j@alt.example>"),
            ["Jürgen Groß <j@alt.example>"]
        );
    }

    #[test]
    fn groups_are_opened_and_what_is_no_address_is_passed_over() {
        assert_eq!(
            read(
                "undisclosed-recipients:;, Partners: b@alt.example, \"C\" <c@alt.example>;, d@alt.example"
            ),
            ["b@alt.example", "C <c@alt.example>", "d@alt.example"]
        );
        assert_eq!(
            read("a@alt.example, broken@@address, <>, \"no domain\" <user>"),
            ["a@alt.example"]
        );
        assert_eq!(read("undisclosed-recipients:;"), [""; 0]);
    }

    #[test]
    fn a_hidden_address_is_revealed_where_only_one_can_be_meant() {
        for (value, wanted) in [
            ("ana at alt.example (Ana Silva)", "Ana Silva <ana@alt.example>"),
            ("ana at alt dot example", "ana@alt.example"),
            ("Ana Silva <ana at alt.example>", "Ana Silva <ana@alt.example>"),
            ("ana <at> alt.example", "ana@alt.example"),
            ("ana [at] alt [dot] example", "ana@alt.example"),
            ("Ana at home", ""),
            ("meet at noon at alt.example", ""),
        ] {
            assert_eq!(read(value).join(" | "), wanted, "{value}");
        }
    }

    #[test]
    fn a_name_that_came_by_way_of_a_list_says_so() {
        let read = addresses(b"\"Alice via partner-list\" <partner-list@lists.example>");
        assert!(read[0].is_via);
        assert_eq!(read[0].name.as_ref().unwrap().as_str(), "Alice");
    }
}
