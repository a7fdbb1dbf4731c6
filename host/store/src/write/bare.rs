//! The same rows without everything that a save adds: what benchmarks compare a save with.

use guanxi_core::meta::Schema;

use super::rows::insert_rows;
use super::{RowChange, WriteUnit, object_of};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// Inserts rows into an object's own table and indexes, `per_transaction` of them in one statement and transaction: no checks, no
    /// history, no tracked changes. Only for benchmarks: records that come this way have no history.
    #[doc(hidden)]
    pub async fn insert_bare(&self, schema: &Schema, unit: &WriteUnit, per_transaction: usize) -> Result<(), StoreError> {
        let Some(first) = unit.changes.first() else { return Ok(()) };
        let object = object_of(schema, &first.object)?;
        for chunk in unit.changes.chunks(per_transaction.max(1)) {
            let rows: Vec<&RowChange> = chunk.iter().collect();
            let mut tx = self.db.begin().await?;
            let statement = insert_rows(&tx, unit, &object, &rows)?;
            tx.execute(schema.revision, &statement).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
