//! From what an administrator or a manifest says about a field to the field itself, or to all that is wrong with it.

use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::host_objects::DEFAULT_TEXT_MAX;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, SelectOption};
use guanxi_core::{Problem, Value};

use super::check_label;
use crate::engine::input::read;
use crate::engine::{Ctx, Raw};

/// The longest one-line text.
const MAX_TEXT: u32 = 4_000;
/// The most options of a value list.
const MAX_OPTIONS: usize = 500;

/// A field as it is declared.
#[derive(Clone, Debug, Default)]
pub struct NewField {
    /// Its key.
    pub key: String,
    /// The type's name: `text`, `money`, …
    pub kind: String,
    /// Its name.
    pub label: Label,
    /// Must have a value.
    pub required: bool,
    /// No duplicates.
    pub unique: bool,
    /// Has an index of its own.
    pub indexed: bool,
    /// Only hooks write it.
    pub read_only: bool,
    /// The value list of a select.
    pub options: Vec<SelectOption>,
    /// The object that a reference points to.
    pub target: Option<String>,
    /// Digits after the point of a decimal (2 when not said).
    pub scale: Option<u8>,
    /// The longest text.
    pub max: Option<u32>,
    /// A hint.
    pub help: Option<Label>,
    /// Taken by a create that does not mention the field.
    pub default: Option<Raw>,
}

impl NewField {
    /// The field of an administrator, with all problems at once.
    pub(super) fn declare(self, ctx: &Ctx, object: &Object) -> Result<Field, Vec<Problem>> {
        let target_exists = |key: &str| ctx.snapshot.schema.object(key).is_some_and(|o| !o.read_only);
        let currency_digits = ctx.tenant.store.tenant.currency_digits;
        let default = self.default.clone();
        let mut field = self.into_field(Origin::Tenant, currency_digits, &target_exists)?;
        if object.fields.iter().any(|f| f.key == field.key) {
            return Err(vec![Problem::error("field.not_unique", format!("`{}` exists already (it may be hidden)", field.key)).on("key")]);
        }
        if let Some(raw) = default {
            match read(ctx, &field, raw) {
                Ok(Value::Null) => {}
                Ok(value) => field.default = Some(value),
                Err(problem) => return Err(vec![problem.on("default")]),
            }
        }
        Ok(field)
    }

    /// The field without its default. `target_exists` knows the objects that a reference may point to.
    pub(in crate::engine) fn into_field(
        self,
        origin: Origin,
        currency_digits: u8,
        target_exists: &dyn Fn(&str) -> bool,
    ) -> Result<Field, Vec<Problem>> {
        let mut problems: Vec<Problem> = check_label(&self.label).err().into_iter().collect();
        let kind = match self.kind.as_str() {
            "text" => FieldKind::Text { max: self.max.unwrap_or(DEFAULT_TEXT_MAX) },
            "long_text" => FieldKind::LongText,
            "email" => FieldKind::Email,
            "phone" => FieldKind::Phone,
            "url" => FieldKind::Url,
            "select" => FieldKind::Select { options: self.options.clone() },
            "integer" => FieldKind::Integer,
            "decimal" => FieldKind::Decimal { scale: self.scale.unwrap_or(2) },
            "percent" => FieldKind::Percent,
            "money" => FieldKind::Money { scale: currency_digits },
            "bool" => FieldKind::Bool,
            "date" => FieldKind::Date,
            "datetime" => FieldKind::DateTime,
            "reference" => FieldKind::Reference { target: self.target.clone().unwrap_or_default() },
            other => {
                problems.push(Problem::error("field.option", format!("there is no field type `{other}`")).on("type"));
                return Err(problems);
            }
        };
        match &kind {
            FieldKind::Text { max } if !(1..=MAX_TEXT).contains(max) => {
                problems.push(Problem::error("field.range", format!("a text has 1 to {MAX_TEXT} characters")).on("max"));
            }
            FieldKind::Decimal { scale } if *scale > MAX_SCALE => {
                problems
                    .push(Problem::error("field.range", format!("a decimal has at most {MAX_SCALE} digits after the point")).on("scale"));
            }
            FieldKind::Select { options } => problems.extend(check_options(options)),
            FieldKind::Reference { target } if target.is_empty() => {
                problems.push(Problem::error("field.required", "a reference names the object that it points to").on("target"));
            }
            FieldKind::Reference { target } if !target_exists(target) => {
                problems.push(Problem::error("reference.not_found", format!("there is no object `{target}` to point to")).on("target"));
            }
            FieldKind::LongText if self.unique || self.indexed => {
                problems.push(Problem::error("field.type", "a long text cannot be unique or indexed").on("type"));
            }
            _ => {}
        }
        if self.target.is_some() && !matches!(kind, FieldKind::Reference { .. }) {
            problems.push(Problem::error("field.type", "only a reference has a target").on("target"));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Field {
            required: self.required,
            unique: self.unique,
            indexed: self.indexed,
            read_only: self.read_only,
            help: self.help,
            origin,
            ..Field::new(self.key, self.label, kind)
        })
    }
}

/// What is wrong with a value list.
pub(super) fn check_options(options: &[SelectOption]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if options.is_empty() || options.len() > MAX_OPTIONS {
        problems.push(Problem::error("field.option", format!("a select has 1 to {MAX_OPTIONS} options")).on("options"));
    }
    for (place, option) in options.iter().enumerate() {
        let code = &option.code;
        let plain = !code.is_empty() && code.len() <= 60 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if !plain {
            problems
                .push(Problem::error("field.option", format!("`{code}` is no code: letters, digits, _ and -, at most 60")).on("options"));
        }
        if options[..place].iter().any(|other| other.code == *code) {
            problems.push(Problem::error("field.option", format!("`{code}` stands twice")).on("options"));
        }
        problems.extend(check_label(&option.label).err().map(|p| p.on("options")));
    }
    problems
}
