//! A post as somebody asks for it: by words of its title, by seniority, by function.

use super::{Function, Post, Seniority, TitleFit, TitleMatch, TitleReading, WantedTitle};

/// A post that is asked for; everything that is said of it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedPost {
    title: Option<WantedTitle>,
    seniorities: Vec<Seniority>,
    functions: Vec<Function>,
}

impl WantedPost {
    /// A post by words of its title, none where the text is blank; of one of these seniorities
    /// and one of these functions, any where none is named.
    pub fn new(title: &str, seniorities: Vec<Seniority>, functions: Vec<Function>) -> Self {
        let title = (!title.trim().is_empty()).then(|| WantedTitle::of(title));
        Self { title, seniorities, functions }
    }

    /// A post by words of its title.
    pub fn titled(title: &str) -> Self {
        Self::new(title, Vec::new(), Vec::new())
    }

    /// Whether nothing is asked for, so that everybody fits.
    pub fn is_any(&self) -> bool {
        self.title.is_none() && self.seniorities.is_empty() && self.functions.is_empty()
    }

    /// Whether a title fits, how it was read, and by which words. The seniority and the function
    /// must be those of one post, which is still held.
    ///
    /// # Complexity
    /// That of reading the title.
    pub fn matches(&self, title: &str) -> Option<TitleMatch> {
        let by_words = match &self.title {
            Some(wanted) => Some(wanted.matches(title)?),
            None => None,
        };
        if self.seniorities.is_empty() && self.functions.is_empty() {
            return Some(by_words.unwrap_or_else(|| as_read(title)));
        }
        let reading = TitleReading::of(title);
        let post = reading.posts().iter().find(|post| self.is_such(post, &reading))?;
        let mut found = TitleMatch::by(post, &reading, TitleFit::Meaning);
        if let Some(by_words) = by_words {
            found.fit = by_words.fit;
            found.add_words(by_words.words);
        }
        Some(found)
    }

    fn is_such(&self, post: &Post, reading: &TitleReading) -> bool {
        let is_one_of_seniorities =
            self.seniorities.is_empty() || self.seniorities.contains(&post.level());
        let function = post.function.unwrap_or_else(|| reading.function());
        let is_one_of_functions = self.functions.is_empty() || self.functions.contains(&function);
        !post.former && is_one_of_seniorities && is_one_of_functions
    }
}

/// How a title is read where nothing was asked of it.
fn as_read(title: &str) -> TitleMatch {
    let reading = TitleReading::of(title);
    let words = Vec::new();
    TitleMatch { words, ..TitleMatch::by(reading.main(), &reading, TitleFit::Words) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(wanted: &WantedPost, title: &str) -> Option<Vec<String>> {
        let found = wanted.matches(title)?;
        Some(found.words.iter().map(|range| title[range.clone()].to_owned()).collect())
    }

    #[test]
    fn seniority_and_function_must_be_of_one_post_that_is_held() {
        let (seniorities, functions) = (vec![Seniority::Chief], vec![Function::Finance]);
        let wanted = WantedPost::new("", seniorities, functions);
        assert_eq!(words(&wanted, "Chief Financial Officer"), Some(vec!["Chief Financial".into()]));
        assert_eq!(words(&wanted, "CTO | Finance Manager"), None);
        assert_eq!(words(&wanted, "Former CFO"), None);
    }

    #[test]
    fn words_and_a_seniority_must_both_hold() {
        let wanted =
            WantedPost::new("sales", vec![Seniority::Head, Seniority::Director], Vec::new());
        let found = wanted.matches("Vertriebsleiterin DACH").unwrap();
        assert_eq!((found.seniority, found.function), (Seniority::Head, Function::Sales));
        assert_eq!(words(&wanted, "Sales Representative"), None);
        assert_eq!(words(&wanted, "Head of Marketing"), None);
    }

    #[test]
    fn who_asks_for_nothing_gets_every_title_as_it_is_read() {
        let found = WantedPost::titled(" ").matches("Head of Sales").unwrap();
        assert_eq!((found.seniority, found.function), (Seniority::Head, Function::Sales));
        assert!(found.words.is_empty() && WantedPost::default().is_any());
    }
}
