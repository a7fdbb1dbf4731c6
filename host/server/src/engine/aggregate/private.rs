//! Figures for somebody who may not see records: groups of too few are withheld.

use guanxi_core::Value;
use guanxi_core::query::{Cell, Group, Level, Measure, MeasureFn};

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
