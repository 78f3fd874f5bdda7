//! `tertius clusters`.

use std::fmt::Write as _;

use clap::Args;
use comfy_table::{Table, presets};
use serde_json::json;

use crate::service::{
    ClusterTrait, ClusterView, MapView, ServiceError, Tertius, TraitKind, Viewer,
};

use super::{Printed, asking::Listing, day_of, json::printed, names::Names};

/// How many of those in the middle of a cluster are named.
const PEOPLE_SHOWN: usize = 3;

/// Which clusters to show.
#[derive(Debug, Clone, Args)]
pub struct ClustersArgs {
    /// How fine: 0.5, 1, 2, 3 or 5, the greater the smaller the clusters [default: the most stable]
    #[arg(long, value_name = "R")]
    pub resolution: Option<f64>,
    /// How many, as whom, as of which day.
    #[command(flatten)]
    pub listing: Listing,
}

pub(super) async fn run(
    tertius: &Tertius,
    viewer: &Viewer,
    args: &ClustersArgs,
    as_json: bool,
) -> Result<Printed, ServiceError> {
    let map = tertius.clusters(viewer, args.resolution).await?;
    let shown = &map.clusters[..args.listing.first.min(map.clusters.len())];
    let people = shown.iter().flat_map(|one| one.members.iter().take(PEOPLE_SHOWN).copied());
    let names = Names::of(tertius, viewer, people, []).await?;
    if as_json {
        let day = day_of(tertius, viewer).to_string();
        let clusters: Vec<_> = shown.iter().map(|one| as_value(one, &names)).collect();
        let value = json!({
            "asOf": day,
            "resolution": map.at.resolution,
            "stability": map.at.stability,
            "clusters": clusters,
            "peopleInNone": map.in_none,
        });
        return Ok(Printed::done(printed(&value)));
    }
    if shown.is_empty() {
        return Ok(Printed::nothing("Too few people know each other to form clusters.\n".into()));
    }
    Ok(Printed::done(tell(&map, shown, &names)))
}

fn as_value(cluster: &ClusterView, names: &Names) -> serde_json::Value {
    let joined = |one: &ClusterTrait| {
        json!({
            "kind": kind_word(one.kind), "label": one.label,
            "inside": one.inside, "outside": one.outside, "zScore": one.z,
        })
    };
    json!({
        "name": cluster.name,
        "size": cluster.members.len(),
        "cohesion": cluster.quality.cohesion,
        "conductance": cluster.quality.conductance,
        "traits": cluster.traits.iter().map(joined).collect::<Vec<_>>(),
        "people": middle(cluster, names),
    })
}

fn middle(cluster: &ClusterView, names: &Names) -> Vec<String> {
    cluster.members.iter().take(PEOPLE_SHOWN).map(|&id| names.person(id)).collect()
}

fn kind_word(kind: TraitKind) -> &'static str {
    match kind {
        TraitKind::Company => "company",
        TraitKind::Tag => "tag",
        TraitKind::Function => "function",
        TraitKind::Seniority => "seniority",
        TraitKind::Domain => "domain",
    }
}

/// How tightly a cluster holds together, in a word.
fn holds(cluster: &ClusterView) -> String {
    let word = match cluster.quality.conductance {
        share if share <= 0.2 => "tight",
        share if share <= 0.5 => "fair",
        _ => "loose",
    };
    format!("{word}: {:.0} % stays inside", 100.0 * cluster.quality.cohesion)
}

fn tell(map: &MapView, shown: &[ClusterView], names: &Names) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header(["CLUSTER", "PEOPLE", "WHAT JOINS THEM", "HOW TIGHTLY", "IN THE MIDDLE"]);
    for cluster in shown {
        let size = cluster.members.len();
        let joined = |one: &ClusterTrait| format!("{} ({} of {size})", one.label, one.inside);
        // The domain of a company says again what its name says.
        let has_company = cluster.traits.iter().any(|one| one.kind == TraitKind::Company);
        let says_more = |one: &&ClusterTrait| one.kind != TraitKind::Domain || !has_company;
        let telling = cluster.traits.iter().filter(says_more).take(3);
        let joined: Vec<String> = telling.map(joined).collect();
        let joined = if joined.is_empty() { "their ties alone".into() } else { joined.join(", ") };
        let middle = middle(cluster, names).join(", ");
        table.add_row([cluster.name.clone(), size.to_string(), joined, holds(cluster), middle]);
    }
    let mut text = format!("{}\n", table.trim_fmt());
    let others: Vec<String> = map
        .resolutions
        .iter()
        .map(|one| format!("{} ({}, stability {:.2})", one.resolution, one.clusters, one.stability))
        .collect();
    let _ = writeln!(
        text,
        "\nresolution {}: {} of {} clusters shown; {} people are in none\nothers: {}",
        map.at.resolution,
        shown.len(),
        map.clusters.len(),
        map.in_none,
        others.join(", ")
    );
    text
}
