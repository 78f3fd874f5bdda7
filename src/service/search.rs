//! Finding people and companies by what one remembers of them.

use std::cmp::Ordering;

use crate::{
    model::{CompanyId, Holder, PersonId, fold, search_keys},
    store::{HolderKind, SearchRequest},
};

use super::{
    CompanyView, Page, PageRequest, PersonView, ServiceError, ServiceResult, Tertius, Viewer,
    paging::cut,
};

/// How many candidates the store is asked for.
const CANDIDATES: usize = 300;
/// From which likeness on something is found at all, from 0 to 1.
const LIKENESS_MIN: f64 = 0.72;

/// What is searched.
#[derive(Debug, Clone, Default)]
pub struct SearchQuestion {
    /// Parts of a name, a domain, a title, a mail address.
    pub text: String,
    /// People, companies, or both.
    pub only: Option<HolderKind>,
}

/// Somebody, or a company, that was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A person.
    Person(PersonView),
    /// A company.
    Company(CompanyView),
}

impl Found {
    /// How to call it: by its name, else by what it is reached by.
    pub fn called(&self) -> Option<String> {
        match self {
            Self::Person(person) => person.called(),
            Self::Company(company) => company.called(),
        }
    }

    /// The texts by which it may be found, as the viewer sees them.
    fn texts(&self) -> Vec<String> {
        match self {
            Self::Person(person) => {
                let name = person.name.iter().map(ToString::to_string);
                let addresses = person.identifiers.iter().filter_map(|i| match i {
                    crate::model::Identifier::Mail(address) => Some(address.to_string()),
                    _ => None,
                });
                let titles = person.jobs.iter().filter(|job| job.current);
                let titles = titles.filter_map(|job| job.title.as_ref().map(ToString::to_string));
                name.chain(addresses).chain(titles).collect()
            }
            Self::Company(company) => {
                let name = company.name.iter().map(ToString::to_string);
                name.chain(company.domains.iter().map(ToString::to_string)).collect()
            }
        }
    }

    fn order(&self) -> (u8, u128) {
        match self {
            Self::Person(person) => (0, person.id.value()),
            Self::Company(company) => (1, company.id.value()),
        }
    }
}

impl Tertius {
    /// People and companies that a text reminds of: case, accents, scripts and a typo are
    /// forgiven, the last word may be unfinished. The likest first.
    ///
    /// # Errors
    /// `Invalid` for an empty or an endless text, a size or a cursor that cannot be.
    pub async fn search(
        &self,
        viewer: &Viewer,
        question: &SearchQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<Found>> {
        let size = self.page_size(request.first)?;
        let length = question.text.chars().count();
        let most = self.limits.query_chars_max;
        if length > most {
            let message = format!("{length} characters are given, but {most} are the most");
            return Err(ServiceError::invalid("query", message));
        }
        let folded = fold(&question.text);
        if folded.is_empty() {
            let message = "there is no letter and no digit in it; try a part of a name";
            return Err(ServiceError::invalid("query", message));
        }
        let candidates = self
            .recorded_of(viewer)
            .await?
            .search(&SearchRequest {
                keys: search_keys(&question.text).into_iter().collect(),
                prefix: folded.rsplit(' ').next().map(str::to_owned),
                only: question.only,
                limit: CANDIDATES,
            })
            .await?;
        let holders: Vec<Holder> = candidates.into_iter().map(|c| c.holder).collect();
        let mut found = self.found(viewer, &holders).await?;
        let words: Vec<&str> = folded.split(' ').collect();
        let mut ranked: Vec<(f64, Found)> = found
            .drain(..)
            .map(|found| (likeness(&words, &found.texts()), found))
            .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
            .collect();
        ranked.sort_by(likest_first);
        let found = ranked.into_iter().map(|(_, found)| found).collect();
        cut(found, "search", size, request.after.as_deref())
    }

    pub(super) async fn found(
        &self,
        viewer: &Viewer,
        holders: &[Holder],
    ) -> ServiceResult<Vec<Found>> {
        let people: Vec<PersonId> = holders
            .iter()
            .filter_map(|holder| match holder {
                Holder::Person(id) => Some(*id),
                Holder::Company(_) => None,
            })
            .collect();
        let companies: Vec<CompanyId> = holders
            .iter()
            .filter_map(|holder| match holder {
                Holder::Company(id) => Some(*id),
                Holder::Person(_) => None,
            })
            .collect();
        let people = self.people(viewer, &people).await?.into_iter().flatten().map(Found::Person);
        let companies = self.companies(viewer, &companies).await?.into_iter().flatten();
        Ok(people.chain(companies.map(Found::Company)).collect())
    }
}

fn likest_first(a: &(f64, Found), b: &(f64, Found)) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.order().cmp(&b.1.order()))
}

/// How much the best of the texts is like the words: the mean over the words of their best match
/// in that text; a text with fewer other words is preferred a little.
fn likeness(words: &[&str], texts: &[String]) -> f64 {
    let of_text = |text: &String| {
        let folded = fold(text);
        let there: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
        let best = |at: usize, word: &str| {
            let last = at + 1 == words.len();
            there.iter().map(|other| word_likeness(word, other, last)).fold(0.0, f64::max)
        };
        let matches: Vec<f64> = words.iter().enumerate().map(|(at, word)| best(at, word)).collect();
        let worst = matches.iter().copied().fold(1.0, f64::min);
        let mean = matches.iter().sum::<f64>() / words.len() as f64;
        let extra = there.len().saturating_sub(words.len()) as f64;
        // One word that is not there at all is not made up for by another that is.
        if worst < 0.6 { 0.0 } else { mean - 0.01 * extra.min(5.0) }
    };
    texts.iter().map(of_text).fold(0.0, f64::max)
}

/// 1 for the same word, a little less for its beginning, less for a typo, 0 for another word.
fn word_likeness(word: &str, other: &str, unfinished: bool) -> f64 {
    if word == other {
        return 1.0;
    }
    if unfinished && other.starts_with(word) {
        return 0.95;
    }
    let typos = strsim::osa_distance(word, other);
    let forgiven = match word.chars().count() {
        0..=2 => 0,
        3..=7 => 1,
        _ => 2,
    };
    if typos <= forgiven { 0.9 - 0.1 * typos as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(query: &str, text: &str) -> f64 {
        let folded = fold(query);
        likeness(&folded.split(' ').collect::<Vec<_>>(), &[text.to_owned()])
    }

    #[test]
    fn a_typo_and_an_unfinished_word_are_forgiven_and_another_word_is_not() {
        assert!(like("Jonsa", "Jonas Weber") >= LIKENESS_MIN);
        assert!(like("elif yil", "Élif Yılmaz") >= LIKENESS_MIN);
        assert!(like("Mria", "Mira") >= LIKENESS_MIN);
        assert!(like("Jonas", "Thomas Weber") < LIKENESS_MIN);
        assert!(like("Jonas Umbra", "Jonas Weber") < LIKENESS_MIN);
    }

    #[test]
    fn the_same_is_likest() {
        assert!(like("mira", "Mira") > like("mira", "Mira Holm"));
        assert!(like("mira", "Mira Holm") > like("mira", "Mirabel Holm"));
        assert!(like("mira", "Mirabel Holm") > like("mira", "Mina Holm"));
    }
}
