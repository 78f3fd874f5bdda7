//! What an import may show, where its member has rules: it is told to them alone first, and what no
//! rule hides is told to the team when all of it is there.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream::BoxStream};

use crate::{
    model::{
        Attestation, Audience, Claim, CompanyId, Fact, Holder, ImportId, MemberId, PersonId,
        Timestamp,
    },
    service::{ServiceResult, Tertius},
    store::{PAGE_MAX, StoreResult},
};

use super::{
    ruled::Ruled,
    told_again::{ToldAgain, of_claim},
};

/// What leads to the people and companies of an import.
#[derive(Debug, Default)]
struct Mentions {
    /// Who takes part in evidence that is shown.
    people: BTreeSet<PersonId>,
    /// Who takes part in evidence that is hidden, or is hidden themself.
    hidden: BTreeSet<PersonId>,
    /// Of whom a rule says so.
    ruled: BTreeSet<PersonId>,
    /// Of which something is told beside who works there.
    companies: BTreeSet<CompanyId>,
    /// Who works where.
    jobs: BTreeSet<(CompanyId, PersonId)>,
}

impl Mentions {
    fn add(&mut self, claim: &Claim, is_hidden: bool) {
        match claim {
            Claim::Evidence(evidence) => {
                let people = evidence.participants().iter().map(|one| one.person);
                if is_hidden { self.hidden.extend(people) } else { self.people.extend(people) }
            }
            Claim::Employment(job) => _ = self.jobs.insert((job.company, job.person)),
            Claim::Relation(relation) => self.companies.extend([relation.from, relation.to]),
            Claim::Tag { on: Holder::Company(id), .. }
            | Claim::ListEntry { entry: Holder::Company(id), .. } => _ = self.companies.insert(*id),
            _ => {}
        }
        if let (true, Some(person)) = (is_hidden, person_of(claim)) {
            self.ruled.insert(person);
        }
    }

    /// Whether nothing leads to somebody but what is hidden.
    fn hides_person(&self, id: PersonId) -> bool {
        self.ruled.contains(&id) || (self.hidden.contains(&id) && !self.people.contains(&id))
    }

    /// Whether nothing leads to a company but people who are hidden.
    fn hides_company(&self, id: CompanyId) -> bool {
        let all = (id, PersonId::new(0))..=(id, PersonId::new(u128::MAX));
        let mut staff = self.jobs.range(all).map(|(_, person)| *person).peekable();
        staff.peek().is_some()
            && !self.companies.contains(&id)
            && staff.all(|person| self.hides_person(person))
    }

    fn hide(&self, claim: &Claim) -> bool {
        match claim {
            Claim::CompanyName { company, .. }
            | Claim::CompanyDomain { company, .. }
            | Claim::CompanyIdentifier { company, .. } => self.hides_company(*company),
            _ => person_of(claim).is_some_and(|person| self.hides_person(person)),
        }
    }
}

/// Whom a claim describes, if it describes a person.
fn person_of(claim: &Claim) -> Option<PersonId> {
    match claim {
        Claim::PersonName { person, .. }
        | Claim::PersonIdentifier { person, .. }
        | Claim::AskLimit { person, .. }
        | Claim::Tag { on: Holder::Person(person), .. }
        | Claim::ListEntry { entry: Holder::Person(person), .. } => Some(*person),
        Claim::Employment(job) => Some(job.person),
        _ => None,
    }
}

impl Tertius {
    /// Whether a member has rules about what they show.
    pub(in crate::service) async fn has_rules(&self, member: MemberId) -> ServiceResult<bool> {
        Ok(!self.standing_rules(member).await?.is_empty())
    }

    /// Tells what an import told its member alone since a moment to an audience, as far as their rules
    /// let it. Whoever, and whatever company, is met in what is hidden alone stays hidden with it.
    ///
    /// # Complexity
    /// Two walks over what the import told, and the facts of whoever it speaks of.
    pub(in crate::service) async fn settle_import(
        &self,
        import: ImportId,
        (member, me): (MemberId, PersonId),
        (audience, since): (Audience, Timestamp),
    ) -> ServiceResult<()> {
        let rules = self.standing_rules(member).await?;
        let from = (self.recorded().seen_by(member).await?, self.today());
        let mut ruled = Ruled::by(&rules, (member, me), from).await?;
        let mut mentions = Mentions::default();
        let mut pages = self.pages_of(member, import);
        while let Some(page) = pages.try_next().await? {
            ruled.meet(&page).await?;
            for fact in &page {
                mentions.add(&fact.claim, ruled.limit(&fact.claim) == Some(None));
            }
        }
        let mut again = ToldAgain::by(self, member);
        let mut pages = self.pages_of(member, import);
        while let Some(page) = pages.try_next().await? {
            for fact in page.iter().filter(|fact| !mentions.hide(&fact.claim)) {
                let Some(audience) = of_claim(&fact.claim, audience) else { continue };
                let of_import = |told: &Attestation| {
                    told.source.import == Some(import) && told.recorded_at >= since
                };
                again.tell(fact, of_import, ruled.shown(&fact.claim, audience)).await?;
            }
        }
        drop(pages);
        again.write().await.map(drop)
    }

    fn pages_of(
        &self,
        member: MemberId,
        import: ImportId,
    ) -> BoxStream<'_, StoreResult<Vec<Fact>>> {
        let told = self.store.stream_told_by(member, Some(import));
        told.try_chunks(PAGE_MAX).map(|page| page.map_err(|error| error.1)).boxed()
    }
}
