//! What is withheld from somebody who may see figures but no records: groups of too few records, and totals that would tell about them.

use std::collections::HashMap;

use super::Group;

/// One level of an answer: its groups, by how many records they are, and which of them are withheld.
pub struct Level {
    /// The places of the group keys that it has, in order.
    pub keys: Vec<usize>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// For each group how many records it is about, then further numbers of records that its values tell of: those that a measure counts,
    /// and those that a measure's own filter leaves.
    pub counts: Vec<Vec<i64>>,
    /// Parallel to the groups.
    pub withheld: Vec<bool>,
}

impl Level {
    /// Withholds each group of fewer than `least` records, or of which one of the further numbers is below that; only those may be 0.
    pub fn withhold_small(&mut self, least: i64) {
        let small = |counts: &Vec<i64>| counts.first().is_none_or(|records| *records < least) || tells_of_few(least, counts);
        self.withheld = self.counts.iter().map(small).collect();
    }

    /// Withholds each group that, less what `finer` shows of its parts, would tell about a single part or about too few records. Does nothing
    /// where the other level is no finer one.
    pub fn withhold_told_by(&mut self, finer: &Self, least: i64) {
        let places: Option<Vec<usize>> = self.keys.iter().map(|key| finer.keys.iter().position(|other| other == key)).collect();
        let Some(places) = places.filter(|places| places.len() < finer.keys.len()) else { return };
        let name = |key: &[crate::Value]| format!("{key:?}");
        let mut hidden: HashMap<String, (usize, Vec<i64>)> = HashMap::new();
        for ((group, counts), _) in finer.groups.iter().zip(&finer.counts).zip(&finer.withheld).filter(|(_, withheld)| **withheld) {
            let key: Vec<crate::Value> = places.iter().filter_map(|place| group.key.get(*place)).cloned().collect();
            let (parts, sums) = hidden.entry(name(&key)).or_insert_with(|| (0, vec![0; counts.len()]));
            *parts += 1;
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum = sum.saturating_add(*count));
        }
        for (group, withheld) in self.groups.iter().zip(&mut self.withheld) {
            if let Some((parts, sums)) = hidden.get(&name(&group.key)) {
                *withheld |= *parts == 1 || sums.first().is_none_or(|records| *records < least) || tells_of_few(least, sums);
            }
        }
    }
}

fn tells_of_few(least: i64, counts: &[i64]) -> bool {
    counts.iter().any(|count| (1..least).contains(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn level(keys: &[usize], cells: &[(&[i64], i64)]) -> Level {
        let group = |key: &[i64]| Group { key: key.iter().map(|k| Value::Int(*k)).collect(), values: Vec::new() };
        let mut level = Level {
            keys: keys.to_vec(),
            groups: cells.iter().map(|(key, _)| group(key)).collect(),
            counts: cells.iter().map(|(_, count)| vec![*count]).collect(),
            withheld: Vec::new(),
        };
        level.withhold_small(5);
        level
    }

    #[test]
    fn small_groups_are_withheld() {
        assert_eq!(level(&[0], &[(&[1], 2), (&[2], 5), (&[3], 9)]).withheld, [true, false, false]);
        assert_eq!(level(&[], &[(&[], 0)]).withheld, [true]);
        let mut further = level(&[0], &[(&[1], 9), (&[2], 9), (&[3], 9)]);
        further.counts = vec![vec![9, 0], vec![9, 1], vec![9, 5]];
        further.withhold_small(5);
        assert_eq!(further.withheld, [false, true, false], "none is no secret, few are");
    }

    #[test]
    fn a_total_does_not_tell_what_is_withheld() {
        for (cells, wanted) in [
            (&[(&[1][..], 2), (&[2], 9)][..], true),
            (&[(&[1], 2), (&[2], 2), (&[3], 9)], true),
            (&[(&[1], 4), (&[2], 4), (&[3], 9)], false),
            (&[(&[1], 6), (&[2], 9)], false),
        ] {
            let finer = level(&[0], cells);
            let mut total = level(&[], &[(&[], 20)]);
            total.withhold_told_by(&finer, 5);
            assert_eq!(total.withheld, [wanted], "{cells:?}");
        }
        // Another direction of the table is no finer level.
        let mut columns = level(&[1], &[(&[1], 20)]);
        columns.withhold_told_by(&level(&[0], &[(&[1], 2)]), 5);
        assert_eq!(columns.withheld, [false]);
    }

    /// For many tables: whatever is shown of rows, columns and the whole, less its parts that are shown, is about several parts and enough.
    #[test]
    fn nothing_small_is_left_over() {
        let mut seed = 7u64;
        let mut next = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % below) as i64
        };
        for _ in 0..500 {
            let (rows, columns) = (1 + next(5), 1 + next(5));
            let cells: Vec<([i64; 2], i64)> = (0..rows)
                .flat_map(|row| (0..columns).map(move |column| [row, column]))
                .map(|key| (key, next(12)))
                .filter(|(_, count)| *count > 0)
                .collect();
            let sums = |at: usize| -> Vec<([i64; 1], i64)> {
                let mut sums: HashMap<i64, i64> = HashMap::new();
                cells.iter().for_each(|(key, count)| *sums.entry(key[at]).or_default() += count);
                sums.into_iter().map(|(key, sum)| ([key], sum)).collect()
            };
            let borrowed: Vec<(&[i64], i64)> = cells.iter().map(|(key, count)| (key.as_slice(), *count)).collect();
            let finest = level(&[0, 1], &borrowed);
            let mut levels = vec![finest];
            for at in [0, 1] {
                let own = sums(at);
                let borrowed: Vec<(&[i64], i64)> = own.iter().map(|(key, count)| (key.as_slice(), *count)).collect();
                let mut one = level(&[at], &borrowed);
                one.withhold_told_by(&levels[0], 5);
                levels.push(one);
            }
            let all: i64 = cells.iter().map(|(_, count)| count).sum();
            let mut total = level(&[], &[(&[], all)]);
            levels.iter().for_each(|finer| total.withhold_told_by(finer, 5));
            levels.push(total);
            for (at, coarse) in levels.iter().enumerate() {
                for finer in &levels[..at] {
                    if !coarse.keys.iter().all(|key| finer.keys.contains(key)) || coarse.keys.len() == finer.keys.len() {
                        continue;
                    }
                    for (group, _) in coarse.groups.iter().zip(&coarse.withheld).filter(|(_, withheld)| !**withheld) {
                        let inside = finer.groups.iter().zip(&finer.counts).zip(&finer.withheld).filter(|((part, _), withheld)| {
                            let place = |key: &usize| finer.keys.iter().position(|k| k == key).expect("a finer key");
                            **withheld && coarse.keys.iter().zip(&group.key).all(|(key, value)| part.key[place(key)] == *value)
                        });
                        let (parts, records) = inside.fold((0, 0), |(parts, sum), ((_, counts), _)| (parts + 1, sum + counts[0]));
                        assert!(parts == 0 || (parts > 1 && records >= 5), "{parts} parts of {records} records");
                    }
                }
            }
        }
    }
}
