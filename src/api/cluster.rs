//! Clusters: who is joined with whom, and by what.

use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use crate::service::{self, ClusterView, MapView, Page, Viewer};

use super::{
    connection::{Listed, connection},
    context::tertius,
    cost::per_page,
    error::fail,
    input::page,
    list::cut_here,
    person::{Person, load_person},
};

/// What members of a cluster may have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "service::TraitKind")]
pub enum TraitKind {
    /// They work at a company.
    Company,
    /// A word on them.
    Tag,
    /// What they do where they work.
    Function,
    /// How high they stand where they work.
    Seniority,
    /// Their mail addresses are of a domain.
    Domain,
}

/// What joins members of a cluster more than others.
#[derive(Debug, Clone, SimpleObject)]
pub struct ClusterTrait {
    /// What kind of thing it is.
    pub kind: TraitKind,
    /// How it is called.
    pub label: String,
    /// How many members have it.
    pub inside: i32,
    /// How many others on the map have it.
    pub outside: i32,
    /// By how many standard deviations the log-odds inside exceed those outside; 1.96 at least.
    pub z_score: f64,
}

impl From<service::ClusterTrait> for ClusterTrait {
    fn from(found: service::ClusterTrait) -> Self {
        let service::ClusterTrait { kind, label, inside, outside, z } = found;
        let (inside, outside) = (inside as i32, outside as i32);
        Self { kind: kind.into(), label, inside, outside, z_score: z }
    }
}

/// A resolution at which clusters are offered.
#[derive(Debug, Clone, SimpleObject)]
pub struct ClusterResolution {
    /// From how much more weight than by chance some people are one cluster; the greater, the
    /// smaller the clusters.
    pub resolution: f64,
    /// How many clusters of three people or more there are.
    pub clusters: i32,
    /// How little the answer depends on chance and on the resolution: 1 where not at all, about 0
    /// where it is all chance.
    pub stability: f64,
    /// Whether this is the one that is shown where none is asked for.
    pub is_default: bool,
}

impl From<service::ResolutionView> for ClusterResolution {
    fn from(view: service::ResolutionView) -> Self {
        let service::ResolutionView { resolution, clusters, stability, is_default } = view;
        Self { resolution, clusters: clusters as i32, stability, is_default }
    }
}

/// Some people who are joined among themselves more than with others. Each of them can be reached
/// from each other without leaving the cluster.
#[derive(Debug, Clone)]
pub struct Cluster {
    found: ClusterView,
}

impl From<ClusterView> for Cluster {
    fn from(found: ClusterView) -> Self {
        Self { found }
    }
}

/// Some people who are joined among themselves more than with others. Each of them can be reached
/// from each other without leaving the cluster.
#[Object]
impl Cluster {
    /// How it is called, by what joins its members; no other cluster of the map is called so.
    async fn name(&self) -> &str {
        &self.found.name
    }

    /// At which resolution it was found.
    async fn resolution(&self) -> f64 {
        self.found.resolution
    }

    /// How many people are in it.
    async fn size(&self) -> i32 {
        self.found.members.len() as i32
    }

    /// What joins its members more than others, the greatest first; five at most, and none where
    /// nothing stands out.
    async fn traits(&self) -> Vec<ClusterTrait> {
        self.found.traits.iter().cloned().map(ClusterTrait::from).collect()
    }

    /// The share of its members' ties, by weight, that stay inside; from 0 to 1.
    async fn cohesion(&self) -> f64 {
        self.found.quality.cohesion
    }

    /// How much leads out, by weight, as a share of the ties of its members, or of everybody else
    /// where these have less; from 0 to 1. Above 0.5 it is hardly a cluster.
    async fn conductance(&self) -> f64 {
        self.found.quality.conductance
    }

    /// Who is in it: whose ties inside weigh most first.
    #[graphql(directive = per_page::apply(0))]
    async fn members(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Person>> {
        let members = self.found.members.to_vec();
        let page = cut_here(ctx, members, "members", &page(first, after)?)?;
        let (has_next, began_after, as_of) = (page.has_next, page.began_after, self.found.as_of);
        let loads = page.entries.into_iter().map(|(cursor, id)| async move {
            let person = load_person(ctx, id, as_of).await?;
            Ok::<_, async_graphql::Error>(person.map(|person| (cursor, person)))
        });
        let entries = futures_util::future::try_join_all(loads).await?;
        let entries = entries.into_iter().flatten().collect();
        Ok(connection(Page { entries, has_next, began_after }, |person| person))
    }
}

/// The clusters of everybody whom the team knows, at one resolution.
#[derive(Debug, Clone)]
pub struct ClusterMap {
    found: MapView,
}

/// The clusters of everybody whom the team knows, at one resolution.
#[Object]
impl ClusterMap {
    /// At which resolution.
    async fn resolution(&self) -> ClusterResolution {
        self.found.at.into()
    }

    /// All resolutions at which clusters are offered, the coarsest first.
    async fn resolutions(&self) -> Vec<ClusterResolution> {
        self.found.resolutions.iter().copied().map(ClusterResolution::from).collect()
    }

    /// How many people know somebody, and are in no cluster of three or more.
    async fn people_in_none(&self) -> i32 {
        self.found.in_none as i32
    }

    /// The clusters, the largest first.
    #[graphql(directive = per_page::apply(0))]
    async fn clusters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many; 20 if nothing is said, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "After this cursor of the same list.")] after: Option<String>,
    ) -> Result<Listed<Cluster>> {
        let request = page(first, after)?;
        let page = cut_here(ctx, self.found.clusters.clone(), "clusters", &request)?;
        Ok(connection(page, Cluster::from))
    }
}

/// The map that a viewer asks for.
pub(super) async fn cluster_map(
    ctx: &Context<'_>,
    viewer: &Viewer,
    resolution: Option<f64>,
) -> Result<ClusterMap> {
    let found = tertius(ctx)?.clusters(viewer, resolution).await;
    Ok(ClusterMap { found: found.map_err(|error| fail(ctx, error))? })
}
