//! A tenant with many customers, Chinese and Latin names mixed as in a real company, written like any other record.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use guanxi_core::Value;
use guanxi_sandbox::{Sandbox, SandboxSettings};
use guanxi_server::app::{App, Readiness};
use guanxi_server::clock::Clock;
use guanxi_server::engine::{Change, Ctx, Engine, FileStorage, NewToken, NewUser, Raw, Refusal, SaveOptions};
use guanxi_store::{Location, RowChange, RowOp, Stores, WriteUnit};
use tower::ServiceExt;
use uuid::Uuid;

use super::Result;

/// Departments that the records are spread over; the member sees one of them.
const DEPARTMENTS: usize = 20;
/// Rows of one transaction.
const CHUNK: usize = 1_000;
const SURNAMES: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"];
const GIVEN: [&str; 10] = ["伟", "芳", "娜", "三", "三丰", "敏", "静", "丽华", "强", "磊"];
const PLACES: [&str; 8] = ["北京", "上海", "广州", "深圳", "杭州", "江南", "重庆", "西安"];
const TRADES: [&str; 8] = ["华联超市", "华为技术", "汽车销售", "食品", "新材料", "物业", "软件", "Huawei 终端"];

pub(super) struct World {
    router: Router,
    pub(super) admin_token: String,
    pub(super) member_token: String,
}

impl World {
    pub(super) async fn new(location: Location, rows: usize, folder: &std::path::Path) -> Result<Self> {
        let settings = SandboxSettings { cache_directory: Some(folder.join("cache")), ..SandboxSettings::default() };
        let files = FileStorage::open(&folder.join("files"), true)?;
        let engine = Engine::new(Stores::open(location).await?, files, Sandbox::new(&settings)?, Clock::new(None));
        let tenant = told(engine.create_tenant("bench", "Bench", "admin@bench.example", None).await)?;
        let ctx = told(engine.system_ctx(tenant.clone()).await)?;
        let people = people(&engine, &ctx).await?;
        fill(&ctx, rows, &people).await?;
        tenant.store.bare_analyze().await?;
        let token =
            async |email: &str| told(engine.create_token(&ctx, email, NewToken { name: "bench".into(), ..NewToken::default() }).await);
        let (admin_token, member_token) = (token("admin@bench.example").await?, token("u0@bench.example").await?);
        let app = App { engine: engine.into(), dev: None, readiness: Readiness::default(), secure: false };
        Ok(Self { router: guanxi_server::serve::router(app), admin_token, member_token })
    }

    /// How many results there are.
    pub(super) async fn ask(&self, token: &str, words: &str, place: &str) -> Result<usize> {
        let words: String = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let request = Request::get(format!("/api/v1/search?q={words}{place}"))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty())?;
        let answer = self.router.clone().oneshot(request).await?;
        let status = answer.status();
        let text = axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        if !status.is_success() {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&text)).into());
        }
        let json: serde_json::Value = serde_json::from_slice(&text)?;
        Ok(json["results"].as_array().map_or(0, Vec::len))
    }
}

fn told<T>(outcome: std::result::Result<T, Refusal>) -> Result<T> {
    outcome.map_err(|refusal| refusal.problems.iter().map(|problem| problem.detail.clone()).collect::<Vec<_>>().join("; ").into())
}

/// (department, user) pairs.
async fn people(engine: &Engine, ctx: &Ctx) -> Result<Vec<(Uuid, Uuid)>> {
    let mut people = Vec::new();
    for n in 0..DEPARTMENTS {
        let name = format!("Department {n}");
        let change = Change::Create { object: "department".into(), fields: vec![("name".into(), Raw::Text(name.clone()))] };
        let made = told(told(engine.save(ctx, vec![change], SaveOptions::default()).await)?.remove(0))?;
        let user = NewUser {
            email: format!("u{n}@bench.example"),
            name: format!("User {n}"),
            department: Some(name),
            roles: vec!["manager".into()],
            password: None,
        };
        people.push((made.id, told(engine.create_user(ctx, user).await)?));
    }
    Ok(people)
}

async fn fill(ctx: &Ctx, rows: usize, people: &[(Uuid, Uuid)]) -> Result<()> {
    for first in (0..rows).step_by(CHUNK) {
        let changes = (first..rows.min(first + CHUNK)).map(|n| row(n, people)).collect();
        let now = ctx.now - chrono::Duration::seconds(i64::try_from(rows - first)?);
        let unit = WriteUnit { changes, actor_name: "bench".into(), via: "bench".into(), now, today: ctx.today(), ..WriteUnit::default() };
        ctx.tenant.store.write(&ctx.snapshot.schema, &unit).await?;
    }
    Ok(())
}

fn row(n: usize, people: &[(Uuid, Uuid)]) -> RowChange {
    // Spread without a pattern that an index could profit from.
    let mixed = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
    let pick = |many: usize, salt: u64| usize::try_from((mixed / (salt + 1)) % many as u64).unwrap_or(0);
    let name = if n.is_multiple_of(2) {
        format!("{}{}有限公司 {n}", PLACES[pick(PLACES.len(), 3)], TRADES[pick(TRADES.len(), 5)])
    } else {
        format!("{}{}", SURNAMES[pick(SURNAMES.len(), 7)], GIVEN[pick(GIVEN.len(), 11)])
    };
    let (department, owner) = people[pick(people.len(), 13)];
    let values: Vec<(String, Value)> = vec![
        ("name".into(), Value::Text(name)),
        ("kind".into(), Value::Text("organization".into())),
        ("owner".into(), Value::Ref(owner)),
        ("department".into(), Value::Ref(department)),
        ("phone".into(), Value::Text(format!("138{:08}", mixed % 100_000_000))),
        ("email".into(), Value::Text(format!("user{n}@example.com"))),
        ("address".into(), Value::Text(format!("{}市中山路 {} 号", PLACES[pick(PLACES.len(), 17)], mixed % 999))),
        ("region".into(), Value::Text(PLACES[pick(PLACES.len(), 19)].into())),
        ("notes".into(), Value::Text(format!("met at the fair in {}; 回访 {n}", 2_000 + mixed % 26))),
    ];
    RowChange { object: "customer".into(), id: Uuid::now_v7(), op: RowOp::Insert, values, old: Vec::new() }
}
