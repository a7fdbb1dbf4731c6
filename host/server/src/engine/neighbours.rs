//! The records before and after one, in a list's order.

use guanxi_core::Value;
use guanxi_core::expr::{Expr, resolve_path};
use guanxi_core::query::{Position, Query, Sort};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, list, read};

impl Engine {
    /// The record before and the record after one that the actor sees, in the order of a list with this filter and sort. A record that is
    /// not in that list has neighbours too: those between which it would stand.
    pub async fn neighbours(&self, ctx: &Ctx, key: &str, id: Uuid, filter: &str, sort: &str) -> Outcome<(Option<Uuid>, Option<Uuid>)> {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        let sort = list::sort_keys(ctx, &object, sort)?;
        let own = Expr::In(Box::new(Expr::Field(resolve_path("id", &ctx.snapshot.schema, &object)?)), vec![Value::Ref(id)]);
        let ask = |filter: Option<Expr>, sort: &[Sort], after: Option<Position>| Query {
            object: object.key.clone(),
            filter,
            fields: Vec::new(),
            sort: sort.to_vec(),
            limit: 1,
            after,
            scopes: read::scopes(&ctx.actor, &ctx.snapshot.schema),
        };
        let Some(here) = read::find(ctx, &ask(Some(own), &sort, None)).await?.rows.into_iter().next() else { return Ok((None, None)) };
        let here = here.position;
        let filter = read::filter(ctx, &object, filter)?;
        let next = read::find(ctx, &ask(filter.clone(), &sort, Some(here.clone()))).await?.rows.into_iter().next();
        let reversed: Vec<Sort> = sort.iter().map(|key| Sort { path: key.path.clone(), descending: !key.descending }).collect();
        let before = read::find(ctx, &ask(filter.clone(), &reversed, Some(here.clone()))).await?.rows.into_iter().next();
        let is_null = |position: &Position| position.keys.first().is_some_and(Value::is_null);
        // Empty values come last in both directions, so going back from them leads to the last row with a value, and never the other way.
        let before = match before {
            Some(row) if is_null(&row.position) && !is_null(&here) => None,
            None if is_null(&here) => {
                let last = read::find(ctx, &ask(filter, &reversed, None)).await?.rows.into_iter().next();
                last.filter(|row| !is_null(&row.position))
            }
            found => found,
        };
        Ok((before.map(|row| row.id), next.map(|row| row.id)))
    }
}
