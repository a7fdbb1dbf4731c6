//! With which saved view a user's list of an object opens.

use sea_query::{Expr, ExprTrait, OnConflict, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::name::SqlName;
use crate::tenant::TenantStore;

fn table() -> SqlName {
    SqlName::fixed("gx_default_view")
}

impl TenantStore {
    /// The view that a user chose for an object, whether it is still there or not.
    pub async fn find_default_view(&self, owner: Uuid, object: &str) -> Result<Option<Uuid>, StoreError> {
        let mut query = Query::select();
        query
            .column("view")
            .from(self.db.table(&table()))
            .and_where(Expr::col("owner").eq(owner))
            .and_where(Expr::col("object").eq(object));
        Ok(self.db.fetch(0, &query).await?.first().map(|row| row.uuid(0)).transpose()?.flatten())
    }

    /// Chooses a view for an object; `None` goes back to the plain list.
    pub async fn choose_default_view(&self, owner: Uuid, object: &str, view: Option<Uuid>) -> Result<(), StoreError> {
        let Some(view) = view else {
            let mut delete = Query::delete();
            delete.from_table(self.db.table(&table())).and_where(Expr::col("owner").eq(owner)).and_where(Expr::col("object").eq(object));
            return self.db.execute(&delete).await.map(|_| ());
        };
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&table()))
            .columns(["owner", "object", "view"])
            .values_panic([owner.into(), object.into(), view.into()])
            .on_conflict(OnConflict::columns(["owner", "object"]).update_column("view").to_owned());
        self.db.execute(&insert).await.map(|_| ())
    }
}
