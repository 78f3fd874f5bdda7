//! Writes down that people had to do with each other, once or in a rhythm.

use super::{
    calendar::{at_hour, workday_by, workday_from},
    people::Cast,
    writer::{Channel, Writer, attested_by},
};
use crate::model::{Author, Claim, Closeness, Day, Evidence, EvidenceKind, Participant, Speaker};

/// How often something happens, and from when to when, in days before the last one.
#[derive(Clone, Copy)]
pub(super) struct Rhythm {
    pub(super) every: i32,
    pub(super) from: i32,
    pub(super) to: i32,
}

/// Every so many days, from so many days ago until today.
pub(super) const fn every(every: i32, from: i32) -> Rhythm {
    Rhythm { every, from, to: 2 }
}

/// Once, so many days ago.
pub(super) const fn once(days_ago: i32) -> Rhythm {
    Rhythm { every: 1, from: days_ago, to: days_ago }
}

impl Rhythm {
    /// The same, but only until so many days ago.
    pub(super) const fn until(self, to: i32) -> Self {
        Self { to, ..self }
    }
}

/// Writes down evidence among the cast.
pub(super) struct Contacts<'a> {
    pub(super) cast: &'a Cast,
    pub(super) writer: &'a mut Writer,
}

impl Contacts<'_> {
    /// One writes, the other answers on the next working day.
    pub(super) fn exchange(&mut self, asking: usize, answering: usize, rhythm: Rhythm) {
        for day in self.days(rhythm) {
            self.record(EvidenceKind::Mail, (day, 8), &[asking, answering]);
            let answered = workday_from(day.plus(1)).min(self.writer.calendar.ago(1));
            self.record(EvidenceKind::Mail, (answered, 13), &[answering, asking]);
        }
    }

    /// One writes to others, and nobody answers.
    pub(super) fn writes(&mut self, from: usize, to: &[usize], rhythm: Rhythm) {
        let people: Vec<usize> = std::iter::once(from).chain(to.iter().copied()).collect();
        self.regularly(&EvidenceKind::Mail, &people, rhythm);
    }

    /// Something that happens among the same people again and again.
    pub(super) fn regularly(&mut self, kind: &EvidenceKind, people: &[usize], rhythm: Rhythm) {
        for day in self.days(rhythm) {
            self.record(kind.clone(), (day, 10), people);
        }
    }

    /// Two are connected on LinkedIn since so many days ago.
    pub(super) fn connected(&mut self, a: usize, b: usize, days_ago: i32) {
        let day = self.writer.calendar.ago(days_ago);
        self.record(EvidenceKind::Connection, (day, 12), &[a, b]);
    }

    /// Somebody said, so many days ago, how well they know another.
    pub(super) fn states(&mut self, speaker: usize, of: usize, how: (Closeness, i32)) {
        let by = Speaker::Person(self.cast.people[speaker].id);
        let kind = EvidenceKind::Statement { closeness: how.0, by };
        let day = workday_by(self.writer.calendar.ago(how.1));
        self.record(kind, (day, 15), &[speaker, of]);
    }

    /// The days on which a rhythm beats, the oldest first. Whatever is slower than weekly is
    /// seldom exact.
    pub(super) fn days(&mut self, rhythm: Rhythm) -> Vec<Day> {
        let beats = (rhythm.from - rhythm.to) / rhythm.every;
        let slack = if rhythm.every > 7 { rhythm.every / 5 } else { 0 };
        let days = (0..=beats).rev().map(|beat| {
            let early = self.writer.chance.between(0, slack);
            workday_by(self.writer.calendar.ago(rhythm.to + beat * rhythm.every + early))
        });
        days.collect()
    }

    /// Writes down one piece of evidence of a day, in the three hours after an hour, read under
    /// the addresses of its day. All of the team who took part recorded it, or else the
    /// installation did.
    pub(super) fn record(&mut self, kind: EvidenceKind, (day, hour): (Day, i64), people: &[usize]) {
        let channel = match kind {
            EvidenceKind::Mail | EvidenceKind::ListAnswer => Channel::Mail,
            EvidenceKind::Call | EvidenceKind::Meeting => Channel::Calendar,
            EvidenceKind::Message | EvidenceKind::Connection => Channel::LinkedIn,
            EvidenceKind::Introduction
            | EvidenceKind::Statement { .. }
            | EvidenceKind::Override { .. } => Channel::Manual,
        };
        let minutes = i64::from(self.writer.chance.between(0, 179));
        let at = at_hour(day, hour).plus_ms(minutes * 60_000);
        let cast = self.cast;
        let people = || people.iter().map(|&person| &cast.people[person]);
        let members = people().filter_map(|person| person.member.map(Author::Member));
        let mut recorders: Vec<Author> = members.collect();
        if recorders.is_empty() {
            recorders.push(Author::System);
        }
        let read = people().map(|person| Participant {
            person: person.id,
            read_as: match channel {
                Channel::LinkedIn => Some(person.profile()),
                Channel::Manual | Channel::Sample => None,
                Channel::Mail | Channel::Calendar => Some(person.address_on(day)),
            },
        });
        let evidence = Evidence::new(kind, at, read).expect("the story names different people");
        let recorded_at = self.writer.calendar.recorded(day);
        for recorder in recorders {
            let attestation = attested_by(recorder, channel, recorded_at);
            self.writer.tell(Claim::Evidence(evidence.clone()), attestation);
        }
    }
}
