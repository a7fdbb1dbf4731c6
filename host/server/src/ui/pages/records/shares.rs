//! With whom a record is shared beside those who reach it anyway: the list, a new share, its end.

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use guanxi_core::policy::{Function, Subject};
use guanxi_store::Share;
use maud::{Markup, html};
use uuid::Uuid;

use super::record::Shown;
use super::{id_of, name_of_many, object_of};
use crate::engine::{ListRequest, NewShare, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::form::token_field;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::Flash;
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show as shell;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::problem_words;
use crate::ui::{flash, format, urls};

/// The most people and departments that the form offers; a team serves larger circles.
const OFFERED: u32 = 500;
/// The parameter that ends a share.
const END: &str = "end";

/// `GET /o/{object}/{id}/shares`
pub(super) async fn show(visit: Visit, Path((key, id)): Path<(String, String)>) -> Response {
    let outcome = page(&visit, &key, &id).await;
    answer(&visit, outcome)
}

/// `POST /o/{object}/{id}/shares` with `with`, `right` and `until`, or with `end`
pub(super) async fn submit(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = change(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

async fn change(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let (record, texts) = (id_of(id)?, t(visit.locale()));
    let back = urls::shares(key, record);
    let done = match posted.get(END) {
        "" => visit.engine().share(&visit.ctx, key, record, new_share(visit, posted)?).await.map(|_| texts.shares_made()),
        share => visit.engine().unshare(&visit.ctx, key, record, id_of(share)?).await.map(|()| texts.shares_ended()),
    };
    match done {
        Ok(words) => Ok(flash::redirect(&visit.app, &back, &Flash::done(words))),
        Err(refusal) if refusal.status == 422 => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            Ok(flash::redirect(&visit.app, &back, &Flash { tone: Tone::Bad, ..Flash::done(words.join(" · ")) }))
        }
        Err(refusal) => Err(refusal),
    }
}

fn new_share(visit: &Visit, posted: &Posted) -> Outcome<NewShare> {
    let wrong = || Refusal::one("request.malformed", "nobody was chosen to share with");
    let (kind, name) = posted.get("with").split_once(':').ok_or_else(wrong)?;
    let id = || Uuid::parse_str(name).map_err(|_| wrong());
    let subject = match kind {
        "user" => Subject::User(id()?),
        "team" => Subject::Team(id()?),
        "department" => Subject::Department(id()?),
        "role" => Subject::Role(name.to_owned()),
        _ => return Err(wrong()),
    };
    // The last day belongs to the share.
    let day = posted.get("until").parse::<chrono::NaiveDate>().ok().and_then(|day| day.succ_opt());
    let until = day.and_then(|day| day.and_time(NaiveTime::MIN).and_local_timezone(visit.ctx.tenant.zone).earliest());
    Ok(NewShare { subject, edit: posted.get("right") == "edit", until: until.map(|end| end.to_utc()) })
}

async fn page(visit: &Visit, key: &str, id: &str) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let shares = visit.engine().list_shares(&visit.ctx, key, record.id).await?;
    let circles = circles(visit).await?;
    let texts = t(visit.locale());
    let may = record.may(Function::Edit);
    let columns =
        vec![Column::new(texts.shares_with()), Column::new(texts.shares_right()), Column::new(texts.shares_until()), Column::new("")];
    let rows = shares.iter().map(|share| Row { href: None, cells: cells(visit, share, &circles, may, &urls::shares(key, record.id)) });
    let table = Table { label: texts.shares().to_owned(), columns, rows: rows.collect(), total: None };
    let list =
        html! { @if shares.is_empty() { div.body { p.dim { (texts.shares_none()) } } } @else { (plain_table(visit.locale(), &table)) } };
    let body = html! {
        (card(&Card { icon: Some(Icon::Users), ..Card::flush(texts.shares(), list) }))
        @if may { (card(&Card::new(texts.shares_new(), form(visit, &urls::shares(key, record.id), &circles)))) }
    };
    let breadcrumb = vec![(name_of_many(visit, &object), urls::list(key)), (record.title.clone(), urls::record(key, record.id))];
    Ok(shell(visit, &urls::list(key), Page { title: texts.shares().to_owned(), breadcrumb, layout: Body::Cards, body, ..Page::default() }))
}

fn cells(visit: &Visit, share: &Share, circles: &[Circle], may: bool, address: &str) -> Vec<Markup> {
    let texts = t(visit.locale());
    let value = format!("{}:{}", share.subject.kind(), share.subject.name());
    let named = circles.iter().find_map(|circle| Some((circle.label, circle.choices.iter().find(|(known, _)| *known == value)?)));
    // A share ends when its last day is over.
    let until = share.until.map(|end| last_day(end, visit.ctx.tenant.zone));
    let end =
        Button { action: Action::SubmitValue { name: END.into(), value: share.id.to_string() }, ..Button::submit(texts.shares_end()) };
    vec![
        html! {
            @match named {
                Some((kind, (_, name))) => { (name) " " span.small.faint { (kind) } }
                None => { span.faint { (format::EMPTY) } }
            }
        },
        html! { (if share.edit { texts.shares_edit() } else { texts.shares_read() }) },
        html! { (format::or_empty(until)) },
        html! { @if may { form method="post" action=(address) { (token_field(&visit.session.csrf)) (button(&end.kind(ButtonKind::Quiet))) } } },
    ]
}

/// The last day of a share that ends at midnight; the moment of another.
fn last_day(end: DateTime<Utc>, zone: Tz) -> String {
    let local = end.with_timezone(&zone);
    match local.date_naive().pred_opt().filter(|_| local.time() == NaiveTime::MIN) {
        Some(day) => format::date(day),
        None => format::datetime(end, zone),
    }
}

/// One kind of those to share with: its name, and values with words.
struct Circle {
    label: &'static str,
    choices: Vec<(String, String)>,
}

/// Everybody to share with, as far as the visitor sees them.
async fn circles(visit: &Visit) -> Outcome<Vec<Circle>> {
    let texts = t(visit.locale());
    let mut found = Vec::new();
    for (key, label) in [("user", texts.shares_people()), ("department", texts.shares_departments())] {
        let mut choices = Vec::new();
        if visit.ctx.may(key, Function::View) {
            let sort = if visit.ctx.field_right(key, "name").is_plain() { "name".to_owned() } else { String::new() };
            let request = ListRequest { sort, fields: vec!["name".into()], limit: OFFERED, count: false, ..ListRequest::default() };
            let page = visit.engine().list(&visit.ctx, key, request).await?;
            let name = |row: &[guanxi_core::Value]| row.first().and_then(|name| name.as_text().map(str::to_owned)).unwrap_or_default();
            choices = page.rows.iter().map(|(id, row)| (format!("{key}:{id}"), name(row))).collect();
            // Nobody can choose what has no name.
            choices.retain(|(_, name): &(String, String)| !name.is_empty());
        }
        found.push(Circle { label, choices });
    }
    let teams = visit.engine().list_teams(&visit.ctx).await.unwrap_or_default();
    let teams = teams.into_iter().map(|team| (format!("team:{}", team.id), team.name)).collect();
    found.push(Circle { label: texts.shares_teams(), choices: teams });
    let mut roles: Vec<(String, String)> =
        visit.ctx.snapshot.roles.values().map(|role| (format!("role:{}", role.key), role.label.get(visit.locale()).to_owned())).collect();
    roles.sort();
    found.push(Circle { label: texts.shares_roles(), choices: roles });
    Ok(found)
}

fn form(visit: &Visit, address: &str, circles: &[Circle]) -> Markup {
    let texts = t(visit.locale());
    html! {
        form."row wrap share-form" method="post" action=(address) data-once {
            (token_field(&visit.session.csrf))
            label.row.nowrap { span.dim { (texts.shares_with()) }
                select.in name="with" required {
                    option value="" { (texts.choose()) }
                    @for circle in circles.iter().filter(|circle| !circle.choices.is_empty()) {
                        optgroup label=(circle.label) { @for (value, name) in &circle.choices { option value=(value) { (name) } } }
                    }
                }
            }
            label.row.nowrap { span.dim { (texts.shares_right()) }
                select.in name="right" { option value="read" { (texts.shares_read()) } option value="edit" { (texts.shares_edit()) } }
            }
            label.row.nowrap { span.dim { (texts.shares_until()) } input.in type="date" name="until"; }
            (button(&Button::submit(texts.shares_add()).kind(ButtonKind::Primary)))
        }
    }
}
