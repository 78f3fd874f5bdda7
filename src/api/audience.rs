//! Who may see what one recorded oneself.

use async_graphql::{
    ComplexObject, Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject,
};

use crate::{
    model::{AudienceRule as Rule, Level, RuleSubject},
    service::{AudienceDraft, AudienceOf, AudienceRuleDraft, RefusalCode, ServiceError, Vantage},
};

use super::{
    company::{Company, load_company},
    context::{tertius, viewer},
    error::answer,
    input::id,
    member::Role,
    payload::payloads,
    person::{Person, load_person},
    requires_role::requires_role,
    scalar::DateTime,
};

/// Who sees something that you recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum AudienceGroup {
    /// All active members.
    Team,
    /// You alone.
    Private,
}

/// How much of your evidence the team sees; each holds the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Level")]
pub enum AudienceLevel {
    /// That there is a tie.
    Tie,
    /// And how strong it is.
    Strength,
    /// And all of it.
    Evidence,
}

/// Between whom a tie is.
#[derive(Debug, Clone, InputObject)]
pub struct TieBetweenInput {
    /// One of the two; you if nobody is named.
    from_id: Option<ID>,
    /// The other.
    to_id: ID,
}

/// Of what the audience is changed: name one thing. Only what you recorded yourself changes.
#[derive(Debug, Clone, OneofObject)]
pub enum AudienceOfInput {
    /// All that an import of yours told.
    ImportId(ID),
    /// All evidence that two people have with each other.
    Tie(TieBetweenInput),
    /// All evidence of a person.
    PersonId(ID),
}

/// Who sees what you recorded, from now on.
#[derive(Debug, Clone, InputObject)]
pub struct SetAudienceInput {
    /// What you recorded.
    of: AudienceOfInput,
    /// Who sees it.
    group: AudienceGroup,
    /// How much of your evidence the team sees; all of it if nothing is said. What is private shows
    /// nothing, and has none.
    level: Option<AudienceLevel>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Whom a rule is about: name one thing.
#[derive(Debug, Clone, OneofObject)]
pub enum AudienceRuleAboutInput {
    /// A person.
    PersonId(ID),
    /// Whoever works at this company, as you see it when you record something.
    CompanyId(ID),
    /// Whoever has an address at this domain, or below it, or works at the company with it.
    Domain(String),
}

/// Of whom you show less from now on.
#[derive(Debug, Clone, InputObject)]
pub struct PutAudienceRuleInput {
    /// Of whom.
    about: AudienceRuleAboutInput,
    /// The most that the team sees of your evidence with them; nothing of it if nothing is said.
    level: Option<AudienceLevel>,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

/// Which rule to lift.
#[derive(Debug, Clone, InputObject)]
pub struct LiftAudienceRuleInput {
    /// The rule.
    rule_id: ID,
    /// Comes back as it is.
    client_mutation_id: Option<String>,
}

payloads! {
    /// What came of changing an audience.
    SetAudiencePayload {
        /// What changed; null where it was refused.
        changed: AudienceChanged
    }
    /// What came of making a rule.
    PutAudienceRulePayload {
        /// The rule, and what changed at once; null where it was refused.
        made: AudienceRuleMade
    }
    /// What came of lifting a rule.
    LiftAudienceRulePayload {
        /// The rule that was lifted; null where it was refused.
        rule: AudienceRule
    }
}

/// What changed with an audience.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub struct AudienceChanged {
    /// How many facts are for other eyes now: none where all of them were so already. What was
    /// shared stays visible as of past days.
    facts: u64,
}

/// A rule that was made.
#[derive(Debug, Clone, SimpleObject)]
pub struct AudienceRuleMade {
    /// The rule.
    rule: AudienceRule,
    /// How many facts that you had recorded are shown less now.
    facts: u64,
}

/// "Never show that I know somebody at X." Nobody but you sees that there is one.
#[derive(Debug, Clone, SimpleObject)]
#[graphql(complex)]
pub struct AudienceRule {
    /// The id: `audience_rule_` and 32 digits from 0 to f.
    id: ID,
    /// Whoever has an address there; null where it is about a person or a company.
    domain: Option<String>,
    /// The most that the team sees of your evidence with them; null where it is private.
    level: Option<AudienceLevel>,
    /// Since when.
    since: DateTime,
    /// When it was lifted; null while it stands.
    lifted_at: Option<DateTime>,
    #[graphql(skip)]
    about: RuleSubject,
}

#[ComplexObject]
impl AudienceRule {
    /// The person whom it is about; null where it is about more than one, or you no longer see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        match self.about {
            RuleSubject::Person(id) => load_person(ctx, id, Vantage::NOW).await,
            _ => Ok(None),
        }
    }

    /// The company whose people it is about; null where it is about a person or a domain, or you no
    /// longer see it.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.about {
            RuleSubject::Company(id) => load_company(ctx, id, Vantage::NOW).await,
            _ => Ok(None),
        }
    }
}

impl From<Rule> for AudienceRule {
    fn from(rule: Rule) -> Self {
        let domain = match &rule.about {
            RuleSubject::Domain(domain) => Some(domain.to_string()),
            _ => None,
        };
        Self {
            id: rule.id.to_string().into(),
            domain,
            level: rule.team_sees.map(AudienceLevel::from),
            since: DateTime(rule.since),
            lifted_at: rule.lifted_at.map(DateTime),
            about: rule.about,
        }
    }
}

/// Who may see what one recorded oneself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Audiences;

/// Who may see what one recorded oneself.
#[Object]
impl Audiences {
    /// Changes who sees what you recorded of an import, a tie or a person, from now on. As of past
    /// days it stays as it was, and what others recorded too stays for whom they recorded it. Asked
    /// twice, nothing changes.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn set_audience(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of what, for whom, how much.")] input: SetAudienceInput,
    ) -> Result<SetAudiencePayload> {
        let of = match &input.of {
            AudienceOfInput::ImportId(import) => AudienceOf::Import(id("importId", import)?),
            AudienceOfInput::PersonId(person) => AudienceOf::Person(id("personId", person)?),
            AudienceOfInput::Tie(tie) => {
                let from = tie.from_id.as_ref().map(|from| id("fromId", from)).transpose()?;
                AudienceOf::Tie(from, id("toId", &tie.to_id)?)
            }
        };
        let team_sees = match (input.group, input.level) {
            (AudienceGroup::Team, level) => Ok(Some(level.map_or(Level::Evidence, Into::into))),
            (AudienceGroup::Private, None) => Ok(None),
            (AudienceGroup::Private, Some(_)) => {
                let message = "what is private shows the team nothing: name no level";
                Err(ServiceError::refused(RefusalCode::Invalid, "level", message))
            }
        };
        let tertius = tertius(ctx)?;
        let done = match team_sees {
            Ok(team_sees) => {
                tertius.set_audience(viewer(ctx)?, AudienceDraft { of, team_sees }).await
            }
            Err(refused) => viewer(ctx)?.needs(Role::Member.into()).and(Err(refused)),
        };
        let done = done.map(|facts| AudienceChanged { facts });
        Ok(SetAudiencePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Never shows the team more of your evidence with somebody, or with anybody at a company or a
    /// domain, than you say: what you record or import from now on, and at once what you had
    /// recorded. Nobody else sees the rule. One about the same takes its place; a looser one shows
    /// nothing again that was hidden before.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn put_audience_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom, and how much.")] input: PutAudienceRuleInput,
    ) -> Result<PutAudienceRulePayload> {
        let team_sees = input.level.map(Level::from);
        let draft = |about| Ok(AudienceRuleDraft { about, team_sees });
        let draft = match &input.about {
            AudienceRuleAboutInput::PersonId(person) => {
                draft(RuleSubject::Person(id("personId", person)?))
            }
            AudienceRuleAboutInput::CompanyId(company) => {
                draft(RuleSubject::Company(id("companyId", company)?))
            }
            AudienceRuleAboutInput::Domain(domain) => {
                AudienceRuleDraft::at_domain(domain, team_sees)
            }
        };
        let done = match draft {
            Ok(draft) => tertius(ctx)?.put_audience_rule(viewer(ctx)?, draft).await,
            Err(refused) => viewer(ctx)?.needs(Role::Member.into()).and(Err(refused)),
        };
        let done = done.map(|made| AudienceRuleMade { rule: made.rule.into(), facts: made.facts });
        Ok(PutAudienceRulePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }

    /// Lifts a rule of yours: what you record from now on is shown as usual again. What the rule hid
    /// stays hidden, until you set its audience.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn lift_audience_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: LiftAudienceRuleInput,
    ) -> Result<LiftAudienceRulePayload> {
        let rule = id("ruleId", &input.rule_id)?;
        let done = tertius(ctx)?.lift_audience_rule(viewer(ctx)?, rule).await;
        let done = done.map(AudienceRule::from);
        Ok(LiftAudienceRulePayload::new(answer(ctx, done)?, input.client_mutation_id))
    }
}
