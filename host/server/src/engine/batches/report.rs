//! What became of the records of a batch, or would become of them.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_core::problem::Severity;
use guanxi_core::{Problem, Value};
use guanxi_store::{BatchCounts, BatchItem};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::super::ItemOutcome;
use super::step::Step;

/// Records that a report names.
const LISTED: usize = 100;
/// Changes that a preview shows as an example.
const SAMPLED: usize = 10;

/// The counts of a batch, and its first records.
#[derive(Clone, Debug, Default)]
pub struct BatchReport {
    /// How many became what.
    pub counts: BatchCounts,
    /// How many records were refused for what, by code.
    pub codes: BTreeMap<String, i64>,
    /// A hundred: of an undo those that stay come before those that go back; else the first that were refused.
    pub records: Vec<Reported>,
    /// Some of the changes, old and new.
    pub sample: Vec<Sample>,
    /// Records by object, where the batch is about several.
    pub objects: Vec<(String, i64)>,
}

/// One record in a report.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The object's key.
    pub object: String,
    /// The record.
    pub id: Uuid,
    /// How people call it; empty where the actor may not see it.
    pub title: String,
    /// `changed`, `unchanged`, `refused`; in an undo `undone`, `changed_since`, `refused`.
    pub result: &'static str,
    /// Fields that stayed, because somebody changed them since.
    pub fields: Vec<String>,
    /// Why it was refused.
    pub problems: Vec<Problem>,
}

/// One change as an example.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The record.
    pub id: Uuid,
    /// How people call it.
    pub title: String,
    /// Field, old and new value.
    pub fields: Vec<(String, Value, Value)>,
}

/// What a chunk adds to its batch beside what the save itself notes.
#[derive(Default)]
pub(super) struct Noted {
    pub add: BatchCounts,
    pub items: Vec<BatchItem>,
}

impl BatchReport {
    /// Takes over what became of one record. `undo` names results as an undo does.
    pub(super) fn settle(&mut self, step: Step, outcome: Option<ItemOutcome>, undo: bool, noted: &mut Noted) {
        let Step { object, id, title, kept, sample, .. } = step;
        let since = i64::from(!kept.is_empty());
        let (changed, unchanged, refused, problems) = match outcome {
            Some(Ok(saved)) if saved.unchanged => (0, 1, 0, Vec::new()),
            Some(Ok(_)) => (1, 0, 0, Vec::new()),
            None => (0, 1, 0, Vec::new()),
            Some(Err(refusal)) => (0, 0, 1, refusal.problems),
        };
        let result = match (refused, undo, since, changed) {
            (1, ..) => "refused",
            (_, true, 1, _) => "changed_since",
            (_, true, ..) => "undone",
            (_, _, _, 1) => "changed",
            _ => "unchanged",
        };
        let counts = BatchCounts { wanted: 1, changed, unchanged, refused, changed_since: since };
        add(&mut self.counts, counts);
        // The save notes what it writes, in its own transaction; the batch was begun with the number of its records.
        add(&mut noted.add, BatchCounts { wanted: 0, changed: 0, ..counts });
        let codes: BTreeSet<&str> = problems.iter().filter(|p| p.severity != Severity::Info).map(|p| p.code.as_str()).collect();
        for code in codes {
            *self.codes.entry(code.to_owned()).or_default() += 1;
        }
        if refused == 1 || since == 1 {
            let problems = Json::from(problems.iter().map(to_json).collect::<Vec<_>>());
            noted.items.push(BatchItem {
                object: object.clone(),
                record: Some(id),
                result: result.to_owned(),
                fields: kept.clone(),
                problems,
            });
        }
        if changed == 1 && !sample.is_empty() && self.sample.len() < SAMPLED {
            self.sample.push(Sample { id, title: title.clone(), fields: sample });
        }
        let told = undo || refused == 1;
        if told && self.records.len() == LISTED && result != "undone" {
            // What simply goes back is the least of what people want to read.
            if let Some(at) = self.records.iter().rposition(|record| record.result == "undone") {
                self.records.remove(at);
            }
        }
        if told && self.records.len() < LISTED {
            self.records.push(Reported { object, id, title, result, fields: kept, problems });
        }
    }
}

pub(super) fn add(to: &mut BatchCounts, more: BatchCounts) {
    to.wanted += more.wanted;
    to.changed += more.changed;
    to.unchanged += more.unchanged;
    to.refused += more.refused;
    to.changed_since += more.changed_since;
}

/// A problem as a batch keeps it.
pub(super) fn to_json(problem: &Problem) -> Json {
    let param = |value: &Value| match value {
        Value::Int(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Bool(flag) => json!(flag),
        Value::Decimal(number) => json!(number.to_string()),
        Value::Date(date) => json!(date.to_string()),
        Value::Instant(instant) => json!(instant.to_rfc3339()),
        Value::Ref(id) => json!(id.to_string()),
        Value::Texts(codes) => json!(codes.join(", ")),
        Value::AnyRef { object, id } => json!(format!("{object}/{id}")),
        Value::Null | Value::Refs(_) | Value::Json(_) => Json::Null,
    };
    let params: Map<String, Json> = problem.params.iter().map(|(name, value)| (name.clone(), param(value))).collect();
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Confirm => "confirm",
        Severity::Info => "info",
    };
    json!({ "code": problem.code, "severity": severity, "field": problem.field, "detail": problem.detail, "params": params })
}

/// The problems that [`to_json`] wrote.
pub(super) fn from_json(json: &Json) -> Vec<Problem> {
    let one = |json: &Json| {
        let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
        let mut problem = Problem::error(text("code").unwrap_or_default(), text("detail").unwrap_or_default());
        problem.field = text("field");
        problem.severity = match text("severity").as_deref() {
            Some("confirm") => Severity::Confirm,
            Some("info") => Severity::Info,
            _ => Severity::Error,
        };
        for (name, value) in json.get("params").and_then(Json::as_object).into_iter().flatten() {
            let value = match value {
                Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Int),
                Json::Bool(flag) => Value::Bool(*flag),
                Json::String(text) => Value::Text(text.clone()),
                _ => Value::Null,
            };
            problem.params.push((name.clone(), value));
        }
        problem
    };
    json.as_array().into_iter().flatten().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_come_back_as_they_were_kept() {
        let mut problem = Problem::error("field.range", "too long").on("name").with("max_length", 5_i64).with("value", "江");
        problem.severity = Severity::Confirm;
        assert_eq!(from_json(&Json::from(vec![to_json(&problem)])), [problem]);
        assert_eq!(from_json(&Json::Null), []);
    }
}
