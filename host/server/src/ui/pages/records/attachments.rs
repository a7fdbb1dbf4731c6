//! Attached files on pages: names, sizes, where they are downloaded, small pictures.

use uuid::Uuid;

use super::controls::split;
use crate::engine::{FileInfo, Outcome};
use crate::ui::components::files::{Attached, Files};
use crate::ui::format;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// The object whose records are files.
pub(super) const ATTACHMENT: &str = "attachment";

/// What a field of files holds.
pub(super) async fn control(visit: &Visit, chosen: &str) -> Outcome<Files> {
    let ids: Vec<Uuid> = split(chosen).filter_map(|id| Uuid::parse_str(id).ok()).collect();
    let mut attached = Vec::new();
    for id in ids {
        // The ids come from a browser: only files that the visitor may have are named.
        match visit.engine().find_file(&visit.ctx, id).await {
            Ok(info) => attached.push(face(&info)),
            Err(refusal) if refusal.status < 500 => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(Files { attached, upload: urls::UPLOADS.to_owned() })
}

/// The files that a record names which the visitor sees, in their order.
pub(super) async fn list(visit: &Visit, ids: &[Uuid]) -> Outcome<Vec<Attached>> {
    let infos = visit.engine().file_infos(&visit.ctx, ids).await?;
    Ok(ids.iter().filter_map(|id| infos.get(id)).map(face).collect())
}

fn face(info: &FileInfo) -> Attached {
    let href = urls::file(info.id);
    let picture = is_picture(&info.content_type).then(|| href.clone());
    Attached { id: info.id.to_string(), name: info.name.clone(), size: format::bytes(info.size), href, picture }
}

/// Kinds of pictures that a browser shows and that carry no script.
fn is_picture(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}
