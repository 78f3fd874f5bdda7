//! Whom the rules of a member are about, as that member sees them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{
        Audience, AudienceRule, Claim, CompanyId, Day, Domain, Fact, Holder, Identifier, Level,
        MailAddress, MemberId, Person, PersonId, RuleSubject, is_free_mail,
    },
    service::{ServiceResult, identity::Recorded},
    store::PAGE_MAX,
};

/// The most that the team sees; nothing where it is private, which is the strictest.
pub(super) type Limit = Option<Level>;

/// The rules of a member, and on whom they bear.
pub(super) struct Ruled {
    member: MemberId,
    me: PersonId,
    today: Day,
    /// What is recorded, as the member sees it.
    recorded: Recorded,
    people: BTreeMap<PersonId, Limit>,
    companies: BTreeMap<CompanyId, Limit>,
    domains: BTreeMap<String, Limit>,
    /// Whoever was looked up by now.
    met: BTreeMap<PersonId, Option<Limit>>,
}

impl Ruled {
    /// The rules that stand.
    pub(super) async fn by(
        rules: &[AudienceRule],
        (member, me): (MemberId, PersonId),
        (recorded, today): (Recorded, Day),
    ) -> ServiceResult<Self> {
        let (people, companies) = (BTreeMap::new(), BTreeMap::new());
        let (domains, met, me) = (BTreeMap::new(), BTreeMap::new(), recorded.person(me));
        let mut ruled = Self { member, me, today, recorded, people, companies, domains, met };
        for rule in rules.iter().filter(|rule| rule.lifted_at.is_none()) {
            ruled.add(&rule.about, rule.team_sees).await?;
        }
        Ok(ruled)
    }

    async fn add(&mut self, about: &RuleSubject, limit: Limit) -> ServiceResult<()> {
        match about {
            RuleSubject::Person(id) => {
                tighten(&mut self.people, self.recorded.person(*id), limit);
            }
            RuleSubject::Company(id) => {
                let company = self.recorded.companies(&[*id]).await?.pop().flatten();
                tighten(&mut self.companies, self.recorded.company(*id), limit);
                let eyes = Some(self.member);
                let domains = company.iter().flat_map(|company| company.domains(eyes));
                let own = domains.map(Domain::as_str).filter(|domain| !is_free_mail(domain));
                own.for_each(|domain| tighten(&mut self.domains, domain.to_owned(), limit));
            }
            RuleSubject::Domain(domain) => {
                tighten(&mut self.domains, domain.as_str().to_owned(), limit);
                let key = format!("domain:{}", domain.as_str());
                for (_, holder) in self.recorded.holders_of(&[key]).await? {
                    if let Holder::Company(company) = holder {
                        tighten(&mut self.companies, company, limit);
                    }
                }
            }
        }
        Ok(())
    }

    /// Looks up whoever some facts speak of.
    ///
    /// # Complexity
    /// Linear in the facts about those who were not met before.
    pub(super) async fn meet(&mut self, facts: &[Fact]) -> ServiceResult<()> {
        let people = facts.iter().flat_map(|fact| people_in(&fact.claim));
        let new: BTreeSet<PersonId> = people.filter(|id| !self.met.contains_key(id)).collect();
        let new: Vec<PersonId> = new.into_iter().collect();
        for page in new.chunks(PAGE_MAX) {
            let found = self.recorded.people(page).await?;
            for (id, person) in page.iter().zip(found) {
                let limit = match person {
                    Some(person) => self.limit_of(&person),
                    None => self.people.get(id).copied(),
                };
                self.met.insert(*id, limit);
            }
        }
        Ok(())
    }

    /// The strictest rule about somebody; nothing where there is none, nor about the member.
    fn limit_of(&self, person: &Person) -> Option<Limit> {
        if person.id == self.me {
            return None;
        }
        let eyes = Some(self.member);
        let named = self.people.get(&person.id);
        let jobs = person.employments(eyes, self.today).into_iter();
        let jobs = jobs.filter(|job| job.span.contains(self.today));
        let jobs = jobs.filter_map(|job| self.companies.get(&job.company));
        let addresses = person.identifiers(eyes).filter_map(|identifier| match identifier {
            Identifier::Mail(address) => self.limit_at(address),
            _ => None,
        });
        named.into_iter().chain(jobs).copied().chain(addresses).min()
    }

    /// A domain is meant with everything below it.
    fn limit_at(&self, address: &MailAddress) -> Option<Limit> {
        let folded = address.folded();
        let (_, mut rest) = folded.rsplit_once('@')?;
        let mut strictest = self.domains.get(rest).copied();
        while let Some((_, above)) = rest.split_once('.') {
            rest = above;
            strictest = [strictest, self.domains.get(rest).copied()].into_iter().flatten().min();
        }
        strictest
    }

    /// The strictest rule about anybody whom a claim speaks of; those must have been met.
    pub(super) fn limit(&self, claim: &Claim) -> Option<Limit> {
        let people = people_in(claim).into_iter();
        people.filter_map(|id| self.met.get(&id).copied().flatten()).min()
    }

    /// For whom a claim is, that would be for an audience.
    pub(super) fn shown(&self, claim: &Claim, audience: Audience) -> Audience {
        match self.limit(claim) {
            // How much is known of somebody is no secret where the tie is none.
            Some(limit) if limit.is_none() || matches!(claim, Claim::Evidence(_)) => {
                AudienceRule::limited(audience, limit, self.member)
            }
            _ => audience,
        }
    }
}

fn tighten<Key: Ord>(limits: &mut BTreeMap<Key, Limit>, key: Key, limit: Limit) {
    limits.entry(key).and_modify(|before| *before = (*before).min(limit)).or_insert(limit);
}

/// Whom a claim speaks of, of those about whom there can be a rule.
fn people_in(claim: &Claim) -> Vec<PersonId> {
    match claim {
        Claim::PersonName { person, .. }
        | Claim::PersonIdentifier { person, .. }
        | Claim::AskLimit { person, .. }
        | Claim::Tag { on: Holder::Person(person), .. }
        | Claim::ListEntry { entry: Holder::Person(person), .. } => vec![*person],
        Claim::Employment(job) => vec![job.person],
        Claim::Evidence(evidence) => evidence.participants().iter().map(|p| p.person).collect(),
        _ => Vec::new(),
    }
}
