//! The result file: refused rows as they were, with what is wrong with them, ready to be corrected and imported again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::super::Failure;
use super::Arguments;
use crate::engine::import::{Import, RefusedRow};

/// An open result file.
pub(super) struct ResultFile {
    writer: csv::Writer<File>,
    path: PathBuf,
    /// The user named it, so it stays even when it holds only its header.
    named: bool,
    columns: usize,
    codes: BTreeMap<String, u64>,
}

/// What was written.
pub(super) struct Written {
    /// Where.
    pub path: PathBuf,
    /// `field.type 3, import.lookup_none 1480`
    pub codes: String,
}

impl ResultFile {
    /// Opens the file before anything is imported: refused rows must have a place to go.
    pub(super) fn create(arguments: &Arguments, import: &Import) -> Result<Self, Failure> {
        let named = arguments.result.is_some();
        let place = arguments.result.clone().unwrap_or_else(|| arguments.file.with_extension("refused.csv"));
        let inputs = [Some(&arguments.file), arguments.map.as_ref()];
        if inputs.into_iter().flatten().any(|input| same_file(input, &place)) {
            let told = format!("{} is read by this import and cannot take its refused rows", place.display());
            return Err(Failure::new(told).hint("name another file with --result"));
        }
        let (file, path) = match (File::create(&place), &arguments.fallback) {
            (Ok(file), _) => (file, place),
            // The file lies where nobody may write; the current folder is the next best place.
            (Err(_), Some(fallback)) if !named => (File::create(fallback).map_err(|error| unwritable(fallback, &error))?, fallback.clone()),
            (Err(error), _) => return Err(unwritable(&place, &error)),
        };
        let mut file = Self { writer: csv::Writer::from_writer(file), path, named, columns: import.header().len(), codes: BTreeMap::new() };
        let own = ["line", "code", "field", "detail"].map(|name| free_name(name, import));
        file.record(import.header().iter().cloned().chain(own))?;
        Ok(file)
    }

    /// Adds rows; several problems of one row share its line.
    pub(super) fn write(&mut self, rows: &[RefusedRow]) -> Result<(), Failure> {
        for row in rows {
            let joined = |part: &dyn Fn(&guanxi_core::Problem) -> String| row.problems.iter().map(part).collect::<Vec<_>>().join("; ");
            let code = joined(&|problem| problem.code.clone());
            let field = joined(&|problem| problem.field.clone().unwrap_or_default());
            let detail = joined(&|problem| problem.detail.clone());
            // A ragged row is brought to the header's width, so that the added columns stand under their names.
            let mut cells = row.cells.clone();
            if cells.len() > self.columns {
                let rest = cells.split_off(self.columns.saturating_sub(1)).join(",");
                cells.push(rest);
            }
            cells.resize(self.columns, String::new());
            self.record(cells.into_iter().chain([row.line.to_string(), code, field, detail]))?;
            let mut codes: Vec<&str> = row.problems.iter().map(|problem| problem.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            for code in codes {
                *self.codes.entry(code.to_owned()).or_default() += 1;
            }
        }
        self.writer.flush().map_err(|error| unwritable(&self.path, &error))
    }

    /// Closes the file; a default file without rows is removed again.
    pub(super) fn finish(mut self) -> Result<Written, Failure> {
        self.writer.flush().map_err(|error| unwritable(&self.path, &error))?;
        let Self { writer, path, named, codes, .. } = self;
        drop(writer);
        if codes.is_empty() && !named {
            std::fs::remove_file(&path).map_err(|error| unwritable(&path, &error))?;
        }
        let codes = codes.iter().map(|(code, rows)| format!("{code} {rows}")).collect::<Vec<_>>().join(", ");
        Ok(Written { path, codes })
    }

    fn record(&mut self, cells: impl Iterator<Item = String>) -> Result<(), Failure> {
        self.writer.write_record(cells).map_err(|error| unwritable(&self.path, &io::Error::other(error)))
    }
}

/// A name that no column of the file has, and no field: without a map the file is imported again by its headers.
fn free_name(name: &str, import: &Import) -> String {
    let taken = import.header().iter().any(|header| header == name) || import.has_field(name);
    if taken { format!("refused_{name}") } else { name.to_owned() }
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("{} cannot be written: {error}", path.display())).hint("name another place for refused rows with --result FILE")
}

/// Two names of one file that exists.
fn same_file(left: &Path, right: &Path) -> bool {
    matches!((left.canonicalize(), right.canonicalize()), (Ok(left), Ok(right)) if left == right)
}
