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

/// Where we and a customer met.
const TOUCH_POINTS: [(&str, &str, &str); 11] = [
    ("advertisement", "广告", "Advertisement"),
    ("sales_visit", "销售拜访", "Sales visit"),
    ("reception", "接待", "Reception"),
    ("website", "网站", "Website"),
    ("service", "服务", "Service"),
    ("call", "电话", "Call"),
    ("email", "电子邮件", "E-mail"),
    ("wechat", "微信", "WeChat"),
    ("exhibition", "展会", "Exhibition"),
    ("event", "活动", "Event"),
    ("other", "其他", "Other"),
];

/// Over what we spoke.
const CHANNELS: [(&str, &str, &str); 9] = [
    ("face_to_face", "面对面", "Face to face"),
    ("call_centre", "呼叫中心", "Call centre"),
    ("email", "电子邮件", "E-mail"),
    ("web", "网页", "Web"),
    ("fax_mail", "传真或信函", "Fax or mail"),
    ("wap", "移动网页", "Mobile web"),
    ("pda", "手持设备", "Handheld device"),
    ("sms", "短信", "Text message"),
    ("wechat", "微信", "WeChat"),
];

const TASK_STATES: [(&str, &str, &str); 3] = [("open", "未完成", "Open"), ("done", "已完成", "Done"), ("cancelled", "已取消", "Cancelled")];

/// The record that a piece of work belongs to, of whatever object.
fn about() -> Field {
    indexed(field("about", "关于", "About", FieldKind::AnyReference))
}

pub(super) fn activity() -> HostObject {
    let fields = vec![
        title("subject", "主题", "Subject"),
        Field { required: true, indexed: true, default: Some(Value::from("event")), ..select("kind", "类型", "Kind", &ACTIVITY_KINDS) },
        indexed(field("customer", "客户", "Customer", reference("customer"))),
        indexed(field("contact", "联系人", "Contact", reference("contact"))),
        indexed(field("starts_at", "开始时间", "Starts at", FieldKind::DateTime)),
        field("ends_at", "结束时间", "Ends at", FieldKind::DateTime),
        field("notes", "备注", "Notes", FieldKind::LongText),
        indexed(select("touch_point", "接触点", "Touch point", &TOUCH_POINTS)),
        indexed(select("channel", "渠道", "Channel", &CHANNELS)),
        field("outcome", "结果", "Outcome", FieldKind::Text { max: 500 }),
        field("duration", "时长", "Duration", FieldKind::Duration),
        about(),
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
        about(),
        field("notes", "备注", "Notes", FieldKind::LongText),
    ];
    HostObject::new("task", Label::new("任务", "Task"), "check", "subject", fields)
}

pub(super) fn note() -> HostObject {
    let fields = vec![Field { required: true, ..field("text", "内容", "Text", FieldKind::Text { max: 4_000 }) }, about()];
    HostObject::new("note", Label::new("备注", "Note"), "chat", "text", fields)
}
