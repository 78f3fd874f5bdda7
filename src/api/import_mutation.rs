//! Undoing and cancelling imports; putting together and apart; keeping out.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};

use crate::{
    model::{CompanyId, Holder, PersonId},
    service::ServiceError,
};

use super::{
    company::Company,
    context::{tertius, viewer},
    error::answer,
    import::{Exclusion, Import, ImportProgress},
    input::id,
    member::Role,
    payload::payloads,
    person::Person,
    requires_role::requires_role,
};

payloads! {
    /// What came of undoing an import.
    UndoImportPayload {
        /// The import; null where it was refused.
        import: Import
    }
    /// What came of cancelling an import.
    CancelImportPayload {
        /// How far it had come; null where it was refused.
        progress: ImportProgress
    }
    /// What came of putting people together.
    LinkPeoplePayload {
        /// The one person that they are now; null where it was refused.
        person: Person
    }
    /// What came of putting companies together.
    LinkCompaniesPayload {
        /// The one company that they are now; null where it was refused.
        company: Company
    }
    /// What came of taking a part of a person away.
    UnlinkPersonPayload {
        /// The part as a person of its own; null where it was refused.
        person: Person
    }
    /// What came of taking a part of a company away.
    UnlinkCompanyPayload {
        /// The part as a company of its own; null where it was refused.
        company: Company
    }
    /// What came of an exclusion.
    ExcludeFromImportsPayload {
        /// The exclusion; null where it was refused.
        exclusion: Exclusion
    }
    /// What came of excluding a person.
    ExcludePersonFromImportsPayload {
        /// Of whom nothing is imported from now on; null where it was refused.
        person: Person
    }
    /// What came of lifting an exclusion.
    LiftExclusionPayload {
        /// The exclusion that was lifted; null where it was refused.
        exclusion: Exclusion
    }
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty),+
    })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, InputObject)]
        pub struct $name {
            $($(#[$field_doc])* $field: $type,)+
            /// Comes back as it is.
            client_mutation_id: Option<String>,
        }
    )*};
}

inputs! {
    /// Which import to undo.
    UndoImportInput {
        /// The import.
        import_id: ID
    }
    /// Which import to cancel.
    CancelImportInput {
        /// The import.
        import_id: ID
    }
    /// Which people are one.
    LinkPeopleInput {
        /// One of them.
        person_id: ID,
        /// The other.
        other_person_id: ID
    }
    /// Which companies are one.
    LinkCompaniesInput {
        /// One of them.
        company_id: ID,
        /// The other.
        other_company_id: ID
    }
    /// Which part is not the person that it is shown as.
    UnlinkPersonInput {
        /// The part, by an id that `parts` names.
        part_id: ID
    }
    /// Which part is not the company that it is shown as.
    UnlinkCompanyInput {
        /// The part, by an id that `parts` names.
        part_id: ID
    }
    /// Of whom nothing is to be imported.
    ExcludeFromImportsInput {
        /// A mail address, a profile page, or a domain.
        excluded: String
    }
    /// Of whom nothing is to be imported, whatever names them.
    ExcludePersonFromImportsInput {
        /// The person.
        person_id: ID
    }
    /// Which exclusion to lift.
    LiftExclusionInput {
        /// A mail address, a profile page, or a domain, as it was excluded.
        excluded: String
    }
}

/// Imports, who is one, and whom nothing is imported of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Importing;

/// Imports, who is one, and whom nothing is imported of.
#[Object]
impl Importing {
    /// Takes back everything that an import told; what others told too stays. Importing the same
    /// file again brings it back. It goes on when nobody waits for its answer any more.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn undo_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: UndoImportInput,
    ) -> Result<UndoImportPayload> {
        let import = id("importId", &input.import_id)?;
        let (tertius, viewer) = (Arc::clone(tertius(ctx)?), viewer(ctx)?.clone());
        let undoing =
            tokio::spawn(async move { tertius.undo_import(&viewer, import, |_| {}).await });
        let undone = undoing.await.map_err(|error| ServiceError::Internal(Box::new(error)));
        let undone = undone.and_then(|undone| undone);
        Ok(UndoImportPayload::new(answer(ctx, undone)?, input.client_mutation_id))
    }

    /// Calls off an import that runs: it ends after the batch at which it is. What it brought by
    /// then stays, and importing the same file again goes on from there.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn cancel_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: CancelImportInput,
    ) -> Result<CancelImportPayload> {
        let import = id("importId", &input.import_id)?;
        let done = tertius(ctx)?.cancel_import(viewer(ctx)?, import).await;
        Ok(CancelImportPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Says that two people are one, whatever else is known.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn link_people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and who.")] input: LinkPeopleInput,
    ) -> Result<LinkPeoplePayload> {
        let one: PersonId = id("personId", &input.person_id)?;
        let other: PersonId = id("otherPersonId", &input.other_person_id)?;
        let (tertius, viewer) = (tertius(ctx)?, viewer(ctx)?);
        let linked = async {
            tertius.link(viewer, Holder::Person(one), Holder::Person(other)).await?;
            tertius.person(viewer, one).await
        };
        Ok(LinkPeoplePayload::new(answer(ctx, linked.await)?, input.client_mutation_id))
    }

    /// Says that two companies are one, whatever else is known.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn link_companies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and which.")] input: LinkCompaniesInput,
    ) -> Result<LinkCompaniesPayload> {
        let one: CompanyId = id("companyId", &input.company_id)?;
        let other: CompanyId = id("otherCompanyId", &input.other_company_id)?;
        let (tertius, viewer) = (tertius(ctx)?, viewer(ctx)?);
        let linked = async {
            tertius.link(viewer, Holder::Company(one), Holder::Company(other)).await?;
            tertius.company(viewer, one).await
        };
        Ok(LinkCompaniesPayload::new(answer(ctx, linked.await)?, input.client_mutation_id))
    }

    /// Says that a part is not the person that it is shown as, whatever else is known. The rest
    /// stays one.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn unlink_person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part.")] input: UnlinkPersonInput,
    ) -> Result<UnlinkPersonPayload> {
        let part: PersonId = id("partId", &input.part_id)?;
        let (tertius, viewer) = (tertius(ctx)?, viewer(ctx)?);
        let unlinked = async {
            tertius.unlink(viewer, Holder::Person(part)).await?;
            tertius.person(viewer, part).await
        };
        Ok(UnlinkPersonPayload::new(answer(ctx, unlinked.await)?, input.client_mutation_id))
    }

    /// Says that a part is not the company that it is shown as, whatever else is known. The rest
    /// stays one.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn unlink_company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part.")] input: UnlinkCompanyInput,
    ) -> Result<UnlinkCompanyPayload> {
        let part: CompanyId = id("partId", &input.part_id)?;
        let (tertius, viewer) = (tertius(ctx)?, viewer(ctx)?);
        let unlinked = async {
            tertius.unlink(viewer, Holder::Company(part)).await?;
            tertius.company(viewer, part).await
        };
        Ok(UnlinkCompanyPayload::new(answer(ctx, unlinked.await)?, input.client_mutation_id))
    }

    /// Imports nothing of somebody, or of a whole domain, from now on. What is recorded already
    /// stays. Needs the role of a partner manager.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn exclude_from_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: ExcludeFromImportsInput,
    ) -> Result<ExcludeFromImportsPayload> {
        let done = tertius(ctx)?.exclude(viewer(ctx)?, &input.excluded).await;
        Ok(ExcludeFromImportsPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Imports nothing of a person from now on, by whichever of their addresses and pages a file
    /// names them. What is recorded already stays. Needs the role of a partner manager.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn exclude_person_from_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: ExcludePersonFromImportsInput,
    ) -> Result<ExcludePersonFromImportsPayload> {
        let (tertius, viewer) = (tertius(ctx)?, viewer(ctx)?);
        let person = id("personId", &input.person_id)?;
        let done = async {
            tertius.exclude_person(viewer, person).await?;
            tertius.person(viewer, person).await
        };
        let done = answer(ctx, done.await)?;
        Ok(ExcludePersonFromImportsPayload::new(done, input.client_mutation_id))
    }

    /// Lifts an exclusion. Needs the role of a partner manager.
    #[graphql(directive = requires_role::apply(Role::PartnerManager))]
    async fn lift_exclusion(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: LiftExclusionInput,
    ) -> Result<LiftExclusionPayload> {
        let done = tertius(ctx)?.lift_exclusion(viewer(ctx)?, &input.excluded).await;
        Ok(LiftExclusionPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
