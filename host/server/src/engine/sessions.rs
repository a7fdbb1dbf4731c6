//! Browser sessions: log in, find out who it is, log out. The cookie holds `<tenant>.<secret>`; the tenant keeps a hash of the secret.

use std::net::IpAddr;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;
use guanxi_core::text::normal_key;
use serde_json::json;
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal, Tenant, Via, Viewing, secrets};

/// A session that nobody used for so long ends.
const IDLE: TimeDelta = TimeDelta::hours(12);
/// The longest life of a session.
const LONGEST: TimeDelta = TimeDelta::days(7);
/// Failures of an account or an address before each further attempt has to wait.
const FREE_FAILURES: i64 = 5;
/// The longest wait. It stays short, or strangers could lock people out of their accounts.
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(30);
/// Failures are forgotten after this time.
const FORGET_FAILURES: TimeDelta = TimeDelta::hours(24);

/// What somebody typed into the login page.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// The tenant's key.
    pub tenant: String,
    /// The account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// Where the request came from.
    pub address: String,
}

/// A browser that is logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose.
    pub user: Uuid,
    /// What every form of this session carries that changes something; blank while it looks with other eyes: without it no form is shown.
    pub csrf: String,
    /// The same for the forms of the frame (back to one's own eyes, language, signing out), at any time.
    pub frame_token: String,
    /// The language chosen in this session.
    pub locale: Locale,
    /// The theme chosen in this session: `light`, `dark` or blank for the system's.
    pub theme: String,
    /// The end, used or not.
    pub expires_at: DateTime<Utc>,
    /// Somebody else's eyes that an administrator looks with; nothing can be changed meanwhile.
    pub viewing: Option<Viewing>,
    pub(super) id_hash: Vec<u8>,
}

impl Engine {
    /// Logs in with a password; the session and the cookie's value. Everything that does not fit is the same `auth.required`.
    pub async fn login(&self, request: LoginRequest) -> Outcome<(Session, String)> {
        // Not every database takes a NUL in a text, so no name has one.
        if [&request.tenant, &request.email].iter().any(|text| text.contains('\0')) {
            return Err(wrong());
        }
        let Some(tenant) = self.tenant(request.tenant.trim()).await? else {
            self.verify_password(&request.password, None).await?;
            return Err(wrong());
        };
        let ctx = self.system_ctx(tenant.clone()).await?;
        let email = request.email.trim();
        let subjects = subjects(email, &request.address);
        self.take_turn(&ctx, &subjects).await?;
        let user = self.user_by_email(&ctx, email).await?;
        let stored = match user {
            Some(user) => tenant.store.find_credential(user).await?.map(|credential| credential.password_hash),
            None => None,
        };
        let fits = self.verify_password(&request.password, stored).await?;
        let active = match user {
            Some(user) if fits => self.actor(&ctx, user, None).await?.map(|_| user),
            _ => None,
        };
        let Some(user) = active else {
            tenant.store.add_login_failure(&subjects[1..], ctx.now).await?;
            tenant.store.add_security_event(user, "login.failed", &json!({ "email": email, "address": request.address }), ctx.now).await?;
            return Err(wrong());
        };
        // The address keeps its count: an own account must not buy more guesses at others.
        tenant.store.clear_login_failures(&subjects[..1]).await?;
        tenant.store.sweep_login_failures(ctx.now - FORGET_FAILURES).await?;
        tenant.store.add_security_event(Some(user), "login", &json!({ "address": request.address }), ctx.now).await?;
        self.begin_session(&tenant, user).await
    }

    /// Begins a session for a user who has proved who it is; the session and the cookie's value.
    pub async fn begin_session(&self, tenant: &Arc<Tenant>, user: Uuid) -> Outcome<(Session, String)> {
        let now = self.clock.now();
        let secret = secrets::random_hex(secrets::SECRET)?;
        let stored = guanxi_store::Session {
            id_hash: secrets::hash(&secret),
            user,
            csrf: secrets::random_hex(secrets::SECRET)?,
            created_at: now,
            last_seen_at: now,
            expires_at: now + LONGEST,
            locale: None,
            theme: None,
            viewing: None,
        };
        tenant.store.sweep_sessions(IDLE, now).await?;
        tenant.store.create_session(&stored).await?;
        Ok((Session::new(stored), format!("{}.{secret}", tenant.key)))
    }

    /// Who a cookie belongs to; `None` where nobody is logged in (any more).
    pub async fn session(&self, cookie: &str) -> Outcome<Option<(Ctx, Session)>> {
        let Some((key, secret)) = cookie.split_once('.') else { return Ok(None) };
        let Some(tenant) = self.tenant(key).await? else { return Ok(None) };
        let mut ctx = self.system_ctx(tenant.clone()).await?;
        let Some(stored) = tenant.store.find_session(&secrets::hash(secret), IDLE, ctx.now).await? else { return Ok(None) };
        let Some(actor) = self.actor(&ctx, stored.user, None).await? else { return Ok(None) };
        tenant.store.touch_session(&stored, ctx.now).await?;
        let viewing = stored.viewing.clone();
        let mut session = Session::new(stored);
        let actor = match viewing {
            Some(viewing) => self.look_through(&mut ctx, actor, &viewing, &mut session).await?,
            None => actor,
        };
        (ctx.actor, ctx.via, ctx.locale, ctx.request) = (actor, Via::Ui, session.locale, secrets::random_hex(8)?);
        ctx.bind_actor();
        Ok(Some((ctx, session)))
    }

    /// Keeps the language and the theme that somebody chose, for this session.
    pub async fn set_session_look(&self, ctx: &Ctx, session: &Session, locale: Locale, theme: &str) -> Outcome<()> {
        if !["", "light", "dark"].contains(&theme) {
            return Err(Problem::error("field.option", "a theme is light, dark or blank").on("theme").into());
        }
        let theme = Some(theme).filter(|theme| !theme.is_empty());
        Ok(ctx.tenant.store.set_session_look(&session.id_hash, Some(locale.tag()), theme).await?)
    }

    /// Ends the session of a cookie, if there is one.
    pub async fn logout(&self, cookie: &str) -> Outcome<()> {
        let Some((key, secret)) = cookie.split_once('.') else { return Ok(()) };
        let Some(tenant) = self.tenant(key).await? else { return Ok(()) };
        tenant.store.delete_session(&secrets::hash(secret)).await?;
        Ok(())
    }

    /// Counts the attempt for the account before its password is looked at, so that attempts at the same time do not slip through
    /// together; refused while the account or the address has to wait.
    async fn take_turn(&self, ctx: &Ctx, subjects: &[String]) -> Outcome<()> {
        let _one_at_a_time = ctx.tenant.logins.lock().await;
        let failures = ctx.tenant.store.login_failures(subjects).await?;
        let wait = failures.iter().map(|f| wait_after(f.failures) - (ctx.now - f.last_at)).max().unwrap_or_default();
        if wait <= TimeDelta::zero() {
            return Ok(ctx.tenant.store.add_login_failure(&subjects[..1], ctx.now).await?);
        }
        let seconds = wait.num_seconds() + 1;
        Err(Problem::error("rate.limited", format!("too many failed logins; try again in {seconds} s")).with("seconds", seconds).into())
    }
}

impl Session {
    fn new(stored: guanxi_store::Session) -> Self {
        Self {
            user: stored.user,
            csrf: stored.csrf.clone(),
            frame_token: stored.csrf,
            locale: stored.locale.as_deref().and_then(Locale::parse).unwrap_or_default(),
            theme: stored.theme.unwrap_or_default(),
            expires_at: stored.expires_at,
            viewing: None,
            id_hash: stored.id_hash,
        }
    }

    /// Whether a form's token is this session's, compared in constant time.
    pub fn is_own_form(&self, token: &str) -> bool {
        bool::from(subtle::ConstantTimeEq::ct_eq(self.frame_token.as_bytes(), token.as_bytes()))
    }
}

/// Unknown account, wrong password, inactive user, no such tenant: nobody learns which.
fn wrong() -> Refusal {
    Refusal::one("auth.required", "the e-mail address or the password is wrong")
}

/// 1 s after the first failure too many, then twice as long each time.
fn wait_after(failures: i64) -> TimeDelta {
    let Ok(doublings) = u32::try_from(failures - FREE_FAILURES) else { return TimeDelta::zero() };
    TimeDelta::seconds(1_i64 << doublings.min(10)).min(LONGEST_WAIT)
}

/// What failures are counted for: the account, then the address. An IPv6 customer has a whole /64, so it counts as one address.
fn subjects(email: &str, address: &str) -> Vec<String> {
    let address = match address.parse() {
        Ok(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    };
    vec![format!("account:{}", normal_key(&guanxi_core::meta::FieldKind::Email, email)), format!("address:{address}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_attempt_waits() {
        for (failures, seconds) in [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (9, 16), (10, 30), (1000, 30)] {
            assert_eq!(wait_after(failures).num_seconds(), seconds, "{failures}");
        }
    }

    #[test]
    fn addresses_count_by_network() {
        let address = |text: &str| subjects("a@b.example", text).pop().expect("two subjects");
        assert_eq!(address("2001:db8:1:2::1"), address("2001:db8:1:2:ffff::9"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_ne!(address("10.0.0.1"), address("10.0.0.2"));
    }
}
