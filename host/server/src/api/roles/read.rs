//! A role, from JSON. What it means in the tenant is checked by the engine.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_core::Problem;
use guanxi_core::meta::Label;
use guanxi_core::policy::{FieldRight, Function, Role, Scope, Special};
use serde_json::{Map, Value as Json};

use super::super::reader::{Codes, Reader};

/// The role, and the revision that it replaces where the document names one; all mistakes at once.
pub(super) fn read(key: &str, body: Json) -> Result<(Role, Option<i64>), Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let named = reader.text("key");
    let mut problems = Vec::new();
    if named.is_some_and(|named| named != key) {
        problems.push(Problem::error("field.range", "the key is that of the address").on("key"));
    }
    // What a GET answers and nobody sets: taken, so that it can be put again.
    for told in ["origin", "template"] {
        reader.json(told);
    }
    let label = reader.label("label").unwrap_or_else(|| Label::new(key, key));
    let administrator = reader.flag("administrator").unwrap_or(false);
    let (grants, rules) = match reader.json("grants") {
        Some(json) => cells(json, &mut problems),
        None => Default::default(),
    };
    let fields = reader.json("fields").map(|json| fields(json, &mut problems)).unwrap_or_default();
    let min_group = reader.number::<u32>("min_group");
    let special = special(reader.texts("special"), &mut problems);
    // An empty text is no mistake here.
    let description = reader.json("description").map(|json| words(&json, "description", &mut problems)).unwrap_or_default();
    let duties = reader.array("duties").iter().map(|json| words(json, "duties", &mut problems)).collect();
    let revision = reader.number::<u64>("revision").and_then(|revision| i64::try_from(revision).ok());
    reader.report(problems);
    reader.finish()?;
    let role = Role {
        key: key.to_owned(),
        label,
        administrator,
        grants,
        rules,
        fields,
        min_group,
        special,
        description,
        duties,
        ..Role::default()
    };
    Ok((role, revision))
}

type Cells = (BTreeMap<String, BTreeMap<Function, Scope>>, BTreeMap<String, BTreeMap<Function, String>>);

fn cells(json: Json, problems: &mut Vec<Problem>) -> Cells {
    let (mut grants, mut rules) = Cells::default();
    for (object, rights) in objects(json, "grants", problems) {
        // An object that is named with no function is closed: it no longer follows `*`.
        let granted: &mut BTreeMap<Function, Scope> = grants.entry(object.clone()).or_default();
        for (name, cell) in rights {
            let place = format!("grants.{object}.{name}");
            let Some(function) = Function::parse(&name) else {
                problems.push(Problem::error("field.option", format!("`{name}` is no function")).on(place).with("value", name));
                continue;
            };
            let (scope, rule) = match &cell {
                Json::Null => continue,
                Json::Object(map) if !map.is_empty() && map.keys().all(|key| key == "scope" || key == "rule") => {
                    (map.get("scope").filter(|scope| !scope.is_null()), map.get("rule").filter(|rule| !rule.is_null()))
                }
                other => (Some(other), None),
            };
            if let Some(scope) = scope {
                match scope.as_str().and_then(Scope::parse) {
                    Some(scope) => drop(granted.insert(function, scope)),
                    None => {
                        let detail = "a right is own, department, department_below, all, or {\"rule\":\"…\"}";
                        problems.push(Problem::error("field.option", detail).on(&place).with("value", scope.to_string()));
                    }
                }
            }
            match rule.map(Json::as_str) {
                None => {}
                Some(Some(text)) if !text.trim().is_empty() => {
                    rules.entry(object.clone()).or_insert_with(BTreeMap::new).insert(function, text.trim().to_owned());
                }
                Some(_) => problems.push(Problem::error("field.type", "a rule is a condition as text").on(&place)),
            }
        }
    }
    (grants, rules)
}

fn fields(json: Json, problems: &mut Vec<Problem>) -> BTreeMap<String, BTreeMap<String, FieldRight>> {
    let mut found: BTreeMap<String, BTreeMap<String, FieldRight>> = BTreeMap::new();
    for (object, rights) in objects(json, "fields", problems) {
        for (field, right) in rights {
            match right.as_str().and_then(FieldRight::parse) {
                Some(FieldRight::Edit) => {}
                Some(right) => drop(found.entry(object.clone()).or_default().insert(field, right)),
                None => {
                    let place = format!("fields.{object}.{field}");
                    let detail = "a right on a field is none, mask, pseudonym, read or edit";
                    problems.push(Problem::error("field.option", detail).on(place).with("value", right.to_string()));
                }
            }
        }
    }
    found
}

/// `{"customer":{…},…}`.
fn objects(json: Json, key: &str, problems: &mut Vec<Problem>) -> Vec<(String, Map<String, Json>)> {
    let wrong = |place: String| Problem::error("field.type", format!("`{place}` must be a JSON object")).on(place);
    let Json::Object(map) = json else {
        problems.push(wrong(key.to_owned()));
        return Vec::new();
    };
    let mut found = Vec::new();
    for (object, inner) in map {
        match inner {
            Json::Object(inner) => found.push((object, inner)),
            _ => problems.push(wrong(format!("{key}.{object}"))),
        }
    }
    found
}

fn special(names: Vec<String>, problems: &mut Vec<Problem>) -> BTreeSet<Special> {
    let mut found = BTreeSet::new();
    for name in names {
        match Special::parse(&name) {
            Some(special) => drop(found.insert(special)),
            None => {
                let detail = format!("there is no special right {name:?}");
                problems.push(Problem::error("field.option", detail).on("special").with("value", name));
            }
        }
    }
    found
}

/// A text in one or both languages, or none.
fn words(json: &Json, place: &str, problems: &mut Vec<Problem>) -> Label {
    let text = |language: &str| json.get(language).and_then(Json::as_str).unwrap_or_default().trim().to_owned();
    match json {
        Json::String(text) => Label::new(text.trim(), text.trim()),
        Json::Object(_) => {
            let (zh, en) = (text("zh-CN"), text("en"));
            match (zh.is_empty(), en.is_empty()) {
                (true, false) => Label::new(en.clone(), en),
                (false, true) => Label::new(zh.clone(), zh),
                _ => Label::new(zh, en),
            }
        }
        _ => {
            problems.push(Problem::error("field.type", format!("`{place}` takes texts for zh-CN and en")).on(place));
            Label::default()
        }
    }
}
