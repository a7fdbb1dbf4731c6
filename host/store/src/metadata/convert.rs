//! Another type for a field, under load: a new column is filled beside the old one, then one transaction switches.
//!
//! A trigger writes down which records were saved meanwhile, on whatever host and by whatever path, so that the switch converts
//! exactly those once more. Until then nobody sees the new column; a host that dies leaves nothing but a column to be emptied.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use guanxi_core::meta::{Field, Label};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, UpdateStatement};
use uuid::Uuid;

use super::MetaError;
use super::columns::{give_up, table_of};
use super::editor::Editor;
use super::spec::{FieldPlace, read_field, write_field};
use crate::column::{bind, bind_normal, bind_sort, column_name, normal_name, read, sort_name};
use crate::db::{Row, Tx, present};
use crate::ddl::Place;
use crate::name::SqlName;
use crate::tenant::{raise_meta_rev, revisions_in};
use crate::{StoreError, TenantStore};

/// Records that one step reads and writes.
const CHUNK: u64 = 500;
/// Rounds of catching up before the switch takes the rest under its lock.
const CATCH_UP: usize = 20;
/// So few records are left to the switch.
const FEW: usize = 200;

/// A change of type under way.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The object's key.
    pub object: String,
    /// The field as it was when the change began.
    pub old: Field,
    /// The field as it will be; its id is that of the conversion.
    pub new: Field,
    object_id: i64,
}

/// A value in the new type; `None` where there is none and the value must not be lost.
pub type Convert<'a> = dyn Fn(&Value) -> Option<Value> + Send + Sync + 'a;

fn conversions() -> SqlName {
    SqlName::fixed("gx_conversion")
}

fn changed() -> SqlName {
    SqlName::fixed("gx_changed")
}

impl TenantStore {
    /// Records of an object with one field's value, in the order of their ids after `after`; deleted ones only where `all`.
    pub async fn field_values(
        &self,
        object_id: i64,
        field: &Field,
        after: Option<Uuid>,
        all: bool,
        limit: u64,
    ) -> Result<Vec<(Uuid, Value)>, StoreError> {
        let mut query = Query::select();
        query.column("id").column(Alias::new(column_name(field).as_str())).from(self.db.table(&table_of(object_id)));
        query.order_by("id", Order::Asc).limit(limit);
        if let Some(after) = after {
            query.and_where(Expr::col("id").gt(after));
        }
        if !all {
            query.and_where(Expr::col("deleted_at").is_null());
        }
        self.db.fetch(0, &query).await?.iter().map(|row| read_value(row, field)).collect()
    }

    /// Makes the new column, and the trigger that writes down what is saved from now on. An older conversion of the field is given up.
    pub async fn begin_conversion(&self, object: &str, key: &str, new: Field, now: DateTime<Utc>) -> Result<Conversion, MetaError> {
        let mut wait = super::beside::Patience::default();
        loop {
            match self.begin_once(object, key, new.clone(), now).await {
                Err(MetaError::Store(StoreError::Conflict | StoreError::Busy)) if wait.again().await => {}
                done => return done,
            }
        }
    }

    async fn begin_once(&self, object: &str, key: &str, mut new: Field, now: DateTime<Utc>) -> Result<Conversion, MetaError> {
        let mut tx = self.db.begin_change().await?;
        new.id = crate::tenant::take_ids(&mut tx, 1).await?;
        let mut editor = Editor::open(tx, self.db.schema().cloned(), self.tenant.currency_digits, now).await?;
        let place = editor.get_object(object)?;
        let at = editor.get_field(place, key)?;
        let old = editor.stored.objects[place].fields[at].clone();
        let object_id = editor.stored.objects[place].id;
        let mut older = Query::select();
        older.column("id").from(editor.tx.table(&conversions())).and_where(Expr::col("field_id").eq(old.id));
        for row in editor.tx.fetch(0, &older).await? {
            let id = present(row.int(0)?, "gx_conversion.id")?;
            give_up_conversion(&mut editor.tx, self.place(), id, self.tenant.currency_digits).await?;
        }
        editor.add_columns(place, &new).await?;
        let watch = self.place().watch_column(object_id, &column_name(&old), new.id);
        editor.run(watch).await?;
        let started = editor.tx.dialect().instant(Some(now));
        let mut insert = Query::insert();
        insert.into_table(editor.tx.table(&conversions())).columns(["id", "object_id", "field_id", "spec", "started_at"]);
        insert
            .values([Expr::val(new.id), Expr::val(object_id), Expr::val(old.id), Expr::val(write_field(&new)?), Expr::val(started)])
            .map_err(|e| crate::error::inconsistent(e.to_string()))?;
        editor.tx.execute(0, &insert).await?;
        editor.tx.commit().await?;
        Ok(Conversion { object: object.to_owned(), old, new, object_id })
    }

    /// Fills the new column for all records, then for those that were saved meanwhile until few are left.
    pub async fn fill_conversion(&self, conversion: &Conversion, convert: &Convert<'_>) -> Result<(), MetaError> {
        let mut after = None;
        loop {
            let rows = self.field_values(conversion.object_id, &conversion.old, after, true, CHUNK).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(*last);
            // A column that was used before is empty, so nulls need no writing.
            let rows: Vec<(Uuid, Value)> = rows.into_iter().filter(|(_, value)| !value.is_null()).collect();
            let rows = converted(rows, convert)?;
            let mut wait = super::beside::Patience::default();
            loop {
                match self.fill_rows(conversion, &rows).await {
                    Err(StoreError::Conflict | StoreError::Busy) if wait.again().await => {}
                    done => break done?,
                }
            }
        }
        for _ in 0..CATCH_UP {
            let mut tx = self.db.begin().await?;
            let caught = catch_up(&mut tx, conversion, convert).await?;
            tx.commit().await?;
            if caught <= FEW {
                break;
            }
        }
        Ok(())
    }

    async fn fill_rows(&self, conversion: &Conversion, rows: &[(Uuid, Value)]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        fill(&mut tx, conversion, rows).await?;
        tx.commit().await
    }

    /// Puts the new column in the old one's place, wholly or not at all, if the metadata still has the expected revision; returns the new
    /// one. The old field is dropped.
    pub async fn finish_conversion(
        &self,
        conversion: &Conversion,
        convert: &Convert<'_>,
        expect_rev: i64,
        now: DateTime<Utc>,
    ) -> Result<i64, MetaError> {
        // Indexes are built while others go on saving; the switch then finds them.
        self.index_beside(conversion.object_id, &conversion.new).await?;
        let mut wait = super::beside::Patience::default();
        loop {
            match self.switch(conversion, convert, expect_rev, now).await {
                Err(MetaError::Store(StoreError::Conflict | StoreError::Busy)) if wait.again().await => {}
                done => return done,
            }
        }
    }

    async fn switch(&self, conversion: &Conversion, convert: &Convert<'_>, expect_rev: i64, now: DateTime<Utc>) -> Result<i64, MetaError> {
        let mut tx = self.db.begin_change().await?;
        raise_meta_rev(&mut tx).await?;
        let revision = revisions_in(&mut tx).await?.meta;
        if revision != expect_rev + 1 {
            return Err(StoreError::StaleSchema.into());
        }
        let mut delete = Query::delete();
        delete.from_table(tx.table(&conversions())).and_where(Expr::col("id").eq(conversion.new.id));
        let (object, key) = (conversion.object.clone(), conversion.old.key.clone());
        if tx.execute(0, &delete).await? != 1 {
            // Somebody began anew.
            return Err(StoreError::Conflict.into());
        }
        tx.execute_ddl(self.place().lock_for_change(conversion.object_id)).await?;
        while catch_up(&mut tx, conversion, convert).await? > 0 {}
        tx.execute_ddl(self.place().unwatch_column(conversion.object_id, conversion.new.id)).await?;
        let mut editor = Editor::open(tx, self.db.schema().cloned(), self.tenant.currency_digits, now).await?;
        let place = editor.get_object(&object)?;
        let at = editor.get_field(place, &key)?;
        let mut old = editor.stored.objects[place].fields.remove(at);
        if old.id != conversion.old.id || old.kind != conversion.old.kind {
            return Err(StoreError::Conflict.into());
        }
        // Words may have changed while the column was filled.
        let new = Field { label: old.label.clone(), help: old.help.clone(), group: old.group.clone(), ..conversion.new.clone() };
        old.hidden = true;
        editor.set_dropped(&old, true).await?;
        editor.make_field_unique(place, &old, false).await?;
        let new_id = new.id;
        editor.adopt_field(place, new, old.id).await?;
        note_former(&mut editor.tx, conversion.object_id, &old, new_id).await?;
        editor.renew_views(&object).await?;
        editor.tx.commit().await?;
        Ok(revision)
    }

    /// Gives a conversion up; its column is emptied later.
    pub async fn abandon_conversion(&self, id: i64) -> Result<(), StoreError> {
        let mut wait = super::beside::Patience::default();
        loop {
            match self.abandon_once(id).await {
                Err(StoreError::Conflict | StoreError::Busy) if wait.again().await => {}
                done => return done,
            }
        }
    }

    async fn abandon_once(&self, id: i64) -> Result<(), StoreError> {
        let mut tx = self.db.begin_change().await?;
        crate::tenant::take_ids(&mut tx, 0).await?;
        give_up_conversion(&mut tx, self.place(), id, self.tenant.currency_digits).await?;
        tx.commit().await
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { dialect: self.db.dialect(), schema: self.db.schema() }
    }
}

/// The history of a field tells values under the columns that it had; so those are noted, with what the field was.
async fn note_former(tx: &mut Tx, object_id: i64, old: &Field, new_id: i64) -> Result<(), StoreError> {
    let mut follow = Query::update();
    follow.table(tx.table(&former())).value("field_id", new_id).and_where(Expr::col("field_id").eq(old.id));
    tx.execute(0, &follow).await?;
    // A field that came back and is changed again was noted before.
    let mut again = Query::delete();
    again.from_table(tx.table(&former())).and_where(Expr::col("id").eq(old.id));
    tx.execute(0, &again).await?;
    let mut insert = Query::insert();
    insert.into_table(tx.table(&former())).columns(["id", "object_id", "field_id", "spec"]);
    let values = [Expr::val(old.id), Expr::val(object_id), Expr::val(new_id), Expr::val(write_field(old)?)];
    insert.values(values).map_err(|e| crate::error::inconsistent(e.to_string()))?;
    tx.execute(0, &insert).await.map(|_| ())
}

fn former() -> SqlName {
    SqlName::fixed("gx_former")
}

impl TenantStore {
    /// What fields of an object were before they got other types, each with the id of the field that it is now.
    pub(crate) async fn former_fields(&self, object_id: i64) -> Result<Vec<(Field, i64)>, StoreError> {
        let mut query = Query::select();
        query.columns(["id", "field_id", "spec"]).from(self.db.table(&former())).and_where(Expr::col("object_id").eq(object_id));
        let rows = self.db.fetch(0, &query).await?;
        rows.iter()
            .map(|row| {
                let id = present(row.int(0)?, "gx_former.id")?;
                let known = FieldPlace { id, key: "former".into(), hidden: true, origin: guanxi_core::meta::Origin::Tenant };
                let spec = present(row.text(2)?, "gx_former.spec")?;
                Ok((read_field(known, &spec, self.tenant.currency_digits)?, present(row.int(1)?, "gx_former.field_id")?))
            })
            .collect()
    }
}

async fn give_up_conversion(tx: &mut Tx, place: Place<'_>, id: i64, money_scale: u8) -> Result<(), StoreError> {
    let mut query = Query::select();
    query.columns(["object_id", "spec"]).from(tx.table(&conversions())).and_where(Expr::col("id").eq(id));
    let Some(row) = tx.fetch(0, &query).await?.into_iter().next() else { return Ok(()) };
    let object_id = present(row.int(0)?, "gx_conversion.object_id")?;
    let known = FieldPlace { id, key: "conversion".into(), hidden: true, origin: guanxi_core::meta::Origin::Tenant };
    let mut field = read_field(known, &present(row.text(1)?, "gx_conversion.spec")?, money_scale)?;
    field.label = Label::default();
    tx.execute_ddl(place.unwatch_column(object_id, id)).await?;
    for (table, column) in [(conversions(), "id"), (changed(), "conversion")] {
        let mut delete = Query::delete();
        delete.from_table(tx.table(&table)).and_where(Expr::col(column).eq(id));
        tx.execute(0, &delete).await?;
    }
    give_up(tx, place, object_id, &field).await
}

/// Converts some of the records that were saved since they were last read; how many there were.
async fn catch_up(tx: &mut Tx, conversion: &Conversion, convert: &Convert<'_>) -> Result<usize, MetaError> {
    let mut seen = Query::delete();
    seen.from_table(tx.table(&changed())).and_where(Expr::col("conversion").eq(conversion.new.id));
    seen.returning(Query::returning().column("record"));
    let mut ids = BTreeSet::new();
    for row in tx.fetch(0, &seen).await? {
        ids.insert(present(row.uuid(0)?, "gx_changed.record")?);
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    for chunk in ids.chunks(usize::try_from(CHUNK).unwrap_or(1)) {
        let mut query = Query::select();
        query.column("id").column(Alias::new(column_name(&conversion.old).as_str())).from(tx.table(&table_of(conversion.object_id)));
        query.and_where(Expr::col("id").is_in(chunk.iter().copied())).order_by("id", Order::Asc);
        let read = |row: &Row| read_value(row, &conversion.old);
        let rows = tx.fetch(0, &query).await?.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        let rows = converted(rows, convert)?;
        fill(tx, conversion, &rows).await?;
    }
    Ok(ids.len())
}

fn converted(rows: Vec<(Uuid, Value)>, convert: &Convert<'_>) -> Result<Vec<(Uuid, Value)>, MetaError> {
    let one = |(id, value): (Uuid, Value)| match &value {
        Value::Null => Ok((id, Value::Null)),
        value => convert(value).map(|new| (id, new)).ok_or(MetaError::Unconvertible { record: id }),
    };
    rows.into_iter().map(one).collect()
}

async fn fill(tx: &mut Tx, conversion: &Conversion, rows: &[(Uuid, Value)]) -> Result<(), StoreError> {
    for (id, value) in rows {
        let update = set_value(tx, conversion.object_id, &conversion.new, *id, value)?;
        tx.execute(0, &update).await?;
    }
    Ok(())
}

/// Writes one value with its shadows beside any save: no version, no history.
fn set_value(tx: &Tx, object_id: i64, field: &Field, id: Uuid, value: &Value) -> Result<UpdateStatement, StoreError> {
    let alias = |name: &SqlName| Alias::new(name.as_str());
    let mut update = Query::update();
    update.table(tx.table(&table_of(object_id))).and_where(Expr::col("id").eq(id));
    update.value(alias(&column_name(field)), Expr::val(bind(tx.dialect(), &field.kind, value)?));
    if let Some(normal) = normal_name(field) {
        update.value(alias(&normal), Expr::val(bind_normal(&field.kind, value)));
    }
    if let Some(sort) = sort_name(field) {
        update.value(alias(&sort), Expr::val(bind_sort(value)));
    }
    Ok(update)
}

fn read_value(row: &Row, field: &Field) -> Result<(Uuid, Value), StoreError> {
    Ok((present(row.uuid(0)?, "id")?, read(row, 1, &field.kind)?))
}
