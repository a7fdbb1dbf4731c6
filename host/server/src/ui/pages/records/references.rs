//! Records to choose from: what a reference can lead to.

use std::collections::HashMap;

use guanxi_core::meta::Object;
use guanxi_core::policy::path_right;
use guanxi_core::search::searched;
use uuid::Uuid;

use crate::engine::{ListRequest, Outcome, SearchRequest, title_path};
use crate::ui::components::any_reference::AnyReference;
use crate::ui::components::control::Choice;
use crate::ui::components::many_reference::ManyReference;
use crate::ui::components::reference::Reference;
use crate::ui::filters::quoted;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// Objects whose records a reference to any object offers: those that people work with.
fn offered(visit: &Visit) -> impl Iterator<Item = &std::sync::Arc<Object>> {
    let view = guanxi_core::policy::Function::View;
    visit.ctx.snapshot.schema.objects().filter(move |o| !o.read_only && o.parent.is_none() && visit.ctx.may(&o.key, view))
}

/// What a reference to any object offers: all kinds of records, and the records of `object` (or of the chosen record's).
pub(super) async fn any(visit: &Visit, chosen: &str, object: &str, words: &str) -> Outcome<AnyReference> {
    let own = chosen.split_once('/');
    let objects = offered(visit).map(|o| (Choice::new(&o.key, o.label.get(visit.locale())), urls::reference_search(&o.key))).collect();
    let object = if object.is_empty() { own.map_or("", |(object, _)| object) } else { object };
    let mut any = AnyReference { objects, object: object.to_owned(), records: Reference::default() };
    if object.is_empty() {
        // The picker asks where to search as soon as a kind is chosen.
        any.records.search = Some(String::new());
        return Ok(any);
    }
    let id = own.filter(|(own, _)| *own == object).map_or("", |(_, id)| id);
    any.records = choices(visit, object, id, words).await?;
    any.records.search = Some(urls::reference_search(object));
    for choice in &mut any.records.choices {
        choice.value = format!("{object}/{}", choice.value);
    }
    Ok(any)
}

/// What a list of references holds and offers.
pub(in crate::ui::pages) async fn many(visit: &Visit, target: &str, chosen: &str, words: &str) -> Outcome<ManyReference> {
    let ids: Vec<Uuid> = super::controls::split(chosen).filter_map(|id| Uuid::parse_str(id).ok()).collect();
    let titles = if ids.is_empty() { HashMap::new() } else { visit.engine().titles(&visit.ctx, target, &ids).await? };
    let named = |id: &Uuid| Choice::new(id.to_string(), titles.get(id).cloned().unwrap_or_else(|| crate::ui::format::EMPTY.to_owned()));
    let mut picker = choices(visit, target, "", words).await?;
    picker.search = Some(urls::reference_search(target));
    Ok(ManyReference { chosen: ids.iter().map(named).collect(), picker })
}

/// Choices without a search.
const FIRST: u32 = 20;

/// Records with their titles, in the order of the titles.
pub(in super::super) struct Listed {
    pub(in super::super) records: Vec<(Uuid, String)>,
    /// There are more.
    pub(in super::super) more: bool,
}

/// The records of an object that the search finds by `words`, or its first ones; `None` where the visitor may see none of them.
/// People who left are not offered.
pub(in super::super) async fn list(visit: &Visit, target: &str, words: &str, limit: u32) -> Outcome<Option<Listed>> {
    let ctx = &visit.ctx;
    let Some(object) = ctx.snapshot.schema.object(target).filter(|_| ctx.may(target, guanxi_core::policy::Function::View)) else {
        return Ok(None);
    };
    let Ok(path) = title_path(&ctx.snapshot.schema, object) else { return Ok(None) };
    // A title that is shown in part, or not at all, gives no order and is not searched by its beginning.
    let (title, plain) = (path.text(), path_right(&ctx.actor, &path).is_plain());
    // A title that is another record's is not in this object's index; its beginning finds it.
    let own = object.field(&object.title).is_some_and(|field| searched(field).is_some());
    if own && !words.trim().is_empty() {
        let filter = filter(visit, object, &title, "");
        let asked = SearchRequest { words: words.to_owned(), object: Some(target.to_owned()), limit, filter };
        let found = visit.engine().search(ctx, &asked).await?;
        if !found.indexing || found.more {
            let records = found.results.into_iter().map(|result| (result.id, result.title)).collect();
            return Ok(Some(Listed { records, more: found.more }));
        }
    }
    if !plain && !words.trim().is_empty() {
        return Ok(Some(Listed { records: Vec::new(), more: false }));
    }
    let request = ListRequest {
        filter: filter(visit, object, &title, words),
        sort: if plain { title.clone() } else { String::new() },
        fields: vec![title],
        limit: limit + 1,
        count: false,
        ..ListRequest::default()
    };
    let page = visit.engine().list(ctx, target, request).await?;
    let mut records: Vec<(Uuid, String)> = page
        .rows
        .into_iter()
        .map(|(id, row)| (id, row.first().and_then(guanxi_core::Value::as_text).unwrap_or_default().to_owned()))
        .collect();
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    Ok(Some(Listed { records, more }))
}

fn filter(visit: &Visit, object: &Object, title: &str, words: &str) -> String {
    let mut conditions = Vec::new();
    if object.key == "user" && visit.ctx.field_right("user", "active").is_plain() {
        conditions.push("active == true".to_owned());
    }
    if !words.trim().is_empty() {
        conditions.push(format!("{title}.startsWith({})", quoted(words.trim())));
    }
    conditions.join(" && ")
}

/// What a reference's control offers; the chosen record is always among it. `words` narrows it to what the search finds.
pub(in crate::ui::pages) async fn choices(visit: &Visit, target: &str, chosen: &str, words: &str) -> Outcome<Reference> {
    let label = visit.ctx.snapshot.schema.object(target).map(|object| super::name_in_sentence(visit, object)).unwrap_or_default();
    let mut reference = Reference { object: label, ..Reference::default() };
    let listed = list(visit, target, words, FIRST).await?;
    if let Some(Listed { records, more }) = listed {
        reference.truncated = more || !words.is_empty();
        reference.search = reference.truncated.then(|| urls::reference_search(target));
        reference.choices = records.into_iter().map(|(id, title)| Choice::new(id.to_string(), title)).collect();
    }
    if let Ok(id) = Uuid::parse_str(chosen)
        && reference.choices.iter().all(|choice| choice.value != chosen)
        && let Some(title) = visit.engine().titles(&visit.ctx, target, &[id]).await?.remove(&id)
    {
        reference.choices.insert(0, Choice::new(chosen, title));
    }
    Ok(reference)
}
