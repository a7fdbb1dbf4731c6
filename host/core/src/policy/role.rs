//! A role: a named set of rights. A user may have several; the most permissive wins.

use std::collections::{BTreeMap, BTreeSet};

use super::right::{FieldRight, Function, Scope, Special, kept_by};
use crate::meta::{Label, Origin};

/// The key of the administrator's role, which may do everything inside its tenant.
pub const ADMINISTRATOR: &str = "administrator";
/// In [`Role::grants`]: every object that the role does not name.
pub const ANY_OBJECT: &str = "*";
/// What is administered, as objects of [`Role::grants`]: [`ANY_OBJECT`] never stands for them.
pub const AREAS: [&str; 3] = ["meta", "plugin", "role"];

/// For whom a role template is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Template {
    /// People of the company.
    Internal,
    /// People outside it: they see only what is theirs or shared with them.
    External,
}

impl Template {
    /// The name in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::External => "external",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Internal, Self::External].into_iter().find(|template| template.name() == name)
    }
}

/// A named set of rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Stable key.
    pub key: String,
    /// Name for people.
    pub label: Label,
    /// Who made it.
    pub origin: Origin,
    /// May change objects, fields, roles, users and plugins, and do everything with records.
    pub administrator: bool,
    /// Object key (or [`ANY_OBJECT`]) → function → reach. A named object replaces `*` wholly.
    pub grants: BTreeMap<String, BTreeMap<Function, Scope>>,
    /// Object key → function → a condition (CEL) over the record: what it holds for is reached too, beside the reach of `grants`.
    pub rules: BTreeMap<String, BTreeMap<Function, String>>,
    /// Object key → field key → right; fields that are not named may be read and, with the function right, changed.
    pub fields: BTreeMap<String, BTreeMap<String, FieldRight>>,
    /// Groups of figures over fewer records are withheld; `None`: every group is told.
    pub min_group: Option<u32>,
    /// Rights beside those on records.
    pub special: BTreeSet<Special>,
    /// What the post is about.
    pub description: Label,
    /// What whoever has the role does, one duty an entry.
    pub duties: Vec<Label>,
    /// Made with every tenant, as a start for its own roles.
    pub template: Option<Template>,
    /// Raised by every change of the role.
    pub revision: i64,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            key: String::new(),
            label: Label::default(),
            origin: Origin::Tenant,
            administrator: false,
            grants: BTreeMap::new(),
            rules: BTreeMap::new(),
            fields: BTreeMap::new(),
            min_group: None,
            special: BTreeSet::new(),
            description: Label::default(),
            duties: Vec::new(),
            template: None,
            revision: 1,
        }
    }
}

/// How far one role lets a function of an object reach: the records of the scope, and those for which the rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant<'a> {
    /// By owner and department.
    pub scope: Option<Scope>,
    /// By a condition.
    pub rule: Option<&'a str>,
}

impl Role {
    /// The grant of a function; `None`: the role does not allow it at all.
    pub fn grant(&self, object: &str, function: Function) -> Option<Grant<'_>> {
        if self.administrator {
            return Some(Grant { scope: Some(Scope::All), rule: None });
        }
        if let (Some(special), Function::Create | Function::Edit | Function::Delete | Function::Import) = (kept_by(object), function) {
            return self.special.contains(&special).then_some(Grant { scope: Some(Scope::All), rule: None });
        }
        let named = self.grants.contains_key(object) || self.rules.contains_key(object);
        let key = match named {
            true => object,
            false if AREAS.contains(&object) => return None,
            false => ANY_OBJECT,
        };
        let scope = self.grants.get(key).and_then(|grants| grants.get(&function)).copied();
        let rule = self.rules.get(key).and_then(|rules| rules.get(&function)).map(String::as_str);
        (scope.is_some() || rule.is_some()).then_some(Grant { scope, rule })
    }

    /// How far this role lets a function of an object reach by owner and department; rules are not counted.
    pub fn reach(&self, object: &str, function: Function) -> Option<Scope> {
        self.grant(object, function)?.scope
    }

    /// What it says about a field; a field that it does not name may be read and changed.
    pub fn field(&self, object: &str, field: &str) -> FieldRight {
        if self.administrator {
            return FieldRight::Edit;
        }
        self.fields.get(object).and_then(|fields| fields.get(field)).copied().unwrap_or(FieldRight::Edit)
    }

    /// Adds the functions that a declaration from before them does not know: who lists records may count them, who changes one may change
    /// many of those.
    pub fn with_later_functions(rights: &mut BTreeMap<Function, Scope>) {
        for (known, later) in [(Function::View, Function::Aggregate), (Function::Edit, Function::Bulk)] {
            if let Some(scope) = rights.get(&known).copied() {
                rights.entry(later).or_insert(scope);
            }
        }
    }
}
