//! Who answered whom, whatever the order of messages, within bounds.

use std::{collections::VecDeque, sync::Arc};

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use crate::{
    formats::{Party, Place},
    model::Timestamp,
};

/// The most messages that are remembered: about 150 MB with their table. Of later ones it is not
/// noticed that they are copies, or answered.
const IDS_MAX: usize = 3_000_000;

/// The most different writers that are remembered.
const AUTHORS_MAX: usize = 300_000;

/// The most answers that wait for what they answer: about 60 MB. One more is decided at once.
const WAITING_MAX: usize = 200_000;

/// The id of a message, hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct MessageKey(u128);

impl MessageKey {
    /// The key of a message's id, or of what stands for one.
    pub(super) fn of(id: &str) -> Self {
        let digest = Sha256::digest(id.as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(u128::from_be_bytes(bytes))
    }
}

/// An answer on a list.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) place: Place,
    pub(super) at: Timestamp,
    pub(super) writer: Arc<Party>,
    /// What it may answer, the likeliest first.
    pub(super) parents: VecDeque<MessageKey>,
}

/// An answer with who was answered, as far as it is known.
pub(super) type Resolved = (Answer, Option<Arc<Party>>);

/// Messages read before, who wrote them, and answers to messages not read yet.
#[derive(Debug)]
pub(super) struct Threads {
    /// Place in `authors`, or past its end where no person wrote.
    known: FxHashMap<MessageKey, u32>,
    authors: Vec<Arc<Party>>,
    author_places: FxHashMap<Arc<Party>, u32>,
    waiting: FxHashMap<MessageKey, Vec<Answer>>,
    waiting_count: usize,
    bounds: Bounds,
}

#[derive(Debug, Clone, Copy)]
struct Bounds {
    ids: usize,
    authors: usize,
    waiting: usize,
}

impl Default for Threads {
    fn default() -> Self {
        Self::within(Bounds { ids: IDS_MAX, authors: AUTHORS_MAX, waiting: WAITING_MAX })
    }
}

impl Threads {
    fn within(bounds: Bounds) -> Self {
        Self {
            known: FxHashMap::default(),
            authors: Vec::new(),
            author_places: FxHashMap::default(),
            waiting: FxHashMap::default(),
            waiting_count: 0,
            bounds,
        }
    }

    /// Whether a message was read before.
    pub(super) fn knows(&self, key: MessageKey) -> bool {
        self.known.contains_key(&key)
    }

    /// Remembers a message and its writer; gives the answers that have waited for it.
    pub(super) fn remember(
        &mut self,
        key: MessageKey,
        writer: Option<&Arc<Party>>,
    ) -> Vec<Resolved> {
        let place = writer.map_or(u32::MAX, |writer| self.author_place(writer));
        if self.known.len() < self.bounds.ids {
            self.known.entry(key).or_insert(place);
        }
        let answers = self.waiting.remove(&key).unwrap_or_default();
        self.waiting_count -= answers.len();
        answers.into_iter().map(|answer| (answer, writer.cloned())).collect()
    }

    fn author_place(&mut self, writer: &Arc<Party>) -> u32 {
        if let Some(&place) = self.author_places.get(writer) {
            return place;
        }
        if self.authors.len() >= self.bounds.authors {
            return u32::MAX;
        }
        let place = self.authors.len() as u32;
        self.authors.push(Arc::clone(writer));
        self.author_places.insert(Arc::clone(writer), place);
        place
    }

    /// Who wrote a message, as far as it is known and was a person.
    fn writer(&self, key: MessageKey) -> Option<Arc<Party>> {
        let place = *self.known.get(&key)?;
        self.authors.get(place as usize).cloned()
    }

    /// Says at once who was answered where the likeliest parent is known; else the answer waits
    /// for it.
    pub(super) fn resolve(&mut self, answer: Answer) -> Option<Resolved> {
        let Some(&first) = answer.parents.front() else { return Some((answer, None)) };
        if self.knows(first) {
            let writer = self.writer(first);
            return Some((answer, writer));
        }
        if self.waiting_count >= self.bounds.waiting {
            return Some(self.settle(answer));
        }
        self.waiting_count += 1;
        self.waiting.entry(first).or_default().push(answer);
        None
    }

    /// Takes the first of an answer's other parents that is known.
    fn settle(&self, answer: Answer) -> Resolved {
        let writer = answer.parents.iter().find_map(|&parent| self.writer(parent));
        (answer, writer)
    }

    /// All answers that still wait, in the order of their places.
    pub(super) fn finish(&mut self) -> Vec<Resolved> {
        self.waiting_count = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let mut left: Vec<Answer> = waiting.into_values().flatten().collect();
        left.sort_by(|a, b| a.place.cmp(&b.place));
        left.into_iter().map(|answer| self.settle(answer)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Name;

    fn party(name: &str) -> Arc<Party> {
        Arc::new(Party { name: Name::new(name).ok(), identifiers: Vec::new() })
    }

    fn answer(line: u64, parents: &[&str]) -> Answer {
        Answer {
            place: Place { file: "a".to_owned(), line },
            at: Timestamp::from_ms(0),
            writer: party("Bo"),
            parents: parents.iter().map(|id| MessageKey::of(id)).collect(),
        }
    }

    fn who(resolved: &Resolved) -> (u64, Option<&str>) {
        let name = resolved.1.as_ref().and_then(|party| party.name.as_ref());
        (resolved.0.place.line, name.map(Name::as_str))
    }

    #[test]
    fn an_answer_finds_its_parent_before_and_after_it() {
        let mut threads = Threads::default();
        threads.remember(MessageKey::of("1"), Some(&party("Ana")));
        assert_eq!(who(&threads.resolve(answer(2, &["1", "9"])).unwrap()), (2, Some("Ana")));
        assert!(threads.resolve(answer(3, &["4"])).is_none());
        let late = threads.remember(MessageKey::of("4"), Some(&party("Cy")));
        assert_eq!(late.iter().map(who).collect::<Vec<_>>(), [(3, Some("Cy"))]);
        assert!(threads.resolve(answer(6, &["8", "1"])).is_none());
        assert!(threads.resolve(answer(5, &["8"])).is_none());
        let left = threads.finish();
        assert_eq!(left.iter().map(who).collect::<Vec<_>>(), [(5, None), (6, Some("Ana"))]);
    }

    #[test]
    fn no_table_grows_beyond_its_bound() {
        let mut threads = Threads::within(Bounds { ids: 2, authors: 1, waiting: 1 });
        for id in ["1", "2", "3"] {
            threads.remember(MessageKey::of(id), Some(&party(id)));
        }
        let known = ["1", "2", "3"].map(|id| threads.knows(MessageKey::of(id)));
        assert_eq!(known, [true, true, false]);
        assert_eq!(who(&threads.resolve(answer(1, &["2"])).unwrap()), (1, None));
        assert!(threads.resolve(answer(2, &["7"])).is_none());
        assert_eq!(who(&threads.resolve(answer(3, &["8", "1"])).unwrap()), (3, Some("1")));
        assert_eq!(threads.finish().len(), 1);
    }
}
