//! What goes over the socket: one line with a parsed command, then lines with what it prints, the last one with its exit code.

use serde::{Deserialize, Serialize};

use crate::cli::Command;

/// What the client sends.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// The client's version; another one may mean other commands.
    pub version: String,
    /// The command, paths absolute and standard input already read.
    pub command: Command,
    /// Whether the client's standard error is a terminal, where progress overwrites its line.
    pub terminal: bool,
}

/// What the owner answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// Text for standard output.
    Out(String),
    /// Text for standard error.
    Err(String),
    /// The end.
    Exit(u8),
}

/// One line of JSON.
pub(super) fn encode(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("these types have a JSON form");
    line.push(b'\n');
    line
}
