//! `guanxi.toml`, the environment over it, and the command line over both. Every key is also a variable: `database.url` is `GUANXI_DATABASE_URL`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_store::{Deadlines, Location};
use serde::Deserialize;

/// Where `dev` and `serve` listen unless told otherwise: loopback only.
pub const LISTEN: &str = "127.0.0.1:8080";
/// The data folder of `serve`.
const DATA: &str = "data";
/// The data folder of `dev`.
pub const DEV_DATA: &str = "data/dev";
/// The file that is read from the current folder when none is named.
const FILE: &str = "guanxi.toml";
/// PostgreSQL connections of one process. Each is a backend that holds memory per tenant, so few are better.
const DATABASE_CONNECTIONS: u32 = 10;

/// Where a command looks for its server's data: what the command line said.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// `--data DIR`
    pub data: Option<PathBuf>,
    /// `--config FILE`
    pub config: Option<PathBuf>,
}

/// The settings of one process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Holds the lock, the socket and, with SQLite, all records. Absolute.
    pub data: PathBuf,
    /// PostgreSQL instead of files in the data folder.
    pub database_url: Option<String>,
    /// Most connections to PostgreSQL.
    pub database_connections: u32,
    /// Holds the files of attachments; shared by all servers of one database. Absolute.
    pub files: PathBuf,
    /// Where HTTP is served.
    pub listen: SocketAddr,
    /// How people reach the server, e.g. `https://crm.example.com`; decides the kind of session cookie.
    pub public_url: Option<String>,
    /// What is logged, as an `EnvFilter` directive; `None` is the command's own default.
    pub log_level: Option<String>,
    /// Logs as JSON lines instead of text.
    pub log_json: bool,
    /// How long one statement of the database may run, by what it is for.
    pub deadlines: Deadlines,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Document {
    server: ServerPart,
    data: DataPart,
    database: DatabasePart,
    files: FilesPart,
    log: LogPart,
    deadlines: DeadlinesPart,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ServerPart {
    listen: Option<String>,
    public_url: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DataPart {
    folder: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DatabasePart {
    url: Option<String>,
    url_file: Option<PathBuf>,
    max_connections: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FilesPart {
    folder: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LogPart {
    level: Option<String>,
    format: Option<String>,
}

/// Milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeadlinesPart {
    hook_ms: Option<u64>,
    interactive_ms: Option<u64>,
    report_ms: Option<u64>,
    job_ms: Option<u64>,
}

impl DeadlinesPart {
    /// The deadlines of the product, the file over them, and the environment over both.
    fn read(self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Deadlines, String> {
        let usual = Deadlines::default();
        let one = |name: &str, given: Option<u64>, usual: Duration| {
            let given = match variable(&format!("GUANXI_DEADLINES_{}_MS", name.to_uppercase())) {
                Some(text) => Some(text.parse().map_err(|_| format!("deadlines.{name}_ms is {text:?}, which is not a number"))?),
                None => given,
            };
            match given {
                Some(0) => Err(format!("deadlines.{name}_ms is 0; without any time nothing could be read")),
                given => Ok(given.map_or(usual, Duration::from_millis)),
            }
        };
        Ok(Deadlines {
            hook: one("hook", self.hook_ms, usual.hook)?,
            interactive: one("interactive", self.interactive_ms, usual.interactive)?,
            report: one("report", self.report_ms, usual.report)?,
            job: one("job", self.job_ms, usual.job)?,
        })
    }
}

impl Config {
    /// Reads the file and the environment for a command that names no data folder of its own.
    pub fn load(place: &Place) -> Result<Self, String> {
        Self::read(place, &|name| std::env::var(name).ok(), None)
    }

    /// The same for `dev`, whose data live in a folder of their own.
    pub fn load_dev(place: &Place) -> Result<Self, String> {
        Self::read(place, &|name| std::env::var(name).ok(), Some(DEV_DATA))
    }

    fn read(place: &Place, variable: &dyn Fn(&str) -> Option<String>, folder: Option<&str>) -> Result<Self, String> {
        let (document, base) = Document::open(place.config.as_deref())?;
        let from_file = |path: PathBuf| base.join(path);
        let asked =
            place.data.clone().or_else(|| variable("GUANXI_DATA_FOLDER").map(PathBuf::from)).or(document.data.folder.map(from_file));
        let data = absolute(&asked.unwrap_or_else(|| folder.map_or_else(default_folder, PathBuf::from)))?;
        let files = match variable("GUANXI_FILES_FOLDER").map(PathBuf::from).or(document.files.folder.map(from_file)) {
            Some(folder) => absolute(&folder)?,
            None => data.join("files"),
        };
        let url_file = variable("GUANXI_DATABASE_URL_FILE").map(PathBuf::from).or(document.database.url_file.map(from_file));
        let database_url = match (variable("GUANXI_DATABASE_URL").or(document.database.url), url_file) {
            (Some(url), _) => Some(url).filter(|url| !url.is_empty()),
            (None, Some(file)) => Some(read_text(&file)?.trim().to_owned()),
            (None, None) => None,
        };
        let listen = variable("GUANXI_SERVER_LISTEN").or(document.server.listen).unwrap_or_else(|| LISTEN.to_owned());
        let listen = listen.parse().map_err(|_| format!("server.listen is {listen:?}, which is not an address such as {LISTEN}"))?;
        let connections = match variable("GUANXI_DATABASE_MAX_CONNECTIONS") {
            Some(text) => Some(text.parse().map_err(|_| format!("database.max_connections is {text:?}, which is not a number"))?),
            None => document.database.max_connections,
        };
        let format = variable("GUANXI_LOG_FORMAT").or(document.log.format);
        let log_json = match format.as_deref() {
            None | Some("text") => false,
            Some("json") => true,
            Some(other) => return Err(format!("log.format is {other:?}; it can be text or json")),
        };
        Ok(Self {
            data,
            files,
            database_url,
            database_connections: connections.unwrap_or(DATABASE_CONNECTIONS).max(1),
            listen,
            public_url: variable("GUANXI_SERVER_PUBLIC_URL").or(document.server.public_url),
            log_level: variable("GUANXI_LOG_LEVEL").or(document.log.level),
            log_json,
            deadlines: document.deadlines.read(variable)?,
        })
    }

    /// Where the records are. `durable`: wait for the disk at every commit, as `serve` does.
    pub fn location(&self, durable: bool) -> Location {
        match &self.database_url {
            Some(url) => Location::Postgres { url: url.clone(), max_connections: self.database_connections },
            None => Location::Sqlite { folder: self.data.clone(), durable },
        }
    }

    /// Whether people reach this server over https. Plain HTTP is for loopback only: everywhere else the cookie stays `Secure`.
    pub fn is_secure(&self) -> bool {
        match &self.public_url {
            Some(url) => url.starts_with("https://"),
            None => !self.listen.ip().is_loopback(),
        }
    }

    /// Whether anything was ever stored here, so that a mistyped folder is told instead of made.
    pub fn has_data(&self) -> bool {
        self.database_url.is_some() || has_directory(&self.data)
    }
}

impl Document {
    /// The document and the folder that its relative paths start from.
    fn open(named: Option<&Path>) -> Result<(Self, PathBuf), String> {
        let file = match named {
            Some(file) => file,
            None if Path::new(FILE).is_file() => Path::new(FILE),
            None => return Ok((Self::default(), PathBuf::new())),
        };
        let document = toml::from_str(&read_text(file)?).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        Ok((document, file.parent().map(Path::to_owned).unwrap_or_default()))
    }
}

/// Beside a `dev` server nobody wants to repeat its folder; `data` wins as soon as something is in it.
fn default_folder() -> PathBuf {
    let dev_only = has_directory(Path::new(DEV_DATA)) && !has_directory(Path::new(DATA));
    PathBuf::from(if dev_only { DEV_DATA } else { DATA })
}

fn has_directory(folder: &Path) -> bool {
    folder.join("directory.db").is_file()
}

fn absolute(path: &Path) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{} is not a usable path: {error}", path.display()))
}

fn read_text(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, variables: &[(&str, &str)], data: Option<&str>) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("guanxi.toml");
        std::fs::write(&file, text).expect("a file");
        let place = Place { data: data.map(PathBuf::from), config: Some(file) };
        let lookup = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Config::read(&place, &lookup, None)
    }

    #[test]
    fn command_line_over_environment_over_file() {
        let file = "[data]\nfolder = \"/from/file\"\n[database]\nurl = \"postgres://file\"\n[server]\nlisten = \"127.0.0.1:1\"";
        let config = read(file, &[], None).expect("readable");
        assert_eq!(
            (config.data.to_str(), config.database_url.as_deref(), config.listen.port()),
            (Some("/from/file"), Some("postgres://file"), 1)
        );
        let variables = [("GUANXI_DATA_FOLDER", "/from/env"), ("GUANXI_DATABASE_URL", ""), ("GUANXI_SERVER_LISTEN", "0.0.0.0:2")];
        let config = read(file, &variables, None).expect("readable");
        assert_eq!((config.data.to_str(), config.database_url, config.listen.port()), (Some("/from/env"), None, 2));
        assert_eq!(read(file, &variables, Some("/from/line")).expect("readable").data, Path::new("/from/line"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            ("[server]\nlisten = \"8080\"", "server.listen"),
            ("[log]\nformat = \"xml\"", "log.format"),
            ("[databse]\nurl = \"x\"", "databse"),
            ("[deadlines]\ninteractive_ms = 0", "deadlines.interactive_ms"),
            ("[database", "guanxi.toml"),
        ] {
            let message = read(text, &[], None).expect_err(text);
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn deadlines_are_milliseconds() {
        let read = |text: &str, variables: &[(&str, &str)]| read(text, variables, None).map(|config| config.deadlines);
        assert_eq!(read("", &[]), Ok(Deadlines::default()));
        let file = "[deadlines]\nhook_ms = 7\nreport_ms = 8";
        let config = read(file, &[("GUANXI_DEADLINES_REPORT_MS", "9")]).expect("readable");
        assert_eq!((config.hook, config.report), (Duration::from_millis(7), Duration::from_millis(9)));
        let message = read("", &[("GUANXI_DEADLINES_JOB_MS", "1s")]).expect_err("no number");
        assert!(message.contains("deadlines.job_ms"), "{message}");
    }

    #[test]
    fn plain_cookies_only_on_loopback() {
        for (text, wanted) in [
            ("", false),
            ("[server]\nlisten = \"0.0.0.0:80\"", true),
            ("[server]\npublic_url = \"https://crm.example\"", true),
            ("[server]\nlisten = \"0.0.0.0:80\"\npublic_url = \"http://10.0.0.2\"", false),
        ] {
            assert_eq!(read(text, &[], None).expect("readable").is_secure(), wanted, "{text}");
        }
    }
}
