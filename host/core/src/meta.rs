//! Metadata: what objects and fields a tenant has. Everything else (forms, SQL, API, hooks) follows from it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::value::Value;

/// The languages in which every text of the product exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// Simplified Chinese, the default.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Locale {
    /// The BCP 47 tag: `zh-CN` or `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// Reads `zh-CN`, `zh`, `en`, `en-US`; `None` for other languages.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// A name in both languages. Where one was not given it holds the other.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Label {
    /// A label with both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text for a reader.
    pub fn get(&self, locale: Locale) -> &str {
        match locale {
            Locale::ZhCn => &self.zh,
            Locale::En => &self.en,
        }
    }
}

/// Who declared an object or field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Part of Guanxi itself.
    Host,
    /// A plugin, by id.
    Plugin(String),
    /// An administrator of the tenant (`x_…`).
    Tenant,
}

/// One choice of a select.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What is stored.
    pub code: String,
    /// What people read.
    pub label: Label,
}

/// The type of a field, with what the type needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line, at most `max` characters (Unicode scalar values).
    Text {
        /// Longest allowed length.
        max: u32,
    },
    /// Many lines, at most 100,000 characters; not sortable or unique.
    LongText,
    /// An e-mail address.
    Email,
    /// A phone number; compared by its digits.
    Phone,
    /// An absolute http(s) address.
    Url,
    /// One code of a value list.
    Select {
        /// The value list, in display order.
        options: Vec<SelectOption>,
    },
    /// A whole number of 64 bits.
    Integer,
    /// An exact number with `scale` digits after the point.
    Decimal {
        /// Digits after the point, ≤ 8.
        scale: u8,
    },
    /// Percent with 2 decimals: 60 % is 60.00.
    Percent,
    /// Money in the tenant's currency; `scale` is the currency's number of minor digits.
    Money {
        /// Minor digits of the tenant's currency (2 for CNY).
        scale: u8,
    },
    /// Yes or no.
    Bool,
    /// A civil date.
    Date,
    /// An instant.
    DateTime,
    /// A record of another object.
    Reference {
        /// The object's key.
        target: String,
    },
}

impl FieldKind {
    /// The type's name in API, manifest and metadata.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::LongText => "long_text",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            Self::Select { .. } => "select",
            Self::Integer => "integer",
            Self::Decimal { .. } => "decimal",
            Self::Percent => "percent",
            Self::Money { .. } => "money",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Reference { .. } => "reference",
        }
    }

    /// Digits after the point of a number type; `None` for everything that is not a number.
    pub fn scale(&self) -> Option<u8> {
        match self {
            Self::Integer => Some(0),
            Self::Decimal { scale } | Self::Money { scale } => Some(*scale),
            Self::Percent => Some(2),
            _ => None,
        }
    }

    /// Stored as a [`crate::Decimal`] (not as a plain integer).
    pub fn is_decimal(&self) -> bool {
        matches!(self, Self::Decimal { .. } | Self::Percent | Self::Money { .. })
    }

    /// Has the shadow column `f__n` (normal key: equality, uniqueness, prefixes).
    pub fn has_normal_key(&self) -> bool {
        matches!(self, Self::Text { .. } | Self::Email | Self::Phone | Self::Url)
    }

    /// Has the shadow column `f__s` (sort key: pinyin, then text).
    pub fn has_sort_key(&self) -> bool {
        matches!(self, Self::Text { .. })
    }
}

/// One field of an object: one typed column.
#[derive(Clone, Debug)]
pub struct Field {
    /// Names the physical column (`f<id>`); 0 for system fields, which have columns of their own name.
    pub id: i64,
    /// The name in API, expressions and imports.
    pub key: String,
    /// What people read.
    pub label: Label,
    /// The type.
    pub kind: FieldKind,
    /// Must have a value.
    pub required: bool,
    /// No two live records of the object may hold the same value (compared by the normal key).
    pub unique: bool,
    /// Has an index of its own, for filters and sorting.
    pub indexed: bool,
    /// Only the host and plugins write it.
    pub read_only: bool,
    /// Taken when a create does not mention the field.
    pub default: Option<Value>,
    /// A hint under the field.
    pub help: Option<Label>,
    /// Who declared it.
    pub origin: Origin,
    /// Hidden by an administrator: values are kept, nothing shows or takes them.
    pub hidden: bool,
}

impl Field {
    /// One of the fields that every record has (id, owner, …).
    pub fn is_system(&self) -> bool {
        self.id == 0
    }

    /// The value list of a select, else empty.
    pub fn options(&self) -> &[SelectOption] {
        match &self.kind {
            FieldKind::Select { options } => options,
            _ => &[],
        }
    }

    /// The object that a reference points to.
    pub fn target(&self) -> Option<&str> {
        match &self.kind {
            FieldKind::Reference { target } => Some(target),
            _ => None,
        }
    }
}

/// No two live records may agree in `fields`, as far as `condition` holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueConstraint {
    /// Names the index (`u<id>`).
    pub id: i64,
    /// Field keys, in index order.
    pub fields: Vec<String>,
    /// A CEL condition over the same record; records outside it are free.
    pub condition: Option<String>,
    /// The error code of a violation, e.g. `field.not_unique` or a plugin's own.
    pub code: String,
}

/// An object: one table.
#[derive(Clone, Debug)]
pub struct Object {
    /// Names the physical table (`o<id>`).
    pub id: i64,
    /// The name in API and URLs.
    pub key: String,
    /// What people read (one record).
    pub label: Label,
    /// Name of an icon of the sprite.
    pub icon: String,
    /// Who declared it.
    pub origin: Origin,
    /// Key of the field that names a record for people.
    pub title: String,
    /// Key of the select whose changes are kept in `<object>__stages`.
    pub tracked: Option<String>,
    /// Declared uniqueness over several fields or parts of the records.
    pub uniques: Vec<UniqueConstraint>,
    /// Live fields, system fields first, hidden ones included.
    pub fields: Vec<Field>,
    /// Written by the host only (e.g. stage histories).
    pub read_only: bool,
    /// Hidden by an administrator: records are kept, nothing shows or takes them.
    pub hidden: bool,
}

impl Object {
    /// A visible field by key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.key == key && !f.hidden)
    }

    /// Visible fields that a person or program can write: neither system (except owner, external_id) nor read-only.
    pub fn writable_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| !f.hidden && !f.read_only)
    }

    /// Visible fields declared for this object (without system fields).
    pub fn own_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| !f.hidden && !f.is_system())
    }

    /// The key of the object that holds the tracked field's changes.
    pub fn stages_key(&self) -> String {
        format!("{}{STAGES_SUFFIX}", self.key)
    }
}

/// Ends the key of an object that holds the history of a tracked field.
pub const STAGES_SUFFIX: &str = "__stages";

/// What one tenant's store contains at one revision.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Raised by every metadata change; part of every dynamic SQL text.
    pub revision: i64,
    /// Enabled, visible and hidden objects by key.
    objects: HashMap<String, Arc<Object>>,
    /// Keys in menu order.
    order: Vec<String>,
}

impl Schema {
    /// A schema from its objects, in menu order.
    pub fn new(revision: i64, objects: Vec<Object>) -> Self {
        let order = objects.iter().map(|o| o.key.clone()).collect();
        Self { revision, order, objects: objects.into_iter().map(|o| (o.key.clone(), Arc::new(o))).collect() }
    }

    /// A visible object by key.
    pub fn object(&self, key: &str) -> Option<&Arc<Object>> {
        self.objects.get(key).filter(|o| !o.hidden)
    }

    /// All objects in menu order, hidden ones included.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.order.iter().filter_map(|key| self.objects.get(key))
    }

    /// Visible objects in menu order.
    pub fn objects(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.all().filter(|o| !o.hidden)
    }
}
