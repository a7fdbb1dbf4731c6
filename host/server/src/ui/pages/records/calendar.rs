//! Records on the days of a date: a month or a week, in the tenant's zone, weeks from Monday.

use std::collections::HashMap;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};
use guanxi_core::query::Count;
use maud::{Markup, html};
use uuid::Uuid;

use super::asked::Asked;
use super::selection::Selection;
use super::{may, name_of_many};
use crate::engine::{ListRequest, Outcome, title_path};
use crate::texts::{Texts, t};
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::calendar::{Calendar, Day, Entry, calendar};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::tabs::{Tab, switch};
use crate::ui::filters::{self, quoted};
use crate::ui::format;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// Records of one page; a month with more says so.
const RECORDS: u32 = 1_000;
/// Entries of one day of a month.
const PER_DAY: usize = 4;
/// Entries of one day of a week.
const PER_WEEKDAY: usize = 40;

/// The calendar.
pub(super) async fn content(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let fits = |field: &&Field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
    let Some(field) = asked.look.date_field.as_deref().and_then(|key| object.field(key)).filter(fits) else {
        return Ok(state(visit.locale(), &State::new(StateKind::Empty, texts.calendar_no_field(), texts.calendar_no_field_hint())));
    };
    let today = visit.ctx.today();
    let at = day_of(&asked.at).unwrap_or(today);
    let (first, weeks) = stretch(at, asked.week);
    let last = first.checked_add_days(Days::new(weeks * 7 - 1)).unwrap_or(first);
    let (entries, count) = entries(visit, object, asked, field, first, last).await?;
    let undated = undated(visit, object, asked, field).await?;
    let may_create = may(visit, object, Function::Create) && !field.is_closed();
    let limit = if asked.week { PER_WEEKDAY } else { PER_DAY };
    let mut by_day: HashMap<NaiveDate, Vec<Entry>> = HashMap::new();
    for (day, entry) in entries {
        by_day.entry(day).or_default().push(entry);
    }
    let mut day = |date: NaiveDate| {
        let mut entries = by_day.remove(&date).unwrap_or_default();
        // One more than fits is shown rather than announced.
        let rest = if entries.len() > limit + 1 { entries.split_off(limit).len() } else { 0 };
        let filter = filters::all_of([asked.look.filter.as_str(), &format!("{} == {}", field.key, quoted(&date.to_string()))]);
        let preset = [(field.key.as_str(), date.to_string())];
        Day {
            iso: date.to_string(),
            label: if date.day() == 1 || (asked.week && date == first) {
                format::day_of_month(date, visit.locale())
            } else {
                date.day().to_string()
            },
            words: format!("{} {}", format::date(date), weekday(texts, date.weekday())),
            outside: !asked.week && date.month() != at.month(),
            weekend: matches!(date.weekday(), Weekday::Sat | Weekday::Sun),
            today: date == today,
            entries,
            more: (rest > 0).then(|| (texts.calendar_more(rest as u64), asked.plain(|look| look.filter = filter))),
            create: may_create.then(|| {
                let (name, day) = &preset[0];
                // The form of a moment wants an hour: the start of a working day.
                let value = if field.kind == FieldKind::DateTime { format!("{day}T09:00") } else { day.clone() };
                urls::create_with(&object.key, &[(name, value.as_str())], &visit.path)
            }),
        }
    };
    let made = Calendar {
        label: texts.calendar_label(&name_of_many(visit, object), &title(texts, at, asked.week, first)),
        field: field.key.clone(),
        token: visit.session.csrf.clone(),
        weekdays: first.iter_days().take(7).map(|day| weekday(texts, day.weekday()).to_owned()).collect(),
        weeks: (0..weeks).map(|week| first.iter_days().skip((week * 7) as usize).take(7).map(&mut day).collect()).collect(),
        single: asked.week,
    };
    let many = format::count(count.value, count.exact, visit.locale());
    Ok(html! {
        (head(asked, texts, at, first, today))
        @if count.value > u64::from(RECORDS) { div.pad { (note(&Note::new(Tone::Warn, texts.calendar_too_many(&many), ""))) } }
        (calendar(visit.locale(), &made))
        footer.foot {
            span.num { (texts.records_total(&many)) }
            @if undated.value > 0 {
                @let without = filters::all_of([asked.look.filter.as_str(), &format!("{} == null", field.key)]);
                a.link href=(asked.plain(|look| look.filter = without)) { (texts.calendar_undated(&format::count(undated.value, undated.exact, visit.locale()))) }
            }
        }
    })
}

/// Earlier, today, later; month or week.
fn head(asked: &Asked, texts: Texts, at: NaiveDate, first: NaiveDate, today: NaiveDate) -> Markup {
    let step = |forwards: bool| {
        let day = match (asked.week, forwards) {
            (true, true) => at.checked_add_days(Days::new(7)),
            (true, false) => at.checked_sub_days(Days::new(7)),
            (false, true) => at.checked_add_months(Months::new(1)),
            (false, false) => at.checked_sub_months(Months::new(1)),
        };
        day.unwrap_or(at)
    };
    let to = |day: NaiveDate, week: bool| {
        let mut pairs = asked.pairs(|_| {});
        pairs.retain(|(name, _)| name != "at" && name != "span");
        let place = if week { day.to_string() } else { day.format("%Y-%m").to_string() };
        pairs.extend((day != today).then(|| ("at".to_owned(), place)));
        pairs.extend(week.then(|| ("span".to_owned(), "week".to_owned())));
        super::asked::with_pairs(&urls::list(&asked.object), &pairs)
    };
    let plain = |words: &str, day: NaiveDate| Button::link(words, to(day, asked.week));
    let spans = [Tab::new(texts.calendar_month(), to(at, false), !asked.week), Tab::new(texts.calendar_week(), to(at, true), asked.week)];
    html! {
        div.cal-head.row {
            h2 { (title(texts, at, asked.week, first)) }
            span.row.end {
                (button(&plain(texts.calendar_before(), step(false)).icon_only(Icon::Left).kind(ButtonKind::Quiet)))
                (button(&plain(texts.today(), today)))
                (button(&plain(texts.calendar_after(), step(true)).icon_only(Icon::Right).kind(ButtonKind::Quiet)))
                (switch(texts.display_as(), &spans))
            }
        }
    }
}

fn title(texts: Texts, at: NaiveDate, week: bool, first: NaiveDate) -> String {
    if !week {
        return format::month(at, texts.locale());
    }
    let last = first.checked_add_days(Days::new(6)).unwrap_or(first);
    let day = |day| format::day_of_month(day, texts.locale());
    texts.days_of(&first.year().to_string(), &day(first), &day(last))
}

/// `2026-11-24` or `2026-11`.
fn day_of(text: &str) -> Option<NaiveDate> {
    text.parse().ok().or_else(|| format!("{text}-01").parse().ok())
}

/// The Monday where a month's or day's weeks begin, and how many there are.
fn stretch(at: NaiveDate, week: bool) -> (NaiveDate, u64) {
    let monday = |day: NaiveDate| day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day);
    if week {
        return (monday(at), 1);
    }
    let start = at.with_day(1).unwrap_or(at);
    let end = start.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(at);
    let first = monday(start);
    let days = (end - first).num_days().max(0) as u64 + 1;
    (first, days.div_ceil(7))
}

async fn entries(
    visit: &Visit,
    object: &Object,
    asked: &Asked,
    field: &Field,
    first: NaiveDate,
    last: NaiveDate,
) -> Outcome<(Vec<(NaiveDate, Entry)>, Count)> {
    let ctx = &visit.ctx;
    let key = &field.key;
    let within = format!("{key} >= {} && {key} <= {}", quoted(&first.to_string()), quoted(&last.to_string()));
    let mut selection = Selection { paths: Vec::new(), fields: Vec::new() };
    let title_at = selection.also(&title_path(&ctx.snapshot.schema, object)?.text());
    let (date_at, version_at) = (selection.also(key), selection.also("version"));
    let request = ListRequest {
        filter: filters::all_of([asked.look.filter.as_str(), &within]),
        sort: key.clone(),
        fields: selection.paths,
        limit: RECORDS,
        count: true,
        ..ListRequest::default()
    };
    let page = visit.engine().list(ctx, &object.key, request).await?;
    let may_move = may(visit, object, Function::Edit) && !field.is_closed() && ctx.field_right(&object.key, key) == FieldRight::Edit;
    // Before and after an entry stand those of other days, also behind the edge of what is shown.
    let dated = filters::all_of([asked.look.filter.as_str(), &format!("{key} != null")]);
    let entry = |(id, row): &(Uuid, Vec<Value>)| {
        let (day, time) = match row.get(date_at)? {
            Value::Date(day) => (*day, None),
            Value::Instant(instant) => {
                let local = instant.with_timezone(&ctx.tenant.zone).naive_local();
                (local.date(), Some(local.time()))
            }
            _ => return None,
        };
        let version = match row.get(version_at) {
            Some(Value::Int(version)) => *version,
            _ => 0,
        };
        let title = format::or_empty(row.get(title_at).and_then(Value::as_text).map(str::to_owned));
        let entry = Entry {
            version,
            title,
            time: time.map(|time| time.format("%H:%M").to_string()),
            rest: time.map(|time| time.format("T%H:%M:%S").to_string()).unwrap_or_default(),
            href: urls::record_in(&object.key, *id, &dated, key),
            address: may_move.then(|| urls::move_card(&object.key, *id, &visit.path)),
        };
        Some((day, entry))
    };
    let count = page.count.unwrap_or(Count { value: page.rows.len() as u64, exact: true });
    Ok((page.rows.iter().filter_map(entry).collect(), count))
}

/// How many records have no place in any calendar.
async fn undated(visit: &Visit, object: &Object, asked: &Asked, field: &Field) -> Outcome<Count> {
    if field.required {
        return Ok(Count { value: 0, exact: true });
    }
    let filter = filters::all_of([asked.look.filter.as_str(), &format!("{} == null", field.key)]);
    let request = ListRequest { filter, fields: vec!["id".into()], limit: 1, count: true, ..ListRequest::default() };
    Ok(visit.engine().list(&visit.ctx, &object.key, request).await?.count.unwrap_or(Count { value: 0, exact: true }))
}

fn weekday(texts: Texts, day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => texts.week_monday(),
        Weekday::Tue => texts.week_tuesday(),
        Weekday::Wed => texts.week_wednesday(),
        Weekday::Thu => texts.week_thursday(),
        Weekday::Fri => texts.week_friday(),
        Weekday::Sat => texts.week_saturday(),
        Weekday::Sun => texts.week_sunday(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_whole_weeks_from_monday() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for (at, week, first, weeks) in [
            ("2026-11-24", false, "2026-10-26", 6),
            ("2026-02-10", false, "2026-01-26", 5),
            ("2021-02-10", false, "2021-02-01", 4),
            ("2026-11-24", true, "2026-11-23", 1),
            ("2026-11-29", true, "2026-11-23", 1),
        ] {
            assert_eq!(stretch(day(at), week), (day(first), weeks), "{at} {week}");
        }
        assert_eq!(day_of("2026-11"), Some(day("2026-11-01")));
        assert_eq!(day_of("2026-11-24"), Some(day("2026-11-24")));
        assert_eq!(day_of("soon"), None);
    }
}
