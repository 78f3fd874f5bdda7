//! Anything that has an id.

use async_graphql::{Context, ID, Interface, Result};

use crate::{
    model::AnyId,
    service::{ServiceError, ServiceResult},
};

use super::{
    company::{Company, load_company},
    context::{tertius, viewer_on},
    employment::Employment,
    error::{bad_input, fail},
    global_id::GlobalId,
    import::Import,
    input,
    introduction::Introduction,
    list::NamedList,
    member::Member,
    person::{Person, load_person},
};

/// Anything that has an id of its own.
#[derive(Debug, Clone, Interface)]
#[graphql(
    name = "Node",
    field(
        name = "id",
        ty = "ID",
        desc = "The id: what it is, an underscore, 32 digits from 0 to f; as of a past day, with `@` \
                and the day."
    )
)]
pub enum NodeObject {
    /// A person.
    Person(Person),
    /// A company.
    Company(Company),
    /// An employment.
    Employment(Employment),
    /// A list.
    List(NamedList),
    /// A member.
    Member(Member),
    /// An import.
    Import(Import),
    /// An introduction.
    Introduction(Introduction),
}

/// Whatever has this id, as of the day that it names, if you may see it.
pub(super) async fn load_node(
    ctx: &Context<'_>,
    argument: &'static str,
    id: &ID,
) -> Result<Option<NodeObject>> {
    let GlobalId { id: any, as_of } = input::global_id(argument, id)?;
    if as_of.is_some()
        && matches!(any, AnyId::MemberId(_) | AnyId::ImportId(_) | AnyId::IntroductionId(_))
    {
        let message = format!("{argument}: no past day is known of a {}", any.kind());
        return Err(bad_input(Some(argument), message));
    }
    let (tertius, viewer) = (tertius(ctx)?, &viewer_on(ctx, argument, as_of)?);
    let as_of = viewer.vantage();
    let found = match any {
        AnyId::PersonId(id) => {
            return Ok(load_person(ctx, id, as_of).await?.map(NodeObject::Person));
        }
        AnyId::CompanyId(id) => {
            return Ok(load_company(ctx, id, as_of).await?.map(NodeObject::Company));
        }
        AnyId::EmploymentId(id) => {
            let jobs = tertius.employments(viewer, &[id]).await;
            jobs.map(|mut jobs| jobs.pop().flatten().map(|j| NodeObject::Employment(j.into())))
        }
        AnyId::ListId(id) => or_nothing(tertius.list(viewer, id).await)
            .map(|l| l.map(|l| NodeObject::List(l.into()))),
        AnyId::MemberId(id) => tertius.team(viewer).await.map(|team| {
            let member = team.into_iter().find(|member| member.id == id);
            member.map(|member| NodeObject::Member(member.into()))
        }),
        AnyId::ImportId(id) => or_nothing(tertius.import(viewer, id).await)
            .map(|import| import.map(|import| NodeObject::Import(import.into()))),
        AnyId::IntroductionId(id) => or_nothing(tertius.introduction(viewer, id).await)
            .map(|found| found.map(|found| NodeObject::Introduction(found.into()))),
        _ => Ok(None),
    };
    found.map_err(|error| fail(ctx, error))
}

/// What is not found is nothing.
pub(super) fn or_nothing<T>(found: ServiceResult<T>) -> ServiceResult<Option<T>> {
    match found {
        Ok(value) => Ok(Some(value)),
        Err(ServiceError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
