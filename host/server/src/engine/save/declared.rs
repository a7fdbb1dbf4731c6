//! Where in the save the declared rules are asked: right after preparing what the caller may not do, after hooks what must hold.

use std::sync::Arc;

use guanxi_core::expr::FieldPath;

use super::children::refresh;
use super::{Interrupted, Item, ItemOp, conditions, formulas, transitions, validations};
use crate::engine::rules::ObjectRules;
use crate::engine::{Ctx, Engine};

impl Ctx {
    /// The rules of an item's object.
    fn rules_of(&self, item: &Item) -> Arc<ObjectRules> {
        self.snapshot.rules.of(&self.snapshot.schema, &item.object, self.tenant.zone)
    }
}

/// Brings all formulas up to date: those of lines first, because their records sum them up.
pub(in crate::engine) fn compute_formulas(ctx: &Ctx, items: &mut [Item]) {
    let (mut records, mut lines) = (false, false);
    for item in items.iter_mut() {
        records |= item.link.parent.is_none();
        lines |= item.link.parent.is_some();
        if item.link.parent.is_some() {
            formulas::compute(item, &ctx.rules_of(item));
        }
    }
    if lines {
        refresh(items);
    }
    if records {
        items.iter_mut().filter(|item| item.link.parent.is_none()).for_each(|item| formulas::compute(item, &ctx.rules_of(item)));
    }
}

impl Engine {
    /// Before hooks: formulas, the transition that was asked for or that a changed state is, and fields that are closed.
    pub(super) async fn apply_rules(&self, ctx: &Ctx, items: &mut [Item], action: Option<&str>) -> Result<(), Interrupted> {
        compute_formulas(ctx, items);
        let acts = |item: &Item| action.is_some() && item.link.own && matches!(item.op, ItemOp::Update { .. });
        let paths = gather(ctx, items, |item, rules| {
            let mut paths = conditions::closing_paths(item, rules);
            if acts(item) {
                paths.extend(transitions::action_paths(rules));
            }
            paths
        });
        let facts = self.facts(ctx, items, &paths).await?;
        for item in items.iter_mut().filter(|item| matches!(item.op, ItemOp::Update { .. } | ItemOp::Create | ItemOp::Adjust { .. })) {
            let rules = ctx.rules_of(item);
            let action = action.filter(|_| item.link.own);
            if let Some(action) = action.filter(|_| acts(item)) {
                transitions::take_action(ctx, item, &rules, &facts, action);
                formulas::compute(item, &rules);
            }
            formulas::check_sent(item);
            conditions::check_closed(ctx, item, &rules, &facts);
            transitions::check_legality(ctx, item, action);
        }
        Ok(())
    }

    /// After hooks: required fields, guards and validations, and once more the transition, which a hook may have changed.
    pub(super) async fn check_rules(&self, ctx: &Ctx, items: &mut [Item], action: Option<&str>) -> Result<(), Interrupted> {
        let paths = gather(ctx, items, |item, rules| {
            let mut paths = conditions::requiring_paths(item, rules);
            paths.extend(transitions::paths(item, rules));
            paths.extend(validations::paths(item, rules));
            paths
        });
        let facts = self.facts(ctx, items, &paths).await?;
        for item in items.iter_mut().filter(|item| !item.is_delete()) {
            let rules = ctx.rules_of(item);
            let action = action.filter(|_| item.link.own);
            conditions::check_required(ctx, item, &rules, &facts);
            transitions::check_legality(ctx, item, action);
            transitions::check_guards(ctx, item, &rules, &facts, action);
            validations::check(ctx, item, &rules, &facts);
            validations::check_intervals(ctx, item, &rules, &facts);
        }
        Ok(())
    }
}

/// What the rules that are about to be asked read of other records, by the item's place.
fn gather(ctx: &Ctx, items: &[Item], of: impl Fn(&Item, &ObjectRules) -> Vec<FieldPath>) -> Vec<(usize, FieldPath)> {
    let found = items.iter().enumerate().flat_map(|(place, item)| of(item, &ctx.rules_of(item)).into_iter().map(move |path| (place, path)));
    found.collect()
}
