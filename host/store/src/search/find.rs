//! Candidates for the answers of a search: newest first, in the actor's scope, never more than are worth ranking.

use guanxi_core::expr::{Expr as Rule, FieldPath};
use guanxi_core::meta::Schema;
use guanxi_core::policy::RowScope;
use guanxi_core::query::Scopes;
use guanxi_core::search::{Asked, Wanted, searched, tag};
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType};
use uuid::Uuid;

use super::condition::{entry_answers, wanted_in};
use super::{index_table, numbers_table};
use crate::column::{Storage, field_of, storage};
use crate::db::{Dialect, present};
use crate::name::SqlName;
use crate::planner::{Planner, column, object_of};
use crate::{StoreError, TenantStore};

/// Entries that are looked at where the actor sees only some of the records; the newest ones.
const MAX_LOOKED_AT: u64 = 5_000;
/// Objects in one statement.
const ARMS: usize = 30;

/// Where the words must stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In any of the fields.
    Anywhere,
    /// The title is the question, or is pronounced so.
    WholeTitle,
    /// The title begins like the question.
    TitleBegins,
    /// In the title.
    Title,
}

/// One object of a search.
#[derive(Clone, Debug)]
pub struct SearchArm {
    /// The object's key.
    pub object: String,
    /// The searched fields that the actor may read as they are.
    pub fields: Vec<String>,
    /// What names a record, if it is a text that the actor may read as it is.
    pub title: Option<FieldPath>,
    /// What else must hold.
    pub filter: Option<Rule>,
}

/// A record that answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The arm's place in the list of arms.
    pub arm: usize,
    /// The record.
    pub id: Uuid,
    /// Its title; blank where the arm has none.
    pub title: String,
}

impl TenantStore {
    /// The newest records of each object that answer, at most `most` of each.
    pub async fn search(
        &self,
        schema: &Schema,
        scopes: &Scopes,
        arms: &[(usize, &SearchArm)],
        question: &Asked,
        place: Place,
        most: u64,
    ) -> Result<Vec<Found>, StoreError> {
        let mut statements = Vec::new();
        for (at, arm) in arms {
            statements.extend(self.arm(schema, scopes, *at, arm, question, place, most)?);
        }
        let mut found = Vec::new();
        for query in statements.chunks(ARMS).filter_map(all_of) {
            for row in self.db.fetch(schema.revision, &query).await? {
                let arm = usize::try_from(present(row.int(0)?, "arm")?).unwrap_or_default();
                found.push(Found { arm, id: present(row.uuid(1)?, "id")?, title: row.text(2)?.unwrap_or_default() });
            }
        }
        Ok(found)
    }

    /// Whether one of the arms has more entries with the words than are looked at for who does not see all records.
    pub async fn search_is_crowded(
        &self,
        schema: &Schema,
        scopes: &Scopes,
        arms: &[SearchArm],
        question: &Asked,
    ) -> Result<bool, StoreError> {
        let dialect = self.db.dialect();
        let mut statements = Vec::new();
        for (at, arm) in arms.iter().enumerate().filter(|(_, arm)| !sees_all(scopes, arm)) {
            let Some(wanted) = wanted(schema, arm, question, Place::Anywhere)? else { continue };
            let mut last = Query::select();
            last.expr_as(Expr::cust("1"), "one").from_subquery(self.entries(dialect, &wanted, MAX_LOOKED_AT), Alias::new("looked_at"));
            last.limit(1).offset(MAX_LOOKED_AT - 1);
            let mut wrapped = Query::select();
            wrapped.column("one").from_subquery(last, Alias::new(format!("arm{at}")));
            statements.push(wrapped);
        }
        for query in statements.chunks(ARMS).filter_map(all_of) {
            if !self.db.fetch(schema.revision, &query).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// `None` where nothing can answer.
    #[expect(clippy::too_many_arguments, reason = "the parts of one statement")]
    fn arm(
        &self,
        schema: &Schema,
        scopes: &Scopes,
        at: usize,
        arm: &SearchArm,
        question: &Asked,
        place: Place,
        most: u64,
    ) -> Result<Option<SelectStatement>, StoreError> {
        let mut planner = Planner::new(&self.db, schema, &arm.object, scopes)?;
        let Some(wanted) = wanted(schema, arm, question, place)? else { return Ok(None) };
        let title = match &arm.title {
            Some(path) if storage(&path.kind) == Storage::Text => Some(planner.value(path)?),
            _ => None,
        };
        let filter = arm.filter.as_ref().map(|filter| planner.condition(filter)).transpose()?;
        let id = || column("t0", &SqlName::fixed("id"));
        let looked_at = if sees_all(scopes, arm) { most } else { MAX_LOOKED_AT };
        let mut query = planner.select()?;
        let dialect = planner.dialect();
        let entries = self.entries(dialect, &wanted, looked_at);
        let (alias, order) = match dialect {
            Dialect::Sqlite => {
                let numbers = self.db.table(&numbers_table());
                let by_record = column("sr", &SqlName::fixed("record")).eq(id());
                query.join_as(JoinType::InnerJoin, numbers, Alias::new("sr"), by_record);
                ("sr", column("sr", &SqlName::fixed("id")))
            }
            Dialect::Postgres => ("t0", id()),
        };
        query.and_where(column(alias, &SqlName::fixed("id")).in_subquery(entries));
        if let Some(filter) = filter {
            query.cond_where(filter);
        }
        let number = i64::try_from(at).unwrap_or(i64::MAX);
        query.expr_as(Expr::val(number), "arm").expr_as(id(), "id").expr_as(title.unwrap_or_else(|| Expr::val("")), "title");
        query.order_by_expr(order, Order::Desc).limit(most);
        let mut wrapped = Query::select();
        wrapped.columns(["arm", "id", "title"]).from_subquery(query, Alias::new(format!("arm{at}")));
        Ok(Some(wrapped))
    }

    /// The newest entries that answer: numbers on SQLite, ids on PostgreSQL.
    fn entries(&self, dialect: Dialect, wanted: &Wanted, most: u64) -> SelectStatement {
        let key = match dialect {
            Dialect::Sqlite => "rowid",
            Dialect::Postgres => "record",
        };
        let mut inner = Query::select();
        inner.expr_as(Expr::col(Alias::new(key)), "found").from(self.db.table(&index_table()));
        inner.and_where(entry_answers(dialect, wanted)).order_by_expr(Expr::col(Alias::new(key)), Order::Desc).limit(most);
        let mut entries = Query::select();
        entries.column("found").from_subquery(inner, "entries");
        entries
    }
}

/// Several selects as one.
fn all_of(selects: &[SelectStatement]) -> Option<SelectStatement> {
    let (first, others) = selects.split_first()?;
    let mut query = first.clone();
    for other in others {
        query.union(UnionType::All, other.clone());
    }
    Some(query)
}

/// Entries are those of live records only, so without a scope and a filter nothing is dropped behind them.
fn sees_all(scopes: &Scopes, arm: &SearchArm) -> bool {
    matches!(scopes.get(&arm.object), Some(RowScope::All)) && arm.filter.is_none()
}

/// What an arm asks of the index; `None` where nothing can answer it.
fn wanted(schema: &Schema, arm: &SearchArm, question: &Asked, place: Place) -> Result<Option<Wanted>, StoreError> {
    let object = object_of(schema, &arm.object)?;
    let mut places = Vec::new();
    for key in &arm.fields {
        let field = field_of(&object, key)?;
        let in_place = place == Place::Anywhere || *key == object.title;
        if let Some(family) = searched(field).filter(|_| in_place) {
            places.push((family, tag(&object, field)));
        }
    }
    let own = |wanted: Wanted| places.first().map(|(_, tag)| wanted.tagged(tag));
    let wanted = match place {
        Place::Anywhere | Place::Title => Some(wanted_in(question, &places)),
        Place::WholeTitle => own(question.exact_title()),
        Place::TitleBegins => own(question.title_beginning()),
    };
    Ok(wanted.filter(|wanted| !places.is_empty() && !wanted.is_never()))
}
