//! A title as folded words, with what parts them.

use std::ops::Range;

use crate::model::fold;

/// The most words of a title that are looked at.
const WORDS_MAX: usize = 64;

/// What lies between a word and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A space, or a hyphen inside a compound.
    None,
    /// A comma, a bracket, a dash.
    Soft,
    /// A slash, a bar, a semicolon.
    Hard,
}

/// One word of a title.
#[derive(Debug)]
pub(super) struct Word {
    /// The folded word, then other ways to write it: without a female ending, with ä for ae.
    pub(super) forms: Vec<String>,
    /// Its bytes in the title.
    pub(super) range: Range<usize>,
    /// What parts it from the word before.
    pub(super) gap: Gap,
    /// Whether it is "and", in any of the languages.
    pub(super) is_and: bool,
    /// Whether it owns the next: "Director's".
    pub(super) owns: bool,
}

impl Word {
    /// The word as it is folded.
    pub(super) fn text(&self) -> &str {
        &self.forms[0]
    }
}

const ANDS: [&str; 12] =
    ["&", "and", "und", "et", "y", "e", "en", "i", "oraz", "og", "och", "sowie"];

/// Endings that stand behind a sign for the other gender: "Leiter:in", "directeur·rice".
const GENDER_ENDINGS: [&str; 13] =
    ["in", "innen", "r", "e", "a", "o", "ne", "rice", "trice", "euse", "ora", "frau", "ka"];

/// The words of a title, in order.
pub(super) fn split(title: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut end = 0;
    for range in ranges(title) {
        if words.len() == WORDS_MAX {
            break;
        }
        let between = &title[end..range.start];
        let text = &title[range.clone()];
        let folded = if text == "&" || text == "+" { "&".to_owned() } else { fold(text) };
        end = range.end;
        if let Some(last) = words.last_mut() {
            if folded == "s" && matches!(between, "'" | "’") {
                last.owns = true;
                continue;
            }
            if is_gender_ending(last, between, &folded) {
                continue;
            }
        }
        let is_and = ANDS.contains(&folded.as_str());
        let gap = if words.is_empty() { Gap::None } else { gap(between) };
        words.push(Word { forms: forms(folded), range, gap, is_and, owns: false });
    }
    words
}

/// The bytes of each run of letters and digits, and of each sign for "and".
fn ranges(title: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, c) in title.char_indices() {
        let part = c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c);
        let end = at + c.len_utf8();
        match ranges.last_mut() {
            Some(last) if part && open => last.end = end,
            _ if part || matches!(c, '&' | '+') => ranges.push(at..end),
            _ => {}
        }
        open = part;
    }
    ranges
}

fn is_gender_ending(last: &Word, between: &str, folded: &str) -> bool {
    let joined = !between.is_empty() && between.chars().all(|c| "/:*(·._-".contains(c));
    joined && last.text().len() >= 3 && GENDER_ENDINGS.contains(&folded)
}

fn gap(between: &str) -> Gap {
    let dash = |c| matches!(c, '-' | '–' | '—');
    if between.contains(['/', '|', ';', '•', '\n']) {
        Gap::Hard
    } else if between.contains([',', ':', '(', ')', '[', ']', '·'])
        || (between.contains(dash) && between.trim_matches(dash).contains(' '))
        || between.contains(" - ")
    {
        Gap::Soft
    } else {
        Gap::None
    }
}

fn forms(folded: String) -> Vec<String> {
    let male = |word: &str| {
        let stem = word.strip_suffix("innen").or_else(|| word.strip_suffix("in"))?;
        (stem.len() >= 4).then(|| stem.to_owned())
    };
    let plain = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u");
    let mut forms = vec![folded];
    if plain != forms[0] {
        forms.push(plain);
    }
    forms.extend(forms.iter().filter_map(|word| male(word)).collect::<Vec<_>>());
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_keep_their_places() {
        let title = "Geschäftsführer:in & Leiter/-in IT – R&D";
        let words = split(title);
        let texts: Vec<&str> = words.iter().map(Word::text).collect();
        assert_eq!(texts, ["geschaftsfuhrer", "&", "leiter", "it", "r", "&", "d"]);
        assert_eq!(&title[words[0].range.clone()], "Geschäftsführer");
        assert_eq!(words[4].gap, Gap::Soft);
        assert_eq!(words[5].gap, Gap::None);
    }

    #[test]
    fn an_apostrophe_tells_an_owner() {
        let words = split("Director's Office");
        assert!(words[0].owns && words.len() == 2);
        assert!(!split("chef d'équipe")[1].owns);
    }

    #[test]
    fn spellings_of_one_word_meet() {
        assert!(split("Geschaeftsfuehrerin")[0].forms.contains(&"geschaftsfuhrer".to_owned()));
        assert_eq!(split("E\u{301}quipe")[0].text(), "equipe");
    }
}
