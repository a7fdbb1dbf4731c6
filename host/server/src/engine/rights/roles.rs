//! Roles, read and changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::meta::Origin;
use guanxi_core::policy::{ADMINISTRATOR, Function, Role};
use serde_json::json;

use super::super::{Ctx, Engine, Outcome, Refusal};
use super::{check, manages};

impl Engine {
    /// All roles by key, with what plugins grant. For those who may see roles.
    pub async fn list_roles(&self, ctx: &Ctx) -> Outcome<Vec<Arc<Role>>> {
        manages(ctx, Function::View)?;
        let sorted: BTreeMap<&String, &Arc<Role>> = ctx.snapshot.roles.iter().collect();
        Ok(sorted.into_values().cloned().collect())
    }

    /// One role.
    pub async fn get_role(&self, ctx: &Ctx, key: &str) -> Outcome<Arc<Role>> {
        manages(ctx, Function::View)?;
        ctx.snapshot.roles.get(key).cloned().ok_or_else(|| Refusal::not_found(&format!("role `{key}`")))
    }

    /// Makes a role (`expect` is `None`) or replaces the one that still has the revision `expect`; the role as it is then. Who made it and
    /// whether it is a template stay as they are.
    pub async fn put_role(&self, ctx: &Ctx, role: Role, expect: Option<i64>) -> Outcome<Role> {
        manages(ctx, if expect.is_some() { Function::Edit } else { Function::Create })?;
        let known = ctx.snapshot.roles.get(&role.key).map(|known| Role::clone(known));
        let mut role = Role { origin: Origin::Tenant, template: None, ..role };
        let mut problems = check::role(ctx, &role);
        match (&known, expect) {
            (None, Some(_)) => return Err(Refusal::not_found(&format!("role `{}`", role.key))),
            (Some(_), None) => {
                let detail = format!("there is a role {:?} already; name its revision to replace it", role.key);
                problems.push(Problem::error("field.not_unique", detail).on("key"));
            }
            (Some(known), Some(_)) => (role.origin, role.template) = (known.origin.clone(), known.template),
            (None, None) => {}
        }
        problems.extend(check::handed_out(ctx, &role, known.as_ref()));
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if known.as_ref().is_some_and(|known| known.administrator) && !role.administrator {
            self.keep_a_way_in(ctx, &role.key).await?;
        }
        let stored = ctx.tenant.store.list_roles().await?.into_iter().find(|stored| stored.key == role.key);
        if let Some(known) = &known {
            keep_own_words(ctx, &mut role, known, stored.as_ref());
        }
        // A role that only a plugin declares has no row yet; its revision is the first.
        let expect = expect.filter(|_| stored.is_some());
        if !ctx.tenant.store.put_role_at(&role, expect).await? {
            let detail = "the role was changed by somebody else; look at it again";
            return Err(Problem::error("record.version_conflict", detail).on("revision").into());
        }
        ctx.tenant.invalidate();
        self.note(ctx, "role.set", json!({ "role": role.key, "grants": grants(&role), "administrator": role.administrator })).await?;
        let fresh = self.snapshot(&ctx.tenant).await?;
        fresh.roles.get(&role.key).map(|role| Role::clone(role)).ok_or_else(|| Refusal::internal(&"a role that was kept is not there"))
    }

    /// Deletes a role and takes it from everybody. Refused for the administrator's own role, where it is the last way in, and for a role
    /// that a plugin declares.
    pub async fn delete_role(&self, ctx: &Ctx, key: &str) -> Outcome<()> {
        manages(ctx, Function::Delete)?;
        let role = ctx.snapshot.roles.get(key).cloned().ok_or_else(|| Refusal::not_found(&format!("role `{key}`")))?;
        if let Some(problem) = check::handed_out(ctx, &role, Some(&role)) {
            return Err(problem.into());
        }
        let declared = ctx.snapshot.plugins.iter().any(|plugin| plugin.manifest.roles.iter().any(|role| role.key == key));
        if key == ADMINISTRATOR || (declared && matches!(role.origin, Origin::Plugin(_))) {
            let detail = format!("the role {key:?} belongs to the program or to a plugin and stays; take its grants away instead");
            return Err(Problem::error("rule.failed", detail).on("key").with("rule", "role.kept").into());
        }
        if role.administrator {
            self.keep_a_way_in(ctx, key).await?;
        }
        ctx.tenant.store.delete_role(key).await?;
        ctx.tenant.invalidate();
        self.note(ctx, "role.deleted", json!({ "role": key })).await
    }

    /// Refuses what would leave the tenant without an active administrator by another role than this one.
    async fn keep_a_way_in(&self, ctx: &Ctx, key: &str) -> Outcome<()> {
        let opens = |role: &String| role != key && ctx.snapshot.roles.get(role).is_some_and(|role| role.administrator);
        for (user, roles) in ctx.tenant.store.all_user_roles().await? {
            if roles.iter().any(opens) && self.actor(ctx, user, None).await?.is_some() {
                return Ok(());
            }
        }
        let detail = "nobody would be left who may administer the tenant; make somebody else administrator first";
        Err(Problem::error("rule.failed", detail).on("administrator").with("rule", "role.last_administrator").into())
    }
}

/// What plugins grant is merged in when roles are read. It does not become the tenant's own word while it says the same, so that a later
/// version of the plugin may say something else; what is taken away has to be said.
fn keep_own_words(ctx: &Ctx, role: &mut Role, known: &Role, stored: Option<&Role>) {
    let declared = ctx.snapshot.plugins.iter().flat_map(|plugin| &plugin.manifest.roles).filter(|declared| declared.key == known.key);
    for object in declared.flat_map(|declared| declared.grants.keys()) {
        let said = stored.is_some_and(|stored| stored.grants.contains_key(object) || stored.rules.contains_key(object));
        if role.rules.contains_key(object) {
            continue;
        }
        if !said && role.grants.get(object) == known.grants.get(object) {
            role.grants.remove(object);
        } else {
            role.grants.entry(object.clone()).or_default();
        }
    }
}

fn grants(role: &Role) -> serde_json::Value {
    let named = |rights: &BTreeMap<Function, guanxi_core::policy::Scope>| -> serde_json::Value {
        rights.iter().map(|(function, scope)| (function.name().to_owned(), scope.name().into())).collect::<serde_json::Map<_, _>>().into()
    };
    role.grants.iter().map(|(object, rights)| (object.clone(), named(rights))).collect::<serde_json::Map<_, _>>().into()
}
