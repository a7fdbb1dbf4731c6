//! Which fields a page reads, and where each stands in the answer. References come with the title of the record they lead to, in the
//! same query.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{Field, FieldKind, Object, Schema};
use maud::{Markup, html};
use uuid::Uuid;

use super::attachments::ATTACHMENT;
use crate::engine::{Ctx, Outcome, title_path};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::format::MoneyStyle;
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Fields to read.
pub(crate) struct Selection<'a> {
    /// What to ask the engine for.
    pub(crate) paths: Vec<String>,
    /// The fields, in the order they were given.
    pub(crate) fields: Vec<Selected<'a>>,
}

/// One field with its places in a row.
#[derive(Clone)]
pub(crate) struct Selected<'a> {
    /// The field.
    pub(crate) field: &'a Field,
    /// How it is reached: its key, or a path over references (`customer.region`).
    pub(crate) path: String,
    /// Path of the title that stands for a reference; the field's own key otherwise. What people sort by.
    pub(crate) shown: String,
    value: usize,
    title: Option<usize>,
    titles: Arc<Titles>,
}

/// Titles of the records that lists of references and references to any object lead to, as far as the reader may see them.
pub(crate) type Titles = HashMap<(String, Uuid), String>;

impl<'a> Selection<'a> {
    /// Selects fields of an object.
    pub(crate) fn new(schema: &Schema, object: &Object, fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let mut selection = Self { paths: Vec::new(), fields: Vec::new() };
        for field in fields {
            selection.add(schema, object, field, field.key.clone());
        }
        selection
    }

    /// Selects fields by their paths, over references too; those that are not there are left out.
    pub(crate) fn of_paths(schema: &'a Schema, object: &'a Object, paths: &[String]) -> Self {
        let mut selection = Self { paths: Vec::new(), fields: Vec::new() };
        for text in paths {
            let Ok(path) = resolve_path(text, schema, object) else { continue };
            let owner = if path.hops.is_empty() { Some(object) } else { schema.object(&path.object).map(AsRef::as_ref) };
            if let Some(field) = owner.and_then(|owner| owner.field(&path.field)).filter(|field| field.is_stored()) {
                selection.add(schema, object, field, text.clone());
            }
        }
        selection
    }

    fn add(&mut self, schema: &Schema, object: &Object, field: &'a Field, path: String) {
        let value = self.paths.len();
        self.paths.push(path.clone());
        let title = title_at(schema, object, field, &path);
        let shown = title.clone().unwrap_or_else(|| path.clone());
        let title = title.map(|path| {
            self.paths.push(path);
            value + 1
        });
        self.fields.push(Selected { field, path, shown, value, title, titles: Arc::default() });
    }

    /// Asks for one more path that is not shown; says where its value stands in a row.
    pub(crate) fn also(&mut self, path: &str) -> usize {
        self.paths.iter().position(|known| known == path).unwrap_or_else(|| {
            self.paths.push(path.to_owned());
            self.paths.len() - 1
        })
    }

    /// Looks up what the fields of these rows lead to, beside single references, whose titles come in the rows themselves.
    pub(crate) async fn learn(&mut self, visit: &Visit, rows: impl Iterator<Item = &[Value]>) -> Outcome<()> {
        let many = |kind: &FieldKind| matches!(kind, FieldKind::ManyReference { .. } | FieldKind::AnyReference | FieldKind::File);
        let fields: Vec<&Selected<'_>> = self.fields.iter().filter(|selected| many(&selected.field.kind)).collect();
        if fields.is_empty() {
            return Ok(());
        }
        let mut wanted: HashMap<String, Vec<Uuid>> = HashMap::new();
        for (row, selected) in rows.flat_map(|row| fields.iter().map(move |selected| (row, selected))) {
            for (object, id) in leads_to(&selected.field.kind, selected.value(row)) {
                wanted.entry(object).or_default().push(id);
            }
        }
        let mut titles = Titles::new();
        for (object, mut ids) in wanted {
            ids.sort_unstable();
            ids.dedup();
            if visit.ctx.snapshot.schema.object(&object).is_some() {
                let found = visit.engine().titles(&visit.ctx, &object, &ids).await?;
                titles.extend(found.into_iter().map(|(id, title)| ((object.clone(), id), title)));
            }
        }
        let titles = Arc::new(titles);
        self.fields.iter_mut().for_each(|selected| selected.titles = titles.clone());
        Ok(())
    }

    /// A selected field by key.
    pub(crate) fn field(&self, key: &str) -> Option<&Selected<'a>> {
        self.fields.iter().find(|selected| selected.path == key)
    }
}

/// The records behind a value of these kinds.
fn leads_to(kind: &FieldKind, value: &Value) -> Vec<(String, Uuid)> {
    match (kind, value) {
        (FieldKind::ManyReference { target }, Value::Refs(ids)) => ids.iter().map(|id| (target.clone(), *id)).collect(),
        (FieldKind::File, Value::Refs(ids)) => ids.iter().map(|id| (ATTACHMENT.to_owned(), *id)).collect(),
        (FieldKind::AnyReference, Value::AnyRef { object, id }) => vec![(object.clone(), *id)],
        _ => Vec::new(),
    }
}

/// The path of the title that the reference at the end of a path leads to; none where the way is too long or the target is gone.
fn title_at(schema: &Schema, object: &Object, field: &Field, path: &str) -> Option<String> {
    let target = schema.object(field.target()?)?;
    let path = format!("{path}.{}", title_path(schema, target).ok()?.text());
    resolve_path(&path, schema, object).ok().map(|_| path)
}

impl Selected<'_> {
    /// Belongs to the object itself, not to a record that it refers to.
    pub(crate) fn is_own(&self) -> bool {
        self.path == self.field.key
    }

    /// The value in a row.
    pub(crate) fn value<'v>(&self, row: &'v [Value]) -> &'v Value {
        row.get(self.value).unwrap_or(&Value::Null)
    }

    /// The title of the referenced record, as far as the reader may see it.
    pub(crate) fn title<'v>(&self, row: &'v [Value]) -> Option<&'v str> {
        self.title.and_then(|at| row.get(at)).and_then(Value::as_text)
    }

    /// Object, id and title of each record behind the value that the reader may see.
    fn found(&self, row: &[Value]) -> Vec<(String, Uuid, &str)> {
        let titled = |(object, id): (String, Uuid)| {
            let title = self.titles.get(&(object.clone(), id))?;
            Some((object, id, title.as_str()))
        };
        leads_to(&self.field.kind, self.value(row)).into_iter().filter_map(titled).collect()
    }

    /// The value in one line.
    pub(crate) fn text(&self, ctx: &Ctx, row: &[Value], style: MoneyStyle) -> String {
        let found = self.found(row);
        if !found.is_empty() {
            return found.iter().map(|(_, _, title)| *title).collect::<Vec<_>>().join(t(ctx.locale).list_separator());
        }
        value::text(ctx, &self.field.kind, self.value(row), self.title(row), style)
    }

    /// The value with links.
    pub(crate) fn markup(&self, ctx: &Ctx, row: &[Value], style: MoneyStyle) -> Markup {
        let found = self.found(row);
        if !found.is_empty() && self.field.kind != FieldKind::File {
            return html! {
                span.row.wrap.gap1 {
                    @for (object, id, title) in &found {
                        @if object == "user" { (person(title, None)) } @else { a.link-chip href=(urls::record(object, *id)) title=(title) { (title) } }
                    }
                }
            };
        }
        value::markup(ctx, &self.field.kind, self.value(row), self.title(row), style)
    }
}
