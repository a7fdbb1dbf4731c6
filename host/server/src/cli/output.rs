//! Where a command prints: to this process, or over the socket to the process of the person who asked.

use std::io::Write;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Sender;

use crate::control::Line;

/// Standard output and standard error of a command.
#[derive(Debug)]
pub struct Output {
    sink: Sink,
    terminal: bool,
    /// A progress line stands on the terminal without its line end.
    open_line: bool,
}

#[derive(Debug)]
enum Sink {
    Process,
    Remote(Sender<Line>),
}

impl Output {
    /// Prints to this process. `terminal`: standard error is one, so progress may overwrite its line.
    pub fn process(terminal: bool) -> Self {
        Self { sink: Sink::Process, terminal, open_line: false }
    }

    /// Prints to a client at the other end of the socket.
    pub fn remote(sender: Sender<Line>, terminal: bool) -> Self {
        Self { sink: Sink::Remote(sender), terminal, open_line: false }
    }

    /// A line on standard output: results.
    pub async fn out(&mut self, line: &str) {
        self.end_progress().await;
        self.write(Line::Out(format!("{line}\n"))).await;
    }

    /// A line on standard error: everything that is not the result.
    pub async fn err(&mut self, line: &str) {
        self.end_progress().await;
        self.write(Line::Err(format!("{line}\n"))).await;
    }

    /// Tells how far the work is: one line that changes on a terminal, a line each time elsewhere.
    pub async fn progress(&mut self, text: &str) {
        if self.terminal {
            self.open_line = true;
            self.write(Line::Err(format!("\r{text}\x1b[K"))).await;
        } else {
            self.write(Line::Err(format!("{text}\n"))).await;
        }
    }

    /// The person is gone (interrupted their command); long work should stop at the next safe place.
    pub fn is_closed(&self) -> bool {
        matches!(&self.sink, Sink::Remote(sender) if sender.is_closed())
    }

    async fn end_progress(&mut self) {
        if std::mem::take(&mut self.open_line) {
            self.write(Line::Err("\n".into())).await;
        }
    }

    async fn write(&mut self, line: Line) {
        match (&self.sink, line) {
            // A closed pipe must not stop the work half way.
            (Sink::Process, Line::Out(text)) => drop(std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush())),
            (Sink::Process, Line::Err(text)) => drop(std::io::stderr().write_all(text.as_bytes())),
            (Sink::Process, Line::Exit(_)) => {}
            (Sink::Remote(sender), line) => drop(sender.send(line).await),
        }
    }
}

/// Decides when progress is told: every second or every 1,000 rows.
#[derive(Debug)]
pub struct Pace {
    last: Instant,
    rows: u64,
}

impl Pace {
    const EVERY: Duration = Duration::from_secs(1);
    const ROWS: u64 = 1000;

    /// Starts to count.
    pub fn start() -> Self {
        Self { last: Instant::now(), rows: 0 }
    }

    /// Whether to tell now that `rows` are done.
    pub fn is_due(&mut self, rows: u64) -> bool {
        let due = rows >= self.rows + Self::ROWS || (rows > self.rows && self.last.elapsed() >= Self::EVERY);
        if due {
            (self.last, self.rows) = (Instant::now(), rows);
        }
        due
    }
}
