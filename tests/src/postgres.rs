//! A PostgreSQL of our own: one throw-away cluster per test process, one fresh database per server.
//!
//! `GUANXI_TEST_POSTGRES_URL` names a running server to use instead; the databases made there are dropped at the end.

use crate::guard::Guard;
use crate::skip::skip;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// A running PostgreSQL in which databases can be made.
#[derive(Debug)]
pub struct Cluster {
    psql: PathBuf,
    /// Address without a database name and without the slash before it.
    base: String,
    counter: AtomicU32,
    _running: Option<(Child, Guard)>,
    /// On a server that is not ours: what drops the databases made there.
    borrowed: Option<Mutex<Vec<Guard>>>,
}

/// The cluster of this test process, or nothing (after saying so) where PostgreSQL is not installed.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    match CLUSTER.get_or_init(start) {
        Ok(cluster) => Some(cluster),
        Err(why) => {
            skip("a story on PostgreSQL", why);
            None
        }
    }
}

impl Cluster {
    /// Makes an empty database and returns its address.
    pub fn fresh_database(&self) -> String {
        let name = format!("guanxi_test_{}_{}", std::process::id(), self.counter.fetch_add(1, Ordering::Relaxed));
        self.run("postgres", &format!("create database {name}")).expect("a database can be created");
        if let Some(borrowed) = &self.borrowed {
            let drop = format!("drop database if exists {name} with (force)");
            let guard = Guard::afterwards(&self.psql, &["-X", "-q", "-d", &format!("{}/postgres", self.base), "-c", &drop]);
            borrowed.lock().expect("no guard panics").push(guard);
        }
        format!("{}/{name}", self.base)
    }

    /// Runs one statement in the database at `url`, for checks that no outside contract offers, and returns unaligned rows.
    pub fn ask(&self, url: &str, statement: &str) -> String {
        let database = url.rsplit('/').next().expect("an address ends in a database name");
        self.run(database, statement).expect("the statement runs")
    }

    fn run(&self, database: &str, statement: &str) -> Result<String, String> {
        let output = Command::new(&self.psql)
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &format!("{}/{database}", self.base), "-c", statement])
            .output()
            .map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }
}

fn start() -> Result<Cluster, String> {
    if let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES_URL") {
        let psql = find("psql").ok_or("psql is not installed, and GUANXI_TEST_POSTGRES_URL needs it")?;
        let scheme_end = url.find("://").ok_or("GUANXI_TEST_POSTGRES_URL is not an address")? + 3;
        let base = match url[scheme_end..].find('/') {
            Some(slash) => url[..scheme_end + slash].to_owned(),
            None => url,
        };
        return Ok(Cluster { psql, base, counter: AtomicU32::new(0), _running: None, borrowed: Some(Mutex::default()) });
    }
    let initdb = find("initdb").ok_or("initdb is neither on PATH nor under /usr/lib/postgresql (package: postgresql)")?;
    let initdb = std::fs::canonicalize(&initdb).unwrap_or(initdb); // a link on PATH points into the folder where its sisters are
    let bin = initdb.parent().ok_or("initdb lies in no folder")?;
    let psql = if bin.join("psql").exists() { bin.join("psql") } else { find("psql").ok_or("psql is not installed")? };
    let mut last = String::new();
    // Another process may take the free port between our look and the start, hence the second and third try.
    for _ in 0..3 {
        match start_in_a_new_folder(bin, &psql) {
            Ok(cluster) => return Ok(cluster),
            Err(why) => last = why,
        }
    }
    Err(last)
}

fn start_in_a_new_folder(bin: &Path, psql: &Path) -> Result<Cluster, String> {
    let folder = tempfile::Builder::new().prefix("guanxi-pg-").tempdir().map_err(|error| error.to_string())?.keep();
    let owner = owner_of_the_cluster()?;
    if let Some((user, group)) = owner {
        std::os::unix::fs::chown(&folder, Some(user), Some(group)).map_err(|error| error.to_string())?;
    }
    make_cluster(&bin.join("initdb"), &folder, owner)?;
    run_cluster(&bin.join("postgres"), &folder, owner, psql)
}

/// `initdb` refuses to run as root: then the cluster belongs to the user that the package made.
fn owner_of_the_cluster() -> Result<Option<(u32, u32)>, String> {
    if std::fs::metadata("/proc/self").map_err(|error| error.to_string())?.uid() != 0 {
        return Ok(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let line = users.lines().find(|line| line.starts_with("postgres:")).ok_or("running as root, and there is no user postgres")?;
    let mut ids = line.split(':').skip(2).map(str::parse::<u32>);
    match (ids.next(), ids.next()) {
        (Some(Ok(user)), Some(Ok(group))) => Ok(Some((user, group))),
        _ => Err("the user postgres has no numeric ids".to_owned()),
    }
}

fn as_owner(program: &Path, folder: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    command
}

/// An ICU collation on purpose: a text column that forgot to be bytewise then sorts differently from SQLite, and a story notices.
fn make_cluster(initdb: &Path, folder: &Path, owner: Option<(u32, u32)>) -> Result<(), String> {
    let output = as_owner(initdb, folder, owner)
        .args(["-U", "guanxi", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions"])
        .args(["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"])
        .arg("-D")
        .arg(folder.join("cluster"))
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn run_cluster(postgres: &Path, folder: &Path, owner: Option<(u32, u32)>, psql: &Path) -> Result<Cluster, String> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|probe| probe.local_addr()).map_err(|error| error.to_string())?.port();
    let log = std::fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
    let mut command = as_owner(postgres, folder, owner);
    command.arg("-D").arg(folder.join("cluster")).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=200",
        "max_locks_per_transaction=256",
    ] {
        command.args(["-c", setting]);
    }
    let errors = log.try_clone().map_err(|error| error.to_string())?;
    let mut child = command.stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0).spawn().map_err(|error| error.to_string())?;
    let guard = Guard::new(child.id(), "QUIT", folder);
    let mut cluster = Cluster {
        psql: psql.to_owned(),
        base: format!("postgres://guanxi@127.0.0.1:{port}"),
        counter: AtomicU32::new(0),
        _running: None,
        borrowed: None,
    };
    let deadline = Instant::now() + Duration::from_secs(30);
    while cluster.run("postgres", "select 1").is_err() {
        if child.try_wait().map_err(|error| error.to_string())?.is_some() || Instant::now() > deadline {
            return Err(std::fs::read_to_string(folder.join("log")).unwrap_or_default());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    cluster._running = Some((child, guard));
    Ok(cluster)
}

/// On PATH first, then in the newest folder of the distribution.
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut packaged: Vec<PathBuf> =
        std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
    packaged.sort();
    folders.extend(packaged.into_iter().rev());
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.is_file())
}
