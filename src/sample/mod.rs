//! Seeded fictional worlds of any size: an ecosystem of partners, with a story in it.
//!
//! Mira wants to meet Globex's VP Engineering, Priya. The shorter way leads over Jonas, whom
//! everybody asks; the better one over Tom and Elif. Sami alone knows anybody at Umbra Health.
//! Paul has not been heard of for 14 months. The same seed gives the same bytes, and the story is
//! the same at any size: whoever comes beyond it is no door to anybody in it.

mod background;
mod calendar;
mod chance;
mod companies;
mod contacts;
mod crowd;
mod introductions;
mod lists;
mod names;
mod people;
mod story;
mod writer;

#[cfg(test)]
mod scores;
#[cfg(test)]
mod tests;

use crate::model::{Author, Batch, BatchId, CompanyId, Day, ListId, MemberId, PersonId, Timestamp};

use calendar::Calendar;
use chance::{Chance, IdOf, Ids, Stream};
use companies::Standing;
use contacts::Contacts;
use crowd::{Before, Crowd};
use people::{Cast, Persona};
use writer::{Entry, Writer};

/// The most changes in a batch of a sample.
pub const SAMPLE_BATCH_CHANGES: usize = 5_000;

/// Which world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// What all ids, names and contacts follow from.
    pub seed: u64,
    /// How many people there are; never fewer than the 600 of the story.
    pub people: usize,
    /// The day on which the sample's clock stands.
    pub last_day: Day,
}

impl Default for Options {
    /// The world of the demo: its last day is 2026-11-20, a Friday.
    fn default() -> Self {
        Self { seed: 1, people: 600, last_day: Day::from_number(20_777) }
    }
}

impl Options {
    /// Where the world's clock stands.
    pub fn now(&self) -> Timestamp {
        Calendar { last_day: self.last_day }.now()
    }

    /// The member that Mira is: a store with this member holds this sample.
    pub fn mark(&self) -> MemberId {
        MemberId::new(Ids::new(self.seed).value(IdOf::Member, 0))
    }
}

/// A person of the story who may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Teammate {
    /// Who it is.
    pub person: PersonId,
    /// As which member.
    pub member: MemberId,
}

/// The people whom the story names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Personas {
    /// Our partner manager, who asks most of the questions; login `mira`.
    pub mira: Teammate,
    /// Sells, and is close to Mira and to Elif; login `tom`.
    pub tom: Teammate,
    /// Looks after customers; known by an address and by a profile; login `ana`.
    pub ana: Teammate,
    /// Looks after the installation; login `ines`.
    pub ines: Teammate,
    /// Sends the newsletter; login `bruno`.
    pub bruno: Teammate,
    /// The hub at Nordpay, asked six times within three weeks.
    pub jonas: PersonId,
    /// At Orbit, close to Tom and to Priya.
    pub elif: PersonId,
    /// At Kestrel, the only door to Umbra Health.
    pub sami: PersonId,
    /// At a partner, silent for 14 months.
    pub paul: PersonId,
    /// VP Engineering at Globex for five weeks, at Orbit before.
    pub priya: PersonId,
}

/// The companies of the story, ours apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Whose VP Engineering Mira wants to meet.
    pub globex: CompanyId,
    /// The target that hangs on one thread.
    pub umbra_health: CompanyId,
    /// Jonas' company, a customer.
    pub nordpay: CompanyId,
    /// Elif's company, a partner.
    pub orbit: CompanyId,
    /// Sami's company, a partner.
    pub kestrel: CompanyId,
}

/// A fictional world.
#[derive(Debug, Clone)]
pub struct World {
    /// Where the world's clock stands: no fact is later.
    pub now: Timestamp,
    /// The company whose team uses the installation.
    pub our_company: CompanyId,
    /// The people whom the story names.
    pub personas: Personas,
    /// The companies that the story names.
    pub places: Places,
    /// The 40 accounts that we want to enter.
    pub targets: ListId,
    /// Our 12 partners.
    pub partners: ListId,
    options: Options,
    story: Vec<Entry>,
    before: Before,
}

/// Makes the world of a partner ecosystem.
pub fn ecosystem(options: &Options) -> World {
    let calendar = Calendar { last_day: options.last_day };
    let mut ids = Ids::new(options.seed);
    let cast = Cast::new(options.seed, calendar, &mut ids);
    let mut writer = Writer::new(calendar, Chance::new(options.seed, Stream::Contacts), ids);
    let personas = personas(&cast);
    companies::tell_companies(&mut writer, &cast.firms);
    people::tell_people(&mut writer, &cast);
    lists::tell_members(&mut writer, &cast);
    let lists = lists::tell_lists(&mut writer, &cast, personas.mira.member);
    let mut contacts = Contacts { cast: &cast, writer: &mut writer };
    let jonas_knows = story::tell_story(&mut contacts);
    let doors = background::tell_background(&mut contacts);
    introductions::tell_introductions(&mut contacts, &doors, &jonas_knows);
    World {
        now: calendar.now(),
        our_company: cast.firms[0].id,
        personas,
        places: places(&cast),
        targets: lists.targets,
        partners: lists.partners,
        options: *options,
        story: writer.finish(),
        before: before_crowd(&cast),
    }
}

impl World {
    /// Everything that happens in the world, in order of recording, to be applied in order. No batch
    /// is of two days, so that the world can be seen as it was on any day. People beyond the story
    /// are made while the iterator runs, so that a million need little memory.
    pub fn batches(&self) -> impl Iterator<Item = Batch> + '_ {
        let calendar = Calendar { last_day: self.options.last_day };
        let mut ids = Ids::new(self.options.seed);
        let mut crowd = Crowd::new(self.options.seed, calendar, self.before.clone());
        let people = 0..self.options.people.saturating_sub(self.before.people);
        let beyond = people.flat_map(move |number| crowd.person(number));
        let mut entries = self.story.iter().cloned().chain(beyond).peekable();
        let mut place = 0;
        std::iter::from_fn(move || {
            let day = entries.peek()?.0.day();
            let mut part: Vec<Entry> = Vec::new();
            while part.len() < SAMPLE_BATCH_CHANGES
                && let Some(entry) = entries.next_if(|entry| entry.0.day() == day)
            {
                part.push(entry);
            }
            let at = part.last()?.0;
            // By its last change: the last batch of a smaller world is a part of one of a larger
            // world, and not the same.
            place += part.len();
            Some(Batch {
                id: BatchId::new(ids.value(IdOf::Batch, place)),
                author: Author::System,
                at,
                expects: Vec::new(),
                changes: part.into_iter().map(|(_, change)| change).collect(),
            })
        })
    }
}

fn personas(cast: &Cast) -> Personas {
    let person = |persona| cast.people[cast.at(persona)].id;
    let teammate = |persona| Teammate {
        person: person(persona),
        member: cast.people[cast.at(persona)].member.expect("the first personas are the team"),
    };
    Personas {
        mira: teammate(Persona::Mira),
        tom: teammate(Persona::Tom),
        ana: teammate(Persona::Ana),
        ines: teammate(Persona::Ines),
        bruno: teammate(Persona::Bruno),
        jonas: person(Persona::Jonas),
        elif: person(Persona::Elif),
        sami: person(Persona::Sami),
        paul: person(Persona::Paul),
        priya: person(Persona::Priya),
    }
}

fn places(cast: &Cast) -> Places {
    let firm = |name| cast.firms[cast.firm(name)].id;
    Places {
        globex: firm("Globex"),
        umbra_health: firm("Umbra Health"),
        nordpay: firm("Nordpay"),
        orbit: firm("Orbit"),
        kestrel: firm("Kestrel"),
    }
}

/// Whoever comes beyond the story knows customers and neighbours at most.
fn before_crowd(cast: &Cast) -> Before {
    let known = cast.extras(&[Standing::Customer, Standing::Neighbour]);
    Before {
        people: cast.people.len(),
        employments: cast.people.iter().map(|person| person.jobs.len()).sum(),
        companies: cast.firms.len(),
        known: known.into_iter().map(|at| cast.people[at].id).collect(),
    }
}
