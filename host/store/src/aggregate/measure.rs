//! One measure: what is selected for it, and how the answer becomes a cell.

use guanxi_core::decimal::divide_rounded;
use guanxi_core::expr::{Expr as Rule, plan_number};
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{Cell, Measure, MeasureFn};
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

pub(crate) struct MeasurePlan {
    function: MeasureFn,
    /// The operand of one row.
    pub(crate) operand: Option<Expr>,
    kind: Operand,
    dialect: Dialect,
    split: bool,
}

pub(crate) fn plan_measure(planner: &mut Planner<'_>, measure: &Measure) -> Result<MeasurePlan, StoreError> {
    let (function, dialect) = (measure.function, planner.dialect());
    let unsupported = |what: &str| StoreError::Unsupported(format!("{function:?} of {what}"));
    let (operand, kind) = match &measure.operand {
        None if function == MeasureFn::Count => (None, Operand::None),
        None => return Err(unsupported("rows")),
        Some(Rule::Field(path)) if path.kind.scale().is_none() => {
            let has_order = matches!(path.kind, FieldKind::Date | FieldKind::DateTime);
            match function {
                MeasureFn::Count => {}
                MeasureFn::Min | MeasureFn::Max if has_order => {}
                _ => return Err(unsupported(path.kind.name())),
            }
            (Some(planner.value(path)?), Operand::Other(path.kind.clone()))
        }
        Some(number) => {
            let plan = plan_number(number).map_err(|p| StoreError::Unsupported(p.detail))?;
            let whole = plan.operands.iter().all(|path| path.kind == FieldKind::Integer);
            let kind = Operand::Number { scale: plan.scale, integer: whole && plan.scale == 0 };
            (Some(planner.rounded(&plan)?), kind)
        }
    };
    Ok(MeasurePlan { function, operand, kind, dialect, split: false })
}

impl MeasurePlan {
    /// Computes sums as two halves of 32 bits, which cannot overflow and together are exact.
    pub(crate) fn split_sums(&mut self) {
        self.split = true;
    }

    /// What the outer select computes from the operand's column.
    pub(crate) fn select(&self, operand: &Expr) -> Vec<Expr> {
        let call = |text: &'static str| template(self.dialect, text, std::slice::from_ref(operand));
        let numeric = matches!(self.kind, Operand::Number { .. });
        let mut columns = match (self.function, self.dialect) {
            (MeasureFn::Count, _) => vec![if self.operand.is_some() { call("COUNT($1)") } else { Expr::cust("COUNT(*)") }],
            (MeasureFn::Sum | MeasureFn::Avg, Dialect::Postgres) => vec![call("CAST(SUM($1) AS TEXT)")],
            (MeasureFn::Sum | MeasureFn::Avg, Dialect::Sqlite) if self.split => vec![call("SUM($1 >> 32)"), call("SUM($1 & 4294967295)")],
            (MeasureFn::Sum | MeasureFn::Avg, Dialect::Sqlite) => vec![call("SUM($1)")],
            (MeasureFn::Min, Dialect::Postgres) if numeric => vec![call("CAST(MIN($1) AS TEXT)")],
            (MeasureFn::Max, Dialect::Postgres) if numeric => vec![call("CAST(MAX($1) AS TEXT)")],
            (MeasureFn::Min, _) => vec![call("MIN($1)")],
            (MeasureFn::Max, _) => vec![call("MAX($1)")],
        };
        if self.function == MeasureFn::Avg {
            columns.push(call("COUNT($1)"));
        }
        columns
    }

    /// Reads what [`Self::select`] asked for, from column `at` on.
    pub(crate) fn read(&self, row: &Row, at: &mut usize) -> Result<Cell, StoreError> {
        let first = *at;
        match self.function {
            MeasureFn::Count => {
                *at += 1;
                Ok(Cell::Count(present(row.int(first)?, "a count")?))
            }
            MeasureFn::Sum | MeasureFn::Avg => {
                let total = match self.dialect {
                    Dialect::Postgres => row.text(first)?.map(|text| parse_units(&text)).transpose()?,
                    Dialect::Sqlite if self.split => {
                        *at += 1;
                        let halves = row.int(first)?.zip(row.int(first + 1)?);
                        halves.map(|(high, low)| (i128::from(high) << 32) + i128::from(low))
                    }
                    Dialect::Sqlite => row.int(first)?.map(i128::from),
                };
                *at += 1;
                let mut count = 1;
                if self.function == MeasureFn::Avg {
                    count = present(row.int(*at)?, "a count")?;
                    *at += 1;
                }
                self.total(total, count)
            }
            MeasureFn::Min | MeasureFn::Max => {
                *at += 1;
                match (&self.kind, self.dialect) {
                    (Operand::Number { .. }, Dialect::Postgres) => row
                        .text(first)?
                        .map(|text| parse_units(&text).and_then(|units| self.number(units)))
                        .unwrap_or(Ok(Cell::Value(Value::Null))),
                    (Operand::Number { .. }, Dialect::Sqlite) => {
                        row.int(first)?.map(|units| self.number(i128::from(units))).unwrap_or(Ok(Cell::Value(Value::Null)))
                    }
                    (Operand::Other(kind), _) => Ok(Cell::Value(read(row, first, kind)?)),
                    (Operand::None, _) => Err(inconsistent("a smallest or largest of rows")),
                }
            }
        }
    }

    fn total(&self, total: Option<i128>, count: i64) -> Result<Cell, StoreError> {
        let Operand::Number { scale, integer } = self.kind else { return Err(inconsistent("a sum of no numbers")) };
        match total {
            None => Ok(Cell::Value(Value::Null)),
            Some(units) if self.function == MeasureFn::Sum => Ok(Cell::Total { units, scale, integer }),
            Some(units) => self.number(divide_rounded(units, i128::from(Ord::max(count, 1)))),
        }
    }

    /// A value of the operand's type; a total where it is too wide for one.
    fn number(&self, units: i128) -> Result<Cell, StoreError> {
        let Operand::Number { scale, integer } = self.kind else { return Err(inconsistent("a number of no numbers")) };
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
