//! A field: one typed column, with everything that is declared about it.

use super::{FieldKind, Label, Origin, SelectOption};
use crate::query::MeasureFn;
use crate::value::Value;

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
    /// Kept by the host, not written by anyone: a formula, a roll-up or a number sequence. `kind` is the type of its result.
    pub computed: Option<Computed>,
    /// When the field is shown, required or closed.
    pub conditions: Conditions,
    /// How a text must look: `0` a digit, `A` a letter, `*` any character, everything else as written (`\\` before a literal 0, A, *).
    pub mask: Option<String>,
    /// The part of the form and of the record's page where it stands.
    pub group: Option<Label>,
    /// Its values tell where they come from, in the companion field `<key>_source`.
    pub sourced: bool,
    /// Its words are found by the search; counts for texts only.
    pub searchable: bool,
}

/// How the host keeps a computed field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Computed {
    /// An expression over the same record; evaluated on every save, stored.
    Formula {
        /// CEL, deterministic and time-free.
        expression: String,
    },
    /// A figure over the records that refer to this one; stored, brought up to date with every save of theirs.
    RollUp(RollUp),
    /// The next number of a series, given once when the record is made; numbers are not given twice, gaps are possible.
    Sequence {
        /// `RO{yyyy}{MM}-{0000}`: `{yyyy}`, `{yy}`, `{MM}`, `{dd}` in the tenant's zone; zeros are the counter's least digits. The counter
        /// starts anew with each period that the format names.
        format: String,
    },
}

/// A figure over the records that refer to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollUp {
    /// The object whose records are counted; a child object or any that refers here.
    pub object: String,
    /// Its reference field that leads here.
    pub reference: String,
    /// What is done.
    pub function: MeasureFn,
    /// Over which of its fields; `None` only for a count.
    pub field: Option<String>,
    /// Which of them count: CEL over the same record, without hops.
    pub condition: Option<String>,
}

/// Conditions (CEL over the same record) under which a field changes how it behaves. The server applies them on every path, forms at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Shown only where it holds; elsewhere nothing asks for it, its value is kept.
    pub show: Option<String>,
    /// Required where it holds (and shown).
    pub require: Option<String>,
    /// Not to be changed where it holds for the record as stored.
    pub read_only: Option<String>,
}

impl Field {
    /// An optional, writable field of the host without anything else declared; the store gives it its id.
    pub fn new(key: impl Into<String>, label: Label, kind: FieldKind) -> Self {
        Self {
            id: 0,
            key: key.into(),
            label,
            kind,
            required: false,
            unique: false,
            indexed: false,
            read_only: false,
            default: None,
            help: None,
            origin: Origin::Host,
            hidden: false,
            computed: None,
            conditions: Conditions::default(),
            mask: None,
            group: None,
            sourced: false,
            searchable: true,
        }
    }

    /// The type as declared: `formula`, `roll_up`, `sequence`, or the name of its kind.
    pub fn type_name(&self) -> &'static str {
        match self.computed {
            Some(Computed::Formula { .. }) => "formula",
            Some(Computed::RollUp(_)) => "roll_up",
            Some(Computed::Sequence { .. }) => "sequence",
            None => self.kind.name(),
        }
    }

    /// Has a column of its own.
    pub fn is_stored(&self) -> bool {
        self.kind.is_stored()
    }

    /// Nobody writes it: read-only, or kept by the host.
    pub fn is_closed(&self) -> bool {
        self.read_only || self.computed.is_some()
    }

    /// One of the fields that every record has (id, owner, …).
    pub fn is_system(&self) -> bool {
        self.id == 0
    }

    /// The value list of a select, multi-select or tree, else empty.
    pub fn options(&self) -> &[SelectOption] {
        self.kind.options()
    }

    /// The object that a single reference points to; not the targets of many-references and children.
    pub fn target(&self) -> Option<&str> {
        match &self.kind {
            FieldKind::Reference { target } => Some(target),
            _ => None,
        }
    }
}
