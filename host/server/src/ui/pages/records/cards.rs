//! The contact card and the transaction card of a customer: the newest few on the overview, the whole as a face of its own.

use chrono::NaiveDate;
use guanxi_sandbox::manifest::CardName;
use maud::{Markup, html};

use super::super::params::Params;
use super::record::Shown;
use super::{card_figures, card_rows, neighbours};
use crate::engine::{Card, CardRequest, Outcome, Period, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{self, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::tabs::{Tab, switch};
use crate::ui::visit::Visit;
use crate::ui::words::problem_words;
use crate::ui::{format, urls};

/// The parameter that names the face of a record's page.
pub(super) const FACE: &str = "face";
/// Rows on the overview.
const FEW: u32 = 5;
/// Rows of a page.
const ROWS: u32 = 50;

/// The name of a card.
pub(super) fn name(visit: &Visit, card: CardName) -> &'static str {
    let texts = t(visit.locale());
    match card {
        CardName::Contacts => texts.contact_card(),
        CardName::Transactions => texts.transaction_card(),
    }
}

fn drawing(card: CardName) -> Icon {
    match card {
        CardName::Contacts => Icon::Chat,
        CardName::Transactions => Icon::Chart,
    }
}

/// The address of a face of a record's page.
pub(super) fn face(record: &Shown<'_>, face: &str, rest: &[(&str, &str)]) -> String {
    record.page(&[&[(FACE, face)], rest].concat())
}

/// A card as the overview and the tabs need it.
pub(super) struct Glance {
    pub(super) name: CardName,
    /// A card that cannot be read says so in its own place, and leaves the page alone.
    card: Outcome<Card>,
}

impl Glance {
    /// The newest rows of a card, with all figures.
    pub(super) async fn read(visit: &Visit, record: &Shown<'_>, name: CardName) -> Self {
        let request = CardRequest { limit: FEW, ..CardRequest::default() };
        Self { name, card: visit.engine().card(&visit.ctx, &record.object.key, record.id, name, request).await }
    }

    /// How many rows there are in all; `None` where the visitor may not count them, or none could be read.
    pub(super) fn count(&self) -> Option<u64> {
        self.card.as_ref().ok().and_then(count)
    }

    /// The card of the overview.
    pub(super) fn shown(&self, visit: &Visit, record: &Shown<'_>) -> Markup {
        let shown = match &self.card {
            Ok(shown) => shown,
            Err(refusal) => return self.failed(visit, refusal),
        };
        let found = count(shown);
        let body = html! {
            @if self.name == CardName::Transactions { (card_figures::facts(visit, shown)) }
            @if shown.rows.is_empty() { div.body { p.dim { (none_yet(visit, self.name).0) } } }
            @else { (card_rows::table(visit, name(visit, self.name), shown)) }
        };
        card(&card::Card {
            icon: Some(drawing(self.name)),
            count: found.filter(|found| *found > 0).map(|found| format::count(found, true, visit.locale())),
            more: (shown.next.is_some() || self.name == CardName::Transactions && !shown.rows.is_empty())
                .then(|| (t(visit.locale()).view_all().to_owned(), face(record, self.name.name(), &[]))),
            ..card::Card::flush(name(visit, self.name), body)
        })
    }

    fn failed(&self, visit: &Visit, refusal: &Refusal) -> Markup {
        let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
        let told = note(&Note::new(Tone::Warn, t(visit.locale()).block_failed(name(visit, self.name)), words.join(" ")));
        card(&card::Card { icon: Some(drawing(self.name)), ..card::Card::new(name(visit, self.name), told) })
    }
}

/// How many rows all kinds have together; `None` where one of them may not be counted.
fn count(card: &Card) -> Option<u64> {
    card.figures.as_ref()?.0.iter().map(|figures| figures.count).sum()
}

/// The whole card, with its filters.
pub(super) async fn whole(visit: &Visit, record: &Shown<'_>, which: CardName, params: &Params) -> Outcome<Markup> {
    let day = |key: &str| params.get(key).parse::<NaiveDate>().ok();
    let period = Period { from: day("from"), to: day("to") };
    let (kind, cursor) = (params.get("kind").to_owned(), params.get("cursor").to_owned());
    let request = CardRequest { kind: kind.clone(), period, limit: ROWS, cursor: cursor.clone(), figures: true };
    let found = visit.engine().card(&visit.ctx, &record.object.key, record.id, which, request).await?;
    let texts = t(visit.locale());
    let filters = Filters { kind: &kind, from: period.from.map(|day| day.to_string()), to: period.to.map(|day| day.to_string()) };
    let is_filtered = !kind.is_empty() || period != Period::default();
    let body = html! {
        (bar(visit, record, which, &found, &filters))
        @if found.rows.is_empty() {
            @let (title, hint) = if is_filtered { (texts.card_none_match(), texts.card_none_match_hint()) } else { none_yet(visit, which) };
            (state(visit.locale(), &State::new(if is_filtered { StateKind::NoMatch } else { StateKind::Empty }, title, hint)))
        } @else { (card_rows::table(visit, name(visit, which), &found)) }
        @if found.next.is_some() || !cursor.is_empty() {
            footer.foot {
                @if !cursor.is_empty() { a.link href=(filters.address(record, which, &kind, "")) { (texts.card_first()) } }
                @if let Some(next) = &found.next { a.link.end href=(filters.address(record, which, &kind, next)) { (texts.card_later()) } }
            }
        }
    };
    let total = count(&found);
    let shown = card(&card::Card {
        icon: Some(drawing(which)),
        count: total.filter(|total| *total > 0).map(|total| format::count(total, true, visit.locale())),
        ..card::Card::flush(name(visit, which), body)
    });
    Ok(html! {
        @if which == CardName::Transactions { (card_figures::summary(visit, &found)) }
        (shown)
    })
}

/// What the list is narrowed to.
struct Filters<'a> {
    kind: &'a str,
    from: Option<String>,
    to: Option<String>,
}

impl Filters<'_> {
    fn address(&self, record: &Shown<'_>, which: CardName, kind: &str, cursor: &str) -> String {
        let (from, to) = (self.from.as_deref().unwrap_or_default(), self.to.as_deref().unwrap_or_default());
        face(record, which.name(), &[("kind", kind), ("from", from), ("to", to), ("cursor", cursor)])
    }
}

/// Kinds as a switch, days as a small form.
fn bar(visit: &Visit, record: &Shown<'_>, which: CardName, found: &Card, filters: &Filters<'_>) -> Markup {
    let texts = t(visit.locale());
    let number = |place: usize| found.figures.as_ref().and_then(|(kinds, _)| kinds.get(place)).and_then(|figures| figures.count);
    let mut kinds = vec![Tab::new(texts.card_all(), filters.address(record, which, "", ""), filters.kind.is_empty())];
    for (place, kind) in found.kinds.iter().enumerate() {
        let current = filters.kind == kind.key;
        // A kind that may not be counted is offered without a number.
        let number = number(place);
        if number != Some(0) || current {
            let label = kind.label.get(visit.locale());
            let label = number.map_or(label.to_owned(), |number| format!("{label} {}", format::count(number, true, visit.locale())));
            let tab = Tab::new(label, filters.address(record, which, &kind.key, ""), current);
            kinds.push(Tab { icon: Some(Icon::named(&kind.icon)), ..tab });
        }
    }
    html! {
        div.cardbar {
            @if kinds.len() > 1 { (switch(texts.card_kinds(), &kinds)) }
            form.row.wrap.small.end method="get" action=(urls::record(&record.object.key, record.id)) {
                @for (name, value) in [neighbours::FILTER, neighbours::SORT].iter().zip(&record.list) {
                    @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
                }
                input type="hidden" name=(FACE) value=(which.name());
                @if !filters.kind.is_empty() { input type="hidden" name="kind" value=(filters.kind); }
                label.row { span.dim { (texts.card_from()) } input.in type="date" name="from" value=(filters.from.as_deref().unwrap_or_default()); }
                label.row { span.dim { (texts.card_to()) } input.in type="date" name="to" value=(filters.to.as_deref().unwrap_or_default()); }
                (button(&Button::submit(texts.card_apply())))
            }
        }
    }
}

/// Words where there is nothing.
fn none_yet(visit: &Visit, which: CardName) -> (&'static str, &'static str) {
    let texts = t(visit.locale());
    match which {
        CardName::Contacts => (texts.card_none_contacts(), texts.card_none_contacts_hint()),
        CardName::Transactions => (texts.card_none_transactions(), texts.card_none_transactions_hint()),
    }
}
