//! `guanxi serve`: the production server.

use std::sync::Arc;

use tokio::net::TcpListener;

use super::{Failure, local};
use crate::app::{App, Readiness};
use crate::clock::Clock;
use crate::config::{Config, Place};
use crate::control::{Lock, Owner, Socket};
use crate::serve;

pub(super) async fn run(place: &Place) -> Result<(), Failure> {
    let config = Config::load(place).map_err(Failure::new)?;
    serve::start_log(&config, "info");
    let _lock = own(&config)?;
    let engine = local::open(&config, true, Clock::new(None)).await?;
    let socket = bind(&config)?;
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    tracing::info!(%address, data = %config.data.display(), "listening");
    let app = App { engine: Arc::clone(&engine), dev: None, readiness: Readiness::default(), secure: config.is_secure() };
    let serving = serve::run(listener, serve::router(app), serve::stop_signal());
    tokio::select! {
        ended = serving => ended?,
        () = socket.serve(&engine) => {}
        () = crate::serve::maintain(&engine) => {}
    }
    tracing::info!("stopped");
    Ok(())
}

/// Takes the data folder, or says who has it.
pub(super) fn own(config: &Config) -> Result<Lock, Failure> {
    let data = config.data.display();
    match Lock::take(&config.data).map_err(|error| Failure::new(format!("{data} cannot be used: {error}")))? {
        Owner::Us(lock) => Ok(lock),
        Owner::Other(pid) => {
            let who = pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
            Err(Failure::new(format!("{data} is in use by {who}")).hint("stop that server, or take another folder with --data DIR"))
        }
    }
}

/// Opens the way in for commands.
pub(super) fn bind(config: &Config) -> Result<Socket, Failure> {
    Socket::bind(&config.data)
        .map_err(|error| Failure::new(format!("the control socket in {} cannot be made: {error}", config.data.display())))
}

/// Opens the listener.
pub(super) async fn listen(address: std::net::SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(format!("{address} cannot be listened on: {error}"))
            .hint("another program may use this address; choose one in server.listen, or for dev with --listen ADDR")
    })
}
