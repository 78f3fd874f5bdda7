//! What the limits of connectors mean for a search: who must not be asked, who comes later, and who
//! introduces nobody to whom.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    graph::NodeIx,
    model::{
        AskOfConnector, Claim, CompanyId, Day, Fact, Holder, OverCap, PersonId, Timestamp, month_of,
    },
    service::{ServiceResult, identity::Recorded, picture::Picture},
    store::PAGE_MAX,
};

/// What being over the cap takes from the logit of a step, where paths shall only come later: one and
/// a half times what the greatest load takes (docs/SCIENCE.md, "Fatigue").
const LATER: f32 = -2.7;

/// Targets, and the connectors who introduce nobody to any of them.
pub(in crate::service) type Barred = (Vec<NodeIx>, Vec<NodeIx>);

/// Who does not want to be asked for introductions at all, whether to make one or to be met.
///
/// # Complexity
/// Linear in the limits that people set, of which a store keeps an index.
async fn closed_to_all(recorded: &Recorded) -> ServiceResult<BTreeSet<PersonId>> {
    let (mut closed, mut after) = (BTreeSet::new(), None);
    loop {
        let page = recorded.store().ask_limits(after, PAGE_MAX).await?;
        let Some(last) = page.last() else { return Ok(closed) };
        after = Some(last.id);
        let said = page.iter().filter(|fact| fact.is_open_to(None)).filter_map(closes);
        closed.extend(said.map(|person| recorded.person(person)));
    }
}

/// Of whom a fact says that they are never to be asked.
pub(super) fn closes(fact: &Fact) -> Option<PersonId> {
    match fact.claim {
        Claim::AskLimit { person, per_month: 0 } => Some(person),
        _ => None,
    }
}

/// What connectors want of those who ask them, on one day.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::service) struct Bars {
    terms: HashMap<PersonId, f32>,
    never: BTreeMap<PersonId, Vec<Holder>>,
    /// Who is not to be asked at all: no path leads through them, or to them.
    closed: BTreeSet<PersonId>,
}

impl Bars {
    /// The limits on a day, by how often everybody was asked until then.
    pub(in crate::service) async fn on(
        recorded: &Recorded,
        day: Day,
        asks: &[AskOfConnector],
    ) -> ServiceResult<Self> {
        let all = recorded.store().all_ask_rules().await?;
        let mut bars = Self { closed: closed_to_all(recorded).await?, ..Self::default() };
        bars.terms.extend(bars.closed.iter().map(|&person| (person, f32::NEG_INFINITY)));
        if all.is_empty() {
            return Ok(bars);
        }
        let owners: Vec<_> = all.iter().map(|rules| rules.value.owner).collect();
        let owners = recorded.store().members(&owners).await?;
        let month: (Timestamp, Timestamp) = month_of(day.start());
        for (rules, owner) in all.into_iter().zip(owners) {
            let (rules, Some(owner)) = (rules.value, owner) else { continue };
            let person = recorded.person(owner.value.person);
            if !owner.value.active {
                continue;
            }
            let asked = asks.iter().filter(|ask| ask.connector == person);
            let asked = asked.filter(|ask| ask.at >= month.0 && ask.at < month.1).count();
            let is_over = rules.per_month.is_some_and(|cap| asked >= usize::from(cap));
            if rules.is_quiet_on(day) || is_over && rules.over_cap == OverCap::NoPath {
                bars.terms.insert(person, f32::NEG_INFINITY);
            } else if is_over {
                bars.terms.entry(person).or_insert(LATER);
            }
            if !rules.never.is_empty() {
                bars.never.insert(person, rules.never);
            }
        }
        Ok(bars)
    }

    /// Of some targets those who may be asked.
    pub(in crate::service) fn open(&self, targets: &[PersonId]) -> Vec<PersonId> {
        targets.iter().copied().filter(|target| !self.closed.contains(target)).collect()
    }

    /// What is added for those who are asked, besides their load.
    pub(in crate::service) fn terms(&self) -> impl Iterator<Item = (PersonId, f32)> {
        self.terms.iter().map(|(person, term)| (*person, *term))
    }

    /// Targets in groups, each with the connectors who introduce nobody to any of the group.
    pub(in crate::service) async fn groups(
        &self,
        picture: &Picture,
        targets: &[NodeIx],
    ) -> ServiceResult<Vec<Barred>> {
        if self.never.is_empty() {
            return Ok(vec![(targets.to_vec(), Vec::new())]);
        }
        let (recorded, network) = (&picture.recorded, picture.weighed.network());
        let mut staff: BTreeMap<CompanyId, BTreeSet<PersonId>> = BTreeMap::new();
        for holder in self.never.values().flatten() {
            let Holder::Company(company) = holder else { continue };
            if staff.contains_key(company) {
                continue;
            }
            let facts = recorded.staff(&[*company]).await?;
            let jobs = facts.iter().flatten().filter_map(|fact| fact.employment_for(None));
            let now = jobs.filter(|job| job.span.contains(picture.epoch.day));
            staff.insert(*company, now.map(|job| recorded.person(job.person)).collect());
        }
        let bars = |holder: &Holder, target: PersonId| match holder {
            Holder::Person(person) => recorded.person(*person) == target,
            Holder::Company(company) => staff.get(company).is_some_and(|s| s.contains(&target)),
        };
        let mut groups: BTreeMap<Vec<NodeIx>, Vec<NodeIx>> = BTreeMap::new();
        for &target in targets {
            let who = network.id(target);
            let against = self.never.iter().filter(|(_, never)| never.iter().any(|h| bars(h, who)));
            let mut places: Vec<NodeIx> =
                against.filter_map(|(connector, _)| network.find(*connector)).collect();
            places.sort_unstable();
            groups.entry(places).or_default().push(target);
        }
        if groups.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        Ok(groups.into_iter().map(|(connectors, targets)| (targets, connectors)).collect())
    }
}
