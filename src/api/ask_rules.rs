//! The limits that members set to being asked.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use crate::{
    model::{self, Holder},
    service::{AskRulesDraft, AskRulesView, Vantage},
};

use super::{
    company::{Company, load_company},
    context::{tertius, viewer},
    cost::per_entry,
    error::{answer, bad_input},
    input::{id, ids},
    member::Role,
    payload::payloads,
    person::{Person, load_person},
    requires_role::requires_role,
    scalar::Date,
};

/// What becomes of a connector who was asked as often as they want in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "model::OverCap")]
pub enum OverCap {
    /// No path leads through them until the month is over.
    NoPath,
    /// Paths through them come later than others.
    Later,
}

/// From which day to which somebody is not asked, both included.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct QuietPeriod {
    /// The first day; null: since ever.
    from: Option<Date>,
    /// The last day; null: for good.
    to: Option<Date>,
}

/// The limits that you set to being asked for introductions. You alone see them; requests and paths
/// obey them.
#[derive(Debug, Clone)]
pub struct AskRules {
    view: AskRulesView,
}

impl From<AskRulesView> for AskRules {
    fn from(view: AskRulesView) -> Self {
        Self { view }
    }
}

/// The limits that you set to being asked for introductions. You alone see them; requests and paths
/// obey them.
#[Object]
impl AskRules {
    /// How often they were changed; 0 where you never set any.
    async fn revision(&self) -> i32 {
        self.view.revision.0 as i32
    }

    /// How often in a calendar month (UTC) you are willing to be asked; null: without limit.
    async fn per_month(&self) -> Option<i32> {
        self.view.rules.per_month.map(i32::from)
    }

    /// What becomes of paths through you when that is reached.
    async fn over_cap(&self) -> OverCap {
        self.view.rules.over_cap.into()
    }

    /// To whom you introduce nobody; 500 at most, companies included.
    #[graphql(directive = per_entry::apply(20))]
    async fn never_people(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let people = self.view.rules.never.iter().filter_map(|holder| match holder {
            Holder::Person(id) => Some(load_person(ctx, *id, Vantage::NOW)),
            Holder::Company(_) => None,
        });
        Ok(futures_util::future::try_join_all(people).await?.into_iter().flatten().collect())
    }

    /// Into which companies you introduce nobody.
    #[graphql(directive = per_entry::apply(20))]
    async fn never_companies(&self, ctx: &Context<'_>) -> Result<Vec<Company>> {
        let companies = self.view.rules.never.iter().filter_map(|holder| match holder {
            Holder::Company(id) => Some(load_company(ctx, *id, Vantage::NOW)),
            Holder::Person(_) => None,
        });
        Ok(futures_util::future::try_join_all(companies).await?.into_iter().flatten().collect())
    }

    /// When you are not asked; 50 periods at most.
    async fn quiet(&self) -> Vec<QuietPeriod> {
        let spans = self.view.rules.quiet.iter();
        spans.map(|s| QuietPeriod { from: s.from().map(Date), to: s.to().map(Date) }).collect()
    }

    /// The id of the member who must let each request through to you; null: nobody must.
    async fn approver_id(&self) -> Option<ID> {
        self.view.rules.approver.map(|member| member.to_string().into())
    }

    /// Whether a refusal says which limit stands against it.
    async fn tells_why(&self) -> bool {
        self.view.rules.tells_why
    }
}

/// From which day to which you are not asked, both included.
#[derive(Debug, Clone, InputObject)]
pub struct QuietPeriodInput {
    /// The first day; since ever if nothing is said.
    from: Option<Date>,
    /// The last day; for good if nothing is said.
    to: Option<Date>,
}

/// Your limits from now on, in place of those before.
#[derive(Debug, Clone, InputObject)]
pub struct SetAskRulesInput {
    /// How often in a calendar month (UTC) you are willing to be asked; without limit if nothing is
    /// said.
    per_month: Option<i32>,
    /// What becomes of paths through you when that is reached; no path if nothing is said.
    over_cap: Option<OverCap>,
    /// To whom you introduce nobody.
    never_person_ids: Option<Vec<ID>>,
    /// Into which companies you introduce nobody.
    never_company_ids: Option<Vec<ID>>,
    /// When you are not asked.
    quiet: Option<Vec<QuietPeriodInput>>,
    /// The member who must let each request through to you; nobody if nothing is said.
    approver_id: Option<ID>,
    /// Whether a refusal says which limit stands against it; it does if nothing is said.
    tells_why: Option<bool>,
    /// The revision for which you decided.
    expected_revision: Option<i32>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

payloads! {
    /// What came of setting limits.
    SetAskRulesPayload {
        /// Your limits as they are now; null where they were refused.
        ask_rules: AskRules
    }
}

/// Limits to being asked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limiting;

/// Limits to being asked.
#[Object]
impl Limiting {
    /// Sets the limits to your being asked for introductions. What was asked before goes on.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn set_ask_rules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your limits, in place of those before.")] input: SetAskRulesInput,
    ) -> Result<SetAskRulesPayload> {
        let people = ids("neverPersonIds", input.never_person_ids.as_ref())?;
        let companies = ids("neverCompanyIds", input.never_company_ids.as_ref())?;
        let quiet = input.quiet.unwrap_or_default().into_iter();
        let draft = AskRulesDraft {
            per_month: number("perMonth", input.per_month)?,
            over_cap: input.over_cap.map(Into::into).unwrap_or_default(),
            never: people
                .into_iter()
                .map(Holder::Person)
                .chain(companies.into_iter().map(Holder::Company))
                .collect(),
            quiet: quiet.map(|period| (period.from.map(|d| d.0), period.to.map(|d| d.0))).collect(),
            approver: input.approver_id.map(|member| id("approverId", &member)).transpose()?,
            tells_why: input.tells_why.unwrap_or(true),
            expected_revision: number("expectedRevision", input.expected_revision)?,
        };
        let done = tertius(ctx)?.set_ask_rules(viewer(ctx)?, draft).await;
        Ok(SetAskRulesPayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}

fn number<T: TryFrom<i32>>(argument: &'static str, number: Option<i32>) -> Result<Option<T>> {
    let wrong = |_| bad_input(Some(argument), format!("{argument}: it must be from 0 to 65,535"));
    number.map(T::try_from).transpose().map_err(wrong)
}
