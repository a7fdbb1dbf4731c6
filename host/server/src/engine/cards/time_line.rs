//! What happened with a record: its own changes and the work about it (activities, tasks, notes, attachments) in one order, newest first.
//!
//! Two runs are merged, each paged by its own place: the history, whose places are the numbers of its entries, and the work, whose
//! places are those of the cards.

use guanxi_core::query::Position;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::kind::{self, CardKind};
use super::period::Period;
use super::rows::{self, CardRow};
use super::streams::{Place, merged, streams};
use super::{limit, place_of};
use crate::engine::{Ctx, Engine, HistoryChange, Outcome, cursor, read};

/// Every change of the record.
const CHANGES: &str = "changes";
/// Changes of its state only.
const TRANSITIONS: &str = "transitions";

/// What a time line is asked for.
#[derive(Clone, Debug)]
pub struct TimeLineRequest {
    /// `changes`, `transitions` or the key of a kind of work; blank is all.
    pub kind: String,
    /// 1 to 200.
    pub limit: u32,
    /// Where the page before ended; blank is the start.
    pub cursor: String,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum TimeLineEntry {
    /// The record was made, changed, deleted or brought back.
    Change(HistoryChange),
    /// Somebody did or noted something about it.
    Work(Box<CardRow>),
}

/// One page.
#[derive(Clone, Debug)]
pub struct TimeLine {
    /// The kinds of work that the actor may see.
    pub kinds: Vec<CardKind>,
    /// The object's state field, if it has one.
    pub state: Option<String>,
    /// Newest first.
    pub entries: Vec<TimeLineEntry>,
    /// Cursor of the next page, if there is one.
    pub next: Option<String>,
}

/// How far each run was read.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// The last history entry that was shown.
    change: Option<i64>,
    /// The last piece of work that was shown.
    work: Option<Place>,
}

impl Engine {
    /// A page of the time line of a record that the actor may see.
    pub async fn time_line(&self, ctx: &Ctx, key: &str, id: Uuid, request: TimeLineRequest) -> Outcome<TimeLine> {
        let object = read::object(ctx, key)?;
        let state = object.rules.machine.as_ref().map(|machine| machine.field.clone()).or_else(|| object.tracked.clone());
        let limit = limit(request.limit)?;
        let kinds = kind::work(ctx, key, id).await?;
        let only = match request.kind.as_str() {
            "" | CHANGES | TRANSITIONS => None,
            key => place_of(&kinds, key)?,
        };
        let wants_changes = only.is_none();
        let field = if request.kind == TRANSITIONS { state.as_deref() } else { None };
        if request.kind == TRANSITIONS && field.is_none() {
            return Err(Problem::error("request.malformed", format!("`{key}` has no state")).on("kind").into());
        }
        let bound_to = format!("time line {} {:?} {key} {id} {}", ctx.tenant.key, ctx.actor.user, request.kind);
        let mut progress = Progress::read(ctx, &bound_to, &request.cursor)?;
        let mut changes = Vec::new();
        let (mut more_changes, mut more_work) = (false, false);
        if wants_changes {
            let after = progress.change.map(|id| id.to_string()).unwrap_or_default();
            let page = self.history_of(ctx, key, id, field, &after, request.limit).await?;
            more_changes = page.next.is_some();
            changes = page.changes;
        } else {
            // Whoever may not see the record sees no work about it either.
            self.get(ctx, key, id, &["id".to_owned()]).await?;
        }
        let mut work = Vec::new();
        if only.is_some() || request.kind.is_empty() {
            let all = streams(ctx, &kinds, Period::default())?;
            let wanted: Vec<_> = all.into_iter().filter(|stream| only.is_none_or(|only| stream.kind == only)).collect();
            (work, more_work) = merged(ctx, &kinds, &wanted, progress.work.as_ref(), limit).await?;
        }
        let total = changes.len() + work.len();
        // The newer head of the two runs is next, until the page is full.
        let (mut changes, mut work) = (changes.into_iter().peekable(), work.into_iter().peekable());
        let (mut order, mut shown_work, mut shown_changes) = (Vec::new(), Vec::new(), Vec::new());
        while order.len() < limit {
            let is_change = match (changes.peek(), work.peek()) {
                (None, None) => break,
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (Some(change), Some(found)) => change.at >= found.place.at,
            };
            order.push(is_change);
            if is_change {
                shown_changes.extend(changes.next().inspect(|change| progress.change = Some(change.id)));
            } else {
                shown_work.extend(work.next().inspect(|found| progress.work = Some(found.place.clone())));
            }
        }
        let more = total > order.len() || more_changes || more_work;
        let next = more.then(|| progress.cursor(ctx, &bound_to));
        let places: Vec<Uuid> = shown_work.iter().map(|found| found.place.id).collect();
        let mut rows = rows::rows(ctx, &kinds, &shown_work).await?.into_iter().peekable();
        let (mut changes, mut places) = (shown_changes.into_iter(), places.into_iter());
        let mut entries = Vec::with_capacity(order.len());
        for is_change in order {
            if is_change {
                entries.extend(changes.next().map(TimeLineEntry::Change));
            } else if let Some(id) = places.next()
                // A record that went away meanwhile has no row.
                && rows.peek().is_some_and(|row| row.id == id)
            {
                entries.extend(rows.next().map(|row| TimeLineEntry::Work(Box::new(row))));
            }
        }
        Ok(TimeLine { kinds, state, entries, next })
    }
}

impl Progress {
    fn cursor(&self, ctx: &Ctx, bound_to: &str) -> String {
        let change = self.change.map_or(Value::Null, Value::Int);
        let (mut keys, mut id) = (vec![change], Uuid::nil());
        if let Some(place) = &self.work {
            let position = place.position();
            id = position.id;
            keys.extend(position.keys);
        }
        cursor::encode(ctx.tenant.cursor_key.as_bytes(), bound_to, &Position { keys, id })
    }

    fn read(ctx: &Ctx, bound_to: &str, text: &str) -> Result<Self, Problem> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Position { mut keys, id } = cursor::decode(ctx.tenant.cursor_key.as_bytes(), bound_to, text)?;
        let work = keys.split_off(keys.len().min(1));
        let change = match keys.first() {
            Some(Value::Int(change)) => Some(*change),
            _ => None,
        };
        Ok(Self { change, work: Place::of(Position { keys: work, id }) })
    }
}
