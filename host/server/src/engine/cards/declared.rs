//! The kinds that a tenant's administrators declare for objects of any origin, kept with the metadata.

use guanxi_core::Problem;
use guanxi_core::expr::{Bindings, check_condition, parse};
use guanxi_core::meta::{Object, Schema};
use guanxi_sandbox::manifest::{CardDecl, CardName};
use guanxi_store::TenantStore;
use uuid::Uuid;

use super::kind::Parts;
use crate::engine::{Ctx, Engine, Outcome, Refusal, read};

/// The setting that holds them.
const SETTING: &str = "cards";
/// The most kinds of one object.
const MOST: usize = 10;

/// All kinds that the tenant declares; what an older program wrote and this one cannot read is none.
pub(in crate::engine) async fn load(store: &TenantStore) -> Outcome<Vec<CardDecl>> {
    let found = store.find_setting(SETTING).await?;
    Ok(found.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default())
}

impl Engine {
    /// The kinds that the tenant declares for an object, for everybody who may see its records.
    pub async fn declared_cards(&self, ctx: &Ctx, key: &str) -> Outcome<Vec<CardDecl>> {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        Ok(ctx.snapshot.cards.iter().filter(|decl| decl.object == object.key).cloned().collect())
    }

    /// Replaces the kinds of an object wholly; none takes it off the cards.
    pub async fn set_cards(&self, ctx: &Ctx, key: &str, cards: Vec<CardDecl>) -> Outcome<Vec<CardDecl>> {
        if !ctx.actor.is_administrator() {
            return Err(Refusal::denied("object: edit"));
        }
        let _one_at_a_time = ctx.tenant.plugin_changes.lock().await;
        let object = read::object(ctx, key)?;
        let problems = check(ctx, &object, &cards);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut all = load(&ctx.tenant.store).await?;
        all.retain(|decl| decl.object != object.key);
        all.extend(cards.iter().cloned());
        let json = serde_json::to_value(&all).map_err(|error| Refusal::internal(&error))?;
        ctx.tenant.store.put_setting(SETTING, &json).await?;
        ctx.tenant.invalidate();
        Ok(cards)
    }
}

fn check(ctx: &Ctx, object: &Object, cards: &[CardDecl]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if cards.len() > MOST {
        problems.push(Problem::error("request.malformed", format!("an object has at most {MOST} kinds on the cards")).on("cards"));
    }
    for (place, card) in cards.iter().enumerate() {
        let at = |part: &str| format!("cards.{place}.{part}");
        let wrong = |part: &str, detail: String| Problem::error("rule.failed", detail).on(at(part)).with("rule", "card.part");
        let same = |other: &&CardDecl| other.key == card.key;
        if cards[..place].iter().any(|other| same(&other)) {
            problems.push(Problem::error("field.not_unique", format!("the kind `{}` is there twice", card.key)).on(at("key")));
        }
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if card.key.is_empty() || card.key.len() > 40 || !card.key.chars().all(plain) {
            problems.push(wrong("key", format!("`{}` is no key: use at most 40 of a-z, 0-9 and _", card.key)));
        }
        if let Err(found) = Parts::resolve(&ctx.snapshot.schema, object, card) {
            problems.extend(found.into_iter().map(|(part, detail)| wrong(part, detail)));
        }
        if card.measure.is_some() && card.card != CardName::Transactions {
            problems.push(wrong("measure", "only the transaction card has a summary".into()));
        }
        if let Some(condition) = &card.condition {
            problems.extend(condition_problems(ctx, object, condition).into_iter().map(|problem| problem.on(at("where"))));
        }
    }
    problems
}

/// What is wrong with a condition, for whoever will look at the card: `me` is nobody in particular.
fn condition_problems(ctx: &Ctx, object: &Object, condition: &str) -> Vec<Problem> {
    let schema: &Schema = &ctx.snapshot.schema;
    let bindings = Bindings { schema, object, me: Some(Uuid::nil()), today: ctx.today(), now: ctx.now, zone: ctx.tenant.zone };
    match parse(condition) {
        Err(problem) => vec![problem],
        Ok(syntax) => check_condition(&syntax, &bindings).err().unwrap_or_default(),
    }
}
