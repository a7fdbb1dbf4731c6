//! Packages that must not get in.
