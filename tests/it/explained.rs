//! What stands beside paths: who would open one, and how many people lie within how many steps.

use tertius::{
    config::Limits,
    model::{Closeness, CompanyId, Holder, ListId},
    service::{
        AskRulesDraft, Circle, From, PageRequest, PathQuestion, ReachQuestion, SupposedChange, To,
        Verdict, Viewer,
    },
};

use crate::{
    known::{PEOPLE, World, person},
    support::House,
};

impl World {
    /// The best path to each of everybody else, of so many steps at most.
    async fn circle(&self, steps: u8) -> Circle {
        let (mut people, mut counts) = (0, [0; 3]);
        for target in (2..=PEOPLE).map(person) {
            let question = PathQuestion {
                page: PageRequest { first: Some(1), after: None },
                max_steps: Some(steps.into()),
                ..PathQuestion::to(To::Person(target))
            };
            let answer = self.tertius.intro_paths(&self.viewer, &question).await.unwrap();
            let Some(path) = answer.paths.into_nodes().pop() else { continue };
            people += 1;
            counts[path.verdict as usize] += 1;
        }
        let count = |verdict: Verdict| counts[verdict as usize];
        Circle {
            steps,
            people,
            likely: count(Verdict::LikelyYes),
            worth_asking: count(Verdict::WorthAsking),
            last_resort: count(Verdict::LastResort),
        }
    }
}

#[tokio::test]
async fn circles_count_whom_single_questions_reach() {
    let (mut people, mut unlikely) = (0, 0);
    for seed in 0..8 {
        let world = World::made(seed, Limits::default(), 30).await;
        let answer = world.tertius.circles(&world.viewer, &From::Me, Some(4)).await.unwrap();
        assert_eq!(answer.circles.len(), 4);
        for circle in &answer.circles {
            assert_eq!(circle, &world.circle(circle.steps).await, "seed {seed}");
            people += circle.people;
            unlikely += circle.worth_asking + circle.last_resort;
        }
        let three = world.tertius.circles(&world.viewer, &From::Me, None).await.unwrap();
        assert_eq!(three.circles, answer.circles[..3]);
        let wrong = world.tertius.circles(&world.viewer, &From::Me, Some(5)).await.unwrap_err();
        assert!(wrong.to_string().contains("5 is not from 1 to 4"), "{wrong}");
    }
    assert!(people > 100 && unlikely > 20, "{people}, {unlikely}");
}

#[tokio::test]
async fn a_tie_with_whoever_is_named_opens_a_path_where_there_is_none() {
    let (mut opened, mut shut) = (0, 0);
    for seed in 0..10 {
        let world = World::made(seed, Limits::default(), 14).await;
        let (tertius, viewer) = (&world.tertius, &world.viewer);
        for target in (2..=PEOPLE).map(person) {
            let question = PathQuestion::to(To::Person(target));
            let answer = tertius.intro_paths(viewer, &question).await.unwrap();
            if answer.miss.is_none() {
                assert!(answer.openers.is_empty());
                continue;
            }
            shut += 1;
            assert!(answer.openers.len() <= 3);
            for &opener in &answer.openers {
                let (from, closeness) = (viewer.person(), Closeness::Good);
                let tie = SupposedChange::Tie { from: None, to: opener, closeness };
                let supposing = tertius.suppose(viewer, &[tie]).await.unwrap();
                let path = tertius.intro_paths(&supposing, &question).await.unwrap();
                let path = path.paths.into_nodes().swap_remove(0);
                assert_eq!(path.people(), [from, opener, target], "seed {seed}");
                opened += 1;
            }
        }
    }
    assert!(opened > 20 && shut > 40, "{opened}, {shut}");
}

#[tokio::test]
async fn a_question_says_what_would_make_another_path_the_first() {
    let house = House::shared();
    let asked = "{ introPaths(input: { to: { domain: \"globex.example\" } }, first: 10) {
        nodes { probability rise { hop probability } hops { probability } } } }";
    let answer = house.data(asked).await;
    let paths = answer["introPaths"]["nodes"].as_array().unwrap();
    let best = paths[0]["probability"].as_f64().unwrap();
    let mut risen = 0;
    for (place, path) in paths.iter().enumerate() {
        let Some(rise) = path["rise"].as_object() else { continue };
        assert!(place > 0, "the first cannot rise");
        let hop = &path["hops"][rise["hop"].as_u64().unwrap() as usize];
        let times = rise["probability"].as_f64().unwrap() / hop["probability"].as_f64().unwrap();
        let risen_to = path["probability"].as_f64().unwrap() * times;
        assert!((risen_to / best - 1.0).abs() < 1e-5, "{path}: {risen_to} is not {best}");
        risen += 1;
    }
    assert!(risen > 0, "{answer:#}");
}

#[tokio::test]
async fn the_ties_to_rate_are_those_whose_statement_betters_most_answers() {
    let mut bettered = 0;
    for seed in 0..16 {
        let world = World::made(seed, Limits::default(), 24).await;
        let (tertius, viewer) = (&world.tertius, &world.viewer);
        if seed % 2 == 1 {
            let never = vec![Holder::Company(CompanyId::new(2)), Holder::Person(person(5))];
            let limits = AskRulesDraft { never, ..AskRulesDraft::default() };
            tertius.set_ask_rules(viewer, limits).await.unwrap();
        }
        let list = ListId::new(1);
        let accounts = tertius.on_list(viewer, list).await.unwrap();
        let question = ReachQuestion::of(accounts.clone());
        let chances = async |viewer: &Viewer| -> Vec<f64> {
            let reached = tertius.reach(viewer, &question).await.unwrap();
            reached.into_iter().map(|one| one.path.map_or(0.0, |path| path.probability)).collect()
        };
        let today = chances(viewer).await;
        let mut expected = Vec::new();
        for to in (2..=PEOPLE).map(person) {
            let tie = tertius.receipts(viewer, &[(viewer.person(), to)]).await.unwrap().remove(0);
            let Some(tie) = tie else { continue };
            if tie.overridden.is_some() || tie.by_kind().iter().any(|kind| kind.0 == "statement") {
                continue;
            }
            let tie = SupposedChange::Tie { from: None, to, closeness: Closeness::Good };
            let then = chances(&tertius.suppose(viewer, &[tie]).await.unwrap()).await;
            let answers = then.iter().zip(&today).filter(|(then, today)| then > today).count();
            if answers > 0 {
                expected.push((to, answers));
            }
        }
        let found = tertius.ties_to_rate(viewer, Some(list), Some(100)).await.unwrap();
        assert_eq!(found.accounts, accounts.len());
        let order: Vec<usize> = found.ties.iter().map(|tie| tie.answers).collect();
        assert!(order.is_sorted_by(|a, b| a >= b), "{order:?}");
        let mut found: Vec<_> = found.ties.iter().map(|tie| (tie.person, tie.answers)).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "seed {seed}");
        bettered += found.len();
    }
    assert!(bettered > 10, "{bettered}");
}
