//! Tokens, invitations, and the trail of what was done.

use super::prelude::*;
use crate::{
    model::{
        AnyId, Attestation, Author, Change, ImportId, Invitation, InvitationId, MemberId, Revision,
        Role, Scope, Scopes, Source, Timestamp, Token, TokenHash, TokenId, Version, Versioned,
    },
    store::{BatchNote, BatchesRequest, StoreError},
};

fn token(n: u8, member: MemberId) -> Token {
    Token {
        id: TokenId::new(n.into()),
        member,
        hash: TokenHash([n; 32]),
        name: None,
        role: Role::Member,
        scopes: [Scope::Read].into_iter().collect::<Scopes>(),
        created_at: NOON,
        expires_at: None,
        revoked_at: None,
    }
}

fn invitation(n: u8, by: MemberId) -> Invitation {
    let hash = TokenHash([n; 32]);
    Invitation {
        id: Invitation::id_of(hash),
        hash,
        by,
        role: Role::Viewer,
        login: None,
        addresses: Vec::new(),
        person: None,
        created_at: NOON,
        expires_at: NOON.plus_ms(DAY_MS),
        redeemed_by: None,
        withdrawn_at: None,
    }
}

fn all(limit: usize) -> BatchesRequest {
    BatchesRequest { before: None, author: None, since: None, limit }
}

cases! { $ __store_cases_of_access;
    async fn tokens_come_after_an_id_in_order(place) {
        let store = populated(place).await?;
        let (one, two) = (token(1, member(1)), token(2, member(2)));
        apply(&*store, 2, [Change::PutToken(two.clone()), Change::PutToken(one.clone())]).await?;
        let first = Versioned { value: one.clone(), revision: Revision(1) };
        assert_eq!(store.tokens_after(None, 1).await?, [first]);
        let second = Versioned { value: two, revision: Revision(1) };
        assert_eq!(store.tokens_after(Some(one.id), 10).await?, [second]);
        let said = store.tokens_after(None, crate::store::PAGE_MAX + 1).await;
        assert!(matches!(said, Err(StoreError::BadBatch(_))));
    }

    async fn a_use_of_a_token_is_noted_and_is_no_change(place) {
        let store = populated(place).await?;
        apply(&*store, 2, [Change::PutToken(token(1, member(1)))]).await?;
        let (version, ids) = (store.version().await?, [TokenId::new(1), TokenId::new(404)]);
        assert_eq!(store.token_uses(&ids).await?, [None, None]);
        let later = NOON.plus_ms(60_000);
        store.note_token_use(ids[0], later).await?;
        store.note_token_use(ids[0], NOON).await?;
        store.note_token_use(ids[1], NOON).await?;
        assert_eq!(store.token_uses(&ids).await?, [Some(later), None], "the later one stays");
        assert_eq!(store.version().await?, version);
        assert_eq!(store.tokens_after(None, 10).await?[0].revision, Revision(1));
    }

    async fn invitations_come_by_id_and_after_an_id_as_they_are_now(place) {
        let store = populated(place).await?;
        let (one, two) = (invitation(1, member(1)), invitation(2, member(2)));
        apply(&*store, 2, [Change::PutInvitation(two.clone()), Change::PutInvitation(one.clone())])
            .await?;
        let used = Invitation { redeemed_by: Some(member(2)), ..one.clone() };
        apply(&*store, 3, [Change::PutInvitation(used.clone())]).await?;
        let used = Versioned { value: used, revision: Revision(2) };
        let found = store.invitations(&[InvitationId::new(404), one.id]).await?;
        assert_eq!(found, [None, Some(used.clone())]);
        let two = Versioned { value: two, revision: Revision(1) };
        assert_eq!(store.invitations_after(None, 10).await?, [used, two.clone()]);
        assert_eq!(store.invitations_after(Some(one.id), 1).await?, [two]);
        let said = apply(&*store, 4, [Change::PutInvitation(invitation(3, member(404)))]).await;
        assert!(matches!(said, Err(StoreError::Missing(id)) if id == member(404).into()));
    }

    async fn batches_that_changed_something_are_noted_the_newest_first(place) {
        let store = populated(place).await?;
        let before = store.version().await?;
        apply(&*store, 2, [Change::PutToken(token(1, member(1)))]).await?;
        apply(&*store, 3, [Change::PutToken(token(1, member(1)))]).await?;
        let told = to_team();
        let source = Source { import: Some(ImportId::new(7)), ..told.source.clone() };
        let told = Attestation { source, ..told };
        apply(&*store, 4, [tell_by(called(1, "Ana"), told)]).await?;
        let notes: Vec<BatchNote> = store.batches(all(2)).await?;
        let versions: Vec<Version> = notes.iter().map(|note| note.version).collect();
        assert_eq!(versions, [Version(before.0 + 2), Version(before.0 + 1)], "the second changed nothing");
        assert_eq!(notes[0].kinds, [("person", 1)]);
        assert_eq!(notes[0].import, Some(ImportId::new(7)));
        let ids: [AnyId; 1] = [TokenId::new(1).into()];
        assert_eq!((notes[1].ids.as_slice(), notes[1].import), (&ids[..], None));
        assert_eq!(notes[1].changes, 1);
        let rest = BatchesRequest { before: Some(notes[1].version), ..all(100) };
        let rest = store.batches(rest).await?;
        assert_eq!(rest.first().map(|note| note.version), Some(before));
        assert_eq!(rest.last().map(|note| note.version), Some(Version(1)));
        let nobody = Author::Member(member(404));
        let nobodys = BatchesRequest { author: Some(nobody), ..all(10) };
        assert_eq!(store.batches(nobodys).await?, []);
        let never = BatchesRequest { since: Some(Timestamp::from_ms(i64::MAX)), ..all(10) };
        assert_eq!(store.batches(never).await?, []);
    }
}
