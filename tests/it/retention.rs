//! Evidence that is older than it is kept goes, and does not come in.

use std::collections::BTreeMap;

use tertius::{
    config::Limits,
    service::{Clock as _, ImportReport},
    store::Store as _,
};

use crate::imports::{Desk, assert_equal};

/// Mails of a little more, and of a little less, than two years ago.
const OLD: &str = "2024-11-19T09:00:00Z,ana@globex.example,bo@initech.example,mail\n";
const NEW: &str = "2024-11-21T09:00:00Z,bo@initech.example,ana@globex.example,mail\n";

fn two_years() -> Limits {
    Limits { evidence_years: Some(2), ..Limits::default() }
}

async fn import(desk: &Desk, rows: &[&str]) -> ImportReport {
    let file = desk.folder.path().join("mails.csv");
    std::fs::write(&file, format!("at,from,to,kind\n{}", rows.concat())).unwrap();
    desk.import(&file).await
}

async fn evidence(desk: &Desk) -> BTreeMap<String, String> {
    let mut export = desk.export().await;
    export.retain(|name, _| name.contains("edges") || name.contains("evidence"));
    assert!(!export.is_empty(), "no evidence");
    export
}

#[tokio::test]
async fn what_is_older_than_it_is_kept_does_not_come_in_and_the_report_says_so() {
    let desk = Desk::within(two_years()).await;
    let counts = import(&desk, &[OLD, NEW]).await.import.counts;
    assert_eq!((counts.new, counts.excluded), (1, 1));
    let plain = Desk::new().await;
    import(&plain, &[NEW]).await;
    assert_equal(&evidence(&desk).await, &evidence(&plain).await, "new evidence alone");
}

#[tokio::test]
async fn what_has_become_older_than_it_is_kept_goes_from_the_file_and_the_network() {
    let desk = Desk::new().await;
    import(&desk, &[OLD, NEW]).await;
    let desk = desk.restarted_within(two_years()).await;
    desk.tertius.forget_old_evidence().await.unwrap();
    let plain = Desk::new().await;
    import(&plain, &[NEW]).await;
    assert_equal(&evidence(&desk).await, &evidence(&plain).await, "after a restart");
    assert_eq!(desk.tertius.network_size(), plain.tertius.network_size());
    // Two days on, the other one is too old.
    desk.clock.set(desk.clock.now().plus_ms(2 * 86_400_000));
    desk.tertius.keep_up().await.unwrap();
    assert_eq!(desk.tertius.network_size().1, 0, "of no evidence no tie is left");
    assert_eq!(desk.store.check().await.unwrap(), [""; 0]);
    let bytes = std::fs::read(desk.folder.path().join("it.sqlite")).unwrap();
    assert!(!bytes.windows(10).any(|at| at == b"2024-11-19" || at == b"2024-11-21"));
    let version = desk.store.version().await.unwrap();
    desk.tertius.keep_up().await.unwrap();
    assert_eq!(desk.store.version().await.unwrap(), version, "nothing to do writes nothing");
}
