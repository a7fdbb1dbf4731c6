//! Forms: sections of controls, one row of buttons, and after a refusal a summary that takes the focus and leads to each field.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::badge::{Tone, badge_icon};
use super::button::{Action, Button, ButtonKind, button};
use super::control::{Control, ControlKind, FieldProblem, ProblemKind, control, problem_words};
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// The parameter that carries the session's form token; scripts send it as the header of [`TOKEN_HEADER`].
pub const TOKEN_FIELD: &str = "form_token";
/// The header that carries the same token on requests made by scripts.
pub const TOKEN_HEADER: &str = "x-form-token";
/// The parameter that holds the codes a person has agreed to, separated by commas.
pub const CONFIRM_FIELD: &str = "confirm";

/// The hidden field with the session's form token.
pub fn token_field(token: &str) -> Markup {
    html! { input type="hidden" name=(TOKEN_FIELD) value=(token); }
}

/// Controls under a heading.
#[derive(Clone, Debug, Default)]
pub struct FormSection {
    /// The heading; empty for none.
    pub title: String,
    /// Name of the plugin that brings these fields.
    pub source: Option<String>,
    /// The fields.
    pub controls: Vec<Control>,
}

impl FormSection {
    /// All controls, cells of lines among them, in the order of the page.
    pub fn all(&self) -> impl Iterator<Item = &Control> {
        self.controls.iter().flat_map(|control| std::iter::once(control).chain(control.inner()))
    }

    /// A section of the host.
    pub fn new(title: impl Into<String>, controls: Vec<Control>) -> Self {
        Self { title: title.into(), source: None, controls }
    }
}

/// A form that changes something.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// Where it is posted.
    pub address: String,
    /// The session's form token.
    pub token: String,
    /// Further parameters, e.g. the version that was edited.
    pub hidden: Vec<(String, String)>,
    /// Sections in order.
    pub sections: Vec<FormSection>,
    /// Problems of the whole (no field, or a field that is not on the form).
    pub problems: Vec<FieldProblem>,
    /// The request's number, shown after a refusal.
    pub request: Option<String>,
    /// Word of the main button; empty for "Save".
    pub save: String,
    /// Also offer "save and new" (sends `then=new`).
    pub save_and_new: bool,
    /// Where cancelling leads.
    pub cancel: Option<String>,
    /// Has file fields.
    pub with_files: bool,
    /// Where `form_state.js` asks which fields are on the form now, what is required and what is worked out; empty if nothing depends.
    pub state: String,
    /// Names what is typed here, so that it is kept in the browser until it is saved; empty for forms that are not kept.
    pub draft: String,
}

/// The form with summary, sections and the row of buttons. Without a token it could not be sent: then it is closed, and has no buttons.
pub fn form(locale: Locale, form: &Form) -> Markup {
    let texts = t(locale);
    if form.token.is_empty() {
        return closed(locale, form);
    }
    let enctype = form.with_files.then_some("multipart/form-data");
    let agreed = agreement(form);
    let save = if agreed.is_some() {
        texts.save_anyway()
    } else if form.save.is_empty() {
        texts.save()
    } else {
        &form.save
    };
    html! {
        form.edit method="post" action=(form.address) enctype=[enctype] novalidate data-form
            data-state=[some(&form.state)] data-draft=[some(&form.draft)] data-draft-found=(texts.draft_found("{time}"))
            data-draft-restore=(texts.draft_restore()) data-draft-discard=(texts.draft_discard()) {
            // Enter in an input presses the first button of a form, which must not be one that looks for records.
            div.sr aria-hidden="true" { button tabindex="-1" { (save) } }
            (token_field(&form.token))
            @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
            @if let Some(codes) = &agreed { input type="hidden" name=(CONFIRM_FIELD) value=(codes); }
            (summary(locale, form))
            div.form {
                @for section in &form.sections {
                    @if !section.title.is_empty() {
                        h2 { (section.title) @if let Some(source) = &section.source { (badge_icon(Tone::Neutral, Icon::Plug, source)) } }
                    }
                    @for each in &section.controls { (control(locale, each)) }
                }
            }
            div.actions {
                (button(&Button::submit(save).primary().big().key("Ctrl S")))
                @if form.save_and_new {
                    (button(&Button { action: Action::SubmitValue { name: "then".into(), value: "new".into() }, ..Button::submit(texts.save_and_new()) }.big().wide_only()))
                }
                @if let Some(cancel) = &form.cancel { (button(&Button::link(texts.cancel(), cancel.clone()).kind(ButtonKind::Quiet).big().key("Esc"))) }
            }
        }
    }
}

/// What the form holds, for reading.
fn closed(locale: Locale, form: &Form) -> Markup {
    html! {
        fieldset.closed disabled {
            div.form {
                @for section in &form.sections {
                    @if !section.title.is_empty() { h2 { (section.title) } }
                    @for each in &section.controls { (control(locale, each)) }
                }
            }
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The codes to agree to, when nothing else blocks.
fn agreement(form: &Form) -> Option<String> {
    let all = || form.problems.iter().chain(form.sections.iter().flat_map(FormSection::all).flat_map(|c| &c.problems));
    if all().any(|p| matches!(p.kind, ProblemKind::Error | ProblemKind::Conflict)) {
        return None;
    }
    let mut codes: Vec<&str> = all().filter(|p| p.kind == ProblemKind::Confirm).map(|p| p.agree.as_str()).collect();
    codes.dedup();
    (!codes.is_empty()).then(|| codes.join(","))
}

fn summary(locale: Locale, form: &Form) -> Markup {
    let texts = t(locale);
    let of_fields = form.sections.iter().flat_map(FormSection::all).flat_map(|c| c.problems.iter().map(move |p| (Some(c), p)));
    let blocking = |p: &FieldProblem| !matches!(p.kind, ProblemKind::Info | ProblemKind::NoRight);
    let all: Vec<_> = form.problems.iter().map(|p| (None, p)).chain(of_fields).filter(|(_, p)| blocking(p)).collect();
    let confirm = agreement(form).is_some();
    let number = all.len() as u64;
    html! {
        @if number > 0 {
            div class=(if confirm { "note warn" } else { "note bad" }) role="alert" tabindex="-1" autofocus data-focus {
                (icon(if confirm { Icon::Warn } else { Icon::Bad }))
                div {
                    b { (if confirm { texts.to_confirm(number) } else { texts.not_saved(number) }) }
                    @if confirm { p.dim { (texts.agree_hint()) } }
                    ul.errlist {
                        @for (owner, problem) in &all {
                            li {
                                @if let Some(owner) = owner { a href={ "#" (owner.name) } { (owner.label) @if locale == Locale::En { ": " } @else { "：" } (problem_words(locale, problem)) } }
                                @else { span { (problem_words(locale, problem)) } }
                            }
                        }
                    }
                }
                @if let Some(request) = &form.request { span.small.faint.mono { (texts.request_number(request)) } }
            }
        }
    }
}

/// A fresh form, a refused one, one to confirm.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let base = sample_form(locale);
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let mut refused = base.clone();
    refused.request = Some("7F3A-91".into());
    refused.problems =
        vec![FieldProblem::new(ProblemKind::Error, "rule.failed", p("结束日期须在开始日期之后", "It must end after it starts"))];
    let controls = &mut refused.sections[0].controls;
    controls[0].value = String::new();
    controls[0].problems = vec![FieldProblem::new(ProblemKind::Error, "field.required", t(locale).problem_required())];
    controls[1].value = "186000.555".into();
    controls[1].problems = vec![FieldProblem::new(ProblemKind::Error, "field.range", t(locale).problem_range_scale("2"))];
    refused.sections[1].controls[0].problems = vec![
        FieldProblem::new(ProblemKind::Error, "cm.reason.missing", p("停用须填写原因。", "Say why it was stopped."))
            .by_plugin(p("合规检查", "Compliance")),
    ];
    let mut confirm = base.clone();
    confirm.sections[0].controls[0].problems =
        vec![FieldProblem::new(ProblemKind::Confirm, "duplicate.name", p("已有同名记录", "There is one with the same name"))];
    let rename = |mut form: Form, prefix: &str| {
        form.sections.iter_mut().flat_map(|s| &mut s.controls).for_each(|c| c.name = format!("{prefix}_{}", c.name));
        form
    };
    vec![
        Sample::new("fresh", self::form(locale, &rename(base, "fresh"))),
        Sample::new("refused", self::form(locale, &rename(refused, "refused"))),
        Sample::new("to confirm", self::form(locale, &rename(confirm, "confirm"))),
    ]
}

/// A form of two sections, the second of a plugin.
pub(super) fn sample_form(locale: Locale) -> Form {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let reasons = vec![super::control::Choice::new("price", p("价格", "Price")), super::control::Choice::new("other", p("其他", "Other"))];
    let first = vec![
        Control::new("name", p("名称", "Name"), ControlKind::Text { max: Some(255) })
            .value(p("门店会员系统", "Store membership"))
            .required(),
        Control::new("amount", p("金额", "Amount"), ControlKind::Money { symbol: "¥".into() }).value("1280000.00"),
        Control::new("expected_on", p("预计日期", "Expected on"), ControlKind::Date).value("2026-12-05"),
        Control {
            read_only: true,
            ..Control::new("owner", p("负责人", "Owner"), ControlKind::Text { max: None }).value(p("王磊", "Lei Wang"))
        },
    ];
    let second = vec![
        Control::new("stop_reason", p("停用原因", "Reason for stopping"), ControlKind::Select { choices: reasons }),
        Control::new("state_owned", p("国有企业", "State-owned"), ControlKind::Bool),
    ];
    Form {
        address: "/sample".into(),
        token: "token".into(),
        hidden: vec![("version".into(), "3".into())],
        sections: vec![
            FormSection::new(t(locale).basics(), first),
            FormSection { source: Some(p("合规检查", "Compliance")), ..FormSection::new(p("检查", "Checks"), second) },
        ],
        save_and_new: true,
        cancel: Some("#cancel".into()),
        ..Form::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirm_offers_to_go_on_only_when_nothing_else_blocks() {
        let confirm = || FieldProblem::new(ProblemKind::Confirm, "a.b", "Sure?");
        let open = || Form { token: "t".into(), ..Form::default() };
        let only = Form { problems: vec![confirm()], ..open() };
        assert!(form(Locale::En, &only).into_string().contains(r#"name="confirm" value="a.b""#));
        let blocked = Form { problems: vec![confirm(), FieldProblem::new(ProblemKind::Error, "c", "No")], ..open() };
        assert!(!form(Locale::En, &blocked).into_string().contains(r#"name="confirm""#));
    }

    #[test]
    fn a_form_that_cannot_be_sent_is_closed() {
        let closed = form(Locale::En, &Form { token: String::new(), ..sample_form(Locale::En) }).into_string();
        assert!(closed.contains("<fieldset class=\"closed\" disabled") && !closed.contains("<button"), "{closed}");
    }

    #[test]
    fn the_summary_leads_to_the_field() {
        let mut refused = sample_form(Locale::En);
        refused.sections[0].controls[0].problems = vec![FieldProblem::new(ProblemKind::Error, "field.required", "Required")];
        let html = form(Locale::En, &refused).into_string();
        assert!(html.contains(r##"<a href="#name">Name: Required</a>"##), "{html}");
        assert!(html.contains("Not saved: 1 thing to fix"));
    }
}
