//! A new department.

use axum::response::Response;

use super::super::super::params::Params;
use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use super::form::{ALIASES, Typed, form};
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/departments/new`, with `?above=` of another one
pub(super) async fn show(Admin(visit): Admin, params: Params) -> Response {
    let typed = Typed { above: params.get("above").to_owned(), ..Typed::default() };
    let shown = page(&visit, &typed, None).await;
    answer(&visit, shown)
}

/// `POST /admin/departments/new`
pub(super) async fn submit(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let typed = Typed::posted(&posted);
    let made: Outcome<Response> = async {
        if typed.find.is_some() {
            return page(visit, &typed, None).await;
        }
        let made = match typed.change(None) {
            Ok(change) => visit.engine().put_department(&visit.ctx, None, change).await,
            Err(refusal) => Err(refusal),
        };
        match made {
            Ok(made) => Ok(flash::redirect(&visit.app, addresses::DEPARTMENTS, &Flash::done(t(visit.locale()).record_saved(&made.name)))),
            Err(refusal) => page(visit, &typed, Some(&refusal)).await,
        }
    }
    .await;
    answer(visit, made)
}

async fn page(visit: &Visit, typed: &Typed, refusal: Option<&Refusal>) -> Outcome<Response> {
    let mut content = form(visit, typed, None).await?;
    if let Some(refusal) = refusal {
        place(visit, &mut content, refusal, &ALIASES);
    }
    Ok(form_page(visit, Area::Departments.way(visit), t(visit.locale()).new_department(), &content, refusal))
}
