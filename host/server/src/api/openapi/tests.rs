//! The document is whole: it has every route of the server, and everything that it refers to.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::{Adjustment, Label, Object, Origin, Rules, StateMachine, Transition};
use guanxi_core::policy::{FieldRight, Function};
use serde_json::Value as Json;

use super::view::{Shown, View};
use super::{document, paths_of};

/// An administrator's view of the host's own objects, each with a state machine and an adjustment, so that every route has an operation.
fn view() -> View {
    let transition = Transition { action: "go".into(), label: Label::default(), from: vec![], to: "b".into(), guard: None, roles: vec![] };
    let adjustment = Adjustment { key: "issue".into(), label: Label::default(), fields: vec![], guard: None };
    let rules = Rules {
        machine: Some(StateMachine { field: "state".into(), transitions: vec![transition] }),
        adjustments: vec![adjustment],
        ..Rules::default()
    };
    let object = |declared: guanxi_core::host_objects::HostObject| {
        let mut fields = system_fields(declared.key);
        fields.extend(declared.fields);
        Object {
            id: 1,
            key: declared.key.into(),
            label: declared.label,
            icon: String::new(),
            origin: Origin::Host,
            title: declared.title.into(),
            tracked: None,
            uniques: Vec::new(),
            rules: rules.clone(),
            parent: declared.parent.map(str::to_owned),
            fields,
            read_only: false,
            hidden: false,
        }
    };
    let shown = |declared| Shown::new(Arc::new(object(declared)), Function::ALL.to_vec(), |_| FieldRight::Edit);
    View { objects: host_objects().into_iter().map(shown).collect(), administrator: true, dev: true }
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let described: BTreeSet<&str> = paths_of(&view()).routes().iter().map(|(route, _)| *route).collect();
    let there: BTreeSet<&str> = crate::api::routes(true).paths().iter().copied().collect();
    let missing: Vec<_> = there.difference(&described).collect();
    assert!(missing.is_empty(), "routes without an entry in api/openapi/operations: {missing:?}");
    let unknown: Vec<_> = described.difference(&there).collect();
    assert!(unknown.is_empty(), "described, but no routes: {unknown:?}");
}

#[test]
fn the_document_has_the_shape_of_openapi() {
    let view = view();
    let document = document(&view, paths_of(&view));
    assert_eq!(document["openapi"], "3.1.0");
    let mut references = Vec::new();
    walk(&document, &mut |node| {
        if let Some(reference) = node.get("$ref").and_then(Json::as_str) {
            references.push(reference.to_owned());
        }
    });
    assert!(references.len() > 100);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads away"));
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
    let mut ids = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        assert!(path.starts_with('/'), "{path}");
        for (method, operation) in methods.as_object().expect("methods") {
            assert!(["get", "post", "put", "patch", "delete"].contains(&method.as_str()), "{method} {path}");
            let id = operation["operationId"].as_str().expect("an id");
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert!(operation["summary"].is_string() && operation["tags"][0].is_string(), "{id}");
            let answers = operation["responses"].as_object().expect("answers");
            assert!(answers.keys().any(|status| status.starts_with('2')), "{id} has no good answer");
            assert!(answers.keys().all(|status| status.parse::<u16>().is_ok_and(|s| (200..600).contains(&s))), "{id}");
            let declared: BTreeSet<&str> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|p| p["in"] == "path")
                .filter_map(|p| p["name"].as_str())
                .collect();
            let needed: BTreeSet<&str> = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
            assert_eq!(declared, needed, "{id}");
        }
    }
    let components = document["components"].as_object().expect("components");
    let legal = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    assert!(components.values().all(|kind| kind.as_object().is_some_and(|all| all.keys().all(|name| legal(name)))));
    assert!(document["components"]["schemas"]["customer.new"]["required"].as_array().is_some_and(|r| r.contains(&Json::from("name"))));
}

/// Every JSON object in a document.
fn walk(node: &Json, see: &mut impl FnMut(&serde_json::Map<String, Json>)) {
    match node {
        Json::Object(map) => {
            see(map);
            map.values().for_each(|inner| walk(inner, see));
        }
        Json::Array(items) => items.iter().for_each(|inner| walk(inner, see)),
        _ => {}
    }
}
