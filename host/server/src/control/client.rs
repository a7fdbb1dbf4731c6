//! A command's end of the socket.

use std::io::{self, Write};
use std::path::Path;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::protocol::encode;
use super::{Line, Request, find_socket};

/// What became of a command that was offered to the folder's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It ran there and ended with this code.
    Exit(u8),
    /// Nobody listens.
    NoServer,
    /// The owner stopped in the middle.
    Lost,
}

/// Lets the owner of a folder run the command, and prints what it says.
pub async fn ask(data: &Path, request: &Request) -> Answer {
    let Some(path) = find_socket(data) else { return Answer::NoServer };
    let Ok(stream) = UnixStream::connect(&path).await else { return Answer::NoServer };
    converse(stream, request).await.unwrap_or(Answer::Lost)
}

async fn converse(stream: UnixStream, request: &Request) -> io::Result<Answer> {
    let (read, mut write) = stream.into_split();
    write.write_all(&encode(request)).await?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line).map_err(io::Error::other)? {
            // A closed pipe of ours must not stop the owner's work half way.
            Line::Out(text) => drop(io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush())),
            Line::Err(text) => drop(io::stderr().write_all(text.as_bytes())),
            Line::Exit(code) => return Ok(Answer::Exit(code)),
        }
    }
    Ok(Answer::Lost)
}
