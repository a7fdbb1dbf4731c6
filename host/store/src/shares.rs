//! Single records that are shared with users, teams, roles and departments, for reading or for changing, for a time or for good.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use guanxi_core::meta::{Object, Schema};
use guanxi_core::policy::{RowScope, Shared, Subject};
use sea_query::{Alias, Condition, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use uuid::Uuid;

use crate::StoreError;
use crate::column::table_name;
use crate::db::{Db, Row, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::{column, rows_in_scope};
use crate::tenant::{TenantStore, raise_access_rev};

/// Ids in one `IN`.
const CHUNK: usize = 1_000;

/// One record shared with one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Names the share.
    pub id: Uuid,
    /// The record's object.
    pub object: String,
    /// The record.
    pub record: Uuid,
    /// With whom.
    pub subject: Subject,
    /// It may be changed, too.
    pub edit: bool,
    /// Its end, if it has one.
    pub until: Option<DateTime<Utc>>,
    /// Who shared it.
    pub created_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl TenantStore {
    /// The shares of a record, the oldest first, those that ended too.
    pub async fn list_shares(&self, object: &str, record: Uuid) -> Result<Vec<Share>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["id", "object", "record", "subject_kind", "subject", "edit", "until", "created_by", "created_at"])
            .from(self.db.table(&table()))
            .and_where(Expr::col("object").eq(object).and(Expr::col("record").eq(record)))
            .order_by("id", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read_share).collect()
    }

    /// Shares a record; with a subject that has it already, the share becomes the new one and keeps its id, which is returned.
    pub async fn put_share(&self, share: &Share) -> Result<Uuid, StoreError> {
        let dialect = self.db.dialect();
        let mut tx = self.db.begin().await?;
        let mut insert = Query::insert();
        insert
            .into_table(tx.table(&table()))
            .columns(["id", "object", "record", "subject_kind", "subject", "edit", "until", "created_by", "created_at"])
            .values_panic([
                share.id.into(),
                share.object.as_str().into(),
                share.record.into(),
                share.subject.kind().into(),
                share.subject.name().into(),
                share.edit.into(),
                dialect.instant(share.until).into(),
                share.created_by.into(),
                dialect.instant(Some(share.created_at)).into(),
            ])
            .on_conflict(
                OnConflict::columns(["object", "record", "subject_kind", "subject"])
                    .update_columns(["edit", "until", "created_by", "created_at"])
                    .to_owned(),
            )
            .returning(Query::returning().column("id"));
        let rows = tx.fetch(0, &insert).await?;
        let id = present(rows.first().map(|row| row.uuid(0)).transpose()?.flatten(), "id")?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Ends a share of a record. `false`: there was none.
    pub async fn delete_share(&self, object: &str, record: Uuid, id: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut delete = Query::delete();
        delete
            .from_table(tx.table(&table()))
            .and_where(Expr::col("id").eq(id).and(Expr::col("object").eq(object)).and(Expr::col("record").eq(record)));
        let found = tx.execute(0, &delete).await? > 0;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The objects of which some record is shared with one of these subjects; true where a share allows changes.
    pub async fn shared_objects(&self, subjects: &[Subject], now: DateTime<Utc>) -> Result<BTreeMap<String, bool>, StoreError> {
        let shared = Shared { object: String::new(), subjects: subjects.to_vec(), edit: false, at: now };
        let mut query = Query::select();
        query
            .columns(["object", "edit"])
            .distinct()
            .from(self.db.table(&table()))
            .cond_where(subject_condition(&shared))
            .cond_where(live(&self.db, now));
        let mut found = BTreeMap::new();
        for row in self.db.fetch(0, &query).await? {
            let (object, edit) = (present(row.text(0)?, "object")?, present(row.bool(1)?, "edit")?);
            *found.entry(object).or_insert(false) |= edit;
        }
        Ok(found)
    }

    /// Those of the records of an object that a scope reaches, deleted ones too.
    pub async fn reached(&self, schema: &Schema, object: &Object, ids: &[Uuid], scope: &RowScope) -> Result<HashSet<Uuid>, StoreError> {
        const ALIAS: &str = "t0";
        let mut found = HashSet::new();
        for chunk in ids.chunks(CHUNK) {
            let mut query = Query::select();
            query
                .expr(column(ALIAS, &SqlName::fixed("id")))
                .from_as(self.db.table(&table_name(object)), Alias::new(ALIAS))
                .and_where(column(ALIAS, &SqlName::fixed("id")).is_in(chunk.iter().copied()))
                .cond_where(rows_in_scope(&self.db, schema, ALIAS, object, Some(scope))?);
            for row in self.db.fetch(schema.revision, &query).await? {
                found.insert(present(row.uuid(0)?, "id")?);
            }
        }
        Ok(found)
    }
}

/// The ids of the records that are shared so.
pub(crate) fn records_shared(db: &Db, shared: &Shared) -> SelectStatement {
    let mut query = Query::select();
    query
        .column("record")
        .from(db.table(&table()))
        .and_where(Expr::col("object").eq(shared.object.as_str()))
        .cond_where(subject_condition(shared))
        .cond_where(live(db, shared.at));
    if shared.edit {
        query.and_where(Expr::col("edit").eq(true));
    }
    query
}

fn subject_condition(shared: &Shared) -> Condition {
    let mut any = Condition::any();
    for kind in ["user", "team", "role", "department"] {
        let names: Vec<String> = shared.subjects.iter().filter(|subject| subject.kind() == kind).map(Subject::name).collect();
        if !names.is_empty() {
            any = any.add(Expr::col("subject_kind").eq(kind).and(Expr::col("subject").is_in(names)));
        }
    }
    // An empty `any` would be true.
    any.add(Expr::cust("1 = 0"))
}

fn live(db: &Db, now: DateTime<Utc>) -> Condition {
    let end = Expr::val(db.dialect().instant(Some(now)));
    Condition::any().add(Expr::col("until").is_null()).add(Expr::col("until").gt(end))
}

fn table() -> SqlName {
    SqlName::fixed("gx_share")
}

fn read_share(row: &Row) -> Result<Share, StoreError> {
    let (kind, name) = (present(row.text(3)?, "subject_kind")?, present(row.text(4)?, "subject")?);
    Ok(Share {
        id: present(row.uuid(0)?, "id")?,
        object: present(row.text(1)?, "object")?,
        record: present(row.uuid(2)?, "record")?,
        subject: Subject::parse(&kind, &name).ok_or_else(|| inconsistent(format!("a share with {kind} {name:?}")))?,
        edit: present(row.bool(5)?, "edit")?,
        until: row.instant(6)?,
        created_by: row.uuid(7)?,
        created_at: present(row.instant(8)?, "created_at")?,
    })
}
