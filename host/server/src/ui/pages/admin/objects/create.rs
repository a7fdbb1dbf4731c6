//! A new object: one of its own, which starts with one field, its name; or lines of another one.

use axum::response::Response;

use super::super::problems::place;
use super::super::words::{icon_control, label_controls};
use super::super::{Admin, AdminPosted, Area, addresses, form_page};
use super::typed::Typed;
use crate::engine::{NewObject, NewParent};
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::pages::params::Params;
use crate::ui::visit::Visit;

/// The longest key.
const LONGEST_KEY: u32 = 40;

/// `GET /admin/objects/new`, with `?parent=` for lines of that object
pub(super) async fn show(Admin(visit): Admin, params: Params) -> Response {
    let mut typed = Typed::default();
    typed.set("key", "x_");
    typed.set("parent", params.get("parent"));
    typed.set("icon", if params.get("parent").is_empty() { "box" } else { "list" });
    page(&visit, &form(&visit, &typed), None)
}

/// `POST /admin/objects/new`
pub(super) async fn submit(AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let typed = Typed::posted(&posted);
    let parent = typed.given("parent").map(|object| NewParent { object, field: typed.given("children_field") });
    let new = NewObject { key: typed.get("key").to_owned(), label: typed.label("label"), icon: typed.given("icon"), parent };
    match visit.engine().create_object(&visit.ctx, new).await {
        Ok(object) => {
            let words = t(visit.locale()).record_created(object.label.get(visit.locale()));
            flash::redirect(&visit.app, &addresses::object(&object.key), &Flash::done(words))
        }
        Err(refusal) => {
            let mut form = form(visit, &typed);
            place(visit, &mut form, &refusal, &[("label", "label_zh")]);
            page(visit, &form, Some(&refusal))
        }
    }
}

fn form(visit: &Visit, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let line = |name: &str, words: &str| Control::new(name, words, ControlKind::Text { max: Some(LONGEST_KEY) }).value(typed.get(name));
    let [zh, en] = label_controls(visit, typed.get("label_zh"), typed.get("label_en"));
    let key = line("key", texts.key()).required().help(texts.key_rule());
    let parent = Control::new("parent", texts.parent_object(), ControlKind::Select { choices: parents(visit) });
    let field = line("children_field", texts.children_field()).help(texts.children_field_help());
    let lines =
        vec![parent.value(typed.get("parent")).help(texts.parent_object_help()), Control { placeholder: Some("x_lines".into()), ..field }];
    Form {
        address: addresses::NEW_OBJECT.into(),
        token: visit.session.csrf.clone(),
        sections: vec![
            FormSection::new("", vec![zh, en, key, icon_control(visit, typed.get("icon"))]),
            FormSection::new(texts.type_children(), lines),
        ],
        cancel: Some(addresses::OBJECTS.into()),
        save: texts.create_it().into(),
        ..Form::default()
    }
}

/// Lines have no lines of their own.
fn parents(visit: &Visit) -> Vec<Choice> {
    let objects = visit.ctx.snapshot.schema.objects().filter(|object| !object.read_only && object.parent.is_none());
    objects.map(|object| Choice::new(&object.key, object.label.get(visit.locale()))).collect()
}

fn page(visit: &Visit, form: &Form, refusal: Option<&crate::engine::Refusal>) -> Response {
    form_page(visit, Area::Objects.way(visit), t(visit.locale()).new_object(), form, refusal)
}
