//! An administrator looks at the application with the eyes of a role or of another user. It is the administrator's session, marked in the
//! store: the actor of each request is the other one, and nothing can be changed until the session looks with its own eyes again.

use guanxi_core::Problem;
use guanxi_core::policy::{Actor, Subject};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal, Session};

/// Whose eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// The administrator's own place, with this role alone.
    Role(String),
    /// Another user, with that user's roles and place.
    User(Uuid),
}

/// A session that looks with other eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewing {
    /// Whose.
    pub eyes: Eyes,
    /// The administrator's name.
    pub administrator: String,
}

impl Eyes {
    fn to_json(&self) -> Json {
        match self {
            Self::Role(key) => json!({ "role": key }),
            Self::User(id) => json!({ "user": id.to_string() }),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let of = |key: &str| json.get(key).and_then(Json::as_str);
        of("role").map(|key| Self::Role(key.to_owned())).or_else(|| of("user").and_then(|id| Uuid::try_parse(id).ok()).map(Self::User))
    }
}

impl Ctx {
    /// Whether an administrator looks with other eyes: then nothing that changes anything is offered.
    pub fn is_viewing(&self) -> bool {
        self.viewer.is_some()
    }

    /// Refuses changes while an administrator looks with other eyes.
    pub fn must_not_be_viewing(&self) -> Outcome<()> {
        match self.viewer {
            None => Ok(()),
            Some(_) => Err(Refusal::one("permission.viewing", "nothing can be changed while you look at the application as somebody else")),
        }
    }
}

impl Engine {
    /// Lets an administrator's session look with other eyes. Logged.
    pub async fn look_as(&self, ctx: &Ctx, session: &Session, eyes: &Eyes) -> Outcome<()> {
        ctx.must_not_be_viewing()?;
        if !ctx.actor.is_administrator() {
            return Err(Refusal::denied("role: view"));
        }
        match eyes {
            Eyes::Role(key) if !ctx.snapshot.roles.contains_key(key) => return Err(Refusal::not_found("role")),
            Eyes::User(user) if self.actor(ctx, *user, None).await?.is_none() => {
                let problem = Problem::error("reference.not_found", "there is no such active user").on("user");
                return Err(problem.with("value", user.to_string()).into());
            }
            _ => {}
        }
        ctx.tenant.store.set_session_viewing(&session.id_hash, Some(&eyes.to_json().to_string())).await?;
        self.note(ctx, "view_as.begin", eyes.to_json()).await
    }

    /// The session looks with its own eyes again. Logged.
    pub async fn look_as_oneself(&self, ctx: &Ctx, session: &Session) -> Outcome<()> {
        let Some(viewing) = &session.viewing else { return Ok(()) };
        ctx.tenant.store.set_session_viewing(&session.id_hash, None).await?;
        let detail = viewing.eyes.to_json();
        Ok(ctx.tenant.store.add_security_event(Some(session.user), "view_as.end", &detail, ctx.now).await?)
    }

    /// The actor of a session that looks with other eyes; its own where it may not any more, or where nobody is there to look with.
    pub(super) async fn look_through(&self, ctx: &mut Ctx, own: Actor, stored: &str, session: &mut Session) -> Outcome<Actor> {
        let Some(eyes) = Eyes::read(stored).filter(|_| own.is_administrator()) else { return Ok(own) };
        let administrator = own.name.clone();
        ctx.actor = own.clone();
        let seen = match &eyes {
            Eyes::Role(key) => self.as_roles(ctx, std::slice::from_ref(key)).await,
            Eyes::User(user) => self.as_user(ctx, *user).await,
        };
        // A role or a user that is gone ends it: the administrator is the administrator again.
        let Ok(Ctx { mut actor, .. }) = seen else { return Ok(own) };
        if let Eyes::Role(key) = &eyes {
            actor.subjects.retain(|subject| !matches!(subject, Subject::Role(_)));
            actor.subjects.push(Subject::Role(key.clone()));
        }
        actor.shared = ctx.tenant.store.shared_objects(&actor.subjects, ctx.now).await?;
        ctx.viewer = Some(session.user);
        session.viewing = Some(Viewing { eyes, administrator });
        session.csrf.clear();
        Ok(actor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eyes_are_kept_as_they_are() {
        for eyes in [Eyes::Role("manager".into()), Eyes::User(Uuid::from_u128(7))] {
            assert_eq!(Eyes::read(&eyes.to_json().to_string()), Some(eyes));
        }
        for text in ["", "{}", "[]", r#"{"user":"x"}"#, r#"{"role":7}"#] {
            assert_eq!(Eyes::read(text), None, "{text}");
        }
    }
}
