//! What has to be done with each record of a chunk.

use std::collections::{HashMap, HashSet};

use guanxi_core::Value;
use guanxi_core::meta::Object;
use guanxi_core::policy::{FieldRight, Function, RowScope};
use guanxi_store::Record;
use uuid::Uuid;

use super::super::input::{self, same};
use super::super::{Change, Ctx, Engine, Outcome, Raw, Refusal, protect, read};
use super::takes_back::{Mine, take_back};

/// What is done with every record of a batch.
#[derive(Clone, Debug)]
pub(super) enum Task {
    /// New values.
    Set(Vec<(String, Raw)>),
    /// Soft deletes.
    Delete,
    /// Changes are taken back.
    Undo(Mine),
}

/// One record on its way.
pub(super) struct Step {
    pub object: String,
    pub id: Uuid,
    /// How people call it, where the actor may see it.
    pub title: String,
    /// `None` where nothing is left to do, or where it was refused already.
    pub change: Option<Change>,
    pub refusal: Option<Refusal>,
    /// Fields that stay, because somebody changed them since.
    pub kept: Vec<String>,
    /// Old and new values, for a preview.
    pub sample: Vec<(String, Value, Value)>,
}

impl Engine {
    /// The steps of some records of one object, in their order.
    pub(super) async fn steps(&self, ctx: &Ctx, task: &Task, key: &str, ids: &[Uuid]) -> Outcome<Vec<Step>> {
        let object = match read::object(ctx, key) {
            Ok(object) => object,
            // Hidden or gone with its plugin since: told for each record, and the batch goes on.
            Err(refusal) => return Ok(ids.iter().map(|id| Step::refused(key, *id, String::new(), refusal.clone())).collect()),
        };
        let store = &ctx.tenant.store;
        let mut records: HashMap<Uuid, Record> =
            store.load_records(&ctx.snapshot.schema, key, ids).await?.into_iter().map(|record| (record.id, record)).collect();
        let seen = self.within(ctx, &object, records.values(), Function::View).await?;
        let mut rows = match task {
            Task::Undo(mine) => store.history_since(&ctx.snapshot.schema, key, ids, mine.from()).await?,
            _ => HashMap::new(),
        };
        let mut steps = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(record) = records.remove(id).filter(|record| seen.contains(&record.id)) else {
                steps.push(Step::refused(key, *id, String::new(), Refusal::not_found("record")));
                continue;
            };
            let mut step = Step {
                object: key.to_owned(),
                id: *id,
                title: title_of(ctx, &object, &record),
                change: None,
                refusal: None,
                kept: Vec::new(),
                sample: Vec::new(),
            };
            match task {
                Task::Undo(mine) => {
                    let taken = take_back(&object, &record, &rows.remove(id).unwrap_or_default(), mine);
                    let told = taken.fields.into_iter().filter(|(key, ..)| ctx.field_right(&object.key, key) != FieldRight::None);
                    let shown = |key: &str, value| protect::protected(ctx, &object, key, value);
                    step.sample = told.map(|(key, old, new)| (key.clone(), shown(&key, old), shown(&key, new))).collect();
                    (step.change, step.kept) = (taken.change, taken.kept);
                }
                _ if record.deleted => step.refusal = Some(Refusal::not_found("record")),
                Task::Delete => step.change = Some(Change::Delete { object: key.to_owned(), id: *id, expect: None }),
                Task::Set(fields) => {
                    step.sample = sample(ctx, &object, &record, fields);
                    step.change = Some(Change::Update { object: key.to_owned(), id: *id, expect: None, fields: fields.clone() });
                }
            }
            steps.push(step);
        }
        self.check_rights(ctx, &object, &mut steps).await?;
        Ok(steps)
    }

    /// Refuses what the actor may not do. The save would too, but as a whole unit, which then has to be searched for the one record.
    async fn check_rights(&self, ctx: &Ctx, object: &Object, steps: &mut [Step]) -> Outcome<()> {
        for function in [Function::Edit, Function::Delete] {
            let wanted = |step: &Step| match &step.change {
                Some(Change::Update { .. }) => function == Function::Edit,
                Some(Change::Delete { .. } | Change::Restore { .. }) => function == Function::Delete,
                _ => false,
            };
            let ids: Vec<Uuid> = steps.iter().filter(|step| wanted(step)).map(|step| step.id).collect();
            if ids.is_empty() {
                continue;
            }
            let records = ctx.tenant.store.load_records(&ctx.snapshot.schema, &object.key, &ids).await?;
            let allowed = self.within(ctx, object, records.iter(), function).await?;
            for step in steps.iter_mut().filter(|step| wanted(step) && !allowed.contains(&step.id)) {
                step.change = None;
                step.refusal = Some(Refusal::denied(&format!("{}: {} this record", object.key, function.name())));
            }
        }
        Ok(())
    }

    /// Those of the records on which the actor may do something. A child record follows its parent.
    pub(super) async fn within(
        &self,
        ctx: &Ctx,
        object: &Object,
        records: impl Iterator<Item = &Record>,
        function: Function,
    ) -> Outcome<HashSet<Uuid>> {
        let scope = match read::right(ctx, &object.key, function) {
            Ok(scope) => scope,
            Err(_) => return Ok(HashSet::new()),
        };
        if !scope.is_plain() {
            let ids: Vec<Uuid> = records.map(|record| record.id).collect();
            return Ok(ctx.tenant.store.reached(&ctx.snapshot.schema, object, &ids, &scope).await?);
        }
        let (Some(reference), Some(parent), RowScope::Limited(_)) = (&object.parent, object.parent_object(), &scope) else {
            return Ok(records.filter(|record| inside(&scope, record)).map(|record| record.id).collect());
        };
        let parent_of: Vec<(Uuid, Uuid)> = records.filter_map(|record| Some((record.id, record.value(reference).as_ref_id()?))).collect();
        let ids: Vec<Uuid> = parent_of.iter().map(|(_, parent)| *parent).collect();
        let parents = ctx.tenant.store.load_records(&ctx.snapshot.schema, parent, &ids).await?;
        let allowed: HashSet<Uuid> = parents.iter().filter(|parent| inside(&scope, parent)).map(|parent| parent.id).collect();
        Ok(parent_of.into_iter().filter(|(_, parent)| allowed.contains(parent)).map(|(id, _)| id).collect())
    }
}

impl Step {
    fn refused(object: &str, id: Uuid, title: String, refusal: Refusal) -> Self {
        Self { object: object.to_owned(), id, title, change: None, refusal: Some(refusal), kept: Vec::new(), sample: Vec::new() }
    }
}

/// How people call a record, as the actor may know it.
pub(super) fn title_of(ctx: &Ctx, object: &Object, record: &Record) -> String {
    let title = protect::protected(ctx, object, &object.title, record.value(&object.title).clone());
    title.as_text().unwrap_or_default().to_owned()
}

fn inside(scope: &RowScope, record: &Record) -> bool {
    scope.contains(record.value("owner").as_ref_id(), record.value("department").as_ref_id())
}

/// Old and new values as far as they can be told before the save.
fn sample(ctx: &Ctx, object: &Object, record: &Record, fields: &[(String, Raw)]) -> Vec<(String, Value, Value)> {
    let changed = |(key, raw): &(String, Raw)| {
        let new = input::read(ctx, object.field(key)?, raw.clone()).ok()?;
        let old = record.value(key);
        (!same(old, &new)).then(|| (key.clone(), protect::protected(ctx, object, key, old.clone()), new))
    };
    fields.iter().filter_map(changed).collect()
}
