//! Look-ups of a whole chunk at once: one question to the store for each look-up column.

use std::collections::{HashMap, HashSet};

use guanxi_core::Problem;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome};
use super::plan::{Cell, Column, Lookup, Plan};
use super::reader::Row;

/// Most answers kept of one column. A file with more different values asks again; memory stays flat.
const KEPT: usize = 20_000;

/// What the store said about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    One(Uuid),
    Many,
}

/// Answers by column and normal key; what is missing was not found.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<usize, HashMap<String, Match>>);

impl Answers {
    pub(super) fn get(&self, column: usize, normal: &str) -> Option<Match> {
        self.0.get(&column)?.get(normal).copied()
    }

    /// Keeps what stays true for the next chunk: matches in other objects. Rows of this file may add or change records of its own object.
    pub(super) fn forget(&mut self, plan: &Plan) {
        self.0.retain(|column, answers| {
            let other = plan.columns[*column].lookup.as_ref().is_some_and(|lookup| lookup.object != plan.object.key);
            other && answers.len() <= KEPT
        });
    }
}

impl Engine {
    /// Asks for all cells of look-up columns that have no answer yet.
    pub(super) async fn look_up(&self, ctx: &Ctx, plan: &Plan, rows: &[Row], answers: &mut Answers) -> Outcome<()> {
        for (place, column) in plan.columns.iter().enumerate() {
            let Some(lookup) = &column.lookup else { continue };
            let known = answers.0.entry(place).or_default();
            let wanted: HashSet<String> =
                texts(column, rows).map(|text| lookup.normal(&text)).filter(|normal| !known.contains_key(normal)).collect();
            known.extend(self.matches(ctx, &lookup.object, &lookup.field, lookup, wanted).await?);
        }
        Ok(())
    }

    /// The records that these keys name, among those the actor may see.
    pub(super) async fn find_by_key(
        &self,
        ctx: &Ctx,
        plan: &Plan,
        normals: HashSet<String>,
        seen: &Lookup,
    ) -> Outcome<HashMap<String, Match>> {
        self.matches(ctx, &plan.object.key, &seen.field, seen, normals).await
    }

    async fn matches(
        &self,
        ctx: &Ctx,
        object: &str,
        field: &str,
        lookup: &Lookup,
        wanted: HashSet<String>,
    ) -> Outcome<HashMap<String, Match>> {
        let wanted: Vec<String> = wanted.into_iter().collect();
        let mut found: HashMap<String, Match> = HashMap::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        for (normal, id) in ctx.tenant.store.lookup(&ctx.snapshot.schema, object, field, &wanted, &lookup.scope).await? {
            found
                .entry(normal)
                .and_modify(|known| {
                    if *known != Match::One(id) {
                        *known = Match::Many
                    }
                })
                .or_insert(Match::One(id));
        }
        Ok(found)
    }
}

fn texts<'r>(column: &'r Column, rows: &'r [Row]) -> impl Iterator<Item = String> + 'r {
    rows.iter().filter_map(|row| match column.read(&row.cells) {
        Cell::Text(text) => Some(text),
        Cell::Null | Cell::Refused => None,
    })
}

/// No record, or several, for what a cell says.
pub(super) fn problem(column: &Column, object: &str, text: &str, many: bool) -> Problem {
    let (code, what) = if many { ("import.lookup_many", "more than one") } else { ("import.lookup_none", "no") };
    let by = column.lookup.as_ref().map_or(column.map.field.as_str(), |lookup| lookup.field.as_str());
    Problem::error(code, format!("there is {what} {object} whose {by} is {text:?}")).on(&column.map.field).with("value", text)
}
