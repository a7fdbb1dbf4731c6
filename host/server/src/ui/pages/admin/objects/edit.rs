//! An object's name and icon, whoever declared it.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::Object;

use super::super::problems::place;
use super::super::words::{icon_control, label, label_controls};
use super::super::{Admin, AdminPosted, addresses, form_page};
use super::{object_of, way};
use crate::engine::{ObjectPatch, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::form::{Form, FormSection};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/objects/{object}/edit`
pub(super) async fn show(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let page = object_of(&visit, &key).map(|object| {
        let form = form(&visit, &object, &object.label.zh, &object.label.en, &object.icon);
        page(&visit, &object, &form, None)
    });
    answer(&visit, page)
}

/// `POST /admin/objects/{object}/edit`
pub(super) async fn submit(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let (zh, en, icon) = (posted.get("label_zh"), posted.get("label_en"), posted.get("icon"));
        let patch = ObjectPatch { label: Some(label(zh, en)), icon: Some(icon.to_owned()).filter(|icon| !icon.is_empty()), hidden: None };
        match visit.engine().update_object(&visit.ctx, &key, patch).await {
            Ok(saved) => {
                let words = t(visit.locale()).record_saved(saved.label.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::object(&key), &Flash::done(words)))
            }
            Err(refusal) => {
                let mut form = form(visit, &object, zh, en, icon);
                place(visit, &mut form, &refusal, &[("label", "label_zh")]);
                Ok(page(visit, &object, &form, Some(&refusal)))
            }
        }
    }
    .await;
    answer(visit, saved)
}

fn form(visit: &Visit, object: &Object, zh: &str, en: &str, icon: &str) -> Form {
    let [zh, en] = label_controls(visit, zh, en);
    Form {
        address: addresses::edit_object(&object.key),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", vec![zh, en, icon_control(visit, icon)])],
        cancel: Some(addresses::object(&object.key)),
        ..Form::default()
    }
}

fn page(visit: &Visit, object: &Object, form: &Form, refusal: Option<&Refusal>) -> Response {
    form_page(visit, way(visit, object), t(visit.locale()).edit_object(), form, refusal)
}
