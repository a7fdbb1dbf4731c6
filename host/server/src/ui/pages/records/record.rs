//! One record: what it is, what belongs to it, what happened to it.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::Function;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::params::Params;
use super::moves::Refused;
use super::selection::Selection;
use super::{adjust, attachments, facts, id_of, inline_lines, may_with, object_of, related, time_line};
use crate::engine::{Outcome, RecordView};
use crate::texts::t;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::dialog::delete_dialog;
use crate::ui::components::files::Attached;
use crate::ui::components::icon::Icon;
use crate::ui::components::menu::{MenuEntry, MenuTarget, menu};
use crate::ui::format::{EMPTY, MoneyStyle};
use crate::ui::layout::{Body, Page};
use crate::ui::plugin_panels::plugin_panels;
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// The id of the question before deleting.
const DELETE: &str = "delete";

/// A record with what its page needs to know of it.
pub(super) struct Shown<'a> {
    pub(super) object: &'a Object,
    pub(super) id: Uuid,
    pub(super) version: i64,
    pub(super) title: String,
    pub(super) selection: Selection<'a>,
    pub(super) row: Vec<guanxi_core::Value>,
    /// Attached files, by field.
    pub(super) files: HashMap<String, Vec<Attached>>,
}

impl<'a> Shown<'a> {
    /// Reads all visible fields of a record.
    pub(super) async fn read(visit: &Visit, object: &'a Object, id: Uuid) -> Outcome<Self> {
        let fields = object.fields.iter().filter(|field| !field.hidden && field.key != "id");
        let mut selection = Selection::new(&visit.ctx.snapshot.schema, object, fields.filter(|field| field.is_stored()));
        let RecordView { version, values: row, .. } = visit.engine().get(&visit.ctx, &object.key, id, &selection.paths).await?;
        selection.learn(visit, std::iter::once(row.as_slice())).await?;
        let title = selection.field(&object.title).map(|title| title.text(&visit.ctx, &row, MoneyStyle::Full)).unwrap_or_default();
        let title = if title.is_empty() || title == EMPTY { object.label.get(visit.locale()).to_owned() } else { title };
        let mut files = HashMap::new();
        for selected in selection.fields.iter().filter(|selected| selected.field.kind == FieldKind::File) {
            if let guanxi_core::Value::Refs(ids) = selected.value(&row) {
                files.insert(selected.field.key.clone(), attachments::list(visit, ids).await?);
            }
        }
        Ok(Self { object, id, version, title, selection, row, files })
    }

    /// The id that a reference of this record holds.
    pub(super) fn reference(&self, key: &str) -> Option<Uuid> {
        self.selection.field(key).and_then(|selected| selected.id(&self.row))
    }

    /// Whether the visitor may do something with this record.
    pub(super) fn may(&self, visit: &Visit, function: Function) -> bool {
        may_with(visit, self.object, function, self.reference("owner"), self.reference("department"))
    }
}

/// `GET /o/{object}/{id}`
pub(super) async fn handle(visit: Visit, Path((key, id)): Path<(String, String)>, params: Params) -> Response {
    let outcome = fresh(&visit, &key, &id, params.get("history")).await;
    answer(&visit, outcome)
}

async fn fresh(visit: &Visit, key: &str, id: &str, earlier: &str) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    page(visit, &record, earlier, None).await
}

/// The page; after a refused action with the reason.
pub(super) async fn page(visit: &Visit, record: &Shown<'_>, earlier: &str, refused: Option<&Refused>) -> Outcome<Response> {
    let (object, key) = (record.object, record.object.key.as_str());
    let panels = plugin_panels(visit, object, record.id).await;
    let lines = inline_lines::cards(visit, record).await?;
    let lists = related::lists(visit, record).await?;
    let line = time_line::line(visit, record, earlier).await?;
    let texts = t(visit.locale());
    let body = html! {
        (facts::head(visit, record, refused))
        div.split {
            div.stack {
                (facts::groups(visit, record))
                @for card in &lines { (card) }
                @for panel in &panels { (panel) }
                @for list in &lists { (list) }
            }
            aside.stack {
                @if let Some(line) = line { (card(&Card { icon: Some(Icon::Clock), ..Card::new(texts.history(), line) })) }
                (facts::system(visit, record))
            }
        }
        (adjust::dialogs(visit, record))
        @if record.may(visit, Function::Delete) {
            (delete_dialog(visit.locale(), DELETE, &record.title, &urls::delete(key, record.id), &visit.session.csrf, record.version))
        }
    };
    let breadcrumb = vec![(object.label.get(visit.locale()).to_owned(), urls::list(key))];
    let page = Page {
        title: record.title.clone(),
        breadcrumb,
        actions: Some(actions(visit, record)),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    Ok(show(visit, &urls::list(key), page))
}

fn actions(visit: &Visit, record: &Shown<'_>) -> Markup {
    let texts = t(visit.locale());
    let edit = Button::link(texts.edit(), urls::edit(&record.object.key, record.id)).primary().icon(Icon::Pen).key("E");
    let mut entries = Vec::new();
    if record.may(visit, Function::Delete) {
        let target = MenuTarget::Dialog(DELETE.into());
        entries.push(MenuEntry { label: texts.delete().into(), icon: Some(Icon::Trash), target, danger: true });
    }
    html! {
        @if record.may(visit, Function::Edit) { (button(&edit)) }
        (menu(visit.locale(), &entries))
    }
}
