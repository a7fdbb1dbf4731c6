//! Number expressions as integer SQL. Comparisons are exact to 128 bits on both databases; a measure's value for one row is exact on
//! PostgreSQL (NUMERIC), exact or an error on SQLite (64 bits).

use guanxi_core::expr::{Expr as Rule, FieldPath, NumberPlan, NumberTerm, plan_difference, plan_number};
use guanxi_core::problem::Problem;
use sea_query::{BinOper, Expr, ExprTrait};

use super::{Planner, template, wide};
use crate::StoreError;
use crate::db::Dialect;

impl Planner<'_> {
    /// Whether `left` and `right` compare like this, unknown for nulls and for what goes beyond 128 bits; the sign of their difference tells.
    pub(super) fn compare_numbers(&mut self, op: BinOper, left: &Rule, right: &Rule) -> Result<Expr, StoreError> {
        let plan = plan_difference(left, right).map_err(refused)?;
        let dialect = self.dialect();
        let zero = || Expr::cust("0");
        if fits_128_bits(&plan) {
            let fits_64_bits = dialect == Dialect::Postgres || plan.as_field().is_some() || plan.operands.is_empty();
            if fits_64_bits && plan.terms.iter().all(|term| is_constant(dialect, term.coefficient)) {
                return Ok(self.sum(&plan)?.binary(op, zero()));
            }
        }
        if dialect == Dialect::Postgres {
            let (sizes, sum) = (self.sizes(&plan)?, self.sum(&plan)?);
            let limit = constant(dialect, i128::MAX)?;
            return Ok(template(dialect, "(CASE WHEN $1 <= $2 THEN $3 END)", &[sizes, limit, sum.binary(op, zero())]));
        }
        let operands = self.operands(&plan)?;
        let Some(text) = wide::text(&plan, &operands) else { return Err(StoreError::Unsupported("a malformed number plan".into())) };
        let ordered = |op: BinOper, than: &str| {
            let text = std::slice::from_ref(&text);
            template(dialect, "(($1) COLLATE gx_wide)", text).binary(op, Expr::cust(than.to_owned()))
        };
        let wide = or_null(dialect, &plan, &operands, ordered(op, "'0'").and(ordered(BinOper::SmallerThan, wide::BEYOND)));
        if !plan.terms.iter().all(|term| is_constant(dialect, term.coefficient)) {
            return Ok(wide);
        }
        // A product that leaves 64 bits becomes a float, and stays one.
        let sum = self.sum(&plan)?;
        Ok(template(dialect, "(CASE WHEN TYPEOF($1) = 'real' THEN $2 ELSE $3 END)", &[sum.clone(), wide, sum.binary(op, zero())]))
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
        let sum = self.sum(plan)?;
        Ok(match self.dialect() {
            Dialect::Postgres => sum,
            Dialect::Sqlite if plan.as_field().is_some() || plan.operands.is_empty() => sum,
            Dialect::Sqlite => template(
                Dialect::Sqlite,
                "(CASE WHEN TYPEOF($1) = 'real' THEN ABS(-9223372036854775807 - (($1) IS NOT NULL)) ELSE $1 END)",
                &[sum],
            ),
        })
    }

    fn operands(&mut self, plan: &NumberPlan) -> Result<Vec<Expr>, StoreError> {
        let dialect = self.dialect();
        let as_number = |value: Expr| if dialect == Dialect::Postgres { value.cast_as("NUMERIC") } else { value };
        plan.operands.iter().map(|path| self.value(path).map(as_number)).collect()
    }

    /// The sum of products as the database computes it.
    fn sum(&mut self, plan: &NumberPlan) -> Result<Expr, StoreError> {
        let (dialect, operands) = (self.dialect(), self.operands(plan)?);
        let products = plan.terms.iter().map(|term| product(dialect, &operands, term)).collect::<Result<Vec<_>, _>>()?;
        let sum = match products.into_iter().reduce(ExprTrait::add) {
            Some(sum) => sum,
            None => constant(dialect, 0)?,
        };
        Ok(or_null(dialect, plan, &operands, sum))
    }

    /// The products' sizes added up.
    fn sizes(&mut self, plan: &NumberPlan) -> Result<Expr, StoreError> {
        let (dialect, operands) = (self.dialect(), self.operands(plan)?);
        let size = |term| product(dialect, &operands, term).map(|product| template(dialect, "ABS($1)", &[product]));
        let sizes = plan.terms.iter().map(size).collect::<Result<Vec<_>, _>>()?;
        sizes.into_iter().reduce(ExprTrait::add).map_or_else(|| constant(dialect, 0), Ok)
    }
}

fn product(dialect: Dialect, operands: &[Expr], term: &NumberTerm) -> Result<Expr, StoreError> {
    let mut product = constant(dialect, term.coefficient)?;
    for factor in &term.factors {
        let operand = operands.get(*factor).cloned().ok_or_else(|| StoreError::Unsupported("a malformed number plan".into()))?;
        product = product.mul(operand);
    }
    Ok(product)
}

/// An operand whose terms cancelled out still makes the result null.
fn or_null(dialect: Dialect, plan: &NumberPlan, operands: &[Expr], result: Expr) -> Expr {
    let lost = (0..operands.len()).filter(|i| !plan.terms.iter().any(|t| t.factors.contains(i)));
    match lost.map(|i| operands[i].clone().is_null()).reduce(ExprTrait::or) {
        Some(any_null) => template(dialect, "(CASE WHEN $1 THEN NULL ELSE $2 END)", &[any_null, result]),
        None => result,
    }
}

/// Whatever the fields hold, the products' sizes stay within 128 bits.
fn fits_128_bits(plan: &NumberPlan) -> bool {
    let largest = i128::from(i64::MAX) + 1;
    let bound = |term: &NumberTerm| term.factors.iter().try_fold(term.coefficient.checked_abs()?, |size, _| size.checked_mul(largest));
    plan.terms.iter().try_fold(0i128, |sum, term| sum.checked_add(bound(term)?)).is_some()
}

fn is_constant(dialect: Dialect, number: i128) -> bool {
    dialect == Dialect::Postgres || i64::try_from(number).is_ok_and(|n| n != i64::MIN)
}

/// A whole number as literal text: it is part of the plan, not a value that somebody sent.
fn constant(dialect: Dialect, number: i128) -> Result<Expr, StoreError> {
    match dialect {
        Dialect::Postgres => Ok(Expr::cust(format!("({number}::NUMERIC)"))),
        Dialect::Sqlite if is_constant(dialect, number) => Ok(Expr::cust(format!("({number})"))),
        Dialect::Sqlite => Err(StoreError::TooLarge),
    }
}

fn refused(problem: Problem) -> StoreError {
    StoreError::Unsupported(problem.detail)
}
