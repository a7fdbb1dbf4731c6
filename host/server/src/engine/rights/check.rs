//! What a role must be before it is kept: every word in it means something in this tenant, and nobody hands out more than they have.

use guanxi_core::Problem;
use guanxi_core::meta::{Object, STAGES_SUFFIX};
use guanxi_core::policy::{ANY_OBJECT, AREAS, FieldRight, Function, Role, check_rule_text, is_maskable};
use guanxi_core::text::is_line;

use super::super::save::children::POSITION;
use super::super::{Ctx, read};

/// The longest name of a role, in characters.
const LONGEST_NAME: usize = 80;
/// The longest description or duty.
const LONGEST_TEXT: usize = 2_000;
/// The most duties of a role.
const MOST_DUTIES: usize = 50;
/// The greatest `min_group`: a larger one would withhold every figure.
const LARGEST_GROUP: u32 = 1_000;

/// All that is wrong with a role by itself.
pub(super) fn role(ctx: &Ctx, role: &Role) -> Vec<Problem> {
    let mut problems = Vec::new();
    let range = |field: &str, detail: String| Problem::error("field.range", detail).on(field);
    if !is_key(&role.key) {
        let detail = format!("{:?} is no key of a role: small letters, digits and _, beginning with a letter, 2 to 40 of them", role.key);
        problems.push(range("key", detail));
    }
    let is_name = |text: &str| is_line(text, LONGEST_NAME);
    if !is_name(&role.label.zh) || !(role.label.en.is_empty() || is_name(&role.label.en)) {
        problems.push(range("label", format!("a role's name is one line of 1 to {LONGEST_NAME} characters")));
    }
    let wrong = |text: &str| text.chars().count() > LONGEST_TEXT || text.chars().any(|c| c.is_control() && !c.is_whitespace());
    let texts = role.duties.iter().chain([&role.description]);
    if texts.clone().any(|text| wrong(&text.zh) || wrong(&text.en)) || role.duties.len() > MOST_DUTIES {
        let detail = format!("a role has at most {MOST_DUTIES} duties, and a text at most {LONGEST_TEXT} characters");
        problems.push(range("description", detail));
    }
    if role.min_group.is_some_and(|least| !(1..=LARGEST_GROUP).contains(&least)) {
        problems.push(range("min_group", format!("`min_group` is a number from 1 to {LARGEST_GROUP}")));
    }
    for key in role.grants.keys().chain(role.rules.keys()) {
        if key != ANY_OBJECT && !AREAS.contains(&key.as_str()) && object(ctx, key).is_none() {
            problems.push(unknown_object(key, &format!("grants.{key}")));
        }
    }
    for (key, rules) in &role.rules {
        for (function, text) in rules {
            problems.extend(rule(ctx, key, *function, text));
        }
    }
    for (key, fields) in &role.fields {
        let Some(object) = object(ctx, key) else {
            problems.push(unknown_object(key, &format!("fields.{key}")));
            continue;
        };
        for (field, right) in fields {
            problems.extend(field_right(&object, field, *right));
        }
    }
    for special in &role.special {
        if special.name().contains('.') && matches!(special, guanxi_core::policy::Special::Named(_)) && !declared(ctx, special.name()) {
            let detail = format!("there is no special right {:?}", special.name());
            problems.push(Problem::error("field.option", detail).on("special").with("value", special.name()));
        }
    }
    problems
}

/// A plugin's prefix stands before the dot of its rights.
fn declared(ctx: &Ctx, name: &str) -> bool {
    let prefix = name.split('.').next().unwrap_or_default();
    ctx.snapshot.plugins.iter().any(|plugin| plugin.manifest.prefix == prefix)
}

/// Objects that an administrator hid may be named: they may come back.
fn object(ctx: &Ctx, key: &str) -> Option<std::sync::Arc<Object>> {
    ctx.snapshot.schema.all().find(|object| object.key == key && !key.ends_with(STAGES_SUFFIX)).cloned()
}

fn unknown_object(key: &str, place: &str) -> Problem {
    Problem::error("field.option", format!("there is no object {key:?}")).on(place).with("value", key)
}

/// A rule is a condition that a database can answer, about an object that has a name.
fn rule(ctx: &Ctx, key: &str, function: Function, text: &str) -> Vec<Problem> {
    let place = format!("grants.{key}.{}", function.name());
    let Some(object) = object(ctx, key) else {
        return vec![Problem::error("rule.failed", "a rule needs an object of its own").on(place)];
    };
    let found = check_rule_text(text, &read::bindings(ctx, &object)).err().unwrap_or_default();
    found.into_iter().map(|problem| problem.on(place.clone())).collect()
}

fn field_right(object: &Object, key: &str, right: FieldRight) -> Option<Problem> {
    let place = format!("fields.{}.{key}", object.key);
    let Some(field) = object.fields.iter().find(|field| field.key == key) else {
        return Some(Problem::error("field.unknown", format!("`{}` has no field `{key}`", object.key)).on(place).with("value", key));
    };
    let structural = field.is_system() || object.parent.as_deref() == Some(key) || (object.parent.is_some() && key == POSITION);
    if structural {
        return Some(
            Problem::error("rule.failed", format!("everybody who sees a record sees `{key}`")).on(place).with("rule", "role.field"),
        );
    }
    if matches!(right, FieldRight::Mask | FieldRight::Pseudonym) && !is_maskable(&field.kind) {
        let detail = format!("`{key}` is {}, and only texts can be masked or get a pseudonym", field.kind.name());
        return Some(Problem::error("field.type", detail).on(place).with("type", field.kind.name()));
    }
    None
}

/// The form of a role's key.
fn is_key(text: &str) -> bool {
    let tail = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (2..=40).contains(&text.len()) && text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(tail)
}

/// What somebody without the administrator's role may not give to others: that role, rights of administration and special rights that they
/// do not have themselves.
pub(in crate::engine) fn handed_out(ctx: &Ctx, role: &Role, known: Option<&Role>) -> Option<Problem> {
    if ctx.actor.is_administrator() {
        return None;
    }
    let more = |area: &str| role.grants.get(area).is_some_and(|granted| granted.keys().any(|function| !ctx.actor.manages(area, *function)));
    let beyond = role.administrator
        || known.is_some_and(|known| known.administrator)
        || AREAS.iter().any(|area| more(area))
        || role.special.iter().any(|special| !ctx.actor.has(special));
    beyond.then(|| Problem::error("permission.denied", "nobody hands out rights of administration that they do not have").on("grants"))
}
