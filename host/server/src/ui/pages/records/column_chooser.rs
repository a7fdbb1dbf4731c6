//! Which fields a list or a card shows, and in which order: a form that answers with another address of the list.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::Function;
use guanxi_core::saved_view::ViewKind;
use maud::{Markup, html};

use super::super::params::Params;
use super::asked::Asked;
use super::object_of;
use super::panel::{self, InPanel, Panel};
use super::tools::{form, shown};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::visit::{Visit, answer};

/// Columns that can be shown at once.
const MAX_COLUMNS: usize = 40;

/// `GET /o/{object}/columns`: which fields, in which order. `col` holds those that are ticked, `up` and `down` move one.
pub(super) async fn handle(visit: Visit, Path(key): Path<String>, params: Params, in_panel: InPanel) -> Response {
    let outcome: Outcome<Response> = async {
        let (visit, object) = (&visit, object_of(&visit, &key)?);
        let asked = Asked::new(visit, &object, &params).await?;
        let texts = t(visit.locale());
        let ticked: Vec<String> =
            params.0.iter().filter(|(name, _)| name == "col").map(|(_, value)| value.clone()).take(MAX_COLUMNS).collect();
        let then = params.get("then");
        if then == "apply" && !ticked.is_empty() {
            let usual = super::columns::usual(&visit.ctx, &object) == ticked;
            return Ok(panel::go(in_panel, &asked.address(|look| look.columns = if usual { Vec::new() } else { ticked })));
        }
        if then == "usual" {
            return Ok(panel::go(in_panel, &asked.address(|look| look.columns.clear())));
        }
        let shown = if ticked.is_empty() { shown(visit, &object, &asked) } else { moved(ticked, then) };
        let title = if asked.look.kind == ViewKind::List { texts.columns_title() } else { texts.columns_cards() };
        let body = column_form(visit, &object, &asked, &shown, params.get("via"));
        Ok(panel::answer(visit, &object, in_panel, Panel::new(title, asked.address(|_| {}), body)))
    }
    .await;
    answer(&visit, outcome)
}

/// `up amount` and `down amount` move a column by one place.
fn moved(mut ticked: Vec<String>, then: &str) -> Vec<String> {
    let (way, path) = then.split_once(' ').unwrap_or((then, ""));
    if let Some(at) = ticked.iter().position(|known| known == path) {
        let to = if way == "up" { at.saturating_sub(1) } else { (at + 1).min(ticked.len() - 1) };
        ticked.swap(at, to);
    }
    ticked
}

fn column_form(visit: &Visit, object: &Object, asked: &Asked, shown: &[String], via: &str) -> Markup {
    let (ctx, locale, texts) = (&visit.ctx, visit.locale(), t(visit.locale()));
    let schema = &ctx.snapshot.schema;
    let reached = (!via.is_empty()).then(|| resolve_path(via, schema, object).ok()).flatten();
    let behind = reached.as_ref().and_then(|path| schema.object(path.kind.target()?)).cloned();
    let (around, prefix) = match &behind {
        Some(target) => (target.as_ref(), format!("{via}.")),
        None => (object, String::new()),
    };
    let fits = |field: &&Field| {
        super::columns::is_seen(ctx, around, field) && field.is_stored() && field.kind != FieldKind::Json && field.key != "id"
    };
    let system = around.fields.iter().filter(|field| field.is_system());
    let fields = around.own_fields().chain(system).filter(fits);
    let rest: Vec<(String, &Field)> =
        fields.map(|field| (format!("{prefix}{}", field.key), field)).filter(|(path, _)| !shown.contains(path)).collect();
    let line = |path: &str, on: bool| {
        let label = super::columns::label(ctx, object, path);
        let step = |way: &str, words: String, drawing| Button {
            action: Action::SubmitValue { name: "then".into(), value: format!("{way} {path}") },
            ..Button::submit(words).icon_only(drawing).kind(ButtonKind::Quiet)
        };
        html! {
            li.row data-column {
                label.check.grow { input type="checkbox" name="col" value=(path) checked[on]; span.clip { (label) } }
                (button(&step("up", texts.column_up(&label), Icon::ArrowUp)))
                (button(&step("down", texts.column_down(&label), Icon::ArrowDown)))
            }
        }
    };
    let behind_link = |field: &Field| {
        let hop = via.is_empty() && field.target().is_some_and(|target| ctx.may(target, Function::View));
        let words = texts.columns_of(field.label.get(locale));
        html! { @if hop { li.row { a.opt.grow href=(asked.tool("columns", &[("via", &field.key)])) data-panel { (words) (icon(Icon::Right)) } } } }
    };
    form(
        visit,
        asked,
        "columns",
        html! {
            p.help { (texts.columns_help()) }
            input.in.script type="search" placeholder=(texts.filter_find_field()) aria-label=(texts.filter_find_field()) autocomplete="off" data-find-in="columns";
            ul.choices data-columns data-found="columns" {
                @for path in shown { (line(path, true)) }
                @for (path, _) in &rest { (line(path, false)) }
            }
            ul.choices { @for field in object.own_fields().chain(object.fields.iter().filter(|field| field.is_system())).filter(|field| super::columns::is_seen(ctx, object, field) && field.key != "id") { (behind_link(field)) } }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::asked::split;
    use super::*;

    #[test]
    fn a_column_moves_by_one_place() {
        let all = || split("a,b,c");
        assert_eq!(moved(all(), "up b"), ["b", "a", "c"]);
        assert_eq!(moved(all(), "up a"), ["a", "b", "c"]);
        assert_eq!(moved(all(), "down b"), ["a", "c", "b"]);
        assert_eq!(moved(all(), "down c"), ["a", "b", "c"]);
        assert_eq!(moved(all(), "apply"), ["a", "b", "c"]);
    }
}
