//! `/api/v1/objects/{object}/rules`: what an object declares about its records beside its fields, as one document.

pub(super) mod get;
pub(super) mod put;
mod read;

use axum::response::Response;
use guanxi_core::meta::{Adjustment, Guard, Label, Limit, NoOverlap, Transition, UniqueConstraint, Validation};
use guanxi_core::problem::Severity;
use serde_json::{Value as Json, json};

use super::json::ok;
use super::version_tag::tagged_as;
use crate::engine::DeclaredRules;

/// 200 with the document and its tag.
fn answer(declared: &DeclaredRules) -> Response {
    tagged_as(ok(&document(declared)), &declared.tag())
}

/// The whole document; what is put can be got and put again.
fn document(declared: &DeclaredRules) -> Json {
    let rules = &declared.rules;
    json!({
        "validations": rules.validations.iter().map(validation).collect::<Json>(),
        "machine": rules.machine.as_ref().map(|machine| json!({
            "field": machine.field,
            "transitions": machine.transitions.iter().map(transition).collect::<Json>(),
        })),
        "no_overlaps": rules.no_overlaps.iter().map(no_overlap).collect::<Json>(),
        "limits": rules.limits.iter().map(limit).collect::<Json>(),
        "adjustments": rules.adjustments.iter().map(adjustment).collect::<Json>(),
        "indexes": rules.indexes.iter().map(|index| json!({ "fields": index.fields })).collect::<Json>(),
        "uniques": declared.uniques.iter().map(unique).collect::<Json>(),
    })
}

fn words(label: &Label) -> Json {
    json!({ "zh-CN": label.zh, "en": label.en })
}

fn validation(rule: &Validation) -> Json {
    json!({
        "key": rule.key,
        "condition": rule.condition,
        "message": words(&rule.message),
        "field": rule.field,
        "severity": match rule.severity {
            Severity::Error => "error",
            Severity::Confirm => "confirm",
            Severity::Info => "info",
        },
        "code": rule.code,
    })
}

fn guard(guard: &Guard) -> Json {
    json!({ "condition": guard.condition, "message": words(&guard.message), "code": guard.code })
}

fn transition(one: &Transition) -> Json {
    json!({
        "action": one.action,
        "label": words(&one.label),
        "from": one.from,
        "to": one.to,
        "guard": one.guard.as_ref().map(guard),
        "roles": one.roles,
    })
}

fn no_overlap(rule: &NoOverlap) -> Json {
    json!({
        "key": rule.key,
        "fields": rule.fields,
        "from": rule.from,
        "to": rule.to,
        "condition": rule.condition,
        "message": words(&rule.message),
        "code": rule.code,
    })
}

fn limit(rule: &Limit) -> Json {
    json!({
        "key": rule.key,
        "fields": rule.fields,
        "sum": rule.sum,
        "at_most": rule.at_most.to_string(),
        "condition": rule.condition,
        "message": words(&rule.message),
        "code": rule.code,
    })
}

fn adjustment(rule: &Adjustment) -> Json {
    json!({
        "key": rule.key,
        "label": words(&rule.label),
        "fields": rule.fields.iter().map(|moved| json!({ "field": moved.field, "subtract": moved.subtract })).collect::<Json>(),
        "guard": rule.guard.as_ref().map(guard),
    })
}

fn unique(unique: &UniqueConstraint) -> Json {
    json!({ "fields": unique.fields, "condition": unique.condition, "code": unique.code })
}
