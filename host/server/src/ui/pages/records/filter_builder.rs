//! The filter builder: a field is chosen, also behind references, then the relation, then values with the control that fits. Each step is
//! a page of its own, so it works without scripts; `panel.js` shows them in place.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::expr::{FieldPath, resolve_path};
use guanxi_core::meta::{Field, FieldKind, Object};
use maud::{Markup, html};

use super::super::params::Params;
use super::asked::Asked;
use super::controls::{self, Typed};
use super::panel::{self, InPanel, Panel};
use super::{columns, filter, object_of, references};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::control::{Choice, Control, ControlKind, control};
use crate::ui::components::filter_bar::{expression, operator_words};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::many_reference::ManyReference;
use crate::ui::components::reference::Reference;
use crate::ui::filters::{self, Condition, Filled, Literal, ME, PERIODS, Piece, Said};
use crate::ui::visit::{Visit, answer};
use crate::ui::words::field_problem;

/// References with more records than this are searched instead of listed.
const LISTED: u32 = 12;
/// Hops that the chooser offers; the language has three.
const HOPS: usize = 2;
/// System fields that people filter by.
const SYSTEM: [&str; 5] = ["owner", "department", "created_at", "updated_at", "created_by"];

/// Which place of the filter is being filled in.
struct Place {
    piece: Option<usize>,
    /// `None`: another alternative of the piece.
    branch: Option<usize>,
}

/// `GET /o/{object}/filter`
pub(super) async fn handle(visit: Visit, Path(key): Path<String>, params: Params, in_panel: InPanel) -> Response {
    let outcome = step(&visit, &key, &params, in_panel).await;
    answer(&visit, outcome)
}

async fn step(visit: &Visit, key: &str, params: &Params, in_panel: InPanel) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let asked = Asked::new(visit, &object, params).await?;
    let schema = &visit.ctx.snapshot.schema;
    let texts = t(visit.locale());
    let back = asked.address(|_| {});
    let pieces = match filters::pieces(&asked.look.filter, schema, &object) {
        Ok(pieces) if params.get("expression").is_empty() => pieces,
        _ => {
            let body = expression(visit.locale(), &filter::expression(visit, &asked, None));
            return Ok(panel::answer(visit, &object, in_panel, Panel::new(texts.filter_as_expression(), back, body)));
        }
    };
    let place = Place { piece: params.get("piece").parse().ok(), branch: params.get("branch").parse().ok() };
    let existing = existing(&pieces, &place);
    if params.get("then") == "remove" {
        return Ok(panel::go(in_panel, &asked.address(|look| look.filter = removed(&pieces, &place))));
    }
    let path = existing.map(|condition| condition.path.text()).filter(|_| params.get("path").is_empty());
    let path = path.unwrap_or_else(|| params.get("path").to_owned());
    if path.is_empty() {
        return Ok(panel::answer(visit, &object, in_panel, chooser(visit, &object, &asked, &place, params.get("via"))));
    }
    let path = resolve_path(&path, schema, &object)?;
    let field = schema.object(&path.object).and_then(|o| o.field(&path.field)).cloned();
    let Some(field) = field else { return Ok(panel::go(in_panel, &back)) };
    let mut filled = match existing.filter(|condition| condition.path == path && params.get("operator").is_empty()) {
        Some(condition) => stored(visit, condition),
        None => filled(params),
    };
    let default = operators(&field).first().copied().unwrap_or_default();
    let operator = match (params.get("operator"), existing) {
        ("", Some(condition)) if condition.path == path => condition.operator,
        ("", _) => default,
        (asked, _) => asked,
    };
    let mut problem = None;
    if params.get("then") == "apply" {
        match filters::condition(&path.text(), &field, operator, &filled, visit.ctx.tenant.zone) {
            Ok(text) => return Ok(panel::go(in_panel, &asked.address(|look| look.filter = placed(&pieces, &place, text)))),
            Err(refused) => problem = Some(refused),
        }
    }
    if params.get("find") == "value" {
        // Finding without script keeps what was chosen.
        filled.values.retain(|value| !value.is_empty());
    }
    if filled.period.is_empty() {
        filled.period = PERIODS[6].to_owned();
    }
    let refused = problem.as_ref().map(|problem| field_problem(&visit.ctx, problem));
    let label = filters::field_label(&path, schema, visit.locale());
    let editor =
        Editor { asked: &asked, place: &place, path: &path, field: &field, operator, filled: &filled, words: params.get("value.find") };
    let mut body = editor.markup(visit, existing.is_some()).await?;
    if let Some(refused) = &refused {
        body = html! { p.err role="alert" { (icon(Icon::Bad)) span { (refused.text) } } (body) };
    }
    let mut panel = Panel::new(texts.filter_by(&label), back, body);
    if refused.is_some() {
        panel.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(panel::answer(visit, &object, in_panel, panel))
}

fn existing<'p>(pieces: &'p [Piece], place: &Place) -> Option<&'p Condition> {
    match &pieces.get(place.piece?)?.said {
        Said::Any(conditions) => conditions.get(place.branch?),
        Said::Expression(_) => None,
    }
}

/// The filter with a condition at its place.
fn placed(pieces: &[Piece], place: &Place, text: String) -> String {
    let Some(piece) = place.piece.and_then(|at| pieces.get(at)) else { return filters::with_piece(pieces, None, &text) };
    let mut branches = piece.alternatives.clone();
    match place.branch.and_then(|at| branches.get_mut(at)) {
        Some(branch) => *branch = text,
        None => branches.push(text),
    }
    filters::with_piece(pieces, place.piece, &filters::any_of(&branches))
}

fn removed(pieces: &[Piece], place: &Place) -> String {
    let Some(piece) = place.piece.and_then(|at| pieces.get(at)) else { return filters::with_piece(pieces, None, "") };
    let mut branches = piece.alternatives.clone();
    if let Some(at) = place.branch.filter(|at| *at < branches.len()) {
        branches.remove(at);
    }
    let rest = if branches.is_empty() { String::new() } else { filters::any_of(&branches) };
    filters::with_piece(pieces, place.piece, &rest)
}

fn filled(params: &Params) -> Filled {
    let get = |name: &str| params.get(name).to_owned();
    let values = params.0.iter().filter(|(key, _)| key == "value").flat_map(|(_, value)| controls::split(value).map(str::to_owned));
    Filled { values: values.collect(), text: get("text"), from: get("from"), to: get("to"), days: get("days"), period: get("period") }
}

/// A condition that is in force, as its inputs hold it.
fn stored(visit: &Visit, condition: &Condition) -> Filled {
    let text = |literal: &Literal| match literal {
        Literal::Me => ME.to_owned(),
        Literal::Text(text) => local(visit, &condition.path.kind, text),
        Literal::Number(text) | Literal::Other(text) => text.clone(),
        Literal::Bool(truth) => truth.to_string(),
        Literal::Today(days) => days.to_string(),
        Literal::Period(code) => (*code).to_owned(),
    };
    let values: Vec<String> = condition.values.iter().map(text).collect();
    let first = values.first().cloned().unwrap_or_default();
    let mut filled = Filled::default();
    match condition.operator {
        "between" => {
            filled.to = values.get(1).cloned().unwrap_or_default();
            filled.from = first;
        }
        "past" | "next" | "older" | "later" => filled.days = first,
        "within" => filled.period = first,
        "one_of" => filled.text = values.join(t(visit.locale()).list_separator()),
        _ => {
            filled.text = first;
            filled.values = values;
        }
    }
    filled
}

/// An instant as an input for days holds it.
fn local(visit: &Visit, kind: &FieldKind, text: &str) -> String {
    match (kind, chrono::DateTime::parse_from_rfc3339(text)) {
        (FieldKind::DateTime, Ok(instant)) => instant.with_timezone(&visit.ctx.tenant.zone).date_naive().to_string(),
        _ => text.to_owned(),
    }
}

/// The fields to choose from: the object's own, or those behind the references of `via`.
fn chooser(visit: &Visit, object: &Object, asked: &Asked, place: &Place, via: &str) -> Panel {
    let (schema, locale, texts) = (&visit.ctx.snapshot.schema, visit.locale(), t(visit.locale()));
    let reached = (!via.is_empty()).then(|| resolve_path(via, schema, object).ok()).flatten();
    let held = reached.as_ref().and_then(|path| schema.object(path.kind.target()?)).cloned();
    let around = held.as_deref().unwrap_or(object);
    let hops = reached.as_ref().map_or(0, |path| path.hops.len() + 1);
    let prefix = reached.as_ref().map(|path| format!("{}.", path.text())).unwrap_or_default();
    let spot = place_pairs(place);
    let link = |name: &'static str, path: &str| {
        let mut more: Vec<(&str, &str)> = spot.iter().map(|(name, value)| (*name, value.as_str())).collect();
        more.push((name, path));
        asked.tool("filter", &more)
    };
    let fields = offered(visit, around);
    let body = html! {
        @if fields.len() > 8 { input.in.script type="search" placeholder=(texts.filter_find_field()) aria-label=(texts.filter_find_field()) autocomplete="off" data-find-in="fields"; }
        ul.choices data-found="fields" {
            @for field in &fields {
                @let path = format!("{prefix}{}", field.key);
                li.row {
                    a.opt.grow href=(link("path", &path)) data-panel { (field.label.get(locale)) }
                    @if hops < HOPS && field.target().is_some_and(|target| visit.ctx.may(target, guanxi_core::policy::Function::View)) {
                        @let words = texts.filter_fields_of(field.label.get(locale));
                        a.btn.quiet.icon href=(link("via", &path)) data-panel aria-label=(words) title=(words) { (icon(Icon::Right)) }
                    }
                }
            }
        }
        @if via.is_empty() && place.piece.is_none() {
            p.foot-line { a.link href=(asked.tool("filter", &[("expression", "1")])) data-panel { (texts.filter_as_expression()) } }
        }
    };
    let title = match &reached {
        Some(path) => texts.filter_fields_of(&filters::field_label(path, schema, locale)),
        None => texts.filter_add().to_owned(),
    };
    Panel::new(title, asked.address(|_| {}), body)
}

/// The operators of a field: words are found where the search reads it.
fn operators(field: &Field) -> Vec<&'static str> {
    let searched = guanxi_core::search::searched(field).is_some();
    filters::operators(&field.kind).iter().copied().filter(|operator| *operator != "contains" || searched).collect()
}

/// Fields that somebody can ask for a value of.
fn offered<'o>(visit: &Visit, object: &'o Object) -> Vec<&'o Field> {
    let system = SYSTEM.into_iter().filter_map(|key| object.field(key));
    let fields = object.own_fields().chain(system);
    fields.filter(|field| !operators(field).is_empty() && columns::is_plain(&visit.ctx, object, field)).collect()
}

fn place_pairs(place: &Place) -> Vec<(&'static str, String)> {
    let piece = place.piece.map(|at| ("piece", at.to_string()));
    let branch = place.branch.map(|at| ("branch", at.to_string()));
    piece.into_iter().chain(branch).collect()
}

/// The form of one condition.
struct Editor<'e> {
    asked: &'e Asked,
    place: &'e Place,
    path: &'e FieldPath,
    field: &'e Field,
    operator: &'e str,
    filled: &'e Filled,
    words: &'e str,
}

impl Editor<'_> {
    async fn markup(&self, visit: &Visit, exists: bool) -> Outcome<Markup> {
        let (locale, texts) = (visit.locale(), t(visit.locale()));
        let operators = operators(self.field);
        let relation = Control::new(
            "operator",
            texts.filter_relation(),
            ControlKind::Select {
                choices: operators.iter().map(|operator| Choice::new(*operator, operator_words(locale, operator))).collect(),
            },
        )
        .value(self.operator)
        .required();
        let address = format!("{}/filter", crate::ui::urls::list(&self.asked.object));
        let parts = self.parts(visit).await?;
        let then = |words: &str, value: &str| Button {
            action: Action::SubmitValue { name: "then".into(), value: value.into() },
            ..Button::submit(words).big()
        };
        let another = self.asked.tool("filter", &[("piece", &self.place.piece.map(|at| at.to_string()).unwrap_or_default())]);
        Ok(html! {
            form.stack.tight method="get" action=(address) data-panel-form data-condition {
                div.sr aria-hidden="true" { button tabindex="-1" name="then" value="apply" { (texts.apply()) } }
                @for (name, value) in self.asked.pairs(|_| {}) { input type="hidden" name=(name) value=(value); }
                @for (name, value) in place_pairs(self.place) { input type="hidden" name=(name) value=(value); }
                input type="hidden" name="path" value=(self.path.text());
                (control(locale, &relation))
                @for (operators, controls) in &parts {
                    div.stack.tight data-for=(operators) { @for each in controls { (control(locale, each)) } }
                }
                div.row.wrap.panel-acts {
                    (button(&then(texts.apply(), "apply").kind(ButtonKind::Primary)))
                    @if exists { (button(&then(texts.filter_remove(), "remove").kind(ButtonKind::Quiet))) }
                }
            }
            @if exists { p.foot-line { a.link href=(another) data-panel { (texts.filter_or()) } } }
        })
    }

    /// Inputs with the operators that read them.
    async fn parts(&self, visit: &Visit) -> Outcome<Vec<(&'static str, Vec<Control>)>> {
        let texts = t(visit.locale());
        let plain = |name: &str, label: &str, kind: &ControlKind, value: &str| Control::new(name, label, kind.clone()).value(value);
        let days = |value: &str| plain("days", texts.filter_days(), &ControlKind::Number, value);
        let filled = self.filled;
        Ok(match &self.field.kind {
            FieldKind::Date | FieldKind::DateTime => {
                let periods = PERIODS.iter().map(|name| Choice::new(*name, filter::period(texts, name))).collect();
                vec![
                    (
                        "within",
                        vec![plain("period", texts.filter_day(), &ControlKind::Select { choices: periods }, &filled.period).required()],
                    ),
                    ("past next older later", vec![days(&filled.days)]),
                    ("eq before after", vec![plain("text", texts.filter_value(), &ControlKind::Date, &filled.text)]),
                    ("between", ends(texts, &ControlKind::Date, filled)),
                ]
            }
            FieldKind::Select { .. } | FieldKind::Bool | FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } => {
                vec![("eq ne has has_not", vec![self.choices(visit, choices_of(visit, self.field).await?)])]
            }
            FieldKind::Reference { target } | FieldKind::ManyReference { target } => {
                vec![("eq ne has has_not", vec![self.records(visit, target).await?])]
            }
            kind => {
                let input =
                    controls::control(visit, &Field { mask: None, required: false, help: None, ..self.field.clone() }, Typed::default())
                        .await?
                        .kind;
                let text = if matches!(
                    kind,
                    FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url
                ) {
                    ControlKind::Text { max: None }
                } else {
                    input.clone()
                };
                vec![
                    (
                        "one_of starts_with contains eq ne ge le gt lt",
                        vec![plain("text", texts.filter_value(), &text, &filled.text).help(if self.operator == "one_of" {
                            texts.filter_several_help()
                        } else {
                            ""
                        })],
                    ),
                    ("between", ends(texts, &input, filled)),
                ]
            }
        })
    }

    fn choices(&self, visit: &Visit, choices: Vec<Choice>) -> Control {
        let texts = t(visit.locale());
        let kind = if choices.len() > 30 {
            let chosen = choices.iter().filter(|choice| self.filled.values.contains(&choice.value)).cloned().collect();
            ControlKind::ManyReference(ManyReference { chosen, picker: Reference { choices, ..Reference::default() } })
        } else {
            ControlKind::Several { choices }
        };
        Control::new("value", texts.filter_values(), kind).value(self.filled.values.join(","))
    }

    /// All records of a small object, oneself first; a search in a larger one.
    async fn records(&self, visit: &Visit, target: &str) -> Outcome<Control> {
        let texts = t(visit.locale());
        let myself = (target == "user" && self.path.kind.target() == Some("user") && !self.path.kind.is_list())
            .then(|| Choice::new(ME, texts.myself()));
        let listed = references::list(visit, target, "", LISTED).await?;
        let chosen = self.filled.values.join(",");
        if let Some(listed) = listed.filter(|listed| !listed.more) {
            let records = listed.records.into_iter().map(|(id, title)| Choice::new(id.to_string(), title));
            return Ok(self.choices(visit, myself.into_iter().chain(records).collect()));
        }
        let mut many = references::many(visit, target, &chosen, self.words).await?;
        if let Some(me) = myself {
            if self.filled.values.iter().any(|value| value == ME) {
                many.chosen.insert(0, me.clone());
            }
            many.picker.choices.insert(0, me);
        }
        Ok(Control::new("value", texts.filter_values(), ControlKind::ManyReference(many)).value(chosen))
    }
}

fn ends(texts: crate::texts::Texts, kind: &ControlKind, filled: &Filled) -> Vec<Control> {
    vec![
        Control::new("from", texts.filter_from(), kind.clone()).value(filled.from.as_str()),
        Control::new("to", texts.filter_to(), kind.clone()).value(filled.to.as_str()),
    ]
}

/// The choices of a list of values.
async fn choices_of(visit: &Visit, field: &Field) -> Outcome<Vec<Choice>> {
    let texts = t(visit.locale());
    Ok(match controls::control(visit, field, Typed::default()).await?.kind {
        ControlKind::Select { choices } | ControlKind::ManyOf { choices } | ControlKind::Tree { choices } => choices,
        ControlKind::ManyReference(many) => many.picker.choices,
        ControlKind::Bool | ControlKind::BoolOrEmpty => vec![Choice::new("true", texts.yes()), Choice::new("false", texts.no())],
        _ => Vec::new(),
    })
}
