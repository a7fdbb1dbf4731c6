//! What uses a field, and from there hiding or removing it.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{Field, Object, Origin};
use maud::{Markup, html};

use super::super::{Admin, AdminPosted, addresses, below, problems, words};
use super::{field_of, object_of, way};
use crate::engine::{FieldUse, Outcome};
use crate::texts::{Texts, t};
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::flash;
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/objects/{object}/fields/{field}/remove`
pub(super) async fn show(Admin(visit): Admin, Path((key, field)): Path<(String, String)>) -> Response {
    let page: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let field = field_of(&object, &field)?;
        let uses = visit.engine().field_uses(&visit.ctx, &object.key, &field.key).await?;
        Ok(page(&visit, &object, field, &uses))
    }
    .await;
    answer(&visit, page)
}

/// `POST /admin/objects/{object}/fields/{field}/remove` removes it; hiding has an address of its own.
pub(super) async fn submit(Path((key, field)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let name = object_of(visit, &key).and_then(|object| field_of(&object, &field).map(|f| f.label.get(visit.locale()).to_owned()));
    let said = match visit.engine().drop_field(&visit.ctx, &key, &field).await {
        Ok(()) => Flash::done(t(visit.locale()).dropped_now(&name.unwrap_or(field))),
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
            Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) }
        }
    };
    flash::redirect(&visit.app, &addresses::object(&key), &said)
}

fn page(visit: &Visit, object: &Object, field: &Field, uses: &[FieldUse]) -> Response {
    let texts = t(visit.locale());
    let name = field.label.get(visit.locale());
    let blocking = uses.iter().filter(|one| one.blocks).count() as u64;
    // What the host or a plugin declares can only be hidden; it would come back.
    let own = field.origin == Origin::Tenant;
    let token = &visit.session.csrf;
    let hide = Button { disabled: blocking > 0, ..Button::submit(texts.hide()).icon(Icon::EyeOff) };
    let remove = Button { disabled: blocking > 0, ..Button::submit(texts.drop_field()).kind(ButtonKind::Danger).icon(Icon::Trash) };
    let body = html! {
        @if blocking > 0 { (note(&Note::new(Tone::Warn, texts.uses_blocking(blocking), ""))) }
        (card(&Card { count: Some(uses.len().to_string()), ..Card::flush(texts.uses(), uses_table(visit, uses)) }))
        section.card {
            div."body stack" {
                @if !field.hidden {
                    div.row.wrap.between { p { (texts.hide_field_explained()) } (post_button(&addresses::hide_field(&object.key, &field.key), token, &[("hidden", "true")], &hide)) }
                }
                @if own {
                    div.row.wrap.between { p { (texts.drop_field_explained()) } (post_button(&addresses::remove_field(&object.key, &field.key), token, &[], &remove)) }
                }
                div.row { (button(&Button::link(texts.cancel(), addresses::field(&object.key, &field.key)).kind(ButtonKind::Quiet).key("Esc"))) }
            }
        }
    };
    let mut breadcrumb = way(visit, object);
    breadcrumb.push((name.to_owned(), addresses::field(&object.key, &field.key)));
    below(visit, Page { title: texts.remove_field(name), breadcrumb, layout: Body::Cards, body, ..Page::default() })
}

/// Every place, with the way to it.
pub(super) fn uses_table(visit: &Visit, uses: &[FieldUse]) -> Markup {
    let texts = t(visit.locale());
    if uses.is_empty() {
        return html! { div.body { p.dim { (texts.uses_none()) } } };
    }
    let columns = vec![Column::new(texts.use_place()), Column::new(texts.use_kind()), Column::new(texts.use_blocks())];
    let rows = uses.iter().map(|one| {
        let object = words::find_object(visit, &one.object);
        let label = object.map_or(one.object.as_str(), |object| object.label.get(visit.locale()));
        let field = object.and_then(|object| object.fields.iter().find(|field| field.key == one.name));
        let name = field.map_or(one.name.as_str(), |field| field.label.get(visit.locale()));
        Row {
            href: Some(address(one)),
            cells: vec![
                html! { (label) " · " (name) },
                html! { (use_words(texts, one.kind)) },
                html! { @if one.blocks { (badge(Tone::Warn, texts.use_blocks())) } @else { span.faint { "—" } } },
            ],
        }
    });
    plain_table(visit.locale(), &Table { label: texts.uses().to_owned(), columns, rows: rows.collect(), total: None })
}

fn address(one: &FieldUse) -> String {
    match one.kind {
        "formula" | "roll_up" | "condition" => addresses::field(&one.object, &one.name),
        "validation" | "machine" | "no_overlap" | "limit" | "adjustment" | "unique" => addresses::rules(&one.object),
        "declared" | "hook" | "reads" | "writes" | "seed" => addresses::plugin(&one.name),
        _ => addresses::object(&one.object),
    }
}

fn use_words(texts: Texts, kind: &str) -> &'static str {
    match kind {
        "formula" => texts.use_formula(),
        "roll_up" => texts.use_roll_up(),
        "condition" => texts.use_condition(),
        "validation" => texts.use_validation(),
        "machine" => texts.use_machine(),
        "no_overlap" => texts.use_no_overlap(),
        "limit" => texts.use_limit(),
        "adjustment" => texts.use_adjustment(),
        "unique" => texts.use_unique(),
        "tracked" => texts.use_tracked(),
        "parent" => texts.use_parent(),
        "declared" => texts.use_declared(),
        "hook" => texts.use_hook(),
        "reads" => texts.use_reads(),
        "writes" => texts.use_writes(),
        "seed" => texts.use_seed(),
        _ => texts.use_title(),
    }
}
