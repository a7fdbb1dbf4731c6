//! All rules of an object on one page, a panel for each kind.

use guanxi_core::meta::{Field, FieldKind, Label, Object};
use maud::{Markup, html};

use super::super::super::addresses;
use super::drawing::drawing;
use super::kind::Kind;
use crate::engine::DeclaredRules;
use crate::texts::t;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::format::EMPTY;
use crate::ui::urls::encode;
use crate::ui::visit::Visit;

/// The panels.
pub(super) fn panels(visit: &Visit, object: &Object, declared: &DeclaredRules) -> Markup {
    html! {
        p.dim { (t(visit.locale()).rules_hint()) }
        @for kind in Kind::ALL { (panel(visit, object, declared, kind)) }
    }
}

fn panel(visit: &Visit, object: &Object, declared: &DeclaredRules, kind: Kind) -> Markup {
    let texts = t(visit.locale());
    let count = kind.count(declared);
    let without_machine = kind == Kind::Transition && declared.rules.machine.is_none();
    let body = if without_machine {
        first_transition(visit, object)
    } else if count == 0 {
        html! { div.body { p.faint { (texts.rules_none()) } } }
    } else {
        html! {
            @if let (Kind::Transition, Some(machine)) = (kind, &declared.rules.machine)
                && let Some(field) = object.field(&machine.field) { (drawing(visit, machine, field)) }
            (plain_table(visit.locale(), &Words { visit, object }.table(declared, kind)))
        }
    };
    let add = Button::link(kind.add(texts), addresses::rule(&object.key, kind.name(), super::NEW)).icon(Icon::Plus);
    let actions = if without_machine { Vec::new() } else { vec![add] };
    card(&Card {
        count: (count > 0).then(|| count.to_string()),
        hint: Some(kind.hint(texts).to_owned()),
        actions,
        ..Card::flush(kind.title(texts), body)
    })
}

/// Before there is a machine: which select shall hold the state.
fn first_transition(visit: &Visit, object: &Object) -> Markup {
    let texts = t(visit.locale());
    let selects: Vec<&Field> =
        object.own_fields().filter(|field| matches!(field.kind, FieldKind::Select { .. }) && field.computed.is_none()).collect();
    html! {
        div."body stack" {
            @if selects.is_empty() {
                p.faint { (texts.machine_no_select()) }
                div.row { (button(&Button::link(texts.new_field(), addresses::new_field(&object.key)).icon(Icon::Plus))) }
            } @else {
                p.faint { (texts.machine_choose()) }
                div.row.wrap {
                    @for field in selects {
                        (button(&Button::link(field.label.get(visit.locale()), first_address(object, field)).icon(Icon::Plus)))
                    }
                }
            }
        }
    }
}

fn first_address(object: &Object, field: &Field) -> String {
    format!("{}?field={}", addresses::rule(&object.key, Kind::Transition.name(), super::NEW), encode(&field.key))
}

struct Words<'a> {
    visit: &'a Visit,
    object: &'a Object,
}

impl Words<'_> {
    fn label(&self, label: &Label) -> Markup {
        html! { (label.get(self.visit.locale())) }
    }

    fn field(&self, key: &str) -> String {
        let field = self.object.fields.iter().find(|field| field.key == key);
        field.map_or_else(|| key.to_owned(), |field| field.label.get(self.visit.locale()).to_owned())
    }

    fn fields(&self, keys: &[String]) -> Markup {
        let names: Vec<String> = keys.iter().map(|key| self.field(key)).collect();
        html! { @if names.is_empty() { span.faint { (EMPTY) } } @else { (names.join(" + ")) } }
    }

    fn states(&self, field: &str, codes: &[String]) -> Markup {
        let options = self.object.field(field).map_or(&[][..], Field::options);
        let name = |code: &String| {
            let option = options.iter().find(|option| option.code == *code);
            option.map_or_else(|| code.clone(), |option| option.label.get(self.visit.locale()).to_owned())
        };
        let names: Vec<String> = codes.iter().map(name).collect();
        html! { @if names.is_empty() { span.faint { (t(self.visit.locale()).transition_any()) } } @else { (names.join("、")) } }
    }

    fn roles(&self, keys: &[String]) -> Markup {
        let name = |key: &String| {
            let role = self.visit.ctx.snapshot.roles.get(key);
            role.map_or_else(|| key.clone(), |role| role.label.get(self.visit.locale()).to_owned())
        };
        let names: Vec<String> = keys.iter().map(name).collect();
        html! { @if names.is_empty() { span.faint { (EMPTY) } } @else { (names.join("、")) } }
    }

    fn table(&self, declared: &DeclaredRules, kind: Kind) -> Table {
        let texts = t(self.visit.locale());
        let rules = &declared.rules;
        let (heads, rows): (Vec<&str>, Vec<Vec<Markup>>) = match kind {
            Kind::Validation => (
                vec![texts.rule_key(), texts.rule_condition(), texts.rule_message(), texts.rule_severity()],
                rules
                    .validations
                    .iter()
                    .map(|rule| {
                        vec![mono(&rule.key), expression(Some(&rule.condition)), self.label(&rule.message), self.severity(rule.severity)]
                    })
                    .collect(),
            ),
            Kind::Transition => (
                vec![
                    texts.transition_action(),
                    texts.transition_from(),
                    texts.transition_to(),
                    texts.transition_guard(),
                    texts.transition_roles(),
                ],
                rules
                    .machine
                    .iter()
                    .flat_map(|machine| machine.transitions.iter().map(move |transition| (&machine.field, transition)))
                    .map(|(field, transition)| {
                        vec![
                            self.label(&transition.label),
                            self.states(field, &transition.from),
                            self.states(field, std::slice::from_ref(&transition.to)),
                            expression(transition.guard.as_ref().map(|guard| guard.condition.as_str())),
                            self.roles(&transition.roles),
                        ]
                    })
                    .collect(),
            ),
            Kind::NoOverlap => (
                vec![texts.rule_key(), texts.group_fields(), texts.interval_from(), texts.interval_to(), texts.unique_where()],
                rules
                    .no_overlaps
                    .iter()
                    .map(|rule| {
                        let (from, to) = (self.field(&rule.from), self.field(&rule.to));
                        vec![
                            mono(&rule.key),
                            self.fields(&rule.fields),
                            html! { (from) },
                            html! { (to) },
                            expression(rule.condition.as_deref()),
                        ]
                    })
                    .collect(),
            ),
            Kind::Limit => (
                vec![texts.rule_key(), texts.group_fields(), texts.limit_sum(), texts.limit_at_most(), texts.unique_where()],
                rules
                    .limits
                    .iter()
                    .map(|rule| {
                        let sum = rule.sum.as_ref().map_or_else(|| texts.limit_count().to_owned(), |key| self.field(key));
                        let most = html! { (rule.at_most.to_string()) };
                        vec![mono(&rule.key), self.fields(&rule.fields), html! { (sum) }, most, expression(rule.condition.as_deref())]
                    })
                    .collect(),
            ),
            Kind::Adjustment => (
                vec![texts.adjustment_key(), texts.rule_button(), texts.fields(), texts.transition_guard()],
                rules
                    .adjustments
                    .iter()
                    .map(|rule| {
                        let moved: Vec<String> = rule
                            .fields
                            .iter()
                            .map(|one| format!("{}{}", if one.subtract { "−" } else { "+" }, self.field(&one.field)))
                            .collect();
                        let guard = expression(rule.guard.as_ref().map(|guard| guard.condition.as_str()));
                        vec![mono(&rule.key), self.label(&rule.label), html! { (moved.join("  ")) }, guard]
                    })
                    .collect(),
            ),
            Kind::Unique => (
                vec![texts.fields(), texts.unique_where(), texts.code()],
                declared
                    .uniques
                    .iter()
                    .map(|unique| vec![self.fields(&unique.fields), expression(unique.condition.as_deref()), mono(&unique.code)])
                    .collect(),
            ),
            Kind::Index => (
                vec![texts.index_equal(), texts.index_sort()],
                rules
                    .indexes
                    .iter()
                    .filter_map(|index| index.fields.split_last())
                    .map(|(sort, equal)| vec![self.fields(equal), self.fields(std::slice::from_ref(sort))])
                    .collect(),
            ),
        };
        let address = |place: usize| addresses::rule(&self.object.key, kind.name(), &place.to_string());
        let rows = rows.into_iter().enumerate().map(|(place, cells)| Row { href: Some(address(place)), cells }).collect();
        let number = |place: usize| kind == Kind::Limit && place == 3;
        let columns = heads.iter().enumerate().map(|(place, head)| if number(place) { Column::number(*head) } else { Column::new(*head) });
        Table { label: kind.title(texts).to_owned(), columns: columns.collect(), rows, total: None }
    }

    fn severity(&self, severity: guanxi_core::problem::Severity) -> Markup {
        use guanxi_core::problem::Severity;
        let texts = t(self.visit.locale());
        let words = match severity {
            Severity::Error => texts.severity_error(),
            Severity::Confirm => texts.severity_confirm(),
            Severity::Info => texts.severity_info(),
        };
        html! { (words) }
    }
}

fn mono(text: &str) -> Markup {
    html! { code.mono { (text) } }
}

fn expression(text: Option<&str>) -> Markup {
    html! { @if let Some(text) = text { code.mono { (text) } } @else { span.faint { (EMPTY) } } }
}
