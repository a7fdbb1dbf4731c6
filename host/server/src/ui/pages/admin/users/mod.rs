//! People: who they are, where they belong, what they may do, and their passwords.

mod create;
mod edit;
mod form;
mod list;
mod password;
mod places;
mod transfer;

use axum::Router;
use axum::routing::get;
use guanxi_core::Value;
use guanxi_core::meta::Locale;
use guanxi_core::policy::Role;
use uuid::Uuid;

use crate::app::App;
use crate::engine::{Outcome, RecordView, Refusal};
use crate::ui::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/users", get(list::handle))
        .route("/admin/users/new", get(create::show).post(create::submit))
        .route("/admin/users/{id}", get(edit::show).post(edit::submit))
        .route("/admin/users/{id}/transfer", get(transfer::show).post(transfer::submit))
        .route("/admin/users/{id}/password", get(password::show).post(password::submit))
}

/// The user of an address.
async fn user_of(visit: &Visit, id: &str) -> Outcome<RecordView> {
    let id = Uuid::parse_str(id).map_err(|_| Refusal::not_found("user"))?;
    visit.engine().get(&visit.ctx, "user", id, &[]).await
}

/// A field of a user as text; blank where there is none.
fn text(user: &RecordView, field: &str) -> String {
    match user.get(field) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Ref(id)) => id.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        _ => String::new(),
    }
}

/// All roles of the tenant: administrators, then by name.
fn roles(visit: &Visit) -> Vec<&Role> {
    let mut roles: Vec<&Role> = visit.ctx.snapshot.roles.values().map(AsRef::as_ref).collect();
    roles.sort_by_key(|role| (!role.administrator, role.key.clone()));
    roles
}

/// Names of roles in the reader's language; a role that is not there any more keeps its key.
fn role_names(visit: &Visit, keys: &[String]) -> String {
    let name = |key: &String| visit.ctx.snapshot.roles.get(key).map_or(key.as_str(), |role| role.label.get(visit.locale())).to_owned();
    keys.iter().map(name).collect::<Vec<_>>().join(if visit.locale() == Locale::En { ", " } else { "、" })
}
