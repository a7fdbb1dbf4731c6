//! `GET /api/v1/objects/{object}`: one object with its fields.

use guanxi_core::Value;
use guanxi_core::policy::Function;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::engine::Refusal;

/// Answers `{"key","label","fields",…}`; with `?hidden=true` also what is hidden, and under `dropped` the fields that can still come back.
pub(in crate::api) async fn handle(Caller(ctx): Caller, ObjectPath(key): ObjectPath, params: RawParams) -> Answer {
    let hidden = super::wants_hidden(&ctx, &params.only(&["hidden"])?)?;
    let object = ctx.snapshot.schema.all().find(|object| object.key == key && (hidden || !object.hidden));
    let object = object.ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))?;
    if !ctx.may(&key, Function::View) {
        return Err(Refusal::denied(&format!("{key}: {}", Function::View.name())).into());
    }
    let mut shown = super::whole(&ctx, object, hidden);
    if hidden {
        let dropped = ctx.tenant.store.dropped_fields(&key).await.map_err(Refusal::from)?;
        let one = |dropped: &guanxi_store::DroppedField| {
            let mut shown = super::field(&dropped.field);
            shown["dropped_at"] = super::value(&Value::Instant(dropped.at));
            shown
        };
        shown["dropped"] = dropped.iter().map(one).collect();
    }
    Ok(ok(&shown))
}
