//! `GET /api/v1/records/customer/{id}/cards/{card}`: every contact or every dealing with a customer, from all objects, newest first.

use axum::extract::State;
use chrono::NaiveDate;
use guanxi_core::expr::FieldPath;
use guanxi_core::{Problem, Value};
use guanxi_sandbox::manifest::{CardMeasure, CardName};
use serde_json::{Map, Value as Json, json};

use super::super::auth::Caller;
use super::super::json::{ok, value};
use super::super::params::{Params, RawParams};
use super::super::path::ActionPath;
use super::super::problem::Answer;
use crate::app::App;
use crate::engine::{Card, CardKind, CardRequest, CardRow, Dealings, KindFigures, Period, Refusal, card_money};

/// Rows of a page when nothing is said.
pub(super) const DEFAULT_LIMIT: u32 = 50;
/// The most rows of a page.
pub(super) const MAX_LIMIT: u32 = 200;

/// Answers `{"records","next","kinds","currency","summary"}`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ActionPath { object, id, action }: ActionPath,
    params: RawParams,
) -> Answer {
    let params = params.only(&["kind", "from", "to", "limit", "cursor", "figures"])?;
    let name = CardName::parse(&action).ok_or_else(|| Refusal::not_found(&format!("card `{action}`")))?;
    let mut problems = Vec::new();
    let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT).map_err(|p| problems.push(p)).unwrap_or_default();
    let figures = params.flag("figures", true).map_err(|p| problems.push(p)).unwrap_or_default();
    let mut day = |name: &str| day(&params, name).map_err(|p| problems.push(p)).ok().flatten();
    let period = Period { from: day("from"), to: day("to") };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let request = CardRequest { kind: params.text("kind").to_owned(), period, limit, cursor: params.text("cursor").to_owned(), figures };
    let card = app.engine.card(&ctx, &object, id, name, request).await?;
    let figures = card.figures.as_ref();
    let kinds = card.kinds.iter().enumerate().map(|(place, one)| kind(one, figures.and_then(|(all, _)| all.get(place))));
    let mut answer = json!({
        "records": card.rows.iter().map(|one| row(&card.kinds, one)).collect::<Json>(),
        "next": card.next,
        "kinds": kinds.collect::<Json>(),
        "currency": ctx.tenant.currency,
    });
    if name == CardName::Transactions {
        answer["summary"] = figures.map_or(Json::Null, |(_, dealings)| summary(&card, dealings));
    }
    Ok(ok(&answer))
}

fn day(params: &Params, name: &str) -> Result<Option<NaiveDate>, Problem> {
    match params.text(name) {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| Problem::error("request.malformed", format!("`{name}` is a day such as 2026-01-31")).on(name)),
    }
}

fn kind(kind: &CardKind, figures: Option<&KindFigures>) -> Json {
    let mut shown = kind_head(kind);
    shown.insert("measure".into(), json!(kind.measure.map(CardMeasure::name)));
    if let Some(figures) = figures {
        let amount = figures.amount.zip(kind.scale()).map(|(units, scale)| card_money(units, scale));
        shown.insert("count".into(), json!(figures.count));
        shown.insert("amount".into(), json!(amount));
        if figures.withheld {
            shown.insert("withheld".into(), json!(true));
        }
    }
    Json::Object(shown)
}

/// What a kind is, without figures.
pub(super) fn kind_head(kind: &CardKind) -> Map<String, Json> {
    let mut shown = Map::new();
    shown.insert("key".into(), json!(kind.key));
    shown.insert("object".into(), json!(kind.object.key));
    shown.insert("label".into(), json!({ "zh-CN": kind.label.zh, "en": kind.label.en }));
    shown.insert("icon".into(), json!(kind.icon));
    shown.insert("plugin".into(), json!(kind.plugin.as_ref().map(|(id, _)| id)));
    shown
}

/// One row. What the caller may not read is null and named in `no_access`.
pub(super) fn row(kinds: &[CardKind], row: &CardRow) -> Json {
    let optional = |part: &Option<(FieldPath, Value)>| part.as_ref().map_or(Json::Null, |(_, found)| value(found));
    let kind = &kinds[row.kind];
    let details: Map<String, Json> = row.details.iter().map(|(path, found)| (path.text(), value(found))).collect();
    json!({
        "kind": kind.key,
        "object": kind.object.key,
        "id": row.id.to_string(),
        "at": row.day.map_or_else(|| value(&Value::Instant(row.at)), |day| value(&Value::Date(day))),
        "title": value(&row.title.1),
        "amount": optional(&row.amount),
        "status": optional(&row.status),
        "person": row.person.map(|id| id.to_string()),
        "person_name": row.person_name,
        "details": details,
        "no_access": row.closed,
    })
}

fn summary(card: &Card, dealings: &Dealings) -> Json {
    let money = |units: i128| card_money(units, card.scale());
    let months = dealings.months.iter().map(|(day, count, sum)| json!({ "month": day.to_string(), "count": count, "amount": money(*sum) }));
    json!({
        "volume": dealings.volume.map(money),
        "count": dealings.count,
        "paid": dealings.paid.map(money),
        "per_month": dealings.per_month_hundredths().map(|hundredths| card_money(i128::from(hundredths), 2)),
        "trend": dealings.trend.map(money),
        "months": months.collect::<Json>(),
    })
}
