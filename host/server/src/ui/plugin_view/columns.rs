//! Fields that a plugin names: what to select for them, and how their values are shown. References bring their titles in the same query.

use guanxi_core::Value;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{FieldKind, Object};
use maud::{Markup, html};

use crate::engine::{Ctx, Outcome, title_path};
use crate::ui::filters::field_label;
use crate::ui::format::MoneyStyle;
use crate::ui::value;

/// The most fields of one block.
const MAX_FIELDS: usize = 20;

/// One field of a block.
pub(super) struct Shown {
    /// Its name for people.
    pub(super) label: String,
    /// Its type.
    pub(super) kind: FieldKind,
    at: usize,
    title_at: Option<usize>,
}

/// Fields in the order of the block, and the paths to select.
pub(super) struct Columns {
    /// Parallel to what the plugin named.
    pub(super) shown: Vec<Shown>,
    /// Selected paths; titles of references among them.
    pub(super) paths: Vec<String>,
}

impl Columns {
    /// Resolves the names. An unknown one refuses the block, as it does everywhere.
    pub(super) fn resolve(ctx: &Ctx, object: &Object, names: &[String]) -> Outcome<Self> {
        let schema = &ctx.snapshot.schema;
        let mut columns = Self { shown: Vec::new(), paths: Vec::new() };
        for name in names.iter().take(MAX_FIELDS) {
            let path = resolve_path(name, schema, object)?;
            let title_at = match &path.kind {
                FieldKind::Reference { target } => match schema.object(target).map(|target| title_path(schema, target)) {
                    Some(Ok(title)) => Some(columns.select(&format!("{name}.{}", title.text()))),
                    _ => None,
                },
                _ => None,
            };
            let at = columns.select(name);
            let label = field_label(&path, schema, ctx.locale);
            columns.shown.push(Shown { label, kind: path.kind, at, title_at });
        }
        Ok(columns)
    }

    /// The place of a path among the selected ones.
    pub(super) fn select(&mut self, path: &str) -> usize {
        if let Some(place) = self.paths.iter().position(|known| known == path) {
            return place;
        }
        self.paths.push(path.to_owned());
        self.paths.len() - 1
    }
}

impl Shown {
    /// The value of this field in a row.
    pub(super) fn value<'r>(&self, row: &'r [Value]) -> &'r Value {
        row.get(self.at).unwrap_or(&Value::Null)
    }

    /// The title of the record that it refers to.
    fn title<'r>(&self, row: &'r [Value]) -> Option<&'r str> {
        self.title_at.and_then(|at| row.get(at)).and_then(Value::as_text)
    }

    /// In one line.
    pub(super) fn text(&self, ctx: &Ctx, row: &[Value]) -> String {
        value::text(ctx, &self.kind, self.value(row), self.title(row), MoneyStyle::Short)
    }

    /// The text, unless there is nothing to show.
    pub(super) fn text_if_any(&self, ctx: &Ctx, row: &[Value]) -> Option<String> {
        let missing = self.value(row).is_null() || (matches!(self.kind, FieldKind::Reference { .. }) && self.title(row).is_none());
        (!missing).then(|| self.text(ctx, row))
    }

    /// As a cell.
    pub(super) fn markup(&self, ctx: &Ctx, row: &[Value]) -> Markup {
        match self.kind {
            FieldKind::LongText => html! { (self.text(ctx, row)) },
            _ => value::markup(ctx, &self.kind, self.value(row), self.title(row), MoneyStyle::Short),
        }
    }
}
