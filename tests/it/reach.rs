//! Many accounts at once: the same answers as one by one.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tertius::{
    config::Limits,
    model::{CompanyId, Day, Holder, PersonId, WantedPost},
    service::{
        AccountName, AskRulesDraft, Found, From, Named, NamedBy, PageRequest, PathQuestion,
        ReachQuestion, To,
    },
};

use crate::{
    known::{COMPANIES, PEOPLE, World, person},
    support::House,
};

fn everybody() -> Vec<PersonId> {
    (1..=PEOPLE).map(person).collect()
}

impl World {
    /// Who works at a company and fits a post, by asking for each.
    async fn staff_meant(&self, account: Holder, post: &WantedPost) -> Vec<PersonId> {
        let Holder::Company(company) = account else {
            return everybody().into_iter().filter(|&id| account == Holder::Person(id)).collect();
        };
        let people = self.tertius.people(&self.viewer, &everybody()).await.unwrap();
        let fits =
            |title: Option<&str>| post.is_any() || title.is_some_and(|t| post.matches(t).is_some());
        let is_meant = people.into_iter().flatten().filter(|person| {
            person.jobs.iter().any(|job| {
                job.company == company
                    && fits(job.title.as_ref().map(tertius::model::Title::as_str))
            })
        });
        is_meant.map(|person| person.id).collect()
    }

    /// The newest contact of any seeker with any of those who are meant, by all pairs.
    async fn newest(&self, seekers: &[PersonId], meant: &[PersonId]) -> Option<Day> {
        let pairs = seekers.iter().flat_map(|&one| meant.iter().map(move |&other| (one, other)));
        let pairs: Vec<_> = pairs.filter(|(one, other)| one != other).collect();
        let receipts = self.tertius.receipts(&self.viewer, &pairs).await.unwrap();
        receipts.into_iter().flatten().filter_map(|receipt| receipt.last_contact).max()
    }
}

#[tokio::test]
async fn many_accounts_at_once_get_the_answers_of_single_questions() {
    let (mut entered, mut closed, mut contacts, mut barred) = (0, 0, 0, 0);
    for seed in 0..12 {
        let world = World::made(seed, Limits::default(), 18).await;
        let chance = &mut ChaCha8Rng::seed_from_u64(seed);
        let (tertius, viewer) = (&world.tertius, &world.viewer);
        let companies = (1..=COMPANIES).map(|n| Holder::Company(CompanyId::new(n)));
        let mut accounts: Vec<Holder> =
            companies.chain(everybody().into_iter().map(Holder::Person)).collect();
        accounts.push(accounts[0]);
        let some: Vec<PersonId> =
            everybody().into_iter().filter(|_| chance.random_bool(0.2)).collect();
        for from in [From::Me, From::MyTeam, From::People(some)] {
            let post =
                if seed % 3 == 0 { WantedPost::titled("sales") } else { WantedPost::default() };
            let max_steps = Some(1 + seed as usize % 4);
            let question = ReachQuestion {
                from: from.clone(),
                accounts: accounts.clone(),
                post: post.clone(),
                max_steps,
            };
            let before = tertius.reach(viewer, &question).await.unwrap();
            let never = vec![Holder::Company(CompanyId::new(2)), Holder::Person(person(5))];
            let limits = AskRulesDraft { never, ..AskRulesDraft::default() };
            tertius.set_ask_rules(viewer, limits).await.unwrap();
            let reached = tertius.reach(viewer, &question).await.unwrap();
            barred += reached.iter().zip(&before).filter(|(now, then)| now != then).count();
            assert_eq!(reached.len(), accounts.len());
            let seekers = match &from {
                From::People(people) => people.clone(),
                _ => vec![person(1)],
            };
            for (one, &account) in reached.iter().zip(&accounts) {
                let to = match account {
                    Holder::Person(id) => To::Person(id),
                    Holder::Company(id) if post.is_any() => To::Company(id),
                    Holder::Company(company) => To::Role { company, post: post.clone() },
                };
                let page = PageRequest { first: Some(1), after: None };
                let single =
                    PathQuestion { from: from.clone(), max_steps, page, ..PathQuestion::to(to) };
                let single = tertius.intro_paths(viewer, &single).await.unwrap();
                let at = format!("seed {seed}, {from:?}, {account:?}");
                assert_eq!(one.account, account);
                assert_eq!(one.miss, single.miss, "{at}");
                assert_eq!(one.path, single.paths.into_nodes().pop(), "{at}");
                let meant = world.staff_meant(account, &post).await;
                let newest = world.newest(&seekers, &meant).await;
                assert_eq!(one.last_contact.map(|contact| contact.on), newest, "{at}");
                if let Some(contact) = one.last_contact {
                    assert!(seekers.contains(&contact.knower) && meant.contains(&contact.with));
                    contacts += 1;
                }
                entered += usize::from(one.path.is_some());
                closed += usize::from(one.miss.is_some());
            }
            tertius.set_ask_rules(viewer, AskRulesDraft::default()).await.unwrap();
        }
    }
    assert!(entered > 100 && closed > 100 && contacts > 30, "{entered} {closed} {contacts}");
    assert!(barred > 0, "nobody's limits stood against anything");
}

fn ids(found: &[Found]) -> Vec<Holder> {
    found.iter().map(Found::holder).collect()
}

#[tokio::test]
async fn a_name_is_taken_for_somebody_only_where_it_is_just_theirs() {
    let house = House::shared();
    let viewer = house.viewer("mira").await;
    let named =
        async |name: AccountName| house.tertius.account_named(&viewer, &name).await.unwrap();
    let text = |text: &str| Some(text.to_owned());
    let globex =
        named(AccountName { domain: text("globex.example"), ..AccountName::default() }).await;
    let Named::One(Found::Company(company), NamedBy::Domain) = &globex else {
        panic!("{globex:?}")
    };
    let globex = Holder::Company(company.id);
    for (name, by) in [
        (AccountName::of_text("GLOBEX GmbH"), NamedBy::Company),
        (AccountName::of_text("  globex.example "), NamedBy::Domain),
        (
            AccountName { company: text("globex.example"), ..AccountName::default() },
            NamedBy::Domain,
        ),
        (
            AccountName {
                company: text("Globex Inc."),
                domain: text("unknown.example"),
                ..AccountName::default()
            },
            NamedBy::Company,
        ),
        (AccountName::of_holder(globex), NamedBy::Id),
    ] {
        match named(name.clone()).await {
            Named::One(found, how) => assert_eq!((found.holder(), how), (globex, by), "{name:?}"),
            other => panic!("{name:?}: {other:?}"),
        }
    }
    // Alike is not enough.
    match named(AccountName::of_text("Globx")).await {
        Named::Nobody(alike) => assert!(ids(&alike).contains(&globex), "{alike:?}"),
        other => panic!("{other:?}"),
    }
    for nothing in ["", "   ", "…", "zzzz qqqq"] {
        assert_eq!(
            named(AccountName::of_text(nothing)).await,
            Named::Nobody(Vec::new()),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn the_pages_of_an_answer_are_the_answers_of_its_accounts() {
    let house = House::shared();
    let ask = async |first: i32, after: Option<String>| {
        let after = after.map_or_else(String::new, |after| format!(", after: {after}"));
        let query = format!(
            r#"{{ reach(input: {{ accounts: {{ named: [
                {{ domain: "globex.example" }}, {{ name: "Globx" }}, {{ name: "Umbra Health" }},
                {{ email: "nobody@nowhere.example" }} ] }} }}, first: {first}{after}) {{
                edges {{ cursor node {{ named foundBy account {{ __typename }}
                    suggestions {{ __typename }} path {{ key askFirst {{ name }} }}
                    miss {{ reason }} lastContact {{ on }} }} }}
                pageInfo {{ hasNextPage }} }} }}"#
        );
        house.data(&query).await["reach"].take()
    };
    let all = ask(10, None).await;
    let edges = all["edges"].as_array().unwrap().clone();
    assert_eq!(edges.len(), 4);
    assert_eq!(edges[0]["node"]["foundBy"], "DOMAIN");
    assert!(edges[0]["node"]["path"]["key"].is_string());
    assert_eq!(edges[1]["node"]["account"], Value::Null);
    assert!(!edges[1]["node"]["suggestions"].as_array().unwrap().is_empty());
    assert_eq!(edges[3]["node"]["miss"], Value::Null);
    let (mut paged, mut after) = (Vec::<Value>::new(), None);
    loop {
        let page = ask(3, after).await;
        paged.extend(page["edges"].as_array().unwrap().clone());
        after = paged.last().map(|edge| edge["cursor"].to_string());
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(paged, edges);
}
