//! Anything we were told, with who told it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Attestation, Claim, Employment, FactId, Level, MemberId, Timestamp};

/// What is recorded: a claim and one telling of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// What it says.
    pub claim: Claim,
    /// Which one it is among equal claims of one source: identical rows of one file are numbered,
    /// everything else is 0.
    #[serde(default)]
    pub occurrence: u32,
    /// Who told it, by what right, to whom.
    pub attestation: Attestation,
}

impl Telling {
    /// A claim that stands alone.
    pub fn new(claim: Claim, attestation: Attestation) -> Self {
        Self { claim, occurrence: 0, attestation }
    }

    /// The id of the fact that it tells: equal for equal content, whoever tells it.
    ///
    /// The people of evidence enter by the identifier as it was read, where there is one, so that
    /// the same mail out of two mailboxes is one fact, whatever was joined or parted meanwhile.
    pub fn fact_id(&self) -> FactId {
        let mut hasher = Sha256::new();
        if let Claim::Evidence(evidence) = &self.claim {
            hasher.update(evidence.at().as_ms().to_be_bytes());
            hasher.update(serde_json::to_vec(evidence.kind()).expect("plain data"));
            let keys = evidence.participants().iter().map(|participant| {
                participant
                    .read_as
                    .as_ref()
                    .map_or_else(|| participant.person.to_string(), super::Identifier::key)
            });
            let mut keys: Vec<String> = keys.collect();
            // Who wrote comes first; in which order the others were named says nothing.
            let unordered_from = usize::from(evidence.kind().is_directed());
            keys[unordered_from..].sort_unstable();
            for key in keys {
                hasher.update([0]);
                hasher.update(key);
            }
        } else {
            hasher.update(serde_json::to_vec(&self.claim).expect("plain data"));
        }
        hasher.update(self.occurrence.to_be_bytes());
        let digest = hasher.finalize();
        let (half, _) = digest.split_at(16);
        FactId::new(u128::from_be_bytes(half.try_into().expect("16 bytes were split off")))
    }
}

/// Anything we were told; immutable but for who tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its id, made from its content.
    pub id: FactId,
    /// What it says.
    pub claim: Claim,
    /// Who told it; at least one, those that were taken back included, in order of telling.
    pub attestations: Vec<Attestation>,
}

impl Fact {
    /// When it was first told.
    pub fn recorded_at(&self) -> Timestamp {
        let times = self.attestations.iter().map(|a| a.recorded_at);
        times.min().unwrap_or(Timestamp::from_ms(i64::MAX))
    }

    /// How much of it a member, or somebody of the team, may see; nothing of what was taken back.
    pub fn level_for(&self, member: Option<MemberId>) -> Option<Level> {
        self.attestations.iter().filter_map(|a| a.level_for(member)).max()
    }

    /// Whether a member, or somebody of the team, may see all of it.
    pub fn is_open_to(&self, member: Option<MemberId>) -> bool {
        self.level_for(member) == Some(Level::Evidence)
    }

    /// The employment that it tells of, if a member, or somebody of the team, may see it.
    pub fn employment_for(&self, member: Option<MemberId>) -> Option<&Employment> {
        match &self.claim {
            Claim::Employment(job) if self.is_open_to(member) => Some(job),
            _ => None,
        }
    }
}
