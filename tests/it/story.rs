//! The demo's answers, word for word.

use tertius::cli::Demo;

use crate::support::House;

#[tokio::test]
async fn the_demo_tells_its_story() {
    let house = House::shared();
    let mira = house.viewer("mira").await;
    let story = Demo::new(&house.tertius, &mira).tell().await.unwrap();
    insta::assert_snapshot!(anstream::adapter::strip_str(&story));
}

#[tokio::test]
async fn two_members_get_different_answers_to_the_same_question() {
    let house = House::shared();
    let (mira, tom) = (house.viewer("mira").await, house.viewer("tom").await);
    let told = |viewer| async move { Demo::new(&house.tertius, viewer).tell().await.unwrap() };
    assert_ne!(told(&mira).await, told(&tom).await);
}
