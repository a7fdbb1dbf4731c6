//! Brings a command to its data: through the socket of the server that owns the folder, or by owning it for a moment.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_sandbox::{Sandbox, SandboxSettings};
use guanxi_store::Stores;

use super::{Command, Failure, Output};
use crate::clock::Clock;
use crate::config::{Config, Place};
use crate::control::{Answer, Lock, Owner, Request, ask, host_name};
use crate::engine::{Engine, FileStorage};
use crate::serve::start_log;

/// How long a command waits for another one, or for a server that is just starting.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a command where its data are owned; the exit code.
pub(super) async fn run(place: &Place, command: Command) -> Result<u8, Failure> {
    let config = Config::load(place).map_err(|message| {
        Failure::new(message).hint("correct the settings file or the variable, or name another file with --config FILE")
    })?;
    let mut request = Request { version: env!("CARGO_PKG_VERSION").into(), command, terminal: std::io::stderr().is_terminal() };
    let deadline = Instant::now() + PATIENCE;
    loop {
        match ask(&config.data, &request).await {
            Answer::Exit(code) => return Ok(code),
            Answer::Lost => {
                return Err(Failure::new("the server stopped before the command ended")
                    .hint("start it again, then look at what was done before you repeat the command"));
            }
            Answer::NoServer => {}
        }
        if !config.has_data() && !request.command.begins() {
            return Err(Failure::new(format!("no data of a server in {}", config.data.display()))
                .hint("name the server's folder with --data DIR or its settings with --config FILE"));
        }
        match Lock::take(&config.data).map_err(|error| Failure::new(format!("{} cannot be used: {error}", config.data.display())))? {
            Owner::Us(_lock) => return here(&config, request).await,
            // Several processes may share a PostgreSQL database; only the socket is the other one's.
            Owner::Other(_) if config.database_url.is_some() && Instant::now() >= deadline => return here(&config, request).await,
            Owner::Other(pid) if Instant::now() >= deadline => {
                let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
                return Err(Failure::new(format!("{} is in use by {who}, which does not answer", config.data.display()))
                    .hint("wait until it ends, or stop it"));
            }
            Owner::Other(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        request.terminal = std::io::stderr().is_terminal();
    }
}

async fn here(config: &Config, request: Request) -> Result<u8, Failure> {
    start_log(config, "warn");
    let engine = open(config, true, Clock::new(None)).await?;
    let mut output = Output::process(request.terminal);
    Ok(super::run(&engine, request.command, &mut output).await.code())
}

/// Opens the stores and the sandbox.
pub(super) async fn open(config: &Config, durable: bool, clock: Clock) -> Result<Arc<Engine>, Failure> {
    let place = config.database_url.as_ref().map_or_else(|| config.data.display().to_string(), |_| "the database".to_owned());
    let opened = Stores::open_with_deadlines(config.location(durable), config.deadlines).await;
    let stores = opened.map_err(|error| Failure::new(format!("{place} cannot be opened: {error}")))?;
    let settings = SandboxSettings { cache_directory: Some(config.data.join("cache")), ..SandboxSettings::default() };
    let sandbox = Sandbox::new(&settings).map_err(|error| Failure::new(format!("the sandbox cannot start: {error}")))?;
    let host = host_name(&config.data).map_err(|error| Failure::new(format!("{} cannot be used: {error}", config.data.display())))?;
    let files = FileStorage::open(&config.files, durable).map_err(Failure::new)?;
    Ok(Arc::new(Engine::new(stores, files, sandbox, clock).on_host(host)))
}
