//! The only place that knows SQL: one query, two databases.

mod aggregate;
mod batches;
mod children;
mod column;
mod connect;
mod db;
mod ddl;
mod deadline;
mod default_views;
mod directory;
mod error;
mod files;
mod history;
mod idempotency;
mod metadata;
mod migrate;
mod name;
mod packages;
mod people;
mod planner;
mod plugins;
mod records;
mod recycle_bin;
mod roles;
mod saved_views;
mod search;
mod security_log;
mod sessions;
mod settings;
mod shares;
mod stores;
mod teams;
mod tenant;
mod tokens;
mod write;

pub use batches::{Batch, BatchCounts, BatchItem, BatchKind, BatchProgress, BatchState, MAX_BATCH_ITEMS, NewBatch};
pub use connect::Location;
pub use db::Dialect;
pub use deadline::{Deadlines, Work, within};
pub use directory::{NewTenant, Tenant, is_tenant_key};
pub use error::{StoreError, Violation, ViolationKind};
pub use files::StoredFile;
pub use history::{HistoryOp, HistoryRow};
pub use idempotency::Idempotent;
pub use metadata::{
    Conversion, Convert, DROPPED_DAYS, DroppedField, FieldChange, MAX_FIELDS, MetaChange, MetaError, check_unique_condition,
};
pub use name::SqlName;
pub use packages::{Package, PackageInfo};
pub use people::Credential;
#[doc(hidden)]
pub use planner::BareList;
pub use plugins::{PluginRow, PluginState};
pub use records::{Candidate, Found, FoundRow, Record, Taken};
pub use recycle_bin::{DeletedRow, Purger};
pub use saved_views::StoredView;
pub use search::{Place, SearchArm, SearchHit};
pub use security_log::SecurityEvent;
pub use sessions::{LoginFailures, Session};
pub use shares::Share;
pub use stores::{Stores, TenantCreation};
pub use teams::Team;
pub use tenant::{Revisions, TenantStore};
pub use tokens::Token;
pub use write::{Derive, RowChange, RowOp, RuleBroken, WithLines, WriteError, WriteUnit};
