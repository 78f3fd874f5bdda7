//! The network is kept in a file, so that a restart need not fold it: nothing may rest on that file.

use std::{os::unix::fs::MetadataExt as _, path::PathBuf, sync::Arc};

use serde_json::Value;
use tertius::{
    http::{Door, router},
    model::PersonId,
    service::{
        Foundations, SeededIds, Snapshots, StatementDraft, Tertius, ToErase, Viewer, sample_now,
    },
    store::{SnapshotFile, sqlite::SqliteStore},
};

use crate::support::{House, ask};

/// A store whose network is kept in a file.
struct Place {
    house: House,
    ids: std::cell::Cell<u64>,
}

impl Place {
    async fn new() -> Self {
        Self { house: House::own().await, ids: std::cell::Cell::new(100) }
    }

    fn file(&self) -> PathBuf {
        self.house.folder().join("tertius.sqlite.network")
    }

    /// Which file it is: one that is written again is another.
    fn number(&self) -> Option<u64> {
        self.file().metadata().ok().map(|file| file.ino())
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).unwrap()
    }

    async fn start_over(&self, store: Arc<SqliteStore>, ties_min: usize) -> Arc<Tertius> {
        self.ids.set(self.ids.get() + 1);
        let foundations = Foundations {
            store,
            clock: self.house.clock.clone(),
            ids: Arc::new(SeededIds::new(self.ids.get())),
            limits: tertius::config::Limits::default(),
        };
        let snapshots = Snapshots::in_file(SnapshotFile::at(self.file()), ties_min);
        Arc::new(Tertius::open_with(foundations, snapshots).await.unwrap())
    }

    async fn start(&self) -> Arc<Tertius> {
        self.start_over(Arc::clone(&self.house.store), 1).await
    }

    /// A process comes, has kept the network, and is gone.
    async fn once(&self) {
        drop(self.start().await);
    }
}

async fn mira(tertius: &Tertius) -> Viewer {
    tertius.viewer_by_login("mira").await.unwrap()
}

/// What a process says of paths, strengths and acquaintances.
async fn answers(tertius: &Arc<Tertius>) -> Value {
    let routes = router(Door::open(Arc::clone(tertius), mira(tertius).await));
    let query = r#"{
        introPaths(input: { to: { domain: "globex.example" } }) {
            nodes { probability people { name } rise { hop probability } }
        }
        knows(input: {}) { nodes { target { name } willingness tie { strength } } }
        circles(maxSteps: 3) { circles { people } }
    }"#;
    let answer = ask(&routes, query).await;
    assert_eq!(answer["errors"], Value::Null);
    answer
}

async fn two_strangers(tertius: &Tertius) -> [PersonId; 2] {
    let mira = mira(tertius).await;
    let page = tertius::service::PageRequest { first: Some(60), after: None };
    let page = tertius.people_page(&mira, &page).await.unwrap();
    let me = mira.person();
    let ids: Vec<PersonId> = page.entries.iter().map(|(_, person)| person.id).collect();
    let pairs: Vec<_> = ids.iter().map(|&id| (me.min(id), me.max(id))).collect();
    let receipts = tertius.receipts(&mira, &pairs).await.unwrap();
    let strangers = ids.iter().zip(receipts).filter(|(id, tie)| **id != me && tie.is_none());
    [me, *strangers.map(|(id, _)| id).next().expect("nobody knows everybody")]
}

#[tokio::test]
async fn a_restart_reads_what_was_kept_and_says_the_same() {
    let place = Place::new().await;
    let expected = answers(&place.house.tertius).await;
    place.once().await;
    let kept = place.number().expect("it is kept");
    let again = place.start().await;
    assert_eq!(answers(&again).await, expected);
    drop(again);
    assert_eq!(place.number(), Some(kept), "it was read, not folded and written again");
}

#[tokio::test]
async fn what_was_written_since_is_followed_after_what_was_kept() {
    let place = Place::new().await;
    let live = place.start().await;
    let [from, to] = two_strangers(&live).await;
    let closeness = tertius::model::Closeness::Close;
    let draft = StatementDraft { from: Some(from), to, closeness };
    live.state_tie(&mira(&live).await, draft).await.unwrap();
    let (expected, size) = (answers(&live).await, live.network_size());
    drop(live);
    let kept = place.number();
    let again = place.start().await;
    assert_eq!((answers(&again).await, again.network_size()), (expected, size));
    drop(again);
    assert_eq!(place.number(), kept);
}

#[tokio::test]
async fn a_damaged_or_cut_file_is_thrown_away_and_made_again_to_the_byte() {
    let place = Place::new().await;
    let expected = answers(&place.house.tertius).await;
    place.once().await;
    let whole = place.bytes();
    let step = whole.len() / 50;
    let damages = (0..50).map(|n| {
        let mut damaged = whole.clone();
        damaged[n * step] ^= 0x40;
        damaged
    });
    let cuts = [0, 31, 64, whole.len() / 2, whole.len() - 1].map(|at| whole[..at].to_vec());
    for (at, damaged) in damages.chain(cuts).enumerate() {
        std::fs::write(place.file(), damaged).unwrap();
        let again = place.start().await;
        if at % 10 == 0 {
            assert_eq!(answers(&again).await, expected, "damage {at}");
        }
        drop(again);
        assert!(place.bytes() == whole, "damage {at}");
    }
}

#[tokio::test]
async fn a_new_day_and_a_new_epoch_make_it_anew() {
    let place = Place::new().await;
    place.once().await;
    let first = place.bytes();
    place.house.clock.set(sample_now().plus_ms(3 * 86_400_000));
    place.once().await;
    let second = place.bytes();
    assert!(first != second);
    let live = place.start().await;
    live.begin_epoch().await.unwrap();
    drop(live);
    let kept = place.number();
    place.once().await;
    assert_eq!(place.number(), kept, "the last epoch's fold is the one that is kept");
}

#[tokio::test]
async fn whoever_is_erased_is_in_no_kept_network() {
    let place = Place::new().await;
    let live = place.start().await;
    let ines = live.viewer_by_login("ines").await.unwrap();
    let [_, whom] = two_strangers(&live).await;
    drop(live);
    let bytes = whom.value().to_le_bytes();
    let holds = |bytes: &[u8], id: &[u8]| bytes.windows(16).any(|window| window == id);
    assert!(holds(&place.bytes(), &bytes));
    let live = place.start().await;
    live.erase_person(&ines, &ToErase::Person(whom), "asked for it").await.unwrap();
    drop(live);
    assert!(!holds(&place.bytes(), &bytes));
    // Where the network is too small to be kept, what was kept goes too.
    place.once().await;
    place.house.clock.set(sample_now().plus_ms(86_400_000));
    drop(place.start_over(Arc::clone(&place.house.store), usize::MAX).await);
    assert_eq!(place.number(), None);
}

#[tokio::test]
async fn a_store_that_was_put_back_and_came_to_the_same_version_otherwise_is_another() {
    let place = Place::new().await;
    let copy = place.house.folder().join("copy.sqlite");
    SqliteStore::back_up(&place.house.folder().join("tertius.sqlite"), &copy).unwrap();
    let live = place.start().await;
    let [from, to] = two_strangers(&live).await;
    let say = async |tertius: &Tertius, closeness| {
        let draft = StatementDraft { from: Some(from), to, closeness };
        tertius.state_tie(&mira(tertius).await, draft).await.unwrap();
        tertius.begin_epoch().await.unwrap();
        tertius.version()
    };
    let version = say(&live, tertius::model::Closeness::Close).await;
    drop(live);
    let kept = place.bytes();
    // The other life of the copy, which has no kept network of its own yet.
    let other = Arc::new(SqliteStore::open(&copy).unwrap());
    let live = place.start_over(Arc::clone(&other), usize::MAX).await;
    assert_eq!(say(&live, tertius::model::Closeness::Weak).await, version);
    let expected = answers(&live).await;
    drop(live);
    std::fs::write(place.file(), kept).unwrap();
    let again = place.start_over(other, 1).await;
    assert_eq!(answers(&again).await, expected);
}

#[tokio::test]
async fn where_nothing_can_be_kept_the_network_is_folded() {
    let place = Place::new().await;
    std::fs::create_dir(place.file()).unwrap();
    let expected = answers(&place.house.tertius).await;
    let live = place.start().await;
    assert_eq!(answers(&live).await, expected);
}
