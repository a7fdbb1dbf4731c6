//! One record: what it is, what belongs to it, what happened to it. A customer has its two cards beside, each with a face of its own.

use std::collections::{HashMap, HashSet};

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};
use guanxi_sandbox::manifest::CardName;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::params::Params;
use super::cards::{self, Glance};
use super::moves::Refused;
use super::selection::Selection;
use super::{adjust, attachments, facts, id_of, inline_lines, name_of_many, neighbours, object_of, quick, related, time_line};
use crate::engine::{Engine, Outcome, RecordView};
use crate::texts::t;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::dialog::delete_dialog;
use crate::ui::components::files::Attached;
use crate::ui::components::icon::Icon;
use crate::ui::components::menu::{MenuEntry, MenuTarget, menu};
use crate::ui::components::tabs::{Tab, tabs};
use crate::ui::format::{self, EMPTY, MoneyStyle};
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
    /// Filter and order of the list that it was opened from; either may be blank.
    pub(super) list: [String; 2],
    /// What the visitor may do with it.
    functions: Vec<Function>,
}

impl<'a> Shown<'a> {
    /// Reads all visible fields of a record.
    pub(super) async fn read(visit: &Visit, object: &'a Object, id: Uuid) -> Outcome<Self> {
        // Fields that the visitor has no right to are not there at all.
        let told = |key: &str| visit.ctx.field_right(&object.key, key) != FieldRight::None;
        let fields = object.fields.iter().filter(|field| !field.hidden && field.key != "id" && told(&field.key));
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
        let functions = visit.engine().functions_on(&visit.ctx, object, id, &[Function::Edit, Function::Delete]).await?;
        Ok(Self { object, id, version, title, selection, row, files, list: Default::default(), functions })
    }

    /// An address of its page that still knows of the list.
    pub(super) fn page(&self, rest: &[(&str, &str)]) -> String {
        let [filter, sort] = &self.list;
        let list = [(neighbours::FILTER, filter.as_str()), (neighbours::SORT, sort.as_str())];
        urls::with_query(&urls::record(&self.object.key, self.id), &[&list, rest].concat())
    }

    /// Whether the visitor may do something with this record.
    pub(super) fn may(&self, function: Function) -> bool {
        self.functions.contains(&function)
    }
}

/// `GET /o/{object}/{id}`
pub(super) async fn handle(visit: Visit, Path((key, id)): Path<(String, String)>, params: Params) -> Response {
    let outcome = fresh(&visit, &key, &id, &params).await;
    answer(&visit, outcome)
}

async fn fresh(visit: &Visit, key: &str, id: &str, params: &Params) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let list = [neighbours::FILTER, neighbours::SORT].map(|name| params.get(name).to_owned());
    let record = Shown { list, ..Shown::read(visit, &object, id_of(id)?).await? };
    page(visit, &record, params, None).await
}

/// The page; after a refused action with the reason.
pub(super) async fn page(visit: &Visit, record: &Shown<'_>, params: &Params, refused: Option<&Refused>) -> Outcome<Response> {
    let (object, key) = (record.object, record.object.key.as_str());
    let absent = visit.engine().absent_fields(&visit.ctx, object, record.id).await?;
    let mut glances = Vec::new();
    if Engine::has_cards(&visit.ctx, key) {
        for name in CardName::ALL {
            glances.push(Glance::read(visit, record, name).await);
        }
    }
    let chosen = CardName::parse(params.get(cards::FACE)).filter(|_| !glances.is_empty());
    let inside = match chosen {
        Some(card) => cards::whole(visit, record, card, params).await?,
        None => overview(visit, record, &absent, &glances, params).await?,
    };
    let body = html! {
        (facts::head(visit, record, &absent, refused, &faces(visit, record, &glances, chosen)))
        (inside)
        (adjust::dialogs(visit, record))
        (quick::dialogs(visit, record))
        @if record.may(Function::Delete) {
            (delete_dialog(visit.locale(), DELETE, &record.title, &urls::delete(key, record.id), &visit.session.csrf, record.version))
        }
    };
    let around = neighbours::buttons(visit, record).await?;
    let breadcrumb = vec![(name_of_many(visit, object), urls::list(key))];
    let page = Page {
        title: record.title.clone(),
        breadcrumb,
        actions: Some(html! { (around) (actions(visit, record)) }),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    Ok(show(visit, &urls::list(key), page))
}

/// The faces of a record that has cards, as tabs.
fn faces(visit: &Visit, record: &Shown<'_>, glances: &[Glance], chosen: Option<CardName>) -> Markup {
    let texts = t(visit.locale());
    if glances.is_empty() {
        return html! {};
    }
    let mut all = vec![Tab::new(texts.face_overview(), record.page(&[]), chosen.is_none())];
    for glance in glances {
        let count = glance.count().filter(|count| *count > 0).map(|count| format::count(count, true, visit.locale()));
        let tab = Tab::new(cards::name(visit, glance.name), cards::face(record, glance.name.name(), &[]), chosen == Some(glance.name));
        all.push(Tab { count, ..tab });
    }
    tabs(&texts.faces_of(&record.title), &all)
}

/// Everything about the record: its fields, cards, lines, panels of plugins, related records; beside them what happened.
async fn overview(visit: &Visit, record: &Shown<'_>, absent: &HashSet<String>, glances: &[Glance], params: &Params) -> Outcome<Markup> {
    let panels = plugin_panels(visit, record.object, record.id).await;
    let lines = inline_lines::cards(visit, record, absent).await?;
    let lists = related::lists(visit, record, !glances.is_empty()).await?;
    let asked = time_line::Asked { earlier: params.get(time_line::EARLIER), kind: params.get(time_line::KIND) };
    let line = time_line::line(visit, record, asked).await?;
    let mut groups = facts::groups(visit, record, absent).into_iter();
    Ok(html! {
        div.split {
            div.stack {
                @if let Some(first) = groups.next() { (first) }
                @for glance in glances { (glance.shown(visit, record)) }
                @for panel in &panels { (panel) }
                @for group in groups { (group) }
                @for card in &lines { (card) }
                @for list in &lists { (list) }
            }
            aside.stack {
                @if let Some(line) = line { (card(&Card { icon: Some(Icon::Clock), ..Card::new(t(visit.locale()).activity(), line) })) }
                (facts::system(visit, record))
            }
        }
    })
}

fn actions(visit: &Visit, record: &Shown<'_>) -> Markup {
    let texts = t(visit.locale());
    let edit = Button::link(texts.edit(), urls::edit(&record.object.key, record.id)).primary().icon(Icon::Pen).key("E");
    let mut entries = Vec::new();
    if record.may(Function::Edit) && record.object.parent.is_none() {
        let target = MenuTarget::Link(urls::shares(&record.object.key, record.id));
        entries.push(MenuEntry { label: texts.share_record().into(), icon: Some(Icon::Users), target, danger: false });
    }
    if visit.ctx.actor.is_administrator() {
        let target = MenuTarget::Link(urls::explain(&record.object.key, record.id));
        entries.push(MenuEntry { label: texts.admin_explain().into(), icon: Some(Icon::Shield), target, danger: false });
    }
    if record.may(Function::Delete) {
        let target = MenuTarget::Dialog(DELETE.into());
        entries.push(MenuEntry { label: texts.delete().into(), icon: Some(Icon::Trash), target, danger: true });
    }
    html! {
        @if record.may(Function::Edit) { (button(&edit)) }
        (menu(visit.locale(), &entries))
    }
}
