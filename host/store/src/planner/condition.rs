//! Checked conditions as SQL, with the same meaning on both databases and in `core`.
//!
//! Conditions are two-valued: what a null makes unknown in SQL is said explicitly wherever it could reach a `NOT`.

use guanxi_core::Value;
use guanxi_core::expr::{CompareOp, Expr as Rule, FieldPath};
use guanxi_core::meta::{Field, FieldKind};
use guanxi_core::text::{normal_key, sort_key};
use sea_query::{BinOper, Condition, Expr, ExprTrait};

use super::{Planner, column, never, template};
use crate::StoreError;
use crate::column::{bind, bind_equality, bind_text, column_name, equality_name, order_name};
use crate::db::Dialect;

/// How deep conditions may be nested; the checker's own limit is lower.
const MAX_DEPTH: usize = 100;

impl Planner<'_> {
    /// True, false or unknown (for nulls); as a `WHERE` unknown is as good as false.
    pub(crate) fn condition(&mut self, rule: &Rule) -> Result<Condition, StoreError> {
        self.condition_at(rule, 0)
    }

    pub(super) fn condition_at(&mut self, rule: &Rule, depth: usize) -> Result<Condition, StoreError> {
        if depth > MAX_DEPTH {
            return Err(StoreError::Unsupported("the condition is nested too deeply".into()));
        }
        let one = |expr: Expr| Condition::all().add(expr);
        Ok(match rule {
            Rule::Literal(Value::Bool(truth)) => one(if *truth { Expr::cust("1 = 1") } else { never() }),
            Rule::And(parts) | Rule::Or(parts) if parts.is_empty() => {
                one(if matches!(rule, Rule::And(_)) { Expr::cust("1 = 1") } else { never() })
            }
            Rule::And(parts) => {
                let parts = parts.iter().map(|p| self.condition_at(p, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                parts.into_iter().fold(Condition::all(), Condition::add)
            }
            Rule::Or(parts) => {
                let parts = parts.iter().map(|p| self.condition_at(p, depth + 1)).collect::<Result<Vec<_>, _>>()?;
                parts.into_iter().fold(Condition::any(), Condition::add)
            }
            Rule::Not(part) => match tested_for_null(part) {
                // Said plainly, so that indexes and statistics know it.
                Some(path) => one(self.value(path)?.is_not_null()),
                None => {
                    let inner: Expr = self.condition_at(part, depth + 1)?.into();
                    one(self.opposite(inner))
                }
            },
            Rule::Compare(op, left, right) => one(self.comparison(*op, left, right)?),
            Rule::IsNull(operand) => self.null_test(operand)?,
            Rule::In(operand, values) => one(self.membership(operand, values)?),
            Rule::StartsWith(operand, prefix) => one(self.prefix(operand, prefix)?),
            Rule::Contains(path, wanted) => one(self.contains(path, wanted)?),
            Rule::Words(fields, words) => one(self.found_by_words(fields, words)?),
            Rule::AnyLine(lines, condition) => one(self.any_line(lines, condition, depth)?),
            other => return Err(unsupported(other)),
        })
    }

    /// Not so, with unknown counted as false.
    fn opposite(&self, condition: Expr) -> Expr {
        template(self.dialect(), "(NOT COALESCE(($1), FALSE))", &[condition])
    }

    fn comparison(&mut self, op: CompareOp, left: &Rule, right: &Rule) -> Result<Expr, StoreError> {
        match (left, right) {
            (Rule::Field(path), Rule::Literal(value)) => self.with_constant(op, path, value),
            (Rule::Literal(value), Rule::Field(path)) => self.with_constant(op.flipped(), path, value),
            (Rule::Field(left), Rule::Field(right)) if left.kind.scale() == right.kind.scale() => self.with_field(op, left, right),
            _ => {
                let equal = if op == CompareOp::NotEqual { CompareOp::Equal } else { op };
                let compared = self.compare_numbers(operator(equal), left, right)?;
                Ok(if op == CompareOp::NotEqual { self.opposite(compared) } else { compared })
            }
        }
    }

    fn with_constant(&mut self, op: CompareOp, path: &FieldPath, value: &Value) -> Result<Expr, StoreError> {
        let (alias, field) = self.resolve(path)?;
        if value.is_null() {
            let is_null = column(&alias, &column_name(&field)).is_null();
            return Ok(match op {
                CompareOp::Equal => is_null,
                CompareOp::NotEqual => is_null.not(),
                _ => never(),
            });
        }
        let dialect = self.dialect();
        if op.is_ordering() {
            let (name, stored) = order_name(&field);
            let bound = match value {
                Value::Text(text) => bind_text(order_key(&field, text)),
                other => bind(dialect, &stored, other)?,
            };
            return Ok(column(&alias, &name).binary(operator(op), Expr::val(bound)));
        }
        let equal = column(&alias, &equality_name(&field));
        let bound = Expr::val(bind_equality(dialect, &field.kind, value)?);
        Ok(match op {
            CompareOp::Equal => equal.eq(bound),
            _ => equal.clone().ne(bound).or(equal.is_null()),
        })
    }

    fn with_field(&mut self, op: CompareOp, left: &FieldPath, right: &FieldPath) -> Result<Expr, StoreError> {
        let (left_alias, left) = self.resolve(left)?;
        let (right_alias, right) = self.resolve(right)?;
        let name = |field: &Field| if op.is_ordering() { order_name(field).0 } else { equality_name(field) };
        let (left, right) = (column(&left_alias, &name(&left)), column(&right_alias, &name(&right)));
        Ok(match op {
            CompareOp::NotEqual => left.clone().ne(right.clone()).or(left.is_null()).or(right.is_null()),
            _ => left.binary(operator(op), right),
        })
    }

    fn null_test(&mut self, operand: &Rule) -> Result<Condition, StoreError> {
        match operand {
            Rule::Field(path) => Ok(Condition::all().add(self.value(path)?.is_null())),
            Rule::Arithmetic { .. } | Rule::Negate(_) | Rule::Literal(_) => {
                let mut any = Condition::any().add(never());
                for path in self.number_operands(operand)? {
                    any = any.add(self.value(&path)?.is_null());
                }
                Ok(any)
            }
            other => Err(unsupported(other)),
        }
    }

    fn membership(&mut self, operand: &Rule, values: &[Value]) -> Result<Expr, StoreError> {
        let Rule::Field(path) = operand else { return Err(unsupported(operand)) };
        let (alias, field) = self.resolve(path)?;
        let values = values.iter().filter(|v| !v.is_null());
        let bound = values.map(|v| bind_equality(self.dialect(), &field.kind, v)).collect::<Result<Vec<_>, _>>()?;
        Ok(if bound.is_empty() { never() } else { column(&alias, &equality_name(&field)).is_in(bound) })
    }

    /// A list holds an entry, or a tree's place is at or below a path.
    fn contains(&mut self, path: &FieldPath, wanted: &Value) -> Result<Expr, StoreError> {
        let (alias, field) = self.resolve(path)?;
        let list = column(&alias, &column_name(&field));
        let entry = match (&field.kind, wanted) {
            (FieldKind::TreeSelect { .. }, Value::Texts(codes)) => {
                let place = codes.join("/");
                // Everything below starts with the path and a slash; `0` is the character after it.
                let below = list.clone().gte(text(format!("{place}/"))).and(list.clone().lt(text(format!("{place}0"))));
                return Ok(list.eq(text(place)).or(below));
            }
            (FieldKind::ManyReference { .. }, Value::Ref(id)) => return Ok(self.names_one_of(&alias, &field, &[*id])),
            (FieldKind::MultiSelect { .. }, Value::Text(code)) => code.clone(),
            (FieldKind::File, Value::Ref(id)) => id.to_string(),
            _ => return Err(StoreError::Unsupported(format!("a {} that holds {wanted:?}", field.kind.name()))),
        };
        // Codes and ids have no character that JSON writes differently, so an entry is found by its quotes.
        let parts = [list, text(format!("\"{entry}\""))];
        Ok(match self.dialect() {
            Dialect::Sqlite => template(Dialect::Sqlite, "(INSTR($1, $2) > 0)", &parts),
            Dialect::Postgres => template(Dialect::Postgres, "(STRPOS($1, $2) > 0)", &parts),
        })
    }

    /// A range of the normal key, so that an index serves it.
    fn prefix(&mut self, operand: &Rule, prefix: &str) -> Result<Expr, StoreError> {
        let Rule::Field(path) = operand else { return Err(unsupported(operand)) };
        let (alias, field) = self.resolve(path)?;
        let prefix = normal_key(&field.kind, prefix);
        let key = column(&alias, &equality_name(&field));
        if prefix.is_empty() {
            return Ok(key.is_not_null());
        }
        let from = key.clone().gte(Expr::val(bind_text(prefix.clone())));
        Ok(match successor(&prefix) {
            Some(end) => from.and(key.lt(Expr::val(bind_text(end)))),
            None => from,
        })
    }
}

/// The field of `field == null`.
fn tested_for_null(rule: &Rule) -> Option<&FieldPath> {
    let Rule::IsNull(operand) = rule else { return None };
    match operand.as_ref() {
        Rule::Field(path) => Some(path),
        _ => None,
    }
}

fn text(text: String) -> Expr {
    Expr::val(bind_text(text))
}

fn unsupported(rule: &Rule) -> StoreError {
    let what = match rule {
        Rule::Literal(_) => "a constant",
        Rule::Field(_) => "a field",
        Rule::Arithmetic { .. } | Rule::Negate(_) => "arithmetic",
        _ => "a condition",
    };
    StoreError::Unsupported(format!("{what} in this place"))
}

fn operator(op: CompareOp) -> BinOper {
    match op {
        CompareOp::Equal => BinOper::Equal,
        CompareOp::NotEqual => BinOper::NotEqual,
        CompareOp::Less => BinOper::SmallerThan,
        CompareOp::LessOrEqual => BinOper::SmallerThanOrEqual,
        CompareOp::Greater => BinOper::GreaterThan,
        CompareOp::GreaterOrEqual => BinOper::GreaterThanOrEqual,
    }
}

/// What a text is ordered by, as the order column of its field holds it.
pub(super) fn order_key(field: &Field, text: &str) -> String {
    match &field.kind {
        kind if kind.has_sort_key() => sort_key(text),
        kind if kind.has_normal_key() => normal_key(kind, text),
        FieldKind::LongText | FieldKind::Select { .. } => text.to_owned(),
        _ => text.to_owned(),
    }
}

/// The smallest text, in the order of code points, above all texts with this prefix.
fn successor(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = match last {
            // The code points between are no characters.
            '\u{D7FF}' => Some('\u{E000}'),
            other => char::from_u32(u32::from(other) + 1),
        };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_end_a_prefix_range() {
        for (prefix, wanted) in
            [("ab", Some("ac")), ("华", Some("\u{534f}")), ("a\u{10FFFF}", Some("b")), ("\u{10FFFF}", None), ("\u{D7FF}", Some("\u{E000}"))]
        {
            assert_eq!(successor(prefix).as_deref(), wanted, "{prefix}");
        }
    }
}
