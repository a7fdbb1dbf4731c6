//! Language and theme of this session.

use axum::response::{IntoResponse, Redirect, Response};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;

use crate::ui::layout::Theme;
use crate::ui::urls;
use crate::ui::visit::{Posted, answer};

/// Changes `locale` or `theme`, and goes back to where that was asked for.
pub(super) async fn handle(posted: Posted) -> Response {
    let visit = &posted.visit;
    let locale = match posted.get("locale") {
        "" => Ok(visit.locale()),
        tag => {
            Locale::parse(tag).ok_or_else(|| Problem::error("field.option", "a language is zh-CN or en").on("locale").with("value", tag))
        }
    };
    let theme = match posted.get("theme") {
        "" => visit.session.theme.as_str(),
        name => match Theme::parse(name) {
            Theme::System => "",
            chosen => chosen.name(),
        },
    };
    let kept = match locale {
        Ok(locale) => visit.engine().set_session_look(&visit.ctx, &visit.session, locale, theme).await,
        Err(problem) => Err(problem.into()),
    };
    answer(visit, kept.map(|()| Redirect::to(urls::own(posted.get("return"))).into_response()))
}
