//! The index of the search: FTS5 on SQLite, a GIN index over `tsvector` on PostgreSQL, both over tokens that `core` made.
//!
//! A live record has one entry with the tokens of all its searched fields, each beginning with its field's id. Who asks names the fields
//! that they may read, so rights change without a new index. Entries are written in the transaction of the save.

mod build;
mod condition;
mod entries;
mod find;

pub(crate) use build::forget_built;
pub(crate) use entries::{follow, insert_entry, refresh, remove_entries, remove_entry};
pub use find::{Found as SearchHit, Place, SearchArm};

use guanxi_core::search::Wanted;

use crate::db::Dialect;
use crate::name::SqlName;

/// The entries: (rowid, tokens) on SQLite, (record, tokens) on PostgreSQL.
fn index_table() -> SqlName {
    SqlName::fixed("gx_search")
}

/// SQLite only: the entry's number of each record.
fn numbers_table() -> SqlName {
    SqlName::fixed("gx_search_record")
}

/// What is asked of the index, in the words of the database. Tokens hold letters and digits only, so nothing in them can be mistaken.
fn asked(dialect: Dialect, wanted: &Wanted) -> String {
    let (quote, and, or, prefix) = match dialect {
        Dialect::Sqlite => ('"', " AND ", " OR ", "*"),
        Dialect::Postgres => ('\'', " & ", " | ", ":*"),
    };
    let list = |parts: &[Wanted], between: &str| {
        let parts: Vec<String> = parts.iter().map(|part| asked(dialect, part)).collect();
        if let [one] = parts.as_slice() { one.clone() } else { format!("({})", parts.join(between)) }
    };
    match wanted {
        Wanted::Token(token) => format!("{quote}{token}{quote}"),
        Wanted::Prefix(token) => format!("{quote}{token}{quote}{prefix}"),
        Wanted::All(parts) => list(parts, and),
        Wanted::Any(parts) => list(parts, or),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_spelled_for_both() {
        let token = |text: &str| Wanted::Token(text.into());
        let wanted = Wanted::All(vec![Wanted::Any(vec![token("1ga"), Wanted::Prefix("1wab".into())]), Wanted::Any(vec![token("2gb")])]);
        assert_eq!(asked(Dialect::Sqlite, &wanted), "((\"1ga\" OR \"1wab\"*) AND \"2gb\")");
        assert_eq!(asked(Dialect::Postgres, &wanted), "(('1ga' | '1wab':*) & '2gb')");
    }
}
