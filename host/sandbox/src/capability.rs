//! What a plugin may ask of the host, and which imports of a component mean which capability.

/// A group of host functions that a manifest must ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// `guanxi:records`: reading records by id.
    RecordsRead,
    /// `guanxi:query`: finding and aggregating.
    Query,
}

impl Capability {
    /// All of this version.
    pub const ALL: [Self; 2] = [Self::RecordsRead, Self::Query];

    /// The name in manifests and on the consent page.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordsRead => "records.read",
            Self::Query => "query",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.name() == name)
    }

    /// The interface that it opens, without version.
    pub fn interface(self) -> &'static str {
        match self {
            Self::RecordsRead => "guanxi:records/records",
            Self::Query => "guanxi:query/query",
        }
    }
}

/// Interfaces that every plugin gets: types carry nothing, and the log is bounded.
pub(crate) const FREE_INTERFACES: [&str; 4] = ["guanxi:types/types", "guanxi:log/log", "guanxi:ui/view", "guanxi:hooks/hook-types"];

/// WASI interfaces that compiled languages import whether they need them or not. Filesystem, sockets and http are not among them.
pub(crate) const WASI_INTERFACES: [&str; 17] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/random",
    "wasi:random/insecure-seed",
];
