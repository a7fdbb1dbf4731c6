//! Comparisons of sums of products beyond 64 bits on SQLite, whose own numbers end there.
//!
//! SQLite offers no wider integers, but it lets a host say how texts are ordered. So where a sum of products left 64 bits, it is written
//! down as a text (`3*-5*7+12`) and compared under an order that reads such texts as the whole numbers that they stand for.

use std::cmp::Ordering;

use guanxi_core::expr::{NumberPlan, add_magnitudes};
use sea_query::{Expr, ExprTrait};

/// The name of that order on every connection to SQLite.
pub(crate) const WIDE: &str = "gx_wide";
/// Stands above all numbers; what does not fit is equal to it.
pub(super) const BEYOND: &str = "'!'";

/// The order itself.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    let key = |text: &str| read(text).map_or((true, 0), |number| (false, number));
    key(left).cmp(&key(right))
}

/// The sum that a text stands for; nothing where it goes beyond 128 bits, or is no such text.
fn read(text: &str) -> Option<i128> {
    let terms = text.split('+').map(|term| {
        let factors = term.split('*').map(|factor| factor.parse::<i128>().ok()).collect::<Option<Vec<_>>>()?;
        guanxi_core::expr::product(&factors)
    });
    add_magnitudes(terms)
}

/// The plan's sum as such a text; null where one of the operands is.
pub(super) fn text(plan: &NumberPlan, operands: &[Expr]) -> Option<Expr> {
    let join = |left: Expr, right: Expr| left.binary(sea_query::BinOper::Custom("||"), right);
    let mut sum: Option<Expr> = None;
    for term in &plan.terms {
        let mut written = Expr::cust(format!("'{}{}'", if sum.is_some() { "+" } else { "" }, term.coefficient));
        for factor in &term.factors {
            written = join(join(written, Expr::cust("'*'")), operands.get(*factor)?.clone());
        }
        sum = Some(match sum {
            Some(sum) => join(sum, written),
            None => written,
        });
    }
    Some(sum.unwrap_or_else(|| Expr::cust("'0'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_sums() {
        let wide = "9223372036854775807*9223372036854775807";
        for (left, right, wanted) in [
            ("2*3+-1", "5", Ordering::Equal),
            ("-2*3", "0", Ordering::Less),
            (wide, "0", Ordering::Greater),
            (&format!("-1*{wide}"), "0", Ordering::Less),
            (&format!("{wide}+-1*{wide}"), "0", Ordering::Equal),
            (&format!("{wide}*{wide}*0"), "0", Ordering::Equal),
            (&format!("{wide}*{wide}"), "!", Ordering::Equal),
            (&format!("-1*{wide}*{wide}"), "0", Ordering::Greater),
        ] {
            assert_eq!(compare(left, right), wanted, "{left} and {right}");
        }
    }
}
