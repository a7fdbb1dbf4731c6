//! What the sandbox asks of the rest of the host: reading records. Whoever implements this applies rights, scopes and deadlines.

use std::future::Future;
use std::pin::Pin;

use guanxi_core::query::{Cell, Grain, MeasureFn};
use uuid::Uuid;

use crate::types::Field;

/// The answer to a question of a guest.
pub type HostFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, HostError>> + Send + 'a>>;

/// Answers the questions of one call's guest. Made per call: it knows tenant, actor, authority and, in a hook, the unit.
///
/// Its futures run on the runtime that made the call, never on the guests' threads.
pub trait HostData: Send + Sync + 'static {
    /// Records in the order of `ids`; `None` for one that does not exist or may not be seen.
    fn get_many(&self, request: GetRequest) -> HostFuture<'_, Vec<Option<Row>>>;

    /// Records that match.
    fn find(&self, request: FindRequest) -> HostFuture<'_, Vec<Row>>;

    /// Groups with measures.
    fn aggregate(&self, request: AggregateRequest) -> HostFuture<'_, Vec<Group>>;
}

/// Records by id.
#[derive(Clone, Debug, PartialEq)]
pub struct GetRequest {
    /// The object's key.
    pub object: String,
    /// At most 1,000.
    pub ids: Vec<Uuid>,
    /// Field keys; not checked yet.
    pub fields: Vec<String>,
}

/// Records by condition.
#[derive(Clone, Debug, PartialEq)]
pub struct FindRequest {
    /// The object's key.
    pub object: String,
    /// CEL, empty for all; not checked yet.
    pub filter: String,
    /// Field keys; not checked yet.
    pub fields: Vec<String>,
    /// Field keys, `-amount` for descending; not checked yet.
    pub sort: Vec<String>,
    /// 1 to 1,000.
    pub limit: u32,
}

/// Groups with measures.
#[derive(Clone, Debug, PartialEq)]
pub struct AggregateRequest {
    /// The object's key.
    pub object: String,
    /// CEL, empty for all; not checked yet.
    pub filter: String,
    /// None: exactly one group.
    pub group_by: Vec<GroupKey>,
    /// What is computed per group.
    pub measures: Vec<Measure>,
}

/// One group key.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// A field key, also through references; not checked yet.
    pub field: String,
    /// For dates and instants.
    pub grain: Option<Grain>,
}

/// One number per group.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What is done.
    pub function: MeasureFn,
    /// Over what.
    pub of: Measured,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    /// The records themselves; only for a count.
    Records,
    /// A field key; not checked yet.
    Field(String),
    /// A CEL number expression; not checked yet.
    Expression(String),
}

/// One record of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The record.
    pub id: Uuid,
    /// The fields that were asked for, in that order.
    pub fields: Vec<Field>,
}

/// One group of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One per group key; the field's key is that of the request.
    pub keys: Vec<Field>,
    /// One per measure.
    pub values: Vec<Cell>,
}

/// Why a question was not answered. The guest sees it and may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError {
    /// A stable code such as `permission.denied`.
    pub code: String,
    /// For developers.
    pub message: String,
    /// True if the same question may be answered later.
    pub retryable: bool,
}

impl HostError {
    /// An error that asking again will not change.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retryable: false }
    }
}

/// For plugins that ask nothing, and for tests: every question is refused.
#[derive(Clone, Copy, Debug)]
pub struct NoData;

impl HostData for NoData {
    fn get_many(&self, _request: GetRequest) -> HostFuture<'_, Vec<Option<Row>>> {
        Box::pin(async { Err(HostError::new("permission.denied", "no records here")) })
    }

    fn find(&self, _request: FindRequest) -> HostFuture<'_, Vec<Row>> {
        Box::pin(async { Err(HostError::new("permission.denied", "no records here")) })
    }

    fn aggregate(&self, _request: AggregateRequest) -> HostFuture<'_, Vec<Group>> {
        Box::pin(async { Err(HostError::new("permission.denied", "no records here")) })
    }
}
