//! Guests built once per test program, and a host that answers them.
#![allow(dead_code, reason = "each test program uses a part of it")]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, NaiveDate};
use guanxi_core::meta::Locale;
use guanxi_core::query::Cell;
use guanxi_core::{Decimal, Value};
use guanxi_sandbox::*;
use uuid::Uuid;

/// The guests' workspace.
pub(crate) fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins"))
}

/// Component and manifest of a test guest.
pub(crate) fn guest(name: &str) -> (Vec<u8>, Manifest) {
    static BUILT: OnceLock<Vec<PathBuf>> = OnceLock::new();
    const NAMES: [&str; 4] = ["echo", "hostile", "filesystem", "undeclared"];
    let folder = |name: &str| workspace().join("test-guests").join(name);
    let components = BUILT.get_or_init(|| {
        let folders: Vec<PathBuf> = NAMES.iter().map(|name| folder(name)).collect();
        build::build_components(&workspace(), &folders).expect("the test guests build")
    });
    let index = NAMES.iter().position(|known| *known == name).expect("a known guest");
    let component = std::fs::read(&components[index]).expect("the component is there");
    (component, build::read_manifest(&folder(name)).expect("the manifest is valid"))
}

/// A whole package of a test guest.
pub(crate) fn package(name: &str) -> Package {
    let (component, manifest) = guest(name);
    Package::read(&build_package(&component, &manifest).expect("it packs")).expect("it reads")
}

/// One sandbox for all tests of a program.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new(&SandboxSettings::default()).expect("it starts"))
}

/// A loaded test guest.
pub(crate) fn plugin(name: &str) -> Plugin {
    static LOADED: OnceLock<(Plugin, Plugin)> = OnceLock::new();
    let load = |name| {
        let package = package(name);
        let started = std::time::Instant::now();
        let plugin = sandbox().load(&package).expect("it loads");
        eprintln!("compiled {name} ({} KiB) in {:?}", package.bytes().len() / 1024, started.elapsed());
        plugin
    };
    let (echo, hostile) = LOADED.get_or_init(|| (load("echo"), load("hostile")));
    match name {
        "echo" => echo.clone(),
        _ => hostile.clone(),
    }
}

/// An administrator on 2026-11-22.
pub(crate) fn context(tenant: &str) -> Context {
    Context {
        tenant: tenant.to_owned(),
        now: DateTime::from_timestamp_micros(1_795_312_800_000_000).expect("an instant"),
        today: NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day"),
        zone: "Asia/Shanghai".to_owned(),
        locale: Locale::ZhCn,
        actor: Some(Actor { user: Uuid::from_u128(1), name: "王小明".to_owned(), roles: vec!["administrator".to_owned()] }),
        cause: "api".to_owned(),
        settings: Vec::new(),
        request_id: "r1".to_owned(),
    }
}

/// A customer whose name changes to `name`.
pub(crate) fn draft(name: &str) -> Draft {
    Draft {
        op: ChangeOp::Update,
        object: "customer".to_owned(),
        id: Uuid::from_u128(10),
        old: vec![Field::new("name", "before")],
        new: vec![
            Field::new("name", name),
            Field::reference("owner", "user", Uuid::from_u128(1)),
            Field::new("ec_amount", Value::Decimal(Decimal::new(1_250, 2))),
        ],
    }
}

/// Answers like a small server: two customers, a slow object and one that makes the host panic.
pub(crate) struct Data;

impl HostData for Data {
    fn get_many(&self, request: GetRequest) -> HostFuture<'_, Vec<Option<Row>>> {
        Box::pin(async move {
            Ok(request
                .ids
                .iter()
                .map(|id| (id.as_u128() < 100).then(|| Row { id: *id, fields: vec![Field::new("name", "华东机械")] }))
                .collect())
        })
    }

    fn find(&self, request: FindRequest) -> HostFuture<'_, Vec<Row>> {
        Box::pin(async move {
            match request.object.as_str() {
                "slow" => tokio::time::sleep(Duration::from_secs(60)).await,
                "panic" => panic!("a bug of the host"),
                _ => {}
            }
            let row = |id: u128, name: &str| Row {
                id: Uuid::from_u128(id),
                fields: vec![Field::new("name", name), Field::new("ec_amount", Value::Decimal(Decimal::new(100, 2)))],
            };
            Ok(vec![row(1, "甲"), row(2, "乙")])
        })
    }

    fn aggregate(&self, request: AggregateRequest) -> HostFuture<'_, Vec<Group>> {
        Box::pin(async move {
            assert_eq!(request.filter, r#"region == "华东""#);
            assert_eq!(request.measures.len(), 2);
            Ok(vec![Group { keys: Vec::new(), values: vec![Cell::Count(42), Cell::Total { units: 1 << 70, scale: 2, integer: false }] }])
        })
    }
}

/// Asks a guest about one draft.
pub(crate) async fn save(plugin: &Plugin, tenant: &str, name: &str) -> Result<Vec<Verdict>, CallError> {
    sandbox().before_save(plugin, context(tenant), vec![draft(name)], Arc::new(Data)).await
}
