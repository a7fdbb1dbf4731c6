//! A new role: blank, or as a copy of another one.

use axum::response::Response;
use guanxi_core::policy::Role;

use super::super::super::params::Params;
use super::super::problems::place;
use super::super::words::{label, label_controls};
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// Longest key.
const LONGEST_KEY: u32 = 40;

/// What the form holds.
#[derive(Default)]
struct Typed {
    key: String,
    label: [String; 2],
    copy: String,
}

/// `GET /admin/roles/new`, with `?copy=` of another role
pub(super) async fn show(Admin(visit): Admin, params: Params) -> Response {
    let typed = Typed { copy: params.get("copy").to_owned(), ..Typed::default() };
    page(&visit, &typed, None)
}

/// `POST /admin/roles/new`
pub(super) async fn submit(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let text = |name: &str| posted.get(name).trim().to_owned();
    let typed = Typed { key: text("key"), label: [text("label_zh"), text("label_en")], copy: text("copy") };
    let made: Outcome<Response> = async {
        let base = match typed.copy.as_str() {
            "" => Role::default(),
            key => Role::clone(visit.engine().get_role(&visit.ctx, key).await?.as_ref()),
        };
        let role = Role { key: typed.key.clone(), label: label(&typed.label[0], &typed.label[1]), ..base };
        match visit.engine().put_role(&visit.ctx, role, None).await {
            Ok(role) => {
                let words = t(visit.locale()).record_saved(role.label.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::role(&role.key), &Flash::done(words)))
            }
            Err(refusal) => Ok(page(visit, &typed, Some(&refusal))),
        }
    }
    .await;
    answer(visit, made)
}

fn page(visit: &Visit, typed: &Typed, refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let [zh, en] = label_controls(visit, &typed.label[0], &typed.label[1]);
    let mut roles: Vec<&Role> = visit.ctx.snapshot.roles.values().map(AsRef::as_ref).filter(|role| !role.administrator).collect();
    roles.sort_by_key(|role| role.label.get(visit.locale()).to_owned());
    let mut choices = vec![Choice::new("", texts.copy_of_nothing())];
    choices.extend(roles.iter().map(|role| Choice::new(&role.key, role.label.get(visit.locale()))));
    let key = Control::new("key", texts.key(), ControlKind::Text { max: Some(LONGEST_KEY) });
    let copy = Control::new("copy", texts.copy_of_role(), ControlKind::Select { choices }).value(&typed.copy).required();
    let mut form = Form {
        address: addresses::NEW_ROLE.into(),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", vec![zh, en, key.value(&typed.key).required().help(texts.role_key_help()), copy])],
        save: texts.create_it().into(),
        cancel: Some(addresses::ROLES.into()),
        ..Form::default()
    };
    if let Some(refusal) = refusal {
        place(visit, &mut form, refusal, &[("label", "label_zh")]);
    }
    form_page(visit, Area::Roles.way(visit), texts.new_role(), &form, refusal)
}
