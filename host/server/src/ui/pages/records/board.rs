//! Records as cards in columns, one for each value of a field. A move is an ordinary save: states move by their declared ways only, and a
//! refusal puts the card back.

use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};
use maud::{Markup, html};
use uuid::Uuid;

use super::asked::{Asked, makes_columns};
use super::groups::{Division, Part};
use super::selection::{Selected, Selection};
use super::{list, may, sums, tools};
use crate::engine::{ListRequest, Outcome};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::kanban::{Board, BoardCard, BoardColumn, board, board_strip};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::filters::{self, quoted};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Cards of one column at first, and when more were asked for.
const CARDS: u32 = 20;
const MORE_CARDS: u32 = 200;
/// Columns of one board.
const MAX_COLUMNS: usize = 30;
/// Sums at the head of each.
const MAX_SUMS: usize = 2;
/// The most small words on a card.
const MAX_BADGES: usize = 2;

/// A column before its cards are read.
struct Plan {
    code: String,
    label: String,
    filter: String,
    part: Option<Part>,
}

/// The board.
pub(super) async fn content(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let field = asked.look.group_field.as_deref().and_then(|key| object.field(key)).filter(|field| makes_columns(&field.kind));
    let Some(field) = field else {
        return Ok(state(visit.locale(), &State::new(StateKind::Empty, texts.board_no_field(), texts.board_no_field_hint())));
    };
    let mut selection = Selection::of_paths(&visit.ctx.snapshot.schema, object, &tools::card_fields(visit, object, asked));
    let summed: Vec<&Selected<'_>> =
        selection.fields.iter().filter(|s| s.is_own() && sums::is_summed(object, s.field)).take(MAX_SUMS).collect();
    let summed: Vec<_> = summed.into_iter().map(|selected| selected.field).collect();
    let keys: Vec<&str> = summed.iter().map(|field| field.key.as_str()).collect();
    let counted = visit.ctx.may(&object.key, Function::Aggregate);
    let division = Division::of(visit, object, &field.key, None)?;
    let parts = if counted { division.parts(visit, object, &asked.look.filter, &keys).await? } else { Vec::new() };
    let total: u64 = parts.iter().map(|part| sums::count(part.group.values.first())).sum();
    let plans = plans(visit, &field.kind, &field.key, parts);
    let title_at = selection.also(&crate::engine::title_path(&visit.ctx.snapshot.schema, object)?.text());
    let version_at = selection.also("version");
    let may_move =
        may(visit, object, Function::Edit) && !field.is_closed() && visit.ctx.field_right(&object.key, &field.key) == FieldRight::Edit;
    let may_create = may(visit, object, Function::Create);
    let (mut columns, mut read) = (Vec::new(), Vec::new());
    for plan in plans.iter().take(MAX_COLUMNS) {
        let open = asked.open.contains(&plan.code);
        let request = ListRequest {
            filter: filters::all_of([asked.look.filter.as_str(), &plan.filter]),
            sort: asked.look.sort.clone(),
            fields: selection.paths.clone(),
            limit: if open { MORE_CARDS } else { CARDS },
            count: !counted,
            ..ListRequest::default()
        };
        let empty = counted && plan.part.is_none();
        read.push(if empty { None } else { Some(visit.engine().list(&visit.ctx, &object.key, request).await?) });
    }
    selection.learn(visit, read.iter().flatten().flat_map(|page| &page.rows).map(|(_, row)| row.as_slice())).await?;
    for (plan, page) in plans.iter().zip(&read) {
        let values = plan.part.as_ref().map(|part| part.group.values.as_slice()).unwrap_or_default();
        let shown = page.as_ref().map_or(0, |page| page.rows.len() as u64);
        let listed = page.as_ref().and_then(|page| page.count).map_or(shown, |count| count.value);
        let count = if counted { sums::count(values.first()) } else { listed };
        let sum =
            summed.iter().zip(values.iter().skip(1)).filter_map(|(field, cell)| sums::text(&visit.ctx, field, cell, MoneyStyle::Short));
        let sum: Vec<String> = sum.collect();
        let rest = count.saturating_sub(shown);
        let create = [(field.key.as_str(), plan.code.as_str())];
        let cards = page.iter().flat_map(|page| &page.rows);
        // Before and after a card stand those of its column.
        let column = filters::all_of([asked.look.filter.as_str(), &plan.filter]);
        let href = |id: Uuid| urls::record_in(&object.key, id, &column, &asked.look.sort);
        columns.push(BoardColumn {
            value: plan.code.clone(),
            label: plan.label.clone(),
            count: format::count_short(count, visit.locale()),
            sum: (!sum.is_empty()).then(|| sum.join(" · ")),
            create: (may_create && !plan.code.is_empty()).then(|| urls::create_with(&object.key, &create, &visit.path)),
            more: (rest > 0).then(|| (texts.more_records(&tools::short_count(visit, rest)), more(asked, plan))),
            more_here: !asked.open.contains(&plan.code),
            cards: cards
                .map(|(id, row)| card(visit, object, &selection, (title_at, version_at), may_move, (*id, href(*id)), row))
                .collect(),
            ..BoardColumn::default()
        });
    }
    if total == 0 && counted && !asked.look.filter.is_empty() {
        return Ok(list::nothing(visit, object, asked));
    }
    let made = Board {
        label: texts.board_label(object.label.get(visit.locale()), field.label.get(visit.locale())),
        field: field.key.clone(),
        token: visit.session.csrf.clone(),
        columns,
    };
    let figures = strip(visit, &summed, &plans, total);
    let all = plans.len();
    Ok(html! {
        @if counted { (board_strip(&figures, None)) }
        @if all > MAX_COLUMNS { p.help.pad { (texts.board_columns_of(&MAX_COLUMNS.to_string(), &all.to_string())) } }
        (board(visit.locale(), &made))
    })
}

/// Every value that can be chosen has a column, also where there is no record; the others only where there is one.
fn plans(visit: &Visit, kind: &FieldKind, key: &str, mut parts: Vec<Part>) -> Vec<Plan> {
    let texts = t(visit.locale());
    let choices: Vec<(String, String, String)> = match kind {
        FieldKind::Select { options } => {
            let choice = |code: &str, label: &str| (code.to_owned(), label.to_owned(), format!("{key} == {}", quoted(code)));
            options.iter().map(|option| choice(&option.code, option.label.get(visit.locale()))).collect()
        }
        FieldKind::Bool => [("true", texts.yes()), ("false", texts.no())]
            .map(|(code, label)| (code.into(), label.into(), format!("{key} == {code}")))
            .into(),
        _ => Vec::new(),
    };
    let mut plans: Vec<Plan> = choices
        .into_iter()
        .map(|(code, label, filter)| {
            let part = parts.iter().position(|part| part.code == code).map(|at| parts.remove(at));
            Plan { code, label, filter, part }
        })
        .collect();
    let rest = parts.into_iter().map(|part| Plan {
        code: part.code.clone(),
        label: part.label.clone(),
        filter: part.filter.clone(),
        part: Some(part),
    });
    // Records without a value come first: somebody has to decide about them.
    let (unset, others): (Vec<Plan>, Vec<Plan>) = rest.partition(|plan| plan.code.is_empty());
    plans.splice(0..0, unset);
    plans.extend(others);
    plans
}

fn more(asked: &Asked, plan: &Plan) -> String {
    if asked.open.contains(&plan.code) {
        return asked.plain(|look| look.filter = filters::all_of([asked.look.filter.as_str(), &plan.filter]));
    }
    let mut pairs = asked.pairs(|_| {});
    pairs.extend(asked.open.iter().chain([&plan.code]).map(|code| ("open".to_owned(), code.clone())));
    super::asked::with_pairs(&urls::list(&asked.object), &pairs)
}

/// The figures above the board.
fn strip(visit: &Visit, summed: &[&guanxi_core::meta::Field], plans: &[Plan], total: u64) -> Vec<(String, String)> {
    use guanxi_core::query::Cell;
    let texts = t(visit.locale());
    let mut figures = vec![(texts.count().to_owned(), format::count(total, true, visit.locale()))];
    for (at, field) in summed.iter().enumerate() {
        let cells = plans.iter().filter_map(|plan| plan.part.as_ref()?.group.values.get(at + 1));
        let units = cells.filter_map(|cell| match cell {
            Cell::Total { units, .. } => Some(*units),
            _ => None,
        });
        let scale = field.kind.scale().unwrap_or(0);
        let cell = Cell::Total { units: units.sum(), scale, integer: scale == 0 };
        figures
            .extend(sums::text(&visit.ctx, field, &cell, MoneyStyle::Short).map(|text| (field.label.get(visit.locale()).to_owned(), text)));
    }
    figures
}

/// The first number, person and date of a card have places of their own; the first text is its second line.
fn card(
    visit: &Visit,
    object: &Object,
    selection: &Selection<'_>,
    (title_at, version_at): (usize, usize),
    may_move: bool,
    (id, href): (Uuid, String),
    row: &[Value],
) -> BoardCard {
    let ctx = &visit.ctx;
    let version = match row.get(version_at) {
        Some(Value::Int(version)) => *version,
        _ => 0,
    };
    let mut card = BoardCard {
        id: id.to_string(),
        version,
        title: format::or_empty(row.get(title_at).and_then(Value::as_text).map(str::to_owned)),
        href,
        patch: may_move.then(|| urls::record_api(&object.key, id)),
        address: urls::move_card(&object.key, id, &visit.path),
        ..BoardCard::default()
    };
    for selected in &selection.fields {
        let field = selected.field;
        if selected.value(row).is_null() || (field.is_system() && !matches!(field.key.as_str(), "owner")) {
            continue;
        }
        let text = selected.text(ctx, row, MoneyStyle::Short);
        if text == format::EMPTY {
            continue;
        }
        match (&field.kind, selected.value(row)) {
            (kind, _) if value::is_number(kind) && card.amount.is_none() => card.amount = Some(text),
            (FieldKind::Reference { target }, _) if target == "user" && card.owner.is_none() => card.owner = Some(text),
            (FieldKind::Date, Value::Date(day)) if card.date.is_none() => card.date = Some((day.to_string(), text)),
            (FieldKind::DateTime, Value::Instant(instant)) if card.date.is_none() => card.date = Some((instant.to_rfc3339(), text)),
            (FieldKind::Text { .. } | FieldKind::Reference { .. } | FieldKind::Phone, _) if card.subtitle.is_none() => {
                card.subtitle = Some(text)
            }
            (kind, _) if value::is_number(kind) || *kind == FieldKind::Bool => {}
            _ if card.badges.len() < MAX_BADGES => card.badges.push(badge(Tone::Neutral, &text)),
            _ => {}
        }
    }
    card
}
