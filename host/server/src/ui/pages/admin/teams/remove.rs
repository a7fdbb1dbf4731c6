//! Deletes a team; what was shared with it is shared with it no more.

use axum::extract::Path;
use axum::response::Response;

use super::super::{AdminPosted, addresses};
use super::id_of;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::answer;

/// `POST /admin/teams/{id}/delete`
pub(super) async fn handle(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let removed: Outcome<Response> = async {
        let team = visit.engine().get_team(&visit.ctx, id_of(&id)?).await?;
        visit.engine().delete_team(&visit.ctx, team.id).await?;
        Ok(flash::redirect(&visit.app, addresses::TEAMS, &Flash::done(t(visit.locale()).team_deleted(&team.name))))
    }
    .await;
    answer(visit, removed)
}
