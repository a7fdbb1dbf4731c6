//! What an actor's roles mean with the metadata of this moment: rules checked, rights of fields put together.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::actor::{Actor, Bound};
use super::decide::anchor;
use super::right::{FieldRight, Function};
use super::role::Role;
use crate::Problem;
use crate::expr::{Bindings, Expr, check_condition, check_formula, parse, paths_of};
use crate::meta::{Computed, FieldKind, Object, STAGES_SUFFIX, Schema};

/// A rule of a role, checked. It may ask everything that a filter may.
pub fn check_rule_text(text: &str, bindings: &Bindings<'_>) -> Result<Expr, Vec<Problem>> {
    let syntax = parse(text).map_err(|problem| vec![problem])?;
    check_condition(&syntax, bindings)
}

/// Works out what the actor's roles mean. `bindings` gives the names of an expression over an object; only objects with rules are asked.
pub fn bind<'a>(schema: &'a Schema, actor: &Actor, bindings: impl Fn(&'a Object) -> Bindings<'a>) -> Bound {
    let mut bound = Bound::default();
    if actor.system {
        return bound;
    }
    for role in actor.roles.iter().filter(|role| !role.administrator) {
        for (key, rules) in &role.rules {
            let Some(object) = schema.object(key) else { continue };
            for text in rules.values() {
                let name = (key.clone(), text.clone());
                if bound.rules.contains_key(&name) {
                    continue;
                }
                let names = bindings(object);
                bound.at = names.now;
                if let Ok(expr) = check_rule_text(text, &names) {
                    bound.rules.insert(name, Arc::new(expr));
                }
            }
        }
    }
    if !actor.is_administrator() && actor.roles.iter().any(|role| !role.fields.is_empty()) {
        bound.fields = field_rights(schema, actor, bindings);
    }
    bound
}

impl Bound {
    /// The same at a moment.
    #[must_use]
    pub fn at(self, at: chrono::DateTime<chrono::Utc>) -> Self {
        Self { at, ..self }
    }
}

fn field_rights<'a>(
    schema: &'a Schema,
    actor: &Actor,
    bindings: impl Fn(&'a Object) -> Bindings<'a>,
) -> HashMap<String, HashMap<String, FieldRight>> {
    let mut rights: HashMap<String, HashMap<String, FieldRight>> = HashMap::new();
    let mut set = |object: &str, field: &str, right: FieldRight| {
        if right < FieldRight::Edit {
            rights.entry(object.to_owned()).or_default().insert(field.to_owned(), right);
        }
    };
    for object in schema.all().filter(|object| !object.key.ends_with(STAGES_SUFFIX)) {
        let deciding = Deciding::new(schema, actor, &object.key);
        let all = deciding.show.iter().chain(&deciding.write);
        let named: BTreeSet<&String> = all.filter_map(|role| role.fields.get(&object.key)).flat_map(|fields| fields.keys()).collect();
        for field in named {
            set(&object.key, field, deciding.right(&object.key, field));
        }
    }
    follow_computed(schema, actor, &bindings, &mut rights);
    for object in schema.all() {
        let Some(tracked) = object.tracked.as_deref() else { continue };
        // A stage history keeps the amount of its time.
        if rights.get(&object.key).and_then(|fields| fields.get("amount")).is_some_and(|right| !right.is_plain()) {
            rights.entry(object.stages_key()).or_default().insert("amount".into(), FieldRight::None);
        }
        // Who may not know a state may not know when it changed, either.
        if rights.get(&object.key).and_then(|fields| fields.get(tracked)).is_some_and(|right| !right.is_plain()) {
            let stages = rights.entry(object.stages_key()).or_default();
            let told = schema.all().filter(|stage| stage.key == object.stages_key()).flat_map(|stage| &stage.fields);
            stages.extend(told.filter(|f| f.key != "id" && f.key != "record").map(|f| (f.key.clone(), FieldRight::None)));
        }
    }
    rights
}

/// The roles whose words about the fields of an object count.
struct Deciding<'a> {
    /// Those that show its records; where none does, those that compute figures over them or make them.
    show: Vec<&'a Role>,
    /// Those that change or make records.
    write: Vec<&'a Role>,
}

impl<'a> Deciding<'a> {
    fn new(schema: &Schema, actor: &'a Actor, object: &str) -> Self {
        let Some(key) = anchor(schema, object) else { return Self { show: Vec::new(), write: Vec::new() } };
        let having = |functions: &[Function]| -> Vec<&'a Role> {
            let grants = |role: &Role| functions.iter().any(|function| role.grant(&key, *function).is_some());
            actor.roles.iter().map(AsRef::as_ref).filter(|role| grants(role)).collect()
        };
        let mut show = having(&[Function::View]);
        if show.is_empty() {
            show = having(&[Function::Aggregate, Function::Create, Function::Edit]);
        }
        Self { show, write: having(&[Function::Create, Function::Edit]) }
    }

    /// The most permissive of what is said: about reading by the roles that show records, about changing by those that change them. What may
    /// not be known is not changed.
    fn right(&self, object: &str, field: &str) -> FieldRight {
        let read = self.show.iter().map(|role| role.field(object, field).min(FieldRight::Read)).max().unwrap_or(FieldRight::None);
        let edit = self.write.iter().any(|role| role.field(object, field) == FieldRight::Edit);
        if read.is_plain() && edit { FieldRight::Edit } else { read }
    }
}

/// (object, field) pairs that a computed field is made of.
type FieldsRead = Vec<(String, String)>;

/// What is computed from something that the actor may not know is not known either, unless a role names the computed field itself.
fn follow_computed<'a>(
    schema: &'a Schema,
    actor: &Actor,
    bindings: &impl Fn(&'a Object) -> Bindings<'a>,
    rights: &mut HashMap<String, HashMap<String, FieldRight>>,
) {
    let mut computed: Vec<(&str, &str, FieldsRead)> = Vec::new();
    for object in schema.all() {
        for field in &object.fields {
            let named = actor.roles.iter().any(|role| role.fields.get(&object.key).is_some_and(|fields| fields.contains_key(&field.key)));
            let reads = match &field.computed {
                _ if named => continue,
                Some(Computed::Formula { expression }) => formula_reads(expression, &bindings(object)),
                Some(Computed::RollUp(roll_up)) => {
                    let condition = roll_up.condition.as_deref().and_then(|text| {
                        let target = schema.all().find(|o| o.key == roll_up.object)?;
                        Some(formula_reads(text, &bindings(target)))
                    });
                    let own = roll_up.field.iter().chain([&roll_up.reference]).map(|field| (roll_up.object.clone(), field.clone()));
                    own.chain(lines_of(object, &roll_up.object)).chain(condition.unwrap_or_default()).collect()
                }
                _ => continue,
            };
            computed.push((&object.key, &field.key, reads));
        }
    }
    // Each round takes away at least one field, so that chains and cycles end.
    loop {
        let unknown = |(object, field): &(String, String)| {
            rights.get(object).and_then(|fields| fields.get(field)).is_some_and(|right| !right.is_plain())
        };
        let open = |object: &str, field: &str| rights.get(object).and_then(|f| f.get(field)).is_none_or(|right| right.is_plain());
        let found: Vec<(String, String)> = computed
            .iter()
            .filter(|(object, field, reads)| open(object, field) && reads.iter().any(unknown))
            .map(|(object, field, _)| ((*object).to_owned(), (*field).to_owned()))
            .collect();
        if found.is_empty() {
            return;
        }
        for (object, field) in found {
            rights.entry(object).or_default().insert(field, FieldRight::None);
        }
    }
}

/// The fields of an object that hold lines of another one: what is rolled up from lines is not known where the lines are not.
fn lines_of(object: &Object, child: &str) -> FieldsRead {
    let holds = |kind: &FieldKind| matches!(kind, FieldKind::Children { target } if target == child);
    object.fields.iter().filter(|field| holds(&field.kind)).map(|field| (object.key.clone(), field.key.clone())).collect()
}

/// The fields that a formula or a condition reads, references on the way included.
fn formula_reads(text: &str, bindings: &Bindings<'_>) -> Vec<(String, String)> {
    let Ok(syntax) = parse(text) else { return Vec::new() };
    let expr = check_formula(&syntax, bindings).map(|(expr, _)| expr).or_else(|_| crate::expr::check_rule(&syntax, bindings));
    let Ok(expr) = expr else { return Vec::new() };
    let mut reads = Vec::new();
    for path in paths_of(&expr) {
        reads.extend(path.hops.iter().map(|hop| (hop.object.clone(), hop.field.clone())));
        reads.push((path.object.clone(), path.field.clone()));
    }
    reads
}
