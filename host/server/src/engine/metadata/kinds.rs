//! The type of a declared field: its name with what the type needs to know.

use guanxi_core::Problem;
use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::host_objects::DEFAULT_TEXT_MAX;
use guanxi_core::meta::FieldKind;

use super::declare::NewField;
use super::options::check_options;
use crate::engine::Ctx;

/// The longest one-line text.
pub(super) const MAX_TEXT: u32 = 4_000;
/// The longest text that may be unique or indexed: an index row of PostgreSQL holds 2,700 bytes.
const MAX_INDEXED_TEXT: u32 = 600;

/// The type of a field that people or programs fill.
pub(super) fn read_kind(ctx: &Ctx, new: &NewField) -> Result<FieldKind, Vec<Problem>> {
    let target = || new.target.clone().unwrap_or_default();
    let kind = match new.kind.as_str() {
        "select" => FieldKind::Select { options: new.options.clone() },
        "multi_select" => FieldKind::MultiSelect { options: new.options.clone() },
        "tree_select" => FieldKind::TreeSelect { options: new.options.clone() },
        "reference" => FieldKind::Reference { target: target() },
        "many_reference" => FieldKind::ManyReference { target: target() },
        "any_reference" => FieldKind::AnyReference,
        "file" => FieldKind::File,
        "json" => FieldKind::Json,
        "children" => {
            let detail = "children come with their object: make it with `parent`";
            return Err(vec![Problem::error("field.option", detail).on("type")]);
        }
        name => match simple_kind(ctx, name, new.max, new.scale) {
            Some(kind) => kind,
            None => return Err(vec![Problem::error("field.option", format!("there is no field type `{name}`")).on("type")]),
        },
    };
    let mut problems = check_parts(ctx, &kind, new);
    if (new.unique || new.indexed) && !may_be_indexed(&kind) {
        problems.push(Problem::error("field.type", format!("a {} cannot be unique or indexed", kind.name())).on("type"));
    }
    if problems.is_empty() { Ok(kind) } else { Err(problems) }
}

/// A type without a value list or target; a formula's result too.
pub(super) fn simple_kind(ctx: &Ctx, name: &str, max: Option<u32>, scale: Option<u8>) -> Option<FieldKind> {
    Some(match name {
        "text" => FieldKind::Text { max: max.unwrap_or(DEFAULT_TEXT_MAX) },
        "long_text" => FieldKind::LongText,
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "url" => FieldKind::Url,
        "integer" => FieldKind::Integer,
        "duration" => FieldKind::Duration,
        "decimal" => FieldKind::Decimal { scale: scale.unwrap_or(2) },
        "percent" => FieldKind::Percent,
        "money" => FieldKind::Money { scale: ctx.tenant.store.tenant.currency_digits },
        "bool" => FieldKind::Bool,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        _ => return None,
    })
}

fn check_parts(ctx: &Ctx, kind: &FieldKind, new: &NewField) -> Vec<Problem> {
    let mut problems = Vec::new();
    match kind {
        FieldKind::Text { max } if !(1..=MAX_TEXT).contains(max) => {
            problems.push(Problem::error("field.range", format!("a text has 1 to {MAX_TEXT} characters")).on("max"));
        }
        FieldKind::Decimal { scale } if *scale > MAX_SCALE => {
            problems.push(Problem::error("field.range", format!("a decimal has at most {MAX_SCALE} digits after the point")).on("scale"));
        }
        FieldKind::Select { options } | FieldKind::MultiSelect { options } | FieldKind::TreeSelect { options } => {
            problems.extend(check_options(kind, options));
        }
        FieldKind::Reference { target } | FieldKind::ManyReference { target } if target.is_empty() => {
            problems.push(Problem::error("field.required", "a reference names the object that it points to").on("target"));
        }
        FieldKind::Reference { target } | FieldKind::ManyReference { target }
            if ctx.snapshot.schema.object(target).is_none_or(|object| object.read_only) =>
        {
            problems.push(Problem::error("reference.not_found", format!("there is no object `{target}` to point to")).on("target"));
        }
        _ => {}
    }
    let has_list = matches!(kind, FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. });
    let stray = [
        ("target", new.target.is_some() && kind.target().is_none()),
        ("options", !new.options.is_empty() && !has_list),
        ("formula", new.formula.is_some()),
        ("result", new.result.is_some()),
        ("format", new.format.is_some()),
        ("roll_up", new.roll_up.is_some()),
    ];
    for (name, _) in stray.into_iter().filter(|(_, given)| *given) {
        problems.push(Problem::error("field.type", format!("a {} has no `{name}`", kind.name())).on(name));
    }
    problems
}

pub(super) fn may_be_indexed(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Text { max } => *max <= MAX_INDEXED_TEXT,
        FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. } => false,
        kind => !kind.is_list() || matches!(kind, FieldKind::TreeSelect { .. }),
    }
}
