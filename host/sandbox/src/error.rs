//! What can go wrong with a call. The plugin's id is always in it.

use std::fmt;

/// A call that gave no answer. Nothing of it has happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("plugin `{plugin}`: {kind}: {detail}")]
pub struct CallError {
    /// The plugin's id.
    pub plugin: String,
    /// What happened.
    pub kind: CallErrorKind,
    /// One English sentence for logs and plugin authors; may quote the guest's own panic message.
    pub detail: String,
}

/// What happened to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallErrorKind {
    /// The guest panicked or did something impossible.
    Trapped,
    /// It used up its processor time.
    CpuLimit,
    /// It did not answer in time, waiting included.
    WallLimit,
    /// It wanted more memory than it may have.
    MemoryLimit,
    /// It handed over more than it may.
    OutputLimit,
    /// It asked the host too often.
    HostCalls,
    /// No place was free in time. The same call may succeed later.
    Busy,
    /// It answered, but not what was asked.
    BadResult,
    /// A page or panel answered with an error of its own; the code stands first in the detail.
    Refused,
    /// The plugin does not export what was called.
    NotExported,
    /// The host itself failed. A bug.
    Host,
}

impl CallErrorKind {
    /// A stable word for logs, metrics and problem parameters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Trapped => "trapped",
            Self::CpuLimit => "cpu_limit",
            Self::WallLimit => "wall_limit",
            Self::MemoryLimit => "memory_limit",
            Self::OutputLimit => "output_limit",
            Self::HostCalls => "host_calls",
            Self::Busy => "busy",
            Self::BadResult => "bad_result",
            Self::Refused => "refused",
            Self::NotExported => "not_exported",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for CallErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A limit that a guest ran into; travels through the runtime as the reason of a trap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// Processor time.
    #[error("it used more than {0:?} of processor time")]
    Cpu(std::time::Duration),
    /// Linear memory or tables.
    #[error("it wanted {wanted} bytes of memory, {allowed} are allowed")]
    Memory { wanted: usize, allowed: usize },
    /// Questions to the host.
    #[error("it asked the host more than {0} times")]
    HostCalls(u32),
    /// The guest called `exit`.
    #[error("it ended itself instead of answering")]
    Exit,
    /// The future of a host function ended without an answer.
    #[error("the host failed to answer")]
    HostFailed,
}

impl Stop {
    pub(crate) fn kind(&self) -> CallErrorKind {
        match self {
            Self::Cpu(_) => CallErrorKind::CpuLimit,
            Self::Memory { .. } => CallErrorKind::MemoryLimit,
            Self::HostCalls(_) => CallErrorKind::HostCalls,
            Self::Exit => CallErrorKind::Trapped,
            Self::HostFailed => CallErrorKind::Host,
        }
    }
}
