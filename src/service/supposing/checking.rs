//! Whether a hypothesis can be asked under: who is named is there, and nothing contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Closeness, CompanyId, PersonId, Title},
    service::{
        From, ServiceResult, Tertius, Viewer,
        identity::{Pair, Recorded},
    },
};

use super::{Partner, Plan, SupposedChange, wrong};

/// Whoever is called by name in the sentences of a hypothesis, if no more than these.
const NAMED_MAX: usize = 3;

/// Who and what a hypothesis names.
#[derive(Default)]
struct Cast {
    people: BTreeMap<PersonId, String>,
    companies: BTreeMap<CompanyId, String>,
}

/// What was read of a hypothesis so far.
struct Draft<'a> {
    recorded: &'a Recorded,
    plan: Plan,
    /// What is said of pairs, by those who are shown; nothing is a tie that is cut.
    said: BTreeMap<Pair, Option<Closeness>>,
    leavers: BTreeSet<PersonId>,
}

impl Tertius {
    /// What is to be laid over a picture, and what to call it.
    pub(super) async fn check_hypothesis(
        &self,
        viewer: &Viewer,
        changes: &[SupposedChange],
    ) -> ServiceResult<(Plan, Vec<String>)> {
        let cast = self.cast_of(viewer, changes).await?;
        let recorded = self.recorded_of(viewer).await?;
        let leavers = changes.iter().filter_map(|change| match change {
            SupposedChange::PersonLeaves(person) => Some(recorded.person(*person)),
            _ => None,
        });
        let leavers = leavers.collect();
        let (plan, said) = (Plan::default(), BTreeMap::new());
        let mut draft = Draft { recorded: &recorded, plan, said, leavers };
        let mut sentences = Vec::with_capacity(changes.len());
        for (number, change) in (1..).zip(changes) {
            let knowers = match change {
                SupposedChange::PartnerPeople { knowers, .. } => {
                    self.knowers(viewer, number, knowers).await?
                }
                _ => Vec::new(),
            };
            draft.take(viewer, (number, change), knowers)?;
            sentences.push(cast.sentence(viewer, change));
        }
        Ok((draft.plan, sentences))
    }

    /// Everybody and everything that is named, with what to call them; all must be seen.
    async fn cast_of(&self, viewer: &Viewer, changes: &[SupposedChange]) -> ServiceResult<Cast> {
        let (mut people, mut companies) = (Vec::new(), Vec::new());
        for (number, change) in (1..).zip(changes) {
            people.extend(people_of(change, viewer).map(|(part, id)| (number, part, id)));
            companies.extend(company_of(change).map(|id| (number, id)));
        }
        let ids: Vec<PersonId> = people.iter().map(|&(_, _, id)| id).collect();
        let mut cast = Cast::default();
        for ((number, part, id), view) in people.into_iter().zip(self.people(viewer, &ids).await?) {
            let view = view.ok_or_else(|| wrong(number, part, format!("{id} was not found")))?;
            cast.people.insert(id, view.called().unwrap_or_else(|| id.to_string()));
        }
        let ids: Vec<CompanyId> = companies.iter().map(|&(_, id)| id).collect();
        let views = self.companies(viewer, &ids).await?;
        for ((number, id), view) in companies.into_iter().zip(views) {
            let part = "companyId";
            let view = view.ok_or_else(|| wrong(number, part, format!("{id} was not found")))?;
            cast.companies.insert(id, view.called().unwrap_or_else(|| id.to_string()));
        }
        Ok(cast)
    }

    /// Who gets to know a partner's people.
    async fn knowers(
        &self,
        viewer: &Viewer,
        number: usize,
        knowers: &From,
    ) -> ServiceResult<Vec<PersonId>> {
        if let From::People(ids) = knowers {
            let most = self.limits.ids_max;
            if ids.is_empty() || ids.len() > most {
                let message = format!("{} people are named, and 1 to {most} are needed", ids.len());
                return Err(wrong(number, "partnerPeople.knowers", message));
            }
        }
        self.seekers(viewer, knowers).await
    }
}

impl Draft<'_> {
    fn take(
        &mut self,
        viewer: &Viewer,
        (number, change): (usize, &SupposedChange),
        mut knowers: Vec<PersonId>,
    ) -> ServiceResult<()> {
        self.refuse_leavers(viewer, (number, change))?;
        match change {
            SupposedChange::Tie { from, to, closeness } => {
                let pair = (from.unwrap_or(viewer.person()), *to);
                self.say(number, (pair, "tie.toId"), Some(*closeness))?;
                self.plan.ties.push((ordered(pair), *closeness));
            }
            SupposedChange::NoTie { from, to } => {
                let pair = (from.unwrap_or(viewer.person()), *to);
                self.say(number, (pair, "noTie.toId"), None)?;
                self.plan.no_ties.push(ordered(pair));
            }
            SupposedChange::Employment { person, company, title } => {
                let title = title.as_deref().map(Title::new).transpose();
                let title = title.map_err(|error| wrong(number, "employment.title", error))?;
                self.plan.jobs.push((*person, *company, title));
            }
            SupposedChange::PersonLeaves(person) => self.plan.leavers.push(*person),
            SupposedChange::PartnerPeople { company, closeness, .. } => {
                knowers.retain(|knower| !self.leavers.contains(knower));
                let (company, closeness) = (*company, *closeness);
                self.plan.partners.push(Partner { number, company, knowers, closeness });
            }
        }
        Ok(())
    }

    /// Of whoever left nothing else is supposed.
    fn refuse_leavers(
        &self,
        viewer: &Viewer,
        (number, change): (usize, &SupposedChange),
    ) -> ServiceResult<()> {
        if matches!(change, SupposedChange::PersonLeaves(_)) {
            return Ok(());
        }
        let mut named = people_of(change, viewer);
        match named.find(|(_, id)| self.leavers.contains(&self.recorded.person(*id))) {
            None => Ok(()),
            Some((part, id)) => {
                let message = format!("another change supposes that {id} leaves");
                Err(wrong(number, part, message))
            }
        }
    }

    /// Takes down what is said of two people; nothing else may be said of them.
    fn say(
        &mut self,
        number: usize,
        (pair, part): (Pair, &'static str),
        closeness: Option<Closeness>,
    ) -> ServiceResult<()> {
        let Some(shown) = self.recorded.pair(pair) else {
            return Err(wrong(number, part, "it takes two different people"));
        };
        let before = self.said.insert(shown, closeness);
        if before.is_some_and(|before| before != closeness) {
            let message = "another change says otherwise of the same two people";
            return Err(wrong(number, part, message));
        }
        Ok(())
    }
}

impl Cast {
    /// What is supposed, to go on from "supposing that".
    fn sentence(&self, viewer: &Viewer, change: &SupposedChange) -> String {
        let person = |id: &PersonId| self.people.get(id).cloned().unwrap_or_else(|| id.to_string());
        let company =
            |id: &CompanyId| self.companies.get(id).cloned().unwrap_or_else(|| id.to_string());
        let me = viewer.person();
        match change {
            SupposedChange::Tie { from, to, closeness } => {
                let from = person(&from.unwrap_or(me));
                format!("{from} knows {} {}", person(to), how_well(*closeness))
            }
            SupposedChange::NoTie { from, to } => {
                format!("{} does not know {}", person(&from.unwrap_or(me)), person(to))
            }
            SupposedChange::Employment { person: who, company: at, title } => {
                let title = title.as_ref().map(|title| format!(" as {title}")).unwrap_or_default();
                format!("{} works at {}{title}", person(who), company(at))
            }
            SupposedChange::PersonLeaves(who) => format!("{} has left", person(who)),
            SupposedChange::PartnerPeople { company: at, knowers, closeness } => {
                let knowers = match knowers {
                    From::Me => format!("{} knows", person(&me)),
                    From::MyTeam => "everybody in the team knows".to_owned(),
                    From::People(ids) if ids.len() == 1 => format!("{} knows", person(&ids[0])),
                    From::People(ids) if ids.len() <= NAMED_MAX => {
                        let names: Vec<String> = ids.iter().map(person).collect();
                        format!("{} know", names.join(" and "))
                    }
                    From::People(ids) => format!("{} people know", ids.len()),
                };
                format!("{knowers} everybody at {} {}", company(at), how_well(*closeness))
            }
        }
    }
}

fn ordered((one, other): Pair) -> Pair {
    (one.min(other), one.max(other))
}

fn how_well(closeness: Closeness) -> String {
    match closeness {
        Closeness::Weak => "a little".to_owned(),
        Closeness::Good => "well".to_owned(),
        Closeness::Close => "closely".to_owned(),
        Closeness::Score(score) => format!("with a score of {}", score.value()),
    }
}

/// The people whom a change names, and where.
fn people_of<'a>(
    change: &'a SupposedChange,
    viewer: &Viewer,
) -> Box<dyn Iterator<Item = (&'static str, PersonId)> + 'a> {
    let me = viewer.person();
    match change {
        SupposedChange::Tie { from, to, .. } => {
            Box::new([("tie.fromId", from.unwrap_or(me)), ("tie.toId", *to)].into_iter())
        }
        SupposedChange::NoTie { from, to } => {
            Box::new([("noTie.fromId", from.unwrap_or(me)), ("noTie.toId", *to)].into_iter())
        }
        SupposedChange::Employment { person, .. } => {
            Box::new(std::iter::once(("employment.personId", *person)))
        }
        SupposedChange::PersonLeaves(person) => {
            Box::new(std::iter::once(("personLeaves", *person)))
        }
        SupposedChange::PartnerPeople { knowers, .. } => match knowers {
            From::Me => Box::new(std::iter::once(("partnerPeople.knowers", me))),
            From::MyTeam => Box::new(std::iter::empty()),
            From::People(ids) => {
                Box::new(ids.iter().map(|&id| ("partnerPeople.knowers.personIds", id)))
            }
        },
    }
}

/// The company that a change names.
fn company_of(change: &SupposedChange) -> Option<CompanyId> {
    match change {
        SupposedChange::PartnerPeople { company, .. }
        | SupposedChange::Employment { company, .. } => Some(*company),
        _ => None,
    }
}
