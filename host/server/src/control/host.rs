//! The name of the host that owns a data folder: it stays the same over restarts, and no two processes have it at a time.

use std::io;
use std::path::Path;

use super::lock::owner_pid;

const FILE: &str = "host_name";

/// The folder's name where this process owns the folder; otherwise one that only this process has.
pub fn host_name(data: &Path) -> io::Result<String> {
    let fresh = || crate::engine::random_hex(8).map_err(|_| io::Error::other("no random numbers"));
    if owner_pid(data) != Some(std::process::id()) {
        return fresh();
    }
    let file = data.join(FILE);
    match std::fs::read_to_string(&file) {
        Ok(name) if !name.trim().is_empty() => Ok(name.trim().to_owned()),
        _ => {
            let name = fresh()?;
            std::fs::write(&file, &name)?;
            Ok(name)
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;
    use crate::control::Lock;

    #[test]
    fn a_folder_keeps_its_name_for_its_owner() {
        let data = tempfile::tempdir().unwrap();
        assert_ne!(host_name(data.path()).unwrap(), host_name(data.path()).unwrap(), "nobody owns it");
        let _lock = Lock::take(data.path()).unwrap();
        let name = host_name(data.path()).unwrap();
        assert_eq!(host_name(data.path()).unwrap(), name);
    }
}
