//! Takes an object out of sight, or shows it again.

use axum::extract::Path;
use axum::response::Response;

use super::super::{AdminPosted, addresses, problems};
use crate::engine::ObjectPatch;
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::flash;

/// `POST /admin/objects/{object}/hidden` with `hidden` true or false
pub(super) async fn handle(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let texts = t(visit.locale());
    let hidden = posted.get("hidden") == "true";
    let patch = ObjectPatch { hidden: Some(hidden), ..ObjectPatch::default() };
    let said = match visit.engine().update_object(&visit.ctx, &key, patch).await {
        Ok(object) => {
            let name = object.label.get(visit.locale());
            Flash::done(if hidden { texts.hidden_now(name) } else { texts.shown_now(name) })
        }
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
            Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) }
        }
    };
    flash::redirect(&visit.app, &addresses::object(&key), &said)
}
