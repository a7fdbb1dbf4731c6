//! Computed fields whose values would not fit the records that are there: found before anything of the declaration is done.

use std::ops::ControlFlow;

use guanxi_core::Problem;
use guanxi_core::meta::{Computed, Field, Object};
use uuid::Uuid;

use crate::engine::rules::{Formula, formulas_in_order, lines_read};
use crate::engine::save::{Misfit, stored_source};
use crate::engine::{Ctx, Engine, Outcome};

impl Engine {
    /// What is wrong with a computed field that is new, or has a new expression: a live record for which it, or a formula that reads it,
    /// would have no place for its value.
    pub(super) async fn misfit(&self, ctx: &Ctx, object: &Object, field: &Field) -> Outcome<Option<Problem>> {
        let found = match &field.computed {
            Some(Computed::Formula { .. }) => self.formula_misfit(ctx, object, field).await?,
            Some(Computed::RollUp(_)) => {
                let record = ctx.tenant.store.roll_up_misfit(&ctx.snapshot.schema, &object.key, field).await?;
                record.map(|record| {
                    let problem = Problem::error("field.range", "what it adds up to does not fit").on(&field.key);
                    Misfit { object: object.key.clone(), record, problem }
                })
            }
            Some(Computed::Sequence { .. }) | None => None,
        };
        Ok(found.map(|misfit| declined(field, misfit)))
    }

    async fn formula_misfit(&self, ctx: &Ctx, object: &Object, field: &Field) -> Outcome<Option<Misfit>> {
        let mut object = object.clone();
        object.fields.retain(|known| known.key != field.key);
        object.fields.push(field.clone());
        let schema = &ctx.snapshot.schema;
        let mut moved = vec![field.key.clone()];
        let mut formulas: Vec<Formula> = Vec::new();
        for formula in formulas_in_order(schema, &object, ctx.tenant.zone) {
            if formula.field.key == field.key || formula.depends_on(&moved) {
                moved.push(formula.field.key.clone());
                formulas.push(formula);
            }
        }
        let lines = lines_read(&object, &formulas);
        let mut found: Option<Misfit> = None;
        let mut look = |(record, lines): guanxi_store::WithLines<'_>| {
            let mut values = record.values.clone();
            for formula in &formulas {
                match formula.value(&stored_source(record.id, &values, lines)) {
                    Ok(value) => values.insert(formula.field.key.clone(), value),
                    Err(problem) => {
                        found = Some(Misfit { object: object.key.clone(), record: record.id, problem });
                        return ControlFlow::Break(());
                    }
                };
            }
            ControlFlow::Continue(())
        };
        ctx.tenant.store.survey(schema, &object.key, &lines, &mut look).await?;
        Ok(found)
    }
}

/// The declaration is refused: beside the expression, with the field and the record that have no place for the value.
pub(super) fn declined(declared: &Field, misfit: Misfit) -> Problem {
    let Misfit { object, record, problem } = misfit;
    let field = problem.field.clone().unwrap_or_else(|| declared.key.clone());
    let part = if matches!(declared.computed, Some(Computed::RollUp(_))) { "roll_up" } else { "formula" };
    let detail = format!("`{object}.{field}` would not fit in record {record}: {}", problem.detail);
    let told = Problem { detail, ..problem }.on(part);
    told.with("object", object).with("name", field).with("record", Uuid::to_string(&record))
}
