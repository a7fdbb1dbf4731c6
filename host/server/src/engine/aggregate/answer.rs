//! From the store's groups to the answer: withheld, filled, computed, chosen, sorted and cut, with totals of everything and of the rest.

use std::collections::HashSet;

use guanxi_core::Problem;
use guanxi_core::expr::Expr;
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{Aggregate, Grain, Group, GroupKey, GroupOrder, Level, OrderBy, Parts, compare_groups, fill_groups};

use super::measures::Figures;
use super::scene::Scene;
use super::{AggregateAnswer, AggregateRequest, MAX_GROUPS, Total, private};
use crate::engine::{Ctx, Outcome};
use guanxi_store::StoreError;

const MAX_SORT: usize = 3;

/// Which groups are shown, and in which order.
pub(super) struct Arrangement {
    having: Option<Expr>,
    order: Vec<GroupOrder>,
}

impl Arrangement {
    pub(super) fn new(scene: &Scene<'_>, request: &AggregateRequest, figures: &Figures, problems: &mut Vec<Problem>) -> Self {
        let having = figures.having(scene, &request.having).unwrap_or_else(|found| {
            problems.extend(found.into_iter().map(|problem| if problem.field.is_some() { problem } else { problem.on("having") }));
            None
        });
        let mut order = Vec::new();
        for key in request.sort.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            let (descending, name) = key.strip_prefix('-').map_or((false, key), |name| (true, name));
            let measure = figures.place(name).map(OrderBy::Measure);
            let by = measure.or_else(|| request.group_by.iter().position(|key| key.field == name).map(OrderBy::Key));
            match by {
                Some(by) => order.push(GroupOrder { by, descending }),
                None => {
                    let detail = format!("`{name}` is neither the name of a measure nor a group key");
                    problems.push(Problem::error("field.unknown", detail).on("sort").with("name", name));
                }
            }
        }
        if order.len() > MAX_SORT {
            problems.push(Problem::error("request.malformed", format!("at most {MAX_SORT} sort keys")).on("sort"));
        }
        Self { having, order }
    }
}

/// Asks the store and arranges what it says.
pub(super) async fn arrange(
    ctx: &Ctx,
    request: &AggregateRequest,
    figures: &Figures,
    arrangement: &Arrangement,
    asked: Aggregate,
    least: i64,
) -> Outcome<AggregateAnswer> {
    let store = async |asked: &Aggregate| ctx.tenant.store.aggregate(&ctx.snapshot.schema, asked, ctx.tenant.zone).await;
    let withhold = |keys, groups, finer: &[Level]| private::withhold(least, &figures.measures, keys, groups, finer);
    let finest = withhold((0..asked.group_by.len()).collect(), store(&asked).await?, &[]);
    let all = finest.groups.len();
    let mut groups: Vec<Group> =
        (0..all).filter(|at| !names_one_record(&asked, &finest, *at)).map(|at| finest.groups[at].clone()).collect();
    let unnamed = all - groups.len();
    let fill: Vec<bool> = request.group_by.iter().map(|key| key.fill).collect();
    // Beside groups that are not named an empty one would tell that it is none of them.
    if unnamed == 0 && fill.contains(&true) {
        let filled = fill_groups(groups, &asked.group_by, &fill, &figures.of_nothing(), MAX_GROUPS as usize);
        groups = filled.ok_or(StoreError::TooManyGroups { limit: MAX_GROUPS })?;
    }
    for group in &mut groups {
        group.values = figures.complete(&group.values)?;
    }
    let all = groups.len() + unnamed;
    if let Some(having) = &arrangement.having {
        groups.retain(|group| figures.holds(having, &group.values));
    }
    groups.sort_by(|a, b| compare_groups(&arrangement.order, a, b));
    if let Some(limit) = request.limit {
        groups.truncate(limit as usize);
    }
    let left_out = all - groups.len();
    let hidden: HashSet<String> =
        finest.groups.iter().zip(&finest.withheld).filter(|(_, hidden)| **hidden).map(|(group, _)| format!("{:?}", group.key)).collect();
    let withheld: Vec<bool> = groups.iter().map(|group| hidden.contains(&format!("{:?}", group.key))).collect();
    let mut rest = None;
    if request.rest && left_out > 0 {
        // A group whose values are withheld is in the rest even if its key is shown: the rest alone must not tell about it.
        let shown = groups.iter().zip(&withheld).filter(|(_, withheld)| !**withheld).map(|(group, _)| group.key.clone());
        let others = Aggregate { level: Some(Vec::new()), except: shown.collect(), ..asked.clone() };
        rest = Some(withhold(Vec::new(), store(&others).await?, &[]));
    }
    // From fine to coarse, because a level must not tell what a finer one withholds.
    let mut wanted: Vec<&Vec<usize>> = request.subtotals.iter().collect();
    let everything = Vec::new();
    wanted.extend(request.totals.then_some(&everything));
    wanted.sort_by_key(|level| std::cmp::Reverse(level.len()));
    let mut levels = vec![finest];
    for keys in wanted {
        let groups = store(&Aggregate { level: Some(keys.clone()), ..asked.clone() }).await?;
        levels.push(withhold(keys.clone(), groups, &levels));
    }
    let level = |keys: &Vec<usize>| {
        levels[1..].iter().find(|level| level.keys == *keys).map_or(Ok(Vec::new()), |level| totals(figures, &asked, level))
    };
    Ok(AggregateAnswer {
        keys: asked.group_by.clone(),
        groups,
        withheld,
        left_out,
        rest: rest.map(|rest| totals(figures, &asked, &rest)).transpose()?.and_then(|mut one| one.pop()),
        totals: if request.totals { level(&everything)?.pop() } else { None },
        subtotals: request.subtotals.iter().map(|keys| Ok((keys.clone(), level(keys)?))).collect::<Outcome<_>>()?,
    })
}

/// A group that is withheld, of a single record, whose key is more than one choice of few: the key alone would tell of that record.
fn names_one_record(asked: &Aggregate, level: &Level, at: usize) -> bool {
    let alone = level.counts.get(at).is_some_and(|counts| counts.first().is_some_and(|records| *records <= 1));
    level.withheld[at] && alone && !is_one_choice(asked, &level.keys)
}

/// Everything together, an option, or a stretch of time that many share. Days and steps of numbers can be taken so small that they are values.
fn is_one_choice(asked: &Aggregate, keys: &[usize]) -> bool {
    let choice = |key: &GroupKey| match &key.parts {
        Parts::Values => matches!(key.path.kind, FieldKind::Select { .. } | FieldKind::TreeSelect { .. } | FieldKind::Bool),
        Parts::Periods { grain, .. } => matches!(grain, Grain::Month | Grain::Quarter | Grain::Year),
        Parts::Steps { .. } | Parts::Edges(_) => false,
    };
    keys.len() <= 1 && keys.iter().filter_map(|key| asked.group_by.get(*key)).all(choice)
}

/// The groups of a level that may be named.
fn totals(figures: &Figures, asked: &Aggregate, level: &Level) -> Outcome<Vec<Total>> {
    let total = |at: usize| {
        let (group, withheld) = (&level.groups[at], level.withheld[at]);
        Ok(Total { key: group.key.clone(), values: figures.complete(&group.values)?, withheld })
    };
    (0..level.groups.len()).filter(|at| !names_one_record(asked, level, *at)).map(total).collect()
}
