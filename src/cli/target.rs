//! What somebody types to name a person or a company.

use crate::{
    model::{AnyId, ListId, PersonId, WantedPost},
    service::{Found, PageRequest, SearchQuestion, ServiceError, Tertius, To, Viewer},
};

/// The person or company that a text names: an id, a mail address, a domain, or a name.
///
/// # Errors
/// `NotFound` when there is none; `Invalid`, with the choices, when there are several.
pub(super) async fn target(
    tertius: &Tertius,
    viewer: &Viewer,
    text: &str,
    role: Option<&str>,
) -> Result<To, ServiceError> {
    match (named(tertius, viewer, text).await?, role) {
        (Found::Person(person), None) => Ok(To::Person(person.id)),
        (Found::Person(_), Some(_)) => {
            Err(ServiceError::invalid("--role", "this is for a company, and a person is named"))
        }
        (Found::Company(company), None) => Ok(To::Company(company.id)),
        (Found::Company(company), Some(role)) => {
            Ok(To::Role { company: company.id, post: WantedPost::titled(role) })
        }
    }
}

/// The person that a text names.
///
/// # Errors
/// As [`target`]; and `Invalid` when it names a company.
pub(super) async fn person(
    tertius: &Tertius,
    viewer: &Viewer,
    text: &str,
) -> Result<PersonId, ServiceError> {
    match named(tertius, viewer, text).await? {
        Found::Person(person) => Ok(person.id),
        Found::Company(_) => {
            Err(ServiceError::invalid("person", format!("`{text}` is a company, not a person")))
        }
    }
}

/// The list that a text names: its id, what it is called, or a part of that.
///
/// # Errors
/// `NotFound`, with what there is, when there is none.
pub(super) async fn list_named(
    tertius: &Tertius,
    viewer: &Viewer,
    text: &str,
) -> Result<ListId, ServiceError> {
    if let Ok(id) = text.parse::<ListId>() {
        return Ok(tertius.list(viewer, id).await?.id);
    }
    let lists = tertius.lists(viewer).await?;
    let wanted = crate::model::fold(text);
    let called = |is_so: &dyn Fn(&str) -> bool| -> Vec<ListId> {
        let so = lists.iter().filter(|list| is_so(&crate::model::fold(list.name.as_str())));
        so.map(|list| list.id).collect()
    };
    let mut found = called(&|name| name == wanted);
    if found.is_empty() && !wanted.is_empty() {
        found = called(&|name| name.contains(&wanted));
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let names: Vec<&str> = lists.iter().map(|list| list.name.as_str()).collect();
            let there = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
            Err(ServiceError::NotFound(format!("the list `{text}` (there is {there})")))
        }
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            let message = format!("`{text}` may be one of {}", ids.join(", "));
            Err(ServiceError::invalid("--list", message))
        }
    }
}

pub(super) async fn named(
    tertius: &Tertius,
    viewer: &Viewer,
    text: &str,
) -> Result<Found, ServiceError> {
    let missing = || ServiceError::NotFound(format!("`{text}`"));
    match text.parse::<AnyId>() {
        Ok(AnyId::PersonId(id)) => return tertius.person(viewer, id).await.map(Found::Person),
        Ok(AnyId::CompanyId(id)) => return tertius.company(viewer, id).await.map(Found::Company),
        Ok(_) => return Err(ServiceError::invalid("target", "a person or a company is needed")),
        Err(_) => {}
    }
    if text.contains('@') {
        let found = tertius.person_by_identifier(viewer, "target", text).await?;
        return found.map(Found::Person).ok_or_else(missing);
    }
    let is_domain = text.contains('.') && !text.contains(' ');
    if is_domain && let Some(company) = tertius.company_by_domain(viewer, text).await? {
        return Ok(Found::Company(company));
    }
    let question = SearchQuestion { text: text.to_owned(), only: None };
    let request = PageRequest { first: Some(6), after: None };
    let mut found = tertius.search(viewer, &question, &request).await?.into_nodes();
    match found.len() {
        0 => Err(missing()),
        1 => Ok(found.remove(0)),
        _ => the_one(text, found),
    }
}

/// The one that is called just so, if there is just one.
fn the_one(text: &str, found: Vec<Found>) -> Result<Found, ServiceError> {
    let wanted = crate::model::fold(text);
    let is_called = |found: &Found| crate::model::fold(&called(found)) == wanted;
    let mut exact: Vec<usize> = (0..found.len()).filter(|&at| is_called(&found[at])).collect();
    if let (Some(at), true) = (exact.pop(), exact.is_empty()) {
        return Ok(found.into_iter().nth(at).expect("it was counted"));
    }
    let choices = found.iter().map(|found| format!("{} ({})", called(found), id_of(found)));
    let choices = choices.collect::<Vec<_>>().join("\n  ");
    Err(ServiceError::invalid("target", format!("`{text}` may be one of\n  {choices}")))
}

/// How somebody, or a company, that was found is called.
pub(super) fn called(found: &Found) -> String {
    found.called().unwrap_or_else(|| "somebody".to_owned())
}

/// The id of somebody, or of a company, that was found.
pub(super) fn id_of(found: &Found) -> String {
    match found {
        Found::Person(person) => person.id.to_string(),
        Found::Company(company) => company.id.to_string(),
    }
}
