//! What Guanxi does. API, UI, CLI, jobs and plugins all come through here, with the same rules.
//!
//! Every function takes a [`Ctx`]: a tenant, an actor, a time and a request. Nothing here knows HTTP.

mod actor;
mod aggregate;
mod batches;
mod cards;
mod cursor;
mod default_view;
mod departments;
mod export;
mod files;
mod history;
mod hooks;
mod host_data;
mod host_update;
pub mod import;
mod input;
mod lines;
mod list;
mod metadata;
mod neighbours;
mod of_record;
mod passwords;
mod people;
mod plugins;
mod protect;
mod read;
mod refusal;
mod rights;
mod roles;
mod rules;
mod save;
mod saved_views;
mod search;
mod secrets;
mod seed;
mod sessions;
mod tenant;
mod tokens;
mod units;
mod version;
mod viewing;
mod views;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::policy::Actor;
use guanxi_sandbox::Sandbox;
use guanxi_store::Stores;

pub use aggregate::{AggregateAnswer, AggregateRequest, BucketRequest, GroupRequest, JoinRequest, MeasureRequest, RelatedRequest, Total};
pub use batches::{
    BatchPage, BatchRecord, BatchReport, BatchView, BulkOp, BulkRequest, DeletedPage, DeletedRecord, Reported, Sample, Started,
    TransferRequest,
};
pub use cards::{
    Card, CardKind, CardRequest, CardRow, Dealings, KindFigures, Period, TimeLine, TimeLineEntry, TimeLineRequest, money as card_money,
};
pub(crate) use files::{FILE_MAX, too_large as file_too_large};
pub use files::{FileBytes, FileInfo, FileStorage, NewFile, is_shown_inline};
pub use history::{HistoryChange, HistoryPage};
pub use input::{Line, Raw};
pub use lines::LinesView;
pub use list::{ListPage, ListRequest};
pub use metadata::{DeclaredRules, FieldPatch, FieldUse, NewField, NewObject, NewParent, NewRollUp, ObjectPatch, TypePreview, Unconverted};
pub use people::NewUser;
pub use plugins::{InstalledPlugin, PackageSummary};
pub use read::{RecordView, title_path};
pub use refusal::{Outcome, Refusal};
pub use rights::{
    DepartmentChange, DepartmentInfo, Explanation, FieldAnswer, FunctionAnswer, NewShare, Question, Reason, ReasonBy, RecordAnswer,
};
pub use save::{Change, FormState, ItemOutcome, LineValues, RepeatKey, SaveOptions, Saved, WouldBe, open_transitions};
pub use saved_views::{NewView, SavedView, ViewPatch};
pub use search::{MAX_RESULTS, SearchPage, SearchRequest, SearchResult, Snippet};
pub(crate) use secrets::random_hex;
pub use sessions::{LoginRequest, Session};
pub use tenant::{EnabledPlugin, Snapshot, Tenant};
pub use tokens::{NewToken, TokenInfo};
pub use viewing::{Eyes, Viewing};

use crate::clock::Clock;

/// The engine of one process.
pub struct Engine {
    /// All stores of this server.
    pub stores: Stores,
    /// The bytes of attachments.
    files: FileStorage,
    /// Runs plugins.
    pub sandbox: Sandbox,
    /// What time it is.
    pub clock: Clock,
    /// Names this host among those that share a database, also after a restart.
    pub(crate) host: String,
    tenants: Mutex<HashMap<String, Arc<Tenant>>>,
    /// Makes ids that rise within one millisecond.
    pub(crate) ids: Mutex<uuid::ContextV7>,
    /// Compiled plugins by package digest, shared by all tenants.
    compiled: tokio::sync::Mutex<HashMap<String, guanxi_sandbox::Plugin>>,
    /// At most two password hashes at once: each takes 19 MiB.
    hashing: tokio::sync::Semaphore,
}

/// Through what a change came, as history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    /// A page of the web UI.
    Ui,
    /// The HTTP API.
    Api,
    /// An import, by its file's name.
    Import(String),
    /// A bulk edit or bulk delete, by its batch's number.
    Bulk(i64),
    /// An undo, by its batch's number.
    Undo(i64),
    /// A transfer of records to another owner, by its batch's number.
    Transfer(i64),
    /// The host itself: seeds and migrations.
    System,
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ui => f.write_str("ui"),
            Self::Api => f.write_str("api"),
            Self::Import(file) => write!(f, "import {file}"),
            Self::Bulk(batch) => write!(f, "bulk {batch}"),
            Self::Undo(batch) => write!(f, "undo {batch}"),
            Self::Transfer(batch) => write!(f, "transfer {batch}"),
            Self::System => f.write_str("system"),
        }
    }
}

/// Who does something, for whom, when and in answer to what.
#[derive(Clone)]
pub struct Ctx {
    /// The tenant. Nothing in the engine works without one.
    pub tenant: Arc<Tenant>,
    /// The tenant's metadata and rights as this request sees them.
    pub snapshot: Arc<Snapshot>,
    /// Who acts.
    pub actor: Actor,
    /// The time of the request.
    pub now: DateTime<Utc>,
    /// Names the request in logs and refusals.
    pub request: String,
    /// Through what it came.
    pub via: Via,
    /// The reader's language.
    pub locale: guanxi_core::meta::Locale,
    /// The administrator who looks through the actor's eyes, and may change nothing meanwhile; `None`: the actor is who it is.
    pub viewer: Option<uuid::Uuid>,
}

impl Ctx {
    /// Today in the tenant's zone.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.tenant.zone).date_naive()
    }
}

impl Engine {
    /// An engine over opened stores.
    pub fn new(stores: Stores, files: FileStorage, sandbox: Sandbox, clock: Clock) -> Self {
        Self {
            stores,
            files,
            sandbox,
            clock,
            host: "host".into(),
            tenants: Mutex::default(),
            ids: Mutex::new(uuid::ContextV7::new()),
            compiled: tokio::sync::Mutex::default(),
            hashing: tokio::sync::Semaphore::new(2),
        }
    }

    /// The same under the lasting name of its host.
    #[must_use]
    pub fn on_host(self, host: String) -> Self {
        Self { host, ..self }
    }

    /// A tenant by key, opened on first use; `None` where there is none.
    pub async fn tenant(&self, key: &str) -> Outcome<Option<Arc<Tenant>>> {
        let known = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        if let Some(tenant) = known {
            self.settle(&tenant).await?;
            self.bring_up_to_date(&tenant).await;
            return Ok(Some(tenant));
        }
        let Some(store) = self.stores.tenant(key).await? else { return Ok(None) };
        let opened = Arc::new(Tenant::open(store).await?);
        let tenant = {
            let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
            tenants.entry(key.to_owned()).or_insert(opened).clone()
        };
        self.settle(&tenant).await?;
        self.bring_up_to_date(&tenant).await;
        Ok(Some(tenant))
    }

    /// The tenants that were used since this process began.
    pub(crate) fn open_tenants(&self) -> Vec<Arc<Tenant>> {
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The host acting for itself inside a tenant.
    pub async fn system_ctx(&self, tenant: Arc<Tenant>) -> Outcome<Ctx> {
        self.ctx(tenant, Actor::system(), Via::System, "system".into()).await
    }

    /// A context for an actor, with the tenant's current snapshot.
    pub async fn ctx(&self, tenant: Arc<Tenant>, actor: Actor, via: Via, request: String) -> Outcome<Ctx> {
        let snapshot = self.snapshot(&tenant).await?;
        let locale = guanxi_core::meta::Locale::ZhCn;
        let mut ctx = Ctx { tenant, snapshot, actor, now: self.clock.now(), request, via, locale, viewer: None };
        ctx.bind_actor();
        Ok(ctx)
    }
}
