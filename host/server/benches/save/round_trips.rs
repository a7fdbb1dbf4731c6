//! How often a save waits for PostgreSQL: a proxy between the two counts each time the client speaks after the server did.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use guanxi_sandbox::{Sandbox, SandboxSettings};
use guanxi_server::clock::Clock;
use guanxi_server::engine::{Change, Engine, FileStorage, Raw, SaveOptions};
use guanxi_store::{Location, Stores};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::plain::{change, declare};
use super::{Result, refused};

/// Saves before counting, so that statements are prepared and snapshots loaded.
const WARM_UP: usize = 20;
/// Saves that are counted.
const COUNTED: u64 = 100;

pub(super) async fn measure(url: &str, folder: &Path) -> Result<()> {
    let turns = Arc::new(AtomicU64::new(0));
    let url = through_proxy(url, turns.clone()).await?;
    let stores = Stores::open(Location::Postgres { url, max_connections: 1 }).await?;
    let files = FileStorage::open(&folder.join("files"), true)?;
    let engine = Engine::new(stores, files, Sandbox::new(&SandboxSettings::default())?, Clock::new(None));
    let tenant = engine.create_tenant("trips", "Trips", "admin@bench.example", None).await.map_err(refused)?;
    let ctx = engine.system_ctx(tenant.clone()).await.map_err(refused)?;
    declare(&engine, &ctx).await?;
    let ctx = engine.system_ctx(tenant).await.map_err(refused)?;
    let mut ids = Vec::new();
    for n in 0..WARM_UP {
        let outcome = engine.save(&ctx, vec![change(n)], SaveOptions::default()).await.map_err(refused)?.remove(0);
        ids.push(outcome.map_err(refused)?.id);
    }
    let update = |id, n: u64| Change::Update {
        object: "x_thing".into(),
        id,
        expect: None,
        fields: vec![("x_count".into(), Raw::Text(n.to_string()))],
    };
    for (n, id) in ids.iter().enumerate() {
        engine.save(&ctx, vec![update(*id, n as u64 + 1_000)], SaveOptions::default()).await.map_err(refused)?;
    }
    for (what, is_update) in [("create", false), ("update", true)] {
        let before = turns.load(Ordering::Relaxed);
        for n in 0..COUNTED {
            let one = if is_update { update(ids[n as usize % ids.len()], n + 5_000) } else { change(n as usize) };
            engine.save(&ctx, vec![one], SaveOptions::default()).await.map_err(refused)?;
        }
        let per_save = (turns.load(Ordering::Relaxed) - before) as f64 / COUNTED as f64;
        println!("PostgreSQL: {per_save:.2} round trips per {what}");
    }
    Ok(())
}

/// The same address by way of a proxy on loopback.
async fn through_proxy(url: &str, turns: Arc<AtomicU64>) -> Result<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let place = authority.rsplit('@').next().unwrap_or(authority).to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let through = url.replacen(&place, &listener.local_addr()?.to_string(), 1);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&place).await else { return };
            let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let answered = Arc::new(AtomicBool::new(true));
            tokio::spawn(ask(from_client, to_server, answered.clone(), turns.clone()));
            tokio::spawn(answer(from_server, to_client, answered));
        }
    });
    Ok(through)
}

async fn ask(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answered: Arc<AtomicBool>, turns: Arc<AtomicU64>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if answered.swap(false, Ordering::Relaxed) {
            turns.fetch_add(1, Ordering::Relaxed);
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}

async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, answered: Arc<AtomicBool>) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        answered.store(true, Ordering::Relaxed);
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
