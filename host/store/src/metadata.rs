//! A tenant's metadata in its store: loaded as a [`Schema`], changed in one transaction together with the tables it describes.

mod apply;
mod beside;
mod columns;
mod convert;
mod dropped;
mod editor;
mod load;
mod spec;
mod unique;
mod view;

use guanxi_core::Value;
use guanxi_core::meta::{Computed, Field, Label, Object, Rules, SelectOption, UniqueConstraint};
use guanxi_core::problem::Problem;

use crate::StoreError;

pub use convert::{Conversion, Convert};
pub use dropped::{DROPPED_DAYS, DroppedField};
pub use unique::check_unique_condition;
pub(crate) use unique::{UniqueRule, unique_rules};

/// Live fields that an object may have; one more is `object.too_many_fields`.
pub const MAX_FIELDS: usize = 500;

/// One step of a metadata change. Steps of one call see the steps before them.
#[derive(Clone, Debug)]
pub enum MetaChange {
    /// A new object with its declared fields and uniques: ids are given here, system fields in `fields` are ignored.
    /// If the same host or plugin already declared it, it is adopted: label, icon, title, fields and uniques are brought up to date.
    CreateObject(Box<Object>),
    /// Changes what people see of an object. `None` leaves a part as it is.
    UpdateObject {
        /// The object's key.
        key: String,
        /// The new label.
        label: Option<Label>,
        /// The new icon.
        icon: Option<String>,
        /// Hides or shows the object; records are kept.
        hidden: Option<bool>,
    },
    /// A new field: its id is given here. If the same host or plugin already declared it with this type, it is adopted.
    CreateField {
        /// The object's key.
        object: String,
        /// The field.
        field: Box<Field>,
    },
    /// Changes a field within its type.
    UpdateField {
        /// The object's key.
        object: String,
        /// The field's key.
        key: String,
        /// What changes.
        change: Box<FieldChange>,
    },
    /// Hides a field and marks it as dropped; its values are kept.
    DropField {
        /// The object's key.
        object: String,
        /// The field's key.
        key: String,
    },
    /// Brings a dropped or hidden field back with its values.
    RestoreField {
        /// The object's key.
        object: String,
        /// The field's key.
        key: String,
    },
    /// Declares uniqueness. An equal constraint (same fields and code) is adopted; its condition may change.
    AddUnique {
        /// The object's key.
        object: String,
        /// The constraint; its id is given here.
        unique: UniqueConstraint,
    },
    /// Takes a uniqueness away again; none of these fields and code is nothing to do.
    DropUnique {
        /// The object's key.
        object: String,
        /// The constraint's fields, in its order.
        fields: Vec<String>,
        /// Its code.
        code: String,
    },
    /// Replaces the declared rules of an object wholly. A machine's field becomes the tracked one where the object has none, so that its
    /// changes are kept from then on.
    SetRules {
        /// The object's key.
        object: String,
        /// All its rules, checked by the caller.
        rules: Box<Rules>,
    },
}

/// What may change of a field; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct FieldChange {
    /// The new label.
    pub label: Option<Label>,
    /// The new hint; `Some(None)` takes it away.
    pub help: Option<Option<Label>>,
    /// Must have a value from now on; existing records are not touched.
    pub required: Option<bool>,
    /// Hides or shows the field; values are kept.
    pub hidden: Option<bool>,
    /// No duplicates from now on; refused while there are some.
    pub unique: Option<bool>,
    /// Has an index.
    pub indexed: Option<bool>,
    /// Only the host and plugins write it.
    pub read_only: Option<bool>,
    /// The new value list of a select.
    pub options: Option<Vec<SelectOption>>,
    /// The new default; `Some(Value::Null)` takes it away.
    pub default: Option<Value>,
    /// The new longest length of a text.
    pub max: Option<u32>,
    /// How a text must look from now on; `Some(None)` takes it away.
    pub mask: Option<Option<String>>,
    /// The part of the form where it stands; `Some(None)` takes it away.
    pub group: Option<Option<Label>>,
    /// When it is shown; `Some(None)`: always.
    pub show: Option<Option<String>>,
    /// When it is required; `Some(None)`: as `required` says.
    pub require: Option<Option<String>>,
    /// When it is closed; `Some(None)`: never.
    pub closed: Option<Option<String>>,
    /// The new expression of a formula.
    pub expression: Option<String>,
    /// How the host keeps it, for a field that is declared again.
    pub computed: Option<Option<Computed>>,
    /// Its values tell where they come from.
    pub sourced: Option<bool>,
    /// Its words are found by the search.
    pub searchable: Option<bool>,
}

/// Why a metadata change was refused; nothing of it was done.
#[derive(Debug, thiserror::Error)]
pub enum MetaError {
    /// The database, or [`StoreError::StaleSchema`] when the revision is not the expected one.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another origin (or an earlier change of the tenant) has an object or field of this key.
    #[error("`{key}` exists already")]
    KeyExists {
        /// The object's key.
        object: String,
        /// The object's or the field's key.
        key: String,
    },
    /// There is no such object or field.
    #[error("there is no `{key}`")]
    Unknown {
        /// The object's key.
        object: String,
        /// The object's or the field's key.
        key: String,
    },
    /// The object would have more than [`MAX_FIELDS`] fields.
    #[error("`{object}` would have more than {MAX_FIELDS} fields")]
    TooManyFields {
        /// The object's key.
        object: String,
    },
    /// The object's table has no room for another column.
    #[error("`{object}` would have more than {} columns, those of dropped fields and of keys included", columns::MAX_COLUMNS)]
    TooManyColumns {
        /// The object's key.
        object: String,
    },
    /// A record's value does not exist in the new type.
    #[error("the value of record {record} cannot be converted")]
    Unconvertible {
        /// The record.
        record: uuid::Uuid,
    },
    /// Live records already agree in fields that must be unique.
    #[error("`{object}` has duplicates in {fields:?}")]
    DuplicateValues {
        /// The object's key.
        object: String,
        /// The fields' keys.
        fields: Vec<String>,
    },
    /// An adopted field has another type than before.
    #[error("`{object}.{field}` is {old}, it cannot become {new}")]
    KindChanged {
        /// The object's key.
        object: String,
        /// The field's key.
        field: String,
        /// The type it has.
        old: &'static str,
        /// The type it was asked to have.
        new: &'static str,
    },
    /// A uniqueness condition does not parse, or is not a plain comparison of own fields with constants.
    #[error("condition: {}", .0.detail)]
    Condition(Problem),
    /// A field type cannot do what was asked, e.g. a unique long text.
    #[error("`{object}.{field}` of type {kind} cannot be unique or sorted")]
    NotIndexable {
        /// The object's key.
        object: String,
        /// The field's key.
        field: String,
        /// The type.
        kind: &'static str,
    },
}
