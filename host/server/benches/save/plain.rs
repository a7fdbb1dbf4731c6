//! Saves of an object of the tenant's own, without hooks: one client, sixteen, and batches.

use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_core::meta::Label;
use guanxi_core::{Decimal, Value};
use guanxi_server::engine::{Change, Ctx, Engine, NewField, NewObject, Raw, SaveOptions, Tenant};
use guanxi_store::{RowChange, RowOp, WriteUnit};
use uuid::Uuid;

use super::{Result, refused, report};

/// Creates of one measurement.
const COUNT: usize = 1_600;
/// Clients at once.
const CLIENTS: usize = 16;
/// Records of one batch.
const BATCH: usize = 200;

/// An object of eight fields, two of them indexed.
pub(super) async fn declare(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let label = || Label::new("物", "Thing");
    let object = NewObject { key: "x_thing".into(), label: label(), icon: None, parent: None };
    engine.create_object(ctx, object).await.map_err(refused)?;
    for (key, kind, indexed) in [
        ("x_code", "text", true),
        ("x_amount", "money", true),
        ("x_count", "integer", false),
        ("x_share", "percent", false),
        ("x_day", "date", false),
        ("x_open", "bool", false),
        ("x_notes", "long_text", false),
    ] {
        let field = NewField { key: key.into(), kind: kind.into(), label: label(), indexed, ..NewField::default() };
        engine.create_field(ctx, "x_thing", field).await.map_err(refused)?;
    }
    Ok(())
}

pub(super) async fn measure(database: &str, engine: &Arc<Engine>, tenant: &Arc<Tenant>) -> Result<()> {
    let ctx = engine.system_ctx(tenant.clone()).await.map_err(refused)?;
    declare(engine, &ctx).await?;
    let ctx = engine.system_ctx(tenant.clone()).await.map_err(refused)?;
    for clients in [1, CLIENTS] {
        let bare = at_once(clients, |share| bare(ctx.clone(), share, 1)).await?;
        let saved = at_once(clients, |share| saves(engine.clone(), ctx.clone(), share, 1)).await?;
        report(database, &format!("single creates without hooks, {clients} clients"), COUNT, bare, saved);
    }
    let bare = at_once(1, |share| bare(ctx.clone(), share, BATCH)).await?;
    let saved = at_once(1, |share| saves(engine.clone(), ctx.clone(), share, BATCH)).await?;
    report(database, "creates without hooks in batches of 200", COUNT, bare, saved);
    Ok(())
}

/// Shares the creates out among the clients; the time until the last one is through.
async fn at_once<F>(clients: usize, work: impl Fn(usize) -> F) -> Result<Duration>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients).map(|_| tokio::spawn(unsent(work(COUNT / clients)))).collect();
    for task in tasks {
        task.await??;
    }
    Ok(started.elapsed())
}

/// A failure as text, which may cross to another task.
async fn unsent(work: impl Future<Output = Result<()>>) -> std::result::Result<(), String> {
    work.await.map_err(|error| error.to_string())
}

async fn bare(ctx: Ctx, count: usize, per_transaction: usize) -> Result<()> {
    let unit = |first: usize| WriteUnit {
        changes: (first..count.min(first + per_transaction)).map(row).collect(),
        actor_name: "bench".into(),
        via: "bench".into(),
        now: ctx.now,
        ..WriteUnit::default()
    };
    for first in (0..count).step_by(per_transaction) {
        ctx.tenant.store.insert_bare(&ctx.snapshot.schema, &unit(first), per_transaction).await?;
    }
    Ok(())
}

fn row(n: usize) -> RowChange {
    let number = i64::try_from(n).unwrap_or(0);
    let values = vec![
        ("name".into(), Value::Text(format!("Thing {n}"))),
        ("x_code".into(), Value::Text(format!("C-{n}"))),
        ("x_amount".into(), Value::Decimal(Decimal::new(number * 100, 2))),
        ("x_count".into(), Value::Int(number)),
        ("x_share".into(), Value::Decimal(Decimal::new(1_250, 2))),
        ("x_open".into(), Value::Bool(true)),
        ("x_notes".into(), Value::Text("一些备注 and some notes".into())),
    ];
    RowChange { object: "x_thing".into(), id: Uuid::now_v7(), op: RowOp::Insert, values, old: Vec::new() }
}

async fn saves(engine: Arc<Engine>, ctx: Ctx, count: usize, per_unit: usize) -> Result<()> {
    for first in (0..count).step_by(per_unit) {
        let changes = (first..count.min(first + per_unit)).map(change).collect();
        engine.save(&ctx, changes, SaveOptions::default()).await.map_err(refused)?;
    }
    Ok(())
}

/// A create of the same values as [`row`].
pub(super) fn change(n: usize) -> Change {
    let fields = row(n).values.into_iter().map(|(key, value)| (key, Raw::Value(value))).collect();
    Change::Create { object: "x_thing".into(), fields }
}
