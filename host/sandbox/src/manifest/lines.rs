//! From a key path such as `objects[0].title` back to its line in `plugin.toml`.

use toml::de::{DeTable, DeValue};

/// Remembers where the keys of a text stand.
pub struct Lines<'a> {
    text: &'a str,
    root: Option<toml::Spanned<DeTable<'a>>>,
}

impl<'a> Lines<'a> {
    /// Reads a TOML text; one that cannot be read has no lines.
    pub fn new(text: &'a str) -> Self {
        Self { text, root: DeTable::parse(text).ok() }
    }

    /// The line of a path, or of the nearest thing around it (a missing key has none).
    pub fn of(&self, path: &str) -> Option<usize> {
        let root = self.root.as_ref()?;
        let mut at = None;
        let mut table = Some(root.get_ref());
        let mut here: Option<&toml::Spanned<DeValue<'_>>> = None;
        for step in steps(path) {
            let found = match step {
                Step::Key(key) => {
                    let Some((name, value)) = table.and_then(|t| t.iter().find(|(name, _)| name.get_ref() == key)) else { break };
                    at = Some(name.span().start);
                    value
                }
                Step::Index(index) => {
                    let Some(value) = here.and_then(|value| value.get_ref().as_array()).and_then(|array| array.get(index)) else { break };
                    at = Some(value.span().start);
                    value
                }
            };
            table = found.get_ref().as_table();
            here = Some(found);
        }
        at.map(|offset| self.text[..offset.min(self.text.len())].matches('\n').count() + 1)
    }
}

enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

/// Cuts `a.b[2]."c.d"` into steps; a key with a dot stands in quotes.
fn steps(path: &str) -> Vec<Step<'_>> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((key, tail)) = rest.strip_prefix('"').and_then(|quoted| quoted.split_once('"')) {
            out.push(Step::Key(key));
            rest = tail.strip_prefix('.').unwrap_or(tail);
        } else if let Some((index, tail)) = rest.strip_prefix('[').and_then(|inside| inside.split_once(']')) {
            out.push(Step::Index(index.parse().unwrap_or(usize::MAX)));
            rest = tail.strip_prefix('.').unwrap_or(tail);
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            out.push(Step::Key(&rest[..end]));
            rest = rest[end..].strip_prefix('.').unwrap_or(&rest[end..]);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_find_their_lines() {
        let text = "id = \"a\"\n[[objects]]\nkey = \"x\"\n[[objects]]\nkey = \"y\"\n[[objects.fields]]\nkey = \"f\"\n[messages]\n\"a.b\" = { en = \"\" }\n";
        let lines = Lines::new(text);
        for (path, wanted) in [
            ("id", Some(1)),
            ("objects[1].key", Some(5)),
            ("objects[1].fields[0].key", Some(7)),
            ("objects[0].title", Some(2)),
            ("messages.\"a.b\"", Some(9)),
            ("nowhere", None),
        ] {
            assert_eq!(lines.of(path), wanted, "{path}");
        }
    }
}
