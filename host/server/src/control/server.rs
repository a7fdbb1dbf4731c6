//! The owner's end of the socket: runs what other commands ask for.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;

use super::protocol::encode;
use super::{ELSEWHERE, LONGEST_PATH, Line, Request, SOCKET, folder};
use crate::cli::{self, Output};
use crate::engine::Engine;

/// Longest request: a command with its arguments and a password.
const LONGEST_REQUEST: u64 = 1 << 20;
/// Lines that wait for a slow client before the command itself waits.
const WAITING_LINES: usize = 64;

/// A bound socket; its files go when this is dropped.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
    /// Present where the data folder's path is too long: the private folder and the file that names it.
    elsewhere: Option<(tempfile::TempDir, PathBuf)>,
}

impl Socket {
    /// Binds the socket of a data folder that this process owns; what an earlier owner left behind is removed.
    pub fn bind(data: &Path) -> io::Result<Self> {
        let folder = folder(data);
        std::fs::create_dir_all(&folder)?;
        // Private before anything is in it, so that there is no moment at which others could connect.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700))?;
        let (note, own) = (folder.join(ELSEWHERE), folder.join(SOCKET));
        remove(&note)?;
        remove(&own)?;
        let (path, elsewhere) = if own.as_os_str().len() > LONGEST_PATH {
            let owner_only = std::fs::Permissions::from_mode(0o700);
            let private = tempfile::Builder::new().prefix("guanxi-").permissions(owner_only).tempdir()?;
            let path = private.path().join(SOCKET);
            std::fs::write(&note, path.as_os_str().as_encoded_bytes())?;
            (path, Some((private, note)))
        } else {
            (own, None)
        };
        let listener = UnixListener::bind(&path)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path, elsewhere })
    }

    /// Answers clients until the future is dropped.
    pub async fn serve(&self, engine: &Arc<Engine>) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let engine = Arc::clone(engine);
                    tokio::spawn(async move {
                        if let Err(error) = answer(&engine, stream).await {
                            tracing::debug!(%error, "a command's client went away");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the control socket cannot accept");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
        if let Some((_, note)) = &self.elsewhere {
            let _ = std::fs::remove_file(note);
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

async fn answer(engine: &Arc<Engine>, stream: UnixStream) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut reader = BufReader::new(read.take(LONGEST_REQUEST));
    let mut line = String::new();
    reader.read_line(&mut line).await?;
    if line.is_empty() {
        return Ok(());
    }
    let request: Request = match serde_json::from_str(&line) {
        Ok(request) => request,
        Err(_) => return refuse(&mut write, "the running server does not know this command; use the `guanxi` of its version").await,
    };
    let own = env!("CARGO_PKG_VERSION");
    if request.version != own {
        return refuse(
            &mut write,
            &format!("the running server is version {own}, this command is {}; use the same version", request.version),
        )
        .await;
    }
    let (sender, lines) = mpsc::channel(WAITING_LINES);
    let forward = tokio::spawn(forward(reader, write, lines));
    let mut output = Output::remote(sender.clone(), request.terminal);
    let exit = cli::run(engine, request.command, &mut output).await;
    drop(output);
    let _ = sender.send(Line::Exit(exit.code())).await;
    drop(sender);
    forward.await.map_err(io::Error::other)?
}

/// Writes lines until the command ended or the client went away; then the command's output is closed, which long commands look at.
async fn forward(
    mut reader: BufReader<tokio::io::Take<OwnedReadHalf>>,
    mut write: OwnedWriteHalf,
    mut lines: mpsc::Receiver<Line>,
) -> io::Result<()> {
    let mut nothing = [0_u8; 1];
    loop {
        tokio::select! {
            line = lines.recv() => match line {
                Some(line) => write.write_all(&encode(&line)).await?,
                None => return write.shutdown().await,
            },
            // A client says nothing more after its request; the end of its stream means that it was interrupted.
            _ = reader.read(&mut nothing) => return Ok(()),
        }
    }
}

async fn refuse(write: &mut OwnedWriteHalf, message: &str) -> io::Result<()> {
    write.write_all(&encode(&Line::Err(format!("error: {message}\n")))).await?;
    write.write_all(&encode(&Line::Exit(1))).await?;
    write.shutdown().await
}
