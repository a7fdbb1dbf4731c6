//! Departments: ordinary records, with everybody who manages them.

use guanxi_core::expr::resolve_path;
use guanxi_core::policy::{FieldRight, Function};
use guanxi_core::query::Query;
use guanxi_core::{Problem, Value};
use serde_json::json;
use uuid::Uuid;

use super::super::{Change, Ctx, Engine, Outcome, Raw, Refusal, SaveOptions, protect, read};

/// Departments read at once.
const PAGE: u32 = 1_000;
/// The most managers of one department.
const MOST_MANAGERS: usize = 100;

/// A department as its administration shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentInfo {
    /// The record.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// The department above.
    pub parent: Option<Uuid>,
    /// Everybody who manages it; the first is the one that the record names.
    pub managers: Vec<Uuid>,
    /// Active users who belong to it directly.
    pub members: u64,
    /// The record's version.
    pub version: i64,
}

/// New values of a department; `None` leaves what is there.
#[derive(Clone, Debug, Default)]
pub struct DepartmentChange {
    /// Its name.
    pub name: Option<String>,
    /// The department above, or none.
    pub parent: Option<Option<Uuid>>,
    /// Everybody who manages it.
    pub managers: Option<Vec<Uuid>>,
    /// Refused unless the record has this version.
    pub expect: Option<i64>,
}

/// What the actor may do with who manages departments.
fn manager_right(ctx: &Ctx) -> FieldRight {
    ctx.field_right("department", "manager")
}

impl Engine {
    /// The departments that the actor may see, by name.
    pub async fn list_departments(&self, ctx: &Ctx) -> Outcome<Vec<DepartmentInfo>> {
        let object = read::object(ctx, "department")?;
        read::viewable(ctx, &object)?;
        let schema = &ctx.snapshot.schema;
        let path = |key: &str| resolve_path(key, schema, &object);
        let fields = ["name", "parent", "manager", "version"].iter().map(|key| path(key)).collect::<Result<Vec<_>, _>>()?;
        let scopes = read::scopes(&ctx.actor, schema);
        let mut query =
            Query { object: object.key.clone(), filter: None, fields, sort: Vec::new(), limit: PAGE, after: None, scopes: scopes.clone() };
        let tells_managers = manager_right(ctx).is_plain();
        let mut found = Vec::new();
        loop {
            let mut page = read::find(ctx, &query).await?;
            for row in &page.rows {
                let text = row.values.first().and_then(Value::as_text).unwrap_or_default().to_owned();
                let parent = row.values.get(1).and_then(Value::as_ref_id);
                let named = row.values.get(2).and_then(Value::as_ref_id);
                let mut managers: Vec<Uuid> = named.into_iter().collect();
                // All of them are in the one field.
                let further = ctx.snapshot.managers.iter().filter(|(department, _)| *department == row.id).map(|(_, manager)| *manager);
                managers.extend(further.filter(|manager| tells_managers && Some(*manager) != named).collect::<Vec<_>>());
                managers.dedup();
                let version = match row.values.get(3) {
                    Some(Value::Int(version)) => *version,
                    _ => 1,
                };
                found.push(DepartmentInfo { id: row.id, name: text, parent, managers, members: 0, version });
            }
            query.after = page.rows.pop().map(|row| row.position).filter(|_| page.more);
            if query.after.is_none() {
                break;
            }
        }
        self.count_members(ctx, &mut found).await?;
        found.sort_by(|a, b| guanxi_core::text::sort_key(&a.name).cmp(&guanxi_core::text::sort_key(&b.name)).then(a.id.cmp(&b.id)));
        Ok(found)
    }

    /// One department.
    pub async fn get_department(&self, ctx: &Ctx, id: Uuid) -> Outcome<DepartmentInfo> {
        let all = self.list_departments(ctx).await?;
        all.into_iter().find(|department| department.id == id).ok_or_else(|| Refusal::not_found("department"))
    }

    /// Makes a department, or changes one; it as it is then.
    pub async fn put_department(&self, ctx: &Ctx, id: Option<Uuid>, change: DepartmentChange) -> Outcome<DepartmentInfo> {
        let managers = self.new_managers(ctx, id, change.managers).await?;
        let mut fields: Vec<(String, Raw)> = Vec::new();
        fields.extend(change.name.map(|name| ("name".to_owned(), Raw::Text(name))));
        let reference = |id: Option<Uuid>| Raw::Value(id.map_or(Value::Null, Value::Ref));
        fields.extend(change.parent.map(|parent| ("parent".to_owned(), reference(parent))));
        if let Some(managers) = &managers {
            if managers.len() > MOST_MANAGERS {
                return Err(Problem::error("field.range", format!("a department has at most {MOST_MANAGERS} managers"))
                    .on("managers")
                    .into());
            }
            fields.push(("manager".to_owned(), reference(managers.first().copied())));
            self.known_users(ctx, managers, "managers").await?;
        }
        let object = "department".to_owned();
        let save = match id {
            None => Change::Create { object, fields },
            Some(id) => Change::Update { object, id, expect: change.expect, fields },
        };
        let saved = self.save(ctx, vec![save], SaveOptions::default()).await?;
        let id = saved.into_iter().next().ok_or_else(|| Refusal::internal(&"a save without an outcome"))??.id;
        if let Some(managers) = managers {
            let further = managers.get(1..).unwrap_or_default();
            ctx.tenant.store.set_department_managers(id, further).await?;
            self.note(ctx, "department.managers", json!({ "department": id, "managers": managers })).await?;
        }
        ctx.tenant.invalidate();
        let ctx = self.as_changed(ctx).await?;
        self.get_department(&ctx, id).await
    }

    /// The managers that are to be set. Who may not change them may send back what was read, which changes nothing.
    async fn new_managers(&self, ctx: &Ctx, id: Option<Uuid>, sent: Option<Vec<Uuid>>) -> Outcome<Option<Vec<Uuid>>> {
        let right = manager_right(ctx);
        let Some(sent) = sent else { return Ok(None) };
        if right == FieldRight::Edit {
            return Ok(Some(sent));
        }
        let shown = match id {
            Some(id) => self.get_department(ctx, id).await?.managers,
            None => Vec::new(),
        };
        if sent == shown { Ok(None) } else { Err(Refusal { status: 403, problems: vec![protect::forbidden("manager", right)] }) }
    }

    /// Deletes a department that nothing belongs to.
    pub async fn delete_department(&self, ctx: &Ctx, id: Uuid) -> Outcome<()> {
        let change = Change::Delete { object: "department".into(), id, expect: None };
        self.save(ctx, vec![change], SaveOptions::default()).await?.into_iter().try_for_each(|outcome| outcome.map(|_| ()))?;
        ctx.tenant.store.set_department_managers(id, &[]).await?;
        ctx.tenant.invalidate();
        self.note(ctx, "department.deleted", json!({ "department": id })).await
    }

    /// Refuses ids that are no users whom the actor may see.
    pub(super) async fn known_users(&self, ctx: &Ctx, users: &[Uuid], field: &str) -> Outcome<()> {
        read::right(ctx, "user", Function::View)?;
        let known = self.titles(ctx, "user", users).await?;
        let missing = users.iter().filter(|user| !known.contains_key(user));
        let problems: Vec<Problem> = missing
            .map(|user| Problem::error("reference.not_found", "there is no such user").on(field).with("value", user.to_string()))
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
    }

    /// The same context with what was just changed.
    pub(super) async fn as_changed(&self, ctx: &Ctx) -> Outcome<Ctx> {
        let mut ctx = ctx.clone();
        ctx.snapshot = self.snapshot(&ctx.tenant).await?;
        ctx.bind_actor();
        Ok(ctx)
    }

    async fn count_members(&self, ctx: &Ctx, departments: &mut [DepartmentInfo]) -> Outcome<()> {
        let user = read::object(ctx, "user")?;
        // Who may not know who is active learns no number of them.
        if read::viewable(ctx, &user).is_err() || !ctx.field_right("user", "active").is_plain() {
            return Ok(());
        }
        let page = super::super::list::list(
            ctx,
            "user",
            super::super::ListRequest {
                filter: "active == true && department != null".into(),
                fields: vec!["department".into()],
                limit: PAGE,
                count: false,
                ..Default::default()
            },
        );
        let mut page = page.await?;
        loop {
            for (_, values) in &page.rows {
                let of = values.first().and_then(Value::as_ref_id);
                departments.iter_mut().filter(|department| Some(department.id) == of).for_each(|department| department.members += 1);
            }
            let Some(cursor) = page.next.take() else { return Ok(()) };
            let request = super::super::ListRequest {
                filter: "active == true && department != null".into(),
                fields: vec!["department".into()],
                limit: PAGE,
                count: false,
                cursor,
                ..Default::default()
            };
            page = super::super::list::list(ctx, "user", request).await?;
        }
    }
}
