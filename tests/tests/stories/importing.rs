//! `guanxi import` beside a running server, on a small file with the same dirt as a real one.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

both!(
    customers_with_and_without_mark,
    unmapped_rows_are_refused_one_by_one,
    mapped_all_are_in,
    the_same_file_again_changes_nothing,
    a_rehearsal_writes_nothing,
    hooks_and_rights_hold,
    files_that_cannot_be_read,
    custom_fields_in_a_file,
);

const ROWS: usize = 300;
/// Every sixth row says `GTXPro` where the product is called `GTX Pro`.
const VARIANTS: usize = ROWS / 6;
/// Every seventh row has no account.
const BLANK: usize = ROWS.div_ceil(7);
const SELLERS: [&str; 3] = ["Moses Frase", "Darcel Schlecht", "Zane Levy"];
const PRODUCTS: [&str; 3] = ["GTX Basic", "MG Special", "GTX Plus Basic"];

/// A folder with the files of a small company, and the options that name them.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Files {
        Files { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), content).expect("a file can be written");
        self.path(name).to_str().expect("a path is text").to_owned()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name} is there: {error}"))
    }
}

/// Opportunities as a sales team exports them: a product name misspelt, blank accounts, open ones without date and value.
fn pipeline() -> String {
    let mut file = String::from("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n");
    for row in 0..ROWS {
        let product = if row % 6 == 3 { "GTXPro" } else { PRODUCTS[row % 3] };
        let account = if row % 7 == 0 { String::new() } else { format!("\"Company {}, Inc.\"", row % 5) };
        let (stage, close) = match row % 4 {
            0 => ("Won", format!("2017-03-{:02},{}", row % 28 + 1, 100 + row)),
            1 => ("Lost", format!("2017-04-{:02},0", row % 28 + 1)),
            2 => ("Engaging", ",".to_owned()),
            _ => ("Prospecting", ",".to_owned()),
        };
        file.push_str(&format!("R{row:04},{},{product},{account},{stage},2016-10-20,{close}\n", SELLERS[row % 3]));
    }
    file
}

const MAP: &str = r#"
key = "external_id"
[columns]
opportunity_id = "external_id"
sales_agent = { field = "owner", lookup = "name" }
product = { field = "product", lookup = "name" VALUES }
account = { field = "customer", lookup = "name", blank = "null" }
deal_stage = { field = "status", values = { Won = "won", Lost = "lost", Engaging = "open", Prospecting = "open" } }
close_date = "closed_on"
close_value = { field = "amount", default = "0" }
[defaults]
name = "Imported"
loss_reason = "other"
source = "import"
"#;

fn map(mapped: bool) -> String {
    MAP.replace(" VALUES", if mapped { ", values = { GTXPro = \"GTX Pro\" }" } else { "" })
}

fn company(tenant: &Tenant) {
    tenant.enable("sales");
    tenant.enable("competitor");
    for name in SELLERS {
        let email = format!("{}@sales.example", name.to_lowercase().replace(' ', "."));
        tenant.cli(&["user", "create", "--tenant", &tenant.key, "--email", &email, "--name", name, "--role", "salesperson"]).expect(0);
    }
    tenant.create_all("customer", (0..5).map(|number| json!({"name": format!("Company {number}, Inc.")})).collect());
    let products = PRODUCTS.iter().chain(&["GTX Pro"]).map(|name| json!({"name": name}));
    tenant.create_all("product", products.collect());
}

fn import(tenant: &Tenant, object: &str, more: &[&str]) -> guanxi_tests::server::Ran {
    let mut args = vec!["import", "--tenant", &tenant.key, "--object", object];
    args.extend(more);
    tenant.cli(&args)
}

/// The counts of a run with `--json`.
#[track_caller]
fn counts(ran: &guanxi_tests::server::Ran) -> Value {
    let last = ran.stdout.lines().rfind(|line| line.starts_with('{')).unwrap_or(&ran.stdout);
    serde_json::from_str(last).unwrap_or_else(|error| panic!("the counts are JSON ({error}): {ran}"))
}

#[track_caller]
fn assert_counts(ran: &guanxi_tests::server::Ran, wanted: Value) {
    let got = counts(ran);
    for (key, value) in wanted.as_object().into_iter().flatten() {
        assert_eq!(&got[key], value, "{key}: {ran}");
    }
}

fn customers_with_and_without_mark(tenant: &Tenant) {
    let files = Files::new();
    let map =
        files.write("map.toml", "key = \"external_id\"\n[columns]\naccount = \"name\"\nno = \"external_id\"\nsector = \"industry\"\n");
    let plain = files.write("plain.csv", "account,no,sector,ignored\nAcme,1,technolgy,x\n\"Quo\"\"ted, & more\",2,,y\n");
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend("account,no,sector\r\n华为,3,电子\r\n".as_bytes());
    let marked = files.write("marked.csv", marked);
    assert_counts(&import(tenant, "customer", &[&plain, "--map", &map, "--json"]).expect(0), json!({"created": 2, "refused": 0}));
    assert_counts(&import(tenant, "customer", &[&marked, "--map", &map, "--json"]).expect(0), json!({"created": 1, "refused": 0}));
    let names = tenant.admin.column("customer", "name", &[("sort", "external_id")]);
    assert_eq!(names, ["Acme", "Quo\"ted, & more", "华为"]);
    assert_eq!(tenant.admin.column("customer", "industry", &[("sort", "external_id")]), [json!("technolgy"), Value::Null, json!("电子")]);
    let history = tenant.admin.list("customer", &[("fields", "created_by.email")]);
    assert_eq!(history[0]["created_by.email"], json!(guanxi_tests::story::admin_email(&tenant.key)), "it acts as the first administrator");
    let lines = files.write("lines.csv", "name,notes\n王磊,\"first\nsecond\"\n");
    assert_counts(&import(tenant, "contact", &[&lines, "--json"]).expect(0), json!({"created": 1}));
    assert_eq!(tenant.admin.column("contact", "notes", &[]), ["first\nsecond"], "a cell may have several lines");
    // Without a map the columns are fields.
    let direct = files.write("direct.csv", "name,region\nDirect,North\n");
    assert_counts(&import(tenant, "customer", &[&direct, "--json"]).expect(0), json!({"created": 1}));
    let unknown = files.write("unknown.csv", "name,colour\nA,red\n");
    import(tenant, "customer", &[&unknown]).expect(0).says("colour"); // ignored, and said
}

fn unmapped_rows_are_refused_one_by_one(tenant: &Tenant) {
    company(tenant);
    let files = Files::new();
    let (file, map) = (files.write("pipeline.csv", pipeline()), files.write("map.toml", map(false)));
    let ran = import(tenant, "opportunity", &[&file, "--map", &map, "--json"]).expect(0);
    assert_counts(&ran, json!({"created": ROWS - VARIANTS, "refused": VARIANTS}));
    let refused = files.read("pipeline.refused.csv");
    assert_eq!(refused.lines().count(), VARIANTS + 1, "{refused}");
    assert_eq!(refused.matches("import.lookup_none").count(), VARIANTS, "{refused}");
    assert!(
        refused.lines().next().is_some_and(|head| head.contains("opportunity_id")),
        "the rows can be mended and loaded again: {refused}"
    );
    assert_eq!(tenant.count("opportunity", ""), (ROWS - VARIANTS) as i64, "nothing else is lost");

    // Where the result goes can be said, and a strict run tells that something was refused.
    let result = files.path("why.csv");
    let strict = import(tenant, "opportunity", &[&file, "--map", &map, "--strict", "--result", result.to_str().expect("a path")]);
    strict.expect(1);
    assert_eq!(files.read("why.csv").matches("import.lookup_none").count(), VARIANTS);
}

fn mapped_all_are_in(tenant: &Tenant) {
    company(tenant);
    let files = Files::new();
    let (file, map) = (files.write("pipeline.csv", pipeline()), files.write("map.toml", map(true)));
    assert_counts(&import(tenant, "opportunity", &[&file, "--map", &map, "--json"]).expect(0), json!({"created": ROWS, "refused": 0}));
    assert!(!files.path("pipeline.refused.csv").exists() || files.read("pipeline.refused.csv").lines().count() <= 1);
    assert_eq!(tenant.count("opportunity", ""), ROWS as i64);
    assert_eq!(tenant.count("opportunity", "customer == null"), BLANK as i64, "a blank account is none");
    assert_eq!(tenant.count("opportunity", "product.name == \"GTX Pro\""), VARIANTS as i64);
    let won: usize = (0..ROWS).filter(|row| row % 4 == 0).map(|row| 100 + row).sum();
    let by_status =
        json!({"object": "opportunity", "group_by": ["status", "stage"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]});
    assert_eq!(
        tenant.admin.groups(by_status),
        [
            json!([["lost", "contact"], [ROWS / 4, "0.00"]]),
            json!([["open", "contact"], [ROWS / 2, "0.00"]]),
            json!([["won", "signed"], [ROWS / 4, format!("{won}.00")]]),
        ]
    );
    let by_owner = json!({"object": "opportunity", "group_by": ["owner.name"], "measures": [{"fn": "count"}]});
    let mut owners: Vec<Value> = SELLERS.iter().map(|name| json!([[name], [ROWS / 3]])).collect();
    owners.sort_by_key(|group| group[0].to_string());
    assert_eq!(tenant.admin.groups(by_owner), owners);
    assert_eq!(tenant.admin.column("opportunity", "closed_on", &[("filter", "external_id == \"R0000\"")]), ["2017-03-01"]);
    assert_eq!(tenant.count("opportunity", "source == \"import\" && success_rate == 0"), (ROWS / 4) as i64, "the hooks ran");
}

fn the_same_file_again_changes_nothing(tenant: &Tenant) {
    company(tenant);
    let files = Files::new();
    let (file, map) = (files.write("pipeline.csv", pipeline()), files.write("map.toml", map(true)));
    import(tenant, "opportunity", &[&file, "--map", &map]).expect(0);
    let ran = import(tenant, "opportunity", &[&file, "--map", &map, "--json"]).expect(0);
    assert_counts(&ran, json!({"created": 0, "updated": 0, "unchanged": ROWS, "refused": 0}));
    assert_eq!(tenant.count("opportunity", "version == 1"), ROWS as i64);
    // One cell differs: one update.
    let changed = pipeline().replacen("R0004,Darcel Schlecht,MG Special", "R0004,Zane Levy,MG Special", 1);
    assert_ne!(changed, pipeline());
    let file = files.write("changed.csv", changed);
    let ran = import(tenant, "opportunity", &[&file, "--map", &map, "--json"]).expect(0);
    assert_counts(&ran, json!({"created": 0, "updated": 1, "unchanged": ROWS - 1, "refused": 0}));
    let moved = tenant.admin.list("opportunity", &[("filter", "version == 2"), ("fields", "external_id,owner.name")]);
    assert_eq!((&moved[0]["external_id"], &moved[0]["owner.name"]), (&json!("R0004"), &json!("Zane Levy")), "{moved:?}");
}

fn a_rehearsal_writes_nothing(tenant: &Tenant) {
    company(tenant);
    let files = Files::new();
    let (file, map) = (files.write("pipeline.csv", pipeline()), files.write("map.toml", map(false)));
    let ran = import(tenant, "opportunity", &[&file, "--map", &map, "--dry-run", "--json"]).expect(0);
    assert_counts(&ran, json!({"created": ROWS - VARIANTS, "refused": VARIANTS}));
    assert_eq!(tenant.count("opportunity", ""), 0);
    assert_eq!(tenant.count("opportunity__stages", ""), 0);
}

fn hooks_and_rights_hold(tenant: &Tenant) {
    company(tenant);
    let files = Files::new();
    let rows = "opportunity_id,name,status,stage,amount\nA,Ok,open,demo,10\nB,Silent,lost,demo,10\nC,,open,demo,10\nD,Odd,open,maybe,ten\nE,Fine,won,,1.5\n";
    let file = files.write("some.csv", rows);
    let map = files.write("map.toml", "key = \"external_id\"\n[columns]\nopportunity_id = \"external_id\"\nname = \"name\"\nstatus = \"status\"\nstage = \"stage\"\namount = \"amount\"\n");
    assert_counts(&import(tenant, "opportunity", &[&file, "--map", &map, "--json"]).expect(0), json!({"created": 2, "refused": 3}));
    let refused = files.read("some.refused.csv");
    for code in ["cp.loss.no_reason", "field.required", "field.option", "field.type"] {
        assert!(refused.contains(code), "{code}: {refused}");
    }
    assert_eq!(tenant.admin.column("opportunity", "stage", &[("sort", "external_id")]), ["demo", "signed"]);
    let denied = import(tenant, "customer", &[&file, "--as", "zane.levy@sales.example"]).expect(1);
    assert!(denied.stderr.contains("permission.denied"), "{denied}");
    import(tenant, "nothing", &[&file]).expect(1).says("not_found");
}

fn files_that_cannot_be_read(tenant: &Tenant) {
    let files = Files::new();
    let before = tenant.count("customer", "");
    for (name, content) in [
        ("quote.csv", &b"name,region\nA,North\n\"B,South\nC,East\n"[..]),
        ("width.csv", b"name,region\nA,North,extra\n"),
        ("latin.csv", b"name\n\xe9t\xe9\n"),
        ("twice.csv", b"name,name\nA,B\n"),
        ("empty.csv", b""),
    ] {
        let file = files.write(name, content);
        let ran = import(tenant, "customer", &[&file, "--dry-run"]);
        let told =
            format!("{}{}{}", ran.stdout, ran.stderr, std::fs::read_to_string(file.replace(".csv", ".refused.csv")).unwrap_or_default());
        assert!(told.contains("csv."), "{name}: {ran}\n{told}");
        assert!(!told.contains("panicked"), "{name}: {told}");
    }
    assert_eq!(tenant.count("customer", ""), before);
    let quote = files.path("quote.csv");
    let ran = import(tenant, "customer", &[quote.to_str().expect("a path")]).expect(1);
    assert!(ran.stderr.contains("csv."), "{ran}");
    assert_eq!(tenant.count("customer", ""), before, "an open quote leaves nothing half done");
    let bad_map = files.write("map.toml", "[columns\nname = 1");
    let good = files.write("good.csv", "name\nA\n");
    import(tenant, "customer", &[&good, "--map", &bad_map]).expect(1);
    let odd_map = files.write("odd.toml", "[columns]\nname = \"nothing\"\n");
    import(tenant, "customer", &[&good, "--map", &odd_map]).expect(1).says("nothing");
    assert_eq!(tenant.count("customer", ""), before);
}

fn custom_fields_in_a_file(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_dealers", "type": "integer", "label": {"en": "Dealers"}}));
    tenant.add_field("customer", json!({"key": "x_state_owned", "type": "bool", "label": {"en": "State owned"}}));
    let files = Files::new();
    let file = files.write("c.csv", "name,x_dealers,x_state_owned\nA,60,true\nB,,false\nC,many,true\n");
    assert_counts(&import(tenant, "customer", &[&file, "--json"]).expect(0), json!({"created": 2, "refused": 1}));
    assert_eq!(tenant.admin.column("customer", "name", &[("filter", "x_dealers > 50 && x_state_owned")]), ["A"]);
}
