//! One field of a form: label, input, help and the problems of this field. Which input: [`super::control_input`].

use guanxi_core::Severity;
use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control_input::input;
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// One choice of a select or of a group of boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What people read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// Which input a control is, with what that input needs.
#[derive(Clone, Debug)]
pub enum ControlKind {
    /// One line.
    Text {
        /// Longest allowed length.
        max: Option<u32>,
    },
    /// Several lines.
    LongText {
        /// Longest allowed length, counted under the field.
        max: Option<u32>,
    },
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Web address.
    Url,
    /// Password.
    Password {
        /// Being chosen, not asked for: the browser then offers one.
        new: bool,
    },
    /// One of a list; an empty choice is added where the field is not required.
    Select {
        /// The list, in order.
        choices: Vec<Choice>,
    },
    /// Several of a list, as boxes; `value` holds the chosen ones separated by commas. Sent once per box.
    Several {
        /// The list, in order.
        choices: Vec<Choice>,
    },
    /// Whole number or decimal; the server judges it, the browser only brings the right keyboard.
    Number,
    /// Amount, with the currency's sign in front.
    Money {
        /// The sign, e.g. `¥`.
        symbol: String,
    },
    /// Percent: 60 % is `60.00`.
    Percent,
    /// `2026-11-22`.
    Date,
    /// `2026-11-22T10:42` in the tenant's zone.
    DateTime,
    /// A box; sends `true` or `false`, never nothing.
    Bool,
    /// Yes, no or not set; sends `true`, `false` or an empty text.
    BoolOrEmpty,
    /// A record of another object: see [`super::reference`].
    Reference(super::reference::Reference),
    /// A file of these kinds, e.g. `.gxm`. The form must be [`super::form::Form::with_files`].
    File {
        /// The `accept` list.
        accept: String,
    },
    /// Several of a list, as boxes, like `Several`, but an empty choice is sent too.
    ManyOf {
        /// The list, in order.
        choices: Vec<Choice>,
    },
    /// A place in a tree; the label of each choice is its whole path.
    Tree {
        /// All places, each after the one above it.
        choices: Vec<Choice>,
    },
    /// A length of time, in any of the accepted notations.
    Duration,
    /// A text that programs read.
    Json,
    /// A record of any object: see [`super::any_reference`].
    AnyReference(super::any_reference::AnyReference),
    /// Several records of one object: see [`super::many_reference`].
    ManyReference(super::many_reference::ManyReference),
    /// Attached files: see [`super::files`].
    Files(super::files::Files),
    /// Lines that are saved with the record: see [`super::lines`].
    Lines(Box<super::lines::Lines>),
    /// A value that nobody types.
    Shown {
        /// How it reads.
        text: Markup,
    },
}

/// How a problem of one field looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// Blocks.
    Error,
    /// Blocks until the reader agrees.
    Confirm,
    /// Told, does not block.
    Info,
    /// Someone else saved first.
    Conflict,
    /// The reader may not change it.
    NoRight,
}

impl From<Severity> for ProblemKind {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Error,
            Severity::Confirm => Self::Confirm,
            Severity::Info => Self::Info,
        }
    }
}

/// A problem of one field.
#[derive(Clone, Debug)]
pub struct FieldProblem {
    /// How it looks.
    pub kind: ProblemKind,
    /// The translated sentence.
    pub text: String,
    /// The plugin that said so, by the name that people know.
    pub plugin: Option<String>,
    /// The stable code; shown for plugins.
    pub code: String,
    /// What is sent back to agree to a confirm.
    pub agree: String,
    /// Where to look: words and address.
    pub link: Option<(String, String)>,
    /// A value that one click puts into the input: words and value.
    pub offer: Option<(String, String)>,
}

impl FieldProblem {
    /// A problem that the host found.
    pub fn new(kind: ProblemKind, code: impl Into<String>, text: impl Into<String>) -> Self {
        let code: String = code.into();
        Self { kind, text: text.into(), plugin: None, agree: code.clone(), code, link: None, offer: None }
    }

    /// The same, found by a plugin.
    #[must_use]
    pub fn by_plugin(self, plugin: impl Into<String>) -> Self {
        Self { plugin: Some(plugin.into()), ..self }
    }
}

/// One field of a form.
#[derive(Clone, Debug)]
pub struct Control {
    /// Parameter name, also the element's id.
    pub name: String,
    /// What people read.
    pub label: String,
    /// Which input.
    pub kind: ControlKind,
    /// What it holds now, as sent: after a refusal exactly what the person typed.
    pub value: String,
    /// Must not be empty (marked; the server checks).
    pub required: bool,
    /// Must not be empty with what else is typed now (marked like `required`).
    pub needed: bool,
    /// A hint under the field.
    pub help: Option<String>,
    /// An example inside the empty field.
    pub placeholder: Option<String>,
    /// What is wrong with it.
    pub problems: Vec<FieldProblem>,
    /// Can be read, not changed; not sent.
    pub read_only: bool,
    /// Takes the whole width.
    pub wide: bool,
    /// The browser's word for filling it in, e.g. `username`.
    pub autocomplete: Option<&'static str>,
    /// Has no place on the form as long as the values are as they are. Hidden only where scripts run: the server decides on a save.
    pub away: bool,
}

impl Control {
    /// An empty, optional field.
    pub fn new(name: impl Into<String>, label: impl Into<String>, kind: ControlKind) -> Self {
        let wide = matches!(
            kind,
            ControlKind::LongText { .. }
                | ControlKind::Several { .. }
                | ControlKind::ManyOf { .. }
                | ControlKind::Json
                | ControlKind::Lines(_)
                | ControlKind::Files(_)
        );
        Self {
            name: name.into(),
            label: label.into(),
            kind,
            value: String::new(),
            required: false,
            needed: false,
            help: None,
            placeholder: None,
            problems: Vec::new(),
            read_only: false,
            wide,
            autocomplete: None,
            away: false,
        }
    }

    /// The same, holding a value.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self { value: value.into(), ..self }
    }

    /// The same, required.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same with a hint.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same with a problem more.
    #[must_use]
    pub fn problem(mut self, problem: FieldProblem) -> Self {
        self.problems.push(problem);
        self
    }

    /// The controls inside it: cells of lines.
    pub fn inner(&self) -> Vec<&Control> {
        match &self.kind {
            ControlKind::Lines(lines) => lines.rows.iter().flat_map(|row| &row.cells).collect(),
            _ => Vec::new(),
        }
    }

    /// This control or one inside it, by name.
    pub fn find_mut(&mut self, name: &str) -> Option<&mut Control> {
        if self.name == name {
            return Some(self);
        }
        match &mut self.kind {
            ControlKind::Lines(lines) => lines.rows.iter_mut().flat_map(|row| &mut row.cells).find(|cell| cell.name == name),
            _ => None,
        }
    }

    /// Whether what it holds cannot be saved.
    pub fn is_invalid(&self) -> bool {
        self.problems.iter().any(|p| p.kind == ProblemKind::Error)
    }

    /// Whether it can be saved after a second look.
    pub(super) fn is_doubtful(&self) -> bool {
        !self.is_invalid() && self.problems.iter().any(|p| p.kind == ProblemKind::Confirm)
    }

    /// The id of a part of this control.
    pub(super) fn part(&self, part: &str) -> String {
        format!("{}-{part}", self.name)
    }

    /// The ids of the texts that describe the input, for `aria-describedby`.
    pub(super) fn described_by(&self) -> Option<String> {
        let help = (self.help.is_some() || self.read_only).then(|| self.part("help"));
        let problems = (!self.problems.is_empty()).then(|| self.part("problems"));
        let ids: Vec<String> = [problems, help].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// Label, input, problems, help.
pub fn control(locale: Locale, control: &Control) -> Markup {
    let grouped = matches!(
        control.kind,
        ControlKind::Several { .. }
            | ControlKind::ManyOf { .. }
            | ControlKind::Lines(_)
            | ControlKind::Files(_)
            | ControlKind::AnyReference(_)
    );
    html! {
        div.f.wide[control.wide].warned[control.is_doubtful()] data-field=(control.name) data-away=[control.away.then_some("true")] {
            @match &control.kind {
                ControlKind::Bool => { (input(locale, control)) }
                _ if grouped => {
                    fieldset.f aria-describedby=[control.described_by()] { legend.lab { (label_words(locale, control)) } (input(locale, control)) }
                }
                _ => { label for=(control.name) { (label_words(locale, control)) } (input(locale, control)) }
            }
            (problems(locale, control))
            @if let Some(help) = &control.help { p.help id=(control.part("help")) { (help) } }
            @else if control.read_only { p.help id=(control.part("help")) { (icon(Icon::Lock)) (t(locale).no_right_to_edit()) } }
        }
    }
}

fn label_words(locale: Locale, control: &Control) -> Markup {
    html! {
        (control.label)
        span data-required data-always[control.required] hidden[!control.required && !control.needed] { span.req aria-hidden="true" { "*" } span.sr { (t(locale).required()) } }
    }
}

pub(super) fn problems(locale: Locale, control: &Control) -> Markup {
    html! {
        @if !control.problems.is_empty() {
            div.problems id=(control.part("problems")) { @for each in &control.problems { (problem(locale, control, each)) } }
        }
    }
}

fn problem(locale: Locale, control: &Control, problem: &FieldProblem) -> Markup {
    let (class, drawing) = match problem.kind {
        ProblemKind::Error => ("err", Icon::Bad),
        ProblemKind::Confirm => ("wrn", Icon::Warn),
        ProblemKind::Info => ("help", Icon::Info),
        ProblemKind::Conflict => ("cfl", Icon::Refresh),
        ProblemKind::NoRight => ("help", Icon::Lock),
    };
    html! {
        p class=(class) {
            (icon(drawing))
            span {
                (problem_words(locale, problem))
                @if let Some((words, address)) = &problem.link { " " a.link href=(address) target="_blank" { (words) } }
                @if let Some((words, value)) = &problem.offer {
                    " " button.link.script type="button" data-offer=(value) data-offer-to=(control.name) { (words) }
                }
            }
        }
    }
}

/// The sentence; a plugin's names the plugin in words and the code in mono.
pub(super) fn problem_words(locale: Locale, problem: &FieldProblem) -> Markup {
    html! {
        @if let Some(plugin) = &problem.plugin { (t(locale).from_plugin(plugin)) }
        (problem.text)
        @if problem.plugin.is_some() { " " code.mono { (problem.code) } }
    }
}

/// Every kind of input, and every kind of problem.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let shown = |controls: Vec<Control>| html! { div.form { @for each in &controls { (control(locale, each)) } } };
    vec![
        Sample::new("every kind of input", shown(super::control_input::sample_controls(locale))),
        Sample::new("every kind of problem", shown(sample_problems(locale))),
    ]
}

fn sample_problems(locale: Locale) -> Vec<Control> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let texts = t(locale);
    let text = |name: &str, zh: &str, en: &str| Control::new(name, p(zh, en), ControlKind::Text { max: None });
    vec![
        text("p_unique", "编号", "Number").value("K-1").problem(FieldProblem {
            link: Some((texts.open_other().into(), "#other".into())),
            ..FieldProblem::new(ProblemKind::Error, "field.not_unique", texts.problem_not_unique_value("K-1"))
        }),
        text("p_offer", "金额", "Amount").value("1,860").problem(FieldProblem {
            offer: Some((texts.take_value("1860"), "1860".into())),
            ..FieldProblem::new(ProblemKind::Error, "field.type", texts.problem_type())
        }),
        text("p_error", "名称", "Name").required().problem(FieldProblem::new(
            ProblemKind::Error,
            "field.required",
            texts.problem_required(),
        )),
        text("p_plugin", "主要负责人", "Person in charge").value(p("林晓", "Xiao Lin")).problem(
            FieldProblem::new(
                ProblemKind::Error,
                "cm.duty.two_primary",
                p("只能有一个主要负责人，现为赵敏。", "Only one may be the main one, now Min Zhao."),
            )
            .by_plugin(p("合规检查", "Compliance")),
        ),
        text("p_confirm", "电话", "Phone").value("138 0013 2046").problem(FieldProblem::new(
            ProblemKind::Confirm,
            "duplicate.phone",
            p("另一个客户用同一个电话；确认后可保存", "Another customer has this phone. You can save after confirming"),
        )),
        text("p_info", "项目编号", "Code").value("gx 1002a").problem(FieldProblem::new(
            ProblemKind::Info,
            "code.normalised",
            p("将存为 GX1002A", "Will be stored as GX1002A"),
        )),
        text("p_conflict", "结算方式", "Terms").value(p("现结", "Cash")).problem(FieldProblem::new(
            ProblemKind::Conflict,
            "record.version_conflict",
            p("赵敏刚改为“月结 30 天”", "Min Zhao just set this to \"Net 30\""),
        )),
        Control { read_only: true, ..text("p_right", "负责人", "Owner").value(p("王磊", "Lei Wang")) },
    ]
}
