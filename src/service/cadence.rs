//! How often a member wants contact with somebody: told for their own eyes alone.

use std::collections::BTreeMap;

use crate::model::{
    Attestation, Audience, Author, Change, Claim, Day, Fact, FactId, PersonId, Role, Timestamp,
};

use super::{RefusalCode, ServiceError, ServiceResult, Tertius, Viewer};

/// The longest cadence, in days.
pub const CADENCE_DAYS_MAX: u16 = 3_650;

/// How often the viewer wants contact with somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// With whom.
    pub person: PersonId,
    /// How many days may pass from one contact to the next.
    pub days: u16,
    /// The day on which it was set.
    pub set_on: Day,
}

impl Tertius {
    /// Sets how often the viewer wants contact with somebody; the newest counts, and 0 withdraws
    /// it. The answer is the cadence as it is now.
    ///
    /// # Errors
    /// `Refused` for somebody whom the viewer does not see, for the viewer themself, and for more
    /// than ten years; `Forbidden` for those who only read.
    pub async fn set_cadence(
        &self,
        viewer: &Viewer,
        person: PersonId,
        days: usize,
    ) -> ServiceResult<Option<Cadence>> {
        viewer.needs(Role::Member)?;
        let days = u16::try_from(days).ok().filter(|&days| days <= CADENCE_DAYS_MAX);
        let days = days.ok_or_else(|| {
            let message = format!("it is not from 0 to {CADENCE_DAYS_MAX}");
            ServiceError::refused(RefusalCode::Invalid, "days", message)
        })?;
        let missing = |_| {
            let message = format!("{person} was not found");
            ServiceError::refused(RefusalCode::NotFound, "personId", message)
        };
        let with = self.person(viewer, person).await.map_err(missing)?.id;
        if with == viewer.person() {
            let message = "that is you";
            return Err(ServiceError::refused(RefusalCode::Invalid, "personId", message));
        }
        let told = self.told_cadences(viewer).await?;
        let mut changes = Vec::new();
        let mut is_told = false;
        for (fact, of, attestation) in told.iter().filter(|(_, cadence, _)| cadence.person == with)
        {
            // What a file told goes when its import is undone; what is said now stays.
            if of.days == days && attestation.source.import.is_none() {
                is_told = true;
            } else {
                changes.push(Change::retract(*fact, attestation));
            }
        }
        if days > 0 && !is_told {
            let claim = Claim::Cadence { of: viewer.person(), with, days };
            changes.push(self.tell_for_me(viewer, claim));
        }
        if !changes.is_empty() {
            self.apply(&self.batch(viewer, self.fresh_batch(), Vec::new(), changes)).await?;
        }
        Ok(self.cadences(viewer).await?.remove(&with))
    }

    /// Signs a claim with the viewer's name, for nobody's eyes but theirs.
    fn tell_for_me(&self, viewer: &Viewer, claim: Claim) -> Change {
        let mut change = self.tell(viewer, claim);
        if let Change::Tell(telling) = &mut change {
            telling.attestation.audience = Audience::private(viewer.member());
        }
        change
    }

    /// The cadences of the viewer, by person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn cadences(&self, viewer: &Viewer) -> ServiceResult<BTreeMap<PersonId, Cadence>> {
        let mut told = self.told_cadences(viewer).await?;
        told.sort_by_key(|(fact, cadence, attestation)| {
            (cadence.person, attestation.recorded_at, *fact)
        });
        // The last of each is the one that was told last.
        Ok(told.into_iter().map(|(_, cadence, _)| (cadence.person, cadence)).collect())
    }

    /// Every standing telling of a cadence by the viewer.
    async fn told_cadences(
        &self,
        viewer: &Viewer,
    ) -> ServiceResult<Vec<(FactId, Cadence, Attestation)>> {
        let recorded = self.recorded_of(viewer).await?;
        let me = recorded.people(&[viewer.person()]).await?.pop().flatten();
        let Some(me) = me else { return Ok(Vec::new()) };
        Ok(me.facts.iter().flat_map(|fact| told_by(fact, me.id, viewer)).collect())
    }
}

/// The standing tellings of a fact, if it is a cadence of the viewer.
fn told_by(fact: &Fact, me: PersonId, viewer: &Viewer) -> Vec<(FactId, Cadence, Attestation)> {
    let Claim::Cadence { of, with, days } = fact.claim else { return Vec::new() };
    if of != me {
        return Vec::new();
    }
    let by_me = Author::Member(viewer.member());
    let own = fact.attestations.iter().filter(|a| a.retracted_at.is_none() && a.recorder == by_me);
    let cadence = |at: Timestamp| Cadence { person: with, days, set_on: at.day() };
    own.map(|a| (fact.id, cadence(a.recorded_at), a.clone())).collect()
}
