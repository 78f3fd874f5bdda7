//! What people on a map are and where they work, and how their clusters are called by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    algo::Standout,
    model::{
        Claim, Company, CompanyId, Day, Identifier, Person, PersonId, TitleReading, company_domain,
    },
    service::{ServiceResult, identity::Recorded},
    store::PAGE_MAX,
};

/// How many traits of a cluster are told at most.
const TRAITS_MAX: usize = 5;

/// What members of a cluster may have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraitKind {
    /// They work at a company.
    Company,
    /// A word on them.
    Tag,
    /// What they do there.
    Function,
    /// How high they stand there.
    Seniority,
    /// Their addresses are of a domain.
    Domain,
}

/// What joins members of a cluster more than others.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterTrait {
    /// What kind of thing it is.
    pub kind: TraitKind,
    /// How it is called.
    pub label: String,
    /// How many members have it.
    pub inside: u32,
    /// How many others on the map have it.
    pub outside: u32,
    /// By how many standard deviations the log-odds inside exceed those outside.
    pub z: f64,
}

/// The traits of everybody on a map.
#[derive(Debug, Default)]
pub(super) struct Traits {
    /// What each number stands for.
    named: Vec<(TraitKind, String)>,
    /// The numbers of each person's traits.
    pub(super) of: Vec<Vec<u32>>,
    /// How each person is called.
    called: Vec<Option<String>>,
}

/// A trait before companies have names.
type Raw = (TraitKind, String);

impl Traits {
    /// What the team sees of these people on a day.
    pub(super) async fn of(
        recorded: &Recorded,
        people: &[PersonId],
        day: Day,
    ) -> ServiceResult<Self> {
        let mut traits = Self::default();
        let mut raw: Vec<(Vec<Raw>, BTreeSet<CompanyId>)> = Vec::with_capacity(people.len());
        for page in people.chunks(PAGE_MAX) {
            for person in recorded.people(page).await? {
                let called = person.as_ref().and_then(|person| person.name(None));
                traits.called.push(called.map(ToString::to_string));
                raw.push(person.map(|person| traits_of(&person, day)).unwrap_or_default());
            }
        }
        let companies: BTreeSet<CompanyId> =
            raw.iter().flat_map(|(_, companies)| companies).copied().collect();
        let names = company_names(recorded, companies).await?;
        let mut numbers: HashMap<Raw, u32> = HashMap::new();
        for (mut own, companies) in raw {
            let named = companies.iter().filter_map(|company| names.get(company));
            own.extend(named.map(|name| (TraitKind::Company, name.clone())));
            own.sort_unstable();
            own.dedup();
            let number = |one: Raw| {
                *numbers.entry(one).or_insert_with_key(|one| {
                    traits.named.push(one.clone());
                    traits.named.len() as u32 - 1
                })
            };
            traits.of.push(own.into_iter().map(number).collect());
        }
        Ok(traits)
    }
}

fn traits_of(person: &Person, day: Day) -> (Vec<Raw>, BTreeSet<CompanyId>) {
    let mut traits = Vec::new();
    let mut companies = BTreeSet::new();
    for job in person.employments(None, day) {
        if !job.span.contains(day) {
            continue;
        }
        companies.insert(job.company);
        let reading = job.title.as_ref().map(|title| TitleReading::of(title.as_str()));
        if let Some(post) = reading.as_ref().map(TitleReading::main) {
            let function = post.function.map(|function| (TraitKind::Function, function.name()));
            let seniority = post.seniority.map(|rank| (TraitKind::Seniority, rank.name()));
            let both = function.into_iter().chain(seniority);
            traits.extend(both.map(|(kind, name)| (kind, name.replace('_', " "))));
        }
    }
    for identifier in person.identifiers(None) {
        if let Identifier::Mail(address) = identifier {
            let domain = company_domain(address).map(|domain| domain.to_string());
            traits.extend(domain.map(|domain| (TraitKind::Domain, domain)));
        }
    }
    let tags = person.facts.iter().filter(|fact| fact.level_for(None).is_some());
    traits.extend(tags.filter_map(|fact| match &fact.claim {
        Claim::Tag { tag, .. } => Some((TraitKind::Tag, tag.to_string())),
        _ => None,
    }));
    (traits, companies)
}

/// How companies are called, or their first domains.
async fn company_names(
    recorded: &Recorded,
    companies: BTreeSet<CompanyId>,
) -> ServiceResult<BTreeMap<CompanyId, String>> {
    let companies: Vec<CompanyId> = companies.into_iter().collect();
    let mut names = BTreeMap::new();
    let called = |company: Company| {
        let name = company.name(None).map(ToString::to_string);
        let name = name.or_else(|| company.domains(None).next().map(ToString::to_string));
        name.map(|name| (company.id, name))
    };
    for page in companies.chunks(PAGE_MAX) {
        names.extend(recorded.companies(page).await?.into_iter().flatten().filter_map(called));
    }
    Ok(names)
}

/// A name for each cluster of a map, none twice, and the traits that it rests on; of each the
/// traits that stand out and who is in its middle are given.
///
/// A name is the trait that stands out most, with the next of another kind; of a cluster where
/// none stands out, who is in its middle. Where a name is taken, what tells more is added.
pub(super) fn name_all<'a>(
    traits: &Traits,
    clusters: impl Iterator<Item = (&'a [Standout], u32)>,
) -> Vec<(String, Vec<ClusterTrait>)> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut named = Vec::new();
    for (found, middle) in clusters {
        let told: Vec<ClusterTrait> =
            found.iter().take(TRAITS_MAX).map(|found| traits.told(found)).collect();
        let name = candidates(&told, traits.called[middle as usize].as_deref())
            .find(|name| !taken.contains(name))
            .expect("candidates are without end, and few are taken");
        taken.insert(name.clone());
        named.push((name, told));
    }
    named
}

impl Traits {
    fn told(&self, found: &Standout) -> ClusterTrait {
        let (kind, label) = self.named[found.number as usize].clone();
        let Standout { inside, outside, z, .. } = *found;
        ClusterTrait { kind, label, inside, outside, z }
    }
}

/// Names for a cluster, the best first, without end.
fn candidates(traits: &[ClusterTrait], middle: Option<&str>) -> impl Iterator<Item = String> {
    // The domain of a company says again what its name says.
    let has_company = traits.iter().any(|one| one.kind == TraitKind::Company);
    let says_more = |one: &&ClusterTrait| one.kind != TraitKind::Domain || !has_company;
    let first = traits.iter().find(says_more);
    let second =
        first.and_then(|first| traits.iter().filter(says_more).find(|one| one.kind != first.kind));
    let label = |one: &ClusterTrait| one.label.clone();
    let mut names: Vec<String> = Vec::new();
    if let Some(first) = first {
        let both = second.map(|second| format!("{}, {}", first.label, second.label));
        names.extend(both.or_else(|| Some(label(first))));
        let all: Vec<String> = traits.iter().filter(says_more).map(label).collect();
        names.push(all.join(", "));
    }
    let base = names.first().cloned();
    let around = middle.map(|name| format!("around {name}"));
    names.extend(around.as_ref().map(|around| match &base {
        Some(base) => format!("{base}, {around}"),
        None => around.clone(),
    }));
    let base = base.or(around).unwrap_or_else(|| "people of several kinds".to_owned());
    if names.is_empty() {
        names.push(base.clone());
    }
    names.into_iter().chain((2_u64..).map(move |number| format!("{base} ({number})")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traits(called: &[Option<&str>]) -> Traits {
        let named = [(TraitKind::Company, "Globex"), (TraitKind::Function, "sales")];
        Traits {
            named: named.map(|(kind, label)| (kind, label.to_owned())).to_vec(),
            of: vec![Vec::new(); called.len()],
            called: called.iter().map(|name| name.map(str::to_owned)).collect(),
        }
    }

    #[test]
    fn no_two_clusters_of_a_map_have_one_name() {
        let both = [0, 1].map(|number| Standout { number, inside: 9, outside: 1, z: 4.0 });
        let traits = traits(&[Some("Ada"), Some("Bo"), None, None, None]);
        let clusters: [(&[Standout], u32); 6] =
            [(&both, 0), (&both, 1), (&both, 2), (&[], 0), (&[], 3), (&[], 4)];
        let named = name_all(&traits, clusters.into_iter());
        let names: Vec<&str> = named.iter().map(|(name, _)| &**name).collect();
        assert_eq!(
            names,
            [
                "Globex, sales",
                "Globex, sales, around Bo",
                "Globex, sales (2)",
                "around Ada",
                "people of several kinds",
                "people of several kinds (2)"
            ]
        );
        assert_eq!(named[0].1[0].label, "Globex");
    }
}
