//! Keeping in touch: what is due, what fades, what hangs on one thread, and how often one wants
//! contact.

use async_graphql::{
    Context, Enum, ID, InputObject, Object, Result, SimpleObject, connection::PageInfo,
};

use crate::{
    model::ListId,
    service::{self, KeepingQuestion, PageRequest, Vantage, Viewer},
};

use super::{
    company::{Company, load_company},
    connection::{Edge, Listed, connection},
    context::{tertius, viewer, viewer_seeing},
    cost::{per_entry, per_page},
    error::{UserError, answer, bad_input, fail},
    input::{count, id, named_id, page},
    list::cut_here,
    member::Role,
    person::{Person, load_person},
    requires_role::requires_role,
    scalar::{Date, Score},
};

/// So many of whom one thread leads to are shown at most.
const INSIDE_MAX: usize = 20;

/// How urgent it is to get in touch with somebody, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Urgency")]
pub enum Urgency {
    /// As many days have passed since the last contact as the cadence says, or more.
    Due,
    /// The tie is being lost.
    Fading,
}

/// Where a cadence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::CadenceSource")]
pub enum CadenceSource {
    /// You set it.
    Set,
    /// The usual gap between two contacts.
    Usual,
}

/// Why a tie is said to fade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Fading")]
pub enum FadingReason {
    /// It has been quiet for more than eight usual gaps: most likely it is over.
    Silence,
    /// Its strength is less than half of what it was on the last day of contact.
    Strength,
}

/// A tie of yours that is due or fades.
#[derive(Debug, Clone)]
pub struct Reminder {
    found: service::Reminder,
}

/// A tie of yours that is due or fades.
#[Object]
impl Reminder {
    /// With whom.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.person, self.found.as_of).await
    }

    /// How urgent it is.
    async fn urgency(&self) -> Urgency {
        self.found.urgency.into()
    }

    /// How many days may pass between contacts; null where you set nothing and the tie shows no
    /// rhythm.
    async fn cadence_days(&self) -> Option<i32> {
        self.found.cadence.map(|(days, _)| days)
    }

    /// Where the cadence comes from.
    async fn cadence_source(&self) -> Option<CadenceSource> {
        self.found.cadence.map(|(_, source)| source.into())
    }

    /// How many days it is overdue: 0 on the day on which it falls due, which is as many days
    /// after the last contact as the cadence says; null before.
    async fn days_overdue(&self) -> Option<i32> {
        self.found.days_overdue
    }

    /// Why it fades; null where it does not. What is due may fade too.
    async fn fading(&self) -> Option<FadingReason> {
        self.found.fading.map(FadingReason::from)
    }

    /// How many days usually lie between two contacts, in whole weeks; null without a rhythm.
    async fn usual_gap_days(&self) -> Option<i32> {
        self.found.usual_gap_days
    }

    /// The last day of contact; null where none is known.
    async fn last_contact_on(&self) -> Option<Date> {
        self.found.last_contact.map(Date)
    }

    /// The strength of the tie on the last day of contact.
    async fn strength_then(&self) -> Score {
        Score::of(self.found.strength_then)
    }

    /// The strength of the tie now.
    async fn strength_now(&self) -> Score {
        Score::of(self.found.strength_now)
    }

    /// What to do, in a sentence.
    async fn advice(&self) -> String {
        self.found.advice()
    }
}

impl From<service::Reminder> for Reminder {
    fn from(found: service::Reminder) -> Self {
        Self { found }
    }
}

/// A company into which one person alone has ties.
#[derive(Debug, Clone)]
pub struct Thread {
    found: service::Thread,
}

/// A company into which one person alone has ties.
#[Object]
impl Thread {
    /// Which company.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        load_company(ctx, self.found.company, self.found.as_of).await
    }

    /// The only one outside who knows anybody there.
    async fn knower(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.knower, self.found.as_of).await
    }

    /// Whom they know there, the best first; at most 20 are shown.
    #[graphql(directive = per_entry::apply(20))]
    async fn inside(&self, ctx: &Context<'_>) -> Result<Vec<Option<Person>>> {
        let inside = self.found.inside.iter().take(INSIDE_MAX);
        let inside = inside.map(|&id| load_person(ctx, id, self.found.as_of));
        futures_util::future::try_join_all(inside).await
    }
}

/// Ties that are due or fade, with what hangs on one thread beside them.
pub struct Reminders {
    page: Listed<Reminder>,
    list: Option<ListId>,
    as_of: Vantage,
}

/// Ties that are due or fade, with what hangs on one thread beside them.
#[Object(name = "ReminderConnection")]
impl Reminders {
    /// The ties with their cursors.
    async fn edges(&self) -> &[Edge<Reminder>] {
        self.page.all_edges()
    }

    /// The ties alone.
    async fn nodes(&self) -> Vec<&Reminder> {
        self.page.all_nodes()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        self.page.place()
    }

    /// The companies of the list, or of your lists of partners where none is named, that hang on
    /// one thread: only one person outside knows anybody there.
    #[graphql(directive = per_page::apply(50))]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Thread>> {
        let request = page(first, after)?;
        let threads = tertius(ctx)?.threads(&viewer_seeing(ctx, self.as_of)?, self.list).await;
        let threads = threads.map_err(|error| fail(ctx, error))?;
        Ok(connection(cut_here(ctx, threads, "threads", &request)?, |found| Thread { found }))
    }
}

/// Asks with whom to keep in touch.
pub(super) async fn keep_in_touch(
    ctx: &Context<'_>,
    viewer: &Viewer,
    (list, only): (Option<ID>, Option<Urgency>),
    request: &PageRequest,
) -> Result<Reminders> {
    let list = list.as_ref().map(|list| named_id("listId", list)).transpose()?;
    let question = KeepingQuestion { list, only: only.map(service::Urgency::from) };
    let found = tertius(ctx)?.keep_in_touch(viewer, &question, request).await;
    let page = found.map_err(|error| fail(ctx, error))?;
    let page = connection(page, Reminder::from);
    Ok(Reminders { page, list, as_of: viewer.vantage() })
}

/// How often you want contact with somebody. Only you see it.
#[derive(Debug, Clone)]
pub struct Cadence {
    found: service::Cadence,
    as_of: Vantage,
}

/// How often you want contact with somebody. Only you see it.
#[Object]
impl Cadence {
    /// With whom.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.found.person, self.as_of).await
    }

    /// How many days may pass from one contact to the next.
    async fn days(&self) -> i32 {
        i32::from(self.found.days)
    }

    /// The day on which you set it.
    async fn set_on(&self) -> Date {
        Date(self.found.set_on)
    }
}

impl Cadence {
    /// A cadence as it is, or was on a past day.
    pub(super) fn of(found: service::Cadence, as_of: Vantage) -> Self {
        Self { found, as_of }
    }
}

/// How often you want contact with somebody.
#[derive(Debug, Clone, InputObject)]
pub struct SetCadenceInput {
    /// With whom.
    pub person_id: ID,
    /// How many days may pass from one contact to the next, 3,650 at most; 0 takes it back.
    pub days: i32,
    /// Comes back as it is.
    pub client_mutation_id: Option<String>,
}

/// What came of setting a cadence.
#[derive(Debug, Clone, SimpleObject)]
pub struct SetCadencePayload {
    /// The cadence as it is now; null where there is none, and where it was refused.
    pub cadence: Option<Cadence>,
    /// Why nothing was changed; empty where something was.
    pub user_errors: Vec<UserError>,
    /// What the input had.
    pub client_mutation_id: Option<String>,
}

/// Keeping in touch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keeping;

/// Keeping in touch.
#[Object]
impl Keeping {
    /// Sets how often you want contact with somebody. It is for your eyes alone; the newest
    /// counts, and 0 days take it back.
    #[graphql(directive = requires_role::apply(Role::Member))]
    async fn set_cadence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "With whom, how often.")] input: SetCadenceInput,
    ) -> Result<SetCadencePayload> {
        let person = id("personId", &input.person_id)?;
        let days = count("days", Some(input.days))?;
        let days = days.ok_or_else(|| bad_input(Some("days"), "days: a number is needed"))?;
        let done = tertius(ctx)?.set_cadence(viewer(ctx)?, person, days).await;
        let (cadence, user_errors) = answer(ctx, done)?;
        let cadence = cadence.flatten().map(|cadence| Cadence::of(cadence, Vantage::NOW));
        Ok(SetCadencePayload { cadence, user_errors, client_mutation_id: input.client_mutation_id })
    }
}
