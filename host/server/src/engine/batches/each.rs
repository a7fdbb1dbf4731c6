//! Saves many changes, each for itself.

use std::time::Duration;

use guanxi_core::Value;

use super::super::{Change, Ctx, Engine, ItemOutcome, Outcome, Refusal, SaveOptions};

/// How often a chunk is tried again while the database is busy.
const PATIENCE: u32 = 8;

impl Engine {
    /// What became of each change, in their order. What refuses a whole unit is tried in halves, until it is known which change it was; an
    /// error of the whole is one of the server.
    pub(in crate::engine) async fn save_each(&self, ctx: &Ctx, changes: Vec<Change>, options: &SaveOptions) -> Outcome<Vec<ItemOutcome>> {
        let mut units = vec![changes];
        let mut outcomes = Vec::new();
        let mut waits = 0;
        while let Some(mut unit) = units.pop() {
            if unit.is_empty() {
                continue;
            }
            match self.save(ctx, unit.clone(), SaveOptions { partial: true, ..options.clone() }).await {
                Ok(saved) => outcomes.extend(saved),
                Err(refusal) if refusal.status == 503 && waits < PATIENCE => {
                    waits += 1;
                    tokio::time::sleep(Duration::from_millis(100 << waits)).await;
                    units.push(unit);
                }
                Err(refusal) if ["busy", "tenant.busy", "internal"].contains(&refusal.code()) || is_ended(&refusal) => return Err(refusal),
                Err(refusal) if unit.len() == 1 => outcomes.push(Err(refusal)),
                Err(_) => {
                    let rest = unit.split_off(unit.len() / 2);
                    units.extend([rest, unit]);
                }
            }
        }
        Ok(outcomes)
    }
}

/// The batch was declared interrupted while somebody still worked on it.
pub(super) fn is_ended(refusal: &Refusal) -> bool {
    let rule = Value::from("batch.ended");
    refusal.problems.iter().any(|problem| problem.params.iter().any(|(name, value)| name == "rule" && *value == rule))
}
