//! Documents that passed, by hash; the one that was longest not asked for makes room.

use std::{collections::HashMap, fmt, str::FromStr, sync::Arc};

use sha2::{Digest as _, Sha256};

use super::Document;

/// The SHA-256 of a document's text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DocumentHash([u8; 32]);

impl DocumentHash {
    /// Of a text.
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

impl fmt::Display for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for DocumentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for DocumentHash {
    type Err = ();

    /// 64 letters of a hexadecimal number.
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut hash = [0; 32];
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(());
        }
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            let value = |digit: u8| char::from(digit).to_digit(16).ok_or(());
            *byte = (value(pair[0])? * 16 + value(pair[1])?) as u8;
        }
        Ok(Self(hash))
    }
}

/// A bounded number of documents.
#[derive(Debug)]
pub(super) struct Kept {
    most: usize,
    /// How often something was asked for or put here.
    turn: u64,
    documents: HashMap<DocumentHash, (u64, Arc<Document>)>,
}

impl Kept {
    pub(super) fn new(most: usize) -> Self {
        Self { most, turn: 0, documents: HashMap::new() }
    }

    pub(super) fn get(&mut self, hash: DocumentHash) -> Option<Arc<Document>> {
        self.turn += 1;
        let (turn, document) = self.documents.get_mut(&hash)?;
        *turn = self.turn;
        Some(Arc::clone(document))
    }

    /// # Complexity
    /// The number that is kept, where there is no room.
    pub(super) fn put(&mut self, hash: DocumentHash, document: Arc<Document>) {
        self.turn += 1;
        if self.documents.len() >= self.most && !self.documents.contains_key(&hash) {
            let oldest = self.documents.iter().min_by_key(|(_, (turn, _))| *turn);
            if let Some(oldest) = oldest.map(|(hash, _)| *hash) {
                self.documents.remove(&oldest);
            }
        }
        if self.most > 0 {
            self.documents.insert(hash, (self.turn, document));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::DocumentLimits, http::document::Documents};

    #[test]
    fn a_hash_is_read_as_it_is_written_and_nothing_else_is_one() {
        let hash = DocumentHash::of("{ a }");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
        for wrong in ["", "ab", &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(wrong.parse::<DocumentHash>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn what_was_longest_not_asked_for_makes_room() {
        let limits = DocumentLimits { kept_max: 2, ..DocumentLimits::DEFAULT };
        let documents = Documents::of("type Query { a: Int b: Int c: Int }", limits);
        let is_kept = |text: &str| documents.kept(DocumentHash::of(text)).is_some();
        for text in ["{ a }", "{ b }"] {
            documents.read(text).unwrap();
        }
        assert!(is_kept("{ a }"));
        documents.read("{ c }").unwrap();
        assert!(is_kept("{ a }") && !is_kept("{ b }") && is_kept("{ c }"));
        assert!(documents.read("{ d }").is_err() && !is_kept("{ d }"), "only what passed is kept");
    }
}
