//! What reading costs, as ratios to the same question asked of the database by hand: a list by an indexed field, by equality and order over
//! an index of two fields, of one's own and one's department newest first; one record; groups with sums. Whole requests through the router,
//! with the rights of the one who asks, against bare statements with the same scope and their rows as JSON.
//!
//! `GUANXI_ROWS=1000000 cargo bench -p guanxi-server --bench read` (10,000 without it) measures SQLite, and PostgreSQL too where
//! GUANXI_TEST_POSTGRES_URL names an empty database. Seconds drift with the machine; the ratios of one run are what counts
//! (budgets: lists at most 2, groups at most 1.5).

mod question;
mod world;

use std::time::{Duration, Instant};

use guanxi_store::Location;

use self::question::Question;
use self::world::World;

/// Times that each question is asked.
const LISTS: usize = 200;
const GROUPS: usize = 7;

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
    let world = World::new(location, rows, folder).await?;
    for question in Question::all(&world) {
        let times = if question.is_list() { LISTS } else { GROUPS };
        let (mut bare, mut asked) = (Vec::with_capacity(times), Vec::with_capacity(times));
        // By turns, so that whatever else the machine does meets both alike; the first of each only warms up.
        for turn in 0..=times {
            let started = Instant::now();
            let rows = question.bare(&world).await?;
            let middle = Instant::now();
            let answered = question.ask(&world).await?;
            let ended = Instant::now();
            assert_eq!(rows, answered, "{}: both answer as many rows", question.name);
            if turn > 0 {
                bare.push(middle - started);
                asked.push(ended - middle);
            }
        }
        let (bare, asked) = (median(&mut bare), median(&mut asked));
        let ratio = asked.as_secs_f64() / bare.as_secs_f64();
        println!("{database}, {rows} rows: {}: {:.2} ms, bare {:.2} ms, ratio {ratio:.2}", question.name, ms(asked), ms(bare));
    }
    println!("{database}, {rows} rows: memory {} MB", memory());
    Ok(())
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// What the process holds now, as Linux tells it; 0 elsewhere.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.split_whitespace().next()).and_then(|kb| kb.parse::<u64>().ok()).map_or(0, |kb| kb / 1_024)
}
