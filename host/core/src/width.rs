//! How wide a record's row is: one estimate for both databases, so that both refuse the same records.
//!
//! It is PostgreSQL's layout: a row stands on one page of 8 KiB. Of a text longer than [`INLINE_TEXT`] only a pointer stays in the row.

use crate::meta::{Field, FieldKind, Object};
use crate::text::{normal_key, sort_key};
use crate::value::Value;

/// The widest row, in bytes.
pub const MAX_ROW_WIDTH: usize = 8_160;
/// The longest text that stays in its row, in bytes; a longer one may be moved out of it.
const INLINE_TEXT: usize = 20;
/// What is left of a text that was moved out.
const POINTER: usize = 18;
/// The row's header without its map of nulls.
const HEADER: usize = 23;
/// The columns that every record has, at their widest.
const SYSTEM_COLUMNS: usize = 160;
/// Objects with fewer fields cannot have a row that is too wide.
const FEW_FIELDS: usize = 80;

/// Whether a record with these values fits its row.
pub fn fits_row<'v>(object: &Object, value: &dyn Fn(&str) -> &'v Value) -> bool {
    object.fields.len() <= FEW_FIELDS || row_width(object, value) <= MAX_ROW_WIDTH
}

/// The width of a record's row in bytes, with everything moved out of it that can be.
pub fn row_width<'v>(object: &Object, value: &dyn Fn(&str) -> &'v Value) -> usize {
    let own: Vec<&Field> = object.fields.iter().filter(|f| f.is_stored() && !f.is_system()).collect();
    let columns: usize = own.iter().map(|f| 1 + usize::from(f.kind.has_normal_key()) + usize::from(f.kind.has_sort_key())).sum();
    let mut width = aligned(HEADER + columns.div_ceil(8) + 2, 8) + SYSTEM_COLUMNS;
    for field in own {
        width = after(width, &field.kind, value(&field.key));
    }
    width
}

fn after(width: usize, kind: &FieldKind, value: &Value) -> usize {
    match value {
        Value::Null => width,
        Value::Text(text) => {
            let normal = if kind.has_normal_key() { text_width(normal_key(kind, text).len()) } else { 0 };
            let sort = if kind.has_sort_key() { text_width(sort_key(text).len()) } else { 0 };
            width + text_width(text.len()) + normal + sort
        }
        Value::Int(_) | Value::Decimal(_) | Value::Instant(_) => aligned(width, 8) + 8,
        Value::Date(_) => aligned(width, 4) + 4,
        Value::Bool(_) => width + 1,
        Value::Ref(_) => width + 16,
        Value::Texts(codes) => width + text_width(codes.iter().map(|code| code.len() + 3).sum::<usize>() + 2),
        Value::Refs(_) | Value::AnyRef { .. } => width + POINTER,
        Value::Json(text) => width + text_width(text.len()),
    }
}

fn text_width(bytes: usize) -> usize {
    if bytes > INLINE_TEXT { POINTER } else { bytes + 1 }
}

fn aligned(width: usize, to: usize) -> usize {
    width.next_multiple_of(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::{Label, Origin, Rules};

    fn object(fields: Vec<Field>) -> Object {
        Object {
            id: 1,
            key: "x_a".into(),
            label: Label::default(),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "f0".into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        }
    }

    #[test]
    fn many_long_texts_are_too_wide() {
        let fields = |count: i64, kind: FieldKind| {
            (0..count).map(|at| Field { id: at + 1, ..Field::new(format!("f{at}"), Label::default(), kind.clone()) }).collect::<Vec<_>>()
        };
        let long = Value::from("x".repeat(5_000).as_str());
        let (number, null) = (Value::Int(7), Value::Null);
        assert!(fits_row(&object(fields(400, FieldKind::LongText)), &|_| &long));
        assert!(!fits_row(&object(fields(500, FieldKind::LongText)), &|_| &long));
        assert!(fits_row(&object(fields(500, FieldKind::Integer)), &|_| &number));
        assert!(fits_row(&object(fields(500, FieldKind::LongText)), &|_| &null));
    }
}
