//! Domains at which anybody can have an address: they name no company.

use super::{Domain, MailAddress, domain_label};

/// Providers that are met under many countries' endings, by the label of their domain.
const LABELS: &[&str] = &[
    "aol",
    "arcor",
    "bigpond",
    "bluewin",
    "btinternet",
    "charter",
    "comcast",
    "cox",
    "daum",
    "duck",
    "earthlink",
    "fastmail",
    "freenet",
    "gmail",
    "gmx",
    "googlemail",
    "hey",
    "hotmail",
    "hushmail",
    "icloud",
    "inbox",
    "laposte",
    "libero",
    "live",
    "mailbox",
    "mailfence",
    "mailinator",
    "mindspring",
    "msn",
    "naver",
    "netcourrier",
    "netscape",
    "netzero",
    "ntlworld",
    "onet",
    "orange",
    "outlook",
    "pobox",
    "posteo",
    "prodigy",
    "proton",
    "protonmail",
    "qq",
    "rambler",
    "rediffmail",
    "riseup",
    "rocketmail",
    "rogers",
    "sbcglobal",
    "seznam",
    "shaw",
    "sina",
    "sky",
    "sympatico",
    "talktalk",
    "telus",
    "tiscali",
    "tuta",
    "tutanota",
    "verizon",
    "virgilio",
    "virginmedia",
    "wanadoo",
    "wp",
    "yahoo",
    "yandex",
    "ymail",
    "zoho",
];

/// Other providers, whole.
const DOMAINS: &[&str] = &[
    "126.com",
    "139.com",
    "163.com",
    "188.com",
    "21cn.com",
    "alice.it",
    "aliyun.com",
    "att.net",
    "bellsouth.net",
    "bk.ru",
    "blueyonder.co.uk",
    "cegetel.net",
    "centrum.cz",
    "club-internet.fr",
    "email.com",
    "email.cz",
    "email.de",
    "email.it",
    "foxmail.com",
    "free.fr",
    "frontier.com",
    "hanmail.net",
    "home.nl",
    "in.gr",
    "interia.pl",
    "juno.com",
    "kpnmail.nl",
    "list.ru",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ee",
    "mail.ru",
    "me.com",
    "mweb.co.za",
    "neuf.fr",
    "numericable.fr",
    "o2.pl",
    "online.de",
    "online.no",
    "optonline.net",
    "optusnet.com.au",
    "pm.me",
    "poczta.onet.pl",
    "roadrunner.com",
    "rr.com",
    "sapo.pt",
    "sfr.fr",
    "skynet.be",
    "sohu.com",
    "swissonline.ch",
    "t-online.de",
    "telenet.be",
    "terra.com.br",
    "tin.it",
    "tlen.pl",
    "tom.com",
    "ukr.net",
    "uol.com.br",
    "users.noreply.github.com",
    "vodafone.it",
    "vp.pl",
    "web.de",
    "windowslive.com",
    "windstream.net",
    "xs4all.nl",
    "xtra.co.nz",
    "ziggo.nl",
];

/// Whether anybody can have an address at a domain. The lists that are published have ten thousand
/// entries; these are the ones that are met.
pub fn is_free_mail(domain: &str) -> bool {
    DOMAINS.binary_search(&domain).is_ok() || LABELS.binary_search(&domain_label(domain)).is_ok()
}

/// The domain of the company of whoever has an address, without what stands before its owner's
/// name: `globex.example` for `ana@mail.globex.example`. Nothing for free mail.
pub fn company_domain(address: &MailAddress) -> Option<Domain> {
    let folded = address.folded();
    let (_, domain) = folded.rsplit_once('@')?;
    if is_free_mail(domain) {
        return None;
    }
    let label = domain_label(domain);
    let at = domain.rfind(&format!(".{label}.")).map_or(0, |at| at + 1);
    Domain::new(&domain[at..]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        assert!(LABELS.is_sorted() && DOMAINS.is_sorted());
    }

    #[test]
    fn free_mail_names_no_company_and_what_stands_before_the_owner_falls_away() {
        let company = |text: &str| {
            company_domain(&MailAddress::new(text).unwrap())
                .map(|domain| domain.as_str().to_owned())
        };
        for free in ["ana@gmail.com", "ana@yahoo.co.uk", "ana@t-online.de", "ana@GMX.at"] {
            assert_eq!(company(free), None, "{free}");
        }
        assert_eq!(company("ana@globex.example").as_deref(), Some("globex.example"));
        assert_eq!(company("ana@mail.eu.Globex.co.uk").as_deref(), Some("globex.co.uk"));
        assert_eq!(company("ana@globex.globex.de").as_deref(), Some("globex.de"));
    }
}
