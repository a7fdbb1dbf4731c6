//! The document of an object's rules, from JSON. What it means is checked by the engine.

use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::meta::{
    AdjustedField, Adjustment, Guard, Index, Limit, NoOverlap, Rules, StateMachine, Transition, UniqueConstraint, Validation,
};
use guanxi_core::problem::Severity;
use guanxi_core::{Decimal, Problem};
use serde_json::Value as Json;

use super::super::reader::{Codes, Reader};
use crate::engine::DeclaredRules;

/// Reads the document; all mistakes at once.
pub(super) fn read(body: Json) -> Result<DeclaredRules, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let declared = DeclaredRules {
        rules: Rules {
            validations: items(&mut reader, "", "validations", validation),
            machine: one(&mut reader, "", "machine", machine),
            no_overlaps: items(&mut reader, "", "no_overlaps", no_overlap),
            limits: items(&mut reader, "", "limits", limit),
            adjustments: items(&mut reader, "", "adjustments", adjustment),
            indexes: items(&mut reader, "", "indexes", |reader, _| Index { fields: reader.texts("fields") }),
        },
        uniques: items(&mut reader, "", "uniques", unique),
    };
    reader.finish().map(|()| declared)
}

/// Reads one part with a reader of its own; its place stands before its keys.
type Part<T> = fn(&mut Reader, &str) -> T;

fn part<T>(json: Json, place: &str, read: Part<T>) -> Result<T, Vec<Problem>> {
    let mut reader = Reader::new(json, place, Codes::Metadata)?;
    let found = read(&mut reader, place);
    reader.finish().map(|()| found)
}

fn items<T>(reader: &mut Reader, prefix: &str, key: &str, read: Part<T>) -> Vec<T> {
    let mut found = Vec::new();
    for (place, json) in reader.array(key).into_iter().enumerate() {
        match part(json, &format!("{prefix}{key}.{place}."), read) {
            Ok(one) => found.push(one),
            Err(problems) => reader.add(problems),
        }
    }
    found
}

fn one<T>(reader: &mut Reader, prefix: &str, key: &str, read: Part<T>) -> Option<T> {
    let json = reader.json(key)?;
    part(json, &format!("{prefix}{key}."), read).map_err(|problems| reader.add(problems)).ok()
}

fn code(reader: &mut Reader, default: &str) -> String {
    reader.text("code").unwrap_or_else(|| default.to_owned())
}

fn validation(reader: &mut Reader, at: &str) -> Validation {
    Validation {
        key: reader.required_text("key"),
        condition: reader.required_text("condition"),
        message: reader.required_label("message"),
        field: reader.text("field"),
        severity: match reader.text("severity").as_deref() {
            None | Some("error") => Severity::Error,
            Some("confirm") => Severity::Confirm,
            Some("info") => Severity::Info,
            Some(other) => {
                let problem = Problem::error("field.option", "a severity is error, confirm or info").with("value", other);
                reader.add([problem.on(format!("{at}severity"))]);
                Severity::Error
            }
        },
        code: code(reader, "rule.failed"),
    }
}

fn machine(reader: &mut Reader, at: &str) -> StateMachine {
    StateMachine { field: reader.required_text("field"), transitions: items(reader, at, "transitions", transition) }
}

fn transition(reader: &mut Reader, at: &str) -> Transition {
    let action = reader.required_text("action");
    Transition {
        label: reader.label("label").unwrap_or_else(|| guanxi_core::meta::Label::new(action.clone(), action.clone())),
        action,
        from: reader.texts("from"),
        to: reader.required_text("to"),
        guard: one(reader, at, "guard", guard),
        roles: reader.texts("roles"),
    }
}

fn guard(reader: &mut Reader, _: &str) -> Guard {
    Guard { condition: reader.required_text("condition"), code: code(reader, "rule.failed"), message: reader.required_label("message") }
}

fn no_overlap(reader: &mut Reader, _: &str) -> NoOverlap {
    NoOverlap {
        key: reader.required_text("key"),
        fields: reader.texts("fields"),
        from: reader.required_text("from"),
        to: reader.required_text("to"),
        condition: reader.text("condition"),
        code: code(reader, "rule.failed"),
        message: reader.required_label("message"),
    }
}

fn limit(reader: &mut Reader, at: &str) -> Limit {
    let key = reader.required_text("key");
    let fields = reader.texts("fields");
    let sum = reader.text("sum");
    let text = reader.required_text("at_most");
    // With as many digits as were written, so that what is put is got again.
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = u8::try_from(digits).unwrap_or(u8::MAX).min(MAX_SCALE);
    let at_most = Decimal::parse(&text, scale).unwrap_or_else(|_| {
        if !text.is_empty() {
            let problem = Problem::error("field.type", "a bound is a plain number in a string, such as \"100.00\"");
            reader.add([problem.on(format!("{at}at_most")).with("expected", "decimal").with("value", text.as_str())]);
        }
        Decimal::new(0, 0)
    });
    Limit {
        key,
        fields,
        sum,
        at_most,
        condition: reader.text("condition"),
        code: code(reader, "rule.failed"),
        message: reader.required_label("message"),
    }
}

fn adjustment(reader: &mut Reader, at: &str) -> Adjustment {
    let key = reader.required_text("key");
    Adjustment {
        label: reader.label("label").unwrap_or_else(|| guanxi_core::meta::Label::new(key.clone(), key.clone())),
        key,
        fields: items(reader, at, "fields", |reader, _| AdjustedField {
            field: reader.required_text("field"),
            subtract: reader.flag("subtract").unwrap_or(false),
        }),
        guard: one(reader, at, "guard", guard),
    }
}

fn unique(reader: &mut Reader, _: &str) -> UniqueConstraint {
    UniqueConstraint { id: 0, fields: reader.texts("fields"), condition: reader.text("condition"), code: code(reader, "field.not_unique") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_may_be_left_out() {
        let empty = read(json!({})).expect("no rules");
        assert_eq!((empty.rules, empty.uniques.len()), (Rules::default(), 0));
        let body = json!({
            "validations": [{ "key": "a", "condition": "x_n > 1", "message": { "en": "More" } }],
            "limits": [{ "key": "b", "at_most": "100.50", "sum": "x_n", "message": "Less" }],
            "machine": { "field": "x_s", "transitions": [{ "action": "go", "to": "b" }] },
        });
        let read = read(body).expect("rules");
        let rule = &read.rules.validations[0];
        assert_eq!((rule.code.as_str(), rule.severity, rule.message.zh.as_str()), ("rule.failed", Severity::Error, "More"));
        assert_eq!(read.rules.limits[0].at_most, Decimal::new(10_050, 2));
        assert_eq!(read.rules.machine.map(|m| m.transitions[0].label.en.clone()).as_deref(), Some("go"));
    }

    #[test]
    fn mistakes_name_their_place() {
        let body = json!({
            "validations": [{ "key": "a", "severity": "fatal" }, 7],
            "machine": { "field": "x_s", "transitions": [{ "action": "go", "to": "b", "guard": { "if": "x" } }] },
            "limits": [{ "key": "b", "at_most": "many", "message": "Less" }],
            "rules": [],
        });
        let found: Vec<String> =
            read(body).expect_err("mistakes").into_iter().map(|p| format!("{} {}", p.code, p.field.unwrap_or_default())).collect();
        for wanted in [
            "field.required validations.0.condition",
            "field.required validations.0.message",
            "field.option validations.0.severity",
            "request.malformed validations.1",
            "field.required machine.transitions.0.guard.condition",
            "field.unknown machine.transitions.0.guard.if",
            "field.type limits.0.at_most",
            "field.unknown rules",
        ] {
            assert!(found.iter().any(|one| one == wanted), "{wanted} in {found:?}");
        }
    }
}
