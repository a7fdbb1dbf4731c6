//! Everything that knows WebAssembly: packages and their manifests, and running their hooks and pages under limits.
//!
//! A guest starts with nothing. It asks for records through [`HostData`], which somebody else implements; it gets its time, its
//! actor and its settings in the [`Context`]; each call runs in a fresh instance that is dropped afterwards, on threads where no
//! request is served. A trap, a loop or a flood ends as a [`CallError`], and nothing of the call has happened.

mod admission;
mod aot;
mod bindings;
pub mod build;
mod call;
mod capability;
mod convert;
mod convert_view;
mod cpu;
mod data;
mod engine;
mod error;
mod host_functions;
pub mod limits;
mod log;
pub mod manifest;
mod package;
mod plugin;
mod sandbox;
mod scan;
mod state;
mod types;
pub mod view;
mod wasi;

pub use capability::Capability;
pub use data::{
    AggregateRequest, FindRequest, GetRequest, Group, GroupKey, HostData, HostError, HostFuture, Measure, Measured, NoData, Row,
};
pub use error::{CallError, CallErrorKind};
pub use limits::{CallClass, Limits, MOST_DRAFTS};
pub use manifest::Manifest;
pub use package::{Package, PackageError, PackageProblem, build_package, join_package};
pub use plugin::Plugin;
pub use sandbox::{Sandbox, SandboxError, SandboxSettings};
pub use scan::Import;
pub use types::{Actor, ChangeOp, Context, Draft, Field, Verdict};
pub use view::View;
