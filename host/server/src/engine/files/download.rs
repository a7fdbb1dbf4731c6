//! Giving a file out, to whoever may have it.

use std::ops::Range;

use uuid::Uuid;

use super::{FileBytes, FileInfo};
use crate::engine::{Ctx, Engine, Outcome, Refusal};

impl Engine {
    /// What is known about a file. A file that is not there and one that the actor may not have are both 404.
    pub async fn find_file(&self, ctx: &Ctx, id: Uuid) -> Outcome<FileInfo> {
        if !self.visible_files(ctx, &[id]).await?.contains(&id) {
            return Err(Refusal::not_found("file"));
        }
        self.file_infos(ctx, &[id]).await?.remove(&id).ok_or_else(|| Refusal::not_found("file"))
    }

    /// The bytes of a file that [`Engine::find_file`] gave, or some of them.
    pub async fn read_file(&self, ctx: &Ctx, file: &FileInfo, range: Option<Range<u64>>) -> Outcome<FileBytes<'static>> {
        let place = ctx.tenant.store.find_file(file.id).await?.ok_or_else(|| Refusal::internal(&"an attachment without a place"))?;
        self.files.read(&place.key, range).await
    }
}
