//! Units of measure: quantities from one to another, and the rules of their definitions. The arithmetic is in `core`.

use std::collections::HashMap;

use guanxi_core::expr::resolve_path;
use guanxi_core::policy::RowScope;
use guanxi_core::query::{Query, Scopes};
use guanxi_core::unit::{ConvertError, UnitRule, convert, is_circular};
use guanxi_core::{Decimal, Problem, Value};
use uuid::Uuid;

use super::save::{Interrupted, Item};
use super::{Ctx, Engine, Outcome, read};

/// The object of units.
const UNIT: &str = "unit";
/// The most units of a tenant that take part in conversions.
const MOST: u32 = 5_000;
/// Digits after the point of a quantity that is converted.
const QUANTITY_SCALE: u8 = 8;

impl Engine {
    /// A quantity in another unit; units are named by symbol, name or id.
    pub async fn convert_units(&self, ctx: &Ctx, quantity: &str, from: &str, to: &str) -> Outcome<Decimal> {
        let object = read::object(ctx, UNIT)?;
        read::viewable(ctx, &object)?;
        let scale = u8::try_from(Decimal::scale_of(quantity)).unwrap_or(u8::MAX).min(QUANTITY_SCALE);
        let quantity = Decimal::parse(quantity, scale).map_err(|_| {
            let detail = "a quantity is a plain decimal number with at most 18 digits, 8 of them after the point";
            Problem::error("field.type", detail).on("quantity").with("expected", "decimal")
        });
        let mut problems: Vec<Problem> = quantity.as_ref().err().cloned().into_iter().collect();
        let mut find = async |name: &str, parameter: &str| -> Outcome<Uuid> {
            let found = self.find_unit(ctx, name).await?;
            if found.is_none() {
                problems.push(Problem::error("reference.not_found", format!("there is no unit `{name}`")).on(parameter));
            }
            Ok(found.unwrap_or_default())
        };
        let (from, to) = (find(from, "from").await?, find(to, "to").await?);
        let (true, Ok(quantity)) = (problems.is_empty(), quantity) else { return Err(problems.into()) };
        convert(quantity, from, to, &self.unit_rules(ctx).await?).map_err(|error| match error {
            ConvertError::NotConvertible => {
                Problem::error("unit.not_convertible", "these units lead to different base units").on("to").into()
            }
            ConvertError::TooLarge => Problem::error("field.range", "the converted quantity has too many digits").on("quantity").into(),
        })
    }

    async fn find_unit(&self, ctx: &Ctx, name: &str) -> Outcome<Option<Uuid>> {
        if name.trim().is_empty() {
            return Ok(None);
        }
        for field in ["symbol", "name"] {
            if let Some(id) = self.system_lookup(ctx, UNIT, field, name).await? {
                return Ok(Some(id));
            }
        }
        Ok(Uuid::parse_str(name).ok())
    }

    /// How all units are defined; the list is shared, whoever made its entries.
    async fn unit_rules(&self, ctx: &Ctx) -> Outcome<HashMap<Uuid, UnitRule>> {
        let schema = &ctx.snapshot.schema;
        let object = read::object(ctx, UNIT)?;
        let query = Query {
            object: UNIT.into(),
            filter: None,
            fields: vec![resolve_path("base", schema, &object)?, resolve_path("factor", schema, &object)?],
            sort: Vec::new(),
            limit: MOST,
            after: None,
            scopes: Scopes::from_iter([(UNIT.to_owned(), RowScope::All)]),
        };
        let found = ctx.tenant.store.find(schema, &query).await?;
        Ok(found.rows.into_iter().map(|row| (row.id, rule(&row.values[0], &row.values[1]))).collect())
    }

    /// Step 4 of the save for units: a factor wherever there is a base, above 0, and no circle; and a unit that others convert to stays.
    pub(super) async fn check_units(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        self.check_bases(ctx, items).await?;
        let places: Vec<usize> = (0..items.len()).filter(|place| items[*place].object.key == UNIT && !items[*place].is_delete()).collect();
        if places.is_empty() {
            return Ok(());
        }
        let mut rules = self.unit_rules(ctx).await?;
        for place in &places {
            let item = &items[*place];
            rules.insert(item.id, rule(item.value("base"), item.value("factor")));
        }
        for place in places {
            let item = &mut items[place];
            let defined = rules.get(&item.id).copied().unwrap_or(UnitRule { base: None, factor: None });
            let told = item.problems.iter().any(|problem| problem.field.as_deref() == Some("factor"));
            match defined.factor {
                _ if told => {}
                None if defined.base.is_some() => {
                    item.problems.push(Problem::error("field.required", "a unit that converts to another has a factor").on("factor"));
                }
                Some(factor) if factor.units <= 0 => {
                    item.problems.push(Problem::error("field.range", "a factor is greater than 0").on("factor").with("min", 0));
                }
                _ => {}
            }
            if is_circular(item.id, &rules) {
                let problem = Problem::error("rule.failed", "a unit cannot be defined by itself, by whatever way").on("base");
                item.problems.push(problem.with("rule", "unit.cycle"));
            }
        }
        Ok(())
    }

    /// A unit goes only when no other is defined by it, but for those that go along.
    async fn check_bases(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let gone: Vec<Uuid> = items.iter().filter(|item| item.object.key == UNIT && item.is_delete()).map(|item| item.id).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let mut rules = self.unit_rules(ctx).await?;
        for item in items.iter().filter(|item| item.object.key == UNIT && !item.is_delete()) {
            rules.insert(item.id, rule(item.value("base"), item.value("factor")));
        }
        for item in items.iter_mut().filter(|item| gone.contains(&item.id) && item.object.key == UNIT) {
            let count = rules.iter().filter(|(id, rule)| rule.base == Some(item.id) && !gone.contains(id)).count();
            if count > 0 {
                let problem = Problem::error("rule.failed", format!("{count} other units convert to it"));
                item.problems.push(problem.with("rule", "unit.used").with("count", i64::try_from(count).unwrap_or(i64::MAX)));
            }
        }
        Ok(())
    }
}

fn rule(base: &Value, factor: &Value) -> UnitRule {
    let factor = match factor {
        Value::Decimal(factor) => Some(*factor),
        _ => None,
    };
    UnitRule { base: base.as_ref_id(), factor }
}
