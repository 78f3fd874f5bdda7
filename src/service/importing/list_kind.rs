//! What lists of files are for.

use crate::model::{ListKind, fold};

/// What a list is for, by its name.
pub(super) fn list_kind(name: &str) -> ListKind {
    let folded = fold(name);
    let says = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if says(&["target", "ziel", "cible", "prospect", "wish"]) {
        ListKind::Targets
    } else if says(&["partner", "alliance"]) {
        ListKind::Partners
    } else if says(&["account", "customer", "kunde", "client"]) {
        ListKind::Accounts
    } else {
        ListKind::Other
    }
}
