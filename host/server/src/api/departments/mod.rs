//! `/api/v1/departments/…`: the tree with its managers. Departments are records, too; here their managers are kept.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use guanxi_core::Problem;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::reader::{Codes, Reader};
use crate::engine::{DepartmentChange, DepartmentInfo};

fn document(department: &DepartmentInfo) -> Json {
    json!({
        "id": department.id.to_string(),
        "name": department.name,
        "parent": department.parent.map(|id| id.to_string()),
        "managers": department.managers.iter().map(Uuid::to_string).collect::<Vec<_>>(),
        "members": department.members,
        "version": department.version,
    })
}

/// `{"name","parent","managers"}`; what is absent stays, a null parent is none.
fn read(body: Json, expect: Option<i64>) -> Result<DepartmentChange, Vec<Problem>> {
    let top = body.get("parent").is_some_and(Json::is_null);
    let mut reader = Reader::new(body.clone(), "", Codes::Metadata)?;
    let id =
        |text: &str, field: &str| Uuid::try_parse(text).map_err(|_| Problem::error("field.type", format!("`{field}` takes ids")).on(field));
    let mut problems = Vec::new();
    let name = reader.text("name");
    let parent = reader.text("parent").and_then(|text| id(&text, "parent").map_err(|problem| problems.push(problem)).ok());
    let texts = reader.texts("managers");
    let mut managers = Vec::new();
    for text in texts {
        match id(&text, "managers") {
            Ok(id) => managers.push(id),
            Err(problem) => problems.push(problem),
        }
    }
    reader.report(problems);
    reader.finish()?;
    let managers = body.get("managers").map(|_| managers);
    Ok(DepartmentChange { name, parent: parent.map(Some).or_else(|| top.then_some(None)), managers, expect })
}
