//! The lock file of a data folder. It ends with its process, however that ends.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

const FILE: &str = "owner.lock";

/// Held as long as this process owns the folder.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Who owns a folder.
#[derive(Debug)]
pub enum Owner {
    /// This process, from now on.
    Us(Lock),
    /// Another process, with its id where it could be read.
    Other(Option<u32>),
}

impl Lock {
    /// Takes the folder, making it if needed, or says who has it.
    pub fn take(data: &Path) -> Result<Owner, std::io::Error> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(data)?;
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(data.join(FILE))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.rewind()?;
                write!(file, "{}", std::process::id())?;
                file.flush()?;
                Ok(Owner::Us(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // Only a courtesy for the message; the lock itself decides.
                let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                Ok(Owner::Other(pid))
            }
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// The process that took the folder last, as far as it can be told.
pub(super) fn owner_pid(data: &Path) -> Option<u32> {
    std::fs::read_to_string(data.join(FILE)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_owner_at_a_time() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = data.path().join("new");
        let Ok(Owner::Us(lock)) = Lock::take(&folder) else { panic!("a new folder is free") };
        assert!(matches!(Lock::take(&folder), Ok(Owner::Other(Some(pid))) if pid == std::process::id()));
        drop(lock);
        assert!(matches!(Lock::take(&folder), Ok(Owner::Us(_))));
    }
}
