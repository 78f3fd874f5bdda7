//! Who can introduce me, will it work, and how do I ask without wearing anybody out.

pub mod algo;
pub mod api;
pub mod app;
pub mod cli;
pub mod config;
pub mod formats;
pub mod graph;
pub mod http;
pub mod model;
pub mod sample;
pub mod service;
pub mod store;
pub mod telemetry;
