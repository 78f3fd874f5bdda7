//! Pages as Relay connections.

use std::borrow::Cow;

use async_graphql::{Object, OutputType, SimpleObject, TypeName, connection::PageInfo};

use crate::service::Page;

/// A list in pages; ask for as much of it as you need.
pub struct Listed<N: OutputType> {
    edges: Vec<Edge<N>>,
    page_info: PageInfo,
}

/// A list in pages; ask for as much of it as you need.
#[Object(name_type)]
impl<N: OutputType> Listed<N> {
    /// The entries with their cursors.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The entries alone.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }
}

impl<N: OutputType> Listed<N> {
    /// The entries with their cursors, for a connection with further fields.
    pub(super) fn all_edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The entries alone.
    pub(super) fn all_nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where the page stands in the list.
    pub(super) fn place(&self) -> &PageInfo {
        &self.page_info
    }
}

/// An entry of a list with its cursor.
#[derive(Debug, SimpleObject)]
#[graphql(name_type)]
pub struct Edge<N: OutputType> {
    /// Name it as `after` to go on behind this entry.
    pub cursor: String,
    /// The entry.
    pub node: N,
}

impl<N: OutputType> TypeName for Listed<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

/// A page as a connection.
pub(super) fn connection<T, N: OutputType>(page: Page<T>, to_node: impl Fn(T) -> N) -> Listed<N> {
    let cursor = |entry: Option<&(String, T)>| entry.map(|(cursor, _)| cursor.clone());
    let page_info = PageInfo {
        // Pages run forward only: whoever came by a cursor has the page before.
        has_previous_page: page.began_after,
        has_next_page: page.has_next,
        start_cursor: cursor(page.entries.first()),
        end_cursor: cursor(page.entries.last()),
    };
    let edges = page.entries.into_iter().map(|(cursor, node)| Edge { cursor, node: to_node(node) });
    Listed { edges: edges.collect(), page_info }
}
