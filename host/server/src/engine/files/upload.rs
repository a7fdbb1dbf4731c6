//! Taking a file in: place noted, bytes written, record made, in this order.

use futures::StreamExt;
use guanxi_core::policy::{Actor, Function};
use guanxi_core::{Problem, Value};
use guanxi_store::StoredFile;
use object_store::MultipartUpload;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::storage::FileStorage;
use super::{ATTACHMENT, FILE_MAX, FileBytes, content_type, name, too_large};
use crate::engine::secrets::hex;
use crate::engine::{Change, Ctx, Engine, Outcome, Raw, Refusal, SaveOptions, Saved, read};

/// Bytes that are gathered before they are written. Nothing more of a file is ever held in memory.
const PART: usize = 512 * 1024;

/// A file that somebody sends.
#[derive(Clone, Debug, Default)]
pub struct NewFile {
    /// Its name, as sent.
    pub name: String,
    /// The record that it belongs to, as `object/id`; blank for none.
    pub about: String,
}

/// What was found while writing.
struct Written {
    size: u64,
    sha256: String,
    content_type: String,
}

impl Engine {
    /// Takes a file in and makes its attachment, owned by the actor. `bytes` is read only as far as needed: after a refusal the rest is the
    /// caller's to read.
    pub async fn store_file(&self, ctx: &Ctx, new: NewFile, bytes: &mut FileBytes<'_>) -> Outcome<Saved> {
        read::object(ctx, ATTACHMENT)?;
        read::right(ctx, ATTACHMENT, Function::Create)?;
        let mut problems = Vec::new();
        let name = name::harmless(&new.name).map_err(|problem| problems.push(problem)).unwrap_or_default();
        let about = match self.about(ctx, &new.about).await? {
            Ok(about) => about,
            Err(problem) => {
                problems.push(problem);
                Value::Null
            }
        };
        if !problems.is_empty() {
            return Err(problems.into());
        }
        self.sweep_files_daily(ctx).await;
        let file = StoredFile { id: self.new_id(ctx), key: FileStorage::new_key(&ctx.tenant.key)? };
        ctx.tenant.store.add_file(&file, ctx.now).await?;
        let stored = match self.write_file(&file.key, bytes).await {
            Ok(written) => self.save_attachment(ctx, file.id, name, about, written).await,
            Err(refusal) => Err(refusal),
        };
        if stored.is_err() {
            // What cannot be removed now is removed by the daily sweep.
            if self.files.remove(&file.key).await.is_ok() {
                let _ = ctx.tenant.store.forget_file(file.id).await;
            }
        }
        stored
    }

    /// The record that a file belongs to: one that the actor sees.
    async fn about(&self, ctx: &Ctx, text: &str) -> Outcome<Result<Value, Problem>> {
        if text.is_empty() {
            return Ok(Ok(Value::Null));
        }
        let missing = || Problem::error("reference.not_found", "`about` names no record that is there: object/id").on("about");
        let Some((object, id)) = text.split_once('/') else { return Ok(Err(missing())) };
        let Ok(id) = Uuid::parse_str(id) else { return Ok(Err(missing())) };
        let seen = self.titles(ctx, object, &[id]).await.unwrap_or_default();
        Ok(if seen.contains_key(&id) { Ok(Value::AnyRef { object: object.to_owned(), id }) } else { Err(missing()) })
    }

    async fn write_file(&self, key: &str, bytes: &mut FileBytes<'_>) -> Outcome<Written> {
        let mut upload = self.files.begin(key).await?;
        let written = write_parts(upload.as_mut(), bytes).await;
        let ended = match &written {
            Ok(_) => upload.complete().await.map(|_| ()),
            Err(_) => upload.abort().await,
        };
        let written = written?;
        ended.map_err(|error| Refusal::internal(&error))?;
        Ok(written)
    }

    /// The record is the host's own work, in the name of the actor: nobody else may write what it says about the file.
    async fn save_attachment(&self, ctx: &Ctx, id: Uuid, name: String, about: Value, written: Written) -> Outcome<Saved> {
        let host = Ctx { actor: Actor { user: ctx.actor.user, name: ctx.actor.name.clone(), ..Actor::system() }, ..ctx.clone() };
        let value = |key: &str, value: Value| (key.to_owned(), Raw::Value(value));
        let fields = vec![
            value("id", Value::Ref(id)),
            value("name", Value::Text(name)),
            value("content_type", Value::Text(written.content_type)),
            value("size", Value::Int(i64::try_from(written.size).unwrap_or(i64::MAX))),
            value("sha256", Value::Text(written.sha256)),
            value("about", about),
        ];
        let change = Change::Create { object: ATTACHMENT.into(), fields };
        let saved = self.save(&host, vec![change], SaveOptions::default()).await?;
        saved.into_iter().next().ok_or_else(|| Refusal::internal(&"a save without an outcome"))?
    }
}

async fn write_parts(upload: &mut dyn MultipartUpload, bytes: &mut FileBytes<'_>) -> Outcome<Written> {
    let (mut size, mut hash) = (0_u64, Sha256::new());
    let (mut head, mut part) = (Vec::new(), Vec::with_capacity(PART));
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk.map_err(|error| {
            tracing::info!(%error, "an upload broke off");
            Refusal::one("request.malformed", "the file did not arrive completely")
        })?;
        size += chunk.len() as u64;
        if size > FILE_MAX {
            return Err(too_large().into());
        }
        hash.update(&chunk);
        head.extend(chunk.iter().take(content_type::HEAD.saturating_sub(head.len())));
        part.extend_from_slice(&chunk);
        if part.len() >= PART {
            put(upload, &mut part).await?;
        }
    }
    if size == 0 {
        return Err(Problem::error("field.required", "an empty file is not stored").on("file").into());
    }
    put(upload, &mut part).await?;
    Ok(Written { size, sha256: hex(&hash.finalize()), content_type: content_type::of_content(&head) })
}

async fn put(upload: &mut dyn MultipartUpload, part: &mut Vec<u8>) -> Outcome<()> {
    if part.is_empty() {
        return Ok(());
    }
    let full = std::mem::replace(part, Vec::with_capacity(PART));
    upload.put_part(full.into()).await.map_err(|error| Refusal::internal(&error))
}
