//! One owner of a data folder: a lock file says who, a socket lets every other command reach the owner.
//!
//! SQLite files must have one process that writes them and one set of caches over them, so a command beside a running server runs
//! inside that server. The socket is the only way in that asks for no password: its folder belongs to the server's account alone.

mod client;
mod host;
mod lock;
mod protocol;
mod server;

use std::path::{Path, PathBuf};

pub use client::{Answer, ask};
pub use host::host_name;
pub use lock::{Lock, Owner};
pub use protocol::{Line, Request};
pub use server::Socket;

/// The folder of the socket, inside the data folder, readable by the server's account only.
const FOLDER: &str = "control";
/// The socket's name.
const SOCKET: &str = "socket";
/// Holds the socket's place where the data folder's own path is too long for one.
const ELSEWHERE: &str = "socket-path";
/// The longest path that fits a socket address on every system that we know (104 bytes with the closing zero on the BSDs, 108 on Linux).
const LONGEST_PATH: usize = 103;

fn folder(data: &Path) -> PathBuf {
    data.join(FOLDER)
}

/// Where the owner's socket is, if there was ever one.
fn find_socket(data: &Path) -> Option<PathBuf> {
    let folder = folder(data);
    match std::fs::read_to_string(folder.join(ELSEWHERE)) {
        Ok(text) => Some(PathBuf::from(text)),
        Err(_) => Some(folder.join(SOCKET)).filter(|path| path.exists()),
    }
}
