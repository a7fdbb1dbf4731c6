//! The piece of a record that shows why it was found.

use guanxi_core::Value;
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::{Label, Object};
use guanxi_core::search::{Asked, Family, marks, searched, value_tokens};
use guanxi_store::SearchArm;
use uuid::Uuid;

use crate::engine::read::find_by_ids;
use crate::engine::{Ctx, Outcome};

/// Characters of a snippet.
const LENGTH: usize = 90;
/// Characters shown before the first mark.
const BEFORE: usize = 20;

/// Where the words stand, beside the title.
#[derive(Clone, Debug, PartialEq)]
pub struct Snippet {
    /// The field's key.
    pub field: String,
    /// What people read above it.
    pub label: Label,
    /// A piece of its text.
    pub text: String,
    /// The words in it, in characters.
    pub marks: Vec<(usize, usize)>,
}

/// The snippets of some records of one object, read with the actor's rights.
pub(super) async fn snippets(ctx: &Ctx, object: &Object, arm: &SearchArm, asked: &Asked, ids: &[Uuid]) -> Outcome<Vec<(Uuid, Snippet)>> {
    let schema = &ctx.snapshot.schema;
    // A title that is a reference names the record all the same; what it holds is not shown twice.
    let fields: Vec<_> = object.fields.iter().filter(|field| arm.fields.contains(&field.key)).collect();
    let paths = fields.iter().map(|field| resolve_path(&field.key, schema, object)).collect::<Result<Vec<_>, _>>()?;
    let rows = find_by_ids(ctx, object, paths, ids).await?;
    let mut found = Vec::new();
    for (id, values) in rows {
        let texts: Vec<(usize, Family, &str)> = fields
            .iter()
            .zip(&values)
            .enumerate()
            .filter_map(|(at, (field, value))| Some((at, searched(field)?, Value::as_text(value)?)))
            .collect();
        if let Some((at, text)) = telling(asked, &texts, |at| fields[at].key == object.title) {
            let (text, marks) = excerpt(asked, text);
            found.push((id, Snippet { field: fields[at].key.clone(), label: fields[at].label.clone(), text, marks }));
        }
    }
    Ok(found)
}

/// The first field with a word that the title does not have.
fn telling<'t>(asked: &Asked, texts: &[(usize, Family, &'t str)], is_title: impl Fn(usize) -> bool) -> Option<(usize, &'t str)> {
    let has = |family: Family, text: &str, word: &guanxi_core::search::Word| word.wanted(family).holds(&value_tokens(family, text));
    let title = texts.iter().find(|(at, ..)| is_title(*at));
    let told = |word: &guanxi_core::search::Word| title.is_some_and(|(_, family, text)| has(*family, text, word));
    let words = asked.words().iter().filter(|word| !told(word));
    let found = words.chain(asked.number()).find_map(|word| {
        let holds = |(at, family, text): &&(usize, Family, &'t str)| !is_title(*at) && has(*family, text, word);
        texts.iter().find(holds)
    });
    found.map(|(at, _, text)| (*at, *text))
}

/// The text around its first mark.
fn excerpt(asked: &Asked, text: &str) -> (String, Vec<(usize, usize)>) {
    let plain: Vec<char> = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let found = marks(asked, text);
    if plain.len() <= LENGTH {
        return (plain.into_iter().collect(), found);
    }
    let from = found.first().map_or(0, |(from, _)| from.saturating_sub(BEFORE)).min(plain.len() - LENGTH);
    let to = from + LENGTH;
    let (before, after) = (if from > 0 { "…" } else { "" }, if to < plain.len() { "…" } else { "" });
    let shift = before.chars().count();
    let inside = found.into_iter().filter(|(start, _)| *start >= from && *start < to);
    let marks = inside.map(|(start, end)| (start - from + shift, Ord::min(end, to) - from + shift)).collect();
    (format!("{before}{}{after}", plain[from..to].iter().collect::<String>()), marks)
}
