//! Saved views as rows: what they show and for whom, as JSON of this crate. Who may see and change one is decided by `core`.

use chrono::{DateTime, Utc};
use guanxi_core::saved_view::{Audience, ViewContent, ViewKind};
use guanxi_core::text::normal_key;
use sea_query::{Condition, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Row, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::tenant::TenantStore;

/// A saved view as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredView {
    /// Made by the caller.
    pub id: Uuid,
    /// The object's key.
    pub object: String,
    /// Who saved it.
    pub owner: Uuid,
    /// In the user's words; one owner has each name once per object.
    pub name: String,
    /// What it shows.
    pub content: ViewContent,
    /// For whom it is.
    pub audience: Audience,
    /// Raised by every change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct Content {
    kind: String,
    filter: String,
    sort: String,
    columns: Vec<String>,
    group_field: Option<String>,
    date_field: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Sharing {
    everyone: bool,
    roles: Vec<String>,
    departments: Vec<Uuid>,
    teams: Vec<Uuid>,
}

const COLUMNS: [&str; 9] = ["id", "object", "owner", "name", "content", "audience", "version", "created_at", "updated_at"];

fn table() -> SqlName {
    SqlName::fixed("gx_view")
}

impl TenantStore {
    /// The views of a user and all that are shared with anybody, of one object or of all, by name.
    pub async fn list_saved_views(&self, object: Option<&str>, owner: Option<Uuid>) -> Result<Vec<StoredView>, StoreError> {
        let mut query = self.views();
        let mut wanted = Condition::any().add(Expr::col("shared").eq(true));
        if let Some(owner) = owner {
            wanted = wanted.add(Expr::col("owner").eq(owner));
        }
        query.cond_where(wanted).order_by("name_key", Order::Asc).order_by("id", Order::Asc);
        if let Some(object) = object {
            query.and_where(Expr::col("object").eq(object));
        }
        self.db.fetch(0, &query).await?.iter().map(read_view).collect()
    }

    /// One view, whoever may see it.
    pub async fn find_saved_view(&self, id: Uuid) -> Result<Option<StoredView>, StoreError> {
        let mut query = self.views();
        query.and_where(Expr::col("id").eq(id));
        self.db.fetch(0, &query).await?.first().map(read_view).transpose()
    }

    /// How many views a user has.
    pub async fn count_saved_views(&self, owner: Uuid) -> Result<i64, StoreError> {
        let mut query = Query::select();
        query.expr(Expr::cust("COUNT(*)")).from(self.db.table(&table())).and_where(Expr::col("owner").eq(owner));
        present(self.db.fetch(0, &query).await?.first().map(|row| row.int(0)).transpose()?.flatten(), "a count")
    }

    /// Writes a new view. A name that its owner uses already is a unique violation.
    pub async fn add_saved_view(&self, view: &StoredView) -> Result<(), StoreError> {
        let dialect = self.db.dialect();
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&table()))
            .columns(["id", "object", "owner", "name", "name_key", "shared", "content", "audience", "version", "created_at", "updated_at"])
            .values_panic([
                view.id.into(),
                view.object.as_str().into(),
                view.owner.into(),
                view.name.as_str().into(),
                name_key(&view.name).into(),
                (!view.audience.is_private()).into(),
                write_content(&view.content)?.into(),
                write_audience(&view.audience)?.into(),
                view.version.into(),
                dialect.instant(Some(view.created_at)).into(),
                dialect.instant(Some(view.updated_at)).into(),
            ]);
        self.db.execute(&insert).await.map(|_| ())
    }

    /// Writes a changed view over the version before it. `false`: somebody else changed or deleted it meanwhile.
    pub async fn change_saved_view(&self, view: &StoredView) -> Result<bool, StoreError> {
        let mut update = Query::update();
        update
            .table(self.db.table(&table()))
            .value("name", view.name.as_str())
            .value("name_key", name_key(&view.name))
            .value("shared", !view.audience.is_private())
            .value("content", write_content(&view.content)?)
            .value("audience", write_audience(&view.audience)?)
            .value("version", view.version)
            .value("updated_at", self.db.dialect().instant(Some(view.updated_at)))
            .and_where(Expr::col("id").eq(view.id))
            .and_where(Expr::col("version").eq(view.version - 1));
        Ok(self.db.execute(&update).await? == 1)
    }

    /// Deletes a view at a version. `false`: somebody else changed or deleted it meanwhile.
    pub async fn remove_saved_view(&self, id: Uuid, version: i64) -> Result<bool, StoreError> {
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&table())).and_where(Expr::col("id").eq(id)).and_where(Expr::col("version").eq(version));
        Ok(self.db.execute(&delete).await? == 1)
    }

    fn views(&self) -> SelectStatement {
        let mut query = Query::select();
        query.columns(COLUMNS).from(self.db.table(&table()));
        query
    }
}

fn name_key(name: &str) -> String {
    normal_key(&guanxi_core::meta::FieldKind::Text { max: 255 }, name)
}

fn write_content(content: &ViewContent) -> Result<String, StoreError> {
    let ViewContent { kind, filter, sort, columns, group_field, date_field } = content.clone();
    json(&Content { kind: kind.name().into(), filter, sort, columns, group_field, date_field })
}

fn write_audience(audience: &Audience) -> Result<String, StoreError> {
    let Audience { everyone, roles, departments, teams } = audience.clone();
    json(&Sharing { everyone, roles, departments, teams })
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| inconsistent(format!("a view cannot be written: {error}")))
}

fn read_view(row: &Row) -> Result<StoredView, StoreError> {
    let content: Content = row.json(4, "a view's content")?;
    let sharing: Sharing = row.json(5, "a view's audience")?;
    Ok(StoredView {
        id: present(row.uuid(0)?, "id")?,
        object: present(row.text(1)?, "object")?,
        owner: present(row.uuid(2)?, "owner")?,
        name: present(row.text(3)?, "name")?,
        content: ViewContent {
            kind: ViewKind::parse(&content.kind).ok_or_else(|| inconsistent(format!("a view is a {:?}", content.kind)))?,
            filter: content.filter,
            sort: content.sort,
            columns: content.columns,
            group_field: content.group_field,
            date_field: content.date_field,
        },
        audience: Audience { everyone: sharing.everyone, roles: sharing.roles, departments: sharing.departments, teams: sharing.teams },
        version: present(row.int(6)?, "version")?,
        created_at: present(row.instant(7)?, "created_at")?,
        updated_at: present(row.instant(8)?, "updated_at")?,
    })
}
