//! A first reading, to know the owner and the lists before anything is decided.

use std::collections::{HashMap, HashSet};

use super::{
    Source,
    head::{Field, Head},
    letter::{Folder, Letter},
    people,
};
use crate::model::MailAddress;

/// The most lists, and the most addresses of an owner, that are remembered.
const ADDRESSES_MAX: usize = 10_000;

/// What a first reading of mail has found. It makes the second independent of the order in which
/// messages lie: a list is known from the start, also to the copy that its writer kept.
///
/// The empty one knows nothing, and is fine where mail can be read only once.
#[derive(Debug, Default)]
pub struct Survey {
    lists: HashSet<String>,
    sent: HashMap<String, (MailAddress, u64)>,
}

impl Survey {
    /// Reads all messages, and keeps the addresses of lists and of who wrote what was sent.
    pub fn of(source: Source) -> Self {
        let mut survey = Self::default();
        for (_, letter) in source.letters.flatten() {
            survey.see(&letter);
        }
        survey
    }

    /// The addresses that wrote what lies in folders named `Sent` or has that label, the busiest
    /// first, with how many messages each wrote. Names of folders in other languages say nothing.
    pub fn own_addresses(&self) -> Vec<(MailAddress, u64)> {
        let mut own: Vec<_> = self.sent.values().cloned().collect();
        own.sort_by(|(a, many), (b, few)| few.cmp(many).then_with(|| a.cmp(b)));
        own
    }

    /// Whether an address is that of a list, as a message of the list says.
    pub(super) fn is_list(&self, address: &MailAddress) -> bool {
        !self.lists.is_empty() && self.lists.contains(&address.folded())
    }

    fn see(&mut self, letter: &Letter) {
        for address in list_addresses(&letter.head) {
            if self.lists.len() < ADDRESSES_MAX {
                self.lists.insert(address.folded());
            }
        }
        let labels = letter.head.text(Field::GmailLabels).unwrap_or_default();
        let sent = labels.split(',').map(Folder::named).chain([letter.folder]);
        if !sent.into_iter().any(|folder| folder == Folder::Sent) {
            return;
        }
        let from = letter.head.get(Field::From).map(people::addresses).unwrap_or_default();
        let Some(from) = from.into_iter().next() else { return };
        let key = from.address.folded();
        if let Some((address, count)) = self.sent.get_mut(&key) {
            *count += 1;
            // Whichever message comes first: the same spelling.
            *address = from.address.min(address.clone());
        } else if self.sent.len() < ADDRESSES_MAX {
            self.sent.insert(key, (from.address, 1));
        }
    }
}

/// The addresses at which a message's list is written to.
fn list_addresses(head: &Head) -> Vec<MailAddress> {
    let post = head.get(Field::ListPost).map(String::from_utf8_lossy).unwrap_or_default();
    let post = post
        .split("mailto:")
        .skip(1)
        .map(|rest| rest.split(['>', '?']).next().unwrap_or_default().to_owned());
    // By custom the id is the address with a dot in the place of `@`.
    let id = head.get(Field::ListId).map(String::from_utf8_lossy).unwrap_or_default();
    let id = id.rsplit_once('<').map(|(_, rest)| rest.trim_end().trim_end_matches('>'));
    let id = id.map(|id| id.replacen('.', "@", 1));
    let named = [Field::XMailingList, Field::BeenThere].into_iter();
    let named = named.filter_map(|field| head.get(field)).flat_map(people::addresses);
    let texts = post.chain(id).filter_map(|text| MailAddress::new(&text).ok());
    texts.chain(named.map(|named| named.address)).collect()
}
