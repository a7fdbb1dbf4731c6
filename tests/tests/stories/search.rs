//! The search: one table of questions with the same answers on both databases, through the policy, after every kind of change.

use std::time::{Duration, Instant};

use guanxi_tests::api::{Answer, Api};
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

use crate::roles::put;

both!(
    one_table_of_questions,
    ranks_and_snippets,
    lists_take_words,
    the_index_follows_every_change,
    batches_imports_and_undo,
    fields_come_and_go,
    scopes_and_field_rights,
    another_tenants_records,
    what_is_wrong_with_a_search,
);

fn search(api: &Api, pairs: &[(&str, &str)]) -> Answer {
    api.query("/api/v1/search", pairs).expect(200)
}

fn titles(api: &Api, words: &str) -> Vec<String> {
    found(api, &[("q", words), ("limit", "100")])
}

fn found(api: &Api, pairs: &[(&str, &str)]) -> Vec<String> {
    let answer = search(api, pairs);
    let results = answer.json["results"].as_array().unwrap_or_else(|| panic!("results: {answer}"));
    results.iter().map(|result| result["title"].as_str().expect("a title").to_owned()).collect()
}

/// Until the index holds what was there before it.
fn indexed(api: &Api) {
    let started = Instant::now();
    while search(api, &[("q", "a")]).json["indexing"] == true {
        assert!(started.elapsed() < Duration::from_secs(60), "the index is complete after a while");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn company(tenant: &Tenant) {
    let customers = [
        json!({"name": "北京华联超市有限公司", "phone": "010-6505 1234", "region": "华北"}),
        json!({"name": "华为技术有限公司", "notes": "Huawei Technologies, met at the fair"}),
        json!({"name": "Huawei 华为终端", "email": "sales@huawei.example"}),
        json!({"name": "华联人居集团", "address": "西湖大道 88 号"}),
        json!({"name": "Élan Vital GmbH", "code": "EV-20260017"}),
        json!({"name": "重庆单家食品"}),
    ];
    tenant.create_all("customer", customers.to_vec());
    let contacts = [
        json!({"name": "张三", "phone": "13812345678"}),
        json!({"name": "张三丰", "phone": "+86 139 0000 5678", "position": "董事"}),
        json!({"name": "李四", "notes": "张三 introduced her"}),
        json!({"name": "Zhang San", "email": "zhang.san@example.com"}),
        json!({"name": "章 珊"}),
    ];
    tenant.create_all("contact", contacts.to_vec());
}

fn one_table_of_questions(tenant: &Tenant) {
    company(tenant);
    let (zs, zsf, ls, latin, wide) = ("张三", "张三丰", "李四", "Zhang San", "章 珊");
    let (hualian, huawei, terminal, renju, elan, chongqing) =
        ("北京华联超市有限公司", "华为技术有限公司", "Huawei 华为终端", "华联人居集团", "Élan Vital GmbH", "重庆单家食品");
    for (words, wanted) in [
        ("zs", vec![wide, zs, zsf]),
        ("ZS", vec![wide, zs, zsf]),
        ("zsf", vec![zsf]),
        ("zhangsan", vec![zs, zsf]),
        ("zhang san", vec![latin, zs, zsf]),
        ("zhangshan", vec![wide]),
        ("张三", vec![zs, zsf, ls]),
        ("章珊", vec![wide]),
        ("三", vec![zsf, zs, ls]),
        ("张san", vec![zsf, zs]),
        ("北京华联", vec![hualian]),
        ("华联", vec![renju, hualian]),
        ("hl", vec![renju, hualian]),
        ("hlcs", vec![hualian]),
        ("bjhl", vec![hualian]),
        ("hualian", vec![renju, hualian]),
        ("huawei 华为", vec![terminal, huawei]),
        ("华为 huawei", vec![terminal, huawei]),
        ("huawei", vec![terminal, huawei]),
        ("hua", vec![terminal, renju, huawei, hualian]),
        ("elan vi", vec![elan]),
        ("éLAN", vec![elan]),
        ("chongqing", vec![chongqing]),
        ("zhongqing", vec![chongqing]),
        ("shanjia", vec![chongqing]),
        ("13812345678", vec![zs]),
        ("138 1234 5678", vec![zs]),
        ("+86 138-1234-5678", vec![zs]),
        ("5678", vec![zsf, zs]),
        ("345", vec![zs]),
        ("01065051234", vec![hualian]),
        ("张三 5678", vec![zsf, zs]),
        ("0017", vec![elan]),
        ("ev-2026", vec![elan]),
        ("88", vec![renju]),
        ("西湖", vec![renju]),
        ("fair", vec![huawei]),
        ("zhang.san@example.com", vec![latin]),
        ("huawei.example", vec![terminal]),
        ("dongshi", vec![zsf]),
        // Not found: another order, another sound, another number, one word too many, a part that is no beginning, nothing at all.
        ("三张", vec![]),
        ("sanzhang", vec![]),
        ("华联北京", vec![]),
        ("zhangsi", vec![]),
        ("13912345678", vec![]),
        ("78", vec![]),
        ("huawei 小米", vec![]),
        ("uawei", vec![]),
        ("张三 李四 王五", vec![]),
        ("", vec![]),
        (" ... ", vec![]),
    ] {
        let answer = search(&tenant.admin, &[("q", words), ("limit", "100")]);
        // The administrator's own record is called like the part of the address before the @.
        let results: Vec<&str> =
            answer.json["results"].as_array().expect("results").iter().filter_map(|one| one["title"].as_str()).collect();
        assert_eq!(results, wanted, "`{words}`: {answer}");
        assert_eq!((&answer.json["more"], &answer.json["indexing"]), (&json!(false), &json!(false)), "`{words}`");
    }
}

fn ranks_and_snippets(tenant: &Tenant) {
    company(tenant);
    let answer = search(&tenant.admin, &[("q", "张三"), ("object", "contact")]);
    let results = answer.json["results"].as_array().expect("results");
    assert_eq!(results[0]["title"], "张三", "{answer}");
    assert_eq!(results[0]["marks"], json!({"title": [[0, 2]], "snippet": []}), "{answer}");
    assert_eq!((&results[0]["object"], &results[0]["snippet"]), (&json!("contact"), &json!("")), "{answer}");
    assert_eq!(results[2]["title"], "李四", "{answer}");
    let snippet = results[2]["snippet"].as_str().expect("a text");
    assert!(snippet.ends_with("张三 introduced her"), "{answer}");
    let mark = &results[2]["marks"]["snippet"][0];
    let (from, to) = (mark[0].as_u64().expect("a place"), mark[1].as_u64().expect("a place"));
    let marked: String = snippet.chars().skip(from as usize).take((to - from) as usize).collect();
    assert_eq!(marked, "张三", "{answer}");
    let phone = search(&tenant.admin, &[("q", "138 1234")]);
    let shown = phone.json["results"][0]["snippet"].as_str().expect("a text");
    assert!(shown.contains("13812345678"), "{phone}");
    assert_eq!(found(&tenant.admin, &[("q", "张三"), ("limit", "1")]), ["张三"]);
    assert_eq!(search(&tenant.admin, &[("q", "张三"), ("limit", "1")]).json["more"], true);
    assert_eq!(found(&tenant.admin, &[("q", "hua"), ("object", "contact")]), Vec::<String>::new());
    // Many newer ones do not hide the one that is called so.
    let many = (0..260).map(|n| json!({"name": format!("李四 {n}"), "notes": "张三"}));
    tenant.create_all("contact", many.collect());
    let answer = search(&tenant.admin, &[("q", "张三"), ("limit", "5")]);
    let titles: Vec<&Value> = answer.json["results"].as_array().expect("results").iter().map(|one| &one["title"]).collect();
    assert_eq!((titles[0], titles[1]), (&json!("张三"), &json!("张三丰")), "{answer}");
    assert_eq!(answer.json["more"], true);
}

fn lists_take_words(tenant: &Tenant) {
    company(tenant);
    let names = |pairs: &[(&str, &str)]| tenant.admin.column("contact", "name", pairs);
    assert_eq!(names(&[("q", "zs"), ("sort", "name")]), [json!("张三"), json!("张三丰"), json!("章 珊")]);
    assert_eq!(names(&[("q", "zs"), ("filter", "position == null"), ("sort", "name")]), [json!("张三"), json!("章 珊")]);
    assert_eq!(names(&[("q", "5678 zs"), ("sort", "name")]), [json!("张三"), json!("张三丰")]);
    assert_eq!(names(&[("q", "...")]), Vec::<Value>::new());
    assert_eq!(
        names(&[("filter", "name.contains(\"zs\") && phone.contains(\"5678\")"), ("sort", "-name")]),
        [json!("张三丰"), json!("张三")]
    );
    assert_eq!(names(&[("filter", "!name.contains(\"zhang\")")]), [json!("李四")]);
    let page = tenant.admin.query("/api/v1/records/contact", &[("q", "zs"), ("sort", "name"), ("limit", "2")]).expect(200).json;
    assert_eq!(page["count"], json!({"value": 3, "exact": true}), "{page}");
    let next = page["next"].as_str().expect("a cursor");
    let rest = [("q", "zs"), ("sort", "name"), ("limit", "2"), ("cursor", next)];
    assert_eq!(names(&rest), [json!("章 珊")]);
    tenant.admin.query("/api/v1/records/contact", &[("q", "zsf"), ("sort", "name"), ("cursor", next)]).refused(400, "request.malformed");
    let body = json!({"q": "zsf", "fields": ["name"]});
    let same = tenant.admin.post("/api/v1/records/contact/query", &body).expect(200).json;
    assert_eq!(same["records"][0]["name"], "张三丰", "{same}");
    for filter in ["owner.contains(\"a\")", "created_at.contains(\"a\")", "name.contains(1)"] {
        tenant.admin.query("/api/v1/records/contact", &[("filter", filter)]).expect(422);
    }
}

fn the_index_follows_every_change(tenant: &Tenant) {
    let api = &tenant.admin;
    let id = api.create_id("customer", json!({"name": "江南汽车", "phone": "02588880001"}));
    assert_eq!(titles(api, "jiangnan"), ["江南汽车"]);
    api.change("customer", &id, json!({"name": "江北汽车"}));
    assert_eq!((titles(api, "jiangnan"), titles(api, "jbqc")), (vec![], vec!["江北汽车".to_owned()]));
    assert_eq!(titles(api, "88880001"), ["江北汽车"], "the other fields are still found");
    api.change("customer", &id, json!({"phone": null}));
    assert_eq!((titles(api, "88880001"), titles(api, "江北")), (vec![], vec!["江北汽车".to_owned()]));
    let path = format!("/api/v1/records/customer/{id}");
    api.delete(&path).expect(204);
    assert_eq!(titles(api, "江北"), Vec::<String>::new());
    api.post(&format!("{path}/restore"), &json!({})).expect(200);
    assert_eq!(titles(api, "江北"), ["江北汽车"]);
    let history = api.get(&format!("{path}/history")).expect(200).json;
    let entry =
        history["changes"].as_array().expect("changes").iter().find(|change| !change["fields"]["name"].is_null()).expect("the rename");
    api.post(&format!("{path}/history/{}/undo", entry["id"]), &json!({})).expect(200);
    assert_eq!((titles(api, "江北"), titles(api, "江南")), (vec![], vec!["江南汽车".to_owned()]));
    // Nothing of a unit that is refused.
    let unit = json!([{"name": "会见不到"}, {"name": null}]);
    api.post("/api/v1/records/customer", &unit).refused(422, "field.required");
    assert_eq!(titles(api, "会见"), Vec::<String>::new());
    let version = api.record("customer", &id)["version"].as_i64();
    api.patch(&path, version.map(|version| version - 1), &json!({"name": "晚了"})).refused(409, "record.version_conflict");
    assert_eq!(titles(api, "晚了"), Vec::<String>::new());
    api.delete(&path).expect(204);
    api.delete(&format!("/api/v1/recycle-bin/customer/{id}")).expect(204);
    assert_eq!(titles(api, "江南"), Vec::<String>::new());
    // A number that the server gives, and a text that it computes.
    api.post("/api/v1/objects", &json!({"key": "x_case", "label": {"en": "Case"}})).expect(201);
    tenant.add_field("x_case", json!({"key": "x_no", "type": "sequence", "format": "CS{yyyy}-{0000}", "label": {"en": "No."}}));
    tenant.add_field("x_case", json!({"key": "x_both", "type": "formula", "formula": "name + \" closed\"", "label": {"en": "Both"}}));
    let made = api.create("x_case", json!({"name": "漏油"}));
    let number = made["x_no"].as_str().expect("a number");
    assert_eq!((titles(api, number), titles(api, "closed")), (vec!["漏油".to_owned()], vec!["漏油".to_owned()]));
}

fn batches_imports_and_undo(tenant: &Tenant) {
    let api = &tenant.admin;
    let records = (0..30).map(|n| json!({"name": format!("客户 {n}"), "region": "northern"}));
    tenant.create_all("customer", records.collect());
    assert_eq!(titles(api, "northern").len(), 30);
    let body = json!({"op": "update", "filter": "region == \"northern\"", "set": {"region": "southern"}});
    let batch = api.post("/api/v1/records/customer/bulk", &body).expect(200).json["batch"]["id"].clone();
    assert_eq!((titles(api, "northern").len(), titles(api, "southern").len()), (0, 30));
    api.post(&format!("/api/v1/batches/{batch}/undo"), &json!({})).expect(200);
    assert_eq!((titles(api, "northern").len(), titles(api, "southern").len()), (30, 0));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, "name,phone\n万科物业,13700001111\n保利地产,13700002222\n").expect("a file");
    let path = file.to_str().expect("a path");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", path]).expect(0);
    assert_eq!((titles(api, "wkwy"), titles(api, "13700002222")), (vec!["万科物业".to_owned()], vec!["保利地产".to_owned()]));
    let gone = json!({"op": "delete", "filter": "region == \"northern\""});
    api.post("/api/v1/records/customer/bulk", &gone).expect(200);
    assert_eq!(titles(api, "northern").len(), 0);
}

fn fields_come_and_go(tenant: &Tenant) {
    let api = &tenant.admin;
    api.post("/api/v1/objects", &json!({"key": "x_project", "label": {"en": "Project"}})).expect(201);
    let field = tenant.add_field("x_project", json!({"key": "x_site", "type": "text", "label": {"zh-CN": "地点", "en": "Site"}}));
    assert_eq!(field["searchable"], true, "{field}");
    let amount = tenant.add_field("x_project", json!({"key": "x_rooms", "type": "integer", "label": {"en": "Rooms"}}));
    assert_eq!(amount["searchable"], Value::Null, "only texts are in the search: {amount}");
    let id = api.create_id("x_project", json!({"name": "大楼", "x_site": "harbour", "x_rooms": 4711}));
    indexed(api);
    assert_eq!((titles(api, "harbour"), titles(api, "4711")), (vec!["大楼".to_owned()], vec![]));
    let path = "/api/v1/objects/x_project/fields/x_site";
    assert_eq!(api.patch(path, None, &json!({"searchable": false})).expect(200).json["searchable"], false);
    assert_eq!(titles(api, "harbour"), Vec::<String>::new());
    let words = [("filter", "x_site.contains(\"harbour\")")];
    api.query("/api/v1/records/x_project", &words).refused(422, "filter.not_pushable");
    let other = api.create_id("x_project", json!({"name": "小楼", "x_site": "harbour"}));
    api.patch(path, None, &json!({"searchable": true})).expect(200);
    indexed(api);
    assert_eq!(titles(api, "harbour"), ["小楼", "大楼"]);
    assert_eq!(api.column("x_project", "id", &words).len(), 2);
    // Another type: its values are new ones.
    api.post("/api/v1/objects/x_project/fields/x_rooms/type", &json!({"type": "text"})).expect(200);
    indexed(api);
    assert_eq!(titles(api, "4711"), ["大楼"]);
    // Hidden, then shown; saved meanwhile.
    api.patch(path, None, &json!({"hidden": true})).expect(200);
    assert_eq!(titles(api, "harbour"), Vec::<String>::new());
    api.change("x_project", &other, json!({"name": "小小楼"}));
    api.patch(path, None, &json!({"hidden": false})).expect(200);
    indexed(api);
    assert_eq!(titles(api, "harbour"), ["小小楼", "大楼"]);
    // Dropped, saved meanwhile, and back.
    api.delete(path).expect(204);
    api.change("x_project", &id, json!({"name": "大大楼"}));
    assert_eq!(titles(api, "harbour"), Vec::<String>::new());
    api.patch(path, None, &json!({"hidden": false})).expect(200);
    indexed(api);
    assert_eq!(titles(api, "harbour"), ["小小楼", "大大楼"]);
    api.patch("/api/v1/objects/x_project", None, &json!({"hidden": true})).expect(200);
    assert_eq!(titles(api, "harbour"), Vec::<String>::new());
    api.query("/api/v1/search", &[("q", "harbour"), ("object", "x_project")]).refused(404, "not_found");
}

fn scopes_and_field_rights(tenant: &Tenant) {
    let grants = json!({"customer": {"view": "own", "create": "own", "edit": "own"}, "contact": {"view": "all"}, "user": {"view": "all"}});
    let hidden = json!({"customer": {"phone": "none", "email": "mask", "address": "pseudonym", "notes": "read"}});
    put(&tenant.admin, "x_plain", json!({"grants": grants}));
    put(&tenant.admin, "x_bound", json!({"grants": grants, "fields": hidden}));
    let mut callers = Vec::new();
    for (email, role) in [("one@a.example", "x_plain"), ("two@a.example", "x_bound")] {
        callers.push((tenant.user(email, None, &[role]), tenant.user_id(email)));
    }
    for (number, (_, owner)) in callers.iter().enumerate() {
        let customer = json!({
            "name": format!("远景 {number}"), "owner": owner, "phone": "13812345678", "email": "boss@secret.example",
            "address": "古北路", "notes": "golf",
        });
        tenant.admin.create("customer", customer);
    }
    tenant.admin.create("contact", json!({"name": "远景 联系人"}));
    let (one, two) = (&callers[0].0, &callers[1].0);
    // Rows: each their own, the administrator both; ranked and limited among what they see.
    assert_eq!(titles(&tenant.admin, "yuanjing"), ["远景 联系人", "远景 1", "远景 0"]);
    assert_eq!(titles(one, "yuanjing"), ["远景 联系人", "远景 0"]);
    assert_eq!(titles(two, "yuanjing"), ["远景 联系人", "远景 1"]);
    assert_eq!(found(two, &[("q", "远景"), ("object", "customer"), ("limit", "1")]), ["远景 1"]);
    assert_eq!(search(two, &[("q", "远景"), ("object", "customer"), ("limit", "1")]).json["more"], false);
    // Fields: what is hidden, masked or a pseudonym is not found, neither alone nor beside a word that is.
    for words in ["13812345678", "5678", "secret", "boss@secret.example", "gubeilu", "古北", "远景 5678", "golf 古北"] {
        assert_eq!(titles(two, words), Vec::<String>::new(), "{words}");
        if !words.contains("golf") && !words.contains("gubei") {
            assert_eq!(titles(one, words), ["远景 0"], "{words}");
        }
    }
    assert_eq!(titles(two, "golf"), ["远景 1"]);
    assert_eq!(titles(two, "yuanjing golf"), ["远景 1"]);
    let snippet = search(two, &[("q", "golf")]);
    assert!(!snippet.text.contains("1381234") && !snippet.text.contains("古北"), "{snippet}");
    assert_eq!(two.list("customer", &[("q", "5678")]), Vec::<Value>::new());
    assert_eq!(two.list("customer", &[("q", "golf")]).len(), 1);
    two.query("/api/v1/records/customer", &[("filter", "phone.contains(\"5678\")")]).refused(403, "field.forbidden");
    // A right that is given counts at once, without another index.
    put(&tenant.admin, "x_bound", json!({"grants": grants}));
    assert_eq!(titles(two, "5678"), ["远景 1"]);
    // Without the function right there is no object to search.
    put(&tenant.admin, "x_bound", json!({"grants": {"contact": {"view": "all"}}}));
    assert_eq!(titles(two, "yuanjing"), ["远景 联系人"]);
    two.query("/api/v1/search", &[("q", "a"), ("object", "customer")]).refused(403, "permission.denied");
}

fn another_tenants_records(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "只在这里"}));
    let other = Tenant::create(tenant.server, &format!("{}b", tenant.key));
    assert_eq!((titles(&tenant.admin, "只在"), titles(&other.admin, "只在")), (vec!["只在这里".to_owned()], vec![]));
}

fn what_is_wrong_with_a_search(tenant: &Tenant) {
    let api = &tenant.admin;
    for (pairs, status, code) in [
        ([("q", "a"), ("limit", "0")], 400, "request.malformed"),
        ([("q", "a"), ("limit", "101")], 400, "request.malformed"),
        ([("q", "a"), ("kind", "x")], 400, "request.malformed"),
        ([("q", "a"), ("object", "nothing")], 404, "not_found"),
        ([("q", "a"), ("object", "customer__stages")], 404, "not_found"),
    ] {
        api.query("/api/v1/search", &pairs).refused(status, code);
    }
    let nobody = tenant.user("nobody@a.example", None, &[]);
    assert_eq!(titles(&nobody, "a"), Vec::<String>::new());
    nobody.query("/api/v1/search", &[("q", "a"), ("object", "customer")]).refused(403, "permission.denied");
    // Whatever is typed is a question, never a command of the database.
    for words in
        ["\"", "'", "a\" OR \"b", "a' | 'b':*", "NEAR(a b)", "a*", "-a", "^a", "\\", "a:b", "()", "😀", "%", "_", "\u{0}", "a\u{0}b"]
    {
        let answer = api.query("/api/v1/search", &[("q", words)]);
        assert!(answer.status == 200, "{words:?}: {answer}");
    }
    let long = "张三 ".repeat(500);
    search(api, &[("q", &long)]);
}
