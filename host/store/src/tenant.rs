//! One tenant's store: its database and the two revisions that say when a picture of it is old.

use sea_query::{Expr, ExprTrait, LockType, Query};

use crate::StoreError;
use crate::db::{Db, Dialect, Row, Tx, present};
use crate::directory::Tenant;
use crate::name::SqlName;

/// An open tenant. Cheap to share; get it from [`Stores::tenant`](crate::Stores::tenant) again and again instead of keeping it.
#[derive(Debug)]
pub struct TenantStore {
    pub(crate) db: Db,
    /// The tenant's key.
    pub key: String,
    /// What the directory says about the tenant: zone, currency, name.
    pub tenant: Tenant,
}

/// Counters of changes, raised in the transaction of the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revisions {
    /// Objects, fields, plugins.
    pub meta: i64,
    /// Roles, who has them, sessions and tokens taken away.
    pub access: i64,
}

impl TenantStore {
    pub(crate) fn new(db: Db, tenant: Tenant) -> Self {
        Self { db, key: tenant.key.clone(), tenant }
    }

    /// Which database this tenant lives in.
    pub fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// Both revisions in one cheap read.
    pub async fn revisions(&self) -> Result<Revisions, StoreError> {
        let mut query = Query::select();
        query.columns(["meta_rev", "access_rev"]).from(self.db.table(&revision_table()));
        read_revisions(self.db.fetch(0, &query).await?.first())
    }
}

/// Both revisions inside a transaction, which they then cannot change until it ends (a shared lock on PostgreSQL, the one writer on SQLite).
pub(crate) async fn revisions_in(tx: &mut Tx) -> Result<Revisions, StoreError> {
    let mut query = Query::select();
    query.columns(["meta_rev", "access_rev"]).from(tx.table(&revision_table()));
    if tx.dialect() == Dialect::Postgres {
        query.lock(LockType::Share);
    }
    read_revisions(tx.fetch(0, &query).await?.first())
}

/// Says that the metadata changed; every host loads it again.
pub(crate) async fn raise_meta_rev(tx: &mut Tx) -> Result<(), StoreError> {
    raise(tx, "meta_rev", 1).await.map(|_| ())
}

/// Says that rights changed; every host forgets what it knew about actors.
pub(crate) async fn raise_access_rev(tx: &mut Tx) -> Result<(), StoreError> {
    raise(tx, "access_rev", 1).await.map(|_| ())
}

/// Takes `count` new ids for objects, fields or unique constraints; returns the first, the others follow it.
pub(crate) async fn take_ids(tx: &mut Tx, count: u32) -> Result<i64, StoreError> {
    let last = raise(tx, "last_id", i64::from(count)).await?;
    Ok(last - i64::from(count) + 1)
}

async fn raise(tx: &mut Tx, column: &'static str, by: i64) -> Result<i64, StoreError> {
    let mut update = Query::update();
    update.table(tx.table(&revision_table())).value(column, Expr::col(column).add(by)).returning(Query::returning().column(column));
    let rows = tx.fetch(0, &update).await?;
    present(rows.first().map(|row| row.int(0)).transpose()?.flatten(), column)
}

fn revision_table() -> SqlName {
    SqlName::fixed("gx_revision")
}

fn read_revisions(row: Option<&Row>) -> Result<Revisions, StoreError> {
    let row = present(row, "the row of gx_revision")?;
    Ok(Revisions { meta: present(row.int(0)?, "meta_rev")?, access: present(row.int(1)?, "access_rev")? })
}
