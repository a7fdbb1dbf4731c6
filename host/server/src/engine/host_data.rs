//! What a plugin may read, and as whom: the answers to a guest's questions.
//!
//! A hook asks as the plugin: whatever the manifest lists, in all rows. A page asks as the user who looks: that, and only in the rows
//! that this user may see. Both read through the same functions as every list.

use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::expr::{FieldPath, check_number, parse, paths_of, resolve_path};
use guanxi_core::meta::{Object, STAGES_SUFFIX};
use guanxi_sandbox::{self as sandbox, Field, FindRequest, GetRequest, HostData, HostError, HostFuture, Manifest, Measured};
use guanxi_store::{Work, within};
use uuid::Uuid;

use super::list::ListRequest;
use super::{AggregateRequest, Ctx, GroupRequest, MeasureRequest, Outcome, Refusal, aggregate, list, read};

/// Answers one call's guest.
pub(super) struct PluginHost {
    /// Whose rows count: the host's own actor for hooks, the user for pages.
    ctx: Ctx,
    manifest: Arc<Manifest>,
    /// A hook's questions are asked in the middle of a save, so they have little time.
    in_hook: bool,
}

impl PluginHost {
    /// For hooks: every row, but only what the manifest lists.
    pub(super) fn as_plugin(ctx: &Ctx, manifest: Arc<Manifest>) -> Self {
        let actor = guanxi_core::policy::Actor { user: ctx.actor.user, ..guanxi_core::policy::Actor::system() };
        Self { ctx: Ctx { actor, ..ctx.clone() }, manifest, in_hook: true }
    }

    /// For pages and panels: the user's rows, and only what the manifest lists.
    pub(super) fn as_user(ctx: &Ctx, manifest: Arc<Manifest>) -> Self {
        Self { ctx: ctx.clone(), manifest, in_hook: false }
    }

    /// An answer within the time that the asking guest has.
    async fn timed<T>(&self, asked: impl Future<Output = Outcome<T>>) -> Result<T, HostError> {
        let answer = if self.in_hook { within(Work::Hook, asked).await } else { asked.await };
        answer.map_err(host_error)
    }

    /// Every step of a path must be in the manifest.
    fn allow(&self, path: &FieldPath) -> Outcome<()> {
        let steps = path.hops.iter().map(|hop| (&hop.object, &hop.field)).chain([(&path.object, &path.field)]);
        for (object, field) in steps {
            let object = object.strip_suffix(STAGES_SUFFIX).filter(|parent| self.manifest.owns_object(parent)).unwrap_or(object);
            if !self.manifest.may_read(object, field) {
                return Err(Refusal::denied(&format!("plugin {} to read {object}.{field}", self.manifest.id)));
            }
        }
        Ok(())
    }

    fn allow_text(&self, object: &Object, path: &str) -> Outcome<()> {
        self.allow(&resolve_path(path, &self.ctx.snapshot.schema, object)?)
    }

    fn allow_filter(&self, object: &Object, filter: &str) -> Outcome<()> {
        match read::filter(&self.ctx, object, filter)? {
            Some(expr) => paths_of(&expr).iter().try_for_each(|path| self.allow(path)),
            None => Ok(()),
        }
    }

    async fn rows_by_id(&self, request: GetRequest) -> Outcome<Vec<Option<sandbox::Row>>> {
        let object = read::object(&self.ctx, &request.object)?;
        let paths = read::paths(&self.ctx, &object, &request.fields)?;
        for path in &paths {
            self.allow(path)?;
        }
        read::viewable(&self.ctx, &object)?;
        let found = read::find_by_ids(&self.ctx, &object, paths.clone(), &request.ids).await?;
        let row = |id: &Uuid| found.iter().find(|(found, _)| found == id).map(|(id, values)| row(*id, &paths, values.clone()));
        Ok(request.ids.iter().map(row).collect())
    }

    async fn rows(&self, request: FindRequest) -> Outcome<Vec<sandbox::Row>> {
        let object = read::object(&self.ctx, &request.object)?;
        self.allow_filter(&object, &request.filter)?;
        for key in &request.fields {
            self.allow_text(&object, key)?;
        }
        if !request.sort.is_empty() {
            // A reference is sorted by the title behind it, which must be in the manifest too: an order tells what it follows.
            list::sort_keys(&self.ctx, &object, &request.sort.join(","))?.iter().try_for_each(|key| self.allow(&key.path))?;
        }
        // A list of no fields is one of all fields, of which the manifest need not know.
        let fields = if request.fields.is_empty() { vec!["id".to_owned()] } else { request.fields };
        let asked = ListRequest {
            filter: request.filter,
            sort: request.sort.join(","),
            fields,
            limit: request.limit,
            count: false,
            ..ListRequest::default()
        };
        let page = list::list(&self.ctx, &request.object, asked).await?;
        Ok(page.rows.into_iter().map(|(id, values)| row(id, &page.paths, values)).collect())
    }

    async fn groups(&self, request: sandbox::AggregateRequest) -> Outcome<Vec<sandbox::Group>> {
        let object = read::object(&self.ctx, &request.object)?;
        self.allow_filter(&object, &request.filter)?;
        for key in &request.group_by {
            self.allow_text(&object, &key.field)?;
        }
        let mut measures = Vec::new();
        for measure in &request.measures {
            let (field, expr) = match &measure.of {
                Measured::Records => (None, None),
                Measured::Field(field) => {
                    self.allow_text(&object, field)?;
                    (Some(field.clone()), None)
                }
                Measured::Expression(text) => {
                    let (checked, _) = check_number(&parse(text)?, &read::bindings(&self.ctx, &object))?;
                    paths_of(&checked).iter().try_for_each(|path| self.allow(path))?;
                    (None, Some(text.clone()))
                }
            };
            measures.push(MeasureRequest { function: measure.function.name().into(), field, expr, ..MeasureRequest::default() });
        }
        let group_by = request.group_by.iter().map(|key| GroupRequest {
            field: key.field.clone(),
            grain: key.grain.map(|g| g.name().into()),
            ..GroupRequest::default()
        });
        let asked = AggregateRequest {
            object: request.object,
            filter: request.filter,
            group_by: group_by.collect(),
            measures,
            ..AggregateRequest::default()
        };
        let answer = aggregate::aggregate(&self.ctx, asked).await?;
        let group = |group: guanxi_core::query::Group| sandbox::Group {
            keys: answer.keys.iter().zip(group.key).map(|(key, value)| field(&key.path, value)).collect(),
            values: group.values,
        };
        Ok(answer.groups.into_iter().map(group).collect())
    }
}

impl HostData for PluginHost {
    fn get_many(&self, request: GetRequest) -> HostFuture<'_, Vec<Option<sandbox::Row>>> {
        Box::pin(self.timed(self.rows_by_id(request)))
    }

    fn find(&self, request: FindRequest) -> HostFuture<'_, Vec<sandbox::Row>> {
        Box::pin(self.timed(self.rows(request)))
    }

    fn aggregate(&self, request: sandbox::AggregateRequest) -> HostFuture<'_, Vec<sandbox::Group>> {
        Box::pin(self.timed(self.groups(request)))
    }
}

fn row(id: Uuid, paths: &[FieldPath], values: Vec<Value>) -> sandbox::Row {
    sandbox::Row { id, fields: paths.iter().zip(values).map(|(path, value)| field(path, value)).collect() }
}

/// A value under the key that was asked for, with the object that a reference leads to.
pub(super) fn field(path: &FieldPath, value: Value) -> Field {
    let target = match &path.kind {
        guanxi_core::meta::FieldKind::Reference { target } => Some(target.clone()),
        _ => None,
    };
    Field { key: path.text(), value, target }
}

fn host_error(refusal: Refusal) -> HostError {
    let message = refusal.problems.iter().map(|problem| problem.detail.as_str()).collect::<Vec<_>>().join("; ");
    HostError { retryable: refusal.status == 503, ..HostError::new(refusal.code(), message) }
}
