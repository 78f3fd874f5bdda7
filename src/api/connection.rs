//! Pages as Relay connections.

use async_graphql::{
    ObjectType, OutputType,
    connection::{Connection, Edge, EmptyFields},
};

use crate::service::Page;

/// A list in pages.
pub(super) type Listed<T> = Connection<String, T>;

/// A page with further fields beside its edges.
pub(super) fn connection_with<T, N, F>(
    page: Page<T>,
    more: F,
    to_node: impl Fn(T) -> N,
) -> Connection<String, N, F>
where
    N: OutputType,
    F: ObjectType,
{
    // Pages run forward only: whoever came by a cursor has the page before.
    let mut connection = Connection::with_additional_fields(page.began_after, page.has_next, more);
    let edges = page.entries.into_iter().map(|(cursor, node)| Edge::new(cursor, to_node(node)));
    connection.edges.extend(edges);
    connection
}

/// A page as a connection.
pub(super) fn connection<T, N>(page: Page<T>, to_node: impl Fn(T) -> N) -> Listed<N>
where
    N: OutputType,
{
    connection_with(page, EmptyFields, to_node)
}
