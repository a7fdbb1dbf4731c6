//! All stores of this server: the directory, and tenants opened when they are first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use tokio::sync::{OnceCell, OwnedMutexGuard};

use crate::StoreError;
use crate::connect::{Connector, Location, lock_creation};
use crate::db::Db;
use crate::deadline::Deadlines;
use crate::directory::{NewTenant, begin_tenant, finish_tenant, is_tenant_key};
use crate::tenant::TenantStore;

/// Tenants kept open. Each open SQLite tenant costs up to three threads, nine descriptors and half a megabyte.
const OPEN_TENANTS: usize = 64;

/// The directory and all tenants at one location.
#[derive(Debug)]
pub struct Stores {
    pub(crate) directory: Db,
    connector: Connector,
    open: Mutex<OpenTenants>,
    creating: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Debug)]
struct OpenTenants {
    limit: usize,
    /// Counts uses; the slot with the lowest number was not used for the longest time.
    uses: u64,
    slots: HashMap<String, Slot>,
}

#[derive(Debug)]
struct Slot {
    cell: Arc<OnceCell<Arc<TenantStore>>>,
    used: u64,
}

impl Stores {
    /// Opens the directory (making it if needed) and no tenant yet.
    pub async fn open(location: Location) -> Result<Self, StoreError> {
        Self::open_within(location, Deadlines::default(), OPEN_TENANTS).await
    }

    /// The same with other deadlines of statements.
    pub async fn open_with_deadlines(location: Location, deadlines: Deadlines) -> Result<Self, StoreError> {
        Self::open_within(location, deadlines, OPEN_TENANTS).await
    }

    /// The same with another number of tenants kept open.
    pub async fn open_with_limit(location: Location, limit: usize) -> Result<Self, StoreError> {
        Self::open_within(location, Deadlines::default(), limit).await
    }

    async fn open_within(location: Location, deadlines: Deadlines, limit: usize) -> Result<Self, StoreError> {
        let connector = Connector::open(location, deadlines).await?;
        let directory = connector.directory().await?;
        let open = Mutex::new(OpenTenants { limit: limit.max(1), uses: 0, slots: HashMap::new() });
        Ok(Self { directory, connector, open, creating: Arc::default() })
    }

    /// A tenant's store, opened and brought up to date at its first use. `None`: no such tenant. A tenant that cannot be opened or migrated
    /// is an error for its own callers only, and is tried again at the next call.
    pub async fn tenant(&self, key: &str) -> Result<Option<Arc<TenantStore>>, StoreError> {
        if !is_tenant_key(key) {
            return Ok(None);
        }
        if let Some(store) = self.find_open(key) {
            return Ok(Some(store));
        }
        let Some(tenant) = self.find_tenant(key).await? else { return Ok(None) };
        let cell = self.slot(key);
        let store = cell
            .get_or_try_init(|| async {
                let db = self.connector.tenant(key, false).await?;
                Ok::<_, StoreError>(Arc::new(TenantStore::new(db, tenant)))
            })
            .await?;
        Ok(Some(Arc::clone(store)))
    }

    /// Starts to make a tenant: an empty, migrated store that nobody else sees. Fill it, then call [`TenantCreation::finish`]. Whatever
    /// stops before that leaves nothing visible, and the next call for the key starts anew.
    pub async fn create_tenant(&self, new: &NewTenant, now: DateTime<Utc>) -> Result<TenantCreation<'_>, StoreError> {
        if !is_tenant_key(&new.key) {
            return Err(StoreError::TenantKey(new.key.clone()));
        }
        let lock = match &self.connector {
            Connector::Sqlite { .. } => CreationLock::Process { _guard: Arc::clone(&self.creating).lock_owned().await },
            Connector::Postgres { direct, .. } => CreationLock::Database { _connection: lock_creation(direct, &new.key).await? },
        };
        let tenant = begin_tenant(&self.directory, new, now).await?;
        self.connector.remove_tenant(&new.key).await?;
        let db = self.connector.tenant(&new.key, true).await?;
        Ok(TenantCreation { stores: self, store: Arc::new(TenantStore::new(db, tenant)), _lock: lock })
    }

    fn find_open(&self, key: &str) -> Option<Arc<TenantStore>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.uses += 1;
        let used = open.uses;
        let slot = open.slots.get_mut(key)?;
        slot.used = used;
        slot.cell.get().map(Arc::clone)
    }

    fn slot(&self, key: &str) -> Arc<OnceCell<Arc<TenantStore>>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.uses += 1;
        let used = open.uses;
        if !open.slots.contains_key(key) {
            open.make_room();
        }
        let slot = open.slots.entry(key.to_owned()).or_insert_with(|| Slot { cell: Arc::default(), used });
        slot.used = used;
        Arc::clone(&slot.cell)
    }
}

impl OpenTenants {
    /// Closes tenants that were not used for the longest time. One that somebody still holds stays, even above the limit: a second writer
    /// on its file would only wait for the first.
    fn make_room(&mut self) {
        while self.slots.len() >= self.limit {
            let free =
                |slot: &Slot| Arc::strong_count(&slot.cell) == 1 && slot.cell.get().is_none_or(|store| Arc::strong_count(store) == 1);
            let oldest = self.slots.iter().filter(|(_, slot)| free(slot)).min_by_key(|(_, slot)| slot.used);
            let Some(key) = oldest.map(|(key, _)| key.clone()) else { return };
            self.slots.remove(&key);
        }
    }
}

/// A tenant that is being made. Dropped without [`TenantCreation::finish`], it never was.
#[derive(Debug)]
pub struct TenantCreation<'a> {
    stores: &'a Stores,
    store: Arc<TenantStore>,
    _lock: CreationLock,
}

#[derive(Debug)]
enum CreationLock {
    Process { _guard: OwnedMutexGuard<()> },
    Database { _connection: PgConnection },
}

impl TenantCreation<'_> {
    /// The store to fill.
    pub fn store(&self) -> &Arc<TenantStore> {
        &self.store
    }

    /// Makes the tenant visible to everybody.
    pub async fn finish(self) -> Result<Arc<TenantStore>, StoreError> {
        // The directory must not name a tenant whose pages a power failure could still take away.
        self.store.db.flush().await?;
        finish_tenant(&self.stores.directory, &self.store.key).await?;
        let cell = self.stores.slot(&self.store.key);
        let store = cell.get_or_init(|| async { Arc::clone(&self.store) }).await;
        Ok(Arc::clone(store))
    }
}
