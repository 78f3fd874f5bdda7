//! Which role something needs, printed where it stands in the schema. `service` is who asks for it.

use async_graphql::TypeDirective;

use super::member::Role;

/// Needs this role or a greater one; with a lesser one the answer is an error with the code
/// `FORBIDDEN`. What carries no such mark is for whoever comes in.
#[TypeDirective(location = "FieldDefinition", name = "requiresRole")]
pub fn requires_role(#[graphql(desc = "The least role with which it does anything.")] role: Role) {}
