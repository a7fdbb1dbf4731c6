//! Objects, fields and constraints of a manifest.

use chrono::NaiveDate;
use guanxi_core::meta::{FieldKind, Label, SelectOption};
use guanxi_core::{Decimal, Value};
use serde::{Deserialize, Serialize};

use super::Words;

/// An object that the plugin brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectDecl {
    /// Begins with the prefix and `_`, unless it is provided as a well-known object.
    pub key: String,
    /// Name of one record.
    pub label: Words,
    /// Name of an icon of the sprite.
    #[serde(default = "default_icon")]
    pub icon: String,
    /// Key of the field that names a record: a text, or a reference whose own title does.
    pub title: String,
    /// Key of the select whose changes are kept in `<object>__stages`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracked: Option<String>,
    /// The declared fields, in the order of the form.
    #[serde(default)]
    pub fields: Vec<FieldDecl>,
}

fn default_icon() -> String {
    "box".to_owned()
}

/// A field that the plugin adds to an object of someone else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldOnOther {
    /// The object's key.
    pub object: String,
    /// The field; its key begins with the prefix and `_`.
    #[serde(flatten)]
    pub field: FieldDecl,
}

/// The types a field may have (design §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the design's table")]
pub enum FieldType {
    Text,
    LongText,
    Email,
    Phone,
    Url,
    Select,
    Integer,
    Decimal,
    Percent,
    Money,
    Bool,
    Date,
    Datetime,
    Reference,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDecl {
    /// The name in API, expressions and hooks.
    pub key: String,
    /// The type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Name for people.
    pub label: Words,
    /// Must have a value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    /// No two live records may hold the same value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Has an index for filters and sorting.
    #[serde(default, skip_serializing_if = "is_false")]
    pub indexed: bool,
    /// Only hooks write it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Taken when a create does not mention the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Scalar>,
    /// Longest text, in characters; 255 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// Digits after the point of a decimal, 0 to 8; 2 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<u8>,
    /// The value list of a select, in the order people see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionDecl>,
    /// The object that a reference points to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// A hint under the field.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub help: Words,
}

/// One choice of a select.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionDecl {
    /// What is stored.
    pub code: String,
    /// What people read.
    pub label: Words,
}

/// A plain value in TOML or JSON. Decimals are written as text, because a float is not exact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "wanted a text, a whole number, true or false; decimals are written as text")]
pub enum Scalar {
    /// `true`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `"open"`, `"60.00"`, `"2026-11-22"`
    Text(String),
}

/// No two live records may agree in `fields`, as far as `where` holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UniqueDecl {
    /// An object of the plugin.
    pub object: String,
    /// Field keys.
    pub fields: Vec<String>,
    /// A CEL condition over the same record; records outside it are free.
    #[serde(rename = "where", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The plugin's own code of a violation; its words are in `[messages]`.
    pub code: String,
}

/// Longest one-line text where the manifest does not say.
pub(super) const DEFAULT_TEXT_MAX: u32 = 255;
/// Digits of a decimal where the manifest does not say.
pub(super) const DEFAULT_DECIMAL_SCALE: u8 = 2;

fn is_false(value: &bool) -> bool {
    !value
}

impl FieldDecl {
    /// The type as metadata has it; `currency_scale` is the number of minor digits of the tenant's currency.
    pub fn field_kind(&self, currency_scale: u8) -> FieldKind {
        match self.kind {
            FieldType::Text => FieldKind::Text { max: self.max.unwrap_or(DEFAULT_TEXT_MAX) },
            FieldType::LongText => FieldKind::LongText,
            FieldType::Email => FieldKind::Email,
            FieldType::Phone => FieldKind::Phone,
            FieldType::Url => FieldKind::Url,
            FieldType::Select => FieldKind::Select { options: self.options.iter().map(SelectOption::from).collect() },
            FieldType::Integer => FieldKind::Integer,
            FieldType::Decimal => FieldKind::Decimal { scale: self.scale.unwrap_or(DEFAULT_DECIMAL_SCALE) },
            FieldType::Percent => FieldKind::Percent,
            FieldType::Money => FieldKind::Money { scale: currency_scale },
            FieldType::Bool => FieldKind::Bool,
            FieldType::Date => FieldKind::Date,
            FieldType::Datetime => FieldKind::DateTime,
            FieldType::Reference => FieldKind::Reference { target: self.target.clone().unwrap_or_default() },
        }
    }

    /// The default as a value of the field's type; none if there is none or it does not fit.
    pub fn default_value(&self, currency_scale: u8) -> Option<Value> {
        self.default.as_ref().and_then(|scalar| scalar.to_value(&self.field_kind(currency_scale)))
    }

    /// The hint, if there is one.
    pub fn help_label(&self) -> Option<Label> {
        (!self.help.is_empty()).then(|| Label::from(&self.help))
    }
}

impl From<&OptionDecl> for SelectOption {
    fn from(option: &OptionDecl) -> Self {
        Self::new(&option.code, Label::from(&option.label))
    }
}

impl Scalar {
    /// The value for a field of this type; none if it does not fit. References and instants have no plain form.
    pub fn to_value(&self, kind: &FieldKind) -> Option<Value> {
        Some(match (self, kind) {
            (Self::Bool(value), FieldKind::Bool) => Value::Bool(*value),
            (Self::Int(number), FieldKind::Integer) => Value::Int(*number),
            (Self::Int(number), _) if kind.is_decimal() => Value::Decimal(Decimal::parse(&number.to_string(), kind.scale()?).ok()?),
            (Self::Text(text), _) if kind.is_decimal() => Value::Decimal(Decimal::parse(text, kind.scale()?).ok()?),
            (Self::Text(text), FieldKind::Date) => Value::Date(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?),
            (Self::Text(text), FieldKind::DateTime) => Value::Instant(chrono::DateTime::parse_from_rfc3339(text).ok()?.to_utc()),
            (Self::Text(text), FieldKind::Select { options }) if options.iter().any(|option| option.code == *text) => {
                Value::Text(text.clone())
            }
            (Self::Text(text), FieldKind::Text { max }) if text.chars().count() <= *max as usize => Value::Text(text.clone()),
            (Self::Text(text), FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url) => Value::Text(text.clone()),
            _ => return None,
        })
    }
}
