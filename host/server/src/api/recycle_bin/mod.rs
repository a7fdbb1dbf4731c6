//! `/api/v1/recycle-bin/…`: deleted records.

pub(super) mod list;
pub(super) mod purge;
