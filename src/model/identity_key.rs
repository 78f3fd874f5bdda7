//! The keys by which two people, or two companies, may be one.

use super::{AnyId, Claim, Holder, fold};

/// Legal forms, folded and without spaces; of a name, those at its end fall away.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "doo",
    "ev",
    "eurl",
    "gbr",
    "ggmbh",
    "gmbh",
    "gmbhcokg",
    "hf",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "kk",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sab",
    "sadecv",
    "sarl",
    "sas",
    "sasu",
    "sas",
    "se",
    "sl",
    "slu",
    "spa",
    "spj",
    "spk",
    "spzoo",
    "sro",
    "srl",
    "srls",
    "stiftung",
    "ug",
    "unltd",
    "vof",
    "zrt",
];

/// How many words a legal form has at most, such as *Sp. z o.o.* and *S. à r. l.*
const LEGAL_WORDS_MAX: usize = 4;

/// A company's name as names are compared: folded, and without the legal forms at its end.
///
/// A name that is nothing but legal forms stays whole.
pub fn company_key(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    while let Some(kept) = without_legal_form(&words) {
        words.truncate(kept);
    }
    words.join(" ")
}

/// How many words are left once the longest legal form at the end is gone.
fn without_legal_form(words: &[&str]) -> Option<usize> {
    let longest = LEGAL_WORDS_MAX.min(words.len().saturating_sub(1));
    (1..=longest).rev().find_map(|count| {
        let kept = words.len() - count;
        LEGAL_FORMS.contains(&words[kept..].concat().as_str()).then_some(kept)
    })
}

/// The part of a domain that names its owner: `globex` of `mail.globex.co.uk`.
///
/// Second-level registries are told by their shortness: `co`, `com`, `ac` and their like before a
/// country's two letters.
pub fn domain_label(domain: &str) -> &str {
    let labels: Vec<&str> = domain.split('.').collect();
    let registry = match labels.as_slice() {
        [.., second, country] if country.len() == 2 && second.len() <= 3 && labels.len() > 2 => 2,
        _ => 1,
    };
    labels.len().checked_sub(registry + 1).map_or(domain, |at| labels[at])
}

impl Claim {
    /// The keys by which this says who somebody, or which company, is: identifiers as
    /// [`Identifier::key`](super::Identifier::key) writes them, domains as `domain:globex.example`,
    /// names, full ones of people and those of companies and domains' owners, as `name:globex`, and
    /// what somebody said of two, as `same:…:…` or `apart:…:…`.
    pub fn identity_keys(&self) -> Vec<(Holder, String)> {
        match self {
            Self::PersonIdentifier { person, identifier } => {
                vec![(Holder::Person(*person), identifier.key())]
            }
            Self::CompanyIdentifier { company, identifier } => {
                vec![(Holder::Company(*company), identifier.key())]
            }
            Self::PersonName { person, name } => {
                let folded = fold(name.as_str());
                let full = folded.contains(' ').then(|| format!("name:{folded}"));
                full.into_iter().map(|key| (Holder::Person(*person), key)).collect()
            }
            Self::CompanyName { company, name } => {
                vec![(Holder::Company(*company), format!("name:{}", company_key(name.as_str())))]
            }
            Self::CompanyDomain { company, domain } => {
                let label = fold(domain_label(domain.as_str()));
                let keys = [format!("domain:{}", domain.as_str()), format!("name:{label}")];
                keys.map(|key| (Holder::Company(*company), key)).into()
            }
            Self::Identity { one, other, same } => {
                let what = if *same { "same" } else { "apart" };
                let key = format!("{what}:{}:{}", AnyId::from(*one), AnyId::from(*other));
                vec![(*one, key.clone()), (*other, key)]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legal_forms_at_the_end_fall_away() {
        for name in [
            "Globex",
            "GLOBEX Inc.",
            "Globex GmbH & Co. KG",
            "Globex Sp. z o.o.",
            "globex S.à r.l.",
        ] {
            assert_eq!(company_key(name), "globex", "{name}");
        }
        assert_eq!(company_key("Co. KG"), "co", "a name does not vanish");
        assert_eq!(company_key("AG Systems"), "ag systems");
        assert_eq!(company_key("Bäckerei Öz AG"), "backerei oz");
    }

    #[test]
    fn the_owner_of_a_domain_is_the_label_before_the_registry() {
        for (domain, label) in [
            ("globex.example", "globex"),
            ("mail.globex.co.uk", "globex"),
            ("globex.com.au", "globex"),
            ("t.co", "t"),
            ("globex.de", "globex"),
            ("eu.globex.de", "globex"),
        ] {
            assert_eq!(domain_label(domain), label, "{domain}");
        }
    }
}
