//! `/api/v1/teams/…`: groups of users that records are shared with.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod put;

use guanxi_core::Problem;
use guanxi_store::Team;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::reader::{Codes, Reader};

fn document(team: &Team) -> Json {
    json!({
        "id": team.id.to_string(),
        "name": team.name,
        "members": team.members.iter().map(Uuid::to_string).collect::<Vec<_>>(),
        "revision": team.revision,
    })
}

/// `{"name","members","revision"}`; id and revision of a GET are taken, so that its answer can be put again.
fn read(body: Json) -> Result<(String, Vec<Uuid>, Option<i64>), Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    reader.json("id");
    let name = reader.required_text("name");
    let (mut members, mut problems) = (Vec::new(), Vec::new());
    for text in reader.texts("members") {
        match Uuid::try_parse(&text) {
            Ok(id) if !members.contains(&id) => members.push(id),
            Ok(_) => {}
            Err(_) => problems.push(Problem::error("field.type", "`members` takes ids of users").on("members")),
        }
    }
    let revision = reader.number::<u64>("revision").and_then(|revision| i64::try_from(revision).ok());
    reader.report(problems);
    reader.finish().map(|()| (name, members, revision))
}
