//! The order of things in a transaction whose unit touches declared rules.

use std::sync::Arc;

use guanxi_core::meta::{Object, Schema};

use super::exclusive::Touched;
use super::{
    Derive, Planned, RowOp, WriteError, WriteUnit, adjust, compare_revisions, current_revisions, exclusive, roll_ups, sequences, write_all,
};
use crate::TenantStore;
use crate::db::{Dialect, Tx};

/// What declared rules ask of the transaction of a unit; most units have nothing of it.
pub(super) struct Ruled {
    adjusts: bool,
    numbers: bool,
    compares: bool,
    rolls_up: bool,
}

impl Ruled {
    pub(super) fn of(schema: &Schema, planned: &[Planned<'_>]) -> Self {
        let adjusts = planned.iter().any(|one| matches!(one.change.op, RowOp::Adjust { .. }));
        let is_new = |one: &Planned<'_>| one.change.op == RowOp::Insert;
        Self {
            adjusts,
            numbers: planned.iter().any(|one| is_new(one) && sequences::numbers(&one.object)),
            // What an adjustment changes is known once it is settled.
            compares: adjusts || exclusive::touches(planned),
            rolls_up: adjusts || roll_ups::touches(schema, planned),
        }
    }

    pub(super) fn any(&self) -> bool {
        self.adjusts || self.numbers || self.compares || self.rolls_up
    }
}

impl TenantStore {
    /// Writes the rows with everything around them that declared rules ask for.
    pub(super) async fn write_ruled(
        &self,
        tx: &mut Tx,
        schema: &Schema,
        unit: &WriteUnit,
        derive: &dyn Derive,
        planned: &mut [Planned<'_>],
        ruled: &Ruled,
    ) -> Result<(), WriteError> {
        if tx.dialect() == Dialect::Sqlite {
            // The only writer: nothing changes from here on, and a statement about a column that is gone would be no good answer.
            compare_revisions(current_revisions(tx).await?, schema, unit)?;
        }
        if ruled.adjusts {
            adjust::settle_adjustments(tx, schema, derive, planned).await?;
        }
        let mut objects: Vec<Arc<Object>> = planned.iter().map(|one| one.object.clone()).collect();
        objects.dedup_by_key(|object| object.id);
        let touched = if ruled.compares { Some(Touched::lock(tx, schema, &objects, planned).await?) } else { None };
        if ruled.numbers {
            sequences::give_numbers(tx, unit, planned).await?;
        }
        write_all(tx, schema, unit, planned).await?;
        if let Some(touched) = touched {
            touched.check(&self.db, tx, schema).await?;
        }
        if ruled.rolls_up {
            roll_ups::roll_up(&self.db, tx, schema, derive, planned).await?;
        }
        Ok(())
    }
}
