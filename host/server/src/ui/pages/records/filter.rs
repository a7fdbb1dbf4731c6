//! The conditions of a list in words: its chips, and the bar around them.

use std::collections::HashMap;

use guanxi_core::expr::FieldPath;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::{Decimal, Value};
use uuid::Uuid;

use super::asked::Asked;
use crate::engine::{Outcome, Refusal};
use crate::texts::{Texts, t};
use crate::ui::components::filter_bar::{Chip, ChipPart, Expression, FilterBar, operator_words};
use crate::ui::filters::{self, Condition, Literal, Piece, Said};
use crate::ui::format::MoneyStyle;
use crate::ui::value;
use crate::ui::visit::Visit;
use crate::ui::words::problem_words;

/// The bar; `refused` is why the filter was not taken.
pub(super) async fn bar(visit: &Visit, object: &Object, asked: &Asked, refused: Option<&Refusal>) -> Outcome<FilterBar> {
    let schema = &visit.ctx.snapshot.schema;
    let pieces = filters::pieces(&asked.look.filter, schema, object).unwrap_or_default();
    Ok(FilterBar {
        chips: chips(visit, asked, &pieces).await?,
        add: asked.tool("filter", &[]),
        clear: asked.address(|look| look.filter.clear()),
        refused: refused.map(|refusal| expression(visit, asked, Some(refusal))),
        right: None,
    })
}

/// The filter as an expression, with what is wrong with it.
pub(super) fn expression(visit: &Visit, asked: &Asked, refused: Option<&Refusal>) -> Expression {
    let mut hidden = asked.pairs(|_| {});
    hidden.retain(|(name, _)| name != "filter");
    let first = refused.and_then(|refusal| refusal.problems.iter().find_map(|problem| problem.position));
    Expression {
        address: crate::ui::urls::list(&asked.object),
        hidden,
        text: asked.look.filter.clone(),
        problem: refused.map(|refusal| (words(visit, refusal), first)),
    }
}

/// Every problem of an expression has a place in it.
pub(super) fn is_about_the_filter(refusal: &Refusal) -> bool {
    refusal.status < 500 && refusal.problems.iter().any(|p| p.position.is_some() || p.code.starts_with("filter."))
}

fn words(visit: &Visit, refusal: &Refusal) -> String {
    let texts = t(visit.locale());
    let words = refusal.problems.iter().map(|problem| {
        let words = problem_words(&visit.ctx, problem);
        match problem.position {
            Some(position) if problem.code != "filter.syntax" => texts.at_position(&words, &position.to_string()),
            _ => words,
        }
    });
    words.collect::<Vec<_>>().join(" · ")
}

async fn chips(visit: &Visit, asked: &Asked, pieces: &[Piece]) -> Outcome<Vec<Chip>> {
    let titles = titles(visit, pieces).await?;
    let chips = pieces.iter().enumerate().map(|(place, piece)| {
        let edit = |branch: usize| asked.tool("filter", &[("piece", &place.to_string()), ("branch", &branch.to_string())]);
        let parts = match &piece.said {
            Said::Expression(text) => vec![ChipPart { field: text.clone(), ..ChipPart::default() }],
            Said::Any(conditions) => {
                let part =
                    |(branch, condition): (usize, &Condition)| ChipPart { edit: Some(edit(branch)), ..said(visit, condition, &titles) };
                conditions.iter().enumerate().map(part).collect()
            }
        };
        Chip { parts, remove: asked.address(|look| look.filter = filters::without(pieces, place)) }
    });
    Ok(chips.collect())
}

/// A condition in words.
fn said(visit: &Visit, condition: &Condition, titles: &HashMap<Uuid, String>) -> ChipPart {
    let texts = t(visit.locale());
    let shown: Vec<String> = condition.values.iter().map(|value| shown(visit, &condition.path, value, titles)).collect();
    let days = || match condition.values.first() {
        Some(Literal::Number(days)) => days.parse().unwrap_or(0),
        _ => 0,
    };
    let value = match (condition.operator, shown.as_slice()) {
        ("between", [from, to]) => texts.range_between(from, to),
        ("past" | "next", _) => texts.days_count(days()),
        ("older" | "later", _) if days() == 0 => texts.period_today().to_owned(),
        ("older", _) => texts.days_ago(days()),
        ("later", _) => texts.days_ahead(days()),
        _ => shown.join(texts.list_separator()),
    };
    ChipPart {
        field: filters::field_label(&condition.path, &visit.ctx.snapshot.schema, visit.locale()),
        operator: operator_words(visit.locale(), condition.operator),
        value,
        edit: None,
    }
}

/// Reads the titles of the records that conditions name, one query per object.
pub(super) async fn titles(visit: &Visit, pieces: &[Piece]) -> Outcome<HashMap<Uuid, String>> {
    let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for piece in pieces {
        let Said::Any(conditions) = &piece.said else { continue };
        for condition in conditions {
            if let Some(target) = condition.path.kind.target() {
                wanted.entry(target).or_default().extend(condition.values.iter().filter_map(as_id));
            }
        }
    }
    let mut known = HashMap::new();
    for (target, ids) in wanted {
        known.extend(visit.engine().titles(&visit.ctx, target, &ids).await?);
    }
    Ok(known)
}

fn as_id(literal: &Literal) -> Option<Uuid> {
    match literal {
        Literal::Text(text) => Uuid::parse_str(text.trim()).ok(),
        _ => None,
    }
}

/// The words of a stretch of the calendar.
pub(super) fn period(texts: Texts, code: &str) -> String {
    match code {
        "today" => texts.period_today(),
        "yesterday" => texts.period_yesterday(),
        "tomorrow" => texts.period_tomorrow(),
        "this_week" => texts.period_this_week(),
        "last_week" => texts.period_last_week(),
        "next_week" => texts.period_next_week(),
        "this_month" => texts.period_this_month(),
        "last_month" => texts.period_last_month(),
        "next_month" => texts.period_next_month(),
        "this_quarter" => texts.period_this_quarter(),
        "last_quarter" => texts.period_last_quarter(),
        "next_quarter" => texts.period_next_quarter(),
        "this_year" => texts.period_this_year(),
        "last_year" => texts.period_last_year(),
        "next_year" => texts.period_next_year(),
        other => other,
    }
    .to_owned()
}

/// A constant as people read it.
fn shown(visit: &Visit, path: &FieldPath, literal: &Literal, titles: &HashMap<Uuid, String>) -> String {
    let texts = t(visit.locale());
    let plain = |value: &Value| value::text(&visit.ctx, &path.kind, value, None, MoneyStyle::Short);
    match literal {
        Literal::Me => texts.myself().to_owned(),
        Literal::Bool(truth) => plain(&Value::Bool(*truth)),
        Literal::Today(0) => texts.period_today().to_owned(),
        Literal::Today(days) if *days < 0 => texts.days_ago(days.unsigned_abs()),
        Literal::Today(days) => texts.days_ahead(days.unsigned_abs()),
        Literal::Period(code) => period(texts, code),
        Literal::Number(digits) => match path.kind.scale().map(|scale| Decimal::parse(digits, scale)) {
            Some(Ok(number)) if path.kind.is_decimal() => plain(&Value::Decimal(number)),
            Some(Ok(number)) => plain(&Value::Int(number.units)),
            _ => digits.clone(),
        },
        Literal::Text(text) => match &path.kind {
            FieldKind::Reference { .. } | FieldKind::ManyReference { .. } => {
                as_id(literal).and_then(|id| titles.get(&id).cloned()).unwrap_or_else(|| text.clone())
            }
            FieldKind::Select { .. } => plain(&Value::from(text.as_str())),
            FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } => plain(&Value::Texts(vec![text.clone()])),
            FieldKind::DateTime => match chrono::DateTime::parse_from_rfc3339(text) {
                Ok(instant) => crate::ui::format::datetime(instant.to_utc(), visit.ctx.tenant.zone),
                Err(_) => text.clone(),
            },
            _ => text.clone(),
        },
        Literal::Other(text) => text.clone(),
    }
}
