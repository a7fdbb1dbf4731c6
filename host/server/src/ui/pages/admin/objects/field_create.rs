//! A new field on any object. It is in forms, filters, groups and imports at once.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::Object;

use super::super::problems::place;
use super::super::{Admin, AdminPosted, addresses, form_page};
use super::field_form::{self, create, place_options};
use super::field_type::{has_options, new_field};
use super::typed::Typed;
use super::{aliases, object_of, options, way};
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::form::Form;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/objects/{object}/fields/new`
pub(super) async fn show(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let shown = object_of(&visit, &key).map(|object| page(&visit, &object, &create(&visit, &object, &field_form::fresh()), None));
    answer(&visit, shown)
}

/// `POST /admin/objects/{object}/fields/new`
pub(super) async fn submit(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let typed = Typed::posted(&posted);
        let kind = typed.get("field_type");
        let read = if has_options(kind) {
            options::read(t(visit.locale()), typed.raw("field_options"), &[], kind == "tree_select")
        } else {
            Ok(Vec::new())
        };
        let (options, wrong) = match read {
            Ok(options) => (options, Vec::new()),
            Err(problems) => (Vec::new(), problems),
        };
        match visit.engine().create_field(&visit.ctx, &key, new_field(&typed, options)).await {
            Ok(_) => {
                let next = if typed.get("then") == "new" { addresses::new_field(&key) } else { addresses::object(&key) };
                let words = t(visit.locale()).record_created(typed.label("label").get(visit.locale()));
                Ok(flash::redirect(&visit.app, &next, &Flash::done(words)))
            }
            Err(refusal) => {
                let mut form = create(visit, &object, &typed);
                place(visit, &mut form, &refusal, &aliases());
                if !wrong.is_empty() {
                    place_options(&mut form, wrong);
                }
                Ok(page(visit, &object, &form, Some(&refusal)))
            }
        }
    }
    .await;
    answer(visit, saved)
}

fn page(visit: &Visit, object: &Object, form: &Form, refusal: Option<&Refusal>) -> Response {
    form_page(visit, way(visit, object), t(visit.locale()).new_field(), form, refusal)
}
