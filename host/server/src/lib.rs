//! The server: what Guanxi does (`engine`), and its borders (`api`, `ui`, `cli`).

pub mod app;
pub mod clock;
pub mod config;
pub mod control;
pub mod engine;
pub mod texts;
pub mod ui;
