//! Enables and disables a plugin. The consent stands on the page that holds the button.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::{AdminPosted, addresses, problems};
use super::plugin_of;
use super::show::{Trouble, page};
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `POST /admin/plugins/{id}/enable`
pub(super) async fn enable(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let texts = t(visit.locale());
    let done: Outcome<Response> = async {
        let (plugin, newer) = plugin_of(visit, &id).await?;
        let name = newer.as_ref().unwrap_or(&plugin.package).manifest.name.get(visit.locale()).to_owned();
        match visit.engine().enable_plugin(&visit.ctx, &id).await {
            Ok(_) => Ok(flash::redirect(&visit.app, &addresses::plugin(&id), &Flash::done(texts.plugin_enabled_now(&name)))),
            Err(refusal) => refused(visit, &id, plugin.enabled, texts.plugin_not_enabled_because(), &refusal).await,
        }
    }
    .await;
    answer(visit, done)
}

/// `POST /admin/plugins/{id}/disable`
pub(super) async fn disable(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let texts = t(visit.locale());
    let done: Outcome<Response> = async {
        let (plugin, _) = plugin_of(visit, &id).await?;
        let name = plugin.package.manifest.name.get(visit.locale()).to_owned();
        match visit.engine().disable_plugin(&visit.ctx, &id).await {
            Ok(()) => Ok(flash::redirect(&visit.app, &addresses::plugin(&id), &Flash::done(texts.plugin_disabled_now(&name)))),
            Err(refusal) => refused(visit, &id, false, texts.plugin_not_disabled_because(), &refusal).await,
        }
    }
    .await;
    answer(visit, done)
}

/// The same page with every reason.
async fn refused(visit: &Visit, id: &str, see_newer: bool, title: &'static str, refusal: &Refusal) -> Outcome<Response> {
    let reasons = refusal.problems.iter().map(|problem| match problem.code.as_str() {
        // What a package is wrong in is for whoever made it: the plain words help more than a translation.
        code if code.starts_with("package.") => format!("{} · {}", problems::words(visit, problem), problem.detail),
        _ => problems::words(visit, problem),
    });
    let trouble = Trouble { title, reasons: reasons.collect() };
    let mut response = page(visit, id, see_newer, Some(&trouble)).await?;
    *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    Ok(response)
}
