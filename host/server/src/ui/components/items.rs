//! A short list inside a panel: two lines a row, something at the right.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::badge::{Tone, badge};
use super::{Sample, pick};

/// One row.
#[derive(Default)]
pub struct Item {
    /// What it is.
    pub title: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Small words after the title.
    pub badges: Vec<Markup>,
    /// The second line.
    pub detail: Option<String>,
    /// At the right: a number, a badge, a button.
    pub right: Option<Markup>,
}

/// The list; goes into a flush [`super::card::Card`].
pub fn items(items: &[Item]) -> Markup {
    html! {
        ul.items {
            @for item in items {
                li {
                    div.grow {
                        div.row.wrap {
                            @if let Some(href) = &item.href { a.strong href=(href) { (item.title) } } @else { span.strong { (item.title) } }
                            @for each in &item.badges { (each) }
                        }
                        @if let Some(detail) = &item.detail { div.small.dim { (detail) } }
                    }
                    @if let Some(right) = &item.right { div.num { (right) } }
                }
            }
        }
    }
}

/// Two rows.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let rows = [
        Item {
            title: p("赵敏", "Min Zhao"),
            href: Some("#h".into()),
            badges: vec![badge(Tone::Warn, &p("主要负责人", "Person in charge"))],
            detail: Some(p("已签署，待复核", "Signed, to be reviewed")),
            right: Some(html! { span.dim { "60.00%" } }),
        },
        Item { title: p("林晓", "Xiao Lin"), detail: Some(p("已完成", "Finished")), ..Item::default() },
    ];
    vec![Sample::new("two rows", html! { div.card { (items(&rows)) } })]
}
