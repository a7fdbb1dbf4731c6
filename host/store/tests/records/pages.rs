//! Pages under inserts: whatever is sorted by what, and whoever writes meanwhile, the pages put together are the whole list.

use std::cmp::Ordering;
use std::collections::HashMap;

use guanxi_core::expr::evaluate_condition;
use guanxi_core::policy::RowScope;
use guanxi_core::query::{Query, Scopes, Sort};
use guanxi_core::{Decimal, Value};
use guanxi_store::{Record, RowChange, Stores};
use uuid::Uuid;

use crate::queries::FILTERS;
use crate::support::on_both_databases;
use crate::world::{World, at, compare, everything, id, insert, read};

/// What lists are sorted by: every type that has an order, own fields and such behind a reference.
const KEYS: [&str; 17] = [
    "name",
    "code",
    "amount",
    "rate",
    "qty",
    "price",
    "stage",
    "done",
    "due",
    "seen",
    "phone",
    "email",
    "external_id",
    "created_at",
    "customer",
    "customer.name",
    "customer.owner",
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// A record with few different values, so that there are ties, and with nulls.
fn record(number: u128, dice: &mut Dice) -> RowChange {
    let mut some = |value: Value| if dice.below(3) == 0 { Value::Null } else { value };
    let mut values = vec![
        ("name", Value::from(["张三", "章三", "Zhang San", "李四", "_x", "élan"][number as usize % 6])),
        ("amount", some(Value::Decimal(Decimal::new(number as i64 % 5 * 100, 2)))),
        ("qty", some(Value::Int(number as i64 % 3))),
        ("price", some(Value::Decimal(Decimal::new(number as i64 % 4, 4)))),
        ("due", some(Value::Date(at(number as i64 % 7 * 86_400).date_naive()))),
        ("seen", some(Value::Instant(at(number as i64 % 6 * 3_600)))),
        ("stage", some(["a", "b", "c"][number as usize % 3].into())),
        ("email", some(Value::from(format!("u{}@example.com", number % 4)))),
        ("customer", some(Value::Ref(id(1 + number % 5)))),
        ("owner", some(Value::Ref(id(900 + number % 3)))),
        ("department", some(Value::Ref(id(800 + number % 2)))),
    ];
    // An own value each, so that no uniqueness is in the way.
    values.push(("code", some(Value::from(format!("N-{number}")))));
    insert("gadget", id(number), values)
}

/// The order of a list: nulls last whichever the direction, then the id in the direction of the last key.
fn order(all: &HashMap<&str, HashMap<Uuid, Record>>, sort: &[Sort], a: &Record, b: &Record) -> Ordering {
    for key in sort {
        let (left, right) = (read(all, a, &key.path), read(all, b, &key.path));
        let order = match (left.is_null(), right.is_null()) {
            (false, false) if key.descending => compare(&key.path.kind, &right, &left),
            (false, false) => compare(&key.path.kind, &left, &right),
            (left, right) => left.cmp(&right),
        };
        if order.is_ne() {
            return order;
        }
    }
    let order = a.id.cmp(&b.id);
    if sort.last().is_some_and(|key| key.descending) { order.reverse() } else { order }
}

#[tokio::test]
async fn pages_put_together_are_the_list_also_under_inserts() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let mut dice = Dice(20_261_124);
        let mut next = 300u128;
        for round in 0..40 {
            let sort: Vec<Sort> = (0..dice.below(4))
                .map(|_| Sort { path: world.path("gadget", KEYS[dice.below(KEYS.len())]), descending: dice.below(2) == 0 })
                .collect();
            let filter = (dice.below(2) == 0).then(|| world.filter("gadget", FILTERS[dice.below(FILTERS.len())]));
            let mine = RowScope::of(id(901), vec![id(800)]);
            let scopes: Scopes = match dice.below(3) {
                0 => [("gadget".to_owned(), mine.clone()), ("customer".to_owned(), RowScope::of(id(900), Vec::new()))].into(),
                _ => everything(),
            };
            let mut query = Query {
                object: "gadget".into(),
                filter,
                fields: vec![world.path("gadget", "name")],
                sort,
                limit: 1 + dice.below(25) as u32,
                after: None,
                scopes,
            };
            // What was there at each moment, and how far the list had come: rows that come behind that place belong to it, others do not.
            let mut listed: Vec<Uuid> = Vec::new();
            let mut late: Vec<(Uuid, Option<Uuid>)> = Vec::new();
            loop {
                let page = world.store.find(&world.schema, &query).await.unwrap();
                listed.extend(page.rows.iter().map(|row| row.id));
                if !page.more {
                    break;
                }
                query.after = page.rows.last().map(|row| row.position.clone());
                for _ in 0..dice.below(3) {
                    if next < 880 {
                        world.write(vec![record(next, &mut dice)]).await.unwrap();
                        late.push((id(next), listed.last().copied()));
                        next += 1;
                    }
                }
            }
            let mut all = HashMap::new();
            for object in ["gadget", "customer"] {
                let scope = &query.scopes[object];
                let inside = |r: &Record| scope.contains(r.value("owner").as_ref_id(), r.value("department").as_ref_id());
                all.insert(object, world.all(object).await.into_iter().filter(|(_, r)| inside(r)).collect::<HashMap<_, _>>());
            }
            let gadgets = &all["gadget"];
            let came_in_time = |r: &Record| match late.iter().find(|(id, _)| *id == r.id) {
                Some((_, Some(place))) => order(&all, &query.sort, &gadgets[place], r).is_lt(),
                _ => true,
            };
            let mut wanted: Vec<&Record> = gadgets
                .values()
                .filter(|r| query.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| read(&all, r, path))))
                .filter(|r| came_in_time(r))
                .collect();
            wanted.sort_by(|a, b| order(&all, &query.sort, a, b));
            let wanted: Vec<Uuid> = wanted.iter().map(|r| r.id).collect();
            assert_eq!(listed, wanted, "round {round}: {:?} {:?} by {}", query.sort, query.filter, query.limit);
            // And at rest the pages are the unpaged list.
            query.after = None;
            query.limit = 1_000;
            let whole = world.store.find(&world.schema, &query).await.unwrap();
            query.limit = 7;
            let mut joined = Vec::new();
            loop {
                let page = world.store.find(&world.schema, &query).await.unwrap();
                joined.extend(page.rows.iter().map(|row| row.id));
                query.after = page.rows.last().map(|row| row.position.clone());
                if !page.more {
                    break;
                }
            }
            assert_eq!(joined, whole.rows.iter().map(|row| row.id).collect::<Vec<_>>(), "round {round}");
        }
        assert!(next > 400, "enough came meanwhile: {next}");
    })
    .await;
}
