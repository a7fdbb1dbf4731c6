//! The filter bar of a list: chips for what is in force, and the fields that can be filtered by.

use std::collections::HashMap;

use guanxi_core::expr::{FieldPath, Syntax, resolve_path};
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::{Decimal, Value};
use uuid::Uuid;

use super::super::params::Params;
use super::list::Asked;
use super::references::{self, Listed};
use super::selection::reference_title;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::control::Choice;
use crate::ui::components::filter_bar::{Chip, FilterBar, FilterField, operator_words};
use crate::ui::filters::{self, Literal, ME, Reading};
use crate::ui::format::MoneyStyle;
use crate::ui::value;
use crate::ui::visit::Visit;
use crate::ui::words::problem_words;

/// References with more records than this are filtered by the start of the title instead of a choice.
const CHOICES: u32 = 30;
/// System fields that people filter by.
const SYSTEM: [&str; 4] = ["owner", "department", "created_at", "updated_at"];

/// The filter with the condition that the form asks for, or why that is not possible.
pub(super) fn added(visit: &Visit, object: &Object, filter: &str, params: &Params) -> Result<String, String> {
    let schema = &visit.ctx.snapshot.schema;
    let path = params.get("filter_field");
    let field = resolve_path(path, schema, object).ok().and_then(|p| schema.object(&p.object)?.field(&p.field).cloned());
    let label = field.as_ref().map_or_else(|| path.to_owned(), |field| field.label.get(visit.locale()).to_owned());
    let condition = match &field {
        Some(field) => filters::condition(path, field, params.get("filter_operator"), params.get("filter_value"), visit.ctx.tenant.zone),
        None => Err(guanxi_core::Problem::error("field.unknown", format!("no field `{path}`")).on(path)),
    };
    let condition = condition.map_err(|problem| t(visit.locale()).filter_value_refused(&label, &problem_words(&visit.ctx, &problem)))?;
    Ok(filters::and(filter, &condition))
}

/// The bar; `refused` says why the filter was not taken.
pub(super) async fn bar(visit: &Visit, object: &Object, asked: &Asked, refused: Option<String>) -> Outcome<FilterBar> {
    let parts = filters::conditions(&asked.filter).unwrap_or_default();
    let mut known = HashMap::new();
    let fields = fields(visit, object, &mut known).await?;
    let mut hidden = vec![("filter".to_owned(), asked.filter.clone()), ("sort".to_owned(), asked.sort.clone())];
    hidden.retain(|(_, value)| !value.is_empty());
    Ok(FilterBar {
        address: crate::ui::urls::list(&object.key),
        chips: chips(visit, object, asked, &parts, &mut known).await?,
        hidden,
        fields,
        clear: Asked::address(&object.key, "", &asked.sort),
        expression: Some(asked.filter.clone()),
        problem: refused,
        right: None,
    })
}

/// Fields to choose from. Titles that were read on the way are kept in `known`.
async fn fields(visit: &Visit, object: &Object, known: &mut HashMap<Uuid, String>) -> Outcome<Vec<FilterField>> {
    let schema = &visit.ctx.snapshot.schema;
    let mut listed: HashMap<&str, Option<Vec<Choice>>> = HashMap::new();
    let mut offered = Vec::new();
    let system = SYSTEM.into_iter().filter_map(|key| object.field(key));
    for field in object.own_fields().chain(system) {
        let mut offer = FilterField {
            key: field.key.clone(),
            label: field.label.get(visit.locale()).to_owned(),
            input: input_type(&field.kind),
            operators: filters::operators(&field.kind).to_vec(),
            choices: plain_choices(visit, field),
        };
        if let Some(target) = field.target() {
            if !listed.contains_key(target) {
                listed.insert(target, reference_choices(visit, target, known).await?);
            }
            match (listed.get(target).and_then(Clone::clone), reference_title(schema, object, field)) {
                (Some(choices), _) => offer.choices = choices,
                (None, Some(title)) => {
                    offer.key = title;
                    offer.operators = vec!["starts_with", "eq", "empty", "not_empty"];
                }
                (None, None) => offer.operators = vec!["empty", "not_empty"],
            }
        }
        offered.push(offer);
    }
    Ok(offered)
}

fn input_type(kind: &FieldKind) -> &'static str {
    match kind {
        // A moment is compared by its day.
        FieldKind::Date | FieldKind::DateTime => "date",
        _ => "text",
    }
}

fn plain_choices(visit: &Visit, field: &Field) -> Vec<Choice> {
    let texts = t(visit.locale());
    match &field.kind {
        FieldKind::Select { options } => options.iter().map(|o| Choice::new(&o.code, o.label.get(visit.locale()))).collect(),
        FieldKind::Bool => vec![Choice::new("true", texts.yes()), Choice::new("false", texts.no())],
        _ => Vec::new(),
    }
}

/// All records of a small object, oneself first; `None` where there are too many, or none may be seen.
async fn reference_choices(visit: &Visit, target: &str, known: &mut HashMap<Uuid, String>) -> Outcome<Option<Vec<Choice>>> {
    let Some(Listed { records, more }) = references::list(visit, target, "", CHOICES).await? else { return Ok(None) };
    known.extend(records.iter().cloned());
    if more {
        return Ok(None);
    }
    let myself = (target == "user").then(|| Choice::new(ME, t(visit.locale()).myself()));
    Ok(Some(myself.into_iter().chain(records.into_iter().map(|(id, title)| Choice::new(id.to_string(), title))).collect()))
}

async fn chips(visit: &Visit, object: &Object, asked: &Asked, parts: &[Syntax], known: &mut HashMap<Uuid, String>) -> Outcome<Vec<Chip>> {
    let schema = &visit.ctx.snapshot.schema;
    let read: Vec<Reading> = parts.iter().map(|part| filters::read(part, schema, object)).collect();
    name_references(visit, &read, known).await?;
    let chips = read.into_iter().enumerate().map(|(place, reading)| {
        let remove = Asked::address(&object.key, &filters::without(parts, place), &asked.sort);
        match reading {
            Reading::Expression(text) => Chip { field: text, operator: String::new(), value: String::new(), remove },
            Reading::Simple { path, operator, values } => Chip {
                field: filters::field_label(&path, schema, visit.locale()),
                operator: operator_words(visit.locale(), operator),
                value: values
                    .iter()
                    .map(|value| shown(visit, &path, value, known))
                    .collect::<Vec<_>>()
                    .join(t(visit.locale()).list_separator()),
                remove,
            },
        }
    });
    Ok(chips.collect())
}

/// Reads the titles of the records that conditions name, one query per object.
async fn name_references(visit: &Visit, readings: &[Reading], known: &mut HashMap<Uuid, String>) -> Outcome<()> {
    let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for reading in readings {
        let Reading::Simple { path, values, .. } = reading else { continue };
        let FieldKind::Reference { target } = &path.kind else { continue };
        let ids = values.iter().filter_map(as_id).filter(|id| !known.contains_key(id));
        wanted.entry(target).or_default().extend(ids);
    }
    for (target, ids) in wanted {
        known.extend(visit.engine().titles(&visit.ctx, target, &ids).await?);
    }
    Ok(())
}

fn as_id(literal: &Literal) -> Option<Uuid> {
    match literal {
        Literal::Text(text) => Uuid::parse_str(text.trim()).ok(),
        _ => None,
    }
}

/// A constant as people read it.
fn shown(visit: &Visit, path: &FieldPath, literal: &Literal, known: &HashMap<Uuid, String>) -> String {
    let plain = |value: &Value| value::text(&visit.ctx, &path.kind, value, None, MoneyStyle::Short);
    match literal {
        Literal::Me => t(visit.locale()).myself().to_owned(),
        Literal::Bool(truth) => plain(&Value::Bool(*truth)),
        Literal::Number(digits) => match path.kind.scale().map(|scale| Decimal::parse(digits, scale)) {
            Some(Ok(number)) if path.kind.is_decimal() => plain(&Value::Decimal(number)),
            Some(Ok(number)) => plain(&Value::Int(number.units)),
            _ => digits.clone(),
        },
        Literal::Text(text) => match &path.kind {
            FieldKind::Reference { .. } => as_id(literal).and_then(|id| known.get(&id).cloned()).unwrap_or_else(|| text.clone()),
            FieldKind::Select { .. } => plain(&Value::from(text.as_str())),
            FieldKind::DateTime => match chrono::DateTime::parse_from_rfc3339(text) {
                Ok(instant) => crate::ui::format::datetime(instant.to_utc(), visit.ctx.tenant.zone),
                Err(_) => text.clone(),
            },
            _ => text.clone(),
        },
        Literal::Other(text) => text.clone(),
    }
}
