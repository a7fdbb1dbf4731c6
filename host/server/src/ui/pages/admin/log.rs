//! The security log, for whoever has the right to see it; newest first. What happened is said in words, beside the code that programs
//! search for; people, departments, roles, objects and plugins have their names.

use std::collections::HashMap;

use axum::response::Response;
use guanxi_store::SecurityEvent;
use maud::{Markup, html};
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::params::Params;
use super::{addresses, words};
use crate::engine::Outcome;
use crate::texts::{Texts, t};
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::note::{Note, note};
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Lines of one page.
const LINES: u32 = 100;

/// `GET /admin/log?before=…`
pub(super) async fn handle(visit: Visit, params: Params) -> Response {
    let page = page(&visit, params.get("before").parse().ok()).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, before: Option<i64>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let (lines, more) = visit.engine().security_log(&visit.ctx, before, LINES).await?;
    let names = names(visit, &lines).await?;
    let who = |actor: Option<Uuid>| match actor {
        Some(id) => html! { (names.get(&id).map_or_else(|| id.to_string(), Clone::clone)) },
        None => html! { span.faint { (texts.log_nobody()) } },
    };
    let rows: Vec<Row> = lines
        .iter()
        .map(|line| Row {
            href: None,
            cells: vec![
                html! { time datetime=(line.at.to_rfc3339()) { (format::datetime(line.at, visit.ctx.tenant.zone)) } },
                html! { @if let Some(words) = kind_words(texts, &line.kind) { (words) " " } code."mono faint" { (line.kind) } },
                who(line.actor),
                detail(visit, &line.detail, &names),
            ],
        })
        .collect();
    let columns = vec![
        Column::new(texts.log_when()).slot(Slot::Date),
        Column::new(texts.log_what()).slot(Slot::Title),
        Column::new(texts.log_who()).slot(Slot::Third),
        Column::new(texts.log_detail()).slot(Slot::Second),
    ];
    let older = lines.last().filter(|_| more).map(|line| line.id.to_string());
    let table = Table { label: texts.admin_log().into(), columns, rows, total: None };
    let body = html! {
        p."bar dim" { (texts.log_hint()) }
        @if lines.is_empty() { div.page { (note(&Note::new(Tone::Accent, texts.log_empty(), ""))) } }
        @else { (list_table(visit.locale(), &table)) }
        @if let Some(older) = older { p.bar { (button(&Button::link(texts.log_older(), urls::with_query(addresses::LOG, &[("before", &older)])))) } }
    };
    Ok(show(visit, addresses::LOG, Page { title: texts.admin_log().to_owned(), layout: Body::Flush, body, ..Page::default() }))
}

/// Names of the people and departments that the lines speak of.
async fn names(visit: &Visit, lines: &[SecurityEvent]) -> Outcome<HashMap<Uuid, String>> {
    let mut ids: Vec<Uuid> = lines.iter().filter_map(|line| line.actor).collect();
    lines.iter().for_each(|line| find_ids(&line.detail, &mut ids));
    ids.sort();
    ids.dedup();
    let mut names = visit.engine().titles(&visit.ctx, "department", &ids).await?;
    names.extend(visit.engine().titles(&visit.ctx, "user", &ids).await?);
    Ok(names)
}

fn find_ids(json: &Json, ids: &mut Vec<Uuid>) {
    match json {
        Json::String(text) => ids.extend(Uuid::try_parse(text)),
        Json::Array(items) => items.iter().for_each(|item| find_ids(item, ids)),
        Json::Object(pairs) => pairs.values().for_each(|value| find_ids(value, ids)),
        _ => {}
    }
}

/// What happened, in words; lines of another version may lack them.
fn kind_words(texts: Texts, kind: &str) -> Option<&'static str> {
    Some(match kind {
        "login" => texts.log_login(),
        "login.failed" => texts.log_login_failed(),
        "view_as.begin" => texts.log_view_as_begin(),
        "view_as.end" => texts.log_view_as_end(),
        "team.set" => texts.log_team_set(),
        "team.deleted" => texts.log_team_deleted(),
        "department.managers" => texts.log_department_managers(),
        "department.deleted" => texts.log_department_deleted(),
        "record.shared" => texts.log_record_shared(),
        "record.unshared" => texts.log_record_unshared(),
        "role.set" => texts.log_role_set(),
        "role.deleted" => texts.log_role_deleted(),
        "roles.set" => texts.log_roles_set(),
        "password.set" => texts.log_password_set(),
        "token.created" => texts.log_token_created(),
        "token.revoked" => texts.log_token_revoked(),
        "plugin.enabled" => texts.log_plugin_enabled(),
        "plugin.disabled" => texts.log_plugin_disabled(),
        "export" => texts.log_export(),
        "export.denied" => texts.log_export_denied(),
        _ => return None,
    })
}

fn key_words(texts: Texts, key: &str) -> &str {
    match key {
        "user" => texts.log_user(),
        "role" => texts.log_role(),
        "roles" => texts.log_roles(),
        "department" => texts.log_department(),
        "managers" => texts.log_managers(),
        "team" => texts.log_team(),
        "members" => texts.log_members(),
        "name" => texts.log_name(),
        "object" => texts.log_object(),
        "record" => texts.log_record(),
        "records" => texts.log_records(),
        "filter" => texts.log_filter(),
        "plugin" => texts.log_plugin(),
        "version" => texts.log_version(),
        "email" => texts.log_email(),
        "address" => texts.log_address(),
        "token" => texts.log_token(),
        "share" => texts.log_share(),
        "administrator" => texts.log_administrator(),
        other => other,
    }
}

/// Names and values; what has parts of its own is there when somebody opens it.
fn detail(visit: &Visit, detail: &Json, names: &HashMap<Uuid, String>) -> Markup {
    let texts = t(visit.locale());
    let pairs = || detail.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let plain = pairs().filter(|(_, value)| !value.is_object());
    let has_parts = pairs().any(|(_, value)| value.is_object());
    html! {
        div.log-detail {
            @for (key, value) in plain { span { span.faint { (key_words(texts, key)) } " " (words_of(visit, detail, key, value, names)) } }
            @if has_parts { details { summary.small.dim { (texts.log_all_details()) } code.mono { (format::json(&detail.to_string())) } } }
        }
    }
}

/// A value by its name, where it has one.
fn words_of(visit: &Visit, detail: &Json, key: &str, value: &Json, names: &HashMap<Uuid, String>) -> Markup {
    let texts = t(visit.locale());
    match (key, value) {
        (_, Json::Array(items)) => {
            let items: Vec<Markup> = items.iter().map(|item| words_of(visit, detail, key, item, names)).collect();
            html! { @for (at, item) in items.iter().enumerate() { @if at > 0 { (texts.list_separator()) } (item) } @if items.is_empty() { (format::EMPTY) } }
        }
        (_, Json::Bool(value)) => html! { (format::yes_no(*value, visit.locale())) },
        ("record", Json::String(id)) => {
            let at = detail.get("object").and_then(Json::as_str).zip(Uuid::try_parse(id).ok());
            html! { @if let Some((object, record)) = at { a."link mono" href=(urls::record(object, record)) { (id) } } @else { code.mono { (id) } } }
        }
        ("role" | "roles", Json::String(role)) => {
            html! { (visit.ctx.snapshot.roles.get(role).map_or(role.as_str(), |role| role.label.get(visit.locale()))) }
        }
        ("object", Json::String(object)) => {
            html! { (words::find_object(visit, object).map_or(object.as_str(), |object| object.label.get(visit.locale()))) }
        }
        ("plugin", Json::String(plugin)) => {
            let known = visit.ctx.snapshot.plugins.iter().find(|known| known.manifest.id == *plugin);
            html! { (known.map_or(plugin.as_str(), |known| known.manifest.name.get(visit.locale()))) }
        }
        (_, Json::String(text)) => match Uuid::try_parse(text).ok().and_then(|id| names.get(&id)) {
            Some(name) => html! { (name) },
            None => html! { code.mono { (text) } },
        },
        (_, other) => html! { code.mono { (other) } },
    }
}
