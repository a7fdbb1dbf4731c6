//! Compiled components on disk. Loading machine code is running it, so only files that this host has signed are loaded.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::package::hex;

const KEY_FILE: &str = "key";
const KEY_BYTES: usize = 32;
const MAC_BYTES: usize = 32;
/// No compiled component is larger: sources are capped at 4 MiB.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// A folder that only this user can read or write, with the key that signs its files.
///
/// Threat: a file that was damaged, swapped with another or planted by something that can write here (a restored backup, a shared
/// volume) but does not know the key. Any doubt is a miss, and the component is compiled again.
#[derive(Debug)]
pub(crate) struct AotCache {
    directory: PathBuf,
    key: [u8; KEY_BYTES],
}

impl AotCache {
    /// Opens or makes the folder. An error if others could write to it.
    pub(crate) fn open(directory: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let meta = fs::symlink_metadata(directory)?;
        if !meta.is_dir() || meta.mode() & 0o077 != 0 {
            let message = format!("{} must be a folder of mode 0700, for compiled plugins are run as they are", directory.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        let key = read_or_make_key(&directory.join(KEY_FILE))?;
        Ok(Self { directory: directory.to_owned(), key })
    }

    /// The compiled form of a package, from the folder or compiled now and kept.
    pub(crate) fn component(&self, engine: &Engine, digest: &str, bytes: &[u8]) -> wasmtime::Result<Component> {
        let name = self.name(engine, digest);
        if let Some(component) = self.load(engine, &name) {
            return Ok(component);
        }
        let component = Component::from_binary(engine, bytes)?;
        if let Err(error) = component.serialize().map_err(io::Error::other).and_then(|code| self.store(&name, &code)) {
            tracing::warn!(%error, "a compiled plugin could not be kept, it will be compiled again");
        }
        Ok(component)
    }

    /// One name per package, wasmtime version, engine settings and processor.
    fn name(&self, engine: &Engine, digest: &str) -> String {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        format!("{digest}-{:016x}.cwasm", hasher.finish())
    }

    fn load(&self, engine: &Engine, name: &str) -> Option<Component> {
        let mut file = open_plain(&self.directory.join(name)).ok()?;
        let mut bytes = Vec::new();
        (&mut file).take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        let (tag, code) = bytes.split_at_checked(MAC_BYTES)?;
        if self.mac(name, code).verify_slice(tag).is_err() {
            tracing::warn!(file = name, "a compiled plugin does not carry this host's signature, it is compiled again");
            return None;
        }
        deserialize_signed(engine, code).inspect_err(|error| tracing::info!(%error, "a compiled plugin is of another version")).ok()
    }

    fn store(&self, name: &str, code: &[u8]) -> io::Result<()> {
        let tag = self.mac(name, code).finalize().into_bytes();
        // Written aside and renamed, so that nobody ever sees half a file.
        let aside = self.directory.join(format!("{name}.{}-{}", std::process::id(), hex(&random::<8>()?)));
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
        let written = file.write_all(&tag).and_then(|()| file.write_all(code)).and_then(|()| fs::rename(&aside, self.directory.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written
    }

    /// The name is signed too: a file moved to another name is not what it says.
    fn mac(&self, name: &str, code: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(name.as_bytes());
        mac.update(&[0]);
        mac.update(code);
        mac
    }
}

#[expect(
    unsafe_code,
    reason = "wasmtime offers no other way to load compiled code; compiling each plugin at every start costs its time hundreds of times"
)]
fn deserialize_signed(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the caller has checked that these very bytes carry our own signature, so they are what `serialize` gave us.
    unsafe { Component::deserialize(engine, code) }
}

/// A regular file of ours, not a link to something else.
fn open_plain(path: &Path) -> io::Result<fs::File> {
    let before = fs::symlink_metadata(path)?;
    let file = fs::File::open(path)?;
    let meta = file.metadata()?;
    let same = before.ino() == meta.ino() && before.dev() == meta.dev();
    if !before.is_file() || !same || meta.mode() & 0o077 != 0 {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} is not a private regular file", path.display())));
    }
    Ok(file)
}

fn read_or_make_key(path: &Path) -> io::Result<[u8; KEY_BYTES]> {
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let key = random::<KEY_BYTES>()?;
            file.write_all(&key)?;
            file.sync_all()?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let mut key = [0; KEY_BYTES];
            open_plain(path)?.read_exact(&mut key)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}
