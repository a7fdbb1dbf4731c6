//! Key figures of a plugin's view.

use guanxi_sandbox::view::{Direction, Stat as Said, Tone as Judged};
use maud::{Markup, html};

use super::Viewer;
use super::values::{shown, tone};
use crate::ui::components::badge::Tone;
use crate::ui::components::stats::{Delta, Stat, stats};
use crate::ui::format::MoneyStyle;

/// The most tiles of one block.
const MAX_STATS: usize = 24;

/// The tiles.
pub(super) fn render(viewer: Viewer<'_>, said: &[Said]) -> Markup {
    let tiles: Vec<Stat> = said.iter().take(MAX_STATS).map(|stat| tile(viewer, stat)).collect();
    html! { @if !tiles.is_empty() { (stats(&tiles)) } }
}

fn tile(viewer: Viewer<'_>, said: &Said) -> Stat {
    let value = shown(viewer.ctx(), &said.value, said.format, None, MoneyStyle::Short);
    let href = viewer.maybe_href(said.link.as_ref());
    let current = href.as_deref() == Some(viewer.visit.path.as_str());
    let stat = Stat { unit: said.unit.clone(), href, current, tone: tone(said.tone), ..Stat::new(&said.label, value) };
    match &said.trend {
        None => stat,
        Some(trend) if trend.direction == Direction::Flat => stat.note(trend.text.clone()),
        Some(trend) => {
            let up = trend.direction == Direction::Up;
            // Without a judgement, up is good.
            let tone = match trend.tone {
                Judged::Neutral => {
                    if up {
                        Tone::Ok
                    } else {
                        Tone::Bad
                    }
                }
                judged => tone(judged),
            };
            Stat { delta: Some(Delta { text: trend.text.clone(), up, tone }), ..stat }
        }
    }
}
