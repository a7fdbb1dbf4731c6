//! The records of one owner given to another, so that what is known about a customer survives a change of staff.

use std::sync::Arc;

use guanxi_core::expr::{Expr, resolve_path};
use guanxi_core::meta::Object;
use guanxi_core::{Problem, Value};
use guanxi_store::BatchKind;
use serde_json::json;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Raw, Refusal, people, read};
use super::bulk::{MAX_RECORDS, too_many};
use super::run::Work;
use super::step::Task;
use super::{BatchReport, Started};

/// People are no records that somebody works on; they change hands only when they are asked for.
const PEOPLE: [&str; 2] = ["user", "department"];

/// Who gives what to whom.
#[derive(Clone, Debug)]
pub struct TransferRequest {
    /// The owner until now.
    pub from: Uuid,
    /// The owner from now on, an active user.
    pub to: Uuid,
    /// Keys of objects; none: all but users and departments.
    pub objects: Vec<String>,
    /// Codes of `confirm` problems that the administrator agreed to.
    pub confirm: Vec<String>,
}

impl Engine {
    /// What a transfer would do.
    pub async fn preview_transfer(&self, ctx: &Ctx, request: TransferRequest) -> Outcome<BatchReport> {
        let work = self.transfer_work(ctx, request).await?;
        self.preview(ctx, &work).await
    }

    /// Transfers them, as a batch.
    pub async fn transfer(self: &Arc<Self>, ctx: &Ctx, request: TransferRequest) -> Outcome<Started> {
        let work = self.transfer_work(ctx, request).await?;
        self.start(ctx, work).await
    }

    async fn transfer_work(&self, ctx: &Ctx, request: TransferRequest) -> Outcome<Work> {
        people::administrator(ctx)?;
        let TransferRequest { from, to, objects, confirm } = request;
        let names = self.titles(ctx, "user", &[from, to]).await?;
        let name = |user: &Uuid| names.get(user).cloned();
        let from_name = name(&from).ok_or_else(|| Refusal::not_found("user"))?;
        let to_name = match name(&to) {
            Some(name) if to != from && self.actor(ctx, to, None).await?.is_some() => name,
            _ => return Err(Problem::error("reference.not_found", "`to` is another, active user").on("to").into()),
        };
        let mut groups = Vec::new();
        let mut left = MAX_RECORDS;
        for object in transferred(ctx, &objects)? {
            let owner = resolve_path("owner", &ctx.snapshot.schema, &object)?;
            let filter = Expr::In(Box::new(Expr::Field(owner)), vec![Value::Ref(from)]);
            let ids = self.matching(ctx, &object, Some(filter)).await?;
            left = left.checked_sub(ids.len()).ok_or_else(too_many)?;
            if !ids.is_empty() {
                groups.push((object.key.clone(), ids));
            }
        }
        Ok(Work {
            kind: BatchKind::Transfer,
            title: format!("{from_name} → {to_name}"),
            object: None,
            detail: json!({ "from": from.to_string(), "to": to.to_string(), "objects": objects }),
            undoes: None,
            groups,
            task: Task::Set(vec![("owner".to_owned(), Raw::Value(Value::Ref(to)))]),
            confirm,
        })
    }
}

/// The objects whose records have owners of their own: lines belong to their record, and what the server keeps belongs to nobody.
fn transferred(ctx: &Ctx, asked: &[String]) -> Outcome<Vec<Arc<Object>>> {
    let owned = |object: &Object| !object.read_only && object.parent.is_none();
    if asked.is_empty() {
        let all = ctx.snapshot.schema.objects().filter(|object| owned(object) && !PEOPLE.contains(&object.key.as_str()));
        return Ok(all.cloned().collect());
    }
    let mut found: Vec<Arc<Object>> = Vec::new();
    for key in asked {
        let object = read::object(ctx, key)?;
        if !owned(&object) {
            return Err(Problem::error("field.option", format!("records of `{key}` have no owner of their own")).on("objects").into());
        }
        if !found.iter().any(|seen| seen.key == object.key) {
            found.push(object);
        }
    }
    Ok(found)
}
