//! What happened to a record: by day, newest first, with old and new values.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// One value that changed.
#[derive(Clone, Debug)]
pub struct ChangedValue {
    /// The field's name.
    pub field: String,
    /// Before, as shown; `None` for no value.
    pub old: Option<String>,
    /// After, as shown; `None` for no value.
    pub new: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Drawing at the line.
    pub icon: Icon,
    /// Who did it.
    pub who: String,
    /// What, in words that follow the name.
    pub what: String,
    /// Through what, if not the pages: import 12, a plugin.
    pub via: Option<String>,
    /// Machine time, ISO 8601.
    pub at: String,
    /// Time as shown.
    pub time: String,
    /// Old and new values.
    pub changes: Vec<ChangedValue>,
    /// Words of a call or note.
    pub quote: Option<String>,
    /// Where `via` leads: the batch.
    pub via_href: Option<String>,
    /// Values that a record began with.
    pub first: Vec<ChangedValue>,
    /// What can be done about it: words and address.
    pub actions: Vec<(String, String)>,
    /// The record that it is itself: a note, a task, a call.
    pub subject: Option<Subject>,
}

/// A piece of work in the line.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    /// What names it.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// What else it says, in one line; may be empty.
    pub detail: String,
}

/// A day with its entries.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day as shown.
    pub label: String,
    /// Newest first.
    pub entries: Vec<Entry>,
}

/// The line.
pub fn timeline(locale: Locale, days: &[Day]) -> Markup {
    html! {
        ol.line {
            @for day in days {
                li.day { (day.label) }
                @for each in &day.entries { (entry(locale, each)) }
            }
        }
    }
}

fn entry(locale: Locale, entry: &Entry) -> Markup {
    html! {
        li {
            span.dot { (icon(entry.icon)) }
            div {
                div.row.between.top {
                    span.grow {
                        @if entry.subject.is_some() { b.strong { (entry.what) } " " span.dim { "· " (entry.who) } } @else { b.strong { (entry.who) } " " (entry.what) }
                        @if let Some(via) = &entry.via { " " (came_via(locale, via, entry.via_href.as_deref())) }
                    }
                    time.small.faint datetime=(entry.at) { (entry.time) }
                }
                @if !entry.changes.is_empty() { dl.changes { @for each in &entry.changes { (change(locale, each)) } } }
                @if !entry.first.is_empty() { (first(locale, &entry.first)) }
                @if let Some(subject) = &entry.subject {
                    p.quote { a.link href=(subject.href) { (subject.title) } @if !subject.detail.is_empty() { " " span.small.faint { (subject.detail) } } }
                }
                @if let Some(quote) = &entry.quote { p.quote { (quote) } }
                @if !entry.actions.is_empty() {
                    p.row.wrap.small.acts { @for (words, href) in &entry.actions { a.link href=(href) { (words) } } }
                }
            }
        }
    }
}

fn came_via(locale: Locale, via: &str, href: Option<&str>) -> Markup {
    let words = t(locale).via(via);
    html! { @if let Some(href) = href { a.link.small href=(href) { (words) } } @else { span.faint.small { (words) } } }
}

fn first(locale: Locale, values: &[ChangedValue]) -> Markup {
    html! {
        details.first {
            summary.small { (t(locale).first_values()) }
            dl.changes { @for value in values { dt { (value.field) } dd { @if let Some(new) = &value.new { ins { (new) } } } } }
        }
    }
}

fn change(locale: Locale, change: &ChangedValue) -> Markup {
    let texts = t(locale);
    html! {
        dt { (change.field) }
        dd {
            span.sr { (texts.from_value()) " " }
            @if let Some(old) = &change.old { del { (old) } } @else { span.faint { (texts.empty_value()) } }
            span aria-hidden="true" { " → " }
            span.sr { " " (texts.to_value()) " " }
            @if let Some(new) = &change.new { ins { (new) } } @else { span.faint { (texts.empty_value()) } }
        }
    }
}

/// Two days.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let entry = |icon, who: String, what: String, time: &str| Entry {
        icon,
        who,
        what,
        via: None,
        at: format!("2026-11-22T{time}:00+08:00"),
        time: time.into(),
        changes: vec![],
        quote: None,
        via_href: None,
        first: vec![],
        actions: vec![],
        subject: None,
    };
    let changes = vec![
        ChangedValue { field: p("结算方式", "Terms"), old: Some(p("现结", "Cash")), new: Some(p("月结 30 天", "Net 30")) },
        ChangedValue { field: p("预计日期", "Expected on"), old: None, new: Some("2026-12-05".into()) },
    ];
    let days = [
        Day {
            label: p("今天 11 月 22 日", "Today, 22 November"),
            entries: vec![
                Entry {
                    quote: Some(p("同意下周三来访；问年底安排，需经理回复。", "Agreed to Wednesday; asks about the year end.")),
                    ..entry(Icon::Phone, p("许婷", "Ting Xu"), p("外呼，4 分 12 秒", "called, 4 min 12 s"), "10:18")
                },
                Entry {
                    subject: Some(Subject {
                        title: p("寄资料", "Send the papers"), href: "#task".into(), detail: p("未完成", "Open")
                    }),
                    ..entry(Icon::Check, p("林晓", "Xiao Lin"), p("任务", "Task"), "09:58")
                },
                Entry { changes, ..entry(Icon::Pen, p("孙建国", "Jianguo Sun"), p("改了 2 个字段", "changed 2 fields"), "09:40") },
            ],
        },
        Day {
            label: p("11 月 3 日", "3 November"),
            entries: vec![Entry {
                via: Some(p("导入 12", "import 12")),
                via_href: Some("#batch".into()),
                first: vec![ChangedValue { field: p("行业", "Industry"), old: None, new: Some(p("钢铁", "Steel")) }],
                actions: vec![(t(locale).undo_change().to_owned(), "#undo".into()), (t(locale).as_it_was().to_owned(), "#version".into())],
                ..entry(Icon::Upload, p("王磊", "Lei Wang"), p("新建了这条记录", "created this record"), "14:02")
            }],
        },
    ];
    vec![Sample::new("two days", html! { div.card { div.body { (timeline(locale, &days)) } } })]
}
