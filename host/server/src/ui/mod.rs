//! The web pages: components, the page frame, formats and embedded assets. Pages are made of these and hold no markup of their own kind.

pub mod assets;
pub mod components;
pub mod format;
pub mod layout;
