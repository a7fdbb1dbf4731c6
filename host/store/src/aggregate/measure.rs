//! One measure: what is selected for it, and how the answer becomes a cell.

use guanxi_core::decimal::divide_rounded;
use guanxi_core::expr::{Expr as Rule, paths_of, plan_number};
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{AggregateFn, Cell, Measure, MeasureFn};
use guanxi_core::{Decimal, Value};
use sea_query::Expr;

use crate::StoreError;
use crate::column::read;
use crate::db::{Dialect, Row, present};
use crate::error::inconsistent;
use crate::planner::{Planner, template};

/// What the operand is, once it is SQL.
enum Operand {
    /// Units of a scale; `integer` where its values are whole numbers of type integer.
    Number { scale: u8, integer: bool },
    /// Of another type, which only counts, or has a smallest and a largest.
    Other(FieldKind),
    /// Rows.
    None,
}

/// What is done about records that joins repeat.
enum Repeats {
    /// Nothing: there are none, or they do not matter.
    Ignored,
    /// The operand is the record's id, and different ones are counted.
    Distinct,
    /// The operand counts in one of the rows of the record with this id.
    Once(Expr),
}

pub(crate) struct MeasurePlan {
    function: AggregateFn,
    /// The operand of one row; null where the measure's own filter does not hold.
    pub(crate) operand: Option<Expr>,
    repeats: Repeats,
    kind: Operand,
    dialect: Dialect,
    split: bool,
}

pub(crate) fn plan_measure(planner: &mut Planner<'_>, measure: &Measure) -> Result<MeasurePlan, StoreError> {
    let (function, dialect) = (measure.function, planner.dialect());
    let unsupported = |what: &str| StoreError::Unsupported(format!("{} of {what}", function.name()));
    let extreme = matches!(function, AggregateFn::Plain(MeasureFn::Min | MeasureFn::Max));
    let (mut operand, kind) = match &measure.operand {
        None if function == MeasureFn::Count.into() => (None, Operand::None),
        None => return Err(unsupported("rows")),
        Some(Rule::Field(path)) if path.kind.scale().is_none() => {
            let has_order = matches!(path.kind, FieldKind::Date | FieldKind::DateTime);
            if !(function.counts() || extreme && has_order) {
                return Err(unsupported(path.kind.name()));
            }
            (Some(planner.value(path)?), Operand::Other(path.kind.clone()))
        }
        Some(number) => {
            let plan = plan_number(number).map_err(|p| StoreError::Unsupported(p.detail))?;
            let whole = plan.operands.iter().all(|path| matches!(path.kind, FieldKind::Integer | FieldKind::Duration));
            let kind = Operand::Number { scale: plan.scale, integer: whole && plan.scale == 0 };
            (Some(planner.rounded(&plan)?), kind)
        }
    };
    let condition = measure.filter.as_ref().map(|filter| planner.condition(filter)).transpose()?.map(Expr::from);
    let place = planner.deepest(measure.operand.iter().flat_map(paths_of).collect::<Vec<_>>().iter().map(|path| path.hops.first()))?;
    // Each record of one branch meets each of the other, and nothing says which of the two is meant.
    if planner.has_branches() && measure.operand.is_some() && !function.ignores_repeats() {
        return Err(StoreError::FanOut);
    }
    let mut repeats = Repeats::Ignored;
    if planner.is_repeated(place) && !function.ignores_repeats() {
        let id = planner.id_of(place);
        if function.counts() {
            // Different records are counted, not rows.
            operand = Some(match operand {
                Some(operand) => template(dialect, "(CASE WHEN $1 IS NOT NULL THEN $2 END)", &[operand, id]),
                None => id,
            });
            repeats = Repeats::Distinct;
        } else {
            repeats = Repeats::Once(id);
        }
    }
    if let Some(condition) = condition {
        let counted = operand.unwrap_or_else(|| Expr::cust("1"));
        operand = Some(template(dialect, "(CASE WHEN $1 THEN $2 END)", &[condition, counted]));
    }
    Ok(MeasurePlan { function, operand, repeats, kind, dialect, split: false })
}

impl MeasurePlan {
    /// Computes sums as two halves of 32 bits, which cannot overflow and together are exact.
    pub(crate) fn split_sums(&mut self) {
        self.split = true;
    }

    /// The middle of the ranked values is wanted.
    pub(super) fn is_median(&self) -> bool {
        self.function == AggregateFn::Median
    }

    /// The id of the record in all but one of whose rows the operand must be made null.
    pub(super) fn taken_once(&self) -> Option<&Expr> {
        match &self.repeats {
            Repeats::Once(id) => Some(id),
            Repeats::Ignored | Repeats::Distinct => None,
        }
    }

    /// What the outer select computes from the operand's column; for a median `parts` has the column of ranks and the one of counts too.
    pub(crate) fn select(&self, operand: &Expr) -> Vec<Expr> {
        self.select_ranked(std::slice::from_ref(operand))
    }

    pub(super) fn select_ranked(&self, parts: &[Expr]) -> Vec<Expr> {
        let call = |text: &'static str| template(self.dialect, text, parts);
        let numeric = matches!(self.kind, Operand::Number { .. });
        let postgres = self.dialect == Dialect::Postgres;
        match self.function {
            AggregateFn::Plain(MeasureFn::Count) if matches!(self.repeats, Repeats::Distinct) => vec![call("COUNT(DISTINCT $1)")],
            AggregateFn::Plain(MeasureFn::Count) => vec![if self.operand.is_some() { call("COUNT($1)") } else { Expr::cust("COUNT(*)") }],
            AggregateFn::CountDistinct => vec![call("COUNT(DISTINCT $1)")],
            AggregateFn::Plain(function @ (MeasureFn::Sum | MeasureFn::Avg)) => {
                let mut columns = match self.dialect {
                    Dialect::Postgres => vec![call("CAST(SUM($1) AS TEXT)")],
                    Dialect::Sqlite if self.split => vec![call("SUM($1 >> 32)"), call("SUM($1 & 4294967295)")],
                    Dialect::Sqlite => vec![call("SUM($1)")],
                };
                if function == MeasureFn::Avg {
                    columns.push(call("COUNT($1)"));
                }
                columns
            }
            AggregateFn::Plain(MeasureFn::Min) if numeric && postgres => vec![call("CAST(MIN($1) AS TEXT)")],
            AggregateFn::Plain(MeasureFn::Max) if numeric && postgres => vec![call("CAST(MAX($1) AS TEXT)")],
            AggregateFn::Plain(MeasureFn::Min) => vec![call("MIN($1)")],
            AggregateFn::Plain(MeasureFn::Max) => vec![call("MAX($1)")],
            AggregateFn::Median if postgres => vec![
                call("CAST(MIN(CASE WHEN $2 = ($3 + 1) / 2 THEN $1 END) AS TEXT)"),
                call("CAST(MAX(CASE WHEN $2 = ($3 + 2) / 2 THEN $1 END) AS TEXT)"),
            ],
            AggregateFn::Median => {
                vec![call("MIN(CASE WHEN $2 = ($3 + 1) / 2 THEN $1 END)"), call("MAX(CASE WHEN $2 = ($3 + 2) / 2 THEN $1 END)")]
            }
        }
    }

    /// Reads what [`Self::select`] asked for, from column `at` on.
    pub(crate) fn read(&self, row: &Row, at: &mut usize) -> Result<Cell, StoreError> {
        let first = *at;
        match self.function {
            AggregateFn::Plain(MeasureFn::Count) | AggregateFn::CountDistinct => {
                *at += 1;
                Ok(Cell::Count(present(row.int(first)?, "a count")?))
            }
            AggregateFn::Plain(function @ (MeasureFn::Sum | MeasureFn::Avg)) => {
                let total = if self.split && self.dialect == Dialect::Sqlite {
                    *at += 1;
                    row.int(first)?.zip(row.int(first + 1)?).map(|(high, low)| (i128::from(high) << 32) + i128::from(low))
                } else {
                    self.units(row, first)?
                };
                *at += 1;
                if function == MeasureFn::Sum {
                    let Operand::Number { scale, integer } = self.kind else { return Err(inconsistent("a sum of no numbers")) };
                    return Ok(total.map_or(Cell::Value(Value::Null), |units| Cell::Total { units, scale, integer }));
                }
                let count = present(row.int(*at)?, "a count")?;
                *at += 1;
                self.number(total.map(|units| divide_rounded(units, i128::from(Ord::max(count, 1)))))
            }
            AggregateFn::Plain(MeasureFn::Min | MeasureFn::Max) => {
                *at += 1;
                match &self.kind {
                    Operand::Number { .. } => self.number(self.units(row, first)?),
                    Operand::Other(kind) => Ok(Cell::Value(read(row, first, kind)?)),
                    Operand::None => Err(inconsistent("a smallest or largest of rows")),
                }
            }
            AggregateFn::Median => {
                *at += 2;
                let middle = self.units(row, first)?.zip(self.units(row, first + 1)?);
                self.number(middle.map(|(low, high)| divide_rounded(low + high, 2)))
            }
        }
    }

    /// A whole number of any size.
    fn units(&self, row: &Row, column: usize) -> Result<Option<i128>, StoreError> {
        match self.dialect {
            Dialect::Postgres => row.text(column)?.map(|text| parse_units(&text)).transpose(),
            Dialect::Sqlite => Ok(row.int(column)?.map(i128::from)),
        }
    }

    /// A value of the operand's type; a total where it is too wide for one.
    fn number(&self, units: Option<i128>) -> Result<Cell, StoreError> {
        let Operand::Number { scale, integer } = self.kind else { return Err(inconsistent("a number of no numbers")) };
        let Some(units) = units else { return Ok(Cell::Value(Value::Null)) };
        Ok(match (integer, i64::try_from(units), Decimal::from_units(units, scale)) {
            (true, Ok(number), _) => Cell::Value(Value::Int(number)),
            (false, _, Ok(number)) => Cell::Value(Value::Decimal(number)),
            _ => Cell::Total { units, scale, integer },
        })
    }
}

fn parse_units(text: &str) -> Result<i128, StoreError> {
    // NUMERIC writes whole numbers without a point; a division's result may carry zeros behind one.
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    whole.parse().map_err(|_| StoreError::TooLarge)
}
