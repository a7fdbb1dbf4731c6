//! Operations, and how they are put under their addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::components::{parameter, refusal};
use super::schema::{id, one_of};

/// Why every request may be refused: it is malformed, its credential is not good, or the database is busy.
const ALWAYS: [u16; 3] = [400, 401, 503];
/// Why a body may be refused: it comes too slowly, is too large or no JSON, or says something impossible.
const OF_A_BODY: [u16; 4] = [408, 413, 415, 422];

/// One operation of the document.
pub(super) struct Operation {
    id: String,
    tag: String,
    summary: String,
    parameters: Vec<Json>,
    in_path: Vec<(&'static str, Json)>,
    body: Option<Json>,
    answers: BTreeMap<u16, Json>,
}

impl Operation {
    /// An operation with a stable id.
    pub(super) fn new(id: impl Into<String>, tag: impl Into<String>, summary: impl Into<String>) -> Self {
        let (id, tag, summary) = (id.into(), tag.into(), summary.into());
        let operation = Self { id, tag, summary, parameters: Vec::new(), in_path: Vec::new(), body: None, answers: BTreeMap::new() };
        operation.refuses(&ALWAYS)
    }

    /// Shared parameters of the query or the headers, by name.
    pub(super) fn takes(mut self, names: &[&str]) -> Self {
        self.parameters.extend(names.iter().map(|name| parameter(name)));
        self
    }

    /// A parameter of the query that no other operation has in this form.
    pub(super) fn query(mut self, name: &str, required: bool, schema: Json, text: &str) -> Self {
        self.parameters.push(json!({ "name": name, "in": "query", "required": required, "description": text, "schema": schema }));
        self
    }

    /// What a part of the address may be; without this an id.
    pub(super) fn at(mut self, name: &'static str, schema: Json) -> Self {
        self.in_path.push((name, schema));
        self
    }

    /// A JSON body.
    pub(super) fn body(mut self, schema: Json) -> Self {
        self.body = Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
        self.refuses(&OF_A_BODY)
    }

    /// A JSON body that may be missing.
    pub(super) fn maybe_body(mut self, schema: Json) -> Self {
        self.body = Some(json!({ "required": false, "content": { "application/json": { "schema": schema } } }));
        self.refuses(&OF_A_BODY)
    }

    /// A body that is no JSON.
    pub(super) fn other_body(mut self, content: Json) -> Self {
        self.body = Some(json!({ "required": true, "content": content }));
        self.refuses(&OF_A_BODY)
    }

    /// An answer in JSON.
    pub(super) fn answers(self, status: u16, text: &str, schema: Json) -> Self {
        self.replies(status, json!({ "description": text, "content": { "application/json": { "schema": schema } } }))
    }

    /// An answer in JSON with the version of its record as `ETag`.
    pub(super) fn answers_record(self, status: u16, text: &str, schema: Json) -> Self {
        let headers = json!({ "ETag": { "$ref": "#/components/headers/ETag" } });
        self.replies(status, json!({ "description": text, "headers": headers, "content": { "application/json": { "schema": schema } } }))
    }

    /// An answer without a body.
    pub(super) fn answers_nothing(self, status: u16, text: &str) -> Self {
        self.replies(status, json!({ "description": text }))
    }

    /// An answer of any form.
    pub(super) fn replies(mut self, status: u16, reply: Json) -> Self {
        self.answers.insert(status, reply);
        self
    }

    /// Statuses of refusals, all of one shape.
    pub(super) fn refuses(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            self.answers.entry(*status).or_insert_with(|| refusal(*status));
        }
        self
    }

    fn into_json(self, path: &str, objects: &[&str]) -> Json {
        let mut parameters = Vec::new();
        for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
            let own = self.in_path.iter().find(|(known, _)| *known == name).map(|(_, schema)| schema.clone());
            let schema = own.unwrap_or_else(|| match name {
                "object" if !objects.is_empty() => one_of(objects),
                "object" | "field" | "action" => json!({ "type": "string", "minLength": 1, "pattern": "^[a-z][a-z0-9_]*$" }),
                _ => id(),
            });
            parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
        }
        parameters.extend(self.parameters);
        let mut operation = json!({ "operationId": self.id, "tags": [self.tag], "summary": self.summary });
        if !parameters.is_empty() {
            operation["parameters"] = Json::Array(parameters);
        }
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        let answers: Map<String, Json> = self.answers.into_iter().map(|(status, reply)| (status.to_string(), reply)).collect();
        operation["responses"] = Json::Object(answers);
        operation
    }
}

/// All operations by address, and which routes of the server they are.
pub(super) struct Paths {
    paths: Map<String, Json>,
    routes: BTreeSet<(&'static str, &'static str)>,
    objects: Vec<String>,
}

impl Paths {
    /// Nothing yet; `objects` are what `{object}` in an address may be.
    pub(super) fn new(objects: &[&str]) -> Self {
        Self { paths: Map::new(), routes: BTreeSet::new(), objects: objects.iter().map(|key| (*key).to_owned()).collect() }
    }

    /// Adds an operation of a route.
    pub(super) fn add(&mut self, method: &'static str, route: &'static str, operation: Operation) {
        self.put(method, route, route.to_owned(), operation);
    }

    /// Adds the operation of a route for one object, whose key stands in the address.
    pub(super) fn add_for(&mut self, object: &str, method: &'static str, route: &'static str, operation: Operation) {
        self.put(method, route, route.replace("{object}", object), operation);
    }

    fn put(&mut self, method: &'static str, route: &'static str, path: String, operation: Operation) {
        self.routes.insert((route, method));
        let objects: Vec<&str> = self.objects.iter().map(String::as_str).collect();
        let operation = operation.into_json(&path, &objects);
        let at = self.paths.entry(path).or_insert_with(|| json!({}));
        at[method] = operation;
    }

    #[cfg(test)]
    /// Routes of the server with a method in small letters, whichever object they were added for.
    pub(super) fn routes(&self) -> &BTreeSet<(&'static str, &'static str)> {
        &self.routes
    }

    /// The addresses with their operations.
    pub(super) fn into_json(self) -> Json {
        Json::Object(self.paths)
    }
}
