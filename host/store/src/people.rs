//! Roles, who has them, and passwords. Users and departments themselves are ordinary records and not known here.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use guanxi_core::meta::{Label, Origin};
use guanxi_core::policy::{Function, Role, Scope, Special};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Row, Tx, present};
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
    /// All roles, by key.
    pub async fn list_roles(&self) -> Result<Vec<Role>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["key", "label_zh", "label_en", "administrator", "origin", "grants"])
            .from(self.db.table(&roles()))
            .order_by("key", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read_role).collect()
    }

    /// Makes a role, or replaces the one with the same key.
    pub async fn put_role(&self, role: &Role) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        put_role(&mut tx, role).await?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await
    }

    /// Deletes a role and takes it from everybody. `false`: there was none.
    pub async fn delete_role(&self, key: &str) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut taken = Query::delete();
        taken.from_table(tx.table(&user_roles())).and_where(Expr::col("role").eq(key));
        tx.execute(0, &taken).await?;
        let mut deleted = Query::delete();
        deleted.from_table(tx.table(&roles())).and_where(Expr::col("key").eq(key));
        let found = tx.execute(0, &deleted).await? > 0;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }

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
pub(crate) async fn put_role(tx: &mut Tx, role: &Role) -> Result<(), StoreError> {
    let mut insert = Query::insert();
    insert
        .into_table(tx.table(&roles()))
        .columns(["key", "label_zh", "label_en", "administrator", "origin", "grants"])
        .values_panic([
            role.key.as_str().into(),
            role.label.zh.as_str().into(),
            role.label.en.as_str().into(),
            role.administrator.into(),
            write_origin(&role.origin).into(),
            write_grants(role).into(),
        ])
        .on_conflict(OnConflict::column("key").update_columns(["label_zh", "label_en", "administrator", "origin", "grants"]).to_owned());
    tx.execute(0, &insert).await.map(|_| ())
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

fn roles() -> SqlName {
    SqlName::fixed("gx_role")
}

fn user_roles() -> SqlName {
    SqlName::fixed("gx_user_role")
}

fn credentials() -> SqlName {
    SqlName::fixed("gx_credential")
}

fn read_role(row: &Row) -> Result<Role, StoreError> {
    let key = present(row.text(0)?, "key")?;
    let (grants, special) = read_grants(&present(row.text(5)?, "grants")?)
        .ok_or_else(|| StoreError::Inconsistent(format!("the grants of role {key} cannot be read")))?;
    Ok(Role {
        key,
        label: Label { zh: present(row.text(1)?, "label_zh")?, en: present(row.text(2)?, "label_en")? },
        administrator: present(row.bool(3)?, "administrator")?,
        origin: read_origin(&present(row.text(4)?, "origin")?),
        grants,
        special,
    })
}

fn write_origin(origin: &Origin) -> String {
    match origin {
        Origin::Host => "host".to_owned(),
        Origin::Tenant => "tenant".to_owned(),
        Origin::Plugin(plugin) => format!("plugin:{plugin}"),
    }
}

fn read_origin(text: &str) -> Origin {
    match text.strip_prefix("plugin:") {
        Some(plugin) => Origin::Plugin(plugin.to_owned()),
        None if text == "host" => Origin::Host,
        None => Origin::Tenant,
    }
}

/// Beside the objects, no object has this key: the special rights.
const SPECIAL: &str = "special";
type Grants = BTreeMap<String, BTreeMap<Function, Scope>>;

/// `{"customer":{"view":"own"},"special":["log.view"]}`; without special rights that key is left out, as older programs wrote it.
fn write_grants(role: &Role) -> String {
    let rights = |rights: &BTreeMap<Function, Scope>| -> serde_json::Value {
        rights.iter().map(|(function, scope)| (function.name().to_owned(), scope.name().into())).collect::<serde_json::Map<_, _>>().into()
    };
    let mut named: serde_json::Map<String, serde_json::Value> =
        role.grants.iter().map(|(object, granted)| (object.clone(), rights(granted))).collect();
    if !role.special.is_empty() {
        named.insert(SPECIAL.into(), role.special.iter().map(|special| special.name()).collect());
    }
    serde_json::Value::from(named).to_string()
}

/// `None` where the text is not what [`write_grants`] wrote: rights are never guessed.
fn read_grants(text: &str) -> Option<(Grants, BTreeSet<Special>)> {
    let mut named: BTreeMap<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let special = match named.remove(SPECIAL) {
        None => BTreeSet::new(),
        Some(names) => names.as_array()?.iter().map(|name| Special::parse(name.as_str()?)).collect::<Option<_>>()?,
    };
    let right = |(function, scope): (&String, &serde_json::Value)| Some((Function::parse(function)?, Scope::parse(scope.as_str()?)?));
    let rights = |rights: &serde_json::Value| -> Option<BTreeMap<Function, Scope>> { rights.as_object()?.iter().map(right).collect() };
    let grants = named.iter().map(|(object, named)| Some((object.clone(), rights(named)?))).collect::<Option<_>>()?;
    Some((grants, special))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_and_origins_come_back_as_they_were() {
        for mut role in guanxi_core::policy::host_roles() {
            assert_eq!(read_grants(&write_grants(&role)), Some((role.grants.clone(), BTreeSet::new())), "{}", role.key);
            role.special = BTreeSet::from(Special::ALL);
            assert_eq!(read_grants(&write_grants(&role)), Some((role.grants.clone(), role.special.clone())), "{}", role.key);
            role.origin = Origin::Plugin("sample".into());
            assert_eq!(read_origin(&write_origin(&role.origin)), role.origin);
        }
        for broken in [
            "",
            "[]",
            r#"{"customer":{"view":"everything"}}"#,
            r#"{"customer":{"fly":"own"}}"#,
            r#"{"special":["fly"]}"#,
            r#"{"special":{}}"#,
        ] {
            assert_eq!(read_grants(broken), None, "{broken}");
        }
    }
}
