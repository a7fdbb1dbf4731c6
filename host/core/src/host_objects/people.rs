//! Users and departments.

use super::{HostObject, field, indexed, reference, title};
use crate::meta::{Field, FieldKind, Label};
use crate::value::Value;

pub(super) fn user() -> HostObject {
    let fields = vec![
        title("name", "姓名", "Name"),
        Field { required: true, unique: true, indexed: true, ..field("email", "邮箱", "E-mail", FieldKind::Email) },
        indexed(field("manager", "上级", "Manager", reference("user"))),
        Field { required: true, default: Some(Value::Bool(true)), ..field("active", "在用", "Active", FieldKind::Bool) },
    ];
    HostObject::new("user", Label::new("用户", "User"), "user", "name", fields)
}

pub(super) fn department() -> HostObject {
    let fields = vec![
        title("name", "部门名称", "Name"),
        indexed(field("parent", "上级部门", "Parent", reference("department"))),
        indexed(field("manager", "部门主管", "Manager", reference("user"))),
    ];
    HostObject::new("department", Label::new("部门", "Department"), "list", "name", fields)
}
