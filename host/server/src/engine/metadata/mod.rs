//! Administration of objects and fields: what a tenant makes of its own (`x_…`), and what it may change of the rest.

mod children;
mod computed;
mod convertible;
mod declare;
mod fields;
mod kinds;
mod maintain;
mod objects;
mod options;
mod patch;
mod rules;
mod serving_indexes;
mod source;
mod type_change;
mod uses;

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::{Label, Object, Origin, Rules};
use guanxi_store::{MetaChange, MetaError, StoreError};

use super::{Ctx, Engine, Outcome, Refusal};
pub use computed::NewRollUp;
pub use declare::NewField;
pub use objects::{NewObject, NewParent, ObjectPatch};
pub use patch::FieldPatch;
pub use rules::DeclaredRules;
pub use type_change::{TypePreview, Unconverted};
pub use uses::FieldUse;

/// How often a change starts again after another administrator was faster.
const MAX_ATTEMPTS: usize = 3;

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

    /// Applies changes under the newest revision, in one transaction.
    pub(super) async fn apply_metadata(&self, ctx: &Ctx, changes: &[MetaChange]) -> Outcome<()> {
        for _ in 0..MAX_ATTEMPTS {
            let revision = ctx.tenant.store.revisions().await?.meta;
            let applied = ctx.tenant.store.apply_metadata(revision, changes.to_vec(), ctx.now).await;
            ctx.tenant.invalidate();
            match applied {
                Ok(_) => return Ok(()),
                Err(MetaError::Store(StoreError::StaleSchema)) => {}
                Err(error) => return Err(refuse(error)),
            }
        }
        Err(Refusal::one("busy", "others keep changing the objects; try again"))
    }

    /// The object as it is after a change.
    async fn changed_object(&self, ctx: &Ctx, key: &str) -> Outcome<Arc<Object>> {
        let snapshot = self.snapshot(&ctx.tenant).await?;
        let found = snapshot.schema.all().find(|object| object.key == key).cloned();
        found.ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
    }
}

/// Only administrators shape a tenant.
fn administrator(ctx: &Ctx) -> Outcome<()> {
    if ctx.actor.is_administrator() { Ok(()) } else { Err(Refusal::denied("meta: edit")) }
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
