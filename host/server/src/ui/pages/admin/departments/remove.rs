//! Deletes a department that nothing belongs to; otherwise says what does.

use axum::extract::Path;
use axum::response::Response;

use super::super::{AdminPosted, addresses, problems};
use super::id_of;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::answer;

/// `POST /admin/departments/{id}/delete`
pub(super) async fn handle(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let removed: Outcome<Response> = async {
        let department = visit.engine().get_department(&visit.ctx, id_of(&id)?).await?;
        match visit.engine().delete_department(&visit.ctx, department.id).await {
            Ok(()) => {
                let words = t(visit.locale()).department_deleted(&department.name);
                Ok(flash::redirect(&visit.app, addresses::DEPARTMENTS, &Flash::done(words)))
            }
            Err(refusal) => {
                let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
                let said = Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) };
                Ok(flash::redirect(&visit.app, &addresses::department(department.id), &said))
            }
        }
    }
    .await;
    answer(visit, removed)
}
