//! Panels: a box with a head. What a plugin made says so in the head.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::button::{Button, ButtonKind, button};
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// A panel.
pub struct Card {
    /// Name of the panel, its `h2`.
    pub title: String,
    /// Drawing before the name.
    pub icon: Option<Icon>,
    /// How many are inside, as shown.
    pub count: Option<String>,
    /// What stands small beside the name: a unit, a period.
    pub hint: Option<String>,
    /// Name of the plugin that made it.
    pub source: Option<String>,
    /// Buttons in the head.
    pub actions: Vec<Button>,
    /// What is inside.
    pub body: Markup,
    /// Body without padding: tables, item lists, states.
    pub flush: bool,
    /// Link below: words and address.
    pub more: Option<(String, String)>,
}

impl Card {
    /// A panel with padding.
    pub fn new(title: impl Into<String>, body: Markup) -> Self {
        Self { title: title.into(), body, icon: None, count: None, hint: None, source: None, actions: Vec::new(), flush: false, more: None }
    }

    /// A panel whose content reaches its edges.
    pub fn flush(title: impl Into<String>, body: Markup) -> Self {
        Self { flush: true, ..Self::new(title, body) }
    }
}

/// The panel.
pub fn card(card: &Card) -> Markup {
    html! {
        section.card {
            header {
                @if let Some(drawing) = card.icon { (icon(drawing)) }
                h2 { (card.title) }
                @if let Some(count) = &card.count { span.count { (count) } }
                @if let Some(hint) = &card.hint { span.from { (hint) } }
                span.row.end {
                    @if let Some(source) = &card.source { span.from { (source) } }
                    @for each in &card.actions { (button(each)) }
                }
            }
            @if card.flush { (card.body) } @else { div.body { (card.body) } }
            @if let Some((label, href)) = &card.more { a.more href=(href) { (label) } }
        }
    }
}

/// A panel of which only the head is seen until somebody opens it.
pub fn folded_card(card: &Card) -> Markup {
    html! {
        details."card folded" {
            summary {
                (icon(Icon::Right))
                @if let Some(drawing) = card.icon { (icon(drawing)) }
                h2 { (card.title) }
                @if let Some(hint) = &card.hint { span.from { (hint) } }
                @if let Some(source) = &card.source { span.from.end { (source) } }
            }
            @if card.flush { (card.body) } @else { div.body { (card.body) } }
        }
    }
}

/// A plain panel, one of a plugin, and one that is folded.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let plain = Card {
        actions: vec![Button::link(t(locale).edit(), "#edit").kind(ButtonKind::Quiet).icon(Icon::Pen)],
        ..Card::new(t(locale).basics(), html! { p { (p("来访统一在周三上午。", "Visits on Wednesday mornings.")) } })
    };
    let plugin = Card {
        icon: Some(Icon::Swords),
        count: Some("2".into()),
        source: Some(p("合规检查", "Compliance")),
        more: Some((t(locale).view_all().into(), "#all".into())),
        ..Card::new(p("经办人", "People involved"), html! { p.dim { (p("赵敏、林晓", "Min Zhao, Xiao Lin")) } })
    };
    let folded = Card { hint: Some(t(locale).fields_empty(3)), ..Card::new(p("开票信息", "Invoicing"), html! { p.faint { "—" } }) };
    vec![
        Sample::new("panel", card(&plain)),
        Sample::new("panel of a plugin", card(&plugin)),
        Sample::new("folded panel", folded_card(&folded)),
    ]
}
