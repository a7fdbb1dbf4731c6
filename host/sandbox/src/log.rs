//! The log of one call: bounded while the guest runs, handed to `tracing` at the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::limits::LOG_BYTES;

/// The log of one call, held by its store and by whoever waits for the call.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedLog(Arc<Mutex<CallLog>>);

impl SharedLog {
    /// The log itself. A panic while somebody held it leaves whole lines behind, so poison does not matter.
    pub(crate) fn lock(&self) -> MutexGuard<'_, CallLog> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// Lines of one call.
#[derive(Debug, Default)]
pub(crate) struct CallLog {
    lines: Vec<(Level, String)>,
    bytes: usize,
    dropped: usize,
    stderr: Vec<u8>,
    stderr_bytes: usize,
}

/// How much of standard error is kept for the reason of a trap.
const STDERR_BYTES: usize = 4 * 1024;

impl CallLog {
    /// A line from the log function.
    pub(crate) fn line(&mut self, level: Level, message: &str) {
        if self.bytes + message.len() > LOG_BYTES {
            self.dropped += 1;
            return;
        }
        self.bytes += message.len();
        // One line of ours per call of theirs: a guest must not be able to forge lines.
        self.lines.push((level, message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()));
    }

    /// Bytes written to standard output or error; only the first few KiB are kept (a panic comes first).
    pub(crate) fn stderr(&mut self, bytes: &[u8]) {
        self.stderr_bytes += bytes.len();
        let room = STDERR_BYTES.saturating_sub(self.stderr.len());
        self.stderr.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// The guest's last words, on one line.
    pub(crate) fn last_words(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.stderr);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("note: run with"));
        let joined = lines.collect::<Vec<_>>().join(" ");
        let clean: String = joined.chars().filter(|c| !c.is_control()).collect();
        (!clean.is_empty()).then_some(clean)
    }

    /// Hands everything over.
    pub(crate) fn emit(&self, plugin: &str, tenant: &str, request: &str) {
        for (level, message) in &self.lines {
            match level {
                Level::Debug => tracing::debug!(target: "guanxi::plugin", plugin, tenant, request, "{message}"),
                Level::Info => tracing::info!(target: "guanxi::plugin", plugin, tenant, request, "{message}"),
                Level::Warn => tracing::warn!(target: "guanxi::plugin", plugin, tenant, request, "{message}"),
                Level::Error => tracing::error!(target: "guanxi::plugin", plugin, tenant, request, "{message}"),
            }
        }
        if let Some(words) = self.last_words() {
            tracing::warn!(target: "guanxi::plugin", plugin, tenant, request, "stderr: {words}");
        }
        if self.dropped > 0 || self.stderr_bytes > STDERR_BYTES {
            let stderr = self.stderr_bytes.saturating_sub(STDERR_BYTES);
            tracing::warn!(target: "guanxi::plugin", plugin, tenant, request, "log limit reached: {} lines and {stderr} bytes of stderr dropped", self.dropped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_and_lines_cannot_be_forged() {
        let mut log = CallLog::default();
        log.line(Level::Info, "a\nb");
        for _ in 0..100 {
            log.line(Level::Info, &"x".repeat(1024));
            log.stderr(&[b'y'; 1024]);
        }
        assert_eq!(log.lines[0].1, "a b");
        assert!(log.bytes <= LOG_BYTES && log.dropped == 37 && log.stderr.len() == STDERR_BYTES);
    }
}
