//! Teams: groups of users that records are shared with; and the managers of departments beside the one that the department's record names.

use std::collections::BTreeMap;

use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Tx, present};
use crate::name::SqlName;
use crate::tenant::{TenantStore, raise_access_rev};

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Names the team.
    pub id: Uuid,
    /// Unique in the tenant.
    pub name: String,
    /// Its users, by id.
    pub members: Vec<Uuid>,
    /// Raised by every change.
    pub revision: i64,
}

impl TenantStore {
    /// All teams, by id.
    pub async fn list_teams(&self) -> Result<Vec<Team>, StoreError> {
        let mut query = Query::select();
        query.columns(["id", "name", "revision"]).from(self.db.table(&teams())).order_by("id", Order::Asc);
        let mut members: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        let mut of = Query::select();
        of.columns(["team", "user_id"]).from(self.db.table(&members_table())).order_by("user_id", Order::Asc);
        for row in self.db.fetch(0, &of).await? {
            members.entry(present(row.uuid(0)?, "team")?).or_default().push(present(row.uuid(1)?, "user_id")?);
        }
        let mut found = Vec::new();
        for row in self.db.fetch(0, &query).await? {
            let id = present(row.uuid(0)?, "id")?;
            let members = members.remove(&id).unwrap_or_default();
            found.push(Team { id, name: present(row.text(1)?, "name")?, members, revision: present(row.int(2)?, "revision")? });
        }
        Ok(found)
    }

    /// Makes a team, or replaces the one with its id where that still has the revision `expect`; `false` where it has another or is gone.
    /// A name that another team has is a violation of uniqueness.
    pub async fn put_team(&self, team: &Team, expect: Option<i64>) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let written = match expect {
            None => {
                let mut insert = Query::insert();
                insert.into_table(tx.table(&teams())).columns(["id", "name", "revision"]).values_panic([
                    team.id.into(),
                    team.name.as_str().into(),
                    1_i64.into(),
                ]);
                tx.execute(0, &insert).await?
            }
            Some(revision) => {
                let mut update = Query::update();
                update
                    .table(tx.table(&teams()))
                    .value("name", team.name.as_str())
                    .value("revision", revision + 1)
                    .and_where(Expr::col("id").eq(team.id).and(Expr::col("revision").eq(revision)));
                tx.execute(0, &update).await?
            }
        };
        if written == 0 {
            return Ok(false);
        }
        set_members(&mut tx, team).await?;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Deletes a team, and what was shared with it. `false`: there was none.
    pub async fn delete_team(&self, id: Uuid) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut shares = Query::delete();
        shares
            .from_table(tx.table(&SqlName::fixed("gx_share")))
            .and_where(Expr::col("subject_kind").eq("team").and(Expr::col("subject").eq(id.to_string())));
        tx.execute(0, &shares).await?;
        let mut members = Query::delete();
        members.from_table(tx.table(&members_table())).and_where(Expr::col("team").eq(id));
        tx.execute(0, &members).await?;
        let mut team = Query::delete();
        team.from_table(tx.table(&teams())).and_where(Expr::col("id").eq(id));
        let found = tx.execute(0, &team).await? > 0;
        raise_access_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The teams of a user.
    pub async fn teams_of(&self, user: Uuid) -> Result<Vec<Uuid>, StoreError> {
        let mut query = Query::select();
        query.column("team").from(self.db.table(&members_table())).and_where(Expr::col("user_id").eq(user)).order_by("team", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(|row| present(row.uuid(0)?, "team")).collect()
    }

    /// Departments with their further managers.
    pub async fn department_managers(&self) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["department", "user_id"])
            .from(self.db.table(&managers()))
            .order_by("department", Order::Asc)
            .order_by("user_id", Order::Asc);
        let pair = |row: &crate::db::Row| Ok((present(row.uuid(0)?, "department")?, present(row.uuid(1)?, "user_id")?));
        self.db.fetch(0, &query).await?.iter().map(pair).collect()
    }

    /// Gives a department exactly these further managers.
    pub async fn set_department_managers(&self, department: Uuid, users: &[Uuid]) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let mut delete = Query::delete();
        delete.from_table(tx.table(&managers())).and_where(Expr::col("department").eq(department));
        tx.execute(0, &delete).await?;
        if !users.is_empty() {
            let mut insert = Query::insert();
            insert.into_table(tx.table(&managers())).columns(["department", "user_id"]);
            for user in users {
                insert.values_panic([department.into(), (*user).into()]);
            }
            insert.on_conflict(OnConflict::columns(["department", "user_id"]).do_nothing().to_owned());
            tx.execute(0, &insert).await?;
        }
        raise_access_rev(&mut tx).await?;
        tx.commit().await
    }
}

async fn set_members(tx: &mut Tx, team: &Team) -> Result<(), StoreError> {
    let mut delete = Query::delete();
    delete.from_table(tx.table(&members_table())).and_where(Expr::col("team").eq(team.id));
    tx.execute(0, &delete).await?;
    if team.members.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table(tx.table(&members_table())).columns(["team", "user_id"]);
    for member in &team.members {
        insert.values_panic([team.id.into(), (*member).into()]);
    }
    insert.on_conflict(OnConflict::columns(["team", "user_id"]).do_nothing().to_owned());
    tx.execute(0, &insert).await.map(|_| ())
}

fn teams() -> SqlName {
    SqlName::fixed("gx_team")
}

fn members_table() -> SqlName {
    SqlName::fixed("gx_team_member")
}

fn managers() -> SqlName {
    SqlName::fixed("gx_department_manager")
}
