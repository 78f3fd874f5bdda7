//! People: looking them up, writing them down, correcting them.

use crate::model::{
    Change, Claim, CompanyId, Day, Employment, EmploymentId, Expect, Holder, Identifier, Name,
    Person, PersonId, Revision, Role, Tag, Title,
};

use super::{
    NoteView, Page, PageRequest, Refusal, RefusalCode, ServiceError, ServiceResult, Tertius,
    Vantage, Viewer, notes::notes_on, paging::foreign_cursor, recording::JobDraft,
};

/// A person as a viewer sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonView {
    /// Who it is.
    pub id: PersonId,
    /// How often they were changed.
    pub revision: Revision,
    /// How they are called; nothing where the viewer may not see it.
    pub name: Option<Name>,
    /// By what they are reached, or known elsewhere.
    pub identifiers: Vec<Identifier>,
    /// Where they work and worked: what goes on first, then the newest first.
    pub jobs: Vec<JobView>,
    /// Words on them.
    pub tags: Vec<Tag>,
    /// The notes on them, the newest first.
    pub notes: Vec<NoteView>,
    /// How often in a month they are willing to be asked, if they said so.
    pub asks_per_month: Option<u16>,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl PersonView {
    /// How to call them: by their name, else by what they are reached by.
    pub fn called(&self) -> Option<String> {
        let name = self.name.as_ref().map(ToString::to_string);
        name.or_else(|| self.identifiers.first().map(Identifier::text))
    }
}

/// An employment as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobView {
    /// Which employment.
    pub id: EmploymentId,
    /// Who works there.
    pub person: PersonId,
    /// Where.
    pub company: CompanyId,
    /// As what.
    pub title: Option<Title>,
    /// Since when.
    pub from: Option<Day>,
    /// Until when.
    pub to: Option<Day>,
    /// Whether it goes on today.
    pub current: bool,
    /// From where it is seen.
    pub as_of: Vantage,
}

impl JobView {
    pub(super) fn of(job: &Employment, today: Day, viewer: &Viewer) -> Self {
        Self {
            id: job.id,
            person: job.person,
            company: job.company,
            title: job.title.clone(),
            from: job.span.from(),
            to: job.span.to(),
            current: job.span.contains(today),
            as_of: viewer.vantage(),
        }
    }
}

/// A person to write down.
#[derive(Debug, Clone, Default)]
pub struct PersonDraft {
    /// How they are called.
    pub name: String,
    /// Mail addresses and profile pages.
    pub identifiers: Vec<String>,
    /// Where they work.
    pub job: Option<JobDraft>,
    /// A key that makes a repeated call do nothing.
    pub idempotency_key: Option<String>,
}

/// What to correct of a person; what is not named stays.
#[derive(Debug, Clone, Default)]
pub struct PersonPatch {
    /// A new name.
    pub name: Option<String>,
    /// Mail addresses and profile pages to add.
    pub add_identifiers: Vec<String>,
    /// The revision that the correction was made for.
    pub expected_revision: Option<u32>,
}

impl Tertius {
    /// People by their ids, in order, with gaps where the viewer sees nobody.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn people(
        &self,
        viewer: &Viewer,
        ids: &[PersonId],
    ) -> ServiceResult<Vec<Option<PersonView>>> {
        let picture = self.picture_of(viewer).await?;
        let today = picture.epoch.day;
        let people = picture.recorded.people(ids).await?;
        let seen = |person: Option<Person>| person.and_then(|p| see(&p, viewer, today));
        Ok(people.into_iter().map(seen).collect())
    }

    /// One person.
    ///
    /// # Errors
    /// `NotFound` when the viewer sees nobody there.
    pub async fn person(&self, viewer: &Viewer, id: PersonId) -> ServiceResult<PersonView> {
        let found = self.people(viewer, &[id]).await?.pop().flatten();
        found.ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// The person with a mail address or profile page, if the viewer sees one.
    ///
    /// # Errors
    /// `Invalid` when the text is neither.
    pub async fn person_by_identifier(
        &self,
        viewer: &Viewer,
        argument: &'static str,
        text: &str,
    ) -> ServiceResult<Option<PersonView>> {
        let identifier: Identifier =
            text.parse().map_err(|error| ServiceError::invalid(argument, error))?;
        let key = identifier.key();
        let recorded = self.recorded_of(viewer).await?;
        let found = recorded.holders_of(std::slice::from_ref(&key)).await?;
        let ids: Vec<PersonId> = found.into_iter().filter_map(a_person).collect();
        let people = self.people(viewer, &ids).await?;
        let has_it = |p: &PersonView| p.identifiers.iter().any(|i| i.key() == key);
        Ok(people.into_iter().flatten().find(has_it))
    }

    /// A page of the people that the viewer sees, in order of id.
    ///
    /// # Errors
    /// `Invalid` for a size or cursor that cannot be.
    pub async fn people_page(
        &self,
        viewer: &Viewer,
        request: &PageRequest,
    ) -> ServiceResult<Page<PersonView>> {
        let size = self.page_size(request.first)?;
        let after = request.after.as_deref().map(str::parse).transpose();
        let mut after: Option<PersonId> = after.map_err(|_| foreign_cursor("people"))?;
        let began_after = after.is_some();
        let recorded = self.recorded_of(viewer).await?;
        let mut entries = Vec::new();
        loop {
            let ids = recorded.people_after(after, size + 1).await?;
            let exhausted = ids.len() <= size;
            after = ids.last().copied();
            let people = self.people(viewer, &ids).await?.into_iter().flatten();
            entries.extend(people.map(|person| (person.id.to_string(), person)));
            if exhausted || entries.len() > size {
                let has_next = entries.len() > size;
                entries.truncate(size);
                return Ok(Page { entries, has_next, began_after });
            }
        }
    }

    /// Writes a person down.
    ///
    /// # Errors
    /// `Refused` when a part of the draft cannot be taken; `Forbidden` for those who only read.
    pub async fn create_person(
        &self,
        viewer: &Viewer,
        draft: PersonDraft,
    ) -> ServiceResult<PersonView> {
        viewer.needs(Role::Member)?;
        let (batch_id, id) = self.batch_and_id(viewer, "person", draft.idempotency_key.as_deref());
        let id = PersonId::new(id);
        if draft.idempotency_key.is_some()
            && let Ok(made_before) = self.person(viewer, id).await
        {
            return Ok(made_before);
        }
        let name = Name::new(&draft.name).map_err(|e| refuse_text("name", &e))?;
        let identifiers = read_identifiers(&draft.identifiers, "identifiers")?;
        self.refuse_known_identifiers(viewer, &identifiers).await?;
        let mut claims = vec![Claim::PersonName { person: id, name }];
        claims.extend(
            identifiers.into_iter().map(|i| Claim::PersonIdentifier { person: id, identifier: i }),
        );
        if let Some(job) = draft.job {
            claims.push(self.job_claim(viewer, id, job).await?);
        }
        let mut changes = vec![Change::AddPerson(id)];
        changes.extend(claims.into_iter().map(|claim| self.tell(viewer, claim)));
        self.apply(&self.batch(viewer, batch_id, Vec::new(), changes)).await?;
        self.person(viewer, id).await
    }

    /// Corrects a person: what was told by hand before is taken back, the rest stays.
    ///
    /// # Errors
    /// `Refused` with `Conflict` when somebody else was first.
    pub async fn update_person(
        &self,
        viewer: &Viewer,
        id: PersonId,
        patch: PersonPatch,
    ) -> ServiceResult<PersonView> {
        viewer.needs(Role::Member)?;
        let before = self.person_record(viewer, id).await?;
        let id = before.id;
        let mut changes = Vec::new();
        if let Some(name) = patch.name {
            let name = Name::new(&name).map_err(|e| refuse_text("name", &e))?;
            let is_name = |claim: &Claim| matches!(claim, Claim::PersonName { .. });
            changes.extend(Self::retract_by_hand(&before.facts, is_name));
            changes.push(self.tell(viewer, Claim::PersonName { person: id, name }));
        }
        let identifiers = read_identifiers(&patch.add_identifiers, "addIdentifiers")?;
        self.refuse_known_identifiers(viewer, &identifiers).await?;
        for identifier in identifiers {
            changes.push(self.tell(viewer, Claim::PersonIdentifier { person: id, identifier }));
        }
        let expects = patch.expected_revision.map(|n| Expect::Revision(id.into(), Revision(n)));
        let batch_id = self.fresh_batch();
        let batch = self.batch(viewer, batch_id, expects.into_iter().collect(), changes);
        self.apply(&batch).await?;
        self.person(viewer, id).await
    }

    /// A person with their facts, if the viewer sees them.
    pub(super) async fn person_record(
        &self,
        viewer: &Viewer,
        id: PersonId,
    ) -> ServiceResult<Person> {
        let found = self.recorded_of(viewer).await?.people(&[id]).await?.pop().flatten();
        found
            .filter(|person| person.is_visible(viewer.eyes()))
            .ok_or_else(|| ServiceError::NotFound(id.to_string()))
    }

    /// Refuses identifiers that somebody whom the viewer sees has already.
    async fn refuse_known_identifiers(
        &self,
        viewer: &Viewer,
        identifiers: &[Identifier],
    ) -> ServiceResult<()> {
        if identifiers.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = identifiers.iter().map(Identifier::key).collect();
        let found = self.recorded_of(viewer).await?.holders_of(&keys).await?;
        let ids: Vec<PersonId> = found.iter().copied().filter_map(a_person).collect();
        let people = self.people(viewer, &ids).await?;
        for ((at, _), person) in found.into_iter().zip(people) {
            let key = identifiers[at].key();
            if let Some(person) = person.filter(|p| p.identifiers.iter().any(|i| i.key() == key)) {
                let name = person.name.as_ref().map_or("somebody", Name::as_str);
                let message = format!("{name} ({}) has {key} already", person.id);
                return Err(ServiceError::refused(RefusalCode::Duplicate, "identifiers", message));
            }
        }
        Ok(())
    }
}

/// The person who has a key; keys of people are no company's.
fn a_person((_, holder): (usize, Holder)) -> Option<PersonId> {
    match holder {
        Holder::Person(id) => Some(id),
        Holder::Company(_) => None,
    }
}

/// What a viewer sees of a person; nothing where they may see nothing.
fn see(person: &Person, viewer: &Viewer, today: Day) -> Option<PersonView> {
    let eyes = viewer.eyes();
    let tags = person.facts.iter().filter_map(|fact| match &fact.claim {
        Claim::Tag { tag, .. } if fact.is_open_to(eyes) => Some(tag.clone()),
        _ => None,
    });
    let jobs = person.employments(eyes, today);
    person.is_visible(eyes).then(|| PersonView {
        id: person.id,
        revision: person.revision,
        name: person.name(eyes).cloned(),
        identifiers: person.identifiers(eyes).cloned().collect(),
        jobs: jobs.into_iter().map(|job| JobView::of(job, today, viewer)).collect(),
        tags: tags.collect(),
        notes: notes_on(person, viewer),
        asks_per_month: person.asks_per_month(eyes),
        as_of: viewer.vantage(),
    })
}

/// A text that cannot be taken, as a refusal of one part of the input.
pub(super) fn refuse_text(field: &'static str, error: &crate::model::BadText) -> ServiceError {
    let code = match error {
        crate::model::BadText::Empty { .. } => RefusalCode::Blank,
        _ => RefusalCode::Invalid,
    };
    Refusal::new(code, field, error).into()
}

fn read_identifiers(texts: &[String], field: &'static str) -> ServiceResult<Vec<Identifier>> {
    const IDENTIFIERS_MAX: usize = 20;
    if texts.len() > IDENTIFIERS_MAX {
        let message = format!("{} are given, but {IDENTIFIERS_MAX} are the most", texts.len());
        return Err(ServiceError::refused(RefusalCode::Invalid, field, message));
    }
    texts.iter().map(|text| text.parse().map_err(|error| refuse_text(field, &error))).collect()
}
