//! Plugins of the server and of a tenant: packages, enabling, disabling.
//!
//! A package is installed once per server, by digest. A tenant enables it: its objects and fields are declared in one transaction, its
//! seed rows are made the first time. Disabling hides all of it and keeps the data.

mod declare;
mod rows;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::Problem;
use guanxi_sandbox::{Manifest, Package, Plugin};
use guanxi_store::{PackageInfo, PluginRow, PluginState};
use serde_json::{Value as Json, json};

use super::{Ctx, Engine, Outcome, Refusal};

/// A package that this server has.
#[derive(Clone, Debug)]
pub struct PackageSummary {
    /// SHA-256 of the file, in hexadecimal.
    pub digest: String,
    /// The plugin's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What it declares.
    pub manifest: Arc<Manifest>,
}

/// A plugin as a tenant has it.
#[derive(Clone, Debug)]
pub struct InstalledPlugin {
    /// The package that this server would enable (the newest), or the tenant's own.
    pub package: PackageSummary,
    /// Whether it works in this tenant.
    pub enabled: bool,
    /// It was enabled before: its data is there.
    pub known: bool,
}

impl Engine {
    /// Checks a package and keeps it. The same file twice is no error.
    pub async fn install_package(&self, bytes: Vec<u8>) -> Outcome<PackageSummary> {
        let package = self.check_package(&bytes).await?;
        let manifest = Arc::new(package.manifest().clone());
        let text = serde_json::to_string(&*manifest).map_err(|error| Refusal::internal(&error))?;
        let summary =
            PackageSummary { digest: package.digest().to_owned(), id: manifest.id.clone(), version: manifest.version.clone(), manifest };
        let info = PackageInfo {
            digest: summary.digest.clone(),
            plugin: summary.id.clone(),
            version: summary.version.clone(),
            manifest: text,
            installed_at: self.after_latest(&summary.id).await?,
        };
        self.stores.put_package(&guanxi_store::Package { info, bytes }).await?;
        Ok(summary)
    }

    /// Now, or just after the plugin's latest package: a clock that was set back must not make the newest package look old.
    async fn after_latest(&self, plugin: &str) -> Outcome<DateTime<Utc>> {
        let now = self.clock.now();
        let latest = self.stores.latest_package(plugin).await?;
        Ok(latest.map_or(now, |latest| now.max(latest.installed_at + TimeDelta::microseconds(1))))
    }

    /// All that `plugin check` finds: form, manifest, imports, link test. Compiling takes long, so not on the request's thread.
    pub async fn check_package(&self, bytes: &[u8]) -> Outcome<Package> {
        let (sandbox, bytes) = (self.sandbox.clone(), bytes.to_vec());
        let checked = tokio::task::spawn_blocking(move || {
            let package = Package::read(&bytes)?;
            sandbox.load(&package).map(|_| package)
        });
        match checked.await {
            Ok(Ok(package)) => Ok(package),
            Ok(Err(error)) => Err(package_problems(error)),
            Err(error) => Err(Refusal::internal(&error)),
        }
    }

    /// The newest package of each plugin that this server has.
    pub async fn list_packages(&self) -> Outcome<Vec<PackageSummary>> {
        let mut newest: Vec<PackageSummary> = Vec::new();
        for info in self.stores.list_packages().await? {
            if newest.iter().any(|known| known.id == info.plugin) {
                continue;
            }
            if let Some(latest) = self.stores.latest_package(&info.plugin).await? {
                newest.push(summary(&latest)?);
            }
        }
        newest.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(newest)
    }

    /// Every plugin that this server has, with its state in the tenant.
    pub async fn list_plugins(&self, ctx: &Ctx) -> Outcome<Vec<InstalledPlugin>> {
        let rows = ctx.tenant.store.list_plugins().await?;
        let mut plugins = Vec::new();
        for package in self.list_packages().await? {
            let row = rows.iter().find(|row| row.id == package.id);
            plugins.push(InstalledPlugin {
                enabled: row.is_some_and(|row| row.state == PluginState::Enabled),
                known: row.is_some(),
                package: match row {
                    Some(row) if row.digest != package.digest => self.package(&row.digest).await?.unwrap_or(package),
                    _ => package,
                },
            });
        }
        Ok(plugins)
    }

    /// Enables the newest installed version of a plugin, or brings a tenant to it.
    pub async fn enable_plugin(&self, ctx: &Ctx, id: &str) -> Outcome<InstalledPlugin> {
        administrator(ctx)?;
        let _one_at_a_time = ctx.tenant.plugin_changes.lock().await;
        let ctx = &self.newest(ctx).await?;
        let Some(latest) = self.stores.latest_package(id).await? else {
            return Err(Refusal::not_found(&format!("plugin `{id}`; install its package first")));
        };
        let package = summary(&latest)?;
        let rows = ctx.tenant.store.list_plugins().await?;
        check_requirements(&ctx.snapshot.plugins, &package.manifest)?;
        self.compiled(&package.digest).await?;
        self.apply_metadata(ctx, &declare::changes(ctx, &package.manifest)).await?;
        let known = rows.iter().find(|row| row.id == id);
        let row = PluginRow {
            id: id.to_owned(),
            digest: package.digest.clone(),
            version: package.version.clone(),
            state: PluginState::Enabled,
            manifest: serde_json::to_value(&*package.manifest).map_err(|error| Refusal::internal(&error))?,
            grants: json!({}),
            enabled_at: ctx.now,
            position: known.map_or_else(|| rows.iter().map(|row| row.position).max().unwrap_or(0) + 1, |row| row.position),
        };
        ctx.tenant.store.put_plugin(&row).await?;
        ctx.tenant.invalidate();
        self.load_seed_rows(ctx, &package.manifest).await?;
        self.log_security(ctx, "plugin.enabled", json!({ "plugin": id, "version": package.version })).await?;
        Ok(InstalledPlugin { package, enabled: true, known: true })
    }

    /// Hides a plugin's objects, pages and hooks; its data is kept.
    pub async fn disable_plugin(&self, ctx: &Ctx, id: &str) -> Outcome<()> {
        administrator(ctx)?;
        let _one_at_a_time = ctx.tenant.plugin_changes.lock().await;
        let ctx = &self.newest(ctx).await?;
        let Some(plugin) = ctx.snapshot.plugins.iter().find(|plugin| plugin.manifest.id == id) else {
            return Err(Refusal::not_found(&format!("enabled plugin `{id}`")));
        };
        let needed_by: Vec<&str> = ctx
            .snapshot
            .plugins
            .iter()
            .filter(|other| other.manifest.id != id && needs(&other.manifest, &plugin.manifest))
            .map(|other| other.manifest.id.as_str())
            .collect();
        if !needed_by.is_empty() {
            let called = |id: &&str| {
                ctx.snapshot.plugins.iter().find(|other| other.manifest.id == **id).map(|other| other.manifest.name.get(ctx.locale))
            };
            let needed_names: Vec<&str> = needed_by.iter().filter_map(called).collect();
            let names = needed_by.join(", ");
            return Err(Problem::error("rule.failed", format!("`{id}` is needed by: {names}; disable those first"))
                .with("rule", "plugin.needed")
                .with("what", needed_names.join(", "))
                .into());
        }
        ctx.tenant.store.set_plugin_state(id, PluginState::Disabled).await?;
        ctx.tenant.invalidate();
        self.log_security(ctx, "plugin.disabled", json!({ "plugin": id })).await
    }

    /// The compiled component of an installed package; compiled once per process, its machine code kept in the cache folder.
    pub(super) async fn compiled(&self, digest: &str) -> Outcome<Plugin> {
        let mut compiled = self.compiled.lock().await;
        if let Some(plugin) = compiled.get(digest) {
            return Ok(plugin.clone());
        }
        let Some(package) = self.stores.find_package(digest).await? else {
            return Err(Refusal::not_found(&format!("package {digest}")));
        };
        let sandbox = self.sandbox.clone();
        let loaded = tokio::task::spawn_blocking(move || sandbox.load(&Package::read(&package.bytes)?)).await;
        let plugin = match loaded {
            Ok(Ok(plugin)) => plugin,
            Ok(Err(error)) => return Err(package_problems(error)),
            Err(error) => return Err(Refusal::internal(&error)),
        };
        compiled.insert(digest.to_owned(), plugin.clone());
        Ok(plugin)
    }

    /// The same with a snapshot that is not even a second old: what a plugin needs is decided by it.
    async fn newest(&self, ctx: &Ctx) -> Outcome<Ctx> {
        ctx.tenant.invalidate();
        Ok(Ctx { snapshot: self.snapshot(&ctx.tenant).await?, ..ctx.clone() })
    }

    async fn package(&self, digest: &str) -> Outcome<Option<PackageSummary>> {
        self.stores.find_package(digest).await?.map(|package| summary(&package.info)).transpose()
    }

    async fn log_security(&self, ctx: &Ctx, kind: &str, detail: Json) -> Outcome<()> {
        Ok(ctx.tenant.store.add_security_event(ctx.actor.user, kind, &detail, ctx.now).await?)
    }
}

fn administrator(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.manages("plugin", guanxi_core::policy::Function::Edit) { Ok(()) } else { Err(Refusal::denied("plugin: edit")) }
}

fn summary(info: &PackageInfo) -> Outcome<PackageSummary> {
    let manifest: Manifest = serde_json::from_str(&info.manifest).map_err(|error| Refusal::internal(&error))?;
    Ok(PackageSummary { digest: info.digest.clone(), id: info.plugin.clone(), version: info.version.clone(), manifest: Arc::new(manifest) })
}

fn package_problems(error: guanxi_sandbox::PackageError) -> Refusal {
    let told = error.problems.into_iter().map(|problem| Problem::error(problem.code, format!("{} ({})", problem.detail, problem.remedy)));
    told.collect::<Vec<_>>().into()
}

/// Everything required is provided by an enabled plugin, and nobody else provides what this one provides.
fn check_requirements(enabled: &[Arc<super::EnabledPlugin>], manifest: &Manifest) -> Result<(), Vec<Problem>> {
    let others = || enabled.iter().filter(|other| other.manifest.id != manifest.id);
    let mut problems = Vec::new();
    for (object, major) in manifest.required_objects() {
        if !others().any(|other| other.manifest.provided_objects().any(|provided| provided == (object, major))) {
            let detail = format!("it needs the object `{object}` ({major}), which no enabled plugin provides");
            problems.push(Problem::error("rule.failed", detail).with("rule", "plugin.object").with("what", object));
        }
    }
    for (plugin, _) in manifest.required_plugins() {
        if !others().any(|other| other.manifest.id == plugin) {
            let problem = Problem::error("rule.failed", format!("it needs the plugin `{plugin}`"));
            problems.push(problem.with("rule", "plugin.plugin").with("what", plugin));
        }
    }
    for (object, _) in manifest.provided_objects() {
        for other in others().filter(|other| other.manifest.provided_objects().any(|(theirs, _)| theirs == object)) {
            let id = &other.manifest.id;
            problems.push(
                Problem::error("rule.failed", format!("`{object}` is already provided by `{id}`"))
                    .with("rule", "plugin.provided")
                    .with("what", object),
            );
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// One plugin cannot work without the other.
fn needs(manifest: &Manifest, other: &Manifest) -> bool {
    manifest.required_plugins().any(|(id, _)| id == other.id)
        || manifest.required_objects().any(|needed| other.provided_objects().any(|provided| provided == needed))
}
