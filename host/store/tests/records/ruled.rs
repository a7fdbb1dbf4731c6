//! What only the transaction can keep: sequences, `no_overlap`, `limit`, adjustments and roll-ups, also when many write at once.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use guanxi_core::meta::{AdjustedField, Adjustment, Computed, FieldKind, Guard, Label, Limit, NoOverlap, Object, RollUp, Rules};
use guanxi_core::query::MeasureFn;
use guanxi_core::{Decimal, Problem, Value};
use guanxi_store::{Derive, Location, MetaChange, RowChange, RowOp, RuleBroken, StoreError, Stores, WriteError, WriteUnit};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::on_both_databases;
use crate::support::postgres::TestDatabase;
use crate::world::{World, at, field, gadget, id, insert, load, unit, update};

fn message() -> Label {
    Label::new("不行", "no")
}

fn roll_up(key: &str, kind: FieldKind, function: MeasureFn, field_key: Option<&str>, condition: Option<&str>) -> guanxi_core::meta::Field {
    let roll_up = RollUp {
        object: "booking".into(),
        reference: "place".into(),
        function,
        field: field_key.map(str::to_owned),
        condition: condition.map(str::to_owned),
    };
    guanxi_core::meta::Field { computed: Some(Computed::RollUp(roll_up)), ..field(key, kind) }
}

/// A place with figures over its bookings, which belong to a region that sums those up.
fn objects() -> Vec<Object> {
    let plain = |key: &str, fields, rules| Object { key: key.into(), tracked: None, uniques: vec![], fields, rules, ..gadget() };
    let rolled = RollUp {
        object: "place".into(),
        reference: "region".into(),
        function: MeasureFn::Sum,
        field: Some("total".into()),
        condition: None,
    };
    let region = plain(
        "region",
        vec![
            field("name", FieldKind::Text { max: 100 }),
            guanxi_core::meta::Field { computed: Some(Computed::RollUp(rolled)), ..field("grand", FieldKind::Money { scale: 2 }) },
        ],
        Rules::default(),
    );
    let adjustment = Adjustment {
        key: "issue".into(),
        label: message(),
        fields: vec![AdjustedField { field: "on_hand".into(), subtract: true }],
        guard: Some(Guard { condition: "on_hand >= 0".into(), code: "pa.stock.short".into(), message: message() }),
    };
    let place = plain(
        "place",
        vec![
            field("name", FieldKind::Text { max: 100 }),
            field("region", FieldKind::Reference { target: "region".into() }),
            field("on_hand", FieldKind::Decimal { scale: 2 }),
            roll_up("many", FieldKind::Integer, MeasureFn::Count, None, None),
            roll_up("total", FieldKind::Money { scale: 2 }, MeasureFn::Sum, Some("price"), Some("open == true")),
            roll_up("average", FieldKind::Money { scale: 2 }, MeasureFn::Avg, Some("price"), None),
            roll_up("least", FieldKind::Integer, MeasureFn::Min, Some("share"), None),
            roll_up("last", FieldKind::DateTime, MeasureFn::Max, Some("ends"), None),
        ],
        Rules { adjustments: vec![adjustment], ..Rules::default() },
    );
    let number = |format: &str| Some(Computed::Sequence { format: format.into() });
    let booking = plain(
        "booking",
        vec![
            field("name", FieldKind::Text { max: 100 }),
            guanxi_core::meta::Field {
                computed: number("B{yyyy}{MM}-{000}"),
                unique: true,
                ..field("number", FieldKind::Text { max: 40 })
            },
            field("place", FieldKind::Reference { target: "place".into() }),
            field("starts", FieldKind::DateTime),
            field("ends", FieldKind::DateTime),
            field("open", FieldKind::Bool),
            field("group", FieldKind::Text { max: 20 }),
            field("share", FieldKind::Integer),
            field("price", FieldKind::Money { scale: 2 }),
        ],
        Rules {
            no_overlaps: vec![NoOverlap {
                key: "free".into(),
                fields: vec!["place".into()],
                from: "starts".into(),
                to: "ends".into(),
                condition: Some("open == true".into()),
                code: "pa.taken".into(),
                message: message(),
            }],
            limits: vec![
                Limit {
                    key: "whole".into(),
                    fields: vec!["group".into()],
                    sum: Some("share".into()),
                    at_most: Decimal::new(1000, 1),
                    condition: Some("open == true".into()),
                    code: "pa.over".into(),
                    message: message(),
                },
                Limit {
                    key: "few".into(),
                    fields: vec!["group".into()],
                    sum: None,
                    at_most: Decimal::new(5, 0),
                    condition: None,
                    code: "pa.many".into(),
                    message: message(),
                },
            ],
            ..Rules::default()
        },
    );
    vec![region, place, booking]
}

async fn ruled(stores: &Stores) -> Arc<World> {
    let World { store, schema } = World::empty(stores).await;
    let changes = objects().into_iter().map(|object| MetaChange::CreateObject(Box::new(object))).collect();
    store.apply_metadata(schema.revision, changes, at(0)).await.unwrap();
    let schema = load(&store).await;
    Arc::new(World { store, schema })
}

fn text(text: &str) -> Value {
    Value::from(text)
}

fn booking(n: u128, place: u128, from: i64, to: Option<i64>) -> RowChange {
    let ends = to.map_or(Value::Null, |to| Value::Instant(at(to)));
    let values = vec![
        ("name", text("b")),
        ("place", Value::Ref(id(place))),
        ("starts", Value::Instant(at(from))),
        ("ends", ends),
        ("open", true_()),
    ];
    insert("booking", id(n), values)
}

fn true_() -> Value {
    Value::Bool(true)
}

fn share(n: u128, group: &str, share: i64) -> RowChange {
    insert("booking", id(n), vec![("name", text("s")), ("group", text(group)), ("share", Value::Int(share)), ("open", true_())])
}

/// The refused records, with the rule and the other record.
fn broken(answer: Result<(), WriteError>) -> Vec<(u128, String, Option<u128>)> {
    let number = |id: Uuid| id.as_u128() - crate::world::id(0).as_u128();
    match answer {
        Err(WriteError::RulesBroken(broken)) => {
            broken.into_iter().map(|RuleBroken { id, rule, other, .. }| (number(id), rule, other.map(number))).collect()
        }
        other => panic!("{other:?}"),
    }
}

async fn value(world: &World, object: &str, n: u128, key: &str) -> Value {
    world.store.load_records(&world.schema, object, &[id(n)]).await.unwrap()[0].value(key).clone()
}

#[tokio::test]
async fn intervals_do_not_meet() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        world.write(vec![booking(1, 50, 600, Some(630))]).await.unwrap();
        assert_eq!(broken(world.write(vec![booking(2, 50, 615, Some(645))]).await), [(2, "free".into(), Some(1))]);
        world.write(vec![booking(3, 50, 630, Some(660)), booking(4, 51, 615, Some(645))]).await.unwrap();
        // Two of one unit: the later gives way. An open end meets everything behind its begin.
        let both = vec![booking(5, 52, 0, None), booking(6, 52, 9_000, Some(9_001)), booking(7, 53, 5, Some(6))];
        assert_eq!(broken(world.write(both).await), [(6, "free".into(), Some(5))]);
        // A closed booking is free, and must fit when it opens again.
        let mut closed = booking(8, 50, 600, Some(630));
        closed.values.retain(|(key, _)| key != "open");
        world.write(vec![closed]).await.unwrap();
        let open = vec![update("booking", id(8), 1, vec![("open", Value::Null, true_())])];
        assert_eq!(broken(world.write(open.clone()).await), [(8, "free".into(), Some(1))]);
        // A deleted one makes way, and comes back only where nobody has come meanwhile.
        let gone = RowChange { op: RowOp::Delete { version: 1 }, values: vec![], ..open[0].clone() };
        world.write(vec![RowChange { id: id(1), ..gone.clone() }]).await.unwrap();
        world.write(open).await.unwrap();
        let back = RowChange { id: id(1), op: RowOp::Restore { version: 2 }, ..gone };
        assert_eq!(broken(world.write(vec![back]).await), [(1, "free".into(), Some(8))]);
        // Moving the end of a stored one.
        let longer = update("booking", id(3), 1, vec![("starts", Value::Instant(at(630)), Value::Instant(at(629)))]);
        assert_eq!(broken(world.write(vec![longer]).await), [(3, "free".into(), Some(8))]);
    })
    .await;
}

#[tokio::test]
async fn sums_and_counts_stay_within_their_bounds() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        world.write(vec![share(1, "甲", 60), share(2, "甲", 30)]).await.unwrap();
        assert_eq!(broken(world.write(vec![share(3, "甲", 20)]).await), [(3, "whole".into(), None)]);
        world.write(vec![share(4, "甲", 10), share(5, "乙", 100)]).await.unwrap();
        // One ends, another fits; both in one unit.
        let ends = update("booking", id(2), 1, vec![("open", true_(), Value::Bool(false))]);
        world.write(vec![ends, share(6, "甲", 30)]).await.unwrap();
        // A record that moves to another group counts there.
        let moved = update("booking", id(4), 1, vec![("group", text("甲"), text("乙"))]);
        assert_eq!(broken(world.write(vec![moved]).await), [(4, "whole".into(), None)]);
        // Without a negative share the others are too much.
        world.write(vec![share(7, "丙", -50)]).await.unwrap();
        world.write(vec![share(8, "丙", 150)]).await.unwrap();
        let gone = RowChange { op: RowOp::Delete { version: 1 }, values: vec![], ..share(7, "丙", 0) };
        assert_eq!(broken(world.write(vec![gone]).await), [(7, "whole".into(), None)]);
        // The latest give way, as many as it takes; sums beyond 64 bits are no escape.
        let many = (10..17).map(|n| share(n, "丁", 1)).collect();
        assert_eq!(broken(world.write(many).await), [(16, "few".into(), None), (15, "few".into(), None)]);
        let huge = vec![share(20, "戊", i64::MAX), share(21, "戊", i64::MAX)];
        assert_eq!(broken(world.write(huge).await).len(), 2);
    })
    .await;
}

/// Tries all at once; how many were written, and what the others were told.
async fn race(world: &Arc<World>, units: Vec<WriteUnit>) -> (usize, Vec<WriteError>) {
    let tasks = units.into_iter().map(|unit| {
        let world = world.clone();
        tokio::spawn(async move {
            loop {
                match world.store.write_deriving(&world.schema, &unit, &OnHand).await {
                    Err(WriteError::Store(StoreError::Conflict)) => {}
                    answer => return answer,
                }
            }
        })
    });
    let (mut written, mut refused) = (0, Vec::new());
    for task in tasks.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Ok(()) => written += 1,
            Err(error) => refused.push(error),
        }
    }
    (written, refused)
}

/// The guard of the adjustment, as the engine would evaluate it.
struct OnHand;

impl Derive for OnHand {
    fn formulas(&self, _: &Object, _: &HashMap<String, Value>, _: &[String]) -> Result<Vec<(String, Value)>, Problem> {
        Ok(Vec::new())
    }

    fn guard_holds(&self, _: &Object, _: &Adjustment, values: &HashMap<String, Value>) -> Result<bool, Problem> {
        Ok(matches!(values.get("on_hand"), Some(Value::Decimal(number)) if number.units >= 0))
    }

    fn problems(&self, _: &Object, _: &HashMap<String, Value>, _: &[String]) -> Vec<Problem> {
        Vec::new()
    }
}

#[tokio::test]
async fn twenty_at_once_keep_the_rules() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        let (written, refused) =
            race(&world, (0..20).map(|n| unit(vec![booking(n, 50, 600 + n as i64, Some(630 + n as i64))])).collect()).await;
        assert_eq!((written, refused.len()), (1, 19));
        assert!(refused.iter().all(|e| matches!(e, WriteError::RulesBroken(_))), "{refused:?}");
        let (written, _) = race(&world, (30..50).map(|n| unit(vec![share(n, "甲", 30)])).collect()).await;
        assert_eq!(written, 3);
    })
    .await;
}

#[tokio::test]
async fn numbers_are_given_once() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day).unwrap();
        let units = (0..20).map(|n| {
            let rows = (0..3).map(|m| insert("booking", id(100 + n * 3 + m), vec![("name", text("n"))])).collect();
            WriteUnit { today: day(11, 30), ..unit(rows) }
        });
        assert_eq!(race(&world, units.collect()).await.0, 20);
        let next = WriteUnit { today: day(12, 1), ..unit(vec![insert("booking", id(200), vec![("name", text("n"))])]) };
        world.store.write(&world.schema, &next).await.unwrap();
        let mut numbers = BTreeSet::new();
        for row in world.store.load_records(&world.schema, "booking", &(100..201).map(id).collect::<Vec<_>>()).await.unwrap() {
            numbers.insert(row.value("number").as_text().unwrap().to_owned());
        }
        let expected: BTreeSet<String> = (1..=60).map(|n| format!("B202611-{n:03}")).chain(["B202612-001".into()]).collect();
        assert_eq!(numbers, expected);
        // In the order of the records within a unit; a refused unit may leave a gap, never a double.
        let rows = (0..3).map(|n| insert("booking", id(300 + n), vec![("name", text("n"))])).collect();
        world.store.write(&world.schema, &WriteUnit { today: day(12, 1), ..unit(rows) }).await.unwrap();
        assert_eq!(value(&world, "booking", 302, "number").await, text("B202612-004"));
    })
    .await;
}

#[tokio::test]
async fn adjustments_are_never_lost() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        let ten = Value::Decimal(Decimal::new(1000, 2));
        world.write(vec![insert("place", id(1), vec![("name", text("p")), ("on_hand", ten)])]).await.unwrap();
        let issue = |units: i64| {
            unit(vec![RowChange {
                object: "place".into(),
                id: id(1),
                op: RowOp::Adjust { rule: 0, amount: Decimal::new(units, 2) },
                values: vec![],
                old: vec![],
            }])
        };
        let (written, refused) = race(&world, (0..2).map(|_| issue(600)).collect()).await;
        assert_eq!(written, 1);
        let [WriteError::RulesBroken(broken)] = refused.as_slice() else { panic!("{refused:?}") };
        assert_eq!(broken[0].code, "pa.stock.short");
        assert!(broken[0].params.contains(&("available".into(), "4.00".into())), "{broken:?}");
        let (written, _) = race(&world, (0..20).map(|_| issue(30)).collect()).await;
        assert_eq!(written, 13);
        assert_eq!(value(&world, "place", 1, "on_hand").await, Value::Decimal(Decimal::new(10, 2)));
        let history = world.store.history(&world.schema, "place", id(1), None, 50).await.unwrap();
        assert_eq!((history.len(), history[0].version), (15, 15));
        assert_eq!(history[0].old["on_hand"], Value::Decimal(Decimal::new(40, 2)));
        let mut gone = issue(1);
        gone.changes[0].id = id(9);
        assert!(matches!(world.store.write(&world.schema, &gone).await, Err(WriteError::Gone { .. })));
    })
    .await;
}

#[tokio::test]
async fn roll_ups_are_what_their_rows_come_to() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        let money = |units: i64| Value::Decimal(Decimal::new(units, 2));
        let place = |n: u128| insert("place", id(n), vec![("name", text("p")), ("region", Value::Ref(id(70)))]);
        world.write(vec![insert("region", id(70), vec![("name", text("r"))]), place(1), place(2)]).await.unwrap();
        assert_eq!(value(&world, "place", 1, "many").await, Value::Int(0));
        assert_eq!(value(&world, "place", 1, "total").await, money(0));
        assert_eq!(value(&world, "place", 1, "average").await, Value::Null);
        let row = |n: u128, place: u128, price: i64| {
            let values = vec![("name", text("b")), ("place", Value::Ref(id(place))), ("price", money(price)), ("open", true_())];
            insert("booking", id(n), values)
        };
        let (written, refused) = race(&world, (0..20).map(|n| unit(vec![row(100 + n, 1, 101), row(200 + n, 2, 1)])).collect()).await;
        assert_eq!(written, 20, "{refused:?}");
        assert_eq!(value(&world, "place", 1, "many").await, Value::Int(20));
        assert_eq!(value(&world, "place", 1, "total").await, money(2_020));
        assert_eq!(value(&world, "region", 70, "grand").await, money(2_040));
        assert_eq!(value(&world, "place", 1, "version").await, Value::Int(1));
        // One moves, one goes, one closes, one comes back.
        let moved = update("booking", id(100), 1, vec![("place", Value::Ref(id(1)), Value::Ref(id(2)))]);
        let gone = RowChange { op: RowOp::Delete { version: 1 }, values: vec![], ..row(101, 1, 0) };
        let closed = update("booking", id(102), 1, vec![("open", true_(), Value::Bool(false))]);
        let dearer = update("booking", id(103), 1, vec![("price", money(101), money(104)), ("share", Value::Null, Value::Int(7))]);
        world.write(vec![moved, gone.clone(), closed, dearer]).await.unwrap();
        assert_eq!(value(&world, "place", 1, "many").await, Value::Int(18));
        assert_eq!(value(&world, "place", 1, "total").await, money(17 * 101 + 3));
        // 1,821 in 18 parts is 101.17.
        assert_eq!(value(&world, "place", 1, "average").await, money(101));
        assert_eq!(value(&world, "place", 1, "least").await, Value::Int(7));
        assert_eq!(value(&world, "place", 2, "total").await, money(121));
        assert_eq!(value(&world, "region", 70, "grand").await, money(17 * 101 + 3 + 121));
        world.write(vec![RowChange { op: RowOp::Restore { version: 2 }, ..gone }]).await.unwrap();
        assert_eq!(value(&world, "place", 1, "many").await, Value::Int(19));
        let history = world.store.history(&world.schema, "place", id(1), None, 10).await.unwrap();
        assert_eq!(history.len(), 1);
        // Declared anew over what is there.
        assert_eq!(world.store.recompute_roll_up(&world.schema, "place", "total", &OnHand).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_adjustment_and_its_record_are_one() {
    on_both_databases(async |stores: Stores| {
        let world = ruled(&stores).await;
        let ten = Value::Decimal(Decimal::new(1000, 2));
        world.write(vec![insert("place", id(1), vec![("name", text("p")), ("on_hand", ten)])]).await.unwrap();
        let issue = |n: u128| {
            let adjust = RowChange { op: RowOp::Adjust { rule: 0, amount: Decimal::new(300, 2) }, ..insert("place", id(1), vec![]) };
            unit(vec![insert("booking", id(n), vec![("name", text("move")), ("place", Value::Ref(id(1)))]), adjust])
        };
        let (written, _) = race(&world, (100..120).map(issue).collect()).await;
        assert_eq!(written, 3);
        assert_eq!(value(&world, "place", 1, "on_hand").await, Value::Decimal(Decimal::new(100, 2)));
        // Every adjustment that was refused took its record with it.
        assert_eq!(value(&world, "place", 1, "many").await, Value::Int(3));
        assert_eq!(world.all("booking").await.len(), 3);
        // A rehearsal tells the same and leaves nothing.
        let rehearsal = WriteUnit { rehearsal: true, ..issue(200) };
        assert!(matches!(world.store.write_deriving(&world.schema, &rehearsal, &OnHand).await, Err(WriteError::RulesBroken(_))));
        let fine = WriteUnit { rehearsal: true, ..unit(vec![insert("booking", id(201), vec![("name", text("b"))])]) };
        world.store.write(&world.schema, &fine).await.unwrap();
        assert_eq!(world.all("booking").await.len(), 3);
    })
    .await;
}

/// A change of metadata that holds the table is seen by the saves that waited for it, however many statements they have.
#[tokio::test]
async fn a_save_sees_the_metadata_that_it_waited_for() {
    let Some(database) = TestDatabase::create().await else { return };
    let stores = Stores::open(Location::Postgres { url: database.url.clone(), max_connections: 5 }).await.unwrap();
    let world = ruled(&stores).await;
    let region = world.schema.object("region").unwrap().id;
    let mut other = PgConnection::connect(&database.url).await.unwrap();
    let run = async |connection: &mut PgConnection, sql: String| {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(connection).await.unwrap();
    };
    for (round, rows) in [1, 2].into_iter().enumerate() {
        run(&mut other, "BEGIN".into()).await;
        run(&mut other, format!("LOCK TABLE t_demo.o{region} IN ACCESS EXCLUSIVE MODE")).await;
        run(&mut other, "UPDATE t_demo.gx_revision SET meta_rev = meta_rev + 1".into()).await;
        let world = Arc::new(World { store: world.store.clone(), schema: load(&world.store).await });
        let changes = (0..rows).map(|n| insert("region", id(10 * round as u128 + n), vec![("name", text("r"))])).collect();
        let waiting = tokio::spawn(async move { world.store.write(&world.schema, &unit(changes)).await });
        let blocked = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation IS NOT NULL";
        while sqlx::query_scalar::<_, i64>(blocked).fetch_one(&mut other).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        run(&mut other, "COMMIT".into()).await;
        let answer = waiting.await.unwrap();
        assert!(matches!(answer, Err(WriteError::Store(StoreError::StaleSchema))), "{rows} rows: {answer:?}");
    }
    other.close().await.unwrap();
    drop((world, stores));
    database.remove().await;
}
