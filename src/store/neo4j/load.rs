//! Reading what batches touch, before anything of them is decided.

use std::collections::BTreeSet;

use neo4rs::query;

use super::{
    decode::{get, id, id_in, parcels, texts},
    draft::{Draft, Subject, named},
    error::Failure,
    link::Writing,
    prepared::Prepared,
    told::{COLUMNS, Kept},
};
use crate::{
    model::{
        AnyId, AskRules, Attestation, Author, Change, Day, Epoch, FactId, Group, Login, MemberId,
        PersonId, TokenHash, TokenId, Version,
    },
    store::{Applied, StoreResult},
};

/// What some changes name.
#[derive(Default)]
struct Needs {
    subjects: BTreeSet<AnyId>,
    facts: BTreeSet<FactId>,
    logins: BTreeSet<Login>,
    hashes: BTreeSet<TokenHash>,
    people_added: BTreeSet<PersonId>,
    epoch: bool,
}

/// Reads what changes name and the draft does not have yet.
pub(super) async fn load<'a>(
    writing: &mut Writing,
    draft: &mut Draft,
    changes: impl IntoIterator<Item = (&'a Change, Option<FactId>)>,
) -> Result<(), Failure> {
    let mut needs = Needs::default();
    for (change, fact) in changes {
        needs.add(change, fact);
    }
    load_facts(writing, draft, &needs.facts).await?;
    for held in needs.facts.iter().filter_map(|id| draft.facts.get(id)) {
        needs.subjects.extend(named(&held.kept.claim));
    }
    load_subjects(writing, draft, &needs.subjects).await?;
    if !needs.logins.is_empty() {
        let logins: Vec<String> = needs.logins.iter().map(|login| login.as_str().into()).collect();
        let taken =
            query("MATCH (m:Member) WHERE m.login IN $logins RETURN m.id AS id, m.login AS login");
        for row in writing.rows(taken.param("logins", logins)).await? {
            let login = get::<String>(&row, "login")?.parse().map_err(super::error::backend)?;
            draft.logins.entry(login).or_insert(id_in::<MemberId>(&row, "id")?);
        }
    }
    if !needs.hashes.is_empty() {
        let hashes: Vec<(TokenHash, String)> =
            needs.hashes.iter().map(|hash| (*hash, hash_text(*hash))).collect();
        let all: Vec<String> = hashes.iter().map(|(_, text)| text.clone()).collect();
        let taken =
            query("MATCH (t:Token) WHERE t.hash IN $hashes RETURN t.id AS id, t.hash AS hash");
        for row in writing.rows(taken.param("hashes", all)).await? {
            let text: String = get(&row, "hash")?;
            if let Some((hash, _)) = hashes.iter().find(|(_, known)| *known == text) {
                draft.hashes.entry(*hash).or_insert(id_in::<TokenId>(&row, "id")?);
            }
        }
    }
    let is_new = |person: &&PersonId| !draft.subjects.contains_key(&AnyId::from(**person));
    let new: Vec<PersonId> = needs.people_added.iter().filter(is_new).copied().collect();
    load_erased(writing, draft, &new).await?;
    if needs.epoch && draft.last_epoch.is_none() {
        let last = query(
            "MATCH (e:Epoch) RETURN e.version AS version, e.day AS day ORDER BY version DESC LIMIT 1",
        );
        draft.last_epoch = writing.rows(last).await?.first().map(epoch_in).transpose()?;
    }
    Ok(())
}

/// An epoch in a row of version and day.
pub(super) fn epoch_in(row: &neo4rs::Row) -> StoreResult<Epoch> {
    let version = Version(get::<i64>(row, "version")?.unsigned_abs());
    Ok(Epoch { version, day: Day::from_number(get(row, "day")?) })
}

/// How the hash of a token is written.
pub(super) fn hash_text(hash: TokenHash) -> String {
    use std::fmt::Write as _;
    hash.0.iter().fold(String::with_capacity(64), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) async fn load_facts(
    writing: &mut Writing,
    draft: &mut Draft,
    facts: &BTreeSet<FactId>,
) -> Result<(), Failure> {
    let wanted = facts.iter().filter(|id| !draft.facts.contains_key(id));
    let wanted = texts(wanted).into_iter().map(Into::into).collect();
    let text = format!("UNWIND $ids AS id MATCH (f:Fact {{id: id}}) RETURN {COLUMNS}");
    for ids in parcels(wanted) {
        for row in writing.rows(query(&text).param("ids", ids)).await? {
            draft.hold(Kept::in_row(&row)?);
        }
    }
    Ok(())
}

pub(super) async fn load_subjects(
    writing: &mut Writing,
    draft: &mut Draft,
    subjects: &BTreeSet<AnyId>,
) -> Result<(), Failure> {
    let wanted = subjects.iter().filter(|id| !draft.subjects.contains_key(id));
    let wanted = texts(wanted).into_iter().map(Into::into).collect();
    for ids in parcels(wanted) {
        let found = query(
            "UNWIND $ids AS id MATCH (s:Subject {id: id})
             RETURN s.id AS id, s.revision AS revision, s.since AS since, s.body AS body",
        );
        for row in writing.rows(found.param("ids", ids)).await? {
            let subject = Subject {
                revision: get(&row, "revision")?,
                since: get(&row, "since")?,
                body: get(&row, "body")?,
                is_new: false,
                is_dirty: false,
            };
            draft.subjects.insert(id::<AnyId>(get(&row, "id")?)?, subject);
        }
    }
    Ok(())
}

async fn load_erased(
    writing: &mut Writing,
    draft: &mut Draft,
    people: &[PersonId],
) -> Result<(), Failure> {
    let wanted = texts(people).into_iter().map(Into::into).collect();
    for ids in parcels(wanted) {
        let found = query("UNWIND $ids AS id MATCH (e:Erased {id: id}) RETURN e.id AS id");
        for row in writing.rows(found.param("ids", ids)).await? {
            let person: PersonId = id_in(&row, "id")?;
            if !draft.erasing.contains_key(&person) {
                draft.erased.insert(person);
            }
        }
    }
    Ok(())
}

/// Takes the lock of writers; the version, and which of some batches were applied before.
pub(super) async fn begin(
    writing: &mut Writing,
    batches: &[Prepared],
) -> Result<(i64, Draft), Failure> {
    let ids = texts(batches.iter().map(|prepared| prepared.batch.id));
    let lock = query(
        "MATCH (m:Meta {id: 'meta'}) SET m.turn = m.turn + 1
         WITH m.version AS present
         OPTIONAL MATCH (b:Batch) WHERE b.id IN $ids
         RETURN present, b.id AS id, b.version AS version, b.changed AS changed",
    );
    let rows = writing.rows(lock.param("ids", ids)).await?;
    let mut draft = Draft::default();
    let mut present = None;
    for row in &rows {
        present = Some(get::<i64>(row, "present")?);
        let Some(text) = get::<Option<&str>>(row, "id")? else { continue };
        let version = Version(get::<i64>(row, "version")?.unsigned_abs());
        let changed = get::<i64>(row, "changed")?.unsigned_abs() as usize;
        let applied = Applied { version, repeated: true, changed, effects: Vec::new() };
        draft.batches.insert(id(text)?, applied);
    }
    let gone = || super::error::backend("the database lost its Meta node; restore it from a copy");
    Ok((present.ok_or_else(gone)?, draft))
}

impl Needs {
    fn add(&mut self, change: &Change, fact: Option<FactId>) {
        self.facts.extend(fact);
        match change {
            Change::AddPerson(person) => {
                self.subjects.insert((*person).into());
                self.people_added.insert(*person);
            }
            Change::AddCompany(company) => _ = self.subjects.insert((*company).into()),
            Change::Tell(telling) => {
                self.subjects.extend(named(&telling.claim));
                self.teller(&telling.attestation);
            }
            Change::SetAudience { audience, .. } => {
                if let Group::Owner(owner) = audience.group {
                    self.subjects.insert(owner.into());
                }
            }
            Change::BeginEpoch(_) => self.epoch = true,
            Change::PutList(list) => {
                self.subjects.extend([list.id.into(), AnyId::from(list.owner)]);
            }
            Change::PutMember(member) => {
                self.subjects.extend([member.id.into(), AnyId::from(member.person)]);
                self.logins.insert(member.login.clone());
            }
            Change::PutToken(token) => {
                self.subjects.extend([token.id.into(), AnyId::from(token.member)]);
                self.hashes.insert(token.hash);
            }
            Change::PutInvitation(one) => {
                self.subjects.extend([one.id.into(), AnyId::from(one.by)]);
            }
            Change::PutIntroduction(introduction) => {
                self.subjects.insert(introduction.id.into());
                let route = &introduction.route;
                self.subjects.extend(route.people().map(AnyId::from));
                let approvers = route.asks().iter().filter_map(|ask| ask.approver);
                self.subjects.extend(approvers.map(AnyId::from));
            }
            Change::PutAskRules(rules) => {
                self.subjects
                    .extend([AskRules::id_of(rules.owner).into(), AnyId::from(rules.owner)]);
                self.subjects.extend(rules.approver.map(AnyId::from));
            }
            Change::PutExclusion(exclusion) => self.signed(exclusion.id.into(), exclusion.author),
            Change::PutCalibration(one) => self.signed(one.id.into(), one.author),
            Change::PutImport(import) => self.signed(import.id.into(), import.author),
            Change::PutAudienceRule(rule) => {
                self.subjects.extend([rule.id.into(), AnyId::from(rule.owner)]);
            }
            Change::ErasePerson(erasure, _) => self.signed(erasure.id.into(), erasure.author),
            Change::Retract { .. } | Change::ForgetEvidence(_) => {}
        }
    }

    fn signed(&mut self, id: AnyId, author: Author) {
        self.subjects.insert(id);
        self.subjects.extend(author.member().map(AnyId::from));
    }

    fn teller(&mut self, by: &Attestation) {
        self.subjects.extend(by.insiders().into_iter().flatten().map(AnyId::from));
    }
}
