//! Value lists of selects, multi-selects and trees.

use guanxi_core::Problem;
use guanxi_core::meta::{FieldKind, SelectOption};

use super::check_label;

/// The most options of a value list.
const MAX_OPTIONS: usize = 500;
/// The longest code.
const MAX_CODE: usize = 60;
/// The deepest tree.
const MAX_DEPTH: usize = 10;

/// What is wrong with a value list.
pub(super) fn check_options(kind: &FieldKind, options: &[SelectOption]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |detail: String| problems.push(Problem::error("field.option", detail).on("options"));
    if options.is_empty() || options.len() > MAX_OPTIONS {
        refuse(format!("a {} has 1 to {MAX_OPTIONS} options", kind.name()));
    }
    let is_tree = matches!(kind, FieldKind::TreeSelect { .. });
    for (place, option) in options.iter().enumerate() {
        let code = &option.code;
        let plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if code.is_empty() || code.len() > MAX_CODE || !plain {
            refuse(format!("`{code}` is no code: letters, digits, _, - and ., at most {MAX_CODE}"));
        }
        if options[..place].iter().any(|other| other.code == *code) {
            refuse(format!("`{code}` stands twice"));
        }
        match &option.parent {
            Some(_) if !is_tree => refuse(format!("`{code}` has a parent, but only the options of a tree have one")),
            Some(parent) if !options[..place].iter().any(|other| other.code == *parent) => {
                refuse(format!("`{code}` lies below `{parent}`, which must stand before it"));
            }
            _ => {}
        }
        if is_tree && depth(options, place) > MAX_DEPTH {
            refuse(format!("`{code}` lies deeper than {MAX_DEPTH} levels"));
        }
    }
    problems.extend(options.iter().filter_map(|option| check_label(&option.label).err()).map(|p| p.on("options")));
    problems
}

/// Each parent stands before its children, so that this ends.
fn depth(options: &[SelectOption], place: usize) -> usize {
    let mut depth = 1;
    let mut place = place;
    while let Some(above) = options[place].parent.as_ref().and_then(|code| options[..place].iter().position(|o| o.code == *code)) {
        depth += 1;
        place = above;
    }
    depth
}

/// Removing a code, or moving it to another place of its tree, would leave records with a value that nobody can read.
pub(super) fn check_kept(old: &[SelectOption], new: &[SelectOption]) -> Option<Problem> {
    let kept = |option: &SelectOption| new.iter().any(|o| o.code == option.code && o.parent == option.parent);
    let gone: Vec<&str> = old.iter().filter(|option| !kept(option)).map(|option| option.code.as_str()).collect();
    let problem = || Problem::error("field.option", format!("options in use cannot be removed: {}", gone.join(", "))).on("options");
    (!gone.is_empty()).then(problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::meta::Label;

    #[test]
    fn lists_and_trees() {
        let option = |code: &str, parent: Option<&str>| SelectOption {
            parent: parent.map(str::to_owned),
            ..SelectOption::new(code, Label::new("甲", "A"))
        };
        let tree = FieldKind::TreeSelect { options: Vec::new() };
        let list = FieldKind::MultiSelect { options: Vec::new() };
        for (kind, options, problems) in [
            (&tree, vec![option("a", None), option("b", Some("a")), option("c", Some("b"))], 0),
            (&tree, vec![option("b", Some("a")), option("a", None)], 1),
            (&tree, vec![option("a", Some("a"))], 1),
            (&list, vec![option("a", None), option("b", Some("a"))], 1),
            (&list, vec![option("a.1", None), option("a.1", None), option("a/1", None)], 2),
            (&list, vec![], 1),
        ] {
            assert_eq!(check_options(kind, &options).len(), problems, "{options:?}");
        }
        let old = [option("a", None), option("b", Some("a"))];
        assert!(check_kept(&old, &[option("a", None), option("b", None)]).is_some());
        assert!(check_kept(&old, &[option("c", None), option("a", None), option("b", Some("a"))]).is_none());
    }
}
