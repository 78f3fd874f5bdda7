//! Who worked at the same company at the same time may know each other; nobody says so.

use tertius::{
    model::PersonId,
    service::{PathAnswer, PathQuestion, RiskKind, To},
};

use crate::imports::Desk;

/// Ana and Bo were at Orbit together, Cy came after Ana had left, Dee is at a company of many.
async fn desk() -> Desk {
    let desk = Desk::new().await;
    let mut jobs = String::from("Name,Email,Company,Title,Started On,Finished On\n");
    for (name, company, from, to) in [
        ("Ana Holm", "Orbit", "2018-01-01", "2020-06-30"),
        ("Bo Lind", "Orbit", "2020-01-01", ""),
        ("Cy Moss", "Orbit", "2021-01-01", ""),
        ("Ana Holm", "Anthill", "2020-07-01", ""),
        ("Dee Nash", "Anthill", "2020-07-01", ""),
    ] {
        let address = name.split(' ').next().unwrap().to_lowercase();
        jobs += &row(name, &address, company, from, to);
    }
    for n in 0..200 {
        jobs += &row(&format!("Ant {n}"), &format!("ant{n}"), "Anthill", "2020-07-01", "");
    }
    let path = desk.folder.path().join("people.csv");
    std::fs::write(&path, jobs).unwrap();
    desk.import(&path).await;
    desk
}

fn row(name: &str, address: &str, company: &str, from: &str, to: &str) -> String {
    format!("{name},{address}@mail.example,{company},Engineer,{from},{to}\n")
}

async fn id(desk: &Desk, address: &str) -> PersonId {
    let address = format!("{address}@mail.example");
    let found = desk.tertius.person_by_identifier(&desk.viewer, "email", &address).await;
    found.unwrap().unwrap().id
}

async fn path(desk: &Desk, to: &str, inferred: bool) -> PathAnswer {
    let mut question = PathQuestion::to(To::Person(id(desk, to).await));
    question.from = tertius::service::From::People(vec![id(desk, "ana").await]);
    question.inferred = inferred;
    desk.tertius.intro_paths(&desk.viewer, &question).await.unwrap()
}

#[tokio::test]
async fn colleagues_of_one_time_are_walked_only_where_it_is_asked_for_and_labelled() {
    let desk = desk().await;
    assert!(path(&desk, "bo", false).await.paths.entries.is_empty(), "off unless asked for");
    let answer = path(&desk, "bo", true).await;
    let (_, best) = &answer.paths.entries[0];
    assert!((best.probability - 0.04).abs() < 1e-6, "{}", best.probability);
    let receipt = &best.hops[0].receipt;
    assert!(receipt.inferred && receipt.evidence.is_empty() && !receipt.more_hidden);
    assert!(best.risks.iter().any(|risk| risk.kind == RiskKind::Inferred), "{:?}", best.risks);
    let steps = |answer: &PathAnswer| answer.paths.entries.first().map(|(_, path)| path.hops.len());
    assert_eq!(steps(&path(&desk, "cy", true).await), Some(2), "Cy came after Ana had left");
    assert_eq!(steps(&path(&desk, "dee", true).await), None, "too many work there to say anything");
    let (ana, bo) = (id(&desk, "ana").await, id(&desk, "bo").await);
    let tie = desk.tertius.receipts(&desk.viewer, &[(ana, bo)]).await.unwrap();
    assert_eq!(tie, [None], "it is no tie");
}
