//! Saves the matrix and the rules of a role.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::policy::Role;

use super::super::{AdminPosted, addresses};
use super::{matrix, rules, show};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::answer;

/// `POST /admin/roles/{key}`
pub(super) async fn handle(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let before = visit.engine().get_role(&visit.ctx, &key).await?;
        let seen = posted.get("revision").parse().unwrap_or(before.revision);
        let typed = rules::posted(&posted);
        let mut role = Role::clone(&before);
        matrix::read(visit, &posted, &mut role);
        rules::apply(visit, &typed, &mut role);
        match visit.engine().put_role(&visit.ctx, role.clone(), Some(seen)).await {
            Ok(saved) => {
                let words = t(visit.locale()).role_saved(saved.label.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::role(&key), &Flash::done(words)))
            }
            // Whoever saves again after a conflict has seen that there was one.
            Err(refusal) => Ok(show::page(visit, &role, &typed, Some(&refusal))),
        }
    }
    .await;
    answer(visit, saved)
}
