//! The security log: logins, denials, exports, grants, token use. Lines are appended, never changed.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, Order, Query};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Row, present};
use crate::name::SqlName;
use crate::tenant::TenantStore;

/// One line of the security log.
#[derive(Clone, Debug, PartialEq)]
pub struct SecurityEvent {
    /// Ascending in the order of writing.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None` where nobody was logged in.
    pub actor: Option<Uuid>,
    /// What, for example `login.failed`.
    pub kind: String,
    /// Details, never a secret.
    pub detail: Json,
}

impl TenantStore {
    /// Appends to the security log; nothing changes or deletes a line.
    pub async fn add_security_event(&self, actor: Option<Uuid>, kind: &str, detail: &Json, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut insert = Query::insert();
        insert.into_table(self.db.table(&log())).columns(["at", "actor", "kind", "detail"]).values_panic([
            self.db.dialect().instant(Some(now)).into(),
            actor.into(),
            kind.into(),
            detail.to_string().into(),
        ]);
        self.db.execute(&insert).await.map(|_| ())
    }

    /// The newest lines of the log, or those before the line `before`.
    pub async fn list_security_events(&self, before: Option<i64>, limit: u32) -> Result<Vec<SecurityEvent>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["id", "at", "actor", "kind", "detail"])
            .from(self.db.table(&log()))
            .and_where_option(before.map(|before| Expr::col("id").lt(before)))
            .order_by("id", Order::Desc)
            .limit(u64::from(limit));
        self.db.fetch(0, &query).await?.iter().map(read_event).collect()
    }
}

fn log() -> SqlName {
    SqlName::fixed("gx_security_log")
}

fn read_event(row: &Row) -> Result<SecurityEvent, StoreError> {
    Ok(SecurityEvent {
        id: present(row.int(0)?, "id")?,
        at: present(row.instant(1)?, "at")?,
        actor: row.uuid(2)?,
        kind: present(row.text(3)?, "kind")?,
        detail: row.json(4, "a line of the security log")?,
    })
}
