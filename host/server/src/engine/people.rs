//! Tenants and users: users are ordinary records; what they may do and how they log in is kept beside them.

use std::sync::Arc;

use guanxi_core::policy::{Function, Role, host_roles};
use guanxi_core::{Problem, Value};
use guanxi_store::{NewTenant, StoreError};
use serde_json::json;
use uuid::Uuid;

use super::{Change, Ctx, Engine, Outcome, Raw, Refusal, SaveOptions, Tenant, passwords};

/// The zone, currency and minor digits of a tenant that says nothing else.
const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
const CURRENCY: (&str, u8) = ("CNY", 2);
/// The longest name of a tenant, in characters.
const LONGEST_NAME: usize = 120;

/// A user to be made.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// Logs in with it; unique in the tenant.
    pub email: String,
    /// Shown everywhere.
    pub name: String,
    /// The name of the user's department.
    pub department: Option<String>,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Without one the user cannot log in by password yet.
    pub password: Option<String>,
}

impl Engine {
    /// Makes a tenant with the host's objects and roles and its first administrator. Nobody sees it before all of it is there.
    pub async fn create_tenant(&self, key: &str, name: &str, admin_email: &str, password: Option<String>) -> Outcome<Arc<Tenant>> {
        let name = name.trim();
        let mut problems = Vec::new();
        if !guanxi_store::is_tenant_key(key) {
            let detail = format!("{key:?} is no tenant key: 2 to 31 small letters and digits, beginning with a letter");
            problems.push(Problem::error("field.range", detail).on("key"));
        }
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            problems.push(Problem::error("field.range", format!("a tenant's name has 1 to {LONGEST_NAME} characters")).on("name"));
        }
        problems.extend(password.as_deref().and_then(|password| passwords::check(password).err()));
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let new = NewTenant { key: key.into(), name: name.into(), zone: ZONE, currency: CURRENCY.0.into(), currency_digits: CURRENCY.1 };
        let creation = self.stores.create_tenant(&new, self.clock.now()).await.map_err(tenant_taken)?;
        let tenant = Arc::new(Tenant::open(creation.store().clone()).await?);
        let ctx = self.system_ctx(tenant.clone()).await?;
        self.install_host(&ctx).await?;
        self.keep_host_revision(&ctx).await?;
        for role in host_roles() {
            tenant.store.put_role(&role).await?;
        }
        tenant.invalidate();
        let ctx = self.system_ctx(tenant).await?;
        let roles = vec![guanxi_core::policy::ADMINISTRATOR.to_owned()];
        let admin_name = admin_email.split('@').next().unwrap_or(admin_email).to_owned();
        self.create_user(&ctx, NewUser { email: admin_email.into(), name: admin_name, department: None, roles, password }).await?;
        creation.finish().await.map_err(tenant_taken)?;
        self.tenant(key).await?.ok_or_else(|| Refusal::internal(&"a new tenant is not there"))
    }

    /// Makes a user with roles and, if given, a password. Only for administrators; all problems at once.
    pub async fn create_user(&self, ctx: &Ctx, user: NewUser) -> Outcome<Uuid> {
        administrator(ctx)?;
        let mut problems = Vec::new();
        let email = user.email.trim().to_owned();
        let mut fields = vec![("email".to_owned(), Raw::Text(user.email)), ("name".to_owned(), Raw::Text(user.name))];
        if let Some(name) = &user.department {
            match self.department(ctx, name).await? {
                Ok(department) => fields.push(("department".to_owned(), Raw::Value(Value::Ref(department)))),
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(unknown_roles(ctx, &user.roles));
        problems.extend(user.password.as_deref().and_then(|password| passwords::check(password).err()));
        let change = Change::Create { object: "user".into(), fields };
        if !problems.is_empty() {
            let checked = self.save(ctx, vec![change], SaveOptions { dry_run: true, ..SaveOptions::default() }).await;
            problems.extend(checked.err().map(|refusal| refusal.problems).unwrap_or_default());
            return Err(name_taken_address(problems.into(), &email));
        }
        // Hashed before anything is written: it takes long, and it is what could still fail.
        let hash = match &user.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let saved = self.save(ctx, vec![change], SaveOptions::default()).await.map_err(|refusal| name_taken_address(refusal, &email))?;
        let id = saved.into_iter().next().ok_or_else(|| Refusal::internal(&"a save without an outcome"))??.id;
        self.keep_roles(ctx, id, &user.roles).await?;
        if let Some(hash) = hash {
            ctx.tenant.store.set_credential(id, &hash, ctx.now).await?;
        }
        Ok(id)
    }

    /// Gives a user a new password and ends all sessions of that user. For the user and for administrators.
    pub async fn set_password(&self, ctx: &Ctx, user: Uuid, password: &str) -> Outcome<()> {
        if ctx.actor.user != Some(user) {
            administrator(ctx)?;
        }
        passwords::check(password)?;
        self.existing_user(ctx, user).await?;
        let hash = self.hash_password(password).await?;
        ctx.tenant.store.set_credential(user, &hash, ctx.now).await?;
        ctx.tenant.store.delete_sessions_of(user, None).await?;
        self.note(ctx, "password.set", json!({ "user": user })).await
    }

    /// Gives a user exactly these roles. For those who keep roles.
    pub async fn set_roles(&self, ctx: &Ctx, user: Uuid, roles: &[String]) -> Outcome<()> {
        keeps_roles(ctx)?;
        let problems = unknown_roles(ctx, roles);
        if !problems.is_empty() {
            return Err(problems.into());
        }
        self.existing_user(ctx, user).await?;
        self.hands_out_no_more(ctx, user, roles).await?;
        if ctx.actor.user == Some(user)
            && ctx.actor.is_administrator()
            && !roles.iter().any(|key| ctx.snapshot.roles.get(key).is_some_and(|role| role.administrator))
        {
            let detail = "nobody takes the administrator's role from themselves; let another administrator do it";
            return Err(Problem::error("rule.failed", detail).on("roles").into());
        }
        self.keep_roles(ctx, user, roles).await
    }

    /// Without the administrator's role nobody gives it, takes it, or gives a role with rights of administration that they do not have.
    async fn hands_out_no_more(&self, ctx: &Ctx, user: Uuid, roles: &[String]) -> Outcome<()> {
        if ctx.actor.is_administrator() {
            return Ok(());
        }
        let before = self.roles_of(ctx, user).await?;
        let moved = roles.iter().filter(|key| !before.contains(key)).chain(before.iter().filter(|key| !roles.contains(key)));
        for role in moved.filter_map(|key| ctx.snapshot.roles.get(key)) {
            if let Some(problem) = super::rights::handed_out(ctx, role, None) {
                return Err(problem.on("roles").into());
            }
        }
        Ok(())
    }

    /// The keys of a user's roles.
    pub async fn roles_of(&self, ctx: &Ctx, user: Uuid) -> Outcome<Vec<String>> {
        Ok(ctx.tenant.store.user_roles(user).await?)
    }

    /// The keys of a user's roles, for the user and for those who may see roles.
    pub async fn visible_roles_of(&self, ctx: &Ctx, user: Uuid) -> Outcome<Vec<String>> {
        if ctx.actor.user != Some(user) && !ctx.actor.manages("role", Function::View) {
            return Err(Refusal::denied("role: view"));
        }
        self.existing_user(ctx, user).await?;
        self.roles_of(ctx, user).await
    }

    /// The keys of everybody's roles. For those who keep roles.
    pub async fn roles_of_all(&self, ctx: &Ctx) -> Outcome<std::collections::HashMap<Uuid, Vec<String>>> {
        keeps_roles(ctx)?;
        Ok(ctx.tenant.store.all_user_roles().await?)
    }

    /// The user with this e-mail address.
    pub async fn user_by_email(&self, ctx: &Ctx, email: &str) -> Outcome<Option<Uuid>> {
        self.system_lookup(ctx, "user", "email", email).await
    }

    /// The tenant's first administrator who is still active: ids grow with time.
    pub async fn first_administrator(&self, ctx: &Ctx) -> Outcome<Option<Uuid>> {
        let is_administrator = |key: &String| ctx.snapshot.roles.get(key).is_some_and(|role| role.administrator);
        let all = ctx.tenant.store.all_user_roles().await?;
        let mut users: Vec<Uuid> = all.into_iter().filter(|(_, keys)| keys.iter().any(is_administrator)).map(|(user, _)| user).collect();
        users.sort_unstable();
        for user in users {
            if self.actor(ctx, user, None).await?.is_some() {
                return Ok(Some(user));
            }
        }
        Ok(None)
    }

    /// A line in the tenant's security log.
    pub(super) async fn note(&self, ctx: &Ctx, kind: &str, detail: serde_json::Value) -> Outcome<()> {
        Ok(ctx.tenant.store.add_security_event(ctx.actor.user, kind, &detail, ctx.now).await?)
    }

    async fn department(&self, ctx: &Ctx, name: &str) -> Outcome<Result<Uuid, Problem>> {
        Ok(self.system_lookup(ctx, "department", "name", name).await?.ok_or_else(|| {
            let detail = format!("there is no department {name:?}, or more than one");
            Problem::error("reference.not_found", detail).on("department").with("value", name)
        }))
    }

    async fn existing_user(&self, ctx: &Ctx, user: Uuid) -> Outcome<()> {
        self.system_record(ctx, "user", user).await?.map(|_| ()).ok_or_else(|| Refusal::not_found("user"))
    }

    async fn keep_roles(&self, ctx: &Ctx, user: Uuid, keys: &[String]) -> Outcome<()> {
        // A role that only a plugin declares has no row of its own until somebody gets it.
        let stored: Vec<String> = ctx.tenant.store.list_roles().await?.into_iter().map(|role| role.key).collect();
        for role in keys.iter().filter(|key| !stored.contains(key)).filter_map(|key| ctx.snapshot.roles.get(key)) {
            let bare = Role { grants: Default::default(), rules: Default::default(), fields: Default::default(), ..Role::clone(role) };
            ctx.tenant.store.put_role(&bare).await?;
        }
        ctx.tenant.store.set_user_roles(user, keys).await?;
        ctx.tenant.invalidate();
        self.note(ctx, "roles.set", json!({ "user": user, "roles": keys })).await
    }
}

/// Only administrators make people and act for them: a right to roles must not become a way to somebody else's password or token.
pub(super) fn administrator(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.is_administrator() { Ok(()) } else { Err(Refusal::denied("role: edit")) }
}

/// Who may keep roles gives and takes them, too.
fn keeps_roles(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.manages("role", Function::Edit) { Ok(()) } else { Err(Refusal::denied("role: edit")) }
}

/// One problem for each role that this tenant does not have, with those that it has.
pub(super) fn unknown_roles(ctx: &Ctx, keys: &[String]) -> Vec<Problem> {
    let mut known: Vec<&str> = ctx.snapshot.roles.keys().map(String::as_str).collect();
    known.sort_unstable();
    let unknown = keys.iter().filter(|key| !ctx.snapshot.roles.contains_key(*key));
    unknown
        .map(|key| {
            let detail = format!("there is no role {key:?}; there are {}", known.join(", "));
            Problem::error("field.option", detail).on("roles").with("value", key.as_str())
        })
        .collect()
}

/// Says which address is taken: the caller may be making many users.
fn name_taken_address(mut refusal: Refusal, email: &str) -> Refusal {
    for problem in &mut refusal.problems {
        if problem.code == "field.not_unique" && problem.field.as_deref() == Some("email") {
            problem.detail = format!("another user has the address {email}");
            problem.params.push(("value".into(), Value::from(email)));
        }
    }
    refusal
}

fn tenant_taken(error: StoreError) -> Refusal {
    match error {
        StoreError::TenantExists(key) => {
            Problem::error("field.not_unique", format!("tenant {key} exists, or did once: keys are never used again"))
                .on("key")
                .with("value", key)
                .into()
        }
        other => other.into(),
    }
}
