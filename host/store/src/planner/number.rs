//! Number expressions as integer SQL: exact on PostgreSQL (NUMERIC), exact or an error on SQLite (64 bits).

use guanxi_core::expr::{Expr as Rule, FieldPath, NumberPlan, plan_difference, plan_number};
use guanxi_core::problem::Problem;
use sea_query::{Expr, ExprTrait};

use super::{Planner, template};
use crate::StoreError;
use crate::db::Dialect;

impl Planner<'_> {
    /// The sign of `left - right`, nulls staying null.
    pub(super) fn difference(&mut self, left: &Rule, right: &Rule) -> Result<Expr, StoreError> {
        let plan = plan_difference(left, right).map_err(refused)?;
        self.numerator(&plan)
    }

    /// The fields that a number expression mentions; it is null where one of them is.
    pub(super) fn number_operands(&self, rule: &Rule) -> Result<Vec<FieldPath>, StoreError> {
        Ok(plan_number(rule).map_err(refused)?.operands)
    }

    /// A number expression in units of the plan's scale, rounded half away from zero.
    pub(crate) fn rounded(&mut self, plan: &NumberPlan) -> Result<Expr, StoreError> {
        if let Some(path) = plan.as_field() {
            return self.value(path);
        }
        let numerator = self.numerator(plan)?;
        if plan.denominator == 1 {
            return Ok(numerator);
        }
        let denominator = constant(self.dialect(), plan.denominator)?;
        Ok(match self.dialect() {
            // div() of NUMERIC truncates exactly, whatever the size.
            Dialect::Postgres => template(Dialect::Postgres, "(SIGN($1) * DIV(ABS($1) * 2 + $2, $2 * 2))", &[numerator, denominator]),
            Dialect::Sqlite => template(
                Dialect::Sqlite,
                "(($1) / $2 + CASE WHEN ABS(($1) % $2) >= $2 - ABS(($1) % $2) THEN SIGN($1) ELSE 0 END)",
                &[numerator, denominator],
            ),
        })
    }

    /// The sum of products. On SQLite an overflow would silently become a float, so a float is turned into the error that it is.
    fn numerator(&mut self, plan: &NumberPlan) -> Result<Expr, StoreError> {
        let dialect = self.dialect();
        let mut operands = Vec::new();
        for path in &plan.operands {
            let value = self.value(path)?;
            operands.push(match dialect {
                Dialect::Postgres => value.cast_as("NUMERIC"),
                Dialect::Sqlite => value,
            });
        }
        let mut sum: Option<Expr> = None;
        for term in &plan.terms {
            let mut product = constant(dialect, term.coefficient)?;
            for factor in &term.factors {
                let operand = operands.get(*factor).cloned().ok_or_else(|| StoreError::Unsupported("a malformed number plan".into()))?;
                product = product.mul(operand);
            }
            sum = Some(match sum {
                Some(sum) => sum.add(product),
                None => product,
            });
        }
        let sum = match sum {
            Some(sum) => sum,
            None => constant(dialect, 0)?,
        };
        // An operand whose terms cancelled out still makes the result null.
        let lost = (0..operands.len()).filter(|i| !plan.terms.iter().any(|t| t.factors.contains(i)));
        let nulls: Vec<Expr> = lost.map(|i| operands[i].clone().is_null()).collect();
        let sum = match nulls.into_iter().reduce(ExprTrait::or) {
            Some(any_null) => template(dialect, "(CASE WHEN $1 THEN NULL ELSE $2 END)", &[any_null, sum]),
            None => sum,
        };
        Ok(match dialect {
            Dialect::Postgres => sum,
            Dialect::Sqlite if plan.as_field().is_some() || plan.operands.is_empty() => sum,
            Dialect::Sqlite => {
                template(dialect, "(CASE WHEN TYPEOF($1) = 'real' THEN ABS(-9223372036854775807 - (($1) IS NOT NULL)) ELSE $1 END)", &[sum])
            }
        })
    }
}

/// A whole number as literal text: it is part of the plan, not a value that somebody sent.
fn constant(dialect: Dialect, number: i128) -> Result<Expr, StoreError> {
    match dialect {
        Dialect::Postgres => Ok(Expr::cust(format!("({number}::NUMERIC)"))),
        Dialect::Sqlite if i64::try_from(number).is_ok_and(|n| n != i64::MIN) => Ok(Expr::cust(format!("({number})"))),
        Dialect::Sqlite => Err(StoreError::TooLarge),
    }
}

fn refused(problem: Problem) -> StoreError {
    StoreError::Unsupported(problem.detail)
}
