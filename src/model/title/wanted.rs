//! What somebody asks for, "VP engineering" or "someone in procurement", against a title.

use std::ops::Range;

use super::{
    Function, Post, Seniority, TitleReading,
    words::{Word, split},
};

/// Words of a question that say nothing about a title.
const IDLE: [&str; 38] = [
    "a",
    "an",
    "the",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "person",
    "people",
    "who",
    "is",
    "does",
    "of",
    "in",
    "for",
    "with",
    "from",
    "at",
    "their",
    "team",
    "department",
    "jemand",
    "der",
    "die",
    "das",
    "im",
    "aus",
    "fur",
    "abteilung",
    "quelqu",
    "un",
    "une",
    "du",
    "de",
    "des",
    "la",
    "le",
    "or",
];

/// A title that is asked for: a seniority, a function, further words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTitle {
    seniority: Option<Seniority>,
    function: Option<Function>,
    /// The folded words that must stand in a title.
    further: Vec<String>,
    /// All folded words but the idle ones.
    all: Vec<String>,
}

/// How well a title fits what was asked for, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TitleFit {
    /// The very words stand there, and mean what was asked for.
    Words,
    /// Other words for the same seniority and function.
    Meaning,
    /// The function, led under another name ("Head of Sales" for "VP sales"), or a deputy.
    Near,
}

/// That a title fits, how it was read, and by which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleMatch {
    /// How well.
    pub fit: TitleFit,
    /// How high the holder of the post stands by which it fits.
    pub seniority: Seniority,
    /// What they do.
    pub function: Function,
    /// The words of the title that it fits by, as ranges of bytes, in order.
    pub words: Vec<Range<usize>>,
}

impl TitleMatch {
    /// A title that fits by one of its posts, and by the words that told of it.
    pub(super) fn by(post: &Post, reading: &TitleReading, fit: TitleFit) -> Self {
        let function = post.function.unwrap_or_else(|| reading.function());
        Self { fit, seniority: post.level(), function, words: post.words.clone() }
    }

    /// Adds words by which it fits too.
    pub(super) fn add_words(&mut self, words: Vec<Range<usize>>) {
        self.words.extend(words);
        self.words = in_order(std::mem::take(&mut self.words));
    }
}

impl WantedTitle {
    /// Reads what is asked for. Where no word tells a seniority or a function, the words
    /// themselves are asked for.
    pub fn of(text: &str) -> Self {
        let words = split(text);
        let reading = TitleReading::of(text);
        let post = reading.main();
        let told = |word: &Word| {
            post.words
                .iter()
                .any(|range| range.start < word.range.end && word.range.start < range.end)
        };
        let folded = |word: &Word| word.text().to_owned();
        let busy =
            |word: &&Word| !word.is_and && !word.text().is_empty() && !IDLE.contains(&word.text());
        Self {
            seniority: post.seniority,
            function: post.function,
            further: words.iter().filter(busy).filter(|word| !told(word)).map(folded).collect(),
            all: words.iter().filter(busy).map(folded).collect(),
        }
    }

    /// How high, if that is asked for.
    pub fn seniority(&self) -> Option<Seniority> {
        self.seniority
    }

    /// What they do, if that is asked for.
    pub fn function(&self) -> Option<Function> {
        self.function
    }

    /// Whether a title fits, and why. A post that is no longer held does not. Where nothing is
    /// asked for, every title fits.
    ///
    /// # Complexity
    /// That of reading the title.
    pub fn matches(&self, title: &str) -> Option<TitleMatch> {
        let words = split(title);
        let further = beginnings(&self.further, &words)?;
        let literal = beginnings(&self.all, &words);
        let reading = TitleReading::of(title);
        if self.seniority.is_none() && self.function.is_none() {
            let read = TitleMatch::by(reading.main(), &reading, TitleFit::Words);
            return Some(TitleMatch { words: in_order(further), ..read });
        }
        let fits =
            reading.posts().iter().filter_map(|post| Some((self.fit(post, &reading)?, post)));
        let (fit, post) = fits.min_by_key(|&(fit, _)| fit)?;
        let mut found = TitleMatch::by(post, &reading, fit);
        found.add_words(further);
        if let (TitleFit::Meaning, Some(words)) = (fit, literal) {
            found.fit = TitleFit::Words;
            found.add_words(words);
        }
        Some(found)
    }

    fn fit(&self, post: &Post, reading: &TitleReading) -> Option<TitleFit> {
        let function = post.function.unwrap_or_else(|| reading.function());
        if post.former || self.function.is_some_and(|wanted| wanted != function) {
            return None;
        }
        let there = post.level();
        let runs_all = function == Function::GeneralManagement;
        match self.seniority {
            Some(wanted) if wanted != there => {
                let leads = wanted.leads_a_function() && there.leads_a_function();
                (leads && self.function.is_some() && !runs_all).then_some(TitleFit::Near)
            }
            Some(_) if post.deputy => Some(TitleFit::Near),
            _ => Some(TitleFit::Meaning),
        }
    }
}

/// Where in a title words begin like these; nothing unless all do.
fn beginnings(wanted: &[String], words: &[Word]) -> Option<Vec<Range<usize>>> {
    let place = |text: &String| {
        let word = words.iter().find(|word| word.text().starts_with(text.as_str()))?;
        Some(word.range.clone())
    };
    wanted.iter().map(place).collect()
}

fn in_order(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_unstable_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    ranges.dedup_by(|next, last| next.end <= last.end);
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(wanted: &str, title: &str) -> Option<TitleFit> {
        WantedTitle::of(wanted).matches(title).map(|found| found.fit)
    }

    #[test]
    fn other_words_for_the_same_post_are_found() {
        use TitleFit::{Meaning, Near, Words};
        for (title, wanted) in [
            ("VP Engineering", Some(Words)),
            ("VP of Software Engineering", Some(Words)),
            ("Vice President of Engineering", Some(Meaning)),
            ("SVP R&D", Some(Meaning)),
            ("Co-Founder, VP R&D", Some(Meaning)),
            ("Bereichsleiter Entwicklung", Some(Near)),
            ("Deputy VP Engineering", Some(Near)),
            ("CTO", Some(Near)),
            ("Engineering Manager", None),
            ("VP Sales", None),
            ("Former VP Engineering", None),
            ("Assistant to the VP Engineering", None),
        ] {
            assert_eq!(fit("VP engineering", title), wanted, "{title}");
        }
    }

    #[test]
    fn a_function_alone_is_found_at_any_height() {
        for wanted in ["someone in procurement", "Einkauf", "who is in their purchasing team"] {
            for title in ["Strategischer Einkäufer", "Head of Procurement", "Responsable achats"] {
                assert!(fit(wanted, title).is_some(), "{wanted}: {title}");
            }
            assert_eq!(fit(wanted, "Head of Sales"), None);
        }
    }

    #[test]
    fn a_misleading_title_is_not_found() {
        assert_eq!(fit("CEO", "Executive Assistant to the CEO"), None);
        assert_eq!(fit("owner", "Product Owner"), None);
        assert_eq!(fit("director", "Director's Office Manager"), None);
        assert_eq!(fit("president", "Vice President Sales"), None);
    }

    #[test]
    fn words_that_tell_nothing_must_stand_there() {
        assert_eq!(fit("VP Sales EMEA", "Vice President Sales, EMEA"), Some(TitleFit::Meaning));
        assert_eq!(fit("VP Sales EMEA", "VP Sales Americas"), None);
        assert_eq!(fit("wiz", "Chief Wizard"), Some(TitleFit::Words), "as before: by beginnings");
        assert_eq!(fit("", "Anything"), Some(TitleFit::Words));
    }

    #[test]
    fn a_match_says_by_which_words() {
        let title = "Board Member | Head of Strategic Partnerships";
        let found = WantedTitle::of("head of partnerships").matches(title).unwrap();
        let words: Vec<&str> = found.words.iter().map(|range| &title[range.clone()]).collect();
        assert_eq!((found.fit, words), (TitleFit::Words, vec!["Head", "Partnerships"]));
    }
}
