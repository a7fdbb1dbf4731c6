//! A tenant with one large object of twenty fields, its people, and the router that serves it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use chrono::{Days, NaiveDate};
use guanxi_core::meta::{Index, Label, Rules, Schema, SelectOption};
use guanxi_core::policy::{Function, Role, Scope};
use guanxi_core::{Decimal, Value};
use guanxi_sandbox::{Sandbox, SandboxSettings};
use guanxi_server::app::{App, Readiness};
use guanxi_server::clock::Clock;
use guanxi_server::engine::{
    Change, Ctx, DeclaredRules, Engine, FileStorage, NewField, NewObject, NewToken, NewUser, Raw, Refusal, SaveOptions, Tenant,
};
use guanxi_store::{Location, RowChange, RowOp, Stores, WriteUnit};
use uuid::Uuid;

use super::Result;

/// The role of whoever is asked about besides the administrator.
const MEMBER: &str = "x_member";
/// Departments that the records are spread over.
const DEPARTMENTS: usize = 20;
/// Users in each.
const MEMBERS: usize = 5;
/// Rows of one transaction while the table is filled.
const CHUNK: usize = 500;
const STATES: [&str; 5] = ["open", "sent", "won", "lost", "held"];
const KINDS: [&str; 4] = ["a", "b", "c", "d"];

/// Everything that a question needs.
pub(super) struct World {
    pub(super) router: Router,
    pub(super) tenant: Arc<Tenant>,
    pub(super) schema: Arc<Schema>,
    pub(super) admin_token: String,
    /// Somebody who sees their own records and those of their department.
    pub(super) member: Uuid,
    pub(super) member_token: String,
    pub(super) department: Uuid,
    /// A record in the middle.
    pub(super) one: Uuid,
}

impl World {
    pub(super) async fn new(location: Location, rows: usize, folder: &std::path::Path) -> Result<Self> {
        let settings = SandboxSettings { cache_directory: Some(folder.join("cache")), ..SandboxSettings::default() };
        let files = FileStorage::open(&folder.join("files"), true)?;
        let engine = Engine::new(Stores::open(location).await?, files, Sandbox::new(&settings)?, Clock::new(None));
        let tenant = told(engine.create_tenant("bench", "Bench", "admin@bench.example", None).await)?;
        declare(&engine, &told(engine.system_ctx(tenant.clone()).await)?).await?;
        let ctx = told(engine.system_ctx(tenant.clone()).await)?;
        member_role(&engine, &ctx).await?;
        let ctx = told(engine.system_ctx(tenant.clone()).await)?;
        let people = people(&engine, &ctx).await?;
        let one = fill(&ctx, rows, &people).await?;
        tenant.store.bare_analyze().await?;
        let token =
            async |email: &str| told(engine.create_token(&ctx, email, NewToken { name: "bench".into(), ..NewToken::default() }).await);
        let (admin_token, member_token) = (token("admin@bench.example").await?, token("u0@bench.example").await?);
        let (department, member) = people[0];
        let schema = ctx.snapshot.schema.clone();
        let app = App { engine: engine.into(), dev: None, readiness: Readiness::default(), secure: false };
        Ok(Self { router: guanxi_server::serve::router(app), tenant, schema, admin_token, member, member_token, department, one })
    }
}

fn told<T>(outcome: std::result::Result<T, Refusal>) -> Result<T> {
    let said = |refusal: Refusal| {
        let told: Vec<String> = refusal.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.detail)).collect();
        told.join("; ")
    };
    outcome.map_err(|refusal| said(refusal).into())
}

fn label(text: &str) -> Label {
    Label::new(text, text)
}

/// Twenty fields: texts, numbers, money, dates, selects, yes and no.
async fn declare(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let object = NewObject { key: "x_thing".into(), label: label("Thing"), icon: None, parent: None };
    told(engine.create_object(ctx, object).await)?;
    let mut fields: Vec<(String, &str, bool)> = vec![("x_number".into(), "integer", true)];
    fields.extend((1..=6).map(|n| (format!("x_text{n}"), "text", false)));
    fields.extend((1..=4).map(|n| (format!("x_count{n}"), "integer", false)));
    fields.extend(
        [("x_amount", "money"), ("x_cost", "money"), ("x_share", "percent"), ("x_due", "date"), ("x_begun", "date"), ("x_open", "bool")]
            .map(|(key, kind)| (key.into(), kind, false)),
    );
    for (key, kind, indexed) in fields {
        let field = NewField { label: label(&key), key, kind: kind.into(), indexed, ..NewField::default() };
        told(engine.create_field(ctx, "x_thing", field).await)?;
    }
    for (key, codes) in [("x_state", &STATES[..]), ("x_kind", &KINDS[..])] {
        let options = codes.iter().map(|code| SelectOption::new(*code, label(code))).collect();
        let field = NewField { key: key.into(), kind: "select".into(), label: label(key), options, ..NewField::default() };
        told(engine.create_field(ctx, "x_thing", field).await)?;
    }
    let together = Index { fields: vec!["x_state".into(), "x_due".into()] };
    let rules = Rules { indexes: vec![together], ..Rules::default() };
    told(engine.set_rules(ctx, "x_thing", DeclaredRules { rules, ..DeclaredRules::default() }, None).await)?;
    Ok(())
}

async fn member_role(engine: &Engine, ctx: &Ctx) -> Result<()> {
    let reach = [(Function::View, Scope::Department), (Function::Aggregate, Scope::Department)];
    let grants = BTreeMap::from([("x_thing".to_owned(), BTreeMap::from(reach))]);
    told(engine.put_role(ctx, Role { key: MEMBER.into(), label: label("Member"), grants, ..Role::default() }, None).await)?;
    Ok(())
}

/// (department, user) pairs.
async fn people(engine: &Engine, ctx: &Ctx) -> Result<Vec<(Uuid, Uuid)>> {
    let mut people = Vec::new();
    for n in 0..DEPARTMENTS {
        let name = format!("Department {n}");
        let change = Change::Create { object: "department".into(), fields: vec![("name".into(), Raw::Text(name.clone()))] };
        let made = told(told(engine.save(ctx, vec![change], SaveOptions::default()).await)?.remove(0))?;
        for member in 0..MEMBERS {
            let number = n * MEMBERS + member;
            let user = NewUser {
                email: format!("u{number}@bench.example"),
                name: format!("User {number}"),
                department: Some(name.clone()),
                roles: vec![MEMBER.into()],
                password: None,
            };
            people.push((made.id, told(engine.create_user(ctx, user).await)?));
        }
    }
    Ok(people)
}

/// Fills the table beside any save, rows as they would come over the years; a record from the middle.
async fn fill(ctx: &Ctx, rows: usize, people: &[(Uuid, Uuid)]) -> Result<Uuid> {
    let mut middle = Uuid::nil();
    for first in (0..rows).step_by(CHUNK * 20) {
        let changes: Vec<RowChange> = (first..rows.min(first + CHUNK * 20)).map(|n| row(n, people)).collect();
        if first <= rows / 2 {
            middle = changes[0].id;
        }
        let now = ctx.now - chrono::Duration::seconds(i64::try_from(rows - first)?);
        let unit = WriteUnit { changes, actor_name: "bench".into(), via: "bench".into(), now, ..WriteUnit::default() };
        ctx.tenant.store.insert_bare(&ctx.snapshot.schema, &unit, CHUNK).await?;
    }
    Ok(middle)
}

fn row(n: usize, people: &[(Uuid, Uuid)]) -> RowChange {
    // Spread without a pattern that an index could profit from.
    let mixed = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let number = i64::try_from(mixed % 1_000_000).unwrap_or(0);
    let pick = |many: usize, salt: u64| usize::try_from((mixed / (salt + 1)) % many as u64).unwrap_or(0);
    let day = |salt: u64| NaiveDate::default() + Days::new(18_000 + (mixed / (salt + 1)) % 2_000);
    let (department, owner) = people[pick(people.len(), 3)];
    let mut values: Vec<(String, Value)> = vec![
        ("name".into(), Value::Text(format!("江南制造 {n}"))),
        ("owner".into(), Value::Ref(owner)),
        ("department".into(), Value::Ref(department)),
        ("x_number".into(), Value::Int(number)),
        ("x_amount".into(), Value::Decimal(Decimal::new(number * 7, 2))),
        ("x_cost".into(), Value::Decimal(Decimal::new(number * 3, 2))),
        ("x_share".into(), Value::Decimal(Decimal::new(number % 10_000, 2))),
        ("x_due".into(), Value::Date(day(5))),
        ("x_begun".into(), Value::Date(day(7))),
        ("x_open".into(), Value::Bool(n.is_multiple_of(3))),
        ("x_state".into(), Value::Text(STATES[pick(STATES.len(), 11)].into())),
        ("x_kind".into(), Value::Text(KINDS[pick(KINDS.len(), 13)].into())),
    ];
    values.extend((1..=6).map(|k| (format!("x_text{k}"), Value::Text(format!("文字 text {k} {}", mixed % 9_999)))));
    values.extend((1..=4).map(|k| (format!("x_count{k}"), Value::Int(number / k))));
    RowChange { object: "x_thing".into(), id: Uuid::now_v7(), op: RowOp::Insert, values, old: Vec::new() }
}
