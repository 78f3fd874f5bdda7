//! What can be asked.

use std::{fmt::Display, str::FromStr};

use async_graphql::{Context, ID, MergedObject, Object, Result};

use super::{
    audit::{self, AuditEntry},
    calibration::Calibration,
    changes::{self, WhatChanged, WhatChangedInput},
    circle::CirclesAround,
    cluster::{ClusterMap, cluster_map},
    company::Company,
    connection::{Listed, connection},
    context::{tertius, viewer, viewer_as_of, viewer_on},
    cost::{per_id, per_page, per_path, weighing},
    erasure::Kept,
    error::{bad_input, fail},
    global_id::GlobalId,
    import::{Exclusion, Import},
    input::{count, global_id, page},
    introducing::IntroductionQuestions,
    invitation::Invitation,
    keeping::{self, Reminders, Urgency},
    known::{self, Acquaintances, KnowsInput, WhoKnowsInput},
    list::cut_here,
    looking_up::LookingUp,
    member::{Me, Role},
    node::{NodeObject, load_node},
    path::IntroPaths,
    path_input::{IntroPathsInput, PathFromInput, ask},
    person::Person,
    reaching::{self, ReachInput, ReachedAccount},
    requires_role::requires_role,
    scalar::{Date, DateTime},
    supposing::{SupposedChange, viewer_supposing},
};

/// What can be asked.
#[derive(Debug, Clone, Copy, Default, MergedObject)]
pub struct Query(LookingUp, Questions, Kept, IntroductionQuestions);

/// People, companies, paths, and the house itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Questions;

/// People, companies, paths, and the house itself.
#[Object]
impl Questions {
    /// You.
    async fn viewer(&self) -> Me {
        Me
    }

    /// Whatever has this id; null where there is nothing that you may see.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An id of any kind.")] id: ID,
    ) -> Result<Option<NodeObject>> {
        load_node(ctx, "id", &id).await
    }

    /// Whatever has these ids, in their order, with null where there is nothing that you may see.
    #[graphql(directive = per_id::apply())]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of any kind; 100 at most.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<NodeObject>>> {
        let most = tertius(ctx)?.limits().ids_max;
        if ids.len() > most {
            let message = format!("ids: {} are given, but {most} are the most", ids.len());
            return Err(bad_input(Some("ids"), message));
        }
        let loads = ids.iter().map(|id| load_node(ctx, "ids", id));
        futures_util::future::try_join_all(loads).await
    }

    /// All people that you may see, in order of id. To find somebody, use `search`.
    #[graphql(directive = per_page::apply(0))]
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<Listed<Person>> {
        let (viewer, request) = (viewer_as_of(ctx, as_of)?, page(first, after)?);
        let found = tertius(ctx)?.people_page(&viewer, &request).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, Person::from))
    }

    /// All companies that you may see, in order of id. To find one, use `search`.
    #[graphql(directive = per_page::apply(0))]
    async fn companies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<Listed<Company>> {
        let (viewer, request) = (viewer_as_of(ctx, as_of)?, page(first, after)?);
        let found = tertius(ctx)?.companies_page(&viewer, &request).await;
        Ok(connection(found.map_err(|error| fail(ctx, error))?, Company::from))
    }

    /// Who can introduce you: the best paths, the best first, each step with its probability and
    /// evidence. Where there is none, `miss` says why and what comes nearest.
    #[graphql(directive = per_path::apply(200))]
    async fn intro_paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From where, to whom, along what.")] input: IntroPathsInput,
        #[graphql(desc = "How many; 5 if nothing is said, 20 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<IntroPaths> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        ask(ctx, &viewer, &input, page(first, after)?).await
    }

    /// Which of many accounts can be entered, and through whom: for each, in the order of the
    /// question, the best path, or why there is none.
    #[graphql(directive = per_page::apply(200))]
    async fn reach(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounts, and from where.")] input: ReachInput,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Listed<ReachedAccount>> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        reaching::ask(ctx, &viewer, &input, &page(first, after)?).await
    }

    /// How many people you, your team or anybody else reach within one, two, three steps, and how
    /// many of them are likely to say yes.
    #[graphql(directive = weighing::apply(200))]
    async fn circles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "From where; from you if nothing is said.")] from: Option<PathFromInput>,
        #[graphql(desc = "How many steps at most, from 1 to 4; 3 if nothing is said.")]
        max_steps: Option<i32>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<CirclesAround> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        let from = PathFromInput::read(from.as_ref())?;
        let answer = tertius(ctx)?.circles(&viewer, &from, count("maxSteps", max_steps)?).await;
        answer.map(CirclesAround::from).map_err(|error| fail(ctx, error))
    }

    /// Who knows a person, anybody at a company or anybody on a list: the strongest tie first, then
    /// who had contact last. Colleagues at a company that is named, or is on the list, are left
    /// out, unless you ask among them.
    #[graphql(directive = per_page::apply(50))]
    async fn who_knows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who knows whom, among whom.")] input: WhoKnowsInput,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Acquaintances> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        known::who_knows(ctx, &viewer, &input, &page(first, after)?).await
    }

    /// Whom you, your team or anybody else knows among targets: the strongest tie first, then
    /// who had contact last.
    #[graphql(directive = per_page::apply(50))]
    async fn knows(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, whom among whom.")] input: KnowsInput,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Acquaintances> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        known::knows(ctx, &viewer, &input, &page(first, after)?).await
    }

    /// With whom to get in touch, the most urgent first: what is due by a cadence that you set, then
    /// what is due as usual, then what fades. Beside it, the companies that hang on one thread.
    #[graphql(directive = per_page::apply(200))]
    #[expect(clippy::too_many_arguments, reason = "the field has as many, each with its words")]
    async fn keep_in_touch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only people on this list, or at companies on it.")] list_id: Option<ID>,
        #[graphql(desc = "Only what is so urgent.")] only: Option<Urgency>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
        #[graphql(
            desc = "What if: changes that are only supposed for this answer; 100 at most. In which \
                    order says nothing. Ids and revisions stay those of what is recorded, so keep \
                    no answer in a cache by id."
        )]
        suppose: Option<Vec<SupposedChange>>,
    ) -> Result<Reminders> {
        let viewer = viewer_supposing(ctx, as_of, suppose).await?;
        let request = page(first, after)?;
        keeping::keep_in_touch(ctx, &viewer, (list_id, only), &request).await
    }

    /// What changed from the end of one day to the end of another: ties, moves, and the best paths
    /// into a list.
    #[graphql(directive = weighing::apply(200))]
    async fn what_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Between which days, of whom, into which list.")] input: WhatChangedInput,
    ) -> Result<WhatChanged> {
        changes::what_changed(ctx, &input).await
    }

    /// Which groups of people hang together, and by what: the clusters of everybody whom the team
    /// knows, the same for every member. Drawn when it is first asked for after a change.
    #[graphql(directive = weighing::apply(200))]
    async fn clusters(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How fine: 0.5, 1, 2, 3 or 5, the greater the smaller the clusters; if nothing \
                    is said, the one whose clusters are most stable."
        )]
        resolution: Option<f64>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<ClusterMap> {
        cluster_map(ctx, &viewer_as_of(ctx, as_of)?, resolution).await
    }

    /// The files that you have imported, the newest first; an admin sees those of all.
    #[graphql(directive = per_page::apply(0))]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Import>> {
        let all = tertius(ctx)?.imports(viewer(ctx)?).await.map_err(|error| fail(ctx, error))?;
        Ok(connection(cut_here(ctx, all, "imports", &page(first, after)?)?, Import::from))
    }

    /// How strength is computed in this installation.
    async fn calibration(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<Calibration> {
        let view = tertius(ctx)?.calibration(&viewer_as_of(ctx, as_of)?).await;
        Ok(view.map_err(|error| fail(ctx, error))?.into())
    }

    /// Whom nothing is imported of, in order of what names them.
    #[graphql(
        directive = per_page::apply(0),
        directive = requires_role::apply(Role::Member)
    )]
    async fn exclusions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Exclusion>> {
        let all = tertius(ctx)?.exclusions(viewer(ctx)?).await.map_err(|error| fail(ctx, error))?;
        Ok(connection(cut_here(ctx, all, "exclusions", &page(first, after)?)?, Exclusion::from))
    }

    /// The open invitations that you sent, the newest first; an admin sees those of all.
    #[graphql(
        directive = per_page::apply(0),
        directive = requires_role::apply(Role::PartnerManager)
    )]
    async fn invitations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Invitation>> {
        let all = tertius(ctx)?.open_invitations(viewer(ctx)?).await;
        let all = all.map_err(|error| fail(ctx, error))?;
        Ok(connection(cut_here(ctx, all, "invitations", &page(first, after)?)?, Invitation::from))
    }

    /// What was done, the newest first: who, when, what kind of thing; never what it said. Nothing
    /// takes anything out of it.
    #[graphql(
        directive = per_page::apply(0),
        directive = requires_role::apply(Role::Admin)
    )]
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what this member did.")] author_id: Option<ID>,
        #[graphql(desc = "Only what was done since.")] since: Option<DateTime>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<AuditEntry>> {
        audit::trail(ctx, (author_id, since), (first, after)).await
    }
}

/// What an id names, as of the day that the question names, else of that in the id.
pub(super) fn asked<T>(ctx: &Context<'_>, id: &ID, as_of: Option<Date>) -> Result<GlobalId<T>>
where
    T: FromStr<Err: Display>,
{
    let named: GlobalId<T> = global_id("id", id)?;
    let viewer = match as_of {
        Some(_) => viewer_as_of(ctx, as_of)?,
        None => viewer_on(ctx, "id", named.as_of)?,
    };
    Ok(GlobalId { as_of: viewer.day(), ..named })
}
