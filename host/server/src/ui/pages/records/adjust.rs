//! An adjustment of a record's numbers: by how much, asked in a dialog. A refusal is told in the record's head.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::meta::Adjustment;
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::super::params::Params;
use super::moves::Refused;
use super::record::{self, Shown};
use super::{form, id_of, object_of};
use crate::engine::{Change, Outcome, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::button::Button;
use crate::ui::components::control::{Control, ControlKind, control};
use crate::ui::components::dialog::{Dialog, asking};
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::{flash, urls};

/// The adjustments that the visitor may make.
fn open<'o>(record: &Shown<'o>) -> &'o [Adjustment] {
    if record.may(Function::Edit) { &record.object.rules.adjustments } else { &[] }
}

/// A button for each.
pub(super) fn buttons(visit: &Visit, record: &Shown<'_>) -> Vec<Button> {
    open(record).iter().map(|one| Button::dialog(one.label.get(visit.locale()), id(one))).collect()
}

/// The dialogs behind the buttons; they stand at the end of the page.
pub(super) fn dialogs(visit: &Visit, record: &Shown<'_>) -> Markup {
    html! { @for one in open(record) { (ask(visit, record, one)) } }
}

fn id(one: &Adjustment) -> String {
    format!("adjust-{}", one.key)
}

fn ask(visit: &Visit, record: &Shown<'_>, one: &Adjustment) -> Markup {
    let locale = visit.locale();
    let amount = Control::new(format!("{}-amount", id(one)), t(locale).amount(), ControlKind::Number).required();
    let moved =
        one.fields.iter().filter_map(|moved| record.object.field(&moved.field).map(|field| (field.label.get(locale), moved.subtract)));
    let moved: Vec<String> = moved.map(|(label, subtract)| format!("{} {label}", if subtract { "−" } else { "+" })).collect();
    asking(
        locale,
        &Dialog {
            id: id(one),
            title: t(locale).adjust_question(one.label.get(locale)),
            body: html! { p.dim { (moved.join(t(locale).list_separator())) } },
            address: urls::adjust(&record.object.key, record.id),
            token: visit.session.csrf.clone(),
            hidden: vec![("action".into(), one.key.clone())],
            confirm: one.label.get(locale).to_owned(),
            danger: false,
        },
        &control(locale, &amount),
    )
}

/// `POST /o/{object}/{id}/adjust` with `action` and the amount
pub(super) async fn handle(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = adjust(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

async fn adjust(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let action = posted.get("action").to_owned();
    let named = object.rules.adjustments.iter().find(|one| one.key == action).ok_or_else(|| Refusal::not_found("action"))?;
    let label = named.label.get(visit.locale()).to_owned();
    let name = format!("{}-amount", self::id(named));
    let amount = posted.get(&name).trim().to_owned();
    let change = Change::Adjust { object: key.to_owned(), id: record.id, action: action.clone(), amount: amount.clone() };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome")))) {
        Ok(saved) => {
            let said = form::done(visit, t(visit.locale()).transition_done(&record.title, &format!("{label} {amount}")), &saved);
            Ok(flash::redirect(&visit.app, &urls::record(key, record.id), &said))
        }
        Err(refusal) if matches!(refusal.status, 403 | 404) || refusal.status >= 500 => Err(refusal),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            let refused = Refused { action, label, address: urls::adjust(key, record.id), hidden: vec![(name, amount)], refusal };
            let mut response = record::page(visit, &record, &Params::default(), Some(&refused)).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}
