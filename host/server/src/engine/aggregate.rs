//! Groups with measures, as the actor may see them.

mod answer;
mod keys;
mod measures;
mod private;
mod request;
mod scene;

use guanxi_core::Problem;
use guanxi_core::expr::Expr;
use guanxi_core::policy::Function;
use guanxi_core::query::{Aggregate, Cell, Group, GroupKey};

pub use request::{AggregateRequest, BucketRequest, GroupRequest, JoinRequest, MeasureRequest, RelatedRequest};

use self::answer::{Arrangement, arrange};
use self::measures::Figures;
use self::scene::Scene;
use super::{Ctx, Engine, Outcome, read};

/// The most groups of one answer.
const MAX_GROUPS: u32 = 10_000;
/// The most groups that may be shown beside a rest: the rest is asked for by naming them.
const MAX_SHOWN_WITH_REST: u32 = 1_000;
const MAX_KEYS: usize = 5;
const MAX_MEASURES: usize = 20;
const MAX_SUBTOTALS: usize = 8;

/// The groups, with what their keys are.
#[derive(Clone, Debug)]
pub struct AggregateAnswer {
    /// Parallel to each group's key.
    pub keys: Vec<GroupKey>,
    /// As asked for, else sorted by key, nulls last.
    pub groups: Vec<Group>,
    /// Parallel to `groups`: the values are kept back, because the group is too small for this actor; they are all null then.
    pub withheld: Vec<bool>,
    /// Groups that are there and not shown, because of `having` or `limit`, or because their key alone would tell too much.
    pub left_out: usize,
    /// What is in no group shown, computed from its rows. Only where it was asked for and there is any.
    pub rest: Option<Total>,
    /// Everything, computed from its rows; only where it was asked for.
    pub totals: Option<Total>,
    /// The levels that were asked for: the places of their keys, and their groups.
    pub subtotals: Vec<(Vec<usize>, Vec<Total>)>,
}

/// Values over more than a group.
#[derive(Clone, Debug)]
pub struct Total {
    /// The values of the keys of its level; none of everything and of a rest.
    pub key: Vec<guanxi_core::Value>,
    /// One for each measure.
    pub values: Vec<Cell>,
    /// Kept back.
    pub withheld: bool,
}

impl Engine {
    /// Aggregates the records of an object that the actor may compute figures over.
    pub async fn aggregate(&self, ctx: &Ctx, request: AggregateRequest) -> Outcome<AggregateAnswer> {
        aggregate(ctx, request).await
    }
}

/// The same where no engine is at hand: needs nothing but the context.
pub(super) async fn aggregate(ctx: &Ctx, request: AggregateRequest) -> Outcome<AggregateAnswer> {
    answer(ctx, request, None).await
}

/// The same over records that the host chose: a condition that is checked already takes the place of the request's filter.
pub(super) async fn aggregate_of(ctx: &Ctx, request: AggregateRequest, chosen: Expr) -> Outcome<AggregateAnswer> {
    answer(ctx, request, Some(chosen)).await
}

async fn answer(ctx: &Ctx, request: AggregateRequest, chosen: Option<Expr>) -> Outcome<AggregateAnswer> {
    let object = read::object(ctx, &request.object)?;
    read::right(ctx, &object.key, Function::Aggregate)?;
    let mut problems = bounds(&request);
    let scene = Scene::new(ctx, &object, &request)?;
    let filter = chosen.or_else(|| scene.filter(&request.filter, "filter", &mut problems));
    let keys: Vec<_> = request.group_by.iter().enumerate().filter_map(|(at, key)| scene.key(key, at, &mut problems)).collect();
    let figures = Figures::new(&scene, &request, &mut problems);
    let arrangement = Arrangement::new(&scene, &request, &figures, &mut problems);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let mut asked = Aggregate {
        object: object.key.clone(),
        joins: scene.joins.clone(),
        filter,
        exists: scene.exists.clone(),
        group_by: keys,
        measures: figures.measures.clone(),
        scopes: read::figure_scopes(ctx, &object.key),
        limit: MAX_GROUPS,
        ..Aggregate::default()
    };
    scene.plain(&asked)?;
    let least = private::least(ctx, &asked);
    asked.measures = private::with_counts(&figures.measures, least);
    arrange(ctx, &request, &figures, &arrangement, asked, i64::from(least)).await
}

/// What can be said without a look at the metadata.
fn bounds(request: &AggregateRequest) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |field: &str, detail: String| problems.push(Problem::error("request.malformed", detail).on(field));
    if request.group_by.len() > MAX_KEYS {
        refuse("group_by", format!("at most {MAX_KEYS} group keys"));
    }
    if request.measures.len() > MAX_MEASURES {
        refuse("measures", format!("at most {MAX_MEASURES} measures"));
    }
    if request.measures.is_empty() {
        refuse("measures", "at least one measure is needed".into());
    }
    let most = if request.rest { MAX_SHOWN_WITH_REST } else { MAX_GROUPS };
    if request.limit.is_some_and(|limit| !(1..=most).contains(&limit)) {
        refuse("limit", format!("limit is 1 to {most}"));
    }
    if request.rest && request.limit.is_none() {
        refuse("rest", "a rest needs a limit".into());
    }
    if request.subtotals.len() > MAX_SUBTOTALS {
        refuse("subtotals", format!("at most {MAX_SUBTOTALS} levels of subtotals"));
    }
    for (at, level) in request.subtotals.iter().enumerate() {
        if !level.is_sorted_by(|a, b| a < b) || level.iter().any(|key| *key >= request.group_by.len()) {
            refuse(&format!("subtotals.{at}"), "a level names places of group keys, from 0, each once and in order".into());
        }
    }
    problems
}
