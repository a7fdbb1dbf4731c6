//! Manifests with mistakes: each is found with its place, its line and what to do, and all of them at once.

use guanxi_sandbox::Manifest;
use guanxi_sandbox::manifest::{ManifestProblem, RowValue};

/// A manifest with one of everything. `REPLACE` places are where the tests put their mistakes.
const GOOD: &str = r#"
id = "demo"
version = "0.1.0"
prefix = "de"
name = { zh-CN = "演示", en = "Demo" }
publisher = "Guanxi"
layer = "function"
category = "analytical"
requires = ["object:opportunity@1", "plugin:sales@0.1"]
provides = ["product@1"]

[capabilities]
uses = ["records.read", "query"]
[[capabilities.reads]]
object = "customer"
fields = ["name", "owner"]

[[objects]]
key = "product"
label = { zh-CN = "产品", en = "Product" }
title = "name"
tracked = "stage"
[[objects.fields]]
key = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
[[objects.fields]]
key = "stage"
type = "select"
label = { zh-CN = "阶段", en = "Stage" }
default = "a"
options = [{ code = "a", label = { zh-CN = "甲", en = "A" } }, { code = "b", label = { zh-CN = "乙", en = "B" } }]
[[objects.fields]]
key = "price"
type = "money"
label = { zh-CN = "价格", en = "Price" }
default = "0.50"
[[objects.fields]]
key = "customer"
type = "reference"
target = "customer"
label = { zh-CN = "客户", en = "Customer" }
[[objects.fields]]
key = "since"
type = "date"
label = { zh-CN = "自", en = "Since" }

[[fields]]
object = "customer"
key = "de_rank"
type = "integer"
label = { zh-CN = "排名", en = "Rank" }

[[uniques]]
object = "product"
fields = ["customer"]
where = "stage == \"a\""
code = "de.product.twice"

[[roles]]
key = "de_analyst"
label = { zh-CN = "分析员", en = "Analyst" }
[roles.grants.product]
view = "all"
edit = "none"

[[roles]]
key = "salesperson"
[roles.grants.product]
view = "own"

[[menu]]
label = { zh-CN = "产品", en = "Products" }
object = "product"

[[menu]]
label = { zh-CN = "概览", en = "Overview" }
page = "overview"

[[pages]]
key = "overview"
label = { zh-CN = "概览", en = "Overview" }

[[panels]]
key = "rivals"
object = "opportunity"
label = { zh-CN = "对手", en = "Rivals" }

[[cards]]
card = "transactions"
key = "sold"
object = "product"
through = "customer"
label = { zh-CN = "售出", en = "Sold" }
date = "since"
amount = "price"
status = "stage"
person = "owner"
where = "price > 1"
measure = "volume"

[[hooks]]
on = "before-save"
object = "customer"
watch = ["name"]
read = ["de_rank"]

[[seed]]
object = "product"
key = "name"
rows = [{ _key = "one", name = "One" }]

[[sample]]
object = "customer"
rows = [{ _key = "acme", name = "Acme", owner = { user = "a@b.example" } }]

[[sample]]
object = "product"
file = "rows.json"

[messages]
"de.product.twice" = { zh-CN = "重复", en = "Twice" }
"overview.total" = { zh-CN = "共 {n}", en = "{n} in all" }
"#;

const ROWS: &str = r#"[{ "name": "Two", "stage": "b", "price": "12.00", "customer": { "ref": "acme" }, "since": { "days": -12 } }]"#;

fn read(text: &str) -> Result<Manifest, Vec<ManifestProblem>> {
    Manifest::from_toml(text, &|name| if name == "rows.json" { Ok(ROWS.to_owned()) } else { Err("no such file".to_owned()) })
}

fn changed(from: &str, to: &str) -> Vec<ManifestProblem> {
    assert!(GOOD.contains(from), "{from}");
    read(&GOOD.replacen(from, to, 1)).expect_err(to)
}

#[test]
fn a_good_manifest_is_good() {
    let manifest = read(GOOD).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(manifest.sample[1].rows[0]["since"], RowValue::Days { days: -12, time: None });
    assert!(manifest.may_set("customer", "de_rank") && !manifest.may_set("customer", "name"));
    assert!(manifest.may_read("customer", "name") && !manifest.may_read("customer", "phone"));
    assert_eq!(manifest.required_plugins().collect::<Vec<_>>(), [("sales", "0.1")]);
    assert_eq!(
        manifest.objects[0].fields[2].default_value(2).map(|v| format!("{v:?}")).as_deref(),
        Some("Decimal(Decimal { units: 50, scale: 2 })")
    );
    let json = serde_json::to_vec(&manifest).expect("it serialises");
    assert_eq!(Manifest::from_json(&json).expect("it reads back"), manifest);
}

#[test]
fn each_mistake_is_found_at_its_place() {
    for (from, to, path, says) in [
        ("id = \"demo\"", "id = \"Demo!\"", "id", "not a plugin id"),
        ("version = \"0.1.0\"", "version = \"1.0\"", "version", "three numbers"),
        ("prefix = \"de\"", "prefix = \"DE\"", "prefix", "not a prefix"),
        ("en = \"Demo\"", "en = \" \"", "name", "`en` is missing"),
        ("\"object:opportunity@1\"", "\"object:spaceship@1\"", "requires[0]", "well-known"),
        ("\"plugin:sales@0.1\"", "\"sales\"", "requires[1]", "not a requirement"),
        ("[\"product@1\"]", "[\"product@2\"]", "provides[0]", "well-known"),
        ("\"records.read\"", "\"records.write\"", "capabilities.uses[0]", "no capability"),
        ("fields = [\"name\", \"owner\"]", "fields = [\"name\", \"age\"]", "capabilities.reads[0].fields[1]", "no field `age`"),
        ("provides = [\"product@1\"]", "provides = []", "objects[0].key", "call it `de_product`"),
        ("title = \"name\"", "title = \"label\"", "objects[0].title", "no field `label`"),
        ("tracked = \"stage\"", "tracked = \"price\"", "objects[0].tracked", "not a select"),
        ("default = \"a\"", "default = \"c\"", "objects[0].fields[1].default", "does not fit"),
        ("default = \"0.50\"", "default = \"0.505\"", "objects[0].fields[2].default", "does not fit"),
        ("key = \"price\"", "key = \"owner\"", "objects[0].fields[2].key", "already has"),
        ("type = \"money\"", "type = \"money\"\nmax = 3", "objects[0].fields[2].max", "remove it"),
        ("code = \"b\"", "code = \"a\"", "objects[0].fields[1].options[1].code", "twice"),
        ("target = \"customer\"", "target = \"spaceship\"", "objects[0].fields[3].target", "no object"),
        ("key = \"de_rank\"", "key = \"rank\"", "fields[0].key", "call it `de_rank`"),
        ("where = \"stage == \\\"a\\\"\"", "where = \"stage ==\"", "uniques[0].where", "character"),
        ("code = \"de.product.twice\"", "code = \"field.not_unique\"", "uniques[0].code", "does not begin"),
        ("code = \"de.product.twice\"", "code = \"de.other\"", "uniques[0].code", "no words"),
        ("key = \"de_analyst\"", "key = \"administrator\"", "roles[0].key", "not a role"),
        ("view = \"all\"", "view = \"some\"", "roles[0].grants.\"product\".view", "not a reach"),
        ("edit = \"none\"", "destroy = \"none\"", "roles[0].grants.\"product\".destroy", "no right"),
        (
            "[roles.grants.product]\nview = \"own\"",
            "[roles.grants.customer]\nview = \"own\"",
            "roles[1].grants.\"customer\"",
            "your own objects",
        ),
        ("page = \"overview\"", "page = \"summary\"", "menu[1].page", "no page"),
        ("through = \"customer\"", "through = \"owner\"", "cards[0].through", "leads to `user`"),
        ("through = \"customer\"", "through = \"since\"", "cards[0].through", "not a reference"),
        ("through = \"customer\"", "through = \"client\"", "cards[0].through", "no field `client`"),
        ("through = \"customer\"", "through = \"owner.owner.owner.owner\"", "cards[0].through", "too long"),
        ("key = \"sold\"\nobject = \"product\"", "key = \"sold\"\nobject = \"contact\"", "cards[0].object", "your own objects"),
        ("date = \"since\"", "date = \"price\"", "cards[0].date", "does not fit"),
        ("amount = \"price\"", "amount = \"stage\"", "cards[0].amount", "money"),
        ("status = \"stage\"", "status = \"nothing\"", "cards[0].status", "no field `nothing`"),
        ("person = \"owner\"", "person = \"customer\"", "cards[0].person", "reference to `user`"),
        ("where = \"price > 1\"", "where = \"price >\"", "cards[0].where", "character"),
        ("card = \"transactions\"", "card = \"contacts\"", "cards[0].measure", "summary"),
        ("watch = [\"name\"]", "watch = [\"phone\"]", "hooks[0].watch[0]", "does not ask to read"),
        ("_key = \"one\", name = \"One\"", "_key = \"one\"", "seed[0].rows[0]", "required field `name`"),
        ("object = \"product\"\nkey = \"name\"", "object = \"product\"", "seed[0].key", "key field"),
        ("_key = \"acme\"", "_key = \"other\"", "sample[1].rows[0].customer", "no earlier row"),
        ("rows.json", "none.json", "sample[1].file", "no such file"),
        ("rows.json", "../rows.json", "sample[1].file", "outside"),
        ("en = \"{n} in all\"", "en = \"\"", "messages.\"overview.total\"", "`en` is missing"),
    ] {
        let problems = changed(from, to);
        let problem = problems.iter().find(|p| p.path == path).unwrap_or_else(|| panic!("{to}: nothing at {path} in {problems:#?}"));
        assert!(problem.to_string().contains(says), "{to}: {problem}");
        let inside_a_file = path.starts_with("sample[1].rows");
        assert!(problem.line.is_some_and(|line| line > 1) || inside_a_file, "{to}: no line in {problem:?}");
    }
}

#[test]
fn unknown_keys_and_wrong_types_are_refused_with_their_line() {
    for (from, to, says) in [
        ("publisher = \"Guanxi\"", "publisher = \"Guanxi\"\ncolour = \"red\"", "colour"),
        ("type = \"money\"", "type = \"cash\"", "cash"),
        ("required = true", "required = \"yes\"", "yes"),
        ("type = \"integer\"", "type = \"integer\"\nsize = 3", "size"),
        ("on = \"before-save\"", "on = \"after-save\"", "after-save"),
        ("default = \"0.50\"", "default = 0.5", "decimals are written as text"),
        ("id = \"demo\"", "id = ", ""),
    ] {
        let problems = changed(from, to);
        assert!(problems[0].line.is_some() && problems[0].detail.contains(says), "{to}: {problems:#?}");
    }
}

#[test]
fn all_mistakes_come_at_once() {
    let text = GOOD
        .replace("version = \"0.1.0\"", "version = \"1\"")
        .replace("en = \"Rank\"", "en = \"\"")
        .replace("view = \"all\"", "view = \"x\"");
    let paths: Vec<String> = read(&text).expect_err("three mistakes").into_iter().map(|p| p.path).collect();
    assert_eq!(paths, ["version", "fields[0].label", "roles[0].grants.\"product\".view"]);
}
