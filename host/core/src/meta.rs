//! Metadata: what objects and fields a tenant has. Everything else (forms, SQL, API, hooks) follows from it.

mod field;
mod kind;
mod rules;

use std::collections::HashMap;
use std::sync::Arc;

pub use field::{Computed, Conditions, Field, RollUp};
pub use kind::{FieldKind, SelectOption};
pub use rules::{AdjustedField, Adjustment, Guard, Index, Limit, NoOverlap, Rules, StateMachine, Transition, Validation};

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
    /// What else its records must keep to.
    pub rules: Rules,
    /// For a child object the key of its reference to the parent, which decides who may see and change it.
    pub parent: Option<String>,
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
        self.fields.iter().filter(|f| !f.hidden && !f.is_closed())
    }

    /// Fields with a column, hidden ones included.
    pub fn stored_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.is_stored())
    }

    /// Visible fields declared for this object (without system fields).
    pub fn own_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| !f.hidden && !f.is_system())
    }

    /// The object whose part this child object is.
    pub fn parent_object(&self) -> Option<&str> {
        self.field(self.parent.as_deref()?)?.target()
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
    /// Which fields (object, field) are roll-ups over the records of an object, by its key.
    roll_ups: HashMap<String, Vec<(String, String)>>,
}

impl Schema {
    /// A schema from its objects, in menu order.
    pub fn new(revision: i64, objects: Vec<Object>) -> Self {
        let order = objects.iter().map(|o| o.key.clone()).collect();
        let mut roll_ups: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for (object, field) in objects.iter().flat_map(|object| object.fields.iter().map(move |field| (object, field))) {
            if let Some(Computed::RollUp(roll_up)) = &field.computed {
                roll_ups.entry(roll_up.object.clone()).or_default().push((object.key.clone(), field.key.clone()));
            }
        }
        Self { revision, order, roll_ups, objects: objects.into_iter().map(|o| (o.key.clone(), Arc::new(o))).collect() }
    }

    /// A visible object by key.
    pub fn object(&self, key: &str) -> Option<&Arc<Object>> {
        self.objects.get(key).filter(|o| !o.hidden)
    }

    /// The roll-ups over the records of an object, as (object, field), hidden ones included.
    pub fn roll_ups_over(&self, object: &str) -> &[(String, String)] {
        self.roll_ups.get(object).map_or(&[], Vec::as_slice)
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
