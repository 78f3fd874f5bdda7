//! Lists, members, tokens, introductions.

use super::prelude::*;
use crate::{
    model::{
        Ask, AskOfConnector, Attestation, Audience, Author, Calibration, CalibrationId, Change, Fitted, Import, ImportCounts, ImportId, Introduction, IntroductionId, IntroductionState,
        ListId, Member, MemberId, Name, Purpose, Revision, Role, Route, Source, SystemName, Timestamp, Token, TokenHash,
        TokenId, Versioned,
    },
    store::{PAGE_MAX, StoreError},
};

fn introduction(n: u128, state: IntroductionState, asks: &[(u128, Option<i64>)]) -> Introduction {
    let ask = |&(connector, day): &(u128, Option<i64>)| Ask {
        asked_at: day.map(|day| NOON.plus_ms(day * DAY_MS)),
        ..Ask::of(person(connector))
    };
    let asks = asks.iter().map(ask).collect();
    let route = Route::new(person(20), asks, person(21)).expect("different people");
    let purpose = Purpose::new("To talk").expect("a good purpose");
    Introduction::standing(IntroductionId::new(n), route, purpose, (state, NOON))
}

fn import_called(n: u128, name: &str) -> Import {
    Import {
        id: ImportId::new(n),
        name: Name::new(name).expect("a good name"),
        system: SystemName::new("table").expect("a good name"),
        author: Author::System,
        started_at: NOON,
        finished_at: None,
        undone_at: None,
        counts: ImportCounts::default(),
        excluded: std::collections::BTreeMap::new(),
        refused: Vec::new(),
    }
}

fn token(n: u8, member: MemberId) -> Token {
    Token {
        id: TokenId::new(n.into()),
        member,
        hash: TokenHash([n; 32]),
        name: None,
        role: Role::Viewer,
        scopes: crate::model::Scopes::default(),
        created_at: NOON,
        expires_at: Some(NOON.plus_ms(DAY_MS)),
        revoked_at: None,
    }
}

cases! { $ __store_cases_of_records;
    async fn lists_come_by_id_with_gaps_and_their_revision_grows_with_each_change(place) {
        let store = populated(place).await?;
        let private = crate::model::List {
            audience: Audience::private(member(1)),
            ..list_called(1, "Dreams")
        };
        apply(&*store, 2, [Change::PutList(private.clone())]).await?;
        apply(&*store, 3, [Change::PutList(private.clone()), tell(on_list(1, 1))]).await?;
        let found = store.lists(&[list(404), list(1)]).await?;
        assert_eq!(found, [None, Some(Versioned { value: private, revision: Revision(2) })]);
    }

    async fn all_lists_come_in_order_of_id_up_to_a_page(place) {
        let store = populated(place).await?;
        let ids = || (1..=PAGE_MAX as u128).rev();
        let put = ids().map(|n| Change::PutList(list_called(n, &format!("List {n}"))));
        apply(&*store, 2, put.collect::<Vec<_>>()).await?;
        let all: Vec<ListId> = store.all_lists().await?.iter().map(|list| list.value.id).collect();
        assert_eq!(all, (1..=PAGE_MAX as u128).map(list).collect::<Vec<_>>());
        apply(&*store, 3, [Change::PutList(list_called(5_000, "One too many"))]).await?;
        let said = store.all_lists().await;
        assert!(matches!(said, Err(StoreError::BadBatch(_))), "never a part for the whole");
    }

    async fn members_come_by_id_and_all_in_order(place) {
        let store = populated(place).await?;
        let ben = Member { role: Role::Admin, active: false, ..member_called(2, "ben") };
        apply(&*store, 2, [Change::PutMember(ben.clone())]).await?;
        let ana = Versioned { value: member_called(1, "ana"), revision: Revision(1) };
        let ben = Versioned { value: ben, revision: Revision(2) };
        let found = store.members(&[member(2), member(404), member(1)]).await?;
        assert_eq!(found, [Some(ben.clone()), None, Some(ana.clone())]);
        assert_eq!(store.all_members().await?, [ana, ben]);
    }

    async fn a_token_is_found_by_its_hash_as_it_is_now(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [Change::PutToken(token(7, member(1)))]).await?;
        assert_eq!(store.token(TokenHash([7; 32])).await?, Some(token(7, member(1))));
        assert_eq!(store.token(TokenHash([8; 32])).await?, None);
        let revoked = Token { revoked_at: Some(NOON), ..token(7, member(1)) };
        apply(&*store, 3, [Change::PutToken(revoked.clone())]).await?;
        assert_eq!(store.token(TokenHash([7; 32])).await?, Some(revoked));
    }

    async fn a_token_of_nobody_or_with_the_hash_of_another_is_refused(place) {
        let store = populated(place).await?;
        let said = apply(&*store, 2, [Change::PutToken(token(7, member(404)))]).await;
        assert!(matches!(said, Err(StoreError::Missing(id)) if id == member(404).into()));
        apply(&*store, 3, [Change::PutToken(token(7, member(1)))]).await?;
        let double = Token { id: TokenId::new(8), ..token(7, member(2)) };
        let said = apply(&*store, 4, [Change::PutToken(double)]).await;
        assert!(matches!(said, Err(StoreError::BadBatch(_))));
    }

    async fn introductions_come_by_id_with_gaps_as_they_are_now(place) {
        let store = populated(place).await?;
        let draft = introduction(7, IntroductionState::Draft, &[(2, None)]);
        apply(&*store, 2, [Change::PutIntroduction(draft)]).await?;
        let sent = introduction(7, IntroductionState::AskedConnector, &[(2, Some(0))]);
        apply(&*store, 3, [Change::PutIntroduction(sent.clone())]).await?;
        let ids = [IntroductionId::new(404), IntroductionId::new(7)];
        let found = store.introductions(&ids).await?;
        assert_eq!(found, [None, Some(Versioned { value: sent, revision: Revision(2) })]);
    }

    async fn an_introduction_of_somebody_unknown_is_refused(place) {
        let store = populated(place).await?;
        let unknown = introduction(7, IntroductionState::Draft, &[(404, None)]);
        let said = apply(&*store, 2, [Change::PutIntroduction(unknown)]).await;
        assert!(matches!(said, Err(StoreError::Missing(id)) if id == person(404).into()));
    }

    async fn askings_come_by_connector_then_time_and_say_whether_they_are_open(place) {
        let store = populated(place).await?;
        let put = [
            introduction(1, IntroductionState::AskedTarget, &[(5, Some(-1)), (2, Some(-3))]),
            introduction(2, IntroductionState::Closed, &[(2, Some(-9)), (3, None)]),
            introduction(3, IntroductionState::Expired, &[(5, Some(-5))]),
        ];
        apply(&*store, 2, put.map(Change::PutIntroduction)).await?;
        let ask = |connector, day: i64, open| AskOfConnector {
            connector: person(connector),
            at: NOON.plus_ms(day * DAY_MS),
            open,
        };
        let all = [ask(2, -9, false), ask(2, -3, true), ask(5, -5, false), ask(5, -1, true)];
        assert_eq!(store.asks_since(Timestamp::from_ms(0)).await?, all);
        let since = NOON.plus_ms(-5 * DAY_MS);
        assert_eq!(store.asks_since(since).await?, all[1..], "the moment itself counts");
        let over = introduction(1, IntroductionState::Withdrawn, &[(5, Some(-1))]);
        apply(&*store, 3, [Change::PutIntroduction(over)]).await?;
        let expected = [ask(5, -5, false), ask(5, -1, false)];
        assert_eq!(store.asks_since(since).await?, expected);
    }

    async fn more_records_than_a_page_are_refused(place) {
        let store = populated(place).await?;
        let numbers = || 0..=PAGE_MAX as u128;
        let refused = [
            store.lists(&numbers().map(list).collect::<Vec<_>>()).await.map(drop),
            store.members(&numbers().map(member).collect::<Vec<_>>()).await.map(drop),
            store
                .introductions(&numbers().map(IntroductionId::new).collect::<Vec<_>>())
                .await
                .map(drop),
        ];
        assert!(refused.iter().all(|said| matches!(said, Err(StoreError::BadBatch(_)))));
    }

    async fn calibrations_come_after_an_id_in_order(place) {
        let store = populated(place).await?;
        let fitted = Fitted::new([3, 90], Some([0.1 + 0.2, -1.5]))?;
        let calibration = |n: u128, author| Calibration {
            id: CalibrationId::new(n),
            fitted_on: NOON.day(),
            horizon_days: 60,
            pairs: 700,
            fitted,
            author,
        };
        let (one, two) = (calibration(1, Author::System), calibration(2, Author::Member(member(1))));
        let changes = [Change::PutCalibration(two.clone()), Change::PutCalibration(one.clone())];
        apply(&*store, 2, changes).await?;
        let read = |after, limit| store.calibrations_after(after, limit);
        let all: Vec<_> = read(None, 9).await?.into_iter().map(|c| c.value).collect();
        assert_eq!(all, [one.clone(), two.clone()]);
        let later: Vec<_> = read(Some(one.id), 9).await?.into_iter().map(|c| c.value).collect();
        assert_eq!(later, [two]);
        assert_eq!(read(None, 1).await?.len(), 1);
        let by_nobody = calibration(3, Author::Member(member(404)));
        let said = apply(&*store, 3, [Change::PutCalibration(by_nobody)]).await;
        assert!(matches!(said, Err(StoreError::Missing(id)) if id == member(404).into()));
    }

    async fn an_import_is_kept_with_its_counts(place) {
        let store = populated(place).await?;
        let counts = ImportCounts { read: 3, new: 2, refused: 1, ..ImportCounts::default() };
        let import = Import { counts, ..import_called(2, "two.csv") };
        let changes = [Change::PutImport(import.clone()), Change::PutImport(import_called(1, "one.csv"))];
        apply(&*store, 2, changes).await?;
        let all: Vec<Import> = store.all_imports().await?.into_iter().map(|i| i.value).collect();
        assert_eq!(all, [import_called(1, "one.csv"), import]);
    }

    async fn what_an_import_told_is_found_until_it_is_taken_back(place) {
        let store = populated(place).await?;
        let from = |n: u128| {
            let told = to_team();
            let source = Source { import: Some(ImportId::new(n)), ..told.source.clone() };
            Attestation { source, ..told }
        };
        let (ana, ben) = (called(1, "Ana"), called(2, "Ben"));
        apply(&*store, 2, [
            tell_by(ben.clone(), from(1)),
            tell_by(ana.clone(), from(1)),
            tell_by(ana.clone(), from(2)),
            tell(called(3, "Cem")),
        ])
        .await?;
        let told = |n: u128| store.told_by_import(ImportId::new(n), 10);
        assert_eq!(told(1).await?, [id_of(ben.clone()), id_of(ana.clone())]);
        assert_eq!(told(2).await?, [id_of(ana.clone())]);
        assert_eq!(told(3).await?, []);
        assert_eq!(store.told_by_import(ImportId::new(1), 1).await?, [id_of(ben.clone())]);
        apply(&*store, 3, [Change::retract(id_of(ben), &from(1))]).await?;
        assert_eq!(told(1).await?, [id_of(ana)], "the other import has nothing to do with it");
    }
}
