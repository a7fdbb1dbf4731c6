//! Boards of a plugin's view: a column for each option of a field, the records and their totals as far as the reader may see them.

use std::sync::Arc;

use guanxi_core::meta::{Field, FieldKind, Label, Object, SelectOption};
use guanxi_core::policy::{Function, RowScope, decide};
use guanxi_core::query::Group;
use guanxi_core::{Decimal, Problem, Value};
use guanxi_sandbox::view::{Format, Kanban};
use maud::{Markup, html};
use uuid::Uuid;

use super::Viewer;
use super::columns::Columns;
use super::links::{all_of, equals};
use super::values::{cell_value, day_short, shown};
use crate::engine::{AggregateRequest, GroupRequest, ListRequest, MeasureRequest, Outcome, Refusal, title_path};
use crate::ui::components::badge::{Ring, Tone, badge};
use crate::ui::components::card::{self, Card};
use crate::ui::components::kanban::{Board, BoardCard, BoardColumn, board, board_strip};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::{urls, value};

/// Cards of one column; the rest is a list away.
const CARDS: u32 = 25;
/// The most columns, and sums at the head of each.
const MAX_COLUMNS: usize = 30;
const MAX_SUMS: usize = 3;
/// The most small words on a card.
const MAX_BADGES: usize = 3;

/// What a board is made of.
struct Plan<'k> {
    said: &'k Kanban,
    object: Arc<Object>,
    field: Field,
    sums: Vec<Field>,
    weight: Option<Field>,
    columns: Columns,
    title_at: usize,
    version_at: usize,
    owner_at: usize,
    department_at: usize,
    /// The records that the reader may move.
    movable: Option<RowScope>,
}

/// The board with its totals above; `Err` holds why there is none.
pub(super) async fn render(viewer: Viewer<'_>, said: &Kanban) -> Result<Markup, Markup> {
    // The host's words for this would be about a value, not about a field.
    let column_field = viewer.ctx().snapshot.schema.object(&said.object).and_then(|object| object.field(&said.column_field));
    let made = match column_field {
        Some(field) if field.options().is_empty() => {
            Err(viewer.failed(&viewer.texts().board_needs_select(field.label.get(viewer.locale())), "field.type"))
        }
        _ => match plan(viewer, said) {
            Ok(plan) => drawn(viewer, &plan).await.map_err(|refusal| viewer.refused(&said.object, &refusal)),
            Err(refusal) => Err(viewer.refused(&said.object, &refusal)),
        },
    };
    match made {
        Ok(board) => Ok(html! { @if let Some(title) = &said.title { div.pad { h2 { (title) } } } (board) }),
        Err(why) => {
            let title = said.title.clone().unwrap_or_else(|| viewer.object_name(&said.object));
            Err(card::card(&Card::flush(title, why)))
        }
    }
}

fn plan<'k>(viewer: Viewer<'_>, said: &'k Kanban) -> Outcome<Plan<'k>> {
    let ctx = viewer.ctx();
    let schema = &ctx.snapshot.schema;
    let object = schema.object(&said.object).cloned().ok_or_else(|| Refusal::not_found("object"))?;
    let field = |key: &str| -> Outcome<Field> {
        let unknown = || Problem::error("field.unknown", format!("no field `{key}`")).on(key);
        Ok(object.field(key).cloned().ok_or_else(unknown)?)
    };
    let column_field = field(&said.column_field)?;
    let sums = said.sum_fields.iter().take(MAX_SUMS).map(|key| field(key)).collect::<Outcome<Vec<_>>>()?;
    let weight = said.weight_field.as_deref().map(field).transpose()?;
    let mut columns = Columns::resolve(ctx, &object, &said.card_fields)?;
    let title_at = columns.select(&title_path(schema, &object)?.text());
    let [version_at, owner_at, department_at] = ["version", "owner", "department"].map(|key| columns.select(key));
    let movable = (!column_field.read_only && !object.read_only && !ctx.is_viewing())
        .then(|| decide(&ctx.actor, &object.key, Function::Edit))
        .flatten();
    Ok(Plan { said, object, field: column_field, sums, weight, columns, title_at, version_at, owner_at, department_at, movable })
}

async fn drawn(viewer: Viewer<'_>, plan: &Plan<'_>) -> Outcome<Markup> {
    let ctx = viewer.ctx();
    let texts = viewer.texts();
    let (said, object) = (plan.said, &plan.object);
    let groups = viewer.visit.engine().aggregate(ctx, totals_request(plan)).await?.groups;
    let group_of = |code: &str| groups.iter().find(|group| group.key.first().and_then(Value::as_text).unwrap_or_default() == code);
    let mut options: Vec<SelectOption> = plan.field.options().iter().take(MAX_COLUMNS).cloned().collect();
    if group_of("").is_some() {
        let not_set = |locale| crate::texts::t(locale).not_set();
        let label = Label::new(not_set(guanxi_core::meta::Locale::ZhCn), not_set(guanxi_core::meta::Locale::En));
        options.insert(0, SelectOption::new("", label));
    }
    let may_create = !object.read_only && ctx.may(&object.key, Function::Create);
    let mut columns = Vec::with_capacity(options.len());
    for option in &options {
        let group = group_of(&option.code);
        let filter = all_of(&[&said.filter, &equals(&said.column_field, &option.code)]);
        let cards = match group {
            Some(_) => cards(viewer, plan, &filter).await?,
            None => Vec::new(),
        };
        let head = Head::of(viewer, plan, group);
        let rest = head.count.saturating_sub(cards.len() as u64);
        let sort = said.sort.join(",");
        let list = urls::with_query(&urls::list(&object.key), &[("filter", &filter), ("sort", &sort)]);
        let preset = [(said.column_field.clone(), Value::Text(option.code.clone()))];
        columns.push(BoardColumn {
            value: option.code.clone(),
            label: option.label.get(viewer.locale()).to_owned(),
            ring: head.share.as_ref().map(|(share, _)| if *share >= 100 { Ring::Done } else { Ring::Part(*share) }),
            note: head.share.map(|(_, words)| words),
            count: format::count_short(head.count, viewer.locale()),
            sum: head.sum,
            weighted: head.weighted,
            create: (may_create && !option.code.is_empty()).then(|| viewer.create_form(&object.key, &preset)),
            cards,
            more: (rest > 0).then(|| (texts.more_records(&format::count_short(rest, viewer.locale())), list)),
            more_here: false,
        });
    }
    let name = object.label.get(viewer.locale());
    let made = Board {
        label: texts.board_label(name, plan.field.label.get(viewer.locale())),
        field: said.column_field.clone(),
        token: viewer.visit.session.csrf.clone(),
        columns,
    };
    let all = plan.field.options().len();
    Ok(html! {
        (board_strip(&strip(viewer, plan, &groups), plan.weight.is_some().then(|| texts.weighted_explained())))
        @if all > MAX_COLUMNS { p.help.pad { (texts.board_columns_of(&MAX_COLUMNS.to_string(), &all.to_string())) } }
        (board(viewer.locale(), &made))
    })
}

/// Count, then per sum the total and the weighted total, then the least and the most weight: one query for the whole board.
fn totals_request(plan: &Plan<'_>) -> AggregateRequest {
    let measure = |function: &str, field: Option<&str>| MeasureRequest {
        function: function.into(),
        field: field.map(str::to_owned),
        ..MeasureRequest::default()
    };
    let mut measures = vec![measure("count", None)];
    for sum in &plan.sums {
        measures.push(measure("sum", Some(&sum.key)));
        if let Some(weight) = &plan.weight {
            let expr = Some(format!("{} * {} / 100", sum.key, weight.key));
            measures.push(MeasureRequest { function: "sum".into(), expr, ..MeasureRequest::default() });
        }
    }
    if let Some(weight) = &plan.weight {
        measures.extend(["min", "max"].map(|function| measure(function, Some(&weight.key))));
    }
    AggregateRequest {
        object: plan.object.key.clone(),
        filter: plan.said.filter.clone(),
        group_by: vec![GroupRequest { field: plan.said.column_field.clone(), ..GroupRequest::default() }],
        measures,
        ..AggregateRequest::default()
    }
}

/// The head of one column.
struct Head {
    count: u64,
    sum: Option<String>,
    weighted: Option<String>,
    share: Option<(u8, String)>,
}

impl Head {
    fn of(viewer: Viewer<'_>, plan: &Plan<'_>, group: Option<&Group>) -> Self {
        let values: Vec<Value> = group.map(|group| group.values.iter().map(cell_value).collect()).unwrap_or_default();
        let count = match values.first() {
            Some(Value::Int(count)) => u64::try_from(*count).unwrap_or(0),
            _ => 0,
        };
        let step = if plan.weight.is_some() { 2 } else { 1 };
        let total = |n: usize| values.get(1 + n * step).filter(|value| !value.is_null()).cloned().unwrap_or(Value::Int(0));
        let several = plan.sums.len() > 1;
        let sums = plan.sums.iter().enumerate().map(|(n, field)| {
            let text = total_text(viewer, field, &total(n));
            if several { format!("{} {text}", field.label.get(viewer.locale())) } else { text }
        });
        let sum = sums.collect::<Vec<_>>().join(" · ");
        let weighted = plan.weight.as_ref().zip(plan.sums.first()).map(|(_, field)| {
            let value = values.get(2).filter(|value| !value.is_null()).cloned().unwrap_or(Value::Int(0));
            total_text(viewer, field, &value)
        });
        // A column whose records all weigh the same says how much; a mixed one would say something that is true of none.
        let share = match (values.iter().rev().nth(1), values.last()) {
            (Some(Value::Decimal(least)), Some(Value::Decimal(most))) if plan.weight.is_some() && least == most => Some(share(*most)),
            _ => None,
        };
        Self { count, sum: (!sum.is_empty()).then_some(sum), weighted, share }
    }
}

/// `60%` with its whole number for the ring; digits after the point only where there are any.
fn share(weight: Decimal) -> (u8, String) {
    let whole = weight.units / 10_i64.pow(u32::from(weight.scale));
    let text = format::percent(weight);
    let short = text.strip_suffix(".00%").map_or_else(|| text.clone(), |whole| format!("{whole}%"));
    (u8::try_from(whole.clamp(0, 100)).unwrap_or(100), short)
}

fn total_text(viewer: Viewer<'_>, field: &Field, value: &Value) -> String {
    let format = match field.kind {
        FieldKind::Money { .. } => Format::Money,
        FieldKind::Percent => Format::Percent,
        _ => Format::Plain,
    };
    shown(viewer.ctx(), value, format, None, MoneyStyle::Short)
}

/// The figures above the board: the totals of all columns.
fn strip(viewer: Viewer<'_>, plan: &Plan<'_>, groups: &[Group]) -> Vec<(String, String)> {
    let texts = viewer.texts();
    let total = |at: usize| -> Value {
        let cells = groups.iter().filter_map(|group| group.values.get(at)).map(cell_value);
        let sum = cells.fold(None, |sum: Option<(i128, u8)>, value| match (sum, value) {
            (sum, Value::Int(number)) => Some((sum.map_or(0, |(units, _)| units) + i128::from(number), 0)),
            (sum, Value::Decimal(number)) => Some((sum.map_or(0, |(units, _)| units) + i128::from(number.units), number.scale)),
            (sum, _) => sum,
        });
        sum.and_then(|(units, scale)| Decimal::from_units(units, scale).ok()).map_or(Value::Int(0), Value::Decimal)
    };
    let mut figures = vec![(texts.count().to_owned(), shown(viewer.ctx(), &total(0), Format::Plain, None, MoneyStyle::Short))];
    let step = if plan.weight.is_some() { 2 } else { 1 };
    for (n, field) in plan.sums.iter().enumerate() {
        figures.push((field.label.get(viewer.locale()).to_owned(), total_text(viewer, field, &total(1 + n * step))));
        if plan.weight.is_some() {
            figures.push((texts.weighted().to_owned(), total_text(viewer, field, &total(2 + n * step))));
        }
    }
    figures
}

async fn cards(viewer: Viewer<'_>, plan: &Plan<'_>, filter: &str) -> Outcome<Vec<BoardCard>> {
    let request = ListRequest {
        filter: filter.to_owned(),
        sort: plan.said.sort.join(","),
        fields: plan.columns.paths.clone(),
        limit: CARDS,
        count: false,
        ..ListRequest::default()
    };
    let page = viewer.visit.engine().list(viewer.ctx(), &plan.object.key, request).await?;
    Ok(page.rows.iter().map(|(id, row)| board_card(viewer, plan, *id, row)).collect())
}

/// The first number, person and date of a card have places of their own; the first of the rest is its second line.
fn board_card(viewer: Viewer<'_>, plan: &Plan<'_>, id: Uuid, row: &[Value]) -> BoardCard {
    let ctx = viewer.ctx();
    let at = |place: usize| row.get(place).unwrap_or(&Value::Null);
    let inside = |scope: &RowScope| scope.contains(at(plan.owner_at).as_ref_id(), at(plan.department_at).as_ref_id());
    let object = &plan.object.key;
    let version = match at(plan.version_at) {
        Value::Int(version) => *version,
        _ => 0,
    };
    let mut card = BoardCard {
        id: id.to_string(),
        version,
        title: format::or_empty(at(plan.title_at).as_text().map(str::to_owned)),
        href: urls::record(object, id),
        patch: plan.movable.as_ref().filter(|scope| inside(scope)).map(|_| urls::record_api(object, id)),
        address: urls::move_card(object, id, &viewer.visit.path),
        ..BoardCard::default()
    };
    for field in &plan.columns.shown {
        let Some(text) = field.text_if_any(ctx, row) else { continue };
        match (&field.kind, field.value(row)) {
            (kind, _) if value::is_number(kind) && card.amount.is_none() => card.amount = Some(text),
            (FieldKind::Reference { target }, _) if target == "user" && card.owner.is_none() => card.owner = Some(text),
            (FieldKind::Date, Value::Date(day)) if card.date.is_none() => {
                card.date = Some((day.to_string(), day_short(*day, ctx.today())));
            }
            (FieldKind::DateTime, Value::Instant(instant)) if card.date.is_none() => card.date = Some((instant.to_rfc3339(), text)),
            (FieldKind::Text { .. } | FieldKind::Reference { .. }, _) if card.subtitle.is_none() => card.subtitle = Some(text),
            _ if card.badges.len() < MAX_BADGES => card.badges.push(badge(Tone::Neutral, &text)),
            _ => {}
        }
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_digits_only_where_it_needs_them() {
        assert_eq!(share(Decimal::new(6_000, 2)), (60, "60%".to_owned()));
        assert_eq!(share(Decimal::new(1_250, 2)), (12, "12.50%".to_owned()));
        assert_eq!(share(Decimal::new(10_000, 2)), (100, "100%".to_owned()));
    }
}
