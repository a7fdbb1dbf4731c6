//! Views of plugins as pages: each block becomes components, its data is read with the rights of the person who looks.
//!
//! A plugin says what it wants to show, the host reads, escapes and bounds it. A block that cannot be shown says so in its own place;
//! the rest of the page stays.

mod actions;
mod board;
mod charts;
mod columns;
mod contained;
mod figures;
mod links;
mod records;
mod table;
mod values;

use guanxi_core::meta::Locale;
use guanxi_sandbox::view::{Block, Section, View};
use maud::{Markup, html};

use super::components::button::Button;
use super::components::state::{State, StateKind, state};
use super::components::tabs::{Tab, tabs};
use super::urls;
use super::visit::Visit;
use crate::engine::Ctx;
use crate::texts::{Texts, t};

/// The most blocks of one view; a plugin that shows more is cut.
const MAX_BLOCKS: usize = 60;
/// The parameter that chooses a tab: its number, from 1.
pub const TAB: &str = "tab";

/// Who looks at whose view.
#[derive(Clone, Copy)]
pub struct Viewer<'v> {
    /// The visitor.
    pub visit: &'v Visit,
    /// The plugin's id, for addresses.
    pub plugin: &'v str,
    /// The plugin's name, for people.
    pub name: &'v str,
}

impl<'v> Viewer<'v> {
    fn ctx(&self) -> &'v Ctx {
        &self.visit.ctx
    }

    fn locale(&self) -> Locale {
        self.visit.locale()
    }

    fn texts(&self) -> Texts {
        t(self.visit.locale())
    }
}

/// A block ready for a page.
enum Piece {
    /// Stands in the padded flow, one after the other.
    Flow(Markup),
    /// A drawing that shares its row with the one beside it.
    Half(Markup),
    /// Reaches the edges of the page.
    Wide(Markup),
}

/// A whole page: sections without a tab, then the tabs and what stands under the chosen one. `params` are those of the address.
pub async fn render_page(viewer: Viewer<'_>, page: &str, view: &View, params: &[(String, String)]) -> Markup {
    let names = tab_names(&view.sections);
    let asked = params.iter().find(|(name, _)| name == TAB).and_then(|(_, value)| value.parse::<usize>().ok());
    let current = asked.filter(|number| (1..=names.len()).contains(number)).unwrap_or(1);
    let mut left = MAX_BLOCKS;
    let above = pieces(viewer, view.sections.iter().filter(|section| section.tab.is_none()), &mut left).await;
    let Some(name) = names.get(current - 1) else {
        return html! { (flow(above, true)) @if view.sections.iter().all(|s| s.blocks.is_empty()) { (nothing(viewer)) } };
    };
    let own = |tab: usize| {
        let mut query: Vec<(&str, &str)> = params.iter().filter(|(name, _)| name != TAB).map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let number = tab.to_string();
        if tab > 1 {
            query.push((TAB, &number));
        }
        urls::with_query(&urls::plugin_page(viewer.plugin, page), &query)
    };
    let links: Vec<Tab> = names.iter().enumerate().map(|(n, name)| Tab::new(*name, own(n + 1), n + 1 == current)).collect();
    let below = pieces(viewer, view.sections.iter().filter(|section| section.tab.as_deref() == Some(name)), &mut left).await;
    html! { (flow(above, false)) (tabs(viewer.texts().part_of_page(), &links)) (flow(below, true)) }
}

/// The content of a panel on a record's page, for a card.
#[derive(Default)]
pub struct PanelContent {
    /// What is inside.
    pub body: Markup,
    /// Reaches the edges of the card.
    pub flush: bool,
    /// How many records are listed, as shown.
    pub count: Option<String>,
    /// Buttons for the head of the card.
    pub actions: Vec<Button>,
    /// The link below: words and address.
    pub more: Option<(String, String)>,
}

/// A panel. One list of records uses the card's own head, count and link; anything else stands inside, one block after the other.
pub async fn render_panel(viewer: Viewer<'_>, view: &View) -> PanelContent {
    let blocks: Vec<&Block> = view.sections.iter().flat_map(|section| &section.blocks).take(MAX_BLOCKS).collect();
    match blocks.as_slice() {
        [] => PanelContent { body: html! { p.dim { (viewer.texts().no_data()) } }, ..PanelContent::default() },
        [Block::RecordList(list)] => records::panel(viewer, list).await,
        blocks => {
            let mut parts = Vec::with_capacity(blocks.len());
            for block in blocks {
                parts.push(in_panel(viewer, block).await);
            }
            PanelContent { body: html! { div.stack { @for part in &parts { (part) } } }, ..PanelContent::default() }
        }
    }
}

/// Names of the tabs in the order of their first section.
fn tab_names(sections: &[Section]) -> Vec<&str> {
    let mut names = Vec::new();
    for name in sections.iter().filter_map(|section| section.tab.as_deref()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

async fn pieces<'s>(viewer: Viewer<'_>, sections: impl Iterator<Item = &'s Section>, left: &mut usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for block in sections.flat_map(|section| &section.blocks) {
        if *left == 0 {
            break;
        }
        *left -= 1;
        pieces.push(on_page(viewer, block).await);
    }
    pieces
}

async fn on_page(viewer: Viewer<'_>, block: &Block) -> Piece {
    match block {
        Block::Heading(text) => Piece::Flow(html! { h2 { (text) } }),
        Block::Text(text) => Piece::Flow(html! { p.dim { (text) } }),
        Block::Stats(all) => Piece::Flow(figures::render(viewer, all)),
        Block::Table(each) => Piece::Flow(table::render(viewer, each).await),
        Block::RecordList(list) => Piece::Flow(records::card_of(viewer, list).await),
        Block::BarChart(chart) => Piece::Half(charts::bars(viewer, chart)),
        Block::Funnel(funnel) => Piece::Half(charts::funnel(viewer, funnel)),
        Block::Kanban(kanban) => match board::render(viewer, kanban).await {
            Ok(board) => Piece::Wide(board),
            Err(why) => Piece::Flow(why),
        },
        Block::ActionBar(all) => Piece::Flow(actions::render(viewer, all)),
    }
}

/// Inside a panel's card there are no further cards, except for what has a frame of its own.
async fn in_panel(viewer: Viewer<'_>, block: &Block) -> Markup {
    match block {
        Block::Heading(text) => html! { h3 { (text) } },
        Block::Table(each) => table::plain(viewer, each).await,
        Block::RecordList(list) => {
            let content = records::panel(viewer, list).await;
            html! { @if let Some(title) = &list.title { h3 { (title) } } (content.body) }
        }
        other => match on_page(viewer, other).await {
            Piece::Flow(markup) | Piece::Half(markup) | Piece::Wide(markup) => markup,
        },
    }
}

/// Pieces in their order: flowing ones on the padded ground, wide ones to the edges, two drawings beside each other.
fn flow(pieces: Vec<Piece>, fills: bool) -> Markup {
    let mut groups: Vec<(bool, Vec<Markup>)> = Vec::new();
    let mut halves: Vec<Markup> = Vec::new();
    let close = |halves: &mut Vec<Markup>, groups: &mut Vec<(bool, Vec<Markup>)>| {
        let drawn = std::mem::take(halves);
        if drawn.len() > 1 {
            into_group(groups, false, html! { div.two { @for each in &drawn { (each) } } });
        } else if let Some(each) = drawn.into_iter().next() {
            into_group(groups, false, each);
        }
    };
    for piece in pieces {
        match piece {
            Piece::Half(markup) => halves.push(markup),
            Piece::Flow(markup) => {
                close(&mut halves, &mut groups);
                into_group(&mut groups, false, markup);
            }
            Piece::Wide(markup) => {
                close(&mut halves, &mut groups);
                into_group(&mut groups, true, markup);
            }
        }
    }
    close(&mut halves, &mut groups);
    let last = groups.len().saturating_sub(1);
    html! {
        @for (n, (wide, markups)) in groups.iter().enumerate() {
            @if *wide { @for each in markups { (each) } }
            @else { div."page gray stack".part[!fills || n < last] { @for each in markups { (each) } } }
        }
    }
}

fn into_group(groups: &mut Vec<(bool, Vec<Markup>)>, wide: bool, markup: Markup) {
    match groups.last_mut() {
        Some((same, markups)) if *same == wide => markups.push(markup),
        _ => groups.push((wide, vec![markup])),
    }
}

fn nothing(viewer: Viewer<'_>) -> Markup {
    let texts = viewer.texts();
    state(viewer.locale(), &State::new(StateKind::Empty, texts.no_data(), texts.none_yet_hint_read_only()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_with_the_same_name_share_a_tab() {
        let section = |tab: Option<&str>| Section { tab: tab.map(str::to_owned), blocks: Vec::new() };
        let sections = [section(Some("A")), section(None), section(Some("B")), section(Some("A"))];
        assert_eq!(tab_names(&sections), ["A", "B"]);
    }

    #[test]
    fn two_drawings_stand_side_by_side_and_a_board_reaches_the_edges() {
        let half = |n: u8| Piece::Half(html! { i { (n) } });
        let page = flow(vec![Piece::Flow(html! { b {} }), half(1), half(2), Piece::Wide(html! { u {} }), half(3)], true).into_string();
        assert_eq!(
            page,
            "<div class=\"page gray stack part\"><b></b><div class=\"two\"><i>1</i><i>2</i></div></div><u></u>\
             <div class=\"page gray stack\"><i>3</i></div>"
        );
    }
}
