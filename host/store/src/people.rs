//! Who has which roles, and passwords. Roles themselves are in `roles`. Users and departments themselves are ordinary records and not known here.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Tx, present};
use crate::name::SqlName;
use crate::tenant::{TenantStore, raise_access_rev};

/// A stored password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// PHC string, made by the caller.
    pub password_hash: String,
    /// When the password was set.
    pub changed_at: DateTime<Utc>,
}

impl TenantStore {
    /// The keys of a user's roles, in order.
    pub async fn user_roles(&self, user: Uuid) -> Result<Vec<String>, StoreError> {
        let mut query = Query::select();
        query.column("role").from(self.db.table(&user_roles())).and_where(Expr::col("user_id").eq(user)).order_by("role", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(|row| present(row.text(0)?, "role")).collect()
    }

    /// The roles of every user who has any.
    pub async fn all_user_roles(&self) -> Result<HashMap<Uuid, Vec<String>>, StoreError> {
        let mut query = Query::select();
        query.columns(["user_id", "role"]).from(self.db.table(&user_roles())).order_by("role", Order::Asc);
        let mut found: HashMap<Uuid, Vec<String>> = HashMap::new();
        for row in self.db.fetch(0, &query).await? {
            found.entry(present(row.uuid(0)?, "user_id")?).or_default().push(present(row.text(1)?, "role")?);
        }
        Ok(found)
    }

    /// Gives a user exactly these roles. A role that does not exist is a foreign key violation, and nothing is changed.
    pub async fn set_user_roles(&self, user: Uuid, keys: &[String]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        set_user_roles(&mut tx, user, keys).await?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await
    }

    /// A user's password hash; `None`: the user cannot log in with one.
    pub async fn find_credential(&self, user: Uuid) -> Result<Option<Credential>, StoreError> {
        let mut query = Query::select();
        query.columns(["password_hash", "changed_at"]).from(self.db.table(&credentials())).and_where(Expr::col("user_id").eq(user));
        let rows = self.db.fetch(0, &query).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let password_hash = present(row.text(0)?, "password_hash")?;
        Ok(Some(Credential { password_hash, changed_at: present(row.instant(1)?, "changed_at")? }))
    }

    /// Sets a user's password hash. Ending the user's sessions is the caller's decision.
    pub async fn set_credential(&self, user: Uuid, password_hash: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&credentials()))
            .columns(["user_id", "password_hash", "changed_at"])
            .values_panic([user.into(), password_hash.into(), self.db.dialect().instant(Some(now)).into()])
            .on_conflict(OnConflict::column("user_id").update_columns(["password_hash", "changed_at"]).to_owned());
        self.db.execute(&insert).await.map(|_| ())
    }
}

/// Part of a larger change, which raises the revision itself.
pub(crate) async fn set_user_roles(tx: &mut Tx, user: Uuid, keys: &[String]) -> Result<(), StoreError> {
    let mut delete = Query::delete();
    delete.from_table(tx.table(&user_roles())).and_where(Expr::col("user_id").eq(user));
    tx.execute(0, &delete).await?;
    if keys.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(tx.table(&user_roles())).columns(["user_id", "role"]);
    for key in keys {
        insert.values_panic([user.into(), key.as_str().into()]);
    }
    insert.on_conflict(OnConflict::columns(["user_id", "role"]).do_nothing().to_owned());
    tx.execute(0, &insert).await.map(|_| ())
}

pub(crate) fn user_roles() -> SqlName {
    SqlName::fixed("gx_user_role")
}

fn credentials() -> SqlName {
    SqlName::fixed("gx_credential")
}
