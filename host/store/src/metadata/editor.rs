//! One metadata change in the making: the objects as they will be, and the transaction in which their tables follow.

use chrono::{DateTime, Utc};
use guanxi_core::meta::{Field, Index, Object, Schema, UniqueConstraint};
use sea_query::{ExprTrait, Query, SimpleExpr, Value as Bound};

use super::load::{MetaRows, StoredMeta, schema_of, selects};
use super::spec::{write_field, write_object, write_origin, write_unique};
use super::unique::{condition_sql, read_condition};
use super::view::create_view;
use super::{MAX_FIELDS, MetaError};
use crate::StoreError;
use crate::column::{field_of, object_table, stages_parent};
use crate::db::{Dialect, Tx};
use crate::ddl::{Place, index_together, is_indexable, unique_columns, unique_constraint_index, unique_field_index};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::tenant::take_ids;

pub(super) struct Editor {
    pub(super) tx: Tx,
    pub(super) stored: StoredMeta,
    schema_name: Option<SqlName>,
    money_scale: u8,
    now: DateTime<Utc>,
}

fn table(name: &'static str) -> SqlName {
    SqlName::fixed(name)
}

impl Editor {
    pub(super) async fn open(mut tx: Tx, schema_name: Option<SqlName>, money_scale: u8, now: DateTime<Utc>) -> Result<Self, StoreError> {
        let [objects, fields, uniques] = selects(|name| tx.table(name));
        let rows =
            MetaRows { objects: tx.fetch(0, &objects).await?, fields: tx.fetch(0, &fields).await?, uniques: tx.fetch(0, &uniques).await? };
        let stored = rows.read(money_scale)?;
        Ok(Self { tx, stored, schema_name, money_scale, now })
    }

    pub(super) fn place(&self) -> Place<'_> {
        Place { dialect: self.tx.dialect(), schema: self.schema_name.as_ref() }
    }

    /// Where an object is in the list.
    pub(super) fn find_object(&self, key: &str) -> Option<usize> {
        self.stored.objects.iter().position(|o| o.key == key)
    }

    pub(super) fn get_object(&self, key: &str) -> Result<usize, MetaError> {
        self.find_object(key).ok_or_else(|| MetaError::Unknown { object: key.into(), key: key.into() })
    }

    /// A declared field (not a system field) of an object.
    pub(super) fn get_field(&self, object: usize, key: &str) -> Result<usize, MetaError> {
        let object = &self.stored.objects[object];
        let place = object.fields.iter().position(|f| f.key == key && !f.is_system());
        place.ok_or_else(|| MetaError::Unknown { object: object.key.clone(), key: key.into() })
    }

    pub(super) async fn run(&mut self, ddl: String) -> Result<(), StoreError> {
        if ddl.is_empty() { Ok(()) } else { self.tx.execute_ddl(ddl).await }
    }

    /// Sets columns of one row of a metadata table.
    async fn set(&mut self, name: &'static str, id: i64, values: Vec<(&'static str, Bound)>) -> Result<(), StoreError> {
        let mut update = Query::update();
        update.table(self.tx.table(&table(name))).and_where(sea_query::Expr::col("id").eq(id));
        update.values(values.into_iter().map(|(column, value)| (column, SimpleExpr::from(value))));
        match self.tx.execute(0, &update).await? {
            1 => Ok(()),
            rows => Err(inconsistent(format!("{rows} rows of {name} have id {id}"))),
        }
    }

    async fn add(&mut self, name: &'static str, values: Vec<(&'static str, Bound)>) -> Result<(), StoreError> {
        let mut insert = Query::insert();
        let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        insert.into_table(self.tx.table(&table(name))).columns(columns);
        insert.values(values.into_iter().map(SimpleExpr::from)).map_err(|e| inconsistent(e.to_string()))?;
        self.tx.execute(0, &insert).await.map(|_| ())
    }

    pub(super) async fn save_object(&mut self, object: usize) -> Result<(), StoreError> {
        let object = &self.stored.objects[object];
        let values = vec![("spec", write_object(object)?.into()), ("hidden", object.hidden.into())];
        self.set("gx_object", object.id, values).await
    }

    pub(super) async fn save_field(&mut self, field: &Field) -> Result<(), StoreError> {
        let values = vec![("spec", write_field(field)?.into()), ("hidden", field.hidden.into())];
        self.set("gx_field", field.id, values).await
    }

    pub(super) async fn set_dropped(&mut self, field: &Field, dropped: bool) -> Result<(), StoreError> {
        let at = self.tx.dialect().instant(dropped.then_some(self.now));
        self.set("gx_field", field.id, vec![("dropped_at", at), ("hidden", field.hidden.into())]).await
    }

    /// A new object without declared fields, in its table; returns its place.
    pub(super) async fn add_object(&mut self, mut object: Object) -> Result<usize, MetaError> {
        object.id = take_ids(&mut self.tx, 1).await?;
        object.fields = guanxi_core::host_objects::system_fields(&object.key);
        object.uniques.clear();
        let values = vec![
            ("id", object.id.into()),
            ("key", object.key.as_str().into()),
            ("spec", write_object(&object)?.into()),
            ("position", object.id.into()),
            ("hidden", object.hidden.into()),
            ("origin", write_origin(&object.origin).into()),
        ];
        self.add("gx_object", values).await?;
        self.run(self.place().create_object(&object)).await?;
        self.stored.objects.push(object);
        Ok(self.stored.objects.len() - 1)
    }

    pub(super) async fn add_stages(&mut self, object: usize) -> Result<(), StoreError> {
        self.run(self.place().create_stages(self.stored.objects[object].id)).await
    }

    /// A new field with its columns and indexes.
    pub(super) async fn add_field(&mut self, object: usize, mut field: Field) -> Result<(), MetaError> {
        let (object_id, key) = (self.stored.objects[object].id, self.stored.objects[object].key.clone());
        if self.stored.objects[object].fields.iter().filter(|f| !f.is_system()).count() >= MAX_FIELDS {
            return Err(MetaError::TooManyFields { object: key });
        }
        if (field.unique || field.indexed) && !is_indexable(&field.kind) {
            return Err(MetaError::NotIndexable { object: key, field: field.key, kind: field.kind.name() });
        }
        if let guanxi_core::meta::FieldKind::Money { scale } = &mut field.kind {
            *scale = self.money_scale;
        }
        field.id = take_ids(&mut self.tx, 1).await?;
        let values = vec![
            ("id", field.id.into()),
            ("object_id", object_id.into()),
            ("key", field.key.as_str().into()),
            ("spec", write_field(&field)?.into()),
            ("position", field.id.into()),
            ("hidden", field.hidden.into()),
            ("origin", write_origin(&field.origin).into()),
        ];
        self.add("gx_field", values).await?;
        self.add_columns(object, &field).await?;
        self.run(self.place().create_links(&field)).await?;
        if field.indexed {
            self.index_field(object, &field, true).await?;
        }
        if field.unique {
            self.make_field_unique(object, &field, true).await?;
        }
        self.stored.objects[object].fields.push(field);
        Ok(())
    }

    /// A field whose columns are there already, in the place of the field `instead`.
    pub(super) async fn adopt_field(&mut self, object: usize, field: Field, instead: i64) -> Result<(), MetaError> {
        let object_id = self.stored.objects[object].id;
        let values = vec![
            ("id", field.id.into()),
            ("object_id", object_id.into()),
            ("key", field.key.as_str().into()),
            ("spec", write_field(&field)?.into()),
            ("position", instead.into()),
            ("hidden", field.hidden.into()),
            ("origin", write_origin(&field.origin).into()),
        ];
        self.add("gx_field", values).await?;
        if field.indexed {
            self.index_field(object, &field, true).await?;
        }
        if field.unique {
            self.make_field_unique(object, &field, true).await?;
        }
        self.stored.objects[object].fields.push(field);
        Ok(())
    }

    pub(super) async fn index_field(&mut self, object: usize, field: &Field, wanted: bool) -> Result<(), MetaError> {
        let object = &self.stored.objects[object];
        if wanted && !is_indexable(&field.kind) {
            return Err(MetaError::NotIndexable { object: object.key.clone(), field: field.key.clone(), kind: field.kind.name() });
        }
        let place = self.place();
        let ddl = if wanted { place.create_field_indexes(object.id, field) } else { place.drop_field_indexes(field) };
        Ok(self.run(ddl).await?)
    }

    /// Makes the indexes over several fields what the object's rules say; `before` are those of the rules until now.
    pub(super) async fn replace_indexes(&mut self, object: usize, before: &[Index]) -> Result<(), MetaError> {
        let object = &self.stored.objects[object];
        let now = &object.rules.indexes;
        let mut ddl = String::new();
        for gone in before.iter().filter(|index| !now.contains(index)) {
            if let Some((name, _)) = index_together(object, &gone.fields) {
                ddl.push_str(&self.place().drop_index(&name));
            }
        }
        let made: Vec<&Index> = now.iter().filter(|index| !before.contains(index)).collect();
        made.iter().for_each(|index| ddl.push_str(&self.place().create_index_together(object, &index.fields)));
        let (object_id, fresh) = (object.id, !made.is_empty());
        self.run(ddl).await?;
        if fresh {
            self.analyze(object_id).await?;
        }
        Ok(())
    }

    pub(super) async fn make_field_unique(&mut self, object: usize, field: &Field, wanted: bool) -> Result<(), MetaError> {
        let index = unique_field_index(field);
        if !wanted {
            return Ok(self.run(self.place().drop_index(&index)).await?);
        }
        let object = &self.stored.objects[object];
        if !is_indexable(&field.kind) {
            return Err(MetaError::NotIndexable { object: object.key.clone(), field: field.key.clone(), kind: field.kind.name() });
        }
        let ddl = self.place().create_unique(&index, object.id, &unique_columns(&[field]), None);
        let duplicates = MetaError::DuplicateValues { object: object.key.clone(), fields: vec![field.key.clone()] };
        self.run(ddl).await.map_err(|e| if e.unique_violation().is_some() { duplicates } else { e.into() })
    }

    /// A new constraint, or an equal one (same fields and code) with another condition.
    pub(super) async fn add_unique(&mut self, object: usize, mut unique: UniqueConstraint) -> Result<(), MetaError> {
        let same = |u: &&mut UniqueConstraint| u.fields == unique.fields && u.code == unique.code;
        let known = self.stored.objects[object].uniques.iter_mut().find(same).map(|u| (u.id, u.condition == unique.condition));
        match known {
            Some((_, true)) => return Ok(()),
            Some((id, false)) => unique.id = id,
            None => unique.id = take_ids(&mut self.tx, 1).await?,
        }
        let index = unique_constraint_index(unique.id);
        let schema = self.schema();
        let owner = &self.stored.objects[object];
        let unknown = |key: &String| MetaError::Unknown { object: owner.key.clone(), key: key.clone() };
        let fields = unique.fields.iter().map(|key| field_of(owner, key).map_err(|_| unknown(key))).collect::<Result<Vec<_>, _>>()?;
        if let Some(field) = fields.iter().find(|f| !is_indexable(&f.kind)) {
            return Err(MetaError::NotIndexable { object: owner.key.clone(), field: field.key.clone(), kind: field.kind.name() });
        }
        let condition = match &unique.condition {
            Some(text) => {
                let checked = read_condition(text, &schema, owner).map_err(MetaError::Condition)?;
                Some(condition_sql(&checked, owner, self.tx.dialect())?)
            }
            None => None,
        };
        let place = self.place();
        let mut ddl = if known.is_some() { place.drop_index(&index) } else { String::new() };
        ddl.push_str(&place.create_unique(&index, owner.id, &unique_columns(&fields), condition.as_deref()));
        let (object_id, spec) = (owner.id, write_unique(&unique)?);
        let duplicates = MetaError::DuplicateValues { object: owner.key.clone(), fields: unique.fields.clone() };
        self.run(ddl).await.map_err(|e| if e.unique_violation().is_some() { duplicates } else { e.into() })?;
        if known.is_some() {
            self.set("gx_unique", unique.id, vec![("spec", spec.into())]).await?;
            self.stored.objects[object].uniques.retain(|u| u.id != unique.id);
        } else {
            self.add("gx_unique", vec![("id", unique.id.into()), ("object_id", object_id.into()), ("spec", spec.into())]).await?;
        }
        self.stored.objects[object].uniques.push(unique);
        Ok(())
    }

    /// Takes a constraint away with its index.
    pub(super) async fn drop_unique(&mut self, object: usize, fields: &[String], code: &str) -> Result<(), MetaError> {
        let uniques = &mut self.stored.objects[object].uniques;
        let Some(at) = uniques.iter().position(|u| u.fields == fields && u.code == code) else { return Ok(()) };
        let unique = uniques.remove(at);
        self.run(self.place().drop_index(&unique_constraint_index(unique.id))).await?;
        let mut delete = Query::delete();
        delete.from_table(self.tx.table(&table("gx_unique"))).and_where(sea_query::Expr::col("id").eq(unique.id));
        self.tx.execute(0, &delete).await?;
        Ok(())
    }

    /// Everything so far as a schema, for checking conditions; nothing is left out, because nothing is shown.
    fn schema(&self) -> Schema {
        schema_of(0, self.stored.objects.clone(), |_| true)
    }

    /// Makes the views of an object and of its tracked changes anew.
    pub(super) async fn renew_views(&mut self, key: &str) -> Result<(), StoreError> {
        let schema = self.schema();
        let objects = schema.all().filter(|o| o.key == key || stages_parent(o) == Some(key));
        let ddl: String = objects.map(|o| create_view(&self.place(), o)).collect();
        self.run(ddl).await
    }

    /// PostgreSQL plans better with fresh figures after an index was made on existing rows.
    pub(super) async fn analyze(&mut self, object_id: i64) -> Result<(), StoreError> {
        match self.tx.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.run(format!("ANALYZE {};\n", self.place().qualified(&object_table(object_id)))).await,
        }
    }
}
