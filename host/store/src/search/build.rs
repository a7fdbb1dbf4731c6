//! The index of records that were there before it: an older tenant, a field that became searchable or got another type. Made anew in the
//! background, a few hundred records in a transaction, beside ordinary saves; until then the object counts as being indexed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use guanxi_core::meta::{Object, Schema};
use guanxi_core::search::{SEARCH_VERSION, record_tokens, searched, signature, tag};
use sea_query::{Alias, Condition, Expr, ExprTrait, OnConflict, Query, Value as Bound};
use uuid::Uuid;

use super::entries::write_entries;
use crate::column::{column_name, is_stages, table_name};
use crate::db::{Dialect, Tx, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::column;
use crate::write::{current_revisions, ids_after, stored};
use crate::{StoreError, TenantStore};

/// Records after which PostgreSQL's statistics are taken anew at once.
const MANY: u64 = 10_000;

/// What the index holds of one object.
struct Built {
    version: i64,
    holds: BTreeSet<String>,
    /// What is being made, and how far.
    wanted: Option<String>,
    done: Option<Uuid>,
}

fn state_table() -> SqlName {
    SqlName::fixed("gx_search_object")
}

/// Says that an object's index is not complete any more, whatever it held. Part of a change of metadata.
pub(crate) async fn forget_built(tx: &mut Tx, object: i64) -> Result<(), StoreError> {
    let mut delete = Query::delete();
    delete.from_table(tx.table(&state_table())).and_where(Expr::col("object_id").eq(object));
    tx.execute(0, &delete).await.map(|_| ())
}

fn fits(built: Option<&Built>, object: &Object) -> bool {
    let current = built.filter(|built| built.version == i64::from(SEARCH_VERSION));
    current.is_some_and(|built| signature(object).iter().all(|part| built.holds.contains(part)))
}

impl TenantStore {
    /// The objects whose index is not complete, by key.
    pub async fn unindexed(&self, schema: &Schema) -> Result<Vec<String>, StoreError> {
        let built = self.built().await?;
        let missing = indexed_objects(schema).filter(|object| !fits(built.get(&object.id), object));
        Ok(missing.map(|object| object.key.clone()).collect())
    }

    /// Completes the index of every object. Ends with [`StoreError::StaleSchema`] when the metadata changes meanwhile; what is done stays, and
    /// the next time goes on from there. Doing it on two hosts at once does no harm. Answers how many records it went over.
    pub async fn build_indexes(&self, schema: &Schema) -> Result<u64, StoreError> {
        let mut built = self.built().await?;
        let (mut complete, mut left) = (Vec::new(), Vec::new());
        for object in indexed_objects(schema) {
            let known = built.remove(&object.id);
            let wanted: BTreeSet<String> = signature(object).into_iter().collect();
            match known {
                Some(known) if fits(Some(&known), object) => {
                    // What was dropped since is not promised any more.
                    if known.holds != wanted {
                        complete.push(object.as_ref());
                    }
                }
                known => {
                    let known = known.filter(|built| built.version == i64::from(SEARCH_VERSION));
                    if self.has_values(schema, object, known.as_ref()).await? {
                        left.push((object, known))
                    } else {
                        complete.push(object.as_ref())
                    }
                }
            }
        }
        if !complete.is_empty() {
            self.note(schema, &complete).await?;
        }
        let mut records = 0;
        for (object, known) in left {
            records += self.build_index(schema, object, known).await?;
        }
        if records >= MANY && self.db.dialect() == Dialect::Postgres {
            let schema = self.db.schema().map(SqlName::as_str).unwrap_or_default();
            self.db.execute_alone(format!("ANALYZE \"{schema}\".\"gx_search\"")).await?;
        }
        Ok(records)
    }

    async fn build_index(&self, schema: &Schema, object: &Object, known: Option<Built>) -> Result<u64, StoreError> {
        let wanted = signature(object).join(" ");
        // Half of an index for other fields is of no use.
        let mut last = known.filter(|built| built.wanted.as_deref() == Some(wanted.as_str())).and_then(|built| built.done);
        let mut records = 0;
        loop {
            let ids = ids_after(&self.db, schema, object, last, true).await?;
            let Some(end) = ids.last() else { break };
            last = Some(*end);
            records += ids.len() as u64;
            let mut tx = self.db.begin().await?;
            let rows = stored(&mut tx, schema, object, &ids, true).await?;
            let live = rows.iter().filter(|row| !row.deleted);
            let entries: Vec<(Uuid, String)> = live.map(|row| (row.id, record_tokens(object, |key| row.values.get(key)))).collect();
            write_entries(&mut tx, &entries).await?;
            put(&mut tx, object, None, Some((&wanted, *end))).await?;
            commit_current(tx, schema).await?;
        }
        self.note(schema, &[object]).await?;
        Ok(records)
    }

    async fn built(&self) -> Result<HashMap<i64, Built>, StoreError> {
        let mut query = Query::select();
        query.columns(["object_id", "version", "holds", "wanted", "done"]).from(self.db.table(&state_table()));
        let rows = self.db.fetch(0, &query).await?;
        let read = |row: &crate::db::Row| -> Result<(i64, Built), StoreError> {
            let holds: String = present(row.text(2)?, "holds")?;
            let holds = holds.split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect();
            let built = Built { version: present(row.int(1)?, "version")?, holds, wanted: row.text(3)?, done: row.uuid(4)? };
            Ok((present(row.int(0)?, "object_id")?, built))
        };
        rows.iter().map(read).collect()
    }

    /// Whether a live record has a value in a field that the index lacks.
    async fn has_values(&self, schema: &Schema, object: &Object, built: Option<&Built>) -> Result<bool, StoreError> {
        let missing: Vec<String> =
            signature(object).into_iter().filter(|part| built.is_none_or(|built| !built.holds.contains(part))).collect();
        let mut any = Condition::any();
        for field in object.stored_fields().filter(|field| searched(field).is_some()) {
            let tag = tag(object, field);
            // A tag is digits, with an `x` before them for the field of the host; a letter ends it.
            if missing.iter().any(|part| part.strip_prefix(tag.as_str()).is_some_and(|rest| rest.starts_with(char::is_alphabetic))) {
                any = any.add(column("t0", &column_name(field)).is_not_null());
            }
        }
        if any.is_empty() {
            return Ok(false);
        }
        let mut query = Query::select();
        query.expr(column("t0", &SqlName::fixed("id"))).from_as(self.db.table(&table_name(object)), Alias::new("t0"));
        query.and_where(column("t0", &SqlName::fixed("deleted_at")).is_null()).cond_where(any).limit(1);
        Ok(!self.db.fetch(schema.revision, &query).await?.is_empty())
    }

    /// The index of these objects is complete.
    async fn note(&self, schema: &Schema, objects: &[&Object]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for object in objects {
            put(&mut tx, object, Some(&signature(object).join(" ")), None).await?;
        }
        commit_current(tx, schema).await
    }
}

fn indexed_objects(schema: &Schema) -> impl Iterator<Item = &Arc<Object>> {
    schema.all().filter(|object| !is_stages(object))
}

/// `holds` where it is complete, `under_way` where it is not.
async fn put(tx: &mut Tx, object: &Object, holds: Option<&str>, under_way: Option<(&str, Uuid)>) -> Result<(), StoreError> {
    let mut insert = Query::insert();
    insert.into_table(tx.table(&state_table())).columns(["object_id", "version", "holds", "wanted", "done"]);
    let row = [
        Expr::val(object.id),
        Expr::val(i64::from(SEARCH_VERSION)),
        Expr::val(holds.unwrap_or_default()),
        Expr::val(Bound::String(under_way.map(|(wanted, _)| wanted.to_owned()))),
        Expr::val(Bound::Uuid(under_way.map(|(_, done)| done))),
    ];
    insert.values(row).map_err(|e| inconsistent(e.to_string()))?;
    let mut again = OnConflict::column("object_id");
    again.update_columns(["version", "wanted", "done"].map(Alias::new));
    if holds.is_some() {
        again.update_column(Alias::new("holds"));
    }
    insert.on_conflict(again);
    tx.execute(0, &insert).await.map(|_| ())
}

/// Commits unless the metadata changed: what was declared meanwhile may have made the work worthless.
async fn commit_current(mut tx: Tx, schema: &Schema) -> Result<(), StoreError> {
    if current_revisions(&mut tx).await?.meta != schema.revision {
        return Err(StoreError::StaleSchema);
    }
    tx.commit().await
}
