//! Periods around today: `due in this_month`, `created_at < last_week`, `due in next_days(7)`. Like `today` they are known when the expression
//! is checked: what is compared are the days (in the tenant's zone: the instants) at which they begin and end.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::check::not;
use super::constant::day_bounds;
use super::operand::{Operand, Side, not_pushable};
use super::scope::{Scope, Use};
use super::{CompareOp, Expr, FieldPath, Syntax, SyntaxKind};
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::query::{Grain, period_end, period_start};
use crate::value::Value;

/// The most days of `last_days` and `next_days`: a hundred years.
const MAX_DAYS: u32 = 36_525;

/// Whole days, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    start: NaiveDate,
    /// The first day behind it.
    end: NaiveDate,
}

/// A constant that is a day or a period, by its name.
pub(super) fn named(name: &str, today: NaiveDate) -> Option<Operand> {
    let day = |day: Option<NaiveDate>| day.map(Operand::Date);
    match name {
        "today" => return Some(Operand::Date(today)),
        "yesterday" => return day(today.pred_opt()),
        "tomorrow" => return day(today.succ_opt()),
        _ => {}
    }
    let (which, grain) = name.split_once('_')?;
    let grain = Grain::parse(grain).filter(|grain| *grain != Grain::Day)?;
    let this = period_start(today, grain, 1);
    let start = match which {
        "this" => this,
        "last" => period_start(this.pred_opt()?, grain, 1),
        "next" => period_end(this, grain)?,
        _ => return None,
    };
    Some(Operand::Period(Period { start, end: period_end(start, grain)? }))
}

/// Whether a name or a function means something else tomorrow, or for somebody else: what is kept must be checked again each time.
pub fn is_changing(name: &str) -> bool {
    matches!(name, "me" | "now" | "last_days" | "next_days") || named(name, NaiveDate::default()).is_some()
}

/// `last_days(30)`: the days that end with today; `next_days(7)`: those that begin with it.
pub(super) fn called(name: &str, arguments: &[Syntax], position: usize, scope: Scope<'_>) -> Result<Operand, Problem> {
    if scope.usage == Use::Formula {
        return Err(super::scope::not_the_same_tomorrow(name).at(position));
    }
    let days = match arguments {
        [Syntax { kind: SyntaxKind::Number(digits), .. }] => digits.parse::<u32>().ok().filter(|days| (1..=MAX_DAYS).contains(days)),
        _ => None,
    };
    let today = scope.bindings.today;
    let period = days.and_then(|days| {
        let others = Days::new(u64::from(days - 1));
        let tomorrow = today.succ_opt()?;
        Some(match name {
            "last_days" => Period { start: today.checked_sub_days(others)?, end: tomorrow },
            _ => Period { start: today, end: tomorrow.checked_add_days(others)? },
        })
    });
    period.map(Operand::Period).ok_or_else(|| {
        let detail = format!("`{name}` takes a whole number of days from 1 to {MAX_DAYS}, such as `{name}(30)`");
        Problem::error("field.type", detail).at(position).with("reason", "arguments")
    })
}

/// Whether something behind `in` is a period rather than a list or a field.
pub(super) fn is_period(syntax: &Syntax, scope: Scope<'_>) -> bool {
    match &syntax.kind {
        SyntaxKind::Path(names) => match names.as_slice() {
            [name] if !scope.is_line(name) => matches!(named(name, scope.bindings.today), Some(Operand::Period(_))),
            _ => false,
        },
        SyntaxKind::Call(None, name, _) => matches!(name.as_str(), "last_days" | "next_days"),
        _ => false,
    }
}

/// A date or an instant beside a period: within it, before it, behind it. `right` is the period.
pub(super) fn compare_period(op: CompareOp, (left, at): Side, period: Period, position: usize, zone: Tz) -> Result<Expr, Problem> {
    match left {
        Operand::Field(path) if path.kind == FieldKind::Date => {
            let (start, end) = (Value::Date(period.start), Value::Date(period.end));
            Ok(within(op, &path, start, end))
        }
        Operand::Field(path) if path.kind == FieldKind::DateTime => {
            let (start, end) = period.instants(zone).map_err(|problem| problem.at(position).on(path.text()))?;
            Ok(within(op, &path, Value::Instant(start), Value::Instant(end)))
        }
        Operand::Date(day) => Ok(Expr::always(period.holds(op, day))),
        Operand::Instant(instant) => Ok(Expr::always(period.holds(op, instant.with_timezone(&zone).date_naive()))),
        Operand::Period(_) => Err(not_pushable(at.min(position), "constants", "one side of a comparison must be a field")),
        other => {
            let detail = format!("found {}, expected a date or a time beside a period", other.described());
            Err(Problem::error("field.type", detail).at(at).with("expected", "date"))
        }
    }
}

impl Period {
    fn instants(&self, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), Problem> {
        Ok((day_bounds(self.start, zone)?.0, day_bounds(self.end, zone)?.0))
    }

    fn holds(&self, op: CompareOp, day: NaiveDate) -> bool {
        match op {
            CompareOp::Equal => self.start <= day && day < self.end,
            CompareOp::NotEqual => day < self.start || self.end <= day,
            CompareOp::Less => day < self.start,
            CompareOp::LessOrEqual => day < self.end,
            CompareOp::Greater => self.end <= day,
            CompareOp::GreaterOrEqual => self.start <= day,
        }
    }
}

/// The same as with a single day beside an instant: `<=` is up to its end, `>` after its end.
fn within(op: CompareOp, path: &FieldPath, start: Value, end: Value) -> Expr {
    let bound = |op, value: &Value| Expr::Compare(op, Box::new(Expr::Field(path.clone())), Box::new(Expr::Literal(value.clone())));
    match op {
        CompareOp::Less => bound(CompareOp::Less, &start),
        CompareOp::LessOrEqual => bound(CompareOp::Less, &end),
        CompareOp::Greater => bound(CompareOp::GreaterOrEqual, &end),
        CompareOp::GreaterOrEqual => bound(CompareOp::GreaterOrEqual, &start),
        CompareOp::Equal | CompareOp::NotEqual => {
            let inside = Expr::And(vec![bound(CompareOp::GreaterOrEqual, &start), bound(CompareOp::Less, &end)]);
            if op == CompareOp::Equal { inside } else { not(inside) }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::sample::{check, check_problems, checked_formula, checked_rule, shown};

    /// Today is Sunday, 15 March 2026; the zone is eight hours before UTC.
    #[test]
    fn periods_have_their_days() {
        for (period, first, behind) in [
            ("this_week", "2026-03-09", "2026-03-16"),
            ("last_week", "2026-03-02", "2026-03-09"),
            ("next_week", "2026-03-16", "2026-03-23"),
            ("this_month", "2026-03-01", "2026-04-01"),
            ("last_month", "2026-02-01", "2026-03-01"),
            ("next_month", "2026-04-01", "2026-05-01"),
            ("this_quarter", "2026-01-01", "2026-04-01"),
            ("last_quarter", "2025-10-01", "2026-01-01"),
            ("next_quarter", "2026-04-01", "2026-07-01"),
            ("this_year", "2026-01-01", "2027-01-01"),
            ("last_year", "2025-01-01", "2026-01-01"),
            ("next_year", "2027-01-01", "2028-01-01"),
            ("last_days(1)", "2026-03-15", "2026-03-16"),
            ("last_days(30)", "2026-02-14", "2026-03-16"),
            ("next_days(1)", "2026-03-15", "2026-03-16"),
            ("next_days(7)", "2026-03-15", "2026-03-22"),
        ] {
            let inside = format!("(due >= {first} and due < {behind})");
            check(&format!("due in {period}"), &inside);
            check(&format!("due == {period}"), &inside);
            check(&format!("{period} == due"), &inside);
            check(&format!("due != {period}"), &format!("not {inside}"));
            check(&format!("!(due in {period})"), &format!("not {inside}"));
            check(&format!("due < {period}"), &format!("due < {first}"));
            check(&format!("due <= {period}"), &format!("due < {behind}"));
            check(&format!("due > {period}"), &format!("due >= {behind}"));
            check(&format!("{period} <= due"), &format!("due >= {first}"));
        }
        check("due == yesterday || due > tomorrow + 1", "(due == 2026-03-14 or due > 2026-03-17)");
        check("due in [yesterday, last_week]", "((due >= 2026-03-02 and due < 2026-03-09) or due == 2026-03-14)");
    }

    #[test]
    fn instants_follow_the_zone() {
        check("at in this_month", "(at >= 2026-02-28T16:00:00Z and at < 2026-03-31T16:00:00Z)");
        check("at < last_days(7)", "at < 2026-03-08T16:00:00Z");
        check("at >= next_year", "at >= 2026-12-31T16:00:00Z");
        check("today in this_week && now in last_days(1)", "true");
        check("today in last_week || yesterday > this_month", "false");
        check("lines.exists(l, due in this_year)", "any lines ((thing.due >= 2026-01-01 and thing.due < 2027-01-01))");
        assert!(checked_rule("due in this_month").is_ok_and(|rule| shown(&rule).contains("2026-04-01")));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for (text, code, position) in [
            ("name in this_week", "field.type", 1),
            ("count > this_month", "field.type", 1),
            ("this_week == last_week", "filter.not_pushable", 1),
            ("due in last_days(0)", "field.type", 8),
            ("due in last_days(-1)", "field.type", 8),
            ("due in last_days(1.5)", "field.type", 8),
            ("due in last_days(count)", "field.type", 8),
            ("due in next_days(36526)", "field.type", 8),
            ("due in next_days()", "field.type", 8),
            ("due > this_week + 1", "field.type", 7),
            ("due in this_day", "field.unknown", 8),
            ("due in last_century", "field.unknown", 8),
            ("coalesce(due, this_week) == today", "field.type", 1),
            ("(active ? this_week : due) == today", "field.type", 2),
        ] {
            check_problems(text, &[(code, position)]);
        }
        for formula in ["due in this_month", "due in last_days(3)"] {
            let problems = checked_formula(formula).expect_err(formula);
            assert_eq!(problems[0].code, "expression.not_allowed", "{problems:?}");
        }
    }
}
