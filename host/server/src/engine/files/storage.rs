//! Where the bytes are: an object store, today a folder. Keys begin with the tenant and are random, so nobody guesses or chooses one.

use std::fs::DirBuilder;
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt};

use super::FileBytes;
use crate::engine::{Outcome, Refusal, random_hex};

/// Random bytes of a key: nobody finds a file by trying.
const KEY_BYTES: usize = 20;

/// The files of all tenants.
#[derive(Clone, Debug)]
pub struct FileStorage {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
}

impl FileStorage {
    /// Opens a folder, making it if needed, readable by this user alone. `durable`: wait for the disk at the end of every file, so that no
    /// record outlives its file when the power fails.
    pub fn open(folder: &Path, durable: bool) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("the files' folder {} cannot be used: {error}", folder.display());
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| failed(&error))?;
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| failed(&error))?.with_fsync(durable);
        Ok(Self { store: Arc::new(store), folder: folder.to_owned() })
    }

    /// A new place for a file of a tenant.
    pub(super) fn new_key(tenant: &str) -> Outcome<String> {
        let random = random_hex(KEY_BYTES)?;
        // Folders of many thousand files are slow to list.
        Ok(format!("{tenant}/{}/{}", &random[..2], &random[2..]))
    }

    /// Begins a file; nobody sees it before it is complete.
    pub(super) async fn begin(&self, key: &str) -> Outcome<Box<dyn MultipartUpload>> {
        self.store.put_multipart(&Key::from(key)).await.map_err(|error| Refusal::internal(&error))
    }

    /// A file's bytes, or some of them.
    pub(super) async fn read(&self, key: &str, range: Option<Range<u64>>) -> Outcome<FileBytes<'static>> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(&Key::from(key), options).await.map_err(|error| Refusal::internal(&error))?;
        Ok(found.into_stream().map_err(|error| error.to_string()).boxed())
    }

    /// Removes a file and what a broken upload left of it. What is not there is removed already.
    pub(super) async fn remove(&self, key: &str) -> Outcome<()> {
        match self.store.delete(&Key::from(key)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(Refusal::internal(&error)),
        }
        // The name under which the store writes a file that is not complete yet.
        let unfinished = self.folder.join(format!("{key}#1"));
        match tokio::fs::remove_file(&unfinished).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Refusal::internal(&error)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(storage: &FileStorage, key: &str, range: Option<Range<u64>>) -> Vec<u8> {
        let parts: Vec<bytes::Bytes> = storage.read(key, range).await.expect("there").try_collect().await.expect("readable");
        parts.concat()
    }

    #[tokio::test]
    async fn files_come_and_go() {
        let folder = tempfile::tempdir().expect("a folder");
        let storage = FileStorage::open(&folder.path().join("files"), true).expect("opened");
        let key = FileStorage::new_key("t1").expect("random");
        assert!(key.starts_with("t1/") && key != FileStorage::new_key("t1").expect("random"));
        let mut upload = storage.begin(&key).await.expect("begun");
        upload.put_part(b"hello ".to_vec().into()).await.expect("written");
        upload.put_part(b"world".to_vec().into()).await.expect("written");
        let left = folder.path().join("files").join(format!("{key}#1"));
        assert!(left.is_file(), "the name of an unfinished file is the one that is removed");
        upload.complete().await.expect("complete");
        assert_eq!(all(&storage, &key, None).await, b"hello world");
        assert_eq!(all(&storage, &key, Some(6..9)).await, b"wor");
        std::fs::write(&left, b"x").expect("written");
        storage.remove(&key).await.expect("removed");
        assert!(!left.exists() && storage.read(&key, None).await.is_err());
        storage.remove(&key).await.expect("removed twice");
    }
}
