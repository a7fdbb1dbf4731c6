//! With which saved view a user's list opens. It is that user's own choice, and gives nobody any right.

use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal};

impl Engine {
    /// The view that the actor chose for an object; it may be gone or out of sight by now.
    pub async fn default_view(&self, ctx: &Ctx, object: &str) -> Outcome<Option<Uuid>> {
        match ctx.actor.user {
            Some(user) => Ok(ctx.tenant.store.find_default_view(user, object).await?),
            None => Ok(None),
        }
    }

    /// Chooses a view that the actor sees, or none: the plain list.
    pub async fn choose_default_view(&self, ctx: &Ctx, object: &str, view: Option<Uuid>) -> Outcome<()> {
        let user = ctx.actor.user.ok_or_else(|| Refusal::denied("a user of one's own"))?;
        if let Some(view) = view {
            self.saved_view(ctx, view).await?;
        }
        Ok(ctx.tenant.store.choose_default_view(user, object, view).await?)
    }
}
