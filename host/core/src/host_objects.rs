//! The objects that Guanxi itself brings, and the fields that every record has.

use crate::meta::{Field, FieldKind, Label, SelectOption};
use crate::value::Value;

/// Longest text of a one-line field that declares nothing else.
pub const DEFAULT_TEXT_MAX: u32 = 255;

/// A host object before it got its ids in a tenant's store.
#[derive(Clone, Debug)]
pub struct HostObject {
    /// Key in API and URLs.
    pub key: &'static str,
    /// Name for people.
    pub label: Label,
    /// Icon of the sprite.
    pub icon: &'static str,
    /// Field that names a record.
    pub title: &'static str,
    /// Declared fields, without system fields. Their `id` is 0 until the store gives one.
    pub fields: Vec<Field>,
}

fn system(key: &str, zh: &str, en: &str, kind: FieldKind, read_only: bool, indexed: bool) -> Field {
    Field { indexed, read_only, ..Field::new(key, Label::new(zh, en), kind) }
}

fn reference(target: &str) -> FieldKind {
    FieldKind::Reference { target: target.into() }
}

/// The fields of every record, in the order of the store's columns. `id` is a reference to the record itself.
///
/// `department` follows the owner (a stored copy of the owner's department at assignment); only on `user` people set it.
pub fn system_fields(object: &str) -> Vec<Field> {
    vec![
        system("id", "编号", "Id", reference(object), true, true),
        system("external_id", "外部编号", "External id", FieldKind::Text { max: 255 }, false, true),
        system("owner", "负责人", "Owner", reference("user"), false, true),
        system("department", "部门", "Department", reference("department"), object != "user", true),
        system("version", "版本", "Version", FieldKind::Integer, true, false),
        system("created_at", "创建时间", "Created", FieldKind::DateTime, true, true),
        system("created_by", "创建人", "Created by", reference("user"), true, false),
        system("updated_at", "更新时间", "Updated", FieldKind::DateTime, true, true),
        system("updated_by", "更新人", "Updated by", reference("user"), true, false),
    ]
}

fn field(key: &str, zh: &str, en: &str, kind: FieldKind) -> Field {
    system(key, zh, en, kind, false, false)
}

fn text(key: &str, zh: &str, en: &str) -> Field {
    field(key, zh, en, FieldKind::Text { max: DEFAULT_TEXT_MAX })
}

fn title(key: &str, zh: &str, en: &str) -> Field {
    Field { required: true, indexed: true, ..text(key, zh, en) }
}

fn select(key: &str, zh: &str, en: &str, options: &[(&str, &str, &str)]) -> Field {
    let options = options.iter().map(|(code, zh, en)| SelectOption::new(*code, Label::new(*zh, *en))).collect();
    field(key, zh, en, FieldKind::Select { options })
}

/// The first field of an object that an administrator makes.
pub fn tenant_title_field() -> Field {
    title("name", "名称", "Name")
}

/// user, department, customer, contact, activity.
pub fn host_objects() -> Vec<HostObject> {
    vec![
        HostObject {
            key: "customer",
            label: Label::new("客户", "Customer"),
            icon: "building",
            title: "name",
            fields: vec![
                title("name", "客户名称", "Name"),
                Field {
                    required: true,
                    default: Some(Value::from("organization")),
                    ..select("kind", "类型", "Kind", &[("organization", "单位", "Organization"), ("person", "个人", "Person")])
                },
                Field { unique: true, indexed: true, ..text("code", "客户编码", "Code") },
                field("phone", "电话", "Phone", FieldKind::Phone),
                field("email", "邮箱", "E-mail", FieldKind::Email),
                text("address", "地址", "Address"),
                Field { indexed: true, ..text("industry", "行业", "Industry") },
                Field { indexed: true, ..text("region", "地区", "Region") },
            ],
        },
        HostObject {
            key: "contact",
            label: Label::new("联系人", "Contact"),
            icon: "users",
            title: "name",
            fields: vec![
                title("name", "姓名", "Name"),
                Field { indexed: true, ..field("customer", "客户", "Customer", reference("customer")) },
                text("position", "职务", "Position"),
                field("phone", "电话", "Phone", FieldKind::Phone),
                field("email", "邮箱", "E-mail", FieldKind::Email),
                field("notes", "备注", "Notes", FieldKind::LongText),
            ],
        },
        HostObject {
            key: "activity",
            label: Label::new("活动", "Activity"),
            icon: "activity",
            title: "subject",
            fields: vec![
                title("subject", "主题", "Subject"),
                Field {
                    required: true,
                    indexed: true,
                    ..select(
                        "kind",
                        "类型",
                        "Kind",
                        &[
                            ("appointment", "约会", "Appointment"),
                            ("call_inbound", "来电", "Inbound call"),
                            ("call_outbound", "去电", "Outbound call"),
                            ("correspondence", "信函", "Correspondence"),
                            ("event", "事件", "Event"),
                            ("fax", "传真", "Fax"),
                            ("meeting", "会议", "Meeting"),
                            ("milestone", "里程碑", "Milestone"),
                            ("research", "调研", "Research"),
                        ],
                    )
                },
                Field { indexed: true, ..field("customer", "客户", "Customer", reference("customer")) },
                Field { indexed: true, ..field("contact", "联系人", "Contact", reference("contact")) },
                Field { indexed: true, ..field("starts_at", "开始时间", "Starts at", FieldKind::DateTime) },
                field("ends_at", "结束时间", "Ends at", FieldKind::DateTime),
                field("notes", "备注", "Notes", FieldKind::LongText),
            ],
        },
        HostObject {
            key: "user",
            label: Label::new("用户", "User"),
            icon: "user",
            title: "name",
            fields: vec![
                title("name", "姓名", "Name"),
                Field { required: true, unique: true, indexed: true, ..field("email", "邮箱", "E-mail", FieldKind::Email) },
                Field { indexed: true, ..field("manager", "上级", "Manager", reference("user")) },
                Field { required: true, default: Some(Value::Bool(true)), ..field("active", "在用", "Active", FieldKind::Bool) },
            ],
        },
        HostObject {
            key: "department",
            label: Label::new("部门", "Department"),
            icon: "list",
            title: "name",
            fields: vec![
                title("name", "部门名称", "Name"),
                Field { indexed: true, ..field("parent", "上级部门", "Parent", reference("department")) },
                Field { indexed: true, ..field("manager", "部门主管", "Manager", reference("user")) },
            ],
        },
    ]
}
