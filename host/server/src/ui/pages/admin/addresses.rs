//! Addresses of the administration pages.

use uuid::Uuid;

use crate::ui::urls::encode;

pub(super) const OBJECTS: &str = "/admin/objects";
pub(super) const NEW_OBJECT: &str = "/admin/objects/new";
pub(super) const ROLES: &str = "/admin/roles";
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
