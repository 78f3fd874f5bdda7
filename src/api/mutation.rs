//! What can be changed: one input and one payload each, refusals as answers.

use async_graphql::{Context, MergedObject, Object, Result, SimpleObject};

use crate::{
    model::{EvidenceKind as Kind, Timestamp},
    service::{
        CompanyDraft, CompanyPatch, EvidenceDraft, JobPatch, PersonDraft, PersonPatch,
        StatementDraft, TieView,
    },
};

use super::{
    ask_rules::Limiting,
    audience::Audiences,
    calibration::Calibrating,
    company::Company,
    consent::Consenting,
    context::{tertius, viewer},
    cost::per_entry,
    employment::Employment,
    erasure::Erasures,
    error::{UserError, answer},
    import_mutation::Importing,
    input::{count, id, ids},
    introducing::Introducing,
    invitation::Inviting,
    keeping::Keeping,
    member::Role,
    member_mutation::Members,
    mutation_input::{
        ContactKind, CreateCompanyInput, CreateEmploymentInput, CreatePersonInput, EmploymentInput,
        RecordEvidenceInput, StateTieInput, UpdateCompanyInput, UpdateEmploymentInput,
        UpdatePersonInput,
    },
    note::Notes,
    payload::payloads,
    person::Person,
    requires_role::requires_role,
    scalar::DateTime,
    supposing::stated,
    tie::Tie,
    tie_mutation::Overriding,
    token::Tokens,
};

payloads! {
    /// What came of writing a person down.
    CreatePersonPayload {
        /// The person; null where it was refused.
        person: Person
    }
    /// What came of correcting a person.
    UpdatePersonPayload {
        /// The person; null where it was refused.
        person: Person
    }
    /// What came of writing a company down.
    CreateCompanyPayload {
        /// The company; null where it was refused.
        company: Company
    }
    /// What came of correcting a company.
    UpdateCompanyPayload {
        /// The company; null where it was refused.
        company: Company
    }
    /// What came of writing an employment down.
    CreateEmploymentPayload {
        /// The employment; null where it was refused.
        employment: Employment
    }
    /// What came of correcting an employment.
    UpdateEmploymentPayload {
        /// The employment; null where it was refused.
        employment: Employment
    }
    /// What came of a statement.
    StateTiePayload {
        /// The tie as it is now; null where it was refused.
        tie: StatedTie
    }
}

/// Two people after something was recorded of them.
#[derive(Debug, Clone, SimpleObject)]
pub struct StatedTie {
    /// Their tie; null where there is none yet, such as after mail in one direction alone.
    pub tie: Option<Tie>,
}

impl From<TieView> for StatedTie {
    fn from(view: TieView) -> Self {
        Self { tie: view.receipt.map(|receipt| Tie::new(view.from, view.to, receipt)) }
    }
}

/// What came of recording something.
#[derive(Debug, Clone, SimpleObject)]
pub struct RecordEvidencePayload {
    /// The ties of the first participant with the others; null where it was refused.
    #[graphql(directive = per_entry::apply(5))]
    pub ties: Option<Vec<StatedTie>>,
    /// Why nothing was changed; empty where something was.
    pub user_errors: Vec<UserError>,
    /// What the input had.
    pub client_mutation_id: Option<String>,
}

/// What can be changed: one input and one payload each.
#[derive(Debug, Clone, Copy, Default, MergedObject)]
pub struct Mutation(
    Recording,
    Overriding,
    Audiences,
    Notes,
    Calibrating,
    Importing,
    Keeping,
    Members,
    Inviting,
    Tokens,
    Erasures,
    Introducing,
    Consenting,
    Limiting,
);

/// People, companies, employments, and what they had to do with each other.
#[derive(Debug, Clone, Copy, Default)]
pub struct Recording;

/// People, companies, employments, and what they had to do with each other.
#[Object]
impl Recording {
    /// Writes a person down.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn create_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person.")] input: CreatePersonInput,
    ) -> Result<CreatePersonPayload> {
        let job = input.employment.map(EmploymentInput::read).transpose()?;
        let draft = PersonDraft {
            name: input.name,
            identifiers: input.identifiers.unwrap_or_default(),
            job,
            idempotency_key: input.idempotency_key,
        };
        let done = tertius(ctx)?.create_person(viewer(ctx)?, draft).await;
        Ok(CreatePersonPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Corrects a person.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn update_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and what.")] input: UpdatePersonInput,
    ) -> Result<UpdatePersonPayload> {
        let patch = PersonPatch {
            name: input.name,
            add_identifiers: input.add_identifiers.unwrap_or_default(),
            expected_revision: revision(input.expected_revision)?,
        };
        let done = tertius(ctx)?.update_person(viewer(ctx)?, id("id", &input.id)?, patch).await;
        Ok(UpdatePersonPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Writes a company down.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn create_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The company.")] input: CreateCompanyInput,
    ) -> Result<CreateCompanyPayload> {
        let draft = CompanyDraft {
            name: input.name,
            domains: input.domains.unwrap_or_default(),
            idempotency_key: input.idempotency_key,
        };
        let done = tertius(ctx)?.create_company(viewer(ctx)?, draft).await;
        Ok(CreateCompanyPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Corrects a company.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn update_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what.")] input: UpdateCompanyInput,
    ) -> Result<UpdateCompanyPayload> {
        let patch = CompanyPatch {
            name: input.name,
            add_domains: input.add_domains.unwrap_or_default(),
            expected_revision: revision(input.expected_revision)?,
        };
        let done = tertius(ctx)?.update_company(viewer(ctx)?, id("id", &input.id)?, patch).await;
        Ok(UpdateCompanyPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Writes down that a person works at a company.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn create_employment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, where, as what.")] input: CreateEmploymentInput,
    ) -> Result<CreateEmploymentPayload> {
        let person = id("personId", &input.person_id)?;
        let draft = input.employment.read()?;
        let done = tertius(ctx)?.create_employment(viewer(ctx)?, person, draft).await;
        Ok(CreateEmploymentPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Corrects an employment, or ends it.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn update_employment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and what.")] input: UpdateEmploymentInput,
    ) -> Result<UpdateEmploymentPayload> {
        let patch = JobPatch {
            title: input.title,
            from: input.started_on.map(|date| date.0),
            to: input.ended_on.map(|date| date.0),
        };
        let done = tertius(ctx)?.update_employment(viewer(ctx)?, id("id", &input.id)?, patch).await;
        Ok(UpdateEmploymentPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Writes down that people had to do with each other; the next question knows it.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn record_evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, when, between whom.")] input: RecordEvidenceInput,
    ) -> Result<RecordEvidencePayload> {
        let kind = match input.kind {
            ContactKind::Mail => Kind::Mail,
            ContactKind::Message => Kind::Message,
            ContactKind::Call => Kind::Call,
            ContactKind::Meeting => Kind::Meeting,
        };
        let DateTime(at): DateTime = input.occurred_at;
        let draft = EvidenceDraft {
            kind,
            at: Timestamp::from_ms(at.as_ms()),
            participants: ids("participantIds", Some(&input.participant_ids))?,
            idempotency_key: input.idempotency_key,
        };
        let done = tertius(ctx)?.record_evidence(viewer(ctx)?, draft).await;
        let (ties, user_errors) = answer(ctx, done)?;
        let ties = ties.map(|ties| ties.into_iter().map(StatedTie::from).collect());
        let client_mutation_id = input.client_mutation_id;
        Ok(RecordEvidencePayload { ties, user_errors, client_mutation_id })
    }

    /// States how well two people know each other; the next question knows it.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn state_tie(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, whom, how well.")] input: StateTieInput,
    ) -> Result<StateTiePayload> {
        let closeness = stated(input.closeness, input.score)?;
        let draft = StatementDraft {
            from: input.from_id.as_ref().map(|from| id("fromId", from)).transpose()?,
            to: id("toId", &input.to_id)?,
            closeness,
        };
        let done = tertius(ctx)?.state_tie(viewer(ctx)?, draft).await;
        Ok(StateTiePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}

fn revision(expected: Option<i32>) -> Result<Option<u32>> {
    let count = count("expectedRevision", expected)?;
    Ok(count.map(|revision| u32::try_from(revision).unwrap_or(u32::MAX)))
}
