//! The introductions of the last year: thirty, six of them through Jonas within three weeks.

use super::{
    background::Door,
    calendar::{at_hour, workday_by},
    chance::IdOf,
    contacts::Contacts,
    people::Persona,
    writer::{Channel, attested},
};
use crate::model::{
    Ask, Change, Claim, EvidenceKind, Introduction, IntroductionId, IntroductionState, Purpose,
    Route, Timestamp,
};

use IntroductionState::{
    AskedConnector, AskedTarget, Closed, Consented, DeclinedByConnector, DeclinedByTarget, Draft,
    Expired, Introduced, Met, Withdrawn,
};

/// How often Jonas wants to be asked in a month.
pub(super) const JONAS_ASKS_PER_MONTH: u16 = 2;

/// Whoever met did so this many days after they had asked.
const MET_AFTER_DAYS: i32 = 25;

/// How many days ago Jonas was asked, by whom, and what became of it.
const JONAS: [(i32, Persona, IntroductionState); 6] = [
    (2, Persona::Tom, AskedConnector),
    (4, Persona::Ana, AskedConnector),
    (7, Persona::Ines, AskedTarget),
    (10, Persona::Ana, DeclinedByConnector),
    (14, Persona::Tom, Introduced),
    (18, Persona::Ines, Withdrawn),
];

/// The others, newest first.
const OTHERS: [(i32, IntroductionState); 24] = [
    (1, Draft),
    (3, Draft),
    (5, AskedConnector),
    (8, AskedConnector),
    (11, AskedTarget),
    (16, AskedTarget),
    (21, Consented),
    (27, Introduced),
    (34, DeclinedByConnector),
    (45, Met),
    (58, Withdrawn),
    (66, DeclinedByTarget),
    (80, Closed),
    (97, Expired),
    (115, Met),
    (133, Closed),
    (150, DeclinedByConnector),
    (171, Introduced),
    (190, Closed),
    (214, Expired),
    (240, Closed),
    (268, DeclinedByTarget),
    (296, Met),
    (333, Closed),
];

const PURPOSES: [&str; 5] = [
    "Show the new picking robot to the people who plan the warehouse",
    "Find out who decides about automation next year",
    "Present a joint pilot with our partner",
    "Ask for half an hour about maintenance contracts",
    "Invite to the round table on safety in human-robot teams",
];

/// Tells of every introduction, of the meetings that came of them, and of what Jonas asks for.
/// He was asked for people whom he knows, the others by those who look after them.
pub(super) fn tell_introductions(contacts: &mut Contacts, doors: &[Door], jonas_knows: &[usize]) {
    let jonas = contacts.cast.at(Persona::Jonas);
    let start = contacts.writer.calendar.first_import();
    let person = contacts.cast.people[jonas].id;
    let limit = Claim::AskLimit { person, per_month: JONAS_ASKS_PER_MONTH };
    contacts.writer.tell(limit, attested(Channel::Sample, start));
    for (number, (days_ago, seeker, state)) in JONAS.into_iter().enumerate() {
        let target = contacts.writer.chance.pick(jonas_knows);
        let people = [contacts.cast.at(seeker), jonas, target];
        introduce(contacts, &Request { number, people, days_ago, state });
    }
    let ours = doors.iter().filter_map(|door| Some((door.seeker?, door.connector, door.target)));
    let ours: Vec<(Persona, usize, usize)> = ours.collect();
    for (number, (days_ago, state)) in OTHERS.into_iter().enumerate() {
        let (seeker, connector, target) = contacts.writer.chance.pick(&ours);
        let people = [contacts.cast.at(seeker), connector, target];
        introduce(contacts, &Request { number: number + JONAS.len(), people, days_ago, state });
    }
}

/// One introduction: seeker, connector and target, and where it stands.
struct Request {
    number: usize,
    people: [usize; 3],
    days_ago: i32,
    state: IntroductionState,
}

fn introduce(contacts: &mut Contacts, request: &Request) {
    let &Request { number, people: [seeker, connector, target], days_ago, state } = request;
    let id = IntroductionId::new(contacts.writer.ids.value(IdOf::Introduction, number));
    let day = contacts.writer.calendar.ago(days_ago);
    let [from, through, to] = request.people.map(|at| contacts.cast.people[at].id);
    let asked_at = (state != Draft).then(|| at_hour(day, 10));
    let asks = vec![Ask { asked_at, ..Ask::of(through) }];
    let route = Route::new(from, asks, to).expect("a door joins two whom the story does not name");
    let purpose = Purpose::new(contacts.writer.chance.pick(&PURPOSES));
    let purpose = purpose.expect("the purposes of the table are short");
    let introduction = Introduction::standing(id, route, purpose, (state, at_hour(day, 8)));
    let settled_at = settled_at(contacts, request);
    contacts.writer.put(settled_at, Change::PutIntroduction(introduction));
    if matches!(state, Introduced | Met | Closed) {
        let introduced = contacts.writer.calendar.ago(days_ago - 1);
        let people = [seeker, connector, target];
        contacts.record(EvidenceKind::Introduction, (introduced, 9), &people);
    }
    if matches!(state, Met | Closed) {
        let met = workday_by(contacts.writer.calendar.ago(days_ago - MET_AFTER_DAYS));
        contacts.record(EvidenceKind::Meeting, (met, 10), &[seeker, target]);
    }
}

/// When an introduction came to where it stands: at once, within two weeks, or after they met.
fn settled_at(contacts: &mut Contacts, request: &Request) -> Timestamp {
    let days = match request.state {
        Draft | AskedConnector => 0,
        Met | Closed => MET_AFTER_DAYS + 1,
        _ => contacts.writer.chance.between(1, 14).min(request.days_ago - 1),
    };
    let settled_at = at_hour(contacts.writer.calendar.ago(request.days_ago - days), 11);
    settled_at.max(contacts.writer.calendar.first_import())
}
