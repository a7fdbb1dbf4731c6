//! Packages of the misbehaving guests in `plugins/test-guests`, built by the program under test.

use crate::binary::root;
use crate::server::{Ran, guanxi_in};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;

/// Runs `guanxi plugin build` in the folder of a guest.
pub fn build(guest: &str) -> Ran {
    guanxi_in(&root().join("plugins/test-guests").join(guest), &["plugin", "build"])
}

/// The package of a guest that builds; built once for each test process.
pub fn package(guest: &str) -> PathBuf {
    static BUILT: Mutex<Option<HashMap<String, PathBuf>>> = Mutex::new(None);
    // A failed build poisons nothing that matters: the next test reports it again.
    let mut built = BUILT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let built = built.get_or_insert_default();
    if let Some(path) = built.get(guest) {
        return path.clone();
    }
    let ran = build(guest).expect(0);
    let path = PathBuf::from(ran.stdout.trim());
    assert!(path.is_file(), "`plugin build` prints where the package is: {ran}");
    built.insert(guest.to_owned(), path.clone());
    path
}
