//! The one transaction of a save: rows, shadow columns, history and tracked changes, all or nothing.

mod bare;
mod conflict;
mod entries;
mod rows;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use guanxi_core::meta::{Object, Schema};
use sea_query::{Alias, CommonTableExpression, Expr, Query, WithClause};
use uuid::Uuid;

use self::entries::{history_rows, stage_rows};
use self::rows::{delete_row, insert_rows, rows_at_once, update_row};
use crate::column::is_stages;
use crate::db::{Dialect, Tx, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::object_of;
use crate::tenant::Revisions;
use crate::{StoreError, TenantStore};

/// A unit of changes that is written wholly or not at all. Values are already checked and in their stored form.
#[derive(Clone, Debug)]
pub struct WriteUnit {
    /// At most one change per record.
    pub changes: Vec<RowChange>,
    /// The acting user.
    pub actor: Option<Uuid>,
    /// The name for the history.
    pub actor_name: String,
    /// Through what: `ui`, `api`, `import 12`, `plugin sales 0.1`.
    pub via: String,
    /// The time of the save.
    pub now: DateTime<Utc>,
    /// The rights' revision under which the save was decided; `None` does not compare.
    pub access_rev: Option<i64>,
    /// The unit changes who may see what (users, departments): every host decides anew afterwards.
    pub raise_access: bool,
}

/// A change of one record.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// The object's key.
    pub object: String,
    /// The record.
    pub id: Uuid,
    /// What happens to it.
    pub op: RowOp,
    /// The new values by field key, owner, department and external_id included when they change; nothing for a delete.
    pub values: Vec<(String, Value)>,
    /// For updates: the old values of the changed fields, kept by the history; nothing for an insert.
    pub old: Vec<(String, Value)>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOp {
    /// It is new; version 1.
    Insert,
    /// It changes, if it still has this version.
    Update {
        /// The version that was loaded.
        version: i64,
    },
    /// It is deleted softly, if it still has this version.
    Delete {
        /// The version that was loaded.
        version: i64,
    },
}

/// Why a unit was not written; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The database, or [`StoreError::StaleSchema`] when the metadata changed since the schema was loaded.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The actor's rights may have changed since they were decided; load them again.
    #[error("rights changed")]
    StaleAccess,
    /// Somebody saved or deleted the record in between.
    #[error("{object} {id} has another version")]
    VersionConflict {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// A live record has the same values in fields that must be unique.
    #[error("{object} {id} is not unique in {fields:?}")]
    NotUnique {
        /// The object's key.
        object: String,
        /// The record that was to be written.
        id: Uuid,
        /// The fields' keys.
        fields: Vec<String>,
        /// `field.not_unique`, or the constraint's own code.
        code: String,
        /// The record that has the values, if it could be found.
        other: Option<Uuid>,
    },
}

/// A change with its object.
struct Planned<'a> {
    object: Arc<Object>,
    change: &'a RowChange,
}

impl TenantStore {
    /// Writes a unit in one transaction: rows in the order of (object, record), their history and tracked changes.
    pub async fn write(&self, schema: &Schema, unit: &WriteUnit) -> Result<(), WriteError> {
        let mut planned = Vec::with_capacity(unit.changes.len());
        for change in &unit.changes {
            let object = object_of(schema, &change.object)?;
            if is_stages(&object) {
                return Err(inconsistent(format!("`{}` is written by the host only", object.key)).into());
            }
            planned.push(Planned { object, change });
        }
        // One order for all, so that two saves wait for each other instead of dying of each other.
        planned.sort_by_key(|p| (p.object.id, p.change.id));
        if planned.is_empty() {
            return Ok(());
        }
        match self.write_planned(schema, unit, &planned).await {
            Err(WriteError::Store(StoreError::Violation(violation))) => Err(self.explain(schema, &planned, violation).await?),
            other => other,
        }
    }

    async fn write_planned(&self, schema: &Schema, unit: &WriteUnit, planned: &[Planned<'_>]) -> Result<(), WriteError> {
        let mut tx = self.db.begin().await?;
        match (planned, tx.dialect()) {
            ([one], Dialect::Postgres) => write_one(&mut tx, schema, unit, one).await?,
            _ => write_all(&mut tx, schema, unit, planned).await?,
        }
        if unit.raise_access {
            crate::tenant::raise_access_rev(&mut tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Nothing that the save was decided by has changed.
fn compare_revisions(found: Revisions, schema: &Schema, unit: &WriteUnit) -> Result<(), WriteError> {
    if found.meta != schema.revision {
        return Err(StoreError::StaleSchema.into());
    }
    if unit.access_rev.is_some_and(|expected| expected != found.access) {
        return Err(WriteError::StaleAccess);
    }
    Ok(())
}

/// Not locked: a change of metadata or rights that commits between this look and the commit counts as later than the save.
fn revisions_query(tx: &Tx) -> sea_query::SelectStatement {
    let mut query = Query::select();
    query.columns(["meta_rev", "access_rev"]).from(tx.table(&SqlName::fixed("gx_revision")));
    query
}

fn read_revisions(row: Option<&crate::db::Row>) -> Result<Revisions, StoreError> {
    let row = present(row, "the row of gx_revision")?;
    Ok(Revisions { meta: present(row.int(0)?, "meta_rev")?, access: present(row.int(1)?, "access_rev")? })
}

fn conflict(planned: &Planned<'_>) -> WriteError {
    WriteError::VersionConflict { object: planned.object.key.clone(), id: planned.change.id }
}

/// One change with everything that belongs to it in one statement, which saves PostgreSQL's clients the round trips.
async fn write_one(tx: &mut Tx, schema: &Schema, unit: &WriteUnit, planned: &Planned<'_>) -> Result<(), WriteError> {
    let returning = || Query::returning().column("id");
    let named = |name: &'static str| CommonTableExpression::new().table_name(Alias::new(name)).to_owned();
    let mut with = WithClause::new();
    match planned.change.op {
        RowOp::Insert => {
            let mut insert = insert_rows(tx, unit, &planned.object, &[planned.change])?;
            with.cte(named("written").query(insert.returning(returning()).to_owned()).to_owned());
        }
        RowOp::Update { version } => {
            let mut update = update_row(tx, unit, &planned.object, planned.change, version)?;
            with.cte(named("written").query(update.returning(returning()).to_owned()).to_owned());
        }
        RowOp::Delete { version } => {
            let mut delete = delete_row(tx, unit, &planned.object, planned.change, version);
            with.cte(named("written").query(delete.returning(returning()).to_owned()).to_owned());
        }
    }
    let one = std::slice::from_ref(planned);
    for mut entry in history_rows(tx, unit, one)? {
        with.cte(named("history").query(entry.returning(returning()).to_owned()).to_owned());
    }
    for mut entry in stage_rows(tx, unit, one)? {
        with.cte(named("stages").query(entry.returning(returning()).to_owned()).to_owned());
    }
    let mut query = revisions_query(tx);
    query.expr(Expr::cust("(SELECT COUNT(*) FROM written)"));
    let rows = tx.fetch(schema.revision, &query.with(with)).await?;
    compare_revisions(read_revisions(rows.first())?, schema, unit)?;
    match rows.first().map(|row| row.int(2)).transpose()?.flatten() {
        Some(1) => Ok(()),
        _ => Err(conflict(planned)),
    }
}

async fn write_all(tx: &mut Tx, schema: &Schema, unit: &WriteUnit, planned: &[Planned<'_>]) -> Result<(), WriteError> {
    let query = revisions_query(tx);
    compare_revisions(read_revisions(tx.fetch(0, &query).await?.first())?, schema, unit)?;
    let mut rest = planned;
    while let Some(first) = rest.first() {
        let update = match first.change.op {
            RowOp::Insert => {
                // Neighbours that are new records of one object go in together.
                let together = |p: &&Planned<'_>| p.object.id == first.object.id && p.change.op == RowOp::Insert;
                let (inserts, others) = rest.split_at(rest.iter().take_while(together).count());
                let changes: Vec<&RowChange> = inserts.iter().map(|p| p.change).collect();
                for chunk in changes.chunks(rows_at_once(tx.dialect(), &first.object, &changes)) {
                    let insert = insert_rows(tx, unit, &first.object, chunk)?;
                    tx.execute(schema.revision, &insert).await?;
                }
                rest = others;
                continue;
            }
            RowOp::Update { version } => update_row(tx, unit, &first.object, first.change, version)?,
            RowOp::Delete { version } => delete_row(tx, unit, &first.object, first.change, version),
        };
        if tx.execute(schema.revision, &update).await? != 1 {
            return Err(conflict(first));
        }
        rest = &rest[1..];
    }
    for insert in history_rows(tx, unit, planned)? {
        tx.execute(schema.revision, &insert).await?;
    }
    for insert in stage_rows(tx, unit, planned)? {
        tx.execute(schema.revision, &insert).await?;
    }
    Ok(())
}
