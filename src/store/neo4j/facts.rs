//! Facts, and the people and companies that they make.

use std::collections::HashMap;

use neo4rs::{Row, query};

use super::{
    Neo4jStore,
    decode::{get, id_in, texts},
    derived::{EMPLOYMENT, EVIDENCE},
    expect::TOLD_TO,
    told::{COLUMNS, Kept, Look},
};
use crate::{
    model::{
        AnyId, Claim, Company, CompanyId, EmploymentId, Fact, FactId, ImportId, ListId, Person,
        PersonId, Revision,
    },
    store::{StoreResult, check_page, standing::first_revision},
};

/// What there is about somebody.
struct About {
    revision: Revision,
    /// What stands, in order of telling.
    facts: Vec<Fact>,
}

/// A fact, and the version and place since which it stands.
type Since = ((i64, i64), Fact);

/// Which facts about somebody are wanted.
#[derive(Debug, Clone, Copy)]
enum Kinds {
    /// All that is filed: evidence is not.
    All,
    /// Employments alone.
    Employments,
    /// All but employments.
    Others,
}

impl Kinds {
    /// The condition on a fact `f`.
    fn condition(self) -> String {
        match self {
            Self::All => "true".to_owned(),
            Self::Employments => format!("f.kind = '{EMPLOYMENT}'"),
            Self::Others => format!("f.kind <> '{EMPLOYMENT}'"),
        }
    }
}

impl Neo4jStore {
    /// What there is about each id, with gaps.
    async fn about<Id: Copy + Into<AnyId>>(
        &self,
        ids: &[Id],
        kinds: Kinds,
    ) -> StoreResult<Vec<Option<About>>> {
        check_page(ids.len())?;
        let look = self.look();
        let ids: Vec<AnyId> = ids.iter().map(|id| (*id).into()).collect();
        let revisions = self.revisions(&ids, look).await?;
        let find = format!(
            "UNWIND $ids AS id MATCH (s:Subject {{id: id}})<-[:ABOUT]-(f:Fact) WHERE {}
             RETURN id, {COLUMNS}",
            kinds.condition()
        );
        let unique: std::collections::BTreeSet<AnyId> = revisions.keys().copied().collect();
        let rows = self.link().read(query(&find).param("ids", texts(unique))).await?;
        let mut told: HashMap<AnyId, Vec<Since>> = HashMap::new();
        for row in &rows {
            let kept = Kept::in_row(row)?;
            if let (Some(since), Some(fact)) = (kept.standing_since(look.at), kept.at(look.at)) {
                told.entry(id_in(row, "id")?).or_default().push((since, fact));
            }
        }
        for facts in told.values_mut() {
            facts.sort_by_key(|(since, _)| *since);
        }
        let about = |id: &AnyId| {
            let revision = *revisions.get(id)?;
            let facts = told.get(id).into_iter().flatten().map(|(_, fact)| fact.clone()).collect();
            Some(About { revision, facts })
        };
        Ok(ids.iter().map(about).collect())
    }

    /// How often each had been changed, as whoever looks sees it: the revision goes up with every fact
    /// that is told to them or taken back, evidence, cadences and notes left out. Of those alone that
    /// were known by then.
    async fn revisions(&self, ids: &[AnyId], look: Look) -> StoreResult<HashMap<AnyId, Revision>> {
        // What the team was told is counted on the node; of the past, and for others, it is counted anew.
        let (owners, base) =
            if look.is_now() { (texts(look.member), "s.revision") } else { (look.owners(), "0") };
        let count = if owners.is_empty() { "WITH *, 0 AS told" } else { TOLD_TO };
        let text = format!(
            "UNWIND $ids AS id MATCH (s:Subject {{id: id}}) WHERE s.since <= $at
             {count} RETURN id, {base} + told AS revision"
        );
        let find = query(&text).param("owners", owners).param("at", look.at);
        let mut revisions = HashMap::new();
        for row in self.link().read(find.param("ids", texts(ids))).await? {
            let id: AnyId = id_in(&row, "id")?;
            let first = if look.is_now() { 0 } else { first_revision(id) };
            revisions.insert(id, Revision(get::<u32>(&row, "revision")? + first));
        }
        Ok(revisions)
    }

    pub(super) async fn people_by(&self, ids: &[PersonId]) -> StoreResult<Vec<Option<Person>>> {
        let each = self.about(ids, Kinds::All).await?.into_iter().zip(ids);
        let person = |(about, id): (Option<About>, &PersonId)| {
            about.map(|About { revision, facts }| Person { id: *id, revision, facts })
        };
        Ok(each.map(person).collect())
    }

    pub(super) async fn companies_by(
        &self,
        ids: &[CompanyId],
    ) -> StoreResult<Vec<Option<Company>>> {
        let each = self.about(ids, Kinds::Others).await?.into_iter().zip(ids);
        let company = |(about, id): (Option<About>, &CompanyId)| {
            about.map(|About { revision, facts }| Company { id: *id, revision, facts })
        };
        Ok(each.map(company).collect())
    }

    pub(super) async fn staff_of(&self, companies: &[CompanyId]) -> StoreResult<Vec<Vec<Fact>>> {
        let each = self.about(companies, Kinds::Employments).await?;
        let staff = |about: Option<About>| {
            let mut facts = about.map(|about| about.facts).unwrap_or_default();
            facts.sort_by_key(|fact| match &fact.claim {
                Claim::Employment(job) => (Some(job.person), fact.id),
                _ => (None, fact.id),
            });
            facts
        };
        Ok(each.into_iter().map(staff).collect())
    }

    /// Where several facts of one employment stand, the one that was told last; those that whoever
    /// looks may see go first.
    pub(super) async fn jobs(&self, ids: &[EmploymentId]) -> StoreResult<Vec<Option<Fact>>> {
        let member = self.look().member;
        let last = |about: Option<About>| {
            let mut facts = about?.facts;
            match facts.iter().rposition(|fact| fact.is_open_to(member)) {
                Some(at) => Some(facts.swap_remove(at)),
                None => facts.pop(),
            }
        };
        Ok(self.about(ids, Kinds::Employments).await?.into_iter().map(last).collect())
    }

    pub(super) async fn facts_by(&self, ids: &[FactId]) -> StoreResult<Vec<Option<Fact>>> {
        check_page(ids.len())?;
        let find = format!("UNWIND $ids AS id MATCH (f:Fact {{id: id}}) RETURN {COLUMNS}");
        let rows = self.link().read(query(&find).param("ids", texts(ids))).await?;
        let at = self.look().at;
        let mut found = HashMap::new();
        for row in &rows {
            let kept = Kept::in_row(row)?;
            found.extend(kept.at(at).map(|fact| (kept.id, fact)));
        }
        Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
    }

    /// The ids of people or companies after an id, in order.
    pub(super) async fn ids_after<Id>(
        &self,
        (label, after): (&str, Option<Id>),
        (at, limit): (i64, usize),
    ) -> StoreResult<Vec<Id>>
    where
        Id: ToString + std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
    {
        let text = format!(
            "MATCH (s:{label}) WHERE s.id > $after AND s.since <= $at
             RETURN s.id AS id ORDER BY s.id LIMIT $limit"
        );
        let find = query(&text)
            .param("after", after.map_or_else(String::new, |id| id.to_string()))
            .param("at", at)
            .param("limit", limit as i64);
        self.link().read(find).await?.iter().map(|row| id_in(row, "id")).collect()
    }

    pub(super) async fn entries(
        &self,
        (list, after): (ListId, Option<FactId>),
        limit: usize,
    ) -> StoreResult<Vec<Fact>> {
        let at = self.look().at;
        // No label for the fact: the planner would walk along the index of all facts.
        let text = format!(
            "MATCH (s:Subject {{id: $list}})<-[:ABOUT]-(f) WHERE f.id > $after AND EXISTS {{
                 MATCH (f)-[t:TOLD_BY]->() WHERE t.version <= $at AND (t.gone IS NULL OR t.gone > $at) }}
             WITH f ORDER BY f.id LIMIT $limit RETURN {COLUMNS}"
        );
        let find = query(&text)
            .param("list", list.to_string())
            .param("after", after.map_or_else(String::new, |id| id.to_string()))
            .param("at", at)
            .param("limit", limit as i64);
        let rows = self.link().read(find).await?;
        let mut facts = kept(&rows)?.iter().filter_map(|kept| kept.at(at)).collect::<Vec<_>>();
        facts.sort_by_key(|fact| fact.id);
        Ok(facts)
    }

    /// What an import told and was not taken back, in order of telling.
    pub(super) async fn told_in(&self, import: ImportId, limit: usize) -> StoreResult<Vec<FactId>> {
        let find = query(
            "MATCH (a:Teller {import: $import})<-[t:TOLD_BY]-(f:Fact) WHERE t.gone IS NULL
             RETURN f.id AS id ORDER BY t.version, t.place LIMIT $limit",
        );
        let find = find.param("import", import.to_string()).param("limit", limit as i64);
        self.link().read(find).await?.iter().map(|row| id_in(row, "id")).collect()
    }
}

/// The facts in some rows.
pub(super) fn kept(rows: &[Row]) -> StoreResult<Vec<Kept>> {
    rows.iter().map(Kept::in_row).collect()
}

/// The condition under which all of a fact `f` is open to one of `$owners` at the version `$at`.
pub(super) const OPEN: &str =
    "any(i IN range(0, coalesce(size(f.open_to), 0) - 1) WHERE f.open_to[i] IN $owners
    AND f.open_from[i] <= $at AND f.open_until[i] > $at)";

/// Whether a fact is evidence, in a condition on `f`.
pub(super) fn is_evidence() -> String {
    format!("f.kind = '{EVIDENCE}'")
}
