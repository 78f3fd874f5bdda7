//! The people of the story's world: their names, addresses and jobs.

use super::{
    calendar::{Calendar, at_hour},
    chance::{Chance, IdOf, Ids, Stream},
    companies::{Firm, Standing, firms},
    names::{mailbox_of, name_of},
    writer::{Channel, Writer, attested},
};
use crate::model::{
    Change, Claim, CompanyId, Day, Employment, EmploymentId, Identifier, MailAddress, MemberId,
    Name, PersonId, ProfileUrl, Span, Telling, Title, fold,
};

/// The people whom the story names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Persona {
    Mira,
    Tom,
    Ana,
    Ines,
    Bruno,
    Jonas,
    Elif,
    Sami,
    Paul,
    Priya,
}

/// Name, company and title of each persona, in the order of [`Persona`].
const PERSONAS: [(&str, &str, &str); 10] = [
    ("Mira Halloran", "Fernwake Robotics", "Partner Manager"),
    ("Tom Achterberg", "Fernwake Robotics", "Senior Account Executive"),
    ("Ana Figueiredo", "Fernwake Robotics", "Customer Success Lead"),
    ("Ines Vantour", "Fernwake Robotics", "Head of IT"),
    ("Bruno Castellan", "Fernwake Robotics", "Marketing Manager"),
    ("Jonas Edelvik", "Nordpay", "Head of Partnerships"),
    ("Elif Yıldıran", "Orbit", "Principal Solutions Architect"),
    ("Sami Haddoun", "Kestrel", "Managing Consultant"),
    ("Paul Mercadier", "Quillmark Consulting", "Alliance Director"),
    ("Priya Ramanath", "Globex", "VP Engineering"),
];

/// The logins of the first personas, who are the team.
pub(super) const LOGINS: [&str; 5] = ["mira", "tom", "ana", "ines", "bruno"];

const TITLES: [&str; 24] = [
    "Chief Executive Officer",
    "Chief Technology Officer",
    "Leiterin Einkauf",
    "Directeur commercial",
    "Jefe de operaciones",
    "Head of Procurement",
    "Kıdemli Yazılım Mühendisi",
    "Kierownik sprzedaży",
    "Produktchef",
    "Responsabile acquisti",
    "Vedoucí vývoje",
    "Data Engineer",
    "Geschäftsführerin",
    "Gerente de inovação",
    "Ingénieure logiciel",
    "Økonomichef",
    "Supply Chain Manager",
    "VP Operations",
    "Διευθυντής Πωλήσεων",
    "Projektleiter Digitalisierung",
    "Directora de marketing",
    "Sales Manager",
    "Konsult",
    "Legal Counsel",
];

/// Priya joined so many days before the last one.
pub(super) const PRIYA_JOINED_DAYS_AGO: i32 = 35;

/// Of how many people one changed the company.
const CHANGED_ONE_IN: usize = 6;

/// A job, with the address that came with it.
pub(super) struct Job {
    pub(super) firm: usize,
    title: &'static str,
    pub(super) since: Day,
    pub(super) until: Option<Day>,
    address: MailAddress,
}

/// A person of the story's world.
pub(super) struct Character {
    pub(super) id: PersonId,
    name: String,
    /// In order of time; the last one goes on.
    pub(super) jobs: Vec<Job>,
    profile: ProfileUrl,
    pub(super) member: Option<MemberId>,
}

impl Character {
    /// The job that somebody had on a day: the last one that had begun, or else the first.
    pub(super) fn job_on(&self, day: Day) -> &Job {
        let begun = self.jobs.iter().rev().find(|job| job.since <= day);
        begun.unwrap_or(&self.jobs[0])
    }

    /// The address of somebody on a day.
    pub(super) fn address_on(&self, day: Day) -> Identifier {
        Identifier::Mail(self.job_on(day).address.clone())
    }

    pub(super) fn addresses(&self) -> Vec<MailAddress> {
        self.jobs.iter().map(|job| job.address.clone()).collect()
    }

    pub(super) fn profile(&self) -> Identifier {
        Identifier::Profile(self.profile.clone())
    }
}

/// Somebody who takes a seat.
struct Newcomer {
    id: PersonId,
    name: String,
    since: Day,
}

/// Everybody in the story's world; people and companies are named by their place here.
pub(super) struct Cast {
    pub(super) firms: Vec<Firm>,
    pub(super) people: Vec<Character>,
    personas: [usize; PERSONAS.len()],
}

impl Cast {
    /// Fills every seat of every company.
    pub(super) fn new(seed: u64, calendar: Calendar, ids: &mut Ids) -> Self {
        let firms = firms(ids);
        let seats = firms.last().map_or(0, |firm| firm.staff.end);
        let mut cast = Self { firms, people: Vec::with_capacity(seats), personas: [0; 10] };
        let mut chance = Chance::new(seed, Stream::Cast);
        for firm in 0..cast.firms.len() {
            for seat in cast.firms[firm].staff.clone() {
                let newcomer = Newcomer {
                    id: PersonId::new(ids.value(IdOf::Person, seat)),
                    name: name_of(seat, seed),
                    since: calendar.ago(chance.between(1_100, 3_600)),
                };
                cast.seat(seat, firm, newcomer);
            }
        }
        for (at, login) in LOGINS.iter().enumerate() {
            debug_assert!(fold(PERSONAS[at].0).starts_with(login));
            let member = MemberId::new(ids.value(IdOf::Member, at));
            cast.people[cast.personas[at]].member = Some(member);
        }
        cast.change_jobs(calendar, &mut chance);
        cast
    }

    /// Gives a seat to a newcomer, or to whom the story has for it.
    fn seat(&mut self, seat: usize, firm: usize, newcomer: Newcomer) {
        let Newcomer { id, name, since } = newcomer;
        let place = seat - self.firms[firm].staff.start;
        let mut here = (0..).zip(PERSONAS).filter(|(_, row)| row.1 == self.firms[firm].name);
        let drawn = TITLES[(place * 5 + firm * 7) % TITLES.len()];
        let (name, title) = match here.nth(place) {
            Some((persona, row)) => {
                self.personas[persona] = seat;
                (row.0.to_owned(), row.2)
            }
            None => (name, drawn),
        };
        let mailbox = mailbox_of(&name, seat);
        let profile = format!("linkedin.example/in/{}", mailbox.replace('.', "-"));
        let profile = ProfileUrl::new(&profile).expect("it has a host and a path");
        let address = self.address(&mailbox, firm);
        let job = Job { firm, title, since, until: None, address };
        self.people.push(Character { id, name, jobs: vec![job], profile, member: None });
    }

    fn address(&self, mailbox: &str, firm: usize) -> MailAddress {
        let text = format!("{mailbox}@{}", self.firms[firm].domain());
        MailAddress::new(&text).expect("folded names make plain addresses")
    }

    /// Lets some people come to their company from another one.
    fn change_jobs(&mut self, calendar: Calendar, chance: &mut Chance) {
        let open = |firm: &Firm| {
            let closed = matches!(firm.standing, Standing::Island | Standing::Guarded);
            !closed && firm.name != "Orbit"
        };
        let firms: Vec<usize> = (0..self.firms.len()).filter(|&at| open(&self.firms[at])).collect();
        for seat in 0..self.people.len() {
            let firm = self.people[seat].jobs[0].firm;
            let before = chance.pick(&firms);
            let days_ago = chance.between(20, 1_000);
            let stays = !chance.one_in(CHANGED_ONE_IN);
            let fixed = stays || self.is_persona(seat) || before == firm;
            if !fixed && open(&self.firms[firm]) {
                self.came_from(seat, before, calendar.ago(days_ago));
            }
        }
        let (priya, orbit) = (self.at(Persona::Priya), self.firm("Orbit"));
        self.came_from(priya, orbit, calendar.ago(PRIYA_JOINED_DAYS_AGO));
        self.people[priya].jobs[0].title = "Director of Engineering";
    }

    fn came_from(&mut self, person: usize, firm: usize, joined: Day) {
        let mailbox = self.people[person].jobs[0].address.as_str().split('@').next();
        let address = self.address(mailbox.unwrap_or_default(), firm);
        let jobs = &mut self.people[person].jobs;
        let title = TITLES[(person * 11) % TITLES.len()];
        let before =
            Job { firm, title, since: jobs[0].since, until: Some(joined.plus(-1)), address };
        jobs[0].since = joined;
        jobs.insert(0, before);
    }

    /// The place of somebody whom the story names.
    pub(super) fn at(&self, persona: Persona) -> usize {
        self.personas[persona as usize]
    }

    /// Whether the story names somebody, and so alone says whom they have to do with.
    pub(super) fn is_persona(&self, person: usize) -> bool {
        self.personas.contains(&person)
    }

    /// The place of a company that must be one of ours.
    pub(super) fn firm(&self, name: &str) -> usize {
        let found = self.firms.iter().position(|firm| firm.name == name);
        found.expect("the story names companies of the table")
    }

    /// The people of all companies of some standings, without those whom the story names and
    /// without Orbit's, of whom Tom alone knows any.
    pub(super) fn extras(&self, standings: &[Standing]) -> Vec<usize> {
        let firms = self.firms.iter().filter(|firm| standings.contains(&firm.standing));
        let others = firms.filter(|firm| firm.name != "Orbit");
        others.flat_map(|firm| firm.staff.clone()).filter(|&at| !self.is_persona(at)).collect()
    }
}

/// Adds the people with their names, addresses, profiles and jobs.
pub(super) fn tell_people(writer: &mut Writer, cast: &Cast) {
    let start = writer.calendar.first_import();
    let mut jobs = 0;
    for person in &cast.people {
        writer.put(start, Change::AddPerson(person.id));
        let name = Name::new(&person.name).expect("the names of the table are short");
        let named = Claim::PersonName { person: person.id, name };
        writer.tell(named, attested(Channel::Sample, start));
        let identifier = person.profile();
        let profile = Claim::PersonIdentifier { person: person.id, identifier };
        writer.tell(profile, attested(Channel::LinkedIn, start));
        for job in &person.jobs {
            let id = EmploymentId::new(writer.ids.value(IdOf::Employment, jobs));
            jobs += 1;
            tell_job(writer, (id, person.id, cast.firms[job.firm].id), job);
        }
    }
}

/// Tells of a job, and corrects it when it ended after the installation began.
fn tell_job(
    writer: &mut Writer,
    (id, person, company): (EmploymentId, PersonId, CompanyId),
    job: &Job,
) {
    let employment = |until| {
        let title = Title::new(job.title).expect("the titles of the table are short");
        let span = Span::new(Some(job.since), until).expect("jobs end after they begin");
        Claim::Employment(Employment { id, person, company, title: Some(title), span })
    };
    let begun = at_hour(job.since, 9).max(writer.calendar.first_import());
    let identifier = Identifier::Mail(job.address.clone());
    let address = Claim::PersonIdentifier { person, identifier };
    writer.tell(address, attested(Channel::Sample, begun));
    let attestation = attested(Channel::LinkedIn, begun);
    match job.until.map(|day| at_hour(day, 18)) {
        Some(ended) if ended > begun => {
            let open = Telling::new(employment(None), attestation.clone());
            let back = Change::retract(open.fact_id(), &attestation);
            writer.put(begun, Change::Tell(open));
            writer.put(ended, back);
            writer.tell(employment(job.until), attested(Channel::LinkedIn, ended));
        }
        _ => writer.tell(employment(job.until), attestation),
    }
}
