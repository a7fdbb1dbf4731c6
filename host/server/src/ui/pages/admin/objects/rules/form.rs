//! The form of one rule.

use guanxi_core::meta::{Field, FieldKind, Object};

use super::super::super::addresses;
use super::super::super::words::label_controls;
use super::super::field_type::expression;
use super::super::typed::Typed;
use super::entry::{NOT_UNIQUE, RULE_FAILED};
use super::kind::Kind;
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::Visit;

/// The longest name, message, code and bound.
const LONGEST_KEY: u32 = 40;
const LONGEST_MESSAGE: u32 = 300;
const LONGEST_CODE: u32 = 60;

/// The form of an entry; `place` is `new` or its number. `state` is the select of the machine.
pub(super) fn form(visit: &Visit, object: &Object, kind: Kind, place: &str, typed: &Typed, state: Option<&Field>) -> Form {
    let maker = Maker { visit, object, typed };
    let texts = t(visit.locale());
    let sections = match kind {
        Kind::Validation => vec![
            FormSection::new("", vec![maker.key(), maker.severity(), maker.condition(texts.rule_condition(), texts.rule_condition_help())]),
            FormSection::new("", maker.message("rule", RULE_FAILED)),
            FormSection::new("", vec![maker.choose("rule_field", texts.rule_beside(), |_| true)]),
        ],
        Kind::Transition => {
            let [zh, en] = label_controls(visit, typed.get("label_zh"), typed.get("label_en"));
            let action = maker.line("rule_action", texts.transition_action(), LONGEST_KEY).required().help(texts.rule_key_help());
            vec![
                FormSection::new("", vec![maker.states("rule_from", state, true), maker.states("rule_to", state, false), action]),
                FormSection::new("", vec![zh, en, maker.roles()]),
                FormSection::new(texts.transition_guard(), maker.guard(texts.transition_guard_help())),
            ]
        }
        Kind::NoOverlap => vec![
            FormSection::new(
                "",
                vec![maker.key(), maker.fields("rule_fields", texts.group_fields(), is_comparable).help(texts.group_fields_help())],
            ),
            FormSection::new(
                "",
                vec![
                    maker.choose("rule_from", texts.interval_from(), is_moment).required(),
                    maker.choose("rule_to", texts.interval_to(), is_moment).required(),
                    maker.condition(texts.rule_where(), texts.rule_where_help()),
                ],
            ),
            FormSection::new("", maker.message("rule", RULE_FAILED)),
        ],
        Kind::Limit => {
            let most = Control::new("rule_at_most", texts.limit_at_most(), ControlKind::Number).value(typed.get("rule_at_most")).required();
            vec![
                FormSection::new("", vec![maker.key(), most]),
                FormSection::new(
                    "",
                    vec![
                        maker.choose("rule_sum", texts.limit_sum(), is_number).help(texts.limit_sum_help()),
                        maker.fields("rule_fields", texts.group_fields(), is_comparable).help(texts.group_fields_help()),
                        maker.condition(texts.rule_where(), texts.rule_where_help()),
                    ],
                ),
                FormSection::new("", maker.message("rule", RULE_FAILED)),
            ]
        }
        Kind::Adjustment => {
            let [zh, en] = label_controls(visit, typed.get("label_zh"), typed.get("label_en"));
            let movable = |field: &Field| is_number(field) && field.computed.is_none();
            let key = maker.line("rule_key", texts.adjustment_key(), LONGEST_KEY).required().help(texts.rule_key_help());
            vec![
                FormSection::new("", vec![key, zh, en]),
                FormSection::new(
                    "",
                    vec![
                        maker.fields("rule_adds", texts.adjustment_adds(), movable),
                        maker.fields("rule_takes", texts.adjustment_takes(), movable),
                    ],
                ),
                FormSection::new(texts.transition_guard(), maker.guard(texts.adjustment_guard_help())),
            ]
        }
        Kind::Unique => vec![FormSection::new(
            "",
            vec![
                maker.fields("rule_fields", texts.unique_fields(), is_comparable).required(),
                maker.condition(texts.rule_where(), texts.rule_where_help()),
                maker.code("rule_code", NOT_UNIQUE),
            ],
        )],
        Kind::Index => vec![FormSection::new(
            "",
            vec![
                maker.fields("rule_fields", texts.index_equal(), is_comparable).required().help(texts.index_equal_help()),
                maker.order("rule_sort", texts.index_sort()).required().help(texts.index_sort_help()),
            ],
        )],
    };
    Form {
        address: addresses::rule(&object.key, kind.name(), place),
        token: visit.session.csrf.clone(),
        sections,
        save_and_new: place == super::NEW,
        cancel: Some(addresses::rules(&object.key)),
        ..Form::default()
    }
}

struct Maker<'a> {
    visit: &'a Visit,
    object: &'a Object,
    typed: &'a Typed,
}

impl Maker<'_> {
    fn line(&self, name: &str, words: &str, max: u32) -> Control {
        Control::new(name, words, ControlKind::Text { max: Some(max) }).value(self.typed.get(name))
    }

    fn key(&self) -> Control {
        let texts = t(self.visit.locale());
        self.line("rule_key", texts.rule_key(), LONGEST_KEY).required().help(texts.rule_key_help())
    }

    fn condition(&self, words: &str, help: &str) -> Control {
        expression("rule_condition", words, self.typed, help)
    }

    fn code(&self, name: &str, default: &str) -> Control {
        let texts = t(self.visit.locale());
        self.line(name, texts.code(), LONGEST_CODE).help(texts.rule_code_help(default))
    }

    fn message(&self, prefix: &str, code: &str) -> Vec<Control> {
        let texts = t(self.visit.locale());
        vec![
            self.line(&format!("{prefix}_message_zh"), texts.rule_message_zh(), LONGEST_MESSAGE).help(texts.rule_message_help()),
            self.line(&format!("{prefix}_message_en"), texts.rule_message_en(), LONGEST_MESSAGE),
            self.code(&format!("{prefix}_code"), code),
        ]
    }

    fn guard(&self, help: &str) -> Vec<Control> {
        let mut controls = vec![expression("guard_condition", t(self.visit.locale()).rule_condition(), self.typed, help)];
        controls.extend(self.message("guard", RULE_FAILED));
        controls
    }

    fn severity(&self) -> Control {
        let texts = t(self.visit.locale());
        let words = [("error", texts.severity_error()), ("confirm", texts.severity_confirm()), ("info", texts.severity_info())];
        let choices = words.map(|(name, words)| Choice::new(name, words)).to_vec();
        let value = self.typed.given("rule_severity").unwrap_or_else(|| "error".to_owned());
        Control::new("rule_severity", texts.rule_severity(), ControlKind::Select { choices }).value(value).required()
    }

    fn offered(&self, fits: impl Fn(&Field) -> bool) -> Vec<Choice> {
        let own = self.object.fields.iter().filter(|field| !field.hidden && (!field.is_system() || field.key == "owner"));
        own.filter(|field| fits(field)).map(|field| Choice::new(&field.key, field.label.get(self.visit.locale()))).collect()
    }

    fn choose(&self, name: &str, words: &str, fits: impl Fn(&Field) -> bool) -> Control {
        Control::new(name, words, ControlKind::Select { choices: self.offered(fits) }).value(self.typed.get(name))
    }

    /// Any field that records can be sorted by, those that every record has included.
    fn order(&self, name: &str, words: &str) -> Control {
        let all = self.object.fields.iter().filter(|field| !field.hidden && field.key != "id" && is_comparable(field));
        let choices = all.map(|field| Choice::new(&field.key, field.label.get(self.visit.locale()))).collect();
        Control::new(name, words, ControlKind::Select { choices }).value(self.typed.get(name))
    }

    fn fields(&self, name: &str, words: &str, fits: impl Fn(&Field) -> bool) -> Control {
        Control::new(name, words, ControlKind::Several { choices: self.offered(fits) }).value(self.typed.get(name))
    }

    /// The states of the machine: several to come from, one to go to.
    fn states(&self, name: &str, state: Option<&Field>, several: bool) -> Control {
        let texts = t(self.visit.locale());
        let options = state.map_or(&[][..], Field::options);
        let choices = options.iter().map(|option| Choice::new(&option.code, option.label.get(self.visit.locale()))).collect();
        if several {
            let control = Control::new(name, texts.transition_from(), ControlKind::Several { choices });
            control.value(self.typed.get(name)).help(texts.transition_from_help())
        } else {
            Control::new(name, texts.transition_to(), ControlKind::Select { choices }).value(self.typed.get(name)).required()
        }
    }

    fn roles(&self) -> Control {
        let texts = t(self.visit.locale());
        let mut roles: Vec<_> = self.visit.ctx.snapshot.roles.values().collect();
        roles.sort_by_key(|role| (!role.administrator, role.key.clone()));
        let choices = roles.iter().map(|role| Choice::new(&role.key, role.label.get(self.visit.locale()))).collect();
        let control = Control::new("rule_roles", texts.transition_roles(), ControlKind::Several { choices });
        control.value(self.typed.get("rule_roles")).help(texts.transition_roles_help())
    }
}

fn is_number(field: &Field) -> bool {
    field.kind.scale().is_some()
}

fn is_moment(field: &Field) -> bool {
    matches!(field.kind, FieldKind::Date | FieldKind::DateTime)
}

/// Two records can be told to agree in it.
fn is_comparable(field: &Field) -> bool {
    field.is_stored() && !field.kind.is_list() && !matches!(field.kind, FieldKind::LongText | FieldKind::Json)
}
