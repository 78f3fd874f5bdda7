//! Made-up exports, as nasty as they come.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::{
    formats::ContactKind,
    model::{
        Closeness, Day, Domain, EvidenceKind, Identifier, MailAddress, Name, Probability,
        ProfileUrl, Reason, RelationKind, Span, SystemName, Tag, Timestamp, Title,
    },
};

/// All rows of an export.
#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) people: Vec<PersonRow>,
    pub(super) companies: Vec<CompanyRow>,
    pub(super) jobs: Vec<JobRow>,
    pub(super) relations: Vec<RelationRow>,
    pub(super) lists: Vec<ListRow>,
    pub(super) contacts: Vec<ContactRow>,
    pub(super) cadences: Vec<CadenceRow>,
}

pub(super) fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub(super) fn mail(text: &str) -> Identifier {
    Identifier::Mail(MailAddress::new(text).unwrap())
}

pub(super) fn external(system: &str, id: &str) -> Identifier {
    Identifier::external(SystemName::new(system).unwrap(), id).unwrap()
}

/// A text that breaks what can be broken; different for each number.
fn nasty(chance: &mut ChaCha8Rng, number: usize) -> String {
    const PIECES: [&str; 24] = [
        "Ana", "=", "+", "-", "@", "'", "\"", "\"\"", ",", ";", ":::", " ::: ", "\\", "\\u0000",
        "北京", "＝", "p1", ".", "ß", "  ", "|", "{", "sep=", "é",
    ];
    let count = chance.random_range(0..6);
    let text: String = (0..count).map(|_| PIECES[chance.random_range(0..PIECES.len())]).collect();
    format!("{text}{number}{}", PIECES[chance.random_range(0..PIECES.len())])
}

fn span(chance: &mut ChaCha8Rng) -> Span {
    let mut day = |from| {
        let day = chance.random_range(from..from + 9_000);
        chance.random_bool(0.6).then(|| Day::from_number(day))
    };
    Span::new(day(0), day(9_000)).unwrap()
}

fn several<T>(
    chance: &mut ChaCha8Rng,
    mut make: impl FnMut(&mut ChaCha8Rng, usize) -> T,
) -> Vec<T> {
    let count = [0, 1, 1, 2, 3][chance.random_range(0..5)];
    (0..count).map(|at| make(chance, at)).collect()
}

pub(super) fn world(seed: u64) -> World {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let chance = &mut chance;
    let mut world = World::default();
    for row in 0..8_u64 {
        let number = row as usize * 10;
        let mut names = several(chance, |chance, at| name(&nasty(chance, number + at)));
        let identifiers = several(chance, |chance, at| match chance.random_range(0..3) {
            0 => mail(&format!("O'{row}+x{at}@Example.ORG")),
            1 => {
                let url = format!("linkedin.com/in/ü,;{row}:::{at}\\=");
                Identifier::Profile(ProfileUrl::new(&url).unwrap())
            }
            _ => external(&nasty(chance, number), &format!("{}\r\n\t{at}", nasty(chance, number))),
        });
        if names.is_empty() && identifiers.is_empty() {
            names.push(name(&nasty(chance, number)));
        }
        let tags = several(chance, |chance, at| Tag::new(&nasty(chance, at)).unwrap());
        world.people.push(PersonRow { row, names, identifiers, tags, works_at: None });
    }
    for row in 0..4_u64 {
        let number = row as usize * 10;
        let mut names = several(chance, |chance, at| name(&nasty(chance, number + at)));
        names.extend(names.is_empty().then(|| name(&format!("Firm {row}"))));
        let domains =
            several(chance, |_, at| Domain::new(&format!("ü{row}-{at}.example")).unwrap());
        let identifiers = several(chance, |chance, at| external("crm", &nasty(chance, at)));
        let tags = several(chance, |chance, at| Tag::new(&nasty(chance, at)).unwrap());
        world.companies.push(CompanyRow { row, names, domains, identifiers, tags });
    }
    for number in 0..10 {
        let (person, company) = (chance.random_range(0..8), chance.random_range(0..4));
        let title = chance.random_bool(0.7).then(|| Title::new(&nasty(chance, number)).unwrap());
        world.jobs.push(JobRow { person, company, title, span: span(chance) });
        let kind = [RelationKind::Partner, RelationKind::IntegratesWith][number % 2];
        world.relations.push(RelationRow { from: 0, to: 1, kind, span: span(chance) });
        let entry = if number % 2 == 0 { Node::Person(person) } else { Node::Company(company) };
        world.lists.push(ListRow { list: name(&nasty(chance, number)), entry });
        let people = (0..chance.random_range(2..5)).map(|row| {
            let read = chance.random_bool(0.5).then(|| external("a:b\\", &nasty(chance, number)));
            (row, read)
        });
        let people = people.collect();
        let at = Timestamp::from_ms(chance.random_range(-1_000_000_000..2_000_000_000_000));
        let kind = match number % 4 {
            3 => ContactKind::Plain(EvidenceKind::Override {
                strength: Probability::new(chance.random()).unwrap(),
                reason: chance
                    .random_bool(0.5)
                    .then(|| Reason::new(&nasty(chance, number)).unwrap()),
                until: Day::from_number(chance.random_range(0..30_000)),
            }),
            0 => ContactKind::Plain(EvidenceKind::ListAnswer),
            1 => ContactKind::Stated(Closeness::Good),
            _ => ContactKind::Stated(Closeness::Score(Probability::new(chance.random()).unwrap())),
        };
        world.contacts.push(ContactRow { kind, at, people });
        let days = chance.random_range(1..=u16::MAX);
        world.cadences.push(CadenceRow { person: chance.random_range(0..8), days });
    }
    world
}
