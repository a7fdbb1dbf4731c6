//! Hostile and random expressions: nothing panics, every refusal has a place, and what passes the check keeps its promises.

use proptest::prelude::*;
use uuid::Uuid;

use super::sample::{checked, checked_formula, checked_rule, shown};
use super::{
    Expr, FieldPath, Source, SyntaxKind, evaluate_condition, evaluate_condition_with, evaluate_value_with, parse, plan_difference,
};
use crate::Decimal;
use crate::value::Value;

/// Pieces of the language and of what people mistake for it.
fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "round(",
        "coalesce(",
        "abs(",
        "min(",
        "max(",
        "size(",
        "lower(",
        "lines.exists(l, ",
        "lines.all(l, ",
        "lines.sum(l, ",
        "l.qty",
        "tags",
        "place",
        "people",
        "about",
        "span",
        "extra",
        "lines",
        "'red'",
        "'china'",
        "active ? ",
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
            (_, "integer" | "duration") => Value::Int(small),
            (_, "multi_select") => Value::Texts(vec!["red".into()]),
            (_, "tree_select") => Value::Texts(
                ["asia", "china", "beijing"][..1 + usize::try_from(mixed % 3).unwrap_or(0)].iter().map(|c| (*c).into()).collect(),
            ),
            (_, "many_reference" | "file") => Value::Refs(vec![Uuid::from_u128(u128::from(mixed % 4))]),
            (_, "any_reference") => Value::AnyRef { object: "customer".into(), id: Uuid::from_u128(7) },
            (_, "json") => Value::Json("{}".into()),
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
        Expr::Contains(path, _) => path.kind.is_list(),
        Expr::AnyLine(_, condition) => promised(condition),
        _ => false,
    }
}

fn fits(path: &FieldPath, value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Int(_) => matches!(path.kind.name(), "integer" | "duration"),
        Value::Decimal(number) => path.kind.is_decimal() && path.kind.scale() == Some(number.scale),
        Value::Text(_) => matches!(path.kind.name(), "text" | "long_text" | "email" | "phone" | "url" | "select"),
        Value::Bool(_) => path.kind.name() == "bool",
        Value::Date(_) => path.kind.name() == "date",
        Value::Instant(_) => path.kind.name() == "datetime",
        Value::Ref(_) => path.kind.name() == "reference",
        Value::AnyRef { .. } => path.kind.name() == "any_reference",
        Value::Texts(_) | Value::Refs(_) | Value::Json(_) => false,
    }
}

/// A random record with up to two random lines.
struct Whole(u64);

impl Source for Whole {
    fn value(&self, path: &FieldPath) -> Value {
        record(self.0)(path)
    }

    fn children(&self, _: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        (0..self.0 % 3).map(|n| Box::new(Self(self.0.wrapping_add(n + 1))) as Box<dyn Source>).collect()
    }
}

/// Every use of a text: it is refused with a place, or what comes out can be evaluated.
fn check_text(text: &str) -> Result<(), TestCaseError> {
    let end = text.chars().count() + 1;
    let placed = |problems: &[crate::Problem]| {
        prop_assert!(!problems.is_empty());
        for problem in problems {
            prop_assert!(problem.position.is_some_and(|p| (1..=end).contains(&p)), "{text}: {problem:?}");
            prop_assert!(problem.detail.len() > 10);
        }
        Ok(())
    };
    match checked(text) {
        Ok(expr) => {
            prop_assert!(promised(&expr), "{text}: {}", shown(&expr));
            evaluate_condition_with(&expr, &Whole(7));
        }
        Err(problems) => placed(&problems)?,
    }
    match checked_rule(text) {
        Ok(expr) => drop(evaluate_condition_with(&expr, &Whole(7))),
        Err(problems) => placed(&problems)?,
    }
    match checked_formula(text) {
        Ok((expr, kind)) => {
            for seed in [7, 8, 9] {
                if let Err(problem) = evaluate_value_with(&expr, &kind, &Whole(seed)) {
                    prop_assert!(matches!(problem.code.as_str(), "field.range" | "field.option"), "{text}: {problem:?}");
                }
            }
        }
        Err(problems) => placed(&problems)?,
    }
    Ok(())
}

/// A number with choices in it.
fn chosen() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["count", "price", "weight", "fee", "1", "2.5", "-3", "parent.count", "span", "null"])
        .prop_map(str::to_owned);
    leaf.prop_recursive(3, 10, 3, |inner| {
        prop_oneof![
            (inner.clone(), prop::sample::select(vec!["+", "-", "*"]), inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (prop::sample::select(vec!["active", "count > 0", "name == null"]), inner.clone(), inner.clone())
                .prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("coalesce({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("min({a}, {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("max({a}, {b})")),
            inner.clone().prop_map(|a| format!("abs({a})")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
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

    /// What becomes plain conditions for a database means what the values themselves say.
    #[test]
    fn cases_mean_what_choices_mean(
        a in chosen(), op in prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">="]), b in chosen(), digits in 0u8..3, seed: u64,
    ) {
        // A part that no database answers, and that adds nothing, makes both sides values.
        let computed = |text: &str| format!("({text}) + size(name) * 0");
        let record = Whole(seed);
        for (left, right) in [(a.clone(), b), (format!("round({a}, {digits})"), "0.5".to_owned()), (format!("round({a}, {digits})"), "-1".to_owned())] {
            let text = format!("{left} {op} {right}");
            let Ok(cases) = checked(&text) else { continue };
            let values = format!("{} {op} {}", computed(&left), right);
            let Ok(values) = checked_rule(&values) else { continue };
            prop_assert_eq!(
                evaluate_condition_with(&cases, &record), evaluate_condition_with(&values, &record), "{}: {}", text, shown(&cases)
            );
        }
    }

    /// `null` as a value is not the question for null.
    #[test]
    fn null_is_asked_of_values_too(a in chosen(), seed: u64) {
        let record = Whole(seed);
        let (Ok(cases), Ok(values)) = (checked(&format!("{a} == null")), checked_rule(&format!("({a}) + size(name) * 0 == null"))) else {
            return Ok(());
        };
        prop_assert_eq!(evaluate_condition_with(&cases, &record), evaluate_condition_with(&values, &record), "{}: {}", a, shown(&cases));
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
        format!("coalesce({}1) > 2", "count,".repeat(300)),
        format!("max({}1) > 2", "count,".repeat(300)),
        format!("name{} == 'a'", "+name".repeat(240)),
        format!("count{} > 0", "/count".repeat(240)),
        format!("{}count{} > 1", "abs(".repeat(22), ")".repeat(22)),
        format!("{}count{} > 1", "min(1,".repeat(22), ")".repeat(22)),
        format!("{}count{} > 1", "coalesce(fee,".repeat(22), ")".repeat(22)),
        format!("{}1{} > count", "active?".repeat(11), ":2".repeat(11)),
        format!("{}1 > count", "(active?1:2)+".repeat(70)),
        format!("{}1 > count", "abs(count)*".repeat(120)),
        format!("lines.exists(l, l.qty{} > 0)", "+count".repeat(230)),
        format!("lines.exists(l, {}l.qty > 0)", "l.qty > 1 || ".repeat(110)),
        format!("{}lines.exists(l, l.qty > 1)", "lines.all(l, l.qty > 2) || ".repeat(40)),
        format!("due{} > begun", "+1".repeat(240)),
    ];
    // A quarter of what a worker thread has, without optimisation.
    let run = move || {
        for text in texts {
            for check in [checked, checked_rule] {
                if let Ok(expr) = check(&text) {
                    evaluate_condition_with(&expr.clone(), &Whole(7));
                }
            }
            if let Ok((expr, kind)) = checked_formula(&text) {
                let _ = evaluate_value_with(&expr.clone(), &kind, &Whole(8));
            }
        }
    };
    std::thread::Builder::new().stack_size(512 * 1024).spawn(run).expect("a thread").join().expect("no overflow");
    assert!(matches!(parse("a.b").map(|s| s.kind), Ok(SyntaxKind::Path(_))));
}

/// One expression per file; the fuzzer starts from the same files.
#[test]
fn the_corpus_is_read_or_refused_with_a_place() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/expr/corpus");
    let mut seen = 0;
    for file in std::fs::read_dir(folder).expect("the corpus") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        check_text(text.trim_end_matches('\n')).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        seen += 1;
    }
    assert!(seen >= 40, "{seen} files");
}
