//! What is wrong with a manifest, said so that its author knows what to do.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestProblem {
    /// Where: `objects[0].fields[2].target`; empty for the file as a whole.
    pub path: String,
    /// The line in `plugin.toml`, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, with the value.
    pub detail: String,
    /// What to do.
    pub remedy: String,
}

impl ManifestProblem {
    pub(crate) fn new(path: impl Into<String>, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.into(), line: None, detail: detail.into(), remedy: remedy.into() }
    }

    /// A text that is not TOML, or not of the manifest's shape.
    pub(super) fn from_toml(error: &toml::de::Error, text: &str) -> Self {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let detail = error.message().replace('\n', " ");
        Self { line, ..Self::new("", detail, "see docs/plugins.md for the keys of plugin.toml") }
    }
}

impl fmt::Display for ManifestProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.path, self.line) {
            ("", Some(line)) => write!(formatter, "line {line}: ")?,
            ("", None) => {}
            (path, Some(line)) => write!(formatter, "line {line}, {path}: ")?,
            (path, None) => write!(formatter, "{path}: ")?,
        }
        write!(formatter, "{}; {}", self.detail, self.remedy)
    }
}
