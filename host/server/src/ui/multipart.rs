//! Forms that carry files, as browsers without script send them. A file is stored as it comes; what the form then holds is its id. The
//! form token stands before the first file, so that nothing is stored for a form that is not ours.

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use futures::{StreamExt, TryStreamExt};
use guanxi_core::Problem;

use super::components::files::UPLOAD_SUFFIX;
use super::components::form::TOKEN_FIELD;
use super::visit::Visit;
use crate::engine::{FILE_MAX, NewFile, Outcome, Refusal};

/// The most bytes of all texts of a form.
const TEXTS_MAX: usize = 2 * 1024 * 1024;
/// The most files that come with one form.
const FILES_MAX: usize = 10;

/// What came: parameters in their order, and why files were not taken.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) fields: Vec<(String, String)>,
    pub(super) problems: Vec<Problem>,
}

/// Whether a request carries such a form.
pub(super) fn is_multipart(request: &Request) -> bool {
    let kind = request.headers().get(axum::http::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

/// Reads the form and stores its files. `ours`: the request came from a page of ours.
pub(super) async fn read(visit: &Visit, mut request: Request, ours: bool) -> Outcome<Parts> {
    let most = usize::try_from(FILE_MAX).unwrap_or(usize::MAX).saturating_mul(FILES_MAX / 2).saturating_add(TEXTS_MAX);
    DefaultBodyLimit::max(most).apply(&mut request);
    let malformed = |error: MultipartError| Refusal::one("request.malformed", error.body_text());
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| Refusal::one("request.malformed", error.body_text()))?;
    let mut parts = Parts::default();
    let (mut texts, mut files, mut trusted) = (0usize, 0usize, false);
    while let Some(field) = form.next_field().await.map_err(malformed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(file) = field.file_name().map(str::to_owned) {
            if file.is_empty() {
                continue;
            }
            files += 1;
            if !trusted || files > FILES_MAX {
                return Err(Refusal::one("request.too_large", format!("a form carries at most {FILES_MAX} files")));
            }
            store(visit, &name, file, field, &mut parts).await?;
            continue;
        }
        let text = text(field, &mut texts).await?;
        trusted |= name == TOKEN_FIELD && ours && visit.session.is_own_form(&text);
        parts.fields.push((name, text));
    }
    Ok(parts)
}

async fn text(mut field: Field<'_>, texts: &mut usize) -> Outcome<String> {
    let mut bytes: Vec<u8> = Vec::new();
    while let Some(part) = field.chunk().await.map_err(|error| Refusal::one("request.malformed", error.body_text()))? {
        *texts += part.len();
        if *texts > TEXTS_MAX {
            return Err(Refusal::one("request.too_large", "the texts of the form are too long"));
        }
        bytes.extend_from_slice(&part);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::one("request.malformed", "a form is sent in UTF-8"))
}

/// Stores one file. What is wrong with it is told at its field; a failure of ours refuses the form.
async fn store(visit: &Visit, name: &str, file: String, field: Field<'_>, parts: &mut Parts) -> Outcome<()> {
    let key = name.strip_suffix(UPLOAD_SUFFIX).unwrap_or(name).to_owned();
    let mut bytes = field.map_err(|error| error.to_string()).fuse().boxed();
    let stored = visit.engine().store_file(&visit.ctx, NewFile { name: file, ..NewFile::default() }, &mut bytes).await;
    // What was not read of a refused file has to be passed by before the next part.
    while let Some(Ok(_)) = bytes.next().await {}
    match stored {
        Ok(saved) => parts.fields.push((key, saved.id.to_string())),
        Err(refusal) if refusal.status < 500 => parts.problems.extend(refusal.problems.into_iter().map(|problem| problem.on(key.clone()))),
        Err(refusal) => return Err(refusal),
    }
    Ok(())
}
