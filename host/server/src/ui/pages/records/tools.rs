//! The tools of a list: shape, order, columns, groups. Links that open small forms; each form answers with another address of the list.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::Function;
use guanxi_core::query::Grain;
use guanxi_core::saved_view::ViewKind;
use maud::{Markup, html};

use super::super::params::Params;
use super::asked::{Asked, makes_columns};
use super::panel::{self, InPanel, Panel};
use super::{columns, object_of};
use crate::engine::Outcome;
use crate::texts::{Texts, t};
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::control::{Choice, Control, ControlKind, control};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::tabs::{Tab, switch};
use crate::ui::format;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// The switch between list, board and calendar.
pub(super) fn displays(visit: &Visit, object: &Object, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let kinds = [
        (ViewKind::List, texts.display_list(), Icon::List),
        (ViewKind::Board, texts.display_board(), Icon::Kanban),
        (ViewKind::Calendar, texts.display_calendar(), Icon::Calendar),
    ];
    let possible = |kind: &ViewKind| match kind {
        ViewKind::List => true,
        ViewKind::Board => default_board_field(visit, object).is_some(),
        ViewKind::Calendar => default_date_field(visit, object).is_some(),
    };
    let tab = |(kind, words, drawing): (ViewKind, &str, Icon)| {
        let saved = asked.saved.as_ref().map(|view| &view.content).filter(|content| content.kind == kind);
        let href = asked.address(|look| {
            look.kind = kind;
            // What divides a board into columns would make groups of a list.
            look.group_field = saved.and_then(|content| content.group_field.clone());
            look.date_field = saved.and_then(|content| content.date_field.clone());
        });
        Tab { icon: Some(drawing), ..Tab::new(words, href, asked.look.kind == kind) }
    };
    let tabs: Vec<Tab> = kinds.into_iter().filter(|(kind, ..)| possible(kind)).map(tab).collect();
    html! { @if tabs.len() > 1 { (switch(texts.display_as(), &tabs)) } }
}

/// The links at the right of the bar.
pub(super) fn links(visit: &Visit, object: &Object, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let link = |tool: &str, drawing: Icon, words: String| html! { a.btn.quiet href=(asked.tool(tool, &[])) data-panel title=(words) { (icon(drawing)) span.only-wide { (words) } } };
    let label = |path: &str| columns::label(&visit.ctx, object, path);
    let chosen = asked.look.columns.len();
    match asked.look.kind {
        ViewKind::List => html! {
            @if visit.ctx.may(&object.key, Function::Aggregate) {
                (link("group", Icon::Box, asked.group().map_or_else(|| texts.group_title().to_owned(), |(path, _)| texts.group_by(&label(path)))))
            }
            (link("sort", Icon::Sort, sort_words(visit, object, asked)))
            (link("columns", Icon::Columns, if chosen == 0 { texts.columns_title().to_owned() } else { texts.columns_shown(&chosen.to_string()) }))
        },
        ViewKind::Board => html! {
            (link("group", Icon::Kanban, asked.look.group_field.as_deref().map_or_else(|| texts.board_columns().to_owned(), |path| texts.board_by(&label(path)))))
            (link("sort", Icon::Sort, sort_words(visit, object, asked)))
            (link("columns", Icon::Columns, texts.columns_cards().to_owned()))
        },
        ViewKind::Calendar => html! {
            (link("group", Icon::Calendar, asked.look.date_field.as_deref().map_or_else(|| texts.calendar_date().to_owned(), |path| texts.calendar_on(&label(path)))))
        },
    }
}

fn sort_words(visit: &Visit, object: &Object, asked: &Asked) -> String {
    let keys = columns::keys(&asked.look.sort);
    let shown = keys.iter().map(|(path, down)| format!("{} {}", columns::label(&visit.ctx, object, path), if *down { "↓" } else { "↑" }));
    if keys.is_empty() { t(visit.locale()).sort_panel().to_owned() } else { shown.collect::<Vec<_>>().join(" · ") }
}

/// The field whose values are the columns of a board: the state, else the first select.
pub(super) fn default_board_field(visit: &Visit, object: &Object) -> Option<String> {
    let fits = |field: &&Field| makes_columns(&field.kind) && columns::is_plain(&visit.ctx, object, field);
    let state = object.rules.machine.as_ref().and_then(|machine| object.field(&machine.field)).filter(fits);
    let tracked = || object.tracked.as_deref().and_then(|key| object.field(key)).filter(fits);
    let select = || object.own_fields().filter(fits).find(|field| matches!(field.kind, FieldKind::Select { .. }));
    state.or_else(tracked).or_else(select).map(|field| field.key.clone())
}

/// The date on which records stand in a calendar: the first that people fill in.
pub(super) fn default_date_field(visit: &Visit, object: &Object) -> Option<String> {
    let fits = |field: &&Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime) && columns::is_plain(&visit.ctx, object, field);
    object.own_fields().find(fits).map(|field| field.key.clone())
}

/// `GET /o/{object}/sort`: up to three keys.
pub(super) async fn sort(visit: Visit, Path(key): Path<String>, params: Params, in_panel: InPanel) -> Response {
    let outcome: Outcome<Response> = async {
        let (visit, object) = (&visit, object_of(&visit, &key)?);
        let asked = Asked::new(visit, &object, &params).await?;
        let texts = t(visit.locale());
        if params.get("then") == "apply" {
            let keys = (0..3).filter_map(|at| {
                let path = params.get(&format!("key{at}"));
                (!path.is_empty()).then(|| (path.to_owned(), params.get(&format!("down{at}")) == "true"))
            });
            let mut once: Vec<(String, bool)> = Vec::new();
            for key in keys {
                if !once.iter().any(|(path, _)| *path == key.0) {
                    once.push(key);
                }
            }
            return Ok(panel::go(in_panel, &asked.address(|look| look.sort = columns::order(&once))));
        }
        let choices = sort_choices(visit, &object, &asked);
        let keys = columns::keys(&asked.look.sort);
        let line = |(at, words): (usize, &str)| {
            let (path, down) = keys.get(at).cloned().unwrap_or_default();
            let mut by = Control::new(format!("key{at}"), words, ControlKind::Select { choices: choices.clone() }).value(path);
            by.placeholder = Some(texts.sort_none().to_owned());
            let ways = vec![Choice::new("false", texts.sort_up()), Choice::new("true", texts.sort_down())];
            let way = Control::new(format!("down{at}"), texts.sort_way(), ControlKind::Select { choices: ways })
                .value(down.to_string())
                .required();
            html! { div.pair { (control(visit.locale(), &by)) (control(visit.locale(), &way)) } }
        };
        let lines: Vec<Markup> = [texts.sort_first(), texts.sort_second(), texts.sort_third()].into_iter().enumerate().map(line).collect();
        let body = form(visit, &asked, "sort", html! { @for line in &lines { (line) } p.help { (texts.sort_more_help()) } });
        Ok(panel::answer(visit, &object, in_panel, Panel::new(texts.sort_panel(), asked.address(|_| {}), body)))
    }
    .await;
    answer(&visit, outcome)
}

fn sort_choices(visit: &Visit, object: &Object, asked: &Asked) -> Vec<Choice> {
    let ctx = &visit.ctx;
    let usual = columns::choose(ctx, object, &asked.look.columns);
    let mut choices: Vec<Choice> = Vec::new();
    let mut add = |path: String, label: String| {
        if !choices.iter().any(|choice| choice.value == path) {
            choices.push(Choice::new(path, label));
        }
    };
    let fits = |field: &Field| columns::is_ordered(&field.kind) && columns::is_plain(ctx, object, field);
    for selected in usual.fields.iter().filter(|selected| fits(selected.field)) {
        add(selected.shown.clone(), columns::label(ctx, object, &selected.path));
    }
    let rest: Vec<String> =
        object.fields.iter().filter(|field| !field.hidden && field.is_stored() && fits(field)).map(|field| field.key.clone()).collect();
    for selected in super::selection::Selection::of_paths(&ctx.snapshot.schema, object, &rest).fields {
        add(selected.shown.clone(), selected.field.label.get(visit.locale()).to_owned());
    }
    for (path, _) in columns::keys(&asked.look.sort) {
        let label = columns::label(ctx, object, &path);
        add(path, label);
    }
    choices
}

/// What is shown now.
pub(super) fn shown(visit: &Visit, object: &Object, asked: &Asked) -> Vec<String> {
    match asked.look.kind {
        _ if !asked.look.columns.is_empty() => asked.look.columns.clone(),
        ViewKind::List => super::columns::usual(&visit.ctx, object),
        ViewKind::Board | ViewKind::Calendar => usual_card(visit, object, asked),
    }
}

/// What a card shows where nothing was chosen: to whom it belongs, its amount, its day, its state, and who is responsible.
fn usual_card(visit: &Visit, object: &Object, asked: &Asked) -> Vec<String> {
    let seen = |field: &&Field| {
        super::columns::is_seen(&visit.ctx, object, field)
            && field.key != object.title
            && Some(&field.key) != asked.look.group_field.as_ref()
    };
    let first = |fits: &dyn Fn(&Field) -> bool| object.own_fields().filter(seen).find(|field| fits(field)).map(|field| field.key.clone());
    let kinds = [
        first(&|field| matches!(&field.kind, FieldKind::Reference { target } if target != "user")),
        first(&|field| super::sums::is_summed(object, field)),
        first(&|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime)),
        first(&|field| matches!(field.kind, FieldKind::Select { .. })),
        object.field("owner").filter(seen).map(|field| field.key.clone()),
    ];
    kinds.into_iter().flatten().collect()
}

/// `GET /o/{object}/group`: what makes the groups of a list, the columns of a board, the days of a calendar.
pub(super) async fn group(visit: Visit, Path(key): Path<String>, params: Params, in_panel: InPanel) -> Response {
    let outcome: Outcome<Response> = async {
        let (visit, object) = (&visit, object_of(&visit, &key)?);
        let asked = Asked::new(visit, &object, &params).await?;
        let texts = t(visit.locale());
        let (title, choices) = match asked.look.kind {
            ViewKind::List => (texts.group_title(), group_choices(visit, &object, &asked)),
            ViewKind::Board => (texts.board_columns(), board_choices(visit, &object, &asked)),
            ViewKind::Calendar => (texts.calendar_date(), calendar_choices(visit, &object, &asked)),
        };
        let body = html! {
            ul.choices data-found="fields" {
                @for (words, href, current) in &choices {
                    li { a.opt href=(href) aria-current=[current.then_some("true")] { (words) @if *current { span.end { (icon(Icon::Check)) } } } }
                }
            }
        };
        Ok(panel::answer(visit, &object, in_panel, Panel::new(title, asked.address(|_| {}), body)))
    }
    .await;
    answer(&visit, outcome)
}

fn plain_fields<'o>(visit: &'o Visit, object: &'o Object) -> impl Iterator<Item = &'o Field> {
    let system = ["owner", "department", "created_at", "updated_at", "created_by"].into_iter().filter_map(|key| object.field(key));
    object.own_fields().chain(system).filter(move |field| columns::is_plain(&visit.ctx, object, field))
}

/// Words, address, whether it is in force.
type Offered = (String, String, bool);

fn group_choices(visit: &Visit, object: &Object, asked: &Asked) -> Vec<Offered> {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let now = asked.look.group_field.as_deref().unwrap_or_default();
    let mut choices = vec![(texts.group_none().to_owned(), asked.address(|look| look.group_field = None), now.is_empty())];
    for field in plain_fields(visit, object) {
        let label = field.label.get(locale);
        let to = |value: String| asked.address(|look| look.group_field = Some(value));
        match &field.kind {
            FieldKind::Date | FieldKind::DateTime => {
                for (grain, words) in grains(texts) {
                    let value = format!("{}:{}", field.key, grain.name());
                    choices.push((
                        texts.grain_of(label, words),
                        to(value.clone()),
                        now == value || (now == field.key && grain == Grain::Month),
                    ));
                }
            }
            kind if makes_columns(kind) => choices.push((label.to_owned(), to(field.key.clone()), now == field.key)),
            _ => {}
        }
    }
    choices
}

fn grains(texts: Texts) -> [(Grain, &'static str); 4] {
    [
        (Grain::Week, texts.grain_week()),
        (Grain::Month, texts.grain_month()),
        (Grain::Quarter, texts.grain_quarter()),
        (Grain::Year, texts.grain_year()),
    ]
}

fn board_choices(visit: &Visit, object: &Object, asked: &Asked) -> Vec<Offered> {
    let fields = plain_fields(visit, object).filter(|field| makes_columns(&field.kind));
    let offered = |field: &Field| {
        let current = asked.look.group_field.as_deref() == Some(&field.key);
        (field.label.get(visit.locale()).to_owned(), asked.address(|look| look.group_field = Some(field.key.clone())), current)
    };
    fields.map(offered).collect()
}

fn calendar_choices(visit: &Visit, object: &Object, asked: &Asked) -> Vec<Offered> {
    let fields = plain_fields(visit, object).filter(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime));
    let offered = |field: &Field| {
        let current = asked.look.date_field.as_deref() == Some(&field.key);
        (field.label.get(visit.locale()).to_owned(), asked.address(|look| look.date_field = Some(field.key.clone())), current)
    };
    fields.map(offered).collect()
}

/// The form of a tool: what the list shows goes along.
pub(super) fn form(visit: &Visit, asked: &Asked, tool: &str, controls: Markup) -> Markup {
    let texts = t(visit.locale());
    let then = |words: &str, value: &str| Button {
        action: Action::SubmitValue { name: "then".into(), value: value.into() },
        ..Button::submit(words).big()
    };
    html! {
        form.stack.tight method="get" action={ (urls::list(&asked.object)) "/" (tool) } data-panel-form {
            div.sr aria-hidden="true" { button tabindex="-1" name="then" value="apply" { (texts.apply()) } }
            @for (name, value) in asked.pairs(|_| {}) { input type="hidden" name=(name) value=(value); }
            (controls)
            div.row.wrap.panel-acts {
                (button(&then(texts.apply(), "apply").kind(ButtonKind::Primary)))
                @if tool == "columns" && !asked.look.columns.is_empty() { (button(&then(texts.columns_usual(), "usual").kind(ButtonKind::Quiet))) }
            }
        }
    }
}

/// The word of an amount of records for a head.
pub(super) fn short_count(visit: &Visit, count: u64) -> String {
    format::count_short(count, visit.locale())
}

/// Fields that cards show: those that were chosen, else the usual ones.
pub(super) fn card_fields(visit: &Visit, object: &Object, asked: &Asked) -> Vec<String> {
    shown(visit, object, asked).into_iter().filter(|path| *path != object.title && Some(path) != asked.look.group_field.as_ref()).collect()
}
