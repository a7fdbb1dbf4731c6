//! Values, contexts, drafts and verdicts across the border. What comes from a guest is hostile until it has passed here.

use chrono::{DateTime, NaiveDate};
use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::{Decimal, Problem, Severity, Value};
use uuid::Uuid;

use crate::bindings::guanxi::hooks::hook_types as wit_hook;
use crate::bindings::guanxi::types::types as wit;
use crate::manifest::Manifest;
use crate::types::{ChangeOp, Context, Draft, Field, Verdict};

/// Why an answer cannot be taken: one sentence.
pub(crate) type Bad = String;

pub(crate) fn value_out(value: &Value, target: Option<&str>) -> wit::Value {
    match value {
        Value::Null => wit::Value::Null,
        Value::Text(text) => wit::Value::Text(text.clone()),
        Value::Int(number) => wit::Value::Int(*number),
        Value::Decimal(number) => wit::Value::Decimal(number.to_string()),
        Value::Bool(value) => wit::Value::Boolean(*value),
        Value::Date(date) => wit::Value::Date(date.to_string()),
        Value::Instant(instant) => wit::Value::Timestamp(instant.timestamp_micros()),
        Value::Ref(id) => wit::Value::Ref(record_ref(target.unwrap_or_default(), *id)),
        Value::Refs(ids) => wit::Value::Refs(ids.iter().map(|id| record_ref(target.unwrap_or_default(), *id)).collect()),
        Value::AnyRef { object, id } => wit::Value::Ref(record_ref(object, *id)),
        Value::Texts(codes) => wit::Value::Texts(codes.clone()),
        Value::Json(text) => wit::Value::Json(text.clone()),
    }
}

fn record_ref(object: &str, id: Uuid) -> wit::RecordRef {
    wit::RecordRef { object: object.to_owned(), id: id.to_string() }
}

pub(crate) fn field_out(field: &Field) -> wit::Field {
    wit::Field { key: field.key.clone(), value: value_out(&field.value, field.target.as_deref()) }
}

pub(crate) fn fields_out(fields: &[Field]) -> Vec<wit::Field> {
    fields.iter().map(field_out).collect()
}

pub(crate) fn context_out(context: &Context) -> wit::Context {
    wit::Context {
        now: context.now.timestamp_micros(),
        today: context.today.to_string(),
        zone: context.zone.clone(),
        locale: context.locale.tag().to_owned(),
        actor: context.actor.as_ref().map(|actor| wit::Actor {
            user: wit::RecordRef { object: "user".to_owned(), id: actor.user.to_string() },
            name: actor.name.clone(),
            roles: actor.roles.clone(),
        }),
        cause: context.cause.clone(),
        settings: fields_out(&context.settings),
        request_id: context.request_id.clone(),
        extras: Vec::new(),
    }
}

pub(crate) fn draft_out(draft: &Draft) -> wit_hook::Draft {
    wit_hook::Draft {
        op: match draft.op {
            ChangeOp::Create => wit_hook::ChangeOp::Create,
            ChangeOp::Update => wit_hook::ChangeOp::Update,
            ChangeOp::Delete => wit_hook::ChangeOp::Delete,
        },
        object: draft.object.clone(),
        id: draft.id.to_string(),
        old: fields_out(&draft.old),
        new: fields_out(&draft.new),
    }
}

pub(crate) fn id_in(text: &str) -> Result<Uuid, Bad> {
    Uuid::parse_str(text).map_err(|_| format!("`{}` is not an id", shortened(text)))
}

pub(crate) fn value_in(value: wit::Value) -> Result<Value, Bad> {
    Ok(match value {
        wit::Value::Null => Value::Null,
        wit::Value::Boolean(value) => Value::Bool(value),
        wit::Value::Int(number) => Value::Int(number),
        wit::Value::Decimal(text) => Value::Decimal(decimal_in(&text)?),
        wit::Value::Float(number) if number.is_finite() => Value::Decimal(decimal_in(&format!("{number:.8}"))?),
        wit::Value::Float(number) => return Err(format!("{number} is not a figure")),
        // Stored like this everywhere: an empty text is no value.
        wit::Value::Text(text) if text.is_empty() => Value::Null,
        wit::Value::Text(text) => Value::Text(text),
        wit::Value::Date(text) => {
            let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d").map_err(|_| format!("`{}` is not a date", shortened(&text)))?;
            Value::Date(date)
        }
        wit::Value::Timestamp(micros) => {
            Value::Instant(DateTime::from_timestamp_micros(micros).ok_or_else(|| format!("{micros} is not an instant"))?)
        }
        wit::Value::Ref(target) => Value::Ref(id_in(&target.id)?),
        wit::Value::Bytes(_) => return Err(unsupported("bytes")),
        wit::Value::Refs(targets) => {
            let ids: Vec<Uuid> = targets.iter().map(|target| id_in(&target.id)).collect::<Result<_, _>>()?;
            if ids.is_empty() { Value::Null } else { Value::Refs(ids) }
        }
        wit::Value::Texts(texts) if texts.is_empty() => Value::Null,
        wit::Value::Texts(texts) => Value::Texts(texts),
        // Its field checks and bounds it.
        wit::Value::Json(text) => Value::Json(text),
    })
}

fn unsupported(kind: &str) -> Bad {
    format!("no field holds a value of kind `{kind}` in version 0.1")
}

/// Keeps the digits as written where there are at most eight, so that "60.00" stays "60.00".
fn decimal_in(text: &str) -> Result<Decimal, Bad> {
    let written = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let scale = if written <= usize::from(MAX_SCALE) && text.len() <= 20 { written } else { Decimal::scale_of(text) };
    let scale = u8::try_from(scale.min(usize::from(MAX_SCALE))).unwrap_or(MAX_SCALE);
    Decimal::parse(text, scale).map_err(|_| format!("`{}` is not a decimal of at most 18 digits and 8 after the point", shortened(text)))
}

pub(crate) fn params_in(fields: Vec<wit::Field>) -> Result<Vec<(String, Value)>, Bad> {
    fields
        .into_iter()
        .map(|field| match value_in(field.value) {
            Ok(value) => Ok((field.key, value)),
            Err(reason) => Err(format!("`{}`: {reason}", shortened(&field.key))),
        })
        .collect()
}

/// Checks the answer of a hook against its question and the manifest.
pub(crate) fn verdicts_in(manifest: &Manifest, drafts: &[Draft], verdicts: Vec<wit_hook::Verdict>) -> Result<Vec<Verdict>, Bad> {
    if verdicts.len() != drafts.len() {
        return Err(format!("it got {} drafts and answered with {} verdicts", drafts.len(), verdicts.len()));
    }
    drafts.iter().zip(verdicts).map(|(draft, verdict)| verdict_in(manifest, draft, verdict)).collect()
}

fn verdict_in(manifest: &Manifest, draft: &Draft, verdict: wit_hook::Verdict) -> Result<Verdict, Bad> {
    let set = params_in(verdict.set)?;
    if let Some((key, _)) = set.iter().find(|(key, _)| !manifest.may_set(&draft.object, key)) {
        return Err(format!("it sets `{}` of `{}`, which its manifest does not allow", shortened(key), draft.object));
    }
    if draft.op == ChangeOp::Delete && !set.is_empty() {
        return Err("it sets fields of a record that is being deleted".to_owned());
    }
    let problems = verdict.problems.into_iter().map(|problem| problem_in(manifest, problem)).collect::<Result<_, _>>()?;
    Ok(Verdict { problems, set })
}

fn problem_in(manifest: &Manifest, problem: wit::Problem) -> Result<Problem, Bad> {
    let own = problem.code.strip_prefix(manifest.prefix.as_str()).is_some_and(|rest| rest.starts_with('.'));
    if !own {
        return Err(format!("the code `{}` does not begin with `{}.`", shortened(&problem.code), manifest.prefix));
    }
    let params = params_in(problem.params)?;
    let detail = manifest.message(&problem.code, guanxi_core::meta::Locale::En, &params).unwrap_or_else(|| problem.code.clone());
    let severity = match problem.severity {
        wit::Severity::Error => Severity::Error,
        wit::Severity::Confirm => Severity::Confirm,
        wit::Severity::Info => Severity::Info,
    };
    Ok(Problem { code: problem.code, severity, field: problem.field, detail, position: None, params })
}

/// A guest's text inside our sentence: short, on one line.
pub(crate) fn shortened(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    if text.chars().count() <= 60 { clean.collect() } else { clean.take(60).chain("…".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_the_border() {
        let id = Uuid::from_u128(7);
        for value in [
            Value::Null,
            Value::from("华 \u{1F600}"),
            Value::Int(i64::MIN),
            Value::Decimal(Decimal::new(-149_975, 2)),
            Value::Decimal(Decimal::new(6_000, 2)),
            Value::Decimal(Decimal::new(999_999_999_999_999_999, 0)),
            Value::Decimal(Decimal::new(1, 8)),
            Value::Bool(true),
            Value::Date(NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")),
            Value::Instant(DateTime::from_timestamp_micros(1_795_312_800_123_456).expect("an instant")),
            Value::Ref(id),
        ] {
            assert_eq!(value_in(value_out(&value, Some("customer"))), Ok(value));
        }
    }

    #[test]
    fn impossible_values_are_refused_with_a_sentence() {
        for value in [
            wit::Value::Float(f64::NAN),
            wit::Value::Decimal("1e5".into()),
            wit::Value::Decimal("9".repeat(1000)),
            wit::Value::Decimal("0.123456789".into()),
            wit::Value::Date("2026-02-30".into()),
            wit::Value::Timestamp(i64::MAX),
            wit::Value::Ref(wit::RecordRef { object: "a".into(), id: "b".into() }),
            wit::Value::Bytes(vec![1]),
        ] {
            assert!(value_in(value).is_err_and(|reason| reason.len() < 200));
        }
        assert_eq!(value_in(wit::Value::Float(0.5)).map(|v| v == Value::Decimal(Decimal::new(5, 1))), Ok(true));
        assert_eq!(value_in(wit::Value::Text(String::new())), Ok(Value::Null));
    }
}
