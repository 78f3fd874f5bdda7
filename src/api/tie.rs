//! Ties: how strong, why, and on what evidence.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use crate::{
    model::PersonId,
    service::{Band, Factor, OverrideView, Receipt, Vantage},
};

use super::{
    connection::{Listed, connection},
    cost::per_page,
    input::page,
    list::cut_here,
    person::{Person, load_person},
    scalar::{Date, DateTime, Score},
};

/// A part of what makes a strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StrengthFactor {
    /// What the median tie has.
    Baseline,
    /// How much contact there was, both ways.
    Contact,
    /// How lately.
    Recency,
    /// How many people both know.
    Overlap,
    /// How much the quieter of the two writes at all.
    Activity,
    /// What the outcomes of this installation add to the parts before, which they stretch too.
    Calibration,
    /// Statements, scores of other systems, a connection on a network.
    OtherEvidence,
    /// What one of the two says instead: what leads from the other parts to it.
    Override,
}

impl From<Factor> for StrengthFactor {
    fn from(factor: Factor) -> Self {
        match factor {
            Factor::Baseline => Self::Baseline,
            Factor::Contact => Self::Contact,
            Factor::Recency => Self::Recency,
            Factor::Overlap => Self::Overlap,
            Factor::Activity => Self::Activity,
            Factor::Calibration => Self::Calibration,
            Factor::OtherEvidence => Self::OtherEvidence,
            Factor::Override => Self::Override,
        }
    }
}

/// What happened between people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum EvidenceKind {
    /// One wrote a mail.
    Mail,
    /// One wrote a message: chat, LinkedIn.
    Message,
    /// One answered another on a mailing list.
    ListAnswer,
    /// They talked by phone or video.
    Call,
    /// They met.
    Meeting,
    /// Somebody introduced them to each other.
    Introduction,
    /// They are connected on a network such as LinkedIn.
    Connection,
    /// Somebody stated how well they know each other.
    Statement,
    /// One of the two says how strong their tie is, whatever else is known.
    Override,
}

impl EvidenceKind {
    fn named(name: &str) -> Self {
        match name {
            "message" => Self::Message,
            "list_answer" => Self::ListAnswer,
            "call" => Self::Call,
            "meeting" => Self::Meeting,
            "introduction" => Self::Introduction,
            "connection" => Self::Connection,
            "statement" => Self::Statement,
            "override" => Self::Override,
            _ => Self::Mail,
        }
    }
}

/// One part of a strength, in log-odds.
#[derive(Debug, Clone, SimpleObject)]
pub struct StrengthShare {
    /// Which part.
    pub factor: StrengthFactor,
    /// How much it adds; the shares of a tie sum to the log-odds of its strength.
    pub log_odds: f64,
}

/// How much evidence of one kind there is.
#[derive(Debug, Clone, SimpleObject)]
pub struct EvidenceCount {
    /// Which kind.
    pub kind: EvidenceKind,
    /// How many pieces.
    pub count: i32,
    /// When the newest was.
    pub newest_at: DateTime,
}

/// One piece of evidence. What was written is never kept, only that it was.
#[derive(Debug, Clone, SimpleObject)]
pub struct EvidenceItem {
    /// The id of the fact.
    pub fact_id: ID,
    /// Which kind.
    pub kind: EvidenceKind,
    /// When it was.
    pub at: DateTime,
}

/// A strength in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum StrengthBand {
    /// From 0.5.
    Strong,
    /// From 0.15.
    Warm,
    /// Below 0.15.
    Cold,
}

impl From<Band> for StrengthBand {
    fn from(band: Band) -> Self {
        match band {
            Band::Strong => Self::Strong,
            Band::Warm => Self::Warm,
            Band::Cold => Self::Cold,
        }
    }
}

/// That a tie falls to a lower band if nobody writes.
#[derive(Debug, Clone, SimpleObject)]
pub struct TieFade {
    /// The first day at whose end it is in a lower band.
    pub on: Date,
    /// Its strength then.
    pub strength: Score,
    /// The band in which it is then.
    pub band: StrengthBand,
}

/// What one of two people says of their tie, in place of what the evidence says.
#[derive(Debug, Clone)]
pub struct TieOverride {
    view: OverrideView,
    as_of: Vantage,
}

/// What one of two people says of their tie, in place of what the evidence says.
#[Object]
impl TieOverride {
    /// How strong they say it is.
    async fn strength(&self) -> Score {
        Score(self.view.strength)
    }

    /// Why, if they said it.
    async fn reason(&self) -> Option<String> {
        self.view.reason.as_ref().map(ToString::to_string)
    }

    /// The last day on which it counts.
    async fn until(&self) -> Date {
        Date(self.view.until)
    }

    /// Who says so: one of the two.
    async fn by_person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.view.by, self.as_of).await
    }
}

/// How two people stand to each other.
#[derive(Debug, Clone)]
pub struct Tie {
    from: PersonId,
    to: PersonId,
    receipt: Receipt,
}

impl Tie {
    /// The tie of two people with its receipt.
    pub(super) fn new(from: PersonId, to: PersonId, receipt: Receipt) -> Self {
        Self { from, to, receipt }
    }
}

/// How two people stand to each other.
#[Object]
impl Tie {
    /// One of the two.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.from, self.receipt.as_of).await
    }

    /// The other.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        load_person(ctx, self.to, self.receipt.as_of).await
    }

    /// The probability that the two have contact both ways within 60 days, or within the horizon
    /// of a calibration.
    async fn strength(&self) -> Score {
        Score::of(self.receipt.strength.value)
    }

    /// The strength in a word.
    async fn band(&self) -> StrengthBand {
        Band::of(self.receipt.strength.value).into()
    }

    /// When it falls to a lower band if nobody writes, within a year; null where it does not, and
    /// where some of the evidence is not for you to see.
    async fn fades(&self) -> Option<TieFade> {
        self.receipt.fades.map(|fade| TieFade {
            on: Date(fade.on),
            strength: Score::of(fade.to),
            band: fade.band.into(),
        })
    }

    /// What one of the two says in place of what the evidence says, while it counts; null where
    /// nobody does, and where it is not for you to see.
    #[graphql(name = "override")]
    async fn overridden(&self) -> Option<TieOverride> {
        let as_of = self.receipt.as_of;
        self.receipt.overridden.clone().map(|view| TieOverride { view, as_of })
    }

    /// Why: parts that sum to the log-odds of the strength. Empty where some of the evidence is
    /// not for you to see.
    async fn factors(&self) -> Vec<StrengthShare> {
        let factors = self.receipt.strength.factors.iter();
        factors
            .map(|&(factor, share)| StrengthShare { factor: factor.into(), log_odds: share })
            .collect()
    }

    /// Whether all that is known is a connection on a network, which proves little.
    async fn connected_only(&self) -> bool {
        self.receipt.connected_only
    }

    /// Whether nobody told of the tie: it is inferred from a company where both worked at the same
    /// time, and proves no acquaintance.
    async fn inferred(&self) -> bool {
        self.receipt.inferred
    }

    /// The last day of contact that you may see.
    async fn last_contact_on(&self) -> Option<Date> {
        self.receipt.last_contact.map(Date)
    }

    /// The evidence that you may see, counted by kind.
    async fn evidence_counts(&self) -> Vec<EvidenceCount> {
        let counts = self.receipt.by_kind().into_iter();
        counts
            .map(|(kind, count, newest)| EvidenceCount {
                kind: EvidenceKind::named(kind),
                count: i32::try_from(count).unwrap_or(i32::MAX),
                newest_at: DateTime(newest),
            })
            .collect()
    }

    /// Whether there is evidence that counts but is not for you to see.
    async fn more_hidden(&self) -> bool {
        self.receipt.more_hidden
    }

    /// The evidence that you may see, the newest first.
    #[graphql(directive = per_page::apply(0))]
    async fn evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<EvidenceItem>> {
        let request = page(first, after)?;
        let page = cut_here(ctx, self.receipt.evidence.clone(), "evidence", &request)?;
        Ok(connection(page, |item| EvidenceItem {
            fact_id: item.fact.to_string().into(),
            kind: EvidenceKind::named(item.kind),
            at: DateTime(item.at),
        }))
    }
}
