//! Why a command ended with 1: what failed, and what to try.

use guanxi_core::Problem;
use guanxi_store::StoreError;

use crate::engine::Refusal;

/// How a process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It was done.
    Done,
    /// It was refused or failed; standard error says why.
    Failed,
    /// The command itself was wrong.
    Usage,
}

impl Exit {
    /// The code that shells see.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
        }
    }
}

/// A message for standard error.
#[derive(Debug)]
pub struct Failure {
    lines: Vec<String>,
    hint: Option<String>,
    /// How the process ends.
    pub exit: Exit,
}

impl Failure {
    /// What failed, with the value.
    pub fn new(message: impl Into<String>) -> Self {
        Self { lines: vec![message.into()], hint: None, exit: Exit::Failed }
    }

    /// Several things that failed together.
    pub fn lines_of(lines: Vec<String>) -> Self {
        Self { lines, hint: None, exit: Exit::Failed }
    }

    /// The command itself was wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new(message) }
    }

    /// The same with what to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The lines to print.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.lines.iter().map(|line| format!("error: {line}")).chain(self.hint.iter().map(|hint| format!("hint: {hint}")))
    }
}

/// One problem in one line, its code first so that it can be looked up.
fn describe(problem: &Problem) -> String {
    match &problem.field {
        Some(field) => format!("{} on {field}: {}", problem.code, problem.detail),
        None => format!("{}: {}", problem.code, problem.detail),
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let hint = refusal.problems.iter().find_map(|problem| hint_for(&problem.code)).map(str::to_owned);
        Self { lines: refusal.problems.iter().map(describe).collect(), hint, exit: Exit::Failed }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(error.to_string())
    }
}

fn hint_for(code: &str) -> Option<&'static str> {
    Some(match code {
        "permission.denied" => "let an administrator of the tenant do it, or give the user a role with this right",
        "csv.encoding" => "save the file as UTF-8",
        "csv.unclosed_quote" => "close the quote on that line, or write a quote inside a quoted cell twice",
        "busy" | "tenant.busy" => "try again in a moment",
        _ => return None,
    })
}
