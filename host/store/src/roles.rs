//! Roles as they are kept: grants with their rules, rights on fields, and what else a role says.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_core::meta::{Label, Origin};
use guanxi_core::policy::{FieldRight, Function, Role, Scope, Special, Template};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde_json::{Map, Value as Json, json};

use crate::StoreError;
use crate::db::{Row, Tx, present};
use crate::name::SqlName;
use crate::people::user_roles;
use crate::tenant::{TenantStore, raise_access_rev};

const COLUMNS: [&str; 8] = ["key", "label_zh", "label_en", "administrator", "origin", "grants", "more", "revision"];

impl TenantStore {
    /// All roles, by key.
    pub async fn list_roles(&self) -> Result<Vec<Role>, StoreError> {
        let mut query = Query::select();
        query.columns(COLUMNS).from(self.db.table(&roles())).order_by("key", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read_role).collect()
    }

    /// Makes a role, or replaces the one with the same key.
    pub async fn put_role(&self, role: &Role) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        put_role(&mut tx, role).await?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await
    }

    /// Makes a role (`expect` is `None`), or replaces the one that still has the revision `expect`; `false` where it has another, is gone,
    /// or where a role to be made is there already.
    pub async fn put_role_at(&self, role: &Role, expect: Option<i64>) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        // The row is taken before it is compared, so that of two changes at the same time one finds a later revision.
        let mut lock = Query::update();
        lock.table(tx.table(&roles())).value("revision", Expr::col("revision")).and_where(Expr::col("key").eq(role.key.as_str()));
        lock.returning(Query::returning().column("revision"));
        let found = tx.fetch(0, &lock).await?.first().map(|row| present(row.int(0)?, "revision")).transpose()?;
        if found != expect {
            return Ok(false);
        }
        put_role(&mut tx, role).await?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Deletes a role, takes it from everybody and ends what was shared with it. `false`: there was none.
    pub async fn delete_role(&self, key: &str) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut taken = Query::delete();
        taken.from_table(tx.table(&user_roles())).and_where(Expr::col("role").eq(key));
        tx.execute(0, &taken).await?;
        let mut shares = Query::delete();
        shares
            .from_table(tx.table(&SqlName::fixed("gx_share")))
            .and_where(Expr::col("subject_kind").eq("role").and(Expr::col("subject").eq(key)));
        tx.execute(0, &shares).await?;
        let mut deleted = Query::delete();
        deleted.from_table(tx.table(&roles())).and_where(Expr::col("key").eq(key));
        let found = tx.execute(0, &deleted).await? > 0;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }
}

/// Part of a larger change, which raises the revision itself.
pub(crate) async fn put_role(tx: &mut Tx, role: &Role) -> Result<(), StoreError> {
    let mut insert = Query::insert();
    insert
        .into_table(tx.table(&roles()))
        .columns(COLUMNS)
        .values_panic([
            role.key.as_str().into(),
            role.label.zh.as_str().into(),
            role.label.en.as_str().into(),
            role.administrator.into(),
            write_origin(&role.origin).into(),
            write_grants(role).into(),
            write_more(role).into(),
            1_i64.into(),
        ])
        .on_conflict(
            OnConflict::column("key")
                .update_columns(["label_zh", "label_en", "administrator", "origin", "grants", "more"])
                .value("revision", Expr::col(("gx_role", "revision")).add(1))
                .to_owned(),
        );
    tx.execute(0, &insert).await.map(|_| ())
}

fn roles() -> SqlName {
    SqlName::fixed("gx_role")
}

fn read_role(row: &Row) -> Result<Role, StoreError> {
    let key = present(row.text(0)?, "key")?;
    let unreadable = || StoreError::Inconsistent(format!("the rights of role {key} cannot be read"));
    let (grants, special) = read_grants(&present(row.text(5)?, "grants")?).ok_or_else(unreadable)?;
    let role = Role {
        label: Label { zh: present(row.text(1)?, "label_zh")?, en: present(row.text(2)?, "label_en")? },
        administrator: present(row.bool(3)?, "administrator")?,
        origin: read_origin(&present(row.text(4)?, "origin")?),
        grants,
        special,
        revision: present(row.int(7)?, "revision")?,
        ..Role::default()
    };
    let role = read_more(&present(row.text(6)?, "more")?, role).ok_or_else(unreadable)?;
    Ok(Role { key, ..role })
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
type Named<T> = BTreeMap<String, BTreeMap<Function, T>>;

/// `{"customer":{"view":"own"},"special":["log.view"]}`; without special rights that key is left out, as older programs wrote it.
fn write_grants(role: &Role) -> String {
    let rights = |rights: &BTreeMap<Function, Scope>| -> Json {
        rights.iter().map(|(function, scope)| (function.name().to_owned(), scope.name().into())).collect::<Map<_, _>>().into()
    };
    let mut named: Map<String, Json> = role.grants.iter().map(|(object, granted)| (object.clone(), rights(granted))).collect();
    if !role.special.is_empty() {
        named.insert(SPECIAL.into(), role.special.iter().map(Special::name).collect());
    }
    Json::from(named).to_string()
}

/// `None` where the text is not what [`write_grants`] wrote: rights are never guessed.
fn read_grants(text: &str) -> Option<(Named<Scope>, BTreeSet<Special>)> {
    let mut named: Map<String, Json> = serde_json::from_str(text).ok()?;
    let special = match named.remove(SPECIAL) {
        None => BTreeSet::new(),
        Some(names) => names.as_array()?.iter().map(|name| Special::parse(name.as_str()?)).collect::<Option<_>>()?,
    };
    Some((read_named(&Json::from(named), |scope| Scope::parse(scope.as_str()?))?, special))
}

/// Functions by object, each with what `read` makes of its value.
fn read_named<T>(json: &Json, read: impl Fn(&Json) -> Option<T>) -> Option<Named<T>> {
    let right = |(function, value): (&String, &Json)| Some((Function::parse(function)?, read(value)?));
    let rights = |(object, rights): (&String, &Json)| Some((object.clone(), rights.as_object()?.iter().map(right).collect::<Option<_>>()?));
    json.as_object()?.iter().map(rights).collect()
}

/// Everything else; keys without content are left out.
fn write_more(role: &Role) -> String {
    let mut more = Map::new();
    if !role.rules.is_empty() {
        let texts = |rules: &BTreeMap<Function, String>| -> Json {
            rules.iter().map(|(function, text)| (function.name().to_owned(), text.as_str().into())).collect::<Map<_, _>>().into()
        };
        more.insert("rules".into(), role.rules.iter().map(|(object, rules)| (object.clone(), texts(rules))).collect::<Map<_, _>>().into());
    }
    if !role.fields.is_empty() {
        let rights = |fields: &BTreeMap<String, FieldRight>| -> Json {
            fields.iter().map(|(field, right)| (field.clone(), right.name().into())).collect::<Map<_, _>>().into()
        };
        more.insert("fields".into(), role.fields.iter().map(|(object, f)| (object.clone(), rights(f))).collect::<Map<_, _>>().into());
    }
    if let Some(least) = role.min_group {
        more.insert("min_group".into(), least.into());
    }
    let words = |label: &Label| json!([label.zh, label.en]);
    if role.description != Label::default() {
        more.insert("description".into(), words(&role.description));
    }
    if !role.duties.is_empty() {
        more.insert("duties".into(), role.duties.iter().map(words).collect());
    }
    if let Some(template) = role.template {
        more.insert("template".into(), template.name().into());
    }
    Json::from(more).to_string()
}

fn read_more(text: &str, mut role: Role) -> Option<Role> {
    let more: Map<String, Json> = serde_json::from_str(text).ok()?;
    let words = |json: &Json| Some(Label::new(json.get(0)?.as_str()?, json.get(1)?.as_str()?));
    if let Some(rules) = more.get("rules") {
        role.rules = read_named(rules, |text| text.as_str().map(str::to_owned))?;
    }
    if let Some(fields) = more.get("fields") {
        let right = |(field, right): (&String, &Json)| Some((field.clone(), FieldRight::parse(right.as_str()?)?));
        let object =
            |(object, fields): (&String, &Json)| Some((object.clone(), fields.as_object()?.iter().map(right).collect::<Option<_>>()?));
        role.fields = fields.as_object()?.iter().map(object).collect::<Option<_>>()?;
    }
    if let Some(least) = more.get("min_group") {
        role.min_group = Some(u32::try_from(least.as_u64()?).ok()?);
    }
    if let Some(description) = more.get("description") {
        role.description = words(description)?;
    }
    if let Some(duties) = more.get("duties") {
        role.duties = duties.as_array()?.iter().map(words).collect::<Option<_>>()?;
    }
    if let Some(template) = more.get("template") {
        role.template = Some(Template::parse(template.as_str()?)?);
    }
    Some(role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_come_back_as_they_were() {
        for mut role in guanxi_core::policy::host_roles() {
            assert_eq!(read_grants(&write_grants(&role)), Some((role.grants.clone(), BTreeSet::new())), "{}", role.key);
            role.special = BTreeSet::from(Special::ALL);
            role.special.insert(Special::Named("a4.reopen".into()));
            assert_eq!(read_grants(&write_grants(&role)), Some((role.grants.clone(), role.special.clone())), "{}", role.key);
            role.origin = Origin::Plugin("sample".into());
            assert_eq!(read_origin(&write_origin(&role.origin)), role.origin);
            role.rules.entry("customer".into()).or_default().insert(Function::View, "region == \"华东\"".into());
            role.fields.entry("customer".into()).or_default().insert("phone".into(), FieldRight::Mask);
            role.min_group = Some(5);
            let bare = Role {
                rules: BTreeMap::new(),
                fields: BTreeMap::new(),
                min_group: None,
                description: Label::default(),
                duties: Vec::new(),
                template: None,
                ..role.clone()
            };
            assert_eq!(read_more(&write_more(&role), bare), Some(role));
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
        for broken in ["", r#"{"fields":{"customer":{"phone":"all"}}}"#, r#"{"rules":{"customer":{"view":1}}}"#, r#"{"min_group":-1}"#] {
            assert_eq!(read_more(broken, Role::default()), None, "{broken}");
        }
    }
}
