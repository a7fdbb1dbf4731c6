//! The served API description as a judge: every answer must have a documented status and fit its documented schema.
//!
//! Knows as much of JSON Schema as our own document uses; `pattern` is left to tools that are run by hand.

use crate::api::{Answer, Api};
use reqwest::Method;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A served document.
#[derive(Debug)]
pub struct Document {
    /// The whole document.
    pub json: Value,
}

impl Document {
    /// The document that the server has for this client.
    pub fn of(api: &Api) -> Document {
        Document { json: api.get("/api/v1/openapi.json").expect(200).json }
    }

    /// The addresses with their operations.
    pub fn paths(&self) -> &Map<String, Value> {
        self.json["paths"].as_object().expect("a document has paths")
    }

    /// A shared schema; null if there is none.
    pub fn schema(&self, name: &str) -> &Value {
        &self.json["components"]["schemas"][name]
    }

    /// Sends a request (`path` begins behind `/api/v1`) and fails the test unless the answer is as documented.
    #[track_caller]
    pub fn send(&self, api: &Api, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Answer {
        let verb: Method = method.to_uppercase().parse().expect("a method");
        let mut all = headers.to_vec();
        if body.is_some() {
            all.push(("content-type", "application/json"));
        }
        let answer = api.send(verb, &format!("/api/v1{path}"), &all, body.map(|json| json.to_string().into_bytes()));
        self.judge(method, path, &answer);
        answer
    }

    /// Fails the test unless an answer is as documented.
    #[track_caller]
    pub fn judge(&self, method: &str, path: &str, answer: &Answer) {
        let address = path.split('?').next().unwrap_or(path);
        let (route, operation) = self.operation(method, address).unwrap_or_else(|| panic!("{method} {address} is not documented"));
        let documented = &operation["responses"][answer.status.to_string()];
        assert!(!documented.is_null(), "{method} {route} does not document {}: {answer}", answer.status);
        let documented = self.resolved(documented);
        let kind = answer.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let Some(content) = documented["content"].as_object().filter(|content| !content.is_empty()) else {
            assert!(answer.text.is_empty(), "{method} {route} documents no body for {}: {answer}", answer.status);
            return;
        };
        if content.contains_key("*/*") {
            return;
        }
        let media = content.get(essence).unwrap_or_else(|| panic!("{method} {route} does not document {essence:?}: {answer}"));
        if let Err(reason) = self.fits(&media["schema"], &answer.json, "") {
            panic!("{method} {route}: the answer does not fit its schema: {reason}\n{answer}");
        }
    }

    /// The operation of an address: one without parts in braces is meant before one with them.
    fn operation(&self, method: &str, address: &str) -> Option<(&str, &Value)> {
        let given: Vec<&str> = address.split('/').collect();
        let matches = |route: &str| {
            let parts: Vec<&str> = route.split('/').collect();
            parts.len() == given.len() && parts.iter().zip(&given).all(|(part, given)| part.starts_with('{') || part == given)
        };
        let found = self.paths().iter().filter(|(route, methods)| matches(route) && methods.get(method).is_some());
        found.min_by_key(|(route, _)| route.matches('{').count()).map(|(route, methods)| (route.as_str(), &methods[method]))
    }

    /// What a reference stands for.
    fn resolved<'a>(&'a self, node: &'a Value) -> &'a Value {
        match node["$ref"].as_str() {
            Some(reference) => self.json.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere"),
            None => node,
        }
    }

    /// Whether a value fits a schema; else why not.
    fn fits(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolved(schema);
        let wrong = |why: &str| Err(format!("at `{at}`: {why}, found {value}"));
        if let Some(kinds) = types(schema)
            && !kinds.iter().any(|kind| is_of(kind, value))
        {
            return wrong(&format!("wanted {kinds:?}"));
        }
        if let Some(options) = schema["enum"].as_array()
            && !options.contains(value)
        {
            return wrong("not one of the options");
        }
        if !schema["const"].is_null() && schema["const"] != *value {
            return wrong("not the constant");
        }
        for (key, exactly_one) in [("oneOf", true), ("anyOf", false)] {
            let Some(choices) = schema[key].as_array() else { continue };
            let reasons: Vec<String> = choices.iter().filter_map(|choice| self.fits(choice, value, at).err()).collect();
            let fitting = choices.len() - reasons.len();
            if fitting == 0 || (exactly_one && fitting > 1) {
                return wrong(&format!("{fitting} of {key} fit ({})", reasons.join("; ")));
            }
        }
        match value {
            Value::Object(map) => self.fits_object(schema, map, at),
            Value::Array(items) => {
                items.iter().enumerate().try_for_each(|(index, item)| self.fits(&schema["items"], item, &format!("{at}/{index}")))
            }
            Value::String(text) => fits_text(schema, text).map_err(|why| format!("at `{at}`: {why}, found {text:?}")),
            Value::Number(number) => {
                let (number, least) = (number.as_f64(), schema["minimum"].as_f64());
                if number.zip(least).is_some_and(|(number, least)| number < least) { wrong("below the minimum") } else { Ok(()) }
            }
            _ => Ok(()),
        }
    }

    fn fits_object(&self, schema: &Value, map: &Map<String, Value>, at: &str) -> Result<(), String> {
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !map.contains_key(key) {
                return Err(format!("at `{at}`: `{key}` is missing"));
            }
        }
        for (key, value) in map {
            let place = format!("{at}/{key}");
            if let Some(known) = schema["properties"].get(key) {
                self.fits(known, value, &place)?;
            } else if schema["patternProperties"].get("\\.").is_some() && key.contains('.') {
                continue;
            } else if schema["additionalProperties"] == Value::Bool(false) {
                return Err(format!("`{place}` is not documented"));
            } else {
                self.fits(&schema["additionalProperties"], value, &place)?;
            }
        }
        Ok(())
    }

    /// Every route with its methods; the key of an object in an address stands as `{object}` again.
    pub fn routes(&self) -> BTreeSet<(String, String)> {
        let mut routes = BTreeSet::new();
        for (path, methods) in self.paths() {
            let mut parts: Vec<&str> = path.split('/').collect();
            if parts.get(1) == Some(&"records")
                && let Some(object) = parts.get_mut(2)
            {
                *object = "{object}";
            }
            routes.extend(methods.as_object().into_iter().flat_map(Map::keys).map(|method| (parts.join("/"), method.clone())));
        }
        routes
    }
}

fn types(schema: &Value) -> Option<Vec<&str>> {
    match &schema["type"] {
        Value::String(one) => Some(vec![one.as_str()]),
        Value::Array(several) => Some(several.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn fits_text(schema: &Value, text: &str) -> Result<(), &'static str> {
    let length = text.chars().count() as u64;
    if schema["maxLength"].as_u64().is_some_and(|max| length > max) || schema["minLength"].as_u64().is_some_and(|min| length < min) {
        return Err("of another length");
    }
    let bytes = text.as_bytes();
    let digits_and = |place: usize, sign: u8| bytes.get(place) == Some(&sign);
    match schema["format"].as_str() {
        Some("uuid") if bytes.len() != 36 || !digits_and(8, b'-') || !digits_and(23, b'-') => Err("no id"),
        Some("date") if bytes.len() != 10 || !digits_and(4, b'-') || !digits_and(7, b'-') => Err("no date"),
        Some("date-time") if bytes.len() < 20 || !digits_and(10, b'T') || !text.ends_with('Z') => Err("no time in UTC"),
        Some("decimal") if !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') => Err("no number"),
        _ => Ok(()),
    }
}
