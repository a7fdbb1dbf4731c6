//! What must be unique in an object, and the conditions of partial constraints: as SQL for the index, and decided here for a candidate.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use guanxi_core::Value;
use guanxi_core::expr::{Bindings, CompareOp, Expr, check_condition, evaluate_condition, parse};
use guanxi_core::meta::{Field, FieldKind, Object, Schema};
use guanxi_core::problem::Problem;
use guanxi_core::text::normal_key;

use super::MetaError;
use crate::StoreError;
use crate::column::{Storage, column_name, equality_name, field_of, storage};
use crate::db::Dialect;
use crate::ddl::text_literal;
use crate::error::inconsistent;

/// One uniqueness of an object, whether it comes from a field, a constraint or the host.
pub(crate) struct UniqueRule<'a> {
    /// In index order.
    pub(crate) fields: Vec<&'a Field>,
    /// Records for which it does not hold are free.
    pub(crate) condition: Option<Expr>,
    /// The code of a violation.
    pub(crate) code: String,
}

/// The code of a violation of a unique field.
const NOT_UNIQUE: &str = "field.not_unique";

/// Everything that must be unique in an object: the external id, unique fields, declared constraints.
pub(crate) fn unique_rules<'a>(schema: &Schema, object: &'a Object) -> Result<Vec<UniqueRule<'a>>, StoreError> {
    let single = |field: &'a Field| UniqueRule { fields: vec![field], condition: None, code: NOT_UNIQUE.into() };
    let mut rules: Vec<UniqueRule<'a>> =
        object.fields.iter().filter(|f| f.unique || (f.is_system() && f.key == "external_id")).map(single).collect();
    for unique in &object.uniques {
        let fields = unique.fields.iter().map(|key| field_of(object, key)).collect::<Result<Vec<_>, _>>()?;
        let condition = match &unique.condition {
            Some(text) => {
                Some(read_condition(text, schema, object).map_err(|p| inconsistent(format!("constraint {}: {}", unique.id, p.detail)))?)
            }
            None => None,
        };
        rules.push(UniqueRule { fields, condition, code: unique.code.clone() });
    }
    Ok(rules)
}

impl UniqueRule<'_> {
    /// The values that must be unique, or `None` where the rule does not apply: a null is never equal, or the condition does not hold.
    pub(crate) fn values_of<'v>(&self, values: &'v HashMap<String, Value>) -> Option<Vec<&'v Value>> {
        let wanted: Option<Vec<&Value>> = self.fields.iter().map(|f| values.get(&f.key).filter(|v| !v.is_null())).collect();
        wanted.filter(|_| {
            self.condition.as_ref().is_none_or(|c| evaluate_condition(c, &|path| values.get(&path.field).cloned().unwrap_or(Value::Null)))
        })
    }
}

/// What is wrong with the condition of a uniqueness, before it is declared. All of it, except that a condition which is fine as such but no
/// part of an index is one problem.
pub fn check_unique_condition(text: &str, schema: &Schema, object: &Object) -> Result<(), Vec<Problem>> {
    let epoch = NaiveDate::default();
    let bindings = Bindings { schema, object, me: None, today: epoch, now: DateTime::default(), zone: chrono_tz::UTC };
    let syntax = parse(text).map_err(|problem| vec![problem])?;
    check_condition(&syntax, &bindings)?;
    read_condition(text, schema, object).map(|_| ()).map_err(|problem| vec![problem])
}

/// Parses and checks a condition. It may only compare own fields with constants, because it becomes part of an index.
pub(super) fn read_condition(text: &str, schema: &Schema, object: &Object) -> Result<Expr, Problem> {
    let epoch = NaiveDate::default();
    let bindings = Bindings { schema, object, me: None, today: epoch, now: DateTime::default(), zone: chrono_tz::UTC };
    let checked = check_condition(&parse(text)?, &bindings).map_err(|problems| {
        problems.into_iter().next().unwrap_or_else(|| Problem::error("rule.failed", format!("condition `{text}` is refused")))
    })?;
    if is_plain(&checked) {
        Ok(checked)
    } else {
        Err(Problem::error("filter.not_pushable", format!("condition `{text}` must compare own fields with constants by ==, != or in")))
    }
}

fn is_plain(expr: &Expr) -> bool {
    let own = |e: &Expr| matches!(e, Expr::Field(path) if path.hops.is_empty() && path.kind != FieldKind::LongText);
    match expr {
        Expr::Literal(Value::Bool(_)) => true,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(is_plain),
        Expr::Not(part) => is_plain(part),
        Expr::Compare(CompareOp::Equal | CompareOp::NotEqual, left, right) => own(left) && matches!(**right, Expr::Literal(_)),
        Expr::IsNull(operand) | Expr::In(operand, _) => own(operand),
        _ => false,
    }
}

/// A plain condition as SQL without variables, for the `WHERE` of an index. Two-valued, as conditions are.
pub(super) fn condition_sql(expr: &Expr, object: &Object, dialect: Dialect) -> Result<String, MetaError> {
    let joined = |parts: &[Expr], word: &str, empty: &str| -> Result<String, MetaError> {
        let parts = parts.iter().map(|p| condition_sql(p, object, dialect)).collect::<Result<Vec<_>, _>>()?;
        Ok(if parts.is_empty() { empty.to_owned() } else { format!("({})", parts.join(word)) })
    };
    let column = |operand: &Expr| -> Result<(String, FieldKind), MetaError> {
        match operand {
            Expr::Field(path) => Ok((format!("\"{}\"", equality_name(field_of(object, &path.field)?)), path.kind.clone())),
            other => Err(inconsistent(format!("{other:?} is no field")).into()),
        }
    };
    Ok(match expr {
        Expr::Literal(Value::Bool(truth)) => if *truth { "1 = 1" } else { "1 = 0" }.to_owned(),
        Expr::And(parts) => joined(parts, " AND ", "1 = 1")?,
        Expr::Or(parts) => joined(parts, " OR ", "1 = 0")?,
        Expr::Not(part) => format!("NOT {}", condition_sql(part, object, dialect)?),
        Expr::Compare(op, left, right) => {
            let (column, kind) = column(left)?;
            let Expr::Literal(value) = &**right else { return Err(inconsistent("a constant was expected").into()) };
            let literal = literal(&kind, value, dialect)?;
            match op {
                CompareOp::Equal => format!("({column} = {literal} AND {column} IS NOT NULL)"),
                _ => format!("({column} <> {literal} OR {column} IS NULL)"),
            }
        }
        Expr::IsNull(operand) => match &**operand {
            Expr::Field(path) => format!("(\"{}\" IS NULL)", column_name(field_of(object, &path.field)?)),
            other => return Err(inconsistent(format!("{other:?} is no field")).into()),
        },
        Expr::In(operand, values) => {
            let (column, kind) = column(operand)?;
            let literals = values.iter().map(|v| literal(&kind, v, dialect)).collect::<Result<Vec<_>, _>>()?;
            format!("({column} IN ({}) AND {column} IS NOT NULL)", literals.join(", "))
        }
        other => return Err(inconsistent(format!("{other:?} is no plain condition")).into()),
    })
}

fn literal(kind: &FieldKind, value: &Value, dialect: Dialect) -> Result<String, MetaError> {
    let wrong = || inconsistent(format!("{value:?} is no constant of type {}", kind.name()));
    let quoted = |text: &str| text_literal(text).ok_or_else(wrong);
    Ok(match (storage(kind), value) {
        (Storage::Text, Value::Text(text)) if kind.has_normal_key() => quoted(&normal_key(kind, text))?,
        (Storage::Text, Value::Text(text)) => quoted(text)?,
        (Storage::Integer, Value::Int(number)) => number.to_string(),
        (Storage::Integer, Value::Decimal(number)) => {
            number.rescale(kind.scale().unwrap_or(0)).map_err(|_| StoreError::TooLarge)?.units.to_string()
        }
        (Storage::Bool, Value::Bool(truth)) => match dialect {
            Dialect::Sqlite => u8::from(*truth).to_string(),
            Dialect::Postgres => truth.to_string(),
        },
        (Storage::Date, Value::Date(date)) => match dialect {
            Dialect::Sqlite => format!("'{date}'"),
            Dialect::Postgres => format!("DATE '{date}'"),
        },
        (Storage::Instant, Value::Instant(instant)) => match dialect {
            Dialect::Sqlite => instant.timestamp_micros().to_string(),
            Dialect::Postgres => format!("TIMESTAMPTZ '{}'", instant.format("%Y-%m-%d %H:%M:%S%.6f+00")),
        },
        (Storage::Uuid, Value::Ref(id)) => match dialect {
            Dialect::Sqlite => format!("x'{}'", id.simple()),
            Dialect::Postgres => format!("'{id}'::uuid"),
        },
        _ => return Err(wrong().into()),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;
    use guanxi_core::expr::FieldPath;
    use guanxi_core::host_objects::{host_objects, system_fields};
    use guanxi_core::meta::{Origin, Rules};

    fn customer() -> Object {
        let declared = host_objects().into_iter().find(|o| o.key == "customer").unwrap();
        let mut fields = system_fields("customer");
        fields.extend(declared.fields.into_iter().zip(11..).map(|(f, id)| Field { id, ..f }));
        Object {
            id: 3,
            key: "customer".into(),
            label: declared.label,
            icon: String::new(),
            origin: Origin::Host,
            title: "name".into(),
            tracked: None,
            uniques: vec![],
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        }
    }

    fn own(object: &Object, key: &str) -> Box<Expr> {
        let kind = object.field(key).unwrap().kind.clone();
        Box::new(Expr::Field(FieldPath { hops: vec![], object: object.key.clone(), field: key.into(), kind }))
    }

    #[test]
    fn conditions_become_literal_sql() {
        let object = customer();
        let text = |t: &str| Box::new(Expr::Literal(Value::from(t)));
        let kind_is = Expr::Compare(CompareOp::Equal, own(&object, "kind"), text("person"));
        let name_not = Expr::Compare(CompareOp::NotEqual, own(&object, "name"), text("O'Neil"));
        let both = Expr::And(vec![kind_is.clone(), Expr::Not(Box::new(Expr::IsNull(own(&object, "email"))))]);
        for (expr, sql) in [
            (kind_is, "(\"f12\" = 'person' AND \"f12\" IS NOT NULL)"),
            (both, "((\"f12\" = 'person' AND \"f12\" IS NOT NULL) AND NOT (\"f15\" IS NULL))"),
            (Expr::In(own(&object, "kind"), vec!["a".into(), "b".into()]), "(\"f12\" IN ('a', 'b') AND \"f12\" IS NOT NULL)"),
        ] {
            assert!(is_plain(&expr));
            assert_eq!(condition_sql(&expr, &object, Dialect::Sqlite).unwrap(), sql);
        }
        let sql = condition_sql(&name_not, &object, Dialect::Postgres).unwrap();
        assert!(sql.contains("''"), "{sql}");
    }

    #[test]
    fn rules_apply_where_the_condition_holds() {
        let object = customer();
        let rule = UniqueRule {
            fields: vec![object.field("email").unwrap()],
            condition: Some(Expr::Compare(CompareOp::NotEqual, own(&object, "kind"), Box::new(Expr::Literal("person".into())))),
            code: "c".into(),
        };
        let values = |email: Value, kind: Value| HashMap::from([("email".to_owned(), email), ("kind".to_owned(), kind)]);
        for (email, kind, applies) in [
            (Value::from("a@b.c"), Value::Null, true),
            (Value::from("a@b.c"), Value::from("organization"), true),
            (Value::from("a@b.c"), Value::from("person"), false),
            (Value::Null, Value::from("organization"), false),
        ] {
            assert_eq!(rule.values_of(&values(email, kind)).is_some(), applies);
        }
    }
}
