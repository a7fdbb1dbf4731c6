//! Everything that knows WebAssembly: packages, their manifests, and running their hooks and pages under limits.

pub mod capability;
pub mod manifest;
