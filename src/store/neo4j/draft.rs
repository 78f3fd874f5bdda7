//! What a transaction read, and what it is about to write: changes are decided here, in memory.

use std::collections::BTreeSet;

use neo4rs::BoltType;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    decode::{Teller, label},
    told::{Kept, Told},
};
use crate::{
    model::{
        AnyId, Attestation, Audience, Author, BatchId, Claim, Epoch, FactId, Group, Holder, Login,
        MemberId, PersonId, Source, Telling, Timestamp, TokenHash, TokenId,
    },
    store::{
        Applied, Conflict, Effect, StoreError, StoreResult,
        standing::{first_revision, raises_revision, speaker},
    },
};

/// Whatever has a revision of its own.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) revision: u32,
    /// By which version it was first heard of.
    pub(super) since: i64,
    /// A record's JSON.
    pub(super) body: Option<String>,
    /// Whether the server does not have it yet.
    pub(super) is_new: bool,
    /// Whether its revision or body is to be written.
    pub(super) is_dirty: bool,
}

/// A fact in hand.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) kept: Kept,
    /// How many of its tellings the server has; nothing where it has no such fact.
    pub(super) stored: Option<usize>,
    /// The tellings that were taken back since, by their place in the list.
    pub(super) taken_back: BTreeSet<usize>,
    pub(super) is_dirty: bool,
}

/// What was read and decided within one transaction.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// The version that is being made.
    pub(super) version: i64,
    /// What of it is known to be there; whatever was not read counts as not there.
    pub(super) subjects: FxHashMap<AnyId, Subject>,
    pub(super) facts: FxHashMap<FactId, Held>,
    pub(super) batches: FxHashMap<BatchId, Applied>,
    pub(super) logins: FxHashMap<Login, MemberId>,
    pub(super) hashes: FxHashMap<TokenHash, TokenId>,
    /// Under whose ids nobody may be told of.
    pub(super) erased: FxHashSet<PersonId>,
    pub(super) last_epoch: Option<Epoch>,
    /// Members and tokens whose login or hash is to be written.
    pub(super) renamed: FxHashSet<AnyId>,
    /// Erased people that are to be noted, or no longer.
    pub(super) erasing: FxHashMap<PersonId, bool>,
    /// Epochs that began and are to be written.
    pub(super) epochs: Vec<Epoch>,
    /// Batches that were applied, and what they changed, to be written.
    pub(super) notes: Vec<BoltType>,
    pub(super) log: Vec<BoltType>,
    /// What the present batch touched, and for whom.
    pub(super) touched: BTreeSet<(Option<MemberId>, AnyId)>,
}

/// The moment of a batch and the place of a change in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: Timestamp,
    pub(super) nth: usize,
}

impl Draft {
    /// What must be there.
    pub(super) fn need(&self, id: impl Into<AnyId>) -> StoreResult<()> {
        let id = id.into();
        if self.subjects.contains_key(&id) { Ok(()) } else { Err(StoreError::Missing(id)) }
    }

    pub(super) fn need_author(&self, author: Author) -> StoreResult<()> {
        author.member().map_or(Ok(()), |id| self.need(id))
    }

    /// Finds something, or makes it; says whether it was made.
    pub(super) fn find_or_add(&mut self, id: AnyId) -> StoreResult<bool> {
        if self.subjects.contains_key(&id) {
            return Ok(false);
        }
        label(id).ok_or(StoreError::Missing(id))?;
        let (revision, since) = (first_revision(id), self.version);
        let new = Subject { revision, since, body: None, is_new: true, is_dirty: true };
        self.subjects.insert(id, new);
        Ok(true)
    }

    /// Hears of somebody; says whether that is new.
    pub(super) fn add(&mut self, id: AnyId) -> StoreResult<bool> {
        let added = self.find_or_add(id)?;
        if added {
            self.touched.insert((None, id));
        }
        Ok(added)
    }

    fn revise(&mut self, id: AnyId) {
        if let Some(subject) = self.subjects.get_mut(&id) {
            subject.revision += 1;
            subject.is_dirty = true;
        }
    }

    /// Puts a record for the eyes of an owner, if one is named; says whether it was not the same.
    pub(super) fn put(
        &mut self,
        owner: Option<MemberId>,
        id: AnyId,
        body: String,
    ) -> StoreResult<bool> {
        let added = self.find_or_add(id)?;
        let Some(subject) = self.subjects.get_mut(&id) else { return Ok(false) };
        if subject.body.as_ref() == Some(&body) {
            return Ok(false);
        }
        subject.body = Some(body);
        subject.is_dirty = true;
        if !added {
            self.revise(id);
        }
        self.touched.insert((owner, id));
        Ok(true)
    }

    /// Keeps by which login a member is found; no two members share one.
    pub(super) fn keep_login(&mut self, member: MemberId, login: &Login) -> StoreResult<()> {
        self.logins.retain(|_, holder| *holder != member);
        if self.logins.contains_key(login) {
            return Err(StoreError::Conflict(Conflict::LoginTaken(login.clone())));
        }
        self.logins.insert(login.clone(), member);
        self.renamed.insert(member.into());
        Ok(())
    }

    /// Keeps by which hash a token is found; no two tokens share one.
    pub(super) fn keep_hash(&mut self, token: TokenId, hash: TokenHash) -> StoreResult<()> {
        self.hashes.retain(|_, holder| *holder != token);
        if self.hashes.contains_key(&hash) {
            let text = format!("another token has the hash of {token}");
            return Err(StoreError::BadBatch(text));
        }
        self.hashes.insert(hash, token);
        self.renamed.insert(token.into());
        Ok(())
    }

    /// Keeps whether nobody may be told of under an id.
    pub(super) fn keep_erased(&mut self, person: PersonId, is_erased: bool) {
        if is_erased {
            self.erased.insert(person)
        } else {
            self.erased.remove(&person)
        };
        self.erasing.insert(person, is_erased);
    }

    /// Tells a fact.
    pub(super) fn tell(
        &mut self,
        (telling, id): (&Telling, FactId),
        place: Place,
    ) -> StoreResult<Effect> {
        let by = &telling.attestation;
        if by.retracted_at.is_some() {
            let text = format!("change {} tells what is taken back already", place.nth);
            return Err(StoreError::BadBatch(text));
        }
        self.need_author(by.recorder)?;
        if let Group::Owner(owner) = by.audience.group {
            self.need(owner)?;
        }
        let nth = place.nth as i64;
        let told = Told { version: self.version, place: nth, gone: None, by: by.clone() };
        let Some(held) = self.facts.get_mut(&id) else {
            self.tell_first((telling, id), told)?;
            return Ok(Effect::Changed);
        };
        let same = |a: &Attestation| {
            a.retracted_at.is_none() && a.source == by.source && a.recorder == by.recorder
        };
        if held.kept.told.iter().any(|told| same(&told.by)) {
            return Ok(Effect::Nothing);
        }
        let who = by.recorder.member();
        let was_seen = held.kept.told.iter().any(|told| told.by.level_for(who).is_some());
        held.kept.told.push(told);
        held.is_dirty = true;
        let claim = held.kept.claim.clone();
        self.touch(&claim, by.audience);
        Ok(if was_seen { Effect::Confirmed } else { Effect::Changed })
    }

    fn tell_first(&mut self, (telling, id): (&Telling, FactId), told: Told) -> StoreResult<()> {
        let claim = telling.claim.clone();
        if let Some(speaker) = speaker(&claim) {
            self.need(speaker)?;
        }
        for subject in claim.subjects() {
            match subject {
                AnyId::EmploymentId(_) | AnyId::RelationId(_) => {
                    self.find_or_add(subject)?;
                }
                _ => self.need(subject)?,
            }
        }
        self.touch(&claim, told.by.audience);
        let kept = Kept { id, claim, occurrence: telling.occurrence, told: vec![told] };
        self.hold_new(kept);
        Ok(())
    }

    /// Takes in a fact that the server does not have.
    pub(super) fn hold_new(&mut self, kept: Kept) {
        let (stored, taken_back) = (None, BTreeSet::new());
        self.facts.insert(kept.id, Held { kept, stored, taken_back, is_dirty: true });
    }

    /// Takes in a fact as the server has it.
    pub(super) fn hold(&mut self, kept: Kept) {
        let (stored, taken_back) = (Some(kept.told.len()), BTreeSet::new());
        self.facts.insert(kept.id, Held { kept, stored, taken_back, is_dirty: false });
    }

    /// Takes back what one recorder told from one source; says whether it stood.
    pub(super) fn retract(
        &mut self,
        (id, source, recorder): (FactId, &Source, Author),
        place: Place,
    ) -> StoreResult<bool> {
        let Some((claim, nth)) = self.standing(id, source, recorder)? else { return Ok(false) };
        let audience = self.take_back(id, nth, place);
        self.touch(&claim, audience);
        Ok(true)
    }

    /// Takes back what somebody told and tells it again to others, as of the same moment.
    pub(super) fn set_audience(
        &mut self,
        (id, source, recorder): (FactId, &Source, Author),
        audience: Audience,
        place: Place,
    ) -> StoreResult<bool> {
        let Some((claim, nth)) = self.standing(id, source, recorder)? else { return Ok(false) };
        let Some(held) = self.facts.get(&id) else { return Ok(false) };
        let told = held.kept.told[nth].by.clone();
        if told.audience == audience {
            return Ok(false);
        }
        if let Group::Owner(owner) = audience.group {
            self.need(owner)?;
        }
        let before = self.take_back(id, nth, place);
        let again = Attestation { audience, ..told };
        let (version, nth) = (self.version, place.nth as i64);
        if let Some(held) = self.facts.get_mut(&id) {
            held.kept.told.push(Told { version, place: nth, gone: None, by: again });
        }
        self.touch(&claim, before);
        self.touch(&claim, audience);
        Ok(true)
    }

    /// The claim of a fact, and which of its tellings stands from a source by a recorder.
    fn standing(
        &self,
        id: FactId,
        source: &Source,
        recorder: Author,
    ) -> StoreResult<Option<(Claim, usize)>> {
        let held = self.facts.get(&id).ok_or(StoreError::Missing(id.into()))?;
        let is_it = |told: &Told| {
            let by = &told.by;
            by.retracted_at.is_none() && by.source == *source && by.recorder == recorder
        };
        let nth = held.kept.told.iter().position(is_it);
        Ok(nth.map(|nth| (held.kept.claim.clone(), nth)))
    }

    fn take_back(&mut self, id: FactId, nth: usize, place: Place) -> Audience {
        let version = self.version;
        let held = self.facts.get_mut(&id).expect("a standing telling of it was found");
        let told = &mut held.kept.told[nth];
        told.gone = Some(version);
        told.by.retracted_at = Some(place.at);
        held.taken_back.insert(nth);
        held.is_dirty = true;
        told.by.audience
    }

    /// Notes whom a told or retracted fact changed. Evidence raises no revision, nor do a cadence, a
    /// note, and an entry that of its list; nor does what is told to one member alone.
    fn touch(&mut self, claim: &Claim, audience: Audience) {
        let owner = match audience.group {
            Group::Team => None,
            Group::Owner(member) => Some(member),
        };
        let subjects: BTreeSet<AnyId> = claim.subjects().into_iter().collect();
        for id in subjects {
            self.touched.insert((owner, id));
            let is_quiet = owner.is_some() || !raises_revision(claim);
            if !is_quiet && !matches!(id, AnyId::ListId(_)) {
                self.revise(id);
            }
        }
    }
}

/// All that a telling's claim and teller name: what must be looked up before it is decided.
pub(super) fn named(claim: &Claim) -> impl Iterator<Item = AnyId> {
    claim.subjects().into_iter().chain(speaker(claim).map(AnyId::from))
}

/// Whose names change with a claim.
pub(super) fn renames(claim: &Claim) -> Option<Holder> {
    match claim {
        Claim::PersonName { person, .. } => Some(Holder::Person(*person)),
        Claim::CompanyName { company, .. } => Some(Holder::Company(*company)),
        _ => None,
    }
}

/// The id of a teller: made from what it says.
pub(super) fn teller_id(body: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let digest = Sha256::digest(body.as_bytes());
    let (half, _) = digest.split_at(16);
    half.iter().fold(String::from("teller_"), |text, byte| format!("{text}{byte:02x}"))
}

/// What a teller's node says of itself.
pub(super) fn teller_of(by: &Attestation) -> Teller {
    Teller::of(by)
}
