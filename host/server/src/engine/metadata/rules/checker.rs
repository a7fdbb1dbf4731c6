//! Checks rules before they are stored. Everything that is wrong is told at once, each with its place: `validations.0.condition`.

use std::collections::HashSet;

use guanxi_core::expr::{check_condition, fields_of, parse};
use guanxi_core::meta::{
    Adjustment, Field, FieldKind, Guard, Index, Label, Limit, NoOverlap, Object, StateMachine, Transition, UniqueConstraint, Validation,
};
use guanxi_core::{Decimal, Problem};
use guanxi_store::check_unique_condition;

use super::super::kinds::may_be_indexed;
use super::{DeclaredRules, NOT_UNIQUE, RULE_FAILED, is_number};
use crate::engine::Snapshot;
use crate::engine::rules::{Condition, changing, leaving, timeless};

/// The most rules of one kind, against saves that ask forever.
const MAX_RULES: usize = 200;
/// The most fields that a rule compares.
const MAX_FIELDS: usize = 8;
/// The most indexes over several fields of one object: each costs at every save.
const MAX_INDEXES: usize = 10;
/// The most fields of one of them.
const MAX_INDEXED: usize = 4;
/// The longest message.
const MAX_MESSAGE: usize = 300;

/// Walks over everything that is declared and collects what is wrong.
pub(super) struct Checker<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) object: &'a Object,
    pub(super) zone: chrono_tz::Tz,
    pub(super) problems: Vec<Problem>,
}

impl Checker<'_> {
    pub(super) fn all(&mut self, declared: &DeclaredRules) {
        let rules = &declared.rules;
        let keys: Vec<(String, &str)> =
            (rules.validations.iter().enumerate().map(|(at, v)| (format!("validations.{at}.key"), v.key.as_str())))
                .chain(rules.no_overlaps.iter().enumerate().map(|(at, n)| (format!("no_overlaps.{at}.key"), n.key.as_str())))
                .chain(rules.limits.iter().enumerate().map(|(at, l)| (format!("limits.{at}.key"), l.key.as_str())))
                .collect();
        self.keys(&keys);
        let keys: Vec<(String, &str)> =
            rules.adjustments.iter().enumerate().map(|(at, a)| (format!("adjustments.{at}.key"), a.key.as_str())).collect();
        self.keys(&keys);
        for (name, count) in [
            ("validations", rules.validations.len()),
            ("machine.transitions", rules.machine.as_ref().map_or(0, |machine| machine.transitions.len())),
            ("no_overlaps", rules.no_overlaps.len()),
            ("limits", rules.limits.len()),
            ("adjustments", rules.adjustments.len()),
            ("indexes", rules.indexes.len()),
            ("uniques", declared.uniques.len()),
        ] {
            let most = if name == "indexes" { MAX_INDEXES } else { MAX_RULES };
            if count > most {
                let max = i64::try_from(most).unwrap_or(i64::MAX);
                self.wrong("field.range", name, format!("at most {most} of them")).push_param("max", max);
            }
        }
        rules.validations.iter().enumerate().for_each(|(at, rule)| self.validation(&format!("validations.{at}"), rule));
        rules.machine.iter().for_each(|machine| self.machine(machine));
        rules.no_overlaps.iter().enumerate().for_each(|(at, rule)| self.no_overlap(&format!("no_overlaps.{at}"), rule));
        rules.limits.iter().enumerate().for_each(|(at, rule)| self.limit(&format!("limits.{at}"), rule));
        rules.adjustments.iter().enumerate().for_each(|(at, rule)| self.adjustment(&format!("adjustments.{at}"), rule));
        for (at, index) in rules.indexes.iter().enumerate() {
            self.index(&format!("indexes.{at}"), index, rules.indexes[..at].contains(index));
        }
        for (at, unique) in declared.uniques.iter().enumerate() {
            let twice = declared.uniques[..at].iter().any(|other| other.fields == unique.fields && other.code == unique.code);
            self.unique(&format!("uniques.{at}"), unique, twice);
        }
    }

    fn validation(&mut self, at: &str, rule: &Validation) {
        self.rule_condition(&format!("{at}.condition"), &rule.condition);
        self.message(&format!("{at}.message"), &rule.message);
        self.code(&format!("{at}.code"), &rule.code);
        if let Some(field) = &rule.field {
            self.field(&format!("{at}.field"), field);
        }
    }

    fn machine(&mut self, machine: &StateMachine) {
        let Some(field) = self.field("machine.field", &machine.field) else { return };
        let FieldKind::Select { options } = &field.kind else {
            let detail = format!("a state is held by a select, `{}` is a {}", field.key, field.kind.name());
            self.wrong("field.type", "machine.field", detail).push_param("expected", "select");
            return;
        };
        if field.computed.is_some() {
            self.wrong("field.type", "machine.field", format!("`{}` is computed, so nobody can move it", field.key));
        }
        if machine.transitions.is_empty() {
            self.wrong("field.required", "machine.transitions", "without a transition no record could ever leave its state".into());
        }
        let states: Vec<String> = options.iter().map(|option| option.code.clone()).collect();
        for (place, transition) in machine.transitions.iter().enumerate() {
            self.transition(&format!("machine.transitions.{place}"), transition, &states);
        }
    }

    fn transition(&mut self, at: &str, transition: &Transition, states: &[String]) {
        self.key(&format!("{at}.action"), &transition.action);
        self.label(&format!("{at}.label"), &transition.label);
        for (place, from) in transition.from.iter().enumerate() {
            self.state(&format!("{at}.from.{place}"), from, states);
            if *from == transition.to {
                self.wrong("field.option", &format!("{at}.from.{place}"), format!("a transition from `{from}` to itself changes nothing"));
            }
            if transition.from[..place].contains(from) {
                self.wrong("field.not_unique", &format!("{at}.from.{place}"), format!("`{from}` stands twice"));
            }
        }
        self.state(&format!("{at}.to"), &transition.to, states);
        for (place, role) in transition.roles.iter().enumerate() {
            if !self.snapshot.roles.contains_key(role) {
                self.wrong("field.option", &format!("{at}.roles.{place}"), format!("there is no role `{role}`"))
                    .push_param("value", role.as_str());
            }
        }
        if let Some(guard) = &transition.guard {
            self.rule_condition(&format!("{at}.guard.condition"), &guard.condition);
            self.guard_words(&format!("{at}.guard"), guard);
        }
    }

    fn no_overlap(&mut self, at: &str, rule: &NoOverlap) {
        self.compared(&format!("{at}.fields"), &rule.fields);
        let from = self.moment(&format!("{at}.from"), &rule.from);
        let to = self.moment(&format!("{at}.to"), &rule.to);
        if let (Some(from), Some(to)) = (from, to)
            && (from.kind != to.kind || from.key == to.key)
        {
            self.wrong("field.type", &format!("{at}.to"), "an interval has two fields of one type".into())
                .push_param("expected", from.kind.name());
        }
        self.stored_condition(&format!("{at}.condition"), rule.condition.as_deref());
        self.code(&format!("{at}.code"), &rule.code);
        self.message(&format!("{at}.message"), &rule.message);
    }

    fn limit(&mut self, at: &str, rule: &Limit) {
        self.compared(&format!("{at}.fields"), &rule.fields);
        let scale = match &rule.sum {
            None => Some(0),
            Some(key) => self.number(&format!("{at}.sum"), key).and_then(|field| field.kind.scale()),
        };
        let exact = |scale: u8| rule.at_most.rescale(scale).is_ok_and(|bound| Decimal::eq(&bound, &rule.at_most));
        if let Some(scale) = scale.filter(|scale| !exact(*scale)) {
            let detail = format!("the bound has at most {scale} digits after the point, as what it bounds");
            self.wrong("field.range", &format!("{at}.at_most"), detail).push_param("scale", i64::from(scale));
        }
        self.stored_condition(&format!("{at}.condition"), rule.condition.as_deref());
        self.code(&format!("{at}.code"), &rule.code);
        self.message(&format!("{at}.message"), &rule.message);
    }

    fn adjustment(&mut self, at: &str, rule: &Adjustment) {
        self.label(&format!("{at}.label"), &rule.label);
        if rule.fields.is_empty() || rule.fields.len() > MAX_FIELDS {
            self.wrong("field.range", &format!("{at}.fields"), format!("1 to {MAX_FIELDS} numbers move at once"));
        }
        let mut seen = HashSet::new();
        for (place, moved) in rule.fields.iter().enumerate() {
            let here = format!("{at}.fields.{place}.field");
            if !seen.insert(&moved.field) {
                self.wrong("field.not_unique", &here, format!("`{}` stands twice", moved.field));
            }
            if self.number(&here, &moved.field).is_some_and(|field| field.computed.is_some()) {
                self.wrong("field.type", &here, format!("`{}` is computed, so nothing else can move it", moved.field));
            }
        }
        if let Some(guard) = &rule.guard {
            self.stored_condition(&format!("{at}.guard.condition"), Some(&guard.condition));
            self.guard_words(&format!("{at}.guard"), guard);
        }
    }

    fn unique(&mut self, at: &str, unique: &UniqueConstraint, twice: bool) {
        if unique.fields.is_empty() {
            self.wrong("field.required", &format!("{at}.fields"), "name the fields in which no two records may agree".into());
        }
        if twice {
            self.wrong("field.not_unique", at, "the same fields stand twice under the same code".into());
        }
        self.compared(&format!("{at}.fields"), &unique.fields);
        if let Some(condition) = &unique.condition
            && let Err(found) = check_unique_condition(condition, &self.snapshot.schema, self.object)
        {
            self.problems.extend(found.into_iter().map(|p| p.on(format!("{at}.condition"))));
        }
        if unique.code != NOT_UNIQUE {
            self.own_code(&format!("{at}.code"), &unique.code, NOT_UNIQUE);
        }
    }

    fn index(&mut self, at: &str, index: &Index, twice: bool) {
        if !(2..=MAX_INDEXED).contains(&index.fields.len()) {
            let detail = format!("an index over several fields has 2 to {MAX_INDEXED}; for one field alone the field itself is indexed");
            self.wrong("field.range", &format!("{at}.fields"), detail);
        }
        if twice {
            self.wrong("field.not_unique", at, "the same fields stand twice".into());
        }
        self.compared(&format!("{at}.fields"), &index.fields);
        for (place, key) in index.fields.iter().enumerate() {
            let wide = self.object.field(key).filter(|field| is_comparable(field) && !may_be_indexed(&field.kind));
            if wide.is_some() {
                self.wrong("field.type", &format!("{at}.fields.{place}"), format!("`{key}` is too long for an index"));
            }
        }
    }

    /// A condition that is asked when a record is saved: it may go over references and look at lines.
    fn rule_condition(&mut self, at: &str, text: &str) {
        if let Err(found) = Condition::check(text, &self.snapshot.schema, self.object, self.zone) {
            self.problems.extend(found.into_iter().map(|p| p.on(at)));
        }
    }

    /// A condition that the database asks of stored rows, beside others that are being written: their own fields only, and no clock.
    fn stored_condition(&mut self, at: &str, text: Option<&str>) {
        let Some(text) = text else { return };
        let schema = &self.snapshot.schema;
        let syntax = match parse(text) {
            Ok(syntax) => syntax,
            Err(problem) => return self.problems.push(problem.on(at)),
        };
        let mut found = Vec::new();
        for (position, name) in changing(&syntax) {
            let detail = format!("it is asked of stored records at any time, so it cannot use `{name}`");
            found.push(Problem::error("filter.not_pushable", detail).at(position).with("reason", "not_deterministic").with("name", name));
        }
        for (position, path) in leaving(&syntax, self.object) {
            let detail = format!("it reads the fields of the record alone, not `{path}`");
            found.push(Problem::error("filter.not_pushable", detail).at(position).with("reason", "reference").with("name", path));
        }
        match check_condition(&syntax, &timeless(schema, self.object, self.zone)) {
            Ok(expr) => {
                let keys = fields_of(&expr);
                let single = |key: &String| self.object.field(key).is_some_and(|field| field.is_stored() && !field.kind.is_list());
                found.extend(keys.into_iter().filter(|key| !single(key)).map(|key| {
                    let detail = format!("it reads single values, which `{key}` is not");
                    Problem::error("filter.not_pushable", detail).with("reason", "list").with("name", key)
                }));
            }
            Err(problems) if found.is_empty() => found = problems,
            Err(_) => {}
        }
        self.problems.extend(found.into_iter().map(|p| p.on(at)));
    }

    fn guard_words(&mut self, at: &str, guard: &Guard) {
        self.code(&format!("{at}.code"), &guard.code);
        self.message(&format!("{at}.message"), &guard.message);
    }

    fn keys(&mut self, keys: &[(String, &str)]) {
        for (place, (at, key)) in keys.iter().enumerate() {
            self.key(at, key);
            if keys[..place].iter().any(|(_, other)| other == key) {
                self.wrong("field.not_unique", at, format!("`{key}` stands twice"));
            }
        }
    }

    /// Names of rules and actions stand in URLs and in codes that are sent back.
    fn key(&mut self, at: &str, key: &str) {
        let plain = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || key.len() > 40 || !key.starts_with(|c: char| c.is_ascii_lowercase()) {
            self.wrong(
                "field.range",
                at,
                "a name is small letters, digits and _, begins with a letter and has at most 40 characters".into(),
            );
        }
    }

    fn code(&mut self, at: &str, code: &str) {
        if code != RULE_FAILED {
            self.own_code(at, code, RULE_FAILED);
        }
    }

    fn own_code(&mut self, at: &str, code: &str, default: &str) {
        let plain = |rest: &str| {
            rest.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        };
        if !code.strip_prefix("x.").is_some_and(plain) || code.len() > 60 {
            let detail = format!("a code is `{default}`, or `x.` and then small letters, digits, _ and points");
            self.wrong("field.range", at, detail).push_param("value", code);
        }
    }

    fn message(&mut self, at: &str, message: &Label) {
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= MAX_MESSAGE && !text.chars().any(char::is_control);
        if !fits(&message.zh) || !fits(&message.en) {
            self.wrong("field.required", at, format!("a message has 1 to {MAX_MESSAGE} characters in zh-CN or en"));
        }
    }

    fn label(&mut self, at: &str, label: &Label) {
        self.problems.extend(super::super::check_label(label).err().map(|p| p.on(at)));
    }

    fn state(&mut self, at: &str, state: &str, states: &[String]) {
        if !states.iter().any(|known| known == state) {
            self.wrong("field.option", at, format!("there is no state `{state}`")).push_param("value", state);
        }
    }

    /// Fields in which records are compared.
    fn compared(&mut self, at: &str, keys: &[String]) {
        if keys.len() > MAX_FIELDS {
            self.wrong("field.range", at, format!("at most {MAX_FIELDS} fields"));
        }
        for (place, key) in keys.iter().enumerate() {
            let here = format!("{at}.{place}");
            if keys[..place].contains(key) {
                self.wrong("field.not_unique", &here, format!("`{key}` stands twice"));
            }
            let Some(field) = self.field(&here, key) else { continue };
            if !is_comparable(&field) {
                self.wrong("field.type", &here, format!("records cannot be compared by a {}", field.kind.name()));
            }
        }
    }

    fn moment(&mut self, at: &str, key: &str) -> Option<Field> {
        let field = self.field(at, key)?;
        if matches!(field.kind, FieldKind::Date | FieldKind::DateTime) {
            return Some(field);
        }
        self.wrong("field.type", at, format!("an interval begins and ends with a date or an instant, `{key}` is a {}", field.kind.name()))
            .push_param("expected", "date");
        None
    }

    fn number(&mut self, at: &str, key: &str) -> Option<Field> {
        let field = self.field(at, key)?;
        if is_number(&field.kind) {
            return Some(field);
        }
        self.wrong("field.type", at, format!("`{key}` is a {}, no number", field.kind.name())).push_param("expected", "number");
        None
    }

    fn field(&mut self, at: &str, key: &str) -> Option<Field> {
        let field = self.object.field(key).cloned();
        if field.is_none() {
            let detail = format!("`{}` has no field `{key}`", self.object.key);
            self.wrong("field.unknown", at, detail).push_param("name", key);
        }
        field
    }

    fn wrong(&mut self, code: &str, at: &str, detail: String) -> &mut Problem {
        self.problems.push(Problem::error(code, detail).on(at));
        self.problems.last_mut().expect("one was just added")
    }
}

/// Adds a part to a problem that already stands in a list.
trait PushParam {
    fn push_param(&mut self, name: &str, value: impl Into<guanxi_core::Value>);
}

impl PushParam for Problem {
    fn push_param(&mut self, name: &str, value: impl Into<guanxi_core::Value>) {
        self.params.push((name.to_owned(), value.into()));
    }
}

/// Two records can be told to agree in it, by the database.
fn is_comparable(field: &Field) -> bool {
    field.is_stored() && !field.kind.is_list() && !matches!(field.kind, FieldKind::LongText | FieldKind::Json)
}
