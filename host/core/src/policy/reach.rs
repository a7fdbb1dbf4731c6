//! Which rows of an object an actor reaches; the planner turns it into SQL.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::expr::Expr;

/// With whom a record is shared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// One user.
    User(Uuid),
    /// Everybody in a team.
    Team(Uuid),
    /// Everybody with a role, by its key.
    Role(String),
    /// Everybody in a department or below it.
    Department(Uuid),
}

impl Subject {
    /// `user`, `team`, `role` or `department`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Team(_) => "team",
            Self::Role(_) => "role",
            Self::Department(_) => "department",
        }
    }

    /// The id, or a role's key.
    pub fn name(&self) -> String {
        match self {
            Self::User(id) | Self::Team(id) | Self::Department(id) => id.to_string(),
            Self::Role(key) => key.clone(),
        }
    }

    /// Reads what [`Subject::kind`] and [`Subject::name`] say.
    pub fn parse(kind: &str, name: &str) -> Option<Self> {
        let id = || Uuid::try_parse(name).ok();
        Some(match kind {
            "user" => Self::User(id()?),
            "team" => Self::Team(id()?),
            "department" => Self::Department(id()?),
            "role" if !name.is_empty() => Self::Role(name.to_owned()),
            _ => return None,
        })
    }
}

/// Records that are shared with an actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The object's key.
    pub object: String,
    /// What the actor is.
    pub subjects: Vec<Subject>,
    /// Only shares that allow changes.
    pub edit: bool,
    /// Shares that ended before are none.
    pub at: DateTime<Utc>,
}

/// What rows must be to be reached; one of these is enough.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reach {
    /// Owned by this user.
    pub owner: Option<Uuid>,
    /// Of one of these departments.
    pub departments: Vec<Uuid>,
    /// A condition over the record holds; it is asked with the host's own rights.
    pub rules: Vec<Arc<Expr>>,
    /// Shared with the actor.
    pub shared: Option<Shared>,
}

/// Which rows of an object an actor reaches.
#[derive(Clone, Debug, PartialEq)]
pub enum RowScope {
    /// Every row.
    All,
    /// Some.
    Limited(Box<Reach>),
}

impl RowScope {
    /// Rows owned by a user or of one of the departments.
    pub fn of(owner: Uuid, departments: Vec<Uuid>) -> Self {
        Self::Limited(Box::new(Reach { owner: Some(owner), departments, ..Reach::default() }))
    }

    /// Whether a row with this owner and department is inside for that alone; rules and shares may add it all the same.
    pub fn contains(&self, owner: Option<Uuid>, department: Option<Uuid>) -> bool {
        match self {
            Self::All => true,
            Self::Limited(reach) => (owner.is_some() && owner == reach.owner) || department.is_some_and(|d| reach.departments.contains(&d)),
        }
    }

    /// Owner and department say everything: only then `contains` is the whole answer.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::All => true,
            Self::Limited(reach) => reach.rules.is_empty() && reach.shared.is_none(),
        }
    }

    /// Rows of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let (Self::Limited(mut left), Self::Limited(right)) = (self, other) else { return Self::All };
        left.owner = left.owner.or(right.owner);
        left.departments.extend(right.departments.into_iter().filter(|d| !left.departments.contains(d)).collect::<Vec<_>>());
        left.rules.extend(right.rules.into_iter().filter(|r| !left.rules.contains(r)).collect::<Vec<_>>());
        left.shared = match (left.shared.take(), right.shared) {
            (Some(one), Some(two)) => Some(if one.edit { two } else { one }),
            (one, two) => one.or(two),
        };
        Self::Limited(left)
    }
}
