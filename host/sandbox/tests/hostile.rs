//! Every way a guest may misbehave ends as a coded error, and the next call is served as if nothing had happened.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{Data, context, draft, plugin, sandbox, save};
use guanxi_sandbox::{CallErrorKind, Draft};

/// Runs one misbehaviour, checks the error, then that a good guest and the same guest still answer.
async fn check(mode: &str, wanted: CallErrorKind, says: &str) {
    let hostile = plugin("hostile");
    let started = Instant::now();
    let error = save(&hostile, mode, mode).await.expect_err(mode);
    assert_eq!((error.kind, error.plugin.as_str()), (wanted, "hostile"), "{mode}: {error}");
    assert!(error.detail.contains(says), "{mode}: {error}");
    assert!(started.elapsed() < Duration::from_secs(5), "{mode} took {:?}", started.elapsed());
    for name in ["hostile", "echo"] {
        save(&plugin(name), mode, "a good customer").await.unwrap_or_else(|error| panic!("after {mode}: {error}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_is_stopped() {
    check("hostile:loop", CallErrorKind::CpuLimit, "25ms").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_in_a_batch_and_in_a_page_is_stopped() {
    let drafts: Vec<Draft> = (0..200).map(|_| draft("hostile:loop")).collect();
    let error = sandbox().before_save(&plugin("hostile"), context("batch"), drafts, Arc::new(Data)).await.expect_err("a loop");
    assert_eq!(error.kind, CallErrorKind::CpuLimit, "{error}");
    let params = vec![("mode".to_owned(), "loop".to_owned())];
    let error =
        sandbox().render_page(&plugin("hostile"), context("batch"), "bad".into(), params, Arc::new(Data)).await.expect_err("a loop");
    assert_eq!(error.kind, CallErrorKind::CpuLimit, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_bomb_is_stopped() {
    check("hostile:memory", CallErrorKind::MemoryLimit, "bytes of memory").await;
    let params = vec![("mode".to_owned(), "memory".to_owned())];
    let error = sandbox().render_page(&plugin("hostile"), context("bomb"), "bad".into(), params, Arc::new(Data)).await.expect_err("a bomb");
    assert_eq!(error.kind, CallErrorKind::MemoryLimit, "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_answer_is_not_copied() {
    check("hostile:output", CallErrorKind::OutputLimit, "more data").await;
    check("hostile:many", CallErrorKind::OutputLimit, "more data").await;
    check("hostile:arguments", CallErrorKind::OutputLimit, "more data").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_keeps_its_message() {
    check("hostile:panic", CallErrorKind::Trapped, "the guest has had enough").await;
    check("hostile:error", CallErrorKind::Trapped, "the guest cannot decide").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recursion_and_exit_are_traps() {
    check("hostile:recursion", CallErrorKind::Trapped, "wasm trap").await;
    check("hostile:exit", CallErrorKind::Trapped, "ended itself").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_questions_are_refused() {
    check("hostile:questions", CallErrorKind::HostCalls, "64").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_host_counts_as_wall_time_only() {
    check("hostile:wait", CallErrorKind::WallLimit, "250ms").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_of_the_host_stays_in_the_call() {
    check("hostile:host-panic", CallErrorKind::Host, "the host failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_log_lines_is_cut_and_the_call_goes_on() {
    match save(&plugin("hostile"), "log", "hostile:log").await {
        Ok(verdicts) => assert_eq!(verdicts.len(), 1),
        Err(error) => assert_eq!(error.kind, CallErrorKind::CpuLimit, "{error}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_not_answers_are_refused() {
    check("hostile:no-verdict", CallErrorKind::BadResult, "1 drafts").await;
    check("hostile:foreign-code", CallErrorKind::BadResult, "`ho.`").await;
    check("hostile:foreign-field", CallErrorKind::BadResult, "does not allow").await;
    check("hostile:bad-value", CallErrorKind::BadResult, "not a date").await;
    let params = vec![("mode".to_owned(), "ragged".to_owned())];
    let error =
        sandbox().render_page(&plugin("hostile"), context("ragged"), "bad".into(), params, Arc::new(Data)).await.expect_err("ragged");
    assert_eq!(error.kind, CallErrorKind::BadResult, "{error}");
    let hostile = plugin("hostile");
    let panel = sandbox().render_panel(&hostile, context("ragged"), "x".into(), "customer".into(), uuid::Uuid::nil(), Arc::new(Data));
    assert_eq!(panel.await.expect_err("not there").kind, CallErrorKind::NotExported);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_full_of_loops_leaves_room_for_others() {
    let attack: Vec<_> = (0..24).map(|_| tokio::spawn(async { save(&plugin("hostile"), "attacker", "hostile:loop").await })).collect();
    for _ in 0..10 {
        save(&plugin("echo"), "victim", "a good customer").await.expect("the other tenant is served");
    }
    for task in attack {
        let kind = task.await.expect("no panic").expect_err("it loops").kind;
        assert!(matches!(kind, CallErrorKind::CpuLimit | CallErrorKind::Busy | CallErrorKind::WallLimit), "{kind}");
    }
}
