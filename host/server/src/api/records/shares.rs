//! `/api/v1/records/{object}/{id}/shares`: with whom a record is shared.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use chrono::{DateTime, SecondsFormat, Utc};
use guanxi_core::Problem;
use guanxi_core::policy::Subject;
use guanxi_store::Share;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::{RecordPath, SharePath};
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::NewShare;

/// `GET`: answers `{"shares"}`, the oldest first.
pub(in crate::api) async fn list(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    let shares = app.engine.list_shares(&ctx, &object, id).await?;
    Ok(ok(&json!({ "shares": shares.iter().map(document).collect::<Json>() })))
}

/// `POST`: takes `{"subject":{"kind","id"},"right","until"}` and answers 201 with the share.
pub(in crate::api) async fn create(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let share = app.engine.share(&ctx, &object, id, read(body)?).await?;
    Ok((StatusCode::CREATED, ok(&document(&share))).into_response())
}

/// `DELETE …/{share}`: ends a share; answers 204.
pub(in crate::api) async fn delete(
    State(app): State<App>,
    Caller(ctx): Caller,
    SharePath { object, id, share }: SharePath,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    app.engine.unshare(&ctx, &object, id, share).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn document(share: &Share) -> Json {
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    json!({
        "id": share.id.to_string(),
        "subject": { "kind": share.subject.kind(), "id": share.subject.name() },
        "right": if share.edit { "edit" } else { "read" },
        "until": share.until.map(moment),
        "created_by": share.created_by.map(|user| user.to_string()),
        "created_at": moment(share.created_at),
    })
}

fn read(body: Json) -> Result<NewShare, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let mut problems = Vec::new();
    let subject = reader.json("subject").unwrap_or_default();
    let part = |key: &str| subject.get(key).and_then(Json::as_str).unwrap_or_default();
    let found = Subject::parse(part("kind"), part("id"));
    if found.is_none() {
        let detail = "`subject` takes a kind (user, team, role, department) and an id, of a role its key";
        problems.push(Problem::error("field.type", detail).on("subject"));
    }
    let right = reader.text("right").unwrap_or_else(|| "read".to_owned());
    if !["read", "edit"].contains(&right.as_str()) {
        problems.push(Problem::error("field.option", "`right` is read or edit").on("right").with("value", right.clone()));
    }
    let until = reader.text("until").map(|text| DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc()));
    if let Some(Err(_)) = &until {
        problems.push(Problem::error("field.type", "`until` takes a moment such as 2026-12-31T18:00:00+08:00").on("until"));
    }
    reader.report(problems);
    reader.finish()?;
    let subject = found.ok_or_else(Vec::new)?;
    Ok(NewShare { subject, edit: right == "edit", until: until.and_then(Result::ok) })
}
