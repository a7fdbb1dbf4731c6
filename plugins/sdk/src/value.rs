//! Values: making them from Rust types, and reading them back from lists of fields.

use crate::date::Date;
use crate::{Decimal, Field, RecordRef, Value};

impl Value {
    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text or option code, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is an integer.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The exact number: a decimal, or an integer with scale 0.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Decimal(text) => Decimal::parse(text).ok(),
            Self::Int(number) => Some(Decimal::new(i128::from(*number), 0)),
            _ => None,
        }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// The date, if it is one.
    pub fn as_date(&self) -> Option<Date> {
        match self {
            Self::Date(text) => Date::parse(text),
            _ => None,
        }
    }

    /// The record it points to, if it is a reference.
    pub fn as_ref_to(&self) -> Option<&RecordRef> {
        match self {
            Self::Ref(target) => Some(target),
            _ => None,
        }
    }
}

impl RecordRef {
    /// A record by its object's key and its id.
    pub fn new(object: impl Into<String>, id: impl Into<String>) -> Self {
        Self { object: object.into(), id: id.into() }
    }
}

impl Field {
    /// A key with its value.
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Decimal(number.to_string())
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Date(date.to_string())
    }
}

impl From<RecordRef> for Value {
    fn from(target: RecordRef) -> Self {
        Self::Ref(target)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Reading fields by key. A field that is missing reads as null.
pub trait Fields {
    /// The fields themselves.
    fn fields(&self) -> &[Field];

    /// The value, null if the field is not here.
    fn value(&self, key: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.fields().iter().find(|field| field.key == key).map_or(NULL, |field| &field.value)
    }

    /// True if the field is null or not here.
    fn is_blank(&self, key: &str) -> bool {
        self.value(key).is_null()
    }

    /// The text or option code.
    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).as_text()
    }

    /// The integer.
    fn int(&self, key: &str) -> Option<i64> {
        self.value(key).as_int()
    }

    /// The exact number.
    fn decimal(&self, key: &str) -> Option<Decimal> {
        self.value(key).as_decimal()
    }

    /// The truth value.
    fn bool(&self, key: &str) -> Option<bool> {
        self.value(key).as_bool()
    }

    /// The date.
    fn date(&self, key: &str) -> Option<Date> {
        self.value(key).as_date()
    }

    /// The record a reference points to.
    fn reference(&self, key: &str) -> Option<&RecordRef> {
        self.value(key).as_ref_to()
    }
}

impl Fields for [Field] {
    fn fields(&self) -> &[Field] {
        self
    }
}

impl Fields for Vec<Field> {
    fn fields(&self) -> &[Field] {
        self
    }
}

impl Fields for crate::host::Row {
    fn fields(&self) -> &[Field] {
        &self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_in() {
        let fields = vec![
            Field::new("name", "华"),
            Field::new("count", 3),
            Field::new("amount", Decimal::new(149_975, 2)),
            Field::new("on", Date::parse("2026-11-22")),
            Field::new("none", None::<&str>),
        ];
        assert_eq!(fields.text("name"), Some("华"));
        assert_eq!(fields.int("count"), Some(3));
        assert_eq!(fields.decimal("amount").map(|d| d.to_string()).as_deref(), Some("1499.75"));
        assert_eq!(fields.value("on"), &Value::Date("2026-11-22".to_owned()));
        assert!(fields.is_blank("none") && fields.is_blank("absent"));
    }
}
