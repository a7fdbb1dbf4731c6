//! Who may do what: `/roles`, `/departments`, `/teams`, shares, `/access/explain`, `/security-log`.

use guanxi_core::policy::{FieldRight, Function, Scope};
use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{
    about, component, count, id, instant, list, map, maybe, maybe_id, maybe_instant, maybe_one_of, nullable, object, of, one_of, whole,
};
use super::super::view::View;

const REFUSALS: [u16; 4] = [403, 404, 409, 422];

pub(super) fn add(view: &View, paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "access", summary).refuses(&[403, 404, 422]);
    let kinds = op("permissionKinds.list", "The kinds of right with the names of each");
    let kind = whole(json!({ "kind": of("string"), "names": list(of("string")) }));
    paths.add(
        "get",
        "/permission-kinds",
        kinds.answers(200, "The kinds", whole(json!({ "kinds": list(kind), "field_rights": list(of("string")) }))),
    );
    let explain = op("access.explain", "Why somebody may or may not do something")
        .query("object", true, of("string"), "About which object")
        .query("id", false, id(), "About one of its records")
        .query("user", false, id(), "About whom; without it about the caller")
        .query("field", false, of("string"), "About one of its fields")
        .answers(200, "The decision and its reasons", component("Explanation"));
    paths.add("get", "/access/explain", explain);
    let log = op("securityLog.list", "The security log, newest first; for those with the right log.view")
        .takes(&["log", "cursor"])
        .answers(200, "A page of lines", whole(json!({ "events": list(component("SecurityEvent")), "next": maybe("string") })));
    paths.add("get", "/security-log", log);
    let roles = op("users.roles.get", "The roles of a user").answers(200, "Keys of roles", component("RoleKeys"));
    paths.add("get", "/users/{id}/roles", roles);
    if view.administrator {
        let put = op("users.roles.put", "Gives a user exactly these roles").body(component("RoleKeys")).refuses(&REFUSALS);
        paths.add("put", "/users/{id}/roles", put.answers(200, "Keys of roles", component("RoleKeys")));
        roles_of_the_tenant(paths);
    }
    departments(view, paths);
    teams(view, paths);
    if !view.objects.is_empty() {
        shares(paths);
        let file = op("records.export", "Records as CSV, with the right to export")
            .query("filter", false, of("string"), "A condition; empty is all")
            .query("sort", false, of("string"), "Sort keys with commas; a minus sorts the other way")
            .query("fields", false, of("string"), "Fields with commas; empty is all")
            .refuses(&[400, 403, 404, 413, 422]);
        let file = file.replies(200, json!({ "description": "The file", "content": { "text/csv": { "schema": of("string") } } }));
        paths.add("get", "/records/{object}/export", file);
    }
}

fn roles_of_the_tenant(paths: &mut Paths) {
    let key = || json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60 });
    let op = |id: &str, summary: &str| Operation::new(id, "access", summary).refuses(&REFUSALS);
    let all = op("roles.list", "All roles, with what plugins grant");
    paths.add("get", "/roles", all.answers(200, "By key", whole(json!({ "roles": list(component("Role")) }))));
    let get = op("roles.get", "One role").at("key", key());
    paths.add("get", "/roles/{key}", get.answers_record(200, "The role, with its revision as `ETag`", component("Role")));
    let put = op("roles.put", "Makes a role, or replaces the one of a revision")
        .at("key", key())
        .takes(&["If-Match"])
        .body(component("NewRole"))
        .answers_record(200, "The role as it is now", component("Role"))
        .answers_record(201, "The new role", component("Role"));
    paths.add("put", "/roles/{key}", put);
    let delete = op("roles.delete", "Deletes a role and takes it from everybody").at("key", key());
    paths.add("delete", "/roles/{key}", delete.answers_nothing(204, "Gone"));
}

fn departments(view: &View, paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "access", summary).refuses(&REFUSALS);
    let all = op("departments.list", "The departments that the caller sees");
    paths.add("get", "/departments", all.answers(200, "By name", whole(json!({ "departments": list(component("Department")) }))));
    let get = op("departments.get", "One department");
    paths.add("get", "/departments/{id}", get.answers_record(200, "The department", component("Department")));
    if !view.administrator {
        return;
    }
    let create = op("departments.create", "A new department").body(component("NewDepartment"));
    paths.add("post", "/departments", create.answers_record(201, "The department", component("Department")));
    let update = op("departments.update", "Changes a department").takes(&["If-Match"]).body(component("DepartmentChange"));
    paths.add("patch", "/departments/{id}", update.answers_record(200, "The department", component("Department")));
    let delete = op("departments.delete", "Deletes a department that nothing belongs to");
    paths.add("delete", "/departments/{id}", delete.answers_nothing(204, "Gone"));
}

fn teams(view: &View, paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "access", summary).refuses(&REFUSALS);
    let all = op("teams.list", "All teams");
    paths.add("get", "/teams", all.answers(200, "By name", whole(json!({ "teams": list(component("Team")) }))));
    let get = op("teams.get", "One team");
    paths.add("get", "/teams/{id}", get.answers_record(200, "The team, with its revision as `ETag`", component("Team")));
    if !view.administrator {
        return;
    }
    let create = op("teams.create", "A new team").body(component("NewTeam"));
    paths.add("post", "/teams", create.answers_record(201, "The team", component("Team")));
    let put = op("teams.put", "Replaces a team").takes(&["If-Match"]).body(component("NewTeam"));
    paths.add("put", "/teams/{id}", put.answers_record(200, "The team", component("Team")));
    let delete = op("teams.delete", "Deletes a team and what is shared with it");
    paths.add("delete", "/teams/{id}", delete.answers_nothing(204, "Gone"));
}

fn shares(paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "access", summary).refuses(&REFUSALS);
    let all = op("shares.list", "With whom a record is shared");
    let shown = whole(json!({ "shares": list(component("Share")) }));
    paths.add("get", "/records/{object}/{id}/shares", all.answers(200, "The oldest first", shown));
    let create = op("shares.create", "Shares a record").body(component("NewShare"));
    paths.add("post", "/records/{object}/{id}/shares", create.answers(201, "The share", component("Share")));
    let delete = op("shares.delete", "Ends a share");
    paths.add("delete", "/records/{object}/{id}/shares/{share}", delete.answers_nothing(204, "Gone"));
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let subject =
        whole(json!({ "kind": one_of(&["user", "team", "role", "department"]), "id": about(of("string"), "Of a role its key.") }));
    let mut schemas = vec![
        ("RoleKeys", whole(json!({ "roles": list(of("string")) }))),
        (
            "Department",
            whole(json!({
                "id": id(), "name": of("string"), "parent": maybe_id(), "managers": list(id()), "members": count(), "version": of("integer"),
            })),
        ),
        ("NewDepartment", object(&["name"], department())),
        ("DepartmentChange", object(&[], department())),
        ("Team", whole(json!({ "id": id(), "name": of("string"), "members": list(id()), "revision": of("integer") }))),
        (
            "NewTeam",
            object(
                &["name"],
                json!({
                    "id": {}, "name": of("string"), "members": { "type": ["array", "null"], "items": id() }, "revision": maybe("integer"),
                }),
            ),
        ),
        (
            "Share",
            whole(json!({
                "id": id(), "subject": subject, "right": one_of(&["read", "edit"]), "until": maybe_instant(), "created_by": maybe_id(),
                "created_at": instant(),
            })),
        ),
        (
            "NewShare",
            object(&["subject"], json!({ "subject": subject, "right": maybe_one_of(&["read", "edit"]), "until": maybe_instant() })),
        ),
        (
            "SecurityEvent",
            whole(json!({
                "id": of("integer"), "at": instant(), "actor": maybe_id(), "kind": of("string"), "detail": {},
            })),
        ),
    ];
    schemas.extend(role_schemas());
    schemas.extend(explanation(&subject));
    schemas
}

fn department() -> Json {
    json!({ "name": maybe("string"), "parent": maybe_id(), "managers": { "type": ["array", "null"], "items": id() } })
}

fn role_schemas() -> [(&'static str, Json); 2] {
    let scopes: Vec<&str> = Scope::EVERY.iter().map(|scope| scope.name()).collect();
    let rights: Vec<&str> = FieldRight::ALL.iter().map(|right| right.name()).collect();
    let cell = json!({ "oneOf": [
        one_of(&scopes),
        object(&[], json!({ "scope": maybe_one_of(&scopes), "rule": about(maybe("string"), "A condition over the record.") })),
    ] });
    let functions: Vec<&str> = Function::ALL.iter().map(|function| function.name()).collect();
    let grants = |cell: Json| {
        let cells: serde_json::Map<String, Json> = functions.iter().map(|name| ((*name).to_owned(), cell.clone())).collect();
        about(map(object(&[], Json::Object(cells))), "By object; `*` is every object that is not named.")
    };
    let fields = || map(map(one_of(&rights)));
    let role = whole(json!({
        "key": of("string"), "label": component("Label"), "origin": of("string"), "administrator": of("boolean"),
        "template": maybe_one_of(&["internal", "external"]), "grants": grants(cell.clone()), "fields": fields(),
        "min_group": maybe("integer"), "special": list(of("string")), "description": component("Label"), "duties": list(component("Label")),
        "revision": of("integer"),
    }));
    let words = || json!({ "oneOf": [of("string"), { "type": "object", "properties": { "zh-CN": of("string"), "en": of("string") } }] });
    let new = object(
        &[],
        json!({
            "key": maybe("string"), "label": nullable(component("NewLabel")), "origin": {}, "administrator": maybe("boolean"), "template": {},
            "grants": nullable(grants(nullable(cell))), "fields": nullable(fields()),
            "min_group": { "type": ["integer", "null"], "minimum": 0 },
            "special": { "type": ["array", "string", "null"], "items": of("string") },
            "description": nullable(words()), "duties": { "type": ["array", "null"], "items": words() }, "revision": maybe("integer"),
        }),
    );
    [("Role", role), ("NewRole", new)]
}

fn explanation(subject: &Json) -> [(&'static str, Json); 3] {
    let scopes: Vec<&str> = Scope::EVERY.iter().map(|scope| scope.name()).collect();
    let rights: Vec<&str> = FieldRight::ALL.iter().map(|right| right.name()).collect();
    let reason = object(
        &["by"],
        json!({
            "by": of("string"), "role": of("string"), "scope": one_of(&scopes), "rule": of("string"), "subject": subject,
            "right": one_of(&rights), "holds": about(of("boolean"), "For the record that was asked about."),
        }),
    );
    let functions: Vec<&str> = Function::ALL.iter().map(|function| function.name()).collect();
    let function = whole(json!({ "function": one_of(&functions), "allowed": of("boolean"), "reasons": list(component("Reason")) }));
    let record = whole(json!({ "id": id(), "functions": list(component("FunctionAnswer")) }));
    let field = whole(json!({ "field": of("string"), "right": one_of(&rights), "reasons": list(component("Reason")) }));
    let whole = whole(json!({
        "user": id(), "name": of("string"), "roles": list(of("string")), "object": of("string"), "follows": maybe("string"),
        "functions": list(component("FunctionAnswer")), "min_group": count(), "record": nullable(record), "field": nullable(field),
    }));
    [("Reason", reason), ("FunctionAnswer", function), ("Explanation", whole)]
}
