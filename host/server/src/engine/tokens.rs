//! API tokens: `gx1_<tenant>_<id>_<secret>`. The tenant keeps a hash of the secret, so a token is shown once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use guanxi_core::Problem;
use guanxi_core::policy::Actor;
use guanxi_store::Token;
use serde_json::json;
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal, Via, people, secrets};

/// Begins every token: the form's version.
const PREFIX: &str = "gx1";
/// Bytes of the public part.
const ID: usize = 8;
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// A token to be made.
#[derive(Clone, Debug, Default)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// Roles, a part of the owner's; `None`: those that the owner has at the time of use.
    pub roles: Option<Vec<String>>,
    /// Its end.
    pub expires: Option<DateTime<Utc>>,
}

/// A token as its owner sees it afterwards.
#[derive(Clone, Debug)]
pub struct TokenInfo {
    /// The public part.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// As whom it acts.
    pub user: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its end.
    pub expires_at: Option<DateTime<Utc>>,
    /// Last use, exact to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// It still works.
    pub live: bool,
}

impl Engine {
    /// Makes a token for a user; its text, which is not kept. For the user and for administrators.
    pub async fn create_token(&self, ctx: &Ctx, user_email: &str, new: NewToken) -> Outcome<String> {
        let mut problems = Vec::new();
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            problems.push(Problem::error("field.range", format!("a token's name has 1 to {LONGEST_NAME} characters")).on("name"));
        }
        let user = self.user_by_email(ctx, user_email).await?;
        match user {
            None => problems.push(
                Problem::error("reference.not_found", format!("there is no user {user_email:?}")).on("user").with("value", user_email),
            ),
            Some(user) if self.actor(ctx, user, None).await?.is_none() => {
                problems.push(Problem::error("rule.failed", format!("user {user_email} is not active")).on("user"));
            }
            Some(_) => {}
        }
        if new.expires.is_some_and(|end| end <= ctx.now) {
            problems.push(Problem::error("field.range", "a token ends in the future").on("expires"));
        }
        if let (Some(user), Some(roles)) = (user, &new.roles) {
            let own = ctx.tenant.store.user_roles(user).await?;
            let foreign = roles.iter().filter(|role| !own.contains(role));
            problems.extend(foreign.map(|role| {
                Problem::error("field.option", format!("the user does not have role {role:?}")).on("roles").with("value", role.as_str())
            }));
        }
        let user = match user {
            Some(user) if problems.is_empty() => user,
            _ => return Err(problems.into()),
        };
        if ctx.actor.user != Some(user) {
            people::administrator(ctx)?;
        }
        let (id, secret) = (secrets::random_hex(ID)?, secrets::random_hex(secrets::SECRET)?);
        let token = Token {
            id: id.clone(),
            name,
            user,
            secret_hash: secrets::hash(&secret),
            roles: new.roles,
            created_at: ctx.now,
            expires_at: new.expires,
            last_used_at: None,
            revoked_at: None,
        };
        ctx.tenant.store.create_token(&token).await?;
        self.note(ctx, "token.created", json!({ "token": id, "user": user })).await?;
        Ok(format!("{PREFIX}_{}_{id}_{secret}", ctx.tenant.key))
    }

    /// Tokens of one user, the newest first. For the user and for administrators.
    pub async fn list_tokens(&self, ctx: &Ctx, user: Uuid) -> Outcome<Vec<TokenInfo>> {
        if ctx.actor.user != Some(user) {
            people::administrator(ctx)?;
        }
        let tokens = ctx.tenant.store.list_tokens(Some(user)).await?;
        let info = |token: Token| TokenInfo {
            live: token.is_live(ctx.now),
            id: token.id,
            name: token.name,
            user: token.user,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        };
        Ok(tokens.into_iter().map(info).collect())
    }

    /// Takes a token back. For its owner and for administrators.
    pub async fn revoke_token(&self, ctx: &Ctx, id: &str) -> Outcome<()> {
        let token = ctx.tenant.store.find_token(id).await?.ok_or_else(|| Refusal::not_found("token"))?;
        if ctx.actor.user != Some(token.user) {
            people::administrator(ctx)?;
        }
        ctx.tenant.store.revoke_token(id, ctx.now).await?;
        ctx.tenant.invalidate();
        self.note(ctx, "token.revoked", json!({ "token": id, "user": token.user })).await
    }

    /// The context of a request that carries a token. Whatever is wrong with it is the same `auth.required`.
    pub async fn token(&self, text: &str, request_id: String) -> Outcome<Ctx> {
        let (key, id, secret) = parse(text).ok_or_else(refused)?;
        let tenant = self.tenant(key).await?.ok_or_else(refused)?;
        let mut ctx = self.system_ctx(tenant).await?;
        let caller = match ctx.snapshot.callers.find(id) {
            Some(caller) => caller,
            None => {
                let token = ctx.tenant.store.find_token(id).await?.ok_or_else(refused)?;
                let actor = self.actor(&ctx, token.user, token.roles.as_deref()).await?;
                ctx.snapshot.callers.keep(token, actor)
            }
        };
        let Caller { token, actor: Some(actor), .. } = &*caller else { return Err(refused()) };
        if !secrets::matches(secret, &token.secret_hash) || !token.is_live(ctx.now) {
            return Err(refused());
        }
        if caller.is_touch_due(ctx.now) {
            ctx.tenant.store.touch_token(token, ctx.now).await?;
        }
        let actor = actor.clone();
        (ctx.actor, ctx.via, ctx.request) = (actor, Via::Api, request_id);
        ctx.bind_actor();
        Ok(ctx)
    }
}

/// Tokens with their actors, kept in a snapshot: whatever changes rights, users or tokens makes a new snapshot.
#[derive(Default)]
pub(super) struct Callers(Mutex<HashMap<String, Arc<Caller>>>);

/// One token and as whom it acts now; `None` where its user may not act.
struct Caller {
    token: Token,
    actor: Option<Actor>,
    /// When its use was noted last, in seconds.
    touched: AtomicI64,
}

impl Callers {
    /// Most callers kept; a flood of made-up tokens finds none, so only real ones are in here.
    const MOST: usize = 10_000;

    fn find(&self, id: &str) -> Option<Arc<Caller>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    fn keep(&self, token: Token, actor: Option<Actor>) -> Arc<Caller> {
        let mut callers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= Self::MOST {
            callers.clear();
        }
        let touched = AtomicI64::new(token.last_used_at.map_or(i64::MIN, |at| at.timestamp()));
        let id = token.id.clone();
        let caller = Arc::new(Caller { token, actor, touched });
        callers.insert(id, caller.clone());
        caller
    }
}

impl Caller {
    /// Use is noted once a minute, by one of the requests that come together.
    fn is_touch_due(&self, now: DateTime<Utc>) -> bool {
        let (now, last) = (now.timestamp(), self.touched.load(Ordering::Relaxed));
        now.saturating_sub(last) >= 60 && self.touched.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

fn refused() -> Refusal {
    Refusal::one("auth.required", "this needs a valid token: Authorization: Bearer gx1_…")
}

/// Tenant, id and secret.
fn parse(text: &str) -> Option<(&str, &str, &str)> {
    let mut parts = text.trim().split('_');
    let (prefix, tenant, id, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    (prefix == PREFIX && parts.next().is_none() && !tenant.is_empty() && !id.is_empty() && !secret.is_empty())
        .then_some((tenant, id, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_noted_once_a_minute() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let token = Token {
            id: "a".into(),
            name: "a".into(),
            user: Uuid::nil(),
            secret_hash: Vec::new(),
            roles: None,
            created_at: at(0),
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        };
        let callers = Callers::default();
        let caller = callers.keep(token, None);
        assert_eq!([1000, 1001, 1059, 1060, 1061].map(|second| caller.is_touch_due(at(second))), [true, false, false, true, false]);
        assert!(callers.find("a").is_some() && callers.find("b").is_none());
    }

    #[test]
    fn only_whole_tokens_are_read() {
        assert_eq!(parse(" gx1_demo_0a1b_ff00\n"), Some(("demo", "0a1b", "ff00")));
        for text in
            ["", "gx1", "gx1_demo_0a1b", "gx1_demo_0a1b_", "gx2_demo_0a1b_ff00", "gx1_demo_0a1b_ff00_x", "gx1__0a1b_ff00", "Bearer x"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
