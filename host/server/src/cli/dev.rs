//! `guanxi dev`: from nothing to a logged-in browser by one command. Never the way to run a company: its password is written here.

mod bundled;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Args;
use guanxi_store::{Work, within};

use self::bundled::Bundled;
use super::serve::{bind, listen, own};
use super::{Failure, local};
use crate::app::{App, Dev, Readiness};
use crate::clock::Clock;
use crate::config::{Config, Place};
use crate::engine::{Change, Engine, Raw, SaveOptions, Tenant};
use crate::serve;

/// The tenant that `dev` makes.
const TENANT: &str = "demo";
/// Its name.
const TENANT_NAME: &str = "关系演示公司";
/// Its administrator.
const ADMINISTRATOR: &str = "admin@demo.example";
/// The administrator's name.
const ADMINISTRATOR_NAME: &str = "管理员 Admin";
/// The password of all users of the sample tenant, as the README says.
const PASSWORD: &str = "guanxi-demo";

/// The command's arguments.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Without sample records; plugins are enabled with their seed rows
    #[arg(long)]
    empty: bool,
    /// Start the server's clock at this time, for example 2026-11-22T04:00:00Z
    #[arg(long, value_name = "TIME", value_parser = read_time)]
    now: Option<DateTime<Utc>>,
    /// Another number gives other sample records
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(place: &Place, arguments: Arguments) -> Result<(), Failure> {
    let mut config = Config::load_dev(place).map_err(Failure::new)?;
    config.listen = arguments.listen.unwrap_or(config.listen);
    serve::start_log(&config, "warn,guanxi_server=info");
    let _lock = own(&config)?;
    let engine = local::open(&config, false, Clock::new(arguments.now)).await?;
    let socket = bind(&config)?;
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "others can reach this server, and the password of its users is written in the README");
    }
    tracing::info!(%address, data = %config.data.display(), "listening");
    let dev = Dev { tenant: TENANT.into(), email: ADMINISTRATOR.into(), secret: crate::engine::random_hex(16)? };
    let link = format!("http://{}/login/dev/{}", reachable(address), dev.secret);
    let readiness = Readiness::waiting_for("starting");
    // The cookie of plain HTTP: `dev` is for this machine.
    let app = App { engine: Arc::clone(&engine), dev: Some(Arc::new(dev)), readiness: readiness.clone(), secure: false };
    let serving = serve::run(listener, serve::router(app), serve::stop_signal());
    let preparing = async {
        within(Work::Job, prepare(&engine, &arguments, &readiness)).await?;
        readiness.set(Vec::new());
        tracing::info!(tenant = TENANT, user = ADMINISTRATOR, password = PASSWORD, "ready; the link logs in");
        let mut out = std::io::stdout();
        // Nobody may be reading; the server runs all the same.
        let _ = writeln!(out, "{link}").and_then(|()| out.flush());
        std::future::pending::<Result<(), Failure>>().await
    };
    tokio::select! {
        ended = serving => ended?,
        failed = preparing => failed?,
        () = socket.serve(&engine) => {}
        () = crate::serve::maintain(&engine) => {}
    }
    Ok(())
}

/// Makes everything that is not there yet. Each step may find its work done by an earlier start.
async fn prepare(engine: &Arc<Engine>, arguments: &Arguments, readiness: &Readiness) -> Result<(), Failure> {
    readiness.set(vec!["the bundled plugins are being built".into(), format!("tenant {TENANT} is being made")]);
    let bundled = bundled::build().await?;
    readiness.set(vec!["the bundled plugins are being installed".into(), format!("tenant {TENANT} is being made")]);
    install(engine, &bundled).await?;
    readiness.set(vec![format!("tenant {TENANT} is being made")]);
    let tenant = tenant(engine).await?;
    if !arguments.empty {
        let ctx = engine.system_ctx(tenant.clone()).await?;
        engine.load_host_sample(&ctx, arguments.seed, PASSWORD).await?;
    }
    for plugin in &bundled {
        readiness.set(vec![format!("plugin {} is being enabled", plugin.manifest.id)]);
        enable(engine, &tenant, plugin).await?;
        if !arguments.empty {
            let ctx = engine.system_ctx(tenant.clone()).await?;
            engine.load_sample_rows(&ctx, &plugin.manifest).await?;
        }
    }
    Ok(())
}

async fn install(engine: &Engine, bundled: &[Bundled]) -> Result<(), Failure> {
    let installed = engine.list_packages().await?;
    for plugin in bundled {
        if !installed.iter().any(|package| package.digest == plugin.digest) {
            tracing::info!(plugin.name = %plugin.manifest.id, "installing");
            engine.install_package(plugin.bytes.clone()).await?;
        }
    }
    Ok(())
}

async fn tenant(engine: &Engine) -> Result<Arc<Tenant>, Failure> {
    if let Some(tenant) = engine.tenant(TENANT).await? {
        let ctx = engine.system_ctx(tenant.clone()).await?;
        engine.install_host(&ctx).await?;
        return Ok(tenant);
    }
    let tenant = engine.create_tenant(TENANT, TENANT_NAME, ADMINISTRATOR, Some(PASSWORD.into())).await?;
    let ctx = engine.system_ctx(tenant.clone()).await?;
    if let Some(id) = engine.user_by_email(&ctx, ADMINISTRATOR).await? {
        let fields = vec![("name".to_owned(), Raw::Text(ADMINISTRATOR_NAME.into()))];
        let change = Change::Update { object: "user".into(), id, expect: None, fields };
        engine.save(&ctx, vec![change], SaveOptions::default()).await?;
    }
    Ok(tenant)
}

/// Enables a plugin that is not enabled, and one whose sources changed since it was.
async fn enable(engine: &Engine, tenant: &Arc<Tenant>, plugin: &Bundled) -> Result<(), Failure> {
    let ctx = engine.system_ctx(tenant.clone()).await?;
    let current = engine.list_plugins(&ctx).await?.into_iter().find(|known| known.package.id == plugin.manifest.id);
    if current.is_some_and(|known| known.enabled && known.package.digest == plugin.digest) {
        return Ok(());
    }
    tracing::info!(plugin.name = %plugin.manifest.id, tenant = TENANT, "enabling");
    engine.enable_plugin(&ctx, &plugin.manifest.id).await?;
    Ok(())
}

/// A name of the address that works in a browser on this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], address.port())) } else { address }
}

fn read_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| "a time looks like 2026-11-22T04:00:00Z or 2026-11-22".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, wanted) in [
            ("2026-11-22", Some("2026-11-22T00:00:00+00:00")),
            ("2026-11-22T12:00:00+08:00", Some("2026-11-22T04:00:00+00:00")),
            ("yesterday", None),
        ] {
            assert_eq!(read_time(text).ok().map(|time| time.to_rfc3339()).as_deref(), wanted, "{text}");
        }
    }
}
