//! Lists of phrases with a meaning, and where they stand in a title.

use std::{cmp::Reverse, collections::HashMap, ops::Range};

use super::words::{Gap, Word};

/// A phrase that was found: its words, and what it means.
#[derive(Debug, Clone)]
pub(super) struct Hit<T> {
    pub(super) words: Range<usize>,
    pub(super) meaning: T,
}

/// How a word of a phrase must look.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// "&": any word for "and".
    And,
    /// "leiter".
    Whole(&'static str),
    /// "leit*".
    Starts(&'static str),
    /// "*leiter".
    Ends(&'static str),
    /// "*vertrieb*".
    Holds(&'static str),
}

impl Part {
    fn of(pattern: &'static str) -> Self {
        match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (Some(rest), Some(_)) => Self::Holds(rest.trim_end_matches('*')),
            (Some(end), None) => Self::Ends(end),
            (None, Some(start)) => Self::Starts(start),
            (None, None) if pattern == "&" => Self::And,
            (None, None) => Self::Whole(pattern),
        }
    }

    /// How many letters of the word are matched, and how many follow; nothing where it does not
    /// look so.
    fn fits(self, word: &Word) -> Option<(usize, usize)> {
        let in_form = |form: &String| match self {
            Self::And => word.is_and.then_some((1, 0)),
            Self::Whole(text) => (form == text).then_some((text.len(), 0)),
            Self::Starts(text) => {
                form.starts_with(text).then(|| (text.len(), form.len() - text.len()))
            }
            Self::Ends(text) => form.ends_with(text).then_some((text.len(), 0)),
            Self::Holds(text) => {
                form.rfind(text).map(|at| (text.len(), form.len() - at - text.len()))
            }
        };
        word.forms.iter().find_map(in_form)
    }
}

#[derive(Debug)]
struct Phrase<T> {
    parts: Vec<Part>,
    meaning: T,
}

/// Phrases by their first word.
#[derive(Debug)]
pub(super) struct Lexicon<T> {
    whole: HashMap<&'static str, Vec<Phrase<T>>>,
    open: Vec<Phrase<T>>,
}

impl<T: Copy> Lexicon<T> {
    /// From meanings, each with its phrases, parted by commas.
    pub(super) fn new(table: &[(T, &'static str)]) -> Self {
        let mut lexicon = Self { whole: HashMap::new(), open: Vec::new() };
        for &(meaning, phrases) in table {
            for phrase in phrases.split(',').map(str::trim).filter(|phrase| !phrase.is_empty()) {
                let parts: Vec<Part> = phrase.split(' ').map(Part::of).collect();
                match parts[0] {
                    Part::Whole(first) => {
                        lexicon.whole.entry(first).or_default().push(Phrase { parts, meaning });
                    }
                    _ => lexicon.open.push(Phrase { parts, meaning }),
                }
            }
        }
        lexicon
    }

    /// The phrases in a title, from left to right. At each word the longest counts; of equal
    /// ones that which ends last, because a compound is what its end says.
    pub(super) fn hits(&self, words: &[Word]) -> Vec<Hit<T>> {
        let mut hits = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let known = words[at].forms.iter().filter_map(|form| self.whole.get(form.as_str()));
            let best = known
                .flatten()
                .chain(&self.open)
                .filter_map(|phrase| Some((weigh(&phrase.parts, &words[at..])?, phrase)))
                .max_by_key(|(weight, _)| *weight);
            let count = best.map_or(1, |(_, phrase)| phrase.parts.len());
            if let Some((_, phrase)) = best {
                hits.push(Hit { words: at..at + count, meaning: phrase.meaning });
            }
            at += count;
        }
        hits
    }
}

/// How well a phrase fits where the words begin: words, then letters, then how near to the end.
fn weigh(parts: &[Part], words: &[Word]) -> Option<(usize, usize, Reverse<usize>)> {
    if parts.len() > words.len() {
        return None;
    }
    let (mut letters, mut rest) = (0, 0);
    for (at, (part, word)) in parts.iter().zip(words).enumerate() {
        if at > 0 && (word.gap > Gap::None || words[at - 1].owns) {
            return None;
        }
        let (matched, after) = part.fits(word)?;
        letters += matched;
        rest = after;
    }
    Some((parts.len(), letters, Reverse(rest)))
}

#[cfg(test)]
mod tests {
    use super::{super::words::split, *};

    fn found(title: &str) -> Vec<(Range<usize>, char)> {
        let table =
            [('a', "vice president, r & d"), ('b', "president, *leiter"), ('c', "vertrieb*")];
        let hits = Lexicon::new(&table).hits(&split(title));
        hits.into_iter().map(|hit| (hit.words, hit.meaning)).collect()
    }

    #[test]
    fn the_longest_phrase_counts_and_no_word_twice() {
        assert_eq!(found("Vice President and President"), [(0..2, 'a'), (3..4, 'b')]);
        assert_eq!(found("vice, president"), [(1..2, 'b')], "not over a comma");
        assert_eq!(found("Head R&D"), [(1..4, 'a')]);
    }

    #[test]
    fn a_phrase_may_be_a_part_of_a_compound() {
        assert_eq!(found("Gesamtleiterin"), [(0..1, 'b')]);
        assert_eq!(found("Vertriebsmann"), [(0..1, 'c')]);
    }
}
