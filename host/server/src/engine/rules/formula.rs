//! Formulas: one field's value from the others of its record, always the same for the same record.

use guanxi_core::expr::{Expr, Source, check_formula, evaluate_value_with, fields_of, parse};
use guanxi_core::input::normalise;
use guanxi_core::meta::{Computed, Field, FieldKind, Object, Schema};
use guanxi_core::{Problem, Value};

use super::expression::timeless;

/// System fields that are settled before a save writes; the others come to be in the writing itself.
const SETTLED: [&str; 4] = ["id", "owner", "department", "external_id"];

/// The formula of one field.
#[derive(Debug)]
pub(in crate::engine) struct Formula {
    /// The field that it fills, with the type of its result.
    pub field: Field,
    /// Keys of the fields that it reads.
    pub reads: Vec<String>,
    /// The expression; the reason where a field of it has gone since it was declared.
    expr: Result<Expr, String>,
}

impl Formula {
    /// The value for one record. What does not fit the field is a problem on it.
    pub(in crate::engine) fn value(&self, record: &dyn Source) -> Result<Value, Problem> {
        let field = &self.field;
        let expr = self.expr.as_ref().map_err(|why| {
            let detail = format!("the formula of `{}` can no longer be computed: {why}", field.key);
            Problem::error("rule.failed", detail).on(&field.key).with("rule", "rule.broken").with("what", field.key.clone())
        })?;
        evaluate_value_with(expr, &field.kind, record).and_then(|value| normalise(field, value)).map_err(|problem| problem.on(&field.key))
    }

    /// A change of these fields may change its value.
    pub(in crate::engine) fn depends_on(&self, changed: &[String]) -> bool {
        self.reads.iter().any(|key| changed.contains(key))
    }
}

/// A formula as it is declared: its expression, the type of its result and the fields that it reads; or all that is wrong with it.
pub(in crate::engine) fn read_formula(
    text: &str,
    schema: &Schema,
    object: &Object,
    zone: chrono_tz::Tz,
) -> Result<(Expr, FieldKind, Vec<String>), Vec<Problem>> {
    let syntax = parse(text).map_err(|problem| vec![problem])?;
    let (expr, kind) = check_formula(&syntax, &timeless(schema, object, zone))?;
    let read: Vec<String> = fields_of(&expr).into_iter().collect();
    let late = read.iter().filter_map(|key| object.field(key)).filter(|field| !is_settled(field)).map(|field| {
        let detail = format!("`{}` gets its value while the record is written, so a formula cannot read it", field.key);
        Problem::error("expression.not_allowed", detail).with("reason", "late").with("name", field.key.clone())
    });
    let problems: Vec<Problem> = late.collect();
    if problems.is_empty() { Ok((expr, kind, read)) } else { Err(problems) }
}

/// Its value is known before the record is written.
fn is_settled(field: &Field) -> bool {
    let given = matches!(field.computed, Some(Computed::Sequence { .. }));
    !given && (field.computed.is_some() || !field.is_system() || SETTLED.contains(&field.key.as_str()))
}

/// The object's formulas, each after those that it reads. A circle, which no declaration lets in, is left out at its end.
pub(in crate::engine) fn formulas_in_order(schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Vec<Formula> {
    let mut open: Vec<Formula> = declared(object)
        .map(|(field, text)| match read_formula(text, schema, object, zone) {
            Ok((expr, _, reads)) => Formula { field: field.clone(), reads, expr: Ok(expr) },
            Err(problems) => {
                let why = problems.into_iter().next().map_or_else(String::new, |problem| problem.detail);
                Formula { field: field.clone(), reads: Vec::new(), expr: Err(why) }
            }
        })
        .collect();
    let mut ordered: Vec<Formula> = Vec::with_capacity(open.len());
    loop {
        let waiting: Vec<String> = open.iter().map(|formula| formula.field.key.clone()).collect();
        let (ready, rest): (Vec<Formula>, Vec<Formula>) = open.into_iter().partition(|formula| !formula.depends_on(&waiting));
        let stuck = ready.is_empty();
        ordered.extend(ready);
        open = rest;
        if stuck {
            return ordered;
        }
    }
}

/// A circle of formulas through the field `start`, as the keys on the way; `None` where there is none.
pub(in crate::engine) fn cycle(schema: &Schema, object: &Object, zone: chrono_tz::Tz, start: &str) -> Option<Vec<String>> {
    ways(schema, object, zone, start).into_iter().find(|way| way.len() > 1 && way.last().is_some_and(|end| end == start))
}

/// A formula that needs both its record's lines and a roll-up, directly or through others. Lines are known before the record is written,
/// roll-ups while it is, so no moment knows both.
pub(in crate::engine) fn mixed(schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Option<String> {
    let lines = |field: &Field| matches!(field.kind, FieldKind::Children { .. });
    let rolled = |field: &Field| matches!(field.computed, Some(Computed::RollUp(_)));
    let mixes = |key: &str| {
        let ends: Vec<String> = ways(schema, object, zone, key).into_iter().filter_map(|way| way.last().cloned()).collect();
        let any = |what: &dyn Fn(&Field) -> bool| ends.iter().filter_map(|key| object.field(key)).any(what);
        any(&lines) && any(&rolled)
    };
    declared(object).map(|(field, _)| field.key.clone()).find(|key| mixes(key))
}

/// Ways from a formula to everything that it reads, directly or through other formulas; one way to each place, and those that lead back.
fn ways(schema: &Schema, object: &Object, zone: chrono_tz::Tz, start: &str) -> Vec<Vec<String>> {
    let uses = |key: &str| -> Vec<String> {
        let text = declared(object).find(|(field, _)| field.key == key).map(|(_, text)| text);
        let read = text.and_then(|text| read_formula(text, schema, object, zone).ok());
        read.map(|(_, _, reads)| reads).unwrap_or_default()
    };
    let mut open = vec![vec![start.to_owned()]];
    let mut found: Vec<Vec<String>> = Vec::new();
    while let Some(way) = open.pop() {
        for next in uses(way.last().map_or("", String::as_str)) {
            if found.iter().any(|known| known.last() == Some(&next)) {
                continue;
            }
            let mut longer = way.clone();
            longer.push(next.clone());
            found.push(longer.clone());
            if next != start {
                open.push(longer);
            }
        }
    }
    found
}

/// Visible formula fields with their expressions.
fn declared(object: &Object) -> impl Iterator<Item = (&Field, &str)> {
    object.fields.iter().filter(|field| !field.hidden).filter_map(|field| match &field.computed {
        Some(Computed::Formula { expression }) => Some((field, expression.as_str())),
        _ => None,
    })
}
