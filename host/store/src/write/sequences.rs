//! Number sequences: counters that are raised in the transaction of the save, once per field for all new records together.

use std::collections::BTreeMap;

use guanxi_core::Value;
use guanxi_core::meta::{Computed, Field, Object};
use guanxi_core::sequence::SequenceFormat;
use sea_query::{Expr, ExprTrait, OnConflict, Query};

use super::{Planned, RowOp, WriteUnit};
use crate::StoreError;
use crate::db::{Tx, present};
use crate::error::inconsistent;
use crate::name::SqlName;

/// The object's sequences with their formats as declared.
fn sequences(object: &Object) -> impl Iterator<Item = (&Field, &str)> {
    object.fields.iter().filter_map(|field| match &field.computed {
        Some(Computed::Sequence { format }) => Some((field, format.as_str())),
        _ => None,
    })
}

/// A new record of this object gets a number.
pub(super) fn numbers(object: &Object) -> bool {
    sequences(object).next().is_some()
}

/// Gives every new record its numbers. Counters are taken in the order of their fields, so that two saves wait for each other instead of
/// dying of each other; whoever comes second waits until the first is through, and gets the numbers behind its.
pub(super) async fn give_numbers(tx: &mut Tx, unit: &WriteUnit, planned: &mut [Planned<'_>]) -> Result<(), StoreError> {
    let mut wanted: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (place, one) in planned.iter().enumerate().filter(|(_, one)| one.change.op == RowOp::Insert) {
        for (field, _) in sequences(&one.object) {
            wanted.entry(field.id).or_default().push(place);
        }
    }
    for (id, places) in wanted {
        let Some(first) = places.first() else { continue };
        let object = planned[*first].object.clone();
        let (field, format) = sequences(&object).find(|(field, _)| field.id == id).ok_or_else(|| inconsistent("a sequence is gone"))?;
        let format = SequenceFormat::parse(format).map_err(|problem| inconsistent(format!("`{}`: {}", field.key, problem.detail)))?;
        let count = i64::try_from(places.len()).map_err(|_| StoreError::TooLarge)?;
        let last = take(tx, id, &format.period(unit.today), count).await?;
        for (counter, place) in (last - count + 1..).zip(places) {
            let number = Value::Text(format.number(unit.today, counter));
            let values = &mut planned[place].change.to_mut().values;
            values.retain(|(key, _)| *key != field.key);
            values.push((field.key.clone(), number));
        }
    }
    Ok(())
}

/// Raises a counter; answers where it is then.
async fn take(tx: &mut Tx, field: i64, period: &str, count: i64) -> Result<i64, StoreError> {
    let table = SqlName::fixed("gx_sequence");
    let mut insert = Query::insert();
    insert.into_table(tx.table(&table)).columns(["field_id", "period", "last"]).values_panic([field.into(), period.into(), count.into()]);
    let mut conflict = OnConflict::columns(["field_id", "period"]);
    conflict.value("last", Expr::col(("gx_sequence", "last")).add(count));
    insert.on_conflict(conflict).returning(Query::returning().column("last"));
    let rows = tx.fetch(0, &insert).await?;
    present(rows.first().map(|row| row.int(0)).transpose()?.flatten(), "gx_sequence.last")
}
