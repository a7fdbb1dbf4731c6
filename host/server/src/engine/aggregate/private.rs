//! Figures for somebody who may not see records: groups of too few are withheld.

use std::collections::BTreeSet;

use guanxi_core::Value;
use guanxi_core::expr::{FieldPath, paths_of};
use guanxi_core::policy::{Function, RowScope, decide_in, min_group};
use guanxi_core::query::{Aggregate, Cell, Group, Level, Measure, MeasureFn};

use crate::engine::Ctx;

/// The fewest records of a group that the actor may know about: as the object says, and each other object of which the actor may compute
/// figures over records that may not be viewed.
pub(super) fn least(ctx: &Ctx, asked: &Aggregate) -> u32 {
    if ctx.actor.system {
        return 1;
    }
    let schema = &ctx.snapshot.schema;
    let views_all = |object: &str| matches!(decide_in(schema, &ctx.actor, object, Function::View), Some(RowScope::All));
    let of_others = touched(asked).into_iter().filter(|object| *object != asked.object && !views_all(object));
    let others = of_others.map(|object| min_group(schema, &ctx.actor, &object)).max().unwrap_or(1);
    min_group(schema, &ctx.actor, &asked.object).max(others)
}

/// The objects that a question reads.
fn touched(asked: &Aggregate) -> BTreeSet<String> {
    let mut objects: BTreeSet<String> = asked.joins.iter().map(|join| join.object.clone()).collect();
    objects.extend(asked.exists.iter().map(|related| related.object.clone()));
    let mut see = |path: &FieldPath| {
        objects.insert(path.object.clone());
        objects.extend(path.hops.iter().map(|hop| hop.target.clone()));
    };
    asked.group_by.iter().for_each(|key| see(&key.path));
    let measures = asked.measures.iter().flat_map(|measure| [&measure.operand, &measure.filter]);
    let filters = asked.joins.iter().map(|join| &join.filter).chain(asked.exists.iter().map(|related| &related.filter));
    let conditions = measures.chain(filters).chain([&asked.filter]).flatten();
    conditions.flat_map(paths_of).for_each(|path| see(&path));
    objects
}

/// The measures, followed by the numbers of records that decide what is withheld: those of the group, and for each measure those that it
/// counts; for one with a filter of its own also those that it leaves.
pub(super) fn with_counts(measures: &[Measure], least: u32) -> Vec<Measure> {
    let mut all = measures.to_vec();
    if least > 1 {
        all.push(Measure::new(MeasureFn::Count, None));
        for measure in measures {
            if measure.operand.is_some() {
                all.push(Measure { function: MeasureFn::Count.into(), ..measure.clone() });
            }
            if measure.filter.is_some() {
                all.push(Measure { function: MeasureFn::Count.into(), operand: None, filter: measure.filter.clone() });
            }
        }
    }
    all
}

/// The groups of a level without the numbers of records, and what of it is withheld: what is small, and what would tell about parts that are
/// withheld on finer levels.
pub(super) fn withhold(least: i64, measures: &[Measure], keys: Vec<usize>, mut groups: Vec<Group>, finer: &[Level]) -> Level {
    let withheld = vec![false; groups.len()];
    if least <= 1 {
        return Level { keys, groups, counts: Vec::new(), withheld };
    }
    let counts = groups.iter_mut().map(|group| records(measures, group.values.split_off(measures.len()))).collect();
    let mut level = Level { keys, groups, counts, withheld };
    level.withhold_small(least);
    finer.iter().for_each(|finer| level.withhold_told_by(finer, least));
    for (group, _) in level.groups.iter_mut().zip(&level.withheld).filter(|(_, withheld)| **withheld) {
        group.values.fill(Cell::Value(Value::Null));
    }
    level
}

fn records(measures: &[Measure], cells: Vec<Cell>) -> Vec<i64> {
    let mut found = cells.iter().map(|cell| cell.count().unwrap_or(0));
    let all = found.next().unwrap_or(0);
    let mut counts = vec![all];
    for measure in measures {
        if measure.operand.is_some() {
            counts.extend(found.next());
        }
        if measure.filter.is_some() {
            let taken = found.next().unwrap_or(0);
            counts.extend([taken, all - taken]);
        }
    }
    counts
}
