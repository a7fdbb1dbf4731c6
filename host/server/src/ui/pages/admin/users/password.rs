//! A new password for a user. It ends the user's sessions.

use axum::extract::Path;
use axum::response::Response;

use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use super::{text, user_of};
use crate::engine::{Outcome, RecordView, Refusal};
use crate::texts::t;
use crate::ui::components::control::{Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/users/{id}/password`
pub(super) async fn show(Admin(visit): Admin, Path(id): Path<String>) -> Response {
    let page = user_of(&visit, &id).await.map(|user| page(&visit, &user, None));
    answer(&visit, page)
}

/// `POST /admin/users/{id}/password`
pub(super) async fn submit(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let user = user_of(visit, &id).await?;
        match visit.engine().set_password(&visit.ctx, user.id, posted.get("password")).await {
            Ok(()) => {
                let words = t(visit.locale()).password_set_for(&text(&user, "name"));
                Ok(flash::redirect(&visit.app, addresses::USERS, &Flash::done(words)))
            }
            Err(refusal) => Ok(page(visit, &user, Some(&refusal))),
        }
    }
    .await;
    answer(visit, saved)
}

fn page(visit: &Visit, user: &RecordView, refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let name = text(user, "name");
    let password =
        Control::new("password", texts.new_password(), ControlKind::Password { new: true }).required().help(texts.set_password_help());
    let mut form = Form {
        address: addresses::password(user.id),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", vec![password])],
        save: texts.set_password().into(),
        cancel: Some(addresses::user(user.id)),
        ..Form::default()
    };
    if let Some(refusal) = refusal {
        place(visit, &mut form, refusal, &[]);
    }
    let mut way = Area::Users.way(visit);
    way.push((name.clone(), addresses::user(user.id)));
    form_page(visit, way, &texts.set_password_of(&name), &form, refusal)
}
