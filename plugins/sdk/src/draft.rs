//! Drafts and verdicts: what a hook gets, and what it answers.

use crate::value::Fields;
use crate::{Field, Problem, Severity, Value};

pub use crate::bindings::before_save::guanxi::hooks::hook_types::{ChangeOp, Draft, Verdict};

/// Reading a draft reads the new values: `draft.text("status")`.
impl Fields for Draft {
    fn fields(&self) -> &[Field] {
        &self.new
    }
}

impl Draft {
    /// A new record, for tests.
    pub fn create(object: &str, fields: Vec<Field>) -> Self {
        Self {
            op: ChangeOp::Create,
            object: object.to_owned(),
            id: "01900000-0000-7000-8000-000000000001".to_owned(),
            old: Vec::new(),
            new: fields,
        }
    }

    /// A changed record, for tests.
    pub fn update(object: &str, old: Vec<Field>, new: Vec<Field>) -> Self {
        Self { op: ChangeOp::Update, old, ..Self::create(object, new) }
    }

    /// The value before the save; null for a new record.
    pub fn old_value(&self, key: &str) -> &Value {
        self.old.value(key)
    }

    /// True if this save changes the field; for a new record, if the field is filled.
    pub fn changed(&self, key: &str) -> bool {
        self.old.value(key) != self.new.value(key)
    }

    /// True for a record that does not exist yet.
    pub fn is_new(&self) -> bool {
        self.op == ChangeOp::Create
    }

    /// True if the record is about to be deleted; then only old values are here.
    pub fn is_deletion(&self) -> bool {
        self.op == ChangeOp::Delete
    }
}

impl Verdict {
    /// Agrees and changes nothing.
    pub fn accept() -> Self {
        Self { problems: Vec::new(), set: Vec::new() }
    }

    /// Sets a field of the record. Setting a field to the value that it has is harmless.
    pub fn set(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.set.push(Field::new(key, value));
        self
    }

    /// Adds a problem; one of severity `error` refuses the record.
    pub fn problem(mut self, problem: Problem) -> Self {
        self.problems.push(problem);
        self
    }
}

impl Problem {
    /// Refuses the record. The code begins with the plugin's prefix and a dot; the manifest has its words.
    pub fn error(code: &str) -> Self {
        Self { code: code.to_owned(), severity: Severity::Error, field: None, params: Vec::new() }
    }

    /// Refuses the record until the person confirms.
    pub fn confirm(code: &str) -> Self {
        Self { severity: Severity::Confirm, ..Self::error(code) }
    }

    /// Lets the record pass and tells the person.
    pub fn info(code: &str) -> Self {
        Self { severity: Severity::Info, ..Self::error(code) }
    }

    /// The field it is about.
    pub fn field(mut self, key: &str) -> Self {
        self.field = Some(key.to_owned());
        self
    }

    /// Fills a `{key}` place of the message.
    pub fn param(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.params.push(Field::new(key, value));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_seen() {
        let draft = Draft::update("thing", vec![Field::new("a", 1), Field::new("b", 1)], vec![Field::new("a", 1), Field::new("b", 2)]);
        assert!(!draft.changed("a") && draft.changed("b") && !draft.is_new());
        assert!(Draft::create("thing", vec![Field::new("a", 1)]).changed("a"));
    }
}
