//! Clean-up that survives everything: a panic, `process::exit`, even the test process being killed.
//!
//! Statics are never dropped in Rust, and the test runner ends the process without unwinding. So each long-lived thing gets a small
//! shell that waits on a pipe from us; when we are gone, for whatever reason, the pipe closes and the shell tidies up.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Stops a process and removes a folder once it is dropped, or once this process no longer exists.
#[derive(Debug)]
pub struct Guard {
    shell: Child,
}

impl Guard {
    /// Watches over the process `pid`, to be ended by `signal` (`TERM`, `INT`, …), and over `folder`, to be removed afterwards
    /// together with the logs beside it.
    pub fn new(pid: u32, signal: &str, folder: &Path) -> Guard {
        let script = r#"cat >/dev/null
kill -s "$2" "$1" 2>/dev/null
for _ in $(seq 1 100); do kill -0 "$1" 2>/dev/null || break; case $(ps -o stat= -p "$1" 2>/dev/null) in Z*|'') break;; esac; sleep 0.05; done
kill -s KILL "$1" 2>/dev/null
rm -rf "$3" "$3.out" "$3.err""#;
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "guard", &pid.to_string(), signal]).arg(folder);
        Guard::start(shell)
    }

    /// Runs a command afterwards, for instance to drop a database.
    pub fn afterwards(program: &Path, args: &[&str]) -> Guard {
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"cat >/dev/null; exec "$@""#, "guard"]).arg(program).args(args);
        Guard::start(shell)
    }

    fn start(mut command: Command) -> Guard {
        let shell = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0) // a Ctrl-C in the terminal must not end the one who cleans up
            .spawn()
            .expect("a shell starts");
        Guard { shell }
    }

    /// Cleans up now and returns when it is done.
    pub fn finish(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.finish();
    }
}
