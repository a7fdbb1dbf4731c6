//! The link tables of many-references, `l<field>`: which records name which. They repeat what the column holds, in a form that an index serves
//! from the other end, and are written in the same transaction.

use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind};
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::{Planned, RowOp};
use crate::StoreError;
use crate::column::links_table;
use crate::db::Tx;
use crate::error::inconsistent;

/// Rows of one insert; three variables each.
const MAX_ROWS: usize = 1_000;

/// The many-references that a change sets, with their new values.
fn linked<'a>(planned: &'a Planned<'_>) -> impl Iterator<Item = (&'a Field, &'a Value)> {
    let fields = planned.object.fields.iter().filter(|f| matches!(f.kind, FieldKind::ManyReference { .. }));
    fields.filter_map(|field| {
        let (_, value) = planned.change.values.iter().find(|(key, _)| *key == field.key)?;
        Some((field, value))
    })
}

/// Brings the link tables after the rows. A deleted record keeps its links: who reads them joins live records.
pub(super) async fn write_links(tx: &mut Tx, revision: i64, planned: &[Planned<'_>]) -> Result<(), StoreError> {
    for one in planned {
        for (field, value) in linked(one) {
            let table = links_table(field.id);
            if one.change.op != RowOp::Insert {
                let mut delete = Query::delete();
                delete.from_table(tx.table(&table)).and_where(Expr::col("record").eq(one.change.id));
                tx.execute(revision, &delete).await?;
            }
            let Value::Refs(ids) = value else { continue };
            for (part, chunk) in ids.chunks(MAX_ROWS).enumerate() {
                let mut insert = Query::insert();
                insert.into_table(tx.table(&table)).columns(["record", "target", "position"].map(Alias::new));
                for (at, id) in chunk.iter().enumerate() {
                    let position = i64::try_from(part * MAX_ROWS + at + 1).unwrap_or(i64::MAX);
                    insert
                        .values([Expr::val(one.change.id), Expr::val(*id), Expr::val(position)])
                        .map_err(|e| inconsistent(e.to_string()))?;
                }
                tx.execute(revision, &insert).await?;
            }
        }
    }
    Ok(())
}
