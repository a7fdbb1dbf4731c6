//! Metadata, queries, aggregates and saves, on both databases, compared with what plain Rust computes from the same records.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]

#[path = "../support/mod.rs"]
mod support;

mod aggregate_oracle;
mod aggregates;
mod deadlines;
mod expressions;
mod metadata;
mod pages;
mod queries;
mod ruled;
mod saves;
mod search;
mod uniqueness;
mod views;
mod world;
