//! What uses a field: shown before it is hidden, dropped or given another type.

use guanxi_core::expr::{Syntax, SyntaxKind, parse};
use guanxi_core::meta::{Computed, Field, FieldKind, Object, Origin, Schema};
use guanxi_sandbox::Manifest;

use super::administrator;
use crate::engine::{Ctx, Engine, Outcome, Refusal};

/// A place that uses a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldUse {
    /// `formula`, `roll_up`, `condition`, `validation`, `machine`, `no_overlap`, `limit`, `adjustment`, `index`, `unique`, `title`, `tracked`,
    /// `parent`, or of a plugin `declared`, `hook`, `reads`, `writes`, `seed`, `title`.
    pub kind: &'static str,
    /// The object that declares the place.
    pub object: String,
    /// The field, rule or plugin.
    pub name: String,
    /// The field cannot be hidden, dropped or given another type while this is there.
    pub blocks: bool,
}

impl FieldUse {
    /// `formula x_project.x_total`.
    pub(super) fn text(&self) -> String {
        format!("{} {}.{}", self.kind, self.object, self.name)
    }
}

impl Engine {
    /// Every place that uses a field.
    pub async fn field_uses(&self, ctx: &Ctx, object: &str, key: &str) -> Outcome<Vec<FieldUse>> {
        administrator(ctx)?;
        let found = ctx.snapshot.schema.all().find(|one| one.key == object).cloned();
        let found = found.ok_or_else(|| Refusal::not_found(&format!("object `{object}`")))?;
        let field = found.fields.iter().find(|f| f.key == key).ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))?;
        self.uses_of(ctx, &found, field).await
    }

    pub(super) async fn uses_of(&self, ctx: &Ctx, object: &Object, field: &Field) -> Outcome<Vec<FieldUse>> {
        let mut uses = Vec::new();
        for place in ctx.snapshot.schema.all().filter(|place| !place.read_only) {
            let mut seeker = Seeker { schema: &ctx.snapshot.schema, place, object: &object.key, field: &field.key, uses: &mut uses };
            seeker.fields();
            seeker.rules();
            if place.key == object.key {
                seeker.shape();
            }
        }
        for plugin in &ctx.snapshot.plugins {
            plugin_uses(&plugin.manifest, &object.key, &field.key, &mut uses);
        }
        Ok(uses)
    }
}

/// Looks through what one object declares.
struct Seeker<'a> {
    schema: &'a Schema,
    place: &'a Object,
    object: &'a str,
    field: &'a str,
    uses: &'a mut Vec<FieldUse>,
}

impl Seeker<'_> {
    fn note(&mut self, kind: &'static str, name: &str, found: bool) {
        if found {
            let new = FieldUse { kind, object: self.place.key.clone(), name: name.to_owned(), blocks: true };
            if !self.uses.contains(&new) {
                self.uses.push(new);
            }
        }
    }

    fn own(&self, key: &str) -> bool {
        self.place.key == self.object && key == self.field
    }

    fn reads(&self, text: &str) -> bool {
        parse(text).is_ok_and(|syntax| reads(&syntax, self.schema, self.place, self.object, self.field))
    }

    fn any(&self, texts: &[&Option<String>]) -> bool {
        texts.iter().filter_map(|text| text.as_deref()).any(|text| self.reads(text))
    }

    fn fields(&mut self) {
        let place = self.place;
        // A field's own conditions go and come with it.
        let (object, field) = (self.object, self.field);
        for one in place.fields.iter().filter(|f| !f.hidden && (place.key != object || f.key != field)) {
            match &one.computed {
                Some(Computed::Formula { expression }) => self.note("formula", &one.key, self.reads(expression)),
                Some(Computed::RollUp(roll_up)) => {
                    let direct =
                        roll_up.object == self.object && (roll_up.reference == self.field || roll_up.field.as_deref() == Some(self.field));
                    let source = self.schema.all().find(|o| o.key == roll_up.object).cloned();
                    let asked = roll_up.condition.as_deref().and_then(|text| parse(text).ok()).zip(source);
                    let asked = asked.is_some_and(|(syntax, source)| reads(&syntax, self.schema, &source, self.object, self.field));
                    self.note("roll_up", &one.key, direct || asked);
                }
                Some(Computed::Sequence { .. }) | None => {}
            }
            let conditions = [&one.conditions.show, &one.conditions.require, &one.conditions.read_only];
            self.note("condition", &one.key, self.any(&conditions));
        }
    }

    fn rules(&mut self) {
        let place = self.place;
        let rules = &place.rules;
        let named = |seeker: &Self, keys: &[String]| keys.iter().any(|key| seeker.own(key));
        for rule in &rules.validations {
            let beside = rule.field.as_deref().is_some_and(|key| self.own(key));
            self.note("validation", &rule.key, beside || self.reads(&rule.condition));
        }
        if let Some(machine) = &rules.machine {
            self.note("machine", &machine.field, self.own(&machine.field));
            for transition in &machine.transitions {
                let guard = transition.guard.as_ref().is_some_and(|guard| self.reads(&guard.condition));
                self.note("machine", &transition.action, guard);
            }
        }
        for rule in &rules.no_overlaps {
            let found = named(self, &rule.fields) || self.own(&rule.from) || self.own(&rule.to) || self.any(&[&rule.condition]);
            self.note("no_overlap", &rule.key, found);
        }
        for rule in &rules.limits {
            let found = named(self, &rule.fields) || rule.sum.as_deref().is_some_and(|key| self.own(key)) || self.any(&[&rule.condition]);
            self.note("limit", &rule.key, found);
        }
        for rule in &rules.adjustments {
            let moved = rule.fields.iter().any(|one| self.own(&one.field));
            let guard = rule.guard.as_ref().is_some_and(|guard| self.reads(&guard.condition));
            self.note("adjustment", &rule.key, moved || guard);
        }
        for index in &rules.indexes {
            self.note("index", &index.fields.join(","), named(self, &index.fields));
        }
        for unique in &place.uniques {
            self.note("unique", &unique.fields.join(","), named(self, &unique.fields) || self.any(&[&unique.condition]));
        }
    }

    fn shape(&mut self) {
        let place = self.place;
        let is = |key: Option<&str>| key == Some(self.field);
        let (title, tracked, parent) = (is(Some(&place.title)), is(place.tracked.as_deref()), is(place.parent.as_deref()));
        for (kind, found) in [("title", title), ("tracked", tracked), ("parent", parent)] {
            self.note(kind, self.field, found);
        }
    }
}

/// What a plugin's manifest says of a field. The plugin's own fields are guarded as such; those of others it may have to do without.
fn plugin_uses(manifest: &Manifest, object: &str, field: &str, uses: &mut Vec<FieldUse>) {
    let own = manifest.owns_object(object) || manifest.fields.iter().any(|added| added.object == object && added.field.key == field);
    let mut note = |kind, found: bool| {
        if found {
            uses.push(FieldUse { kind, object: object.to_owned(), name: manifest.id.clone(), blocks: false });
        }
    };
    note("declared", own);
    note("hook", manifest.hooks.iter().any(|hook| hook.object == object && hook.fields().any(|key| key == field)));
    note("reads", manifest.capabilities.reads.iter().any(|access| access.allows(object, field)));
    note("writes", manifest.capabilities.writes.iter().any(|access| access.allows(object, field)));
    let sets = manifest.seed.iter().chain(&manifest.sample).filter(|set| set.object == object);
    note("seed", sets.flat_map(|set| &set.rows).any(|row| row.contains_key(field)));
    note("title", manifest.objects.iter().any(|one| one.key == object && one.title == field));
}

/// Whether an expression over `place` reads `object.field`, over references and inside of lines too.
fn reads(syntax: &Syntax, schema: &Schema, place: &Object, object: &str, field: &str) -> bool {
    // Long chains of && lean to the left, so the tree is walked with a list instead of the call stack.
    let mut open: Vec<(&Syntax, Vec<(String, String)>)> = vec![(syntax, Vec::new())];
    while let Some((part, lines)) = open.pop() {
        match &part.kind {
            SyntaxKind::Path(names) => {
                let mut at = place.key.clone();
                let mut rest = names.as_slice();
                if let Some((_, child)) = names.first().and_then(|first| lines.iter().rev().find(|(variable, _)| variable == first)) {
                    at.clone_from(child);
                    rest = &names[1..];
                }
                for name in rest {
                    if at == object && name == field {
                        return true;
                    }
                    match target_of(schema, &at, name) {
                        Some(next) => at = next,
                        None => break,
                    }
                }
            }
            SyntaxKind::List(items) => open.extend(items.iter().map(|item| (item, lines.clone()))),
            SyntaxKind::Not(inner) | SyntaxKind::Negate(inner) => open.push((inner, lines)),
            SyntaxKind::Binary(_, left, right) => open.extend([(left.as_ref(), lines.clone()), (right.as_ref(), lines)]),
            SyntaxKind::Conditional(condition, yes, no) => {
                open.extend([(condition.as_ref(), lines.clone()), (yes.as_ref(), lines.clone()), (no.as_ref(), lines)]);
            }
            SyntaxKind::Call(target, _, arguments) => {
                let mut inside = lines.clone();
                if let (Some(SyntaxKind::Path(names)), Some(SyntaxKind::Path(variable))) =
                    (target.as_deref().map(|t| &t.kind), arguments.first().map(|a| &a.kind))
                    && let ([name], [variable]) = (names.as_slice(), variable.as_slice())
                    && let Some(child) = target_of(schema, &place.key, name)
                    && arguments.len() > 1
                {
                    inside.push((variable.clone(), child));
                }
                open.extend(arguments.iter().map(|argument| (argument, inside.clone())));
                open.extend(target.as_deref().map(|target| (target, lines)));
            }
            SyntaxKind::Null | SyntaxKind::Bool(_) | SyntaxKind::Number(_) | SyntaxKind::Text(_) => {}
        }
    }
    false
}

/// Where a reference or children field leads.
fn target_of(schema: &Schema, object: &str, field: &str) -> Option<String> {
    let object = schema.all().find(|one| one.key == object)?;
    let field = object.fields.iter().find(|f| f.key == field)?;
    match &field.kind {
        FieldKind::Reference { target } | FieldKind::Children { target } => Some(target.clone()),
        _ => None,
    }
}

/// Whether an administrator made the field, so that its shape is the tenant's alone.
pub(super) fn is_tenants(field: &Field) -> bool {
    field.origin == Origin::Tenant
}
