//! Addresses of the administration pages.

use uuid::Uuid;

use crate::ui::urls::encode;

pub(super) const OBJECTS: &str = "/admin/objects";
pub(super) const NEW_OBJECT: &str = "/admin/objects/new";
pub(super) const ROLES: &str = "/admin/roles";
pub(super) const USERS: &str = "/admin/users";
pub(super) const NEW_USER: &str = "/admin/users/new";
pub(super) const PLUGINS: &str = "/admin/plugins";

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

pub(super) fn user(id: Uuid) -> String {
    format!("{USERS}/{id}")
}

pub(super) fn password(id: Uuid) -> String {
    format!("{USERS}/{id}/password")
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
