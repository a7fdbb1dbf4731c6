//! A throw-away PostgreSQL for this process, and a database in it for each test.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

/// Runs until its standard input is closed, which happens when the process of the tests ends, however it ends.
const SCRIPT: &str = r#"
directory=$(mktemp -d "${TMPDIR:-/tmp}/guanxi-postgres.XXXXXX") || exit 1
"$BIN/initdb" -D "$directory/data" -U postgres -A trust -E UTF8 --no-locale -N >"$directory/initdb.log" 2>&1 || { cat "$directory/initdb.log" >&2; exit 1; }
"$BIN/postgres" -D "$directory/data" -h 127.0.0.1 -p "$PORT" -k "$directory" \
    -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200 >"$directory/server.log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$directory"
"#;

struct Cluster {
    url: String,
    /// Never read; its pipe keeps the server alive.
    _keeper: Option<Child>,
}

/// A database of one test.
pub(crate) struct TestDatabase {
    /// Where to connect.
    pub(crate) url: String,
    name: String,
}

impl TestDatabase {
    /// `None` where there is no PostgreSQL.
    pub(crate) async fn create() -> Option<Self> {
        static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
        let cluster = CLUSTER.get_or_init(find_or_start).as_ref();
        let Some(cluster) = cluster else {
            assert!(std::env::var("GUANXI_REQUIRE_ALL").is_err(), "PostgreSQL is required, and neither a URL nor initdb was found");
            eprintln!("SKIPPED ON POSTGRESQL: set GUANXI_TEST_POSTGRES_URL or install PostgreSQL 15 or newer");
            return None;
        };
        let name = format!("guanxi_test_{}", uuid::Uuid::now_v7().simple());
        let mut connection = connect(&cluster.url).await;
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))).await.unwrap();
        let (server, _) = cluster.url.rsplit_once('/').expect("the URL ends with a database");
        Some(Self { url: format!("{server}/{name}"), name })
    }

    /// Drops the database, also while connections are open.
    pub(crate) async fn remove(self) {
        let (server, _) = self.url.rsplit_once('/').expect("the URL ends with a database");
        let mut connection = connect(&format!("{server}/postgres")).await;
        connection.execute(AssertSqlSafe(format!("DROP DATABASE {} WITH (FORCE)", self.name))).await.unwrap();
    }
}

/// A new cluster needs a moment before it answers.
async fn connect(url: &str) -> PgConnection {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match PgConnection::connect(url).await {
            Ok(connection) => return connection,
            Err(error) if Instant::now() > deadline => panic!("PostgreSQL does not answer: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

fn find_or_start() -> Option<Cluster> {
    if let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES_URL") {
        return Some(Cluster { url, _keeper: None });
    }
    let bin = find_bin()?;
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let mut command = Command::new("sh");
    command.arg("-c").arg(SCRIPT).env("BIN", bin).env("PORT", port.to_string()).current_dir("/").stdin(Stdio::piped());
    if account_id("-u", None)? == 0 {
        command.uid(account_id("-u", Some("postgres"))?).gid(account_id("-g", Some("postgres"))?);
    }
    let keeper = command.spawn().ok()?;
    Some(Cluster { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), _keeper: Some(keeper) })
}

/// The folder with `initdb` and `postgres` in it.
fn find_bin() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let mut packaged: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).filter(complete).collect();
    packaged.sort();
    std::env::split_paths(&path).find(complete).or(packaged.pop())
}

fn account_id(what: &str, user: Option<&str>) -> Option<u32> {
    let output = Command::new("id").arg(what).args(user).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}
