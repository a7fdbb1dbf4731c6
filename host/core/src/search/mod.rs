//! Words as the search sees them: what a text is found by, and what was asked for. Pure, so that both databases and the memory agree.
//!
//! A text becomes a set of short tokens (`docs/search.md` lists them); a question becomes an [`Asked`]: for each word the tokens that would
//! answer it in a field. The databases only look tokens up: FTS5 on SQLite, a GIN index on PostgreSQL.

mod index;
mod marks;
mod matching;
mod pieces;
mod question;
mod rank;
mod readings;
#[cfg(test)]
mod tests;

use crate::meta::{Field, FieldKind, Object};

pub use index::{Family, MAX_INDEXED, record_tokens, value_tokens};
pub use marks::marks;
pub use matching::answers;
pub use question::{Asked, MAX_QUESTION, Wanted, Word};
pub use rank::{Rank, rank};

/// The version of the tokens. An index that was made with another one is made anew.
pub const SEARCH_VERSION: u32 = 1;

/// The family of a field that the search looks into; `None` where it does not.
pub fn searched(field: &Field) -> Option<Family> {
    if !field.searchable || (field.is_system() && field.key != "external_id") {
        return None;
    }
    family(&field.kind)
}

/// How texts of this type are taken apart; `None` for what is no text.
pub fn family(kind: &FieldKind) -> Option<Family> {
    match kind {
        FieldKind::Text { .. } => Some(Family::Name),
        FieldKind::LongText | FieldKind::Email | FieldKind::Url => Some(Family::Prose),
        FieldKind::Phone => Some(Family::Number),
        _ => None,
    }
}

/// What the tokens of a field begin with, so that a question names the fields that it may look into: rights change, tokens do not.
pub fn tag(object: &Object, field: &Field) -> String {
    if field.id > 0 { field.id.to_string() } else { format!("x{}", object.id) }
}

/// What an object's index holds, in one text: the fields with their families, and which is the title.
pub fn signature(object: &Object) -> Vec<String> {
    let part = |field: &Field| {
        let family = searched(field)?;
        let title = if field.key == object.title { "!" } else { "" };
        Some(format!("{}{}{title}", tag(object, field), family.letter()))
    };
    object.stored_fields().filter_map(part).collect()
}
