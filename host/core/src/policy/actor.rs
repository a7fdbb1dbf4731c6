//! Who acts, with everything that decisions need.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::reach::Subject;
use super::right::{FieldRight, Function, Special};
use super::role::Role;
use crate::expr::Expr;

/// Who acts. Built once per request from the tenant's people.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The user; `None` for the host itself (seeding, migrations).
    pub user: Option<Uuid>,
    /// Name for history and greetings.
    pub name: String,
    /// The user's department and the departments the user manages.
    pub departments: Vec<Uuid>,
    /// The same with all departments below them.
    pub departments_below: Vec<Uuid>,
    /// The departments that the user manages, with all below them.
    pub managed: Vec<Uuid>,
    /// What a record may be shared with to reach this user.
    pub subjects: Vec<Subject>,
    /// Objects of which some record is shared with the user; true where a share allows changes.
    pub shared: BTreeMap<String, bool>,
    /// The user's roles (for a token: those the token was given).
    pub roles: Vec<Arc<Role>>,
    /// The host acting for itself: everything is allowed.
    pub system: bool,
    /// What the roles' texts mean with the tenant's metadata at this moment; see [`super::bind`].
    pub bound: Arc<Bound>,
}

/// Rules and field rights of an actor, worked out for one request.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    /// The moment that shares are compared with.
    pub at: DateTime<Utc>,
    /// Checked rules by object and text; one that cannot be understood any more is missing and reaches nothing.
    pub(super) rules: HashMap<(String, String), Arc<Expr>>,
    /// Rights below `Edit` by object and field.
    pub(super) fields: HashMap<String, HashMap<String, FieldRight>>,
}

impl Bound {
    /// A rule of a role over an object, as it is understood now.
    pub fn rule(&self, object: &str, text: &str) -> Option<&Arc<Expr>> {
        self.rules.get(&(object.to_owned(), text.to_owned()))
    }
}

impl Actor {
    /// The host itself.
    pub fn system() -> Self {
        Self { name: "system".into(), system: true, ..Self::default() }
    }

    /// May change the tenant's shape: objects, fields, roles, users, plugins.
    pub fn is_administrator(&self) -> bool {
        self.system || self.roles.iter().any(|r| r.administrator)
    }

    /// Has a special right; administrators have all.
    pub fn has(&self, special: &Special) -> bool {
        self.is_administrator() || self.roles.iter().any(|role| role.special.contains(special))
    }

    /// May do something in an area of administration: `meta`, `plugin`, `role`.
    pub fn manages(&self, area: &str, function: Function) -> bool {
        self.is_administrator() || self.roles.iter().any(|role| role.grant(area, function).is_some())
    }

    /// What the actor may do with a field; `Edit` unless something says less. System fields are always read.
    pub fn field_right(&self, object: &str, field: &str) -> FieldRight {
        self.bound.fields.get(object).and_then(|fields| fields.get(field)).copied().unwrap_or(FieldRight::Edit)
    }

    /// No field of the object has less than `Edit`.
    pub fn reads_all_of(&self, object: &str) -> bool {
        !self.bound.fields.contains_key(object)
    }
}
