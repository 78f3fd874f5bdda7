//! Small things to tell, for the cases.

use std::sync::Arc;

use futures_util::TryStreamExt as _;

use super::Place;
use crate::{
    model::{
        Attestation, Audience, Author, Batch, BatchId, Change, Claim, CompanyId, Employment,
        EmploymentId, Evidence, EvidenceKind, FactId, Group, Holder, Identifier, ImportId,
        LawfulBasis, Level, List, ListId, ListKind, Member, MemberId, Name, Participant, PersonId,
        Role, Source, Span, SystemName, Telling, Timestamp, Title, Version,
    },
    store::{Applied, ChangedAt, Store, StoreResult},
};

/// Monday noon, when everything happens that does not say when.
pub(super) const NOON: Timestamp = Timestamp::from_ms(1_795_435_200_000);

/// One day, in milliseconds.
pub(super) const DAY_MS: i64 = 86_400_000;

pub(super) const fn person(n: u128) -> PersonId {
    PersonId::new(n)
}

pub(super) const fn company(n: u128) -> CompanyId {
    CompanyId::new(n)
}

pub(super) const fn member(n: u128) -> MemberId {
    MemberId::new(n)
}

pub(super) const fn list(n: u128) -> ListId {
    ListId::new(n)
}

pub(super) fn text(text: &str) -> Name {
    Name::new(text).expect("a case uses good names")
}

/// Told by the installation to the whole team, from a source.
pub(super) fn from_source(system: &str) -> Attestation {
    Attestation {
        source: Source {
            system: SystemName::new(system).expect("a case uses good names"),
            import: Some(ImportId::new(7)),
        },
        recorder: Author::System,
        basis: LawfulBasis::LegitimateInterest,
        audience: Audience::TEAM,
        recorded_at: NOON,
        retracted_at: None,
    }
}

/// Told by the installation to the whole team.
pub(super) fn to_team() -> Attestation {
    from_source("mail")
}

/// Told to one member alone.
pub(super) fn to_owner(owner: MemberId) -> Attestation {
    Attestation { audience: Audience::private(owner), ..from_source("notes") }
}

/// Told to the team, but not all of it.
pub(super) fn to_team_at(level: Level) -> Attestation {
    Attestation { audience: Audience { group: Group::Team, level }, ..to_team() }
}

pub(super) fn tell(claim: Claim) -> Change {
    Change::Tell(Telling::new(claim, to_team()))
}

pub(super) fn tell_by(claim: Claim, attestation: Attestation) -> Change {
    Change::Tell(Telling::new(claim, attestation))
}

pub(super) fn id_of(claim: Claim) -> FactId {
    Telling::new(claim, to_team()).fact_id()
}

pub(super) fn called(n: u128, name: &str) -> Claim {
    Claim::PersonName { person: person(n), name: text(name) }
}

pub(super) fn company_called(n: u128, name: &str) -> Claim {
    Claim::CompanyName { company: company(n), name: text(name) }
}

pub(super) fn address(text: &str) -> Identifier {
    text.parse().expect("a case uses good addresses")
}

pub(super) fn reached_by(n: u128, text: &str) -> Claim {
    Claim::PersonIdentifier { person: person(n), identifier: address(text) }
}

pub(super) fn on_list(n: u128, entry: u128) -> Claim {
    Claim::ListEntry { list: list(n), entry: Holder::Person(person(entry)) }
}

/// That a person works at a company, as employment number `id`.
pub(super) fn works(id: u128, who: u128, at: u128, title: Option<&str>) -> Claim {
    Claim::Employment(Employment {
        id: EmploymentId::new(id),
        person: person(who),
        company: company(at),
        title: title.map(|title| Title::new(title).expect("a case uses good titles")),
        span: Span::new(NOON.day().plus(-30).into(), None).expect("it does not end"),
    })
}

/// Evidence so many days before noon; the first one writes, where it is directed.
pub(super) fn contact(
    kind: EvidenceKind,
    people: impl IntoIterator<Item = u128>,
    days_ago: i64,
) -> Claim {
    let people = people.into_iter().map(|n| Participant::from(person(n)));
    let evidence = Evidence::new(kind, NOON.plus_ms(-days_ago * DAY_MS), people);
    Claim::Evidence(evidence.expect("a case names two people or more"))
}

pub(super) fn mail(people: impl IntoIterator<Item = u128>, days_ago: i64) -> Claim {
    contact(EvidenceKind::Mail, people, days_ago)
}

/// A member who stands for the person of the same number.
pub(super) fn member_called(n: u128, login: &str) -> Member {
    Member {
        id: member(n),
        login: login.parse().expect("a case uses good logins"),
        person: person(n),
        addresses: Vec::new(),
        role: Role::Member,
        active: true,
    }
}

/// A list of the first member.
pub(super) fn list_called(n: u128, name: &str) -> List {
    List {
        id: list(n),
        name: text(name),
        kind: ListKind::Targets,
        owner: member(1),
        audience: Audience::TEAM,
    }
}

pub(super) fn batch(id: u128, changes: impl Into<Vec<Change>>) -> Batch {
    Batch {
        id: BatchId::new(id),
        author: Author::System,
        at: NOON,
        expects: Vec::new(),
        changes: changes.into(),
    }
}

/// Applies some changes as the batch with a number.
pub(super) async fn apply(
    store: &dyn Store,
    id: u128,
    changes: impl Into<Vec<Change>>,
) -> StoreResult<Applied> {
    store.apply(&batch(id, changes)).await
}

/// A store at version 1 with people 1 to 30, companies 1 to 5, member 1 (`ana`), member 2
/// (`ben`), and list 1.
pub(super) async fn populated(place: &dyn Place) -> StoreResult<Arc<dyn Store>> {
    let store = place.open().await;
    populate(&*store).await?;
    Ok(store)
}

/// Fills a store as [`populated`] says.
pub(super) async fn populate(store: &dyn Store) -> StoreResult<()> {
    let people = (1..=30).map(|n| Change::AddPerson(person(n)));
    let companies = (1..=5).map(|n| Change::AddCompany(company(n)));
    let others = [
        Change::PutMember(member_called(1, "ana")),
        Change::PutMember(member_called(2, "ben")),
        Change::PutList(list_called(1, "Targets")),
    ];
    apply(store, 1, people.chain(companies).chain(others).collect::<Vec<_>>()).await?;
    Ok(())
}

/// What changed after a version.
pub(super) async fn changes_since(
    store: &dyn Store,
    after: Version,
) -> StoreResult<Vec<ChangedAt>> {
    store.stream_changes(after).try_collect().await
}

pub(super) fn a_person(n: u128) -> Holder {
    Holder::Person(person(n))
}

pub(super) fn a_company(n: u128) -> Holder {
    Holder::Company(company(n))
}

/// The people who have some identifiers, with the position of each.
pub(super) async fn people_with(
    store: &dyn Store,
    identifiers: &[Identifier],
) -> StoreResult<Vec<(usize, PersonId)>> {
    let keys: Vec<String> = identifiers.iter().map(Identifier::key).collect();
    let found = store.holders_of(&keys).await?.into_iter();
    let people = found.filter_map(|(at, holder)| match holder {
        Holder::Person(id) => Some((at, id)),
        Holder::Company(_) => None,
    });
    Ok(people.collect())
}
