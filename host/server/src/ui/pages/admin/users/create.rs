//! A new user with roles and, if wished, a first password.

use axum::response::Response;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use super::form::{Typed, form};
use crate::engine::{Change, NewUser, Outcome, Raw, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Posted, Visit, answer};

/// `GET /admin/users/new`
pub(super) async fn show(Admin(visit): Admin) -> Response {
    let typed = Typed { active: true, ..Typed::default() };
    let page = page(&visit, &typed, None).await;
    answer(&visit, page)
}

/// `POST /admin/users/new`
pub(super) async fn submit(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let typed = Typed { active: true, ..Typed::posted(&posted) };
    let outcome = if typed.is_search() { page(visit, &typed, None).await } else { save(visit, &posted, &typed).await };
    answer(visit, outcome)
}

async fn save(visit: &Visit, posted: &Posted, typed: &Typed) -> Outcome<Response> {
    match create(visit, typed, posted.get("password")).await {
        Ok(id) => {
            let words = t(visit.locale()).record_created(&typed.name);
            let link = Some((t(visit.locale()).open().to_owned(), addresses::user(id)));
            Ok(flash::redirect(&visit.app, addresses::USERS, &Flash { link, ..Flash::done(words) }))
        }
        Err(refusal) => page(visit, typed, Some(&refusal)).await,
    }
}

/// A user is made in one save; the manager follows, once it is sure that it can be saved.
async fn create(visit: &Visit, typed: &Typed, password: &str) -> Outcome<Uuid> {
    let (engine, ctx) = (visit.engine(), &visit.ctx);
    let manager = reference(visit, "user", "manager", &typed.manager).await?;
    let department = reference(visit, "department", "department", &typed.department).await?;
    let user = NewUser {
        email: typed.email.clone(),
        name: typed.name.clone(),
        department: None,
        roles: typed.roles.clone(),
        password: Some(password.to_owned()).filter(|password| !password.is_empty()),
    };
    let id = engine.create_user(ctx, user).await?;
    let places = [("manager", manager), ("department", department)];
    let fields: Vec<(String, Raw)> =
        places.into_iter().filter_map(|(field, id)| Some((field.to_owned(), Raw::Value(Value::Ref(id?))))).collect();
    if !fields.is_empty() {
        let change = Change::Update { object: "user".into(), id, expect: None, fields };
        engine.save(ctx, vec![change], SaveOptions::default()).await?.into_iter().next().transpose()?;
    }
    Ok(id)
}

/// The chosen record, as long as it is there.
async fn reference(visit: &Visit, object: &str, field: &str, chosen: &str) -> Outcome<Option<Uuid>> {
    if chosen.is_empty() {
        return Ok(None);
    }
    let gone = || Refusal::from(Problem::error("reference.not_found", format!("no such {object}")).on(field));
    let id = Uuid::parse_str(chosen).map_err(|_| gone())?;
    if visit.engine().titles(&visit.ctx, object, &[id]).await?.is_empty() { Err(gone()) } else { Ok(Some(id)) }
}

async fn page(visit: &Visit, typed: &Typed, refusal: Option<&Refusal>) -> Outcome<Response> {
    let mut form = form(visit, typed, None, 0).await?;
    if let Some(refusal) = refusal {
        place(visit, &mut form, refusal, &[]);
    }
    Ok(form_page(visit, Area::Users.way(visit), t(visit.locale()).new_user(), &form, refusal))
}
