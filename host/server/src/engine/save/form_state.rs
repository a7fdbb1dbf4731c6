//! What a form and a record's page need to know before anything is saved: which fields count with what is typed, what is worked out from
//! it, and where the record may go from here. The same steps as a save, without hooks, checks and the writing.

use std::collections::{HashMap, HashSet};

use guanxi_core::Value;
use guanxi_core::meta::{Computed, FieldKind, Object, Transition};

use super::transitions::{leads_from, may_take};
use super::{Change, Interrupted, ItemOp, children};
use crate::engine::rules::{Condition, FieldConditions};
use crate::engine::{Ctx, Engine, Outcome, Refusal, protect, read};

/// A form at one moment.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// Something of it depends on what is typed.
    pub depends: bool,
    /// Fields that are not asked for.
    pub away: HashSet<String>,
    /// Fields that are required, beside those that always are.
    pub required: HashSet<String>,
    /// Fields that cannot be changed in the record's present state.
    pub closed: HashSet<String>,
    /// Formulas.
    pub computed: Vec<(String, Value)>,
    /// All values of the lines that were sent, in their order, by children field.
    pub lines: HashMap<String, Vec<HashMap<String, Value>>>,
}

impl Engine {
    /// The state of a form that would send this change. What cannot be read counts as not typed.
    pub async fn form_state(&self, ctx: &Ctx, change: Change) -> Outcome<FormState> {
        let object = read::object(ctx, change.object())?;
        if !depends(ctx, &object) {
            return Ok(FormState::default());
        }
        self.typed_so_far(ctx, change).await.map_err(|interrupted| match interrupted {
            Interrupted::Refused(refusal) => refusal,
            _ => Refusal::one("busy", "others are changing the same records; try again"),
        })
    }

    async fn typed_so_far(&self, ctx: &Ctx, change: Change) -> Result<FormState, Interrupted> {
        let unit = self.expand(ctx, &[change]).await?;
        let mut items = self.load_items(ctx, &unit).await?;
        self.prepare_items(ctx, &mut items, &unit.changes).await?;
        children::attach(&unit, &mut items);
        self.check_references(ctx, &mut items).await?;
        self.apply_rules(ctx, &mut items, None).await?;
        let Some(item) = items.first() else { return Ok(FormState::default()) };
        let rules = ctx.snapshot.rules.of(&ctx.snapshot.schema, &item.object, ctx.tenant.zone);
        let conditions = rules.fields.iter().flat_map(|one| [&one.show, &one.require, &one.read_only]).flatten();
        let paths: Vec<_> = conditions.flat_map(|condition| condition.hops.clone()).map(|path| (0, path)).collect();
        let facts = self.facts(ctx, &items, &paths).await?;
        let now = |condition: &Condition| condition.holds(ctx, &item.object, &facts.after(item)).ok();
        let stored = |condition: &Condition| condition.holds(ctx, &item.object, &facts.before(item)).ok();
        let keys = |of: &dyn Fn(&FieldConditions) -> bool| -> HashSet<String> {
            rules.fields.iter().filter(|one| of(one)).map(|one| one.key.clone()).collect()
        };
        let update = matches!(item.op, ItemOp::Update { .. });
        let formulas = item.object.fields.iter().filter(|field| !field.hidden && matches!(field.computed, Some(Computed::Formula { .. })));
        let mut state = FormState {
            depends: true,
            away: keys(&|one| one.show.as_ref().and_then(now) == Some(false)),
            required: keys(&|one| one.require.as_ref().and_then(now) == Some(true)),
            closed: keys(&|one| update && one.read_only.as_ref().and_then(stored) == Some(true)),
            computed: formulas.map(|field| (field.key.clone(), shown(ctx, &item.object, &field.key, item.value(&field.key)))).collect(),
            lines: HashMap::new(),
        };
        let mut lines: Vec<(String, usize, HashMap<String, Value>)> = Vec::new();
        for line in items.iter().filter(|line| line.link.parent == Some(0) && !line.is_delete()) {
            let mut place = line.link.path.split('.');
            if let (Some(field), Some(Ok(at))) = (place.next(), place.next().map(str::parse)) {
                let values = line.new.iter().map(|(key, value)| (key.clone(), shown(ctx, &line.object, key, value)));
                lines.push((field.to_owned(), at, values.collect()));
            }
        }
        lines.sort_by_key(|(_, at, _)| *at);
        for (field, _, values) in lines {
            state.lines.entry(field).or_default().push(values);
        }
        Ok(state)
    }
}

/// A value as the actor may know it.
fn shown(ctx: &Ctx, object: &Object, key: &str, value: &Value) -> Value {
    protect::protected(ctx, object, key, value.clone())
}

/// Whether anything of the object's form depends on what is typed.
fn depends(ctx: &Ctx, object: &Object) -> bool {
    let schema = &ctx.snapshot.schema;
    let rules = ctx.snapshot.rules.of(schema, object, ctx.tenant.zone);
    let has_numbers = |child: &Object| child.own_fields().any(|field| field.kind.scale().is_some());
    let lines = object.own_fields().any(|field| match &field.kind {
        FieldKind::Children { target } => schema.object(target).is_some_and(|child| has_numbers(child)),
        _ => false,
    });
    lines || !rules.fields.is_empty() || !rules.formulas.is_empty()
}

/// Where a record may go from a state, by what the actor's roles allow; guards are asked when it goes. One for each action.
pub fn open_transitions<'o>(ctx: &Ctx, object: &'o Object, state: &Value) -> Vec<&'o Transition> {
    let mut open: Vec<&Transition> = Vec::new();
    for transition in object.rules.machine.iter().flat_map(|machine| &machine.transitions) {
        let known = open.iter().any(|one| one.action == transition.action);
        if !known && !state.is_null() && leads_from(transition, state) && may_take(&ctx.actor, transition) {
            open.push(transition);
        }
    }
    open
}
