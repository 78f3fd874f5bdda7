//! petgraph's visit traits on a network whose ties have no direction.

use std::{
    iter::{Filter, FlatMap, Map, Repeat, Zip, repeat},
    ops::Range,
    slice::Iter,
};

use petgraph::{
    Direction, Undirected as NoDirection,
    visit::{
        Data, EdgeCount, EdgeRef, GraphBase, GraphProp, GraphRef, IntoEdgeReferences, IntoEdges,
        IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers,
        IntoNodeReferences, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
    },
};

use super::{
    Cost, Entry, Network, NodeIx, TieIx, VisitSet,
    visit::{Neighbors, People, neighbors, nodes, people},
};
use crate::model::PersonId;

/// A view of a network in which each tie is one edge.
///
/// The id of an edge is the index of its tie, so that a caller may look up a symmetric weight; the
/// weight in the edge itself is the cost of the step from its source.
#[derive(Debug, Clone, Copy)]
pub struct Undirected<'a>(pub &'a Network);

/// A tie, seen from one of its people.
#[derive(Debug, Clone, Copy)]
pub struct UndirectedTie<'a> {
    source: NodeIx,
    target: NodeIx,
    cost: &'a Cost,
    tie: TieIx,
}

impl<'a> EdgeRef for UndirectedTie<'a> {
    type NodeId = NodeIx;
    type EdgeId = TieIx;
    type Weight = Cost;

    fn source(&self) -> NodeIx {
        self.source
    }

    fn target(&self) -> NodeIx {
        self.target
    }

    fn weight(&self) -> &'a Cost {
        self.cost
    }

    fn id(&self) -> TieIx {
        self.tie
    }
}

/// The ties of one person.
pub(super) type Ties<'a> = Map<
    Zip<Repeat<NodeIx>, Zip<Iter<'a, Entry>, Iter<'a, TieIx>>>,
    fn((NodeIx, (&'a Entry, &'a TieIx))) -> UndirectedTie<'a>,
>;

/// Every tie once, from whoever has the smaller place.
pub(super) type AllTies<'a> = Filter<
    FlatMap<
        Zip<Repeat<Undirected<'a>>, Range<NodeIx>>,
        Ties<'a>,
        fn((Undirected<'a>, NodeIx)) -> Ties<'a>,
    >,
    fn(&UndirectedTie<'a>) -> bool,
>;

impl GraphBase for Undirected<'_> {
    type EdgeId = TieIx;
    type NodeId = NodeIx;
}

impl GraphRef for Undirected<'_> {}

impl GraphProp for Undirected<'_> {
    type EdgeType = NoDirection;
}

impl Data for Undirected<'_> {
    type NodeWeight = PersonId;
    type EdgeWeight = Cost;
}

impl NodeIndexable for Undirected<'_> {
    fn node_bound(&self) -> usize {
        self.0.places()
    }

    fn to_index(&self, node: NodeIx) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> NodeIx {
        index as NodeIx
    }
}

impl NodeCount for Undirected<'_> {
    fn node_count(&self) -> usize {
        self.0.places()
    }
}

impl NodeCompactIndexable for Undirected<'_> {}

impl EdgeCount for Undirected<'_> {
    fn edge_count(&self) -> usize {
        self.0.ties()
    }
}

impl Visitable for Undirected<'_> {
    type Map = VisitSet;

    fn visit_map(&self) -> VisitSet {
        self.0.visit_map()
    }

    fn reset_map(&self, map: &mut VisitSet) {
        self.0.reset_map(map);
    }
}

impl<'a> IntoNeighbors for Undirected<'a> {
    type Neighbors = Neighbors<'a>;

    fn neighbors(self, node: NodeIx) -> Neighbors<'a> {
        neighbors(self.0.out_row(node))
    }
}

impl<'a> IntoNeighborsDirected for Undirected<'a> {
    type NeighborsDirected = Neighbors<'a>;

    fn neighbors_directed(self, node: NodeIx, _: Direction) -> Neighbors<'a> {
        self.neighbors(node)
    }
}

impl<'a> IntoEdgeReferences for Undirected<'a> {
    type EdgeRef = UndirectedTie<'a>;
    type EdgeReferences = AllTies<'a>;

    fn edge_references(self) -> AllTies<'a> {
        let each: fn((Undirected<'a>, NodeIx)) -> Ties<'a> = |(view, node)| view.edges(node);
        repeat(self).zip(nodes(self.0)).flat_map(each).filter(|tie| tie.source < tie.target)
    }
}

impl<'a> IntoEdges for Undirected<'a> {
    type Edges = Ties<'a>;

    fn edges(self, node: NodeIx) -> Ties<'a> {
        let ties = self.0.out_row(node).iter().zip(self.0.out_ties(node));
        repeat(node).zip(ties).map(|(source, (entry, tie))| UndirectedTie {
            source,
            target: entry.node,
            cost: &entry.cost,
            tie: *tie,
        })
    }
}

impl<'a> IntoEdgesDirected for Undirected<'a> {
    type EdgesDirected = Ties<'a>;

    /// As petgraph asks of a graph without direction: the person is the source of the edges out,
    /// and the target of the edges in.
    fn edges_directed(self, node: NodeIx, direction: Direction) -> Ties<'a> {
        let ties = self.0.out_row(node).iter().zip(self.0.out_ties(node));
        match direction {
            Direction::Outgoing => self.edges(node),
            Direction::Incoming => repeat(node).zip(ties).map(|(target, (entry, tie))| {
                UndirectedTie { source: entry.node, target, cost: &entry.cost, tie: *tie }
            }),
        }
    }
}

impl IntoNodeIdentifiers for Undirected<'_> {
    type NodeIdentifiers = Range<NodeIx>;

    fn node_identifiers(self) -> Range<NodeIx> {
        nodes(self.0)
    }
}

impl<'a> IntoNodeReferences for Undirected<'a> {
    type NodeRef = (NodeIx, &'a PersonId);
    type NodeReferences = People<'a>;

    fn node_references(self) -> People<'a> {
        people(self.0)
    }
}
