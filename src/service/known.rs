//! Who knows whom.

use std::cmp::Ordering;

use crate::{
    graph::NodeIx,
    model::{CompanyId, PersonId},
};

use super::{
    Page, PageRequest, Receipt, ServiceError, ServiceResult, Tertius, To, Viewer, paging::cut,
    picture::Picture,
};

/// Who knows somebody?
#[derive(Debug, Clone)]
pub struct KnownQuestion {
    /// A person, or anybody at a company.
    pub target: To,
    /// Among whom; everybody where nobody is named.
    pub among: Vec<PersonId>,
    /// Ties weaker than this are left out.
    pub min_strength: f64,
}

/// That somebody knows somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Acquaintance {
    /// Who knows.
    pub knower: PersonId,
    /// Whom.
    pub target: PersonId,
    /// Where the target works, when the question was about a company.
    pub company: Option<CompanyId>,
    /// How well, and on what evidence.
    pub receipt: Receipt,
}

struct Tie {
    knower: PersonId,
    target: PersonId,
    strength: f64,
    last_contact: i32,
}

impl Tertius {
    /// Who knows a person, or anybody who works at a company today: the strongest first, then who
    /// had contact last. Colleagues of a company's staff are left out, unless they are asked for.
    ///
    /// # Errors
    /// `NotFound` when the viewer does not see the target; `Invalid` for a size, a cursor or a
    /// strength that cannot be.
    ///
    /// # Complexity
    /// Linear in the ties of the targets; the evidence of one page is read in one call.
    pub async fn who_knows(
        &self,
        viewer: &Viewer,
        question: &KnownQuestion,
        request: &PageRequest,
    ) -> ServiceResult<Page<Acquaintance>> {
        let size = self.page_size(request.first)?;
        if !(0.0..=1.0).contains(&question.min_strength) {
            let message = format!("{} is not from 0 to 1", question.min_strength);
            return Err(ServiceError::invalid("minStrength", message));
        }
        self.within_ids_max("amongIds", question.among.len())?;
        let among = self.all_seen(viewer, &question.among).await?;
        let question = &KnownQuestion { among, ..question.clone() };
        let targets = self.targets(viewer, &question.target).await?;
        let picture = self.picture_of(viewer).await?;
        let mut ties = ties_of(&picture, &targets, question);
        ties.sort_by(best_first);
        let page = cut(ties, "whoKnows", size, request.after.as_deref())?;
        let pairs: Vec<_> = page.entries.iter().map(|(_, tie)| (tie.knower, tie.target)).collect();
        let receipts = self.receipts(viewer, &pairs).await?;
        let company = question.target.company();
        let (has_next, began_after) = (page.has_next, page.began_after);
        let entries = page.entries.into_iter().zip(receipts);
        let entries = entries.filter_map(|((cursor, tie), receipt)| {
            let Tie { knower, target, .. } = tie;
            receipt.map(|receipt| (cursor, Acquaintance { knower, target, company, receipt }))
        });
        Ok(Page { entries: entries.collect(), has_next, began_after })
    }

    /// Who knows whom, by the same rules and in the same order, without the evidence.
    pub(super) async fn ties_into(
        &self,
        viewer: &Viewer,
        question: &KnownQuestion,
    ) -> ServiceResult<Vec<(PersonId, PersonId)>> {
        let targets = self.targets(viewer, &question.target).await?;
        let picture = self.picture_of(viewer).await?;
        let mut ties = ties_of(&picture, &targets, question);
        ties.sort_by(best_first);
        Ok(ties.into_iter().map(|tie| (tie.knower, tie.target)).collect())
    }
}

fn ties_of(picture: &Picture, targets: &[PersonId], question: &KnownQuestion) -> Vec<Tie> {
    let weighed = &picture.weighed;
    let network = weighed.network();
    let places: Vec<NodeIx> = targets.iter().filter_map(|&id| network.find(id)).collect();
    let inside: std::collections::HashSet<NodeIx> = places.iter().copied().collect();
    let among: std::collections::HashSet<NodeIx> =
        question.among.iter().filter_map(|&id| network.find(id)).collect();
    let wanted = |node: NodeIx| {
        if question.among.is_empty() { !inside.contains(&node) } else { among.contains(&node) }
    };
    let mut ties = Vec::new();
    for &target in &places {
        let row = network.out_row(target).iter().zip(network.out_ties(target));
        for (entry, &tie) in row.filter(|(entry, _)| wanted(entry.node)) {
            let strength = weighed.strength_value(target, entry.node, tie);
            let last = weighed.figures(tie).last_contact();
            ties.push(Tie {
                knower: network.id(entry.node),
                target: network.id(target),
                strength,
                last_contact: last.map_or(i32::MIN, crate::model::Day::number),
            });
        }
    }
    ties.retain(|tie| tie.strength >= question.min_strength);
    ties
}

fn best_first(a: &Tie, b: &Tie) -> Ordering {
    b.strength
        .total_cmp(&a.strength)
        .then(b.last_contact.cmp(&a.last_contact))
        .then(a.knower.cmp(&b.knower))
        .then(a.target.cmp(&b.target))
}
