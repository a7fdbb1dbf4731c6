//! The foot of a list: how many records, and the way to the next page. Paging is by keyset, so there are no page numbers.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::Sample;
use super::button::{Button, button};
use super::icon::Icon;
use crate::texts::t;
use crate::ui::format;

/// Where the reader stands in a list.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// First and last record of this page, from 1; `None` where it is not known (after a jump by cursor).
    pub range: Option<(u64, u64)>,
    /// How many match.
    pub count: u64,
    /// Whether `count` is exact.
    pub exact: bool,
    /// Counts exactly at the reader's wish.
    pub count_exactly: Option<String>,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The sum of this page, as shown.
    pub total: Option<String>,
}

/// The foot of a list.
pub fn pager(locale: Locale, pager: &Pager) -> Markup {
    let texts = t(locale);
    let (count, exact) = format::count_parts(pager.count, pager.exact);
    let range = pager.range.map(|(from, to)| (format::count(from, true, locale), format::count(to, true, locale)));
    let words = match (range, exact) {
        (Some((from, to)), true) => texts.records_range(&from, &to, &count),
        (Some((from, to)), false) => texts.records_range_about(&from, &to, &count),
        (None, true) => texts.records_total(&count),
        (None, false) => texts.records_total_about(&count),
    };
    let step = |label: &str, href: &Option<String>, drawing| match href {
        Some(href) => Button::link(label, href.clone()).icon_only(drawing),
        None => Button { disabled: true, ..Button::link(label, "").icon_only(drawing) },
    };
    let paged = pager.previous.is_some() || pager.next.is_some();
    html! {
        footer.foot {
            span.num { (words) }
            @if let Some(href) = pager.count_exactly.as_deref().filter(|_| !pager.exact) { a.link.only-wide href=(href) { (texts.count_exactly()) } }
            @if let Some(total) = &pager.total { span.end.num.only-wide { span.faint { (texts.page_total()) } " " (total) } }
            @if paged {
                nav.row.gap1.end aria-label=(texts.pages()) {
                    (button(&step(texts.previous_page(), &pager.previous, Icon::Left)))
                    (button(&step(texts.next_page(), &pager.next, Icon::Right)))
                }
            }
        }
    }
}

/// The first of many pages, and the only page.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let many = Pager {
        range: Some((1, 50)),
        count: 12_411,
        exact: false,
        count_exactly: Some("?count=exact".into()),
        previous: None,
        next: Some("?cursor=x".into()),
        total: Some("¥9,412,700".into()),
    };
    let one = Pager { range: Some((1, 7)), count: 7, exact: true, ..Pager::default() };
    vec![Sample::new("first of many", pager(locale, &many)), Sample::new("the only page", pager(locale, &one))]
}
