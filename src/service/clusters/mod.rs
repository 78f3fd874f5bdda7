//! Maps: the clusters of everybody whom the team knows, named and weighed.
//!
//! A map is drawn from what the team sees alone, so that it is the same for every member. It
//! follows from the team's picture: the same facts and the same day give the same map, in whichever
//! steps and in whichever process they came together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OnceCell, Semaphore};

use crate::{
    algo::{
        ClusterGraph, ClusterLevel, Quality, RESOLUTIONS, Stop, Weighed, cluster_levels,
        cluster_quality, map_weight, standouts,
    },
    model::{Day, PersonId, Scope},
    store::PairRow,
};

use super::{
    ServiceError, ServiceResult, Tertius, Vantage, Viewer, in_background, picture::Picture,
};
pub use naming::{ClusterTrait, TraitKind};
use naming::{Traits, name_all};

mod naming;

/// From how many members on a cluster is shown: two people are a tie.
const MEMBERS_MIN: usize = 3;
/// The seeds whose answers are compared; the clusters are those of the first.
const SEEDS: [u64; 3] = [1, 2, 3];
/// How many maps are kept; the one that was asked for longest ago goes first.
const MAPS_KEPT: usize = 4;
/// How long a question waits for a map; it is drawn to its end.
const WAIT: Duration = Duration::from_mins(1);

/// A group of people who are joined among themselves more than with others.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterView {
    /// How it is called; no other cluster of the map is called so.
    pub name: String,
    /// At which resolution it was found.
    pub resolution: f64,
    /// What joins its members more than others, the greatest first.
    pub traits: Vec<ClusterTrait>,
    /// Who is in it: whose ties inside weigh most first.
    pub members: Arc<Vec<PersonId>>,
    /// How well it holds together.
    pub quality: Quality,
    /// From where it is seen.
    pub as_of: Vantage,
}

/// What there is at one resolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResolutionView {
    /// The resolution.
    pub resolution: f64,
    /// How many clusters of three people or more there are.
    pub clusters: usize,
    /// How little the answer depends on chance and on the resolution: 1 where not at all.
    pub stability: f64,
    /// Whether this is the one that is shown where none is asked for.
    pub is_default: bool,
}

/// The clusters at one resolution, the largest first, and what other resolutions there are.
#[derive(Debug, Clone, PartialEq)]
pub struct MapView {
    /// At which resolution.
    pub at: ResolutionView,
    /// All resolutions, the coarsest first.
    pub resolutions: Vec<ResolutionView>,
    /// How many people are in no cluster, though they know somebody.
    pub in_none: usize,
    /// The clusters.
    pub clusters: Vec<ClusterView>,
}

/// A map at all resolutions.
#[derive(Debug)]
struct Map {
    levels: Vec<MapLevel>,
    resolutions: Vec<ResolutionView>,
}

#[derive(Debug)]
struct MapLevel {
    clusters: Vec<ClusterView>,
    /// In which of these somebody is.
    of: HashMap<PersonId, usize>,
    in_none: usize,
}

/// A map that is drawn when it is first asked for.
type Drawn = Arc<OnceCell<Arc<Map>>>;

/// The maps that were asked for last.
#[derive(Debug)]
pub(super) struct Maps {
    /// The one asked for last comes last.
    kept: Mutex<Vec<(Arc<Picture>, Drawn)>>,
    one_at_a_time: Arc<Semaphore>,
}

impl Default for Maps {
    fn default() -> Self {
        Self { kept: Mutex::default(), one_at_a_time: Arc::new(Semaphore::new(1)) }
    }
}

impl Maps {
    /// The map of a picture: a picture that changed is another one.
    fn of(&self, picture: &Arc<Picture>) -> Drawn {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(known, _)| Arc::ptr_eq(known, picture));
        let found =
            known.map_or_else(|| (Arc::clone(picture), Drawn::default()), |at| kept.remove(at));
        let drawn = Arc::clone(&found.1);
        kept.push(found);
        if kept.len() > MAPS_KEPT {
            kept.remove(0);
        }
        drawn
    }

    /// Forgets all maps.
    pub(super) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Tertius {
    /// The clusters at a resolution, or at the one that changes least between seeds and
    /// neighbouring resolutions. What the viewer supposes is not in it.
    ///
    /// # Errors
    /// `Invalid` for a resolution that is not offered; `Busy` where the map takes long to draw.
    ///
    /// # Complexity
    /// Where something changed since it was last asked for: one walk over all evidence, a look at
    /// everybody who has ties, and about a hundred over their ties.
    pub async fn clusters(
        &self,
        viewer: &Viewer,
        resolution: Option<f64>,
    ) -> ServiceResult<MapView> {
        let map = self.map_of(viewer).await?;
        let at = map.level(resolution)?;
        let level = &map.levels[at];
        let seen = |cluster: &ClusterView| ClusterView {
            as_of: Vantage::from(viewer.day()),
            ..cluster.clone()
        };
        Ok(MapView {
            at: map.resolutions[at],
            resolutions: map.resolutions.clone(),
            in_none: level.in_none,
            clusters: level.clusters.iter().map(seen).collect(),
        })
    }

    /// In which cluster somebody is; nothing where they are in none.
    ///
    /// # Errors
    /// As [`clusters`](Self::clusters).
    pub async fn cluster_of(
        &self,
        viewer: &Viewer,
        person: PersonId,
        resolution: Option<f64>,
    ) -> ServiceResult<Option<ClusterView>> {
        let map = self.map_of(viewer).await?;
        let level = &map.levels[map.level(resolution)?];
        let found = level.of.get(&person).map(|&at| &level.clusters[at]);
        let as_of = Vantage::from(viewer.day());
        Ok(found.map(|cluster| ClusterView { as_of, ..cluster.clone() }))
    }

    async fn map_of(&self, viewer: &Viewer) -> ServiceResult<Arc<Map>> {
        viewer.needs_scope(Scope::Read)?;
        let picture = self.picture_of_team(viewer).await?;
        let drawn = self.maps.of(&picture);
        if let Some(map) = drawn.get() {
            return Ok(Arc::clone(map));
        }
        let turn = Arc::clone(&self.maps.one_at_a_time);
        // On its own: whoever asked may go away, and the next one finds it done.
        let drawing = tokio::spawn(async move {
            let draw = || async {
                let _turn = turn.acquire().await;
                draw(&picture).await.map(Arc::new)
            };
            drawn.get_or_try_init(draw).await.cloned()
        });
        let busy =
            |_| ServiceError::Busy { reason: "the map is being drawn", retry_after_ms: 5_000 };
        let map = tokio::time::timeout(WAIT, drawing).await.map_err(busy)?;
        map.map_err(|error| ServiceError::Internal(Box::new(error)))?
    }
}

impl Map {
    fn level(&self, resolution: Option<f64>) -> ServiceResult<usize> {
        let wanted = |view: &ResolutionView| match resolution {
            None => view.is_default,
            Some(resolution) => (view.resolution - resolution).abs() < 1e-9,
        };
        self.resolutions.iter().position(wanted).ok_or_else(|| {
            let offered: Vec<String> = RESOLUTIONS.iter().map(ToString::to_string).collect();
            let message = format!("choose one of {}", offered.join(", "));
            ServiceError::invalid("resolution", message)
        })
    }
}

/// Ties with their weights, as pairs come.
struct Weighing {
    day: Day,
    weighed: Weighed,
    ties: Vec<(PersonId, PersonId, f32)>,
}

impl Weighing {
    /// Only what is a tie of the picture counts.
    fn add(&mut self, row: &PairRow) {
        let network = self.weighed.network();
        let places = network.find(row.low).zip(network.find(row.high));
        if let Some(figures) = places.and_then(|(a, b)| self.weighed.tie(a, b)) {
            let weight = map_weight(&row.evidence, self.day, figures);
            self.ties.push((row.low, row.high, weight));
        }
    }
}

async fn draw(picture: &Picture) -> ServiceResult<Map> {
    let recorded = picture.recorded.as_of(picture.version);
    let (day, weighed) = (picture.epoch.day, picture.weighed.clone());
    let weighing = Weighing { day, weighed, ties: Vec::new() };
    let ties = recorded.each_pair(weighing, |weighing, row| weighing.add(&row)).await?.ties;
    // Who has no tie is not on the map at all: whom one member alone knows must not move anybody.
    let mut people: Vec<PersonId> = ties.iter().flat_map(|&(a, b, _)| [a, b]).collect();
    people.sort_unstable();
    people.dedup();
    let traits = Traits::of(&recorded, &people, day).await?;
    in_background(move || {
        let place = |id: PersonId| people.partition_point(|&other| other < id) as u32;
        let ties: Vec<(u32, u32, f32)> =
            ties.into_iter().map(|(a, b, weight)| (place(a), place(b), weight)).collect();
        let graph = ClusterGraph::build(people.len(), &ties)
            .map_err(|error| ServiceError::Internal(Box::new(error)))?;
        let found = cluster_levels(&graph, &RESOLUTIONS, &SEEDS, &Stop::new())
            .map_err(|error| ServiceError::Internal(Box::new(error)))?;
        let levels: Vec<MapLevel> =
            found.levels.iter().map(|level| map_level(&graph, &people, &traits, level)).collect();
        let view = |(at, (level, drawn)): (usize, (&ClusterLevel, &MapLevel))| ResolutionView {
            resolution: level.resolution,
            clusters: drawn.clusters.len(),
            stability: level.stability(),
            is_default: at == found.default,
        };
        let resolutions = found.levels.iter().zip(&levels).enumerate().map(view).collect();
        Ok(Map { levels, resolutions })
    })
    .await
}

fn map_level(
    graph: &ClusterGraph,
    people: &[PersonId],
    traits: &Traits,
    level: &ClusterLevel,
) -> MapLevel {
    let (quality, inner) = cluster_quality(graph, &level.partition);
    let stand_out = standouts(&traits.of, &level.partition);
    let mut found: Vec<(usize, Vec<u32>)> =
        level.partition.members().into_iter().enumerate().collect();
    found.retain(|(_, members)| members.len() >= MEMBERS_MIN);
    found.sort_by_key(|(at, members)| (std::cmp::Reverse(members.len()), *at));
    for (_, members) in &mut found {
        members.sort_by(|&a, &b| inner[b as usize].total_cmp(&inner[a as usize]).then(a.cmp(&b)));
    }
    let named = name_all(traits, found.iter().map(|(at, members)| (&*stand_out[*at], members[0])));
    let cluster = |((at, members), (name, traits)): ((usize, Vec<u32>), _)| ClusterView {
        name,
        resolution: level.resolution,
        traits,
        members: Arc::new(members.into_iter().map(|node| people[node as usize]).collect()),
        quality: quality[at],
        as_of: Vantage::NOW,
    };
    let clusters: Vec<ClusterView> = found.into_iter().zip(named).map(cluster).collect();
    let in_cluster = |(at, cluster): (usize, &ClusterView)| {
        cluster.members.iter().map(|&person| (person, at)).collect::<Vec<_>>()
    };
    let of: HashMap<PersonId, usize> = clusters.iter().enumerate().flat_map(in_cluster).collect();
    let in_none = people.len() - of.len();
    MapLevel { clusters, of, in_none }
}
