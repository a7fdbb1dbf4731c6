//! Pages of records by keyset: any sort, nulls last in both directions, the id as the last key.
//!
//! The id follows the direction of the last sort key, so that one index read serves both. A sort by one own field reads the rows with a
//! value first and those without afterwards, because neither database can read `NULLS LAST` from an index in both directions.

use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Schema};
use guanxi_core::query::{Position, Query};
use sea_query::{Condition, Expr, ExprTrait, NullOrdering, Order, SelectStatement};
use uuid::Uuid;

use super::{MAIN, Planner, column};
use crate::column::{bind, order_name, read};
use crate::db::{Db, Row, present};
use crate::deadline::Work;
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::records::{Found, FoundRow};
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// A page of records that the scopes allow. For a stages object the scope of its parent counts.
    pub async fn find(&self, schema: &Schema, query: &Query) -> Result<Found, StoreError> {
        let plan = PagePlan::new(&self.db, schema, query)?;
        let wanted = u64::from(query.limit) + 1;
        let mut rows: Vec<Row> = Vec::new();
        for part in plan.parts(query.after.as_ref())? {
            let missing = wanted - rows.len() as u64;
            rows.extend(self.db.fetch_for(Work::Interactive, schema.revision, &plan.statement(&part, missing)?).await?);
            if rows.len() as u64 >= wanted {
                break;
            }
        }
        let more = rows.len() as u64 >= wanted;
        let rows = rows.iter().take(query.limit as usize).map(|row| plan.read(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(Found { rows, more })
    }
}

struct SortKey {
    expr: Expr,
    /// What the order column holds; texts as they are.
    kind: FieldKind,
    descending: bool,
    /// May be null.
    nullable: bool,
    /// Of the main table itself.
    own: bool,
}

/// One statement of a page: a stretch of the order that an index can serve.
enum Part<'a> {
    /// The whole order in one.
    Whole(Option<&'a Position>),
    /// Where the only sort key has a value.
    Valued(Option<&'a Position>),
    /// Where the only sort key is null, behind this id.
    Null(Option<Uuid>),
}

struct PagePlan<'a> {
    planner: Planner<'a>,
    condition: Option<Condition>,
    fields: Vec<(Expr, FieldKind)>,
    keys: Vec<SortKey>,
}

impl<'a> PagePlan<'a> {
    fn new(db: &'a Db, schema: &'a Schema, query: &'a Query) -> Result<Self, StoreError> {
        let mut planner = Planner::new(db, schema, &query.object, &query.scopes)?;
        let mut fields = Vec::with_capacity(query.fields.len());
        for path in &query.fields {
            fields.push((planner.value(path)?, path.kind.clone()));
        }
        let mut keys = Vec::with_capacity(query.sort.len());
        for sort in &query.sort {
            let (alias, field) = planner.resolve(&sort.path)?;
            let (name, kind) = match order_name(&field) {
                // The path of a tree sorts as a text, and travels in cursors as one.
                (name, FieldKind::TreeSelect { .. }) => (name, FieldKind::LongText),
                other => other,
            };
            let own = sort.path.hops.is_empty();
            let always = field.is_system() && matches!(field.key.as_str(), "id" | "version" | "created_at" | "updated_at");
            let always = own && (always || matches!(name.as_str(), "record" | "at"));
            keys.push(SortKey { expr: column(&alias, &name), kind, descending: sort.descending, nullable: !always, own });
        }
        let condition = query.filter.as_ref().map(|f| planner.condition(f)).transpose()?;
        Ok(Self { planner, condition, fields, keys })
    }

    fn id(&self) -> Expr {
        column(MAIN, &SqlName::fixed("id"))
    }

    fn id_descends(&self) -> bool {
        self.keys.last().is_some_and(|k| k.descending)
    }

    fn parts<'p>(&self, after: Option<&'p Position>) -> Result<Vec<Part<'p>>, StoreError> {
        if after.is_some_and(|p| p.keys.len() != self.keys.len()) {
            return Err(inconsistent("a position does not fit its query's sort"));
        }
        let [key] = self.keys.as_slice() else { return Ok(vec![Part::Whole(after)]) };
        if !key.own || !key.nullable {
            return Ok(vec![Part::Whole(after)]);
        }
        Ok(match after {
            Some(position) if position.keys.iter().any(Value::is_null) => vec![Part::Null(Some(position.id))],
            _ => vec![Part::Valued(after), Part::Null(None)],
        })
    }

    fn statement(&self, part: &Part<'_>, limit: u64) -> Result<SelectStatement, StoreError> {
        let mut query = self.planner.select()?;
        query.expr(self.id());
        for (field, _) in &self.fields {
            query.expr(field.clone());
        }
        for key in &self.keys {
            query.expr(key.expr.clone());
        }
        if let Some(condition) = &self.condition {
            query.cond_where(condition.clone());
        }
        let id_order = order(self.id_descends());
        match part {
            Part::Whole(after) => {
                if let Some(position) = after {
                    query.cond_where(self.behind(position)?);
                }
                for key in &self.keys {
                    match key.nullable {
                        true => query.order_by_expr_with_nulls(key.expr.clone(), order(key.descending), NullOrdering::Last),
                        false => query.order_by_expr(key.expr.clone(), order(key.descending)),
                    };
                }
            }
            Part::Valued(after) => {
                for key in &self.keys {
                    query.and_where(key.expr.clone().is_not_null());
                    query.order_by_expr(key.expr.clone(), order(key.descending));
                }
                if let Some(position) = after {
                    query.and_where(self.row_behind(position)?);
                }
            }
            Part::Null(after) => {
                for key in &self.keys {
                    query.and_where(key.expr.clone().is_null());
                }
                if let Some(id) = after {
                    query.and_where(behind_value(self.id(), Expr::val(*id), self.id_descends()));
                }
            }
        }
        query.order_by_expr(self.id(), id_order);
        query.limit(limit);
        Ok(query)
    }

    fn bound(&self, key: &SortKey, value: &Value) -> Result<Expr, StoreError> {
        Ok(Expr::val(bind(self.planner.dialect(), &key.kind, value)?))
    }

    /// Rows after a position whose keys have values and one direction: a comparison of rows, which an index understands.
    fn row_behind(&self, position: &Position) -> Result<Expr, StoreError> {
        let mut left: Vec<Expr> = self.keys.iter().map(|k| k.expr.clone()).collect();
        let mut right = self.keys.iter().zip(&position.keys).map(|(k, v)| self.bound(k, v)).collect::<Result<Vec<_>, _>>()?;
        left.push(self.id());
        right.push(Expr::val(position.id));
        Ok(behind_value(Expr::tuple(left), Expr::tuple(right), self.id_descends()))
    }

    /// Rows after a position, whatever the directions and nulls.
    fn behind(&self, position: &Position) -> Result<Condition, StoreError> {
        let one_way = self.keys.iter().all(|k| k.descending == self.id_descends());
        if one_way && self.keys.iter().all(|k| !k.nullable) {
            return Ok(Condition::all().add(self.row_behind(position)?));
        }
        let mut any = Condition::any();
        let mut equal_so_far = Condition::all();
        for (key, value) in self.keys.iter().zip(&position.keys) {
            if !value.is_null() {
                let mut later = Condition::any().add(behind_value(key.expr.clone(), self.bound(key, value)?, key.descending));
                if key.nullable {
                    later = later.add(key.expr.clone().is_null());
                }
                any = any.add(Condition::all().add(equal_so_far.clone()).add(later));
                equal_so_far = equal_so_far.add(key.expr.clone().eq(self.bound(key, value)?));
            } else {
                equal_so_far = equal_so_far.add(key.expr.clone().is_null());
            }
        }
        let last = behind_value(self.id(), Expr::val(position.id), self.id_descends());
        Ok(any.add(Condition::all().add(equal_so_far).add(last)))
    }

    fn read(&self, row: &Row) -> Result<FoundRow, StoreError> {
        let id = present(row.uuid(0)?, "id")?;
        let mut at = 1;
        let mut next = |kind: &FieldKind| {
            let value = read(row, at, kind);
            at += 1;
            value
        };
        let values = self.fields.iter().map(|(_, kind)| next(kind)).collect::<Result<Vec<_>, _>>()?;
        let keys = self.keys.iter().map(|key| next(&key.kind)).collect::<Result<Vec<_>, _>>()?;
        Ok(FoundRow { id, values, position: Position { keys, id } })
    }
}

fn order(descending: bool) -> Order {
    if descending { Order::Desc } else { Order::Asc }
}

fn behind_value(left: Expr, right: Expr, descending: bool) -> Expr {
    if descending { left.lt(right) } else { left.gt(right) }
}
