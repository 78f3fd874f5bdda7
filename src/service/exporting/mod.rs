//! Everything that a viewer sees, as files: equal stores give equal files.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use futures_util::TryStreamExt as _;

use crate::{
    formats::{
        ContactKind, FileError,
        export::{
            CadenceRow, CompanyRow, ContactRow, Formulas, Ids, JobRow, ListRow, Node, Options,
            PersonRow, RelationRow, TieRow, Writer,
        },
    },
    model::{
        Claim, CompanyId, Evidence, EvidenceKind, FactId, Holder, Name, PersonId, Scope, Timestamp,
    },
    store::PAGE_MAX,
};

use super::{
    Cadence, ServiceError, ServiceResult, Tertius, Viewer, identity::Recorded, picture::Picture,
};
use rows::{company_row, person_row};

mod rows;

/// What to write, and how.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The folder to write; an export that lies there is replaced.
    pub path: PathBuf,
    /// Whether people and companies are called by the numbers of their rows instead of by ids, so
    /// that equal content makes equal files.
    pub rows: bool,
    /// Whether cells that a spreadsheet would run stay as they are.
    pub raw: bool,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// People.
    pub people: u64,
    /// Companies.
    pub companies: u64,
    /// Pieces of evidence.
    pub contacts: u64,
    /// Ties.
    pub ties: u64,
}

/// Which row each person and each company has.
#[derive(Debug, Default)]
struct Numbers {
    people: HashMap<PersonId, u64>,
    companies: HashMap<CompanyId, u64>,
}

/// A person's row, and what else is written of them.
type PersonRows = (PersonId, PersonRow, Vec<crate::model::Employment>);
/// A company's row, and its relations to others.
type CompanyRows = (CompanyId, CompanyRow, Vec<crate::model::CompanyRelation>);

impl Tertius {
    /// Writes everything that the viewer sees in full: people, companies, employments, relations,
    /// lists and contacts, in an order that follows from their content, and the ties that follow
    /// from them.
    ///
    /// # Memory
    /// The rows of people and companies, and 24 bytes for each piece of evidence.
    ///
    /// # Errors
    /// `Invalid` when the folder cannot be written, or holds something else.
    pub async fn export(
        &self,
        viewer: &Viewer,
        request: &ExportRequest,
        mut progress: impl FnMut(Exported) + Send,
    ) -> ServiceResult<Exported> {
        viewer.needs_scope(Scope::Export)?;
        viewer.supposes_nothing()?;
        let picture = self.picture_of(viewer).await?;
        let recorded = &picture.recorded;
        let companies = self.company_rows(viewer, recorded).await?;
        let mut numbers = Numbers::default();
        for (number, (id, ..)) in (1..).zip(&companies) {
            numbers.companies.insert(*id, number);
        }
        let people = self.person_rows((viewer, &picture), &companies, &numbers).await?;
        for (number, (id, ..)) in (1..).zip(&people) {
            numbers.people.insert(*id, number);
        }
        let mut writer = create(request, &people, &companies)?;
        let mut done = Exported { people: people.len() as u64, ..Exported::default() };
        done.companies = companies.len() as u64;
        write_nodes(&mut writer, people, companies, &numbers).map_err(|error| refuse(&error))?;
        progress(done);
        self.write_lists((viewer, recorded), &mut writer, &numbers).await?;
        self.write_cadences(viewer, &mut writer, &numbers).await?;
        done.contacts = self.write_contacts((viewer, recorded), &mut writer, &numbers).await?;
        progress(done);
        done.ties = self.write_ties(viewer, &picture, &mut writer, &numbers).await?;
        writer.finish().map_err(|error| refuse(&error))?;
        Ok(done)
    }

    async fn company_rows(
        &self,
        viewer: &Viewer,
        recorded: &Recorded,
    ) -> ServiceResult<Vec<CompanyRows>> {
        let mut rows = Vec::new();
        let mut after = None;
        loop {
            let ids = recorded.companies_after(after, PAGE_MAX).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let found = recorded.companies(&ids).await?.into_iter().flatten();
            rows.extend(found.filter_map(|company| company_row(&company, viewer)));
        }
        rows.sort_by(|(_, a, _), (_, b, _)| {
            (&a.domains, &a.identifiers, &a.names, &a.tags).cmp(&(
                &b.domains,
                &b.identifiers,
                &b.names,
                &b.tags,
            ))
        });
        for (number, (_, row, _)) in (1..).zip(&mut rows) {
            row.row = number;
        }
        Ok(rows)
    }

    async fn person_rows(
        &self,
        (viewer, picture): (&Viewer, &Picture),
        companies: &[CompanyRows],
        numbers: &Numbers,
    ) -> ServiceResult<Vec<PersonRows>> {
        let (recorded, today) = (&picture.recorded, picture.epoch.day);
        let mut rows: Vec<PersonRows> = Vec::new();
        let mut after = None;
        loop {
            let ids = recorded.people_after(after, PAGE_MAX).await?;
            let Some(last) = ids.last() else { break };
            after = Some(*last);
            let found = recorded.people(&ids).await?.into_iter().flatten();
            rows.extend(found.filter_map(|person| person_row(&person, viewer, today)));
        }
        let at = |jobs: &[crate::model::Employment]| -> Vec<Option<u64>> {
            jobs.iter().map(|job| numbers.companies.get(&job.company).copied()).collect()
        };
        for (_, row, jobs) in &mut rows {
            jobs.sort_by_cached_key(|job| {
                (numbers.companies.get(&job.company).copied(), job.title.clone(), job.span)
            });
            jobs.dedup_by(|a, b| (a.company, &a.title, a.span) == (b.company, &b.title, b.span));
            let current = jobs.iter().find(|job| job.span.contains(today));
            row.works_at = current.and_then(|job| {
                let number = *numbers.companies.get(&job.company)?;
                let (_, company, _) =
                    companies.get(usize::try_from(number).ok()?.checked_sub(1)?)?;
                Some((company.names.last()?.clone(), job.title.clone()))
            });
        }
        rows.sort_by(|(_, a, jobs), (_, b, others)| {
            (&a.identifiers, &a.names, &a.tags)
                .cmp(&(&b.identifiers, &b.names, &b.tags))
                .then_with(|| at(jobs).cmp(&at(others)))
        });
        for (number, (_, row, _)) in (1..).zip(&mut rows) {
            row.row = number;
        }
        Ok(rows)
    }

    async fn write_lists(
        &self,
        (viewer, recorded): (&Viewer, &Recorded),
        writer: &mut Writer,
        numbers: &Numbers,
    ) -> ServiceResult<()> {
        let mut rows: BTreeSet<(Name, Node)> = BTreeSet::new();
        for list in self.lists(viewer).await? {
            let mut after = None;
            loop {
                let facts = recorded.list_entries(list.id, after, PAGE_MAX).await?;
                let Some(last) = facts.last() else { break };
                after = Some(last.id);
                for fact in facts.iter().filter(|f| f.is_open_to(viewer.eyes())) {
                    if let Claim::ListEntry { entry, .. } = fact.claim {
                        rows.extend(numbers.node(entry).map(|node| (list.name.clone(), node)));
                    }
                }
            }
        }
        rows.into_iter()
            .try_for_each(|(list, entry)| writer.list_entry(&ListRow { list, entry }))
            .map_err(|error| refuse(&error))
    }

    /// The cadences that the viewer set; those of others are not theirs to see.
    async fn write_cadences(
        &self,
        viewer: &Viewer,
        writer: &mut Writer,
        numbers: &Numbers,
    ) -> ServiceResult<()> {
        let cadences = self.cadences(viewer).await?;
        let row = |(with, cadence): (&PersonId, &Cadence)| {
            let person = *numbers.people.get(with)?;
            Some(CadenceRow { person, days: cadence.days })
        };
        let rows: BTreeSet<CadenceRow> = cadences.iter().filter_map(row).collect();
        rows.iter().try_for_each(|row| writer.cadence(row)).map_err(|error| refuse(&error))
    }

    async fn write_contacts(
        &self,
        (viewer, recorded): (&Viewer, &Recorded),
        writer: &mut Writer,
        numbers: &Numbers,
    ) -> ServiceResult<u64> {
        let mut order: Vec<(Timestamp, FactId)> = Vec::new();
        let mut evidence = recorded.store().stream_evidence();
        while let Some(fact) = evidence.try_next().await? {
            if fact.is_open_to(viewer.eyes())
                && let Claim::Evidence(evidence) = &fact.claim
            {
                order.push((evidence.at(), fact.id));
            }
        }
        drop(evidence);
        order.sort_unstable();
        let mut written = 0;
        // What happened at one moment is ordered by its content.
        let mut moment: (Timestamp, Vec<ContactRow>) = (Timestamp::from_ms(i64::MIN), Vec::new());
        for page in order.chunks(PAGE_MAX) {
            let ids: Vec<FactId> = page.iter().map(|(_, id)| *id).collect();
            for fact in recorded.store().facts(&ids).await?.into_iter().flatten() {
                let Claim::Evidence(evidence) = &fact.claim else { continue };
                let Some(row) = contact_row(recorded, evidence, numbers) else { continue };
                if row.at != moment.0 {
                    written += write_moment(writer, &mut moment.1)?;
                    moment.0 = row.at;
                }
                moment.1.push(row);
            }
        }
        written += write_moment(writer, &mut moment.1)?;
        Ok(written)
    }

    async fn write_ties(
        &self,
        viewer: &Viewer,
        picture: &Picture,
        writer: &mut Writer,
        numbers: &Numbers,
    ) -> ServiceResult<u64> {
        let network = picture.weighed.network();
        let mut by_number: BTreeMap<u64, PersonId> = BTreeMap::new();
        by_number.extend(numbers.people.iter().map(|(id, number)| (*number, *id)));
        let mut pairs: Vec<(u64, u64, PersonId, PersonId)> = Vec::new();
        let mut written = 0;
        for (&number, &person) in &by_number {
            let Some(node) = network.find(person) else { continue };
            let others = network.out_row(node).iter().map(|entry| network.id(entry.node));
            let others = others.filter_map(|id| Some((*numbers.people.get(&id)?, id)));
            let mut others: Vec<(u64, PersonId)> = others.filter(|(n, _)| *n > number).collect();
            others.sort_unstable();
            pairs.extend(others.into_iter().map(|(other, id)| (number, other, person, id)));
            if pairs.len() >= PAGE_MAX {
                written += self.write_tie_page(viewer, writer, &mut pairs).await?;
            }
        }
        written += self.write_tie_page(viewer, writer, &mut pairs).await?;
        Ok(written)
    }

    async fn write_tie_page(
        &self,
        viewer: &Viewer,
        writer: &mut Writer,
        pairs: &mut Vec<(u64, u64, PersonId, PersonId)>,
    ) -> ServiceResult<u64> {
        let asked: Vec<_> = pairs.iter().map(|&(.., one, other)| (one, other)).collect();
        let receipts = self.receipts(viewer, &asked).await?;
        let mut written = 0;
        for ((low, high, ..), receipt) in pairs.drain(..).zip(receipts) {
            let Some(receipt) = receipt else { continue };
            let contacts = receipt.evidence.len() as u64;
            let (strength, last_contact) = (receipt.strength.value, receipt.last_contact);
            writer
                .tie(&TieRow { low, high, strength, contacts, last_contact })
                .map_err(|error| refuse(&error))?;
            written += 1;
        }
        Ok(written)
    }
}

impl Numbers {
    fn node(&self, holder: Holder) -> Option<Node> {
        match holder {
            Holder::Person(id) => self.people.get(&id).copied().map(Node::Person),
            Holder::Company(id) => self.companies.get(&id).copied().map(Node::Company),
        }
    }
}

fn refuse(error: &FileError) -> ServiceError {
    let cause = error.source.as_ref().map(|cause| format!(" ({cause})")).unwrap_or_default();
    ServiceError::invalid("path", format!("{error}{cause}"))
}

fn create(
    request: &ExportRequest,
    people: &[PersonRows],
    companies: &[CompanyRows],
) -> ServiceResult<Writer> {
    let ids = if request.rows {
        Ids::Rows
    } else {
        let people: Vec<PersonId> = people.iter().map(|(id, ..)| *id).collect();
        let companies: Vec<CompanyId> = companies.iter().map(|(id, ..)| *id).collect();
        Ids::Stored(Box::new(move |node| {
            let at = |number: u64| usize::try_from(number).unwrap_or_default().saturating_sub(1);
            match node {
                Node::Person(number) => people.get(at(number)).map(PersonId::to_string),
                Node::Company(number) => companies.get(at(number)).map(CompanyId::to_string),
            }
            .unwrap_or_default()
        }))
    };
    let formulas = if request.raw { Formulas::Raw } else { Formulas::Guarded };
    let path: &Path = &request.path;
    Writer::create(path, Options { ids, formulas }).map_err(|error| refuse(&error))
}

/// One piece of evidence, where everybody in it is exported.
fn contact_row(recorded: &Recorded, evidence: &Evidence, numbers: &Numbers) -> Option<ContactRow> {
    let number = |participant: &crate::model::Participant| {
        let number = numbers.people.get(&recorded.person(participant.person))?;
        Some((*number, participant.read_as.clone()))
    };
    let mut people = evidence.participants().iter().map(number).collect::<Option<Vec<_>>>()?;
    let unordered_from = usize::from(evidence.kind().is_directed());
    people[unordered_from..].sort();
    let kind = match evidence.kind() {
        EvidenceKind::Statement { closeness, .. } => ContactKind::Stated(*closeness),
        other => ContactKind::Plain(other.clone()),
    };
    Some(ContactRow { kind, at: evidence.at(), people })
}

fn write_nodes(
    writer: &mut Writer,
    people: Vec<PersonRows>,
    companies: Vec<CompanyRows>,
    numbers: &Numbers,
) -> Result<(), FileError> {
    for (_, row, _) in &companies {
        writer.company(row)?;
    }
    let mut relations: BTreeSet<(u64, u64, _, _)> = BTreeSet::new();
    for relation in companies.into_iter().flat_map(|(.., relations)| relations) {
        let number = |id| numbers.companies.get(&id).copied();
        if let (Some(from), Some(to)) = (number(relation.from), number(relation.to)) {
            relations.insert((from, to, relation.kind, relation.span));
        }
    }
    for (from, to, kind, span) in relations {
        writer.relation(&RelationRow { from, to, kind, span })?;
    }
    for (_, row, jobs) in people {
        writer.person(&row)?;
        for job in jobs {
            let Some(&company) = numbers.companies.get(&job.company) else { continue };
            writer.job(&JobRow { person: row.row, company, title: job.title, span: job.span })?;
        }
    }
    Ok(())
}

fn write_moment(writer: &mut Writer, rows: &mut Vec<ContactRow>) -> ServiceResult<u64> {
    rows.sort_by_cached_key(|row| format!("{:?}", (&row.people, &row.kind)));
    rows.iter().try_for_each(|row| writer.contact(row)).map_err(|error| refuse(&error))?;
    let written = rows.len() as u64;
    rows.clear();
    Ok(written)
}
