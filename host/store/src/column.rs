//! Physical names and values: which table and columns an object has, how a value is bound and read back.

use chrono::{DateTime, NaiveDate};
use guanxi_core::meta::{Field, FieldKind, Object, STAGES_SUFFIX};
use guanxi_core::text::{normal_key, sort_key};
use guanxi_core::{Decimal, Value};
use sea_query::Value as Bound;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Dialect, Row};
use crate::error::inconsistent;
use crate::name::SqlName;

/// How a column is stored; several field types share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    Text,
    Integer,
    Bool,
    Date,
    Instant,
    Uuid,
}

pub(crate) fn storage(kind: &FieldKind) -> Storage {
    match kind {
        FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url | FieldKind::Select { .. } => {
            Storage::Text
        }
        // Lists of codes and ids as JSON arrays, trees as paths, references to any object as `object/id`. Children have no column.
        FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } | FieldKind::ManyReference { .. } | FieldKind::File => Storage::Text,
        FieldKind::AnyReference | FieldKind::Json | FieldKind::Children { .. } => Storage::Text,
        FieldKind::Integer | FieldKind::Duration | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } => {
            Storage::Integer
        }
        FieldKind::Bool => Storage::Bool,
        FieldKind::Date => Storage::Date,
        FieldKind::DateTime => Storage::Instant,
        FieldKind::Reference { .. } => Storage::Uuid,
    }
}

fn name(text: String) -> SqlName {
    SqlName::new(text).expect("made of letters, digits and underscores, and short")
}

/// Whether this object is the history of a tracked field; it lives in a table beside its parent's.
pub(crate) fn is_stages(object: &Object) -> bool {
    object.read_only && object.key.ends_with(STAGES_SUFFIX)
}

/// The key of the object whose tracked field a stages object holds.
pub(crate) fn stages_parent(object: &Object) -> Option<&str> {
    if is_stages(object) { object.key.strip_suffix(STAGES_SUFFIX) } else { None }
}

/// `o12`, or `o12_st` for a stages object.
pub(crate) fn table_name(object: &Object) -> SqlName {
    if is_stages(object) { stages_table(object.id) } else { object_table(object.id) }
}

pub(crate) fn object_table(id: i64) -> SqlName {
    name(format!("o{id}"))
}

pub(crate) fn stages_table(id: i64) -> SqlName {
    name(format!("o{id}_st"))
}

/// The link table of a many-reference, by its field's id.
pub(crate) fn links_table(id: i64) -> SqlName {
    name(format!("l{id}"))
}

/// The fields of a stages object by key, with their columns and the (negative) ids that mark them as own fields without a column `f<id>`.
pub(crate) const STAGES_COLUMNS: [(&str, &str, i64); 8] = [
    ("record", "record", -1),
    ("from", "from_code", -2),
    ("to", "to_code", -3),
    ("at", "at", -4),
    ("by", "by_user", -5),
    ("amount", "amount", -6),
    // Not stored: worked out by the planner.
    ("until", "until", -7),
    ("seconds", "seconds", -8),
];

/// The field's column: `f34`, a system field's own name, or a stages column.
pub(crate) fn column_name(field: &Field) -> SqlName {
    if field.id > 0 {
        return name(format!("f{}", field.id));
    }
    let fixed = STAGES_COLUMNS.iter().find(|(_, _, id)| *id == field.id).map_or(field.key.as_str(), |(_, column, _)| column);
    name(fixed.to_owned())
}

/// The column of the normal key, if the type has one.
pub(crate) fn normal_name(field: &Field) -> Option<SqlName> {
    field.kind.has_normal_key().then(|| name(format!("{}__n", column_name(field))))
}

/// The column of the sort key, if the type has one.
pub(crate) fn sort_name(field: &Field) -> Option<SqlName> {
    field.kind.has_sort_key().then(|| name(format!("{}__s", column_name(field))))
}

/// The column in which equal values are equal.
pub(crate) fn equality_name(field: &Field) -> SqlName {
    normal_name(field).unwrap_or_else(|| column_name(field))
}

/// The column that has the field's order, and the type of what it holds.
pub(crate) fn order_name(field: &Field) -> (SqlName, FieldKind) {
    match sort_name(field).or_else(|| normal_name(field)) {
        Some(shadow) => (shadow, FieldKind::LongText),
        None => (column_name(field), field.kind.clone()),
    }
}

/// A field by key, hidden ones included: constraints and imports may meet them.
pub(crate) fn field_of<'a>(object: &'a Object, key: &str) -> Result<&'a Field, StoreError> {
    object.fields.iter().find(|f| f.key == key).ok_or_else(|| inconsistent(format!("`{}` has no field `{key}`", object.key)))
}

/// A value for a column of this type. Nulls are typed, because PostgreSQL wants them so.
pub(crate) fn bind(dialect: Dialect, kind: &FieldKind, value: &Value) -> Result<Bound, StoreError> {
    let wrong = || inconsistent(format!("{value:?} is no value of type {}", kind.name()));
    let null = value.is_null();
    Ok(match storage(kind) {
        Storage::Text => match value {
            Value::Text(text) => bind_text(text.clone()),
            _ if null => Bound::String(None),
            other => bind_text(encode(kind, other).ok_or_else(wrong)?),
        },
        Storage::Integer => match (value, kind.scale()) {
            (Value::Int(number), Some(0)) if !kind.is_decimal() => Bound::BigInt(Some(*number)),
            (Value::Decimal(number), Some(scale)) if kind.is_decimal() => {
                let number = if number.scale == scale { *number } else { number.rescale(scale).map_err(|_| StoreError::TooLarge)? };
                Bound::BigInt(Some(number.units))
            }
            _ if null => Bound::BigInt(None),
            _ => return Err(wrong()),
        },
        Storage::Bool => match value {
            Value::Bool(truth) => Bound::Bool(Some(*truth)),
            _ if null => Bound::Bool(None),
            _ => return Err(wrong()),
        },
        Storage::Date => match value {
            Value::Date(date) => Bound::ChronoDate(Some(*date)),
            _ if null => Bound::ChronoDate(None),
            _ => return Err(wrong()),
        },
        Storage::Instant => match value {
            Value::Instant(instant) => dialect.instant(Some(*instant)),
            _ if null => dialect.instant(None),
            _ => return Err(wrong()),
        },
        Storage::Uuid => match value {
            Value::Ref(id) => Bound::Uuid(Some(*id)),
            _ if null => Bound::Uuid(None),
            _ => return Err(wrong()),
        },
    })
}

pub(crate) fn bind_text(text: String) -> Bound {
    Bound::String(Some(text))
}

/// Parts a tree's path; no code contains it.
const PATH_SEPARATOR: char = '/';

/// How a value that is more than one text stands in a text column; `None` where it does not fit the type.
fn encode(kind: &FieldKind, value: &Value) -> Option<String> {
    Some(match (kind, value) {
        (FieldKind::TreeSelect { .. }, Value::Texts(codes)) => codes.join("/"),
        (FieldKind::MultiSelect { .. }, Value::Texts(codes)) => Json::from(codes.clone()).to_string(),
        (FieldKind::ManyReference { .. } | FieldKind::File, Value::Refs(ids)) => {
            Json::from(ids.iter().map(Uuid::to_string).collect::<Vec<_>>()).to_string()
        }
        (FieldKind::AnyReference, Value::AnyRef { object, id }) => format!("{object}/{id}"),
        (FieldKind::Json, Value::Json(text)) => text.clone(),
        _ => return None,
    })
}

/// The value that [`encode`] (or a plain text) left in a text column.
fn decode(kind: &FieldKind, text: String) -> Option<Value> {
    Some(match kind {
        FieldKind::TreeSelect { .. } => Value::Texts(text.split(PATH_SEPARATOR).map(str::to_owned).collect()),
        FieldKind::MultiSelect { .. } | FieldKind::ManyReference { .. } | FieldKind::File => {
            decode_list(kind, serde_json::from_str(&text).ok()?)?
        }
        FieldKind::AnyReference => {
            let (object, id) = text.split_once('/')?;
            Value::AnyRef { object: object.to_owned(), id: Uuid::parse_str(id).ok()? }
        }
        FieldKind::Json => Value::Json(text),
        _ => Value::Text(text),
    })
}

fn decode_list(kind: &FieldKind, entries: Vec<String>) -> Option<Value> {
    if matches!(kind, FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. }) {
        return Some(Value::Texts(entries));
    }
    entries.iter().map(|id| Uuid::parse_str(id).ok()).collect::<Option<Vec<_>>>().map(Value::Refs)
}

/// The value of a text's normal key column.
pub(crate) fn bind_normal(kind: &FieldKind, value: &Value) -> Bound {
    Bound::String(value.as_text().map(|text| normal_key(kind, text)))
}

/// The value of a text's sort key column.
pub(crate) fn bind_sort(value: &Value) -> Bound {
    Bound::String(value.as_text().map(sort_key))
}

/// What equality compares with in [`equality_name`]'s column.
pub(crate) fn bind_equality(dialect: Dialect, kind: &FieldKind, value: &Value) -> Result<Bound, StoreError> {
    if kind.has_normal_key() && matches!(value, Value::Text(_) | Value::Null) {
        Ok(bind_normal(kind, value))
    } else {
        bind(dialect, kind, value)
    }
}

/// A column of this type, read back.
pub(crate) fn read(row: &Row, column: usize, kind: &FieldKind) -> Result<Value, StoreError> {
    let value = match storage(kind) {
        Storage::Text => match row.text(column)? {
            Some(text) => Some(decode(kind, text).ok_or_else(|| inconsistent(format!("a column does not hold a {}", kind.name())))?),
            None => None,
        },
        Storage::Integer => row.int(column)?.map(|number| match kind.scale() {
            Some(scale) if kind.is_decimal() => Value::Decimal(Decimal::new(number, scale)),
            _ => Value::Int(number),
        }),
        Storage::Bool => row.bool(column)?.map(Value::Bool),
        Storage::Date => row.date(column)?.map(Value::Date),
        Storage::Instant => row.instant(column)?.map(Value::Instant),
        Storage::Uuid => row.uuid(column)?.map(Value::Ref),
    };
    Ok(value.unwrap_or(Value::Null))
}

/// The form inside the store's own JSON (history, defaults): decimals and instants as their integers.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => text.clone().into(),
        Value::Int(number) => (*number).into(),
        Value::Decimal(number) => number.units.into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Date(date) => date.to_string().into(),
        Value::Instant(instant) => instant.timestamp_micros().into(),
        Value::Ref(id) => id.to_string().into(),
        Value::Texts(codes) => codes.clone().into(),
        Value::Refs(ids) => ids.iter().map(Uuid::to_string).collect::<Vec<_>>().into(),
        Value::AnyRef { object, id } => format!("{object}/{id}").into(),
        Value::Json(text) => text.clone().into(),
    }
}

/// The value that [`to_json`] wrote; `None` if it does not fit the type.
pub(crate) fn from_json(kind: &FieldKind, json: &Json) -> Option<Value> {
    if json.is_null() {
        return Some(Value::Null);
    }
    Some(match storage(kind) {
        Storage::Text => match json {
            // Children have no column; the history holds which they were.
            Json::Array(_) if kind.is_list() || !kind.is_stored() => decode_list(kind, serde_json::from_value(json.clone()).ok()?)?,
            _ => decode(kind, json.as_str()?.to_owned())?,
        },
        Storage::Integer if kind.is_decimal() => Value::Decimal(Decimal::new(json.as_i64()?, kind.scale()?)),
        Storage::Integer => Value::Int(json.as_i64()?),
        Storage::Bool => Value::Bool(json.as_bool()?),
        Storage::Date => Value::Date(json.as_str()?.parse::<NaiveDate>().ok()?),
        Storage::Instant => Value::Instant(DateTime::from_timestamp_micros(json.as_i64()?)?),
        Storage::Uuid => Value::Ref(Uuid::parse_str(json.as_str()?).ok()?),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;
    use guanxi_core::meta::Label;

    fn field(id: i64, key: &str, kind: FieldKind) -> Field {
        Field { id, ..Field::new(key, Label::default(), kind) }
    }

    #[test]
    fn columns_are_named_by_id() {
        for (id, key, kind, column, normal, order) in [
            (7, "x_名", FieldKind::Text { max: 10 }, "f7", Some("f7__n"), "f7__s"),
            (8, "phone", FieldKind::Phone, "f8", Some("f8__n"), "f8__n"),
            (9, "amount", FieldKind::Money { scale: 2 }, "f9", None, "f9"),
            (0, "created_at", FieldKind::DateTime, "created_at", None, "created_at"),
            (0, "external_id", FieldKind::Text { max: 255 }, "external_id", Some("external_id__n"), "external_id__s"),
            (-2, "from", FieldKind::Select { options: vec![] }, "from_code", None, "from_code"),
        ] {
            let field = field(id, key, kind);
            assert_eq!(column_name(&field).as_str(), column);
            assert_eq!(normal_name(&field).as_ref().map(SqlName::as_str), normal);
            assert_eq!(order_name(&field).0.as_str(), order);
        }
    }

    #[test]
    fn json_form_round_trips() {
        let id = Uuid::from_u128(5);
        for (kind, value) in [
            (FieldKind::Integer, Value::Int(i64::MIN)),
            (FieldKind::Money { scale: 2 }, Value::Decimal(Decimal::new(-149_975, 2))),
            (FieldKind::Bool, Value::Bool(true)),
            (FieldKind::Date, Value::Date(NaiveDate::from_ymd_opt(2024, 2, 29).unwrap())),
            (FieldKind::DateTime, Value::Instant(DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap())),
            (FieldKind::Reference { target: "user".into() }, Value::Ref(id)),
            (FieldKind::LongText, Value::from("华\n夏")),
            (FieldKind::MultiSelect { options: vec![] }, Value::Texts(vec!["a".into(), "b".into()])),
            (FieldKind::TreeSelect { options: vec![] }, Value::Texts(vec!["a".into(), "b".into()])),
            (FieldKind::ManyReference { target: "user".into() }, Value::Refs(vec![id])),
            (FieldKind::AnyReference, Value::AnyRef { object: "user".into(), id }),
            (FieldKind::Json, Value::Json("{\"a\":[1,null]}".into())),
            (FieldKind::Duration, Value::Int(90)),
            (FieldKind::Date, Value::Null),
        ] {
            assert_eq!(from_json(&kind, &to_json(&value)), Some(value));
        }
        assert_eq!(from_json(&FieldKind::Bool, &Json::from("yes")), None);
    }
}
