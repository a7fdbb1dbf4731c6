//! Hostile and random expressions: nothing panics, every refusal has a place, and what passes the check keeps its promises.

use proptest::prelude::*;
use uuid::Uuid;

use super::sample::{checked, shown};
use super::{Expr, FieldPath, SyntaxKind, evaluate_condition, parse, plan_difference};
use crate::Decimal;
use crate::value::Value;

/// Pieces of the language and of what people mistake for it.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "?",
        ":",
        "!",
        "-",
        "+",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "&&",
        "||",
        " ",
        " in ",
        "null",
        "true",
        "false",
        "me",
        "today",
        "now",
        "name",
        "count",
        "price",
        "amount",
        "rate",
        "stage",
        "due",
        "at",
        "owner",
        "customer.name",
        "parent.parent.count",
        "active",
        "secret",
        "nope",
        "1",
        "2.5",
        "0",
        "10.105",
        "99999999999999999999999999",
        "'open'",
        "\"张\"",
        "'2026-01-31'",
        "''",
        "'\\n'",
        "'\\u{",
        "name.startsWith('a')",
        "contains",
        "（",
        "\0",
        "=",
        "&",
        "'",
        "🙂",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec!["count", "price", "weight", "amount", "1", "2.5", "-3", "parent.count"]).prop_map(str::to_owned);
    let number = number.prop_recursive(2, 6, 2, |inner| {
        (inner.clone(), prop::sample::select(vec!["+", "-", "*"]), inner).prop_map(|(a, op, b)| format!("({a} {op} {b})"))
    });
    let op = || prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        (number.clone(), op(), number).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (prop::sample::select(vec!["name", "email", "customer.name"]), op()).prop_map(|(a, op)| format!("{a} {op} 'B'")),
        (prop::sample::select(vec!["at", "due"]), op()).prop_map(|(a, op)| format!("{a} {op} today")),
        Just("name == null".to_owned()),
        Just("active".to_owned()),
        Just("stage in ['open', null]".to_owned()),
        Just("name.startsWith('b')".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

/// A record whose values follow from a seed; about a third of them null.
fn record(seed: u64) -> impl Fn(&FieldPath) -> Value {
    move |path| {
        let mixed = path.text().bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 40;
        let small = i64::try_from(mixed % 7).unwrap_or(0) - 3;
        match (mixed % 3, path.kind.name()) {
            (0, _) => Value::Null,
            (_, "integer") => Value::Int(small),
            (_, "decimal" | "percent" | "money") => Value::Decimal(Decimal::new(small * 125, path.kind.scale().unwrap_or(0))),
            (_, "bool") => Value::Bool(small > 0),
            (_, "select") => Value::from(if small > 0 { "open" } else { "closed" }),
            (_, "date") => Value::Date(chrono::NaiveDate::from_ymd_opt(2026, 3, 15).expect("a date") + chrono::Days::new(mixed % 3)),
            (_, "datetime") => Value::Instant(chrono::DateTime::from_timestamp(1_773_500_000 + small * 40_000, 0).expect("an instant")),
            (_, "reference") => Value::Ref(Uuid::from_u128(u128::from(mixed % 4))),
            _ => Value::from(["a", "B", "b", "张"][usize::try_from(mixed % 4).unwrap_or(0)]),
        }
    }
}

/// Every comparison has one of the shapes that tree.rs promises.
fn promised(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(value) => matches!(value, Value::Bool(_)),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().all(promised),
        Expr::Not(inner) => promised(inner),
        Expr::Compare(_, left, right) => match (left.as_ref(), right.as_ref()) {
            (Expr::Field(path), Expr::Literal(value)) => fits(path, value),
            (Expr::Field(_), Expr::Field(_)) => true,
            (left, right) => plan_difference(left, right).is_ok_and(|plan| !plan.operands.is_empty()),
        },
        Expr::IsNull(_) => true,
        Expr::In(field, values) => {
            matches!(field.as_ref(), Expr::Field(path) if !values.is_empty() && values.iter().all(|v| fits(path, v)))
        }
        Expr::StartsWith(field, _) => matches!(field.as_ref(), Expr::Field(path) if path.kind.has_normal_key()),
        Expr::Field(_) | Expr::Arithmetic { .. } | Expr::Negate(_) => false,
    }
}

fn fits(path: &FieldPath, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Int(_) => path.kind.name() == "integer",
        Value::Decimal(number) => path.kind.is_decimal() && path.kind.scale() == Some(number.scale),
        Value::Text(_) => matches!(path.kind.name(), "text" | "long_text" | "email" | "phone" | "url" | "select"),
        Value::Bool(_) => path.kind.name() == "bool",
        Value::Date(_) => path.kind.name() == "date",
        Value::Instant(_) => path.kind.name() == "datetime",
        Value::Ref(_) => path.kind.name() == "reference",
        Value::Texts(_) | Value::Refs(_) | Value::AnyRef { .. } | Value::Json(_) => false,
    }
}

fn check_text(text: &str) -> Result<(), TestCaseError> {
    let end = text.chars().count() + 1;
    match checked(text) {
        Ok(expr) => prop_assert!(promised(&expr), "{text}: {}", shown(&expr)),
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in &problems {
                prop_assert!(problem.position.is_some_and(|p| (1..=end).contains(&p)), "{text}: {problem:?}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused_with_a_place(text in "\\PC{0,80}") {
        check_text(&text)?;
    }

    #[test]
    fn pieces_in_any_order_are_read_or_refused_with_a_place(pieces in prop::collection::vec(piece(), 0..30)) {
        check_text(&pieces.concat())?;
    }

    #[test]
    fn a_changed_condition_is_read_or_refused_with_a_place(text in condition(), at in 0usize..200, with in piece(), cut in 0usize..4) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = at.min(characters.len());
        let end = (at + cut).min(characters.len());
        characters.splice(at..end, with.chars());
        check_text(&characters.into_iter().collect::<String>())?;
    }

    #[test]
    fn logic_is_two_valued(a in condition(), b in condition(), seed: u64) {
        let record = record(seed);
        let holds = |text: &str| match checked(text) {
            Ok(expr) => Ok(evaluate_condition(&expr, &record)),
            Err(problems) => Err(TestCaseError::fail(format!("{text}: {problems:?}"))),
        };
        let (x, y) = (holds(&a)?, holds(&b)?);
        prop_assert_eq!(holds(&format!("!({a})"))?, !x);
        prop_assert_eq!(holds(&format!("({a}) && ({b})"))?, x && y);
        prop_assert_eq!(holds(&format!("({a}) || ({b})"))?, x || y);
        prop_assert_eq!(holds(&format!("({a}) ? ({b}) : !({b})"))?, if x { y } else { !y });
    }

    #[test]
    fn literals_compare_exactly(units in -2_000i64..2_000, digits in -20_000i64..20_000) {
        // price has two decimals, the literal three: both in thousandths say what must come out.
        let literal = Decimal::new(digits, 3).to_string();
        let price = move |_: &FieldPath| Value::Decimal(Decimal::new(units, 2));
        let order = (units * 10).cmp(&digits);
        for (op, wanted) in [
            ("==", order.is_eq()), ("!=", order.is_ne()), ("<", order.is_lt()),
            ("<=", order.is_le()), (">", order.is_gt()), (">=", order.is_ge()),
        ] {
            for text in [format!("price {op} {literal}"), format!("price + 0 {op} {literal}")] {
                let expr = checked(&text).expect("a condition");
                prop_assert_eq!(evaluate_condition(&expr, &price), wanted, "{} at {}", text, units);
            }
        }
    }
}

#[test]
fn hostile_chains_fit_a_small_stack() {
    let nested = |open: &str, close: &str| format!("{}count > 1{}", open.repeat(22), close.repeat(22));
    let texts = [
        format!("count{} > 0", "+1".repeat(240)),
        format!("count{} > 0", "*1".repeat(240)),
        format!("count > 0{}", "||active".repeat(160)),
        format!("count > 0{}", "&&active||active".repeat(80)),
        nested("(", ")"),
        nested("!(", ")"),
        format!("{}1{} < count", "-(".repeat(11), ")".repeat(11)),
        format!("a{}", ".b".repeat(990)),
        format!("{}active", "active?active:".repeat(22)),
        "!".repeat(2_000),
        "(".repeat(2_000),
        format!("count in [{}1]", "1,".repeat(400)),
    ];
    // A quarter of what a worker thread has, without optimisation.
    let run = move || {
        for text in texts {
            if let Ok(expr) = checked(&text) {
                evaluate_condition(&expr.clone(), &record(7));
            }
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).expect("a thread").join().expect("no overflow");
    assert!(matches!(parse("a.b").map(|s| s.kind), Ok(SyntaxKind::Path(_))));
}
