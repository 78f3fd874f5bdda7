//! From the words of a title to its posts.

use std::ops::Range;

use super::{
    Function, Post, Seniority,
    functions::{FUNCTIONS, Telling},
    lexicon::Hit,
    ranks::{HOLDINGS, Holding, RANKS, Rank},
    words::{Gap, Word},
};

/// Words behind which something else is spoken of: "of", "für", "des".
const PREPOSITIONS: [&str; 40] = [
    "of", "for", "in", "to", "at", "de", "des", "du", "d", "del", "della", "delle", "dei", "di",
    "da", "do", "la", "le", "les", "los", "las", "der", "die", "das", "dem", "den", "fur", "im",
    "am", "van", "voor", "av", "af", "for", "till", "til", "ds", "dla", "per", "para",
];
/// Words behind which stands the company.
const EMPLOYERS: [&str; 6] = ["at", "bei", "beim", "chez", "bij", "hos"];

/// All that was found in a title.
struct Found<'a> {
    words: &'a [Word],
    ranks: Vec<Hit<Rank>>,
    functions: Vec<Hit<Telling>>,
    holdings: Vec<Hit<Holding>>,
}

/// The posts of a title, at least one.
pub(super) fn posts(words: &[Word]) -> Vec<Post> {
    let found = Found::new(words);
    let posts: Vec<Post> = found.groups().into_iter().map(|group| found.post(&group)).collect();
    if posts.is_empty() { vec![Post::default()] } else { posts }
}

/// What belongs to one post: stretches of words, and what it takes over from the one before.
#[derive(Default)]
struct Group {
    stretches: Vec<Range<usize>>,
    has_rank: bool,
    former: bool,
    interim: bool,
}

impl<'a> Found<'a> {
    fn new(words: &'a [Word]) -> Self {
        let silent = silent(words);
        let mut ranks = RANKS.hits(words);
        ranks.retain(|hit| hit.words.clone().all(|at| !silent[at] && !words[at].owns));
        ranks.retain(|hit| hit.meaning != Rank::None);
        let mut functions = FUNCTIONS.hits(words);
        functions.retain(|hit| hit.words.clone().all(|at| !silent[at] && !words[at].owns));
        let mut holdings = HOLDINGS.hits(words);
        holdings.retain(|hit| hit.words.clone().all(|at| !silent[at]));
        Self { words, ranks, functions, holdings }
    }

    /// Stretches between commas, slashes and words for "and", none of which parts a phrase.
    fn stretches(&self) -> Vec<Range<usize>> {
        let inside = |at: usize| {
            let holds = |words: &Range<usize>| words.start < at && at < words.end;
            self.ranks.iter().any(|hit| holds(&hit.words))
                || self.functions.iter().any(|hit| holds(&hit.words))
        };
        let mut stretches = Vec::new();
        let mut start = 0;
        for (at, word) in self.words.iter().enumerate() {
            if (word.is_and || word.gap > Gap::None) && !inside(at) {
                stretches.push(start..at);
                start = at;
            }
        }
        stretches.push(start..self.words.len());
        stretches.retain(|stretch| !stretch.is_empty());
        stretches
    }

    /// A stretch with a rank begins a post, if the one before has a rank already.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for stretch in self.stretches() {
            let has_rank = within(&self.ranks, &stretch).any(|hit| hit.meaning != Rank::Senior);
            let tells = has_rank
                || within(&self.functions, &stretch).next().is_some()
                || within(&self.ranks, &stretch).next().is_some();
            let holdings: usize = within(&self.holdings, &stretch).map(|hit| hit.words.len()).sum();
            // "(retired)" belongs to what stands before; "(ex-Globex)" to nothing here.
            if !tells && holdings < stretch.len() {
                continue;
            }
            let was_former = within(&self.holdings, &stretch).any(|h| h.meaning == Holding::Former);
            match groups.last_mut() {
                Some(_) if !has_rank && was_former && holdings < stretch.len() => {}
                Some(group) if !(has_rank && group.has_rank) => {
                    group.has_rank |= has_rank;
                    group.stretches.push(stretch);
                }
                last => {
                    let joined = self.words[stretch.start].is_and;
                    let holds = |holding| {
                        joined && last.as_ref().is_some_and(|group| self.holds(group, holding))
                    };
                    let (former, interim) = (holds(Holding::Former), holds(Holding::Interim));
                    groups.push(Group { stretches: vec![stretch], has_rank, former, interim });
                }
            }
        }
        groups
    }

    fn holds(&self, group: &Group, holding: Holding) -> bool {
        group.hits(&self.holdings).any(|hit| hit.meaning == holding)
            || (holding == Holding::Former && group.former)
            || (holding == Holding::Interim && group.interim)
    }

    fn post(&self, group: &Group) -> Post {
        let mut told = Told::default();
        self.rank(group, &mut told);
        // Whom one assists is not what one does.
        let of_another = |hit: &Hit<Telling>| {
            told.manner == Manner::Assists
                && group
                    .hits(&self.ranks)
                    .any(|rank| is_high(rank.meaning) && overlap(&rank.words, &hit.words))
        };
        let functions: Vec<&Hit<Telling>> =
            group.hits(&self.functions).filter(|hit| !of_another(hit)).collect();
        let mut function = self.strongest(group, &functions);
        if told.seniority == Some(Seniority::Board) && function == Some(Function::GeneralManagement)
        {
            // A board runs nothing.
            function = None;
        }
        if function.is_none() && told.in_partners {
            function = Some(Function::Partnerships);
        }
        if function.is_none() && told.manner == Manner::Assists {
            function = Some(Function::Administration);
        }
        if told.manner == Manner::Advises {
            let known = functions.iter().any(|hit| hit.meaning.1);
            told.seniority = Some(if known { Seniority::Contributor } else { Seniority::Board });
            function = function.filter(|_| known);
        }
        let holdings = group.hits(&self.holdings).filter(|hit| hit.meaning != Holding::None);
        let mut words: Vec<Range<usize>> = told.words;
        words.extend(functions.iter().map(|hit| hit.words.clone()));
        words.extend(holdings.map(|hit| hit.words.clone()));
        Post {
            seniority: told.seniority,
            function,
            former: self.holds(group, Holding::Former),
            interim: self.holds(group, Holding::Interim),
            deputy: told.below || self.holds(group, Holding::Deputy),
            words: self.bytes(words),
        }
    }

    fn rank(&self, group: &Group, told: &mut Told) {
        let ranks: Vec<&Hit<Rank>> = group.hits(&self.ranks).collect();
        told.words = ranks.iter().map(|hit| hit.words.clone()).collect();
        let mut senior = false;
        let mut levels: Vec<Seniority> = Vec::new();
        for (at, hit) in ranks.iter().enumerate() {
            match hit.meaning {
                Rank::Level(level) => levels.push(level),
                Rank::Chief => levels.push(self.chief(group, hit)),
                Rank::Partner if self.is_of_firm(hit) => levels.push(Seniority::Founder),
                Rank::Partner => told.in_partners = true,
                Rank::Advisor => told.be(Manner::Advises),
                Rank::Senior => senior = true,
                Rank::Assistant if self.is_below(hit, ranks.get(at + 1)) => told.below = true,
                Rank::Assistant | Rank::Aide => told.be(Manner::Assists),
                Rank::Learner => told.be(Manner::Learns),
                Rank::None => {}
            }
        }
        if senior {
            levels.push(Seniority::Lead);
        }
        told.seniority = levels.into_iter().min();
        match told.manner {
            Manner::Assists | Manner::Learns => told.seniority = Some(Seniority::Assistant),
            Manner::Advises if told.seniority.is_some_and(|level| level < Seniority::Lead) => {
                told.manner = Manner::Itself;
            }
            Manner::Advises | Manner::Itself => {}
        }
    }

    /// A chief with an officer is C-level; a chief of anything else heads it.
    fn chief(&self, group: &Group, chief: &Hit<Rank>) -> Seniority {
        let mut behind =
            group.stretches.iter().cloned().flatten().filter(|&at| at > chief.words.start);
        let officer = behind.any(|at| matches!(self.words[at].text(), "officer" | "off"));
        if officer { Seniority::Chief } else { Seniority::Head }
    }

    /// Whether a partner is one of a firm: nothing follows that is dealt with by partners.
    fn is_of_firm(&self, partner: &Hit<Rank>) -> bool {
        self.words.get(partner.words.end).is_none_or(|next| {
            next.gap > Gap::None || next.is_and || PREPOSITIONS.contains(&next.text())
        })
    }

    /// Whether an assistant stands below a rank ("assistant manager") rather than by somebody.
    fn is_below(&self, assistant: &Hit<Rank>, next: Option<&&Hit<Rank>>) -> bool {
        next.is_some_and(|next| {
            let mut between = self.words[assistant.words.end..next.words.start].iter();
            matches!(next.meaning, Rank::Level(_) | Rank::Chief)
                && self.words[next.words.start].gap == Gap::None
                && between.all(|word| word.gap == Gap::None && !PREPOSITIONS.contains(&word.text()))
        })
    }

    /// The function. What is said in one breath ("sales engineer") is told by its last strong
    /// word, else by its last weak one. Of several breaths the first with a strong word tells,
    /// but of those that "and" joins ("product and design") the first.
    fn strongest(&self, group: &Group, hits: &[&Hit<Telling>]) -> Option<Function> {
        let (mut breath, mut end) = (0, 0);
        let mut best: Option<(Telling, usize)> = None;
        for hit in hits.iter().filter(|hit| hit.meaning.0 != Function::Other) {
            let new = self.parts(group, end, hit.words.start);
            breath += usize::from(new);
            let joined = new && (end..hit.words.start).any(|at| self.words[at].is_and);
            end = hit.words.end;
            let better = best.is_none_or(|((_, strong), since)| match (strong, hit.meaning.1) {
                (false, true) => !joined,
                (true, false) => false,
                _ => breath == since,
            });
            if better {
                best = Some((hit.meaning, breath));
            }
        }
        best.map(|((function, _), _)| function)
    }

    /// Whether a breath ends between two places: by a comma, a preposition, an "and", or a rank
    /// that ends there.
    fn parts(&self, group: &Group, end: usize, start: usize) -> bool {
        let parting = |word: &Word| word.is_and || PREPOSITIONS.contains(&word.text());
        let commas = self.words[end..=start].iter().any(|word| word.gap > Gap::None);
        let rank_ends =
            |hit: &Hit<Rank>| hit.meaning != Rank::Senior && (end..=start).contains(&hit.words.end);
        commas
            || self.words[end..start].iter().any(parting)
            || group.hits(&self.ranks).any(rank_ends)
    }

    /// Ranges of words as ranges of bytes, in order, each once.
    fn bytes(&self, mut words: Vec<Range<usize>>) -> Vec<Range<usize>> {
        words.sort_unstable_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in words {
            match joined.last_mut() {
                Some(last) if range.start < last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let bytes = |range: Range<usize>| {
            self.words[range.start].range.start..self.words[range.end - 1].range.end
        };
        joined.into_iter().map(bytes).collect()
    }
}

impl Group {
    fn hits<'h, T>(&'h self, hits: &'h [Hit<T>]) -> impl Iterator<Item = &'h Hit<T>> {
        hits.iter().filter(|hit| {
            self.stretches.iter().any(|s| s.start <= hit.words.start && hit.words.end <= s.end)
        })
    }
}

/// What the ranks of a post tell.
#[derive(Default)]
struct Told {
    seniority: Option<Seniority>,
    manner: Manner,
    below: bool,
    in_partners: bool,
    words: Vec<Range<usize>>,
}

impl Told {
    fn be(&mut self, manner: Manner) {
        self.manner = self.manner.max(manner);
    }
}

/// In what manner a post is filled; the last counts where several are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Manner {
    #[default]
    Itself,
    Advises,
    Learns,
    Assists,
}

fn within<'h, T>(hits: &'h [Hit<T>], stretch: &Range<usize>) -> impl Iterator<Item = &'h Hit<T>> {
    let stretch = stretch.clone();
    hits.iter().filter(move |hit| stretch.start <= hit.words.start && hit.words.end <= stretch.end)
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

const fn is_high(rank: Rank) -> bool {
    matches!(
        rank,
        Rank::Level(
            Seniority::Founder
                | Seniority::Chief
                | Seniority::VicePresident
                | Seniority::Director
                | Seniority::Head
        )
    )
}

/// Which words say nothing about the holder: the company behind "at", and everything behind "to":
/// "assistant to the CEO".
fn silent(words: &[Word]) -> Vec<bool> {
    let mut until: Option<Gap> = None;
    let mut silent = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        if until.is_some_and(|gap| word.gap >= gap) {
            until = None;
        }
        if at > 0 && until.is_none() {
            let next_is = |text| words.get(at + 1).is_some_and(|next| next.text() == text);
            if EMPLOYERS.contains(&word.text()) && !next_is("law") {
                until = Some(Gap::Soft);
            } else if word.text() == "to" || (word.text() == "office" && next_is("of")) {
                until = Some(Gap::Hard);
            }
        }
        silent.push(until.is_some());
    }
    silent
}
