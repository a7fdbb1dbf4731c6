//! What people do: activities, tasks, notes.

use super::{HostObject, field, indexed, reference, select, title};
use crate::meta::{Field, FieldKind, Label};
use crate::value::Value;

const ACTIVITY_KINDS: [(&str, &str, &str); 9] = [
    ("appointment", "约会", "Appointment"),
    ("call_inbound", "来电", "Inbound call"),
    ("call_outbound", "去电", "Outbound call"),
    ("correspondence", "信函", "Correspondence"),
    ("event", "事件", "Event"),
    ("fax", "传真", "Fax"),
    ("meeting", "会议", "Meeting"),
    ("milestone", "里程碑", "Milestone"),
    ("research", "调研", "Research"),
];

const TASK_STATES: [(&str, &str, &str); 3] = [("open", "未完成", "Open"), ("done", "已完成", "Done"), ("cancelled", "已取消", "Cancelled")];

pub(super) fn activity() -> HostObject {
    let fields = vec![
        title("subject", "主题", "Subject"),
        Field { required: true, indexed: true, ..select("kind", "类型", "Kind", &ACTIVITY_KINDS) },
        indexed(field("customer", "客户", "Customer", reference("customer"))),
        indexed(field("contact", "联系人", "Contact", reference("contact"))),
        indexed(field("starts_at", "开始时间", "Starts at", FieldKind::DateTime)),
        field("ends_at", "结束时间", "Ends at", FieldKind::DateTime),
        field("notes", "备注", "Notes", FieldKind::LongText),
    ];
    HostObject::new("activity", Label::new("活动", "Activity"), "activity", "subject", fields)
}

pub(super) fn task() -> HostObject {
    let fields = vec![
        title("subject", "主题", "Subject"),
        Field { required: true, indexed: true, default: Some(Value::from("open")), ..select("status", "状态", "Status", &TASK_STATES) },
        indexed(field("due_at", "到期时间", "Due at", FieldKind::DateTime)),
        Field {
            help: Some(Label::new("到期前多久提醒，例如 15 分钟", "How long before it is due to remind, e.g. 15 min")),
            ..field("remind_before", "提前提醒", "Remind before", FieldKind::Duration)
        },
        indexed(field("customer", "客户", "Customer", reference("customer"))),
        field("about", "关于", "About", FieldKind::AnyReference),
        field("notes", "备注", "Notes", FieldKind::LongText),
    ];
    HostObject::new("task", Label::new("任务", "Task"), "check", "subject", fields)
}

pub(super) fn note() -> HostObject {
    let fields = vec![
        Field { required: true, ..field("text", "内容", "Text", FieldKind::Text { max: 4_000 }) },
        field("about", "关于", "About", FieldKind::AnyReference),
    ];
    HostObject::new("note", Label::new("备注", "Note"), "chat", "text", fields)
}
