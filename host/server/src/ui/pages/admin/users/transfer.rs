//! The records of a user who leaves, or changes place, given to another: whom to, a preview, and the batch.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Problem;
use guanxi_core::meta::Object;
use maud::html;
use uuid::Uuid;

use super::super::super::batches::{begun, count, report};
use super::super::super::records::references;
use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, below, form_page};
use super::{text, user_of};
use crate::engine::{Outcome, RecordView, Refusal, TransferRequest};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection, token_field};
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Posted, Visit, answer};

/// What the form holds.
#[derive(Default)]
struct Typed {
    to: String,
    objects: Vec<String>,
    /// Words to find a user by, without script.
    words: String,
    agreed: Vec<String>,
}

impl Typed {
    fn posted(posted: &Posted) -> Self {
        Self {
            to: posted.get("to").trim().to_owned(),
            objects: posted.all("objects").filter(|key| !key.is_empty()).map(str::to_owned).collect(),
            words: posted.get("to.find").trim().to_owned(),
            agreed: report::agreed(posted),
        }
    }

    fn request(&self, from: Uuid) -> Outcome<TransferRequest> {
        let missing = || Refusal::from(Problem::error("field.required", "`to` is missing").on("to"));
        let to = Uuid::parse_str(&self.to).map_err(|_| missing())?;
        Ok(TransferRequest { from, to, objects: self.objects.clone(), confirm: self.agreed.clone() })
    }
}

/// `GET /admin/users/{id}/transfer`
pub(super) async fn show(Admin(visit): Admin, Path(id): Path<String>) -> Response {
    let page: Outcome<Response> = async {
        let user = user_of(&visit, &id).await?;
        asking(&visit, &user, &Typed::default(), None).await
    }
    .await;
    answer(&visit, page)
}

/// `POST /admin/users/{id}/transfer` with `then`: `edit`, `run`; else the preview.
pub(super) async fn submit(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let page: Outcome<Response> = async {
        let user = user_of(visit, &id).await?;
        let typed = Typed::posted(&posted);
        if !posted.get("find").is_empty() || posted.get("then") == "edit" {
            return asking(visit, &user, &typed, None).await;
        }
        let done = match (typed.request(user.id), posted.get("then")) {
            (Err(refusal), _) => Err(refusal),
            (Ok(request), "run") => visit.app.engine.transfer(&visit.ctx, request).await.map(|started| begun(visit, &started)),
            (Ok(request), _) => previewed(visit, &user, &typed, request).await,
        };
        match done {
            Err(refusal) if refusal.status == 422 => asking(visit, &user, &typed, Some(&refusal)).await,
            other => other,
        }
    }
    .await;
    answer(visit, page)
}

fn way(visit: &Visit, user: &RecordView) -> Vec<(String, String)> {
    let mut way = Area::Users.way(visit);
    way.push((text(user, "name"), addresses::user(user.id)));
    way
}

/// Objects whose records have owners of their own.
fn owned(visit: &Visit) -> impl Iterator<Item = &Object> {
    visit.ctx.snapshot.schema.objects().map(AsRef::as_ref).filter(|object: &&Object| !object.read_only && object.parent.is_none())
}

async fn asking(visit: &Visit, user: &RecordView, typed: &Typed, refusal: Option<&Refusal>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let picker = references::choices(visit, "user", &typed.to, &typed.words).await?;
    let choices = owned(visit).map(|object| Choice::new(&object.key, object.label.get(visit.locale()))).collect();
    let controls = vec![
        Control::new("to", texts.transfer_to(), ControlKind::Reference(picker))
            .value(typed.to.as_str())
            .required()
            .help(texts.transfer_to_help()),
        Control::new("objects", texts.transfer_objects(), ControlKind::Several { choices })
            .value(typed.objects.join(","))
            .help(texts.transfer_objects_help()),
    ];
    let mut form = Form {
        address: addresses::transfer(user.id),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", controls)],
        save: texts.bulk_preview().into(),
        cancel: Some(addresses::user(user.id)),
        ..Form::default()
    };
    if let Some(refusal) = refusal {
        place(visit, &mut form, refusal, &[]);
    }
    Ok(form_page(visit, way(visit, user), &texts.transfer_of(&text(user, "name")), &form, refusal))
}

async fn previewed(visit: &Visit, user: &RecordView, typed: &Typed, request: TransferRequest) -> Outcome<Response> {
    let texts = t(visit.locale());
    let name = text(user, "name");
    let to = visit.engine().titles(&visit.ctx, "user", &[request.to]).await?.remove(&request.to).unwrap_or_default();
    let found = visit.engine().preview_transfer(&visit.ctx, request).await?;
    let changed = found.counts.changed;
    let then = |value: &str| Action::SubmitValue { name: "then".into(), value: value.into() };
    let again = (!report::agreements(visit, &found).is_empty())
        .then(|| Button { action: then("preview"), ..Button::submit(texts.bulk_preview_again()).big() });
    let told = report::preview(visit, None, &found, false).await?;
    let body = html! {
        form.stack method="post" action=(addresses::transfer(user.id)) data-once {
            (token_field(&visit.session.csrf))
            input type="hidden" name="to" value=(typed.to);
            @for key in &typed.objects { input type="hidden" name="objects" value=(key); }
            @if found.counts.wanted == 0 { (state(visit.locale(), &State::new(StateKind::Empty, texts.transfer_none(&name), texts.transfer_none_hint()))) }
            @else if changed > 0 { (note(&Note::new(Tone::Accent, format!("{name} → {to}"), texts.bulk_nothing_written_hint()))) }
            @else { (note(&Note::new(Tone::Warn, texts.bulk_nothing_to_do(), ""))) }
            (report::agreement_boxes(visit, &found, &typed.agreed))
            div.row.wrap {
                @if changed > 0 { (button(&Button { action: then("run"), ..Button::submit(texts.transfer_now(count(changed))).primary().big() })) }
                @if let Some(again) = &again { (button(again)) }
                (button(&Button { action: then("edit"), ..Button::submit(texts.bulk_back()).big() }))
                (button(&Button::link(texts.cancel(), addresses::user(user.id)).kind(ButtonKind::Quiet).big().key("Esc")))
            }
        }
        @if !found.objects.is_empty() { (by_object(visit, &found.objects)) }
        @if found.counts.wanted > 0 { (told) }
    };
    let page = Page { title: texts.transfer_of(&name), breadcrumb: way(visit, user), layout: Body::Cards, body, ..Page::default() };
    Ok(below(visit, page))
}

fn by_object(visit: &Visit, objects: &[(String, i64)]) -> maud::Markup {
    let texts = t(visit.locale());
    let label = |key: &String| {
        visit.ctx.snapshot.schema.object(key).map_or_else(|| key.clone(), |object| object.label.get(visit.locale()).to_owned())
    };
    let row = |(key, number): &(String, i64)| Row { href: None, cells: vec![html! { (label(key)) }, html! { (format::integer(*number)) }] };
    let table = Table {
        label: texts.by_object().to_owned(),
        columns: vec![Column::new(texts.batch_object()), Column::number(texts.records_count())],
        rows: objects.iter().map(row).collect(),
        total: None,
    };
    card(&Card::flush(texts.by_object(), plain_table(visit.locale(), &table)))
}
