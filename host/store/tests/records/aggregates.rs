//! Groups and measures against the oracle, and at the limits of numbers.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use guanxi_core::decimal::divide_rounded;
use guanxi_core::expr::{Expr, evaluate_number, plan_number};
use guanxi_core::query::{Aggregate, Cell, Grain, Group, GroupKey, Measure, MeasureFn, Parts};
use guanxi_core::{Decimal, Value};
use guanxi_store::{StoreError, Stores};

use crate::support::on_both_databases;
use crate::world::{World, everything, id, insert, read};

fn measure(function: MeasureFn, operand: Option<Expr>) -> Measure {
    Measure::new(function, operand)
}

fn aggregate(world: &World, group_by: &[(&str, Option<Grain>)], measures: Vec<Measure>) -> Aggregate {
    let parts = |grain: Option<Grain>| grain.map_or(Parts::Values, |grain| Parts::Periods { grain, first_month: 1 });
    Aggregate {
        object: "gadget".into(),
        group_by: group_by.iter().map(|(path, grain)| GroupKey { path: world.path("gadget", path), parts: parts(*grain) }).collect(),
        measures,
        scopes: everything(),
        limit: 1000,
        ..Aggregate::default()
    }
}

async fn run(world: &World, aggregate: &Aggregate) -> Vec<Group> {
    world.store.aggregate(&world.schema, aggregate, chrono_tz::Asia::Shanghai).await.unwrap()
}

#[tokio::test]
async fn measures_are_exact() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let all = HashMap::from([("gadget", world.all("gadget").await), ("customer", world.all("customer").await)]);
        for operand in
            ["amount", "rate", "qty", "price", "amount * rate / 100", "amount / 3", "-amount + price * qty", "qty * qty", "qty - qty"]
        {
            let operand = world.number("gadget", operand);
            let plan = plan_number(&operand).unwrap();
            let functions = [MeasureFn::Count, MeasureFn::Sum, MeasureFn::Avg, MeasureFn::Min, MeasureFn::Max];
            let mut query = aggregate(&world, &[("stage", None), ("customer.name", None)], vec![measure(MeasureFn::Count, None)]);
            query.measures.extend(functions.map(|f| measure(f, Some(operand.clone()))));
            query.filter = Some(world.filter("gadget", "qty != 2"));
            let groups = run(&world, &query).await;

            let mut wanted: HashMap<String, Vec<Option<Decimal>>> = HashMap::new();
            for record in all["gadget"].values().filter(|r| *r.value("qty") != Value::Int(2)) {
                let key = [world.path("gadget", "stage"), world.path("gadget", "customer.name")].map(|p| read(&all, record, &p));
                let number = evaluate_number(&plan, &|path| read(&all, record, path));
                wanted.entry(format!("{:?}", key.to_vec())).or_default().push(number);
            }
            assert_eq!(groups.len(), wanted.len());
            let whole = plan.operands.iter().all(|p| p.kind.name() == "integer") && plan.scale == 0;
            let value = |number: Option<Decimal>| match number {
                None => Cell::Value(Value::Null),
                Some(number) if whole => Cell::Value(Value::Int(number.units)),
                Some(number) => Cell::Value(Value::Decimal(number)),
            };
            for group in groups {
                let rows = &wanted[&format!("{:?}", group.key)];
                let numbers: Vec<Decimal> = rows.iter().flatten().copied().collect();
                let sum: i128 = numbers.iter().map(|n| i128::from(n.units)).sum();
                let total = Cell::Total { units: sum, scale: plan.scale, integer: whole };
                let average =
                    (!numbers.is_empty()).then(|| Decimal::from_units(divide_rounded(sum, numbers.len() as i128), plan.scale).unwrap());
                let expected = vec![
                    Cell::Count(rows.len() as i64),
                    Cell::Count(numbers.len() as i64),
                    if numbers.is_empty() { Cell::Value(Value::Null) } else { total },
                    value(average),
                    value(numbers.iter().min().copied()),
                    value(numbers.iter().max().copied()),
                ];
                assert_eq!(group.values, expected, "{operand:?} {:?}", group.key);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn groups_are_sorted_and_bounded() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let count = || vec![measure(MeasureFn::Count, None)];
        let keys = |groups: &[Group]| groups.iter().map(|g| g.key[0].clone()).collect::<Vec<_>>();
        let by_stage = run(&world, &aggregate(&world, &[("stage", None)], count())).await;
        assert_eq!(keys(&by_stage), ["a".into(), "b".into(), "c".into(), Value::Null]);
        let by_customer = run(&world, &aggregate(&world, &[("customer.name", None)], count())).await;
        assert_eq!(keys(&by_customer), ["acme".into(), "北京中关村".into(), "华夏贸易".into(), Value::Null]);
        let by_done = run(&world, &aggregate(&world, &[("done", None)], count())).await;
        assert_eq!(keys(&by_done), [Value::Bool(false), Value::Bool(true), Value::Null]);

        let limited = Aggregate { limit: 3, ..aggregate(&world, &[("stage", None)], count()) };
        let refused = world.store.aggregate(&world.schema, &limited, chrono_tz::UTC).await;
        assert!(matches!(refused, Err(StoreError::TooManyGroups { limit: 3 })));

        let mut none =
            aggregate(&world, &[], vec![measure(MeasureFn::Count, None), measure(MeasureFn::Sum, Some(world.number("gadget", "amount")))]);
        none.filter = Some(world.filter("gadget", "qty > 1000"));
        let empty = vec![Group { key: vec![], values: vec![Cell::Count(0), Cell::Value(Value::Null)] }];
        assert_eq!(run(&world, &none).await, empty);
        none.group_by = aggregate(&world, &[("due", Some(Grain::Month))], vec![]).group_by;
        assert_eq!(run(&world, &none).await, vec![]);

        let text = aggregate(&world, &[], vec![measure(MeasureFn::Sum, Some(Expr::Field(world.path("gadget", "name"))))]);
        assert!(matches!(world.store.aggregate(&world.schema, &text, chrono_tz::UTC).await, Err(StoreError::Unsupported(_))));
    })
    .await;
}

#[tokio::test]
async fn periods_follow_the_zone() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let records = world.all("gadget").await;
        let zone = chrono_tz::Asia::Shanghai;
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            for field in ["due", "seen", "created_at"] {
                let first_day = |value: &Value| {
                    let day: NaiveDate = match value {
                        Value::Date(day) => *day,
                        Value::Instant(at) => at.with_timezone(&zone).date_naive(),
                        _ => return Value::Null,
                    };
                    Value::Date(match grain {
                        Grain::Day => day,
                        Grain::Week => day.week(chrono::Weekday::Mon).first_day(),
                        Grain::Month => day.with_day(1).unwrap(),
                        Grain::Quarter => NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1).unwrap(),
                        Grain::Year => NaiveDate::from_ymd_opt(day.year(), 1, 1).unwrap(),
                    })
                };
                let mut wanted: HashMap<String, i64> = HashMap::new();
                for record in records.values() {
                    *wanted.entry(format!("{:?}", first_day(record.value(field)))).or_default() += 1;
                }
                let groups = run(&world, &aggregate(&world, &[(field, Some(grain))], vec![measure(MeasureFn::Count, None)])).await;
                let found: HashMap<String, i64> = groups
                    .iter()
                    .map(|g| (format!("{:?}", g.key[0]), if let Cell::Count(n) = g.values[0] { n } else { panic!("{g:?}") }))
                    .collect();
                assert_eq!(found, wanted, "{field} {grain:?}");
                let days: Vec<_> = groups.iter().filter_map(|g| if let Value::Date(d) = g.key[0] { Some(d) } else { None }).collect();
                assert!(days.is_sorted());
            }
        }
        let dates = vec![
            measure(MeasureFn::Min, Some(Expr::Field(world.path("gadget", "due")))),
            measure(MeasureFn::Max, Some(Expr::Field(world.path("gadget", "seen")))),
            measure(MeasureFn::Count, Some(Expr::Field(world.path("gadget", "name")))),
        ];
        let group = run(&world, &aggregate(&world, &[], dates)).await.remove(0);
        let due = records.values().filter_map(|r| if let Value::Date(d) = r.value("due") { Some(*d) } else { None }).min().unwrap();
        let seen = records.values().filter_map(|r| if let Value::Instant(i) = r.value("seen") { Some(*i) } else { None }).max().unwrap();
        assert_eq!(group.values, [Cell::Value(Value::Date(due)), Cell::Value(Value::Instant(seen)), Cell::Count(60)]);
    })
    .await;
}

#[tokio::test]
async fn large_numbers_stay_exact_or_are_refused() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let largest = Value::Decimal(Decimal::new(999_999_999_999_999_999, 2));
        let rows = (0..40).map(|n| {
            let values = vec![
                ("name", "g".into()),
                ("amount", largest.clone()),
                ("rate", Value::Decimal(Decimal::new(10_000, 2))),
                ("qty", Value::Int(i64::MIN)),
            ];
            insert("gadget", id(100 + n), values)
        });
        world.write(rows.collect()).await.unwrap();
        let sum = |operand: &str| aggregate(&world, &[], vec![measure(MeasureFn::Sum, Some(world.number("gadget", operand)))]);
        let total = |units: i128, scale, integer| Cell::Total { units, scale, integer };
        assert_eq!(run(&world, &sum("amount")).await[0].values, [total(999_999_999_999_999_999 * 40, 2, false)]);
        assert_eq!(run(&world, &sum("qty")).await[0].values, [total(i128::from(i64::MIN) * 40, 0, true)]);
        // The product does not fit 64 bits: exact on one database, refused on the other, wrong on none.
        match world.store.aggregate(&world.schema, &sum("amount * rate / 100"), chrono_tz::UTC).await {
            Ok(groups) => assert_eq!(groups[0].values, [total(999_999_999_999_999_999 * 40, 2, false)]),
            Err(error) => assert!(matches!(error, StoreError::TooLarge), "{error:?}"),
        }
        let filter = world.filter("gadget", "amount * rate > 5");
        match world.store.count(&world.schema, "gadget", Some(&filter), &everything(), 100).await {
            Ok(count) => assert_eq!(count.value, 40),
            Err(error) => assert!(matches!(error, StoreError::TooLarge), "{error:?}"),
        }
    })
    .await;
}
