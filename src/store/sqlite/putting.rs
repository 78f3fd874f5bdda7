//! Changes that tell nothing: somebody is first heard of, records are put, somebody is erased.

use super::{at::TEAM, codec::write_json, erase, records, versions, wipe, write::Session};
use crate::{
    model::{AnyId, Author, Change, Exclusion, PersonId},
    store::{Conflict, StoreError, StoreResult},
};

impl Session<'_, '_> {
    /// Applies a change that tells nothing; says whether it changed anything.
    pub(super) fn other_change(&mut self, change: &Change, place: usize) -> StoreResult<bool> {
        match change {
            Change::AddPerson(id) => self.add_person(*id),
            Change::AddCompany(id) => self.add((*id).into()),
            Change::Tell(_) => Ok(false),
            Change::Retract { fact, source, recorder } => self.retract(*fact, source, *recorder),
            Change::SetAudience { fact, source, recorder, audience } => {
                self.set_audience((*fact, source, *recorder), *audience, place)
            }
            Change::PutAudienceRule(rule) => self.put_audience_rule(rule),
            Change::BeginEpoch(day) => {
                versions::begin_epoch(self.db, self.version, (*day, !self.touched.is_empty()))
            }
            Change::PutList(list) => {
                self.projector.known.need(self.db, list.owner)?;
                self.put(list.id.into(), &write_json(list)?).map(|put| put.is_some())
            }
            Change::PutMember(member) => {
                self.projector.known.need(self.db, member.person)?;
                let put = self.put(member.id.into(), &write_json(member)?)?;
                put.map_or(Ok(()), |ix| records::keep_login(self.db, ix, member))?;
                Ok(put.is_some())
            }
            Change::PutToken(token) => {
                self.projector.known.need(self.db, token.member)?;
                let put = self.put(token.id.into(), &write_json(token)?)?;
                put.map_or(Ok(()), |ix| records::keep_hash(self.db, ix, token))?;
                Ok(put.is_some())
            }
            Change::PutInvitation(invitation) => {
                self.projector.known.need(self.db, invitation.by)?;
                self.put(invitation.id.into(), &write_json(invitation)?).map(|put| put.is_some())
            }
            Change::PutExclusion(exclusion) => self.put_exclusion(exclusion),
            Change::PutCalibration(calibration) => {
                self.need_author(calibration.author)?;
                let body = write_json(calibration)?;
                self.put(calibration.id.into(), &body).map(|put| put.is_some())
            }
            Change::PutImport(import) => {
                self.need_author(import.author)?;
                self.put(import.id.into(), &write_json(import)?).map(|put| put.is_some())
            }
            Change::ErasePerson(erasure, traces) => {
                self.need_author(erasure.author)?;
                let removed = erase::erase(self.projector, traces)?;
                versions::note_removal(self.db)?;
                wipe::wait(self.db)?;
                self.touched.retain(|(_, ix)| !removed.contains(ix));
                self.put(erasure.id.into(), &write_json(erasure)?).map(|put| put.is_some())
            }
            Change::ForgetEvidence(before) => {
                let forgot = erase::forget_evidence(self.projector, *before)?;
                if forgot {
                    versions::note_removal(self.db)?;
                    wipe::wait(self.db)?;
                }
                Ok(forgot)
            }
            Change::PutIntroduction(introduction) => self.put_introduction(introduction),
            Change::PutAskRules(rules) => self.put_ask_rules(rules),
        }
    }

    fn put_exclusion(&mut self, exclusion: &Exclusion) -> StoreResult<bool> {
        self.need_author(exclusion.author)?;
        records::keep_erased(self.db, exclusion)?;
        self.put(exclusion.id.into(), &write_json(exclusion)?).map(|put| put.is_some())
    }

    fn add_person(&mut self, id: PersonId) -> StoreResult<bool> {
        let added = self.add(id.into())?;
        if added && records::is_erased(self.db, id)? {
            return Err(StoreError::Conflict(Conflict::Erased(id)));
        }
        Ok(added)
    }

    fn need_author(&mut self, author: Author) -> StoreResult<()> {
        author.member().map_or(Ok(()), |id| self.projector.known.need(self.db, id).map(drop))
    }

    fn add(&mut self, id: AnyId) -> StoreResult<bool> {
        let (ix, added) = self.projector.known.find_or_add((self.db, self.version), id)?;
        if added {
            self.touched.insert((TEAM, ix));
        }
        Ok(added)
    }

    /// Puts a record; the number of its subject if it was not the same already.
    pub(super) fn put(&mut self, id: AnyId, body: &str) -> StoreResult<Option<i64>> {
        self.put_for(TEAM, id, body)
    }

    /// The same for the eyes of an owner alone, if one is named.
    pub(super) fn put_for(
        &mut self,
        owner: i64,
        id: AnyId,
        body: &str,
    ) -> StoreResult<Option<i64>> {
        let (ix, added) = self.projector.known.find_or_add((self.db, self.version), id)?;
        let written = self
            .db
            .prepare_cached(
                "INSERT INTO record VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body
                 WHERE body <> excluded.body",
            )?
            .execute((ix, body))?;
        if written == 0 {
            return Ok(None);
        }
        if !added {
            self.revise(ix)?;
        }
        self.touched.insert((owner, ix));
        Ok(Some(ix))
    }
}
