//! Everything that is tested from outside, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that meets what it did not expect shall fail")]

mod architecture;
mod attacks;
mod audiences;
mod changes;
mod clusters;
mod commands;
mod days;
mod epochs;
mod erasure;
mod front;
mod identity;
mod imports;
mod inferred;
mod introducing;
mod issuer;
mod keeping;
mod known;
mod known_answers;
mod leaks;
mod members;
mod news;
mod notes;
mod oidc;
mod oidc_refused;
mod past;
mod questions;
mod reach;
mod readme;
mod retention;
mod roles;
mod schema;
mod sdl;
mod sqlite_crash;
mod sqlite_files;
mod sqlite_story;
mod store;
mod story;
mod strength;
mod support;
mod titles;
mod uploads;
mod what_changed;
mod what_if;
