//! Teams: groups of users that records are shared with. Administrators keep them; everybody who sees users sees them.

use guanxi_core::Problem;
use guanxi_core::policy::Function;
use guanxi_core::text::is_line;
use guanxi_store::{StoreError, Team, ViolationKind};
use serde_json::json;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, read};
use super::manages;

/// The longest name, in characters.
const LONGEST_NAME: usize = 80;
/// The most members.
const MOST_MEMBERS: usize = 1_000;

impl Engine {
    /// All teams, by name.
    pub async fn list_teams(&self, ctx: &Ctx) -> Outcome<Vec<Team>> {
        if manages(ctx, Function::View).is_err() {
            read::right(ctx, "user", Function::View)?;
        }
        let mut teams = ctx.tenant.store.list_teams().await?;
        teams.sort_by(|a, b| guanxi_core::text::sort_key(&a.name).cmp(&guanxi_core::text::sort_key(&b.name)).then(a.id.cmp(&b.id)));
        Ok(teams)
    }

    /// One team.
    pub async fn get_team(&self, ctx: &Ctx, id: Uuid) -> Outcome<Team> {
        self.list_teams(ctx).await?.into_iter().find(|team| team.id == id).ok_or_else(|| Refusal::not_found("team"))
    }

    /// Makes a team (`id` is `None`) or replaces the one that still has the revision `expect`; it as it is then.
    pub async fn put_team(&self, ctx: &Ctx, id: Option<Uuid>, name: &str, members: Vec<Uuid>, expect: Option<i64>) -> Outcome<Team> {
        manages(ctx, if id.is_some() { Function::Edit } else { Function::Create })?;
        let name = name.trim().to_owned();
        let mut problems = Vec::new();
        if !is_line(&name, LONGEST_NAME) {
            problems.push(Problem::error("field.range", format!("a team's name is one line of 1 to {LONGEST_NAME} characters")).on("name"));
        }
        if members.len() > MOST_MEMBERS {
            problems.push(Problem::error("field.range", format!("a team has at most {MOST_MEMBERS} members")).on("members"));
        }
        let known = match id {
            Some(id) => Some(self.get_team(ctx, id).await?),
            None => None,
        };
        if !problems.is_empty() {
            return Err(problems.into());
        }
        self.known_users(ctx, &members, "members").await?;
        let revision = known.as_ref().map(|known| expect.unwrap_or(known.revision));
        let team =
            Team { id: id.unwrap_or_else(|| self.new_id(ctx)), name, members, revision: revision.map_or(1, |revision| revision + 1) };
        let kept = ctx.tenant.store.put_team(&team, revision).await.map_err(|error| match error {
            StoreError::Violation(violation) if violation.kind == ViolationKind::Unique => {
                Problem::error("field.not_unique", format!("another team is called {:?}", team.name)).on("name").into()
            }
            other => Refusal::from(other),
        })?;
        if !kept {
            return Err(Problem::error("record.version_conflict", "the team was changed by somebody else; look at it again")
                .on("revision")
                .into());
        }
        ctx.tenant.invalidate();
        self.note(ctx, "team.set", json!({ "team": team.id, "name": team.name, "members": team.members })).await?;
        self.get_team(ctx, team.id).await
    }

    /// Deletes a team; what was shared with it is shared with it no more.
    pub async fn delete_team(&self, ctx: &Ctx, id: Uuid) -> Outcome<()> {
        manages(ctx, Function::Delete)?;
        if !ctx.tenant.store.delete_team(id).await? {
            return Err(Refusal::not_found("team"));
        }
        ctx.tenant.invalidate();
        self.note(ctx, "team.deleted", json!({ "team": id })).await
    }
}
