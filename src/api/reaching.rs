//! Reach: which accounts can be entered, and through whom.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result};

use crate::{
    model::{AnyId, Holder, WantedPost},
    service::{
        self, AccountName, LastContact, Named, Page, PageRequest, ReachQuestion, ReachedName,
        Vantage, Viewer,
    },
};

use super::{
    connection::{Listed, connection},
    context::tertius,
    cost::per_entry,
    error::{bad_input, fail},
    input::{count, named_id},
    known::{JobFunction, Seniority, wanted_post},
    list::cut_here,
    path::{Introduced, NearestMiss},
    path_input::PathFromInput,
    person::{Person, load_person},
    query_input::SearchResult,
    scalar::Date,
};

/// An account by what you have of it.
#[derive(Debug, Clone, OneofObject)]
pub enum AccountInput {
    /// The id of a person or a company.
    Id(ID),
    /// The mail address of a person.
    Email(String),
    /// A domain of a company, or a web address at it.
    Domain(String),
    /// The name of a company, whatever its legal form; or else of a person.
    Name(String),
}

/// Who is meant at companies; everything that is named must hold.
#[derive(Debug, Clone, InputObject)]
pub struct PostInput {
    /// What the title says, in any of twelve languages: `vp engineering`, `someone in procurement`.
    pub title: Option<String>,
    /// How high they stand: one of these.
    pub seniorities: Option<Vec<Seniority>>,
    /// What they do: one of these.
    pub functions: Option<Vec<JobFunction>>,
}

/// Which accounts are meant.
#[derive(Debug, Clone, OneofObject)]
pub enum AccountsInput {
    /// These; 500 at most.
    Named(Vec<AccountInput>),
    /// The people and companies on this list.
    ListId(ID),
}

/// A question for which accounts can be entered.
#[derive(Debug, Clone, InputObject)]
pub struct ReachInput {
    /// Which accounts.
    pub accounts: AccountsInput,
    /// From where; from you if nothing is said.
    pub from: Option<PathFromInput>,
    /// Who is meant at companies; anybody who works there today if nothing is said.
    pub role: Option<PostInput>,
    /// How many steps at most, from 1 to 4; 4 if nothing is said.
    pub max_steps: Option<i32>,
}

/// By what an account was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::NamedBy")]
pub enum FoundBy {
    /// By the id.
    Id,
    /// By the mail address.
    Email,
    /// By the name of the person.
    Person,
    /// By the domain.
    Domain,
    /// By the name of the company, whatever its legal form.
    Company,
}

/// How an account can be entered, or why not.
#[derive(Debug, Clone)]
pub struct ReachedAccount {
    said: String,
    row: ReachedName,
    as_of: Vantage,
}

/// How an account can be entered, or why not.
#[Object]
impl ReachedAccount {
    /// The account as the question named it.
    async fn named(&self) -> &str {
        &self.said
    }

    /// Whom it means; null where there is no such person or company that you may see, or several.
    async fn account(&self) -> Option<SearchResult> {
        match &self.row.named {
            Named::One(found, _) => Some(found.clone().into()),
            Named::Several(_) | Named::Nobody(_) => None,
        }
    }

    /// By what it was found; null where it was not.
    async fn found_by(&self) -> Option<FoundBy> {
        match self.row.named {
            Named::One(_, by) => Some(by.into()),
            Named::Several(_) | Named::Nobody(_) => None,
        }
    }

    /// Where it was not found: all that are called so, or else three at most that are called alike.
    #[graphql(directive = per_entry::apply(5))]
    async fn suggestions(&self) -> Vec<SearchResult> {
        match &self.row.named {
            Named::One(..) => Vec::new(),
            Named::Several(found) | Named::Nobody(found) => {
                found.iter().cloned().map(SearchResult::from).collect()
            }
        }
    }

    /// The best path there, as `introPaths` would find it; null where there is none.
    async fn path(&self) -> Option<Introduced> {
        let path = self.row.reached.as_ref()?.path.as_ref()?;
        Some(Introduced::from(path.clone()))
    }

    /// Why there is no path; null where there is one, and where the account was not found.
    async fn miss(&self) -> Option<NearestMiss> {
        let reached = self.row.reached.as_ref()?;
        let miss = reached.miss.as_ref()?;
        Some(NearestMiss::of(miss.clone(), reached.openers.clone(), self.as_of))
    }

    /// The last contact that anybody of those from whom a path may start had with anybody who is
    /// meant there; null where you may see none.
    async fn last_contact(&self) -> Option<AccountContact> {
        let contact = self.row.reached.as_ref()?.last_contact?;
        Some(AccountContact { contact, as_of: self.as_of })
    }
}

/// The last contact with an account.
#[derive(Debug, Clone, Copy)]
pub struct AccountContact {
    contact: LastContact,
    as_of: Vantage,
}

/// The last contact with an account.
#[Object]
impl AccountContact {
    /// When it was.
    async fn on(&self) -> Date {
        Date(self.contact.on)
    }

    /// Who had it.
    async fn knower(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.contact.knower, self.as_of).await
    }

    /// With whom there.
    async fn with(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.contact.with, self.as_of).await
    }
}

impl AccountInput {
    fn read(&self) -> Result<AccountName> {
        let text = |text: &String| Some(text.clone());
        let none = AccountName::default();
        Ok(match self {
            Self::Email(email) => AccountName { email: text(email), ..none },
            Self::Domain(domain) => AccountName { domain: text(domain), ..none },
            Self::Name(name) => AccountName::of_text(name),
            Self::Id(id) => match named_id::<AnyId>("id", id)? {
                AnyId::PersonId(id) => AccountName::of_holder(Holder::Person(id)),
                AnyId::CompanyId(id) => AccountName::of_holder(Holder::Company(id)),
                _ => return Err(bad_input(Some("id"), "id: a person or a company is needed")),
            },
        })
    }
}

impl ReachInput {
    async fn accounts(&self, ctx: &Context<'_>, viewer: &Viewer) -> Result<Vec<AccountName>> {
        match &self.accounts {
            AccountsInput::Named(accounts) => accounts.iter().map(AccountInput::read).collect(),
            AccountsInput::ListId(list) => {
                let list = named_id("listId", list)?;
                let holders = tertius(ctx)?.on_list(viewer, list).await;
                let holders = holders.map_err(|error| fail(ctx, error))?;
                Ok(holders.into_iter().map(AccountName::of_holder).collect())
            }
        }
    }

    fn question(&self) -> Result<ReachQuestion> {
        let post = match &self.role {
            None => WantedPost::default(),
            Some(PostInput { title, seniorities, functions }) => {
                wanted_post(title.as_ref(), seniorities.as_ref(), functions.as_ref())?
            }
        };
        let from = PathFromInput::read(self.from.as_ref())?;
        let max_steps = count("maxSteps", self.max_steps)?;
        Ok(ReachQuestion { from, accounts: Vec::new(), post, max_steps })
    }
}

/// Asks which accounts can be entered: those of one page, which alone are searched for.
pub(super) async fn ask(
    ctx: &Context<'_>,
    viewer: &Viewer,
    input: &ReachInput,
    request: &PageRequest,
) -> Result<Listed<ReachedAccount>> {
    let accounts = input.accounts(ctx, viewer).await?;
    let most = tertius(ctx)?.limits().accounts_max;
    if accounts.len() > most {
        let message = format!("accounts: {} are given, but {most} are the most", accounts.len());
        return Err(bad_input(Some("accounts"), message));
    }
    let Page { entries, has_next, began_after } = cut_here(ctx, accounts, "reach", request)?;
    let (cursors, names): (Vec<String>, Vec<AccountName>) = entries.into_iter().unzip();
    let rows = tertius(ctx)?.reach_named(viewer, &names, &input.question()?).await;
    let rows = rows.map_err(|error| fail(ctx, error))?;
    let as_of = viewer.vantage();
    let entries = cursors.into_iter().zip(names).zip(rows).map(|((cursor, name), row)| {
        let said = match (&row.named, name.said()) {
            (Named::One(found, _), "") => found.called().unwrap_or_default(),
            (_, said) => said.to_owned(),
        };
        (cursor, ReachedAccount { said, row, as_of })
    });
    let page = Page { entries: entries.collect(), has_next, began_after };
    Ok(connection(page, |account| account))
}
