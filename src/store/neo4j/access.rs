//! Tokens, invitations, and the trail of what was done.

use async_trait::async_trait;
use neo4rs::{Row, query};

use super::{
    Neo4jStore,
    decode::{get, id, id_in, texts},
    error::backend,
    save::ids_of,
    told::Look,
};
use crate::{
    model::{
        AnyId, Author, ImportId, Invitation, InvitationId, Timestamp, Token, TokenId, Version,
        Versioned,
    },
    store::{Access, BatchNote, BatchesRequest, StoreResult, check_page, standing::author_text},
};

#[async_trait]
impl Access for Neo4jStore {
    async fn tokens_after(
        &self,
        after: Option<TokenId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Token>>> {
        check_page(limit)?;
        let any = TokenId::new(0).into();
        self.records_after((any, Look::NOW), after.map(Into::into), limit).await
    }

    async fn token_uses(&self, ids: &[TokenId]) -> StoreResult<Vec<Option<Timestamp>>> {
        check_page(ids.len())?;
        let find = query(
            "UNWIND range(0, size($ids) - 1) AS nth MATCH (t:Subject {id: $ids[nth]})
             RETURN nth, t.used_at AS at",
        );
        let mut uses = vec![None; ids.len()];
        for row in self.link().read(find.param("ids", texts(ids))).await? {
            let at: Option<i64> = get(&row, "at")?;
            uses[get::<usize>(&row, "nth")?] = at.map(Timestamp::from_ms);
        }
        Ok(uses)
    }

    async fn note_token_use(&self, id: TokenId, at: Timestamp) -> StoreResult<()> {
        let note = query(
            "MATCH (t:Token:Subject {id: $id}) WHERE t.used_at IS NULL OR t.used_at < $at
             SET t.used_at = $at",
        );
        let note = note.param("id", id.to_string()).param("at", at.as_ms());
        self.link().write_alone(note).await.map(drop)
    }

    async fn invitations(
        &self,
        ids: &[InvitationId],
    ) -> StoreResult<Vec<Option<Versioned<Invitation>>>> {
        self.records(ids).await
    }

    async fn invitations_after(
        &self,
        after: Option<InvitationId>,
        limit: usize,
    ) -> StoreResult<Vec<Versioned<Invitation>>> {
        check_page(limit)?;
        let any = InvitationId::new(0).into();
        self.records_after((any, Look::NOW), after.map(Into::into), limit).await
    }

    async fn batches(&self, request: BatchesRequest) -> StoreResult<Vec<BatchNote>> {
        check_page(request.limit)?;
        let find = query(
            "MATCH (b:Batch) WHERE b.version < $before AND b.at >= $since AND b.changed > 0
                 AND NOT b.quiet AND ($author IS NULL OR b.author = $author)
             RETURN b.id AS id, b.version AS version, b.author AS author, b.at AS at,
                 b.changed AS changed, b.import AS import, b.kinds AS kinds, b.ids AS ids
             ORDER BY version DESC LIMIT $limit",
        );
        let before = request.before.map_or(i64::MAX, |version| version.0 as i64);
        let find = find
            .param("before", before)
            .param("since", request.since.map_or(i64::MIN, Timestamp::as_ms))
            .param("author", request.author.map(author_text))
            .param("limit", request.limit as i64);
        self.link().read(find).await?.iter().map(note).collect()
    }
}

fn note(row: &Row) -> StoreResult<BatchNote> {
    let ids = ids_of(&get::<Vec<&str>>(row, "ids")?)?;
    let import = ids.iter().find_map(|id| match id {
        AnyId::ImportId(id) => Some(*id),
        _ => None,
    });
    let told = get::<Option<&str>>(row, "import")?.map(id::<ImportId>).transpose()?;
    Ok(BatchNote {
        id: id_in(row, "id")?,
        version: Version(get::<i64>(row, "version")?.unsigned_abs()),
        author: author(get(row, "author")?)?,
        at: Timestamp::from_ms(get(row, "at")?),
        changes: get::<i64>(row, "changed")?.unsigned_abs() as usize,
        kinds: get::<Vec<&str>>(row, "kinds")?.into_iter().map(kind).collect::<StoreResult<_>>()?,
        ids,
        import: told.or(import),
    })
}

fn author(text: &str) -> StoreResult<Author> {
    match text {
        "system" => Ok(Author::System),
        member => id(member).map(Author::Member),
    }
}

/// A kind and how many, as the trail has them.
fn kind(text: &str) -> StoreResult<(&'static str, usize)> {
    let parts = text.split_once(' ');
    let known = parts
        .and_then(|(kind, count)| Some((AnyId::of_kind(kind, 0)?.kind(), count.parse().ok()?)));
    known.ok_or_else(|| backend(format!("`{text}` is no count of a kind")))
}
