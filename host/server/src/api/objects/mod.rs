//! `/api/v1/objects/…`: what objects the tenant has, and their administration.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use guanxi_core::Problem;
use guanxi_core::meta::{Computed, Field, FieldKind, Label, Object, Origin, SelectOption};
use guanxi_core::policy::Function;
use serde_json::{Map, Value as Json, json};

use super::json::value;
use super::params::Params;
use crate::engine::{Ctx, Outcome, Refusal};

/// An object in a list: everything but its fields.
fn summary(ctx: &Ctx, object: &Object) -> Map<String, Json> {
    // What the server keeps can be read only, whatever the roles say.
    let possible = |right: &Function| !object.read_only || matches!(right, Function::View | Function::Export);
    let rights = Function::ALL.into_iter().filter(|right| possible(right) && ctx.may(&object.key, *right));
    let rights: Vec<&str> = rights.map(Function::name).collect();
    let mut shown = Map::new();
    shown.insert("key".into(), json!(object.key));
    shown.insert("label".into(), label(&object.label));
    shown.insert("icon".into(), json!(object.icon));
    shown.insert("title".into(), json!(object.title));
    shown.insert("origin".into(), origin(&object.origin));
    shown.insert("read_only".into(), json!(object.read_only));
    shown.insert("hidden".into(), json!(object.hidden));
    if let Some(parent) = object.parent_object() {
        shown.insert("parent".into(), json!(parent));
    }
    shown.insert("rights".into(), json!(rights));
    shown
}

/// An object with its fields; hidden ones only for `hidden`.
fn whole(ctx: &Ctx, object: &Object, hidden: bool) -> Json {
    let mut shown = summary(ctx, object);
    let fields = object.fields.iter().filter(|f| hidden || !f.hidden);
    shown.insert("fields".into(), fields.map(field).collect());
    Json::Object(shown)
}

/// A field, with what its type needs to know.
pub(super) fn field(field: &Field) -> Json {
    let mut shown = Map::new();
    shown.insert("key".into(), json!(field.key));
    shown.insert("type".into(), json!(field.type_name()));
    shown.insert("label".into(), label(&field.label));
    shown.insert("required".into(), json!(field.required));
    shown.insert("unique".into(), json!(field.unique));
    shown.insert("indexed".into(), json!(field.indexed));
    shown.insert("read_only".into(), json!(field.read_only));
    shown.insert("system".into(), json!(field.is_system()));
    shown.insert("hidden".into(), json!(field.hidden));
    shown.insert("origin".into(), origin(&field.origin));
    shown.insert("sourced".into(), json!(field.sourced));
    if guanxi_core::search::family(&field.kind).is_some() {
        shown.insert("searchable".into(), json!(guanxi_core::search::searched(field).is_some()));
    }
    match &field.kind {
        FieldKind::Text { max } => shown.insert("max".into(), json!(max)),
        FieldKind::Decimal { scale } | FieldKind::Money { scale } => shown.insert("scale".into(), json!(scale)),
        _ => None,
    };
    if !field.options().is_empty() {
        shown.insert("options".into(), field.options().iter().map(option).collect());
    }
    if let Some(target) = field.kind.target() {
        shown.insert("target".into(), json!(target));
    }
    if let Some(computed) = &field.computed {
        // `type` says how it is kept, `result` what it holds.
        shown.insert("result".into(), json!(field.kind.name()));
        let (key, how) = how(computed);
        shown.insert(key.into(), how);
    }
    let conditions = &field.conditions;
    for (key, condition) in [("show_if", &conditions.show), ("require_if", &conditions.require), ("read_only_if", &conditions.read_only)] {
        if let Some(condition) = condition {
            shown.insert(key.into(), json!(condition));
        }
    }
    if let Some(mask) = &field.mask {
        shown.insert("mask".into(), json!(mask));
    }
    if let Some(group) = &field.group {
        shown.insert("group".into(), label(group));
    }
    if let Some(default) = &field.default {
        shown.insert("default".into(), value(default));
    }
    if let Some(help) = &field.help {
        shown.insert("help".into(), label(help));
    }
    Json::Object(shown)
}

fn option(one: &SelectOption) -> Json {
    match &one.parent {
        Some(parent) => json!({ "code": one.code, "label": label(&one.label), "parent": parent }),
        None => json!({ "code": one.code, "label": label(&one.label) }),
    }
}

/// How a computed field is kept, under its key.
fn how(computed: &Computed) -> (&'static str, Json) {
    match computed {
        Computed::Formula { expression } => ("formula", json!(expression)),
        Computed::Sequence { format } => ("format", json!(format)),
        Computed::RollUp(roll_up) => {
            let mut shown = json!({ "object": roll_up.object, "reference": roll_up.reference, "function": roll_up.function.name() });
            for (key, part) in [("field", &roll_up.field), ("condition", &roll_up.condition)] {
                if let Some(part) = part {
                    shown[key] = json!(part);
                }
            }
            ("roll_up", shown)
        }
    }
}

fn label(label: &Label) -> Json {
    json!({ "zh-CN": label.zh, "en": label.en })
}

/// `host`, `tenant`, or the plugin's id after `plugin:`.
fn origin(origin: &Origin) -> Json {
    match origin {
        Origin::Host => json!("host"),
        Origin::Tenant => json!("tenant"),
        Origin::Plugin(id) => json!(format!("plugin:{id}")),
    }
}

/// Whether hidden objects and fields are wanted too; that takes an administrator, who alone can bring them back.
fn wants_hidden(ctx: &Ctx, params: &Params) -> Outcome<bool> {
    let hidden = params.flag("hidden", false).map_err(|problem: Problem| Refusal::from(problem))?;
    if hidden && !ctx.actor.is_administrator() {
        return Err(Refusal::denied("meta: edit"));
    }
    Ok(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::host_objects::system_fields;

    #[test]
    fn a_field_shows_what_its_type_needs() {
        let base = system_fields("customer").remove(1);
        let of = |kind: FieldKind| field(&Field { id: 7, kind, origin: Origin::Plugin("sales".into()), ..base.clone() });
        let select = FieldKind::Select { options: vec![SelectOption::new("a", Label::new("甲", "A"))] };
        assert_eq!(of(select)["options"], json!([{ "code": "a", "label": { "zh-CN": "甲", "en": "A" } }]));
        assert_eq!(of(FieldKind::Money { scale: 2 })["scale"], 2);
        assert_eq!(of(FieldKind::Reference { target: "user".into() })["target"], "user");
        let text = of(FieldKind::Text { max: 40 });
        assert_eq!(
            (&text["type"], &text["max"], &text["origin"], &text["system"]),
            (&json!("text"), &json!(40), &json!("plugin:sales"), &json!(false))
        );
        assert!(text.get("options").is_none() && text.get("default").is_none());
    }
}
