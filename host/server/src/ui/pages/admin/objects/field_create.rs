//! A new field on any object. It is in forms, filters, groups and imports at once.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::Object;

use super::super::problems::place;
use super::super::words::label;
use super::super::{Admin, AdminPosted, addresses, form_page};
use super::field_form::{ALIASES, Typed, create, place_options};
use super::{object_of, options, way};
use crate::engine::{NewField, Outcome, Raw, Refusal};
use crate::texts::t;
use crate::ui::components::form::Form;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/objects/{object}/fields/new`
pub(super) async fn show(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let shown = object_of(&visit, &key).map(|object| page(&visit, &object, &create(&visit, &object, &Typed::fresh()), None));
    answer(&visit, shown)
}

/// `POST /admin/objects/{object}/fields/new`
pub(super) async fn submit(Path(key): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let typed = Typed::posted(&posted);
        let read = (typed.kind == "select").then(|| options::read(t(visit.locale()), &typed.options, &[]));
        let (options, wrong) = match read {
            None => (Vec::new(), Vec::new()),
            Some(Ok(options)) => (options, Vec::new()),
            Some(Err(problems)) => (Vec::new(), problems),
        };
        match visit.engine().create_field(&visit.ctx, &key, new_field(&typed, options)).await {
            Ok(_) => {
                let name = label(&typed.label_zh, &typed.label_en);
                let next = if posted.get("then") == "new" { addresses::new_field(&key) } else { addresses::object(&key) };
                let words = t(visit.locale()).record_created(name.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &next, &Flash::done(words)))
            }
            Err(refusal) => {
                let mut form = create(visit, &object, &typed);
                place(visit, &mut form, &refusal, &ALIASES);
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

/// What cannot be read is sent on as something that the engine refuses, so that all problems come back together.
fn new_field(typed: &Typed, options: Vec<guanxi_core::meta::SelectOption>) -> NewField {
    let given = |text: &str| !text.is_empty();
    let help = label(&typed.help_zh, &typed.help_en);
    NewField {
        key: typed.key.clone(),
        kind: typed.kind.clone(),
        label: label(&typed.label_zh, &typed.label_en),
        required: typed.required,
        unique: typed.unique,
        indexed: typed.indexed,
        options,
        target: Some(typed.target.clone()).filter(|text| given(text)),
        scale: given(&typed.scale).then(|| typed.scale.parse().unwrap_or(u8::MAX)),
        max: given(&typed.max).then(|| typed.max.parse().unwrap_or(0)),
        help: given(&help.zh).then_some(help),
        default: given(&typed.default).then(|| Raw::Text(typed.default.clone())),
        ..NewField::default()
    }
}

fn page(visit: &Visit, object: &Object, form: &Form, refusal: Option<&Refusal>) -> Response {
    form_page(visit, way(visit, object), t(visit.locale()).new_field(), form, refusal)
}
