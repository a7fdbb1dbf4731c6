//! `GET /api/v1/me`: who the credential belongs to.

use serde_json::json;

use super::auth::Caller;
use super::json::ok;
use super::params::RawParams;
use super::problem::Answer;

/// Answers `{"user","tenant","roles","locale"}`, with the user's name beside the id.
pub(super) async fn handle(Caller(ctx): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    let roles: Vec<&str> = ctx.actor.roles.iter().map(|role| role.key.as_str()).collect();
    Ok(ok(&json!({
        "user": ctx.actor.user.map(|id| id.to_string()),
        "name": ctx.actor.name,
        "tenant": ctx.tenant.key,
        "roles": roles,
        "locale": ctx.locale.tag(),
    })))
}
