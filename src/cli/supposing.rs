//! What if: what a command supposes.

use std::fmt::Write as _;

use clap::Args;

use crate::{
    model::{Closeness, CompanyId, PersonId},
    service::{Found, From, ServiceError, SupposedChange, Tertius, Viewer},
};

use super::{
    Printed,
    target::{named, person},
};

/// By what name those who ask mean themselves.
const ME: &str = "me";

/// What is only supposed for the answer; nothing is recorded.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What if (only for this answer; each may be given several times)")]
pub struct Supposing {
    /// Suppose that two people know each other well; `me` is the one who asks
    #[arg(long, value_names = ["PERSON", "PERSON"], num_args = 2)]
    pub if_knows: Vec<String>,
    /// Suppose that two people do not know each other
    #[arg(long, value_names = ["PERSON", "PERSON"], num_args = 2)]
    pub if_knows_not: Vec<String>,
    /// Suppose that somebody has left: nobody knows them, and they are found nowhere
    #[arg(long, value_name = "PERSON")]
    pub if_leaves: Vec<String>,
    /// Suppose that a company becomes a partner: your team knows everybody there well
    #[arg(long, value_name = "COMPANY")]
    pub if_signs: Vec<String>,
    /// Suppose that somebody works at a company, besides what else they do
    #[arg(long, value_names = ["PERSON", "COMPANY", "TITLE"], num_args = 3)]
    pub if_works: Vec<String>,
}

impl Supposing {
    async fn changes(
        &self,
        tertius: &Tertius,
        viewer: &Viewer,
    ) -> Result<Vec<SupposedChange>, ServiceError> {
        let (closeness, mut changes) = (Closeness::Good, Vec::new());
        for pair in self.if_knows.chunks(2) {
            let (from, to) = both(tertius, viewer, pair).await?;
            changes.push(SupposedChange::Tie { from, to, closeness });
        }
        for pair in self.if_knows_not.chunks(2) {
            let (from, to) = both(tertius, viewer, pair).await?;
            changes.push(SupposedChange::NoTie { from, to });
        }
        for name in &self.if_leaves {
            changes.push(SupposedChange::PersonLeaves(somebody(tertius, viewer, name).await?));
        }
        for name in &self.if_signs {
            let company = company(tertius, viewer, ("--if-signs", name)).await?;
            let knowers = From::MyTeam;
            changes.push(SupposedChange::PartnerPeople { company, knowers, closeness });
        }
        for job in self.if_works.chunks(3) {
            let [who, at, title] = job else { continue };
            let person = somebody(tertius, viewer, who).await?;
            let company = company(tertius, viewer, ("--if-works", at)).await?;
            let title = Some(title.clone());
            changes.push(SupposedChange::Employment { person, company, title });
        }
        Ok(changes)
    }
}

/// The viewer, supposing what a command supposes.
pub(super) async fn supposing(
    tertius: &Tertius,
    viewer: &Viewer,
    what: Option<&Supposing>,
) -> Result<Viewer, ServiceError> {
    let Some(what) = what else { return Ok(viewer.clone()) };
    let changes = what.changes(tertius, viewer).await?;
    tertius.suppose(viewer, &changes).await
}

/// Says under an answer what was supposed for it.
pub(super) fn say(printed: &mut Printed, viewer: &Viewer, as_json: bool) {
    let Some(hypothesis) = viewer.hypothesis() else { return };
    if !as_json {
        for sentence in hypothesis.sentences() {
            let _ = writeln!(printed.text, "supposing that {sentence}");
        }
        return;
    }
    let answer = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&printed.text);
    if let Ok(mut answer) = answer {
        answer.insert("supposing".to_owned(), hypothesis.sentences().into());
        printed.text = super::json::printed(&answer.into());
    }
}

async fn both(
    tertius: &Tertius,
    viewer: &Viewer,
    pair: &[String],
) -> Result<(Option<PersonId>, PersonId), ServiceError> {
    let [from, to] = pair else {
        return Err(ServiceError::invalid("--if-knows", "it takes two people"));
    };
    let from = somebody(tertius, viewer, from).await?;
    Ok((Some(from), somebody(tertius, viewer, to).await?))
}

async fn somebody(
    tertius: &Tertius,
    viewer: &Viewer,
    name: &str,
) -> Result<PersonId, ServiceError> {
    if name == ME { Ok(viewer.person()) } else { person(tertius, viewer, name).await }
}

async fn company(
    tertius: &Tertius,
    viewer: &Viewer,
    (flag, name): (&'static str, &str),
) -> Result<CompanyId, ServiceError> {
    match named(tertius, viewer, name).await? {
        Found::Company(company) => Ok(company.id),
        Found::Person(_) => {
            Err(ServiceError::invalid(flag, format!("`{name}` is a person, not a company")))
        }
    }
}
