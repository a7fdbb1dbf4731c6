//! `/api/v1/views/…`: saved views.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use guanxi_core::saved_view::{Audience, ViewContent, ViewKind};
use guanxi_core::{Problem, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::json::value;
use super::problem;
use super::reader::{Codes, Reader};
use crate::engine::SavedView;

/// The most problems that are listed of one view.
const MAX_LISTED: usize = 20;

/// A view as every answer shows it.
fn view(view: &SavedView) -> Json {
    let ids = |ids: &[Uuid]| ids.iter().map(Uuid::to_string).collect::<Vec<_>>();
    let (content, audience) = (&view.content, &view.audience);
    json!({
        "id": view.id.to_string(),
        "object": view.object,
        "name": view.name,
        "owner": view.owner.to_string(),
        "owner_name": view.owner_name,
        "kind": content.kind.name(),
        "filter": content.filter,
        "sort": content.sort,
        "columns": content.columns,
        "group_field": content.group_field,
        "date_field": content.date_field,
        "shared": {
            "everyone": audience.everyone,
            "roles": audience.roles,
            "departments": ids(&audience.departments),
            "teams": ids(&audience.teams),
        },
        "version": view.version,
        "editable": view.editable,
        "usable": view.usable.is_some(),
        "problems": problem::list(&view.problems, MAX_LISTED),
        "created_at": value(&Value::Instant(view.created_at)),
        "updated_at": value(&Value::Instant(view.updated_at)),
    })
}

/// What a body says of a view's content; the rest stays as it was. A null takes a field away.
fn read_content(body: &Json, reader: &mut Reader, content: &mut ViewContent) {
    let said = |key: &str| body.get(key).is_some();
    if let Some(name) = reader.text("kind") {
        match ViewKind::parse(&name) {
            Some(kind) => content.kind = kind,
            None => {
                let problem = Problem::error("field.option", "`kind` is list, board or calendar").on("kind");
                reader.add([problem.with("value", name)]);
            }
        }
    }
    if said("filter") {
        content.filter = reader.text("filter").unwrap_or_default();
    }
    if said("sort") {
        content.sort = reader.texts("sort").join(",");
    }
    if said("columns") {
        content.columns = reader.texts("columns");
    }
    if said("group_field") {
        content.group_field = reader.text("group_field").filter(|field| !field.is_empty());
    }
    if said("date_field") {
        content.date_field = reader.text("date_field").filter(|field| !field.is_empty());
    }
}

/// `shared`, if the body names it; null and an empty object make a view private.
fn read_audience(body: &Json, reader: &mut Reader) -> Option<Audience> {
    body.get("shared")?;
    let Some(given) = reader.json("shared") else { return Some(Audience::default()) };
    let read = Reader::new(given, "shared.", Codes::Metadata).and_then(|mut inner| {
        let mut ids = |key: &str| {
            let texts = inner.texts(key);
            let found: Option<Vec<Uuid>> = texts.iter().map(|text| Uuid::try_parse(text).ok()).collect();
            found.unwrap_or_else(|| {
                inner.add([Problem::error("field.type", format!("`shared.{key}` takes ids")).on(format!("shared.{key}"))]);
                Vec::new()
            })
        };
        let (departments, teams) = (ids("departments"), ids("teams"));
        let audience = Audience { everyone: inner.flag("everyone").unwrap_or(false), roles: inner.texts("roles"), departments, teams };
        inner.finish().map(|()| audience)
    });
    read.map_err(|problems| reader.add(problems)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &Json, content: &mut ViewContent) -> Result<Option<Audience>, Vec<String>> {
        let codes = |problems: Vec<Problem>| problems.into_iter().map(|p| p.field.unwrap_or_default()).collect::<Vec<_>>();
        let mut reader = Reader::new(body.clone(), "", Codes::Metadata).map_err(codes)?;
        read_content(body, &mut reader, content);
        let audience = read_audience(body, &mut reader);
        reader.finish().map(|()| audience).map_err(codes)
    }

    #[test]
    fn what_is_not_named_stays() {
        let mut content = ViewContent { filter: "a == 1".into(), group_field: Some("kind".into()), ..ViewContent::default() };
        let body = json!({ "sort": ["-a", "b"], "columns": "x,y", "group_field": null });
        assert_eq!(read(&body, &mut content), Ok(None));
        assert_eq!((content.filter.as_str(), content.sort.as_str()), ("a == 1", "-a,b"));
        assert_eq!((content.columns.len(), content.group_field.clone()), (2, None));
        for private in [json!({ "shared": null }), json!({ "shared": {} }), json!({ "shared": { "everyone": false, "roles": [] } })] {
            assert_eq!(read(&private, &mut content), Ok(Some(Audience::default())), "{private}");
        }
        for (body, field) in [
            (json!({ "kind": "pie" }), "kind"),
            (json!({ "shared": { "teams": ["a"] } }), "shared.teams"),
            (json!({ "shared": { "people": [] } }), "shared.people"),
            (json!({ "shared": 7 }), "shared"),
            (json!({ "colour": "red" }), "colour"),
        ] {
            assert_eq!(read(&body, &mut content), Err(vec![field.to_owned()]), "{body}");
        }
    }
}
