//! What is seen of who somebody is: little enough to keep of a hundred thousand at a time.

use crate::{
    formats::mail::usable,
    model::{
        Claim, CompanyId, Fact, Holder, Identifier, MemberId, company_domain, company_key,
        is_free_mail,
    },
};

/// The mark of a company that has a domain.
pub(super) const DOMAIN: &str = "domain";

/// What facts say of who a person, or which company, is.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The identity keys, in order.
    pub(super) keys: Vec<String>,
    /// Whether they are known by a usable mail address.
    pub(super) mail: bool,
    /// Whether they are known by a profile page.
    pub(super) profile: bool,
    /// Where they work or worked.
    pub(super) employers: Vec<CompanyId>,
    /// The companies' domains of their addresses.
    pub(super) domains: Vec<String>,
    /// How a company is called, as names are compared.
    pub(super) called: Vec<String>,
    /// What a company has one of: two with the same marks are two companies, unless a domain or
    /// a foreign id says otherwise.
    pub(super) marks: Vec<String>,
}

impl Seen {
    /// What facts say of a holder, as far as a member, or the team, sees all of them.
    pub(super) fn of(holder: Holder, facts: &[Fact], eyes: Option<MemberId>) -> Self {
        let mut seen = Self::default();
        for fact in facts.iter().filter(|fact| fact.is_open_to(eyes)) {
            let keys = fact.claim.identity_keys().into_iter().filter(|(of, _)| *of == holder);
            seen.keys.extend(keys.map(|(_, key)| key));
            seen.add(&fact.claim);
        }
        seen.keys.sort_unstable();
        seen.keys.dedup();
        seen
    }

    fn add(&mut self, claim: &Claim) {
        match claim {
            Claim::PersonIdentifier { identifier: Identifier::Mail(address), .. } => {
                self.mail |= usable(address);
                let domain = company_domain(address);
                self.domains.extend(domain.map(|domain| domain.as_str().to_owned()));
            }
            Claim::PersonIdentifier { identifier: Identifier::Profile(_), .. } => {
                self.profile = true;
            }
            Claim::Employment(job) => self.employers.push(job.company),
            Claim::CompanyName { name, .. } => self.called.push(company_key(name.as_str())),
            Claim::CompanyDomain { domain, .. } if !is_free_mail(domain.as_str()) => {
                self.marks.push(DOMAIN.to_owned());
            }
            Claim::CompanyIdentifier {
                identifier: Identifier::External { system, .. }, ..
            } => {
                self.marks.push(format!("external:{system}"));
            }
            _ => {}
        }
    }

    /// Whether they have a key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.binary_search_by(|own| own.as_str().cmp(key)).is_ok()
    }
}
