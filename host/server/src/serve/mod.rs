//! The HTTP server of a process: what is mounted, how it starts, how it stops. Pages and endpoints live in `ui` and `api`.

mod access_log;
mod dev_login;
mod health;

use std::future::{Future, IntoFuture};
use std::net::SocketAddr;
use std::sync::Once;
use std::time::Duration;

use axum::Router;
use axum::http::header::ACCEPT_RANGES;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, Predicate};
use tracing_subscriber::EnvFilter;

use crate::api;
use crate::app::App;
use crate::config::Config;
use crate::ui;

/// How long requests may still run after the server was told to stop.
const DRAIN: Duration = Duration::from_secs(20);

/// Everything that this server answers.
pub fn router(app: App) -> Router {
    let mut health = Router::new().route("/healthz", get(health::healthz)).route("/readyz", get(health::readyz));
    if app.dev.is_some() {
        health = health.route("/login/dev/{secret}", get(dev_login::handle));
    }
    health
        .with_state(app.clone())
        .merge(api::router(app.clone()))
        .merge(ui::router(app))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_no_file)))
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::from_fn(access_log::log))
}

/// Files go as they are: who resumes a download counts their own bytes.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(ACCEPT_RANGES)
}

/// Serves until `stop`, then lets running requests end.
pub async fn run(listener: TcpListener, router: Router, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let (stopping, stopped) = tokio::sync::oneshot::channel::<()>();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        stop.await;
        let _ = stopping.send(());
    });
    let too_long = async move {
        if stopped.await.is_ok() {
            tokio::time::sleep(DRAIN).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = serving.into_future() => ended,
        () = too_long => {
            tracing::warn!("requests were still running when the server stopped");
            Ok(())
        }
    }
}

/// Resolves when the process is told to stop (Ctrl+C, SIGTERM).
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => if interrupted.is_err() { std::future::pending().await },
        () = terminated => {},
    }
    tracing::info!("stopping; running requests may end");
}

/// Starts the log on standard error, once per process. `default` counts where neither the settings nor `RUST_LOG` say anything.
pub fn start_log(config: &Config, default: &str) {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let wanted = config.log_level.clone().or_else(|| std::env::var("RUST_LOG").ok()).unwrap_or_else(|| default.to_owned());
        let filter = EnvFilter::try_new(&wanted).unwrap_or_else(|_| EnvFilter::new(default));
        let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
        if config.log_json { log.json().init() } else { log.with_target(false).init() }
    });
}

/// How often it is looked whether a server that ended early has left formulas to be filled in.
const FILLING: Duration = Duration::from_secs(30);
/// How many times less often what time does to tenants is looked after: once an hour.
const MAINTENANCE: u32 = 120;

/// Looks after the open tenants from time to time; never ends by itself.
pub(crate) async fn maintain(engine: &crate::engine::Engine) {
    let mut due = tokio::time::interval(FILLING);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for round in (0..MAINTENANCE).cycle() {
        due.tick().await;
        if round == 0 {
            engine.maintain_open().await;
        } else {
            engine.fill_due_open().await;
        }
    }
}
