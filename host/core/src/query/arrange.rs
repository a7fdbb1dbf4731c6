//! The order of groups, and groups of nothing between them. Pure, because texts are ordered by sort keys that no database computes.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::{Cell, Group, GroupKey, Parts, aggregate::bucket_key, period_end};
use crate::decimal::Decimal;
use crate::text::sort_key;
use crate::value::Value;

/// By what groups are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// A group key, by its place.
    Key(usize),
    /// A measure, by its place.
    Measure(usize),
}

/// One sort key of groups. Nulls come last in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupOrder {
    /// By what.
    pub by: OrderBy,
    /// Largest first.
    pub descending: bool,
}

/// The order of two groups: by what was asked for, then by all keys, so that it is the same every time.
pub fn compare_groups(order: &[GroupOrder], left: &Group, right: &Group) -> Ordering {
    let asked = order.iter().map(|one| match one.by {
        OrderBy::Key(at) => directed(one.descending, left.key.get(at), right.key.get(at), Value::is_null, compare_values),
        OrderBy::Measure(at) => directed(one.descending, left.values.get(at), right.values.get(at), is_null_cell, compare_cells),
    });
    let keys = left.key.iter().zip(&right.key).map(|(a, b)| directed(false, Some(a), Some(b), Value::is_null, compare_values));
    asked.chain(keys).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

fn directed<T>(
    descending: bool,
    left: Option<&T>,
    right: Option<&T>,
    is_null: fn(&T) -> bool,
    compare: fn(&T, &T) -> Ordering,
) -> Ordering {
    let (left, right) = (left.filter(|v| !is_null(v)), right.filter(|v| !is_null(v)));
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some(a), Some(b)) if descending => compare(b, a),
        (Some(a), Some(b)) => compare(a, b),
    }
}

fn is_null_cell(cell: &Cell) -> bool {
    matches!(cell, Cell::Value(Value::Null))
}

/// Values of one type, neither null; texts as lists sort them, buckets by where they begin.
pub fn compare_values(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => sort_key(a).cmp(&sort_key(b)).then_with(|| a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => Decimal::cmp(a, b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        (Value::Texts(a), Value::Texts(b)) => a.cmp(b),
        (Value::AnyRef { object: a, id: x }, Value::AnyRef { object: b, id: y }) => a.cmp(b).then_with(|| x.cmp(y)),
        (Value::Json(a), Value::Json(b)) => beginning(a).cmp(&beginning(b)),
        _ => Ordering::Equal,
    }
}

/// Where a bucket begins, in units; `None`, the least, for the one that is open downwards.
fn beginning(bucket: &str) -> Option<i128> {
    let from = bucket.strip_prefix("{\"from\":")?.split(',').next()?;
    let digits: String = from.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    digits.parse().ok()
}

/// Cells of one measure, neither null.
pub fn compare_cells(left: &Cell, right: &Cell) -> Ordering {
    match (units(left), units(right)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => match (left, right) {
            (Cell::Value(a), Cell::Value(b)) => compare_values(a, b),
            _ => Ordering::Equal,
        },
    }
}

/// A number in the units of its measure, which all its cells share.
fn units(cell: &Cell) -> Option<i128> {
    match cell {
        Cell::Count(count) => Some(i128::from(*count)),
        Cell::Total { units, .. } => Some(*units),
        Cell::Value(Value::Int(number)) => Some(i128::from(*number)),
        Cell::Value(Value::Decimal(number)) => Some(i128::from(number.units)),
        Cell::Value(_) => None,
    }
}

/// Adds the periods and buckets that no row is in, for each key that asks for it: those between the first and the last that are there, of
/// given edges all; in each combination of the other keys that is there. `empty` has what each measure says about nothing. `None` where
/// that makes more than `limit` groups.
pub fn fill_groups(mut groups: Vec<Group>, keys: &[GroupKey], fill: &[bool], empty: &[Cell], limit: usize) -> Option<Vec<Group>> {
    for (at, key) in keys.iter().enumerate().filter(|(at, _)| fill.get(*at).copied().unwrap_or(false)) {
        let mut slots = slots(key, groups.iter().filter_map(|g| g.key.get(at)), limit)?;
        slots.dedup();
        let name = |key: &[Value]| format!("{key:?}");
        let mut there: HashSet<String> = groups.iter().map(|g| name(&g.key)).collect();
        let mut others: Vec<Vec<Value>> = groups.iter().map(|g| g.key.clone()).collect();
        if others.is_empty() && keys.len() == 1 {
            others.push(vec![Value::Null]);
        }
        for other in others {
            for slot in &slots {
                let mut key = other.clone();
                if let Some(place) = key.get_mut(at) {
                    *place = slot.clone();
                }
                if there.insert(name(&key)) {
                    groups.push(Group { key, values: empty.to_vec() });
                    if groups.len() > limit {
                        return None;
                    }
                }
            }
        }
    }
    Some(groups)
}

/// All keys of a parted key, in order.
fn slots<'a>(key: &GroupKey, found: impl Iterator<Item = &'a Value>, limit: usize) -> Option<Vec<Value>> {
    let decimal = key.path.kind.is_decimal();
    let mut found: Vec<&Value> = found.filter(|value| !value.is_null()).collect();
    found.sort_by(|a, b| compare_values(a, b));
    let (first, last) = (found.first(), found.last());
    let mut slots = Vec::new();
    match &key.parts {
        Parts::Values => {}
        Parts::Edges(edges) => {
            let ends = |at: usize| at.checked_sub(1).and_then(|before| edges.get(before)).copied();
            slots.extend((0..=edges.len()).map(|at| bucket_key(ends(at), edges.get(at).copied(), decimal)));
        }
        Parts::Periods { grain, .. } => {
            let (Some(Value::Date(first)), Some(Value::Date(last))) = (first, last) else { return Some(slots) };
            let mut day = *first;
            while day <= *last {
                slots.push(Value::Date(day));
                day = period_end(day, *grain)?;
                if slots.len() > limit {
                    return None;
                }
            }
        }
        Parts::Steps { width, .. } => {
            let begin = |value: Option<&&Value>| match value {
                Some(Value::Json(text)) => beginning(text),
                _ => None,
            };
            let (Some(mut from), Some(last)) = (begin(first), begin(last)) else { return Some(slots) };
            while from <= last {
                let edge = |units: i128| i64::try_from(units).ok().map(|units| Decimal::new(units, width.scale));
                let to = from + i128::from(width.units);
                slots.push(bucket_key(edge(from), edge(to), decimal));
                from = to;
                if slots.len() > limit {
                    return None;
                }
            }
        }
    }
    Some(slots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::FieldPath;
    use crate::meta::FieldKind;
    use crate::query::Grain;

    fn group(key: Value, value: Cell) -> Group {
        Group { key: vec![key], values: vec![value] }
    }

    fn by(by: OrderBy, descending: bool) -> Vec<GroupOrder> {
        vec![GroupOrder { by, descending }]
    }

    #[test]
    fn nulls_stay_last_and_ties_keep_the_order_of_keys() {
        let groups = [
            group("b".into(), Cell::Count(1)),
            group("a".into(), Cell::Count(1)),
            group(Value::Null, Cell::Count(9)),
            group("c".into(), Cell::Value(Value::Null)),
        ];
        for (order, wanted) in [
            (by(OrderBy::Measure(0), true), ["null", "a", "b", "c"]),
            (by(OrderBy::Measure(0), false), ["a", "b", "null", "c"]),
            (by(OrderBy::Key(0), true), ["c", "b", "a", "null"]),
            (Vec::new(), ["a", "b", "c", "null"]),
        ] {
            let mut sorted = groups.to_vec();
            sorted.sort_by(|a, b| compare_groups(&order, a, b));
            let keys: Vec<&str> = sorted.iter().map(|g| g.key[0].as_text().unwrap_or("null")).collect();
            assert_eq!(keys, wanted, "{order:?}");
        }
    }

    #[test]
    fn what_is_missing_between_is_added() {
        let key =
            |kind: FieldKind, parts| GroupKey { path: FieldPath { hops: Vec::new(), object: "o".into(), field: "f".into(), kind }, parts };
        let day = |text: &str| Value::Date(text.parse().expect("a day"));
        let months = key(FieldKind::Date, Parts::Periods { grain: Grain::Month, first_month: 1 });
        let there =
            vec![group(day("2026-01-01"), Cell::Count(2)), group(day("2026-03-01"), Cell::Count(1)), group(Value::Null, Cell::Count(1))];
        let filled = fill_groups(there.clone(), std::slice::from_ref(&months), &[true], &[Cell::Count(0)], 10).expect("few");
        assert_eq!(filled.len(), 4);
        assert!(filled.contains(&group(day("2026-02-01"), Cell::Count(0))));
        assert_eq!(fill_groups(there, &[months], &[true], &[Cell::Count(0)], 3), None);

        let edge = |units| Decimal::new(units, 0);
        let edges = key(FieldKind::Integer, Parts::Edges(vec![edge(5), edge(20)]));
        let filled = fill_groups(Vec::new(), &[edges], &[true], &[Cell::Count(0)], 10).expect("few");
        let keys: Vec<Value> = filled.into_iter().map(|g| g.key[0].clone()).collect();
        assert_eq!(
            keys,
            [(None, Some(5)), (Some(5), Some(20)), (Some(20), None)].map(|(a, b)| bucket_key(a.map(edge), b.map(edge), false))
        );
        assert!(keys.is_sorted_by(|a, b| compare_values(a, b).is_lt()));

        let steps = key(FieldKind::Integer, Parts::Steps { from: edge(0), width: edge(10) });
        let step = |from: i64| bucket_key(Some(edge(from)), Some(edge(from + 10)), false);
        let filled =
            fill_groups(vec![group(step(-10), Cell::Count(1)), group(step(10), Cell::Count(1))], &[steps], &[true], &[Cell::Count(0)], 10);
        assert!(filled.is_some_and(|groups| groups.len() == 3 && groups.contains(&group(step(0), Cell::Count(0)))));
    }
}
