//! Two sides of a comparison brought to one type, exactly.
//!
//! A literal never changes the field's meaning: `price < 10.105` on two decimals becomes `price <= 10.10`, `price == 10.105` is never true.

use chrono_tz::Tz;

use super::cases::{compare_chosen, is_chosen};
use super::check::not;
use super::constant::{Constant, constant_for, day_bounds};
use super::operand::{NumberLiteral, Operand, Side, not_pushable};
use super::period::compare_period;
use super::scope::Scope;
use super::{CompareOp, Expr, FieldPath, plan_difference, plan_number};
use crate::decimal::Decimal;
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::value::Value;

/// The largest units of a stored decimal: 18 digits.
const DECIMAL_LIMIT: i128 = 999_999_999_999_999_999;

/// The condition that a comparison means, constants folded.
pub(super) fn compare(op: CompareOp, mut left: Side, mut right: Side, scope: Scope<'_>) -> Result<Expr, Problem> {
    let zone = scope.bindings.zone;
    match (left, right) {
        ((Operand::Period(period), position), other) => return compare_period(op.flipped(), other, period, position, zone),
        (other, (Operand::Period(period), position)) => return compare_period(op, other, period, position, zone),
        (known_left, known_right) => (left, right) = (known_left, known_right),
    }
    if is_chosen(&left.0) || is_chosen(&right.0) {
        return compare_chosen(op, &left, &right, scope);
    }
    compare_plain(op, left, right, zone)
}

/// The same for sides that are no choices.
pub(super) fn compare_plain(op: CompareOp, left: Side, right: Side, zone: Tz) -> Result<Expr, Problem> {
    match (left, right) {
        ((Operand::Null, position), other) | (other, (Operand::Null, position)) => compare_null(op, other, position),
        ((Operand::Field(a), at), (Operand::Field(b), _)) => compare_fields(op, a, b, at),
        ((left, at), (right, right_at)) if left.is_number() && right.is_number() => compare_numbers(op, (left, at), (right, right_at)),
        ((Operand::Field(path), at), (right, position)) => compare_field(op, path, at, right, position, zone),
        ((left, position), (Operand::Field(path), at)) => compare_field(op.flipped(), path, at, left, position, zone),
        (left, right) => compare_constants(op, left, right, zone),
    }
}

fn compare_null(op: CompareOp, (operand, at): Side, position: usize) -> Result<Expr, Problem> {
    if op.is_ordering() {
        return Err(Problem::error("field.type", "null has no order; use == null or != null").at(position));
    }
    let is_null = match operand {
        Operand::Null | Operand::User(None) => Expr::always(true),
        Operand::Field(path) => Expr::IsNull(Box::new(Expr::Field(path))),
        Operand::Arithmetic(expr) => {
            plan_number(&expr).map_err(|p| p.at(at))?;
            Expr::IsNull(Box::new(expr))
        }
        _ => Expr::always(false),
    };
    Ok(if op == CompareOp::Equal { is_null } else { not(is_null) })
}

fn compare_fields(op: CompareOp, left: FieldPath, right: FieldPath, position: usize) -> Result<Expr, Problem> {
    let same = match (&left.kind, &right.kind) {
        (FieldKind::Reference { target: a }, FieldKind::Reference { target: b }) => a == b,
        (a, b) => a.name() == b.name() || (a.scale().is_some() && b.scale().is_some()),
    };
    if !same {
        let kind = |path: &FieldPath| match &path.kind {
            FieldKind::Reference { target } => format!("reference to {target}"),
            kind => kind.name().to_owned(),
        };
        let detail = format!("`{}` ({}) and `{}` ({}) cannot be compared", left.text(), kind(&left), right.text(), kind(&right));
        return Err(Problem::error("field.type", detail).at(position).on(left.text()));
    }
    check_order(op, &left, position)?;
    check_single(&left, position)?;
    Ok(Expr::Compare(op, Box::new(Expr::Field(left)), Box::new(Expr::Field(right))))
}

/// Refuses fields that hold several things, or things of any shape.
fn check_single(path: &FieldPath, position: usize) -> Result<(), Problem> {
    let advice = match &path.kind {
        FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } => format!("ask with `\"code\" in {}`", path.text()),
        FieldKind::ManyReference { .. } | FieldKind::File => format!("ask with `\"id\" in {}`", path.text()),
        FieldKind::Json | FieldKind::Children { .. } => "it can only be compared with null".into(),
        _ => return Ok(()),
    };
    let detail = format!("`{}` ({}) cannot be compared; {advice}", path.text(), path.kind.name());
    Err(not_pushable(position, "list", detail).on(path.text()))
}

/// Refuses `<` and its like where the type has no order.
fn check_order(op: CompareOp, path: &FieldPath, position: usize) -> Result<(), Problem> {
    let ordered = match path.kind {
        FieldKind::LongText | FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. } => false,
        FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } | FieldKind::ManyReference { .. } | FieldKind::File => false,
        FieldKind::AnyReference | FieldKind::Children { .. } | FieldKind::Json => false,
        FieldKind::Text { .. } | FieldKind::Email | FieldKind::Phone | FieldKind::Url => true,
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } => true,
        FieldKind::Date | FieldKind::DateTime | FieldKind::Duration => true,
    };
    if ordered || !op.is_ordering() {
        return Ok(());
    }
    let detail = format!("`{}` ({}) has no order; use ==, != or `in`", path.text(), path.kind.name());
    Err(Problem::error("field.type", detail).at(position).on(path.text()).with("reason", "order"))
}

/// Numbers on both sides, not both fields.
fn compare_numbers(op: CompareOp, left: Side, right: Side) -> Result<Expr, Problem> {
    match (left, right) {
        ((Operand::Field(path), _), (Operand::Number(literal), _)) => Ok(compare_number(op, path, &literal)),
        ((Operand::Number(literal), _), (Operand::Field(path), _)) => Ok(compare_number(op.flipped(), path, &literal)),
        ((left, at), (right, right_at)) => {
            let (left, right) = (left.into_number(at)?, right.into_number(right_at)?);
            let difference = plan_difference(&left, &right).map_err(|p| p.at(at))?;
            if difference.operands.is_empty() {
                let units = difference.terms.iter().map(|t| t.coefficient).sum::<i128>();
                return Ok(Expr::always(op.holds(Some(units.cmp(&0)))));
            }
            Ok(Expr::Compare(op, Box::new(left), Box::new(right)))
        }
    }
}

/// A number field against a literal of any length and precision.
fn compare_number(op: CompareOp, path: FieldPath, literal: &NumberLiteral) -> Expr {
    let scale = path.kind.scale().unwrap_or(0);
    let (min, max) = if path.kind.is_decimal() { (-DECIMAL_LIMIT, DECIMAL_LIMIT) } else { (i128::from(i64::MIN), i128::from(i64::MAX)) };
    let (floor, exact) = literal_floor(literal, scale);
    let not_null = |path: FieldPath| not(Expr::IsNull(Box::new(Expr::Field(path))));
    // Not a value that the field can hold: no field equals it, and the order is that of its neighbours.
    if !exact || floor < min || floor > max {
        let above = floor >= max;
        let below = floor < min;
        return match op {
            CompareOp::Equal => Expr::always(false),
            CompareOp::NotEqual => Expr::always(true),
            CompareOp::Less | CompareOp::LessOrEqual if above => not_null(path),
            CompareOp::Less | CompareOp::LessOrEqual if below => Expr::always(false),
            CompareOp::Less | CompareOp::LessOrEqual => compare_units(CompareOp::LessOrEqual, path, floor, scale),
            CompareOp::Greater | CompareOp::GreaterOrEqual if above => Expr::always(false),
            CompareOp::Greater | CompareOp::GreaterOrEqual if below => not_null(path),
            CompareOp::Greater | CompareOp::GreaterOrEqual => compare_units(CompareOp::Greater, path, floor, scale),
        };
    }
    compare_units(op, path, floor, scale)
}

fn compare_units(op: CompareOp, path: FieldPath, units: i128, scale: u8) -> Expr {
    let units = i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX });
    let value = if path.kind.is_decimal() { Value::Decimal(Decimal::new(units, scale)) } else { Value::Int(units) };
    Expr::Compare(op, Box::new(Expr::Field(path)), Box::new(Expr::Literal(value)))
}

/// The largest number of units that is not above the literal, and whether it is the literal itself. Huge literals stay huge.
fn literal_floor(literal: &NumberLiteral, scale: u8) -> (i128, bool) {
    let scale = usize::from(scale);
    let (units, exact) = if literal.whole.len() + scale > 30 {
        (10i128.pow(30), true)
    } else {
        let kept = &literal.fraction[..literal.fraction.len().min(scale)];
        let digits = format!("0{}{kept:0<scale$}", literal.whole);
        // At most 31 digits, so this parses.
        (digits.parse().unwrap_or(i128::MAX), literal.fraction.len() <= scale)
    };
    match (literal.negative, exact) {
        (false, _) => (units, exact),
        (true, true) => (-units, true),
        (true, false) => (-units - 1, false),
    }
}

fn compare_field(op: CompareOp, path: FieldPath, at: usize, literal: Operand, position: usize, zone: Tz) -> Result<Expr, Problem> {
    check_order(op, &path, at)?;
    check_single(&path, at)?;
    let constant = constant_for(&path.kind, &literal, zone).map_err(|p| p.at(position).on(path.text()))?;
    let field = |path: FieldPath| Box::new(Expr::Field(path));
    Ok(match constant {
        Constant::Nobody => Expr::always(op == CompareOp::NotEqual),
        Constant::Empty => match op {
            CompareOp::Equal => Expr::IsNull(field(path)),
            CompareOp::Less | CompareOp::LessOrEqual => Expr::always(false),
            CompareOp::NotEqual | CompareOp::Greater | CompareOp::GreaterOrEqual => not(Expr::IsNull(field(path))),
        },
        Constant::Value(value) => Expr::Compare(op, field(path), Box::new(Expr::Literal(value))),
        Constant::Day(day) => {
            let (start, end) = day_bounds(day, zone).map_err(|p| p.at(position).on(path.text()))?;
            let bound = |op, instant| Expr::Compare(op, field(path.clone()), Box::new(Expr::Literal(Value::Instant(instant))));
            match op {
                CompareOp::Less => bound(CompareOp::Less, start),
                CompareOp::LessOrEqual => bound(CompareOp::Less, end),
                CompareOp::Greater => bound(CompareOp::GreaterOrEqual, end),
                CompareOp::GreaterOrEqual => bound(CompareOp::GreaterOrEqual, start),
                CompareOp::Equal | CompareOp::NotEqual => {
                    let inside = Expr::And(vec![bound(CompareOp::GreaterOrEqual, start), bound(CompareOp::Less, end)]);
                    if op == CompareOp::Equal { inside } else { not(inside) }
                }
            }
        }
    })
}

/// Both sides are constants: `today > "2026-01-01"`.
fn compare_constants(op: CompareOp, left: Side, right: Side, zone: Tz) -> Result<Expr, Problem> {
    let kind = |operand: &Operand| match operand {
        Operand::Date(_) => Some(FieldKind::Date),
        Operand::Instant(_) => Some(FieldKind::DateTime),
        Operand::User(_) => Some(FieldKind::Reference { target: "user".into() }),
        _ => None,
    };
    let Some(kind) = kind(&left.0).or_else(|| kind(&right.0)) else {
        return Err(not_pushable(left.1, "constants", "one side of a comparison must be a field"));
    };
    let order = |side: &Side| constant_for(&kind, &side.0, zone).map_err(|p| p.at(side.1));
    match (order(&left)?, order(&right)?) {
        (Constant::Value(Value::Date(a)), Constant::Value(Value::Date(b))) => Ok(Expr::always(op.holds(Some(a.cmp(&b))))),
        (Constant::Value(Value::Instant(a)), Constant::Value(Value::Instant(b))) => Ok(Expr::always(op.holds(Some(a.cmp(&b))))),
        (Constant::Value(Value::Ref(a)), Constant::Value(Value::Ref(b))) if !op.is_ordering() => {
            Ok(Expr::always(op.holds(Some(a.cmp(&b)))))
        }
        (Constant::Nobody, _) | (_, Constant::Nobody) if !op.is_ordering() => Ok(Expr::always(op == CompareOp::NotEqual)),
        _ => Err(not_pushable(left.1, "constants", "one side of a comparison must be a field")),
    }
}

#[cfg(test)]
mod tests {
    use crate::expr::sample::{check, check_problems};

    #[test]
    fn numbers_take_the_fields_scale_exactly() {
        for (text, wanted) in [
            ("price == 10.1", "price == 10.10"),
            ("10.1 < price", "price > 10.10"),
            ("price == 10.105", "false"),
            ("price != 10.105", "true"),
            ("price < 10.105", "price <= 10.10"),
            ("price <= 10.105", "price <= 10.10"),
            ("price > 10.105", "price > 10.10"),
            ("price >= 10.105", "price > 10.10"),
            ("price < -10.105", "price <= -10.11"),
            ("price > -10.105", "price > -10.11"),
            ("price == -0.0", "price == 0.00"),
            ("price > 0.00000000000000000000000000000000001", "price > 0.00"),
            ("price < 9999999999999999999999999999999999", "not price is null"),
            ("price >= 9999999999999999999999999999999999", "false"),
            ("price > -9999999999999999999999999999999999", "not price is null"),
            ("price == 9999999999999999999999999999999999", "false"),
            ("price != -9999999999999999999999999999999999", "true"),
            ("price <= 9999999999999999.99", "price <= 9999999999999999.99"),
            ("price < 9999999999999999.995", "not price is null"),
            ("price > 9999999999999999.995", "false"),
            ("price > -9999999999999999.995", "not price is null"),
            ("count > 50", "count > 50"),
            ("count > 50.5", "count > 50"),
            ("count == 50.0", "count == 50"),
            ("count == 9223372036854775807", "count == 9223372036854775807"),
            ("count == -9223372036854775808", "count == -9223372036854775808"),
            ("count < 9223372036854775808", "not count is null"),
            ("count > -9223372036854775809", "not count is null"),
            ("rate >= 60", "rate >= 60.00"),
            ("count < price", "count < price"),
            ("amount > price * count", "amount > (price * count)"),
            ("amount * rate / 100 > 1000", "((amount * rate) / 100) > 1000"),
            ("1 + 1 == 2", "true"),
            ("0.1 + 0.2 == 0.3", "true"),
            ("1 / 3 * 3 < 1", "false"),
            ("count + 0 == null", "(count + 0) is null"),
            ("- count < 3", "-count < 3"),
        ] {
            check(text, wanted);
        }
    }

    #[test]
    fn texts_dates_and_references_take_the_fields_type() {
        for (text, wanted) in [
            ("name == 'Acme'", "name == \"Acme\""),
            ("name == ''", "name is null"),
            ("name != '  '", "not name is null"),
            ("name > ''", "not name is null"),
            ("name <= ''", "false"),
            ("name < 'b'", "name < \"b\""),
            ("stage != 'open'", "stage != \"open\""),
            ("stage == ''", "stage is null"),
            ("due >= '2026-01-31'", "due >= 2026-01-31"),
            ("due > today - 30", "due > 2026-02-13"),
            ("due <= today + 7", "due <= 2026-03-22"),
            ("at < '2026-01-31 08:30'", "at < 2026-01-31T00:30:00Z"),
            ("at < '2026-01-31T08:30:00Z'", "at < 2026-01-31T08:30:00Z"),
            ("at <= now", "at <= 2026-03-15T04:00:00Z"),
            ("at == '2026-01-31'", "(at >= 2026-01-30T16:00:00Z and at < 2026-01-31T16:00:00Z)"),
            ("at != today", "not (at >= 2026-03-14T16:00:00Z and at < 2026-03-15T16:00:00Z)"),
            ("at <= '2026-01-31'", "at < 2026-01-31T16:00:00Z"),
            ("at < '2026-01-31'", "at < 2026-01-30T16:00:00Z"),
            ("at > '2026-01-31'", "at >= 2026-01-31T16:00:00Z"),
            ("at >= '2026-01-31'", "at >= 2026-01-30T16:00:00Z"),
            ("owner == me", "owner == @1"),
            ("me != owner", "owner != @1"),
            ("owner == null", "owner is null"),
            ("null != owner", "not owner is null"),
            ("customer.id == '00000000-0000-0000-0000-000000000007'", "customer.id == @7"),
            ("customer == parent.customer", "customer == parent.customer"),
            ("owner.manager == me", "owner.manager == @1"),
            ("active != false", "active != false"),
            ("name == customer.name", "name == customer.name"),
            ("today > '2026-01-01'", "true"),
            ("me == null", "false"),
            ("null == null", "true"),
            ("me == '00000000-0000-0000-0000-000000000001'", "true"),
        ] {
            check(text, wanted);
        }
    }

    #[test]
    fn types_that_do_not_meet() {
        for (text, code, position) in [
            ("name == 1", "field.type", 9),
            ("count == '1'", "field.type", 10),
            ("count == true", "field.type", 10),
            ("active == 1", "field.type", 11),
            ("active < true", "field.type", 1),
            ("stage < 'open'", "field.type", 1),
            ("notes > 'a'", "field.type", 1),
            ("owner > me", "field.type", 1),
            ("stage == '打开'", "field.option", 10),
            ("due == '31/01/2026'", "field.type", 8),
            ("due == now", "field.type", 8),
            ("due == at", "field.type", 1),
            ("at < 'noon'", "field.type", 6),
            ("owner == 'Li Na'", "field.type", 10),
            ("customer == me", "field.type", 13),
            ("customer == owner", "field.type", 1),
            ("name == email", "field.type", 1),
            ("today + 1.5 == due", "field.type", 9),
            ("today * 2 == due", "field.type", 9),
            ("today + 99999999999 == due", "field.type", 9),
            ("name == today", "field.type", 9),
        ] {
            check_problems(text, &[(code, position)]);
        }
    }
}
