//! The JSON that describes objects, fields and constraints inside a tenant's store. Not the API's form, nor the manifest's.

mod computed;
mod rules;

use guanxi_core::meta::{Conditions, Field, FieldKind, Label, Object, Origin, SelectOption, UniqueConstraint};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use self::computed::ComputedSpec;
use self::rules::RulesSpec;
use crate::StoreError;
use crate::column::{from_json, to_json};
use crate::error::inconsistent;

#[derive(Serialize, Deserialize)]
struct LabelSpec {
    zh: String,
    en: String,
}

#[derive(Serialize, Deserialize)]
struct ObjectSpec {
    label: LabelSpec,
    icon: String,
    title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tracked: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    read_only: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
    #[serde(default, skip_serializing_if = "RulesSpec::is_empty")]
    rules: RulesSpec,
}

#[derive(Serialize, Deserialize)]
struct OptionSpec {
    code: String,
    label: LabelSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent: Option<String>,
}

#[derive(Default, Serialize, Deserialize)]
struct ConditionsSpec {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    show: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    require: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    read_only: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct FieldSpec {
    #[serde(rename = "type")]
    kind: String,
    label: LabelSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scale: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<OptionSpec>,
    #[serde(default, skip_serializing_if = "is_false")]
    required: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    unique: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    indexed: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    read_only: bool,
    #[serde(default, skip_serializing_if = "Json::is_null")]
    default: Json,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    help: Option<LabelSpec>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    computed: Option<ComputedSpec>,
    #[serde(default)]
    conditions: ConditionsSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mask: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<LabelSpec>,
    #[serde(default, skip_serializing_if = "is_false")]
    sourced: bool,
    /// Taken out of the search, in which every text is otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    unsearched: bool,
}

#[derive(Serialize, Deserialize)]
struct UniqueSpec {
    fields: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
    code: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(truth: &bool) -> bool {
    !truth
}

impl From<&Label> for LabelSpec {
    fn from(label: &Label) -> Self {
        Self { zh: label.zh.clone(), en: label.en.clone() }
    }
}

impl From<LabelSpec> for Label {
    fn from(spec: LabelSpec) -> Self {
        Self::new(spec.zh, spec.en)
    }
}

fn write(spec: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(spec).map_err(|e| inconsistent(format!("metadata cannot be written: {e}")))
}

fn read<'a, T: Deserialize<'a>>(key: &str, text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|e| inconsistent(format!("metadata of `{key}` cannot be read: {e}")))
}

/// `host`, `plugin:sales` or `tenant`.
pub(super) fn write_origin(origin: &Origin) -> String {
    match origin {
        Origin::Host => "host".into(),
        Origin::Plugin(id) => format!("plugin:{id}"),
        Origin::Tenant => "tenant".into(),
    }
}

pub(super) fn read_origin(text: &str) -> Result<Origin, StoreError> {
    match text {
        "host" => Ok(Origin::Host),
        "tenant" => Ok(Origin::Tenant),
        _ => text
            .strip_prefix("plugin:")
            .map(|id| Origin::Plugin(id.to_owned()))
            .ok_or_else(|| inconsistent(format!("`{text}` is no origin"))),
    }
}

pub(super) fn write_object(object: &Object) -> Result<String, StoreError> {
    write(&ObjectSpec {
        label: (&object.label).into(),
        icon: object.icon.clone(),
        title: object.title.clone(),
        tracked: object.tracked.clone(),
        read_only: object.read_only,
        parent: object.parent.clone(),
        rules: RulesSpec::from(&object.rules),
    })
}

/// An object without fields and uniques.
pub(super) fn read_object(id: i64, key: String, text: &str, hidden: bool, origin: Origin) -> Result<Object, StoreError> {
    let spec: ObjectSpec = read(&key, text)?;
    Ok(Object {
        id,
        key,
        label: spec.label.into(),
        icon: spec.icon,
        origin,
        title: spec.title,
        tracked: spec.tracked,
        uniques: Vec::new(),
        rules: spec.rules.into_rules()?,
        parent: spec.parent,
        fields: Vec::new(),
        read_only: spec.read_only,
        hidden,
    })
}

pub(super) fn write_field(field: &Field) -> Result<String, StoreError> {
    write(&FieldSpec {
        kind: field.kind.name().into(),
        label: (&field.label).into(),
        max: match field.kind {
            FieldKind::Text { max } => Some(max),
            _ => None,
        },
        scale: match field.kind {
            FieldKind::Decimal { scale } => Some(scale),
            _ => None,
        },
        target: field.kind.target().map(str::to_owned),
        options: field
            .options()
            .iter()
            .map(|o| OptionSpec { code: o.code.clone(), label: (&o.label).into(), parent: o.parent.clone() })
            .collect(),
        required: field.required,
        unique: field.unique,
        indexed: field.indexed,
        read_only: field.read_only,
        default: field.default.as_ref().map_or(Json::Null, to_json),
        help: field.help.as_ref().map(LabelSpec::from),
        computed: field.computed.as_ref().map(ComputedSpec::from),
        conditions: ConditionsSpec {
            show: field.conditions.show.clone(),
            require: field.conditions.require.clone(),
            read_only: field.conditions.read_only.clone(),
        },
        mask: field.mask.clone(),
        group: field.group.as_ref().map(LabelSpec::from),
        sourced: field.sourced,
        unsearched: !field.searchable,
    })
}

/// Where a field is stored, beside its JSON.
pub(super) struct FieldPlace {
    pub(super) id: i64,
    pub(super) key: String,
    pub(super) hidden: bool,
    pub(super) origin: Origin,
}

/// `money_scale` is the tenant's, so that it is said in one place only.
pub(super) fn read_field(place: FieldPlace, text: &str, money_scale: u8) -> Result<Field, StoreError> {
    let FieldPlace { id, key, hidden, origin } = place;
    let spec: FieldSpec = read(&key, text)?;
    let missing = |part: &str| inconsistent(format!("field `{key}` has no {part}"));
    let options = |specs: Vec<OptionSpec>| -> Vec<SelectOption> {
        specs.into_iter().map(|o| SelectOption { code: o.code, label: o.label.into(), parent: o.parent }).collect()
    };
    let kind = match spec.kind.as_str() {
        "text" => FieldKind::Text { max: spec.max.ok_or_else(|| missing("max"))? },
        "long_text" => FieldKind::LongText,
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        "url" => FieldKind::Url,
        "select" => FieldKind::Select { options: options(spec.options) },
        "multi_select" => FieldKind::MultiSelect { options: options(spec.options) },
        "tree_select" => FieldKind::TreeSelect { options: options(spec.options) },
        "integer" => FieldKind::Integer,
        "duration" => FieldKind::Duration,
        "decimal" => FieldKind::Decimal { scale: spec.scale.ok_or_else(|| missing("scale"))? },
        "percent" => FieldKind::Percent,
        "money" => FieldKind::Money { scale: money_scale },
        "bool" => FieldKind::Bool,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "reference" => FieldKind::Reference { target: spec.target.ok_or_else(|| missing("target"))? },
        "any_reference" => FieldKind::AnyReference,
        "many_reference" => FieldKind::ManyReference { target: spec.target.ok_or_else(|| missing("target"))? },
        "children" => FieldKind::Children { target: spec.target.ok_or_else(|| missing("target"))? },
        "file" => FieldKind::File,
        "json" => FieldKind::Json,
        other => return Err(inconsistent(format!("field `{key}` has the unknown type `{other}`"))),
    };
    let default = from_json(&kind, &spec.default).ok_or_else(|| inconsistent(format!("the default of `{key}` does not fit")))?;
    Ok(Field {
        id,
        label: spec.label.into(),
        required: spec.required,
        unique: spec.unique,
        indexed: spec.indexed,
        read_only: spec.read_only,
        default: (!default.is_null()).then_some(default),
        help: spec.help.map(Label::from),
        computed: spec.computed.map(ComputedSpec::into_computed).transpose()?,
        conditions: Conditions { show: spec.conditions.show, require: spec.conditions.require, read_only: spec.conditions.read_only },
        mask: spec.mask,
        group: spec.group.map(Label::from),
        sourced: spec.sourced,
        searchable: !spec.unsearched,
        kind,
        key,
        origin,
        hidden,
    })
}

pub(super) fn write_unique(unique: &UniqueConstraint) -> Result<String, StoreError> {
    write(&UniqueSpec { fields: unique.fields.clone(), condition: unique.condition.clone(), code: unique.code.clone() })
}

pub(super) fn read_unique(id: i64, text: &str) -> Result<UniqueConstraint, StoreError> {
    let spec: UniqueSpec = read("unique", text)?;
    Ok(UniqueConstraint { id, fields: spec.fields, condition: spec.condition, code: spec.code })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;
    use guanxi_core::Value;
    use guanxi_core::host_objects::host_objects;

    #[test]
    fn fields_round_trip() {
        let mut fields: Vec<Field> = host_objects().into_iter().flat_map(|o| o.fields).collect();
        let money = Field {
            kind: FieldKind::Money { scale: 2 },
            default: Some(Value::Decimal(guanxi_core::Decimal::new(500, 2))),
            help: Some(Label::new("提示", "Hint")),
            ..fields[0].clone()
        };
        fields.push(money);
        for field in fields {
            let place = FieldPlace { id: field.id, key: field.key.clone(), hidden: field.hidden, origin: field.origin.clone() };
            let read = read_field(place, &write_field(&field).unwrap(), 2).unwrap();
            assert_eq!(format!("{read:?}"), format!("{field:?}"));
        }
        for origin in [Origin::Host, Origin::Tenant, Origin::Plugin("sales".into())] {
            assert_eq!(read_origin(&write_origin(&origin)).unwrap(), origin);
        }
    }
}
