//! Takes a field out of sight, or shows it again. Its values are kept.

use axum::extract::Path;
use axum::response::Response;

use super::super::{AdminPosted, addresses, problems};
use crate::engine::FieldPatch;
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::flash;

/// `POST /admin/objects/{object}/fields/{field}/hidden` with `hidden` true or false
pub(super) async fn handle(Path((key, field)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let texts = t(visit.locale());
    let hidden = posted.get("hidden") == "true";
    let patch = FieldPatch { hidden: Some(hidden), ..FieldPatch::default() };
    let said = match visit.engine().update_field(&visit.ctx, &key, &field, patch).await {
        Ok(object) => {
            let found = object.fields.iter().find(|each| each.key == field);
            let name = found.map_or(field.as_str(), |each| each.label.get(visit.locale()));
            Flash::done(if hidden { texts.hidden_now(name) } else { texts.shown_now(name) })
        }
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
            Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) }
        }
    };
    flash::redirect(&visit.app, &addresses::object(&key), &said)
}
