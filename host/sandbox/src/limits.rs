//! How much one call of a guest may take. Every limit has a hostile test guest or a reason beside it.

use std::time::Duration;

/// The bounds of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Processor time of the guest's thread, host functions' conversions included, waiting for data not.
    pub cpu: Duration,
    /// From the start on a guest thread to the answer.
    pub wall: Duration,
    /// Waiting for a free place; then `busy`.
    pub queue: Duration,
    /// All linear memories of the instance together, in bytes.
    pub memory: usize,
    /// What one answer of the host may copy into the guest, in bytes.
    pub host_copy: usize,
    /// What the guest may hand to the host at once, in bytes: its result, or the arguments of one host function.
    pub output: usize,
    /// Questions to the host (log lines do not count).
    pub host_calls: u32,
    /// Aggregates among them.
    pub aggregates: u32,
}

/// What is called, because a save must not wait as long as a page may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallClass {
    /// A hook for a few records, inside a person's save.
    Hook,
    /// A hook for many records at once, in an import or a bulk edit.
    HookBatch,
    /// A page or panel that a person waits for.
    Interactive,
}

/// A hook call with more drafts than this counts as [`CallClass::HookBatch`].
pub const MOST_SINGLE_DRAFTS: usize = 10;
/// Threat: one call that holds a guest thread and its memory for a whole import.
pub const MOST_DRAFTS: usize = 200;
/// Threat: an endless loop. Ticks come this often, so a budget is kept to within one of them.
pub const EPOCH_TICK: Duration = Duration::from_millis(5);
/// Threat: a log that fills the disk. The rest of the call's lines is dropped, and the log says so.
pub const LOG_BYTES: usize = 64 * 1024;
/// Threat: a list of ids that becomes a statement too large for the database.
pub const MOST_IDS: usize = 1_000;
/// Threat: an unbounded result.
pub const MOST_ROWS: u32 = 1_000;
/// Threat: tables as a way around the memory limit. Elements, over all tables.
pub const TABLE_ELEMENTS: usize = 20_000;
/// Threat: host memory held by handles.
pub const HANDLES: usize = 1_000;
/// Threat: one tenant's guests that take every place. Calls at once, per tenant.
pub const TENANT_CALLS: usize = 8;
/// Threat: random bytes as a way to make the host allocate.
pub const RANDOM_BYTES: u64 = 64 * 1024;

const KIB: usize = 1024;
const MIB: usize = 1024 * 1024;

impl CallClass {
    /// The class of a hook call with so many drafts.
    pub fn of_drafts(count: usize) -> Self {
        if count > MOST_SINGLE_DRAFTS { Self::HookBatch } else { Self::Hook }
    }

    /// The default bounds.
    pub fn limits(self) -> Limits {
        match self {
            // A person waits for the save, and other saves wait behind its keys.
            Self::Hook => Limits {
                cpu: Duration::from_millis(25),
                wall: Duration::from_millis(250),
                queue: Duration::from_millis(100),
                memory: 32 * MIB,
                host_copy: MIB,
                output: 256 * KIB,
                host_calls: 64,
                aggregates: 4,
            },
            // Twenty times the work of a single save for ten times its time.
            Self::HookBatch => Limits {
                cpu: Duration::from_millis(250),
                wall: Duration::from_secs(2),
                queue: Duration::from_secs(5),
                memory: 32 * MIB,
                host_copy: 4 * MIB,
                output: MIB,
                host_calls: 256,
                aggregates: 4,
            },
            // Nothing is held while a page is made, but a person looks at an empty screen.
            Self::Interactive => Limits {
                cpu: Duration::from_millis(200),
                wall: Duration::from_secs(10),
                queue: Duration::from_secs(5),
                memory: 64 * MIB,
                host_copy: 4 * MIB,
                output: MIB,
                host_calls: 256,
                aggregates: 256,
            },
        }
    }
}
