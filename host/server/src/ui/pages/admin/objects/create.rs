//! A new object. It starts with one field, its name.

use axum::response::Response;

use super::super::problems::place;
use super::super::words::{icon_control, label, label_controls};
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use crate::engine::NewObject;
use crate::texts::t;
use crate::ui::components::control::{Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::Visit;

/// The longest key.
const LONGEST_KEY: u32 = 40;

/// `GET /admin/objects/new`
pub(super) async fn show(Admin(visit): Admin) -> Response {
    page(&visit, &form(&visit, "x_", "", "", "box"), None)
}

/// `POST /admin/objects/new`
pub(super) async fn submit(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let (key, zh, en, icon) = (posted.get("key").trim(), posted.get("label_zh"), posted.get("label_en"), posted.get("icon"));
    let new = NewObject { key: key.to_owned(), label: label(zh, en), icon: Some(icon.to_owned()).filter(|icon| !icon.is_empty()), parent: None };
    match visit.engine().create_object(&visit.ctx, new).await {
        Ok(object) => {
            let words = t(visit.locale()).record_created(object.label.get(visit.locale()));
            flash::redirect(&visit.app, &addresses::object(&object.key), &Flash::done(words))
        }
        Err(refusal) => {
            let mut form = form(visit, key, zh, en, icon);
            place(visit, &mut form, &refusal, &[("label", "label_zh")]);
            page(visit, &form, Some(&refusal))
        }
    }
}

fn form(visit: &Visit, key: &str, zh: &str, en: &str, icon: &str) -> Form {
    let texts = t(visit.locale());
    let key = Control::new("key", texts.key(), ControlKind::Text { max: Some(LONGEST_KEY) }).value(key).required().help(texts.key_rule());
    let [zh, en] = label_controls(visit, zh, en);
    Form {
        address: addresses::NEW_OBJECT.into(),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", vec![zh, en, key, icon_control(visit, icon)])],
        cancel: Some(addresses::OBJECTS.into()),
        save: texts.create_it().into(),
        ..Form::default()
    }
}

fn page(visit: &Visit, form: &Form, refusal: Option<&crate::engine::Refusal>) -> Response {
    form_page(visit, Area::Objects.way(visit), t(visit.locale()).new_object(), form, refusal)
}
