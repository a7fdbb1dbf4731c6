//! One group key: what is selected for it, and how the answer becomes a value.

use chrono_tz::Tz;
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{GroupKey, Parts, bucket_key};
use guanxi_core::{Decimal, Value};
use sea_query::{Expr, ExprTrait};

use super::grain::{Length, Periods, place_between};
use crate::StoreError;
use crate::column::{bind, read};
use crate::db::{Dialect, Row};
use crate::planner::Planner;

/// More steps than this between the least and the greatest value are refused.
const MAX_STEPS: i128 = 5_000;

/// One key in a plan.
pub(super) struct Key {
    /// The value of one row.
    pub(super) value: Expr,
    pub(super) kind: FieldKind,
    pub(super) slots: Slots,
}

/// What belongs together, as far as it is known yet.
pub(super) enum Slots {
    /// Equal values.
    Values,
    /// Periods between the first and the last value, once those are known.
    Periods { length: Length, periods: Periods },
    /// Numbers between edges; `open` where there are buckets before the first and behind the last edge.
    Edges { edges: Vec<Decimal>, open: bool },
    /// Steps, until the least and the greatest value are known and they become edges.
    Steps { from: Decimal, width: Decimal },
}

impl Key {
    pub(super) fn new(planner: &mut Planner<'_>, key: &GroupKey) -> Result<Self, StoreError> {
        let (value, kind) = (planner.value(&key.path)?, key.path.kind.clone());
        let unsupported = |what: &str| StoreError::Unsupported(format!("{what} of `{}`", key.path.text()));
        let is_date = matches!(kind, FieldKind::Date | FieldKind::DateTime);
        let slots = match &key.parts {
            Parts::Values => Slots::Values,
            Parts::Periods { grain, first_month } if is_date => {
                Slots::Periods { length: Length { grain: *grain, first_month: *first_month }, periods: Periods::default() }
            }
            Parts::Edges(edges) if kind.scale().is_some() && edges.is_sorted() && !edges.is_empty() => {
                Slots::Edges { edges: edges.clone(), open: true }
            }
            Parts::Steps { from, width } if kind.scale().is_some() && width.units > 0 => Slots::Steps { from: *from, width: *width },
            Parts::Periods { .. } => return Err(unsupported("periods")),
            Parts::Edges(_) | Parts::Steps { .. } => return Err(unsupported("buckets")),
        };
        Ok(Self { value, kind, slots })
    }

    /// The least and the greatest value must be known before it can be grouped.
    pub(super) fn needs_range(&self) -> bool {
        matches!(self.slots, Slots::Periods { .. } | Slots::Steps { .. })
    }

    /// Takes the range of the values. `false` where the periods are too many to be listed: then the caller looks for those that hold values.
    pub(super) fn range(&mut self, first: &Value, last: &Value, zone: Tz) -> Result<bool, StoreError> {
        match &mut self.slots {
            Slots::Periods { length, periods } => match Periods::between(first, last, *length, zone) {
                Some(found) => *periods = found,
                None => return Ok(false),
            },
            Slots::Steps { from, width } => {
                let edges = steps(*from, *width, first, last)?;
                self.slots = Slots::Edges { edges, open: false };
            }
            Slots::Values | Slots::Edges { .. } => {}
        }
        Ok(true)
    }

    /// What rows are grouped by: the value, or the number of its slot.
    pub(super) fn expression(&self, dialect: Dialect) -> Result<Expr, StoreError> {
        Ok(match &self.slots {
            Slots::Values => self.value.clone(),
            Slots::Periods { periods, .. } => place_between(&self.value, &periods.boundaries(dialect)),
            Slots::Edges { edges, .. } => {
                let boundary = |edge: &Decimal| Ok(Expr::val(bind(dialect, &self.kind, &self.number(*edge))?));
                place_between(&self.value, &edges.iter().map(boundary).collect::<Result<Vec<_>, StoreError>>()?)
            }
            Slots::Steps { .. } => return Err(StoreError::Unsupported("steps without a range".into())),
        })
    }

    /// What [`Self::expression`] gives for a group, compared with its column.
    pub(super) fn is(&self, column: &Expr, value: &Value, dialect: Dialect) -> Result<Expr, StoreError> {
        if value.is_null() {
            return Ok(column.clone().is_null());
        }
        let place = match (&self.slots, value) {
            (Slots::Values, _) => return Ok(column.clone().eq(Expr::val(bind(dialect, &self.kind, value)?))),
            (Slots::Periods { periods, .. }, Value::Date(day)) => periods.place_of(*day),
            (Slots::Edges { edges, .. }, _) => (-1..=edges.len() as i64).find(|place| self.bucket(edges, *place) == *value),
            _ => None,
        };
        // A slot that no row is in any more.
        Ok(place.map_or_else(crate::planner::never, |place| column.clone().eq(place)))
    }

    /// The key of a group; `None` for a slot that was not there when the range was looked at.
    pub(super) fn read(&self, row: &Row, at: usize) -> Result<Option<Value>, StoreError> {
        if let Slots::Values = self.slots {
            return Ok(Some(read(row, at, &self.kind)?));
        }
        let Some(place) = row.int(at)? else { return Ok(Some(Value::Null)) };
        Ok(match &self.slots {
            Slots::Periods { periods, .. } => periods.first_day(place).map(Value::Date),
            Slots::Edges { edges, open } => {
                let inside = place >= 0 && place + 1 < edges.len() as i64;
                (*open || inside).then(|| self.bucket(edges, place))
            }
            Slots::Values | Slots::Steps { .. } => None,
        })
    }

    fn bucket(&self, edges: &[Decimal], place: i64) -> Value {
        let edge = |place: i64| usize::try_from(place).ok().and_then(|place| edges.get(place)).copied();
        bucket_key(edge(place), edge(place + 1), self.kind.is_decimal())
    }

    fn number(&self, edge: Decimal) -> Value {
        if self.kind.is_decimal() { Value::Decimal(edge) } else { Value::Int(edge.units) }
    }
}

/// The edges of all steps from the one of the least to the one of the greatest value.
fn steps(from: Decimal, width: Decimal, first: &Value, last: &Value) -> Result<Vec<Decimal>, StoreError> {
    let units = |value: &Value| match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Decimal(number) => Some(i128::from(number.units)),
        _ => None,
    };
    let (Some(first), Some(last)) = (units(first), units(last)) else { return Ok(Vec::new()) };
    let (start, width_units) = (i128::from(from.units), i128::from(width.units));
    let begin = start + (first - start).div_euclid(width_units) * width_units;
    let count = (last - begin).div_euclid(width_units) + 1;
    if count > MAX_STEPS {
        return Err(StoreError::Unsupported(format!("values in more than {MAX_STEPS} steps; take a greater width")));
    }
    let edge =
        |n: i128| i64::try_from(begin + n * width_units).map(|units| Decimal::new(units, width.scale)).map_err(|_| StoreError::TooLarge);
    (0..=count).map(edge).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;

    #[test]
    fn steps_cover_the_values() {
        let check = |from: i64, width: i64, first: i64, last: i64, wanted: &[i64]| {
            let edges = steps(Decimal::new(from, 0), Decimal::new(width, 0), &Value::Int(first), &Value::Int(last)).unwrap();
            assert_eq!(edges.iter().map(|e| e.units).collect::<Vec<_>>(), wanted, "{from} {width} {first} {last}");
        };
        check(0, 10, 0, 25, &[0, 10, 20, 30]);
        check(0, 10, -1, 10, &[-10, 0, 10, 20]);
        check(5, 10, 4, 5, &[-5, 5, 15]);
        assert_eq!(steps(Decimal::new(0, 0), Decimal::new(1, 0), &Value::Null, &Value::Null).unwrap(), []);
        assert!(steps(Decimal::new(0, 0), Decimal::new(1, 0), &Value::Int(i64::MIN), &Value::Int(i64::MAX)).is_err());
    }
}
