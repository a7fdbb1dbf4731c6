//! The declared rules of an object: all on one page, each with a form of its own. Whatever is saved is checked by the engine as a whole.

mod drawing;
mod entry;
mod form;
mod kind;
mod page;

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use guanxi_core::Problem;
use guanxi_core::meta::Object;
use maud::{Markup, html};

use self::entry::{UNREADABLE, control_of, put, typed_of};
use self::form::form;
use self::kind::{Kind, state_field};
use super::super::problems::{self, place};
use super::super::{Admin, AdminPosted, addresses, below, status_of};
use super::typed::Typed;
use super::{object_of, way};
use crate::app::App;
use crate::engine::{DeclaredRules, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::form::{Form, form as form_markup};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::layout::{Body, Page};
use crate::ui::pages::params::Params;
use crate::ui::visit::{Visit, answer};

/// Stands in addresses for the number of an entry that is not there yet.
const NEW: &str = "new";
/// Carries what the entry was known by when its form was opened.
const WAS: &str = "was";
/// Names the dialog that asks before removing.
const REMOVE: &str = "remove-rule";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/objects/{object}/rules", get(all))
        .route("/admin/objects/{object}/rules/{kind}/{place}", get(show).post(submit))
        .route("/admin/objects/{object}/rules/{kind}/{place}/remove", post(remove))
}

/// `GET /admin/objects/{object}/rules`
async fn all(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let page: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let declared = visit.engine().declared_rules(&visit.ctx, &key).await?;
        let title = t(visit.locale()).rules_of(object.label.get(visit.locale()));
        let body = page::panels(&visit, &object, &declared);
        Ok(below(&visit, Page { title, breadcrumb: way(&visit, &object), layout: Body::Cards, body, ..Page::default() }))
    }
    .await;
    answer(&visit, page)
}

/// `GET /admin/objects/{object}/rules/{kind}/{place}`, for a first transition with `?field=` of the state
async fn show(Admin(visit): Admin, Path((key, kind, place)): Path<(String, String, String)>, params: Params) -> Response {
    let page: Outcome<Response> = async {
        let entry = Entry::find(&visit, &key, &kind, &place).await?;
        let typed = match entry.place {
            Some(place) => typed_of(entry.kind, &entry.declared, place).ok_or_else(|| Refusal::not_found("rule"))?,
            None => {
                let mut typed = Typed::default();
                typed.set("machine_field", params.get("field"));
                typed
            }
        };
        entry.page(&visit, &entry.form(&visit, &typed)?, None)
    }
    .await;
    answer(&visit, page)
}

/// `POST /admin/objects/{object}/rules/{kind}/{place}`
async fn submit(Path((key, kind, place)): Path<(String, String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let entry = Entry::find(visit, &key, &kind, &place).await?;
        let typed = Typed::posted(&posted);
        if let Some(changed) = entry.changed(&typed) {
            return entry.refused(visit, &typed, &changed, 0, true);
        }
        let mut declared = entry.declared.clone();
        let (at, readable) = put(entry.kind, &mut declared, entry.place, &typed);
        let name = entry.kind.known_as(&declared, at).unwrap_or_default();
        match visit.engine().set_rules(&visit.ctx, &key, declared, Some(&entry.declared.tag())).await {
            Ok(_) => {
                let next = if typed.get("then") == "new" { entry.address(NEW) } else { addresses::rules(&key) };
                Ok(flash::redirect(&visit.app, &next, &Flash::done(t(visit.locale()).rule_saved(&name))))
            }
            Err(refusal) => entry.refused(visit, &typed, &refusal, at, readable),
        }
    }
    .await;
    answer(visit, saved)
}

/// `POST /admin/objects/{object}/rules/{kind}/{place}/remove`
async fn remove(Path((key, kind, place)): Path<(String, String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let done: Outcome<Response> = async {
        let entry = Entry::find(visit, &key, &kind, &place).await?;
        let place = entry.place.ok_or_else(|| Refusal::not_found("rule"))?;
        let name = entry.kind.known_as(&entry.declared, place).unwrap_or_default();
        let refusal = match entry.changed(&Typed::posted(&posted)) {
            Some(changed) => Err(changed),
            None => {
                let mut declared = entry.declared.clone();
                entry.kind.remove(&mut declared, place);
                visit.engine().set_rules(&visit.ctx, &key, declared, Some(&entry.declared.tag())).await.map(|_| ())
            }
        };
        let said = match refusal {
            Ok(()) => Flash::done(t(visit.locale()).rule_removed(&name)),
            Err(refusal) => {
                let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
                Flash { tone: Tone::Bad, ..Flash::done(words.join(" ")) }
            }
        };
        Ok(flash::redirect(&visit.app, &addresses::rules(&key), &said))
    }
    .await;
    answer(visit, done)
}

/// One entry of the rules, or the place for a new one.
struct Entry {
    object: std::sync::Arc<Object>,
    kind: Kind,
    place: Option<usize>,
    declared: DeclaredRules,
}

impl Entry {
    async fn find(visit: &Visit, key: &str, kind: &str, place: &str) -> Outcome<Self> {
        let object = object_of(visit, key)?;
        let kind = Kind::parse(kind).ok_or_else(|| Refusal::not_found("rule"))?;
        let declared = visit.engine().declared_rules(&visit.ctx, key).await?;
        let place = if place == NEW { None } else { Some(place.parse::<usize>().map_err(|_| Refusal::not_found("rule"))?) };
        if place.is_some_and(|place| place >= kind.count(&declared)) {
            return Err(Refusal::not_found("rule"));
        }
        Ok(Self { object, kind, place, declared })
    }

    fn address(&self, place: &str) -> String {
        addresses::rule(&self.object.key, self.kind.name(), place)
    }

    fn place_name(&self) -> String {
        self.place.map_or_else(|| NEW.to_owned(), |place| place.to_string())
    }

    fn known_as(&self) -> String {
        self.place.and_then(|place| self.kind.known_as(&self.declared, place)).unwrap_or_default()
    }

    /// The entry as it is stored, in short; empty for a new one.
    fn was(&self) -> String {
        let one = self.place.and_then(|place| typed_of(self.kind, &self.declared, place));
        one.map(|typed| typed.tag()).unwrap_or_default()
    }

    /// Rules have no ids: when others added or removed some meanwhile, the number may mean another one, or the entry may say something else.
    fn changed(&self, typed: &Typed) -> Option<Refusal> {
        let same = self.place.is_none() || typed.get(WAS) == self.was();
        (!same).then(|| Refusal::one("record.version_conflict", "somebody changed these rules"))
    }

    fn form(&self, visit: &Visit, typed: &Typed) -> Outcome<Form> {
        let state = state_field(&self.object, &self.declared, typed.get("machine_field"));
        if self.kind == Kind::Transition && state.is_none() {
            return Err(Refusal::not_found("the select that holds the state"));
        }
        let mut form = form(visit, &self.object, self.kind, &self.place_name(), typed, state.as_ref());
        form.hidden.push((WAS.into(), self.was()));
        if let (Kind::Transition, Some(field)) = (self.kind, state) {
            form.hidden.push(("machine_field".into(), field.key));
        }
        Ok(form)
    }

    /// The form with every problem beside its control; problems of other entries stand in the summary with their place.
    fn refused(&self, visit: &Visit, typed: &Typed, refusal: &Refusal, at: usize, readable: bool) -> Outcome<Response> {
        let texts = t(visit.locale());
        let mut form = self.form(visit, typed)?;
        let prefix = format!("{}.{at}", self.kind.place());
        let mut own = refusal.clone();
        own.problems.clear();
        for problem in &refusal.problems {
            let at = problem.field.clone().unwrap_or_default();
            match at.strip_prefix(&prefix).filter(|part| part.is_empty() || part.starts_with('.')) {
                Some(part) => own
                    .problems
                    .push(Problem { field: Some(control_of(self.kind, part.trim_start_matches('.')).into()), ..problem.clone() }),
                None if at.is_empty() => own.problems.push(problem.clone()),
                None => {
                    let mut shown = crate::ui::words::field_problem(&visit.ctx, problem);
                    shown.text = texts.problem_rule_elsewhere(&at, &shown.text);
                    form.problems.push(shown);
                }
            }
        }
        if !readable {
            let stands_for_it = |problem: &Problem| problem.params.iter().any(|(_, value)| value.as_text() == Some(UNREADABLE));
            own.problems.retain(|problem| !stands_for_it(problem) && problem.field.as_deref() != Some("rule_at_most"));
            own.problems.push(Problem::error("field.type", "a bound is a plain number").on("rule_at_most"));
        }
        place(visit, &mut form, &own, &[]);
        self.page(visit, &form, Some(refusal))
    }

    fn page(&self, visit: &Visit, content: &Form, refusal: Option<&Refusal>) -> Outcome<Response> {
        let texts = t(visit.locale());
        let name = self.known_as();
        let title = if self.place.is_some() { self.kind.edit(texts) } else { self.kind.add(texts) };
        let mut breadcrumb = way(visit, &self.object);
        breadcrumb.push((texts.has_rules().to_owned(), addresses::rules(&self.object.key)));
        let remove = Button::dialog(texts.remove_rule(), REMOVE).kind(ButtonKind::Danger).icon(Icon::Trash);
        let body: Markup =
            html! { (form_markup(visit.locale(), content)) @if let Some(place) = self.place { (self.remove_dialog(visit, place, &name)) } };
        let actions = self.place.is_some().then(|| button(&remove));
        let mut response =
            below(visit, Page { title: title.to_owned(), breadcrumb, actions, layout: Body::Padded, body, ..Page::default() });
        if let Some(refusal) = refusal {
            *response.status_mut() = status_of(refusal);
        }
        Ok(response)
    }

    fn remove_dialog(&self, visit: &Visit, place: usize, name: &str) -> Markup {
        let texts = t(visit.locale());
        dialog(
            visit.locale(),
            &Dialog {
                id: REMOVE.into(),
                title: texts.remove_rule_question(name),
                body: html! { p.dim { (texts.remove_rule_hint()) } },
                address: addresses::remove_rule(&self.object.key, self.kind.name(), place),
                token: visit.session.csrf.clone(),
                hidden: vec![(WAS.into(), self.was())],
                confirm: texts.remove_rule().into(),
                danger: true,
            },
        )
    }
}
