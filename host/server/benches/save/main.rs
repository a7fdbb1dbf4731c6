//! What a save costs, as ratios to the same rows inserted bare into the same table and indexes: single creates by 1 and by 16 clients and
//! creates in batches on an object without hooks, single creates and a 10,000-row import with the hooks of the bundled plugins. On
//! PostgreSQL also how often a save waits for the database.
//!
//! `cargo bench -p guanxi-server --bench save` measures SQLite, and PostgreSQL too where GUANXI_TEST_POSTGRES_URL names an empty database.
//! Seconds drift with the machine; the ratios of one run are what counts (budget: a create costs at most 3 bare transactions).

mod plain;
mod round_trips;

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use guanxi_core::{Decimal, Value};
use guanxi_sandbox::{Sandbox, SandboxSettings, build};
use guanxi_server::clock::Clock;
use guanxi_server::engine::import::{ImportMap, ImportRequest};
use guanxi_server::engine::{Change, Ctx, Engine, FileStorage, Raw, SaveOptions};
use guanxi_store::{Location, RowChange, RowOp, Stores, WriteUnit};
use uuid::Uuid;

const SINGLE: usize = 1_000;
const IMPORTED: usize = 10_000;
/// Rows of one transaction of an import; the bare import writes as many at once.
const CHUNK: usize = 400;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let built = build::build_plugins(&plugins, &[plugins.join("sales"), plugins.join("competitor")])?;
    let packages: Vec<Vec<u8>> = built.into_iter().map(|plugin| plugin.package).collect();
    let folder = tempfile::tempdir()?;
    let sqlite = Location::Sqlite { folder: folder.path().to_path_buf(), durable: true };
    runtime.block_on(measure("SQLite", sqlite, &packages, folder.path()))?;
    match std::env::var("GUANXI_TEST_POSTGRES_URL") {
        Ok(url) => {
            runtime.block_on(round_trips::measure(&url, folder.path()))?;
            runtime.block_on(measure("PostgreSQL", Location::Postgres { url, max_connections: 16 }, &packages, folder.path()))?;
        }
        Err(_) => println!("PostgreSQL: not measured; set GUANXI_TEST_POSTGRES_URL"),
    }
    Ok(())
}

async fn measure(name: &str, location: Location, packages: &[Vec<u8>], folder: &Path) -> Result<()> {
    let settings = SandboxSettings { cache_directory: Some(folder.join("cache")), ..SandboxSettings::default() };
    let files = FileStorage::open(&folder.join("files"), true)?;
    let engine = Engine::new(Stores::open(location).await?, files, Sandbox::new(&settings)?, Clock::new(None));
    let tenant = engine.create_tenant("bench", "Bench", "admin@bench.example", None).await.map_err(refused)?;
    for package in packages {
        let installed = engine.install_package(package.clone()).await.map_err(refused)?;
        let ctx = engine.system_ctx(tenant.clone()).await.map_err(refused)?;
        engine.enable_plugin(&ctx, &installed.id).await.map_err(refused)?;
    }
    let engine = std::sync::Arc::new(engine);
    plain::measure(name, &engine, &tenant).await?;
    let ctx = engine.system_ctx(tenant).await.map_err(refused)?;

    let bare_single = bare(&ctx, SINGLE, 1).await?;
    let saved_single = singles(&engine, &ctx).await?;
    report(name, "single creates", SINGLE, bare_single, saved_single);

    let bare_import = bare(&ctx, IMPORTED, CHUNK).await?;
    let imported = import(&engine, &ctx, folder).await?;
    report(name, "rows imported", IMPORTED, bare_import, imported);
    Ok(())
}

fn report(database: &str, what: &str, count: usize, bare: Duration, full: Duration) {
    let rate = |took: Duration| count as f64 / took.as_secs_f64();
    let ratio = full.as_secs_f64() / bare.as_secs_f64();
    println!("{database}: {count} {what}: {:.0}/s, bare {:.0}/s, ratio {ratio:.2}", rate(full), rate(bare));
}

/// The rows of a save, inserted without it.
async fn bare(ctx: &Ctx, count: usize, per_transaction: usize) -> Result<Duration> {
    let text = |text: String| Value::Text(text);
    let changes = (0..count).map(|n| RowChange {
        object: "opportunity".into(),
        id: Uuid::now_v7(),
        op: RowOp::Insert,
        values: vec![
            ("name".into(), text(format!("Bare {per_transaction} {n}"))),
            ("amount".into(), Value::Decimal(Decimal::new(n as i64 * 100, 2))),
            ("stage".into(), text("demo".into())),
            ("status".into(), text("open".into())),
            ("success_rate".into(), Value::Decimal(Decimal::new(6_000, 2))),
            ("source".into(), text("bench".into())),
        ],
        old: Vec::new(),
    });
    let unit = WriteUnit {
        changes: changes.collect(),
        actor: None,
        actor_name: "bench".into(),
        via: "bench".into(),
        now: ctx.now,
        access_rev: None,
        ..WriteUnit::default()
    };
    let started = Instant::now();
    ctx.tenant.store.insert_bare(&ctx.snapshot.schema, &unit, per_transaction).await?;
    Ok(started.elapsed())
}

async fn singles(engine: &Engine, ctx: &Ctx) -> Result<Duration> {
    let started = Instant::now();
    for n in 0..SINGLE {
        let text = |text: String| Raw::Text(text);
        let fields = vec![
            ("name".into(), text(format!("Single {n}"))),
            ("amount".into(), text(n.to_string())),
            ("stage".into(), text("demo".into())),
            ("source".into(), text("bench".into())),
        ];
        let change = Change::Create { object: "opportunity".into(), fields };
        engine.save(ctx, vec![change], SaveOptions::default()).await.map_err(refused)?;
    }
    Ok(started.elapsed())
}

async fn import(engine: &Engine, ctx: &Ctx, folder: &Path) -> Result<Duration> {
    let file = folder.join("rows.csv");
    let mut rows = String::from("id,name,amount,stage,source\n");
    for n in 0..IMPORTED {
        writeln!(rows, "B{n},Imported {n},{n},demo,bench")?;
    }
    std::fs::write(&file, rows)?;
    let map = "key = \"external_id\"\n[columns]\nid = \"external_id\"\nname = \"name\"\namount = \"amount\"\nstage = \"stage\"\nsource = \"source\"";
    let request = ImportRequest { object: "opportunity".into(), file, map: Some(ImportMap::parse(map).map_err(refused)?), dry_run: false };
    let started = Instant::now();
    let mut import = engine.begin_import(ctx, request).await.map_err(refused)?;
    while engine.import_next(&mut import).await.map_err(refused)?.is_some() {}
    let took = started.elapsed();
    assert_eq!(import.counts().created, IMPORTED as u64, "every row is good");
    Ok(took)
}

fn refused(refusal: guanxi_server::engine::Refusal) -> Box<dyn std::error::Error> {
    let told: Vec<String> = refusal.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.detail)).collect();
    told.join("; ").into()
}
