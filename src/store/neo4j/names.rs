//! How people and companies are called, for whoever reads the graph: the name that the team sees.

use std::collections::BTreeSet;

use neo4rs::{BoltType, query};

use super::{
    decode::{id_in, map, parcels, texts},
    error::Failure,
    link::Writing,
    save::each,
    told::{COLUMNS, Kept, Look},
};
use crate::model::{AnyId, Company, Fact, Holder, Name, Person, Revision};

/// Writes the names of people and companies anew.
pub(super) async fn refresh(
    writing: &mut Writing,
    holders: BTreeSet<Holder>,
) -> Result<(), Failure> {
    let mut told: Vec<(AnyId, (i64, i64), Fact)> = Vec::new();
    let ids = texts(holders.iter().map(|holder| AnyId::from(*holder)));
    let text = format!(
        "UNWIND $ids AS id MATCH (s:Subject {{id: id}})<-[:ABOUT]-(f:Fact)
         WHERE f.kind IN ['person_name', 'company_name'] RETURN id, {COLUMNS}"
    );
    for ids in parcels(ids.into_iter().map(BoltType::from).collect()) {
        for row in writing.rows(query(&text).param("ids", ids)).await? {
            let kept = Kept::in_row(&row)?;
            if let (Some(since), Some(fact)) = (kept.standing_since(Look::NOW), kept.at(Look::NOW))
            {
                told.push((id_in(&row, "id")?, since, fact));
            }
        }
    }
    told.sort_by_key(|(id, since, _)| (*id, *since));
    let rows = holders.into_iter().map(|holder| {
        let id = AnyId::from(holder);
        let facts = told.iter().skip(told.partition_point(|(of, ..)| *of < id));
        let facts = facts.take_while(|(of, ..)| *of == id).map(|(.., fact)| fact.clone()).collect();
        map! { "id": id.to_string(), "name": name(holder, facts) }
    });
    let text = "UNWIND $rows AS r MATCH (s:Subject {id: r.id}) SET s.name = r.name";
    each(writing, text, rows.collect()).await
}

fn name(holder: Holder, facts: Vec<Fact>) -> Option<String> {
    let revision = Revision(0);
    let name = |name: Option<&Name>| name.map(|name| name.as_str().to_owned());
    match holder {
        Holder::Person(id) => name(Person { id, revision, facts }.name(None)),
        Holder::Company(id) => name(Company { id, revision, facts }.name(None)),
    }
}
