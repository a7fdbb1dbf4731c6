//! Where an evaluation takes a record's values from.

use super::{FieldPath, Lines};
use crate::value::Value;

/// Reads one field of the record at hand; `Null` where a reference on the way leads nowhere.
pub type FieldReader<'a> = dyn Fn(&FieldPath) -> Value + 'a;

/// A record as rules and formulas see it: its fields, and the child records that belong to it.
pub trait Source {
    /// The field at the end of a path; `Null` where a reference on the way leads nowhere.
    fn value(&self, path: &FieldPath) -> Value;

    /// The live child records under a children field, as they will be after the save. Paths asked of a child start at the child's object;
    /// what the child reads of its parent is answered by the parent's source and never asked of the child.
    fn children(&self, field: &FieldPath) -> Vec<Box<dyn Source + '_>>;
}

/// A plain reader as a record without children.
pub(super) struct Plain<'a, 'b>(pub(super) &'a FieldReader<'b>);

impl Source for Plain<'_, '_> {
    fn value(&self, path: &FieldPath) -> Value {
        (self.0)(path)
    }

    fn children(&self, _: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        Vec::new()
    }
}

/// A child, with its parent's fields at hand.
pub(super) struct LineSource<'a> {
    pub(super) line: Box<dyn Source + 'a>,
    pub(super) record: &'a dyn Source,
    pub(super) lines: &'a Lines,
}

impl Source for LineSource<'_> {
    fn value(&self, path: &FieldPath) -> Value {
        if path.hops.first() != Some(&self.lines.up) {
            return self.line.value(path);
        }
        let above = FieldPath { hops: path.hops[1..].to_vec(), ..path.clone() };
        self.record.value(&above)
    }

    fn children(&self, field: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        self.line.children(field)
    }
}
