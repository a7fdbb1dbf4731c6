//! Everything about a customer in one look: the contact card and the transaction card.
//!
//! A card is a merged list over records of several objects: those of the host (activities, tasks, notes, attachments), and those that
//! plugins and the tenant declare. Each object is read through the one planner with the actor's own scope and field rights, so a card
//! never shows more than the lists would.

mod declared;
mod kind;
mod period;
mod rights;
mod rows;
mod streams;
mod summary;
mod time_line;

use guanxi_core::Problem;
use guanxi_core::policy::Function;
use guanxi_sandbox::manifest::CardName;
use uuid::Uuid;

use self::streams::{Place, merged, streams};
pub(super) use declared::load as load_declared;
pub use kind::CardKind;
pub use period::Period;
pub use rows::CardRow;
pub use summary::{Dealings, KindFigures, money};
pub use time_line::{TimeLine, TimeLineEntry, TimeLineRequest};

use super::{Ctx, Engine, Outcome, Refusal, read};

/// The most rows of one page.
pub(super) const MAX_ROWS: u32 = 200;

/// What a card is asked for.
#[derive(Clone, Debug)]
pub struct CardRequest {
    /// Only rows of this kind; blank is all.
    pub kind: String,
    /// Only rows of these days.
    pub period: Period,
    /// 1 to 200.
    pub limit: u32,
    /// Where the page before ended; blank is the start.
    pub cursor: String,
    /// The figures too.
    pub figures: bool,
}

impl Default for CardRequest {
    fn default() -> Self {
        Self { kind: String::new(), period: Period::default(), limit: 50, cursor: String::new(), figures: true }
    }
}

/// One page of a card.
#[derive(Clone, Debug)]
pub struct Card {
    /// The kinds that the actor may see, also those without rows.
    pub kinds: Vec<CardKind>,
    /// Newest first.
    pub rows: Vec<CardRow>,
    /// Cursor of the next page, if there is one.
    pub next: Option<String>,
    /// Parallel to `kinds`, over all rows of the period; `None` if they were not asked for.
    pub figures: Option<(Vec<KindFigures>, Dealings)>,
}

impl Card {
    /// Digits of money after the point.
    pub fn scale(&self) -> u8 {
        self.kinds.iter().find_map(CardKind::scale).unwrap_or(2)
    }
}

impl Engine {
    /// A page of a card of a customer that the actor may see.
    pub async fn card(&self, ctx: &Ctx, object: &str, id: Uuid, card: CardName, request: CardRequest) -> Outcome<Card> {
        if object != kind::CUSTOMER {
            return Err(Refusal::not_found(&format!("a card of `{object}`")));
        }
        self.get(ctx, object, id, &["name".to_owned()]).await?;
        let kinds = kind::kinds(ctx, card, id).await?;
        let only = place_of(&kinds, &request.kind)?;
        let limit = limit(request.limit)?;
        let all = streams(ctx, &kinds, request.period)?;
        let figures = match request.figures {
            true => Some(summary::figures(ctx, &kinds, &all).await?),
            false => None,
        };
        let bound_to = format!("card {} {:?} {id} {} {} {:?}", ctx.tenant.key, ctx.actor.user, card.name(), request.kind, request.period);
        let after = Place::read(ctx, &bound_to, &request.cursor)?;
        let wanted: Vec<_> = all.into_iter().filter(|stream| only.is_none_or(|only| stream.kind == only)).collect();
        let (page, more) = merged(ctx, &kinds, &wanted, after.as_ref(), limit).await?;
        let next = page.last().filter(|_| more).map(|last| last.place.cursor(ctx, &bound_to));
        let rows = rows::rows(ctx, &kinds, &page).await?;
        Ok(Card { kinds, rows, next, figures })
    }

    /// Whether an object's records have cards.
    pub fn has_cards(ctx: &Ctx, object: &str) -> bool {
        object == kind::CUSTOMER && ctx.may(object, Function::View) && read::object(ctx, object).is_ok()
    }
}

/// The place of a kind that a question names; blank names none.
fn place_of(kinds: &[CardKind], key: &str) -> Result<Option<usize>, Problem> {
    if key.is_empty() {
        return Ok(None);
    }
    let known = || kinds.iter().map(|kind| kind.key.as_str()).collect::<Vec<_>>().join(", ");
    let unknown = || Problem::error("request.malformed", format!("there is no kind `{key}` here; known: {}", known())).on("kind");
    kinds.iter().position(|kind| kind.key == key).map(Some).ok_or_else(unknown)
}

fn limit(asked: u32) -> Result<usize, Problem> {
    let wrong = || Problem::error("request.malformed", format!("limit is 1 to {MAX_ROWS}")).on("limit");
    if (1..=MAX_ROWS).contains(&asked) { usize::try_from(asked).map_err(|_| wrong()) } else { Err(wrong()) }
}
