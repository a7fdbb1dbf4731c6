//! What a plugin asks for and what it shows: capabilities, roles, menu, pages, panels, hooks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Words;

/// What a plugin asks for beyond its own objects and fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capabilities {
    /// Host functions: `records.read`, `query`. Checked against the component's real imports. `log` is free.
    #[serde(default)]
    pub uses: Vec<String>,
    /// Fields of other objects that it reads as itself (in hooks).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<FieldAccess>,
    /// Fields of other objects that its hooks may set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writes: Vec<FieldAccess>,
}

/// Fields of one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldAccess {
    /// The object's key.
    pub object: String,
    /// Field keys.
    pub fields: Vec<String>,
}

impl FieldAccess {
    /// True if it covers this field.
    pub fn allows(&self, object: &str, field: &str) -> bool {
        self.object == object && self.fields.iter().any(|allowed| allowed == field)
    }
}

/// A role that the plugin brings (key begins with the prefix), or rights that it adds to a role of the host (no label then).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleDecl {
    /// `cp_analyst`, or a host role such as `salesperson`.
    pub key: String,
    /// Name for people; only for roles of the plugin.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub label: Words,
    /// Object → function → reach (`none`, `own`, `department`, `department_below`, `all`).
    #[serde(default)]
    pub grants: BTreeMap<String, BTreeMap<String, String>>,
}

/// An entry of the main menu: an object's list or a page of the plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MenuDecl {
    /// Name for people.
    pub label: Words,
    /// Name of an icon of the sprite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The list of this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// This page of the plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// Entries with the same group stand together under its name.
    #[serde(default, skip_serializing_if = "Words::is_empty")]
    pub group: Words,
}

/// A page that the plugin renders at `/p/{plugin}/{key}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageDecl {
    /// Names the page in addresses and links.
    pub key: String,
    /// Name for people, also its heading.
    pub label: Words,
}

/// A panel that the plugin renders on the pages of an object's records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PanelDecl {
    /// Names the panel in the call.
    pub key: String,
    /// The object on whose record pages it stands.
    pub object: String,
    /// Its heading.
    pub label: Words,
}

/// The hooks of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HookKind {
    /// While a save is prepared, before anything is written.
    BeforeSave,
}

/// The kinds of change that a hook may be called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookOp {
    /// A new record.
    Create,
    /// A changed record.
    Update,
    /// A record that goes to the recycle bin.
    Delete,
}

/// A hook that the plugin wants to be called for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookDecl {
    /// Which hook.
    pub on: HookKind,
    /// For records of this object.
    pub object: String,
    /// For these kinds of change; `create` and `update` if left out.
    #[serde(default = "default_ops")]
    pub ops: Vec<HookOp>,
    /// An update calls the hook only if one of these fields changes; empty: any change.
    #[serde(default)]
    pub watch: Vec<String>,
    /// Fields that travel beside the watched ones, old and new value.
    #[serde(default)]
    pub read: Vec<String>,
}

fn default_ops() -> Vec<HookOp> {
    vec![HookOp::Create, HookOp::Update]
}

impl HookDecl {
    /// Every field that travels with a draft, watched ones first.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        let read = self.read.iter().filter(|key| !self.watch.contains(key));
        self.watch.iter().chain(read).map(String::as_str)
    }
}
