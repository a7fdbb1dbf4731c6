//! Seed and sample rows: records that come with a plugin.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ManifestProblem;

/// Rows of one object. Sets are loaded in the order of the manifest, seed before sample.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowSet {
    /// The object's key.
    pub object: String,
    /// The field that says whether a row is already there; rows that are stay as they are. Needed for seed rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The rows.
    #[serde(default)]
    pub rows: Vec<Row>,
    /// Instead of `rows`: a JSON file beside `plugin.toml` with an array of rows; `plugin build` embeds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// Field key → value, and under [`LOCAL_KEY`] the name by which later rows refer to this one.
pub type Row = BTreeMap<String, RowValue>;

/// The key of a row's local name: `_key = "acme"`. No field can be called so.
pub const LOCAL_KEY: &str = "_key";

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "wanted a text, a whole number, true, false, { ref }, { days } or { user }; decimals are written as text")]
pub enum RowValue {
    /// `true`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `"open"`, `"60.00"`, `"2026-11-22"`
    Text(String),
    /// `{ ref = "acme" }`: the row with that local name, which stands earlier.
    Ref {
        /// The local name.
        #[serde(rename = "ref")]
        local: String,
    },
    /// `{ named = "江南速运集团" }`: the record of the field's object that people call so; null if there is none.
    Named {
        /// Its title.
        named: String,
    },
    /// `{ days = -12 }`: the date so many days from today; with `time` (in the tenant's zone) an instant.
    Days {
        /// Days from today.
        days: i64,
        /// `"09:30"`
        #[serde(default, skip_serializing_if = "Option::is_none")]
        time: Option<String>,
    },
    /// `{ user = "first.last@demo.example" }`: the user with that e-mail; the administrator if there is none.
    User {
        /// The e-mail address.
        user: String,
    },
}

impl RowSet {
    /// Replaces `file` by its rows. `path` names this set in problems.
    pub(super) fn embed(&mut self, path: &str, read_file: &dyn Fn(&str) -> Result<String, String>) -> Result<(), ManifestProblem> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let path = format!("{path}.file");
        if !self.rows.is_empty() {
            return Err(ManifestProblem::new(path, "a row set has either `rows` or `file`", "keep one of them"));
        }
        if file.starts_with('/') || file.split('/').any(|part| part == "..") {
            return Err(ManifestProblem::new(path, format!("`{file}` is outside the plugin's folder"), "put the file beside plugin.toml"));
        }
        let text = read_file(&file).map_err(|error| {
            ManifestProblem::new(path.clone(), format!("cannot read `{file}`: {error}"), "create the file or correct the name")
        })?;
        self.rows = serde_json::from_str(&text)
            .map_err(|error| ManifestProblem::new(path, format!("`{file}`: {error}"), "write a JSON array of rows, decimals as text"))?;
        Ok(())
    }
}
