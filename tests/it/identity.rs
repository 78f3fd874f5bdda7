//! Who is one and who is not, by what files and people say.

use tertius::{
    model::{Closeness, CompanyId, Holder, PersonId},
    service::{
        CompanyPatch, CompanyView, PageRequest, PersonDraft, PersonPatch, PersonView,
        StatementDraft, Why,
    },
};

use crate::imports::{Desk, assert_equal};

/// Writes tables and brings them in, and counts who there is.
impl Desk {
    async fn table(&self, name: &str, text: &str) -> tertius::service::ImportReport {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.import(&path).await
    }

    async fn people(&self) -> Vec<PersonView> {
        let page = PageRequest { first: Some(100), after: None };
        let all = self.tertius.people_page(&self.viewer, &page).await.unwrap().into_nodes();
        all.into_iter().filter(|person| person.id != self.viewer.person()).collect()
    }

    async fn called(&self, name: &str) -> Vec<PersonId> {
        let called = |p: &PersonView| p.name.as_ref().is_some_and(|n| n.as_str() == name);
        self.people().await.into_iter().filter(called).map(|person| person.id).collect()
    }

    async fn companies(&self) -> Vec<CompanyView> {
        let page = PageRequest { first: Some(100), after: None };
        self.tertius.companies_page(&self.viewer, &page).await.unwrap().into_nodes()
    }
}

const PROFILES: &str = "Name,LinkedIn URL,Company\n\
    Elif Yildiz,https://linkedin.com/in/elif,Orbit GmbH\n\
    John Smith,https://linkedin.com/in/js1,Orbit GmbH\n\
    John Smith,https://linkedin.com/in/js2,Orbit GmbH\n\
    Sami Haddad,https://linkedin.com/in/sami,Kestrel\n";
const ADDRESSES: &str = "Name,Email\n\
    Elif Yıldız,elif@orbit.example\n\
    John Smith,john.smith@orbit.example\n\
    Sami Haddad,sami@gmail.com\n";

#[tokio::test]
async fn a_name_at_a_company_joins_mail_and_profile_where_it_is_the_only_one() {
    for turned in [false, true] {
        let desk = Desk::new().await;
        let mut tables = [("profiles.csv", PROFILES), ("addresses.csv", ADDRESSES)];
        if turned {
            tables.reverse();
        }
        desk.table(tables[0].0, tables[0].1).await;
        let report = desk.table(tables[1].0, tables[1].1).await;
        assert_eq!(report.joined, 1, "{report:?}");
        assert!(matches!(report.joins[0].why, Why::NameAndCompany(_)), "{report:?}");
        let elif = desk.called("Elif Yildiz").await;
        assert_eq!(elif, [report.joins[0].person], "accents and case say nothing");
        let known = desk.tertius.person(&desk.viewer, elif[0]).await.unwrap().identifiers;
        assert_eq!(known.len(), 2);
        assert_eq!(desk.called("John Smith").await.len(), 3, "nobody knows which one writes");
        assert_eq!(desk.called("Sami Haddad").await.len(), 2, "free mail names no company");
        assert_eq!(desk.companies().await.len(), 2, "the domain is that of the company's name");
    }
}

#[tokio::test]
async fn shared_and_placeholder_addresses_join_nobody() {
    let desk = Desk::new().await;
    let rows = "Name,Email,Company\nAna Costa,info@globex.example,Globex\n\
        Bo Chen,info@globex.example,Globex\nCleo Diaz,noreply@globex.example,Globex\n\
        Dan Erb,none@none,Globex\n";
    desk.table("people.csv", rows).await;
    desk.table("more.csv", "Name,Email\nEve Fox,noreply@globex.example\n").await;
    let names = ["Ana Costa", "Bo Chen", "Cleo Diaz", "Eve Fox"];
    for name in names {
        assert_eq!(desk.called(name).await.len(), 1, "{name}");
    }
    assert_eq!(
        desk.tertius
            .undo_import(&desk.viewer, last(&desk).await, |_| {})
            .await
            .unwrap()
            .name
            .as_str(),
        "more.csv"
    );
    assert_eq!(desk.called("Eve Fox").await.len(), 0);
}

async fn last(desk: &Desk) -> tertius::model::ImportId {
    let imports = desk.tertius.imports(&desk.viewer).await.unwrap();
    imports.into_iter().find(|view| view.import.name.as_str() == "more.csv").unwrap().id
}

#[tokio::test]
async fn companies_are_one_by_domain_or_by_a_name_without_a_conflict() {
    let desk = Desk::new().await;
    let rows = "Company name,Domain\nGlobex Inc.,globex.example\nGlobex Europe,globex.example\n\
        Acme GmbH,acme.example\nAcme,acme.test\nInitech,\n";
    desk.table("companies.csv", rows).await;
    let more = "Name,Email,Company\nAna Costa,ana@a.example,GLOBEX\nBo Chen,bo@b.example,Acme\n\
        Cleo Diaz,cleo@initech.example,Other Ltd\nDan Erb,dan@initech.example,\n";
    desk.table("people.csv", more).await;
    let names: Vec<_> = desk.companies().await.iter().map(CompanyView::called).collect();
    let count = |name: &str| names.iter().flatten().filter(|n| n.as_str() == name).count();
    // Two domains: two companies, and whoever is but called so is neither.
    assert_eq!(count("Acme") + count("Acme GmbH"), 3, "{names:?}");
    assert_eq!(count("Globex Europe") + count("Globex Inc.") + count("GLOBEX"), 1, "{names:?}");
    assert_eq!(count("Initech") + count("initech.example"), 1, "{names:?}");
}

#[tokio::test]
async fn what_somebody_says_of_two_wins_and_stays() {
    let desk = Desk::new().await;
    desk.table("addresses.csv", ADDRESSES).await;
    desk.table("profiles.csv", PROFILES).await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let sami = desk.called("Sami Haddad").await;
    tertius.link(viewer, Holder::Person(sami[0]), Holder::Person(sami[1])).await.unwrap();
    assert_eq!(desk.called("Sami Haddad").await.len(), 1);
    let parts = tertius.person_parts(viewer, sami[1]).await.unwrap();
    assert_eq!((parts.parts.len(), &parts.joins[0].why), (2, &Why::ByHand));
    let again = tertius.link(viewer, Holder::Person(sami[1]), Holder::Person(sami[0])).await;
    assert!(again.unwrap_err().to_string().contains("one already"));

    let elif = desk.called("Elif Yildiz").await;
    let parts = tertius.person_parts(viewer, elif[0]).await.unwrap();
    tertius.unlink(viewer, Holder::Person(parts.parts[1].id)).await.unwrap();
    let apart = [desk.called("Elif Yildiz").await, desk.called("Elif Yıldız").await].concat();
    assert_eq!(apart.len(), 2);
    // Neither another import nor a restart changes it.
    desk.table("again.csv", &format!("{PROFILES}Zoe Abt,https://linkedin.com/in/zoe,Orbit\n"))
        .await;
    tertius.begin_epoch().await.unwrap();
    assert_eq!(desk.called("Sami Haddad").await.len(), 1);
    let after = [desk.called("Elif Yildiz").await, desk.called("Elif Yıldız").await].concat();
    assert_eq!(after, apart);
    tertius.link(viewer, Holder::Person(apart[0]), Holder::Person(apart[1])).await.unwrap();
    assert_eq!(desk.called("Elif Yildiz").await.len() + desk.called("Elif Yıldız").await.len(), 1);
    let alone = tertius.unlink(viewer, Holder::Person(desk.called("Zoe Abt").await[0])).await;
    assert!(alone.unwrap_err().to_string().contains("stands alone"));
    let company: CompanyId = desk.companies().await[0].id;
    let mixed = tertius.link(viewer, Holder::Person(apart[0]), Holder::Company(company)).await;
    assert!(mixed.unwrap_err().to_string().contains("cannot be one"));
}

#[tokio::test]
async fn ties_of_parts_are_ties_of_one_and_go_apart_with_them() {
    let desk = Desk::new().await;
    let rows = "At,From,To,Kind\n2026-11-02,me@own.example,elif@a.example,meeting\n\
        2026-11-03,me@own.example,elif@b.example,meeting\n";
    desk.table("meetings.csv", rows).await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let by = |text: &'static str| async move {
        tertius.person_by_identifier(viewer, "id", text).await.unwrap().unwrap().id
    };
    let (me, one, other) =
        (by("me@own.example").await, by("elif@a.example").await, by("elif@b.example").await);
    let strength = async |who| {
        tertius
            .receipts(viewer, &[(me, who)])
            .await
            .unwrap()
            .pop()
            .flatten()
            .map(|r| (r.evidence.len(), r.strength.value))
    };
    let (alone, ties) = (strength(one).await.unwrap(), tertius.network_size().1);
    assert_eq!(alone.0, 1);
    tertius.link(viewer, Holder::Person(one), Holder::Person(other)).await.unwrap();
    for part in [one, other] {
        let both = strength(part).await.unwrap();
        assert!(both.0 == 2 && both.1 > alone.1, "{both:?} {alone:?}");
    }
    assert_eq!(tertius.network_size().1, ties - 1);
    let written = tertius.network_size();
    tertius.begin_epoch().await.unwrap();
    assert_eq!(tertius.network_size().1, written.1, "folded afresh it is the same");
    tertius.unlink(viewer, Holder::Person(other)).await.unwrap();
    assert_eq!(strength(one).await.map(|s| s.0), Some(1));
    assert_eq!(tertius.network_size().1, ties);
}

#[tokio::test]
async fn nothing_is_imported_of_who_is_excluded() {
    let desk = Desk::new().await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    for text in ["secret.example", "Bo@globex.example"] {
        tertius.exclude(viewer, text).await.unwrap();
    }
    assert_eq!(tertius.exclusions(viewer).await.unwrap().len(), 2);
    let rows = "At,From,To,Kind\n2026-11-02,ana@globex.example,bo@globex.example,meeting\n\
        2026-11-03,ana@globex.example,x@mail.secret.example,call\n\
        2026-11-04,ana@globex.example,cleo@globex.example,meeting\n";
    let counts = desk.table("meetings.csv", rows).await.import.counts;
    assert_eq!((counts.read, counts.new, counts.excluded), (3, 1, 2));
    assert_eq!(desk.people().await.len(), 2);
    tertius.lift_exclusion(viewer, "secret.example").await.unwrap();
    assert!(tertius.lift_exclusion(viewer, "secret.example").await.is_err());
    let counts = desk.table("meetings.csv", rows).await.import.counts;
    assert_eq!((counts.new, counts.known, counts.excluded), (1, 1, 1));
    assert!(tertius.exclude(viewer, "nonsense").await.is_err());
}

#[tokio::test]
async fn a_person_is_excluded_with_all_that_names_them() {
    let desk = Desk::new().await;
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let people = "Name,Email,LinkedIn URL\nCleo Marsh,cleo@globex.example,\n\
        Cleo Marsh,cleo@globex.example,https://www.linkedin.com/in/cleo-marsh\nDan Orr,,\n";
    desk.table("people.csv", people).await;
    let all = desk.people().await;
    let id_of = |name: &str| {
        let called = |p: &&PersonView| p.name.as_ref().is_some_and(|n| n.as_str() == name);
        all.iter().find(called).unwrap().id
    };
    let excluded = tertius.exclude_person(viewer, id_of("Cleo Marsh")).await.unwrap();
    assert_eq!(excluded.len(), 2, "an address and a page");
    let rows = "At,From,To,Kind\n2026-11-04,ana@globex.example,cleo@globex.example,meeting\n";
    assert_eq!(desk.table("meetings.csv", rows).await.import.counts.excluded, 1);
    let page = "Name,LinkedIn URL\nC. Marsh,linkedin.com/in/Cleo-Marsh\n";
    assert_eq!(desk.table("page.csv", page).await.import.counts.excluded, 1);
    let error = tertius.exclude_person(viewer, id_of("Dan Orr")).await.unwrap_err();
    assert!(error.to_string().contains("nothing but a name"), "{error}");
    tertius.lift_person(viewer, id_of("Cleo Marsh")).await.unwrap();
    assert_eq!(desk.table("meetings.csv", rows).await.import.counts.new, 1);
}

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// One write that may join people or part them; some are refused, and then nothing happens.
async fn write_something(desk: &Desk, dice: &mut Dice) {
    let (tertius, viewer) = (&desk.tertius, &desk.viewer);
    let people = desk.people().await;
    let anybody = |dice: &mut Dice| people.get(dice.below(people.len().max(1))).map(|p| p.id);
    let name = ["Ana Costa", "Bo Chen", "Cleo Diaz"][dice.below(3)];
    let address = format!("x{}@{}", dice.below(6), ["globex.example", "gmail.com"][dice.below(2)]);
    let page = format!("https://linkedin.com/in/p{}", dice.below(6));
    match dice.below(8) {
        0 => {
            let draft = PersonDraft {
                name: name.into(),
                identifiers: vec![address],
                ..PersonDraft::default()
            };
            drop(tertius.create_person(viewer, draft).await);
        }
        1 => {
            let rows = format!("Name,LinkedIn URL,Company\n{name},{page},Globex\n");
            desk.table("pages.csv", &rows).await;
        }
        2 => {
            let rows = format!("Name,Email,LinkedIn URL\n{name},{address},{page}\n");
            desk.table("both.csv", &rows).await;
        }
        3 => {
            let patch = PersonPatch { add_identifiers: vec![page], ..PersonPatch::default() };
            let Some(id) = anybody(dice) else { return };
            drop(tertius.update_person(viewer, id, patch).await);
        }
        4 => {
            let (Some(one), Some(other)) = (anybody(dice), anybody(dice)) else { return };
            drop(tertius.link(viewer, Holder::Person(one), Holder::Person(other)).await);
        }
        5 => {
            let Some(id) = anybody(dice) else { return };
            let parts = tertius.person_parts(viewer, id).await.unwrap().parts;
            let part = parts[dice.below(parts.len())].id;
            drop(tertius.unlink(viewer, Holder::Person(part)).await);
        }
        6 => {
            let (Some(one), Some(other)) = (anybody(dice), anybody(dice)) else { return };
            let draft = StatementDraft { from: Some(one), to: other, closeness: Closeness::Good };
            drop(tertius.state_tie(viewer, draft).await);
        }
        _ => {
            let patch = CompanyPatch {
                add_domains: vec!["globex.example".into()],
                ..CompanyPatch::default()
            };
            let companies = desk.companies().await;
            let Some(company) = companies.get(dice.below(companies.len().max(1))) else { return };
            drop(tertius.update_company(viewer, company.id, patch).await);
        }
    }
}

#[tokio::test]
async fn who_is_one_after_any_writes_is_who_is_one_when_all_is_read_anew() {
    for seed in 1..=6 {
        let (desk, mut dice) = (Desk::new().await, Dice(seed * 7_919));
        for step in 0..30 {
            write_something(&desk, &mut dice).await;
            if step % 5 == 4 {
                let fresh = desk.restarted().await;
                let when = format!("seed {seed}, step {step}");
                assert_equal(&desk.export().await, &fresh.export().await, &when);
            }
        }
    }
}
