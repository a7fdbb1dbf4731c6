//! Which fields a page reads, and where each stands in the answer. References come with the title of the record they lead to, in the
//! same query.

use guanxi_core::Value;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{Field, Object, Schema};
use maud::Markup;
use uuid::Uuid;

use crate::engine::{Ctx, title_path};
use crate::ui::format::MoneyStyle;
use crate::ui::value;

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
    /// Path of the title that stands for a reference; the field's own key otherwise. What people sort by.
    pub(crate) shown: String,
    value: usize,
    title: Option<usize>,
}

impl<'a> Selection<'a> {
    /// Selects fields of an object.
    pub(crate) fn new(schema: &Schema, object: &Object, fields: impl IntoIterator<Item = &'a Field>) -> Self {
        let mut selection = Self { paths: Vec::new(), fields: Vec::new() };
        for field in fields {
            let value = selection.paths.len();
            selection.paths.push(field.key.clone());
            let title = reference_title(schema, object, field);
            let shown = title.clone().unwrap_or_else(|| field.key.clone());
            let title = title.map(|path| {
                selection.paths.push(path);
                value + 1
            });
            selection.fields.push(Selected { field, shown, value, title });
        }
        selection
    }

    /// A selected field by key.
    pub(crate) fn field(&self, key: &str) -> Option<&Selected<'a>> {
        self.fields.iter().find(|selected| selected.field.key == key)
    }
}

/// The path of the title that a reference leads to; none where the way is too long or the target is gone.
pub(crate) fn reference_title(schema: &Schema, object: &Object, field: &Field) -> Option<String> {
    let target = schema.object(field.target()?)?;
    let path = format!("{}.{}", field.key, title_path(schema, target).ok()?.text());
    resolve_path(&path, schema, object).ok().map(|_| path)
}

impl Selected<'_> {
    /// The value in a row.
    pub(crate) fn value<'v>(&self, row: &'v [Value]) -> &'v Value {
        row.get(self.value).unwrap_or(&Value::Null)
    }

    /// The referenced id in a row.
    pub(crate) fn id(&self, row: &[Value]) -> Option<Uuid> {
        self.value(row).as_ref_id()
    }

    /// The title of the referenced record, as far as the reader may see it.
    pub(crate) fn title<'v>(&self, row: &'v [Value]) -> Option<&'v str> {
        self.title.and_then(|at| row.get(at)).and_then(Value::as_text)
    }

    /// The value in one line.
    pub(crate) fn text(&self, ctx: &Ctx, row: &[Value], style: MoneyStyle) -> String {
        value::text(ctx, &self.field.kind, self.value(row), self.title(row), style)
    }

    /// The value with links.
    pub(crate) fn markup(&self, ctx: &Ctx, row: &[Value], style: MoneyStyle) -> Markup {
        value::markup(ctx, &self.field.kind, self.value(row), self.title(row), style)
    }
}
