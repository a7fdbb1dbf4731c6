//! Administration: objects and fields, roles, users, plugins. For administrators of the tenant; everybody else gets the 403 page.

mod addresses;
mod departments;
mod explain;
mod log;
mod objects;
mod plugins;
mod problems;
mod roles;
mod teams;
mod users;
mod view_as;
mod words;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};

use crate::app::App;
use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::form::{Form, form};
use crate::ui::components::tabs::{Tab, tabs};
use crate::ui::failure::failure_page;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::visit::{Posted, Visit};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin", get(start))
        .merge(objects::router())
        .merge(users::router())
        .merge(plugins::router())
        .merge(roles::router())
        .merge(departments::router())
        .merge(teams::router())
        .merge(view_as::router())
        .route("/admin/explain", get(explain::handle))
        .route("/admin/log", get(log::handle))
}

async fn start(_: Admin) -> Redirect {
    Redirect::to(addresses::OBJECTS)
}

/// A page's request by an administrator.
struct Admin(Visit);

impl FromRequestParts<App> for Admin {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, app).await?;
        match refused(&visit) {
            Some(page) => Err(page),
            None => Ok(Self(visit)),
        }
    }
}

/// A form that an administrator sent.
struct AdminPosted(Posted);

impl FromRequest<App> for AdminPosted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let posted = Posted::from_request(request, app).await?;
        match refused(&posted.visit) {
            Some(page) => Err(page),
            None => Ok(Self(posted)),
        }
    }
}

/// The engine asks again; this one saves the page from showing half of what it may not change.
fn refused(visit: &Visit) -> Option<Response> {
    (!visit.ctx.actor.is_administrator()).then(|| failure_page(visit, &Refusal::denied("meta: edit")))
}

/// The areas of administration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Area {
    Objects,
    Roles,
    Users,
    Departments,
    Teams,
    Explain,
    Plugins,
}

impl Area {
    const ALL: [Self; 7] = [Self::Objects, Self::Roles, Self::Users, Self::Departments, Self::Teams, Self::Explain, Self::Plugins];

    fn address(self) -> &'static str {
        match self {
            Self::Objects => addresses::OBJECTS,
            Self::Roles => addresses::ROLES,
            Self::Users => addresses::USERS,
            Self::Departments => addresses::DEPARTMENTS,
            Self::Teams => addresses::TEAMS,
            Self::Explain => addresses::EXPLAIN,
            Self::Plugins => addresses::PLUGINS,
        }
    }

    fn words(self, visit: &Visit) -> &'static str {
        let texts = t(visit.locale());
        match self {
            Self::Objects => texts.admin_objects(),
            Self::Roles => texts.admin_roles(),
            Self::Users => texts.admin_users(),
            Self::Departments => texts.admin_departments(),
            Self::Teams => texts.admin_teams(),
            Self::Explain => texts.admin_explain(),
            Self::Plugins => texts.admin_plugins(),
        }
    }

    /// The way to a page below this area.
    fn way(self, visit: &Visit) -> Vec<(String, String)> {
        vec![(self.words(visit).to_owned(), self.address().to_owned())]
    }
}

/// The first page of an area: the tabs, then its content.
fn area_page(visit: &Visit, area: Area, actions: Option<Markup>, content: Markup) -> Response {
    let texts = t(visit.locale());
    let actions = actions.filter(|_| !visit.ctx.is_viewing());
    let links = Area::ALL.map(|each| Tab::new(each.words(visit), each.address(), each == area));
    let body = html! { (tabs(texts.administration(), &links)) (content) };
    show(
        visit,
        addresses::OBJECTS,
        Page { title: texts.administration().to_owned(), actions, layout: Body::Flush, body, ..Page::default() },
    )
}

/// A page below an area; without its buttons while nothing can be changed.
fn below(visit: &Visit, page: Page) -> Response {
    let actions = page.actions.filter(|_| !visit.ctx.is_viewing());
    show(visit, addresses::OBJECTS, Page { actions, ..page })
}

/// A page that holds a form; with the status of the refusal where there was one.
fn form_page(visit: &Visit, way: Vec<(String, String)>, title: &str, content: &Form, refusal: Option<&Refusal>) -> Response {
    let page =
        Page { title: title.to_owned(), breadcrumb: way, layout: Body::Padded, body: form(visit.locale(), content), ..Page::default() };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = status_of(refusal);
    }
    response
}

/// The status of a page that holds a refused form. The form itself could be read, even where an expression in it could not.
fn status_of(refusal: &Refusal) -> StatusCode {
    let status = StatusCode::from_u16(refusal.status).ok().filter(|status| *status != StatusCode::BAD_REQUEST);
    status.unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}
