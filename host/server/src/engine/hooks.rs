//! Step 3 of a save: the before-save hooks of plugins.
//!
//! Drafts go to a plugin in batches, with only the fields that its manifest declares. A plugin is called again for a record when a
//! field that it watches was changed after its last call, at most [`MAX_ROUNDS`] times.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::input::normalise;
use guanxi_core::meta::FieldKind;
use guanxi_core::problem::Severity;
use guanxi_core::{Problem, Value};
use guanxi_sandbox::manifest::{HookDecl, HookKind, HookOp};
use guanxi_sandbox::{Actor, CallError, CallErrorKind, ChangeOp, Context, Draft, Field, MOST_DRAFTS, Verdict};

use super::host_data::PluginHost;
use super::input::same;
use super::save::{Item, ItemOp, compute_formulas};
use super::{Ctx, EnabledPlugin, Engine, Outcome, Refusal, Via};

/// Rounds of a save; plugins that still disagree then are refused with `save.cascade_limit`.
const MAX_ROUNDS: usize = 4;
/// Drafts per call.
const BATCH: usize = MOST_DRAFTS;

/// What a hook left of a record when it was last called: plugin and hook, item.
type Seen = HashMap<(usize, usize, usize), Vec<Value>>;

impl Engine {
    pub(super) async fn run_hooks(&self, ctx: &Ctx, items: &mut [Item]) -> Outcome<()> {
        if ctx.snapshot.plugins.iter().all(|plugin| plugin.manifest.hooks.is_empty()) {
            return Ok(());
        }
        let mut seen = Seen::new();
        for _ in 0..MAX_ROUNDS {
            if !self.hook_round(ctx, items, &mut seen).await? {
                return Ok(());
            }
        }
        let unsettled = due_anywhere(ctx, items, &seen);
        for place in unsettled {
            items[place].problems.push(Problem::error("save.cascade_limit", format!("plugins still disagree after {MAX_ROUNDS} rounds")));
        }
        Ok(())
    }

    /// Calls every hook that has something new to see; false when there was none.
    async fn hook_round(&self, ctx: &Ctx, items: &mut [Item], seen: &mut Seen) -> Outcome<bool> {
        let mut called = false;
        for (number, plugin) in ctx.snapshot.plugins.iter().enumerate() {
            for (index, hook) in plugin.manifest.hooks.iter().enumerate() {
                let due: Vec<usize> =
                    (0..items.len()).filter(|&place| is_due(&items[place], hook, seen.get(&(number, index, place)))).collect();
                for places in due.chunks(BATCH) {
                    called = true;
                    self.call_hook(ctx, plugin, hook, items, places).await?;
                    // The next plugin sees what the formulas come to now.
                    compute_formulas(ctx, items);
                    // What it set itself is no news to it: only another plugin's change calls it again.
                    for &place in places {
                        seen.insert((number, index, place), watched(&items[place], hook));
                    }
                }
            }
        }
        Ok(called)
    }

    async fn call_hook(
        &self,
        ctx: &Ctx,
        plugin: &Arc<EnabledPlugin>,
        hook: &HookDecl,
        items: &mut [Item],
        places: &[usize],
    ) -> Outcome<()> {
        let drafts: Vec<Draft> = places.iter().map(|&place| draft(&items[place], hook)).collect();
        let data = Arc::new(PluginHost::as_plugin(ctx, plugin.manifest.clone()));
        let called = match &plugin.component {
            Some(component) => self.sandbox.before_save(component, call_context(ctx), drafts, data).await,
            None => Err(not_loaded(plugin)),
        };
        match called {
            Ok(verdicts) => {
                for (&place, verdict) in places.iter().zip(verdicts) {
                    apply(ctx, plugin, &mut items[place], verdict);
                }
                Ok(())
            }
            Err(error) if error.kind == CallErrorKind::Busy => Err(Refusal::one("tenant.busy", "too many hooks run at once; try again")),
            // A large batch may exceed what a single record would not: find the record that is to blame, so that the others pass.
            Err(error) if places.len() > 1 && plugin.component.is_some() => {
                tracing::warn!(plugin.name = %error.plugin, kind = %error.kind, drafts = places.len(), "hook failed for a batch; trying smaller ones");
                let (left, right) = places.split_at(places.len() / 2);
                Box::pin(self.call_hook(ctx, plugin, hook, items, left)).await?;
                Box::pin(self.call_hook(ctx, plugin, hook, items, right)).await
            }
            Err(error) => {
                for &place in places {
                    items[place].problems.push(failed(&error));
                }
                Ok(())
            }
        }
    }
}

/// The call of a plugin whose component could not be loaded.
pub(super) fn not_loaded(plugin: &EnabledPlugin) -> CallError {
    let detail = "its component could not be loaded; the log says why".to_owned();
    CallError { plugin: plugin.manifest.id.clone(), kind: CallErrorKind::NotExported, detail }
}

/// A hook that failed refuses its records.
fn failed(error: &CallError) -> Problem {
    tracing::error!(plugin.name = %error.plugin, kind = %error.kind, detail = %error.detail, "hook failed");
    Problem::error("plugin.failed", format!("the plugin `{}` failed ({}); nothing was saved", error.plugin, error.kind))
        .with("plugin", error.plugin.clone())
        .with("kind", error.kind.name().to_owned())
}

/// What a plugin gets to know about the call.
pub(super) fn call_context(ctx: &Ctx) -> Context {
    let actor = ctx.actor.user.map(|user| Actor {
        user,
        name: ctx.actor.name.clone(),
        roles: ctx.actor.roles.iter().map(|role| role.key.clone()).collect(),
    });
    Context {
        tenant: ctx.tenant.key.clone(),
        now: ctx.now,
        today: ctx.today(),
        zone: ctx.tenant.zone.name().to_owned(),
        locale: ctx.locale,
        actor,
        cause: match ctx.via {
            Via::Ui => "ui",
            Via::Api => "api",
            Via::Import(_) => "import",
            Via::Bulk(_) | Via::Transfer(_) => "bulk",
            Via::Undo(_) => "undo",
            Via::System => "host",
        }
        .to_owned(),
        settings: Vec::new(),
        request_id: ctx.request.clone(),
    }
}

fn operation(item: &Item) -> HookOp {
    match item.op {
        ItemOp::Create => HookOp::Create,
        // A record that comes back is a changed record to a plugin.
        ItemOp::Update { .. } | ItemOp::Restore { .. } | ItemOp::Adjust { .. } => HookOp::Update,
        ItemOp::Delete { .. } => HookOp::Delete,
    }
}

/// The hook wants this record, and has not seen it as it is now.
fn is_due(item: &Item, hook: &HookDecl, seen: Option<&Vec<Value>>) -> bool {
    let wanted = hook.on == HookKind::BeforeSave && hook.object == item.object.key && hook.ops.contains(&operation(item));
    // What an adjustment comes to is known inside the transaction only, where no plugin runs: guards are what decides about it.
    if !wanted || matches!(item.op, ItemOp::Adjust { .. }) {
        return false;
    }
    match seen {
        Some(values) => watched(item, hook).iter().zip(values).any(|(now, before)| !same(now, before)),
        None if item.is_delete() || matches!(item.op, ItemOp::Create | ItemOp::Restore { .. }) => true,
        None if hook.watch.is_empty() => !item.changed_fields().is_empty(),
        None => hook.watch.iter().any(|key| item.changed(key)),
    }
}

fn due_anywhere(ctx: &Ctx, items: &[Item], seen: &Seen) -> Vec<usize> {
    let hooks = || {
        ctx.snapshot
            .plugins
            .iter()
            .enumerate()
            .flat_map(|(n, plugin)| plugin.manifest.hooks.iter().enumerate().map(move |(i, hook)| (n, i, hook)))
    };
    (0..items.len()).filter(|&place| hooks().any(|(n, i, hook)| is_due(&items[place], hook, seen.get(&(n, i, place))))).collect()
}

fn watched(item: &Item, hook: &HookDecl) -> Vec<Value> {
    hook.watch.iter().map(|key| item.value(key).clone()).collect()
}

fn draft(item: &Item, hook: &HookDecl) -> Draft {
    let op = operation(item);
    let fields = |value: fn(&Item, &str) -> Value| {
        hook.fields().map(|key| Field { key: key.to_owned(), value: value(item, key), target: target(item, key) }).collect::<Vec<_>>()
    };
    Draft {
        op,
        object: item.object.key.clone(),
        id: item.id,
        old: if op == ChangeOp::Create { Vec::new() } else { fields(|item, key| item.old_value(key).clone()) },
        new: if op == ChangeOp::Delete { Vec::new() } else { fields(|item, key| item.value(key).clone()) },
    }
}

fn target(item: &Item, key: &str) -> Option<String> {
    item.object.field(key).and_then(|field| field.target().map(str::to_owned))
}

/// Takes a verdict over: problems as they are, values in their fields' types. The sandbox has checked that the plugin may set them.
fn apply(ctx: &Ctx, plugin: &EnabledPlugin, item: &mut Item, verdict: Verdict) {
    let id = &plugin.manifest.id;
    // A later round may say the same again.
    for problem in verdict.problems {
        let problem = problem.with("plugin", plugin.manifest.name.get(ctx.locale).to_owned());
        tell(item, problem);
    }
    let object = item.object.clone();
    for (key, value) in verdict.set {
        let wrong = |detail: String| {
            Problem { severity: Severity::Error, ..Problem::error("plugin.failed", detail) }.on(&key).with("plugin", id.clone())
        };
        let Some(field) = object.field(&key) else {
            tell(item, wrong(format!("plugin `{id}` sets `{key}`, which `{}` does not have", object.key)));
            continue;
        };
        let value = match (&field.kind, value) {
            (FieldKind::Integer, Value::Decimal(number)) if number.scale == 0 => Value::Int(number.units),
            (_, value) => value,
        };
        match normalise(field, value) {
            Ok(value) => {
                item.new.insert(key, value);
            }
            Err(problem) => tell(item, wrong(format!("plugin `{id}` sets `{key}`: {}", problem.detail))),
        }
    }
}

/// Adds a problem, unless an earlier round told it already.
fn tell(item: &mut Item, problem: Problem) {
    if !item.problems.contains(&problem) {
        item.problems.push(problem);
    }
}
