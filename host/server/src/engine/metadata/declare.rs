//! From what an administrator says about a field to the field itself, or to all that is wrong with it.

use guanxi_core::meta::{Computed, Conditions, Field, FieldKind, Label, Object, Origin, SelectOption};
use guanxi_core::{Problem, Value};

use super::check_label;
use super::computed::{NewRollUp, read_computed};
use super::kinds::read_kind;
use super::rules::check_field_expressions;
use crate::engine::input::read;
use crate::engine::{Ctx, Raw};

/// The longest mask.
const MAX_MASK: usize = 100;
/// The longest help text of a field, in characters.
const MAX_HELP: usize = 500;

/// A field as it is declared.
#[derive(Clone, Debug, Default)]
pub struct NewField {
    /// Its key.
    pub key: String,
    /// The type's name: `text`, `money`, …, or `formula`, `roll_up`, `sequence`.
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
    /// The value list of a select, multi-select or tree.
    pub options: Vec<SelectOption>,
    /// The object that a reference or many-reference points to.
    pub target: Option<String>,
    /// Digits after the point of a decimal (2 when not said).
    pub scale: Option<u8>,
    /// The longest text.
    pub max: Option<u32>,
    /// A hint.
    pub help: Option<Label>,
    /// Taken by a create that does not mention the field.
    pub default: Option<Raw>,
    /// How a text must look.
    pub mask: Option<String>,
    /// The part of the form where it stands.
    pub group: Option<Label>,
    /// When it is shown, required or closed.
    pub conditions: Conditions,
    /// Its values tell where they come from, in a companion field.
    pub sourced: bool,
    /// Left out of the search.
    pub unsearched: bool,
    /// The expression of a formula.
    pub formula: Option<String>,
    /// The type of a formula's result; found out when not said.
    pub result: Option<String>,
    /// The format of a sequence.
    pub format: Option<String>,
    /// What a roll-up adds up.
    pub roll_up: Option<NewRollUp>,
}

impl NewField {
    /// The field of an administrator, with all problems at once. The key is the caller's business.
    pub(super) fn declare(self, ctx: &Ctx, object: &Object) -> Result<Field, Vec<Problem>> {
        let mut problems: Vec<Problem> = check_label(&self.label).err().into_iter().collect();
        if object.fields.iter().any(|f| f.key == self.key) {
            let detail = format!("`{}` exists already (it may be hidden)", self.key);
            problems.push(Problem::error("field.not_unique", detail).on("key"));
        }
        problems.extend(self.help.as_ref().and_then(check_help));
        problems.extend(self.group.as_ref().and_then(|group| check_label(group).err()).map(|p| p.on("group")));
        let read = match read_computed(ctx, object, &self) {
            Ok(Some((computed, kind))) => Ok((Some(computed), kind)),
            Ok(None) => read_kind(ctx, &self).map(|kind| (None, kind)),
            Err(found) => {
                problems.extend(self.closed_parts());
                Err(found)
            }
        };
        let (computed, kind) = match read {
            Ok(read) => read,
            Err(found) => {
                problems.extend(found);
                problems.extend(self.check_without_kind(ctx, object));
                return Err(problems);
            }
        };
        let is_sequence = matches!(computed, Some(Computed::Sequence { .. }));
        problems.extend(check_mask(self.mask.as_deref(), &kind));
        if computed.is_some() {
            problems.extend(self.closed_parts());
        }
        let mut field = Field {
            required: self.required,
            // Numbers of a series are not given twice, and people look for them.
            unique: self.unique || is_sequence,
            indexed: self.indexed || is_sequence,
            read_only: self.read_only,
            help: self.help,
            origin: Origin::Tenant,
            computed,
            conditions: self.conditions,
            mask: self.mask,
            group: self.group,
            sourced: self.sourced,
            searchable: !self.unsearched,
            ..Field::new(self.key, self.label, kind)
        };
        problems.extend(check_expressions(ctx, object, &field));
        match self.default.map(|raw| read_default(ctx, &field, raw)) {
            None => {}
            Some(Ok(default)) => field.default = default,
            Some(Err(problem)) => problems.push(problem),
        }
        if problems.is_empty() { Ok(field) } else { Err(problems) }
    }

    /// What can be said of the rest when nobody knows the field's type: conditions that do not read the field itself.
    fn check_without_kind(&self, ctx: &Ctx, object: &Object) -> Vec<Problem> {
        let reads_itself = |text: &String| text.contains(&self.key);
        let other = |text: &Option<String>| text.clone().filter(|text| !reads_itself(text));
        let Conditions { show, require, read_only } = &self.conditions;
        let conditions = Conditions { show: other(show), require: other(require), read_only: other(read_only) };
        let field = Field { conditions, ..Field::new(self.key.clone(), self.label.clone(), FieldKind::LongText) };
        check_expressions(ctx, object, &field)
    }

    /// What a field that the host keeps cannot have, because nobody fills it.
    fn closed_parts(&self) -> Vec<Problem> {
        let named = [
            ("default", self.default.is_some()),
            ("mask", self.mask.is_some()),
            ("required", self.required),
            ("sourced", self.sourced),
            ("require_if", self.conditions.require.is_some()),
            ("read_only_if", self.conditions.read_only.is_some()),
        ];
        let refuse = |name: &str| Problem::error("field.type", format!("nobody fills a {}, so it has no `{name}`", self.kind)).on(name);
        named.into_iter().filter(|(_, given)| *given).map(|(name, _)| refuse(name)).collect()
    }
}

/// Problems of a formula and of conditions, under the keys of the API.
pub(super) fn check_expressions(ctx: &Ctx, object: &Object, field: &Field) -> Vec<Problem> {
    let mut problems = check_field_expressions(&ctx.snapshot.schema, object, field, ctx.tenant.zone);
    for problem in &mut problems {
        let key = match problem.field.as_deref() {
            Some("conditions.show") => "show_if",
            Some("conditions.require") => "require_if",
            Some("conditions.read_only") => "read_only_if",
            _ => continue,
        };
        problem.field = Some(key.into());
    }
    problems
}

/// A default in its stored form; a null is none.
pub(super) fn read_default(ctx: &Ctx, field: &Field, raw: Raw) -> Result<Option<Value>, Problem> {
    match read(ctx, field, raw) {
        Ok(Value::Null) => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(problem) => Err(problem.on("default")),
    }
}

/// Only texts have a look.
pub(super) fn check_mask(mask: Option<&str>, kind: &FieldKind) -> Option<Problem> {
    let mask = mask?;
    if !kind.has_normal_key() {
        return Some(Problem::error("field.type", format!("a {} has no mask", kind.name())).on("mask"));
    }
    let fits = !mask.is_empty() && mask.chars().count() <= MAX_MASK && !mask.chars().any(char::is_control);
    (!fits).then(|| {
        let detail = format!("a mask has 1 to {MAX_MASK} characters");
        Problem::error("field.range", detail).on("mask").with("max_length", i64::try_from(MAX_MASK).unwrap_or(i64::MAX))
    })
}

/// A hint is one paragraph.
pub(super) fn check_help(help: &Label) -> Option<Problem> {
    let fits = |text: &str| text.chars().count() <= MAX_HELP;
    let detail = format!("a hint has at most {MAX_HELP} characters");
    let problem = || Problem::error("field.range", detail).on("help").with("max_length", i64::try_from(MAX_HELP).unwrap_or(i64::MAX));
    (!(fits(&help.zh) && fits(&help.en))).then(problem)
}
