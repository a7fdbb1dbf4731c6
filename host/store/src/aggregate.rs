//! Groups with measures, exact on both databases: sums in 128 bits, calendar periods from boundaries computed here.

mod grain;
mod measure;

use std::cmp::Ordering;

use chrono_tz::Tz;
use guanxi_core::meta::{FieldKind, Schema};
use guanxi_core::query::{Aggregate, Grain, Group};
use guanxi_core::text::sort_key;
use guanxi_core::{Decimal, Value};
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement};

use self::grain::Periods;
pub(crate) use self::measure::{MeasurePlan, plan_measure};
use crate::column::{bind, read};
use crate::db::{Db, Dialect, Row};
use crate::planner::Planner;
use crate::{StoreError, TenantStore};

/// Periods with values that are looked up one by one at most.
const MAX_OCCUPIED: usize = 1_000;
/// How often a row that appears outside the periods just computed may start the computation again.
const MAX_ATTEMPTS: usize = 4;

impl TenantStore {
    /// Groups sorted by their keys, nulls last; without group keys exactly one. Sums are [`guanxi_core::query::Cell::Total`]; averages,
    /// smallest and largest are values. Refused with [`StoreError::TooManyGroups`], [`StoreError::TooLarge`], [`StoreError::Unsupported`].
    pub async fn aggregate(&self, schema: &Schema, aggregate: &Aggregate, zone: Tz) -> Result<Vec<Group>, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let mut plan = AggregatePlan::new(&self.db, schema, aggregate)?;
            if !plan.find_periods(&self.db, zone).await? {
                return Ok(Vec::new());
            }
            let rows = match self.db.fetch(schema.revision, &plan.statement(aggregate.limit)?).await {
                // SQLite refuses a sum beyond 64 bits; in halves it is exact, but slower.
                Err(StoreError::TooLarge) if self.dialect() == Dialect::Sqlite => {
                    plan.measures.iter_mut().for_each(MeasurePlan::split_sums);
                    self.db.fetch(schema.revision, &plan.statement(aggregate.limit)?).await?
                }
                answer => answer?,
            };
            if rows.len() > aggregate.limit as usize {
                return Err(StoreError::TooManyGroups { limit: aggregate.limit });
            }
            // `None`: a row was saved in between, in a period that did not exist before.
            let groups = rows.iter().map(|row| plan.read(row)).collect::<Result<Option<Vec<_>>, _>>()?;
            if let Some(mut groups) = groups {
                groups.sort_by(compare_groups);
                return Ok(groups);
            }
        }
        Err(StoreError::Busy)
    }
}

struct Key {
    value: Expr,
    kind: FieldKind,
    grain: Option<Grain>,
    periods: Periods,
}

struct AggregatePlan<'a> {
    planner: Planner<'a>,
    condition: Option<Condition>,
    keys: Vec<Key>,
    measures: Vec<MeasurePlan>,
}

impl<'a> AggregatePlan<'a> {
    fn new(db: &'a Db, schema: &'a Schema, aggregate: &'a Aggregate) -> Result<Self, StoreError> {
        let mut planner = Planner::new(db, schema, &aggregate.object, &aggregate.scopes)?;
        let mut keys = Vec::new();
        for key in &aggregate.group_by {
            let (value, kind) = (planner.value(&key.path)?, key.path.kind.clone());
            if key.grain.is_some() && !matches!(kind, FieldKind::Date | FieldKind::DateTime) {
                return Err(StoreError::Unsupported(format!("periods of `{}`", key.path.text())));
            }
            keys.push(Key { value, kind, grain: key.grain, periods: Periods::default() });
        }
        let measures = aggregate.measures.iter().map(|m| plan_measure(&mut planner, m)).collect::<Result<Vec<_>, _>>()?;
        let condition = aggregate.filter.as_ref().map(|f| planner.condition(f)).transpose()?;
        Ok(Self { planner, condition, keys, measures })
    }

    fn source(&self) -> Result<SelectStatement, StoreError> {
        let mut query = self.planner.select()?;
        if let Some(condition) = &self.condition {
            query.cond_where(condition.clone());
        }
        Ok(query)
    }

    /// Computes the periods between the first and the last value of each key with a grain. Always true but for an impossible answer.
    async fn find_periods(&mut self, db: &Db, zone: Tz) -> Result<bool, StoreError> {
        if self.keys.iter().all(|k| k.grain.is_none()) {
            return Ok(true);
        }
        let mut query = self.source()?;
        for key in self.keys.iter().filter(|k| k.grain.is_some()) {
            query.expr(key.value.clone().min()).expr(key.value.clone().max());
        }
        let rows = db.fetch(self.planner.schema.revision, &query).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let mut at = 0;
        for index in 0..self.keys.len() {
            let key = &self.keys[index];
            if let Some(grain) = key.grain {
                let (first, last) = (read(row, at, &key.kind)?, read(row, at + 1, &key.kind)?);
                self.keys[index].periods = match Periods::between(&first, &last, grain, zone) {
                    Some(periods) => periods,
                    None => self.occupied_periods(db, index, first, grain, zone).await?,
                };
                at += 2;
            }
        }
        Ok(true)
    }

    /// The periods that hold values, found one after the other: where values lie far apart, most periods between them are empty.
    async fn occupied_periods(&self, db: &Db, index: usize, first: Value, grain: Grain, zone: Tz) -> Result<Periods, StoreError> {
        let key = &self.keys[index];
        let instants = matches!(first, Value::Instant(_));
        let (mut starts, mut value) = (Vec::new(), first);
        while let Some((start, end)) = Periods::period_of(&value, grain, zone) {
            starts.push(start);
            if starts.len() > MAX_OCCUPIED {
                return Err(StoreError::Unsupported(format!(
                    "values in more than {MAX_OCCUPIED} periods; filter the range or take a longer period"
                )));
            }
            let mut query = self.source()?;
            query.and_where(key.value.clone().gte(Expr::val(bind(self.planner.dialect(), &key.kind, &end)?)));
            query.expr(key.value.clone().min());
            let rows = db.fetch(self.planner.schema.revision, &query).await?;
            value = rows.first().map_or(Ok(Value::Null), |row| read(row, 0, &key.kind))?;
        }
        Ok(Periods::holding(&starts, instants, grain, zone))
    }

    /// The inner select computes keys and operands once a row; the outer one groups them.
    fn statement(&self, limit: u32) -> Result<SelectStatement, StoreError> {
        let mut inner = self.source()?;
        let mut outer = Query::select();
        for (at, key) in self.keys.iter().enumerate() {
            let name = Alias::new(format!("k{at}"));
            let value = match key.grain {
                Some(_) => key.periods.expression(&key.value, self.planner.dialect())?,
                None => key.value.clone(),
            };
            inner.expr_as(value, name.clone());
            outer.expr(Expr::col(name.clone())).add_group_by([Expr::col(name)]);
        }
        let mut selects_something = !self.keys.is_empty();
        for (at, measure) in self.measures.iter().enumerate() {
            let name = Alias::new(format!("m{at}"));
            if let Some(operand) = &measure.operand {
                inner.expr_as(operand.clone(), name.clone());
                selects_something = true;
            }
            for part in measure.select(&Expr::col(name)) {
                outer.expr(part);
            }
        }
        if !selects_something {
            inner.expr_as(Expr::cust("1"), Alias::new("one"));
        }
        if self.keys.is_empty() && self.measures.is_empty() {
            outer.expr(Expr::cust("COUNT(*)"));
        }
        outer.from_subquery(inner, Alias::new("rows_found"));
        outer.limit(u64::from(limit) + 1);
        Ok(outer)
    }

    fn read(&self, row: &Row) -> Result<Option<Group>, StoreError> {
        let mut group = Group { key: Vec::with_capacity(self.keys.len()), values: Vec::with_capacity(self.measures.len()) };
        for (at, key) in self.keys.iter().enumerate() {
            match key.grain {
                None => group.key.push(read(row, at, &key.kind)?),
                Some(_) => match row.int(at)? {
                    None => group.key.push(Value::Null),
                    Some(index) => match key.periods.first_day(index) {
                        Some(day) => group.key.push(Value::Date(day)),
                        None => return Ok(None),
                    },
                },
            }
        }
        let mut at = self.keys.len();
        for measure in &self.measures {
            group.values.push(measure.read(row, &mut at)?);
        }
        Ok(Some(group))
    }
}

fn compare_groups(left: &Group, right: &Group) -> Ordering {
    left.key.iter().zip(&right.key).map(|(a, b)| compare(a, b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
}

/// Values of one type; texts as lists sort them; nulls last.
fn compare(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Null, Value::Null) => Ordering::Equal,
        (Value::Null, _) => Ordering::Greater,
        (_, Value::Null) => Ordering::Less,
        (Value::Text(a), Value::Text(b)) => sort_key(a).cmp(&sort_key(b)).then_with(|| a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Decimal(a), Value::Decimal(b)) => Decimal::cmp(a, b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        (Value::Ref(a), Value::Ref(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}
