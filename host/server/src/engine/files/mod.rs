//! Files: bytes in the storage, an `attachment` record that tells about them, and who may have them (docs/decisions, "Where files lie").
//!
//! A file is written before its record, and its place is noted before the file: whatever stops in between leaves something that nobody
//! sees and that [`sweep`] takes away.

mod content_type;
mod download;
mod name;
mod storage;
mod sweep;
mod upload;
mod visible;

use std::collections::HashMap;

use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, protect};
pub use content_type::is_shown_inline;
pub use storage::FileStorage;
pub use upload::NewFile;

/// The largest file, in bytes: against full disks, and enough for documents and photographs.
pub(crate) const FILE_MAX: u64 = 25 * 1024 * 1024;
/// The most files of one field.
pub(super) const FIELD_MAX: usize = 20;
/// The object of the records.
pub(super) const ATTACHMENT: &str = "attachment";
/// What a file is called for who may not know its name.
const NAMELESS: &str = "file";

/// A stream of a file's bytes, as it comes or goes; the error is a sentence for the log.
pub type FileBytes<'a> = futures::stream::BoxStream<'a, Result<bytes::Bytes, String>>;

/// What is known about a stored file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// The attachment.
    pub id: Uuid,
    /// The file's name for people, harmless in a file system.
    pub name: String,
    /// Decided by the content, e.g. `image/png`.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
}

impl Engine {
    /// Names (as the actor may know them), types and sizes of attachments. For ids that were read from a record which the actor sees: it asks
    /// for no right of its own.
    pub async fn file_infos(&self, ctx: &Ctx, ids: &[Uuid]) -> Outcome<HashMap<Uuid, FileInfo>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let records = ctx.tenant.store.load_records(&ctx.snapshot.schema, ATTACHMENT, ids).await?;
        let live = records.into_iter().filter(|record| !record.deleted);
        let mut infos: HashMap<Uuid, FileInfo> = live.map(|record| (record.id, info(record.id, &record.values))).collect();
        if let Some(object) = ctx.snapshot.schema.object(ATTACHMENT) {
            for info in infos.values_mut() {
                let told = protect::protected(ctx, object, "name", Value::Text(std::mem::take(&mut info.name)));
                info.name = told.as_text().unwrap_or(NAMELESS).to_owned();
            }
        }
        Ok(infos)
    }
}

fn info(id: Uuid, values: &HashMap<String, Value>) -> FileInfo {
    let text = |key: &str| values.get(key).and_then(Value::as_text).unwrap_or_default().to_owned();
    let size = match values.get("size") {
        Some(Value::Int(size)) => u64::try_from(*size).unwrap_or(0),
        _ => 0,
    };
    FileInfo { id, name: text("name"), content_type: text("content_type"), size, sha256: text("sha256") }
}

/// The refusal of a file that is too large.
pub(crate) fn too_large() -> Problem {
    let detail = format!("a file is at most {} MiB", FILE_MAX / 1024 / 1024);
    Problem::error("request.too_large", detail).on("file").with("max", i64::try_from(FILE_MAX).unwrap_or(i64::MAX))
}
