//! Buttons to the records before and after this one, in the order of the list that it was opened from.

use maud::{Markup, html};

use super::record::Shown;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::icon::Icon;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// The parameters of a record's page that say from which list it was opened: filter and order.
pub(super) const FILTER: &str = "in";
pub(super) const SORT: &str = "by";

/// The two buttons; one that leads nowhere is closed. A list that cannot be read any more has no neighbours.
pub(super) async fn buttons(visit: &Visit, record: &Shown<'_>) -> Outcome<Markup> {
    if record.object.read_only || record.object.parent.is_some() {
        return Ok(html! {});
    }
    let [filter, sort] = &record.list;
    let key = record.object.key.as_str();
    let (before, after) = match visit.engine().neighbours(&visit.ctx, key, record.id, filter, sort).await {
        Ok(found) => found,
        Err(refusal) if refusal.status < 500 => (None, None),
        Err(refusal) => return Err(refusal),
    };
    if before.is_none() && after.is_none() {
        return Ok(html! {});
    }
    let texts = t(visit.locale());
    let one = |label: &str, id: Option<uuid::Uuid>, drawing, key| {
        let href = id.map(|id| urls::record_in(&record.object.key, id, filter, sort));
        let disabled = href.is_none();
        let button = Button::link(label, href.unwrap_or_default()).icon_only(drawing).kind(ButtonKind::Quiet);
        let button = if disabled { button } else { button.key(key) };
        Button { disabled, ..button }
    };
    Ok(html! {
        span."row gap1 only-wide" {
            (button(&one(texts.previous_record(), before, Icon::Left, "[")))
            (button(&one(texts.next_record(), after, Icon::Right, "]")))
        }
    })
}
