//! The harness of the stories and journeys: a real server, a real PostgreSQL, a real browser.
//!
//! Nothing here links a host crate: a test sees what a customer sees, which is HTTP, the command line, plugin packages and pages.

pub mod api;
pub mod binary;
pub mod browser;
pub mod guard;
pub mod guests;
pub mod openapi;
pub mod postgres;
pub mod server;
pub mod skip;
pub mod story;
