//! A network after overlays is the network built afresh; petgraph runs on it without a copy.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::{
    algo::{articulation_points::articulation_points, connected_components, dijkstra},
    graph::{DiGraph, NodeIndex, UnGraph},
    visit::{EdgeCount, EdgeRef, IntoEdgeReferences, IntoEdges, IntoEdgesDirected},
};
use proptest::prelude::*;

use super::*;
use crate::model::PersonId;

/// The facts behind a network, kept in the plainest way.
#[derive(Debug, Clone, Default)]
struct Facts {
    people: BTreeSet<PersonId>,
    ties: BTreeMap<(PersonId, PersonId), (Cost, Cost)>,
}

#[derive(Debug, Clone)]
enum Change {
    AddPerson(u128),
    RemovePerson(u128),
    SetTie(u128, u128, u32, u32),
    RemoveTie(u128, u128),
    NextOverlay,
}

impl Facts {
    fn change(&mut self, change: &Change) {
        let id = PersonId::new;
        match *change {
            Change::AddPerson(a) => {
                self.people.insert(id(a));
            }
            Change::RemovePerson(a) => {
                self.people.remove(&id(a));
                self.ties.retain(|&(x, y), _| x != id(a) && y != id(a));
            }
            Change::SetTie(a, b, forth, back) if a != b => {
                self.people.extend([id(a), id(b)]);
                let [forth, back] = [forth, back].map(cost);
                let costs = if a < b { (forth, back) } else { (back, forth) };
                self.ties.insert((id(a.min(b)), id(a.max(b))), costs);
            }
            Change::RemoveTie(a, b) => {
                self.ties.remove(&(id(a.min(b)), id(a.max(b))));
            }
            _ => {}
        }
    }

    fn change_all(&mut self, changes: &[Change]) {
        for change in changes {
            self.change(change);
        }
    }

    fn network(&self) -> Network {
        let people: Vec<PersonId> = self.people.iter().copied().collect();
        let at = |id| people.binary_search(&id).unwrap() as NodeIx;
        let ties: Vec<TieCosts> = (self.ties.iter())
            .map(|(&(a, b), &(forth, back))| TieCosts { a: at(a), b: at(b), forth, back })
            .collect();
        Network::build(people.clone(), &ties).unwrap()
    }
}

/// Few different costs, so that equal ones are common; 5 is never.
fn cost(units: u32) -> Cost {
    if units >= 5 { Cost::NEVER } else { Cost::from_units(units) }
}

fn lay(overlay: &mut Overlay, change: &Change) {
    let id = PersonId::new;
    match *change {
        Change::AddPerson(a) => overlay.add_person(id(a)),
        Change::RemovePerson(a) => overlay.remove_person(id(a)),
        Change::SetTie(a, b, forth, back) => {
            let [forth, back] = [forth, back].map(cost);
            overlay.set_tie(TieCosts { a: id(a), b: id(b), forth, back });
        }
        Change::RemoveTie(a, b) => overlay.remove_tie(id(a), id(b)),
        Change::NextOverlay => {}
    }
}

type IdRow = Vec<(Cost, PersonId)>;

/// Everything that can be seen of a network, by id.
fn seen(network: &Network) -> (usize, Vec<(PersonId, IdRow, IdRow)>) {
    let by_id = |row: &[Entry]| -> IdRow {
        row.iter().map(|entry| (entry.cost, network.id(entry.node))).collect()
    };
    let mut people: Vec<_> = (0..network.places() as NodeIx)
        .filter(|&node| !network.is_removed(node))
        .map(|node| (network.id(node), by_id(network.out_row(node)), by_id(network.in_row(node))))
        .collect();
    people.sort();
    assert_eq!(people.len(), network.people());
    (network.ties(), people)
}

/// What must hold within any network.
fn check_sound(network: &Network) {
    let mut met = BTreeMap::new();
    for node in 0..network.places() as NodeIx {
        assert_eq!(network.find(network.id(node)), (!network.is_removed(node)).then_some(node));
        assert!(!network.is_removed(node) || network.out_row(node).is_empty());
        for (entry, &tie) in network.out_row(node).iter().zip(network.out_ties(node)) {
            assert!((tie as usize) < network.ties_bound());
            assert_eq!(network.tie_between(node, entry.node), Some((tie, entry.cost)));
            met.entry(tie).or_insert_with(Vec::new).push(node.min(entry.node));
        }
    }
    assert_eq!(met.len(), network.ties());
    assert!(met.values().all(|ends| ends.len() == 2 && ends[0] == ends[1]));
}

fn changes(length: usize) -> impl Strategy<Value = Vec<Change>> {
    let who = 0u128..9;
    let change = prop_oneof![
        1 => who.clone().prop_map(Change::AddPerson),
        2 => who.clone().prop_map(Change::RemovePerson),
        9 => (who.clone(), who.clone(), 0u32..7, 0u32..7)
            .prop_map(|(a, b, forth, back)| Change::SetTie(a, b, forth, back)),
        3 => (who.clone(), who).prop_map(|(a, b)| Change::RemoveTie(a, b)),
        3 => Just(Change::NextOverlay),
    ];
    proptest::collection::vec(change, 0..length)
}

proptest! {
    #[test]
    fn overlays_show_what_a_network_built_afresh_shows(
        first in changes(40), later in changes(60),
    ) {
        let mut facts = Facts::default();
        facts.change_all(&first);
        let base = facts.network();
        let before = seen(&base);
        let (mut network, mut overlay) = (base.clone(), Overlay::new());
        for change in &later {
            facts.change(change);
            lay(&mut overlay, change);
            if matches!(change, Change::NextOverlay) {
                network = network.overlaid(&std::mem::take(&mut overlay));
            }
        }
        network = network.overlaid(&overlay);
        check_sound(&network);
        prop_assert_eq!(seen(&network), seen(&facts.network()));
        prop_assert_eq!(seen(&base), before);
    }

    #[test]
    fn the_order_of_ties_does_not_matter(list in changes(60), seed in any::<usize>()) {
        let mut facts = Facts::default();
        facts.change_all(&list);
        let network = facts.network();
        let people = facts.people.iter().copied().collect::<Vec<_>>();
        let mut ties: Vec<TieCosts> = Undirected(&network).edge_references()
            .map(|tie| {
                let (a, b) = (tie.target(), tie.source());
                let forth = network.tie_between(a, b).unwrap().1;
                TieCosts { a, b, forth, back: *tie.weight() }
            })
            .collect();
        let turn = seed % ties.len().max(1);
        ties.rotate_left(turn);
        prop_assert_eq!(seen(&Network::build(people, &ties).unwrap()), seen(&network));
    }

    #[test]
    fn petgraph_finds_on_a_network_what_it_finds_on_its_own_graph(list in changes(60)) {
        let mut facts = Facts::default();
        facts.change_all(&list);
        let network = facts.network().overlaid(&Overlay::new());
        let view = Undirected(&network);
        let directed = DiGraph::<(), Cost>::from_edges((&network).edge_references()
            .map(|(a, b, cost)| (a, b, *cost)));
        let mut plain = UnGraph::<(), Cost>::from_edges(view.edge_references()
            .map(|tie| (tie.source(), tie.target(), *tie.weight())));
        let mut directed = directed;
        for _ in directed.node_count()..network.people() { directed.add_node(()); }
        for _ in plain.node_count()..network.people() { plain.add_node(()); }
        prop_assert_eq!(network.edge_count(), directed.edge_count());
        prop_assert_eq!(view.edge_count(), plain.edge_count());
        prop_assert_eq!(connected_components(view), connected_components(&plain));
        let cuts: BTreeSet<usize> =
            articulation_points(view).into_iter().map(|node| node as usize).collect();
        let cuts_there: BTreeSet<usize> =
            articulation_points(&plain).into_iter().map(NodeIndex::index).collect();
        prop_assert_eq!(cuts, cuts_there);
        let units = |cost: &Cost| u64::from(cost.units());
        for node in 0..network.people() as NodeIx {
            let here: BTreeMap<usize, u64> = dijkstra(&network, node, None, |e| units(e.weight()))
                .into_iter().map(|(to, cost)| (to as usize, cost)).collect();
            let there: BTreeMap<usize, u64> =
                dijkstra(&directed, NodeIndex::new(node as usize), None, |e| units(e.weight()))
                    .into_iter().map(|(to, cost)| (to.index(), cost)).collect();
            prop_assert_eq!(here, there);
        }
        let here = rustworkx_core::centrality::betweenness_centrality(view, false, true, 50);
        let there = rustworkx_core::centrality::betweenness_centrality(&plain, false, true, 50);
        for (a, b) in here.iter().zip(&there) {
            prop_assert!((a.unwrap() - b.unwrap()).abs() < 1e-9);
        }
        let here = rustworkx_core::centrality::betweenness_centrality(&network, false, true, 50);
        let there = rustworkx_core::centrality::betweenness_centrality(&directed, false, true, 50);
        for (a, b) in here.iter().zip(&there) {
            prop_assert!((a.unwrap() - b.unwrap()).abs() < 1e-9);
        }
    }
}

#[test]
fn rustworkx_finds_the_cheapest_path_on_a_network() {
    let network = five();
    let costs: Vec<Option<u64>> = rustworkx_core::shortest_path::dijkstra(
        Undirected(&network),
        0,
        None,
        |tie| Ok::<_, std::convert::Infallible>(u64::from(tie.weight().units())),
        None,
    )
    .unwrap();
    assert_eq!(costs, [Some(0), Some(1), Some(3), Some(6), None]);
}

/// Four people in a row and one alone.
fn five() -> Network {
    let tie = |a, b, units| {
        let cost = Cost::from_units(units);
        TieCosts { a, b, forth: cost, back: cost }
    };
    let people = (10..15).map(PersonId::new).collect();
    Network::build(people, &[tie(1, 0, 1), tie(1, 2, 2), tie(3, 2, 3)]).unwrap()
}

#[test]
fn an_overlay_that_changes_nothing_costs_nothing() {
    let network = five();
    assert!(network.overlaid(&Overlay::new()).patch().is_none());
    let mut nothing_new = Overlay::new();
    nothing_new.add_person(PersonId::new(10));
    nothing_new.remove_person(PersonId::new(9));
    nothing_new.remove_tie(PersonId::new(10), PersonId::new(14));
    assert!(network.overlaid(&nothing_new).patch().is_none());
    let mut without = Overlay::new();
    without.remove_person(PersonId::new(14));
    let without = network.overlaid(&without);
    assert!(without.patch().is_some());
    assert!(without.overlaid(&Overlay::new()).patch().is_some());
}

#[test]
fn the_edges_into_a_person_end_there() {
    let network = five();
    let directed: Vec<_> = (&network).edges_directed(1, petgraph::Incoming).collect();
    assert!(directed.iter().all(|edge| edge.target() == 1) && directed.len() == 2);
    let view = Undirected(&network);
    assert!(view.edges_directed(1, petgraph::Incoming).all(|tie| tie.target() == 1));
    assert!(view.edges(1).all(|tie| tie.source() == 1));
    assert_eq!(view.edges(1).map(|tie| tie.id()).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn ties_that_make_no_network_are_refused() {
    let ids: Vec<PersonId> = [3, 5].map(PersonId::new).to_vec();
    let tie = |a, b| TieCosts { a, b, forth: Cost::SURE, back: Cost::NEVER };
    let refuse = |ties: &[TieCosts]| Network::build(ids.clone(), ties).unwrap_err();
    assert_eq!(refuse(&[tie(0, 2)]), BadNetwork::UnknownPerson { node: 2, people: 2 });
    assert_eq!(refuse(&[tie(1, 1)]), BadNetwork::SelfTie(ids[1]));
    let twice = refuse(&[tie(0, 1), tie(1, 0)]);
    assert_eq!(twice, BadNetwork::DuplicateTie { a: ids[0], b: ids[1] });
    let unsorted = Network::build(vec![ids[1], ids[0]], &[]).unwrap_err();
    assert_eq!(unsorted, BadNetwork::PeopleUnsorted { before: ids[1], after: ids[0] });
    assert_eq!(Network::build(Vec::new(), &[]).unwrap().people(), 0);
}

#[test]
fn a_symmetric_network_keeps_its_rows_once() {
    let people = || (0..1_000u128).map(PersonId::new).collect::<Vec<_>>();
    let tie = |a: u32, back| TieCosts { a, b: (a + 1) % 1_000, forth: Cost::SURE, back };
    let symmetric: Vec<_> = (0..1_000).map(|a| tie(a, Cost::SURE)).collect();
    let directed: Vec<_> = (0..1_000).map(|a| tie(a, Cost::NEVER)).collect();
    let [symmetric, directed] =
        [symmetric, directed].map(|ties| Network::build(people(), &ties).unwrap().heap_bytes());
    assert_eq!(symmetric, 24 * 1_000 + 20 * 1_000 + 4);
    assert_eq!(directed, symmetric + 16 * 1_000);
}

#[test]
fn a_replaced_tie_keeps_its_index_and_a_new_one_comes_after() {
    let mut overlay = Overlay::new();
    let [a, b, new] = [10, 11, 7].map(PersonId::new);
    overlay.set_tie(TieCosts { a, b, forth: Cost::SURE, back: Cost::NEVER });
    overlay.set_tie(TieCosts { a: new, b, forth: Cost::NEVER, back: Cost::SURE });
    let network = five().overlaid(&overlay);
    assert_eq!(network.tie_between(0, 1), Some((0, Cost::SURE)));
    assert_eq!(network.find(new), Some(5));
    assert_eq!(network.tie_between(1, 5), Some((3, Cost::SURE)));
    assert_eq!(network.tie_between(5, 1), Some((3, Cost::NEVER)));
    assert_eq!((network.people(), network.ties(), network.ties_bound()), (6, 4, 4));
}
