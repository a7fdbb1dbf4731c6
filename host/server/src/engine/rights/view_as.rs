//! How the tenant looks to somebody with certain roles, or to another user: for administrators who check their roles.

use guanxi_core::Problem;
use guanxi_core::policy::{Actor, Subject};
use uuid::Uuid;

use super::super::people::unknown_roles;
use super::super::{Ctx, Engine, Outcome, Refusal};

impl Engine {
    /// The administrator's own context with other roles: the same records are theirs, the same departments. For reading only; whoever
    /// offers it answers no other request in it.
    pub async fn as_roles(&self, ctx: &Ctx, roles: &[String]) -> Outcome<Ctx> {
        administrators_only(ctx)?;
        let problems = unknown_roles(ctx, roles);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut seen = ctx.clone();
        seen.actor.roles = roles.iter().filter_map(|key| ctx.snapshot.roles.get(key).cloned()).collect();
        seen.actor.system = false;
        seen.actor.subjects.retain(|subject| !matches!(subject, Subject::Role(_)));
        seen.actor.subjects.extend(roles.iter().cloned().map(Subject::Role));
        seen.actor.shared = ctx.tenant.store.shared_objects(&seen.actor.subjects, ctx.now).await?;
        seen.bind_actor();
        Ok(seen)
    }

    /// The context of another user.
    pub async fn as_user(&self, ctx: &Ctx, user: Uuid) -> Outcome<Ctx> {
        administrators_only(ctx)?;
        let actor: Option<Actor> = self.actor(ctx, user, None).await?;
        let actor = actor.ok_or_else(|| Problem::error("rule.failed", "the user is not active").on("user"))?;
        let mut seen = Ctx { actor, ..ctx.clone() };
        seen.bind_actor();
        Ok(seen)
    }
}

fn administrators_only(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.is_administrator() { Ok(()) } else { Err(Refusal::denied("role: view as")) }
}
