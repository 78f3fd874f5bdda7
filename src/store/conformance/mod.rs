//! The contract suite: what every store must do, one case at a time.
//!
//! A store runs all of it with one line in a test, which gives each case a test of its own:
//!
//! ```ignore
//! tertius::store_conformance!(sqlite, SqlitePlace::new());
//! ```
//!
//! A new case goes into the file of its subject, inside `cases!`; nothing else lists it. Its name
//! is a sentence, it gets an empty [`Place`], and it returns early with `?` when a call fails.

use std::sync::Arc;

use async_trait::async_trait;

use super::Store;

mod prelude;

/// Where a store keeps its facts: opening it twice gives two stores on the same facts, as two
/// processes would have.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the store.
    async fn open(&self) -> Arc<dyn Store>;

    /// Opens another one, empty and for the case alone.
    async fn open_another(&self) -> Arc<dyn Store>;
}

/// What a case returns.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Declares cases, and a macro of the given name that makes a test of each.
macro_rules! cases {
    ($d:tt $list:ident; $(async fn $name:ident($place:ident) $body:block)*) => {
        $(
            #[doc = concat!("Case: ", stringify!($name), ".")]
            pub async fn $name($place: &dyn $crate::store::conformance::Place)
                -> $crate::store::conformance::Outcome
            {
                $body
                Ok(())
            }
        )*

        #[doc(hidden)]
        #[macro_export]
        macro_rules! $list {
            ($d module:ident, $d place:expr) => {
                $(
                    #[tokio::test]
                    async fn $name() -> $crate::store::conformance::Outcome {
                        let place = $d place;
                        $crate::store::conformance::$d module::$name(&place).await
                    }
                )*
            };
        }
    };
}

/// Declares the files of cases, and the macro that runs them all.
macro_rules! suites {
    ($d:tt $($module:ident: $list:ident,)*) => {
        $(
            #[doc = concat!("Cases about ", stringify!($module), ".")]
            pub mod $module;
        )*

        /// Runs every case against the store at a place: a module of the given name, with one
        /// test for each case.
        #[macro_export]
        macro_rules! store_conformance {
            ($d store:ident, $d place:expr) => {
                mod $d store {
                    use super::*;

                    $($crate::$list!($module, $d place);)*
                }
            };
        }
    };
}

suites! { $
    access: __store_cases_of_access,
    audiences: __store_cases_of_audiences,
    batches: __store_cases_of_batches,
    erasing: __store_cases_of_erasing,
    eyes: __store_cases_of_eyes,
    expectations: __store_cases_of_expectations,
    facts: __store_cases_of_facts,
    introductions: __store_cases_of_introductions,
    lookups: __store_cases_of_lookups,
    pairs: __store_cases_of_pairs,
    past: __store_cases_of_the_past,
    records: __store_cases_of_records,
    search: __store_cases_of_search,
    streams: __store_cases_of_streams,
}
