//! The types of fields.

use super::Label;

/// One choice of a select, a multi-select or a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// What is stored: 1 to 60 characters of `a-z`, `0-9`, `_`, `-`, `.`; unique in its list, in a tree too.
    pub code: String,
    /// What people read.
    pub label: Label,
    /// In a tree the code above; `None` at its top and in every other list.
    pub parent: Option<String>,
}

impl SelectOption {
    /// A choice without anything above it.
    pub fn new(code: impl Into<String>, label: Label) -> Self {
        Self { code: code.into(), label, parent: None }
    }
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
    /// Several codes of a value list, kept in the list's order; no value is the empty choice.
    MultiSelect {
        /// The value list, in display order.
        options: Vec<SelectOption>,
    },
    /// A place in a tree of codes, as the path from its top (`[intermediary, retailer]`).
    TreeSelect {
        /// All nodes, each after the one above it.
        options: Vec<SelectOption>,
    },
    /// A whole number of 64 bits.
    Integer,
    /// A length of time in whole seconds, not negative.
    Duration,
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
    /// A record of any object.
    AnyReference,
    /// Several records of another object, in the order in which they were named.
    ManyReference {
        /// The object's key.
        target: String,
    },
    /// The records of a child object that belong to this record (composition). Has no column: it is the other end of the child's
    /// reference to its parent.
    Children {
        /// The child object's key; its [`super::Object::parent`] leads back.
        target: String,
    },
    /// Attached files, as ids of `attachment` records.
    File,
    /// Any JSON up to 64 KiB; not filterable, sortable or unique.
    Json,
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
            Self::MultiSelect { .. } => "multi_select",
            Self::TreeSelect { .. } => "tree_select",
            Self::Duration => "duration",
            Self::Reference { .. } => "reference",
            Self::AnyReference => "any_reference",
            Self::ManyReference { .. } => "many_reference",
            Self::Children { .. } => "children",
            Self::File => "file",
            Self::Json => "json",
        }
    }

    /// Digits after the point of a number type; `None` for everything that is not a number.
    pub fn scale(&self) -> Option<u8> {
        match self {
            Self::Integer | Self::Duration => Some(0),
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

    /// Has a column. Children are found by the child's reference instead.
    pub fn is_stored(&self) -> bool {
        !matches!(self, Self::Children { .. })
    }

    /// Holds several values at once ([`crate::Value::Texts`] or [`crate::Value::Refs`]), so that it has no order and is asked with `in`.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::MultiSelect { .. } | Self::TreeSelect { .. } | Self::ManyReference { .. } | Self::File)
    }

    /// The value list of a select, multi-select or tree, else empty.
    pub fn options(&self) -> &[SelectOption] {
        match self {
            Self::Select { options } | Self::MultiSelect { options } | Self::TreeSelect { options } => options,
            _ => &[],
        }
    }

    /// The object that a reference, a many-reference or children lead to.
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::Reference { target } | Self::ManyReference { target } | Self::Children { target } => Some(target),
            _ => None,
        }
    }
}
