//! The rows of a stages object: the changes that are stored, and until when each state lasted, which is the moment of the next change.

use guanxi_core::meta::Object;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement, SubQueryStatement};

use super::{column, template};
use crate::column::table_name;
use crate::db::{Db, Dialect};
use crate::name::SqlName;

const STORED: [&str; 7] = ["id", "record", "from_code", "to_code", "at", "by_user", "amount"];

/// All changes with `until` (null for the state that lasts) and `seconds`, to stand in the place of the table. Databases look through it:
/// indexes of the table serve it, and what nobody asks for is not computed.
pub(super) fn rows(db: &Db, object: &Object) -> SelectStatement {
    let table = table_name(object);
    let part = |alias: &str, name: &'static str| column(alias, &SqlName::fixed(name));
    let mut next = Query::select();
    next.expr(part("sn", "at"))
        .from_as(db.table(&table), Alias::new("sn"))
        .and_where(part("sn", "record").eq(part("sc", "record")))
        .and_where(Expr::tuple([part("sn", "at"), part("sn", "id")]).gt(Expr::tuple([part("sc", "at"), part("sc", "id")])))
        .order_by((Alias::new("sn"), Alias::new("at")), Order::Asc)
        .order_by((Alias::new("sn"), Alias::new("id")), Order::Asc)
        .limit(1);
    let mut with_end = Query::select();
    let mut rows = Query::select();
    for name in STORED {
        with_end.expr(part("sc", name));
        rows.expr(part("se", name));
    }
    with_end
        .expr_as(Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(next))), Alias::new("until"))
        .from_as(db.table(&table), Alias::new("sc"));
    let span = [part("se", "until"), part("se", "at")];
    let seconds = match db.dialect() {
        Dialect::Sqlite => template(Dialect::Sqlite, "(($1 - $2) / 1000000)", &span),
        Dialect::Postgres => template(Dialect::Postgres, "CAST(FLOOR(EXTRACT(EPOCH FROM ($1 - $2))) AS BIGINT)", &span),
    };
    rows.expr(part("se", "until")).expr_as(seconds, Alias::new("seconds")).from_subquery(with_end, Alias::new("se"));
    rows
}
