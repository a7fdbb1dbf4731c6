//! Records by id and by key: loading for a save, look-ups of imports, probes for uniqueness and references.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use guanxi_core::meta::{Field, Object, Schema};
use guanxi_core::policy::RowScope;
use guanxi_core::query::Position;
use guanxi_core::text::normal_key;
use guanxi_core::{Decimal, Value};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement, TableRef};
use uuid::Uuid;

use crate::column::{bind_equality, bind_text, column_name, equality_name, field_of, is_stages, read, table_name};
use crate::db::{Row, present};
use crate::metadata::{UniqueRule, unique_rules};
use crate::name::SqlName;
use crate::planner::{column, object_of, rows_in_scope};
use crate::{StoreError, TenantStore};

/// Values in one `IN`.
const CHUNK: usize = 1_000;
/// Combinations of several values in one statement; SQLite's expressions may be at most 1,000 deep.
const TUPLE_CHUNK: usize = 200;
/// The alias of the table that is read.
pub(crate) const ALIAS: &str = "t0";

/// A whole record as it is stored, whoever may see it: the engine decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The record.
    pub id: Uuid,
    /// Raised by every save.
    pub version: i64,
    /// Deleted softly: invisible, not writable.
    pub deleted: bool,
    /// Every system field (id, owner, …) and own field of the schema by key, nulls included.
    pub values: HashMap<String, Value>,
}

impl Record {
    /// A value by key; null for a key that the schema does not have.
    pub fn value(&self, key: &str) -> &Value {
        self.values.get(key).unwrap_or(&Value::Null)
    }
}

/// A page of a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// At most as many rows as asked for.
    pub rows: Vec<FoundRow>,
    /// There is at least one more row behind the last.
    pub more: bool,
}

/// One row of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// The record.
    pub id: Uuid,
    /// One for each field of the query, in its order.
    pub values: Vec<Value>,
    /// Where the next page starts if this is the last row.
    pub position: Position,
}

/// A row that is about to be written, for [`crate::TenantStore::probe_unique`]. It must hold the values of all fields as they will be.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The record; its own stored row is no conflict.
    pub id: Uuid,
    /// Values by field key.
    pub values: HashMap<String, Value>,
}

/// A candidate that would break a uniqueness.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Its place in the list of candidates.
    pub candidate: usize,
    /// The fields' keys.
    pub fields: Vec<String>,
    /// `field.not_unique`, or the constraint's own code.
    pub code: String,
    /// The record (or earlier candidate) that has the values.
    pub other: Uuid,
}

impl TenantStore {
    /// Whole records by id, deleted ones too, whoever may see them; in no particular order, missing ones left out.
    pub async fn load_records(&self, schema: &Schema, object: &str, ids: &[Uuid]) -> Result<Vec<Record>, StoreError> {
        let object = object_of(schema, object)?;
        if is_stages(&object) {
            return Err(StoreError::Unsupported(format!("loading records of `{}`", object.key)));
        }
        let mut records = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            let named = Condition::all().add(system("id").is_in(chunk.iter().copied()));
            records.extend(self.records_where(schema, &object, named).await?);
        }
        Ok(records)
    }

    /// Whole records that a condition on the table allows.
    pub(crate) async fn records_where(&self, schema: &Schema, object: &Object, condition: Condition) -> Result<Vec<Record>, StoreError> {
        let mut query = whole_records(self.db.table(&table_name(object)), object);
        query.cond_where(condition);
        self.db.fetch(schema.revision, &query).await?.iter().map(|row| read_record(row, object)).collect()
    }

    /// Live records in the scope whose field has one of these normal keys (for kinds without one: the text as stored), as (key, id).
    /// Two records with one key are two rows.
    pub async fn lookup(
        &self,
        schema: &Schema,
        object: &str,
        field: &str,
        keys: &[String],
        scope: &RowScope,
    ) -> Result<Vec<(String, Uuid)>, StoreError> {
        let object = object_of(schema, object)?;
        let field = field_of(&object, field)?;
        if crate::column::storage(&field.kind) != crate::column::Storage::Text || is_stages(&object) {
            return Err(StoreError::Unsupported(format!("a look-up by `{}`", field.key)));
        }
        let key = column(ALIAS, &equality_name(field));
        let mut found = Vec::new();
        // PostgreSQL takes no text with a NUL, so that none is stored, either.
        let keys: Vec<&String> = keys.iter().filter(|key| !key.contains('\0')).collect();
        for chunk in keys.chunks(CHUNK) {
            let mut query = self.rows_of(&object);
            query.expr(key.clone()).expr(system("id")).and_where(system("deleted_at").is_null());
            query.cond_where(rows_in_scope(&self.db, schema, ALIAS, &object, Some(scope))?);
            query.and_where(key.clone().is_in(chunk.iter().map(|key| bind_text((*key).clone()))));
            for row in self.db.fetch(schema.revision, &query).await? {
                found.push((present(row.text(0)?, "a key")?, present(row.uuid(1)?, "id")?));
            }
        }
        Ok(found)
    }

    /// Of these (object, record) pairs those that are not there or are deleted; one query per object.
    pub async fn references_exist(&self, schema: &Schema, references: &[(String, Uuid)]) -> Result<Vec<(String, Uuid)>, StoreError> {
        let mut wanted: BTreeMap<&str, BTreeSet<Uuid>> = BTreeMap::new();
        for (object, id) in references {
            wanted.entry(object).or_default().insert(*id);
        }
        let mut missing = Vec::new();
        for (key, mut ids) in wanted {
            let object = object_of(schema, key)?;
            for chunk in ids.iter().copied().collect::<Vec<_>>().chunks(CHUNK) {
                let mut query = self.rows_of(&object);
                query.expr(system("id")).and_where(system("id").is_in(chunk.iter().copied()));
                if !is_stages(&object) {
                    query.and_where(system("deleted_at").is_null());
                }
                for row in self.db.fetch(schema.revision, &query).await? {
                    ids.remove(&present(row.uuid(0)?, "id")?);
                }
            }
            missing.extend(ids.into_iter().map(|id| (key.to_owned(), id)));
        }
        Ok(missing)
    }

    /// Which candidates would break a uniqueness, all at once: against live records that are no candidates, and among themselves.
    pub async fn probe_unique(&self, schema: &Schema, object: &str, candidates: &[Candidate]) -> Result<Vec<Taken>, StoreError> {
        let object = object_of(schema, object)?;
        let own: BTreeSet<Uuid> = candidates.iter().map(|c| c.id).collect();
        let mut taken = Vec::new();
        for rule in unique_rules(schema, &object)? {
            let mut wanted: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
            for (at, candidate) in candidates.iter().enumerate() {
                if let Some(values) = rule.values_of(&candidate.values) {
                    wanted.entry(rule.key_of(&values)).or_default().push(at);
                }
            }
            let mut hit = |candidate: usize, other: Uuid| {
                let fields = rule.fields.iter().map(|f| f.key.clone()).collect();
                taken.push(Taken { candidate, fields, code: rule.code.clone(), other });
            };
            for places in wanted.values() {
                if let Some((first, others)) = places.split_first() {
                    others.iter().for_each(|other| hit(*other, candidates[*first].id));
                }
            }
            let firsts: Vec<usize> = wanted.values().filter_map(|places| places.first().copied()).collect();
            for (key, other) in self.rows_with(schema, &object, &rule, candidates, &firsts).await? {
                // A row that is itself a candidate is about to change: what it will be has just been compared.
                if let Some(places) = wanted.get(&key).filter(|_| !own.contains(&other)) {
                    places.iter().for_each(|place| hit(*place, other));
                }
            }
        }
        taken.sort_by_key(|t| t.candidate);
        Ok(taken)
    }

    /// Live records to which a rule applies and that have the values of one of the candidates, with those values as keys.
    async fn rows_with(
        &self,
        schema: &Schema,
        object: &Object,
        rule: &UniqueRule<'_>,
        candidates: &[Candidate],
        places: &[usize],
    ) -> Result<Vec<(Vec<String>, Uuid)>, StoreError> {
        let condition_fields = if rule.condition.is_some() { object.stored_fields().collect() } else { rule.fields.clone() };
        let chunk_size = if rule.fields.len() == 1 { CHUNK } else { TUPLE_CHUNK };
        let mut found = Vec::new();
        for chunk in places.chunks(chunk_size) {
            let mut query = self.rows_of(object);
            query.expr(system("id")).and_where(system("deleted_at").is_null());
            for field in &condition_fields {
                query.expr(column(ALIAS, &column_name(field)));
            }
            let rows = chunk.iter().map(|place| &candidates[*place]);
            query.cond_where(self.any_of(&rule.fields, rows)?);
            for row in self.db.fetch(schema.revision, &query).await? {
                let mut values = HashMap::new();
                for (at, field) in condition_fields.iter().enumerate() {
                    values.insert(field.key.clone(), read(&row, at + 1, &field.kind)?);
                }
                if let Some(key) = rule.values_of(&values) {
                    found.push((rule.key_of(&key), present(row.uuid(0)?, "id")?));
                }
            }
        }
        Ok(found)
    }

    fn any_of<'c>(&self, fields: &[&Field], rows: impl Iterator<Item = &'c Candidate>) -> Result<Condition, StoreError> {
        let bound = |field: &Field, row: &Candidate| {
            bind_equality(self.db.dialect(), &field.kind, row.values.get(&field.key).unwrap_or(&Value::Null))
        };
        if let [field] = fields {
            let values = rows.map(|row| bound(field, row)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Condition::all().add(column(ALIAS, &equality_name(field)).is_in(values)));
        }
        let mut any = Condition::any();
        for row in rows {
            let mut all = Condition::all();
            for field in fields {
                all = all.add(column(ALIAS, &equality_name(field)).eq(Expr::val(bound(field, row)?)));
            }
            any = any.add(all);
        }
        Ok(any)
    }

    fn rows_of(&self, object: &Object) -> SelectStatement {
        let mut query = Query::select();
        query.from_as(self.db.table(&table_name(object)), Alias::new(ALIAS));
        query
    }
}

/// A select of whole records from `t0`, for [`read_record`].
pub(crate) fn whole_records(table: TableRef, object: &Object) -> SelectStatement {
    let mut query = Query::select();
    query.from_as(table, Alias::new(ALIAS));
    query.expr(system("deleted_at"));
    for field in object.stored_fields() {
        query.expr(column(ALIAS, &column_name(field)));
    }
    query
}

pub(crate) fn read_record(row: &Row, object: &Object) -> Result<Record, StoreError> {
    let mut values = HashMap::with_capacity(object.fields.len());
    for (at, field) in object.stored_fields().enumerate() {
        values.insert(field.key.clone(), read(row, at + 1, &field.kind)?);
    }
    let id = present(values.get("id").and_then(Value::as_ref_id), "id")?;
    let Some(Value::Int(version)) = values.get("version").cloned() else {
        return Err(crate::error::inconsistent("a record without version"));
    };
    Ok(Record { id, version, deleted: row.instant(0)?.is_some(), values })
}

impl UniqueRule<'_> {
    /// A form of the values in which equal ones are equal.
    pub(crate) fn key_of(&self, values: &[&Value]) -> Vec<String> {
        let one = |(field, value): (&&Field, &&Value)| match value {
            Value::Text(text) if field.kind.has_normal_key() => normal_key(&field.kind, text),
            Value::Decimal(number) => {
                number.rescale(field.kind.scale().unwrap_or(number.scale)).as_ref().map_or_else(|_| number.to_string(), Decimal::to_string)
            }
            other => crate::column::to_json(other).to_string(),
        };
        self.fields.iter().zip(values).map(one).collect()
    }
}

fn system(name: &'static str) -> Expr {
    column(ALIAS, &SqlName::fixed(name))
}
