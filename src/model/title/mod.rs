//! What a job title tells: how high its holder stands, and what they do.
//!
//! A title is read with fixed lists of words in English, German, French, Spanish, Italian, Dutch,
//! Portuguese, Polish and the Nordic languages. How often that is right: docs/SCIENCE.md,
//! "Titles".

mod functions;
mod lexicon;
mod ranks;
mod read;
mod wanted;
mod wanted_post;
mod words;

use std::ops::Range;

pub use wanted::{TitleFit, TitleMatch, WantedTitle};
pub use wanted_post::WantedPost;

/// How high somebody stands in a company, the highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seniority {
    /// Founded or owns it, partners of a firm included.
    Founder,
    /// C-level, managing directors, members of the executive board.
    Chief,
    /// A vice president of any kind.
    VicePresident,
    /// A director, `Bereichsleiter`, `Prokurist`, general manager.
    Director,
    /// Heads a department, site or country.
    Head,
    /// On a supervisory or advisory board.
    Board,
    /// Has "manager" or the like in the title, whether or not they lead people.
    Manager,
    /// Leads a team, or is senior, staff or principal.
    Lead,
    /// Does the work; also whoever's title tells no more.
    Contributor,
    /// An assistant, intern, trainee or apprentice.
    Assistant,
}

impl Seniority {
    /// All of them, the highest first.
    pub const ALL: [Self; 10] = [
        Self::Founder,
        Self::Chief,
        Self::VicePresident,
        Self::Director,
        Self::Head,
        Self::Board,
        Self::Manager,
        Self::Lead,
        Self::Contributor,
        Self::Assistant,
    ];

    /// Its name, as answers and files write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Founder => "founder",
            Self::Chief => "chief",
            Self::VicePresident => "vice_president",
            Self::Director => "director",
            Self::Head => "head",
            Self::Board => "board",
            Self::Manager => "manager",
            Self::Lead => "lead",
            Self::Contributor => "contributor",
            Self::Assistant => "assistant",
        }
    }

    /// Whether who stands there may lead a whole function; which word a company uses for that is
    /// its habit.
    const fn leads_a_function(self) -> bool {
        matches!(self, Self::Chief | Self::VicePresident | Self::Director | Self::Head)
    }
}

/// What somebody does in a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// Runs the whole, a country or a site.
    GeneralManagement,
    /// Builds it: software, hardware, research and development.
    Engineering,
    /// Says what is built.
    Product,
    /// Says how it looks and feels.
    Design,
    /// Data, analytics, machine learning.
    Data,
    /// Runs the company's own computers.
    It,
    /// Information security.
    Security,
    /// Sells it.
    Sales,
    /// Partners, alliances, channels.
    Partnerships,
    /// New business.
    BusinessDevelopment,
    /// Marketing, communication, brand.
    Marketing,
    /// Customer success, support, service.
    CustomerSuccess,
    /// Money: controlling, accounting, tax, treasury, investors.
    Finance,
    /// Law, compliance, data protection.
    Legal,
    /// Human resources, recruiting, learning.
    People,
    /// Production, quality, projects, facilities.
    Operations,
    /// Procurement, logistics, supply chain.
    SupplyChain,
    /// Advises the customers of the company.
    Consulting,
    /// Research that is not development.
    Research,
    /// The office.
    Administration,
    /// Whatever else; also where the title does not tell.
    Other,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::GeneralManagement,
        Self::Engineering,
        Self::Product,
        Self::Design,
        Self::Data,
        Self::It,
        Self::Security,
        Self::Sales,
        Self::Partnerships,
        Self::BusinessDevelopment,
        Self::Marketing,
        Self::CustomerSuccess,
        Self::Finance,
        Self::Legal,
        Self::People,
        Self::Operations,
        Self::SupplyChain,
        Self::Consulting,
        Self::Research,
        Self::Administration,
        Self::Other,
    ];

    /// Its name, as answers and files write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::GeneralManagement => "general_management",
            Self::Engineering => "engineering",
            Self::Product => "product",
            Self::Design => "design",
            Self::Data => "data",
            Self::It => "it",
            Self::Security => "security",
            Self::Sales => "sales",
            Self::Partnerships => "partnerships",
            Self::BusinessDevelopment => "business_development",
            Self::Marketing => "marketing",
            Self::CustomerSuccess => "customer_success",
            Self::Finance => "finance",
            Self::Legal => "legal",
            Self::People => "people",
            Self::Operations => "operations",
            Self::SupplyChain => "supply_chain",
            Self::Consulting => "consulting",
            Self::Research => "research",
            Self::Administration => "administration",
            Self::Other => "other",
        }
    }
}

/// One of the posts that a title names: "Co-Founder & CTO" names two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Post {
    /// How high, where a word tells.
    pub seniority: Option<Seniority>,
    /// What they do, where a word tells.
    pub function: Option<Function>,
    /// Whether they held it once: "former", "ehemalig", "ancien", retired.
    pub former: bool,
    /// Whether they hold it for a while: "interim", "acting".
    pub interim: bool,
    /// Whether they stand in for its holder: "deputy", "stv.", "adjoint".
    pub deputy: bool,
    /// The words that told, as ranges of bytes of the title, in order.
    pub words: Vec<Range<usize>>,
}

impl Post {
    /// How high its holder stands: a contributor where no word tells.
    pub fn level(&self) -> Seniority {
        self.seniority.unwrap_or(Seniority::Contributor)
    }
}

/// What a title tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleReading {
    posts: Vec<Post>,
    main: usize,
}

impl TitleReading {
    /// Reads a title. Every text can be read, if only as one post of which nothing is told; of
    /// more than 64 words the rest is not looked at.
    ///
    /// # Complexity
    /// Words of the title times entries of the lists.
    pub fn of(title: &str) -> Self {
        let posts = read::posts(&words::split(title));
        let rank = |post: &Post| (post.former, post.level());
        let main = (0..posts.len()).min_by_key(|&at| rank(&posts[at])).unwrap_or(0);
        Self { posts, main }
    }

    /// All posts, in the order of the title; at least one.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The highest post that is still held.
    pub fn main(&self) -> &Post {
        &self.posts[self.main]
    }

    /// How high the holder stands: by the main post, a contributor where no word tells.
    pub fn seniority(&self) -> Seniority {
        self.main().level()
    }

    /// What the holder does: by the main post, or by the first beside it that tells.
    pub fn function(&self) -> Function {
        let beside = || self.posts.iter().filter(|post| !post.former).find_map(|p| p.function);
        self.main().function.or_else(beside).unwrap_or(Function::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn any_text_is_read_and_its_words_lie_in_it(title in ".{0,80}") {
            for post in TitleReading::of(&title).posts() {
                let ends: Vec<usize> = post.words.iter().flat_map(|w| [w.start, w.end]).collect();
                proptest::prop_assert!(ends.is_sorted());
                proptest::prop_assert!(ends.iter().all(|&end| title.is_char_boundary(end)));
            }
            let _ = WantedTitle::of(&title).matches(&title);
        }
    }

    fn shown(title: &str) -> Vec<(Option<Seniority>, Option<Function>, Vec<&str>)> {
        let reading = TitleReading::of(title);
        let words = |post: &Post| post.words.iter().map(|w| &title[w.clone()]).collect();
        reading.posts().iter().map(|post| (post.seniority, post.function, words(post))).collect()
    }

    #[test]
    fn each_post_of_a_title_comes_with_the_words_that_told() {
        let founder = (Some(Seniority::Founder), None, vec!["Co-Founder"]);
        let chief = (Some(Seniority::Chief), Some(Function::Engineering), vec!["CTO"]);
        assert_eq!(shown("Co-Founder & CTO"), [founder, chief]);
        let one = (Some(Seniority::Head), Some(Function::Sales), vec!["Vertriebsleiterin"]);
        assert_eq!(shown("Dipl.-Kffr., Vertriebsleiterin"), [one]);
    }

    #[test]
    fn what_is_still_held_comes_before_what_was() {
        let reading = TitleReading::of("Ex-CEO of Acme, now Head of Sales");
        assert_eq!(reading.posts().len(), 2);
        assert_eq!((reading.seniority(), reading.main().former), (Seniority::Head, false));
        assert!(!TitleReading::of("Head of Sales (ex-Globex)").main().former);
    }

    #[test]
    fn a_title_that_tells_nothing_is_a_contributor_somewhere() {
        for title in ["", "!!!", "Wizard", "& / ,", "(((", "'s"] {
            let reading = TitleReading::of(title);
            assert_eq!(reading.main(), &Post::default(), "{title}");
            assert_eq!(reading.seniority(), Seniority::Contributor);
            assert_eq!(reading.function(), Function::Other);
        }
    }
}
