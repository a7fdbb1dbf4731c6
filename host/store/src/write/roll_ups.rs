//! Roll-ups: figures over the records that refer to a record, brought up to date in the transaction that changes one of those.
//!
//! A parent is locked in a statement of its own before its figures are computed: whoever waited for the lock then sees what the other
//! committed, while a single UPDATE with a subselect would still count as of before the wait.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_core::meta::{Computed, Field, Object, RollUp, Schema};
use guanxi_core::query::MeasureFn;
use guanxi_core::{Problem, Value};
use sea_query::{ExprTrait, Query};
use uuid::Uuid;

use super::figures::{empty_figure, figures};
use super::rows::set_values;
use super::stored::{CHUNK, ids_after, stored};
use super::{Derive, Planned, RowOp, WriteError};
use crate::column::{column_name, field_of, object_table};
use crate::db::{Db, Tx};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::{column, object_of};
use crate::{StoreError, TenantStore};

/// How many roll-ups may stand on each other; declarations are refused before that.
const MAX_LEVELS: usize = 16;

/// Records whose roll-ups must be computed again, in the order in which everybody locks them: by object and record. The keys are those of
/// the fields; a record without any has its formulas computed only.
type Due = BTreeMap<(i64, Uuid), Wanted>;

struct Wanted {
    object: Arc<Object>,
    fields: BTreeSet<String>,
}

/// A roll-up over the records of an object, with the object that keeps it.
struct Kept<'a> {
    parent: &'a Arc<Object>,
    field: &'a Field,
    roll_up: &'a RollUp,
}

/// The object's own roll-ups.
fn own(object: &Object) -> impl Iterator<Item = (&Field, &RollUp)> {
    object.fields.iter().filter_map(|field| match &field.computed {
        Some(Computed::RollUp(roll_up)) => Some((field, roll_up)),
        _ => None,
    })
}

/// The roll-ups over this object's records.
fn over<'a>(schema: &'a Schema, object: &'a Object) -> impl Iterator<Item = Kept<'a>> {
    schema.roll_ups_over(&object.key).iter().filter_map(|(parent, field)| {
        let parent = schema.all().find(|candidate| candidate.key == *parent)?;
        let (field, roll_up) = own(parent).find(|(own, _)| own.key == *field)?;
        Some(Kept { parent, field, roll_up })
    })
}

/// The roll-up may change when these fields of one of its records do.
fn reads(roll_up: &RollUp, key: &str) -> bool {
    // A condition that does not contain a field's name does not read it.
    let in_condition = || roll_up.condition.as_ref().is_some_and(|text| text.contains(key));
    roll_up.reference == key || roll_up.field.as_deref() == Some(key) || in_condition()
}

fn is_touched_by(roll_up: &RollUp, one: &Planned<'_>) -> bool {
    match one.change.op {
        RowOp::Update { .. } | RowOp::Adjust { .. } => one.change.values.iter().any(|(key, _)| reads(roll_up, key)),
        RowOp::Insert | RowOp::Delete { .. } | RowOp::Restore { .. } => true,
    }
}

/// One of the object's formulas reads one of its roll-ups, so that it cannot be computed before the record is written.
fn has_late_formulas(object: &Object) -> bool {
    let formulas = || {
        object
            .fields
            .iter()
            .filter_map(|field| if let Some(Computed::Formula { expression }) = &field.computed { Some(expression) } else { None })
    };
    own(object).any(|(field, _)| formulas().any(|formula| formula.contains(&field.key)))
}

/// At least one roll-up must be computed again after these changes.
pub(super) fn touches(schema: &Schema, planned: &[Planned<'_>]) -> bool {
    planned.iter().any(|one| {
        over(schema, &one.object).any(|kept| is_touched_by(kept.roll_up, one))
            || (!matches!(one.change.op, RowOp::Delete { .. }) && has_late_formulas(&one.object))
    })
}

/// A new record's counts and sums are 0, those of none.
pub(super) fn start_at_zero(planned: &mut Planned<'_>) {
    let object = planned.object.clone();
    if planned.change.op == RowOp::Insert {
        for (field, roll_up) in own(&object) {
            let zero = empty_figure(field, roll_up.function);
            if !zero.is_null() {
                let values = &mut planned.change.to_mut().values;
                values.retain(|(key, _)| *key != field.key);
                values.push((field.key.clone(), zero));
            }
        }
    }
}

/// Brings everything up to date that stands on the written rows.
pub(super) async fn roll_up(db: &Db, tx: &mut Tx, schema: &Schema, derive: &dyn Derive, planned: &[Planned<'_>]) -> Result<(), WriteError> {
    let mut due = Due::new();
    for group in planned.chunk_by(|a, b| a.object.id == b.object.id) {
        let object = &group[0].object;
        for kept in over(schema, object) {
            let touched: Vec<&Planned<'_>> = group.iter().filter(|one| is_touched_by(kept.roll_up, one)).collect();
            for parent in parents(tx, schema, object, &kept.roll_up.reference, &touched).await? {
                want(&mut due, kept.parent, parent, Some(&kept.field.key));
            }
        }
        if has_late_formulas(object) {
            for one in group.iter().filter(|one| !matches!(one.change.op, RowOp::Delete { .. })) {
                want(&mut due, object, one.change.id, None);
            }
        }
    }
    bring_up_to_date(db, tx, schema, derive, due).await
}

fn want(due: &mut Due, object: &Arc<Object>, id: Uuid, field: Option<&String>) {
    let wanted = due.entry((object.id, id)).or_insert_with(|| Wanted { object: object.clone(), fields: BTreeSet::new() });
    wanted.fields.extend(field.cloned());
}

/// To which records these changes refer, or referred before.
async fn parents(
    tx: &mut Tx,
    schema: &Schema,
    object: &Object,
    reference: &str,
    touched: &[&Planned<'_>],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let value = |values: &[(String, Value)]| values.iter().find(|(key, _)| key == reference).map(|(_, value)| value.clone());
    let mut found = BTreeSet::new();
    let mut unnamed = Vec::new();
    for one in touched {
        found.extend(value(&one.change.old).and_then(|value| value.as_ref_id()));
        match value(&one.change.values) {
            Some(value) => found.extend(value.as_ref_id()),
            None if one.change.op == RowOp::Insert => {}
            None => unnamed.push(one.change.id),
        }
    }
    let name = column_name(field_of(object, reference)?);
    for chunk in unnamed.chunks(CHUNK) {
        let mut query = Query::select();
        query.distinct().expr(column("t0", &name)).from_as(tx.table(&object_table(object.id)), "t0");
        query.and_where(column("t0", &SqlName::fixed("id")).is_in(chunk.iter().copied()));
        for row in tx.fetch(schema.revision, &query).await? {
            found.extend(row.uuid(0)?);
        }
    }
    Ok(found)
}

/// Level by level: what changes on one may be rolled up on the next.
async fn bring_up_to_date(db: &Db, tx: &mut Tx, schema: &Schema, derive: &dyn Derive, mut due: Due) -> Result<(), WriteError> {
    for _ in 0..MAX_LEVELS {
        if due.is_empty() {
            return Ok(());
        }
        let mut next = Due::new();
        let level: Vec<(Uuid, Wanted)> = due.into_iter().map(|((_, id), wanted)| (id, wanted)).collect();
        for group in level.chunk_by(|a, b| a.1.object.id == b.1.object.id) {
            for chunk in group.chunks(CHUNK) {
                write_level(db, tx, schema, derive, chunk, &mut next).await?;
            }
        }
        due = next;
    }
    Err(inconsistent("roll-ups stand on each other in a circle").into())
}

/// Records of one object: locked, computed, written where something changes. Neither their version nor their history tells: nobody changed
/// them.
async fn write_level(
    db: &Db,
    tx: &mut Tx,
    schema: &Schema,
    derive: &dyn Derive,
    records: &[(Uuid, Wanted)],
    next: &mut Due,
) -> Result<(), WriteError> {
    let Some((_, first)) = records.first() else { return Ok(()) };
    let object = first.object.clone();
    let ids: Vec<Uuid> = records.iter().map(|(id, _)| *id).collect();
    let rows = stored(tx, schema, &object, &ids, true).await?;
    let fields: BTreeSet<&String> = records.iter().flat_map(|(_, wanted)| &wanted.fields).collect();
    let mut computed: Vec<(&Field, RollUpFigures)> = Vec::new();
    for (field, roll_up) in own(&object).filter(|(field, _)| fields.contains(&field.key)) {
        computed.push((field, figures(db, tx, schema, field, roll_up, &ids).await?));
    }
    for row in rows {
        let mut values = row.values;
        let mut changed: Vec<(String, Value)> = Vec::new();
        for (field, figures) in &computed {
            let function = own(&object).find(|(own, _)| own.id == field.id).map_or(MeasureFn::Count, |(_, roll_up)| roll_up.function);
            let value = match figures.get(&row.id) {
                None => empty_figure(field, function),
                Some(Some(value)) => value.clone(),
                Some(None) if row.deleted => Value::Null,
                Some(None) => derive.misfit(&object, row.id, too_large(field)).map(|()| Value::Null).map_err(|problem| {
                    let object = object.key.clone();
                    WriteError::Refused { object, id: row.id, problems: vec![problem] }
                })?,
            };
            take(&mut values, &mut changed, field.key.clone(), value);
        }
        let mut keys: Vec<String> = changed.iter().map(|(key, _)| key.clone()).collect();
        if has_late_formulas(&object) {
            keys.extend(own(&object).map(|(field, _)| field.key.clone()));
        }
        let formulas = derive.formulas(&object, &values, &keys);
        let refused = |problem| WriteError::Refused { object: object.key.clone(), id: row.id, problems: vec![problem] };
        for (key, value) in formulas.map_err(refused)? {
            take(&mut values, &mut changed, key, value);
        }
        if changed.is_empty() {
            continue;
        }
        let update = set_values(tx, &object, row.id, &changed)?;
        tx.execute(schema.revision, &update).await?;
        crate::search::refresh(tx, schema, &object, row.id, &changed).await?;
        for kept in over(schema, &object).filter(|kept| changed.iter().any(|(key, _)| reads(kept.roll_up, key))) {
            if let Some(parent) = values.get(&kept.roll_up.reference).and_then(Value::as_ref_id) {
                want(next, kept.parent, parent, Some(&kept.field.key));
            }
        }
    }
    Ok(())
}

type RollUpFigures = HashMap<Uuid, Option<Value>>;

/// A figure has no place in its field.
fn too_large(field: &Field) -> Problem {
    Problem::error("field.range", format!("what `{}` adds up to does not fit it", field.key)).on(&field.key)
}

fn take(values: &mut HashMap<String, Value>, changed: &mut Vec<(String, Value)>, key: String, value: Value) {
    if values.get(&key) != Some(&value) {
        values.insert(key.clone(), value.clone());
        changed.push((key, value));
    }
}

impl TenantStore {
    /// The first live record for which a roll-up that is about to be declared would come to a figure that does not fit it. Nothing is
    /// written, and the field need not be there.
    pub async fn roll_up_misfit(&self, schema: &Schema, object: &str, field: &Field) -> Result<Option<Uuid>, StoreError> {
        let Some(Computed::RollUp(roll_up)) = &field.computed else { return Ok(None) };
        let object = object_of(schema, object)?;
        let mut last: Option<Uuid> = None;
        loop {
            let ids = ids_after(&self.db, schema, &object, last, true).await?;
            let Some(end) = ids.last() else { return Ok(None) };
            last = Some(*end);
            let mut tx = self.db.begin_reading().await?;
            let figures = figures(&self.db, &mut tx, schema, field, roll_up, &ids).await?;
            if let Some(id) = ids.into_iter().find(|id| figures.get(id).is_some_and(Option::is_none)) {
                return Ok(Some(id));
            }
        }
    }

    /// Computes a roll-up for all records of its object, a few hundred in a transaction; for one that was declared (or declared otherwise)
    /// when records were there already. Answers how many it looked at.
    pub async fn recompute_roll_up(&self, schema: &Schema, object: &str, field: &str, derive: &dyn Derive) -> Result<u64, WriteError> {
        let object = object_of(schema, object)?;
        let key = field_of(&object, field)?.key.clone();
        let mut last: Option<Uuid> = None;
        let mut seen = 0;
        loop {
            let ids = ids_after(&self.db, schema, &object, last, false).await?;
            let Some(end) = ids.last() else { return Ok(seen) };
            last = Some(*end);
            let mut due = Due::new();
            for id in &ids {
                want(&mut due, &object, *id, Some(&key));
            }
            let mut tx = self.db.begin().await?;
            bring_up_to_date(&self.db, &mut tx, schema, derive, due).await?;
            if super::current_revisions(&mut tx).await?.meta != schema.revision {
                return Err(StoreError::StaleSchema.into());
            }
            tx.commit().await?;
            seen += ids.len() as u64;
        }
    }
}
