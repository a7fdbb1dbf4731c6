//! A new record.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;

use super::super::params::Params;
use super::controls::form_text;
use super::form::{self, Around, Draft};
use super::lines::{self, LinesDraft};
use super::{may, name_in_sentence, name_of_many, object_of};
use crate::engine::{Change, FormState, Outcome, Raw, Refusal, SaveOptions, Saved};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::{flash, urls};

/// `GET /o/{object}/new?field=value&return=…`
pub(super) async fn show(visit: Visit, Path(key): Path<String>, params: Params) -> Response {
    let outcome = fresh(&visit, &key, &params).await;
    answer(&visit, outcome)
}

async fn fresh(visit: &Visit, key: &str, params: &Params) -> Outcome<Response> {
    let object = creatable(visit, key)?;
    let mut values = defaults(visit, &object);
    for (name, value) in &params.0 {
        if form::editable(&object).any(|field| field.key == *name) {
            values.insert(name.clone(), value.clone());
        }
    }
    let draft = Draft { state: state(visit, &object, &values, &HashMap::new()).await?, values, ..Draft::default() };
    form::page(visit, &object, draft, around(visit, &object, params), None).await
}

/// Which fields count with these values; a form is shown even where that cannot be found out.
async fn state(
    visit: &Visit,
    object: &Object,
    values: &HashMap<String, String>,
    lines: &HashMap<String, LinesDraft>,
) -> Outcome<FormState> {
    let change = Change::Create { object: object.key.clone(), fields: fields(object, values, lines) };
    visit.engine().form_state(&visit.ctx, change).await
}

fn fields(object: &Object, values: &HashMap<String, String>, lines: &HashMap<String, LinesDraft>) -> Vec<(String, Raw)> {
    let mut fields = form::raw(object, values);
    fields.extend(lines.iter().map(|(key, draft)| (key.clone(), lines::raw(draft, None))));
    fields
}

/// `POST /o/{object}/new`
pub(super) async fn submit(Path(key): Path<String>, params: Params, posted: Posted) -> Response {
    let outcome = save(&key, &params, &posted).await;
    answer(&posted.visit, outcome)
}

async fn save(key: &str, params: &Params, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = creatable(visit, key)?;
    let values = form::sent(&object, posted);
    let lines = form::sent_lines(visit, &object, posted);
    let find = form::looked_for(posted);
    if find.is_some() {
        let draft = Draft { state: state(visit, &object, &values, &lines).await?, values, lines, find, ..Draft::default() };
        return form::page(visit, &object, draft, around(visit, &object, params), None).await;
    }
    if !posted.problems.is_empty() {
        let refusal = Refusal::from(posted.problems.clone());
        let draft = Draft {
            state: state(visit, &object, &values, &lines).await?,
            values,
            lines,
            problems: posted.problems.clone(),
            ..Draft::default()
        };
        return form::page(visit, &object, draft, around(visit, &object, params), Some(&refusal)).await;
    }
    let change = Change::Create { object: key.to_owned(), fields: fields(&object, &values, &lines) };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome")))) {
        Ok(saved) => made(visit, &object, params, posted, &saved).await,
        Err(refusal) => {
            let state = state(visit, &object, &values, &lines).await?;
            let draft = Draft { values, lines, state, problems: refusal.problems.clone(), ..Draft::default() };
            form::page(visit, &object, draft, around(visit, &object, params), Some(&refusal)).await
        }
    }
}

/// Says so, and goes to the record, to where the form was asked for, or to the next form.
async fn made(visit: &Visit, object: &Object, params: &Params, posted: &Posted, saved: &Saved) -> Outcome<Response> {
    let texts = t(visit.locale());
    let title = visit.engine().titles(&visit.ctx, &object.key, &[saved.id]).await?.remove(&saved.id);
    let record = urls::record(&object.key, saved.id);
    let Some(title) = title else {
        let words = texts.created_out_of_sight().to_owned();
        return Ok(flash::redirect(&visit.app, &urls::list(&object.key), &form::done(visit, words, saved)));
    };
    let link = Some((texts.open().to_owned(), record.clone()));
    let said = form::done(visit, texts.record_created(&title), saved);
    let back = params.get(urls::RETURN);
    Ok(match (posted.get("then"), back) {
        ("new", _) => flash::redirect(&visit.app, &again(object, params), &Flash { link, ..said }),
        (_, "") => flash::redirect(&visit.app, &record, &said),
        _ => flash::redirect(&visit.app, urls::own(back), &Flash { link, ..said }),
    })
}

/// The same form again, with what was filled in beforehand.
fn again(object: &Object, params: &Params) -> String {
    let pairs: Vec<(&str, &str)> = params.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    urls::with_query(&urls::create(&object.key), &pairs)
}

fn creatable(visit: &Visit, key: &str) -> Outcome<std::sync::Arc<Object>> {
    visit.ctx.must_not_be_viewing()?;
    let object = object_of(visit, key)?;
    if may(visit, &object, Function::Create) { Ok(object) } else { Err(Refusal::denied(&format!("{key}: {}", Function::Create.name()))) }
}

fn defaults(visit: &Visit, object: &Object) -> HashMap<String, String> {
    let defaults = form::editable(object).filter_map(|field| {
        let default = field.default.as_ref()?;
        Some((field.key.clone(), form_text(&field.kind, default, visit.ctx.tenant.zone, visit.locale())))
    });
    let mut values: HashMap<String, String> = defaults.collect();
    if let Some(me) = visit.ctx.actor.user {
        values.insert("owner".into(), me.to_string());
    }
    values
}

fn around(visit: &Visit, object: &Object, params: &Params) -> Around {
    let back = params.get(urls::RETURN);
    let list = urls::list(&object.key);
    Around {
        title: t(visit.locale()).new_record(&name_in_sentence(visit, object)),
        breadcrumb: vec![(name_of_many(visit, object), list.clone())],
        address: again(object, params),
        hidden: Vec::new(),
        cancel: if back.is_empty() { list } else { urls::own(back).to_owned() },
        save_and_new: true,
        record: None,
    }
}
