//! How many records a filter finds: counted up to a bound, estimated beyond it, and never at the cost of the page that it stands above.

use guanxi_core::expr::Expr as Rule;
use guanxi_core::meta::Schema;
use guanxi_core::query::{Count, Scopes};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};

use super::scopes::ids_by_part;
use super::{MAIN, Planner, column};
use crate::column::{is_stages, table_name};
use crate::db::present;
use crate::deadline::Work;
use crate::name::SqlName;
use crate::{StoreError, TenantStore};

/// Rows of a sample, first and where that found too few: the second costs some tens of milliseconds.
const SAMPLES: [u64; 2] = [2_000, 20_000];
/// So many matches in a sample are enough to go by: about one part in ten.
const ENOUGH: u64 = 100;

impl TenantStore {
    /// How many records match: exactly up to `exact_to`, beyond it estimated. A count that takes too long is an estimate as well.
    pub async fn count(
        &self,
        schema: &Schema,
        object: &str,
        filter: Option<&Rule>,
        scopes: &Scopes,
        exact_to: u64,
    ) -> Result<Count, StoreError> {
        let mut planner = Planner::new(&self.db, schema, object, scopes)?;
        let condition = filter.map(|f| planner.condition(f)).transpose()?;
        let mut matching = planner.select()?;
        matching.expr_as(Expr::cust("1"), Alias::new("one"));
        if let Some(condition) = condition {
            matching.cond_where(condition);
        }
        let most = Ord::min(exact_to.saturating_add(1), i64::MAX as u64);
        let by_part = match filter {
            None if !is_stages(&planner.object) => ids_by_part(&self.db, schema, &planner.object, scopes.get(object), most)?,
            _ => None,
        };
        let bounded = by_part.unwrap_or_else(|| matching.clone().limit(most).to_owned());
        let least = match self.number_of(schema, bounded).await {
            Ok(value) if value <= exact_to => return Ok(Count { value, exact: true }),
            Ok(_) => exact_to.saturating_add(1),
            Err(StoreError::TooSlow) => 0,
            Err(other) => return Err(other),
        };
        let expected = match self.db.expected_rows(schema.revision, &matching).await? {
            Some(expected) => expected,
            None => self.sampled(schema, &planner, matching).await?,
        };
        Ok(Count { value: Ord::max(rounded(expected), least), exact: false })
    }

    async fn number_of(&self, schema: &Schema, matching: SelectStatement) -> Result<u64, StoreError> {
        let mut outer = Query::select();
        outer.expr(Expr::cust("COUNT(*)")).from_subquery(matching, Alias::new("found"));
        let rows = self.db.fetch_for(Work::Interactive, schema.revision, &outer).await?;
        Ok(present(rows.first().map(|r| r.int(0)).transpose()?.flatten(), "a count")?.unsigned_abs())
    }

    /// SQLite numbers the rows of a table as they come, with gaps where some were purged: how many of some numbers, spread evenly, belong
    /// to a row that matches tells how many do of all.
    async fn sampled(&self, schema: &Schema, planner: &Planner<'_>, matching: SelectStatement) -> Result<u64, StoreError> {
        if is_stages(&planner.object) {
            return Ok(0);
        }
        let mut last = Query::select();
        last.expr(Expr::cust("MAX(rowid)")).from(self.db.table(&table_name(&planner.object)));
        let last = self.db.fetch_for(Work::Interactive, schema.revision, &last).await?;
        let last = last.first().map(|row| row.int(0)).transpose()?.flatten().unwrap_or(0).unsigned_abs();
        let mut estimate = 0;
        for size in SAMPLES {
            let numbers = spread(size, last);
            let taken = Ord::max(numbers.len() as u64, 1);
            let mut sample = matching.clone();
            let chosen = Condition::all().add(column(MAIN, &SqlName::fixed("rowid")).is_in(numbers));
            sample.cond_where(chosen);
            let found = match self.number_of(schema, sample).await {
                // What the smaller sample said must do.
                Err(StoreError::TooSlow) => break,
                found => found?,
            };
            estimate = u64::try_from(u128::from(found) * u128::from(last) / u128::from(taken)).unwrap_or(u64::MAX);
            if found >= ENOUGH || taken == last {
                break;
            }
        }
        Ok(estimate)
    }
}

/// Numbers between 1 and `last`, one from each of `size` equal stretches, at another place in each: data often have a rhythm of their own.
fn spread(size: u64, last: u64) -> Vec<i64> {
    if last <= size {
        return (1..=last).filter_map(|number| i64::try_from(number).ok()).collect();
    }
    let stretch = last / size;
    let place = |nth: u64| (nth.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33) % stretch;
    let number = |nth: u64| u64::try_from(u128::from(nth) * u128::from(last) / u128::from(size)).unwrap_or(u64::MAX) + 1 + place(nth);
    (0..size).filter_map(|nth| i64::try_from(number(nth)).ok()).collect()
}

/// Two digits and zeros: an estimate that shows more would pretend to know them.
fn rounded(number: u64) -> u64 {
    let mut unit = 1u64;
    while number / unit >= 100 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_spread_and_inside() {
        for (size, last) in [(10u64, 0u64), (10, 7), (10, 10), (10, 11), (10, 99), (2_000, 1_000_000), (3, u64::from(u32::MAX))] {
            let numbers = spread(size, last);
            assert_eq!(numbers.len() as u64, Ord::min(size, last), "{size} of {last}");
            assert!(numbers.is_sorted() && numbers.iter().all(|n| (1..=last).contains(&n.unsigned_abs())), "{size} of {last}");
            let mut different = numbers.clone();
            different.dedup();
            assert_eq!(different.len(), numbers.len(), "{size} of {last}");
        }
    }

    #[test]
    fn estimates_have_two_digits() {
        for (number, wanted) in [(0, 0), (7, 7), (99, 99), (101, 100), (10_449, 10_000), (10_501, 11_000), (987_654, 990_000), (996, 1_000)]
        {
            assert_eq!(rounded(number), wanted, "{number}");
        }
    }
}
