//! What a record tells, as changes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    formats::{ContactKind, Entry, Firm, Job, Located, Party, Record},
    model::{
        Attestation, Audience, Author, Change, Claim, CompanyId, CompanyRelation, Domain,
        Employment, Evidence, EvidenceKind, Holder, Identifier, List, MemberId, Name, Participant,
        PersonId, Span, Speaker, SystemName, Tag, Telling, company_domain, is_free_mail,
    },
    service::{
        bouncer::Bouncer,
        identity::{Homes, telling},
    },
};

use super::list_kind::list_kind;

/// What the source of our own exports is called.
pub(super) const EXPORT: &str = "export";

/// What becomes of a record.
#[derive(Debug)]
pub(super) enum Told {
    /// These changes; the last of them decides whether it is new, where it is evidence.
    Changes(Vec<Change>),
    /// It is left out, and why.
    Excluded(String),
    /// It cannot be taken, and why.
    Refused(String),
}

/// Turns records into changes; remembers whom it has told of, so that each is told once.
#[derive(Debug)]
pub(super) struct Translator {
    pub(super) homes: Homes,
    pub(super) member: MemberId,
    /// The person that whoever imports stands for.
    pub(super) me: PersonId,
    /// How the file speaks of them.
    pub(super) owner: Option<Party>,
    pub(super) system: SystemName,
    /// For whom evidence is; people, companies and what they do are for the same group, in full.
    pub(super) audience: Audience,
    pub(super) attestation: Attestation,
    pub(super) bouncer: Bouncer,
    /// Whether all of it is told to whoever imports alone, until it is known what their rules hide.
    pub(super) is_held: bool,
    told: FxHashSet<u64>,
    /// How often equal evidence was met.
    equal: FxHashMap<u64, u32>,
}

impl Translator {
    pub(super) fn new(
        homes: Homes,
        (member, me, owner): (MemberId, PersonId, Option<Party>),
        attestation: Attestation,
        bouncer: Bouncer,
    ) -> Self {
        Self {
            homes,
            member,
            me,
            owner,
            system: attestation.source.system.clone(),
            audience: attestation.audience,
            attestation,
            bouncer,
            is_held: false,
            told: FxHashSet::default(),
            equal: FxHashMap::default(),
        }
    }

    /// What is known of whoever imports, by the file.
    pub(super) fn about_me(&mut self) -> Vec<Change> {
        let person = self.me;
        let Some(owner) = &self.owner else { return Vec::new() };
        let identifiers = owner.identifiers.iter().cloned();
        let identifiers =
            identifiers.map(|identifier| Claim::PersonIdentifier { person, identifier });
        let name = owner.name.clone().map(|name| Claim::PersonName { person, name });
        identifiers.chain(name).map(|claim| self.tell(claim)).collect()
    }

    pub(super) fn translate(&mut self, read: Located) -> Told {
        let mut changes = Vec::new();
        if matches!(read.record, Record::Contact { at, .. } if self.bouncer.is_too_old(at)) {
            return Told::Excluded("evidence that is older than it is kept".to_owned());
        }
        let Some(record) = self.bouncer.admit(read.record) else {
            return Told::Excluded("somebody of whom nothing is to be imported".to_owned());
        };
        let told = match record {
            Record::Excluded { reason } => return Told::Excluded(reason.to_owned()),
            Record::Person { person, jobs, tags } => {
                self.person_row(&person, &jobs, tags, &mut changes)
            }
            Record::Company { company, tags } => self.company_row(&company, tags, &mut changes),
            Record::Contact { kind, at, people } => {
                return self.contact(kind, at, &people, changes);
            }
            Record::Relation { from, to, kind, span } => {
                self.relation((&from, &to), kind, span, &mut changes)
            }
            Record::OnList { list, entry } => self.on_list(&list, &entry, &mut changes),
            Record::Cadence { person, days } => self.cadence(&person, days, &mut changes),
        };
        told.map_or_else(Told::Refused, |()| Told::Changes(changes))
    }

    fn tell(&self, claim: Claim) -> Change {
        let in_full = Audience { level: crate::model::Level::Evidence, ..self.audience };
        let audience = match claim {
            Claim::Cadence { .. } => Audience::private(self.member),
            _ if self.is_held => Audience::private(self.member),
            Claim::Evidence(_) => self.audience,
            _ => in_full,
        };
        Change::Tell(Telling::new(claim, Attestation { audience, ..self.attestation.clone() }))
    }

    /// Whether this was told before in this import.
    fn is_first(&mut self, what: impl std::hash::Hash) -> bool {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.told.insert(hasher.finish())
    }

    /// Somebody, with everything that a mention tells of them; nothing for nobody.
    fn somebody(
        &mut self,
        party: &Party,
        company: Option<&Firm>,
        changes: &mut Vec<Change>,
    ) -> Option<PersonId> {
        let is_me = self.owner.as_ref().is_some_and(|owner| {
            owner == party || telling(party).any(|i| telling(owner).any(|o| o.key() == i.key()))
        });
        let id = if is_me { self.me } else { self.homes.person(party, company)? };
        if !self.is_first(("person", id, party)) {
            return Some(id);
        }
        changes.push(Change::AddPerson(id));
        // What follows an adding says who it is: by that it is known whether they are new.
        let mut identifiers: Vec<&Identifier> = party.identifiers.iter().collect();
        let first = telling(party).min();
        identifiers.sort_by_key(|identifier| Some(*identifier) != first);
        let identifiers = identifiers.into_iter().cloned();
        let identifiers =
            identifiers.map(|identifier| Claim::PersonIdentifier { person: id, identifier });
        let name = party
            .name
            .clone()
            .filter(|_| !is_me)
            .map(|name| Claim::PersonName { person: id, name });
        let claims: Vec<Claim> = identifiers.chain(name).collect();
        changes.extend(claims.into_iter().map(|claim| self.tell(claim)));
        Some(id)
    }

    /// That somebody works where their address is, if it is a company's.
    fn at_their_address(&mut self, id: PersonId, party: &Party, changes: &mut Vec<Change>) {
        // Our own export says itself who works where.
        if self.system.as_str() == EXPORT {
            return;
        }
        let addresses = telling(party).filter_map(|identifier| match identifier {
            Identifier::Mail(address) => company_domain(address),
            _ => None,
        });
        let domains: Vec<Domain> = addresses.collect();
        for domain in domains {
            let company = Firm { domains: vec![domain], ..Firm::default() };
            let job = Job { company, title: None, span: Span::default() };
            self.employ(id, &job, changes);
        }
    }

    fn employ(&mut self, person: PersonId, job: &Job, changes: &mut Vec<Change>) {
        let Some(company) = self.company(&job.company, changes) else { return };
        let title = job.title.as_ref().map(|title| crate::model::fold(title.as_str()));
        let day = |day: Option<crate::model::Day>| day.map(|d| d.to_string()).unwrap_or_default();
        let rest = [title.unwrap_or_default(), day(job.span.from()), day(job.span.to())].join("|");
        let id = self.homes.employment(person, company, &rest);
        if self.is_first(("job", id)) {
            let title = job.title.clone().filter(|title| !self.bouncer.is_named_in(title.as_str()));
            let span = job.span;
            changes.push(self.tell(Claim::Employment(Employment {
                id,
                person,
                company,
                title,
                span,
            })));
        }
    }

    fn company(&mut self, firm: &Firm, changes: &mut Vec<Change>) -> Option<CompanyId> {
        let id = self.homes.company(firm)?;
        if !self.is_first(("company", id, firm)) {
            return Some(id);
        }
        changes.push(Change::AddCompany(id));
        let name = firm.name.clone().map(|name| Claim::CompanyName { company: id, name });
        let domains = firm.domains.iter().filter(|domain| !is_free_mail(domain.as_str()));
        let domains =
            domains.map(|domain| Claim::CompanyDomain { company: id, domain: domain.clone() });
        let external = firm.external.clone();
        let external =
            external.map(|identifier| Claim::CompanyIdentifier { company: id, identifier });
        let claims: Vec<Claim> = domains.chain(external).chain(name).collect();
        changes.extend(claims.into_iter().map(|claim| self.tell(claim)));
        Some(id)
    }

    fn person_row(
        &mut self,
        person: &Party,
        jobs: &[Job],
        tags: Vec<Tag>,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let company = jobs.first().map(|job| &job.company);
        let id = self.somebody(person, company, changes).ok_or("it names nobody")?;
        for job in jobs {
            self.employ(id, job, changes);
        }
        if jobs.is_empty() {
            self.at_their_address(id, person, changes);
        }
        self.tag(Holder::Person(id), tags, changes);
        Ok(())
    }

    fn company_row(
        &mut self,
        company: &Firm,
        tags: Vec<Tag>,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let id = self.company(company, changes).ok_or("it names no company")?;
        self.tag(Holder::Company(id), tags, changes);
        Ok(())
    }

    fn tag(&mut self, on: Holder, tags: Vec<Tag>, changes: &mut Vec<Change>) {
        for tag in tags {
            let is_named = self.bouncer.is_named_in(tag.as_str());
            if !is_named && self.is_first(("tag", on, &tag)) {
                changes.push(self.tell(Claim::Tag { on, tag }));
            }
        }
    }

    fn relation(
        &mut self,
        (from, to): (&Firm, &Firm),
        kind: crate::model::RelationKind,
        span: Span,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let missing = "it names no company on one side";
        let from = self.company(from, changes).ok_or(missing)?;
        let to = self.company(to, changes).ok_or(missing)?;
        let rest = format!("{kind:?}|{span:?}");
        let id = self.homes.relation(from, to, &rest);
        changes.push(self.tell(Claim::Relation(CompanyRelation { id, from, to, kind, span })));
        Ok(())
    }

    fn on_list(
        &mut self,
        list: &Name,
        entry: &Entry,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let entry = match entry {
            Entry::Person(party) => {
                Holder::Person(self.somebody(party, None, changes).ok_or("it names nobody")?)
            }
            Entry::Company(firm) => {
                Holder::Company(self.company(firm, changes).ok_or("it names no company")?)
            }
        };
        let id = self.homes.list(&self.member.to_string(), list.as_str());
        if self.is_first(("list", id)) {
            let audience = Audience { level: crate::model::Level::Evidence, ..self.audience };
            let kind = list_kind(list.as_str());
            let list = self.bouncer.unnamed(list.to_string());
            let list = Name::new(&list).expect("it was one before");
            changes.push(Change::PutList(List {
                id,
                name: list,
                kind,
                owner: self.member,
                audience,
            }));
        }
        changes.push(self.tell(Claim::ListEntry { list: id, entry }));
        Ok(())
    }

    fn cadence(
        &mut self,
        person: &Party,
        days: u16,
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let with = self.somebody(person, None, changes).ok_or("it names nobody")?;
        if with == self.me {
            return Err("nobody keeps in touch with themself".to_owned());
        }
        changes.push(self.tell(Claim::Cadence { of: self.me, with, days }));
        Ok(())
    }

    fn contact(
        &mut self,
        kind: ContactKind,
        at: crate::model::Timestamp,
        people: &[Party],
        mut changes: Vec<Change>,
    ) -> Told {
        let mut participants = Vec::with_capacity(people.len());
        for party in people {
            let Some(person) = self.somebody(party, None, &mut changes) else {
                return Told::Refused(
                    "somebody in it has neither a name nor an address".to_owned(),
                );
            };
            if self.is_first(("address", person, party)) && person != self.me {
                self.at_their_address(person, party, &mut changes);
            }
            participants.push(Participant { person, read_as: self.read_as(party) });
        }
        let kind = match kind {
            ContactKind::Plain(EvidenceKind::Override { strength, reason, until }) => {
                let reason = reason.filter(|reason| !self.bouncer.is_named_in(reason.as_str()));
                EvidenceKind::Override { strength, reason, until }
            }
            ContactKind::Plain(kind) => kind,
            ContactKind::Stated(closeness) => {
                EvidenceKind::Statement { closeness, by: Speaker::System(self.system.clone()) }
            }
        };
        let evidence = match Evidence::new(kind, at, participants) {
            Ok(evidence) => evidence,
            Err(error) => return Told::Refused(error.to_string()),
        };
        let occurrence = self.occurrence(&evidence);
        let mut change = self.tell(Claim::Evidence(evidence));
        if let Change::Tell(telling) = &mut change {
            telling.occurrence = occurrence;
        }
        changes.push(change);
        Told::Changes(changes)
    }

    /// The identifier by which evidence names somebody, where the file gives just one. Where it
    /// gives more they are named by their part alone, as is whoever the file belongs to, and
    /// whomever an export names without saying by what.
    fn read_as(&self, party: &Party) -> Option<Identifier> {
        let is_owner = self.owner.as_ref() == Some(party);
        let is_row_of_export = party.name.is_some() && self.system.as_str() == EXPORT;
        let mut identifiers = telling(party);
        let first = identifiers.next().filter(|_| identifiers.next().is_none());
        first.filter(|_| !is_owner && !is_row_of_export).cloned()
    }

    /// Which one it is among equal evidence of this import.
    fn occurrence(&mut self, evidence: &Evidence) -> u32 {
        let mut hasher = DefaultHasher::new();
        (evidence.at(), evidence.kind().name()).hash(&mut hasher);
        evidence.participants().hash(&mut hasher);
        let key = hasher.finish();
        if self.told.insert(key) {
            return 0;
        }
        let count = self.equal.entry(key).or_default();
        *count += 1;
        *count
    }

    /// How whoever imports signs.
    pub(super) fn author(&self) -> Author {
        self.attestation.recorder
    }
}
