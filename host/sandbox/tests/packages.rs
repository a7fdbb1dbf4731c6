//! Bad packages, each with its code; and compiled plugins on disk.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::{guest, package};
use guanxi_sandbox::{Manifest, Package, PackageError, Sandbox, SandboxSettings, build_package, join_package};

fn codes(error: &PackageError) -> Vec<&str> {
    error.problems.iter().map(|problem| problem.code).collect()
}

fn read(bytes: &[u8]) -> PackageError {
    Package::read(bytes).expect_err("it is refused")
}

#[test]
fn files_that_are_not_components() {
    let (component, _) = guest("echo");
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    for bytes in [&b""[..], b"hello", b"\0asm", &module, &component[..component.len() / 2], &b"\x7fELF\x02\x01\x01"[..]] {
        assert_eq!(codes(&read(bytes)), ["package.not_component"]);
    }
    module.resize(8 * 1024 * 1024, 0);
    assert!(read(&module).to_string().contains("KiB"));
    let mut flipped = component.clone();
    for place in (100..flipped.len()).step_by(997) {
        flipped[place] ^= 0x55;
        assert!(!codes(&read(&flipped)).is_empty());
        flipped[place] ^= 0x55;
    }
}

#[test]
fn manifests_that_are_missing_wrong_or_doubled() {
    let (component, manifest) = guest("echo");
    assert_eq!(codes(&read(&component)), ["package.manifest_missing"]);
    let wrong = Manifest { prefix: "X".into(), version: "1".into(), ..manifest.clone() };
    let error = build_package(&component, &wrong).expect_err("it is refused");
    assert!(codes(&error).len() >= 2 && codes(&error).iter().all(|code| *code == "package.manifest_invalid"), "{error}");
    let once = join_package(&component, &manifest).expect("it joins");
    let twice = join_package(&once, &manifest).expect("it joins");
    assert_eq!(codes(&read(&twice)), ["package.manifest_invalid"]);
    let unrendered = Manifest { hooks: Vec::new(), panels: Vec::new(), ..manifest };
    assert_eq!(
        codes(&build_package(&guest("filesystem").0, &unrendered).expect_err("no page is exported")).last(),
        Some(&"package.manifest_invalid")
    );
}

#[test]
fn imports_that_are_not_declared_or_not_there() {
    let (component, manifest) = guest("undeclared");
    let error = build_package(&component, &manifest).expect_err("it is refused");
    assert_eq!(codes(&error), ["package.import_undeclared"]);
    assert!(error.to_string().contains("add \"query\""), "{error}");
    let (component, manifest) = guest("filesystem");
    let error = build_package(&component, &manifest).expect_err("it is refused");
    assert!(!codes(&error).is_empty() && codes(&error).iter().all(|code| *code == "package.link"), "{error}");
    assert!(error.to_string().contains("wasi:filesystem"), "{error}");
}

#[test]
fn a_package_comes_back_as_it_went_in() {
    let (_, manifest) = guest("echo");
    let package = package("echo");
    assert_eq!(package.manifest(), &manifest);
    assert_eq!(manifest.sample[0].rows.len(), 1, "the file of sample rows is embedded");
    assert_eq!(package.digest().len(), 64);
    assert_eq!(package.used_capabilities().len(), 2);
}

#[tokio::test]
async fn compiled_plugins_are_kept_and_forged_ones_are_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let cache = folder.path().join("compiled");
    let settings = SandboxSettings { cache_directory: Some(cache.clone()), ..SandboxSettings::default() };
    let package = package("echo");
    Sandbox::new(&settings).expect("it starts").load(&package).expect("it loads");
    let file = || {
        fs::read_dir(&cache)
            .expect("the folder")
            .filter_map(Result::ok)
            .map(|e| e.path())
            .find(|p| p.extension().is_some_and(|e| e == "cwasm"))
    };
    let kept = file().expect("a compiled plugin");
    let good = fs::read(&kept).expect("it reads");

    let started = std::time::Instant::now();
    Sandbox::new(&settings).expect("it starts").load(&package).expect("it loads from the folder");
    eprintln!("loaded a compiled plugin in {:?}", started.elapsed());

    for place in [0, 40, good.len() - 1] {
        let mut forged = good.clone();
        forged[place] ^= 1;
        fs::write(&kept, &forged).expect("it writes");
        Sandbox::new(&settings).expect("it starts").load(&package).expect("it is compiled again");
        assert_eq!(fs::read(file().expect("it is kept again")).expect("it reads").len(), good.len());
        assert_ne!(fs::read(&kept).expect("it reads"), forged);
    }

    let elsewhere = folder.path().join("elsewhere");
    fs::rename(&kept, &elsewhere).expect("it moves");
    std::os::unix::fs::symlink(&elsewhere, &kept).expect("it links");
    Sandbox::new(&settings).expect("it starts").load(&package).expect("a link is not followed");
    assert!(fs::symlink_metadata(&kept).expect("it is there").is_file(), "the link was replaced by a file");

    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("it changes");
    assert!(Sandbox::new(&settings).is_err(), "a folder that everybody may write is refused");
}
