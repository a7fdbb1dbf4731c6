//! A field's value for people: text for cells and cards, markup where a value is more than text.

use guanxi_core::Value;
use guanxi_core::meta::FieldKind;
use maud::{Markup, html};

use super::components::avatar::person;
use super::format::{self, EMPTY, MoneyStyle};
use super::urls;
use crate::engine::Ctx;
use crate::texts::t;

/// The value in one line. References show `title` (of the record they lead to), or a dash where the reader may not see it.
pub fn text(ctx: &Ctx, kind: &FieldKind, value: &Value, title: Option<&str>, style: MoneyStyle) -> String {
    match (kind, value) {
        (_, Value::Null) => EMPTY.to_owned(),
        (FieldKind::Select { options }, Value::Text(code)) => {
            options.iter().find(|o| o.code == *code).map_or_else(|| code.clone(), |o| o.label.get(ctx.locale).to_owned())
        }
        (_, Value::Text(text)) => text.clone(),
        (FieldKind::Duration, Value::Int(seconds)) => format::duration(*seconds, ctx.locale),
        (_, Value::Int(number)) => format::integer(*number),
        (FieldKind::Money { .. }, Value::Decimal(amount)) => format::money(*amount, &ctx.tenant.currency, style),
        (FieldKind::Percent, Value::Decimal(rate)) => format::percent(*rate),
        (_, Value::Decimal(number)) => format::decimal(*number),
        (_, Value::Bool(flag)) => format::yes_no(*flag, ctx.locale).to_owned(),
        (_, Value::Date(date)) => format::date(*date),
        // Where amounts are written in full, moments are too: near ones lose nothing then.
        (_, Value::Instant(instant)) if style == MoneyStyle::Full => format::datetime(*instant, ctx.tenant.zone),
        (_, Value::Instant(instant)) => format::datetime_relative(*instant, ctx.tenant.zone, ctx.today(), ctx.locale),
        (_, Value::Ref(_) | Value::AnyRef { .. }) => title.map_or_else(|| EMPTY.to_owned(), str::to_owned),
        (kind, Value::Texts(codes)) => {
            let named = |code: &String| {
                let option = kind.options().iter().find(|o| o.code == *code);
                option.map_or_else(|| code.clone(), |o| o.label.get(ctx.locale).to_owned())
            };
            let between = if matches!(kind, FieldKind::TreeSelect { .. }) { " / " } else { t(ctx.locale).list_separator() };
            codes.iter().map(named).collect::<Vec<_>>().join(between)
        }
        (FieldKind::File, Value::Refs(ids)) => t(ctx.locale).files_count(ids.len() as u64),
        (_, Value::Refs(ids)) => t(ctx.locale).chosen_count(ids.len() as u64),
        (_, Value::Json(text)) => text.clone(),
    }
}

/// The value as a cell or field: links, people, dates with their machine form.
pub fn markup(ctx: &Ctx, kind: &FieldKind, value: &Value, title: Option<&str>, style: MoneyStyle) -> Markup {
    let shown = text(ctx, kind, value, title, style);
    match (kind, value) {
        (_, Value::Null) => html! { span.faint { (shown) } },
        (FieldKind::Reference { target }, Value::Ref(id)) => match title {
            Some(name) if target == "user" => person(name, None),
            Some(name) => html! { a href=(urls::record(target, *id)) title=(name) { (name) } },
            None => html! { span.faint { (shown) } },
        },
        (FieldKind::Email, Value::Text(address)) => html! { a href={ "mailto:" (address) } { (address) } },
        (FieldKind::Phone, Value::Text(number)) => html! { a href={ "tel:" (number) } { (number) } },
        // Only absolute http(s) addresses pass the field's own check.
        (FieldKind::Url, Value::Text(address)) => html! { a href=(address) rel="noopener noreferrer" { (address) } },
        (FieldKind::MultiSelect { .. }, Value::Texts(codes)) => {
            let named = |code: &String| text(ctx, kind, &Value::Texts(vec![code.clone()]), None, style);
            html! { span.row.wrap.gap1 { @for code in codes { span.tag { (named(code)) } } } }
        }
        (FieldKind::Json, Value::Json(text)) if style == MoneyStyle::Full => html! { pre.mono { (format::json(text)) } },
        (FieldKind::LongText, Value::Text(text)) => html! { span.pre { (text) } },
        (_, Value::Date(date)) => html! { time datetime=(date.to_string()) { (shown) } },
        (_, Value::Instant(instant)) => html! { time datetime=(instant.to_rfc3339()) { (shown) } },
        _ => html! { (shown) },
    }
}

/// Whether a kind's values stand at the right, with digits of one width.
pub fn is_number(kind: &FieldKind) -> bool {
    kind.scale().is_some()
}
