//! Why somebody may or may not do something with an object, one of its records, or one of its fields: the decision, and what made it.

use axum::response::Response;
use guanxi_core::policy::{FieldRight, Function};
use maud::{Markup, html};
use uuid::Uuid;

use super::super::params::Params;
use super::super::records::references;
use super::roles::field_right_words;
use super::{Admin, Area, addresses, area_page, problems, words};
use crate::engine::{Explanation, FunctionAnswer, Outcome, Question, Reason, ReasonBy, Refusal};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::control::{Choice, Control, ControlKind, control};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::format::EMPTY;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/explain?user=&object=&record=&field=`
pub(super) async fn handle(Admin(visit): Admin, params: Params) -> Response {
    let page = page(&visit, &params).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, params: &Params) -> Outcome<Response> {
    let texts = t(visit.locale());
    let asked = !params.get("user").is_empty() && !params.get("object").is_empty() && params.get("find").is_empty();
    let answered = if asked { Some(explain(visit, params).await) } else { None };
    let content = html! {
        div."page gray stack" {
            p.dim { (texts.explain_hint()) }
            (card(&Card::new(texts.admin_explain(), form(visit, params).await?)))
            @match &answered {
                Some(Ok(explanation)) => { (shown(visit, explanation)) }
                Some(Err(refusal)) => { (refused(visit, refusal)) }
                None => {}
            }
        }
    };
    Ok(area_page(visit, Area::Explain, None, content))
}

async fn explain(visit: &Visit, params: &Params) -> Outcome<Explanation> {
    let id = |name: &str| Uuid::try_parse(params.get(name).trim()).map_err(|_| Refusal::not_found(name));
    let some = |name: &str| Some(params.get(name).trim()).filter(|text| !text.is_empty());
    let record = match some("record") {
        Some(_) => Some(id("record")?),
        None => None,
    };
    // A field of the object that was chosen before is no question about this one.
    let known = |field: &str| words::find_object(visit, params.get("object")).is_some_and(|object| object.field(field).is_some());
    let field = some("field").filter(|field| known(field)).map(str::to_owned);
    let question = Question { user: id("user")?, object: params.get("object").to_owned(), record, field };
    visit.engine().explain(&visit.ctx, question).await
}

fn refused(visit: &Visit, refusal: &Refusal) -> Markup {
    let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
    note(&Note::new(Tone::Bad, words.join(" "), ""))
}

async fn form(visit: &Visit, params: &Params) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let users = references::choices(visit, "user", params.get("user"), params.get("user.find")).await?;
    let objects = visit.ctx.snapshot.schema.objects().map(|object| Choice::new(&object.key, object.label.get(visit.locale()))).collect();
    let object = words::find_object(visit, params.get("object"));
    let fields = object.into_iter().flat_map(|object| object.fields.iter().filter(|field| !field.hidden));
    let fields = fields.map(|field| Choice::new(&field.key, field.label.get(visit.locale()))).collect();
    let select =
        |name: &str, label: &str, choices: Vec<Choice>| Control::new(name, label, ControlKind::Select { choices }).value(params.get(name));
    let controls = [
        Control::new("user", texts.user(), ControlKind::Reference(users)).value(params.get("user")).required(),
        select("object", texts.of_object(), objects).required(),
        Control::new("record", texts.explain_record(), ControlKind::Text { max: Some(36) })
            .value(params.get("record"))
            .help(texts.explain_record_help()),
        Control { placeholder: Some(texts.explain_no_field().to_owned()), ..select("field", texts.explain_field(), fields) },
    ];
    Ok(html! {
        form.stack method="get" action=(addresses::EXPLAIN) {
            div.two { @for each in &controls { (control(visit.locale(), each)) } }
            div.row { (button(&Button::submit(texts.explain_show()).primary().big())) }
        }
    })
}

fn shown(visit: &Visit, explanation: &Explanation) -> Markup {
    let texts = t(visit.locale());
    let object = words::find_object(visit, &explanation.object).map_or(explanation.object.as_str(), |o| o.label.get(visit.locale()));
    let roles: Vec<String> = explanation.roles.iter().map(|key| role_name(visit, key)).collect();
    let head = html! {
        div."row wrap" {
            b { (explanation.name) }
            @for role in &roles { (badge(Tone::Neutral, role)) }
            @if roles.is_empty() { span.faint { (texts.no_role()) } }
            @if explanation.min_group > 1 { span.faint { (texts.min_group()) " " (explanation.min_group) } }
        }
    };
    html! {
        (head)
        @if let Some(record) = &explanation.record {
            (card(&Card { icon: Some(Icon::File), hint: Some(record.id.to_string()), ..Card::flush(texts.explain_this_record(), functions(visit, &record.functions)) }))
        }
        @if let Some(field) = &explanation.field {
            (field_card(visit, &explanation.object, &field.field, field.right, &field.reasons))
        }
        (card(&Card { icon: Some(Icon::Shield), ..Card::flush(format!("{object} · {}", texts.explain_functions()), functions(visit, &explanation.functions)) }))
    }
}

fn functions(visit: &Visit, answers: &[FunctionAnswer]) -> Markup {
    let texts = t(visit.locale());
    let rows = answers.iter().map(|answer| Row {
        href: None,
        cells: vec![html! { (function_name(visit, answer.function)) }, verdict(visit, answer.allowed), reasons(visit, &answer.reasons)],
    });
    let columns = vec![
        Column::new(texts.explain_functions()).slot(Slot::Title),
        Column::new(texts.explain_decision()).slot(Slot::Amount),
        Column { align: Align::Text, ..Column::new(texts.explain_reasons()).slot(Slot::Second) },
    ];
    list_table(visit.locale(), &Table { label: texts.explain_functions().into(), columns, rows: rows.collect(), total: None })
}

fn field_card(visit: &Visit, object: &str, key: &str, right: FieldRight, why: &[Reason]) -> Markup {
    let texts = t(visit.locale());
    let field = words::find_object(visit, object).and_then(|object| object.field(key));
    let name = field.map_or(key, |field| field.label.get(visit.locale()));
    let tone = if right.is_plain() { Tone::Ok } else { Tone::Bad };
    let body = html! { div."row wrap" {
        (badge(tone, field_right_words(texts, right)))
        @if why.is_empty() { span.dim { (texts.explain_no_limit()) } } @else { (reasons(visit, why)) }
    } };
    card(&Card { icon: Some(Icon::Lock), ..Card::new(texts.explain_this_field(name), body) })
}

fn verdict(visit: &Visit, allowed: bool) -> Markup {
    let texts = t(visit.locale());
    if allowed { badge(Tone::Ok, texts.explain_allowed()) } else { badge(Tone::Bad, texts.explain_denied()) }
}

/// All reasons in words; those that do not hold for the record are faint.
fn reasons(visit: &Visit, reasons: &[Reason]) -> Markup {
    html! {
        @if reasons.is_empty() { span.faint { (EMPTY) } }
        @for (index, reason) in reasons.iter().enumerate() {
            @if index > 0 { span.faint { " · " } }
            span.faint[reason.holds == Some(false)] { (sentence(visit, reason)) }
        }
    }
}

fn sentence(visit: &Visit, reason: &Reason) -> String {
    let texts = t(visit.locale());
    let mut parts: Vec<String> = reason.role.iter().map(|key| texts.explain_by_role(&role_name(visit, key))).collect();
    parts.push(match reason.by {
        ReasonBy::Administrator => texts.explain_by_administrator().into(),
        ReasonBy::Scope => texts.explain_by_scope(reason.scope.map_or(EMPTY, |scope| texts.scope(scope))),
        ReasonBy::Rule => texts.explain_by_rule(reason.rule.as_deref().unwrap_or_default()),
        ReasonBy::Manager => texts.explain_by_manager().into(),
        ReasonBy::Share => texts.explain_by_share().into(),
        ReasonBy::Field => reason.right.map_or(EMPTY, |right| field_right_words(texts, right)).into(),
        ReasonBy::Computed => texts.explain_by_computed().into(),
        ReasonBy::Nothing => texts.explain_by_none().into(),
    });
    parts.extend(reason.holds.map(|holds| if holds { texts.explain_holds() } else { texts.explain_fails() }.to_owned()));
    parts.join(texts.explain_join())
}

fn role_name(visit: &Visit, key: &str) -> String {
    visit.ctx.snapshot.roles.get(key).map_or(key, |role| role.label.get(visit.locale())).to_owned()
}

fn function_name(visit: &Visit, function: Function) -> &'static str {
    t(visit.locale()).function(function)
}
