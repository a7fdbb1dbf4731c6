//! [`Syntax`] to [`Expr`]: names are resolved, literals take the other side's type.
//!
//! This file has the conditions; `operand` reads one side of a comparison and `compare` brings two sides together.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::cases::is_plain;
use super::compare::compare;
use super::kinds::{kind_of, literal_kind};
use super::lines::{any_line, contains};
use super::operand::{Operand, not_pushable, read_operand, unknown_call};
use super::period::is_period;
use super::scope::{Scope, Use, budget, size};
use super::words::words;
use super::{CompareOp, Expr, Syntax, SyntaxKind, plan_number};
use crate::meta::{FieldKind, Object, Schema};
use crate::problem::Problem;
use crate::text::normal_key;
use crate::value::Value;

/// What names mean while an expression is checked.
#[derive(Clone, Copy, Debug)]
pub struct Bindings<'a> {
    /// The tenant's metadata.
    pub schema: &'a Schema,
    /// The object whose fields stand without a prefix.
    pub object: &'a Object,
    /// `me`: the acting user.
    pub me: Option<Uuid>,
    /// `today` in the tenant's zone.
    pub today: NaiveDate,
    /// `now`.
    pub now: DateTime<Utc>,
    /// The tenant's zone, for instants written as dates.
    pub zone: chrono_tz::Tz,
}

/// Checks a condition that a database can answer. All problems at once: `field.unknown`, `field.type`, `field.option`, `filter.not_pushable`, each with its position.
pub fn check_condition(syntax: &Syntax, bindings: &Bindings<'_>) -> Result<Expr, Vec<Problem>> {
    check_for(syntax, bindings, Use::Filter)
}

/// Checks a condition that somebody asks of a database now: as [`check_condition`], and `field.contains("…")`, which the search answers.
pub fn check_question(syntax: &Syntax, bindings: &Bindings<'_>) -> Result<Expr, Vec<Problem>> {
    check_for(syntax, bindings, Use::Question)
}

/// Checks a condition that is evaluated for one record at a time (validations, guards, conditions of fields): the whole language, also what
/// no database answers. All problems at once: `field.unknown`, `field.type`, `field.option`, `expression.not_allowed`, each with its position.
pub fn check_rule(syntax: &Syntax, bindings: &Bindings<'_>) -> Result<Expr, Vec<Problem>> {
    check_for(syntax, bindings, Use::Rule).map_err(not_about_filters)
}

fn check_for(syntax: &Syntax, bindings: &Bindings<'_>, usage: Use) -> Result<Expr, Vec<Problem>> {
    let (budget, mut problems) = (budget(), Vec::new());
    let expr = Checker::new(Scope::new(bindings, usage, &budget), &mut problems).condition(syntax);
    if problems.is_empty() { Ok(expr) } else { Err(problems) }
}

/// Rules and formulas are no filters; what cannot be said there has a code of its own.
pub(super) fn not_about_filters(problems: Vec<Problem>) -> Vec<Problem> {
    let renamed = |problem: Problem| match problem.code.as_str() {
        "filter.not_pushable" => Problem { code: "expression.not_allowed".into(), ..problem },
        _ => problem,
    };
    problems.into_iter().map(renamed).collect()
}

/// Checks a number expression; returns it with the scale of its result, which is [`super::NumberPlan::scale`].
///
/// The result of each row is rounded half away from zero to that scale: the widest money field's if there is one (the minor unit),
/// else as many digits as the result can need, at most 8.
pub fn check_number(syntax: &Syntax, bindings: &Bindings<'_>) -> Result<(Expr, u8), Vec<Problem>> {
    let (budget, mut problems) = (budget(), Vec::new());
    let Some(operand) = read_operand(syntax, Scope::new(bindings, Use::Filter, &budget), &mut problems) else {
        return Err(problems);
    };
    let expr = operand.into_number(syntax.position).map_err(|p| vec![p])?;
    if !is_plain(&expr) {
        let detail = "a measure takes fields, constants and + - * /; let a formula field hold what is chosen or rounded";
        return Err(vec![not_pushable(syntax.position, "computed", detail)]);
    }
    let plan = plan_number(&expr).map_err(|p| vec![p.at(syntax.position)])?;
    Ok((expr, plan.scale))
}

pub(super) struct Checker<'a, 'p> {
    scope: Scope<'a>,
    problems: &'p mut Vec<Problem>,
}

impl<'a, 'p> Checker<'a, 'p> {
    pub(super) fn new(scope: Scope<'a>, problems: &'p mut Vec<Problem>) -> Self {
        Self { scope, problems }
    }

    /// Notes the problem; what is returned is never used then.
    fn refuse(&mut self, problem: Problem) -> Expr {
        self.problems.push(problem);
        Expr::always(false)
    }

    pub(super) fn condition(&mut self, syntax: &Syntax) -> Expr {
        match &syntax.kind {
            SyntaxKind::Bool(truth) => Expr::always(*truth),
            SyntaxKind::Not(inner) => not(self.condition(inner)),
            SyntaxKind::Binary("&&", ..) => and(self.chain("&&", syntax)),
            SyntaxKind::Binary("||", ..) => or(self.chain("||", syntax)),
            SyntaxKind::Binary("in", left, right) => self.membership(left, right),
            SyntaxKind::Binary(operator, left, right) => match CompareOp::parse(operator) {
                Some(op) => self.comparison(op, left, right),
                None => self.not_a_condition(syntax),
            },
            SyntaxKind::Conditional(condition, yes, no) => self.conditional(condition, yes, no),
            SyntaxKind::Call(Some(target), name, arguments) if name == "startsWith" => self.starts_with(target, arguments, syntax.position),
            SyntaxKind::Call(Some(target), name, arguments) if name == "contains" && self.scope.is_question() => {
                words(target, arguments, syntax.position, self.scope).unwrap_or_else(|problem| self.refuse(problem))
            }
            SyntaxKind::Call(Some(target), name, arguments) if name == "exists" || name == "all" => {
                match any_line(target, name == "all", arguments, syntax.position, self.scope, self.problems) {
                    Some(condition) => condition,
                    None => Expr::always(false),
                }
            }
            _ => self.not_a_condition(syntax),
        }
    }

    /// `a && b && c`: leans to the left and may be long, so it is walked in a loop.
    fn chain(&mut self, operator: &str, syntax: &Syntax) -> Vec<Expr> {
        let mut parts = Vec::new();
        let mut first = syntax;
        while let SyntaxKind::Binary(same, left, right) = &first.kind
            && *same == operator
        {
            parts.push(right.as_ref());
            first = left;
        }
        parts.push(first);
        parts.into_iter().rev().map(|part| self.condition(part)).collect()
    }

    /// A bool field alone; everything else that is no condition is refused.
    fn not_a_condition(&mut self, syntax: &Syntax) -> Expr {
        let Some(operand) = read_operand(syntax, self.scope, self.problems) else {
            return Expr::always(false);
        };
        match operand {
            Operand::Field(path) if path.kind == FieldKind::Bool => {
                Expr::Compare(CompareOp::Equal, Box::new(Expr::Field(path)), Box::new(Expr::Literal(Value::Bool(true))))
            }
            other => {
                let side = (other, syntax.position);
                let kind = match kind_of(&side) {
                    Ok(kind) => kind.or_else(|| literal_kind(&side.0)),
                    Err(problem) => return self.refuse(problem),
                };
                // `coalesce(active, true)`
                if kind == Some(FieldKind::Bool) && matches!(side.0, Operand::Choose(_) | Operand::Coalesce(_)) {
                    let truth = (Operand::Bool(true), syntax.position);
                    return compare(CompareOp::Equal, side, truth, self.scope).unwrap_or_else(|problem| self.refuse(problem));
                }
                let detail = format!("a condition is expected here, found {}; compare it with something", side.0.described());
                self.refuse(Problem::error("field.type", detail).at(syntax.position).with("expected", "bool"))
            }
        }
    }

    fn comparison(&mut self, op: CompareOp, left: &Syntax, right: &Syntax) -> Expr {
        let left_operand = read_operand(left, self.scope, self.problems);
        let right_operand = read_operand(right, self.scope, self.problems);
        let (Some(left_operand), Some(right_operand)) = (left_operand, right_operand) else {
            return Expr::always(false);
        };
        compare(op, (left_operand, left.position), (right_operand, right.position), self.scope)
            .unwrap_or_else(|problem| self.refuse(problem))
    }

    /// `field in [a, b]`: the same as `field == a || field == b`; equal constants of one field become one list.
    fn membership(&mut self, left: &Syntax, right: &Syntax) -> Expr {
        if is_period(right, self.scope) {
            return self.comparison(CompareOp::Equal, left, right);
        }
        let operand = read_operand(left, self.scope, self.problems);
        let SyntaxKind::List(items) = &right.kind else {
            let Some(operand) = operand else { return Expr::always(false) };
            return contains(&(operand, left.position), right, self.scope).unwrap_or_else(|problem| self.refuse(problem));
        };
        let mut values: Vec<Value> = Vec::new();
        let mut others = Vec::new();
        let mut listed = None;
        let is_field = matches!(operand, Some(Operand::Field(_)));
        for item in items {
            let read = read_operand(item, self.scope, self.problems);
            let (Some(operand), Some(read)) = (&operand, read) else {
                continue;
            };
            match compare(CompareOp::Equal, (operand.clone(), left.position), (read, item.position), self.scope) {
                Ok(Expr::Compare(CompareOp::Equal, field, constant)) if is_field => match *constant {
                    Expr::Literal(value) => {
                        if !values.contains(&value) {
                            values.push(value);
                        }
                        listed = Some(field);
                    }
                    constant => others.push(Expr::Compare(CompareOp::Equal, field, Box::new(constant))),
                },
                Ok(other) => others.push(other),
                Err(problem) => self.problems.push(problem),
            }
        }
        if let Some(field) = listed {
            others.push(if let [value] = values.as_slice() {
                Expr::Compare(CompareOp::Equal, field, Box::new(Expr::Literal(value.clone())))
            } else {
                Expr::In(field, values)
            });
        }
        or(others)
    }

    /// `c ? a : b` is `c && a || !c && b`: conditions are never null, so nothing gets lost between the two.
    fn conditional(&mut self, condition: &Syntax, yes: &Syntax, no: &Syntax) -> Expr {
        let position = condition.position;
        let (condition, yes, no) = (self.condition(condition), self.condition(yes), self.condition(no));
        if let Err(problem) = self.scope.spend(size(&condition), position) {
            return self.refuse(problem);
        }
        or(vec![and(vec![condition.clone(), yes]), and(vec![not(condition), no])])
    }

    fn starts_with(&mut self, target: &Syntax, arguments: &[Syntax], position: usize) -> Expr {
        let SyntaxKind::Path(_) = &target.kind else {
            return self.refuse(not_pushable(target.position, "function", "`startsWith` stands behind a field: `name.startsWith(\"A\")`"));
        };
        let operand = read_operand(target, self.scope, self.problems);
        let [Syntax { kind: SyntaxKind::Text(prefix), position: at }] = arguments else {
            return self.refuse(unknown_call(true, "startsWith", arguments.first().map_or(position, |a| a.position)));
        };
        let path = match operand {
            None => return Expr::always(false),
            Some(Operand::Field(path)) if path.kind.has_normal_key() => path,
            Some(other) => {
                let detail = format!("`startsWith` works on fields of type text, email, phone and url, not on {}", other.described());
                return self.refuse(not_pushable(target.position, "function", detail).with("name", "startsWith"));
            }
        };
        if prefix.trim().is_empty() {
            return not(Expr::IsNull(Box::new(Expr::Field(path))));
        }
        if normal_key(&path.kind, prefix).is_empty() {
            let detail = format!("this prefix has nothing that `{}` ({}) is compared by", path.text(), path.kind.name());
            return self.refuse(Problem::error("field.type", detail).at(*at).on(path.text()).with("expected", path.kind.name()));
        }
        Expr::StartsWith(Box::new(Expr::Field(path)), prefix.clone())
    }
}

/// All parts, without those that always hold.
pub(super) fn and(parts: Vec<Expr>) -> Expr {
    let flat = parts.into_iter().flat_map(|part| if let Expr::And(inner) = part { inner } else { vec![part] });
    joined(flat.collect(), true, Expr::And)
}

/// Any part, without those that never hold.
pub(super) fn or(parts: Vec<Expr>) -> Expr {
    let flat = parts.into_iter().flat_map(|part| if let Expr::Or(inner) = part { inner } else { vec![part] });
    joined(flat.collect(), false, Expr::Or)
}

/// `neutral` parts are left out; one opposite part decides alone.
fn joined(mut parts: Vec<Expr>, neutral: bool, join: fn(Vec<Expr>) -> Expr) -> Expr {
    if parts.contains(&Expr::always(!neutral)) {
        return Expr::always(!neutral);
    }
    parts.retain(|part| *part != Expr::always(neutral));
    match parts.len() {
        0 => Expr::always(neutral),
        1 => parts.remove(0),
        _ => join(parts),
    }
}

pub(super) fn not(condition: Expr) -> Expr {
    match condition {
        Expr::Literal(Value::Bool(truth)) => Expr::always(!truth),
        Expr::Not(inner) => *inner,
        other => Expr::Not(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::sample::{check, check_number_scale, check_problems};

    #[test]
    fn conditions_join() {
        check("active", "active == true");
        check("!active && (count > 1 || name == null)", "(not active == true and (count > 1 or name is null))");
        check("true && count > 1", "count > 1");
        check("false || count > 1", "count > 1");
        check("count > 1 && false", "false");
        check("!!(count > 1)", "count > 1");
        check("!true", "false");
        check("active ? count > 1 : count > 2", "((active == true and count > 1) or (not active == true and count > 2))");
        check("active ? true : false", "active == true");
        check("count == 1 && count == 2 && count == 3 || active", "((count == 1 and count == 2 and count == 3) or active == true)");
    }

    #[test]
    fn lists() {
        check("stage in ['open', 'closed', 'open']", "stage in [\"open\", \"closed\"]");
        check("stage in ['open']", "stage == \"open\"");
        check("stage in []", "false");
        check("stage in ['open', null]", "(stage is null or stage == \"open\")");
        check("price in [1, 10.105, 2.5]", "price in [1.00, 2.50]");
        check("price in [10.105]", "false");
        check("owner in [me, '00000000-0000-0000-0000-000000000007']", "owner in [@1, @7]");
        check("me in [owner, parent.owner]", "(owner == @1 or parent.owner == @1)");
        check("count * 2 in [4, 6]", "((count * 2) == 4 or (count * 2) == 6)");
        check("count in [1, price]", "(count == price or count == 1)");
        check("!(due in ['2026-01-31', today])", "not due in [2026-01-31, 2026-03-15]");
    }

    #[test]
    fn prefixes() {
        check("name.startsWith('张')", "name starts \"张\"");
        check("customer.name.startsWith('A')", "customer.name starts \"A\"");
        check("name.startsWith('')", "not name is null");
        check_problems("notes.startsWith('a')", &[("filter.not_pushable", 1)]);
        check_problems("count.startsWith('a')", &[("filter.not_pushable", 1)]);
        check_problems("name.startsWith(1)", &[("filter.not_pushable", 17)]);
        check_problems("name.startsWith('a', 'b')", &[("filter.not_pushable", 17)]);
        check_problems("phone.startsWith('abc')", &[("field.type", 18)]);
        check_problems("'abc'.startsWith('a')", &[("filter.not_pushable", 1)]);
    }

    #[test]
    fn everything_else_says_what_to_use() {
        for text in [
            "name.contains('a')",
            "name.matches('.*')",
            "has(name)",
            "size(name) > 1",
            "size(lines) > 1",
            "lower(name) == 'a'",
            "lines.sum(l, l.qty) > 1",
            "startsWith('a')",
            "foo()",
        ] {
            check_problems(text, &[("filter.not_pushable", 1)]);
        }
        check_problems("count % 2 == 0", &[("filter.not_pushable", 1)]);
        check_problems("name + 'a' == 'b'", &[("field.type", 1)]);
        check_problems("'a' + 'a' == name", &[("filter.not_pushable", 1)]);
        check_problems("(count > 1) == true", &[("filter.not_pushable", 2)]);
        check_problems("count in price", &[("filter.not_pushable", 10)]);
        check_problems("[1] == [1]", &[("filter.not_pushable", 1), ("filter.not_pushable", 8)]);
        check_problems("1 == 1 && 'a' == 'a'", &[("filter.not_pushable", 11)]);
        check_problems("due + 1 > today", &[("filter.not_pushable", 1)]);
        check_problems("amount / count > 1", &[("filter.not_pushable", 10)]);
        check_problems("amount / 0 > 1", &[("field.type", 10)]);
        check_problems("amount / (2 - 2) > 1", &[("field.type", 11)]);
    }

    #[test]
    fn all_problems_at_once() {
        check_problems(
            "nope == 1 && stage == 'gone' && count == 'x' && name.contains('a') || secret == 'a'",
            &[("field.unknown", 1), ("field.option", 23), ("field.type", 42), ("filter.not_pushable", 49), ("field.unknown", 71)],
        );
        check_problems("count", &[("field.type", 1)]);
        check_problems("null", &[("field.type", 1)]);
        check_problems("name && 1", &[("field.type", 1), ("field.type", 9)]);
        check_problems("count > null", &[("field.type", 9)]);
        check_problems("parent.parent.parent.parent.count == 1", &[("field.unknown", 1)]);
        check_problems("count.name == 'a'", &[("field.type", 1)]);
        check_problems("ghost.name == 'a'", &[("field.unknown", 1)]);
        check_problems(&format!("a{} == 1", ".b".repeat(900)), &[("field.unknown", 1)]);
    }

    #[test]
    fn repeated_conditions_stay_bounded() {
        let mut text = "active".to_owned();
        for _ in 0..22 {
            text = format!("({text} ? active : count > 1)");
        }
        let problems = crate::expr::sample::checked(&text).expect_err("too large");
        assert!(problems.iter().all(|p| p.code == "filter.not_pushable" && p.position.is_some()), "{problems:?}");
    }

    #[test]
    fn numbers_have_a_scale() {
        check_number_scale("amount", Ok(2));
        check_number_scale("count", Ok(0));
        check_number_scale("count / 3", Ok(8));
        check_number_scale("count / 4", Ok(2));
        check_number_scale("count / 0.5", Ok(0));
        check_number_scale("count / 2.5", Ok(1));
        check_number_scale("amount * rate / 100", Ok(2));
        check_number_scale("weight * price", Ok(6));
        check_number_scale("weight * weight * price", Ok(8));
        check_number_scale("count + price", Ok(2));
        check_number_scale("-weight", Ok(4));
        check_number_scale("1.5", Ok(1));
        check_number_scale("name", Err("field.type"));
        check_number_scale("count + name", Err("field.type"));
        check_number_scale("count > 1", Err("filter.not_pushable"));
        check_number_scale("count * count * count * count * count", Err("filter.not_pushable"));
        check_number_scale("count + 1234567890123456789", Err("field.type"));
    }
}
