//! The matrix of objects and functions: how a role is shown in it, and how it is read back.

use std::collections::BTreeMap;

use guanxi_core::policy::{ADMINISTRATOR, ANY_OBJECT, AREAS, Function, Role, Scope, kept_by};

use super::objects;
use crate::texts::{Texts, t};
use crate::ui::components::control::Choice;
use crate::ui::components::matrix::{Cell, Matrix, MatrixRow};
use crate::ui::visit::{Posted, Visit};

/// Rights of one row.
type Rights = BTreeMap<Function, Scope>;

/// The functions of administration.
const AREA_FUNCTIONS: [Function; 4] = [Function::View, Function::Create, Function::Edit, Function::Delete];
/// The parameter that names the objects with a row of their own.
const NAMED: &str = "named";

/// The role as a matrix; `chosen` are the choices to be shown, where they are not yet the role's own.
pub(super) fn matrix(visit: &Visit, role: &Role) -> Matrix {
    let texts = t(visit.locale());
    let columns = Function::ALL.map(|function| texts.function(function).to_owned()).to_vec();
    let others = MatrixRow {
        label: texts.any_object().into(),
        hint: String::new(),
        own: None,
        cells: Function::ALL.map(|function| cell(texts, role, ANY_OBJECT, function)).to_vec(),
    };
    let rows = objects(visit).map(|object| MatrixRow {
        label: object.label.get(visit.locale()).to_owned(),
        hint: object.key.clone(),
        own: Some((NAMED.into(), object.key.clone(), is_named(role, &object.key))),
        cells: Function::ALL.map(|function| cell(texts, role, &object.key, function)).to_vec(),
    });
    let mut all = vec![others];
    all.extend(rows);
    let areas = AREAS.map(|area| MatrixRow {
        label: area_words(texts, area).into(),
        hint: String::new(),
        own: None,
        cells: Function::ALL.map(|function| area_cell(texts, role, area, function)).to_vec(),
    });
    Matrix {
        label: texts.role_matrix().into(),
        rows_label: texts.of_object().into(),
        columns,
        groups: vec![(String::new(), all), (texts.role_administration().into(), areas.to_vec())],
        read_only: role.key == ADMINISTRATOR || role.administrator || visit.ctx.is_viewing(),
    }
}

/// The role with what the form says of the objects that it shows; everything else stays.
pub(super) fn read(visit: &Visit, posted: &Posted, role: &mut Role) {
    let named: Vec<&str> = posted.all(NAMED).collect();
    let keys = objects(visit).map(|object| (object.key.as_str(), named.contains(&object.key.as_str())));
    let areas = AREAS.iter().map(|area| (*area, true));
    for (key, own) in keys.chain([(ANY_OBJECT, true)]).chain(areas) {
        let rights: Rights =
            Function::ALL.into_iter().filter_map(|function| Some((function, Scope::parse(posted.get(&name(key, function)))?))).collect();
        // A ticked object without any right is one on which the role may do nothing; the others follow.
        let is_object = key != ANY_OBJECT && !AREAS.contains(&key);
        if own && (is_object || !rights.is_empty()) {
            role.grants.insert(key.to_owned(), rights);
        } else {
            role.grants.remove(key);
        }
    }
}

/// The object does not follow the others.
pub(super) fn is_named(role: &Role, object: &str) -> bool {
    role.grants.contains_key(object) || role.rules.contains_key(object)
}

fn name(object: &str, function: Function) -> String {
    format!("r.{object}.{}", function.name())
}

fn cell(texts: Texts, role: &Role, object: &str, function: Function) -> Cell {
    let writes = matches!(function, Function::Create | Function::Edit | Function::Delete | Function::Import);
    if kept_by(object).is_some() && writes {
        return Cell::Fixed(texts.special_right_needed().into());
    }
    let mut choices = vec![Choice::new("", "—")];
    choices.extend(Scope::EVERY.map(|scope| Choice::new(scope.name(), short(texts, scope))));
    let grant = role.grant(object, function);
    let value = grant.and_then(|grant| grant.scope).map_or("", Scope::name).to_owned();
    let mark = grant.and_then(|grant| grant.rule).map(|_| texts.rule_mark().to_owned());
    Cell::Choice { name: name(object, function), choices, value, mark }
}

fn area_cell(texts: Texts, role: &Role, area: &str, function: Function) -> Cell {
    if !AREA_FUNCTIONS.contains(&function) {
        return Cell::Fixed(String::new());
    }
    let choices = vec![Choice::new("", "—"), Choice::new(Scope::All.name(), texts.area_allowed())];
    let value = role.grant(area, function).map_or("", |_| Scope::All.name()).to_owned();
    Cell::Choice { name: name(area, function), choices, value, mark: None }
}

fn area_words(texts: Texts, area: &str) -> &'static str {
    match area {
        "meta" => texts.area_meta(),
        "plugin" => texts.area_plugin(),
        _ => texts.area_role(),
    }
}

/// A reach in as few letters as a cell has.
fn short(texts: Texts, scope: Scope) -> &'static str {
    match scope {
        Scope::Department => texts.scope_short_department(),
        Scope::DepartmentBelow => texts.scope_short_below(),
        other => texts.scope(other),
    }
}
