//! Everybody beyond the story, one person after the other, without a table of those before.

use super::{
    calendar::{Calendar, at_hour},
    chance::{Chance, IdOf, Ids, Stream},
    names::{mailbox_of, name_of},
    writer::{Channel, Entry, attested},
};
use crate::model::{
    Change, Claim, Closeness, CompanyId, Domain, Employment, EmploymentId, Evidence, EvidenceKind,
    Identifier, MailAddress, Name, PersonId, Span, Speaker, Telling, Title,
};

/// Ties to colleagues, to the neighbourhood and to hubs that each person makes; they get about
/// as many from those who come after them.
const COLLEAGUES: usize = 4;
const NEIGHBOURS: usize = 4;
const HUBS: usize = 2;

/// How far back, in people, a neighbourhood reaches.
const NEIGHBOURHOOD: usize = 2_000;

/// One person of so many knows somebody of the story's world.
const KNOWS_STORY_ONE_IN: usize = 200;

const TITLES: [&str; 6] =
    ["Engineer", "Account Manager", "Leiter IT", "Analyste", "Director de compras", "Founder"];

/// What the crowd must know of the story's world.
#[derive(Debug, Clone)]
pub(super) struct Before {
    /// The numbers of people, of employments and of companies that are taken.
    pub(super) people: usize,
    pub(super) employments: usize,
    pub(super) companies: usize,
    /// Whom the crowd may know.
    pub(super) known: Vec<PersonId>,
}

/// The company that is being filled.
struct Employer {
    id: CompanyId,
    domain: String,
    /// The first of its people, and the first who is not.
    first: usize,
    end: usize,
}

/// People without a story and their ties: dense among colleagues, sparse beyond, heavy-tailed.
///
/// Ties lead to people who came before. Of the hubs, the n-th person of N gets about √(N/n)·2.
pub(super) struct Crowd {
    seed: u64,
    calendar: Calendar,
    chance: Chance,
    ids: Ids,
    before: Before,
    employer: Employer,
    employers: usize,
}

impl Crowd {
    pub(super) fn new(seed: u64, calendar: Calendar, before: Before) -> Self {
        let (chance, ids) = (Chance::new(seed, Stream::Crowd), Ids::new(seed));
        let employer = Employer { id: CompanyId::new(0), domain: String::new(), first: 0, end: 0 };
        Self { seed, calendar, chance, ids, before, employer, employers: 0 }
    }

    /// Everything about the n-th person, who must be asked for in order.
    pub(super) fn person(&mut self, number: usize) -> Vec<Entry> {
        let mut changes = Vec::new();
        if number == self.employer.end {
            self.found_company(number, &mut changes);
        }
        let person = self.id_of(number);
        changes.push(Change::AddPerson(person));
        let everyone = self.before.people + number;
        let name = name_of(everyone, self.seed);
        let address = format!("{}@{}", mailbox_of(&name, everyone), self.employer.domain);
        let address = MailAddress::new(&address).expect("folded names make plain addresses");
        let name = Name::new(&name).expect("the names of the table are short");
        let identifier = Identifier::Mail(address);
        changes.push(self.tell(Claim::PersonName { person, name }));
        changes.push(self.tell(Claim::PersonIdentifier { person, identifier }));
        let job = self.employment(number, person);
        changes.push(self.tell(job));
        for other in self.others(number) {
            self.tie(person, other, &mut changes);
        }
        let recorded_at = at_hour(self.calendar.last_day, 6);
        changes.into_iter().map(|change| (recorded_at, change)).collect()
    }

    /// A tenth of the companies is ten times as large, a tenth of those again.
    fn found_company(&mut self, first: usize, changes: &mut Vec<Change>) {
        let mut scale = 1;
        while scale < 100 && self.chance.one_in(10) {
            scale *= 10;
        }
        let size = scale * (5 + self.chance.below(15));
        let number = self.before.companies + self.employers;
        self.employers += 1;
        let id = CompanyId::new(self.ids.value(IdOf::Company, number));
        let domain = format!("firm{number}.example");
        let name = Name::new(&format!("Firm {number}")).expect("it is short");
        changes.push(Change::AddCompany(id));
        changes.push(self.tell(Claim::CompanyName { company: id, name }));
        let checked = Domain::new(&domain).expect("it is a label and a top level");
        changes.push(self.tell(Claim::CompanyDomain { company: id, domain: checked }));
        self.employer = Employer { id, domain, first, end: first + size };
    }

    fn employment(&mut self, number: usize, person: PersonId) -> Claim {
        let taken = self.before.employments + number;
        let id = EmploymentId::new(self.ids.value(IdOf::Employment, taken));
        let since = self.calendar.ago(self.chance.between(30, 3_000));
        let span = Span::new(Some(since), None).expect("an open span cannot end too early");
        let title = Title::new(self.chance.pick(&TITLES)).expect("it is short");
        Claim::Employment(Employment {
            id,
            person,
            company: self.employer.id,
            title: Some(title),
            span,
        })
    }

    /// Those before somebody with whom they have a tie, each once.
    fn others(&mut self, number: usize) -> Vec<PersonId> {
        let mut others: Vec<usize> = (self.employer.first..number).rev().take(COLLEAGUES).collect();
        if number > 0 {
            for _ in 0..NEIGHBOURS {
                others.push(number - 1 - self.chance.below(number.min(NEIGHBOURHOOD)));
            }
            for _ in 0..HUBS {
                others.push(self.chance.below_mostly_low(number));
            }
        }
        others.sort_unstable();
        others.dedup();
        let mut others: Vec<PersonId> = others.into_iter().map(|at| self.id_of(at)).collect();
        if self.chance.one_in(KNOWS_STORY_ONE_IN) {
            others.push(self.chance.pick(&self.before.known));
        }
        others
    }

    /// Most ties are a statement, some a mail each way, a few a meeting.
    fn tie(&mut self, person: PersonId, other: PersonId, changes: &mut Vec<Change>) {
        let day = self.calendar.ago(self.chance.between(2, 500));
        let (early, late) = (at_hour(day, 9), at_hour(day, 15));
        let evidence = |kind, at, people: [PersonId; 2]| {
            let evidence = Evidence::new(kind, at, people.map(Into::into));
            Claim::Evidence(evidence.expect("nobody comes before themselves"))
        };
        match self.chance.below(10) {
            0 => changes.push(self.tell(evidence(EvidenceKind::Meeting, early, [person, other]))),
            1 | 2 => {
                changes.push(self.tell(evidence(EvidenceKind::Mail, early, [person, other])));
                changes.push(self.tell(evidence(EvidenceKind::Mail, late, [other, person])));
            }
            _ => {
                let closeness = [Closeness::Weak, Closeness::Good, Closeness::Close];
                let closeness = self.chance.pick(&closeness);
                let kind = EvidenceKind::Statement { closeness, by: Speaker::Person(person) };
                changes.push(self.tell(evidence(kind, early, [person, other])));
            }
        }
    }

    fn tell(&self, claim: Claim) -> Change {
        let recorded_at = at_hour(self.calendar.last_day, 6);
        Change::Tell(Telling::new(claim, attested(Channel::Sample, recorded_at)))
    }

    fn id_of(&mut self, number: usize) -> PersonId {
        PersonId::new(self.ids.value(IdOf::Person, self.before.people + number))
    }
}
