//! Where what a file tells of somebody is filed: one id for each address, page, domain or name.

use sha2::{Digest, Sha256};

use crate::{
    formats::{Firm, Party, mail::usable},
    model::{
        CompanyId, EmploymentId, ExclusionId, Identifier, ImportId, ListId, PersonId, RelationId,
        company_key, fold, is_free_mail,
    },
};

/// Makes the ids of what is imported from what is imported, with the secret of the store: the same
/// file twice makes the same ids, in any order and by any program, and nobody who lacks the secret
/// can guess one.
#[derive(Clone)]
pub(in crate::service) struct Homes {
    secret: [u8; 32],
}

impl std::fmt::Debug for Homes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Homes")
    }
}

impl Homes {
    pub(in crate::service) fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    fn id(&self, kind: &str, parts: &[&str]) -> u128 {
        let mut hasher = Sha256::new_with_prefix(self.secret);
        hasher.update(kind);
        for part in parts {
            hasher.update([0]);
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let (half, _) = digest.split_at(16);
        u128::from_be_bytes(half.try_into().expect("16 bytes were split off"))
    }

    /// Where somebody is filed: under the first of their identifiers that tells people apart, mail
    /// before pages before foreign ids; without any, under their name and what the file calls
    /// their company. Nothing where there is neither.
    pub(in crate::service) fn person(
        &self,
        party: &Party,
        company: Option<&Firm>,
    ) -> Option<PersonId> {
        if let Some(identifier) = telling(party).min() {
            return Some(self.identified(identifier));
        }
        // A name without a letter or digit names nobody.
        let name = Some(fold(party.name.as_ref()?.as_str())).filter(|name| !name.is_empty())?;
        let company = company.and_then(firm_key).unwrap_or_default();
        Some(PersonId::new(self.id("person named", &[&name, &company])))
    }

    /// Where somebody is filed of whom this alone is read.
    pub(in crate::service) fn identified(&self, identifier: &Identifier) -> PersonId {
        PersonId::new(self.id("person", &[&identifier.key()]))
    }

    /// By what it is known that somebody was erased who was called so; nobody is filed there.
    pub(in crate::service) fn called(&self, folded: &str) -> PersonId {
        PersonId::new(self.id("called", &[folded]))
    }

    /// Where a company is filed: under its first domain, else its foreign id, else its name.
    pub(in crate::service) fn company(&self, firm: &Firm) -> Option<CompanyId> {
        firm_key(firm).map(|key| CompanyId::new(self.id("company", &[&key])))
    }

    pub(in crate::service) fn employment(
        &self,
        person: PersonId,
        company: CompanyId,
        rest: &str,
    ) -> EmploymentId {
        EmploymentId::new(self.id("job", &[&person.to_string(), &company.to_string(), rest]))
    }

    pub(in crate::service) fn relation(
        &self,
        from: CompanyId,
        to: CompanyId,
        rest: &str,
    ) -> RelationId {
        RelationId::new(self.id("relation", &[&from.to_string(), &to.to_string(), rest]))
    }

    pub(in crate::service) fn list(&self, owner: &str, name: &str) -> ListId {
        ListId::new(self.id("list", &[owner, &fold(name)]))
    }

    pub(in crate::service) fn exclusion(&self, key: &str) -> ExclusionId {
        ExclusionId::new(self.id("exclusion", &[key]))
    }

    pub(in crate::service) fn import(&self, author: &str, system: &str, content: &str) -> ImportId {
        ImportId::new(self.id("import", &[author, system, content]))
    }
}

/// The identifiers that tell a person from others.
pub(in crate::service) fn telling(party: &Party) -> impl Iterator<Item = &Identifier> {
    party.identifiers.iter().filter(|identifier| match identifier {
        Identifier::Mail(address) => usable(address),
        Identifier::Profile(_) | Identifier::External { .. } => true,
    })
}

fn firm_key(firm: &Firm) -> Option<String> {
    let mut domains: Vec<&str> = firm
        .domains
        .iter()
        .map(crate::model::Domain::as_str)
        .filter(|d| !is_free_mail(d))
        .collect();
    domains.sort_unstable();
    let named = || firm.name.as_ref().map(|name| company_key(name.as_str()));
    match (domains.first(), &firm.external) {
        (Some(domain), _) => Some(format!("domain:{domain}")),
        (None, Some(external)) => Some(external.key()),
        (None, None) => named().filter(|name| !name.is_empty()).map(|name| format!("name:{name}")),
    }
}
