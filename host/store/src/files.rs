//! Where the files of attachments lie. The files themselves are outside the database.

use chrono::{DateTime, Utc};
use guanxi_core::meta::Object;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::column::object_table;
use crate::db::{Row, present};
use crate::name::SqlName;
use crate::tenant::TenantStore;

/// A file and the attachment that it belongs to (or was to belong to).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// The attachment's id.
    pub id: Uuid,
    /// Its place in the file storage.
    pub key: String,
}

fn table() -> SqlName {
    SqlName::fixed("gx_file")
}

impl TenantStore {
    /// Announces a file, before it is written.
    pub async fn add_file(&self, file: &StoredFile, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut insert = Query::insert();
        insert.into_table(self.db.table(&table())).columns(["id", "key", "created_at"]).values_panic([
            file.id.into(),
            file.key.as_str().into(),
            self.db.dialect().instant(Some(now)).into(),
        ]);
        self.db.execute(&insert).await.map(|_| ())
    }

    /// Where an attachment's file lies.
    pub async fn find_file(&self, id: Uuid) -> Result<Option<StoredFile>, StoreError> {
        let mut query = Query::select();
        query.columns(["id", "key"]).from(self.db.table(&table())).and_where(Expr::col("id").eq(id));
        self.db.fetch(0, &query).await?.first().map(read_file).transpose()
    }

    /// Files announced before an instant for which there is no attachment, deleted ones counted as there: what broken uploads and purges
    /// left. Oldest first.
    pub async fn list_orphan_files(&self, attachments: &Object, before: DateTime<Utc>, limit: u32) -> Result<Vec<StoredFile>, StoreError> {
        let (file, record) = (Alias::new("f"), Alias::new("a"));
        let mut same = Query::select();
        same.expr(Expr::val(1))
            .from_as(self.db.table(&object_table(attachments.id)), record.clone())
            .and_where(Expr::col((record, "id")).equals((file.clone(), "id")));
        let mut query = Query::select();
        query
            .columns([(file.clone(), "id"), (file.clone(), "key")])
            .from_as(self.db.table(&table()), file.clone())
            .and_where(Expr::col((file.clone(), "created_at")).lt(self.db.dialect().instant(Some(before))))
            .and_where(Expr::not_exists(same))
            .order_by((file, "created_at"), Order::Asc)
            .limit(u64::from(limit));
        self.db.fetch(0, &query).await?.iter().map(read_file).collect()
    }

    /// Forgets a file that is no more.
    pub async fn forget_file(&self, id: Uuid) -> Result<(), StoreError> {
        let mut delete = Query::delete();
        delete.from_table(self.db.table(&table())).and_where(Expr::col("id").eq(id));
        self.db.execute(&delete).await.map(|_| ())
    }
}

fn read_file(row: &Row) -> Result<StoredFile, StoreError> {
    Ok(StoredFile { id: present(row.uuid(0)?, "id")?, key: present(row.text(1)?, "key")? })
}
