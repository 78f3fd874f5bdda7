//! Clusters from outside: what joins whom, the same for every member.

use std::collections::BTreeSet;

use tertius::{
    http::{Door, router},
    model::{Day, PersonId},
    service::{MapView, ServiceError},
};

use crate::support::{House, ask};

const MAP: &str = "
    resolution { resolution isDefault stability clusters }
    resolutions { resolution isDefault clusters }
    clusters(first: 50) { nodes {
        name size cohesion conductance traits { kind label inside outside zScore }
        members(first: 3) { nodes { id name cluster { name } } }
    } }";

async fn map(house: &House, login: &str, resolution: Option<f64>) -> MapView {
    house.tertius.clusters(&house.viewer(login).await, resolution).await.unwrap()
}

#[tokio::test]
async fn clusters_have_names_of_their_own_and_say_what_joins_them() {
    let map = &House::shared().data(&format!("{{ clusters {{ {MAP} }} }}")).await["clusters"];
    let clusters = map["clusters"]["nodes"].as_array().unwrap();
    let names: BTreeSet<&str> = clusters.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(clusters.len() >= 3 && names.len() == clusters.len(), "{clusters:#?}");
    assert!(clusters.iter().any(|one| !one["traits"].as_array().unwrap().is_empty()));
    for cluster in clusters {
        assert!(cluster["size"].as_u64().unwrap() >= 3, "{cluster}");
        for share in ["cohesion", "conductance"] {
            assert!((0.0..=1.0).contains(&cluster[share].as_f64().unwrap()), "{cluster}");
        }
        for found in cluster["traits"].as_array().unwrap() {
            assert!(
                found["zScore"].as_f64().unwrap() >= 1.96 && found["inside"].as_u64() >= Some(2)
            );
        }
        for member in cluster["members"]["nodes"].as_array().unwrap() {
            assert_eq!(member["cluster"]["name"], cluster["name"]);
        }
    }
    let defaults = map["resolutions"].as_array().unwrap().iter();
    let defaults: Vec<_> = defaults.filter(|one| one["isDefault"] == true).collect();
    assert_eq!(defaults.len(), 1);
    assert_eq!(defaults[0]["resolution"], map["resolution"]["resolution"]);
}

#[tokio::test]
async fn everybody_gets_the_same_map_and_another_process_draws_it_again() {
    let house = House::own().await;
    let mira = map(&house, "mira", None).await;
    assert_eq!(mira, map(&house, "tom", None).await);
    let twin = house.twin().await;
    assert_eq!(mira, twin.clusters(&house.viewer("mira").await, None).await.unwrap());
    let finer = map(&house, "mira", Some(5.0)).await;
    assert!(finer.clusters.len() > map(&house, "mira", Some(0.5)).await.clusters.len());
}

#[tokio::test]
async fn every_cluster_is_connected_in_the_ties_that_the_team_sees() {
    let house = House::shared();
    let viewer = house.viewer("mira").await;
    for resolution in [0.5, 5.0] {
        let map = map(house, "mira", Some(resolution)).await;
        let mut seen: BTreeSet<PersonId> = BTreeSet::new();
        for cluster in map.clusters.iter().filter(|one| one.members.len() <= 60) {
            assert!(cluster.members.iter().all(|&one| seen.insert(one)), "nobody is in two");
            let mut reached = vec![cluster.members[0]];
            let mut left: BTreeSet<PersonId> = cluster.members[1..].iter().copied().collect();
            let mut next = 0;
            while let Some(&one) = reached.get(next) {
                next += 1;
                let pairs: Vec<_> = left.iter().map(|&o| (one.min(o), one.max(o))).collect();
                for (&(low, high), tie) in
                    pairs.iter().zip(house.tertius.receipts(&viewer, &pairs).await.unwrap())
                {
                    let other = if low == one { high } else { low };
                    if tie.is_some() && left.remove(&other) {
                        reached.push(other);
                    }
                }
            }
            assert!(left.is_empty(), "{} is in pieces at {resolution}", cluster.name);
        }
    }
}

#[tokio::test]
async fn a_past_day_has_the_map_of_that_day() {
    let house = House::own().await;
    let viewer = house.viewer("mira").await;
    let day: Day = house.tertius.today().plus(-90);
    let then = house.tertius.clusters(&viewer.as_of(Some(day)), None).await.unwrap();
    assert!(then.clusters.iter().all(|one| one.as_of.day == Some(day)));
    let then_again = House::ending_on(day).await;
    let names = |map: &MapView| map.clusters.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&then), names(&map(&then_again, "mira", None).await));
}

#[tokio::test]
async fn a_resolution_that_is_not_offered_is_refused_with_those_that_are() {
    let house = House::shared();
    let refused = house.tertius.clusters(&house.viewer("mira").await, Some(4.0)).await;
    assert!(matches!(&refused, Err(ServiceError::Invalid { .. })), "{refused:?}");
    let routes = router(Door::open(house.tertius.clone(), house.viewer("mira").await));
    let answer = ask(&routes, "{ clusters(resolution: 4) { peopleInNone } }").await;
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("resolution") && message.contains("0.5, 1, 2, 3, 5"), "{message}");
}
