//! Generated roles, rules, shares, departments, rights on fields and conditions against an oracle that goes through every record one by one:
//! whatever path is asked (get, list, pages, export, aggregate, history, search, a change tried out, an explanation), it answers what the
//! oracle says.
//!
//! `GUANXI_POLICY_CASES` asks more questions, `GUANXI_POLICY_SEED` another series.

mod conditions;

use std::collections::{BTreeMap, BTreeSet};

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Map, Value, json};

use crate::roles::put;
use conditions::{Condition, condition};

both!(every_path_agrees_with_the_oracle);

const CASES: usize = 1_200;
const RECORDS: usize = 60;
const USERS: usize = 5;
const DEPARTMENTS: usize = 5;
const ROLES: usize = 4;
/// Questions between two changes of the rights.
const ROUND: usize = 100;
const REGIONS: [&str; 3] = ["East", "West", "North"];
const SCOPES: [&str; 4] = ["own", "department", "department_below", "all"];
const FIELD_RIGHTS: [&str; 5] = ["none", "mask", "pseudonym", "read", "edit"];
const LIMITED: [&str; 3] = ["x_region", "x_score", "x_secret"];

/// Small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("small")
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

struct Row {
    id: String,
    name: String,
    owner: usize,
    region: Option<&'static str>,
    score: i64,
    secret: String,
    link: Option<usize>,
}

#[derive(Clone, Default)]
struct Cell {
    scope: Option<usize>,
    rule: Option<usize>,
}

#[derive(Clone, Default)]
struct Rights {
    cells: BTreeMap<&'static str, Cell>,
    fields: BTreeMap<&'static str, usize>,
}

/// A rule as it is written, and as the oracle understands it.
type Rule = (&'static str, fn(&World, &Row, usize) -> bool);

const RULES: [Rule; 6] = [
    ("x_region == \"East\"", |_, row, _| row.region == Some("East")),
    ("x_score > 50", |_, row, _| row.score > 50),
    ("x_region != \"West\" && x_score <= 30", |_, row, _| row.region != Some("West") && row.score <= 30),
    ("owner == me || x_score == 7", |_, row, user| row.owner == user || row.score == 7),
    ("x_region in [\"North\", \"East\"]", |_, row, _| matches!(row.region, Some("North" | "East"))),
    ("x_link.x_region == \"East\"", |world, row, _| row.link.is_some_and(|at| world.rows[at].region == Some("East"))),
];

struct World {
    users: Vec<(Api, String)>,
    /// The place of each user's department, if any.
    department_of: Vec<Option<usize>>,
    departments: Vec<String>,
    parents: Vec<Option<usize>>,
    managers: Vec<Vec<usize>>,
    team: String,
    members: Vec<usize>,
    rows: Vec<Row>,
    roles: Vec<Rights>,
    has: Vec<Vec<usize>>,
    /// Record, subject as (kind, place), may change.
    shares: Vec<(usize, &'static str, usize, bool)>,
}

impl World {
    fn below(&self, roots: &BTreeSet<usize>) -> BTreeSet<usize> {
        let under = |at: usize| {
            let mut way = Some(at);
            while let Some(place) = way {
                if roots.contains(&place) {
                    return true;
                }
                way = self.parents[place];
            }
            false
        };
        (0..self.departments.len()).filter(|at| under(*at)).collect()
    }

    fn managed(&self, user: usize) -> BTreeSet<usize> {
        (0..self.departments.len()).filter(|at| self.managers[*at].contains(&user)).collect()
    }

    fn cells(&self, user: usize, function: &str) -> Vec<&Cell> {
        self.has[user].iter().filter_map(|role| self.roles[*role].cells.get(function)).collect()
    }

    fn is_shared(&self, user: usize, place: usize, edit: bool) -> bool {
        let managed = self.managed(user);
        let own: BTreeSet<usize> = self.department_of[user].into_iter().chain(managed).collect();
        self.shares.iter().any(|(record, kind, subject, changes)| {
            let meant = match *kind {
                "user" => *subject == user,
                "team" => self.members.contains(&user),
                "role" => self.has[user].contains(subject),
                _ => own.iter().any(|department| self.below(&BTreeSet::from([*subject])).contains(department)),
            };
            *record == place && meant && (*changes || !edit)
        })
    }

    /// `None`: the function right is missing.
    fn reaches(&self, user: usize, function: &str, place: usize) -> Option<bool> {
        let cells = self.cells(user, function);
        if cells.is_empty() {
            return None;
        }
        let row = &self.rows[place];
        let department = self.department_of[row.owner];
        let managed = self.managed(user);
        let own: BTreeSet<usize> = self.department_of[user].into_iter().chain(managed.iter().copied()).collect();
        let by_cell = cells.iter().any(|cell| {
            let by_scope = match cell.scope {
                None => false,
                Some(3) => true,
                Some(2) => row.owner == user || department.is_some_and(|d| self.below(&own).contains(&d)),
                Some(1) => row.owner == user || department.is_some_and(|d| own.contains(&d)),
                Some(_) => row.owner == user,
            };
            by_scope || cell.rule.is_some_and(|rule| RULES[rule].1(self, row, user))
        });
        let reads = function != "edit";
        let by_manager = reads && department.is_some_and(|d| self.below(&managed).contains(&d));
        Some(by_cell || by_manager || self.is_shared(user, place, !reads))
    }

    fn field_right(&self, user: usize, field: &str) -> &'static str {
        let having = |functions: &[&str]| -> Vec<usize> {
            let all = self.has[user].iter().copied();
            all.filter(|role| functions.iter().any(|function| self.roles[*role].cells.contains_key(function))).collect()
        };
        let mut deciding = having(&["view"]);
        if deciding.is_empty() {
            deciding = having(&["aggregate", "edit"]);
        }
        let said = |role: &usize| self.roles[*role].fields.get(field).copied().unwrap_or(4);
        // Whom no role shows anything asks in vain, whatever the field.
        let Some(read) = deciding.iter().map(|role| said(role).min(3)).max() else { return "edit" };
        let edit = having(&["edit"]).iter().any(|role| said(role) == 4);
        if read == 3 && edit { "edit" } else { FIELD_RIGHTS[read] }
    }

    fn is_plain(&self, user: usize, field: &str) -> bool {
        matches!(self.field_right(user, field), "read" | "edit")
    }

    fn visible(&self, user: usize) -> Option<BTreeSet<usize>> {
        self.reaches(user, "view", 0)?;
        Some((0..self.rows.len()).filter(|place| self.reaches(user, "view", *place) == Some(true)).collect())
    }

    fn explain(&self, user: usize) -> String {
        let roles: Vec<String> = self.has[user]
            .iter()
            .map(|role| {
                let rights = &self.roles[*role];
                let cell = |(function, cell): (&&str, &Cell)| {
                    format!("{function}: {:?} {:?}", cell.scope.map(|s| SCOPES[s]), cell.rule.map(|r| RULES[r].0))
                };
                let cells: Vec<String> = rights.cells.iter().map(cell).collect();
                let fields: Vec<String> = rights.fields.iter().map(|(f, r)| format!("{f}={}", FIELD_RIGHTS[*r])).collect();
                format!("role {role} ({}; {})", cells.join(", "), fields.join(" "))
            })
            .collect();
        format!("user {user} of {:?}, manages {:?}: {}", self.department_of[user], self.managed(user), roles.join("; "))
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn every_path_agrees_with_the_oracle(tenant: &Tenant) {
    let cases = usize::try_from(number("GUANXI_POLICY_CASES", CASES as u64)).expect("a number of cases");
    let mut dice = Dice(number("GUANXI_POLICY_SEED", 0x5EED_2026).max(1));
    let mut world = world(tenant, &mut dice);
    for case in 0..cases {
        if case % ROUND == 0 {
            change_rights(tenant, &mut world, &mut dice);
        }
        let user = dice.below(USERS);
        match dice.below(9) {
            0 | 1 => lists(&world, user, &mut dice),
            2 => gets(&world, user, &mut dice),
            3 => aggregates(&world, user, &mut dice),
            4 => tells_history(&world, user, &mut dice),
            5 => searches(&world, user, &mut dice),
            6 => changes(&world, user, &mut dice),
            7 => exports(&world, user, &mut dice),
            _ => explains(tenant, &world, user, &mut dice),
        }
    }
}

fn world(tenant: &Tenant, dice: &mut Dice) -> World {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_case", "label": "Case"})).expect(201);
    tenant.add_field("x_case", json!({"key": "x_region", "type": "text", "label": "Region", "indexed": true}));
    tenant.add_field("x_case", json!({"key": "x_score", "type": "integer", "label": "Score"}));
    tenant.add_field("x_case", json!({"key": "x_secret", "type": "phone", "label": "Secret"}));
    tenant.add_field("x_case", json!({"key": "x_note", "type": "text", "label": "Note"}));
    tenant.add_field("x_case", json!({"key": "x_link", "type": "reference", "target": "x_case", "label": "Link"}));
    let parents: Vec<Option<usize>> = (0..DEPARTMENTS).map(|at| if at == 0 { None } else { Some(dice.below(at)) }).collect();
    let mut departments: Vec<String> = Vec::new();
    for (at, parent) in parents.iter().enumerate() {
        let parent = parent.map(|parent| departments[parent].clone());
        departments.push(tenant.admin.create_id("department", json!({"name": format!("D{at}"), "parent": parent})));
    }
    let department_of: Vec<Option<usize>> = (0..USERS).map(|at| if at == 0 { None } else { Some(dice.below(DEPARTMENTS)) }).collect();
    let users: Vec<(Api, String)> = (0..USERS)
        .map(|at| {
            let email = format!("u{at}@a.example");
            let department = department_of[at].map(|place| format!("D{place}"));
            (tenant.user(&email, department.as_deref(), &[]), tenant.user_id(&email))
        })
        .collect();
    let members: Vec<usize> = (0..USERS).filter(|at| at % 2 == 1).collect();
    let ids: Vec<&String> = members.iter().map(|at| &users[*at].1).collect();
    let team = tenant.admin.post("/api/v1/teams", &json!({"name": "Team", "members": ids})).expect(201).json["id"].clone();
    let mut rows: Vec<Row> = (0..RECORDS)
        .map(|at| Row {
            id: String::new(),
            // Searched by a word that no other record has, and that is no beginning of another's.
            name: format!("case{}z", at + 100),
            owner: dice.below(USERS),
            region: if dice.one_in(6) { None } else { Some(REGIONS[dice.below(3)]) },
            score: i64::try_from(dice.below(100)).expect("small"),
            secret: format!("139{:08}", 10_000_000 + dice.below(80_000_000)),
            link: None,
        })
        .collect();
    let record = |row: &Row| json!({"name": row.name, "owner": users[row.owner].1, "x_region": row.region, "x_score": row.score, "x_secret": row.secret});
    let made = tenant.create_all("x_case", rows.iter().map(record).collect());
    rows.iter_mut().zip(made).for_each(|(row, id)| row.id = id);
    for at in 0..RECORDS {
        if dice.one_in(3) {
            let to = dice.below(RECORDS);
            rows[at].link = Some(to);
            tenant.admin.change("x_case", &rows[at].id, json!({"x_link": rows[to].id}));
        }
    }
    World {
        users,
        department_of,
        departments,
        parents,
        managers: vec![Vec::new(); DEPARTMENTS],
        team: team.as_str().expect("an id").to_owned(),
        members,
        rows,
        roles: vec![Rights::default(); ROLES],
        has: vec![Vec::new(); USERS],
        shares: Vec::new(),
    }
}

/// New roles, new owners of roles, new managers, other shares.
fn change_rights(tenant: &Tenant, world: &mut World, dice: &mut Dice) {
    for at in 0..ROLES {
        let mut rights = Rights::default();
        let mut grants = Map::new();
        for function in ["view", "aggregate", "edit", "export"] {
            if dice.one_in(4) {
                continue;
            }
            let rule = dice.one_in(3).then(|| dice.below(RULES.len()));
            let scope = if rule.is_some() && dice.one_in(2) { None } else { Some(dice.below(4)) };
            let text = |scope: usize| SCOPES[scope];
            let said = match (scope, rule) {
                (Some(scope), None) => json!(text(scope)),
                (scope, rule) => json!({"scope": scope.map(text), "rule": rule.map(|rule| RULES[rule].0)}),
            };
            grants.insert(function.to_owned(), said);
            rights.cells.insert(function, Cell { scope, rule });
        }
        let mut fields = Map::new();
        for field in LIMITED {
            // Only texts can be masked.
            let right = match (dice.below(3), field) {
                (0, "x_score") => [0, 3][dice.below(2)],
                (0, _) => dice.below(5),
                _ => continue,
            };
            fields.insert(field.to_owned(), json!(FIELD_RIGHTS[right]));
            rights.fields.insert(field, right);
        }
        put(&tenant.admin, &format!("x_role{at}"), json!({"grants": {"x_case": grants}, "fields": {"x_case": fields}}));
        world.roles[at] = rights;
    }
    for user in 0..USERS {
        let mut roles: Vec<usize> = (0..ROLES).filter(|_| dice.one_in(2)).collect();
        roles.truncate(2);
        let keys: Vec<String> = roles.iter().map(|role| format!("x_role{role}")).collect();
        tenant.admin.put(&format!("/api/v1/users/{}/roles", world.users[user].1), &json!({"roles": keys})).expect(200);
        world.has[user] = roles;
    }
    for place in 0..DEPARTMENTS {
        let managers: Vec<usize> = (0..USERS).filter(|_| dice.one_in(8)).collect();
        let ids: Vec<&String> = managers.iter().map(|user| &world.users[*user].1).collect();
        tenant.admin.patch(&format!("/api/v1/departments/{}", world.departments[place]), None, &json!({"managers": ids})).expect(200);
        world.managers[place] = managers;
    }
    for (record, ..) in std::mem::take(&mut world.shares) {
        let path = format!("/api/v1/records/x_case/{}/shares", world.rows[record].id);
        for share in tenant.admin.get(&path).expect(200).json["shares"].as_array().expect("a list") {
            tenant.admin.delete(&format!("{path}/{}", share["id"].as_str().expect("an id"))).expect(204);
        }
    }
    for _ in 0..6 {
        let record = dice.below(RECORDS);
        let (kind, subject) = match dice.below(4) {
            0 => ("user", dice.below(USERS)),
            1 => ("team", 0),
            2 => ("role", dice.below(ROLES)),
            _ => ("department", dice.below(DEPARTMENTS)),
        };
        let edit = dice.one_in(2);
        if world.shares.iter().any(|(r, k, s, _)| (*r, *k, *s) == (record, kind, subject)) {
            continue;
        }
        let id = match kind {
            "user" => world.users[subject].1.clone(),
            "team" => world.team.clone(),
            "role" => format!("x_role{subject}"),
            _ => world.departments[subject].clone(),
        };
        let body = json!({"subject": {"kind": kind, "id": id}, "right": if edit { "edit" } else { "read" }});
        tenant.admin.post(&format!("/api/v1/records/x_case/{}/shares", world.rows[record].id), &body).expect(201);
        world.shares.push((record, kind, subject, edit));
    }
}

fn lists(world: &World, user: usize, dice: &mut Dice) {
    let Condition { text: filter, reads, holds } = condition(dice, true);
    let filter = filter.as_str();
    let sort = ["", "x_score", "-x_score", "x_secret", "name"][dice.below(5)];
    let sorted_by = sort.trim_start_matches('-');
    let (api, _) = &world.users[user];
    let limit = if dice.one_in(2) { "7" } else { "1000" };
    let first = [("filter", filter), ("sort", sort), ("limit", limit), ("fields", "name,x_region,x_score,x_secret")];
    let answer = api.query("/api/v1/records/x_case", &first);
    let Some(visible) = world.visible(user) else {
        answer.refused(403, "permission.denied");
        return;
    };
    if reads.iter().chain(LIMITED.iter().filter(|field| **field == sorted_by)).any(|field| !world.is_plain(user, field)) {
        answer.refused(403, "field.forbidden");
        return;
    }
    let wanted: BTreeSet<String> =
        visible.iter().map(|place| &world.rows[*place]).filter(|row| holds(world, row, user)).map(|row| row.id.clone()).collect();
    let mut rows: Vec<Value> = Vec::new();
    let mut page = answer.expect(200);
    assert_eq!(page.json["count"]["value"], json!(wanted.len()), "{}\n{page}", world.explain(user));
    loop {
        rows.extend(page.json["records"].as_array().expect("a list").iter().cloned());
        let Some(next) = page.json["next"].as_str().map(str::to_owned) else { break };
        let mut pairs = first.to_vec();
        pairs.push(("cursor", &next));
        page = api.query("/api/v1/records/x_case", &pairs).expect(200);
    }
    let found: Vec<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let distinct: BTreeSet<String> = found.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(found.len(), distinct.len(), "no record comes twice");
    assert_eq!(distinct, wanted, "{filter:?} {sort:?} {}", world.explain(user));
    if sorted_by == "x_score" {
        let scores: Vec<i64> = rows.iter().filter_map(|row| row["x_score"].as_i64()).collect();
        let mut sorted = scores.clone();
        sorted.sort_unstable();
        if sort.starts_with('-') {
            sorted.reverse();
        }
        assert_eq!(scores, sorted);
    }
    for row in &rows {
        shows(world, user, row);
    }
}

/// The values of a record as they must be shown.
fn shows(world: &World, user: usize, shown: &Value) {
    let row = world.rows.iter().find(|row| shown["id"] == json!(row.id)).expect("a record of the world");
    let stars = |text: &str| json!(format!("{}****{}", &text[..3], &text[text.len() - 4..]));
    let secret = match world.field_right(user, "x_secret") {
        "none" => Value::Null,
        "mask" => stars(&row.secret),
        "pseudonym" => {
            let word = shown["x_secret"].as_str().unwrap_or_default();
            assert!(word.starts_with("P-") && !word.contains(&row.secret), "{shown}");
            shown["x_secret"].clone()
        }
        _ => json!(row.secret),
    };
    assert_eq!(shown["x_secret"], secret, "{}", world.explain(user));
    let score = if world.is_plain(user, "x_score") { json!(row.score) } else { Value::Null };
    assert_eq!(shown["x_score"], score, "{}", world.explain(user));
    if world.is_plain(user, "x_region") {
        assert_eq!(shown["x_region"], json!(row.region), "{}", world.explain(user));
    } else if world.field_right(user, "x_region") == "none" || row.region.is_none() {
        assert_eq!(shown["x_region"], Value::Null);
    } else {
        assert_ne!(shown["x_region"], json!(row.region));
    }
}

fn status_of(sees: Option<bool>) -> u16 {
    match sees {
        None => 403,
        Some(false) => 404,
        Some(true) => 200,
    }
}

fn gets(world: &World, user: usize, dice: &mut Dice) {
    let place = dice.below(RECORDS);
    let answer = world.users[user].0.get(&format!("/api/v1/records/x_case/{}", world.rows[place].id));
    let wanted = status_of(world.reaches(user, "view", place));
    assert_eq!(answer.status, wanted, "record {place} {}\n{answer}", world.explain(user));
    if wanted == 200 {
        shows(world, user, &answer.json);
    }
}

fn tells_history(world: &World, user: usize, dice: &mut Dice) {
    let place = dice.below(RECORDS);
    let row = &world.rows[place];
    let answer = world.users[user].0.get(&format!("/api/v1/records/x_case/{}/history?field=x_secret", row.id));
    let wanted = match world.reaches(user, "view", place) {
        Some(true) if world.field_right(user, "x_secret") == "none" => 403,
        sees => status_of(sees),
    };
    assert_eq!(answer.status, wanted, "record {place} {}\n{answer}", world.explain(user));
    if wanted == 200 {
        assert_eq!(answer.text.contains(&row.secret), world.is_plain(user, "x_secret"), "{answer}");
    }
}

fn aggregates(world: &World, user: usize, dice: &mut Dice) {
    let Condition { text: filter, reads, holds } = condition(dice, false);
    let body = json!({
        "object": "x_case", "filter": filter, "group_by": ["x_region"],
        "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_score"}],
    });
    let answer = world.users[user].0.post("/api/v1/aggregate", &body);
    if world.cells(user, "aggregate").is_empty() {
        answer.refused(403, "permission.denied");
        return;
    }
    if reads.iter().chain(["x_region", "x_score"].iter()).any(|field| !world.is_plain(user, field)) {
        answer.refused(403, "field.forbidden");
        return;
    }
    let mut wanted: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for (place, row) in world.rows.iter().enumerate().filter(|(_, row)| holds(world, row, user)) {
        if world.reaches(user, "aggregate", place) == Some(true) {
            let sums = wanted.entry(row.region.unwrap_or_default().to_owned()).or_default();
            *sums = (sums.0 + 1, sums.1 + row.score);
        }
    }
    let answer = answer.expect(200);
    let found: BTreeMap<String, (i64, i64)> = answer.json["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .map(|group| {
            let figure = |at: usize| group["values"][at].as_i64().unwrap_or_default();
            (group["key"][0].as_str().unwrap_or_default().to_owned(), (figure(0), figure(1)))
        })
        .collect();
    assert_eq!(found, wanted, "{filter:?} {}\n{answer}", world.explain(user));
}

/// A file holds the records that one both sees and may export.
fn exports(world: &World, user: usize, dice: &mut Dice) {
    let Condition { text: filter, reads, holds } = condition(dice, true);
    let answer = world.users[user].0.query("/api/v1/records/x_case/export", &[("filter", filter.as_str()), ("fields", "name,x_secret")]);
    let Some(visible) = world.visible(user).filter(|_| !world.cells(user, "export").is_empty()) else {
        answer.refused(403, "permission.denied");
        return;
    };
    if reads.iter().any(|field| !world.is_plain(user, field)) {
        answer.refused(403, "field.forbidden");
        return;
    }
    let text = answer.expect(200).text;
    let wanted: BTreeMap<&str, &Row> = visible
        .iter()
        .filter(|place| world.reaches(user, "export", **place) == Some(true))
        .map(|place| &world.rows[*place])
        .filter(|row| holds(world, row, user))
        .map(|row| (row.name.as_str(), row))
        .collect();
    let found: BTreeMap<&str, &str> = text.lines().skip(1).filter_map(|line| line.split_once(',')).collect();
    let names: Vec<&&str> = wanted.keys().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), names, "{filter:?} {}", world.explain(user));
    for (name, secret) in found {
        let shown = json!({"id": wanted[name].id, "x_secret": Some(secret).filter(|secret| !secret.is_empty())});
        assert_eq!(shown["x_secret"] == json!(wanted[name].secret), world.is_plain(user, "x_secret"), "{}", world.explain(user));
    }
}

fn searches(world: &World, user: usize, dice: &mut Dice) {
    let place = dice.below(RECORDS);
    let row = &world.rows[place];
    let sees = world.reaches(user, "view", place) == Some(true);
    let answer = world.users[user].0.query("/api/v1/search", &[("q", &row.name)]).expect(200);
    let found = answer.json["results"].as_array().expect("results").iter().any(|result| result["id"] == json!(row.id));
    assert_eq!(found, sees, "record {place} {}\n{answer}", world.explain(user));
    // The digits of a value that may not be known find nothing.
    let digits = world.users[user].0.query("/api/v1/search", &[("q", &row.secret)]).expect(200);
    let found = digits.json["results"].as_array().expect("results").iter().any(|result| result["id"] == json!(row.id));
    assert!(!found || (sees && world.is_plain(user, "x_secret")), "record {place} {}\n{digits}", world.explain(user));
}

fn changes(world: &World, user: usize, dice: &mut Dice) {
    let place = dice.below(RECORDS);
    let path = format!("/api/v1/records/x_case/{}?dry_run=true", world.rows[place].id);
    let answer = world.users[user].0.patch(&path, None, &json!({"x_note": "tried"}));
    let wanted = match (world.reaches(user, "edit", place), world.reaches(user, "view", place)) {
        (None, _) => 403,
        (_, None | Some(false)) => 404,
        (Some(edits), Some(true)) => {
            if edits {
                200
            } else {
                403
            }
        }
    };
    assert_eq!(answer.status, wanted, "record {place} {}\n{answer}", world.explain(user));
    if wanted == 200 {
        shows(world, user, &answer.json["record"]);
        let score = world.users[user].0.patch(&path, None, &json!({"x_score": 101}));
        let may = world.field_right(user, "x_score") == "edit";
        assert_eq!(score.status, if may { 200 } else { 403 }, "record {place} {}\n{score}", world.explain(user));
    }
}

fn explains(tenant: &Tenant, world: &World, user: usize, dice: &mut Dice) {
    let place = dice.below(RECORDS);
    let pairs = [("user", world.users[user].1.as_str()), ("object", "x_case"), ("id", &world.rows[place].id), ("field", "x_secret")];
    let told = tenant.admin.query("/api/v1/access/explain", &pairs).expect(200);
    let of = |function: &str| {
        let all = told.json["record"]["functions"].as_array().expect("a list");
        all.iter().find(|one| one["function"] == function).map(|one| one["allowed"] == json!(true))
    };
    for function in ["view", "edit", "aggregate"] {
        let wanted = world.reaches(user, function, place) == Some(true);
        assert_eq!(of(function), Some(wanted), "{function} of record {place} {}\n{told}", world.explain(user));
    }
    if !world.cells(user, "view").is_empty() {
        let (said, wanted) = (&told.json["field"]["right"], world.field_right(user, "x_secret"));
        // A field that no role names may be changed by whoever may change the record.
        let same = *said == json!(wanted) || (*said == json!("edit") && wanted == "read");
        assert!(same, "{said} is not {wanted}: {}\n{told}", world.explain(user));
    }
}
