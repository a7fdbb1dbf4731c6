//! The one transaction of a save: rows, shadow columns, history and tracked changes, all or nothing.

mod adjust;
mod bare;
mod conflict;
mod derive;
mod entries;
mod exclusive;
mod figures;
mod intervals;
mod limits;
mod links;
mod refill;
mod roll_ups;
mod rows;
mod ruled;
mod sequences;
mod stored;

use std::borrow::Cow;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::meta::{Label, Object, Schema};
use guanxi_core::{Decimal, Problem, Value};
use sea_query::{Alias, CommonTableExpression, Expr, Query, WithClause};
use uuid::Uuid;

pub use self::derive::Derive;
use self::derive::NothingDerived;
use self::entries::{history_rows, stage_rows};
use self::links::write_links;
pub use self::refill::WithLines;
use self::rows::{delete_row, insert_rows, restore_row, rows_at_once, update_row};
use self::ruled::Ruled;
pub(crate) use self::stored::{ids_after, stored};
use crate::batches::BatchProgress;
use crate::column::is_stages;
use crate::db::{Dialect, Tx, present};
use crate::error::inconsistent;
use crate::idempotency::{Idempotent, take_key};
use crate::name::SqlName;
use crate::planner::object_of;
use crate::search;
use crate::tenant::Revisions;
use crate::{StoreError, TenantStore};

/// A unit of changes that is written wholly or not at all. Values are already checked and in their stored form.
#[derive(Clone, Debug, Default)]
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
    /// The day of the save in the tenant's zone, by which sequences count.
    pub today: NaiveDate,
    /// The rights' revision under which the save was decided; `None` does not compare.
    pub access_rev: Option<i64>,
    /// The batch to which the unit's history entries belong.
    pub batch: Option<i64>,
    /// The unit changes who may see what (users, departments): every host decides anew afterwards.
    pub raise_access: bool,
    /// Everything is tried and nothing is kept.
    pub rehearsal: bool,
    /// The key under which the unit must not be written twice.
    pub idempotent: Option<Idempotent>,
    /// What the unit adds to its batch, which must still be running.
    pub progress: Option<BatchProgress>,
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
    /// It was deleted and comes back, if it still has this version.
    Restore {
        /// The version that was loaded.
        version: i64,
    },
    /// Its numbers move by an amount, whatever version it has.
    Adjust {
        /// The adjustment's place in the object's rules.
        rule: usize,
        /// By how much; more than 0.
        amount: Decimal,
    },
}

impl RowOp {
    /// The version that the record must have.
    fn version(self) -> Option<i64> {
        match self {
            Self::Update { version } | Self::Delete { version } | Self::Restore { version } => Some(version),
            Self::Insert | Self::Adjust { .. } => None,
        }
    }
}

/// A declared rule that the unit would break.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleBroken {
    /// The object's key.
    pub object: String,
    /// The record of the unit that is refused.
    pub id: Uuid,
    /// The rule's key.
    pub rule: String,
    /// `rule.failed`, or the rule's own code.
    pub code: String,
    /// What people are told.
    pub message: Label,
    /// The field beside which it is told.
    pub field: Option<String>,
    /// The record with which it does not go together, if it is one.
    pub other: Option<Uuid>,
    /// Figures: `at_most` and `total` of a limit, `amount` and `available` of an adjustment.
    pub params: Vec<(String, String)>,
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
    /// The unit's key was taken by a request that was faster; look up what that one did.
    #[error("the idempotency key is taken")]
    Repeated,
    /// The unit's batch was ended; nothing more is written for it.
    #[error("the batch is not running any more")]
    BatchEnded,
    /// Somebody saved or deleted the record in between.
    #[error("{object} {id} has another version")]
    VersionConflict {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// The record is not there, or deleted.
    #[error("{object} {id} is gone")]
    Gone {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// What the record would be, once it is known in the transaction, is not allowed.
    #[error("{object} {id} is refused")]
    Refused {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
        /// Why.
        problems: Vec<Problem>,
    },
    /// Declared rules that compare records (or guard an adjustment) do not hold; all of them that were found.
    #[error("{} rules do not hold", .0.len())]
    RulesBroken(Vec<RuleBroken>),
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
pub(crate) struct Planned<'a> {
    pub(crate) object: Arc<Object>,
    /// As the caller wants it, or as the store completed it: numbers given, adjustments settled.
    pub(crate) change: Cow<'a, RowChange>,
}

impl TenantStore {
    /// Writes a unit without formulas or guards that only the transaction can ask.
    pub async fn write(&self, schema: &Schema, unit: &WriteUnit) -> Result<(), WriteError> {
        self.write_deriving(schema, unit, &NothingDerived).await
    }

    /// Writes a unit in one transaction: rows in the order of (object, record), their history and tracked changes, and what declared rules
    /// ask of the store (sequences, adjustments, `no_overlap`, `limit`, roll-ups).
    pub async fn write_deriving(&self, schema: &Schema, unit: &WriteUnit, derive: &dyn Derive) -> Result<(), WriteError> {
        let mut planned = Vec::with_capacity(unit.changes.len());
        for change in &unit.changes {
            let object = object_of(schema, &change.object)?;
            if is_stages(&object) {
                return Err(inconsistent(format!("`{}` is written by the host only", object.key)).into());
            }
            let mut one = Planned { object, change: Cow::Borrowed(change) };
            roll_ups::start_at_zero(&mut one);
            planned.push(one);
        }
        // One order for all, so that two saves wait for each other instead of dying of each other.
        planned.sort_by_key(|p| (p.object.id, p.change.id));
        if planned.is_empty() {
            return Ok(());
        }
        match self.write_planned(schema, unit, derive, &mut planned).await {
            Err(WriteError::Store(StoreError::Violation(violation))) => Err(self.explain(schema, &planned, violation).await?),
            // A column or table that a change of metadata took away meanwhile: the database refuses the statement, not the save.
            Err(WriteError::Store(StoreError::Sql(error))) => {
                compare_revisions(self.revisions().await?, schema, unit)?;
                Err(StoreError::Sql(error).into())
            }
            other => other,
        }
    }

    async fn write_planned(
        &self,
        schema: &Schema,
        unit: &WriteUnit,
        derive: &dyn Derive,
        planned: &mut [Planned<'_>],
    ) -> Result<(), WriteError> {
        let mut tx = self.db.begin().await?;
        if let Some(idempotent) = &unit.idempotent
            && !take_key(&mut tx, idempotent, unit.now).await?
        {
            return Err(WriteError::Repeated);
        }
        if let Some(progress) = &unit.progress
            && !crate::batches::note(&mut tx, progress).await?
        {
            return Err(WriteError::BatchEnded);
        }
        let ruled = Ruled::of(schema, planned);
        let at_once = matches!((&*planned, tx.dialect()), ([_], Dialect::Postgres)) && !ruled.any();
        match &*planned {
            [one] if at_once => write_one(&mut tx, schema, unit, one).await?,
            _ => self.write_ruled(&mut tx, schema, unit, derive, planned, &ruled).await?,
        }
        write_links(&mut tx, schema.revision, planned).await?;
        if !at_once && tx.dialect() == Dialect::Postgres {
            // Last, because each statement sees what was committed before it began: a change of metadata that these rows had to wait for
            // is seen here, while a look at the beginning would have missed it.
            compare_revisions(current_revisions(&mut tx).await?, schema, unit)?;
        }
        if unit.raise_access {
            crate::tenant::raise_access_rev(&mut tx).await?;
        }
        if unit.rehearsal {
            // Dropped without commit, the transaction leaves nothing.
            return Ok(());
        }
        Ok(tx.commit().await?)
    }
}

/// An adjustment in a place where only plain changes come.
fn unsettled() -> StoreError {
    inconsistent("an adjustment that was not settled")
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

pub(crate) async fn current_revisions(tx: &mut Tx) -> Result<Revisions, StoreError> {
    let query = revisions_query(tx);
    read_revisions(tx.fetch(0, &query).await?.first())
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
        RowOp::Adjust { .. } => return Err(unsettled().into()),
        RowOp::Insert => {
            let mut insert = insert_rows(tx, unit, &planned.object, &[&planned.change])?;
            with.cte(named("written").query(insert.returning(returning()).to_owned()).to_owned());
        }
        RowOp::Update { version } => {
            let mut update = update_row(tx, unit, &planned.object, &planned.change, version)?;
            with.cte(named("written").query(update.returning(returning()).to_owned()).to_owned());
        }
        RowOp::Delete { version } => {
            let mut delete = delete_row(tx, unit, &planned.object, &planned.change, version);
            with.cte(named("written").query(delete.returning(returning()).to_owned()).to_owned());
        }
        RowOp::Restore { version } => {
            let mut restore = restore_row(tx, unit, &planned.object, &planned.change, version)?;
            with.cte(named("written").query(restore.returning(returning()).to_owned()).to_owned());
        }
    }
    let one = std::slice::from_ref(planned);
    for mut entry in history_rows(tx, unit, one)? {
        with.cte(named("history").query(entry.returning(returning()).to_owned()).to_owned());
    }
    for mut entry in stage_rows(tx, unit, one)? {
        with.cte(named("stages").query(entry.returning(returning()).to_owned()).to_owned());
    }
    match planned.change.op {
        RowOp::Insert => {
            let mut entry = search::insert_entry(tx, &planned.object, planned.change.id, &planned.change.values)?;
            with.cte(named("found_by").query(entry.returning(Query::returning().column("record")).to_owned()).to_owned());
        }
        RowOp::Delete { .. } => {
            let mut entry = search::remove_entry(tx, planned.change.id);
            with.cte(named("found_by").query(entry.returning(Query::returning().column("record")).to_owned()).to_owned());
        }
        // What is found anew follows from the whole row, which is read once it is written.
        RowOp::Update { .. } | RowOp::Restore { .. } | RowOp::Adjust { .. } => {}
    }
    let mut query = revisions_query(tx);
    query.expr(Expr::cust("(SELECT COUNT(*) FROM written)"));
    let rows = tx.fetch(schema.revision, &query.with(with)).await?;
    compare_revisions(read_revisions(rows.first())?, schema, unit)?;
    match rows.first().map(|row| row.int(2)).transpose()?.flatten() {
        Some(1) if matches!(planned.change.op, RowOp::Insert | RowOp::Delete { .. }) => Ok(()),
        Some(1) => Ok(search::follow(tx, schema, one).await?),
        _ => Err(conflict(planned)),
    }
}

async fn write_all(tx: &mut Tx, schema: &Schema, unit: &WriteUnit, planned: &[Planned<'_>]) -> Result<(), WriteError> {
    let mut rest = planned;
    while let Some(first) = rest.first() {
        let update = match first.change.op {
            RowOp::Insert => {
                // Neighbours that are new records of one object go in together.
                let together = |p: &&Planned<'_>| p.object.id == first.object.id && p.change.op == RowOp::Insert;
                let (inserts, others) = rest.split_at(rest.iter().take_while(together).count());
                let changes: Vec<&RowChange> = inserts.iter().map(|p| &*p.change).collect();
                for chunk in changes.chunks(rows_at_once(tx.dialect(), &first.object, &changes)) {
                    let insert = insert_rows(tx, unit, &first.object, chunk)?;
                    tx.execute(schema.revision, &insert).await?;
                }
                rest = others;
                continue;
            }
            RowOp::Update { version } => update_row(tx, unit, &first.object, &first.change, version)?,
            RowOp::Delete { version } => delete_row(tx, unit, &first.object, &first.change, version),
            RowOp::Restore { version } => restore_row(tx, unit, &first.object, &first.change, version)?,
            RowOp::Adjust { .. } => return Err(unsettled().into()),
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
    // Before roll-ups and what follows from them, which bring the entries of their records up to date themselves.
    Ok(search::follow(tx, schema, planned).await?)
}
