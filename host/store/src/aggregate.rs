//! Groups with measures, exact on both databases: sums in 128 bits, calendar periods from boundaries computed here.

mod grain;
mod key;
mod measure;
mod statement;

use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::meta::Schema;
use guanxi_core::query::{Aggregate, Group, compare_groups};
use sea_query::{Condition, Expr, ExprTrait, SelectStatement};

use self::grain::Periods;
use self::key::{Key, Slots};
pub(crate) use self::measure::{MeasurePlan, plan_measure};
use crate::column::{bind, read};
use crate::db::{Db, Dialect, Row};
use crate::deadline::Work;
use crate::planner::Planner;
use crate::{StoreError, TenantStore};

/// Periods with values that are looked up one by one at most.
const MAX_OCCUPIED: usize = 1_000;
/// How often a row that appears outside the periods just computed may start the computation again.
const MAX_ATTEMPTS: usize = 4;

impl TenantStore {
    /// Groups sorted by their keys, nulls last; without group keys (or on the level of none) exactly one. Sums are
    /// [`guanxi_core::query::Cell::Total`]; averages, medians, smallest and largest are values. Refused with [`StoreError::TooManyGroups`],
    /// [`StoreError::TooLarge`], [`StoreError::FanOut`], [`StoreError::Unsupported`].
    pub async fn aggregate(&self, schema: &Schema, aggregate: &Aggregate, zone: Tz) -> Result<Vec<Group>, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let mut plan = AggregatePlan::new(&self.db, schema, aggregate)?;
            if !plan.find_ranges(&self.db, zone).await? {
                return Ok(Vec::new());
            }
            let rows = match self.db.fetch_for(Work::Report, schema.revision, &plan.statement(aggregate.limit)?).await {
                // SQLite refuses a sum beyond 64 bits; in halves it is exact, but slower.
                Err(StoreError::TooLarge) if self.dialect() == Dialect::Sqlite => {
                    plan.measures.iter_mut().for_each(MeasurePlan::split_sums);
                    self.db.fetch_for(Work::Report, schema.revision, &plan.statement(aggregate.limit)?).await?
                }
                answer => answer?,
            };
            if rows.len() > aggregate.limit as usize {
                return Err(StoreError::TooManyGroups { limit: aggregate.limit });
            }
            // `None`: a row was saved in between, in a period that did not exist before.
            let groups = rows.iter().map(|row| plan.read(row)).collect::<Result<Option<Vec<_>>, _>>()?;
            if let Some(mut groups) = groups {
                groups.sort_by(|a, b| compare_groups(&[], a, b));
                return Ok(groups);
            }
        }
        Err(StoreError::Busy)
    }
}

struct AggregatePlan<'a> {
    planner: Planner<'a>,
    condition: Option<Condition>,
    keys: Vec<Key>,
    /// The places of the keys that make groups.
    level: Vec<usize>,
    except: &'a [Vec<Value>],
    measures: Vec<MeasurePlan>,
}

impl<'a> AggregatePlan<'a> {
    fn new(db: &'a Db, schema: &'a Schema, aggregate: &'a Aggregate) -> Result<Self, StoreError> {
        let mut planner = Planner::new(db, schema, &aggregate.object, &aggregate.scopes)?;
        aggregate.joins.iter().try_for_each(|join| planner.add_many(join))?;
        let keys = aggregate.group_by.iter().map(|key| Key::new(&mut planner, key)).collect::<Result<Vec<_>, _>>()?;
        let measures = aggregate.measures.iter().map(|m| plan_measure(&mut planner, m)).collect::<Result<Vec<_>, _>>()?;
        let mut condition = aggregate.filter.as_ref().map(|f| planner.condition(f)).transpose()?;
        for related in &aggregate.exists {
            // The filter may be a choice of several, so it stands as a whole beside the others.
            let others = condition.map_or_else(Condition::all, |filter| Condition::all().add(filter));
            condition = Some(others.add(planner.related(related)?));
        }
        let level = match &aggregate.level {
            None => (0..keys.len()).collect(),
            Some(level) if level.iter().all(|at| *at < keys.len()) => level.clone(),
            Some(_) => return Err(StoreError::Unsupported("a level with a key that is not there".into())),
        };
        Ok(Self { planner, condition, keys, level, except: &aggregate.except, measures })
    }

    fn source(&self) -> Result<SelectStatement, StoreError> {
        let mut query = self.planner.select()?;
        if let Some(condition) = &self.condition {
            query.cond_where(condition.clone());
        }
        Ok(query)
    }

    /// Computes the periods and steps between the first and the last value of each key that has them. Always true but for an impossible
    /// answer.
    async fn find_ranges(&mut self, db: &Db, zone: Tz) -> Result<bool, StoreError> {
        let wanted: Vec<usize> = (0..self.keys.len()).filter(|at| self.is_used(*at) && self.keys[*at].needs_range()).collect();
        if wanted.is_empty() {
            return Ok(true);
        }
        let mut query = self.source()?;
        for at in &wanted {
            query.expr(self.keys[*at].value.clone().min()).expr(self.keys[*at].value.clone().max());
        }
        let rows = db.fetch_for(Work::Report, self.planner.schema.revision, &query).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        for (place, at) in wanted.into_iter().enumerate() {
            let kind = self.keys[at].kind.clone();
            let (first, last) = (read(row, place * 2, &kind)?, read(row, place * 2 + 1, &kind)?);
            if !self.keys[at].range(&first, &last, zone)? {
                let found = self.occupied_periods(db, at, first, zone).await?;
                if let Slots::Periods { periods, .. } = &mut self.keys[at].slots {
                    *periods = found;
                }
            }
        }
        Ok(true)
    }

    /// A key that makes groups, or by which groups are left out.
    fn is_used(&self, at: usize) -> bool {
        !self.except.is_empty() || self.level.contains(&at)
    }

    /// The periods that hold values, found one after the other: where values lie far apart, most periods between them are empty.
    async fn occupied_periods(&self, db: &Db, at: usize, first: Value, zone: Tz) -> Result<Periods, StoreError> {
        let key = &self.keys[at];
        let Slots::Periods { length, .. } = key.slots else { return Ok(Periods::default()) };
        let instants = matches!(first, Value::Instant(_));
        let (mut starts, mut value) = (Vec::new(), first);
        while let Some((start, end)) = Periods::period_of(&value, length, zone) {
            starts.push(start);
            if starts.len() > MAX_OCCUPIED {
                return Err(StoreError::Unsupported(format!(
                    "values in more than {MAX_OCCUPIED} periods; filter the range or take a longer period"
                )));
            }
            let mut query = self.source()?;
            query.and_where(key.value.clone().gte(Expr::val(bind(self.planner.dialect(), &key.kind, &end)?)));
            query.expr(key.value.clone().min());
            let rows = db.fetch_for(Work::Report, self.planner.schema.revision, &query).await?;
            value = rows.first().map_or(Ok(Value::Null), |row| read(row, 0, &key.kind))?;
        }
        Ok(Periods::holding(&starts, instants, length, zone))
    }

    fn read(&self, row: &Row) -> Result<Option<Group>, StoreError> {
        let mut group = Group { key: Vec::with_capacity(self.level.len()), values: Vec::with_capacity(self.measures.len()) };
        for (column, at) in self.level.iter().enumerate() {
            match self.keys[*at].read(row, column)? {
                Some(value) => group.key.push(value),
                None => return Ok(None),
            }
        }
        let mut at = self.level.len();
        for measure in &self.measures {
            group.values.push(measure.read(row, &mut at)?);
        }
        Ok(Some(group))
    }
}
