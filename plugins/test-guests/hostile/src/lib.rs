//! A guest that misbehaves in the way that the record's name asks for. Any other name is accepted.

use std::hint::black_box;

use guanxi_plugin::prelude::*;

struct Hostile;

impl Plugin for Hostile {
    fn before_save_all(_: &Context, drafts: &[Draft]) -> Result<Vec<Verdict>> {
        let verdict = Verdict::accept();
        match drafts.first().and_then(|draft| draft.text("name")).unwrap_or_default() {
            "hostile:loop" => endless_loop(),
            "hostile:memory" => memory_bomb(),
            "hostile:output" => return Ok(vec![verdict.set("ho_flood", "x".repeat(8 * 1024 * 1024))]),
            "hostile:many" => return Ok((0..100_000).map(|_| Verdict::accept()).collect()),
            "hostile:panic" => panic!("the guest has had enough"),
            "hostile:error" => return Err(Error::new("ho.failed", "the guest cannot decide")),
            "hostile:recursion" => assert_ne!(recursion(1), 0),
            "hostile:exit" => std::process::exit(3),
            "hostile:questions" => (0..1_000).for_each(|_| drop(FindRequest::new("customer", ["name"]).fetch())),
            "hostile:arguments" => drop(FindRequest::new("customer", ["name"]).filter("y".repeat(8 * 1024 * 1024)).fetch()),
            "hostile:wait" => drop(FindRequest::new("slow", ["name"]).fetch()),
            "hostile:host-panic" => drop(FindRequest::new("panic", ["name"]).fetch()),
            "hostile:log" => (0..10_000).for_each(|_| host::log(host::Level::Info, &"z".repeat(1_000))),
            "hostile:no-verdict" => return Ok(Vec::new()),
            "hostile:foreign-code" => return Ok(vec![verdict.problem(Problem::error("permission.denied"))]),
            "hostile:foreign-field" => return Ok(vec![verdict.set("name", "changed")]),
            "hostile:bad-value" => return Ok(vec![verdict.set("name", Value::Date("yesterday".to_owned()))]),
            _ => {}
        }
        Ok(drafts.iter().map(|_| Verdict::accept()).collect())
    }

    fn render_page(_: &Context, _page: &str, params: &[Param]) -> Result<View> {
        match guanxi_plugin::view::param(params, "mode") {
            Some("loop") => endless_loop(),
            Some("ragged") => return Ok(View::new().block(Table::new([Column::new("a"), Column::new("b")]).row([Cell::new("only one")]))),
            Some("memory") => memory_bomb(),
            _ => {}
        }
        Err(Error::new("ho.refused", "not today"))
    }
}

fn endless_loop() {
    let mut count = 0_u64;
    loop {
        count = black_box(count.wrapping_add(1));
    }
}

fn memory_bomb() {
    let mut kept = Vec::new();
    loop {
        kept.push(black_box(vec![1_u8; 1024 * 1024]));
    }
}

fn recursion(depth: u64) -> u64 {
    let padding = black_box([depth; 64]);
    if black_box(true) { recursion(depth + 1) + padding[(depth % 64) as usize] } else { depth }
}

guanxi_plugin::register!(Hostile: before_save, render_page);
