//! Who uses the installation.

use async_graphql::{Context, Enum, ID, Object, Result};

use crate::service::{MemberView, Vantage};

use super::{
    ask_rules::AskRules,
    audience::AudienceRule,
    context::{tertius, viewer, viewer_as_of},
    cost::{per_entry, per_page},
    error::fail,
    input::{count, named_id},
    keeping::Cadence,
    list::NamedList,
    person::{Person, load_person},
    rate_limit::{RateLimit, rate_limit},
    rating::TiesToRate,
    requires_role::requires_role,
    scalar::Date,
    token::{Scope, Token},
};

/// What a member may do; each role may do what the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads, records, asks for introductions.
    Member,
    /// And looks after partners and lists.
    PartnerManager,
    /// And looks after the installation.
    Admin,
}

impl From<crate::model::Role> for Role {
    fn from(role: crate::model::Role) -> Self {
        match role {
            crate::model::Role::Viewer => Self::Viewer,
            crate::model::Role::Member => Self::Member,
            crate::model::Role::PartnerManager => Self::PartnerManager,
            crate::model::Role::Admin => Self::Admin,
        }
    }
}

impl From<Role> for crate::model::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Viewer => Self::Viewer,
            Role::Member => Self::Member,
            Role::PartnerManager => Self::PartnerManager,
            Role::Admin => Self::Admin,
        }
    }
}

/// Somebody who uses the installation.
#[derive(Debug, Clone)]
pub struct Member {
    view: MemberView,
}

impl From<MemberView> for Member {
    fn from(view: MemberView) -> Self {
        Self { view }
    }
}

/// Somebody who uses the installation.
#[Object]
impl Member {
    /// The id: `member_` and 32 digits from 0 to f.
    pub async fn id(&self) -> ID {
        self.view.id.to_string().into()
    }

    /// The name on the command line.
    async fn login(&self) -> &str {
        self.view.login.as_str()
    }

    /// The person that the member stands for.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.person, Vantage::NOW).await
    }

    /// What the member may do.
    async fn role(&self) -> Role {
        self.view.role.into()
    }

    /// Whether the member belongs to the team today.
    async fn active(&self) -> bool {
        self.view.active
    }

    /// That person's own mail addresses; null where it is neither you nor are you an admin.
    async fn addresses(&self) -> Option<Vec<String>> {
        let addresses = self.view.addresses.as_ref()?;
        Some(addresses.iter().map(ToString::to_string).collect())
    }

    /// The member's tokens, those that ended too, the newest first; at most 1,000.
    #[graphql(directive = per_entry::apply(20), directive = requires_role::apply(Role::Admin))]
    async fn tokens(&self, ctx: &Context<'_>) -> Result<Vec<Token>> {
        let tokens = tertius(ctx)?.tokens_of(viewer(ctx)?, Some(self.view.id)).await;
        let tokens = tokens.map_err(|error| fail(ctx, error))?;
        Ok(tokens.into_iter().take(1_000).map(Token::from).collect())
    }
}

/// You.
#[derive(Debug, Clone, Copy, Default)]
pub struct Me;

/// You.
#[Object(name = "Viewer")]
impl Me {
    /// The person that you stand for.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, viewer(ctx)?.person(), Vantage::NOW).await
    }

    /// What you may do.
    async fn role(&self, ctx: &Context<'_>) -> Result<Role> {
        Ok(viewer(ctx)?.role().into())
    }

    /// Your name on the command line.
    async fn login(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let team = tertius(ctx)?.team(viewer(ctx)?).await.map_err(|error| fail(ctx, error))?;
        let me = viewer(ctx)?.member();
        Ok(team.into_iter().find(|member| member.id == me).map(|member| member.login.to_string()))
    }

    /// What you may use your rights for: everything, unless you came in by a token that says
    /// otherwise.
    async fn scopes(&self, ctx: &Context<'_>) -> Result<Vec<Scope>> {
        Ok(viewer(ctx)?.scopes().iter().map(Scope::from).collect())
    }

    /// How much you may ask for.
    async fn rate_limit(&self, ctx: &Context<'_>) -> RateLimit {
        rate_limit(ctx)
    }

    /// Your tokens, those that ended too, the newest first; at most 1,000.
    #[graphql(directive = per_entry::apply(20))]
    async fn tokens(&self, ctx: &Context<'_>) -> Result<Vec<Token>> {
        let tokens = tertius(ctx)?.own_tokens(viewer(ctx)?).await;
        let tokens = tokens.map_err(|error| fail(ctx, error))?;
        Ok(tokens.into_iter().take(1_000).map(Token::from).collect())
    }

    /// All active members, in order of login; at most 1,000. An admin also sees those who left.
    #[graphql(directive = per_entry::apply(20))]
    async fn team(&self, ctx: &Context<'_>) -> Result<Vec<Member>> {
        let team = tertius(ctx)?.team(viewer(ctx)?).await.map_err(|error| fail(ctx, error))?;
        Ok(team.into_iter().map(Member::from).collect())
    }

    /// Your ties of which nobody stated how close you are, those first whose statement would
    /// better most answers: the best paths to the accounts of a list, or of all lists of targets and
    /// accounts that you see. State how close you are by `stateTie`.
    #[graphql(directive = per_page::apply(500))]
    async fn ties_to_rate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list of accounts.")] list_id: Option<ID>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
    ) -> Result<TiesToRate> {
        let list = list_id.as_ref().map(|list| named_id("listId", list)).transpose()?;
        let first = count("first", first)?;
        let found = tertius(ctx)?.ties_to_rate(viewer(ctx)?, list, first).await;
        found.map(TiesToRate::from).map_err(|error| fail(ctx, error))
    }

    /// The lists that you may see, in order of id; at most 1,000.
    #[graphql(directive = per_entry::apply(3))]
    async fn lists(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<Vec<NamedList>> {
        let lists = tertius(ctx)?.lists(&viewer_as_of(ctx, as_of)?).await;
        let lists = lists.map_err(|error| fail(ctx, error))?;
        Ok(lists.into_iter().map(NamedList::from).collect())
    }

    /// The limits that you set to being asked for introductions. Only you see them.
    async fn ask_rules(&self, ctx: &Context<'_>) -> Result<AskRules> {
        let rules = tertius(ctx)?.ask_rules(viewer(ctx)?).await;
        Ok(rules.map_err(|error| fail(ctx, error))?.into())
    }

    /// The rules by which you show the team less of somebody, in order of making; at most 500. Only
    /// you see them.
    #[graphql(directive = per_entry::apply(20))]
    async fn audience_rules(&self, ctx: &Context<'_>) -> Result<Vec<AudienceRule>> {
        let rules = tertius(ctx)?.audience_rules(viewer(ctx)?).await;
        let rules = rules.map_err(|error| fail(ctx, error))?;
        Ok(rules.into_iter().map(AudienceRule::from).collect())
    }

    /// How often you want contact with whom, in order of id; at most 1,000. Only you see it.
    #[graphql(directive = per_entry::apply(20))]
    async fn cadences(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "By what was recorded up to the end of that day; today if nothing is said."
        )]
        as_of: Option<Date>,
    ) -> Result<Vec<Cadence>> {
        let viewer = viewer_as_of(ctx, as_of)?;
        let cadences = tertius(ctx)?.cadences(&viewer).await;
        let cadences = cadences.map_err(|error| fail(ctx, error))?.into_values();
        Ok(cadences.take(1_000).map(|found| Cadence::of(found, viewer.vantage())).collect())
    }
}
