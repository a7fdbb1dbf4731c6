//! Declaring rules: what an administrator says must hold for an object's records, checked wholly before any of it is stored.

mod checker;

use guanxi_core::Problem;
use guanxi_core::expr::formula_fits;
use guanxi_core::meta::{Computed, Field, FieldKind, Object, Rules, Schema, UniqueConstraint};
use guanxi_store::MetaChange;
use sha2::{Digest, Sha256};

use self::checker::Checker;
use super::{MetaStep, Patience, administrator, serving_indexes};
use crate::engine::rules::{Condition, circle, cycle, mixed, read_formula};
use crate::engine::{Ctx, Engine, Outcome, Refusal, Snapshot, read};

/// The code of a rule without one of its own.
const RULE_FAILED: &str = "rule.failed";
/// The code of a uniqueness without one of its own.
const NOT_UNIQUE: &str = "field.not_unique";

/// Everything that is declared about an object's records beside its fields.
#[derive(Clone, Debug, Default)]
pub struct DeclaredRules {
    /// What is kept with the object.
    pub rules: Rules,
    /// Uniqueness over several fields or parts of the records; ids are not looked at.
    pub uniques: Vec<UniqueConstraint>,
}

impl DeclaredRules {
    /// Says which rules these are: two documents that say the same have the same tag. Letters and digits.
    pub fn tag(&self) -> String {
        let uniques = self.uniques.iter().map(|unique| UniqueConstraint { id: 0, ..unique.clone() });
        let said = format!("{:?} {:?}", self.rules, uniques.collect::<Vec<_>>());
        crate::engine::secrets::hex(&Sha256::digest(said.as_bytes())[..16])
    }
}

impl Engine {
    /// The rules of an object, for everybody who may see its records. Uniqueness that a plugin declared is its own business.
    pub async fn declared_rules(&self, ctx: &Ctx, key: &str) -> Outcome<DeclaredRules> {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        Ok(DeclaredRules { rules: object.rules.clone(), uniques: own_uniques(&ctx.snapshot, &object) })
    }

    /// Replaces the rules of an object wholly. With `expect`, the tag of the rules that the caller has seen, only those are replaced.
    pub async fn set_rules(&self, ctx: &Ctx, key: &str, declared: DeclaredRules, expect: Option<&str>) -> Outcome<DeclaredRules> {
        administrator(ctx)?;
        let _turn = ctx.tenant.turn_for_metadata().await?;
        let mut wait = Patience::begin();
        loop {
            let revision = ctx.tenant.store.revisions().await?.meta;
            let ctx = self.renewed(ctx).await?;
            if ctx.snapshot.meta_rev == revision {
                match self.set_rules_at(&ctx, key, &declared, expect).await {
                    Err(MetaStep::Outdated) => {}
                    Err(MetaStep::Refused(refusal)) => return Err(refusal),
                    Ok(rules) => return Ok(rules),
                }
            }
            if !wait.again().await {
                return Err(super::too_busy());
            }
        }
    }

    /// The same under the metadata of the context's snapshot, as long as nobody changes any.
    async fn set_rules_at(&self, ctx: &Ctx, key: &str, declared: &DeclaredRules, expect: Option<&str>) -> Result<DeclaredRules, MetaStep> {
        let snapshot = ctx.snapshot.clone();
        let object = snapshot.schema.object(key).cloned().ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))?;
        if object.read_only {
            return Err(Refusal::denied(&format!("`{key}` is kept by the server")).into());
        }
        let known = own_uniques(&snapshot, &object);
        let now = DeclaredRules { rules: object.rules.clone(), uniques: known.clone() };
        if expect.is_some_and(|seen| seen != now.tag()) {
            let problem = Problem::error("record.version_conflict", "somebody changed these rules; read them again");
            return Err(Refusal::from(problem.with("object", key)).into());
        }
        let declared = declared.clone();
        let mut checker = Checker { snapshot: &snapshot, object: &object, zone: ctx.tenant.zone, problems: Vec::new() };
        checker.all(&declared);
        if !checker.problems.is_empty() {
            return Err(Refusal::from(checker.problems).into());
        }
        let same = |a: &UniqueConstraint, b: &UniqueConstraint| a.fields == b.fields && a.code == b.code;
        let mut changes = serving_indexes::for_rules(&object, &declared.rules);
        ctx.tenant.store.prepare_indexes_together(&object, &declared.rules.indexes).await.map_err(super::refuse)?;
        changes.push(MetaChange::SetRules { object: key.into(), rules: Box::new(declared.rules) });
        for gone in known.iter().filter(|old| !declared.uniques.iter().any(|new| same(old, new))) {
            changes.push(MetaChange::DropUnique { object: key.into(), fields: gone.fields.clone(), code: gone.code.clone() });
        }
        changes.extend(declared.uniques.into_iter().map(|unique| MetaChange::AddUnique { object: key.into(), unique }));
        self.apply_metadata_at(ctx, ctx.snapshot.meta_rev, &changes).await?;
        let after = self.changed_object(ctx, key).await?;
        Ok(DeclaredRules { rules: after.rules.clone(), uniques: own_uniques(&snapshot, &after) })
    }
}

/// Uniqueness that no enabled plugin declares.
fn own_uniques(snapshot: &Snapshot, object: &Object) -> Vec<UniqueConstraint> {
    let declared = |unique: &UniqueConstraint| {
        let mut all = snapshot.plugins.iter().flat_map(|plugin| &plugin.manifest.uniques);
        all.any(|one| one.object == object.key && one.fields == unique.fields && one.code == unique.code)
    };
    object.uniques.iter().filter(|unique| !declared(unique)).cloned().collect()
}

/// What is wrong with the expressions of a field that is about to be declared or changed: its formula and its conditions.
pub(in crate::engine) fn check_field_expressions(schema: &Schema, object: &Object, field: &Field, zone: chrono_tz::Tz) -> Vec<Problem> {
    let mut object = object.clone();
    object.fields.retain(|known| known.key != field.key);
    object.fields.push(field.clone());
    let mut problems = Vec::new();
    if let Some(Computed::Formula { expression }) = &field.computed {
        match read_formula(expression, schema, &object, zone) {
            Err(found) => problems.extend(found.into_iter().map(|p| p.on("formula"))),
            Ok((_, kind, _)) if !formula_fits(&kind, &field.kind) => {
                let detail = format!("the formula gives a {}, which a {} cannot hold", kind.name(), field.kind.name());
                problems.push(Problem::error("field.type", detail).on("formula").with("expected", field.kind.name()));
            }
            Ok(_) => {}
        }
        if let Some(way) = cycle(schema, &object, zone, &field.key) {
            let detail = format!("the formula depends on itself: {}", way.join(" → "));
            problems.push(Problem::error(RULE_FAILED, detail).on("formula").with("rule", "formula.cycle").with("what", way.join(" → ")));
        }
    }
    if problems.is_empty()
        && field.computed.is_some()
        && let Some(way) = circle(schema, &object, zone, &field.key)
    {
        let detail = format!("`{}` depends on itself: {}", field.key, way.join(" → "));
        let part = if matches!(field.computed, Some(Computed::RollUp(_))) { "roll_up" } else { "formula" };
        problems.push(Problem::error(RULE_FAILED, detail).on(part).with("rule", "formula.cycle").with("what", way.join(" → ")));
    }
    if problems.is_empty()
        && let Some(key) = mixed(schema, &object, zone)
    {
        let detail = format!("the formula `{key}` would need both lines and a roll-up; sum up the lines in the formula, or by a roll-up");
        problems.push(Problem::error("expression.not_allowed", detail).on("formula").with("reason", "mixed").with("name", key));
    }
    let conditions = &field.conditions;
    for (name, text) in [("show", &conditions.show), ("require", &conditions.require), ("read_only", &conditions.read_only)] {
        if let Some(text) = text
            && let Err(found) = Condition::check(text, schema, &object, zone)
        {
            problems.extend(found.into_iter().map(|p| p.on(format!("conditions.{name}"))));
        }
    }
    problems
}

/// The type of a formula's result, for a field whose type was not said.
pub(in crate::engine) fn formula_kind(
    schema: &Schema,
    object: &Object,
    expression: &str,
    zone: chrono_tz::Tz,
) -> Result<FieldKind, Vec<Problem>> {
    read_formula(expression, schema, object, zone).map(|(_, kind, _)| kind)
}

fn is_number(kind: &FieldKind) -> bool {
    kind.scale().is_some()
}
