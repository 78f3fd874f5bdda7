//! Names folded into keys, so that a search forgives case, accents, scripts and a typo.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// The most characters of one text that make keys; the rest adds nothing to a search.
const FOLDED_CHARS_MAX: usize = 240;

/// Folds a text to lower-case Latin letters, digits and single spaces.
///
/// Scripts are transliterated (Ελίφ becomes eliph, Søren becomes soren), accents fall away, and
/// whatever is neither letter nor digit parts words.
pub fn fold(text: &str) -> String {
    let bounded: String = text.nfkc().take(FOLDED_CHARS_MAX).collect();
    // An apostrophe belongs to its word: O'Brien is found as obrien.
    let latin = deunicode::deunicode(&bounded).to_lowercase().replace('\'', "");
    let words = latin.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The keys of a text: each folded word as `w:word`, and the groups of three letters of each
/// word, its two borders included, as `g:^el`, `g:eli`, `g:lif`, `g:if$`.
///
/// Both stores keep these keys as they are, and so find the same.
pub fn search_keys(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let mut keys = BTreeSet::new();
    for word in folded.split(' ').filter(|word| !word.is_empty()) {
        keys.insert(format!("w:{word}"));
        keys.extend(trigrams(word).map(|gram| format!("g:{gram}")));
    }
    keys
}

/// The keys of the words of a text alone: `w:word`.
pub fn word_keys(text: &str) -> BTreeSet<String> {
    let folded = fold(text);
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words.map(|word| format!("w:{word}")).collect()
}

/// The groups of three letters of a folded word between `^` and `$`.
pub fn trigrams(word: &str) -> impl Iterator<Item = String> {
    let bordered: Vec<char> =
        std::iter::once('^').chain(word.chars()).chain(std::iter::once('$')).collect();
    (0..bordered.len().saturating_sub(2)).map(move |at| bordered[at..at + 3].iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_scripts_fold_away() {
        assert_eq!(fold("  ÉLIF  Yılmaz-Öz "), "elif yilmaz oz");
        assert_eq!(fold("Ελίφ"), "eliph");
        assert_eq!(fold("Дмитрий"), fold("Dmitrii"));
        assert_eq!(fold("O’Brien"), "obrien");
        assert_eq!(fold("Ｆｕｌｌ"), "full");
        assert_eq!(fold("!!!"), "");
    }

    #[test]
    fn a_typo_keeps_most_keys() {
        let right = search_keys("Jonas");
        let wrong = search_keys("Jonsa");
        assert!(right.intersection(&wrong).count() >= 2, "{right:?} {wrong:?}");
        assert_eq!(trigrams("elif").collect::<Vec<_>>(), ["^el", "eli", "lif", "if$"]);
    }

    #[test]
    fn a_text_without_end_makes_few_keys() {
        assert!(search_keys(&"abcdefghij ".repeat(20_000)).len() < 400);
    }
}
