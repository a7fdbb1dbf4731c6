//! One control per field: which input, and how a value is written in it.

use chrono::Timelike;
use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::input::{LONG_TEXT_MAX, tree_path};
use guanxi_core::meta::{Computed, Field, FieldKind, Locale, Object, SelectOption};
use guanxi_core::query::MeasureFn;
use maud::html;

use super::{attachments, references};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::many_reference::ManyReference;
use crate::ui::components::reference::Reference;
use crate::ui::format::{self, currency_symbol};
use crate::ui::visit::Visit;

/// A list of more choices than this is a picker instead of boxes.
const BOXES: usize = 12;

/// What is typed into a control, and what narrows its choices.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Typed<'a> {
    /// The text as it is sent.
    pub(super) text: &'a str,
    /// Words that the records to choose from begin with.
    pub(super) words: &'a str,
    /// For a reference to any object: the object whose records are offered.
    pub(super) object: &'a str,
}

/// The control of a field, holding what was typed.
pub(super) async fn control(visit: &Visit, field: &Field, typed: Typed<'_>) -> Outcome<Control> {
    let (locale, text) = (visit.locale(), typed.text);
    let choices = |options: &[SelectOption]| options.iter().map(|o| Choice::new(&o.code, o.label.get(locale))).collect::<Vec<_>>();
    let kind = match &field.kind {
        FieldKind::Text { max } => ControlKind::Text { max: Some(*max) },
        FieldKind::LongText => ControlKind::LongText { max: Some(LONG_TEXT_MAX) },
        FieldKind::Email => ControlKind::Email,
        FieldKind::Phone => ControlKind::Phone,
        FieldKind::Url => ControlKind::Url,
        FieldKind::Select { options } => ControlKind::Select { choices: choices(options) },
        FieldKind::Integer | FieldKind::Decimal { .. } => ControlKind::Number,
        FieldKind::Percent => ControlKind::Percent,
        FieldKind::Money { .. } => ControlKind::Money { symbol: currency_symbol(&visit.ctx.tenant.currency) },
        FieldKind::Bool if field.required || field.default.is_some() => ControlKind::Bool,
        FieldKind::Bool => ControlKind::BoolOrEmpty,
        FieldKind::Date => ControlKind::Date,
        FieldKind::DateTime => ControlKind::DateTime,
        FieldKind::Reference { target } => ControlKind::Reference(references::choices(visit, target, text, typed.words).await?),
        FieldKind::MultiSelect { options } if options.len() <= BOXES => ControlKind::ManyOf { choices: choices(options) },
        FieldKind::MultiSelect { options } => ControlKind::ManyReference(of_list(choices(options), text)),
        FieldKind::TreeSelect { options } => ControlKind::Tree { choices: tree(options, locale) },
        FieldKind::Duration => ControlKind::Duration,
        FieldKind::AnyReference => ControlKind::AnyReference(references::any(visit, text, typed.object, typed.words).await?),
        FieldKind::ManyReference { target } => ControlKind::ManyReference(references::many(visit, target, text, typed.words).await?),
        FieldKind::File => ControlKind::Files(attachments::control(visit, text).await?),
        FieldKind::Json => ControlKind::Json,
        // The lines of a record are built with the whole form, see `lines`.
        FieldKind::Children { .. } => ControlKind::Shown { text: html! {} },
    };
    let mut control = Control::new(&field.key, field.label.get(locale), kind).value(text);
    control.required = field.required;
    control.help = help(field, locale);
    control.placeholder =
        field.mask.clone().or_else(|| (field.kind == FieldKind::Duration).then(|| t(locale).duration_example().to_owned()));
    Ok(control)
}

/// A value that the host keeps, with how it comes about. Without a value it says when there will be one.
pub(super) fn computed(visit: &Visit, object: &Object, field: &Field, shown: Option<String>) -> Control {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let later = if matches!(field.computed, Some(Computed::Sequence { .. })) { texts.numbered_later() } else { texts.computed_later() };
    let text = match shown.filter(|shown| !shown.is_empty() && shown != format::EMPTY) {
        Some(shown) => html! { (shown) },
        None => html! { span.faint { (later) } },
    };
    let mut control = Control::new(&field.key, field.label.get(locale), ControlKind::Shown { text });
    control.help = own_help(field, locale).or_else(|| origin(visit, object, field));
    control
}

/// How a computed field comes about, in a line.
pub(super) fn origin(visit: &Visit, object: &Object, field: &Field) -> Option<String> {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    match field.computed.as_ref()? {
        Computed::Formula { expression } => {
            Some(texts.computed_formula(&in_words(expression, &|key| object.field(key).map(|field| field.label.get(locale)))))
        }
        Computed::Sequence { format } => Some(texts.computed_sequence(format)),
        Computed::RollUp(roll_up) => {
            let counted = visit.ctx.snapshot.schema.object(&roll_up.object);
            let label = |object: &Object| object.label.get(locale).to_owned();
            let over = roll_up.field.as_ref().and_then(|key| counted?.field(key)).map(|field| field.label.get(locale).to_owned());
            let what = match roll_up.function {
                MeasureFn::Count => texts.roll_up_count(),
                MeasureFn::Sum => texts.roll_up_sum(),
                MeasureFn::Avg => texts.roll_up_avg(),
                MeasureFn::Min => texts.roll_up_min(),
                MeasureFn::Max => texts.roll_up_max(),
            };
            let object = counted.map_or_else(|| roll_up.object.clone(), |object| label(object));
            Some(texts.computed_roll_up(&over.map_or_else(|| what.to_owned(), |over| format!("{what} {over}")), &object))
        }
    }
}

/// An expression with the labels of fields instead of their keys.
fn in_words<'l>(expression: &str, label: &dyn Fn(&str) -> Option<&'l str>) -> String {
    let (mut out, mut word, mut quote) = (String::new(), String::new(), None::<char>);
    let end = |out: &mut String, word: &mut String| {
        out.push_str(label(word).unwrap_or(word.as_str()));
        word.clear();
    };
    for letter in expression.chars() {
        match quote {
            Some(open) => {
                out.push(letter);
                quote = (letter != open).then_some(open);
            }
            None if letter == '_' || letter.is_ascii_alphanumeric() => word.push(letter),
            None => {
                end(&mut out, &mut word);
                out.push(letter);
                quote = matches!(letter, '"' | '\'').then_some(letter);
            }
        }
    }
    end(&mut out, &mut word);
    out
}

fn own_help(field: &Field, locale: Locale) -> Option<String> {
    field.help.as_ref().map(|help| help.get(locale).to_owned()).filter(|help| !help.is_empty())
}

fn help(field: &Field, locale: Locale) -> Option<String> {
    let texts = t(locale);
    own_help(field, locale).or_else(|| match &field.kind {
        _ if field.mask.is_some() => field.mask.as_ref().map(|mask| texts.mask_help(mask)),
        FieldKind::Url => Some(texts.url_help().to_owned()),
        FieldKind::Duration => Some(texts.duration_help().to_owned()),
        FieldKind::Json => Some(texts.json_help().to_owned()),
        _ => None,
    })
}

/// Every place of a tree by its last code, with the labels of its whole path.
fn tree(options: &[SelectOption], locale: Locale) -> Vec<Choice> {
    let label = |code: &str| options.iter().find(|o| o.code == code).map_or(code, |o| o.label.get(locale)).to_owned();
    let path = |option: &SelectOption| {
        let codes = tree_path(options, &option.code).unwrap_or_else(|| vec![option.code.as_str()]);
        codes.into_iter().map(label).collect::<Vec<_>>().join(" / ")
    };
    options.iter().map(|option| Choice::new(&option.code, path(option))).collect()
}

fn of_list(choices: Vec<Choice>, text: &str) -> ManyReference {
    let chosen = split(text).map(|code| choices.iter().find(|c| c.value == code).cloned().unwrap_or_else(|| Choice::new(code, code)));
    ManyReference { chosen: chosen.collect(), picker: Reference { choices: choices.clone(), ..Reference::default() } }
}

/// The parts of a list as its control sends them.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// A value as its input holds it; a form sends the same text back if nobody touched it.
pub(in crate::ui::pages) fn form_text(kind: &FieldKind, value: &Value, zone: Tz, locale: Locale) -> String {
    match (kind, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Text(text)) => text.clone(),
        (FieldKind::Duration, Value::Int(seconds)) => format::duration(*seconds, locale),
        (_, Value::Int(number)) => number.to_string(),
        (_, Value::Decimal(number)) => number.to_string(),
        (_, Value::Bool(truth)) => truth.to_string(),
        (_, Value::Date(date)) => date.to_string(),
        (_, Value::Instant(instant)) => {
            let local = instant.with_timezone(&zone).naive_local();
            let pattern = if local.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
            local.format(pattern).to_string()
        }
        (_, Value::Ref(id)) => id.to_string(),
        // A code is unique in its tree, so the last one names the place.
        (FieldKind::TreeSelect { .. }, Value::Texts(path)) => path.last().cloned().unwrap_or_default(),
        (_, Value::Texts(codes)) => codes.join(","),
        (_, Value::Refs(ids)) => ids.iter().map(uuid::Uuid::to_string).collect::<Vec<_>>().join(","),
        (_, Value::AnyRef { object, id }) => format!("{object}/{id}"),
        (_, Value::Json(text)) => format::json(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use guanxi_core::Decimal;
    use guanxi_core::meta::Label;

    #[test]
    fn values_are_written_as_inputs_send_them() {
        let at = |text: &str| Value::Instant(text.parse::<DateTime<Utc>>().expect("an instant"));
        let codes = |codes: &[&str]| Value::Texts(codes.iter().map(|&code| code.to_owned()).collect());
        let tree = FieldKind::TreeSelect { options: Vec::new() };
        let many = FieldKind::MultiSelect { options: Vec::new() };
        for (kind, value, wanted) in [
            (FieldKind::LongText, Value::Null, ""),
            (FieldKind::LongText, Value::from("江\n南"), "江\n南"),
            (FieldKind::Decimal { scale: 2 }, Value::Decimal(Decimal::new(18_605, 2)), "186.05"),
            (FieldKind::Bool, Value::Bool(false), "false"),
            (FieldKind::DateTime, at("2026-01-31T00:30:00Z"), "2026-01-31T08:30"),
            (FieldKind::DateTime, at("2026-01-31T00:30:05.123Z"), "2026-01-31T08:30:05"),
            (FieldKind::Duration, Value::Int(5_400), "1 小时 30 分"),
            (FieldKind::Integer, Value::Int(5_400), "5400"),
            (tree, codes(&["a", "b"]), "b"),
            (many, codes(&["a", "b"]), "a,b"),
            (FieldKind::Json, Value::Json(r#"{"a":1}"#.into()), "{\n  \"a\": 1\n}"),
        ] {
            assert_eq!(form_text(&kind, &value, chrono_tz::Asia::Shanghai, Locale::ZhCn), wanted);
        }
    }

    #[test]
    fn a_formula_reads_in_words() {
        let label = |key: &str| [("x_a", "单价"), ("x_b", "数量")].into_iter().find(|(known, _)| *known == key).map(|(_, label)| label);
        assert_eq!(in_words("x_a * x_b + size(\"x_a\")", &label), "单价 * 数量 + size(\"x_a\")");
    }

    #[test]
    fn a_place_in_a_tree_shows_its_path() {
        let node = |code: &str, parent: Option<&str>| SelectOption {
            parent: parent.map(str::to_owned),
            ..SelectOption::new(code, Label::new(code, code))
        };
        let shown = tree(&[node("a", None), node("b", Some("a"))], Locale::En);
        assert_eq!(shown, [Choice::new("a", "a"), Choice::new("b", "a / b")]);
    }
}
