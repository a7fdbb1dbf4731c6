//! Browser sessions and failed logins. Only hashes are kept; making and comparing secrets is the caller's.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Cond, Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Row, present};
use crate::name::SqlName;
use crate::tenant::{TenantStore, raise_access_rev};

/// How often a session or token notes that it was used; more often would make a write of every read.
pub(crate) const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);

/// A browser session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of the cookie's secret.
    pub id_hash: Vec<u8>,
    /// Whose.
    pub user: Uuid,
    /// The form token.
    pub csrf: String,
    /// When the user logged in.
    pub created_at: DateTime<Utc>,
    /// Last use, exact to a minute.
    pub last_seen_at: DateTime<Utc>,
    /// The end, used or not.
    pub expires_at: DateTime<Utc>,
    /// The language chosen in this session.
    pub locale: Option<String>,
    /// The theme chosen in this session.
    pub theme: Option<String>,
    /// With whose eyes an administrator looks, as the engine writes it; `None`: with their own.
    pub viewing: Option<String>,
}

/// Failed logins of one account or one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFailures {
    /// What is counted, for example `account:…` or `address:…`.
    pub subject: String,
    /// Failures since the last success or sweep.
    pub failures: i64,
    /// The last of them.
    pub last_at: DateTime<Utc>,
}

impl TenantStore {
    /// Writes a new session.
    pub async fn create_session(&self, session: &Session) -> Result<(), StoreError> {
        let dialect = self.db.dialect();
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&sessions()))
            .columns(["id_hash", "user_id", "csrf", "created_at", "last_seen_at", "expires_at", "locale", "theme"])
            .values_panic([
                session.id_hash.as_slice().into(),
                session.user.into(),
                session.csrf.as_str().into(),
                dialect.instant(Some(session.created_at)).into(),
                dialect.instant(Some(session.last_seen_at)).into(),
                dialect.instant(Some(session.expires_at)).into(),
                session.locale.clone().into(),
                session.theme.clone().into(),
            ]);
        self.db.execute(&insert).await.map(|_| ())
    }

    /// A session that has not ended and was used within `idle`.
    pub async fn find_session(&self, id_hash: &[u8], idle: TimeDelta, now: DateTime<Utc>) -> Result<Option<Session>, StoreError> {
        let dialect = self.db.dialect();
        let mut query = Query::select();
        query
            .columns(["id_hash", "user_id", "csrf", "created_at", "last_seen_at", "expires_at", "locale", "theme", "viewing"])
            .from(self.db.table(&sessions()))
            .and_where(Expr::col("id_hash").eq(id_hash))
            .and_where(Expr::col("expires_at").gt(dialect.instant(Some(now))))
            .and_where(Expr::col("last_seen_at").gt(dialect.instant(Some(now - idle))));
        self.db.fetch(0, &query).await?.first().map(read_session).transpose()
    }

    /// Notes that the session was used, at most once a minute.
    pub async fn touch_session(&self, session: &Session, now: DateTime<Utc>) -> Result<(), StoreError> {
        if now - session.last_seen_at < TOUCH_EVERY {
            return Ok(());
        }
        let mut update = Query::update();
        update
            .table(self.db.table(&sessions()))
            .value("last_seen_at", self.db.dialect().instant(Some(now)))
            .and_where(Expr::col("id_hash").eq(session.id_hash.as_slice()));
        self.db.execute(&update).await.map(|_| ())
    }

    /// Keeps the language and theme that the user chose.
    pub async fn set_session_look(&self, id_hash: &[u8], locale: Option<&str>, theme: Option<&str>) -> Result<(), StoreError> {
        let mut update = Query::update();
        update
            .table(self.db.table(&sessions()))
            .value("locale", locale.map(str::to_owned))
            .value("theme", theme.map(str::to_owned))
            .and_where(Expr::col("id_hash").eq(id_hash));
        self.db.execute(&update).await.map(|_| ())
    }

    /// Lets a session look with somebody else's eyes, or with its own again.
    pub async fn set_session_viewing(&self, id_hash: &[u8], viewing: Option<&str>) -> Result<(), StoreError> {
        let mut update = Query::update();
        update.table(self.db.table(&sessions())).value("viewing", viewing.map(str::to_owned)).and_where(Expr::col("id_hash").eq(id_hash));
        self.db.execute(&update).await.map(|_| ())
    }

    /// Ends a session. `false`: it was not there.
    pub async fn delete_session(&self, id_hash: &[u8]) -> Result<bool, StoreError> {
        self.end_sessions(Expr::col("id_hash").eq(id_hash)).await.map(|ended| ended > 0)
    }

    /// Ends all sessions of a user, but for the one to `keep`. The number of those that ended.
    pub async fn delete_sessions_of(&self, user: Uuid, keep: Option<&[u8]>) -> Result<u64, StoreError> {
        let of_user = Expr::col("user_id").eq(user);
        self.end_sessions(match keep {
            Some(keep) => of_user.and(Expr::col("id_hash").ne(keep)),
            None => of_user,
        })
        .await
    }

    /// Deletes the sessions that ended or lay idle. They were refused already, so nobody's rights change.
    pub async fn sweep_sessions(&self, idle: TimeDelta, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let dialect = self.db.dialect();
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&sessions())).cond_where(
            Cond::any()
                .add(Expr::col("expires_at").lte(dialect.instant(Some(now))))
                .add(Expr::col("last_seen_at").lte(dialect.instant(Some(now - idle)))),
        );
        self.db.execute(&delete).await
    }

    /// Failed logins of these subjects; one without failures is left out.
    pub async fn login_failures(&self, subjects: &[String]) -> Result<Vec<LoginFailures>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["subject", "failures", "last_at"])
            .from(self.db.table(&failures()))
            .and_where(Expr::col("subject").is_in(subjects.iter().map(String::as_str)));
        self.db.fetch(0, &query).await?.iter().map(read_failures).collect()
    }

    /// Counts a failed login for each subject.
    pub async fn add_login_failure(&self, subjects: &[String], now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        for subject in subjects {
            let mut insert = Query::insert();
            insert
                .into_table(tx.table(&failures()))
                .columns(["subject", "failures", "last_at"])
                .values_panic([subject.as_str().into(), 1_i64.into(), tx.dialect().instant(Some(now)).into()])
                .on_conflict(
                    OnConflict::column("subject")
                        .value("failures", Expr::col(("gx_login_failure", "failures")).add(1_i64))
                        .update_column("last_at")
                        .to_owned(),
                );
            tx.execute(0, &insert).await?;
        }
        tx.commit().await
    }

    /// Forgets the failures of these subjects, after a success.
    pub async fn clear_login_failures(&self, subjects: &[String]) -> Result<(), StoreError> {
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&failures())).and_where(Expr::col("subject").is_in(subjects.iter().map(String::as_str)));
        self.db.execute(&delete).await.map(|_| ())
    }

    /// Forgets failures whose last one was before the instant.
    pub async fn sweep_login_failures(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&failures())).and_where(Expr::col("last_at").lt(self.db.dialect().instant(Some(before))));
        self.db.execute(&delete).await
    }

    async fn end_sessions(&self, which: Expr) -> Result<u64, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut delete = Query::delete();
        delete.from_table(tx.table(&sessions())).and_where(which);
        let ended = tx.execute(0, &delete).await?;
        if ended > 0 {
            raise_access_rev(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

fn sessions() -> SqlName {
    SqlName::fixed("gx_session")
}

fn failures() -> SqlName {
    SqlName::fixed("gx_login_failure")
}

fn read_session(row: &Row) -> Result<Session, StoreError> {
    Ok(Session {
        id_hash: present(row.bytes(0)?, "id_hash")?,
        user: present(row.uuid(1)?, "user_id")?,
        csrf: present(row.text(2)?, "csrf")?,
        created_at: present(row.instant(3)?, "created_at")?,
        last_seen_at: present(row.instant(4)?, "last_seen_at")?,
        expires_at: present(row.instant(5)?, "expires_at")?,
        locale: row.text(6)?,
        theme: row.text(7)?,
        viewing: row.text(8)?,
    })
}

fn read_failures(row: &Row) -> Result<LoginFailures, StoreError> {
    Ok(LoginFailures {
        subject: present(row.text(0)?, "subject")?,
        failures: present(row.int(1)?, "failures")?,
        last_at: present(row.instant(2)?, "last_at")?,
    })
}
