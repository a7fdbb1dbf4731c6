//! `/api/v1/files`: the bytes of attachments. What is known about them are records of the object `attachment`.

mod answer;
pub(super) mod create;
pub(super) mod get;
