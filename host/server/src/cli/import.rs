//! `guanxi import`: loads a CSV file as a user of the tenant; counts on standard output, refused rows in a file.

mod result;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use guanxi_store::{Work, within};
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::result::ResultFile;
use super::{Failure, Output, Pace, operator};
use crate::engine::import::{Import, ImportCounts, ImportMap, ImportRequest};
use crate::engine::{Ctx, Engine, Via};

/// The command's arguments.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Arguments {
    /// The tenant's key
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// The object whose records the rows are
    #[arg(long)]
    object: String,
    /// The CSV file, in UTF-8
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
    /// Which column goes to which field; without a map, headers that are keys of fields
    #[arg(long, value_name = "MAP.toml")]
    map: Option<PathBuf>,
    /// Check everything and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Act as this user, with that user's rights (the tenant's first administrator)
    #[arg(long = "as", value_name = "EMAIL")]
    act_as: Option<String>,
    /// Where refused rows go (FILE.refused.csv)
    #[arg(long, value_name = "FILE")]
    result: Option<PathBuf>,
    /// End with 1 when any row was refused
    #[arg(long)]
    strict: bool,
    /// Print the counts as JSON
    #[arg(long)]
    json: bool,
    /// The map file's text, read by the client.
    #[arg(skip)]
    map_text: Option<String>,
    /// Where the result file goes if its default place cannot be written.
    #[arg(skip)]
    fallback: Option<PathBuf>,
}

impl Arguments {
    pub(super) fn prepare(mut self) -> Result<Self, Failure> {
        if let Some(map) = &self.map {
            let text = std::fs::read_to_string(map).map_err(|error| Failure::new(format!("{} cannot be read: {error}", map.display())))?;
            self.map_text = Some(text);
        }
        self.file = absolute(&self.file)?;
        self.map = self.map.as_deref().map(absolute).transpose()?;
        self.result = self.result.as_deref().map(absolute).transpose()?;
        let name = self.file.with_extension("refused.csv").file_name().map(PathBuf::from).unwrap_or_default();
        self.fallback = Some(absolute(&name)?);
        Ok(self)
    }

    fn name(&self) -> String {
        self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let map = match &arguments.map_text {
        Some(text) => Some(ImportMap::parse(text)?),
        None => None,
    };
    let ctx = actor(engine, &arguments).await?;
    let request = ImportRequest { object: arguments.object.clone(), file: arguments.file.clone(), map, dry_run: arguments.dry_run };
    let mut import = within(Work::Job, engine.begin_import(&ctx, request)).await?;
    if !import.ignored().is_empty() {
        out.err(&format!("columns that are not imported: {}", import.ignored().join(", "))).await;
    }
    let mut result = match ResultFile::create(&arguments, &import) {
        Ok(result) => result,
        Err(failure) => {
            engine.end_import(&import, false).await?;
            return Err(failure);
        }
    };
    let ended = rows(engine, &mut import, &mut result, out).await;
    engine.end_import(&import, ended.is_ok()).await?;
    let written = result.finish()?;
    let counts = import.counts();
    ended?;
    if counts.refused > 0 {
        out.err(&format!("refused rows by code: {}; see {}", written.codes, written.path.display())).await;
    }
    if arguments.dry_run {
        out.err("dry run: nothing was written").await;
    }
    report(&arguments, counts, import.total(), &written.path, out).await;
    if arguments.strict && counts.refused > 0 {
        return Err(Failure::new(format!("{} of {} rows were refused", counts.refused, import.total()))
            .hint("correct them in the result file and import that"));
    }
    Ok(())
}

async fn actor(engine: &Engine, arguments: &Arguments) -> Result<Ctx, Failure> {
    let system = operator(engine, &arguments.tenant).await?;
    let user = match &arguments.act_as {
        Some(email) => {
            let found = engine.user_by_email(&system, email).await?;
            found.ok_or_else(|| {
                Failure::new(format!("no user {email:?} in tenant {}", arguments.tenant)).hint("name a user of this tenant with --as EMAIL")
            })?
        }
        None => {
            let found = engine.first_administrator(&system).await?;
            found.ok_or_else(|| {
                Failure::new(format!("tenant {} has no active administrator", arguments.tenant)).hint("name a user with --as EMAIL")
            })?
        }
    };
    let actor = engine
        .actor(&system, user, None)
        .await?
        .ok_or_else(|| Failure::new("the user is not active").hint("name another one with --as EMAIL"))?;
    Ok(engine.ctx(system.tenant, actor, Via::Import(arguments.name()), "import".into()).await?)
}

async fn rows(engine: &Engine, import: &mut Import, result: &mut ResultFile, out: &mut Output) -> Result<(), Failure> {
    let mut pace = Pace::start();
    loop {
        match within(Work::Job, engine.import_next(import)).await {
            Ok(Some(refused)) => result.write(&refused)?,
            Ok(None) => return Ok(()),
            Err(refusal) => return Err(Failure::from(import.stopped(refusal))),
        }
        let counts = import.counts();
        if pace.is_due(counts.rows()) {
            out.progress(&format!("{} of {} rows: {}", counts.rows(), import.total(), text(counts))).await;
        }
        if out.is_closed() {
            tracing::warn!(rows = counts.rows(), total = import.total(), "an import was interrupted by the person who started it");
            return Err(Failure::new(format!("interrupted after {} of {} rows", counts.rows(), import.total())));
        }
    }
}

async fn report(arguments: &Arguments, counts: ImportCounts, total: u64, result: &Path, out: &mut Output) {
    if !arguments.json {
        return out.out(&text(counts)).await;
    }
    let ImportCounts { created, updated, unchanged, refused } = counts;
    let result = (refused > 0).then(|| result.display().to_string());
    let dry_run = arguments.dry_run;
    let line = json!({ "rows": total, "created": created, "updated": updated, "unchanged": unchanged, "refused": refused, "result": result, "dry_run": dry_run });
    out.out(&line.to_string()).await;
}

fn text(counts: ImportCounts) -> String {
    format!("created {}, updated {}, unchanged {}, refused {}", counts.created, counts.updated, counts.unchanged, counts.refused)
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| Failure::usage(format!("{} is not a usable path: {error}", path.display())))
}
