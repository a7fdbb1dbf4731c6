//! `/api/v1/roles/…`: roles as documents. What is got can be put again.

pub(super) mod delete;
pub(super) mod get;
pub(super) mod kinds;
pub(super) mod list;
pub(super) mod put;
mod read;

use std::collections::{BTreeMap, BTreeSet};

use guanxi_core::meta::{Label, Origin};
use guanxi_core::policy::{Function, Role};
use serde_json::{Map, Value as Json, json};

/// The whole document.
fn document(role: &Role) -> Json {
    json!({
        "key": role.key,
        "label": words(&role.label),
        "origin": origin(&role.origin),
        "administrator": role.administrator,
        "template": role.template.map(|template| template.name()),
        "grants": grants(role),
        "fields": role.fields.iter().map(|(object, fields)| {
            let rights = fields.iter().map(|(field, right)| (field.clone(), Json::from(right.name())));
            (object.clone(), Json::from(rights.collect::<Map<_, _>>()))
        }).collect::<Map<_, _>>(),
        "min_group": role.min_group,
        "special": role.special.iter().map(|special| special.name()).collect::<Json>(),
        "description": words(&role.description),
        "duties": role.duties.iter().map(words).collect::<Json>(),
        "revision": role.revision,
    })
}

fn words(label: &Label) -> Json {
    json!({ "zh-CN": label.zh, "en": label.en })
}

fn origin(origin: &Origin) -> String {
    match origin {
        Origin::Host => "host".to_owned(),
        Origin::Tenant => "tenant".to_owned(),
        Origin::Plugin(plugin) => format!("plugin:{plugin}"),
    }
}

/// Objects with their functions: `"own"`, `{"rule":"…"}`, or both as `{"scope":"own","rule":"…"}`.
fn grants(role: &Role) -> Json {
    let objects: BTreeSet<&String> = role.grants.keys().chain(role.rules.keys()).collect();
    let cell = |object: &String, function: Function| -> Option<Json> {
        let scope = role.grants.get(object).and_then(|rights| rights.get(&function)).map(|scope| scope.name());
        let rule = role.rules.get(object).and_then(|rules| rules.get(&function));
        match (scope, rule) {
            (None, None) => None,
            (Some(scope), None) => Some(json!(scope)),
            (None, Some(rule)) => Some(json!({ "rule": rule })),
            (Some(scope), Some(rule)) => Some(json!({ "scope": scope, "rule": rule })),
        }
    };
    let rights = |object: &String| {
        let cells: BTreeMap<usize, (String, Json)> = Function::ALL
            .into_iter()
            .enumerate()
            .filter_map(|(at, function)| cell(object, function).map(|cell| (at, (function.name().to_owned(), cell))))
            .collect();
        Json::from(cells.into_values().collect::<Map<_, _>>())
    };
    objects.into_iter().map(|object| (object.clone(), rights(object))).collect::<Map<_, _>>().into()
}
