mod common;
use std::sync::Arc;
use std::time::Instant;
use common::*;
#[tokio::test(flavor = "multi_thread")]
async fn timing() {
    let echo = plugin("echo");
    for _ in 0..20 { save(&echo, "t", "x").await.unwrap(); }
    let s = Instant::now();
    for _ in 0..200 { save(&echo, "t", "x").await.unwrap(); }
    eprintln!("one draft {:?}", s.elapsed() / 200);
    let drafts: Vec<_> = (0..200).map(|_| draft("x")).collect();
    let s = Instant::now();
    for _ in 0..20 { sandbox().before_save(&echo, context("t"), drafts.clone(), Arc::new(Data)).await.unwrap(); }
    eprintln!("200 drafts {:?}", s.elapsed() / 20);
}
