//! Which fields of a slow query have no index: what an administrator can do about it.

use crate::expr::{Expr, paths_of};
use crate::meta::{FieldKind, Schema};

use super::Sort;

/// The fields of a filter and of sort keys that have no index but could have one, as the query names them, each once; first those of the
/// filter. Empty where an index cannot help.
pub fn fields_without_index(schema: &Schema, filter: Option<&Expr>, sort: &[Sort]) -> Vec<String> {
    let asked = filter.map(paths_of).unwrap_or_default();
    let mut found: Vec<String> = Vec::new();
    for path in asked.iter().chain(sort.iter().map(|key| &key.path)) {
        let hops = path.hops.iter().enumerate().map(|(at, hop)| {
            let names: Vec<&str> = path.hops[..=at].iter().map(|hop| hop.field.as_str()).collect();
            (hop.object.as_str(), hop.field.as_str(), names.join("."))
        });
        for (object, field, text) in hops.chain([(path.object.as_str(), path.field.as_str(), path.text())]) {
            if could_be_indexed(schema, object, field) && !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

/// The longest text that may have an index, in characters.
const MAX_INDEXED_TEXT: u32 = 600;

fn could_be_indexed(schema: &Schema, object: &str, key: &str) -> bool {
    let Some(object) = schema.all().find(|found| found.key == object) else { return false };
    let Some(field) = object.fields.iter().find(|field| field.key == key) else { return false };
    // What the host keeps in every object has the indexes that it needs; so do the lines of a record.
    if object.read_only || field.is_system() || field.indexed || field.unique || object.parent.as_deref() == Some(key) {
        return false;
    }
    if object.rules.indexes.iter().any(|together| together.fields.iter().any(|member| member == key)) {
        return false;
    }
    match &field.kind {
        FieldKind::Text { max } => *max <= MAX_INDEXED_TEXT,
        FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. } => false,
        kind => !kind.is_list() || matches!(kind, FieldKind::TreeSelect { .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Bindings, check_condition, parse, resolve_path};
    use crate::meta::{Field, Label, Object, Origin, Rules};

    fn object(key: &str, fields: Vec<Field>) -> Object {
        Object {
            id: 1,
            key: key.into(),
            label: Label::default(),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "name".into(),
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
    fn only_what_an_index_would_help_is_named() {
        let field = |key: &str, kind| Field { id: 1, ..Field::new(key, Label::default(), kind) };
        let text = || FieldKind::Text { max: 100 };
        let order = object(
            "order",
            vec![
                Field { indexed: true, ..field("name", text()) },
                Field { unique: true, ..field("code", text()) },
                field("region", text()),
                field("essay", FieldKind::Text { max: 2_000 }),
                field("notes", FieldKind::LongText),
                field("tags", FieldKind::MultiSelect { options: Vec::new() }),
                field("amount", FieldKind::Money { scale: 2 }),
                field("customer", FieldKind::Reference { target: "customer".into() }),
                Field::new("owner", Label::default(), FieldKind::Reference { target: "customer".into() }),
            ],
        );
        let customer = object("customer", vec![field("name", text())]);
        let schema = Schema::new(1, vec![order, customer]);
        let order = schema.object("order").expect("an object");
        let bindings = Bindings {
            schema: &schema,
            object: order,
            me: None,
            today: chrono::NaiveDate::default(),
            now: chrono::DateTime::default(),
            zone: chrono_tz::UTC,
        };
        for (filter, sort, wanted) in [
            ("name == 'a' && code == 'b'", "name", vec![]),
            ("region == 'a' || region == 'b'", "name", vec!["region"]),
            ("essay == 'a' || notes == 'b' || tags == null || owner == null", "code", vec![]),
            ("name == 'a'", "amount", vec!["amount"]),
            ("amount > 1 && customer.name == 'x'", "region", vec!["amount", "customer", "customer.name", "region"]),
        ] {
            let filter = check_condition(&parse(filter).expect(filter), &bindings).expect(filter);
            let sort = Sort { path: resolve_path(sort, &schema, order).expect(sort), descending: false };
            assert_eq!(fields_without_index(&schema, Some(&filter), &[sort]), wanted);
        }
        assert!(fields_without_index(&schema, None, &[]).is_empty());
    }
}
