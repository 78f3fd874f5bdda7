//! What mutations answer with: what became of it, or why nothing was changed.

/// Declares payloads that hold one thing, with an `answer` to make them of.
macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $node:ty })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$node>,
            /// Why nothing was changed; empty where something was.
            pub user_errors: Vec<$crate::api::error::UserError>,
            /// What the input had.
            pub client_mutation_id: Option<String>,
        }

        impl $name {
            fn new<V: Into<$node>>(
                (view, user_errors): (Option<V>, Vec<$crate::api::error::UserError>),
                client_mutation_id: Option<String>,
            ) -> Self {
                Self { $field: view.map(Into::into), user_errors, client_mutation_id }
            }
        }
    )*};
}

pub(super) use payloads;
