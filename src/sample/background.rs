//! Who else has to do with whom: dense within companies, sparse between them.

use std::ops::Range;

use super::{
    companies::Standing,
    contacts::{Contacts, every, once},
    people::Persona,
    story::accounts,
};
use crate::model::{Closeness, Day, EvidenceKind};

/// Somebody we can reach, who of us looks after them, and whom they know at a target.
pub(super) struct Door {
    pub(super) seeker: Option<Persona>,
    pub(super) connector: usize,
    pub(super) target: usize,
}

/// Fills the world around the story and returns the doors to the open targets.
pub(super) fn tell_background(contacts: &mut Contacts) -> Vec<Door> {
    our_departments(contacts);
    within_companies(contacts);
    accounts_of_colleagues(contacts);
    between_companies(contacts);
    let doors = doors(contacts);
    outsiders_on_linkedin(contacts);
    statements(contacts);
    newsletters(contacts);
    crowds(contacts);
    doors
}

/// Our three departments meet every other week, and some colleagues write to each other.
fn our_departments(contacts: &mut Contacts) {
    let staff: Vec<usize> = contacts.cast.firms[0].staff.clone().collect();
    for department in 0..3 {
        let members: Vec<usize> = staff.iter().copied().filter(|at| at % 3 == department).collect();
        for day in contacts.days(every(14, 700)) {
            let some = contacts.writer.chance.pick_some(&members, 7);
            contacts.record(EvidenceKind::Meeting, (day, 9), &some);
        }
        for _ in 0..8 {
            let pair = contacts.writer.chance.pick_some(&members, 2);
            contacts.exchange(pair[0], pair[1], every(30, 300));
        }
    }
}

/// The others meet each month among themselves, and three pairs write to each other.
fn within_companies(contacts: &mut Contacts) {
    for firm in 1..contacts.cast.firms.len() {
        for day in contacts.days(every(30, 540)) {
            let here = working_at(contacts, firm, day);
            let count = contacts.writer.chance.between(3, 6) as usize;
            let some = contacts.writer.chance.pick_some(&here, count);
            if some.len() > 1 {
                contacts.record(EvidenceKind::Meeting, (day, 9), &some);
            }
        }
        let here = working_at(contacts, firm, contacts.writer.calendar.ago(300));
        for _ in 0..3 {
            if let [a, b] = contacts.writer.chance.pick_some(&here, 2)[..] {
                contacts.exchange(a, b, every(45, 290));
            }
        }
    }
}

/// Those of today's staff who were there on a day.
fn working_at(contacts: &Contacts, firm: usize, day: Day) -> Vec<usize> {
    let cast = contacts.cast;
    let staff = cast.firms[firm].staff.clone();
    staff.filter(|&at| cast.people[at].job_on(day).firm == firm).collect()
}

/// Colleagues without a part in the story look after partners and customers.
fn accounts_of_colleagues(contacts: &mut Contacts) {
    use Standing::{Customer, Ours, Partner};
    let colleagues = contacts.cast.extras(&[Ours]);
    let accounts = contacts.cast.extras(&[Customer, Partner]);
    for colleague in colleagues {
        for account in contacts.writer.chance.pick_some(&accounts, 2) {
            let days = contacts.writer.chance.pick(&[14, 30, 30, 60]);
            contacts.exchange(colleague, account, every(days, 330));
        }
    }
}

/// Partners, customers and neighbours know each other here and there, some no longer.
fn between_companies(contacts: &mut Contacts) {
    let people =
        contacts.cast.extras(&[Standing::Customer, Standing::Partner, Standing::Neighbour]);
    for _ in 0..70 {
        let pair = contacts.writer.chance.pick_some(&people, 2);
        let days = contacts.writer.chance.pick(&[7, 14, 30, 30, 90]);
        let (from, to) = contacts.writer.chance.pick(&[(260, 2), (180, 2), (600, 380)]);
        contacts.exchange(pair[0], pair[1], every(days, from).until(to));
    }
    for _ in 0..60 {
        let pair = contacts.writer.chance.pick_some(&people, 2);
        let days_ago = contacts.writer.chance.between(5, 600);
        let rhythm = once(days_ago);
        contacts.regularly(&EvidenceKind::ListAnswer, &pair, rhythm);
        if contacts.writer.chance.one_in(2) {
            let back = [pair[1], pair[0]];
            contacts.regularly(&EvidenceKind::ListAnswer, &back, rhythm);
        }
    }
}

/// One to three people whom we can reach know somebody at each open target.
fn doors(contacts: &mut Contacts) -> Vec<Door> {
    use Standing::{Customer, Ours, Partner};
    let extras = contacts.cast.extras(&[Partner, Customer, Ours]);
    let accounts = accounts(contacts.cast);
    let mut doors = Vec::new();
    for staff in staff_of(contacts, Standing::Open) {
        for _ in 0..contacts.writer.chance.between(1, 3) {
            let (seeker, connector) = if contacts.writer.chance.one_in(2) {
                let (seeker, connector) = contacts.writer.chance.pick(&accounts);
                (Some(seeker), connector)
            } else {
                (None, contacts.writer.chance.pick(&extras))
            };
            let target = staff.start + contacts.writer.chance.below(staff.len());
            doors.push(Door { seeker, connector, target });
            let days = contacts.writer.chance.pick(&[7, 14, 30, 30, 60]);
            match contacts.writer.chance.below(5) {
                0 => {
                    let people = [connector, target];
                    contacts.regularly(&EvidenceKind::Meeting, &people, every(90, 420));
                }
                1 => {
                    let call = EvidenceKind::Call;
                    contacts.regularly(&call, &[connector, target], every(60, 360));
                }
                _ => contacts.exchange(connector, target, every(days, 300)),
            }
        }
    }
    doors
}

fn staff_of(contacts: &Contacts, standing: Standing) -> Vec<Range<usize>> {
    let firms = contacts.cast.firms.iter().filter(|firm| firm.standing == standing);
    firms.map(|firm| firm.staff.clone()).collect()
}

/// Connections without any contact: all there is to some targets.
fn outsiders_on_linkedin(contacts: &mut Contacts) {
    use Standing::{ConnectedOnly, Customer, Neighbour, Open, Ours, Partner};
    let ours = contacts.cast.extras(&[Ours]);
    for staff in staff_of(contacts, ConnectedOnly) {
        for at in staff.take(2) {
            let colleague = contacts.writer.chance.pick(&ours);
            contacts.connected(colleague, at, 400);
        }
    }
    let team = [Persona::Mira, Persona::Tom].map(|persona| contacts.cast.at(persona));
    let others = contacts.cast.extras(&[Partner, Customer, Neighbour, Open]);
    for _ in 0..160 {
        let from = match contacts.writer.chance.below(4) {
            0 => contacts.writer.chance.pick(&team),
            1 => contacts.writer.chance.pick(&ours),
            _ => contacts.writer.chance.pick(&others),
        };
        let to = contacts.writer.chance.pick(&others);
        let days_ago = contacts.writer.chance.between(3, 720);
        if from != to {
            contacts.connected(from, to, days_ago);
        }
    }
}

/// People who say how well they know somebody.
fn statements(contacts: &mut Contacts) {
    use Standing::{Customer, Open, Ours, Partner};
    let speakers = contacts.cast.extras(&[Ours, Partner]);
    let known = contacts.cast.extras(&[Partner, Customer, Open]);
    for _ in 0..60 {
        let (speaker, of) =
            (contacts.writer.chance.pick(&speakers), contacts.writer.chance.pick(&known));
        let closeness = [Closeness::Weak, Closeness::Weak, Closeness::Good, Closeness::Close];
        let closeness = contacts.writer.chance.pick(&closeness);
        let days_ago = contacts.writer.chance.between(4, 280);
        if speaker != of {
            contacts.states(speaker, of, (closeness, days_ago));
        }
    }
}

/// Bruno writes each month to people who never answer.
fn newsletters(contacts: &mut Contacts) {
    let bruno = contacts.cast.at(Persona::Bruno);
    for staff in staff_of(contacts, Standing::WrittenToOnly) {
        for reader in staff.take(3) {
            contacts.writes(bruno, &[reader], every(30, 330));
        }
    }
    let others = contacts.cast.extras(&[Standing::Open, Standing::Customer]);
    for reader in contacts.writer.chance.pick_some(&others, 12) {
        contacts.writes(bruno, &[reader], every(30, 300));
    }
    let readers = contacts.writer.chance.pick_some(&others, 40);
    contacts.writes(bruno, &readers, every(30, 600));
}

/// Meetings of all our staff, and webinars: too many people to say anything about two.
fn crowds(contacts: &mut Contacts) {
    let ours: Vec<usize> = contacts.cast.firms[0].staff.clone().collect();
    contacts.regularly(&EvidenceKind::Meeting, &ours, every(60, 700));
    let guests = contacts.cast.extras(&[Standing::Partner, Standing::Customer]);
    for days_ago in [40, 130, 220, 310, 400, 490] {
        let some = contacts.writer.chance.pick_some(&guests, 28);
        contacts.regularly(&EvidenceKind::Meeting, &some, once(days_ago));
    }
}
