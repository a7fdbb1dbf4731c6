//! The sandbox's own words for what goes into a guest and what comes out. Neither WIT types nor the API's JSON.

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::meta::Locale;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

pub use crate::manifest::HookOp as ChangeOp;

/// A field with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The field's key.
    pub key: String,
    /// The value.
    pub value: Value,
    /// The object that a [`Value::Ref`] points to, so that the guest can follow it.
    pub target: Option<String>,
}

impl Field {
    /// A field that is not a reference, or whose target nobody needs.
    pub fn new(key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self { key: key.into(), value: value.into(), target: None }
    }

    /// A reference.
    pub fn reference(key: impl Into<String>, object: impl Into<String>, id: Uuid) -> Self {
        Self { key: key.into(), value: Value::Ref(id), target: Some(object.into()) }
    }
}

/// Who acts.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// The user's record.
    pub user: Uuid,
    /// For greetings and messages.
    pub name: String,
    /// Keys of the roles.
    pub roles: Vec<String>,
}

/// What every call knows.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    /// Shares the guest threads fairly and marks log lines. Never given to the guest.
    pub tenant: String,
    /// Also the guest's wall clock.
    pub now: DateTime<Utc>,
    /// In the tenant's zone.
    pub today: NaiveDate,
    /// IANA name.
    pub zone: String,
    /// The language of the person who looks; pages come back in it.
    pub locale: Locale,
    /// None when the host itself acts.
    pub actor: Option<Actor>,
    /// `ui`, `api`, `import`, `bulk`, `undo`, `plugin`, `host`.
    pub cause: String,
    /// The plugin's settings in this tenant.
    pub settings: Vec<Field>,
    /// Joins log lines with what a person sees.
    pub request_id: String,
}

/// A record that is about to be written. Only the fields that the manifest declares for the hook may be here.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What happens to it.
    pub op: ChangeOp,
    /// The object's key.
    pub object: String,
    /// The id, also of a new record.
    pub id: Uuid,
    /// Before; empty for a new record.
    pub old: Vec<Field>,
    /// After; empty for a deletion.
    pub new: Vec<Field>,
}

/// A plugin's answer for one draft, checked: codes carry the plugin's prefix, fields are ones that it may set.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What it has to say; the English sentence comes from the manifest.
    pub problems: Vec<Problem>,
    /// Fields to set. Values are not yet normalised to their fields' types.
    pub set: Vec<(String, Value)>,
}
