//! Generated conditions over the records of the oracle, with what each of them means.

use super::{Dice, Row, World};

/// What the oracle says of a record to somebody who asks.
pub(super) type Holds = Box<dyn Fn(&World, &Row, usize) -> bool>;

/// A condition, the fields whose values it asks for, and its meaning.
pub(super) struct Condition {
    pub(super) text: String,
    pub(super) reads: Vec<&'static str>,
    pub(super) holds: Holds,
}

type Atom = (&'static str, &'static [&'static str], fn(&World, &Row, usize) -> bool);

/// Over the record itself.
const OWN: [Atom; 9] = [
    ("x_region == \"East\"", &["x_region"], |_, row, _| row.region == Some("East")),
    ("x_region != \"West\"", &["x_region"], |_, row, _| row.region != Some("West")),
    ("x_region == null", &["x_region"], |_, row, _| row.region.is_none()),
    ("x_region in [\"North\", null]", &["x_region"], |_, row, _| matches!(row.region, None | Some("North"))),
    ("x_score > 40", &["x_score"], |_, row, _| row.score > 40),
    ("x_score + 5 <= 30", &["x_score"], |_, row, _| row.score + 5 <= 30),
    ("x_secret.startsWith(\"1394\")", &["x_secret"], |_, row, _| row.secret.starts_with("1394")),
    ("owner == me", &[], |_, row, user| row.owner == user),
    ("x_link == null", &[], |_, row, _| row.link.is_none()),
];

/// Behind a reference, which ends where its reader's sight does.
const BEHIND: [Atom; 4] = [
    ("x_link.x_region == \"East\"", &["x_region"], |world, row, user| seen(world, row, user).is_some_and(|to| to.region == Some("East"))),
    ("x_link.x_score < 60", &["x_score"], |world, row, user| seen(world, row, user).is_some_and(|to| to.score < 60)),
    ("x_link.name == null", &[], |world, row, user| seen(world, row, user).is_none()),
    ("x_link.owner != me", &[], |world, row, user| seen(world, row, user).is_none_or(|to| to.owner != user)),
];

fn seen<'w>(world: &'w World, row: &Row, user: usize) -> Option<&'w Row> {
    let place = row.link?;
    (world.reaches(user, "view", place) == Some(true)).then(|| &world.rows[place])
}

/// None, one or several atoms with `&&`, `||` and `!`; with references where these are looked through with the right to see.
pub(super) fn condition(dice: &mut Dice, behind: bool) -> Condition {
    if dice.one_in(6) {
        return Condition { text: String::new(), reads: Vec::new(), holds: Box::new(|_, _, _| true) };
    }
    part(dice, behind, 2)
}

fn part(dice: &mut Dice, behind: bool, depth: usize) -> Condition {
    if depth == 0 || dice.one_in(3) {
        let (text, reads, holds) = if behind && dice.one_in(3) { BEHIND[dice.below(BEHIND.len())] } else { OWN[dice.below(OWN.len())] };
        return Condition { text: text.to_owned(), reads: reads.to_vec(), holds: Box::new(holds) };
    }
    let one = part(dice, behind, depth - 1);
    if dice.one_in(4) {
        let holds = one.holds;
        return Condition {
            text: format!("!({})", one.text),
            reads: one.reads,
            holds: Box::new(move |world, row, user| !holds(world, row, user)),
        };
    }
    let other = part(dice, behind, depth - 1);
    let both = dice.one_in(2);
    let (left, right) = (one.holds, other.holds);
    Condition {
        text: format!("({}) {} ({})", one.text, if both { "&&" } else { "||" }, other.text),
        reads: one.reads.into_iter().chain(other.reads).collect(),
        holds: Box::new(move |world, row, user| {
            if both { left(world, row, user) && right(world, row, user) } else { left(world, row, user) || right(world, row, user) }
        }),
    }
}
