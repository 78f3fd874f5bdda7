//! Which person or company somebody's own file means: only what is named just so, and for the
//! rest what it may be.

use crate::model::{
    CompanyId, Domain, Holder, Identifier, MailAddress, PersonId, company_key, domain_label, fold,
};

use crate::service::{
    CompanyView, Found, PageRequest, PersonView, SearchQuestion, ServiceResult, Tertius, Viewer,
};

/// So many that it may be are said.
const SUGGESTIONS: usize = 3;

/// What names an account in somebody's own file. What decides most goes first: the address of a
/// person, a domain, a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountName {
    /// The one that it is.
    pub id: Option<Holder>,
    /// A mail address of a person.
    pub email: Option<String>,
    /// The full name of a person; with a company beside it, of one who works there today.
    pub person: Option<String>,
    /// A domain of a company, or a web address at it.
    pub domain: Option<String>,
    /// The name of a company.
    pub company: Option<String>,
    /// Something of which is not known which of these it is.
    pub text: Option<String>,
}

/// By what an account was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// The id.
    Id,
    /// The mail address.
    Email,
    /// The name of the person.
    Person,
    /// The domain.
    Domain,
    /// The name of the company, whatever its legal form.
    Company,
}

/// Whom an account's name means.
#[derive(Debug, Clone, PartialEq)]
pub enum Named {
    /// One, and no other.
    One(Found, NamedBy),
    /// Any of these: all are called so.
    Several(Vec<Found>),
    /// Nobody; those that are called most like it.
    Nobody(Vec<Found>),
}

impl Found {
    /// Whom it is.
    pub fn holder(&self) -> Holder {
        match self {
            Self::Person(person) => Holder::Person(person.id),
            Self::Company(company) => Holder::Company(company.id),
        }
    }
}

impl AccountName {
    /// A name of which is not known what it is: an address, a domain, a company, a person.
    pub fn of_text(text: &str) -> Self {
        Self { text: Some(text.to_owned()), ..Self::default() }
    }

    /// The name of one that is known.
    pub fn of_holder(holder: Holder) -> Self {
        Self { id: Some(holder), ..Self::default() }
    }

    /// What it says, for a person; nothing where it is an id alone.
    pub fn said(&self) -> &str {
        let texts = [&self.company, &self.person, &self.text, &self.domain, &self.email];
        texts.into_iter().flatten().find(|text| !text.trim().is_empty()).map_or("", String::as_str)
    }

    /// The text in the field that it belongs to, as far as it shows that itself.
    fn sorted(&self) -> Self {
        let either = given(self.text.as_ref()).or(given(self.company.as_ref()));
        let Some(text) = either else { return self.clone() };
        let mut sorted = Self { text: None, ..self.clone() };
        let is_domain = || text.contains('.') && !text.contains(' ') && Domain::new(text).is_ok();
        let field = if MailAddress::new(text).is_ok() {
            &mut sorted.email
        } else if is_domain() {
            &mut sorted.domain
        } else {
            return self.clone();
        };
        field.get_or_insert_with(|| text.to_owned());
        sorted
    }
}

/// A cell that holds something.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl Tertius {
    /// Whom somebody's own name for an account means, among those that the viewer sees. A name
    /// that is only alike is never taken for them: it is a suggestion.
    ///
    /// # Errors
    /// When the store fails, and when the viewer may not read.
    pub async fn account_named(&self, viewer: &Viewer, name: &AccountName) -> ServiceResult<Named> {
        if let Some(holder) = name.id {
            let found = self.found(viewer, &[holder]).await?.pop();
            let one = found.map(|found| Named::One(found, NamedBy::Id));
            return Ok(one.unwrap_or(Named::Nobody(Vec::new())));
        }
        let name = name.sorted();
        if let Some(address) = given(name.email.as_ref()).and_then(|t| MailAddress::new(t).ok()) {
            let key = Identifier::Mail(address).key();
            let is_so = |p: &PersonView| p.identifiers.iter().any(|i| i.key() == key);
            if let [one] = self.people_keyed(viewer, &key, is_so).await?.as_slice() {
                return Ok(Named::One(Found::Person(one.clone()), NamedBy::Email));
            }
        }
        let company = self.company_meant(viewer, &name).await?;
        // A name that may be of either is a company's before it is a person's.
        let either = given(name.text.as_ref()).filter(|_| company.is_none());
        if let Some(person) = given(name.person.as_ref()).or(either) {
            let here = match &company {
                Some(Named::One(Found::Company(company), _)) => Some(company.id),
                _ => None,
            };
            let found = self.person_meant(viewer, person, here).await?;
            if !matches!(found, Named::Nobody(_)) || company.is_none() {
                return Ok(found);
            }
        }
        Ok(match company {
            Some(company) => company,
            None => Named::Nobody(self.alike(viewer, name.said()).await?),
        })
    }

    /// The company that is meant; nothing where none is named, or where its name may be of a person.
    async fn company_meant(
        &self,
        viewer: &Viewer,
        name: &AccountName,
    ) -> ServiceResult<Option<Named>> {
        let domain = given(name.domain.as_ref());
        if let Some(domain) = domain.and_then(|text| Domain::new(text).ok())
            && let Some(company) = self.company_by_domain(viewer, domain.as_str()).await?
        {
            return Ok(Some(Named::One(Found::Company(company), NamedBy::Domain)));
        }
        let company = given(name.company.as_ref());
        if let Some(text) = company.or(given(name.text.as_ref())) {
            let named = self.companies_named(viewer, &company_key(text)).await?;
            match named.as_slice() {
                [] if company.is_none() => {}
                [] => return Ok(Some(Named::Nobody(self.alike(viewer, text).await?))),
                [one] => {
                    return Ok(Some(Named::One(Found::Company(one.clone()), NamedBy::Company)));
                }
                _ => {
                    let several = named.into_iter().map(Found::Company).collect();
                    return Ok(Some(Named::Several(several)));
                }
            }
        }
        let Some(domain) = domain else { return Ok(None) };
        Ok(Some(Named::Nobody(self.alike(viewer, domain_label(domain)).await?)))
    }

    async fn person_meant(
        &self,
        viewer: &Viewer,
        text: &str,
        here: Option<CompanyId>,
    ) -> ServiceResult<Named> {
        let folded = fold(text);
        let is_called =
            |p: &PersonView| p.name.as_ref().is_some_and(|n| fold(n.as_str()) == folded);
        let mut people = self.people_keyed(viewer, &format!("name:{folded}"), is_called).await?;
        if let Some(company) = here {
            let works_here =
                |p: &PersonView| p.jobs.iter().any(|job| job.current && job.company == company);
            people.retain(works_here);
        }
        Ok(match people.as_slice() {
            [] => Named::Nobody(self.alike(viewer, text).await?),
            [one] => Named::One(Found::Person(one.clone()), NamedBy::Person),
            _ => Named::Several(people.into_iter().map(Found::Person).collect()),
        })
    }

    /// The people of an identity key of whom the viewer sees what makes it.
    async fn people_keyed(
        &self,
        viewer: &Viewer,
        key: &str,
        is_so: impl Fn(&PersonView) -> bool,
    ) -> ServiceResult<Vec<PersonView>> {
        let found = self.recorded_of(viewer).await?.holders_of(&[key.to_owned()]).await?;
        let ids = found.into_iter().filter_map(|(_, holder)| match holder {
            Holder::Person(id) => Some(id),
            Holder::Company(_) => None,
        });
        let ids: Vec<PersonId> = ids.collect();
        let people = self.people(viewer, &ids).await?;
        let mut people: Vec<_> = people.into_iter().flatten().filter(|p| is_so(p)).collect();
        people.sort_by_key(|person| person.id);
        people.dedup_by_key(|person| person.id);
        Ok(people)
    }

    /// The companies that the viewer sees to be called so, or to own a domain that is.
    async fn companies_named(&self, viewer: &Viewer, key: &str) -> ServiceResult<Vec<CompanyView>> {
        let found = self.recorded_of(viewer).await?.holders_of(&[format!("name:{key}")]).await?;
        let ids = found.into_iter().filter_map(|(_, holder)| match holder {
            Holder::Company(id) => Some(id),
            Holder::Person(_) => None,
        });
        let ids: Vec<CompanyId> = ids.collect();
        let is_so = |company: &CompanyView| {
            let name = company.name.as_ref().is_some_and(|name| company_key(name.as_str()) == key);
            name || company.domains.iter().any(|d| domain_label(d.as_str()) == key)
        };
        let companies = self.companies(viewer, &ids).await?;
        let mut companies: Vec<_> = companies.into_iter().flatten().filter(is_so).collect();
        companies.sort_by_key(|company| company.id);
        companies.dedup_by_key(|company| company.id);
        Ok(companies)
    }

    /// What is called most like a text.
    async fn alike(&self, viewer: &Viewer, text: &str) -> ServiceResult<Vec<Found>> {
        let text: String = text.chars().take(self.limits.query_chars_max).collect();
        if fold(&text).is_empty() {
            return Ok(Vec::new());
        }
        let question = SearchQuestion { text, only: None };
        let request = PageRequest { first: Some(SUGGESTIONS), after: None };
        Ok(self.search(viewer, &question, &request).await?.into_nodes())
    }
}
