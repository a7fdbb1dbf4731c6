//! What was done under an Idempotency-Key: written with the change itself, found by the request that comes again.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Tx, present};
use crate::name::SqlName;
use crate::tenant::TenantStore;

/// How long a key is remembered (design §9).
const KEPT: TimeDelta = TimeDelta::hours(24);

/// A change that must not be made twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotent {
    /// Whose key it is: two users may choose the same one.
    pub actor: Uuid,
    /// What the caller sent.
    pub key: String,
    /// Hash of the request, so that another request under the same key is told apart.
    pub request: Vec<u8>,
    /// What the engine needs to answer again; empty in a question.
    pub outcome: String,
}

fn table() -> SqlName {
    SqlName::fixed("gx_idempotency")
}

impl TenantStore {
    /// What was written under this key within the last 24 hours.
    pub async fn find_idempotent(&self, actor: Uuid, key: &str, now: DateTime<Utc>) -> Result<Option<Idempotent>, StoreError> {
        let mut query = Query::select();
        query.columns(["request", "outcome"]).from(self.db.table(&table()));
        query.and_where(Expr::col("actor").eq(actor)).and_where(Expr::col("key").eq(key));
        query.and_where(Expr::col("at").gt(self.db.dialect().instant(Some(now - KEPT))));
        let rows = self.db.fetch(0, &query).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (request, outcome) = (present(row.bytes(0)?, "request")?, present(row.text(1)?, "outcome")?);
        Ok(Some(Idempotent { actor, key: key.to_owned(), request, outcome }))
    }

    /// Forgets keys that are older than 24 hours.
    pub async fn forget_idempotent(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&table()));
        delete.and_where(Expr::col("at").lte(self.db.dialect().instant(Some(now - KEPT))));
        self.db.execute(&delete).await.map(|_| ())
    }
}

/// Takes the key inside the transaction of the change; `false` when somebody had it first. On PostgreSQL a rival that is not through yet is
/// waited for.
pub(crate) async fn take_key(tx: &mut Tx, idempotent: &Idempotent, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let dialect = tx.dialect();
    let mut insert = Query::insert();
    insert.into_table(tx.table(&table())).columns(["actor", "key", "request", "at", "outcome"]).values_panic([
        idempotent.actor.into(),
        idempotent.key.as_str().into(),
        idempotent.request.as_slice().into(),
        dialect.instant(Some(now)).into(),
        idempotent.outcome.as_str().into(),
    ]);
    // An old row of the same key is taken over; a young one stays, and nothing is inserted.
    let old = Expr::col(("gx_idempotency", "at")).lte(dialect.instant(Some(now - KEPT)));
    let mut conflict = OnConflict::columns(["actor", "key"]);
    conflict.update_columns(["request", "at", "outcome"]).action_and_where(old);
    insert.on_conflict(conflict);
    Ok(tx.execute(0, &insert).await? == 1)
}
