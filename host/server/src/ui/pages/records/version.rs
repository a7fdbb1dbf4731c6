//! A record as it was at one of its versions: to be read, not to be changed.

use std::collections::HashSet;

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Value;
use maud::html;

use super::super::params::Params;
use super::record::Shown;
use super::{facts, id_of, name_of_many, object_of};
use crate::engine::{Outcome, RecordView, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// `GET /o/{object}/{id}/versions/{version}`
pub(super) async fn handle(visit: Visit, Path((key, id, version)): Path<(String, String, String)>, _: Params) -> Response {
    let page = page(&visit, &key, &id, &version).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, key: &str, id: &str, version: &str) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let version: i64 = version.parse().map_err(|_| Refusal::not_found("version"))?;
    let mut record = Shown::read(visit, &object, id_of(id)?).await?;
    let now = record.version;
    let then = visit.engine().record_at(&visit.ctx, key, record.id, version).await?;
    take_over(visit, &mut record, &then).await?;
    let texts = t(visit.locale());
    let when = match then.get("updated_at") {
        Some(Value::Instant(at)) => format::datetime(*at, visit.ctx.tenant.zone),
        _ => format::EMPTY.to_owned(),
    };
    let address = urls::record(key, record.id);
    let current = Button::link(texts.to_current_version(), address.clone());
    let told = texts.as_of_version_note(&version.to_string(), &when);
    let body = html! {
        (note(&Note { actions: vec![current], ..Note::new(Tone::Accent, told, texts.as_of_version_hint()) }))
        div.split {
            div.stack { @for group in facts::groups(visit, &record, &HashSet::new()) { (group) } }
            aside.stack { (facts::system(visit, &record)) }
        }
    };
    let step = |label: &str, to: Option<i64>, drawing| match to {
        Some(to) => Button::link(label, urls::version(key, record.id, to)).icon_only(drawing),
        None => Button { disabled: true, ..Button::link(label, "").icon_only(drawing) },
    };
    let older = Some(version - 1).filter(|older| *older >= 1);
    let newer = Some(version + 1).filter(|newer| *newer <= now);
    let page = Page {
        title: texts.as_of_version(&record.title, &version.to_string()),
        breadcrumb: vec![(name_of_many(visit, &object), urls::list(key)), (record.title.clone(), address)],
        actions: Some(
            html! { (button(&step(texts.version_older(), older, Icon::Left))) (button(&step(texts.version_newer(), newer, Icon::Right))) },
        ),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    Ok(show(visit, &urls::list(key), page))
}

/// Puts the values of that time in the place of today's. What has no former value is left out.
async fn take_over(visit: &Visit, record: &mut Shown<'_>, then: &RecordView) -> Outcome<()> {
    record.selection.fields.retain(|selected| then.get(&selected.field.key).is_some());
    let paths = record.selection.paths.clone();
    for (at, path) in paths.iter().enumerate() {
        let value = match path.split_once('.') {
            None => then.get(path).cloned().unwrap_or(Value::Null),
            // The title of a record that was referred to is today's: it tells which one it was.
            Some((key, _)) => {
                let target = record.object.field(key).and_then(|field| field.target());
                match (target, then.get(key).and_then(Value::as_ref_id)) {
                    (Some(target), Some(id)) => {
                        let title = visit.engine().titles(&visit.ctx, target, &[id]).await.unwrap_or_default().remove(&id);
                        title.map_or(Value::Null, Value::Text)
                    }
                    _ => Value::Null,
                }
            }
        };
        if let Some(place) = record.row.get_mut(at) {
            *place = value;
        }
    }
    record.version = then.version;
    record.files.clear();
    let row = record.row.clone();
    record.selection.learn(visit, std::iter::once(row.as_slice())).await
}
