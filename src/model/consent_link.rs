//! A link by which somebody without a login answers for themselves, once.

use serde::{Deserialize, Serialize};

use super::{
    Actor, Author, Awaited, Introduction, MemberId, Move, NoMove, PersonId, Purpose, Timestamp,
    TokenHash, Transition,
};

/// In which language somebody is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

/// A link by which somebody without a login answers for themselves, once. Of its secret only the
/// hash is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentLink {
    /// The hash of its secret.
    pub hash: TokenHash,
    /// Whose answer it takes.
    pub whose: PersonId,
    /// Who sends it.
    pub by: MemberId,
    /// All that its page tells of the introduction.
    pub message: Purpose,
    /// The language of its page.
    #[serde(default)]
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can no longer be used.
    pub expires_at: Timestamp,
    /// When it was used or taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// What somebody answers by a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkAnswer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// No, and they do not want to be asked for introductions again.
    Never,
}

impl Introduction {
    /// The most links of one introduction, those that ended too.
    pub const LINKS_MAX: usize = 50;

    /// The same with a link by which somebody who is no member answers; those that were open for
    /// their answer are no longer.
    ///
    /// # Errors
    /// For who answers here themselves, whose answer is not waited for, and who does not stand
    /// after the actor on the route; `State` where it has as many links as it may have.
    pub fn with_link(&self, actor: &Actor<'_>, link: ConsentLink) -> Result<Self, NoMove> {
        let now = link.created_at;
        self.may_report(actor, link.whose)?;
        if !self.awaits_answer_of(link.whose, now) {
            return Err(NoMove::NotAsked(link.whose));
        }
        if self.links.len() >= Self::LINKS_MAX {
            return Err(NoMove::State(self.state));
        }
        let mut next = self.without_links(|open| open.whose == link.whose, now);
        next.links.push(link);
        Ok(next)
    }

    /// The same after the links that are meant, and had not ended, were ended.
    #[must_use]
    pub fn without_links(&self, is_meant: impl Fn(&ConsentLink) -> bool, now: Timestamp) -> Self {
        let mut next = self.clone();
        let standing = next.links.iter_mut().filter(|link| link.ended_at.is_none());
        for link in standing.filter(|link| is_meant(link)) {
            link.ended_at = Some(now);
        }
        next
    }

    /// The link with a hash, while it can be used.
    pub fn open_link(&self, hash: TokenHash, now: Timestamp) -> Option<&ConsentLink> {
        let link = self.links.iter().find(|link| link.hash == hash)?;
        self.is_open_link(link, now).then_some(link)
    }

    /// Whether a link can be used at a moment: it waits for that answer, and nothing ended it.
    pub fn is_open_link(&self, link: &ConsentLink, now: Timestamp) -> bool {
        let stands = link.ended_at.is_none() && now < link.expires_at;
        stands && self.awaits_answer_of(link.whose, now)
    }

    /// Whether somebody was asked, and has not answered: that it waits for them to introduce is no
    /// question.
    fn awaits_answer_of(&self, who: PersonId, now: Timestamp) -> bool {
        self.state_at(now).awaits_answer() && self.waits_for(now).contains(&Awaited::Person(who))
    }

    /// The introduction after an answer by a link, which has ended with all that waited for the same
    /// answer; nothing where it could not be used.
    #[must_use]
    pub fn answered_by_link(
        &self,
        hash: TokenHash,
        answer: LinkAnswer,
        now: Timestamp,
    ) -> Option<Self> {
        let whose = self.open_link(hash, now)?.whose;
        let made = match answer {
            LinkAnswer::Yes => Move::Agree(whose),
            LinkAnswer::No | LinkAnswer::Never => Move::Decline(whose),
        };
        let at = self.history.last().map_or(now, |last| last.at.max(now));
        let mut next = self.without_links(|link| link.whose == whose, now);
        next.history.push(Transition { by_link: true, ..Transition::of(Author::System, made, at) });
        next.move_on(made, at);
        Some(next)
    }
}
