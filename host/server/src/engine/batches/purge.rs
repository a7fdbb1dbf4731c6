//! Removing a deleted record for good. This is the one change of a record that cannot be taken back.

use guanxi_store::Purger;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, people, read};

impl Engine {
    /// Removes a record that is in the recycle bin, with its history; one entry says that it was removed. Administrators only.
    pub async fn purge(&self, ctx: &Ctx, key: &str, id: Uuid) -> Outcome<()> {
        people::administrator(ctx)?;
        let object = read::object(ctx, key)?;
        if object.read_only {
            return Err(Refusal::denied(&format!("`{key}` is kept by the server")));
        }
        let purger = Purger { actor: ctx.actor.user, actor_name: ctx.actor.name.clone(), via: ctx.via.to_string(), now: ctx.now };
        match ctx.tenant.store.purge(&ctx.snapshot.schema, key, id, &purger).await? {
            true => Ok(()),
            false => Err(Refusal::not_found("deleted record")),
        }
    }
}
