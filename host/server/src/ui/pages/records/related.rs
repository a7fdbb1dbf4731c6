//! Records of other objects that refer to this one: the newest few of each, the whole list one click away.

use std::sync::Arc;

use guanxi_core::meta::{Field, FieldKind, Object, Origin};
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::record::Shown;
use super::selection::Selection;
use super::{many_in_sentence, may, name_of_many};
use crate::engine::{ListPage, ListRequest, Outcome};
use crate::texts::t;
use crate::ui::components::button::{Button, ButtonKind};
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::table::{Align, Column, Row, Table, plain_table};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Rows of each list.
const ROWS: u32 = 5;
/// Columns beside the title.
const COLUMNS: usize = 3;

/// Objects whose records the contact card shows.
const ON_THE_CARD: [&str; 2] = ["activity", "task"];

/// One card per reference that leads here; those with records first. Where there is a contact card, what it shows is not repeated.
pub(super) async fn lists(visit: &Visit, record: &Shown<'_>, has_cards: bool) -> Outcome<Vec<Markup>> {
    let (mut filled, mut empty) = (Vec::new(), Vec::new());
    let is_shown = |object: &Object| has_cards && ON_THE_CARD.contains(&object.key.as_str());
    for (object, field) in referring(visit, &record.object.key).into_iter().filter(|(object, _)| !is_shown(object)) {
        let filter = match field.kind {
            FieldKind::ManyReference { .. } => format!("\"{}\" in {}", record.id, field.key),
            _ => format!("{} == \"{}\"", field.key, record.id),
        };
        let mut selection = select(visit, &object, &field);
        let request = ListRequest { filter: filter.clone(), fields: selection.paths.clone(), limit: ROWS, ..ListRequest::default() };
        let page = visit.engine().list(&visit.ctx, &object.key, request).await?;
        selection.learn(visit, page.rows.iter().map(|(_, row)| row.as_slice())).await?;
        let has_rows = !page.rows.is_empty();
        if !has_rows && !may(visit, &object, Function::Create) {
            continue;
        }
        let shown = list(visit, record, &object, &field, &page, &selection, &filter);
        if has_rows { filled.push(shown) } else { empty.push(shown) }
    }
    filled.append(&mut empty);
    Ok(filled)
}

/// Every reference to an object that the visitor may follow backwards. A plugin with a panel of its own shows its records there.
fn referring(visit: &Visit, key: &str) -> Vec<(Arc<Object>, Field)> {
    let schema = &visit.ctx.snapshot.schema;
    let has_panel = |object: &Object| match &object.origin {
        Origin::Plugin(id) => {
            visit.ctx.snapshot.plugins.iter().any(|p| p.manifest.id == *id && p.manifest.panels.iter().any(|panel| panel.object == key))
        }
        _ => false,
    };
    let objects = schema.objects().filter(|object| visit.ctx.may(&object.key, Function::View) && !has_panel(object));
    let fields = objects.flat_map(|object| {
        // Lines of this record stand in their own card.
        let known = |field: &&Field| visit.ctx.field_right(&object.key, &field.key).is_plain();
        let fields = object.own_fields().filter(known);
        let fields = fields.filter(|field| leads_to(field, key) && field.key != "id" && Some(&field.key) != object.parent.as_ref());
        fields.map(|field| (object.clone(), field.clone())).collect::<Vec<_>>()
    });
    fields.collect()
}

/// A reference to one or several records of an object.
fn leads_to(field: &Field, key: &str) -> bool {
    matches!(&field.kind, FieldKind::Reference { target } | FieldKind::ManyReference { target } if target == key)
}

fn select<'a>(visit: &Visit, object: &'a Object, through: &Field) -> Selection<'a> {
    let usable =
        |field: &&Field| field.key != through.key && field.is_stored() && !matches!(field.kind, FieldKind::LongText | FieldKind::Json);
    let title = object.field(&object.title).filter(usable);
    let columns = if object.read_only { COLUMNS + 2 } else { COLUMNS };
    let own = object.own_fields().filter(usable).filter(|field| field.key != object.title).take(columns);
    Selection::new(&visit.ctx.snapshot.schema, object, title.into_iter().chain(own))
}

fn list(
    visit: &Visit,
    record: &Shown<'_>,
    object: &Object,
    through: &Field,
    page: &ListPage,
    selection: &Selection<'_>,
    filter: &str,
) -> Markup {
    let texts = t(visit.locale());
    let count = page.count.map(|count| (count.value, format::count(count.value, count.exact, visit.locale())));
    let label = name_of_many(visit, object);
    // The same object may refer here twice: then the field says which.
    let twice = object.own_fields().filter(|field| leads_to(field, &record.object.key)).count() > 1;
    let title = if twice || object.key == record.object.key { texts.related_via(&label, through.label.get(visit.locale())) } else { label };
    let mut actions = Vec::new();
    if may(visit, object, Function::Create) {
        let back = urls::record(&record.object.key, record.id);
        let href = urls::create_with(&object.key, &[(&through.key, &record.id.to_string())], &back);
        actions.push(Button::link(texts.create(), href).kind(ButtonKind::Quiet).icon(Icon::Plus));
    }
    let rest = count.as_ref().is_some_and(|(value, _)| *value > page.rows.len() as u64);
    let body = html! {
        @if page.rows.is_empty() { div.body { p.dim { (texts.related_none(&many_in_sentence(visit, object))) } } }
        @else { (plain_table(visit.locale(), &table(visit, object, page, selection))) }
    };
    card(&Card {
        icon: Some(Icon::named(&object.icon)),
        count: count.filter(|(value, _)| *value > 0).map(|(_, words)| words),
        actions,
        more: rest.then(|| (texts.view_all().to_owned(), urls::filtered_list(&object.key, filter))),
        ..Card::flush(title, body)
    })
}

fn table(visit: &Visit, object: &Object, page: &ListPage, selection: &Selection<'_>) -> Table {
    let columns = selection.fields.iter().map(|selected| Column {
        align: if value::is_number(&selected.field.kind) { Align::Number } else { Align::Text },
        ..Column::new(selected.field.label.get(visit.locale()))
    });
    let rows = page.rows.iter().map(|(id, row)| Row {
        // Rows that only the host writes have nothing to open.
        href: (!object.read_only).then(|| urls::record(&object.key, *id)),
        cells: selection
            .fields
            .iter()
            .enumerate()
            .map(|(place, selected)| {
                let linked = place == 0 && !object.read_only;
                if linked {
                    html! { (selected.text(&visit.ctx, row, MoneyStyle::Short)) }
                } else {
                    selected.markup(&visit.ctx, row, MoneyStyle::Short)
                }
            })
            .collect(),
    });
    Table { label: object.label.get(visit.locale()).to_owned(), columns: columns.collect(), rows: rows.collect(), total: None }
}
