//! The questions, each asked in two ways.

use axum::body::Body;
use axum::http::{Method, Request};
use guanxi_store::BareList;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Result;
use super::world::World;

/// Rows of a page.
const PAGE: u32 = 50;

/// Something that people ask, and the same by hand.
pub(super) struct Question {
    pub(super) name: &'static str,
    /// Who asks.
    token: String,
    path: String,
    body: Option<Value>,
    bare: Bare,
}

enum Bare {
    List(BareList<'static>),
    One,
    Groups,
}

impl Question {
    pub(super) fn all(world: &World) -> Vec<Self> {
        let list = |bare: BareList<'static>| Bare::List(BareList { object: "x_thing", limit: PAGE, ..bare });
        let address = |query: &str| format!("/api/v1/records/x_thing?limit={PAGE}&count=false{query}");
        let state = "filter=x_state%20%3D%3D%20%22open%22";
        let own = Some((world.member, vec![world.department]));
        let question = |name, token: &String, path: String, bare| Self { name, token: token.clone(), path, body: None, bare };
        let groups = json!({"object": "x_thing", "group_by": ["x_state", "x_kind"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_amount"}]});
        vec![
            question(
                "a: list by an indexed field",
                &world.admin_token,
                address("&sort=x_number"),
                list(BareList { sort: Some("x_number"), ..BareList::default() }),
            ),
            question(
                "b: list by equality and order over one index",
                &world.admin_token,
                address(&format!("&sort=x_due&{state}")),
                list(BareList { equal: Some(("x_state", "open")), sort: Some("x_due"), ..BareList::default() }),
            ),
            question(
                "c: list of one's own and one's department, newest first",
                &world.member_token,
                address(""),
                list(BareList { scope: own, ..BareList::default() }),
            ),
            question(
                "c counted to 10,000",
                &world.member_token,
                format!("/api/v1/records/x_thing?limit={PAGE}"),
                list(BareList { scope: Some((world.member, vec![world.department])), ..BareList::default() }),
            ),
            question("get one record", &world.admin_token, format!("/api/v1/records/x_thing/{}", world.one), Bare::One),
            Self {
                body: Some(groups),
                ..question("count and sum by two fields", &world.admin_token, "/api/v1/aggregate".into(), Bare::Groups)
            },
        ]
    }

    pub(super) fn is_list(&self) -> bool {
        !matches!(self.bare, Bare::Groups)
    }

    /// Asks the server; how many rows or groups it answers.
    pub(super) async fn ask(&self, world: &World) -> Result<usize> {
        let method = if self.body.is_some() { Method::POST } else { Method::GET };
        let body = self.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(&self.path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(body)?;
        let answer = world.router.clone().oneshot(request).await?;
        let status = answer.status();
        let text = axum::body::to_bytes(answer.into_body(), usize::MAX).await?;
        if !status.is_success() {
            return Err(format!("{}: {status}: {}", self.name, String::from_utf8_lossy(&text)).into());
        }
        // Reading the answer is the caller's work, so only its rows are counted.
        let mark = match self.bare {
            Bare::Groups => "\"key\":",
            Bare::List(_) | Bare::One => "\"x_number\":",
        };
        Ok(String::from_utf8_lossy(&text).matches(mark).count())
    }

    /// Asks the database by hand; how many rows or groups it answers.
    pub(super) async fn bare(&self, world: &World) -> Result<usize> {
        let (store, schema) = (&world.tenant.store, &world.schema);
        Ok(match &self.bare {
            Bare::List(list) => store.bare_list(schema, list).await?.matches("\"x_number\":").count(),
            Bare::One => store.bare_one(schema, "x_thing", world.one).await?.matches("\"x_number\":").count(),
            Bare::Groups => store.bare_groups(schema, "x_thing", ["x_state", "x_kind"], "x_amount").await?.matches("\"key\":").count(),
        })
    }
}
