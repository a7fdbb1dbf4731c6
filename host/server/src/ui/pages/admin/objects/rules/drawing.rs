//! The states of an object and the ways between them, as a small drawing that needs no script.

use guanxi_core::meta::{Field, SelectOption, StateMachine};
use maud::{Markup, html};

use crate::texts::t;
use crate::ui::visit::Visit;

/// The drawing's measures, in units of its view box.
const WIDTH: usize = 360;
const LEFT: usize = 80;
const BOX_WIDTH: usize = 200;
const BOX_HEIGHT: usize = 28;
const STEP: usize = 48;
/// The longest name that fits into a box.
const MAX_NAME: usize = 14;

/// One way between two states, by their places; `None` comes from any other state.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    from: Option<usize>,
    to: usize,
    words: String,
}

/// The drawing; the table beside it says the same in words.
pub(super) fn drawing(visit: &Visit, machine: &StateMachine, field: &Field) -> Markup {
    let locale = visit.locale();
    let texts = t(locale);
    let options = field.options();
    let name = |place: usize| options[place].label.get(locale).to_owned();
    let ways = ways(machine, options, |transition| transition.label.get(locale).to_owned());
    let height = options.len() * STEP + 8;
    let ends: Vec<String> = (0..options.len()).filter(|place| ways.iter().all(|way| way.from != Some(*place))).map(name).collect();
    let any = ways.iter().any(|way| way.from.is_none());
    html! {
        svg.machine viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(texts.machine_picture(field.label.get(locale))) {
            defs { marker id="machine-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" { path d="M0 0 8 4 0 8z" {} } }
            @for way in &ways {
                path d=(path(way)) marker-end="url(#machine-tip)" {
                    title { (texts.machine_arrow(&way.from.map_or_else(|| texts.transition_any().to_owned(), name), &name(way.to), &way.words)) }
                }
            }
            @for (place, option) in options.iter().enumerate() {
                g.end[ways.iter().all(|way| way.from != Some(place)) && !any] {
                    rect x=(LEFT) y=(top(place)) width=(BOX_WIDTH) height=(BOX_HEIGHT) rx="6" {}
                    text.m x=(LEFT + BOX_WIDTH / 2) y=(top(place) + 18) { (short(option.label.get(locale))) }
                }
            }
        }
        @if !ends.is_empty() && !any { p.help.space { (texts.machine_ends(&ends.join("、"))) } }
    }
}

fn ways(machine: &StateMachine, options: &[SelectOption], words: impl Fn(&guanxi_core::meta::Transition) -> String) -> Vec<Way> {
    let place = |code: &str| options.iter().position(|option| option.code == code);
    let mut found: Vec<Way> = Vec::new();
    for transition in &machine.transitions {
        let Some(to) = place(&transition.to) else { continue };
        let from: Vec<Option<usize>> =
            if transition.from.is_empty() { vec![None] } else { transition.from.iter().filter_map(|code| place(code)).map(Some).collect() };
        for from in from {
            // One line for all that lead the same way.
            match found.iter_mut().find(|way| way.from == from && way.to == to) {
                Some(way) => {
                    way.words.push_str(", ");
                    way.words.push_str(&words(transition));
                }
                None => found.push(Way { from, to, words: words(transition) }),
            }
        }
    }
    found
}

fn top(place: usize) -> usize {
    place * STEP + 6
}

/// To the next state straight down; further down on the right, back on the left, the wider the further.
fn path(way: &Way) -> String {
    let middle = |place: usize| top(place) + BOX_HEIGHT / 2;
    let Some(from) = way.from else {
        let y = middle(way.to);
        return format!("M{} {y} H{}", LEFT - 40, LEFT - 2);
    };
    if way.to == from + 1 {
        let x = LEFT + BOX_WIDTH / 2;
        return format!("M{x} {} V{}", top(from) + BOX_HEIGHT, top(way.to) - 2);
    }
    let far = way.to.abs_diff(from).min(5) * 12;
    if way.to > from {
        let (x, out) = (LEFT + BOX_WIDTH, LEFT + BOX_WIDTH + 14 + far);
        // Lines of one side begin low and end high in a box, so that two never lie on each other.
        format!("M{x} {} C{out} {} {out} {} {} {}", middle(from) + 6, middle(from) + 6, middle(way.to) - 6, x + 2, middle(way.to) - 6)
    } else {
        let (x, out) = (LEFT, LEFT - 14 - far);
        format!("M{x} {} C{out} {} {out} {} {} {}", middle(from) - 6, middle(from) - 6, middle(way.to) + 6, x - 2, middle(way.to) + 6)
    }
}

fn short(name: &str) -> String {
    let wide = |c: char| if c.is_ascii() { 1 } else { 2 };
    let (mut width, mut cut) = (0, String::new());
    for letter in name.chars() {
        width += wide(letter);
        if width > MAX_NAME * 2 {
            cut.push('…');
            break;
        }
        cut.push(letter);
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::meta::{Label, Transition};

    #[test]
    fn equal_ways_are_drawn_once() {
        let options = ["a", "b", "c"].map(|code| SelectOption::new(code, Label::new(code, code)));
        let transition = |action: &str, from: &[&str], to: &str| Transition {
            action: action.into(),
            label: Label::new(action, action),
            from: from.iter().map(|&code| code.to_owned()).collect(),
            to: to.into(),
            guard: None,
            roles: Vec::new(),
        };
        let transitions = vec![
            transition("go", &["a", "b"], "c"),
            transition("jump", &["a"], "c"),
            transition("stop", &[], "a"),
            transition("x", &["gone"], "a"),
        ];
        let machine = StateMachine { field: "state".into(), transitions };
        let found = ways(&machine, &options, |transition| transition.action.clone());
        let shown: Vec<_> = found.iter().map(|way| (way.from, way.to, way.words.as_str())).collect();
        assert_eq!(shown, [(Some(0), 2, "go, jump"), (Some(1), 2, "go"), (None, 0, "stop")]);
        assert_eq!(short("一二三四五六七八九十一二三四五六"), "一二三四五六七八九十一二三四…");
    }
}
