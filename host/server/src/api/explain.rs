//! `GET /api/v1/access/explain?object=&id=&user=&field=`: why somebody may or may not do something.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::auth::Caller;
use super::json::ok;
use super::params::{Params, RawParams};
use super::problem::Answer;
use crate::app::App;
use crate::engine::{Explanation, FunctionAnswer, Question, Reason, Refusal};

/// Answers `{"user","name","object","roles","functions","min_group","record","field"}`. Without `user` it is about the caller.
pub(super) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["user", "object", "id", "field"])?;
    let user = id(&params, "user")?.or(ctx.actor.user).ok_or_else(|| Refusal::not_found("user"))?;
    let object = params.text("object").to_owned();
    if object.is_empty() {
        return Err(Problem::error("request.malformed", "`object` is needed").on("object").into());
    }
    let record = id(&params, "id")?;
    let field = Some(params.text("field").to_owned()).filter(|field| !field.is_empty());
    Ok(ok(&document(&app.engine.explain(&ctx, Question { user, object, record, field }).await?)))
}

fn id(params: &Params, name: &str) -> Result<Option<Uuid>, Problem> {
    match params.text(name) {
        "" => Ok(None),
        text => Uuid::try_parse(text).map(Some).map_err(|_| Problem::error("request.malformed", format!("`{name}` is an id")).on(name)),
    }
}

fn document(found: &Explanation) -> Json {
    json!({
        "user": found.user.to_string(),
        "name": found.name,
        "roles": found.roles,
        "object": found.object,
        "follows": found.follows,
        "functions": found.functions.iter().map(function).collect::<Json>(),
        "min_group": found.min_group,
        "record": found.record.as_ref().map(|record| json!({
            "id": record.id.to_string(),
            "functions": record.functions.iter().map(function).collect::<Json>(),
        })),
        "field": found.field.as_ref().map(|field| json!({
            "field": field.field,
            "right": field.right.name(),
            "reasons": field.reasons.iter().map(reason).collect::<Json>(),
        })),
    })
}

fn function(answer: &FunctionAnswer) -> Json {
    json!({
        "function": answer.function.name(),
        "allowed": answer.allowed,
        "reasons": answer.reasons.iter().map(reason).collect::<Json>(),
    })
}

/// Only what there is to say.
fn reason(reason: &Reason) -> Json {
    let mut said = Map::new();
    said.insert("by".into(), reason.by.name().into());
    let mut say = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            said.insert(key.into(), value);
        }
    };
    say("role", reason.role.as_deref().map(Json::from));
    say("scope", reason.scope.map(|scope| scope.name().into()));
    say("rule", reason.rule.as_deref().map(Json::from));
    say("subject", reason.subject.as_ref().map(|subject| json!({ "kind": subject.kind(), "id": subject.name() })));
    say("right", reason.right.map(|right| right.name().into()));
    say("holds", reason.holds.map(Json::from));
    said.into()
}
