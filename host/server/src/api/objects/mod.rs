//! `/api/v1/objects/…`: what objects the tenant has, and their administration.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use guanxi_core::Problem;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin};
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
    shown.insert("type".into(), json!(field.kind.name()));
    shown.insert("label".into(), label(&field.label));
    shown.insert("required".into(), json!(field.required));
    shown.insert("unique".into(), json!(field.unique));
    shown.insert("indexed".into(), json!(field.indexed));
    shown.insert("read_only".into(), json!(field.read_only));
    shown.insert("system".into(), json!(field.is_system()));
    shown.insert("hidden".into(), json!(field.hidden));
    shown.insert("origin".into(), origin(&field.origin));
    match &field.kind {
        FieldKind::Text { max } => shown.insert("max".into(), json!(max)),
        FieldKind::Select { options } => {
            let option = |one: &guanxi_core::meta::SelectOption| json!({ "code": one.code, "label": label(&one.label) });
            shown.insert("options".into(), options.iter().map(option).collect())
        }
        FieldKind::Decimal { scale } | FieldKind::Money { scale } => shown.insert("scale".into(), json!(scale)),
        FieldKind::Reference { target } => shown.insert("target".into(), json!(target)),
        _ => None,
    };
    if let Some(default) = &field.default {
        shown.insert("default".into(), value(default));
    }
    if let Some(help) = &field.help {
        shown.insert("help".into(), label(help));
    }
    Json::Object(shown)
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
    use guanxi_core::meta::SelectOption;

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
