//! What lets somebody become a member, once.

use serde::{Deserialize, Serialize};

use super::{InvitationId, Login, MailAddress, MemberId, PersonId, Role, Timestamp, TokenHash};

/// An invitation to the team, by a link that can be used once and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Which invitation: the first half of the hash, so that the secret finds it.
    pub id: InvitationId,
    /// The hash of the secret in the link.
    pub hash: TokenHash,
    /// Who invites.
    pub by: MemberId,
    /// What the new member may do.
    pub role: Role,
    /// By which login they come in; they choose one where nothing is said.
    pub login: Option<Login>,
    /// Their own addresses.
    pub addresses: Vec<MailAddress>,
    /// Who they are, where that is recorded already.
    pub person: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it can no longer be used.
    pub expires_at: Timestamp,
    /// Who came in by it, if somebody did.
    pub redeemed_by: Option<MemberId>,
    /// When it was taken back, if it was.
    pub withdrawn_at: Option<Timestamp>,
}

impl Invitation {
    /// Which invitation a hash belongs to.
    pub fn id_of(hash: TokenHash) -> InvitationId {
        let (first, _) = hash.0.split_at(16);
        InvitationId::new(u128::from_be_bytes(first.try_into().expect("16 bytes were split off")))
    }

    /// Whether it can be used at a moment.
    pub fn is_open_at(&self, moment: Timestamp) -> bool {
        self.redeemed_by.is_none() && self.withdrawn_at.is_none() && moment < self.expires_at
    }
}
