//! Addresses of the administration pages.

use uuid::Uuid;

use crate::ui::urls::encode;

pub(super) const OBJECTS: &str = "/admin/objects";
pub(super) const NEW_OBJECT: &str = "/admin/objects/new";
pub(super) const ROLES: &str = "/admin/roles";
pub(super) const NEW_ROLE: &str = "/admin/roles/new";
pub(super) const DEPARTMENTS: &str = "/admin/departments";
pub(super) const TEAMS: &str = "/admin/teams";
pub(super) const NEW_TEAM: &str = "/admin/teams/new";
pub(super) const EXPLAIN: &str = "/admin/explain";
pub(super) const LOG: &str = "/admin/log";
pub(super) const VIEW_AS: &str = "/admin/view-as";
pub(super) const USERS: &str = "/admin/users";
pub(super) const NEW_USER: &str = "/admin/users/new";
pub(super) const PLUGINS: &str = "/admin/plugins";

/// A new child object of an object.
pub(super) fn new_lines(key: &str) -> String {
    format!("{NEW_OBJECT}?parent={}", encode(key))
}

pub(super) fn object(key: &str) -> String {
    format!("{OBJECTS}/{}", encode(key))
}

pub(super) fn edit_object(key: &str) -> String {
    format!("{}/edit", object(key))
}

pub(super) fn hide_object(key: &str) -> String {
    format!("{}/hidden", object(key))
}

pub(super) fn new_field(key: &str) -> String {
    format!("{}/fields/new", object(key))
}

pub(super) fn field(key: &str, field: &str) -> String {
    format!("{}/fields/{}", object(key), encode(field))
}

pub(super) fn hide_field(key: &str, field: &str) -> String {
    format!("{}/hidden", self::field(key, field))
}

pub(super) fn remove_field(key: &str, field: &str) -> String {
    format!("{}/remove", self::field(key, field))
}

pub(super) fn retype_field(key: &str, field: &str) -> String {
    format!("{}/type", self::field(key, field))
}

pub(super) fn rules(key: &str) -> String {
    format!("{}/rules", object(key))
}

/// One entry of a kind of rule; `new` for one that is not there yet.
pub(super) fn rule(key: &str, kind: &str, place: &str) -> String {
    format!("{}/{kind}/{place}", rules(key))
}

pub(super) fn remove_rule(key: &str, kind: &str, place: usize) -> String {
    format!("{}/{kind}/{place}/remove", rules(key))
}

pub(super) fn role(key: &str) -> String {
    format!("{ROLES}/{}", encode(key))
}

pub(super) fn role_fields(key: &str) -> String {
    format!("{}/fields", role(key))
}

pub(super) fn role_fields_of(key: &str, object: &str) -> String {
    format!("{}/{}", role_fields(key), encode(object))
}

pub(super) fn role_general(key: &str) -> String {
    format!("{}/general", role(key))
}

pub(super) fn role_people(key: &str) -> String {
    format!("{}/people", role(key))
}

pub(super) fn delete_role(key: &str) -> String {
    format!("{}/delete", role(key))
}

/// A new role that begins as a copy.
pub(super) fn copy_role(key: &str) -> String {
    format!("{NEW_ROLE}?copy={}", encode(key))
}

/// A new department, below another one where that is named.
pub(super) fn new_department(above: Option<Uuid>) -> String {
    above.map_or_else(|| format!("{DEPARTMENTS}/new"), |above| format!("{DEPARTMENTS}/new?above={above}"))
}

pub(super) fn department(id: Uuid) -> String {
    format!("{DEPARTMENTS}/{id}")
}

pub(super) fn delete_department(id: Uuid) -> String {
    format!("{DEPARTMENTS}/{id}/delete")
}

pub(super) fn team(id: Uuid) -> String {
    format!("{TEAMS}/{id}")
}

pub(super) fn delete_team(id: Uuid) -> String {
    format!("{TEAMS}/{id}/delete")
}

/// Why a user may or may not do things with an object.
pub(super) fn explain(user: Uuid) -> String {
    format!("{EXPLAIN}?user={user}")
}

pub(super) fn user(id: Uuid) -> String {
    format!("{USERS}/{id}")
}

pub(super) fn password(id: Uuid) -> String {
    format!("{USERS}/{id}/password")
}

pub(super) fn transfer(id: Uuid) -> String {
    format!("{USERS}/{id}/transfer")
}

pub(super) fn plugin(id: &str) -> String {
    format!("{PLUGINS}/{}", encode(id))
}

pub(super) fn enable_plugin(id: &str) -> String {
    format!("{}/enable", plugin(id))
}

pub(super) fn disable_plugin(id: &str) -> String {
    format!("{}/disable", plugin(id))
}
