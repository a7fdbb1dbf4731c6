//! Reading the security log, which is a right of its own.

use guanxi_core::policy::Special;
use guanxi_store::SecurityEvent;

use super::super::{Ctx, Engine, Outcome, Refusal};

impl Engine {
    /// The newest lines of the security log, or those before the line `before`; and whether there are older ones.
    pub async fn security_log(&self, ctx: &Ctx, before: Option<i64>, limit: u32) -> Outcome<(Vec<SecurityEvent>, bool)> {
        if !ctx.actor.has(&Special::LogView) {
            return Err(Refusal::denied(Special::LogView.name()));
        }
        let mut events = ctx.tenant.store.list_security_events(before, limit.saturating_add(1)).await?;
        let more = events.len() > limit as usize;
        events.truncate(limit as usize);
        Ok((events, more))
    }
}
