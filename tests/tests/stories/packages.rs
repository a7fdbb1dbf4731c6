//! `guanxi plugin build | check | install | list`: what gets in, and what is refused with a reason.

use guanxi_tests::binary::root;
use guanxi_tests::both;
use guanxi_tests::guests;
use guanxi_tests::server::guanxi_in;
use guanxi_tests::story::Tenant;
use std::path::Path;

both!(files_that_are_refused, a_package_is_checked_installed_and_listed);

/// The bytes of `from` replaced by as many of `to`, blanks added.
fn replace(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).unwrap_or_else(|| panic!("{from} is in the package"));
    let mut changed = bytes.to_vec();
    changed[at..at + from.len()].copy_from_slice(format!("{to:<width$}", width = from.len()).as_bytes());
    changed
}

fn files_that_are_refused(tenant: &Tenant) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = std::fs::read(guests::package("hostile")).expect("the package can be read");
    let cut = good[..good.len() / 2].to_vec();
    // The header of a core module, and that of an empty component.
    let (module, component) = (b"\0asm\x01\0\0\0".to_vec(), b"\0asm\x0d\0\x01\0".to_vec());
    let twice = [good.clone(), good.clone()].concat();
    for (name, bytes, code) in [
        ("text", b"this is no component\n".to_vec(), "package.not_component"),
        ("empty", Vec::new(), "package.not_component"),
        ("module", module, "package.not_component"),
        ("cut", cut, "package.not_component"),
        ("twice", twice, "package."),
        ("bare", component, "package.manifest_missing"),
        ("undeclared", replace(&good, "\"uses\":[\"query\"]", "\"uses\":[]"), "package.import_undeclared"),
        ("odd", replace(&good, "\"prefix\":\"ho\"", "\"prefix\":7"), "package.manifest_invalid"),
    ] {
        let file = folder.path().join(format!("{name}.gxm"));
        std::fs::write(&file, bytes).expect("a file can be written");
        let file = file.to_str().expect("a path is text");
        for ran in [guanxi_in(folder.path(), &["plugin", "check", file]), tenant.server.cli(&["plugin", "install", file])] {
            let ran = ran.expect(1);
            assert!(ran.stderr.contains(code), "{name} wants {code}: {ran}");
            assert!(!ran.stderr.contains("panicked"), "{ran}");
        }
    }
    guanxi_in(folder.path(), &["plugin", "check", "nowhere.gxm"]).expect(1);
    guanxi_in(folder.path(), &["plugin", "build"]).expect(1).says("plugin.toml");

    // Sources that ask for more than they declare do not become a package at all.
    for (guest, code) in [("undeclared", "package.import_undeclared"), ("filesystem", "package.")] {
        let ran = guests::build(guest).expect(1);
        assert!(ran.stderr.contains(code), "{guest} wants {code}: {ran}");
    }
    let listed = tenant.server.cli(&["plugin", "list"]).expect(0);
    assert!(!listed.stdout.contains("undeclared") && !listed.stdout.contains("filesystem"), "nothing got in: {listed}");
}

fn a_package_is_checked_installed_and_listed(tenant: &Tenant) {
    let package = guests::package("echo");
    let path = package.to_str().expect("a path is text");
    guanxi_in(&root().join("plugins/test-guests/echo"), &["plugin", "check"]).expect(0).says("echo 0.1.0");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    guanxi_in(elsewhere.path(), &["plugin", "check", path]).expect(0).says("query");
    tenant.server.cli(&["plugin", "install", path]).expect(0);
    tenant.server.cli(&["plugin", "install", path]).expect(0); // the same digest again is no harm
    tenant.server.cli(&["plugin", "list"]).expect(0).says("echo");
    let shown = tenant.server.cli(&["plugin", "list", "--tenant", &tenant.key]);
    assert_ne!(shown.code, 101, "{shown}");

    tenant.enable("echo");
    let record = tenant.admin.create("customer", serde_json::json!({"name": "A", "ec_amount": "1.50"}));
    assert_eq!(record["ec_amount"], "3.00", "the hook works on what was sent: {record}");
    assert!(record["ec_note"].as_str().is_some_and(|note| note.starts_with("customer 2026-11-22")), "time comes with the call: {record}");
    tenant
        .admin
        .post("/api/v1/records/customer", &serde_json::json!({"name": "refuse me"}))
        .refused(422, "ec.refused")
        .problem("ec.refused", "name");
    tenant.disable("echo");
    let record = tenant.admin.create("customer", serde_json::json!({"name": "B"}));
    assert!(record.get("ec_note").is_none(), "{record}");
    assert!(!Path::new(&root().join("plugins/test-guests/echo/echo-0.1.0.gxm")).exists(), "building leaves nothing in the sources");
}
