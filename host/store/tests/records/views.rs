//! The readable views, as a reporting tool sees them.

use guanxi_core::meta::{FieldKind, Label, Origin};
use guanxi_store::{FieldChange, Location, MetaChange, Stores};
use sqlx::{Connection, PgConnection, Row, SqliteConnection};

use crate::support::postgres::TestDatabase;
use crate::world::{World, at, field, id};

const COLUMNS: &str = "name, stage, stage_label, qty, CAST(due AS TEXT) AS due";

async fn world(stores: &Stores) -> World {
    let world = World::filled(stores).await;
    let mut field = field("x_score", FieldKind::Integer);
    field.origin = Origin::Tenant;
    let changes = vec![
        MetaChange::CreateField { object: "gadget".into(), field: Box::new(field) },
        MetaChange::UpdateField {
            object: "gadget".into(),
            key: "phone".into(),
            change: Box::new(FieldChange { hidden: Some(true), ..FieldChange::default() }),
        },
        MetaChange::UpdateObject { key: "gadget".into(), label: Some(Label::new("件", "Item")), icon: None, hidden: None },
    ];
    world.store.apply_metadata(world.schema.revision, changes, at(0)).await.unwrap();
    world
}

#[tokio::test]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let stores = Stores::open(Location::Sqlite { folder: folder.path().to_owned(), durable: false }).await.unwrap();
    let world = world(&stores).await;
    let file = folder.path().join("tenants/demo.db");
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}?mode=ro", file.display())).await.unwrap();
    let sql = format!("SELECT {COLUMNS}, amount, x_score, customer FROM v_gadget WHERE id = '{}'", id(101));
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
    let record = &world.all("gadget").await[&id(101)];
    assert_eq!(row.get::<&str, _>("name"), "章三");
    assert_eq!((row.get::<&str, _>("stage"), row.get::<&str, _>("stage_label")), ("b", "b"));
    assert_eq!(row.get::<String, _>("customer"), record.value("customer").as_ref_id().unwrap().to_string());
    assert_eq!(row.get::<f64, _>("amount").to_string(), "-376.55");
    let columns = sqlx::query("SELECT * FROM v_gadget LIMIT 0").fetch_all(&mut connection).await.unwrap();
    assert!(columns.is_empty());
    assert!(sqlx::query("SELECT phone FROM v_gadget").fetch_all(&mut connection).await.is_err());
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM v_gadget__stages").fetch_one(&mut connection).await.unwrap();
    assert!(count > 0);
}

#[tokio::test]
async fn on_postgres() {
    let Some(database) = TestDatabase::create().await else { return };
    let stores = Stores::open(Location::Postgres { url: database.url.clone(), max_connections: 5 }).await.unwrap();
    world(&stores).await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    let sql = format!("SELECT {COLUMNS}, CAST(amount AS TEXT) AS amount, x_score FROM t_demo.v_gadget WHERE id = '{}'", id(101));
    let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
    assert_eq!(row.get::<&str, _>("name"), "章三");
    assert_eq!(row.get::<&str, _>("amount"), "-376.55");
    assert_eq!(row.get::<&str, _>("due"), "2025-11-16");
    assert_eq!(row.get::<Option<i64>, _>("x_score"), None);
    assert!(sqlx::query("SELECT phone FROM t_demo.v_gadget").fetch_all(&mut connection).await.is_err());
    let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM t_demo.v_gadget__stages").fetch_one(&mut connection).await.unwrap();
    assert!(count > 0);
    drop((connection, stores));
    database.remove().await;
}
