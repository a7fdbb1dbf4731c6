//! What each route takes and answers. A file for each family of routes, as in the API itself.

mod access;
mod aggregate;
mod batches;
mod cards;
mod files;
mod objects;
mod others;
mod records;
mod rules;
mod search;
mod views;

use serde_json::Value as Json;

use super::paths::Paths;
use super::view::View;

/// Adds every operation that the reader may try.
pub(super) fn add(view: &View, paths: &mut Paths) {
    others::add(view, paths);
    objects::add(view, paths);
    rules::add(view, paths);
    records::add(view, paths);
    cards::add(view, paths);
    batches::add(view, paths);
    files::add(paths);
    aggregate::add(view, paths);
    views::add(paths);
    search::add(view, paths);
    access::add(view, paths);
}

/// The schemas that they use, apart from those of records.
pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let families = [
        objects::schemas(),
        rules::schemas(),
        records::schemas(),
        batches::schemas(),
        cards::schemas(),
        aggregate::schemas(),
        views::schemas(),
        search::schemas(),
        access::schemas(),
    ];
    families.into_iter().flatten().collect()
}
