//! What is kept about a person, to answer a person who asks for it.

use std::{collections::BTreeMap, fmt::Write as _};

use futures_util::TryStreamExt as _;

use crate::model::{
    Attestation, Claim, CompanyId, Evidence, Fact, FactId, Holder, LawfulBasis, Level, ListId,
    Login, MemberId, PersonId, Role, SystemName, Timestamp, Title,
};

use super::{
    Page, PageRequest, ServiceResult, Tertius, Viewer, identity::Recorded, paging::foreign_cursor,
};

/// One fact that names a person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonalDatum {
    /// Which fact.
    pub fact: FactId,
    /// What it says, in words.
    pub text: String,
    /// When it was true, if it was of one moment.
    pub at: Option<Timestamp>,
    /// Who told it, as far as the viewer sees; at least one.
    pub tellings: Vec<ToldBy>,
}

/// By whom a fact was told, and by what right it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldBy {
    /// From which system it came.
    pub system: SystemName,
    /// By which login whoever recorded it is known; nobody where the house did.
    pub login: Option<Login>,
    /// By what right it is kept.
    pub basis: LawfulBasis,
    /// Whether the team sees it, or the viewer alone.
    pub for_team: bool,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was taken back, if it was.
    pub retracted_at: Option<Timestamp>,
}

impl Tertius {
    /// A page of everything that is kept about a person, in order of telling: what the viewer sees
    /// all of, and what of that was taken back. What a colleague keeps to themself only they are
    /// shown, so each member answers for what is theirs.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees nobody there; `Forbidden` for those who only read; `Invalid`
    /// for a size or cursor that cannot be.
    ///
    /// # Complexity
    /// One walk over all facts.
    pub async fn personal_data(
        &self,
        viewer: &Viewer,
        id: PersonId,
        request: &PageRequest,
    ) -> ServiceResult<Page<PersonalDatum>> {
        const LIST: &str = "personalData";
        viewer.needs_to_see(Role::Member)?;
        let size = self.page_size(request.first)?;
        let person = self.person(viewer, id).await?.id;
        let fact_of = |cursor: &str| {
            let fact = cursor.strip_prefix(LIST).and_then(|rest| rest.strip_prefix(':'));
            fact.and_then(|fact| fact.parse::<FactId>().ok()).ok_or_else(|| foreign_cursor(LIST))
        };
        let mut after = request.after.as_deref().map(fact_of).transpose()?;
        let recorded = self.recorded_of(viewer).await?;
        let parts = recorded.joins().people.parts(person);
        let mut facts = recorded.store().stream_naming(parts);
        let mut found: Vec<(Fact, Vec<Attestation>)> = Vec::new();
        while let Some(fact) = facts.try_next().await? {
            if let Some(last) = after {
                after = Some(last).filter(|last| *last != fact.id);
                continue;
            }
            let seen = seen_by(&fact, viewer.member());
            if !seen.is_empty() {
                found.push((fact, seen));
            }
            if found.len() > size {
                break;
            }
        }
        drop(facts);
        if after.is_some() {
            return Err(foreign_cursor(LIST));
        }
        let has_next = found.len() > size;
        found.truncate(size);
        let words = Words::of(self, (&recorded, viewer.member()), &found).await?;
        let entry = |(fact, seen): (Fact, Vec<Attestation>)| {
            let tellings = seen.iter().map(|told| words.told_by(told)).collect();
            let (text, at) = (words.claim(&fact.claim), fact.claim.at());
            let datum = PersonalDatum { fact: fact.id, text, at, tellings };
            (format!("{LIST}:{}", fact.id), datum)
        };
        let entries = found.into_iter().map(entry).collect();
        Ok(Page { entries, has_next, began_after: request.after.is_some() })
    }
}

/// The tellings of which a member sees, or saw, all.
fn seen_by(fact: &Fact, member: MemberId) -> Vec<Attestation> {
    let told = fact.attestations.iter();
    let in_full = |told: &&Attestation| {
        let standing = Attestation { retracted_at: None, ..(*told).clone() };
        standing.level_for(Some(member)) == Some(Level::Evidence)
    };
    told.filter(in_full).cloned().collect()
}

/// How those are called of whom facts speak.
struct Words {
    people: BTreeMap<PersonId, String>,
    companies: BTreeMap<CompanyId, String>,
    lists: BTreeMap<ListId, String>,
    logins: BTreeMap<MemberId, Login>,
}

impl Words {
    async fn of(
        tertius: &Tertius,
        (recorded, member): (&Recorded, MemberId),
        facts: &[(Fact, Vec<Attestation>)],
    ) -> ServiceResult<Self> {
        let (mut people, mut companies) = (Vec::new(), Vec::new());
        for (fact, _) in facts {
            match &fact.claim {
                Claim::Evidence(evidence) => {
                    people.extend(evidence.participants().iter().map(|p| p.person));
                }
                Claim::Employment(job) => companies.push(job.company),
                Claim::Cadence { of, with, .. } => people.extend([*of, *with]),
                Claim::Note(note) => people.push(note.by),
                Claim::Identity {
                    one: Holder::Person(one), other: Holder::Person(other), ..
                } => {
                    people.extend([*one, *other]);
                }
                _ => {}
            }
        }
        people.sort_unstable();
        people.dedup();
        companies.sort_unstable();
        companies.dedup();
        let named = recorded.people(&people).await?;
        let by = Some(member);
        let name = |id: PersonId, found: Option<crate::model::Person>| {
            let name = found.and_then(|person| person.name(by).map(ToString::to_string));
            (id, name.unwrap_or_else(|| id.to_string()))
        };
        let people = people.into_iter().zip(named).map(|(id, found)| name(id, found)).collect();
        let named = recorded.companies(&companies).await?;
        let name = |id: CompanyId, found: Option<crate::model::Company>| {
            let name = found.and_then(|company| company.name(by).map(ToString::to_string));
            (id, name.unwrap_or_else(|| id.to_string()))
        };
        let companies =
            companies.into_iter().zip(named).map(|(id, found)| name(id, found)).collect();
        let lists = tertius.store.all_lists().await?.into_iter();
        let lists = lists.map(|list| (list.value.id, list.value.name.to_string())).collect();
        let members = tertius.store.all_members().await?.into_iter();
        let logins = members.map(|member| (member.value.id, member.value.login)).collect();
        Ok(Self { people, companies, lists, logins })
    }

    fn told_by(&self, told: &Attestation) -> ToldBy {
        let recorder = told.recorder.member();
        ToldBy {
            system: told.source.system.clone(),
            login: recorder.and_then(|member| self.logins.get(&member).cloned()),
            basis: told.basis,
            for_team: told.audience.group == crate::model::Group::Team,
            recorded_at: told.recorded_at,
            retracted_at: told.retracted_at,
        }
    }

    fn person(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or("somebody", String::as_str)
    }

    fn claim(&self, claim: &Claim) -> String {
        match claim {
            Claim::PersonName { name, .. } => format!("is called {name}"),
            Claim::PersonIdentifier { identifier, .. } => {
                format!("is known by {}", identifier.text())
            }
            Claim::Employment(job) => {
                let company = self.companies.get(&job.company).map_or("a company", String::as_str);
                let mut text = format!("works at {company}");
                let title = job.title.as_ref().map(Title::as_str);
                let span = [(" from", job.span.from()), (" until", job.span.to())];
                if let Some(title) = title {
                    let _ = write!(text, " as {title}");
                }
                for (word, day) in span.iter().filter_map(|(word, day)| Some((word, (*day)?))) {
                    let _ = write!(text, "{word} {day}");
                }
                text
            }
            Claim::Tag { tag, .. } => format!("has the tag {tag}"),
            Claim::ListEntry { list, .. } => {
                let list = self.lists.get(list).map_or("a list", String::as_str);
                format!("is on the list {list}")
            }
            Claim::Evidence(evidence) => self.evidence(evidence),
            Claim::AskLimit { per_month, .. } => {
                format!("wants to be asked {per_month} times a month at most")
            }
            Claim::Note(note) => format!("{} wrote of them: {}", self.person(note.by), note.text),
            Claim::Cadence { of, with, days } => {
                let (of, with) = (self.person(*of), self.person(*with));
                format!("{of} wants contact with {with} every {days} days")
            }
            Claim::Identity { one, other, same } => {
                let name = |holder: &Holder| match holder {
                    Holder::Person(id) => self.person(*id).to_owned(),
                    Holder::Company(id) => id.to_string(),
                };
                let is = if *same { "is" } else { "is not" };
                format!("{} {is} {}", name(one), name(other))
            }
            Claim::CompanyName { .. }
            | Claim::CompanyDomain { .. }
            | Claim::CompanyIdentifier { .. }
            | Claim::Relation(_) => "is about a company".to_owned(),
        }
    }

    fn evidence(&self, evidence: &Evidence) -> String {
        let people = evidence.participants().iter().map(|p| self.person(p.person));
        let people: Vec<&str> = people.collect();
        let kind = evidence.kind().name().replace('_', " ");
        match people.split_first() {
            Some((from, to)) if evidence.kind().is_directed() => {
                format!("{kind} from {from} to {}", to.join(", "))
            }
            _ => format!("{kind} of {}", people.join(", ")),
        }
    }
}
