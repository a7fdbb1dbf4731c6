//! API tokens. Only the hash of the secret is kept; making and comparing secrets is the caller's.

use chrono::{DateTime, Utc};
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use uuid::Uuid;

use crate::StoreError;
use crate::db::{Row, present};
use crate::name::SqlName;
use crate::sessions::TOUCH_EVERY;
use crate::tenant::{TenantStore, raise_access_rev};

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The public part, by which it is found.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// The owner, as whom it acts.
    pub user: Uuid,
    /// Hash of the secret part.
    pub secret_hash: Vec<u8>,
    /// The roles it was given; `None`: all that the owner has at the time of use.
    pub roles: Option<Vec<String>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its end; `None`: none.
    pub expires_at: Option<DateTime<Utc>>,
    /// Last use, exact to a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Token {
    /// Whether it may still be used.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

impl TenantStore {
    /// Writes a new token. An id that is taken is a unique violation.
    pub async fn create_token(&self, token: &Token) -> Result<(), StoreError> {
        let dialect = self.db.dialect();
        let mut insert = Query::insert();
        insert.into_table(self.db.table(&table())).columns(COLUMNS).values_panic([
            token.id.as_str().into(),
            token.name.as_str().into(),
            token.user.into(),
            token.secret_hash.as_slice().into(),
            token.roles.as_ref().map(|roles| serde_json::json!(roles).to_string()).into(),
            dialect.instant(Some(token.created_at)).into(),
            dialect.instant(token.expires_at).into(),
            dialect.instant(token.last_used_at).into(),
            dialect.instant(token.revoked_at).into(),
        ]);
        self.db.execute(&insert).await.map(|_| ())
    }

    /// A token, also one that ended: ask [`Token::is_live`].
    pub async fn find_token(&self, id: &str) -> Result<Option<Token>, StoreError> {
        let mut query = self.select_tokens();
        query.and_where(Expr::col("id").eq(id));
        self.db.fetch(0, &query).await?.first().map(read).transpose()
    }

    /// All tokens, or those of one user, the newest first.
    pub async fn list_tokens(&self, user: Option<Uuid>) -> Result<Vec<Token>, StoreError> {
        let mut query = self.select_tokens();
        query.and_where_option(user.map(|user| Expr::col("user_id").eq(user)));
        query.order_by("created_at", Order::Desc).order_by("id", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read).collect()
    }

    /// Notes that the token was used, at most once a minute.
    pub async fn touch_token(&self, token: &Token, now: DateTime<Utc>) -> Result<(), StoreError> {
        if token.last_used_at.is_some_and(|last| now - last < TOUCH_EVERY) {
            return Ok(());
        }
        let mut update = Query::update();
        update
            .table(self.db.table(&table()))
            .value("last_used_at", self.db.dialect().instant(Some(now)))
            .and_where(Expr::col("id").eq(token.id.as_str()));
        self.db.execute(&update).await.map(|_| ())
    }

    /// Takes a token back. `false`: there was none, or it was taken back before.
    pub async fn revoke_token(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut update = Query::update();
        update
            .table(tx.table(&table()))
            .value("revoked_at", tx.dialect().instant(Some(now)))
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("revoked_at").is_null());
        let revoked = tx.execute(0, &update).await? > 0;
        if revoked {
            raise_access_rev(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(revoked)
    }

    /// Deletes tokens that ended or were taken back before the instant.
    pub async fn sweep_tokens(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let instant = self.db.dialect().instant(Some(before));
        let mut delete = Query::delete();
        delete
            .from_table(self.db.table(&table()))
            .cond_where(Cond::any().add(Expr::col("expires_at").lt(instant.clone())).add(Expr::col("revoked_at").lt(instant)));
        self.db.execute(&delete).await
    }

    fn select_tokens(&self) -> SelectStatement {
        let mut query = Query::select();
        query.columns(COLUMNS).from(self.db.table(&table()));
        query
    }
}

const COLUMNS: [&str; 9] = ["id", "name", "user_id", "secret_hash", "roles", "created_at", "expires_at", "last_used_at", "revoked_at"];

fn table() -> SqlName {
    SqlName::fixed("gx_token")
}

fn read(row: &Row) -> Result<Token, StoreError> {
    let id = present(row.text(0)?, "id")?;
    let roles = match row.text(4)? {
        None => None,
        Some(_) => Some(row.json(4, &format!("the roles of token {id}"))?),
    };
    Ok(Token {
        id,
        name: present(row.text(1)?, "name")?,
        user: present(row.uuid(2)?, "user_id")?,
        secret_hash: present(row.bytes(3)?, "secret_hash")?,
        roles,
        created_at: present(row.instant(5)?, "created_at")?,
        expires_at: row.instant(6)?,
        last_used_at: row.instant(7)?,
        revoked_at: row.instant(8)?,
    })
}
