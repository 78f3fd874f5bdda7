//! petgraph's visit traits on the network, each tie as two directed edges.
//!
//! A step that is never granted is an edge too, of weight [`Cost::NEVER`]; and the place of a
//! removed person is a node without edges, for the nodes must be numbered without holes.

use std::{
    iter::{FlatMap, Map, Repeat, Zip, repeat},
    ops::Range,
    slice::Iter,
};

use petgraph::{
    Directed, Direction,
    graph::DiGraph,
    visit::{
        Data, EdgeCount, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
        IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences,
        NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
    },
};

use super::{Cost, Entry, Network, NodeIx};
use crate::model::PersonId;

/// The bit set in which petgraph marks who was visited.
pub type VisitSet = <DiGraph<(), ()> as Visitable>::Map;

/// An edge: from, to, and what the step costs.
pub(super) type Step<'a> = (NodeIx, NodeIx, &'a Cost);

/// The people of a row.
pub(super) type Neighbors<'a> = Map<Iter<'a, Entry>, fn(&'a Entry) -> NodeIx>;

/// The edges of a row.
pub(super) type Steps<'a> =
    Map<Zip<Repeat<NodeIx>, Iter<'a, Entry>>, fn((NodeIx, &'a Entry)) -> Step<'a>>;

/// The edges of all rows.
pub(super) type AllSteps<'a> = FlatMap<
    Zip<Repeat<&'a Network>, Range<NodeIx>>,
    Steps<'a>,
    fn((&'a Network, NodeIx)) -> Steps<'a>,
>;

/// The people of all places.
pub(super) type People<'a> = Map<
    Zip<Repeat<&'a Network>, Range<NodeIx>>,
    fn((&'a Network, NodeIx)) -> (NodeIx, &'a PersonId),
>;

pub(super) fn neighbors(row: &[Entry]) -> Neighbors<'_> {
    row.iter().map(|entry| entry.node)
}

pub(super) fn nodes(network: &Network) -> Range<NodeIx> {
    0..network.places() as NodeIx
}

pub(super) fn people(network: &Network) -> People<'_> {
    repeat(network).zip(nodes(network)).map(|(network, node)| (node, network.id_ref(node)))
}

fn steps_from(network: &Network, node: NodeIx) -> Steps<'_> {
    repeat(node).zip(network.out_row(node)).map(|(node, entry)| (node, entry.node, &entry.cost))
}

impl GraphBase for Network {
    type EdgeId = (NodeIx, NodeIx);
    type NodeId = NodeIx;
}

impl GraphProp for Network {
    type EdgeType = Directed;
}

impl Data for Network {
    type NodeWeight = PersonId;
    type EdgeWeight = Cost;
}

impl NodeIndexable for Network {
    fn node_bound(&self) -> usize {
        self.places()
    }

    fn to_index(&self, node: NodeIx) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> NodeIx {
        index as NodeIx
    }
}

impl NodeCount for Network {
    fn node_count(&self) -> usize {
        self.places()
    }
}

impl NodeCompactIndexable for Network {}

impl EdgeCount for Network {
    fn edge_count(&self) -> usize {
        self.ties() * 2
    }
}

impl Visitable for Network {
    type Map = VisitSet;

    fn visit_map(&self) -> VisitSet {
        VisitSet::with_capacity(self.places())
    }

    fn reset_map(&self, map: &mut VisitSet) {
        map.clear();
        map.grow(self.places());
    }
}

impl<'a> IntoNeighbors for &'a Network {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, node: NodeIx) -> Neighbors<'a> {
        neighbors(self.out_row(node))
    }
}

impl<'a> IntoNeighborsDirected for &'a Network {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, node: NodeIx, direction: Direction) -> Neighbors<'a> {
        match direction {
            Direction::Outgoing => neighbors(self.out_row(node)),
            Direction::Incoming => neighbors(self.in_row(node)),
        }
    }
}

impl<'a> IntoEdgeReferences for &'a Network {
    type EdgeRef = Step<'a>;
    type EdgeReferences = AllSteps<'a>;

    fn edge_references(self) -> AllSteps<'a> {
        repeat(self).zip(nodes(self)).flat_map(|(network, node)| steps_from(network, node))
    }
}

impl<'a> IntoEdges for &'a Network {
    type Edges = Steps<'a>;

    fn edges(self, node: NodeIx) -> Steps<'a> {
        steps_from(self, node)
    }
}

impl<'a> IntoEdgesDirected for &'a Network {
    type EdgesDirected = Steps<'a>;

    fn edges_directed(self, node: NodeIx, direction: Direction) -> Steps<'a> {
        match direction {
            Direction::Outgoing => steps_from(self, node),
            Direction::Incoming => repeat(node)
                .zip(self.in_row(node))
                .map(|(node, entry)| (entry.node, node, &entry.cost)),
        }
    }
}

impl IntoNodeIdentifiers for &Network {
    type NodeIdentifiers = Range<NodeIx>;

    fn node_identifiers(self) -> Range<NodeIx> {
        nodes(self)
    }
}

impl<'a> IntoNodeReferences for &'a Network {
    type NodeRef = (NodeIx, &'a PersonId);
    type NodeReferences = People<'a>;

    fn node_references(self) -> People<'a> {
        people(self)
    }
}
