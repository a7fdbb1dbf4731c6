//! Shares of single records. Whoever may change a record may share it; whoever sees it sees with whom it is shared.

use chrono::{DateTime, Utc};
use guanxi_core::Problem;
use guanxi_core::policy::{Function, Subject};
use guanxi_store::Share;
use serde_json::json;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, read};

/// The most shares of one record.
const MOST: usize = 200;

/// A share to be made.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// With whom.
    pub subject: Subject,
    /// It may be changed, too.
    pub edit: bool,
    /// Its end.
    pub until: Option<DateTime<Utc>>,
}

impl Engine {
    /// With whom a record that the actor sees is shared, the oldest first. Shares that ended are left out.
    pub async fn list_shares(&self, ctx: &Ctx, key: &str, id: Uuid) -> Outcome<Vec<Share>> {
        self.reachable(ctx, key, id, Function::View).await?;
        let mut shares = ctx.tenant.store.list_shares(key, id).await?;
        shares.retain(|share| share.until.is_none_or(|end| end > ctx.now));
        Ok(shares)
    }

    /// Shares a record that the actor may change; with somebody who has it already, the share becomes the new one.
    pub async fn share(&self, ctx: &Ctx, key: &str, id: Uuid, new: NewShare) -> Outcome<Share> {
        self.reachable(ctx, key, id, Function::Edit).await?;
        let mut problems = Vec::new();
        if !self.is_there(ctx, &new.subject).await? {
            let detail = format!("there is no {} {:?}", new.subject.kind(), new.subject.name());
            problems.push(Problem::error("reference.not_found", detail).on("subject").with("value", new.subject.name()));
        }
        if new.until.is_some_and(|end| end <= ctx.now) {
            problems.push(Problem::error("field.range", "a share ends in the future").on("until"));
        }
        if ctx.tenant.store.list_shares(key, id).await?.len() >= MOST {
            problems.push(Problem::error("rule.failed", format!("a record has at most {MOST} shares; share it with a team")).on("subject"));
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let mut share = Share {
            id: self.new_id(ctx),
            object: key.to_owned(),
            record: id,
            subject: new.subject,
            edit: new.edit,
            until: new.until,
            created_by: ctx.actor.user,
            created_at: ctx.now,
        };
        share.id = ctx.tenant.store.put_share(&share).await?;
        ctx.tenant.invalidate();
        let detail = json!({
            "object": key, "record": id, "subject": { "kind": share.subject.kind(), "id": share.subject.name() },
            "right": if share.edit { "edit" } else { "read" }, "until": share.until.map(|end| end.to_rfc3339()),
        });
        self.note(ctx, "record.shared", detail).await?;
        Ok(share)
    }

    /// Ends a share of a record that the actor may change.
    pub async fn unshare(&self, ctx: &Ctx, key: &str, id: Uuid, share: Uuid) -> Outcome<()> {
        self.reachable(ctx, key, id, Function::Edit).await?;
        if !ctx.tenant.store.delete_share(key, id, share).await? {
            return Err(Refusal::not_found("share"));
        }
        ctx.tenant.invalidate();
        self.note(ctx, "record.unshared", json!({ "object": key, "record": id, "share": share })).await
    }

    /// Refuses a record that the actor does not see (404) or may not do this with (403).
    async fn reachable(&self, ctx: &Ctx, key: &str, id: Uuid, function: Function) -> Outcome<()> {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        if object.parent.is_some() || object.read_only {
            return Err(Problem::error("rule.failed", format!("records of `{key}` follow those that they belong to")).into());
        }
        let fields = vec![guanxi_core::expr::resolve_path("id", &ctx.snapshot.schema, &object)?];
        if read::find_by_ids(ctx, &object, fields, &[id]).await?.is_empty() {
            return Err(Refusal::not_found("record"));
        }
        if function != Function::View {
            let scope = read::right(ctx, key, function)?;
            if !ctx.tenant.store.reached(&ctx.snapshot.schema, &object, &[id], &scope).await?.contains(&id) {
                return Err(Refusal::denied(&format!("{key}: {} this record", function.name())));
            }
        }
        Ok(())
    }

    async fn is_there(&self, ctx: &Ctx, subject: &Subject) -> Outcome<bool> {
        Ok(match subject {
            Subject::User(id) => self.titles(ctx, "user", &[*id]).await?.contains_key(id),
            Subject::Department(id) => self.titles(ctx, "department", &[*id]).await?.contains_key(id),
            Subject::Team(id) => ctx.tenant.store.list_teams().await?.iter().any(|team| team.id == *id),
            Subject::Role(key) => ctx.snapshot.roles.contains_key(key),
        })
    }
}
