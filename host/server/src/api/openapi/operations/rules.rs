//! `/objects/{object}/rules`.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, list, maybe, maybe_list, nullable, object, of, one_of, whole};
use super::super::view::View;

pub(super) fn add(view: &View, paths: &mut Paths) {
    let get = Operation::new("rules.get", "objects", "The declared rules of an object").refuses(&[403, 404]);
    paths.add("get", "/objects/{object}/rules", get.answers_record(200, "The rules", component("Rules")));
    if view.administrator {
        let put = Operation::new("rules.put", "objects", "Replaces the declared rules wholly").body(component("NewRules"));
        let put = put.takes(&["If-Match"]).refuses(&[403, 404, 409]).answers_record(200, "The rules as they are now", component("Rules"));
        paths.add("put", "/objects/{object}/rules", put);
    }
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    vec![("Rules", shown()), ("NewRules", taken())]
}

fn severity() -> Json {
    one_of(&["error", "confirm", "info"])
}

fn shown() -> Json {
    let label = || component("Label");
    let guard = || nullable(whole(json!({ "condition": of("string"), "message": label(), "code": of("string") })));
    let texts = || list(of("string"));
    let transition = whole(json!({
        "action": of("string"), "label": label(), "from": texts(), "to": of("string"), "guard": guard(), "roles": texts(),
    }));
    let moved = whole(json!({ "field": of("string"), "subtract": of("boolean") }));
    whole(json!({
        "validations": list(whole(json!({
            "key": of("string"), "condition": of("string"), "message": label(), "field": maybe("string"), "severity": severity(),
            "code": of("string"),
        }))),
        "machine": nullable(whole(json!({ "field": of("string"), "transitions": list(transition) }))),
        "no_overlaps": list(whole(json!({
            "key": of("string"), "fields": texts(), "from": of("string"), "to": of("string"), "condition": maybe("string"),
            "message": label(), "code": of("string"),
        }))),
        "limits": list(whole(json!({
            "key": of("string"), "fields": texts(), "sum": maybe("string"), "at_most": of("string"), "condition": maybe("string"),
            "message": label(), "code": of("string"),
        }))),
        "adjustments": list(whole(json!({ "key": of("string"), "label": label(), "fields": list(moved), "guard": guard() }))),
        "uniques": list(whole(json!({ "fields": texts(), "condition": maybe("string"), "code": of("string") }))), "indexes": list(whole(json!({ "fields": texts() }))),
    }))
}

fn taken() -> Json {
    let label = || component("NewLabel");
    let code = || maybe("string");
    let guard = || nullable(object(&["condition", "message"], json!({ "condition": of("string"), "message": label(), "code": code() })));
    let texts = || json!({ "type": ["array", "string", "null"], "items": of("string") });
    let transition = object(
        &["action", "to"],
        json!({
            "action": of("string"), "label": nullable(label()), "from": texts(), "to": of("string"), "guard": guard(), "roles": texts(),
        }),
    );
    let moved = object(&["field"], json!({ "field": of("string"), "subtract": maybe("boolean") }));
    object(
        &[],
        json!({
            "validations": maybe_list(object(&["key", "condition", "message"], json!({
                "key": of("string"), "condition": of("string"), "message": label(), "field": maybe("string"),
                "severity": nullable(severity()), "code": code(),
            }))),
            "machine": nullable(object(&["field"], json!({ "field": of("string"), "transitions": maybe_list(transition) }))),
            "no_overlaps": maybe_list(object(&["key", "from", "to", "message"], json!({
                "key": of("string"), "fields": texts(), "from": of("string"), "to": of("string"), "condition": maybe("string"),
                "message": label(), "code": code(),
            }))),
            "limits": maybe_list(object(&["key", "at_most", "message"], json!({
                "key": of("string"), "fields": texts(), "sum": maybe("string"), "at_most": of("string"), "condition": maybe("string"),
                "message": label(), "code": code(),
            }))),
            "adjustments": maybe_list(object(&["key"], json!({
                "key": of("string"), "label": nullable(label()), "fields": maybe_list(moved), "guard": guard(),
            }))),
            "uniques": maybe_list(object(&[], json!({ "fields": texts(), "condition": maybe("string"), "code": code() }))), "indexes": maybe_list(object(&[], json!({ "fields": texts() }))),
        }),
    )
}
