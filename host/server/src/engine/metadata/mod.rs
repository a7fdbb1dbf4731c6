//! Administration of objects and fields: what a tenant makes of its own (`x_…`), and what it may change of the rest.

mod children;
mod computed;
mod convertible;
mod declare;
mod fields;
mod kinds;
mod maintain;
mod misfit;
mod objects;
mod options;
mod patch;
mod rules;
mod serving_indexes;
mod source;
mod type_change;
mod uses;

use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_core::Problem;
use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::{Label, Object, Origin, Rules};
use guanxi_store::{MetaChange, MetaError, StoreError};

use super::{Ctx, Engine, Outcome, Refusal, Tenant};
pub use computed::NewRollUp;
pub(super) use convertible::shown;
pub use declare::NewField;
pub use objects::{NewObject, NewParent, ObjectPatch};
pub use patch::FieldPatch;
pub use rules::DeclaredRules;
pub use type_change::{TypePreview, Unconverted};
pub use uses::FieldUse;

/// For how long a change waits for others before it gives up; well below what a browser or proxy waits for an answer.
const WAIT: Duration = Duration::from_secs(15);

/// Why a change of metadata was not made.
enum MetaStep {
    /// The metadata moved on meanwhile: look at it again.
    Outdated,
    Refused(Refusal),
}

impl From<Refusal> for MetaStep {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Begins again for a while, with longer and longer pauses.
struct Patience {
    until: Instant,
    attempts: u32,
}

impl Patience {
    fn begin() -> Self {
        Self { until: Instant::now() + WAIT, attempts: 0 }
    }

    /// Pauses; false when it is time to give up.
    async fn again(&mut self) -> bool {
        self.attempts += 1;
        let pause = Duration::from_millis(u64::from(Ord::min(self.attempts, 20)) * 10);
        if Instant::now() + pause >= self.until {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }
}

fn too_busy() -> Refusal {
    Refusal::one("busy", "others keep changing the objects; try again")
}

impl Tenant {
    /// Changes of metadata stand in a line, so that none of them is overtaken again and again.
    async fn turn_for_metadata(&self) -> Outcome<tokio::sync::MutexGuard<'_, ()>> {
        tokio::time::timeout(WAIT, self.metadata_changes.lock()).await.map_err(|_| too_busy())
    }
}

impl Engine {
    /// Declares the host's own objects in a tenant; repeated at every start, so that a newer server brings its fields along.
    pub(crate) async fn install_host(&self, ctx: &Ctx) -> Outcome<()> {
        let changes = host_objects().into_iter().map(|declared| {
            let mut fields = system_fields(declared.key);
            fields.extend(declared.fields);
            MetaChange::CreateObject(Box::new(Object {
                id: 0,
                key: declared.key.into(),
                label: declared.label,
                icon: declared.icon.into(),
                origin: Origin::Host,
                title: declared.title.into(),
                tracked: None,
                uniques: Vec::new(),
                rules: Rules::default(),
                parent: declared.parent.map(str::to_owned),
                fields,
                read_only: false,
                hidden: false,
            }))
        });
        let changes: Vec<MetaChange> = changes.collect();
        self.apply_metadata(ctx, &changes).await
    }

    /// Applies changes under the newest revision, in one transaction. Changes of a tenant's metadata wait for each other.
    pub(super) async fn apply_metadata(&self, ctx: &Ctx, changes: &[MetaChange]) -> Outcome<()> {
        ctx.must_not_be_viewing()?;
        let _turn = ctx.tenant.turn_for_metadata().await?;
        let mut wait = Patience::begin();
        loop {
            let revision = ctx.tenant.store.revisions().await?.meta;
            match self.apply_metadata_at(ctx, revision, changes).await {
                Ok(()) => return Ok(()),
                Err(MetaStep::Outdated) if wait.again().await => {}
                Err(MetaStep::Outdated) => return Err(too_busy()),
                Err(MetaStep::Refused(refusal)) => return Err(refusal),
            }
        }
    }

    /// Applies changes if the metadata still has this revision. Whoever calls it holds the turn.
    async fn apply_metadata_at(&self, ctx: &Ctx, revision: i64, changes: &[MetaChange]) -> Result<(), MetaStep> {
        let applied = ctx.tenant.store.apply_metadata(revision, changes.to_vec(), ctx.now).await;
        ctx.tenant.invalidate();
        match applied {
            Ok(_) => Ok(()),
            Err(MetaError::Store(StoreError::StaleSchema | StoreError::Conflict)) => Err(MetaStep::Outdated),
            Err(error) => Err(refuse(error).into()),
        }
    }

    /// The object as it is after a change.
    async fn changed_object(&self, ctx: &Ctx, key: &str) -> Outcome<Arc<Object>> {
        let snapshot = self.snapshot(&ctx.tenant).await?;
        let found = snapshot.schema.all().find(|object| object.key == key).cloned();
        found.ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
    }
}

/// Only administrators shape a tenant, and whom they gave the right to.
fn administrator(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.manages("meta", guanxi_core::policy::Function::Edit) { Ok(()) } else { Err(Refusal::denied("meta: edit")) }
}

/// `x_` and then a plain name, at most 40 characters.
fn check_tenant_key(key: &str) -> Result<(), Problem> {
    let plain = |rest: &str| {
        rest.starts_with(|c: char| c.is_ascii_lowercase())
            && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    match key.strip_prefix("x_") {
        Some(rest) if plain(rest) && key.len() <= 40 && !rest.contains("__") => Ok(()),
        _ => Err(Problem::error("field.range", "a key is x_ and then small letters, digits and single _, at most 40 characters").on("key")),
    }
}

/// A label with at least one language; the other falls back to it.
fn check_label(label: &Label) -> Result<(), Problem> {
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control);
    if fits(&label.zh) && fits(&label.en) {
        return Ok(());
    }
    Err(Problem::error("field.required", "a label has 1 to 80 characters in zh-CN or en").on("label"))
}

/// An icon's name; pages draw a sheet of paper for one that they do not know.
fn check_icon(icon: Option<&str>) -> Result<(), Problem> {
    let plain = |name: &str| (1..=30).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    match icon {
        Some(name) if !plain(name) => Err(Problem::error("field.range", "an icon's name is small letters and hyphens").on("icon")),
        _ => Ok(()),
    }
}

fn refuse(error: MetaError) -> Refusal {
    let text = error.to_string();
    match error {
        MetaError::Store(error) => error.into(),
        MetaError::KeyExists { key, .. } => Problem::error("field.not_unique", text).on("key").with("value", key).into(),
        MetaError::Unknown { key, .. } => Refusal::not_found(&format!("`{key}`")),
        MetaError::TooManyFields { object } => Problem::error("object.too_many_fields", text).with("object", object).into(),
        MetaError::TooManyColumns { object } => Problem::error("object.too_many_fields", text).with("object", object).into(),
        MetaError::Unconvertible { record } => {
            Problem::error("rule.failed", text).with("rule", "field.unconvertible").with("record", record.to_string()).into()
        }
        MetaError::DuplicateValues { fields, .. } => Problem::error("field.not_unique", text).on(fields.join(",")).into(),
        MetaError::KindChanged { field, .. } => Problem::error("field.type", text).on(field).into(),
        MetaError::Condition(problem) => problem.into(),
        MetaError::NotIndexable { field, .. } => Problem::error("field.type", text).on(field).into(),
    }
}
