//! Addresses that are asked for documents.

use std::{fmt, net::IpAddr};

/// The longest address, in bytes.
const BYTES_MAX: usize = 2_000;

/// The address of a document: by https, or by http on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(Box<str>);

impl WebAddress {
    /// Checks an address, and keeps it to the letter.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| format!("`{text}` is no address such as https://login.example.org"))?;
        if text.len() > BYTES_MAX {
            return Err(format!("that is longer than {BYTES_MAX} bytes"));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let strange = |c: char| !c.is_ascii_graphic() || "\\\"<>^`{|}#".contains(c);
        if host_of(authority).is_empty() || authority.contains('@') || text.contains(strange) {
            return Err(format!("`{}` is no plain address of a server", text.escape_debug()));
        }
        match scheme {
            "https" => {}
            "http" if is_loopback(authority) => {}
            "http" => {
                return Err(format!(
                    "`{text}` can be changed on the way: take https (http is for this machine alone)"
                ));
            }
            other => return Err(format!("`{other}` is not asked for documents: take https")),
        }
        Ok(Self(text.into()))
    }

    /// The address, to the letter.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether what it answers cannot be changed on the way.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Whether it is of this machine.
    pub fn is_of_this_machine(&self) -> bool {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        is_loopback(rest.split(['/', '?']).next().unwrap_or_default())
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a host, with or without a port, is this machine by its name alone.
pub fn is_loopback(authority: &str) -> bool {
    let host = host_of(authority);
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A host without its port.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_asked() {
        for fine in [
            "https://login.example.org",
            "https://login.example.org:8443/realms/team",
            "https://login.example.org/keys?p=sign-in",
            "http://127.0.0.1:9000/",
            "http://localhost",
            "http://[::1]:9000/keys",
        ] {
            assert_eq!(WebAddress::new(fine).unwrap().as_str(), fine);
        }
        for (wrong, why) in [
            ("login.example.org", "no address such as"),
            ("http://login.example.org", "take https"),
            ("http://localhost.example.org", "take https"),
            ("http://127.0.0.1@evil.example", "no plain address"),
            ("http://127.0.0.1\\@evil.example/", "no plain address"),
            ("https://ana:secret@login.example.org", "no plain address"),
            ("https://", "no plain address"),
            ("https://login.example.org/#top", "no plain address"),
            ("https://login.example.org/a b", "no plain address"),
            ("file:///etc/passwd", "no plain address"),
            ("ftp://login.example.org", "take https"),
        ] {
            let said = WebAddress::new(wrong).unwrap_err();
            assert!(said.contains(why), "{wrong}: {said}");
        }
    }

    #[test]
    fn an_address_knows_whether_it_is_of_this_machine() {
        let here = |text| WebAddress::new(text).unwrap().is_of_this_machine();
        assert!(here("http://127.0.0.1:9000/x") && here("https://localhost?x"));
        assert!(!here("https://login.example.org/localhost"));
    }
}
