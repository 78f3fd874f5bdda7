//! A small story that touches every table of the embedded store, and all that it reads back.

use futures_util::TryStreamExt as _;
use tertius::{
    model::{
        Ask, Attestation, Audience, Author, Batch, BatchId, Change, Claim, Closeness, CompanyId,
        Domain, Employment, EmploymentId, Evidence, EvidenceKind, Holder, Introduction,
        IntroductionId, IntroductionState, LawfulBasis, List, ListId, ListKind, Member, MemberId,
        Name, Participant, PersonId, Purpose, Role, Route, Source, Span, Speaker, SystemName,
        Telling, Timestamp, Title, Token, TokenHash, TokenId, Version, search_keys,
    },
    store::{SearchRequest, Store, StoreResult},
};

const NOON: Timestamp = Timestamp::from_ms(1_795_435_200_000);

fn by(system: &str, audience: Audience) -> Attestation {
    Attestation {
        source: Source { system: SystemName::new(system).expect("a good name"), import: None },
        recorder: Author::Member(MemberId::new(1)),
        basis: LawfulBasis::Consent,
        audience,
        recorded_at: NOON,
        retracted_at: None,
    }
}

fn called(n: u128, name: &str) -> Claim {
    let name = Name::new(name).expect("a good name");
    Claim::PersonName { person: PersonId::new(n), name }
}

fn reached_by(n: u128, address: &str) -> Claim {
    let identifier = address.parse().expect("a good address");
    Claim::PersonIdentifier { person: PersonId::new(n), identifier }
}

fn works(n: u128, title: &str) -> Claim {
    Claim::Employment(Employment {
        id: EmploymentId::new(n),
        person: PersonId::new(n),
        company: CompanyId::new(1),
        title: Some(Title::new(title).expect("a good title")),
        span: Span::new(None, Some(NOON.day())).expect("one open side"),
    })
}

fn evidence(kind: EvidenceKind, people: &[u128]) -> Claim {
    let people = people.iter().map(|n| Participant::from(PersonId::new(*n)));
    Claim::Evidence(Evidence::new(kind, NOON, people).expect("two people or more"))
}

fn member(n: u128, login: &str) -> Member {
    Member {
        id: MemberId::new(n),
        login: login.parse().expect("a good login"),
        person: PersonId::new(n),
        addresses: Vec::new(),
        role: Role::Admin,
        active: true,
    }
}

fn introduction(state: IntroductionState) -> Introduction {
    let asks = vec![Ask { asked_at: Some(NOON), ..Ask::of(PersonId::new(2)) }];
    let route = Route::new(PersonId::new(1), asks, PersonId::new(3)).expect("three people");
    let purpose = Purpose::new("To talk").expect("a good purpose");
    Introduction::standing(IntroductionId::new(1), route, purpose, (state, NOON))
}

fn setting() -> Vec<Change> {
    let people = [1, 2, 3, 1 << 127].map(|n| Change::AddPerson(PersonId::new(n)));
    let list = List {
        id: ListId::new(1),
        name: Name::new("Targets").expect("a good name"),
        kind: ListKind::Targets,
        owner: MemberId::new(1),
        audience: Audience::TEAM,
    };
    let token = Token {
        id: TokenId::new(1),
        member: MemberId::new(1),
        hash: TokenHash([7; 32]),
        name: None,
        role: Role::Viewer,
        scopes: tertius::model::Scopes::default(),
        created_at: NOON,
        expires_at: None,
        revoked_at: None,
    };
    let rest = [
        Change::AddCompany(CompanyId::new(1)),
        Change::PutMember(member(1, "ana")),
        Change::PutList(list),
        Change::PutToken(token),
    ];
    people.into_iter().chain(rest).collect()
}

/// The batches of the story, in order; the same each time.
pub(crate) fn batches() -> Vec<Batch> {
    let tell = |claim| Change::Tell(Telling::new(claim, by("mail", Audience::TEAM)));
    let privately = by("notes", Audience::private(MemberId::new(1)));
    let back = |claim: Claim| {
        let told = Telling::new(claim, by("mail", Audience::TEAM));
        Change::retract(told.fact_id(), &told.attestation)
    };
    let says = EvidenceKind::Statement {
        closeness: Closeness::Good,
        by: Speaker::Person(PersonId::new(1)),
    };
    let domain = Domain::new("globex.example").expect("a good domain");
    let entry = Holder::Person(PersonId::new(3));
    let chapters = [
        setting(),
        vec![
            tell(called(1, "Ana Silva")),
            tell(reached_by(2, "ben@example.org")),
            tell(Claim::CompanyDomain { company: CompanyId::new(1), domain }),
            tell(works(2, "Pilot")),
            tell(Claim::ListEntry { list: ListId::new(1), entry }),
        ],
        vec![
            tell(evidence(EvidenceKind::Mail, &[2, 1])),
            tell(evidence(EvidenceKind::Meeting, &[1, 2, 1 << 127])),
            tell(evidence(says, &[1, 3])),
            Change::Tell(Telling::new(evidence(EvidenceKind::Call, &[1, 3]), privately.clone())),
        ],
        vec![
            back(called(1, "Ana Silva")),
            tell(called(1, "Ana Costa")),
            back(evidence(EvidenceKind::Mail, &[2, 1])),
            Change::Tell(Telling::new(reached_by(2, "ben@example.org"), privately)),
            back(reached_by(2, "ben@example.org")),
            Change::PutMember(member(1, "anna")),
        ],
        vec![Change::PutIntroduction(introduction(IntroductionState::AskedConnector))],
        vec![tell(called(1, "Ana Costa"))],
        vec![
            Change::PutIntroduction(introduction(IntroductionState::Consented)),
            back(works(2, "Pilot")),
            tell(works(2, "Captain")),
        ],
    ];
    (1..)
        .zip(chapters)
        .map(|(n, changes)| Batch {
            id: BatchId::new(n),
            author: Author::System,
            at: NOON.plus_ms(n as i64),
            expects: Vec::new(),
            changes,
        })
        .collect()
}

/// All that the story left in a store, as text to compare.
pub(crate) async fn content(store: &dyn Store) -> StoreResult<String> {
    let people = store.people_after(None, 10).await?;
    let companies = store.companies_after(None, 10).await?;
    let told = batches().into_iter().flat_map(|batch| batch.changes);
    let told = told.filter_map(|change| match change {
        Change::Tell(telling) => Some(telling.fact_id()),
        _ => None,
    });
    let pairs: Vec<_> = store.stream_pairs().try_collect().await?;
    let jobs: Vec<_> = store.stream_employments().try_collect().await?;
    let mut keys: Vec<String> = Vec::new();
    for text in ["Ana Silva", "Ana Costa", "globex", "Pilot", "Captain"] {
        keys.extend(search_keys(text));
    }
    let request = SearchRequest { keys, limit: 10, ..SearchRequest::default() };
    let parts = [
        format!("{:#?}", store.version().await?),
        format!("{:#?}", store.stream_changes(Version(0)).try_collect::<Vec<_>>().await?),
        format!("{:#?}", store.people(&people).await?),
        format!("{:#?}", store.companies(&companies).await?),
        format!("{:#?}", store.staff(&companies).await?),
        format!("{:#?}", store.facts(&told.collect::<Vec<_>>()).await?),
        format!("{:#?}", store.all_lists().await?),
        format!("{:#?}", store.list_entries(ListId::new(1), None, 10).await?),
        format!("{:#?}", store.all_members().await?),
        format!("{:#?}", store.token(TokenHash([7; 32])).await?),
        format!("{:#?}", store.introductions(&[IntroductionId::new(1)]).await?),
        format!("{:#?}", store.asks_since(Timestamp::from_ms(0)).await?),
        format!("{:#?}", store.search(&request).await?),
        format!("{:#?}", store.pairs_of(&people).await?),
        format!("{pairs:#?}"),
        format!("{jobs:#?}"),
    ];
    Ok(parts.join("\n"))
}
