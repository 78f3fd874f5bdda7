//! What fields cost, printed where they stand in the schema. Who reads it there charges by it,
//! before anything runs.

use std::borrow::Cow;

use async_graphql::{
    TypeDirective,
    registry::{MetaDirectiveInvocation, Registry, location_traits::Directive_At_FIELD_DEFINITION},
};

/// What a field costs. Each costs 1, and what stands below it, once; here it is more.
#[TypeDirective(location = "FieldDefinition", name = "cost")]
pub fn cost(
    #[graphql(desc = "So much more, once.")] weight: Option<i32>,
    #[graphql(desc = "What stands below it is counted so often, unless `by` says how often.")]
    entries: Option<i32>,
    #[graphql(desc = "The argument that says how often: a number, or a list of so many.")]
    by: Option<String>,
    #[graphql(desc = "The greatest number that counts.")] most: Option<i32>,
) {
}

fn more(weight: i32) -> Option<i32> {
    (weight > 0).then_some(weight)
}

/// Ways to say the same directive.
macro_rules! spoken {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) => $invocation:expr;)*) => {$(
        $(#[$doc])*
        #[expect(non_camel_case_types, reason = "it is called like the directive that it is")]
        pub(super) struct $name;

        impl TypeDirective for $name {
            fn name(&self) -> Cow<'static, str> {
                cost.name()
            }

            fn register(&self, registry: &mut Registry) {
                cost.register(registry);
            }
        }

        impl Directive_At_FIELD_DEFINITION for $name {}

        impl $name {
            pub(super) fn apply($($argument: $kind),*) -> MetaDirectiveInvocation {
                $invocation
            }
        }
    )*};
}

spoken! {
    /// A page of a list, with the argument `first`, and what it takes to find the list.
    per_page(weight: i32) => cost::apply(more(weight), Some(20), Some("first".into()), Some(100));
    /// A few paths, with the argument `first`, and what it takes to find them.
    per_path(weight: i32) => cost::apply(more(weight), Some(5), Some("first".into()), Some(20));
    /// Whatever has some ids.
    per_id() => cost::apply(None, Some(100), Some("ids".into()), Some(100));
    /// A list without pages, of so many at most or most often.
    per_entry(entries: i32) => cost::apply(None, Some(entries), None, None);
    /// One thing that takes as long as so many fields.
    weighing(weight: i32) => cost::apply(more(weight), None, None, None);
}
