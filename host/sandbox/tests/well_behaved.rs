//! What a good guest gets and gives: values, questions, refusals, pages.

mod common;

use std::sync::Arc;

use common::{Data, context, draft, plugin, sandbox, save};
use guanxi_core::{Severity, Value};
use guanxi_sandbox::view::{Block, Content, Link};
use guanxi_sandbox::{CallErrorKind, Draft, MOST_DRAFTS, Verdict};
use uuid::Uuid;

fn set<'a>(verdict: &'a Verdict, key: &str) -> &'a Value {
    &verdict.set.iter().find(|(set, _)| set == key).expect("it is set").1
}

#[tokio::test(flavor = "multi_thread")]
async fn values_go_in_and_come_back() {
    let verdicts = save(&plugin("echo"), "values", "新客户").await.expect("an answer");
    assert_eq!(verdicts.len(), 1);
    assert_eq!(set(&verdicts[0], "ec_note"), &Value::from("customer 2026-11-22 true"));
    assert_eq!(set(&verdicts[0], "ec_amount"), &Value::Decimal(guanxi_core::Decimal::new(2_500, 2)));
    assert_eq!(set(&verdicts[0], "ec_owner"), &Value::Ref(Uuid::from_u128(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_its_words_from_the_manifest() {
    let verdicts = save(&plugin("echo"), "refusal", "refuse me").await.expect("an answer");
    let problem = &verdicts[0].problems[0];
    assert_eq!((problem.code.as_str(), problem.severity, problem.field.as_deref()), ("ec.refused", Severity::Error, Some("name")));
    assert_eq!(problem.detail, "It cannot be called \"refuse me\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_asks_the_host() {
    let verdicts = save(&plugin("echo"), "asks", "count").await.expect("an answer");
    assert_eq!(set(&verdicts[0], "ec_note"), &Value::from("Some(Value::Int(42))"));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_drafts_come_in_one_call_and_more_do_not() {
    let drafts: Vec<Draft> = (0..MOST_DRAFTS).map(|n| draft(if n == 7 { "refuse me" } else { "fine" })).collect();
    let verdicts = sandbox().before_save(&plugin("echo"), context("many"), drafts.clone(), Arc::new(Data)).await.expect("an answer");
    let refused: Vec<usize> = verdicts.iter().enumerate().filter(|(_, v)| !v.problems.is_empty()).map(|(n, _)| n).collect();
    assert_eq!((verdicts.len(), refused), (MOST_DRAFTS, vec![7]));
    let more = drafts.into_iter().chain([draft("one more")]).collect();
    assert!(sandbox().before_save(&plugin("echo"), context("many"), more, Arc::new(Data)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_has_every_block_and_its_words() {
    let params = vec![("period".to_owned(), "2026-11".to_owned())];
    let view = sandbox().render_page(&plugin("echo"), context("page"), "all".to_owned(), params, Arc::new(Data)).await.expect("a page");
    assert_eq!(view.title.as_deref(), Some("王小明 的页面"));
    assert_eq!((view.sections.len(), view.sections[1].tab.as_deref()), (2, Some("More")));
    let blocks = &view.sections[0].blocks;
    assert!(matches!(&blocks[0], Block::Heading(text) if text == "2026-11"));
    assert!(matches!(&blocks[1], Block::Text(text) if text == "zh-CN"));
    let Block::Table(table) = &blocks[3] else { panic!("a table") };
    assert_eq!((table.columns[0].label.as_str(), table.rows.len()), ("名称", 2));
    assert!(matches!(&table.rows[0].cells[0].content, Content::Data { value, .. } if *value == Value::from("甲")));
    assert!(matches!(&table.rows[0].cells[0].link, Some(Link::Record { object, id }) if object == "customer" && *id == Uuid::from_u128(1)));
    assert!(matches!(&blocks[4], Block::RecordList(list) if list.create.is_some()));
    assert!(matches!((&blocks[5], &blocks[6], &blocks[7]), (Block::BarChart(_), Block::Funnel(_), Block::Kanban(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panel_reads_its_record_and_an_unknown_page_is_refused() {
    let (echo, data) = (plugin("echo"), Arc::new(Data));
    let panel = sandbox().render_panel(&echo, context("panel"), "name".into(), "customer".into(), Uuid::from_u128(1), data.clone());
    let view = panel.await.expect("a panel");
    assert!(matches!(&view.sections[0].blocks[0], Block::Stats(stats) if stats[0].value == Value::from("华东机械")));
    let error = sandbox().render_page(&echo, context("panel"), "nothing".into(), Vec::new(), data).await.expect_err("no such page");
    assert_eq!(error.kind, CallErrorKind::Refused);
    assert!(error.detail.starts_with("not_found:"), "{error}");
}
