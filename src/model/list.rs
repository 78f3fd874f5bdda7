//! Named sets of people and companies.

use serde::{Deserialize, Serialize};

use super::{Audience, ListId, MemberId, Name};

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Whom we want to reach.
    Targets,
    /// Whom we work with.
    Partners,
    /// The accounts of somebody.
    Accounts,
    /// Anything else.
    Other,
}

/// A named set of people and companies; who is on it are facts of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Which list.
    pub id: ListId,
    /// How it is called.
    pub name: Name,
    /// What it is for.
    pub kind: ListKind,
    /// Whose it is.
    pub owner: MemberId,
    /// Who may see it.
    pub audience: Audience,
}
