//! The inputs of a form, one per kind of field. All are native elements: they work without script.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::any_reference::any_reference;
use super::control::{Choice, Control, ControlKind};
use super::files::files;
use super::lines::lines;
use super::many_reference::many_reference;
use super::pick;
use super::reference::{Manner, Reference, picker, reference};
use crate::texts::t;

/// The input alone, without label or messages.
pub(super) fn input(locale: Locale, control: &Control) -> Markup {
    match &control.kind {
        ControlKind::Text { max } => line(control, "text", None, *max),
        ControlKind::Email => line(control, "email", Some("email"), None),
        ControlKind::Phone => line(control, "tel", Some("tel"), None),
        ControlKind::Url => line(control, "url", Some("url"), None),
        ControlKind::Number => line(control, "text", Some("decimal"), None),
        ControlKind::Date => line(control, "date", None, None),
        ControlKind::DateTime => line(control, "datetime-local", None, None),
        ControlKind::Password { .. } => line(control, "password", None, None),
        ControlKind::Money { symbol } => html! {
            div.aff { span.unit aria-hidden="true" { (symbol) } (line(control, "text", Some("decimal"), None)) }
        },
        ControlKind::Percent => html! {
            div."aff right" { (line(control, "text", Some("decimal"), None)) span."unit end-u" aria-hidden="true" { "%" } }
        },
        ControlKind::LongText { max } => long_text(control, *max),
        ControlKind::Select { choices } => select(locale, control, choices),
        ControlKind::BoolOrEmpty => {
            let choices = [Choice::new("true", t(locale).yes()), Choice::new("false", t(locale).no())];
            select(locale, control, &choices)
        }
        ControlKind::Several { choices } => several(control, choices),
        ControlKind::Bool => tick(locale, control),
        ControlKind::Reference(target) => reference(locale, control, target),
        ControlKind::File { accept } => html! {
            input.in.file type="file" id=(control.name) name=(control.name) accept=(accept) required[control.required]
                aria-invalid=[invalid(control)] aria-describedby=[control.described_by()];
        },
        ControlKind::ManyOf { choices } => html! {
            @if !control.read_only { input type="hidden" name=(control.name) value=""; }
            (several(control, choices))
        },
        ControlKind::Tree { choices } => {
            let target = Reference::default();
            let manner = Manner { local: !control.read_only, ..Manner::default() };
            picker(locale, &target, &manner, &select(locale, control, choices))
        }
        ControlKind::Duration => line(control, "text", None, None),
        ControlKind::Json => html! {
            textarea.in.mono id=(control.name) name=(control.name) rows="5" spellcheck="false" autocomplete="off" autocapitalize="off"
                placeholder=[control.placeholder.as_deref()] readonly[control.read_only] required[control.required]
                aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] { "\n" (control.value) }
        },
        ControlKind::AnyReference(any) => any_reference(locale, control, any),
        ControlKind::ManyReference(many) => many_reference(locale, control, many),
        ControlKind::Files(attached) => files(locale, control, attached),
        ControlKind::Lines(rows) => lines(locale, control, rows),
        ControlKind::Shown { text } => html! {
            output.in.shown id=(control.name) data-shown=(control.name) aria-describedby=[control.described_by()] { (text) }
        },
    }
}

/// `aria-invalid` where something blocks.
pub(super) fn invalid(control: &Control) -> Option<&'static str> {
    control.is_invalid().then_some("true")
}

fn line(control: &Control, kind: &str, keyboard: Option<&str>, max: Option<u32>) -> Markup {
    let number = matches!(control.kind, ControlKind::Number | ControlKind::Money { .. } | ControlKind::Percent);
    let autocomplete = match &control.kind {
        ControlKind::Password { new: true } => Some("new-password"),
        ControlKind::Password { new: false } => Some("current-password"),
        _ => Some(control.autocomplete.unwrap_or("off")),
    };
    html! {
        input.in.num[number] type=(kind) id=(control.name) name=(control.name) value=(control.value) inputmode=[keyboard] maxlength=[max]
            placeholder=[control.placeholder.as_deref()] autocomplete=[autocomplete] readonly[control.read_only] required[control.required]
            aria-invalid=[invalid(control)] aria-describedby=[control.described_by()];
    }
}

fn long_text(control: &Control, max: Option<u32>) -> Markup {
    html! {
        textarea.in id=(control.name) name=(control.name) rows="4" maxlength=[max] placeholder=[control.placeholder.as_deref()]
            readonly[control.read_only] required[control.required] aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] {
            "\n" (control.value)
        }
    }
}

fn select(locale: Locale, control: &Control, choices: &[Choice]) -> Markup {
    // A value outside the list (an option that was removed) stays visible instead of silently becoming another one.
    let unknown = !control.value.is_empty() && choices.iter().all(|choice| choice.value != control.value);
    html! {
        select.in id=(control.name) name=(control.name) disabled[control.read_only] required[control.required]
            aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] {
            @if !control.required { option value="" selected[control.value.is_empty()] { (control.placeholder.as_deref().unwrap_or(t(locale).not_set())) } }
            @else if control.value.is_empty() { option value="" selected { (t(locale).choose()) } }
            @if unknown { option value=(control.value) selected { (control.value) } }
            @for choice in choices { option value=(choice.value) selected[choice.value == control.value] { (choice.label) } }
        }
    }
}

fn several(control: &Control, choices: &[Choice]) -> Markup {
    let chosen: Vec<&str> = control.value.split(',').map(str::trim).collect();
    html! {
        div.row.wrap.gap4 id=(control.name) {
            @for choice in choices {
                label.check {
                    input type="checkbox" name=(control.name) value=(choice.value) checked[chosen.contains(&choice.value.as_str())] disabled[control.read_only];
                    (choice.label)
                }
            }
        }
    }
}

fn tick(locale: Locale, control: &Control) -> Markup {
    html! {
        label.check.tick for=(control.name) {
            // An unticked box sends nothing; the hidden field before it makes that a `false`. The last value of a name counts.
            @if !control.read_only { input type="hidden" name=(control.name) value="false"; }
            input type="checkbox" id=(control.name) name=(control.name) value="true" checked[control.value == "true"] disabled[control.read_only]
                aria-invalid=[invalid(control)] aria-describedby=[control.described_by()];
            (control.label)
            @if control.required { span.sr { (t(locale).required()) } }
        }
    }
}

/// One control of every kind, with something in it.
pub(super) fn sample_controls(locale: Locale) -> Vec<Control> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let new = |name: &str, zh: &str, en: &str, kind: ControlKind| Control::new(name, p(zh, en), kind);
    let levels = || vec![Choice::new("a", p("重要", "High")), Choice::new("b", p("一般", "Normal"))];
    let roles = || vec![Choice::new("m", p("部门经理", "Manager")), Choice::new("s", p("销售人员", "Salesperson"))];
    let days = || vec![Choice::new("a", p("工作日", "Weekdays")), Choice::new("b", p("周末", "Weekends"))];
    let places = || vec![Choice::new("b1", p("渠道", "Partners")), Choice::new("b2", p("渠道 / 零售", "Partners / Retail"))];
    let customer = Reference {
        choices: vec![Choice::new("1", p("江南速运集团", "Jiangnan Express")), Choice::new("2", p("北辰零售", "Beichen Retail"))],
        search: Some("/o/customer/search".into()),
        object: p("客户", "customer"),
        truncated: true,
    };
    vec![
        new("s_text", "名称", "Name", ControlKind::Text { max: Some(255) }).value(p("集团费控平台", "Expense platform")).required(),
        new("s_reference", "客户", "Customer", ControlKind::Reference(customer)).value("1"),
        new("s_money", "金额", "Amount", ControlKind::Money { symbol: "¥".into() }).value("186000.56"),
        new("s_percent", "成功率", "Rate", ControlKind::Percent).value("60.00"),
        new("s_number", "门店数", "Branches", ControlKind::Number).value("52"),
        new("s_select", "级别", "Level", ControlKind::Select { choices: levels() }).value("a"),
        new("s_date", "预计日期", "Expected on", ControlKind::Date).value("2026-12-01"),
        new("s_datetime", "下次联系", "Next call", ControlKind::DateTime).value("2026-12-01T10:30"),
        new("s_email", "邮箱", "E-mail", ControlKind::Email).value("gao.min@example.com"),
        new("s_phone", "电话", "Phone", ControlKind::Phone).value("138 0013 2046").help(t(locale).phone_help()),
        new("s_url", "网址", "Web address", ControlKind::Url).help(t(locale).url_help()),
        new("s_password", "密码", "Password", ControlKind::Password { new: true }),
        new("s_bool_empty", "国有企业", "State-owned", ControlKind::BoolOrEmpty).value("true"),
        new("s_file", "插件包", "Plugin package", ControlKind::File { accept: ".gxm".into() }),
        new("s_bool", "启用", "Active", ControlKind::Bool).value("true"),
        new("s_several", "角色", "Roles", ControlKind::Several { choices: roles() }).value("m"),
        new("s_many_of", "服务时间", "Open on", ControlKind::ManyOf { choices: days() }).value("b"),
        new("s_tree", "来源", "Source", ControlKind::Tree { choices: places() }).value("b2"),
        new("s_duration", "时长", "Time needed", ControlKind::Duration).value(t(locale).hours("1")).help(t(locale).duration_help()),
        Control {
            wide: false,
            ..new("s_json", "附加数据", "Further data", ControlKind::Json).value(r#"{"floor":3}"#).help(t(locale).json_help())
        },
        new("s_shown", "合计", "Total", ControlKind::Shown { text: html! { "¥3,120.00" } })
            .help(t(locale).computed_formula("price * count")),
        new("s_long", "备注", "Notes", ControlKind::LongText { max: Some(2_000) })
            .value(p("总部统一采购，需在年底前完成首期验收。", "Bought by headquarters; first phase accepted by year end.")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(control: &Control) -> String {
        input(Locale::En, control).into_string()
    }

    #[test]
    fn an_unticked_box_still_sends_false() {
        let html = shown(&Control::new("active", "Active", ControlKind::Bool));
        assert!(html.contains(r#"type="hidden" name="active" value="false""#), "{html}");
    }

    #[test]
    fn a_removed_option_stays_visible() {
        let kind = ControlKind::Select { choices: vec![Choice::new("a", "A")] };
        let html = shown(&Control::new("level", "Level", kind).value("gone"));
        assert!(html.contains(r#"<option value="gone" selected>gone"#), "{html}");
    }

    #[test]
    fn what_was_typed_is_escaped() {
        let html = shown(&Control::new("name", "Name", ControlKind::Text { max: None }).value(r#""><script>"#));
        assert!(!html.contains("<script"), "{html}");
    }
}
