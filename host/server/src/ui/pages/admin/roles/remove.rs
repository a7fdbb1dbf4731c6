//! Deletes a role of the tenant's own, and takes it from everybody.

use axum::extract::Path;
use axum::response::Response;

use super::super::{AdminPosted, addresses, problems};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::flash;

/// `POST /admin/roles/{key}/delete`
pub(super) async fn handle(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let name = visit.ctx.snapshot.roles.get(&key).map_or(key.clone(), |role| role.label.get(visit.locale()).to_owned());
    match visit.engine().delete_role(&visit.ctx, &key).await {
        Ok(()) => flash::redirect(&visit.app, addresses::ROLES, &Flash::done(t(visit.locale()).role_deleted(&name))),
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
            let said = Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) };
            flash::redirect(&visit.app, &addresses::role(&key), &said)
        }
    }
}
