//! Fields that the host keeps: formulas, roll-ups and number sequences, as they are declared.

use guanxi_core::Problem;
use guanxi_core::meta::{Computed, FieldKind, Object, RollUp};
use guanxi_core::query::MeasureFn;
use guanxi_core::sequence::SequenceFormat;

use super::declare::NewField;
use super::kinds::simple_kind;
use super::rules::formula_kind;
use crate::engine::Ctx;
use crate::engine::rules::{Condition, changing, leaving, timeless};

/// The longest number of a sequence; it is unique and indexed.
const SEQUENCE_MAX: u32 = 100;

/// What a roll-up adds up, as it is declared.
#[derive(Clone, Debug, Default)]
pub struct NewRollUp {
    /// The object whose records are counted.
    pub object: String,
    /// Its reference that leads here.
    pub reference: String,
    /// `count`, `sum`, `avg`, `min` or `max`.
    pub function: String,
    /// Over which of its fields; nothing only for a count.
    pub field: Option<String>,
    /// Which of them count.
    pub condition: Option<String>,
}

/// How the host keeps the field, with the type of its result; `None` for a field that people fill.
pub(super) fn read_computed(ctx: &Ctx, object: &Object, new: &NewField) -> Result<Option<(Computed, FieldKind)>, Vec<Problem>> {
    match new.kind.as_str() {
        "formula" => read_formula(ctx, object, new).map(Some),
        "roll_up" => {
            let Some(declared) = &new.roll_up else {
                return Err(vec![Problem::error("field.required", "a roll-up says what it adds up").on("roll_up")]);
            };
            read_roll_up(ctx, object, declared).map(|(roll_up, kind)| Some((Computed::RollUp(roll_up), kind)))
        }
        "sequence" => {
            let Some(format) = &new.format else {
                return Err(vec![Problem::error("field.required", "a sequence has a format, such as `RO{yyyy}-{0000}`").on("format")]);
            };
            SequenceFormat::parse(format).map_err(|problem| vec![problem.on("format")])?;
            Ok(Some((Computed::Sequence { format: format.clone() }, FieldKind::Text { max: SEQUENCE_MAX })))
        }
        _ => Ok(None),
    }
}

/// The result's type is what the expression gives, unless another one is declared that can hold it.
fn read_formula(ctx: &Ctx, object: &Object, new: &NewField) -> Result<(Computed, FieldKind), Vec<Problem>> {
    let Some(expression) = new.formula.as_ref().filter(|text| !text.trim().is_empty()) else {
        return Err(vec![Problem::error("field.required", "a formula has an expression").on("formula")]);
    };
    let kind = match &new.result {
        Some(name) => {
            let unknown = || vec![Problem::error("field.option", format!("a formula cannot result in `{name}`")).on("result")];
            simple_kind(ctx, name, new.max, new.scale).ok_or_else(unknown)?
        }
        None => formula_kind(&ctx.snapshot.schema, object, expression, ctx.tenant.zone)
            .map_err(|problems| problems.into_iter().map(|p| p.on("formula")).collect::<Vec<_>>())?,
    };
    Ok((Computed::Formula { expression: expression.clone() }, kind))
}

/// A roll-up that can be kept: the reference leads here, the function fits the field, the condition reads the counted record only.
pub(super) fn read_roll_up(ctx: &Ctx, object: &Object, declared: &NewRollUp) -> Result<(RollUp, FieldKind), Vec<Problem>> {
    let schema = &ctx.snapshot.schema;
    let on = |part: &str| format!("roll_up.{part}");
    let Some(source) = schema.object(&declared.object).filter(|source| !source.read_only) else {
        let detail = format!("there is no object `{}` to add up", declared.object);
        return Err(vec![Problem::error("reference.not_found", detail).on(on("object"))]);
    };
    let mut problems = Vec::new();
    let leads_here = |f: &guanxi_core::meta::Field| f.target() == Some(object.key.as_str()) && !f.is_system();
    if !source.field(&declared.reference).is_some_and(leads_here) {
        let detail = format!("`{}.{}` is no reference to `{}`", source.key, declared.reference, object.key);
        problems.push(Problem::error("reference.not_found", detail).on(on("reference")));
    }
    let function = MeasureFn::parse(&declared.function);
    if function.is_none() {
        let detail = format!("`{}` is none of count, sum, avg, min and max", declared.function);
        problems.push(Problem::error("field.option", detail).on(on("function")));
    }
    let measured = declared.field.as_ref().map(|key| source.field(key).filter(|f| f.is_stored()).ok_or(key));
    if let Some(Err(key)) = measured {
        problems.push(Problem::error("field.unknown", format!("`{}` has no field `{key}`", source.key)).on(on("field")));
    }
    let kind = match (function, measured) {
        (Some(MeasureFn::Count), Some(Err(_))) | (None, _) | (_, Some(Err(_))) => None,
        (Some(MeasureFn::Count), _) => Some(FieldKind::Integer),
        (Some(function), Some(Ok(field))) => {
            let number = field.kind.scale().is_some();
            let ordered = number || matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
            let fits = if matches!(function, MeasureFn::Min | MeasureFn::Max) { ordered } else { number };
            if !fits {
                let detail = format!("there is no {} of a {}", function.name(), field.kind.name());
                problems.push(Problem::error("field.type", detail).on(on("field")));
            }
            Some(field.kind.clone())
        }
        (Some(_), None) => {
            problems.push(Problem::error("field.required", "the function needs a field").on(on("field")));
            None
        }
    };
    problems.extend(declared.condition.iter().flat_map(|text| check_condition(ctx, source, text)).map(|p| p.on(on("condition"))));
    match (function, kind) {
        (Some(function), Some(kind)) if problems.is_empty() => {
            let NewRollUp { object, reference, field, condition, .. } = declared.clone();
            Ok((RollUp { object, reference, function, field, condition }, kind))
        }
        _ => Err(problems),
    }
}

/// A condition over the counted record alone, with the same answer for everybody on every day: nobody looks again tomorrow.
fn check_condition(ctx: &Ctx, source: &Object, text: &str) -> Vec<Problem> {
    if let Err(problems) = Condition::check(text, &ctx.snapshot.schema, source, ctx.tenant.zone) {
        return problems;
    }
    let Ok(syntax) = guanxi_core::expr::parse(text) else { return Vec::new() };
    // The database counts, so what only an evaluation in memory knows is refused; and nobody counts again when lines of a record change.
    let bindings = timeless(&ctx.snapshot.schema, source, ctx.tenant.zone);
    match guanxi_core::expr::check_condition(&syntax, &bindings) {
        Err(problems) => return problems,
        Ok(expr) => {
            let lines = guanxi_core::expr::fields_of(&expr).into_iter().find(|key| source.field(key).is_some_and(|f| !f.is_stored()));
            if let Some(name) = lines {
                let detail = format!("a roll-up's condition reads the counted record alone, so it cannot ask `{name}`");
                return vec![Problem::error("filter.not_pushable", detail).at(syntax.position).with("name", name)];
            }
        }
    }
    let refused = changing(&syntax).into_iter().chain(leaving(&syntax, source));
    refused
        .map(|(position, name)| {
            let detail = format!("a roll-up's condition reads the counted record alone, so it cannot use `{name}`");
            Problem::error("filter.not_pushable", detail).at(position).with("name", name)
        })
        .collect()
}
