//! One declared expression, parsed and checked once; what it reads is known before it is asked.

use chrono::{DateTime, NaiveDate};
use guanxi_core::Problem;
use guanxi_core::expr::{
    Bindings, Expr, FieldPath, Source, Syntax, SyntaxKind, check_rule, evaluate_condition_with, fields_of, is_changing, parse, paths_of,
};
use guanxi_core::meta::{Object, Schema};

use crate::engine::Ctx;

/// A condition over one record.
#[derive(Debug)]
pub(in crate::engine) struct Condition {
    /// Keys of the record's own fields that it reads, also those from which it goes on to other records.
    pub reads: Vec<String>,
    /// What it reads of other records: over references, from the record or from its lines.
    pub hops: Vec<FieldPath>,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Checked(Expr),
    /// It asks who acts or what day it is, so that its constants are known at the save only.
    Changing(Syntax),
    /// It was fine when it was declared; a field of it has gone since.
    Broken(String),
}

impl Condition {
    /// Reads a condition that was checked when it was declared.
    pub(in crate::engine) fn compile(text: &str, schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Self {
        Self::check(text, schema, object, zone).unwrap_or_else(|problems| {
            let mut reads = Vec::new();
            if let Ok(syntax) = parse(text) {
                paths(&syntax, &mut |names, _| reads.extend(names.first().cloned()));
            }
            Self { reads, hops: Vec::new(), form: Form::Broken(first_detail(problems)) }
        })
    }

    /// The same, with all that is wrong with it.
    pub(in crate::engine) fn check(text: &str, schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Result<Self, Vec<Problem>> {
        let syntax = parse(text).map_err(|problem| vec![problem])?;
        let checked = check_rule(&syntax, &timeless(schema, object, zone))?;
        let reads = fields_of(&checked).into_iter().collect();
        let hops = paths_of(&checked).into_iter().filter(|path| !path.hops.is_empty()).collect();
        let form = if changing(&syntax).is_empty() { Form::Checked(checked) } else { Form::Changing(syntax) };
        Ok(Self { reads, hops, form })
    }

    /// Whether it holds; the reason where it can no longer be read.
    pub(in crate::engine) fn holds(&self, ctx: &Ctx, object: &Object, record: &dyn Source) -> Result<bool, String> {
        match &self.form {
            Form::Checked(expr) => Ok(evaluate_condition_with(expr, record)),
            Form::Changing(syntax) => {
                let schema = &ctx.snapshot.schema;
                let zone = ctx.tenant.zone;
                let bindings = Bindings { schema, object, me: ctx.actor.user, today: ctx.today(), now: ctx.now, zone };
                check_rule(syntax, &bindings).map(|expr| evaluate_condition_with(&expr, record)).map_err(first_detail)
            }
            Form::Broken(why) => Err(why.clone()),
        }
    }
}

fn first_detail(problems: Vec<Problem>) -> String {
    problems.into_iter().next().map_or_else(String::new, |problem| problem.detail)
}

/// Bindings for expressions whose meaning does not depend on a moment or a person.
pub(in crate::engine) fn timeless<'a>(schema: &'a Schema, object: &'a Object, zone: chrono_tz::Tz) -> Bindings<'a> {
    Bindings { schema, object, me: None, today: NaiveDate::default(), now: DateTime::default(), zone }
}

/// Where an expression asks who acts or what time it is: positions, with the name.
pub(in crate::engine) fn changing(syntax: &Syntax) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    paths(syntax, &mut |names, position| {
        if let [name] = names
            && is_changing(name)
        {
            found.push((position, name.clone()));
        }
    });
    found
}

/// Where an expression leaves the record: positions, with the path as written.
pub(in crate::engine) fn leaving(syntax: &Syntax, object: &Object) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    paths(syntax, &mut |names, position| {
        if names.len() > 1 && object.field(&names[0]).is_some() {
            found.push((position, names.join(".")));
        }
    });
    found
}

/// Every path that an expression names, in the order of the text.
fn paths(syntax: &Syntax, found: &mut dyn FnMut(&[String], usize)) {
    // Long chains of && lean to the left, so the tree is walked with a list instead of the call stack.
    let mut open = vec![syntax];
    while let Some(part) = open.pop() {
        match &part.kind {
            SyntaxKind::Path(names) => found(names, part.position),
            SyntaxKind::List(items) => open.extend(items.iter().rev()),
            SyntaxKind::Not(inner) | SyntaxKind::Negate(inner) => open.push(inner),
            SyntaxKind::Binary(_, left, right) => open.extend([right.as_ref(), left.as_ref()]),
            SyntaxKind::Conditional(condition, yes, no) => open.extend([no.as_ref(), yes.as_ref(), condition.as_ref()]),
            SyntaxKind::Call(target, name, arguments) => {
                if target.is_none() && is_changing(name) {
                    found(std::slice::from_ref(name), part.position);
                }
                open.extend(arguments.iter().rev());
                open.extend(target.as_deref());
            }
            SyntaxKind::Null | SyntaxKind::Bool(_) | SyntaxKind::Number(_) | SyntaxKind::Text(_) => {}
        }
    }
}
