//! Deadlines: a statement that takes too long is stopped, its connection goes on, and nobody else notices. Counts beyond their bound.

use std::time::Duration;

use guanxi_core::Value;
use guanxi_core::expr::Expr;
use guanxi_core::query::{Query, Sort};
use guanxi_store::{Deadlines, Dialect, RowChange, StoreError, Stores, Work, within};

use crate::support::{on_both_databases, on_both_within};
use crate::world::{World, everything, id, insert};

/// Enough that no machine reads them within the least deadline there is.
const ROWS: u128 = 3_000;

async fn crowded(stores: &Stores) -> World {
    let world = World::filled(stores).await;
    for chunk in (0..ROWS).collect::<Vec<_>>().chunks(500) {
        let row = |n: &u128| {
            let number = *n as i64;
            let values = vec![
                ("name", Value::from(format!("器件 {number}"))),
                ("qty", Value::Int(number % 10)),
                ("stage", Value::from(["a", "b", "c"][number as usize % 3])),
            ];
            insert("gadget", id(10_000 + n), values)
        };
        world.write(chunk.iter().map(row).collect::<Vec<RowChange>>()).await.unwrap();
    }
    world
}

/// Everything has to be calculated for every row, and sorted then.
fn heavy(world: &World) -> Query {
    let filter: Expr = {
        let parts: Vec<String> = (0..30).map(|n| format!("price * rate / 7 + amount * qty - {n} > 1")).collect();
        world.filter("gadget", &parts.join(" || "))
    };
    let sort = ["customer.owner", "-rate", "price"].map(|key| {
        let (name, descending) = key.strip_prefix('-').map_or((key, false), |name| (name, true));
        Sort { path: world.path("gadget", name), descending }
    });
    Query {
        object: "gadget".into(),
        filter: Some(filter),
        fields: vec![world.path("gadget", "name")],
        sort: sort.to_vec(),
        limit: 10,
        after: None,
        scopes: everything(),
    }
}

#[tokio::test]
async fn a_slow_read_ends_and_harms_nobody() {
    let hasty = Deadlines { interactive: Duration::from_micros(1), ..Deadlines::patient() };
    on_both_within(hasty, async |stores: Stores| {
        let world = crowded(&stores).await;
        let query = heavy(&world);
        for round in 0..6u128 {
            let number = 20_000 + round;
            let write = world.write(vec![insert("gadget", id(number), vec![("name", "between".into())])]);
            let (first, written, second) =
                tokio::join!(world.store.find(&world.schema, &query), write, world.store.find(&world.schema, &query));
            assert!(matches!(first, Err(StoreError::TooSlow)) && matches!(second, Err(StoreError::TooSlow)), "{first:?} {second:?}");
            written.unwrap();
        }
        // Every connection still works, for whoever has the time: the same question is answered.
        for _ in 0..6 {
            let found = within(Work::Job, world.store.find(&world.schema, &query)).await.unwrap();
            assert!(!found.rows.is_empty());
        }
        let written = world.store.load_records(&world.schema, "gadget", &(20_000..20_006).map(id).collect::<Vec<_>>()).await.unwrap();
        assert_eq!(written.len(), 6, "the writer was not disturbed");
        // A count that takes too long does not fail: it is an estimate.
        let count = world.store.count(&world.schema, "gadget", query.filter.as_ref(), &everything(), 10_000).await;
        assert!(count.is_ok_and(|count| !count.exact));
    })
    .await;
}

#[tokio::test]
async fn counts_beyond_their_bound_are_estimates() {
    on_both_databases(async |stores: Stores| {
        let world = crowded(&stores).await;
        world.store.bare_analyze().await.unwrap();
        for (filter, exactly) in
            [("name != null", 3_060u64), ("stage == \"a\"", 1_018), ("qty >= 5", 1_500), ("qty == 7 && stage != \"b\"", 200)]
        {
            let condition = world.filter("gadget", filter);
            let scopes = everything();
            let count = |bound| world.store.count(&world.schema, "gadget", Some(&condition), &scopes, bound);
            let exact = count(10_000).await.unwrap();
            assert!(exact.exact && exact.value.abs_diff(exactly) <= 20, "{filter}: {exact:?}");
            let estimate = count(50).await.unwrap();
            assert!(!estimate.exact && estimate.value > 50, "{filter}: {estimate:?}");
            let near = estimate.value.abs_diff(exact.value) * 4 <= exact.value;
            // PostgreSQL takes conditions for independent, so only plain ones are near.
            assert!(near || world.store.dialect() == Dialect::Postgres && filter.contains("&&"), "{filter}: {estimate:?} of {exact:?}");
        }
    })
    .await;
}
