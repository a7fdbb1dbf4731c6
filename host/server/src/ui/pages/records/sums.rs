//! Which totals say something, and how they read.

use guanxi_core::expr::{Syntax, SyntaxKind, parse};
use guanxi_core::meta::{Computed, Field, FieldKind, Object};
use guanxi_core::query::Cell;
use guanxi_core::{Decimal, Value};

use crate::engine::Ctx;
use crate::ui::format::MoneyStyle;
use crate::ui::value;

/// Whether a total of a field says something: of amounts and quantities, but not of percentages, nor of prices per unit. An amount that a
/// formula of the same object multiplies by a quantity is such a price.
pub(super) fn is_summed(object: &Object, field: &Field) -> bool {
    field.kind.scale().is_some() && field.kind != FieldKind::Percent && !field.is_system() && !is_price(object, field)
}

fn is_price(object: &Object, field: &Field) -> bool {
    let formulas = object.fields.iter().filter_map(|each| match &each.computed {
        Some(Computed::Formula { expression }) => parse(expression).ok(),
        _ => None,
    });
    matches!(field.kind, FieldKind::Money { .. }) && formulas.into_iter().any(|formula| multiplies(object, field, &formula))
}

fn multiplies(object: &Object, field: &Field, syntax: &Syntax) -> bool {
    match &syntax.kind {
        SyntaxKind::Binary("*", left, right) => {
            let factors = [factors(left), factors(right)].concat();
            let quantity = |key: &&str| {
                let kind = object.field(key).map(|factor| &factor.kind);
                matches!(kind, Some(FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Duration))
            };
            (factors.contains(&field.key.as_str()) && factors.iter().any(quantity))
                || multiplies(object, field, left)
                || multiplies(object, field, right)
        }
        SyntaxKind::Binary(_, left, right) => multiplies(object, field, left) || multiplies(object, field, right),
        SyntaxKind::Negate(inner) | SyntaxKind::Not(inner) => multiplies(object, field, inner),
        SyntaxKind::Conditional(condition, yes, no) => [condition, yes, no].into_iter().any(|part| multiplies(object, field, part)),
        SyntaxKind::Call(target, _, arguments) => {
            target.iter().map(AsRef::as_ref).chain(arguments).any(|part| multiplies(object, field, part))
        }
        SyntaxKind::List(items) => items.iter().any(|part| multiplies(object, field, part)),
        _ => false,
    }
}

/// The fields that a product is made of.
fn factors(syntax: &Syntax) -> Vec<&str> {
    match &syntax.kind {
        SyntaxKind::Binary("*" | "/", left, right) => [factors(left), factors(right)].concat(),
        SyntaxKind::Path(names) if names.len() == 1 => vec![names[0].as_str()],
        // `coalesce(quantity, 1)`
        SyntaxKind::Call(None, _, arguments) => arguments.iter().flat_map(factors).collect(),
        SyntaxKind::Negate(inner) => factors(inner),
        _ => Vec::new(),
    }
}

/// A total as it reads; `None` where there is none, or where it is wider than a value can be.
pub(super) fn text(ctx: &Ctx, field: &Field, cell: &Cell, style: MoneyStyle) -> Option<String> {
    let value = match cell {
        Cell::Value(Value::Null) => return None,
        Cell::Value(value) => value.clone(),
        Cell::Count(count) => Value::Int(*count),
        Cell::Total { units, scale, .. } => {
            let total = Decimal::from_units(*units, *scale).ok()?;
            if field.kind.is_decimal() { Value::Decimal(total) } else { Value::Int(total.units) }
        }
    };
    Some(value::text(ctx, &field.kind, &value, None, style))
}

/// How many, of a counting cell.
pub(super) fn count(cell: Option<&Cell>) -> u64 {
    match cell {
        Some(Cell::Count(count)) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::meta::{Label, Origin, Rules};

    #[test]
    fn prices_are_not_summed() {
        let field = |key: &str, kind| Field { id: 1, ..Field::new(key, Label::new(key, key), kind) };
        let money = FieldKind::Money { scale: 2 };
        let formula = |key: &str, expression: &str| Field {
            computed: Some(Computed::Formula { expression: expression.into() }),
            ..field(key, money.clone())
        };
        let fields = vec![
            field("price", money.clone()),
            field("count", FieldKind::Integer),
            field("amount", money.clone()),
            field("rate", FieldKind::Percent),
            formula("total", "round(price * coalesce(count, 1), 2)"),
            formula("weighted", "amount * rate / 100"),
        ];
        let object = Object {
            id: 1,
            key: "thing".into(),
            label: Label::new("a", "a"),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "name".into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        };
        let summed: Vec<&str> = object.fields.iter().filter(|field| is_summed(&object, field)).map(|field| field.key.as_str()).collect();
        assert_eq!(summed, ["count", "amount", "total", "weighted"]);
    }
}
