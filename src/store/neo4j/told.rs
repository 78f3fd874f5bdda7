//! Facts with every telling of them, and what of them stood for whom: pure rules over what was read.

use std::collections::{BTreeMap, BTreeSet};

use neo4rs::Row;

use super::decode::{Teller, get, id_in, read_json};
use crate::{
    model::{Attestation, Claim, Fact, FactId, Level, MemberId, Timestamp, Version},
    store::{
        StoreResult,
        standing::{View, onlookers},
    },
};

/// The columns from which [`Kept::in_row`] reads a fact `f`.
pub(super) const COLUMNS: &str = "f.id AS fact, f.claim AS claim, f.occurrence AS occurrence,
    [(f)-[t:TOLD_BY]->(a:Teller) |
     [t.version, t.place, t.recorded_at, t.retracted_at, t.gone, a.body]] AS told";

/// The version at which a read looks, and through whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// What was told by it, and not gone by it, stands.
    pub(super) at: i64,
    /// The member who looks; the team where nobody does.
    pub(super) member: Option<MemberId>,
}

impl Look {
    /// The last version, whichever it is.
    pub(super) const NOW: i64 = FOREVER - 1;

    pub(super) const fn is_now(self) -> bool {
        self.at == Self::NOW
    }

    /// Whose part is seen, as it is written.
    pub(super) fn owners(self) -> Vec<String> {
        let member = self.member.map(|member| member.to_string());
        std::iter::once(TEAM.to_owned()).chain(member).collect()
    }

    /// A version, where it is not later than that at which this looks.
    pub(super) fn last(self, last: Version) -> Version {
        last.min(Version(self.at.unsigned_abs()))
    }
}

/// The version at which that is gone which still stands.
pub(super) const FOREVER: i64 = i64::MAX;

/// How the owner of what the whole team sees is written.
pub(super) const TEAM: &str = "team";

/// The owner of something, as it is written.
pub(super) fn owner_text(owner: Option<MemberId>) -> String {
    owner.map_or_else(|| TEAM.to_owned(), |member| member.to_string())
}

/// One telling of a fact.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    /// By which version.
    pub(super) version: i64,
    /// The place of the change in its batch.
    pub(super) place: i64,
    /// By which version it was taken back, if it was.
    pub(super) gone: Option<i64>,
    /// Who told it, as it is now.
    pub(super) by: Attestation,
}

impl Told {
    /// Whether it stood at a version.
    fn stands_at(&self, at: i64) -> bool {
        self.version <= at && self.gone.is_none_or(|gone| gone > at)
    }

    /// The same as it was at a version.
    fn then(&self, at: i64) -> Attestation {
        let back = self.by.retracted_at.filter(|_| self.gone.is_some_and(|gone| gone <= at));
        Attestation { retracted_at: back, ..self.by.clone() }
    }
}

/// A fact as the server keeps it, with all its tellings in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) id: FactId,
    pub(super) claim: Claim,
    pub(super) occurrence: u32,
    pub(super) told: Vec<Told>,
}

/// How a telling comes in a row: version, place, recorded, retracted, gone, who.
type TellingRow<'a> = (i64, i64, i64, Option<i64>, Option<i64>, &'a str);

impl Kept {
    /// The fact in a row of [`COLUMNS`].
    pub(super) fn in_row(row: &Row) -> StoreResult<Self> {
        let claim: Claim = read_json(get(row, "claim")?)?;
        let rows: Vec<TellingRow<'_>> = get(row, "told")?;
        let mut told = Vec::with_capacity(rows.len());
        for (version, place, recorded_at, retracted_at, gone, teller) in rows {
            let Teller { source, recorder, basis, audience } = read_json(teller)?;
            let recorded_at = Timestamp::from_ms(recorded_at);
            let retracted_at = retracted_at.map(Timestamp::from_ms);
            let by = Attestation { source, recorder, basis, audience, recorded_at, retracted_at };
            told.push(Told { version, place, gone, by });
        }
        told.sort_by_key(|told| (told.version, told.place));
        let occurrence = get(row, "occurrence")?;
        Ok(Self { id: id_in(row, "fact")?, claim, occurrence, told })
    }

    /// The fact as it was at a version, whether it stood or not, if it had ever been told.
    pub(super) fn at(&self, at: i64) -> Option<Fact> {
        let told = self.told.iter().filter(|told| told.version <= at);
        let attestations: Vec<Attestation> = told.map(|told| told.then(at)).collect();
        let (id, claim) = (self.id, self.claim.clone());
        (!attestations.is_empty()).then_some(Fact { id, claim, attestations })
    }

    /// When it was told, of the tellings that stood at a version: what "in order of telling" goes by.
    pub(super) fn standing_since(&self, at: i64) -> Option<(i64, i64)> {
        let standing = self.told.iter().filter(|told| told.stands_at(at));
        standing.map(|told| (told.version, told.place)).min()
    }

    /// When it was first told.
    pub(super) fn first_told(&self) -> (i64, i64) {
        self.told.first().map_or((0, 0), |told| (told.version, told.place))
    }
}

/// What somebody saw of a fact, from one version on and before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    /// Who: a member, or the team.
    pub(super) owner: Option<MemberId>,
    /// From which version on.
    pub(super) told: i64,
    /// Before which version; [`FOREVER`] while it is so.
    pub(super) gone: i64,
    /// How much of it.
    pub(super) level: Level,
    /// When they learnt it.
    pub(super) since: Timestamp,
}

/// What the team, and every member who sees more, saw of a fact, version by version.
///
/// Of evidence that weighs for the team as it is, nobody sees more: it weighs so for everybody.
pub(super) fn seen(claim: &Claim, told: &[Told]) -> Vec<Seen> {
    let versions: BTreeSet<i64> =
        told.iter().flat_map(|told| std::iter::once(told.version).chain(told.gone)).collect();
    let is_evidence = matches!(claim, Claim::Evidence(_));
    let mut open: BTreeMap<Option<MemberId>, Seen> = BTreeMap::new();
    let mut all = Vec::new();
    let mut before = View::default();
    for version in versions {
        let then: Vec<Attestation> =
            told.iter().filter(|t| t.version <= version).map(|t| t.then(version)).collect();
        let view = View::of(&then);
        for owner in onlookers(&before, &view) {
            let weighs = owner.is_none() || !is_evidence || !view.is_weighed();
            let now = view.seen_by(owner).filter(|_| weighs);
            let was = open.get(&owner).map(|seen| (seen.level, seen.since));
            if now == was {
                continue;
            }
            all.extend(open.remove(&owner).map(|seen| Seen { gone: version, ..seen }));
            if let Some((level, since)) = now {
                let gone = FOREVER;
                open.insert(owner, Seen { owner, told: version, gone, level, since });
            }
        }
        before = view;
    }
    all.extend(open.into_values());
    all
}

/// When all of a fact was open to somebody: what its keys go by.
pub(super) fn open(seen: &[Seen]) -> Vec<Seen> {
    let mut open: Vec<Seen> =
        seen.iter().filter(|seen| seen.level == Level::Evidence).copied().collect();
    open.sort_by_key(|seen| (seen.owner, seen.told));
    open.dedup_by(|next, last| {
        let follows = last.owner == next.owner && last.gone == next.told;
        if follows {
            last.gone = next.gone;
        }
        follows
    });
    open
}

/// What somebody saw, as a relationship keeps it: `owner told gone level since`.
pub(super) fn seen_text(seen: &Seen) -> String {
    let level = match seen.level {
        Level::Tie => "tie",
        Level::Strength => "strength",
        Level::Evidence => "evidence",
    };
    let gone = if seen.gone == FOREVER { "-".to_owned() } else { seen.gone.to_string() };
    format!("{} {} {gone} {level} {}", owner_text(seen.owner), seen.told, seen.since.as_ms())
}

/// The level and the moment of learning in a text of [`seen_text`], if it holds for an owner, as it is
/// written, at a version.
pub(super) fn seen_in(text: &str, owner: &str, at: i64) -> Option<(Level, Timestamp)> {
    let mut words = text.split(' ');
    let is_theirs = words.next() == Some(owner);
    let told: i64 = words.next()?.parse().ok()?;
    let gone = words.next()?;
    let holds = is_theirs && told <= at && (gone == "-" || gone.parse::<i64>().ok()? > at);
    let level = match words.next()? {
        "tie" => Level::Tie,
        "strength" => Level::Strength,
        _ => Level::Evidence,
    };
    let since = Timestamp::from_ms(words.next()?.parse().ok()?);
    holds.then_some((level, since))
}
