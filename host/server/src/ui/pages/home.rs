//! The start page: how many records there are of what, and what changed last.

use std::sync::Arc;

use axum::response::Response;
use guanxi_core::meta::{Object, Origin};
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::records::selection::Selection;
use crate::engine::{ListRequest, Outcome};
use crate::texts::t;
use crate::ui::components::button::{Button, ButtonKind};
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::items::{Item, items};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::stats::{Stat, stats};
use crate::ui::format::{self, EMPTY, MoneyStyle};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};
use crate::ui::words::{in_sentence, several};

/// Objects with a tile.
const TILES: usize = 8;
/// Objects with a list of what changed last.
const LISTS: usize = 4;
/// Rows of each list.
const ROWS: u32 = 6;

/// `GET /`
pub(super) async fn handle(visit: Visit) -> Response {
    let outcome = page(&visit).await;
    answer(&visit, outcome)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let texts = t(visit.locale());
    let objects = objects(visit);
    let mut tiles = Vec::new();
    for object in objects.iter().take(TILES) {
        tiles.push(tile(visit, object).await?);
    }
    let mut lists = Vec::new();
    for object in objects.iter().take(LISTS) {
        lists.extend(recent(visit, object).await?);
    }
    let body = html! {
        @if objects.is_empty() { (state(visit.locale(), &State::new(StateKind::Forbidden, texts.nothing_visible(), texts.nothing_visible_hint()))) }
        @else { (stats(&tiles)) div.two { @for list in &lists { (list) } } }
    };
    let title = texts.greeting(&visit.ctx.actor.name);
    Ok(show(visit, "/", Page { title, layout: Body::Cards, body, ..Page::default() }))
}

/// What the visitor may see: work that is followed step by step first, then the host's records, then the rest. People,
/// departments and units are not work, nor what belongs to single records: lines, notes and files.
fn objects(visit: &Visit) -> Vec<Arc<Object>> {
    let schema = &visit.ctx.snapshot.schema;
    let menu: Vec<&str> =
        visit.ctx.snapshot.plugins.iter().flat_map(|p| &p.manifest.menu).filter_map(|entry| entry.object.as_deref()).collect();
    let work = |object: &Object| match &object.origin {
        Origin::Plugin(_) => menu.contains(&object.key.as_str()),
        _ => !["user", "department", "unit", "attachment", "note"].contains(&object.key.as_str()),
    };
    let visible = |object: &Object| !object.read_only && object.parent.is_none() && visit.ctx.may(&object.key, Function::View);
    let mut objects: Vec<Arc<Object>> = schema.objects().filter(|object| visible(object) && work(object)).cloned().collect();
    objects.sort_by_key(|object| match (&object.tracked, &object.origin) {
        (Some(_), _) => 0,
        (None, Origin::Host) => 1,
        (None, Origin::Tenant) => 2,
        (None, Origin::Plugin(_)) => 3,
    });
    objects
}

async fn tile(visit: &Visit, object: &Object) -> Outcome<Stat> {
    let request = ListRequest { fields: vec!["id".into()], limit: 1, ..ListRequest::default() };
    let page = visit.engine().list(&visit.ctx, &object.key, request).await?;
    let count = page.count.map_or_else(|| EMPTY.to_owned(), |count| format::count(count.value, count.exact, visit.locale()));
    Ok(Stat { href: Some(urls::list(&object.key)), ..Stat::new(several(visit.locale(), object.label.get(visit.locale())), count) })
}

/// The records of an object that changed last; nothing where there are none and none can be made.
async fn recent(visit: &Visit, object: &Object) -> Outcome<Option<Markup>> {
    let texts = t(visit.locale());
    let name = several(visit.locale(), object.label.get(visit.locale()));
    let fields = [Some(object.title.as_str()), second_line(object), Some("owner"), Some("updated_at")];
    let selection = Selection::new(&visit.ctx.snapshot.schema, object, fields.into_iter().flatten().filter_map(|key| object.field(key)));
    let request =
        ListRequest { sort: "-updated_at".into(), fields: selection.paths.clone(), limit: ROWS, count: false, ..ListRequest::default() };
    let page = visit.engine().list(&visit.ctx, &object.key, request).await?;
    let may_create = visit.ctx.may(&object.key, Function::Create);
    if page.rows.is_empty() && !may_create {
        return Ok(None);
    }
    let text = |key: &str, row: &[guanxi_core::Value]| {
        selection.field(key).map(|s| s.text(&visit.ctx, row, MoneyStyle::Short)).filter(|text| text != EMPTY)
    };
    let rows: Vec<Item> = page
        .rows
        .iter()
        .map(|(id, row)| {
            let details: Vec<String> =
                [second_line(object), Some("owner")].into_iter().flatten().filter_map(|key| text(key, row)).collect();
            Item {
                title: text(&object.title, row).unwrap_or_else(|| texts.open().to_owned()),
                href: Some(urls::record(&object.key, *id)),
                detail: (!details.is_empty()).then(|| details.join(" · ")),
                right: text("updated_at", row).map(|time| html! { span.small.dim { (time) } }),
                ..Item::default()
            }
        })
        .collect();
    let new = Button::link(texts.create(), urls::create(&object.key)).kind(ButtonKind::Quiet).icon(Icon::Plus);
    let body = html! {
        @if rows.is_empty() { div.body { p.dim { (texts.related_none(&in_sentence(visit.locale(), &name))) } } } @else { (items(&rows)) }
    };
    Ok(Some(card(&Card {
        icon: Some(Icon::named(&object.icon)),
        hint: Some(texts.recently_changed().to_owned()),
        actions: may_create.then_some(new).into_iter().collect(),
        more: (!rows.is_empty()).then(|| (texts.view_all().to_owned(), urls::list(&object.key))),
        ..Card::flush(name, body)
    })))
}

/// What stands under a title: the first reference, else the first select or phone number.
fn second_line(object: &Object) -> Option<&str> {
    use guanxi_core::meta::FieldKind;
    let own = || object.own_fields().filter(|field| field.key != object.title);
    let reference = own().find(|field| field.target().is_some_and(|target| target != "user"));
    reference.or_else(|| own().find(|f| matches!(f.kind, FieldKind::Select { .. } | FieldKind::Phone))).map(|field| field.key.as_str())
}
