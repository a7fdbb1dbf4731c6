//! Filters, sorts and pages against the oracle.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_core::expr::evaluate_condition;
use guanxi_core::policy::RowScope;
use guanxi_core::query::{Count, Query, Scopes, Sort};
use guanxi_store::{Record, Stores};
use uuid::Uuid;

use crate::support::on_both_databases;
use crate::world::{World, compare, everything, id, read, update};

pub(crate) const FILTERS: [&str; 47] = [
    "amount > 1000",
    "amount != 100.50",
    "!(amount > 1000)",
    "amount == null",
    "amount != null",
    "amount >= 0 && qty < 3 || stage == \"b\"",
    "!(amount >= 0 && qty < 3)",
    "!(amount >= 0 || qty < 3)",
    "!(!(qty == 1))",
    "name == \"ZHANG  san\"",
    "name != \"张三\"",
    "name == \"abc\"",
    "name < \"李四\"",
    "name >= \"王五\"",
    "name.startsWith(\"张\")",
    "name.startsWith(\"\")",
    "name.startsWith(\"%\")",
    "name.startsWith(\"_\")",
    "!name.startsWith(\"zh\")",
    "name in [\"张三\", \"élan\", \"O'Neil\"]",
    "!(stage in [\"a\", \"c\"])",
    "stage != \"a\"",
    "done",
    "!done",
    "done == false",
    "done != true",
    "due >= \"2026-03-01\" && due < \"2026-06-01\"",
    "seen > \"2026-10-01\"",
    "phone == \"86103\"",
    "phone.startsWith(\"8610\")",
    "email == \"user3@example.com\"",
    "email > \"user3\"",
    "external_id == \"EXT 7\"",
    "owner == me",
    "!(owner == me)",
    "customer.name == \"ACME\"",
    "customer.name != \"acme\"",
    "customer.name == null && customer != null",
    "customer.owner == owner",
    "customer.owner != owner",
    "amount * rate / 100 > 500",
    "!(amount * rate / 100 > 500)",
    "amount > price * qty",
    "price == qty || amount + price == null",
    "due in this_month || seen in last_quarter",
    "!(due in last_days(90)) && seen > this_year",
    "seen <= last_week || due >= next_month",
];

async fn stored(world: &World) -> HashMap<&'static str, HashMap<Uuid, Record>> {
    let mut all = HashMap::new();
    for object in ["gadget", "customer"] {
        all.insert(object, world.all(object).await);
    }
    all
}

fn query(world: &World, filter: Option<&str>, sort: &[&str], limit: u32, scopes: Scopes) -> Query {
    let sort = sort.iter().map(|text| {
        let (path, descending) = text.strip_prefix('-').map_or((*text, false), |path| (path, true));
        Sort { path: world.path("gadget", path), descending }
    });
    Query {
        object: "gadget".into(),
        filter: filter.map(|f| world.filter("gadget", f)),
        fields: vec![world.path("gadget", "name"), world.path("gadget", "customer.name")],
        sort: sort.collect(),
        limit,
        after: None,
        scopes,
    }
}

/// All pages one after the other.
async fn pages(world: &World, mut query: Query) -> Vec<Uuid> {
    let mut ids = Vec::new();
    loop {
        let page = world.store.find(&world.schema, &query).await.unwrap();
        assert!(page.rows.len() <= query.limit as usize);
        assert!(!page.more || page.rows.len() == query.limit as usize);
        ids.extend(page.rows.iter().map(|r| r.id));
        if !page.more {
            return ids;
        }
        query.after = page.rows.last().map(|r| r.position.clone());
    }
}

#[tokio::test]
async fn filters_mean_what_core_means() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let all = stored(&world).await;
        for text in FILTERS {
            let filter = world.filter("gadget", text);
            let mut wanted: Vec<Uuid> =
                all["gadget"].values().filter(|r| evaluate_condition(&filter, &|path| read(&all, r, path))).map(|r| r.id).collect();
            wanted.sort();
            let found = pages(&world, query(&world, Some(text), &[], 1000, everything())).await;
            assert_eq!(found, wanted, "{text}");
            let count = world.store.count(&world.schema, "gadget", Some(&filter), &everything(), 10_000).await.unwrap();
            assert_eq!(count, Count { value: wanted.len() as u64, exact: true }, "{text}");
        }
        // Combinations, the same in every run.
        let mut seed = 7u64;
        let mut next = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % below
        };
        for _ in 0..150 {
            let mut text = FILTERS[next(FILTERS.len())].to_owned();
            for _ in 0..=next(3) {
                let other = FILTERS[next(FILTERS.len())];
                text = match next(4) {
                    0 => format!("({text}) && !({other})"),
                    1 => format!("!(({text}) && ({other}))"),
                    2 => format!("({text}) || !({other})"),
                    _ => format!("!(!({text}) || ({other}))"),
                };
            }
            let filter = world.filter("gadget", &text);
            let wanted = all["gadget"].values().filter(|r| evaluate_condition(&filter, &|path| read(&all, r, path))).count();
            let count = world.store.count(&world.schema, "gadget", Some(&filter), &everything(), 10_000).await.unwrap();
            assert_eq!(count.value, wanted as u64, "{text}");
        }
        let bound = world.store.count(&world.schema, "gadget", None, &everything(), 59).await.unwrap();
        assert_eq!(bound, Count { value: 60, exact: false }, "an estimate, and at least what was counted");
        let exact = world.store.count(&world.schema, "gadget", None, &everything(), 60).await.unwrap();
        assert_eq!(exact, Count { value: 60, exact: true });
    })
    .await;
}

#[tokio::test]
async fn pages_put_together_are_the_whole() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let all = stored(&world).await;
        let sorts: [&[&str]; 17] = [
            &[],
            &["name"],
            &["-name"],
            &["amount"],
            &["-amount"],
            &["qty"],
            &["-due"],
            &["seen"],
            &["stage", "-amount"],
            &["-stage", "amount", "name"],
            &["-done", "-qty", "-amount"],
            &["customer.name"],
            &["-customer.name", "name"],
            &["created_at"],
            &["-created_at"],
            &["phone", "email"],
            &["-external_id"],
        ];
        for sort in sorts {
            let whole = query(&world, None, sort, 1000, everything());
            let mut wanted: Vec<&Record> = all["gadget"].values().collect();
            wanted.sort_by(|a, b| {
                for key in &whole.sort {
                    let (left, right) = (read(&all, a, &key.path), read(&all, b, &key.path));
                    let order = match (left.is_null(), right.is_null()) {
                        (false, false) => compare(&key.path.kind, &left, &right),
                        (left, right) => left.cmp(&right),
                    };
                    let backwards = key.descending && !left.is_null() && !right.is_null();
                    let order = if backwards { order.reverse() } else { order };
                    if order.is_ne() {
                        return order;
                    }
                }
                let order = a.id.cmp(&b.id);
                if whole.sort.last().is_some_and(|k| k.descending) { order.reverse() } else { order }
            });
            let wanted: Vec<Uuid> = wanted.iter().map(|r| r.id).collect();
            assert_eq!(pages(&world, whole.clone()).await, wanted, "{sort:?}");
            for limit in [1, 7, 60] {
                assert_eq!(pages(&world, Query { limit, ..whole.clone() }).await, wanted, "{sort:?} by {limit}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn scopes_bound_every_table() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let all = stored(&world).await;
        let limited = |owner: u128, departments: &[u128]| RowScope::of(id(owner), departments.iter().map(|d| id(*d)).collect());
        for (gadgets, customers) in [
            (limited(901, &[]), RowScope::All),
            (limited(901, &[800, 803]), limited(900, &[])),
            (RowScope::All, limited(901, &[])),
            (limited(999, &[]), RowScope::All),
        ] {
            let sees = |scope: &RowScope, r: &Record| scope.contains(r.value("owner").as_ref_id(), r.value("department").as_ref_id());
            let mut visible = HashMap::new();
            for (key, scope) in [("gadget", &gadgets), ("customer", &customers)] {
                let records = all[key].iter().filter(|(_, r)| sees(scope, r)).map(|(id, r)| (*id, r.clone()));
                visible.insert(key, records.collect::<HashMap<_, _>>());
            }
            let scopes: Scopes = [("gadget".to_owned(), gadgets.clone()), ("customer".to_owned(), customers.clone())].into();
            for filter in [None, Some("customer.name == \"acme\""), Some("customer.name == null")] {
                let query = query(&world, filter, &["-customer.name"], 1000, scopes.clone());
                let page = world.store.find(&world.schema, &query).await.unwrap();
                let holds = |r: &&Record| query.filter.as_ref().is_none_or(|f| evaluate_condition(f, &|path| read(&visible, r, path)));
                let wanted = visible["gadget"].values().filter(holds).count();
                assert_eq!(page.rows.len(), wanted, "{gadgets:?} {customers:?} {filter:?}");
                for row in page.rows {
                    let record = &visible["gadget"][&row.id];
                    assert_eq!(row.values[0], *record.value("name"));
                    assert_eq!(row.values[1], read(&visible, record, &world.path("gadget", "customer.name")));
                }
            }
        }
        // Without any scope an object is invisible, and so is what references lead to.
        let nothing = world.store.find(&world.schema, &query(&world, None, &[], 10, Scopes::new())).await.unwrap();
        assert!(nothing.rows.is_empty());
        let only = Scopes::from([("gadget".to_owned(), RowScope::All)]);
        let page = world.store.find(&world.schema, &query(&world, None, &[], 100, only)).await.unwrap();
        assert!(page.rows.len() == 60 && page.rows.iter().all(|r| r.values[1] == Value::Null));
    })
    .await;
}

#[tokio::test]
async fn tracked_changes_are_read_through_their_record() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let moved = update("gadget", id(101), 1, vec![("stage", "b".into(), "c".into()), ("qty", Value::Int(-2), Value::Int(5))]);
        world.write(vec![moved]).await.unwrap();
        let path = |key: &str| world.path("gadget__stages", key);
        let mut query = Query {
            object: "gadget__stages".into(),
            filter: Some(world.filter("gadget__stages", "record.name == \"章三\" && to == \"c\"")),
            fields: ["record", "from", "to", "by", "amount", "record.qty"].into_iter().map(path).collect(),
            sort: vec![Sort { path: path("at"), descending: true }],
            limit: 10,
            after: None,
            scopes: everything(),
        };
        let amount = world.all("gadget").await[&id(101)].value("amount").clone();
        let found = world.store.find(&world.schema, &query).await.unwrap();
        let first = found.rows.iter().find(|r| r.values[0] == Value::Ref(id(101))).unwrap();
        assert_eq!(first.values, [Value::Ref(id(101)), "b".into(), "c".into(), Value::Ref(id(901)), amount, Value::Int(5)]);

        query.filter = None;
        query.limit = 1000;
        let made = world.store.find(&world.schema, &query).await.unwrap();
        let with_stage = world.all("gadget").await.values().filter(|r| !r.value("stage").is_null()).count();
        assert_eq!(made.rows.len(), with_stage + 1);
        query.scopes = Scopes::from([("gadget".to_owned(), RowScope::of(id(902), vec![]))]);
        let own = world.store.find(&world.schema, &query).await.unwrap();
        assert!(!own.rows.is_empty() && own.rows.len() < made.rows.len());
        query.scopes = Scopes::new();
        assert!(world.store.find(&world.schema, &query).await.unwrap().rows.is_empty());
    })
    .await;
}
