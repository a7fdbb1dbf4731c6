//! What names mean at a place of an expression, and how much one expression may grow while it is checked.

use std::cell::Cell;

use super::operand::{Operand, not_pushable};
use super::path::resolve_names;
use super::period::named;
use super::{Bindings, Expr, FieldPath, Hop};
use crate::meta::{FieldKind, Object};
use crate::problem::Problem;

/// Some things are said in SQL by repeating a part (`c ? a : b` repeats `c`); this bounds what all repetitions of one expression add.
const MAX_REPEATED: usize = 2_000;

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The database answers it.
    Filter,
    /// The same, asked by somebody now: the search may answer too, which is a moment late after changes of metadata.
    Question,
    /// Evaluated for one record when it is saved or shown.
    Rule,
    /// Evaluated for one record, and the same tomorrow and for everybody.
    Formula,
}

/// Where names are looked up.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) bindings: &'a Bindings<'a>,
    pub(super) usage: Use,
    pub(super) line: Option<Line<'a>>,
    /// Nodes that may still be repeated.
    budget: &'a Cell<usize>,
}

/// Inside of `lines.exists(l, …)`: `l` is one of the children.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) variable: &'a str,
    pub(super) child: &'a Object,
    /// From the child to the record.
    pub(super) up: &'a Hop,
}

/// The budget of a new expression.
pub(super) fn budget() -> Cell<usize> {
    Cell::new(MAX_REPEATED)
}

impl<'a> Scope<'a> {
    pub(super) fn new(bindings: &'a Bindings<'a>, usage: Use, budget: &'a Cell<usize>) -> Self {
        Self { bindings, usage, line: None, budget }
    }

    /// For the condition or number of one child.
    pub(super) fn inside<'b>(self, line: Line<'b>) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { bindings: self.bindings, usage: self.usage, line: Some(line), budget: self.budget }
    }

    pub(super) fn is_filter(&self) -> bool {
        matches!(self.usage, Use::Filter | Use::Question)
    }

    /// Asked by somebody now.
    pub(super) fn is_question(&self) -> bool {
        self.usage == Use::Question
    }

    /// Whether a name stands for a line of the record here.
    pub(super) fn is_line(&self, name: &str) -> bool {
        self.line.is_some_and(|line| line.variable == name)
    }

    /// Counts what a repetition adds.
    pub(super) fn spend(&self, nodes: usize, position: usize) -> Result<(), Problem> {
        match self.budget.get().checked_sub(nodes) {
            Some(left) => {
                self.budget.set(left);
                Ok(())
            }
            None => {
                self.budget.set(0);
                Err(not_pushable(position, "too_large", "too many `?:` and choices inside of others; use fewer, or && and ||"))
            }
        }
    }

    /// A constant of the language or a field.
    pub(super) fn operand(&self, names: &[String]) -> Result<Operand, Problem> {
        if let [name] = names
            && !self.is_line(name)
        {
            let bindings = self.bindings;
            let constant = match name.as_str() {
                "me" => Some(Operand::User(bindings.me)),
                "now" => Some(Operand::Instant(bindings.now)),
                _ => named(name, bindings.today),
            };
            if let Some(constant) = constant {
                if self.usage == Use::Formula {
                    return Err(not_the_same_tomorrow(name));
                }
                return Ok(constant);
            }
        }
        let path = self.path(names)?;
        match path.kind {
            FieldKind::Children { .. } => {
                let detail = format!("`{0}` are records of their own; ask for them with `{0}.exists(l, l.field == 1)`", path.text());
                Err(Problem::error("filter.not_pushable", detail).with("reason", "children").on(path.text()))
            }
            FieldKind::Json if self.is_filter() => {
                let detail = format!("`{}` (json) cannot be filtered by", path.text());
                Err(Problem::error("filter.not_pushable", detail).with("reason", "json").on(path.text()))
            }
            _ => Ok(Operand::Field(path)),
        }
    }

    /// A field of the record, of a child, or of what they refer to.
    pub(super) fn path(&self, names: &[String]) -> Result<FieldPath, Problem> {
        let keys: Vec<&str> = names.iter().map(String::as_str).collect();
        let schema = self.bindings.schema;
        let (path, own_hops) = match (self.line, keys.as_slice()) {
            (Some(line), [variable]) if *variable == line.variable => {
                let detail = format!("`{variable}` is a whole record; name one of its fields, such as `{variable}.id`");
                return Err(Problem::error("field.type", detail).with("reason", "line"));
            }
            (Some(line), [variable, rest @ ..]) if *variable == line.variable => {
                let path = resolve_names(rest, schema, line.child)?;
                let upwards = usize::from(path.hops.first() == Some(line.up));
                (path, upwards)
            }
            (Some(line), _) => {
                let mut path = resolve_names(&keys, schema, self.bindings.object)?;
                path.hops.insert(0, line.up.clone());
                (path, 1)
            }
            (None, _) => (resolve_names(&keys, schema, self.bindings.object)?, 0),
        };
        if path.hops.len() > own_hops {
            let shown = names.join(".");
            if self.usage == Use::Formula {
                let detail = format!("a formula reads the record itself and its lines, not what it refers to, as `{shown}` does");
                return Err(Problem::error("filter.not_pushable", detail).with("reason", "reference").with("name", shown));
            }
            if self.is_filter() && self.line.is_some() {
                let detail = format!(
                    "inside of `exists` and `all` a filter reads fields of the line and of the record, not over references as `{shown}`"
                );
                return Err(Problem::error("filter.not_pushable", detail).with("reason", "reference").with("name", shown));
            }
        }
        Ok(path)
    }
}

/// What a formula cannot use.
pub(super) fn not_the_same_tomorrow(name: &str) -> Problem {
    let detail = format!("a formula gives the same result for everybody and at any time, so it cannot use `{name}`");
    Problem::error("filter.not_pushable", detail).with("reason", "not_deterministic").with("name", name.to_owned())
}

/// Nodes of an expression, counting lists by their length.
pub(super) fn size(expr: &Expr) -> usize {
    let mut stack = vec![expr];
    let mut nodes = 0usize;
    while let Some(expr) = stack.pop() {
        nodes += 1;
        match expr {
            Expr::And(parts) | Expr::Or(parts) | Expr::Coalesce(parts) | Expr::Call(_, parts) => stack.extend(parts),
            Expr::Not(inner) | Expr::Negate(inner) | Expr::IsNull(inner) | Expr::AnyLine(_, inner) | Expr::SumLines(_, inner) => {
                stack.push(inner);
            }
            Expr::In(_, values) => nodes += values.len(),
            Expr::Words(paths, _) => nodes += paths.len(),
            Expr::Compare(_, left, right) | Expr::CompareValues { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
                stack.extend([left.as_ref(), right.as_ref()]);
            }
            Expr::Choose { condition, yes, no } => stack.extend([condition.as_ref(), yes.as_ref(), no.as_ref()]),
            Expr::Literal(_) | Expr::Field(_) | Expr::StartsWith(..) | Expr::Contains(..) | Expr::CountLines(_) => {}
        }
    }
    nodes
}
