//! Renders every sample in both languages, checks the HTML as a whole, and writes it to `target/tmp/gallery` to be looked at.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::{all_samples, gallery_pages};
use crate::ui::assets;
use crate::ui::layout::{Body, Page, Shell, page};

const LOCALES: [Locale; 2] = [Locale::ZhCn, Locale::En];

/// Where the gallery is written.
pub(super) fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/gallery");
    fs::create_dir_all(&folder).expect("a folder under target");
    folder
}

/// Writes a page so that a browser can open it as a file.
pub(super) fn write(name: &str, markup: &Markup) {
    let logo = assets::url("logo.svg");
    let html = markup.0.replace(logo.trim_end_matches("/logo.svg"), ".");
    fs::write(folder().join(name), html).expect("the file is written");
}

fn everything(locale: Locale) -> Markup {
    html! {
        @for (file, samples) in all_samples(locale) {
            @for sample in samples { section.stack.tight { h2 { (file) " · " (sample.name) } (sample.markup) } }
        }
    }
}

fn attributes<'h>(html: &'h str, name: &str) -> Vec<&'h str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start).map(|(at, _)| &html[at + start.len()..]).filter_map(|rest| rest.split('"').next()).collect()
}

fn check(html: &str) {
    for forbidden in [" style=\"", " onclick=", " onchange=", " onsubmit=", "<style", "javascript:"] {
        assert!(!html.contains(forbidden), "{forbidden} would be refused by the content policy");
    }
    assert!(!html.contains("NaN") && !html.contains("{title}\"}"), "a number or text was not made");
    let ids = attributes(html, "id");
    let known: HashSet<&str> = ids.iter().copied().collect();
    let mut seen = HashSet::new();
    for id in &ids {
        assert!(seen.insert(id), "the id {id} is there twice");
    }
    for name in ["for", "aria-describedby", "aria-labelledby", "popovertarget", "form"] {
        for value in attributes(html, name) {
            for id in value.split(' ') {
                assert!(known.contains(id), "{name} leads to {id}, which is not there");
            }
        }
    }
    for piece in html.split("<button").skip(1) {
        let (tag, rest) = piece.split_once('>').expect("a whole tag");
        let inner = rest.split("</button>").next().unwrap_or_default();
        let words = inner.split('<').filter_map(|p| p.split_once('>').or(Some(("", p)))).any(|(_, text)| !text.trim().is_empty());
        assert!(tag.contains("aria-label=") || words, "a button without a name: {tag}");
    }
}

#[test]
fn every_sample_renders_and_keeps_the_rules() {
    for locale in LOCALES {
        for (file, samples) in all_samples(locale) {
            assert!(!samples.is_empty(), "{file} has no samples");
            for sample in samples {
                assert!(!sample.markup.0.is_empty(), "{file} · {}", sample.name);
                let known_elsewhere = ["menu"].contains(&file);
                if !known_elsewhere {
                    check(&sample.markup.0);
                }
            }
        }
        let gallery = Page { title: "Gallery".into(), layout: Body::Cards, body: everything(locale), ..Page::default() };
        let shell = Shell { locale, tenant: "Guanxi".into(), user: "Sample".into(), ..Shell::default() };
        write(&format!("components-{}.html", locale.tag()), &page(&shell, &gallery));
    }
}

#[test]
fn whole_pages_keep_the_rules() {
    for name in assets::names() {
        fs::write(folder().join(name), assets::content(name)).expect("the file is written");
    }
    for locale in LOCALES {
        for (name, markup) in gallery_pages::pages(locale) {
            check(&markup.0);
            write(&format!("{name}-{}.html", locale.tag()), &markup);
        }
    }
}

/// Bytes on the wire of a body, compressed as the server does.
async fn transferred(body: axum::body::Body) -> usize {
    use axum::{Router, body, http, routing::get};
    use tower::ServiceExt;
    use tower_http::compression::CompressionLayer;

    let bytes = body::to_bytes(body, usize::MAX).await.expect("a body in memory");
    let serve = move || async move { ([(http::header::CONTENT_TYPE, "text/html")], bytes) };
    let app = Router::new().route("/", get(serve)).layer(CompressionLayer::new());
    let request = http::Request::get("/").header(http::header::ACCEPT_ENCODING, "gzip").body(body::Body::empty()).expect("a request");
    let answer = app.oneshot(request).await.expect("an answer");
    body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body in memory").len()
}

#[tokio::test]
async fn a_list_page_of_50_rows_stays_under_60_kilobytes() {
    let mut total = transferred(gallery_pages::list_page(Locale::ZhCn, 50).0.into()).await;
    for name in assets::names() {
        total += transferred(assets::content(name).into()).await;
    }
    assert!(total < 60 * 1024, "{total} bytes with every asset");
    println!("list page of 50 rows with every asset: {total} bytes");
}
