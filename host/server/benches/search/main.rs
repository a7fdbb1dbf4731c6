//! What a search costs: whole requests through the router by an administrator and by somebody who sees a twentieth of the records.
//!
//! `GUANXI_ROWS=1000000 cargo bench -p guanxi-server --bench search` (10,000 without it) measures SQLite, and PostgreSQL too where
//! GUANXI_TEST_POSTGRES_URL names an empty database. The budget is a p95 of 50 ms over all questions at a million records.

mod world;

use std::time::{Duration, Instant};

use guanxi_store::Location;

use self::world::World;

/// Times that each question is asked.
const TIMES: usize = 20;

/// Rare ones, frequent ones, and ones of which nearly every record has a part.
const QUESTIONS: [&str; 20] = [
    "zs",
    "zhangsan",
    "zhangsanfeng",
    "张三",
    "三",
    "张",
    "北京华联",
    "华联",
    "bjhl",
    "hl",
    "huawei 华为",
    "huawei",
    "hua",
    "h",
    "有限公司",
    "13800012345",
    "138 0001 2345",
    "2345",
    "user12@example.com",
    "没有的公司",
];

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let rows: usize = std::env::var("GUANXI_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let sqlite = Location::Sqlite { folder: folder.path().to_path_buf(), durable: true };
    runtime.block_on(measure("SQLite", sqlite, rows, folder.path()))?;
    match std::env::var("GUANXI_TEST_POSTGRES_URL") {
        Ok(url) => runtime.block_on(measure("PostgreSQL", Location::Postgres { url, max_connections: 16 }, rows, folder.path()))?,
        Err(_) => println!("PostgreSQL: not measured; set GUANXI_TEST_POSTGRES_URL"),
    }
    Ok(())
}

async fn measure(database: &str, location: Location, rows: usize, folder: &std::path::Path) -> Result<()> {
    let filling = Instant::now();
    let world = World::new(location, rows, folder).await?;
    println!("{database}: {rows} rows written with their index in {:.1} s", filling.elapsed().as_secs_f64());
    for (who, token) in [("administrator", &world.admin_token), ("member", &world.member_token)] {
        for place in ["", "&object=customer"] {
            let mut all = Vec::new();
            for question in QUESTIONS {
                let mut times = Vec::with_capacity(TIMES);
                let mut found = 0;
                // The first only warms up.
                for turn in 0..=TIMES {
                    let started = Instant::now();
                    found = world.ask(token, question, place).await?;
                    if turn > 0 {
                        times.push(started.elapsed());
                    }
                }
                times.sort_unstable();
                println!(
                    "{database}, {who}{place}: {question}: {found} found, median {:.2} ms, p95 {:.2} ms",
                    ms(at(&times, 50)),
                    ms(at(&times, 95))
                );
                all.extend(times);
            }
            all.sort_unstable();
            println!(
                "{database}, {rows} rows, {who}{place}: all questions: p50 {:.2} ms, p95 {:.2} ms",
                ms(at(&all, 50)),
                ms(at(&all, 95))
            );
        }
    }
    Ok(())
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() - 1) * percent / 100]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
