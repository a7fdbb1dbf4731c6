//! Why the engine did not do something: problems for the caller, or a failure of ours for the log.

use guanxi_core::Problem;
use guanxi_core::problem::status_of;
use guanxi_store::StoreError;

/// A refusal with all its problems, and the status that an HTTP border answers.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// HTTP status (design §13): the highest among the problems.
    pub status: u16,
    /// At least one.
    pub problems: Vec<Problem>,
}

/// What engine functions return.
pub type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal from its problems.
    pub fn from_problems(problems: Vec<Problem>) -> Self {
        let status = problems.iter().map(|p| status_of(&p.code)).max().unwrap_or(422);
        Self { status, problems }
    }

    /// One problem.
    pub fn one(code: &str, detail: impl Into<String>) -> Self {
        Self::from_problems(vec![Problem::error(code, detail)])
    }

    /// A conflict with a code of a plugin (its unique constraint), which has no status of its own.
    pub fn conflict(problem: Problem) -> Self {
        Self { status: 409, problems: vec![problem] }
    }

    /// Not there, or out of the actor's sight: the same answer for both.
    pub fn not_found(what: &str) -> Self {
        Self::one("not_found", format!("no {what} here"))
    }

    /// The function right is missing.
    pub fn denied(what: &str) -> Self {
        Self::one("permission.denied", format!("this needs the right: {what}"))
    }

    /// A failure of ours. The cause goes to the log, the caller sees only the code.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "internal failure");
        Self::one("internal", "the server failed; nothing was changed")
    }

    /// The first problem's code, which names the refusal.
    pub fn code(&self) -> &str {
        self.problems.first().map_or("internal", |p| p.code.as_str())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy | StoreError::Conflict | StoreError::StaleSchema => Self::one("busy", "the database is busy; try again"),
            StoreError::TooSlow => {
                Self::one("query.too_slow", "the query took too long and was stopped; narrow the filter or index its fields")
            }
            StoreError::FanOut => Self::one(
                "aggregate.fan_out",
                "two joins that do not build on each other repeat each other's records, so this measure has no one value; ask for each join alone",
            ),
            StoreError::TooManyGroups { limit } => {
                Self::one("query.too_many_groups", format!("the answer has more than {limit} groups; group more coarsely"))
            }
            StoreError::TooWide => Self::one("record.too_wide", "the record has too many or too long texts for one row"),
            StoreError::TooLarge => Self::one("field.range", "a total is too large to be computed exactly"),
            StoreError::Unsupported(what) => Self::one("filter.not_pushable", what),
            StoreError::TenantKey(_) => Self::from(
                Problem::error("field.range", "a tenant key is a small letter and then 1 to 30 small letters or digits").on("key"),
            ),
            StoreError::TenantExists(key) => {
                Self::from(Problem::error("field.not_unique", format!("the tenant `{key}` exists already")).on("key"))
            }
            other => Self::internal(&other),
        }
    }
}

impl From<Vec<Problem>> for Refusal {
    fn from(problems: Vec<Problem>) -> Self {
        Self::from_problems(problems)
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::from_problems(vec![problem])
    }
}
