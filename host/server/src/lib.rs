//! The server: what Guanxi does (`engine`), and its borders (`api`, `ui`, `cli`).

#![recursion_limit = "512"]

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod control;
pub mod engine;
pub mod serve;
pub mod texts;
pub mod ui;
