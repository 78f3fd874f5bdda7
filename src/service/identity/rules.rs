//! By which rules two people, or two companies, are one. Pure: facts in, joins out, whatever their
//! order.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    formats::mail::usable,
    model::{CompanyId, Holder, PersonId, is_free_mail},
    store::SharedKey,
};

use super::{
    joined::{Joined, Joiner, Why},
    seen::{DOMAIN, Seen},
};

/// Who of some holders has a key by what is seen.
fn who_has<Id: Copy + Ord>(
    shared: &SharedKey,
    all: &BTreeMap<Id, Seen>,
    id_of: impl Fn(Holder) -> Option<Id>,
) -> Vec<Id> {
    let ids = shared.holders.iter().filter_map(|&holder| id_of(holder));
    ids.filter(|id| all.get(id).is_some_and(|seen| seen.has(&shared.key))).collect()
}

/// What somebody said of two by hand: whether they are one.
fn said(key: &str) -> Option<bool> {
    match key.split_once(':')?.0 {
        "same" => Some(true),
        "apart" => Some(false),
        _ => None,
    }
}

/// Whether a key names one person or company, and not merely how it is called.
fn identifies(key: &str) -> bool {
    match key.split_once(':') {
        Some(("mail", address)) => {
            crate::model::MailAddress::new(address).is_ok_and(|address| usable(&address))
        }
        Some(("domain", domain)) => !is_free_mail(domain),
        Some(("profile" | "external", _)) => true,
        _ => false,
    }
}

/// Unites whoever shares what identifies, or was said to be one; keeps apart who was said to be
/// two.
fn unite_by_keys<Id: Copy + Ord + std::hash::Hash>(
    groups: &[(&str, Vec<Id>)],
    joiner: &mut Joiner<Id>,
) {
    for (key, ids) in groups {
        if let (Some(false), [one, other]) = (said(key), ids.as_slice()) {
            joiner.keep_apart(*one, *other);
        }
    }
    for by_hand in [true, false] {
        for (key, ids) in groups {
            let why = match said(key) {
                Some(true) if by_hand => Why::ByHand,
                None if !by_hand && identifies(key) => Why::Shares((*key).to_owned()),
                _ => continue,
            };
            for pair in ids.windows(2) {
                joiner.unite(pair[0], pair[1], why.clone());
            }
        }
    }
}

/// Companies that are one: equal domain (free mail excluded) or foreign id, or an equal name, or a
/// name that is the other's domain without its ending, where nothing speaks against it.
///
/// What the joiner holds already comes first.
pub(super) fn join_companies(
    mut joiner: Joiner<CompanyId>,
    shared: &[SharedKey],
    companies: &BTreeMap<CompanyId, Seen>,
) -> Joined<CompanyId> {
    let of = |holder| match holder {
        Holder::Company(id) => Some(id),
        Holder::Person(_) => None,
    };
    let groups: Vec<(&str, Vec<CompanyId>)> =
        shared.iter().map(|shared| (shared.key.as_str(), who_has(shared, companies, of))).collect();
    unite_by_keys(&groups, &mut joiner);
    // All are looked at before any is joined, so that the order of names decides nothing.
    let named = groups.iter().filter_map(|(key, ids)| Some((key.strip_prefix("name:")?, ids)));
    let unions: Vec<(CompanyId, CompanyId, &str)> = named
        .flat_map(|(name, ids)| {
            let fitting = companies_of_name(name, ids, companies, &joiner);
            let pairs: Vec<_> = fitting.windows(2).map(|two| (two[0], two[1], name)).collect();
            pairs
        })
        .collect();
    for (one, other, name) in unions {
        let marks = |id| marks(&joiner.parts(id), companies);
        if joiner.of(one) != joiner.of(other) && marks(one).is_disjoint(&marks(other)) {
            joiner.unite(one, other, Why::CompanyName(name.to_owned()));
        }
    }
    joiner.finish()
}

/// What the parts of a company have one of.
fn marks<'a>(parts: &[CompanyId], companies: &'a BTreeMap<CompanyId, Seen>) -> BTreeSet<&'a str> {
    let seen = parts.iter().filter_map(|part| companies.get(part));
    seen.flat_map(|seen| &seen.marks).map(String::as_str).collect()
}

/// The companies of a name that are one, one part of each; none where some contradict each other.
///
/// Whoever is called so goes before whoever has but such a domain.
fn companies_of_name(
    name: &str,
    ids: &[CompanyId],
    companies: &BTreeMap<CompanyId, Seen>,
    joiner: &Joiner<CompanyId>,
) -> Vec<CompanyId> {
    let all: BTreeSet<CompanyId> = ids.iter().map(|&id| joiner.of(id)).collect();
    let is_called = |id: CompanyId| {
        let parts = joiner.parts(id);
        let mut seen = parts.iter().filter_map(|part| companies.get(part));
        seen.any(|seen| seen.called.iter().any(|called| called == name))
    };
    let found: Vec<(CompanyId, bool, BTreeSet<&str>)> = all
        .into_iter()
        .map(|id| (id, is_called(id), marks(&joiner.parts(id), companies)))
        .collect();
    let called_with_domain =
        found.iter().any(|(_, called, marks)| *called && marks.contains(DOMAIN));
    let fits = |(_, called, _): &&(CompanyId, bool, _)| *called || !called_with_domain;
    let fitting: Vec<_> = found.iter().filter(fits).collect();
    let mut met = BTreeSet::new();
    let contradict = fitting.iter().flat_map(|(_, _, marks)| marks).any(|mark| !met.insert(mark));
    if contradict { Vec::new() } else { fitting.into_iter().map(|(id, ..)| *id).collect() }
}

/// People that are one: equal usable address, profile page or foreign id; or a person known by
/// mail and one known by a profile page whose full name and company are equal, where they are the
/// only ones there.
///
/// What the joiner holds already comes first. Companies are given by domain, and as they are
/// joined.
pub(super) fn join_people(
    mut joiner: Joiner<PersonId>,
    shared: &[SharedKey],
    people: &BTreeMap<PersonId, Seen>,
    (company_of_domain, companies): (&BTreeMap<String, CompanyId>, &Joined<CompanyId>),
) -> Joined<PersonId> {
    let of = |holder| match holder {
        Holder::Person(id) => Some(id),
        Holder::Company(_) => None,
    };
    let groups: Vec<(&str, Vec<PersonId>)> =
        shared.iter().map(|shared| (shared.key.as_str(), who_has(shared, people, of))).collect();
    unite_by_keys(&groups, &mut joiner);
    // All are looked at before any is joined, so that the order of names decides nothing.
    let mut unions = Vec::new();
    for (_, ids) in groups.iter().filter(|(key, _)| key.starts_with("name:")) {
        let mut at: BTreeMap<CompanyId, [BTreeSet<PersonId>; 3]> = BTreeMap::new();
        for &id in ids {
            let known = Known::of(&joiner.parts(id), people);
            let kind = match (known.mail, known.profile) {
                (true, false) => 0,
                (false, true) => 1,
                (true, true) => 2,
                (false, false) => continue,
            };
            for company in known.companies(company_of_domain, companies) {
                at.entry(company).or_default()[kind].insert(joiner.of(id));
            }
        }
        for (company, [mails, profiles, both]) in at {
            if let (Some(&mail), Some(&profile)) = (mails.first(), profiles.first())
                && (mails.len(), profiles.len(), both.len()) == (1, 1, 0)
            {
                unions.push((mail, profile, company));
            }
        }
    }
    for (mail, profile, company) in unions {
        let known = |id| Known::of(&joiner.parts(id), people);
        let (one, other) = (known(mail), known(profile));
        if !(one.mail && other.mail || one.profile && other.profile) {
            joiner.unite(mail, profile, Why::NameAndCompany(company));
        }
    }
    joiner.finish()
}

/// By what somebody is known.
#[derive(Default)]
struct Known {
    mail: bool,
    profile: bool,
    employers: BTreeSet<CompanyId>,
    domains: BTreeSet<String>,
}

impl Known {
    fn of(parts: &[PersonId], people: &BTreeMap<PersonId, Seen>) -> Self {
        let mut known = Self::default();
        for seen in parts.iter().filter_map(|part| people.get(part)) {
            known.mail |= seen.mail;
            known.profile |= seen.profile;
            known.employers.extend(&seen.employers);
            known.domains.extend(seen.domains.iter().cloned());
        }
        known
    }

    fn companies(
        &self,
        company_of_domain: &BTreeMap<String, CompanyId>,
        joined: &Joined<CompanyId>,
    ) -> BTreeSet<CompanyId> {
        let by_domain = self.domains.iter().filter_map(|domain| company_of_domain.get(domain));
        let all = self.employers.iter().chain(by_domain);
        all.map(|&company| joined.shown(company)).collect()
    }
}
