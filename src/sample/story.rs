//! What the demo tells: the ties of Mira, Tom, Jonas, Elif, Sami, Paul, Priya and Ana.

use super::{
    companies::Standing,
    contacts::{Contacts, every},
    people::{Cast, PRIYA_JOINED_DAYS_AGO, Persona},
};
use crate::model::{Closeness, EvidenceKind};

/// Paul was last written to, or wrote, in the fifteenth month before the last day.
const PAUL_SILENT_DAYS: i32 = 430;

/// Tells the whole story, and returns whom Jonas knows at open targets.
pub(super) fn tell_story(contacts: &mut Contacts) -> Vec<usize> {
    way_to_globex(contacts);
    shorter_way(contacts);
    door_to_umbra(contacts);
    paul_fades(contacts);
    rounds(contacts);
    two_faces_of_ana(contacts);
    hub(contacts)
}

/// Whom Mira, Tom and Ana look after: one person at each partner is Mira's, one at each customer
/// Ana's, and another at every third company Tom's. Orbit is Tom's in the story alone.
pub(super) fn accounts(cast: &Cast) -> Vec<(Persona, usize)> {
    let firms = cast.firms.iter().filter(|firm| firm.name != "Orbit").enumerate();
    let mut accounts = Vec::new();
    for (number, firm) in firms {
        accounts.push(match firm.standing {
            Standing::Partner => (Persona::Mira, firm.staff.start + 1),
            Standing::Customer => (Persona::Ana, firm.staff.start + 1),
            _ => continue,
        });
        if number % 3 == 0 {
            accounts.push((Persona::Tom, firm.staff.start + 2));
        }
    }
    accounts
}

/// Mira, Tom, Elif, Priya: three close steps.
fn way_to_globex(contacts: &mut Contacts) {
    let [mira, tom, elif, priya] =
        [Persona::Mira, Persona::Tom, Persona::Elif, Persona::Priya].map(|p| contacts.cast.at(p));
    contacts.exchange(mira, tom, every(7, 720));
    contacts.regularly(&EvidenceKind::Meeting, &[mira, tom], every(14, 715));
    contacts.exchange(tom, elif, every(7, 500));
    contacts.regularly(&EvidenceKind::Call, &[tom, elif], every(60, 480));
    contacts.exchange(elif, priya, every(7, 640));
    let colleagues = every(30, 640).until(PRIYA_JOINED_DAYS_AGO + 3);
    contacts.regularly(&EvidenceKind::Meeting, &[elif, priya], colleagues);
    contacts.states(elif, priya, (Closeness::Close, 30));
    weaker_ways(contacts);
}

/// One of Elif's colleagues knew Priya a little, and Priya has begun to meet her own.
fn weaker_ways(contacts: &mut Contacts) {
    let [tom, ana, priya] =
        [Persona::Tom, Persona::Ana, Persona::Priya].map(|p| contacts.cast.at(p));
    let [orbit, globex] = ["Orbit", "Globex"].map(|name| contacts.cast.firm(name));
    let colleague = contacts.cast.firms[orbit].staff.start + 3;
    contacts.exchange(tom, colleague, every(90, 400));
    contacts.exchange(colleague, priya, every(45, 500).until(PRIYA_JOINED_DAYS_AGO + 10));
    let engineer = contacts.cast.firms[globex].staff.start + 3;
    contacts.regularly(
        &EvidenceKind::Meeting,
        &[priya, engineer, engineer + 1],
        every(7, PRIYA_JOINED_DAYS_AGO - 5),
    );
    contacts.connected(ana, engineer, 610);
}

/// Mira, Jonas, Priya: one step less, and good enough if Jonas were not asked so often.
fn shorter_way(contacts: &mut Contacts) {
    let [mira, jonas, priya] =
        [Persona::Mira, Persona::Jonas, Persona::Priya].map(|p| contacts.cast.at(p));
    contacts.exchange(mira, jonas, every(10, 420));
    contacts.exchange(jonas, priya, every(10, 300));
}

/// Jonas knows somebody almost everywhere.
fn hub(contacts: &mut Contacts) -> Vec<usize> {
    use Standing::{Customer, Neighbour, Open, Ours, Partner};
    let jonas = contacts.cast.at(Persona::Jonas);
    let known = contacts.cast.extras(&[Ours, Partner, Customer, Neighbour, Open]);
    let mut known = contacts.writer.chance.pick_some(&known, 90);
    for &other in &known {
        let days = contacts.writer.chance.between(20, 45);
        contacts.exchange(jonas, other, every(days, 200));
    }
    let open = contacts.cast.extras(&[Open]);
    known.retain(|other| open.contains(other));
    known
}

/// Sami alone knows anybody at Umbra Health: one person well, another hardly.
fn door_to_umbra(contacts: &mut Contacts) {
    let [mira, tom, sami] =
        [Persona::Mira, Persona::Tom, Persona::Sami].map(|p| contacts.cast.at(p));
    let umbra = contacts.cast.firms[contacts.cast.firm("Umbra Health")].staff.start;
    contacts.exchange(mira, sami, every(14, 560));
    contacts.regularly(&EvidenceKind::Meeting, &[mira, sami], every(91, 540));
    contacts.exchange(tom, sami, every(30, 300));
    contacts.exchange(sami, umbra + 1, every(14, 400));
    contacts.regularly(&EvidenceKind::Call, &[sami, umbra + 1], every(30, 390));
    contacts.exchange(sami, umbra + 4, every(100, 330));
}

/// Paul and Mira wrote each week for ten months, and not once since.
fn paul_fades(contacts: &mut Contacts) {
    let [mira, paul] = [Persona::Mira, Persona::Paul].map(|p| contacts.cast.at(p));
    contacts.exchange(mira, paul, every(7, 732).until(PAUL_SILENT_DAYS));
    contacts.regularly(&EvidenceKind::Meeting, &[mira, paul], every(45, 725).until(460));
    contacts.connected(mira, paul, 700);
}

/// The three keep up with those whom they look after.
fn rounds(contacts: &mut Contacts) {
    for (persona, account) in accounts(contacts.cast) {
        let days = contacts.writer.chance.between(14, 40);
        contacts.exchange(contacts.cast.at(persona), account, every(days, 360));
    }
}

/// Ana is one person with an address and a profile, and there is evidence under both.
fn two_faces_of_ana(contacts: &mut Contacts) {
    use Standing::{Customer, Open, Partner};
    let ana = contacts.cast.at(Persona::Ana);
    let connected = contacts.cast.extras(&[Customer, Open, Partner]);
    for other in contacts.writer.chance.pick_some(&connected, 25) {
        let days_ago = contacts.writer.chance.between(40, 700);
        contacts.connected(ana, other, days_ago);
    }
    let customers = accounts(contacts.cast).into_iter().filter(|&(whose, _)| whose == Persona::Ana);
    for (_, customer) in customers.take(5) {
        contacts.connected(ana, customer, 500);
        contacts.regularly(&EvidenceKind::Message, &[ana, customer], every(60, 300));
        contacts.regularly(&EvidenceKind::Message, &[customer, ana], every(75, 300));
    }
}
