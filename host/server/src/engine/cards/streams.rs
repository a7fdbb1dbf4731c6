//! Records of several objects in one order: newest first, page by page, by keyset.
//!
//! Each kind gives one or two streams, each sorted by one date that is never null there: the records with a date by that date, those
//! without one by when they were made. A place in the merged order is (instant, stream, id), so a page begins exactly behind the last
//! row of the page before, whatever was added meanwhile.

use chrono::{DateTime, Utc};
use guanxi_core::expr::{Expr, FieldPath, resolve_path};
use guanxi_core::meta::FieldKind;
use guanxi_core::query::{Position, Query, Sort};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::kind::{CardKind, MADE, instant};
use super::period::{Period, day_of, midnight};
use crate::engine::{Ctx, Outcome, cursor, read};

/// One run of records in one order.
pub(super) struct Stream {
    /// The place of its kind among the kinds.
    pub(super) kind: usize,
    /// Names it in cursors.
    key: String,
    /// Which records.
    pub(super) filter: Expr,
    /// By what it is sorted.
    pub(super) at: FieldPath,
}

/// A place in the merged order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: DateTime<Utc>,
    stream: String,
    pub(super) id: Uuid,
}

/// A row of the merged order, before its values are read.
pub(super) struct Found {
    pub(super) kind: usize,
    pub(super) place: Place,
    /// The day, where the order goes by days.
    pub(super) day: Option<chrono::NaiveDate>,
}

/// The streams of these kinds, inside a period.
pub(super) fn streams(ctx: &Ctx, kinds: &[CardKind], period: Period) -> Outcome<Vec<Stream>> {
    let mut streams = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        let made = resolve_path(MADE, &ctx.snapshot.schema, &kind.object).ok();
        let all = kind.records(ctx)?;
        let mut add = |suffix: &str, at: &FieldPath, condition: Option<String>| -> Outcome<()> {
            let part = condition.into_iter().chain(within(ctx, at, period)).collect::<Vec<_>>().join(" && ");
            let part = read::filter(ctx, &kind.object, &part)?;
            let filter = Expr::And(std::iter::once(all.clone()).chain(part).collect());
            streams.push(Stream { kind: place, key: format!("{}{suffix}", kind.key), filter, at: at.clone() });
            Ok(())
        };
        match (&kind.date, made) {
            (Some(date), made) => {
                let key = &date.field;
                add("", date, Some(format!("{key} != null")))?;
                if let Some(made) = made {
                    add("~", &made, Some(format!("{key} == null")))?;
                }
            }
            (None, Some(made)) => add("", &made, None)?,
            (None, None) => {}
        }
    }
    Ok(streams)
}

/// Which records are in any of these streams.
pub(super) fn condition(streams: &[&Stream]) -> Expr {
    Expr::Or(streams.iter().map(|stream| stream.filter.clone()).collect())
}

/// The ends of a period as conditions on a date.
fn within(ctx: &Ctx, at: &FieldPath, period: Period) -> Vec<String> {
    let key = &at.field;
    let is_day = at.kind == FieldKind::Date;
    let bound =
        |day: chrono::NaiveDate| if is_day { format!("\"{day}\"") } else { format!("\"{}\"", text(midnight(day, ctx.tenant.zone))) };
    let from = period.from.map(|day| format!("{key} >= {}", bound(day)));
    let to = period.to.and_then(|day| day.succ_opt()).map(|day| format!("{key} < {}", bound(day)));
    from.into_iter().chain(to).collect()
}

fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// The next rows of the merged order behind a place, and whether there are more.
pub(super) async fn merged(
    ctx: &Ctx,
    kinds: &[CardKind],
    streams: &[Stream],
    after: Option<&Place>,
    limit: usize,
) -> Outcome<(Vec<Found>, bool)> {
    let (mut found, mut more) = (Vec::new(), false);
    for stream in streams {
        let (rows, rest) = next_rows(ctx, &kinds[stream.kind], stream, after, limit).await?;
        more |= rest;
        found.extend(rows);
    }
    found.sort_by(|a, b| {
        let order = b.place.at.cmp(&a.place.at).then_with(|| a.place.stream.cmp(&b.place.stream));
        order.then_with(|| b.place.id.cmp(&a.place.id))
    });
    more |= found.len() > limit;
    found.truncate(limit);
    Ok((found, more))
}

async fn next_rows(ctx: &Ctx, kind: &CardKind, stream: &Stream, after: Option<&Place>, limit: usize) -> Outcome<(Vec<Found>, bool)> {
    let (filter, position) = match after {
        None => (None, None),
        Some(after) if after.stream == stream.key => (None, Some(position(ctx, stream, after))),
        Some(after) => (read::filter(ctx, &kind.object, &behind(ctx, stream, after))?, None),
    };
    let object = &kind.object;
    let schema = &ctx.snapshot.schema;
    let query = Query {
        object: object.key.clone(),
        filter: Some(Expr::And(std::iter::once(stream.filter.clone()).chain(filter).collect())),
        fields: vec![stream.at.clone()],
        sort: vec![Sort { path: stream.at.clone(), descending: true }],
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        after: position,
        scopes: read::scopes(&ctx.actor, schema),
    };
    let page = read::find(ctx, &query).await?;
    let place = |row: &guanxi_store::FoundRow| {
        let value = row.values.first()?;
        let day = if let Value::Date(day) = value { Some(*day) } else { None };
        let place = Place { at: instant(ctx, value)?, stream: stream.key.clone(), id: row.id };
        Some(Found { kind: stream.kind, place, day })
    };
    Ok((page.rows.iter().filter_map(place).collect(), page.more))
}

/// The place as a position of the stream that it is in.
fn position(ctx: &Ctx, stream: &Stream, after: &Place) -> Position {
    let key = match stream.at.kind {
        FieldKind::Date => Value::Date(day_of(after.at, ctx.tenant.zone)),
        _ => Value::Instant(after.at),
    };
    Position { keys: vec![key], id: after.id }
}

/// The condition under which rows of another stream come behind a place: at the same instant the order of the streams decides.
fn behind(ctx: &Ctx, stream: &Stream, after: &Place) -> String {
    let key = &stream.at.field;
    let later_stream = stream.key > after.stream;
    if stream.at.kind != FieldKind::Date {
        return format!("{key} {} \"{}\"", if later_stream { "<=" } else { "<" }, text(after.at));
    }
    let day = day_of(after.at, ctx.tenant.zone);
    // Days stand where they begin: this day is behind the place if it began before it.
    let inclusive = later_stream || midnight(day, ctx.tenant.zone) < after.at;
    format!("{key} {} \"{day}\"", if inclusive { "<=" } else { "<" })
}

impl Place {
    /// The cursor of what comes behind it; `bound_to` is everything that the next question must repeat.
    pub(super) fn cursor(&self, ctx: &Ctx, bound_to: &str) -> String {
        cursor::encode(ctx.tenant.cursor_key.as_bytes(), bound_to, &self.position())
    }

    /// Reads a cursor; blank is the start.
    pub(super) fn read(ctx: &Ctx, bound_to: &str, text: &str) -> Result<Option<Self>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        let position = cursor::decode(ctx.tenant.cursor_key.as_bytes(), bound_to, text)?;
        let wrong = || Problem::error("request.malformed", "this cursor does not belong to this question").on("cursor");
        Self::of(position).map(Some).ok_or_else(wrong)
    }

    /// The form in which cursors carry it.
    pub(super) fn position(&self) -> Position {
        Position { keys: vec![Value::Instant(self.at), Value::from(self.stream.as_str())], id: self.id }
    }

    /// Back from that form.
    pub(super) fn of(position: Position) -> Option<Self> {
        match <[Value; 2]>::try_from(position.keys) {
            Ok([Value::Instant(at), Value::Text(stream)]) => Some(Self { at, stream, id: position.id }),
            _ => None,
        }
    }
}
