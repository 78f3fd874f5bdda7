//! Erasing people, and what is kept about them.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject};

use crate::{
    model::LawfulBasis as Basis,
    service::{ErasureView, PersonalDatum as Datum, ToErase, ToldBy},
};

use super::{
    connection::{Listed, connection},
    context::{tertius, viewer},
    cost::per_page,
    error::{answer, fail},
    input::{id, page},
    member::Role,
    payload::payloads,
    requires_role::requires_role,
    scalar::DateTime,
};

/// The receipt of an erasure. It does not say who it was.
#[derive(Debug, Clone, SimpleObject)]
pub struct Erasure {
    /// The id: `erasure_` and 32 digits from 0 to f.
    id: ID,
    /// When.
    at: DateTime,
    /// By which login whoever did it is known today; null where the house did.
    by_login: Option<String>,
    /// Why.
    reason: String,
}

impl From<ErasureView> for Erasure {
    fn from(view: ErasureView) -> Self {
        Self {
            id: view.erasure.id.to_string().into(),
            at: DateTime(view.erasure.at),
            by_login: view.login.map(|login| login.to_string()),
            reason: view.erasure.reason.to_string(),
        }
    }
}

/// Whom to erase.
#[derive(Debug, Clone, OneofObject)]
pub enum ErasedBy {
    /// A person whom you see.
    PersonId(ID),
    /// Whoever has a mail address or a profile page. The answer is the same whether somebody has it
    /// or nobody; what colleagues keep to themselves goes too.
    Identifier(String),
}

/// Whom to erase, and why.
#[derive(Debug, Clone, InputObject)]
pub struct ErasePersonInput {
    /// Whom.
    whom: ErasedBy,
    /// Why, in words that do not say who it was.
    reason: String,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

payloads! {
    /// What came of erasing somebody.
    ErasePersonPayload {
        /// The receipt; null where it was refused.
        erasure: Erasure
    }
}

/// By what right something is kept (GDPR, Article 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LawfulBasis {
    /// The person agreed.
    Consent,
    /// A contract with the person needs it.
    Contract,
    /// A legitimate interest that outweighs the person's.
    LegitimateInterest,
}

impl From<Basis> for LawfulBasis {
    fn from(basis: Basis) -> Self {
        match basis {
            Basis::Consent => Self::Consent,
            Basis::Contract => Self::Contract,
            Basis::LegitimateInterest => Self::LegitimateInterest,
        }
    }
}

/// One fact that is kept about a person.
#[derive(Debug, Clone, SimpleObject)]
pub struct PersonalDatum {
    /// The id of the fact.
    fact_id: ID,
    /// What it says, in words.
    text: String,
    /// When it was true, if it was of one moment.
    at: Option<DateTime>,
    /// Who told it, as far as you see.
    tellings: Vec<Telling>,
}

/// By whom a fact was told, and by what right it is kept.
#[derive(Debug, Clone, SimpleObject)]
pub struct Telling {
    /// From which system it came, such as `mail` or `linkedin`.
    system: String,
    /// By which login whoever recorded it is known; null where the house did.
    by_login: Option<String>,
    /// By what right it is kept.
    lawful_basis: LawfulBasis,
    /// Whether the team sees it; else you alone do.
    for_team: bool,
    /// When it was recorded.
    recorded_at: DateTime,
    /// When it was taken back, if it was.
    retracted_at: Option<DateTime>,
}

impl From<ToldBy> for Telling {
    fn from(told: ToldBy) -> Self {
        Self {
            system: told.system.to_string(),
            by_login: told.login.map(|login| login.to_string()),
            lawful_basis: told.basis.into(),
            for_team: told.for_team,
            recorded_at: DateTime(told.recorded_at),
            retracted_at: told.retracted_at.map(DateTime),
        }
    }
}

impl From<Datum> for PersonalDatum {
    fn from(datum: Datum) -> Self {
        Self {
            fact_id: datum.fact.to_string().into(),
            text: datum.text,
            at: datum.at.map(DateTime),
            tellings: datum.tellings.into_iter().map(Telling::from).collect(),
        }
    }
}

/// What is kept about people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Kept;

/// What is kept about people.
#[Object]
impl Kept {
    /// Everything that is kept about a person, to answer somebody who asks for it, in order of
    /// telling: what you see all of. What colleagues keep to themselves each of them sees here.
    #[graphql(
        directive = per_page::apply(0),
        directive = requires_role::apply(Role::Member)
    )]
    async fn personal_data(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "About whom.")] person_id: ID,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<PersonalDatum>> {
        let person = id("personId", &person_id)?;
        let page = page(first, after)?;
        let found = tertius(ctx)?.personal_data(viewer(ctx)?, person, &page).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, PersonalDatum::from))
    }

    /// The receipts of erasures, the newest first.
    #[graphql(
        directive = per_page::apply(0),
        directive = requires_role::apply(Role::Admin)
    )]
    async fn erasures(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Erasure>> {
        let tertius = tertius(ctx)?;
        let all = tertius.erasures(viewer(ctx)?).await.map_err(|error| fail(ctx, error))?;
        let page = tertius.cut(all, "erasures", &page(first, after)?);
        Ok(connection(page.map_err(|error| fail(ctx, error))?, Erasure::from))
    }
}

/// Erasing people.
#[derive(Debug, Clone, Copy, Default)]
pub struct Erasures;

/// Erasing people.
#[Object]
impl Erasures {
    /// Erases a person for everybody and for good: from every answer, past days too, every export,
    /// search and file of the store. What they did with others remains of those others, and imports
    /// leave them out from now on. It cannot be undone. It is answered when it is done, which on a
    /// large network takes as long as a start of the service.
    #[graphql(directive = requires_role::apply(Role::Admin))]
    async fn erase_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom, and why.")] input: ErasePersonInput,
    ) -> Result<ErasePersonPayload> {
        let whom = match input.whom {
            ErasedBy::PersonId(person) => ToErase::Person(id("personId", &person)?),
            ErasedBy::Identifier(identifier) => ToErase::Identifier(identifier),
        };
        let done = tertius(ctx)?.erase_person(viewer(ctx)?, &whom, &input.reason).await;
        Ok(ErasePersonPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
