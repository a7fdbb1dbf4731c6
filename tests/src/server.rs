//! A real `guanxi dev` in a folder of its own, and the command line beside it.

use crate::api::Api;
use crate::binary::guanxi;
use crate::guard::Guard;
use crate::postgres;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The day on which servers without a `now` of their own believe to live: a Sunday noon in Shanghai.
pub const NOW: &str = "2026-11-22T04:00:00Z";

/// Which database keeps the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Db {
    /// One file a tenant, the default of Guanxi.
    Sqlite,
    /// One schema a tenant in a database of its own for each server.
    Postgres,
}

/// How a server starts.
#[derive(Debug, Clone)]
pub struct Options {
    /// The starting time of its clock, ISO 8601; the real one if absent.
    pub now: Option<&'static str>,
    /// Without the sample rows.
    pub empty: bool,
    /// How long a list's statement may run, in milliseconds; long if absent, so that no story depends on how busy the machine is.
    pub list_deadline: Option<u32>,
}

/// The deadline of statements of servers that do not say another: no test may fail because others keep the machine busy.
const PATIENCE: &str = "300000";

impl Default for Options {
    fn default() -> Options {
        Options { now: Some(NOW), empty: true, list_deadline: None }
    }
}

/// A running server; it ends when this is dropped or when the test process ends.
#[derive(Debug)]
pub struct Server {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub address: String,
    /// The link that `dev` prints and that logs its administrator in.
    pub login_link: String,
    /// The data folder.
    pub data: PathBuf,
    /// The database behind it.
    pub db: Db,
    database_url: Option<String>,
    child: Child,
    guard: Guard,
}

/// What a command of `guanxi` answered.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    what: String,
}

impl Ran {
    /// Fails the test, with everything that was printed, unless the exit code is `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// Fails the test unless `text` is somewhere in the output.
    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in: {self}");
        self
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`guanxi {}` ended with {}\n-- stdout\n{}\n-- stderr\n{}", self.what, self.code, self.stdout, self.stderr)
    }
}

impl Server {
    /// Starts `guanxi dev` and returns when it is ready; nothing (after saying so) where the database is not installed.
    pub fn start(db: Db, options: &Options) -> Option<Server> {
        let database_url = match db {
            Db::Sqlite => None,
            Db::Postgres => Some(postgres::cluster()?.fresh_database()),
        };
        let data = tempfile::Builder::new().prefix("guanxi-dev-").tempdir().expect("a temporary folder").keep();
        Some(Server::start_in(data, db, database_url, options))
    }

    /// Another host on the same PostgreSQL database, with a data folder of its own; nothing on SQLite, whose folder has one owner.
    pub fn second_host(&self, options: &Options) -> Option<Server> {
        let url = self.database_url.clone()?;
        let data = tempfile::Builder::new().prefix("guanxi-dev-").tempdir().expect("a temporary folder").keep();
        Some(Server::start_in(data, self.db, Some(url), options))
    }

    /// Ends the process at once, as a power cut would; [`Server::restart`] brings it back.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends this server as a power cut would and starts another on the same data.
    pub fn restart(mut self, options: &Options) -> Server {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The old guard would remove the folder; a copy of the path with a guard of its own takes over.
        static RESTARTS: AtomicU32 = AtomicU32::new(1);
        let kept = self.data.with_extension(format!("kept{}", RESTARTS.fetch_add(1, Ordering::Relaxed)));
        std::fs::rename(&self.data, &kept).expect("the data folder can be renamed");
        let (db, database_url) = (self.db, self.database_url.clone());
        drop(self);
        Server::start_in(kept, db, database_url, options)
    }

    fn start_in(data: PathBuf, db: Db, database_url: Option<String>, options: &Options) -> Server {
        let mut command = Command::new(guanxi());
        command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(&data).current_dir(crate::binary::root());
        if options.empty {
            command.arg("--empty");
        }
        if let Some(now) = options.now {
            command.args(["--now", now]);
        }
        if let Some(url) = &database_url {
            command.env("GUANXI_DATABASE_URL", url);
        }
        for class in ["HOOK", "INTERACTIVE", "REPORT", "JOB"] {
            command.env(format!("GUANXI_DEADLINES_{class}_MS"), PATIENCE);
        }
        if let Some(milliseconds) = options.list_deadline {
            command.env("GUANXI_DEADLINES_INTERACTIVE_MS", milliseconds.to_string());
        }
        // Beside the data folder, so that the program finds the folder as it would find a new one.
        let (out, err) = (data.with_extension("out"), data.with_extension("err"));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(File::create(&out).expect("a temporary file"))
            .stderr(File::create(&err).expect("a temporary file"))
            .spawn()
            .expect("the server starts");
        let guard = Guard::new(child.id(), "KILL", &data);
        let link = wait_for_link(&mut child, &out, &err);
        let scheme_end = link.find("//").expect("an address has a scheme") + 2;
        let path = link[scheme_end..].find('/').map_or(link.len(), |slash| scheme_end + slash);
        let mut server = Server { address: link[..path].to_owned(), login_link: link, data, db, database_url, child, guard };
        server.wait_until_ready(&err);
        server
    }

    /// The first start builds the plugins, so the deadline is generous; a server that ends is noticed at once.
    fn wait_until_ready(&mut self, err: &Path) {
        let probe = self.anonymous();
        let deadline = Instant::now() + Duration::from_secs(600);
        while probe.try_get("/readyz").is_none_or(|answer| answer.status != 200) {
            let ended = self.child.try_wait().expect("the server can be asked").is_some();
            assert!(!ended && Instant::now() < deadline, "the server is not ready: {}", tail(err));
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Api {
        Api::new(&self.address, None)
    }

    /// Runs `guanxi ARGS --data FOLDER` beside this server.
    pub fn cli(&self, args: &[&str]) -> Ran {
        self.cli_with_input(args, "")
    }

    /// The same with text on its standard input, such as a password.
    pub fn cli_with_input(&self, args: &[&str], input: &str) -> Ran {
        let mut command = Command::new(guanxi());
        command.args(args).arg("--data").arg(&self.data);
        if let Some(url) = &self.database_url {
            command.env("GUANXI_DATABASE_URL", url);
        }
        run(command, args, input)
    }

    /// A token of `email` in `tenant`.
    pub fn token(&self, tenant: &str, email: &str) -> String {
        let ran = self.cli(&["token", "create", "--tenant", tenant, "--user", email, "--name", "test"]).expect(0);
        let token = ran.stdout.trim().to_owned();
        assert!(
            token.starts_with(&format!("gx1_{tenant}_")) && !token.contains(char::is_whitespace),
            "the token alone is on stdout: {ran}"
        );
        token
    }

    /// A client that acts as `email` in `tenant`.
    pub fn api(&self, tenant: &str, email: &str) -> Api {
        Api::new(&self.address, Some(self.token(tenant, email)))
    }

    /// What the server has written to its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.with_extension("err")).unwrap_or_default()
    }

    /// The memory of the server process in KiB.
    pub fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "-- log of the server\n{}", tail(&self.data.with_extension("err")));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.guard.finish();
        let _ = std::fs::remove_file(self.data.with_extension("out"));
        let _ = std::fs::remove_file(self.data.with_extension("err"));
    }
}

/// Runs the program without any server, in the folder `place`.
pub fn guanxi_in(place: &Path, args: &[&str]) -> Ran {
    let mut command = Command::new(guanxi());
    command.args(args).current_dir(place);
    run(command, args, "")
}

fn run(mut command: Command, args: &[&str], input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("guanxi starts");
    // A command that ends without reading closes the pipe first, which is no failure of the test.
    let _ = child.stdin.take().expect("the input is a pipe").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("guanxi ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        what: args.join(" "),
    }
}

fn wait_for_link(child: &mut Child, out: &Path, err: &Path) -> String {
    let deadline = Instant::now() + Duration::from_secs(600);
    loop {
        let printed = std::fs::read_to_string(out).unwrap_or_default();
        let complete = printed.rfind('\n').map_or("", |end| &printed[..end]);
        if let Some(link) = complete.split_whitespace().find(|word| word.starts_with("http://127.0.0.1:")) {
            return link.to_owned();
        }
        let ended = child.try_wait().expect("the server can be asked").is_some();
        assert!(!ended && Instant::now() < deadline, "the server printed no link: {printed}\n{}", tail(err));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The last lines of a log: a failure needs the end, not megabytes.
fn tail(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
