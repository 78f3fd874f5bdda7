//! What is said of paths: the evidence of each step, what speaks against it, a key.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use crate::{
    algo::{LoadBand, Path, Strength, TieFigures},
    model::{Day, PersonId},
};

use super::{
    Hop, IntroPath, Receipt, Risk, RiskKind, ServiceResult, Tertius, Verdict, Viewer,
    picture::Picture,
};

impl Tertius {
    /// Paths with everything that is shown of them; the store is asked once for all of them.
    pub(super) async fn describe(
        &self,
        viewer: &Viewer,
        picture: &Picture,
        paths: &[Path],
    ) -> ServiceResult<Vec<IntroPath>> {
        let network = picture.weighed.network();
        let pairs: Vec<(PersonId, PersonId)> = paths
            .iter()
            .flat_map(|path| path.nodes.windows(2))
            .map(|step| (network.id(step[0]), network.id(step[1])))
            .collect();
        let mut receipts = self.receipts(viewer, &pairs).await?.into_iter().zip(&pairs);
        let limits = self.own_limits(viewer, paths, picture).await?;
        let mut described = Vec::with_capacity(paths.len());
        for path in paths {
            let last = path.costs.len().saturating_sub(1);
            let hops = path.costs.iter().enumerate().zip(receipts.by_ref());
            let inferred = |from, to| {
                let tie = network.find(from).zip(network.find(to));
                let tie = tie.and_then(|(a, b)| picture.weighed.tie(a, b));
                tie.is_some_and(TieFigures::is_inferred)
            };
            let hops = hops.map(|((at, cost), (receipt, &(from, to)))| {
                let probability = cost.probability();
                let without = || {
                    let inferred = inferred(from, to);
                    let unseen = Receipt::unseen(probability, viewer);
                    Receipt { inferred, more_hidden: !inferred, ..unseen }
                };
                let load = (at < last).then(|| picture.load_of(to));
                Hop { from, to, probability, load, receipt: receipt.unwrap_or_else(without) }
            });
            let hops: Vec<Hop> = hops.collect();
            let probability = path.probability();
            described.push(IntroPath {
                key: key(&hops),
                together: None,
                rise: None,
                risks: risks(&hops, picture.weighed.day(), &limits),
                hops,
                probability,
                verdict: Verdict::of(probability),
                weakest: path.weakest_step(),
                as_of: viewer.vantage(),
            });
        }
        Ok(described)
    }

    /// The connectors on these paths who were asked this month as often as they wish, or more.
    async fn own_limits(
        &self,
        viewer: &Viewer,
        paths: &[Path],
        picture: &Picture,
    ) -> ServiceResult<HashSet<PersonId>> {
        let network = picture.weighed.network();
        let connectors = paths.iter().filter_map(|path| path.nodes.get(1..path.nodes.len() - 1));
        let mut loaded: Vec<PersonId> = connectors
            .flatten()
            .map(|&node| network.id(node))
            .filter(|&id| picture.load_of(id) > LoadBand::None)
            .collect();
        loaded.sort_unstable();
        loaded.dedup();
        if loaded.is_empty() {
            return Ok(HashSet::new());
        }
        let now = self.clock.now().min(picture.epoch.day.end().plus_ms(-1));
        let (month, _) = crate::model::month_of(now);
        let asks = picture.recorded.asks_since(month).await?;
        let people = self.people(viewer, &loaded).await?;
        let over = loaded.iter().zip(people).filter(|(id, person)| {
            let asked = asks.iter().filter(|ask| ask.connector == **id && ask.at <= now).count();
            let limit = person.as_ref().and_then(|person| person.asks_per_month);
            limit.is_some_and(|limit| asked >= usize::from(limit))
        });
        Ok(over.map(|(id, _)| *id).collect())
    }
}

/// A key that is equal for equal hops and says nothing else.
fn key(hops: &[Hop]) -> String {
    let mut hasher = Sha256::new();
    for hop in hops {
        hasher.update(hop.from.value().to_be_bytes());
        hasher.update(hop.to.value().to_be_bytes());
    }
    let digest = hasher.finalize();
    let hex = digest.iter().take(16).fold(String::new(), |mut hex, byte| {
        use std::fmt::Write as _;
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    });
    format!("path_{hex}")
}

fn risks(hops: &[Hop], day: Day, limits: &HashSet<PersonId>) -> Vec<Risk> {
    let of_hop = |hop: &Hop| {
        let receipt = &hop.receipt;
        let last_contact = receipt.last_contact;
        let found = [
            (RiskKind::OveraskedConnector, hop.load >= Some(LoadBand::Busy)),
            (RiskKind::OverTheirLimit, hop.load.is_some() && limits.contains(&hop.to)),
            (RiskKind::ConnectedOnly, receipt.connected_only),
            (RiskKind::Inferred, receipt.inferred),
            (RiskKind::CoolingTie, last_contact.is_some_and(|last| last.plus(90) < day)),
        ];
        let person = hop.to;
        found.into_iter().filter(|(_, found)| *found).map(move |(kind, _)| Risk { kind, person })
    };
    hops.iter().flat_map(of_hop).collect()
}

impl Receipt {
    /// A tie whose evidence was taken back between the search and the look at it.
    fn unseen(probability: f64, viewer: &Viewer) -> Self {
        Self {
            strength: Strength { value: probability, factors: Vec::new() },
            fades: None,
            overridden: None,
            connected_only: false,
            inferred: false,
            last_contact: None,
            evidence: Vec::new(),
            more_hidden: true,
            as_of: viewer.vantage(),
        }
    }
}
