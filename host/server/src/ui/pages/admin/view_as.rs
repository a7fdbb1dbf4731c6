//! Looking at the application with the eyes of a role or of another user, and the way back.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use uuid::Uuid;

use super::{AdminPosted, addresses, problems};
use crate::app::App;
use crate::engine::{Eyes, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, VIEWING_END, answer};
use crate::ui::{flash, urls};

pub(super) fn router() -> Router<App> {
    Router::new().route(addresses::VIEW_AS, post(begin)).route(VIEWING_END, post(end))
}

/// `POST /admin/view-as` with `role` or `user`
async fn begin(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let eyes = match posted.get("role") {
        "" => Uuid::try_parse(posted.get("user")).map(Eyes::User).map_err(|_| Refusal::not_found("user")),
        key => Ok(Eyes::Role(key.to_owned())),
    };
    let begun: Outcome<()> = async { visit.engine().look_as(&visit.ctx, &visit.session, &eyes?).await }.await;
    match begun {
        Ok(()) => axum::response::IntoResponse::into_response(axum::response::Redirect::to("/")),
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
            let back = urls::own(posted.get(urls::RETURN));
            flash::redirect(&visit.app, back, &Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) })
        }
    }
}

/// `POST /viewing/end`: whoever the session looks as, it is the administrator's own.
async fn end(posted: Posted) -> Response {
    let visit = &posted.visit;
    let ended = visit.engine().look_as_oneself(&visit.ctx, &visit.session).await;
    let said = Flash::done(t(visit.locale()).viewing_ended());
    answer(visit, ended.map(|()| flash::redirect(&visit.app, addresses::ROLES, &said)))
}
