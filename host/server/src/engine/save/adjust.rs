//! Adjustments on their way into the transaction, and what comes back when declared rules that compare records do not hold.

use std::collections::HashMap;

use guanxi_core::decimal::{DecimalError, MAX_SCALE};
use guanxi_core::meta::{Field, Object};
use guanxi_core::{Decimal, Problem};
use guanxi_store::RuleBroken;
use uuid::Uuid;

use super::validations::spoken;
use super::write::{find, sees_every};
use super::{Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Refusal};

/// Where a request names the amount.
const AMOUNT: &str = "amount";

/// Reads which adjustment is meant and by how much. The amount is a positive number, no finer than the coarsest field that it moves.
pub(super) fn read(object: &Object, action: &str, amount: &str) -> Result<ItemOp, Refusal> {
    let rule = object.rules.adjustments.iter().position(|one| one.key == action);
    let rule = rule.ok_or_else(|| Refusal::not_found(action))?;
    let scales = object.rules.adjustments[rule].fields.iter().filter_map(|moved| object.field(&moved.field)?.kind.scale());
    let scale = scales.min().unwrap_or(0).min(MAX_SCALE);
    let refuse = |code: &str, detail: &str| Refusal { status: 422, problems: vec![Problem::error(code, detail).on(AMOUNT)] };
    match Decimal::parse(amount.trim(), scale) {
        Ok(amount) if amount.units > 0 => Ok(ItemOp::Adjust { rule, amount }),
        Ok(_) => Err(refuse("field.range", "the amount must be more than 0")),
        Err(DecimalError::Malformed) => Err(refuse("field.type", "the amount is a number, such as \"3\" or \"2.50\"")),
        Err(DecimalError::TooLarge) => Err(refuse("field.range", "the amount is too large")),
        Err(DecimalError::TooPrecise) => {
            let detail = format!("the amount has at most {scale} digits after the point");
            let problem = Problem::error("field.range", detail).on(AMOUNT).with("scale", i64::from(scale));
            Err(Refusal { status: 422, problems: vec![problem] })
        }
    }
}

/// Whether the actor may know every field that a limit or a guard reads. A text that does not contain a field's name does not read it.
fn knows_rule(ctx: &Ctx, key: &str, rule: &str) -> bool {
    let Some(object) = ctx.snapshot.schema.all().find(|object| object.key == key) else { return false };
    let limits = object.rules.limits.iter().filter(|limit| limit.key == rule);
    let read_by_limits = limits.flat_map(|limit| limit.fields.iter().chain(&limit.sum).chain(&limit.condition));
    let guards = object.rules.adjustments.iter().filter(|one| one.key == rule).filter_map(|one| one.guard.as_ref());
    let texts: Vec<&String> = read_by_limits.chain(guards.map(|guard| &guard.condition)).collect();
    let unknown = |field: &&Field| !ctx.field_right(key, &field.key).is_plain();
    ctx.actor.system || !object.fields.iter().filter(unknown).any(|field| texts.iter().any(|text| text.contains(field.key.as_str())))
}

impl Engine {
    /// Tells each record which rule it breaks; another record is named only where the actor may read it.
    pub(super) async fn tell_broken(&self, ctx: &Ctx, items: &mut [Item], broken: Vec<RuleBroken>) -> Result<(), Interrupted> {
        let mut others: HashMap<String, Vec<Uuid>> = HashMap::new();
        for one in &broken {
            others.entry(one.object.clone()).or_default().extend(one.other);
        }
        let mut readable: HashMap<Uuid, String> = HashMap::new();
        for (object, ids) in others.into_iter().filter(|(_, ids)| !ids.is_empty()) {
            readable.extend(self.titles(ctx, &object, &ids).await.unwrap_or_default());
        }
        for one in broken {
            let mut problem = spoken(&one.code, &one.rule, &one.message);
            problem.field = one.field;
            // What a limit comes to is known only to those who see all that it counts; others are told the bound. And how much is left of a
            // number only to those who may know what the guard reads.
            let known = knows_rule(ctx, &one.object, &one.rule);
            let told = |key: &str| match key {
                "total" => known && sees_every(ctx, &one.object),
                "available" => known,
                _ => true,
            };
            for (key, value) in one.params.iter().filter(|(key, _)| told(key)) {
                problem = problem.with(key, value.clone());
            }
            if let Some((other, title)) = one.other.and_then(|other| Some((other, readable.get(&other)?))) {
                problem = problem.with("other", other.to_string()).with("other_title", title.clone());
            }
            let item = find(items, &one.object, one.id)?;
            item.outranked = true;
            item.tell(problem);
        }
        Ok(())
    }
}
