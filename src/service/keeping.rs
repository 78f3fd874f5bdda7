//! With whom the viewer shall keep in touch: ties that are due, and ties that fade.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    algo::{Stop, Stopped, last_contact, rhythm},
    model::{Day, ListId, PersonId},
    store::PairRow,
};

use super::{
    Cadence, Page, PageRequest, ServiceResult, Target, Tertius, Vantage, Viewer, Whom,
    picture::Picture,
};

/// How many ties of the viewer are looked at, besides those with a cadence.
const TIES_MAX: usize = 2_000;

/// A tie that was never warmer than this has nothing to lose.
const WARM: f64 = 0.15;

/// With whom shall the viewer keep in touch?
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeepingQuestion {
    /// Only with people on this list, or at companies on it.
    pub list: Option<ListId>,
    /// Only what is so urgent.
    pub only: Option<Urgency>,
}

/// How urgent it is to get in touch with somebody, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// As many days have passed since the last contact as the cadence says, or more.
    Due,
    /// The tie is being lost.
    Fading,
}

/// Where a cadence comes from, the more binding first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CadenceSource {
    /// The viewer set it.
    Set,
    /// The usual gap between two contacts.
    Usual,
}

/// Why a tie is said to fade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fading {
    /// It has been quiet for more than eight usual gaps: most likely it is over.
    Silence,
    /// Its strength is less than half of what it was on the last day of contact.
    Strength,
}

/// A tie of the viewer that is due or fades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reminder {
    /// With whom.
    pub person: PersonId,
    /// How urgent it is.
    pub urgency: Urgency,
    /// How many days may pass between contacts, and who says so; nothing where nobody set it and
    /// the tie shows no rhythm.
    pub cadence: Option<(i32, CadenceSource)>,
    /// How many days it is overdue: 0 on the day on which it falls due, nothing before.
    pub days_overdue: Option<i32>,
    /// Why it fades, if it does.
    pub fading: Option<Fading>,
    /// How many days usually lie between two contacts, in whole weeks; nothing without a rhythm.
    pub usual_gap_days: Option<i32>,
    /// The last day of contact, if there was any.
    pub last_contact: Option<Day>,
    /// Days since the last contact; without any, since the cadence was set.
    pub days_since: i32,
    /// The strength on the last day of contact.
    pub strength_then: f64,
    /// The strength now.
    pub strength_now: f64,
    /// From where it is seen.
    pub as_of: Vantage,
}

/// What reminders are made of.
struct Desk {
    me: PersonId,
    rows: Vec<PairRow>,
    cadences: BTreeMap<PersonId, Cadence>,
    only: Option<Urgency>,
    as_of: Vantage,
}

impl Tertius {
    /// The ties of the viewer that are due or fade, the most urgent first: what is due by a
    /// cadence that they set, then by the usual rhythm of the tie, each by how many cadences have
    /// passed; then what fades, by how much strength was lost.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the list; `Invalid` for a size or cursor that
    /// cannot be.
    ///
    /// # Complexity
    /// Linear in the evidence of the viewer's ties, which is read in one call.
    pub async fn keep_in_touch(
        &self,
        viewer: &Viewer,
        question: &KeepingQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<Reminder>> {
        self.page_size(request.first)?;
        let mut cadences = self.cadences(viewer).await?;
        let picture = self.picture_of(viewer).await?;
        let me = picture.recorded.person(viewer.person());
        let mut others = acquainted_with(&picture, me);
        if let Some(list) = question.list {
            let target = Target::all(Whom::List(list));
            let meant = self.targeted(viewer, &[target]).await?.meant;
            cadences.retain(|person, _| meant.contains_key(person));
            others.retain(|person| meant.contains_key(person));
        }
        others.retain(|person| !cadences.contains_key(person));
        others.truncate(TIES_MAX);
        others.extend(cadences.keys());
        let pairs: Vec<_> =
            others.into_iter().map(|other| (me.min(other), me.max(other))).collect();
        let rows = picture.recorded.evidence_of_pairs(&pairs).await?;
        let desk = Desk { me, rows, cadences, only: question.only, as_of: viewer.vantage() };
        let for_job = Arc::clone(&picture);
        let reminders = self.compute.run(move |stop| desk.reminders(&for_job, stop)).await?;
        self.cut(reminders, "keepInTouch", request)
    }
}

impl Desk {
    fn reminders(&self, picture: &Picture, stop: &Stop) -> Result<Vec<Reminder>, Stopped> {
        let mut reminders = Vec::new();
        for row in &self.rows {
            stop.check()?;
            reminders.extend(self.reminder(picture, row));
        }
        reminders.retain(|one: &Reminder| self.only.is_none_or(|only| only == one.urgency));
        reminders.sort_by(|a, b| {
            let by_weight = b.weight().total_cmp(&a.weight());
            a.rank().cmp(&b.rank()).then(by_weight).then(a.person.cmp(&b.person))
        });
        Ok(reminders)
    }

    fn reminder(&self, picture: &Picture, row: &PairRow) -> Option<Reminder> {
        let person = if row.low == self.me { row.high } else { row.low };
        let today = picture.weighed.day();
        let cadence = self.cadences.get(&person);
        let last_contact = last_contact(&row.evidence, today);
        let rhythm = rhythm(&row.evidence, today);
        let is_silent = rhythm.is_some_and(|rhythm| rhythm.silence_on(today).is_some());
        let usual_gap_days = rhythm.map(crate::algo::Rhythm::usual_gap_days);
        let since = last_contact.or(cadence.map(|cadence| cadence.set_on))?;
        let days_since = today.number() - since.number();
        let set = cadence.map(|cadence| (i32::from(cadence.days), CadenceSource::Set));
        let usual = usual_gap_days.map(|days| (days, CadenceSource::Usual));
        let cadence = set.or(usual);
        let days_overdue = cadence
            .filter(|(_, source)| *source == CadenceSource::Set || !is_silent)
            .and_then(|(days, _)| overdue(days_since, days));
        let strength = |on| picture.weighed.strength_on(row.low, row.high, &row.evidence, on);
        let strength_now = strength(today);
        let strength_then = last_contact.map_or(strength_now, strength);
        let is_weakened = strength_then >= WARM && strength_now < strength_then / 2.0;
        let fading = match (is_silent, is_weakened) {
            (true, _) => Some(Fading::Silence),
            (false, true) => Some(Fading::Strength),
            (false, false) => None,
        };
        let urgency = match (days_overdue, fading) {
            (Some(_), _) => Urgency::Due,
            (None, Some(_)) => Urgency::Fading,
            (None, None) => return None,
        };
        Some(Reminder {
            person,
            urgency,
            cadence,
            days_overdue,
            fading,
            usual_gap_days,
            last_contact,
            days_since,
            strength_then,
            strength_now,
            as_of: self.as_of,
        })
    }
}

/// Everybody with whom somebody has a tie, the best first.
fn acquainted_with(picture: &Picture, me: PersonId) -> Vec<PersonId> {
    let network = picture.weighed.network();
    let row = network.find(me).map(|me| network.out_row(me)).unwrap_or_default();
    row.iter().map(|entry| network.id(entry.node)).collect()
}

/// How many days a contact is overdue: a tie falls due on the day on which exactly as many days
/// have passed as its cadence says, and is overdue by 0 days then.
fn overdue(days_since: i32, cadence_days: i32) -> Option<i32> {
    (days_since >= cadence_days).then(|| days_since - cadence_days)
}

impl Reminder {
    /// What counts first.
    fn rank(&self) -> (Urgency, Option<CadenceSource>) {
        match self.urgency {
            Urgency::Due => (Urgency::Due, self.cadence.map(|(_, source)| source)),
            Urgency::Fading => (Urgency::Fading, None),
        }
    }

    /// What counts among reminders of equal rank, the greatest first.
    fn weight(&self) -> f64 {
        match (self.urgency, self.cadence) {
            (Urgency::Due, Some((days, _))) => f64::from(self.days_since) / f64::from(days.max(1)),
            _ => self.strength_then - self.strength_now,
        }
    }

    /// What to do, in a sentence.
    pub fn advice(&self) -> String {
        let since = days_in_words(self.days_since);
        match (self.days_overdue, self.cadence, self.fading) {
            (Some(_), Some((days, CadenceSource::Set)), _) if self.last_contact.is_none() => {
                let days = gap_in_words(days);
                format!("Get in touch: you want contact {days}, and there was none in {since}.")
            }
            (Some(_), Some((days, CadenceSource::Set)), _) => {
                let days = gap_in_words(days);
                format!("Get in touch: you want contact {days}, and the last was {since} ago.")
            }
            (Some(_), Some((days, CadenceSource::Usual)), _) => {
                let days = gap_in_words(days);
                format!(
                    "Get in touch: you usually have contact {days}, and the last was {since} ago."
                )
            }
            (_, _, Some(Fading::Silence)) => format!(
                "Say hello as to somebody you have lost sight of, or let go: there was contact {}, \
                 then none for {since}.",
                gap_in_words(self.usual_gap_days.unwrap_or(self.days_since)),
            ),
            _ => format!(
                "Give a sign of life: in the {since} since the last contact the tie has lost more \
                 than half of its strength."
            ),
        }
    }
}

fn days_in_words(days: i32) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// A gap in words: "every week".
pub fn gap_in_words(days: i32) -> String {
    match days {
        1 => "every day".to_owned(),
        7 => "every week".to_owned(),
        days if days % 7 == 0 => format!("every {} weeks", days / 7),
        days => format!("every {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_falls_due_on_the_day_on_which_the_cadence_is_over() {
        assert_eq!(overdue(29, 30), None);
        assert_eq!(overdue(30, 30), Some(0));
        assert_eq!(overdue(31, 30), Some(1));
        assert_eq!(overdue(0, 1), None, "contact today is enough for today");
    }
}
