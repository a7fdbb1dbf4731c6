//! The web pages: components, the page frame, formats and embedded assets. Pages are made of these and hold no markup of their own kind.

pub mod assets;
pub mod components;
pub mod format;
pub mod layout;

pub mod failure;
pub mod pages;
pub mod shell;
pub mod urls;
pub mod value;
pub mod visit;
