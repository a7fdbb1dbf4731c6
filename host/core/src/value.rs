//! One value of one field, the same on both databases, in expressions and on the way to a plugin.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::decimal::Decimal;

/// A field's value. Which variant a field holds is decided by its [`crate::meta::FieldKind`]; `Null` fits all.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value. An empty text is stored as this.
    Null,
    /// text, long_text, email, phone, url; the option's code of a select.
    Text(String),
    /// integer, duration (seconds).
    Int(i64),
    /// decimal, percent (60 % is 60.00), money.
    Decimal(Decimal),
    /// bool.
    Bool(bool),
    /// A civil date, without zone.
    Date(NaiveDate),
    /// An instant, in microseconds precision.
    Instant(DateTime<Utc>),
    /// The id of the record that a reference points to.
    Ref(Uuid),
    /// multi_select: codes in the list's order; tree_select: the path from the top. Never empty: that is `Null`.
    Texts(Vec<String>),
    /// many_reference, file: ids without doubles, in the order given. Never empty: that is `Null`.
    Refs(Vec<Uuid>),
    /// any_reference.
    AnyRef {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// json: its text, with keys in the order given and no white space.
    Json(String),
}

impl Value {
    /// True for [`Value::Null`].
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The referenced id, if it is one.
    pub fn as_ref_id(&self) -> Option<Uuid> {
        match self {
            Self::Ref(id) => Some(*id),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
