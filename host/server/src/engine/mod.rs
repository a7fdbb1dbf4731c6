//! What Guanxi does. API, UI, CLI, jobs and plugins all come through here, with the same rules.
//!
//! Every function takes a [`Ctx`]: a tenant, an actor, a time and a request. Nothing here knows HTTP.

mod actor;
mod aggregate;
mod cursor;
mod departments;
mod history;
mod hooks;
mod host_data;
pub mod import;
mod input;
mod list;
mod metadata;
mod passwords;
mod people;
mod plugins;
mod read;
mod refusal;
mod roles;
mod save;
mod secrets;
mod seed;
mod sessions;
mod tenant;
mod tokens;
mod views;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::policy::Actor;
use guanxi_sandbox::Sandbox;
use guanxi_store::Stores;

pub use aggregate::{AggregateAnswer, AggregateRequest, GroupRequest, MeasureRequest};
pub use history::{HistoryChange, HistoryPage};
pub use input::Raw;
pub use list::{ListPage, ListRequest};
pub use metadata::{FieldPatch, NewField, NewObject, ObjectPatch};
pub use people::NewUser;
pub use plugins::{InstalledPlugin, PackageSummary};
pub use read::{RecordView, title_path};
pub use refusal::{Outcome, Refusal};
pub use save::{Change, ItemOutcome, SaveOptions, Saved};
pub(crate) use secrets::random_hex;
pub use sessions::{LoginRequest, Session};
pub use tenant::{EnabledPlugin, Snapshot, Tenant};
pub use tokens::{NewToken, TokenInfo};

use crate::clock::Clock;

/// The engine of one process.
pub struct Engine {
    /// All stores of this server.
    pub stores: Stores,
    /// Runs plugins.
    pub sandbox: Sandbox,
    /// What time it is.
    pub clock: Clock,
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
    /// The host itself: seeds and migrations.
    System,
}

impl std::fmt::Display for Via {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ui => f.write_str("ui"),
            Self::Api => f.write_str("api"),
            Self::Import(file) => write!(f, "import {file}"),
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
}

impl Ctx {
    /// Today in the tenant's zone.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.tenant.zone).date_naive()
    }
}

impl Engine {
    /// An engine over opened stores.
    pub fn new(stores: Stores, sandbox: Sandbox, clock: Clock) -> Self {
        Self {
            stores,
            sandbox,
            clock,
            tenants: Mutex::default(),
            ids: Mutex::new(uuid::ContextV7::new()),
            compiled: tokio::sync::Mutex::default(),
            hashing: tokio::sync::Semaphore::new(2),
        }
    }

    /// A tenant by key, opened on first use; `None` where there is none.
    pub async fn tenant(&self, key: &str) -> Outcome<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.tenants.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return Ok(Some(tenant.clone()));
        }
        let Some(store) = self.stores.tenant(key).await? else { return Ok(None) };
        let tenant = Arc::new(Tenant::open(store).await?);
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(tenants.entry(key.to_owned()).or_insert(tenant).clone()))
    }

    /// The host acting for itself inside a tenant.
    pub async fn system_ctx(&self, tenant: Arc<Tenant>) -> Outcome<Ctx> {
        self.ctx(tenant, Actor::system(), Via::System, "system".into()).await
    }

    /// A context for an actor, with the tenant's current snapshot.
    pub async fn ctx(&self, tenant: Arc<Tenant>, actor: Actor, via: Via, request: String) -> Outcome<Ctx> {
        let snapshot = self.snapshot(&tenant).await?;
        Ok(Ctx { tenant, snapshot, actor, now: self.clock.now(), request, via, locale: guanxi_core::meta::Locale::ZhCn })
    }
}
