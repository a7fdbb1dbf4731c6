//! The index answers as the same words do in memory, follows every write, and can be made anew.

use std::collections::BTreeSet;

use guanxi_core::Value;
use guanxi_core::expr::{Bindings, Expr, check_question, evaluate_condition, parse, resolve_path};
use guanxi_core::policy::RowScope;
use guanxi_core::query::{Query, Scopes};
use guanxi_core::search::{Asked, answers, searched};
use guanxi_store::{FieldChange, MetaChange, Place, RowChange, RowOp, SearchArm, Stores};
use uuid::Uuid;

use crate::support::on_both_databases;
use crate::world::{World, at, everything, id, insert, load, unit, update};

const QUESTIONS: [&str; 40] = [
    "zs",
    "zhangsan",
    "zhang san",
    "zhang",
    "zhan",
    "z",
    "zh",
    "张三",
    "三",
    "张",
    "章三",
    "北京",
    "bj",
    "beijing",
    "elan",
    "ÉLAN",
    "el",
    "abc",
    "AB",
    "o'neil",
    "neil",
    "wang",
    "王五 1",
    "c-11",
    "c 1",
    "11",
    "1",
    "9",
    "103",
    "8610",
    "+86 10",
    "861012",
    "user3",
    "user3@example.com",
    "example",
    "第二行",
    "行 3",
    "ext",
    "ext 7",
    "x",
];

const NOT_FOUND: [&str; 8] = ["三张", "sanzhang", "zhangsi", "hang", "eil", "999", "张三 李四", "."];

fn arm(world: &World) -> SearchArm {
    let object = world.schema.object("gadget").unwrap();
    let fields = object.fields.iter().filter(|field| searched(field).is_some()).map(|field| field.key.clone()).collect();
    SearchArm { object: "gadget".into(), fields, title: Some(resolve_path("name", &world.schema, object).unwrap()), filter: None }
}

async fn found(world: &World, arm: &SearchArm, scopes: &Scopes, question: &str) -> BTreeSet<Uuid> {
    let Some(asked) = Asked::new(question) else { return BTreeSet::new() };
    let hits = world.store.search(&world.schema, scopes, &[(0, arm)], &asked, Place::Anywhere, 1_000).await.unwrap();
    assert!(hits.windows(2).all(|pair| pair[0].id > pair[1].id), "{question}: newest first");
    hits.into_iter().map(|hit| hit.id).collect()
}

async fn listed(world: &World, filter: Expr) -> BTreeSet<Uuid> {
    let query = Query {
        object: "gadget".into(),
        filter: Some(filter),
        fields: vec![],
        sort: vec![],
        limit: 1_000,
        after: None,
        scopes: everything(),
    };
    world.store.find(&world.schema, &query).await.unwrap().rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_index_answers_like_the_memory() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let object = world.schema.object("gadget").unwrap();
        let all: Vec<Uuid> = (100..200).map(id).collect();
        let records = world.store.load_records(&world.schema, "gadget", &all).await.unwrap();
        let (arm, scopes) = (arm(&world), everything());
        let (mut hits, mut empty) = (0, Vec::new());
        for question in QUESTIONS.iter().chain(&NOT_FOUND) {
            let asked = Asked::new(question);
            let expected = |record: &&guanxi_store::Record| {
                let texts = object.fields.iter().filter_map(|field| Some((searched(field)?, record.value(&field.key).as_text()?)));
                asked.as_ref().is_some_and(|asked| answers(asked, &texts.collect::<Vec<_>>()))
            };
            let expected: BTreeSet<Uuid> = records.iter().filter(|r| !r.deleted).filter(expected).map(|record| record.id).collect();
            assert_eq!(found(&world, &arm, &scopes, question).await, expected, "{question}");
            hits += expected.len();
            if expected.is_empty() {
                empty.push(*question);
            }
        }
        assert_eq!(empty, NOT_FOUND);
        assert!(hits > 200, "{hits}");
        let own = Scopes::from([("gadget".to_owned(), RowScope::of(id(901), vec![]))]);
        let mine: BTreeSet<Uuid> = records.iter().filter(|r| r.value("owner") == &Value::Ref(id(901))).map(|r| r.id).collect();
        let whole = found(&world, &arm, &scopes, "三").await;
        assert_eq!(found(&world, &arm, &own, "三").await, whole.intersection(&mine).copied().collect());
        assert_eq!(found(&world, &arm, &Scopes::new(), "三").await, BTreeSet::new());
        let less = SearchArm { fields: vec!["code".into()], title: None, ..arm.clone() };
        assert_eq!(found(&world, &less, &scopes, "三").await, BTreeSet::new());
        let bindings = Bindings { schema: &world.schema, object, me: None, today: at(0).date_naive(), now: at(0), zone: chrono_tz::UTC };
        for text in
            ["name.contains(\"zs\")", "!name.contains(\"zs\")", "customer.name.contains(\"hx\")", "!customer.name.contains(\"华夏\")"]
        {
            let filter = check_question(&parse(text).unwrap(), &bindings).unwrap();
            let rows = listed(&world, filter.clone()).await;
            let customers = world.store.load_records(&world.schema, "customer", &(1..=4).map(id).collect::<Vec<_>>()).await.unwrap();
            let expected = records.iter().filter(|r| !r.deleted).filter(|record| {
                evaluate_condition(&filter, &|path| {
                    if path.hops.is_empty() {
                        return record.value(&path.field).clone();
                    }
                    let customer = record.value("customer").as_ref_id();
                    let customer = customers.iter().find(|one| Some(one.id) == customer && !one.deleted);
                    customer.map_or(Value::Null, |one| one.value(&path.field).clone())
                })
            });
            assert_eq!(rows, expected.map(|record| record.id).collect(), "{text}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_index_follows_its_records() {
    on_both_databases(async |stores: Stores| {
        let mut world = World::empty(&stores).await;
        let (arm, scopes) = (arm(&world), everything());
        let write = async |world: &World, changes: Vec<RowChange>| world.store.write(&world.schema, &unit(changes)).await.unwrap();
        let new = |n: u128, name: &str| insert("gadget", id(n), vec![("name", name.into())]);
        write(&world, vec![new(1, "张三")]).await;
        write(&world, (2..600).map(|n| new(n, "李四")).collect()).await;
        let one = |n: u128| BTreeSet::from([id(n)]);
        assert_eq!(found(&world, &arm, &scopes, "zs").await, one(1));
        write(&world, vec![update("gadget", id(2), 1, vec![("name", "李四".into(), "张三丰".into())])]).await;
        assert_eq!(found(&world, &arm, &scopes, "zsf").await, one(2));
        assert_eq!(found(&world, &arm, &scopes, "李四").await.len(), 597);
        // Another field keeps what the title is found by.
        write(&world, vec![update("gadget", id(2), 2, vec![("notes", Value::Null, "hello".into())])]).await;
        assert_eq!(found(&world, &arm, &scopes, "zsf hello").await, one(2));
        let gone = RowChange { op: RowOp::Delete { version: 3 }, values: vec![], ..new(2, "") };
        write(&world, vec![gone]).await;
        assert_eq!(found(&world, &arm, &scopes, "zsf").await, BTreeSet::new());
        let back = RowChange { op: RowOp::Restore { version: 4 }, values: vec![], ..new(2, "") };
        write(&world, vec![back]).await;
        assert_eq!(found(&world, &arm, &scopes, "zsf hello").await, one(2));
        // A field that leaves the search and comes back is indexed anew; so is one that was saved meanwhile.
        assert!(!world.store.unindexed(&world.schema).await.unwrap().is_empty(), "nobody said that it is complete");
        world.store.build_indexes(&world.schema).await.unwrap();
        assert_eq!(world.store.unindexed(&world.schema).await.unwrap(), Vec::<String>::new());
        let searchable = async |world: &mut World, searchable: bool| {
            let change = Box::new(FieldChange { searchable: Some(searchable), ..FieldChange::default() });
            let change = MetaChange::UpdateField { object: "gadget".into(), key: "name".into(), change };
            world.store.apply_metadata(world.schema.revision, vec![change], at(0)).await.unwrap();
            world.schema = load(&world.store).await;
        };
        searchable(&mut world, false).await;
        write(&world, vec![new(1_000, "赵六")]).await;
        searchable(&mut world, true).await;
        assert_eq!(world.store.unindexed(&world.schema).await.unwrap(), ["gadget"]);
        assert_eq!(found(&world, &arm, &scopes, "赵六").await, BTreeSet::new());
        assert_eq!(world.store.build_indexes(&world.schema).await.unwrap(), 600);
        assert_eq!(found(&world, &arm, &scopes, "赵六").await, one(1_000));
        assert_eq!(found(&world, &arm, &scopes, "李四").await.len(), 597);
        assert_eq!(world.store.unindexed(&world.schema).await.unwrap(), Vec::<String>::new());
        assert_eq!(world.store.build_indexes(&world.schema).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn titles_come_before_what_is_newer() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let (arm, scopes) = (arm(&world), everything());
        let new = |n: u128, name: String| insert("gadget", id(n), vec![("name", name.into())]);
        let mut changes = vec![new(1, "华为".into()), new(2, "华为云".into()), new(3, "北京华为".into())];
        changes.extend((10..60).map(|n| insert("gadget", id(n), vec![("name", "李四".into()), ("notes", "华为".into())])));
        world.store.write(&world.schema, &unit(changes)).await.unwrap();
        let asked = Asked::new("华为").unwrap();
        for (place, wanted) in [
            (Place::WholeTitle, vec![id(1)]),
            (Place::TitleBegins, vec![id(2), id(1)]),
            (Place::Title, vec![id(3), id(2), id(1)]),
            (Place::Anywhere, vec![id(59), id(58), id(57), id(56), id(55)]),
        ] {
            let hits = world.store.search(&world.schema, &scopes, &[(0, &arm)], &asked, place, 5).await.unwrap();
            assert_eq!(hits.into_iter().map(|hit| hit.id).collect::<Vec<_>>(), wanted, "{place:?}");
        }
    })
    .await;
}
