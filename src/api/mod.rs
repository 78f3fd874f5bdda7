//! GraphQL to service calls and back; nothing is decided here.

#![expect(unreachable_pub, reason = "the types of a schema are public through it")]

mod ask_rules;
mod audience;
mod audit;
mod calibration;
mod changes;
mod changes_moves;
mod changes_ways;
mod circle;
mod cluster;
mod company;
mod connection;
mod consent;
mod context;
mod cost;
mod employment;
mod erasure;
mod error;
mod global_id;
mod import;
mod import_mutation;
mod input;
mod introducing;
mod introduction;
mod invitation;
mod keeping;
mod known;
mod list;
mod loaders;
mod looking_up;
mod member;
mod member_mutation;
mod mutation;
mod mutation_input;
mod node;
mod note;
mod parts;
mod path;
mod path_input;
mod payload;
mod person;
mod query;
mod query_input;
mod rate_limit;
mod rating;
mod reaching;
mod requires_role;
mod scalar;
mod subscription;
mod supposing;
mod tie;
mod tie_mutation;
mod token;

use std::sync::Arc;

use async_graphql::{SchemaBuilder, ValidationMode};

use crate::service::{Tertius, Viewer};

use mutation::Mutation;
use query::Query;
use subscription::Subscription;

pub use rate_limit::RateLimit;

/// The schema with everything that it needs.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema without the use cases: enough to print it.
pub fn schema_builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription)
        .register_output_type::<node::NodeObject>()
        .register_output_type::<error::UserError>()
}

/// How deep the executor recurs at most: deeper than any document that passes.
const RECURSION_MAX: usize = 64;

/// The schema over the use cases. It runs documents that were read, measured and checked before:
/// it checks the least itself.
pub fn schema(tertius: Arc<Tertius>) -> Schema {
    schema_builder()
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(RECURSION_MAX)
        .data(tertius)
        .finish()
}

/// The schema in its own language, as `schema.graphql` holds it.
pub fn printed() -> String {
    let options = async_graphql::SDLExportOptions::new().sorted_enum_items().sorted_fields();
    let text = schema_builder().finish().sdl_with_options(options);
    // The library ends some lines with a blank.
    let lines = text.lines().map(str::trim_end);
    let mut printed = lines.collect::<Vec<_>>().join("\n");
    printed.push('\n');
    printed
}

/// A request that a viewer makes, with the loaders that batch what it asks of the store.
pub fn request(
    tertius: &Arc<Tertius>,
    viewer: Viewer,
    request: async_graphql::Request,
) -> async_graphql::Request {
    let supposed = Arc::<supposing::Hypotheses>::default();
    let loaders = loaders::Loaders::new(tertius, &viewer, &supposed);
    request.data(viewer).data(loaders).data(supposed).data(context::PastDays::default())
}
