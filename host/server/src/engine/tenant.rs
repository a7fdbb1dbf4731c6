//! An opened tenant and its snapshot: metadata, rights, departments and plugins at one revision.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use guanxi_core::meta::Schema;
use guanxi_core::policy::Role;
use guanxi_sandbox::{Manifest, Plugin};
use guanxi_store::{PluginState, TenantStore, Work, within};
use uuid::Uuid;

use super::rules::CompiledRules;
use super::tokens::Callers;
use super::{Ctx, Engine, Outcome, Refusal, roles};

/// How long another host's change may stay unseen by readers. A save compares revisions inside its transaction.
const STALENESS: Duration = Duration::from_secs(1);

/// One tenant of this server.
pub struct Tenant {
    /// Its key, in URLs, tokens and file names.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// The zone of its days.
    pub zone: Tz,
    /// ISO code of its currency.
    pub currency: String,
    /// Its records.
    pub store: Arc<TenantStore>,
    /// How complete the search's index is.
    pub(super) index: super::search::IndexState,
    /// Signs this tenant's cursors; kept in its store, so that several hosts accept each other's.
    pub(super) cursor_key: String,
    /// Makes this tenant's pseudonyms; kept in its store, so that they stay the same.
    pub(super) pseudonym_key: String,
    cached: RwLock<Option<(Arc<Snapshot>, Instant)>>,
    /// Raised by [`Tenant::invalidate`]: what was read before it is not kept as fresh.
    generation: AtomicU64,
    loading: tokio::sync::Mutex<()>,
    /// Set when the host's objects were brought up to date.
    pub(super) updated: tokio::sync::OnceCell<()>,
    /// When files without a record were last removed, in seconds since 1970; 0 before the first time.
    pub(super) files_swept: AtomicI64,
    /// Attempts to log in are counted one at a time.
    pub(super) logins: tokio::sync::Mutex<()>,
    /// Plugins are enabled and disabled one at a time.
    pub(super) plugin_changes: tokio::sync::Mutex<()>,
    /// So are metadata changed.
    pub(super) metadata_changes: tokio::sync::Mutex<()>,
    /// One permit for each batch that may run at a time.
    pub(super) batches: Arc<tokio::sync::Semaphore>,
    /// Set when the batches that an earlier process left running were declared interrupted.
    settled: tokio::sync::OnceCell<()>,
}

/// What is true in a tenant at one pair of revisions.
pub struct Snapshot {
    /// Raised by metadata changes.
    pub meta_rev: i64,
    /// Raised by changes of people and rights.
    pub access_rev: i64,
    /// Objects and fields.
    pub schema: Arc<Schema>,
    /// Roles, with the grants of enabled plugins merged in.
    pub roles: HashMap<String, Arc<Role>>,
    /// Each department with its parent.
    pub tree: Vec<(Uuid, Option<Uuid>)>,
    /// Each department with the user who manages it.
    pub managers: Vec<(Uuid, Uuid)>,
    /// Enabled plugins in dependency order.
    pub plugins: Vec<Arc<EnabledPlugin>>,
    /// The kinds of records that the tenant itself puts on the cards of customers.
    pub(super) cards: Vec<guanxi_sandbox::manifest::CardDecl>,
    /// Callers by API token, as far as they called since the last change of rights.
    pub(super) callers: Callers,
    /// The declared rules, read once.
    pub(super) rules: CompiledRules,
}

/// A plugin that works in a tenant.
pub struct EnabledPlugin {
    /// What it declares.
    pub manifest: Arc<Manifest>,
    /// Its compiled component; `None` where it could not be loaded: its hooks then refuse, its pages fail, and everything else works.
    pub component: Option<Plugin>,
}

impl Tenant {
    /// Wraps an opened store.
    pub(super) async fn open(store: Arc<TenantStore>) -> Outcome<Self> {
        if store.dialect() == guanxi_store::Dialect::Sqlite {
            // This process is the only one of the file, so whatever was under way ended with the last one.
            store.forget_conversions().await?;
        }
        let row = &store.tenant;
        Ok(Self {
            key: row.key.clone(),
            name: row.name.clone(),
            zone: row.zone,
            currency: row.currency.clone(),
            cursor_key: secret_setting(&store, "cursor_key").await?,
            pseudonym_key: secret_setting(&store, "pseudonym_key").await?,
            index: super::search::IndexState::default(),
            store,
            cached: RwLock::default(),
            generation: AtomicU64::new(0),
            loading: tokio::sync::Mutex::default(),
            updated: tokio::sync::OnceCell::new(),
            files_swept: AtomicI64::new(0),
            logins: tokio::sync::Mutex::default(),
            plugin_changes: tokio::sync::Mutex::default(),
            metadata_changes: tokio::sync::Mutex::default(),
            batches: Arc::new(tokio::sync::Semaphore::new(super::batches::AT_A_TIME)),
            settled: tokio::sync::OnceCell::new(),
        })
    }

    /// Makes the next request load the snapshot again.
    pub fn invalidate(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Arc<Snapshot>> {
        let cached = self.cached.read().unwrap_or_else(PoisonError::into_inner);
        cached.as_ref().filter(|(_, at)| at.elapsed() < STALENESS).map(|(snapshot, _)| snapshot.clone())
    }

    /// Keeps what was read since `generation`, unless something changed meanwhile.
    fn keep(&self, snapshot: &Arc<Snapshot>, generation: u64) {
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        if self.generation.load(Ordering::SeqCst) == generation {
            *cached = Some((snapshot.clone(), Instant::now()));
        }
    }
}

/// A secret of the tenant, made on first use; of two hosts that make it at the same time both take the first.
async fn secret_setting(store: &TenantStore, name: &str) -> Outcome<String> {
    if let Some(serde_json::Value::String(key)) = store.find_setting(name).await? {
        return Ok(key);
    }
    let key = super::secrets::random_hex(super::secrets::SECRET)?;
    match store.keep_setting(name, &serde_json::Value::String(key)).await? {
        serde_json::Value::String(key) => Ok(key),
        _ => Err(Refusal::internal(&format!("the setting {name} is no text"))),
    }
}

impl Engine {
    /// Once per tenant, before anybody works in it: nobody works on the batches that an earlier process began.
    pub(super) async fn settle(&self, tenant: &Tenant) -> Outcome<()> {
        let interrupted = async || tenant.store.interrupt_batches(Some(&self.host), self.clock.now()).await;
        tenant.settled.get_or_try_init(async || interrupted().await.map(|_| ())).await?;
        Ok(())
    }

    /// The tenant's snapshot, at most a second old.
    pub async fn snapshot(&self, tenant: &Arc<Tenant>) -> Outcome<Arc<Snapshot>> {
        if let Some(snapshot) = tenant.fresh() {
            return Ok(snapshot);
        }
        let _one_loader = tenant.loading.lock().await;
        if let Some(snapshot) = tenant.fresh() {
            return Ok(snapshot);
        }
        let generation = tenant.generation.load(Ordering::SeqCst);
        let revisions = tenant.store.revisions().await?;
        let known = tenant.cached.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((snapshot, _)) = known
            && (snapshot.meta_rev, snapshot.access_rev) == (revisions.meta, revisions.access)
        {
            tenant.keep(&snapshot, generation);
            return Ok(snapshot);
        }
        let snapshot = Arc::new(within(Work::Job, self.load_snapshot(tenant)).await?);
        tenant.keep(&snapshot, generation);
        self.keep_index(tenant, &snapshot);
        Ok(snapshot)
    }

    /// Whether another host has changed metadata or rights since the context's snapshot. Never on SQLite: what this process changes, its
    /// snapshots know.
    pub(super) async fn is_outdated(&self, ctx: &Ctx) -> Outcome<bool> {
        if ctx.tenant.store.dialect() == guanxi_store::Dialect::Sqlite {
            return Ok(false);
        }
        let revisions = ctx.tenant.store.revisions().await?;
        Ok((revisions.meta, revisions.access) != (ctx.snapshot.meta_rev, ctx.snapshot.access_rev))
    }

    async fn load_snapshot(&self, tenant: &Arc<Tenant>) -> Outcome<Snapshot> {
        let revisions = tenant.store.revisions().await?;
        let mut plugins = Vec::new();
        for row in tenant.store.list_plugins().await?.into_iter().filter(|row| row.state == PluginState::Enabled) {
            match self.compiled(&row.digest).await {
                Ok(component) => {
                    let manifest = Arc::new(component.manifest().clone());
                    plugins.push(Arc::new(EnabledPlugin { manifest, component: Some(component) }));
                }
                Err(refusal) => {
                    tracing::error!(plugin.name = %row.id, tenant = %tenant.key, problem = %refusal.code(), "plugin cannot be loaded");
                    let manifest = serde_json::from_value(row.manifest).map_err(|error| Refusal::internal(&error))?;
                    plugins.push(Arc::new(EnabledPlugin { manifest: Arc::new(manifest), component: None }));
                }
            }
        }
        let enabled: Vec<String> = plugins.iter().map(|plugin: &Arc<EnabledPlugin>| plugin.manifest.id.clone()).collect();
        let schema = Arc::new(tenant.store.load_schema(&enabled).await?);
        let (tree, managers) = self.departments(tenant, &schema).await?;
        let roles = roles::merged(tenant.store.list_roles().await?, &plugins);
        Ok(Snapshot {
            meta_rev: revisions.meta,
            access_rev: revisions.access,
            schema,
            roles,
            tree,
            managers,
            plugins,
            cards: super::cards::load_declared(&tenant.store).await?,
            callers: Callers::default(),
            rules: CompiledRules::default(),
        })
    }
}
