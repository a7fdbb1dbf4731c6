//! Where the reader is: the way from the section down to this page.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon_small};
use super::{Sample, pick};
use crate::texts::t;

/// The way to this page; `here` is the page's only `h1`.
pub fn breadcrumb(locale: Locale, way: &[(String, String)], here: &str) -> Markup {
    html! {
        nav.crumb aria-label=(t(locale).breadcrumb()) {
            @for (label, href) in way { a.faint href=(href) { (label) } (icon_small(Icon::Right)) }
            h1 aria-current="page" { (here) }
        }
    }
}

/// One step deep.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let way = [(pick(locale, "客户", "Customers"), "#list".to_owned())];
    vec![Sample::new("one step deep", breadcrumb(locale, &way, &pick(locale, "江南速运集团有限公司", "Jiangnan Express Group")))]
}
