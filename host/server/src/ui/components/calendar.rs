//! The calendar: a month or a week of days with the records that stand on them. `calendar.js` lets them be dragged or moved by keys;
//! without script each has a small form.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, form, pick};
use crate::texts::t;

/// One record on a day.
#[derive(Default)]
pub struct Entry {
    /// The version that the reader saw.
    pub version: i64,
    /// What it is called.
    pub title: String,
    /// When on that day, where a moment is known: `09:30`.
    pub time: Option<String>,
    /// Seconds that the form of a move has to keep, as a suffix: `T09:30`.
    pub rest: String,
    /// The record's page.
    pub href: String,
    /// Where a move is posted; `None`: the reader may not move it.
    pub address: Option<String>,
}

/// One day.
#[derive(Default)]
pub struct Day {
    /// `2026-11-24`
    pub iso: String,
    /// Its number in the month; the first with the month.
    pub label: String,
    /// The whole date in words, for screen readers.
    pub words: String,
    /// Belongs to another month than the one in sight.
    pub outside: bool,
    /// Saturday or Sunday.
    pub weekend: bool,
    /// Today.
    pub today: bool,
    /// Entries in order, possibly not all.
    pub entries: Vec<Entry>,
    /// How many more there are, and where they are listed.
    pub more: Option<(String, String)>,
    /// The form for a new record on this day.
    pub create: Option<String>,
}

/// The calendar.
#[derive(Default)]
pub struct Calendar {
    /// Name for screen readers.
    pub label: String,
    /// The field that a move changes.
    pub field: String,
    /// The session's form token.
    pub token: String,
    /// Names of the days of the week, Monday first.
    pub weekdays: Vec<String>,
    /// Weeks of seven days.
    pub weeks: Vec<Vec<Day>>,
    /// One week, tall.
    pub single: bool,
}

/// The calendar.
pub fn calendar(locale: Locale, calendar: &Calendar) -> Markup {
    let texts = t(locale);
    html! {
        div.tw.cal-box {
            table.cal.single[calendar.single] aria-label=(calendar.label) data-calendar data-field=(calendar.field) data-keys=(texts.calendar_keys())
                data-moving=(texts.moving("{title}")) data-moved=(texts.moved("{title}", "{day}")) data-refused=(texts.not_moved("{title}"))
                data-offline=(texts.no_connection()) data-anyway=(texts.save_anyway()) data-cancel=(texts.cancel()) {
                thead { tr { @for (at, day) in calendar.weekdays.iter().enumerate() { th scope="col" class=(if at > 4 { "weekend" } else { "" }) { (day) } } } }
                tbody { @for week in &calendar.weeks { tr { @for each in week { (day(locale, calendar, each)) } } } }
            }
        }
    }
}

fn day(locale: Locale, calendar: &Calendar, day: &Day) -> Markup {
    let texts = t(locale);
    html! {
        td.day.outside[day.outside].weekend[day.weekend].now[day.today].bare[day.entries.is_empty()] data-day=(day.iso) data-label=(day.words) {
            div.row.dayhead {
                time datetime=(day.iso) aria-label=(day.words) aria-current=[day.today.then_some("date")] { (day.label) }
                span.only-narrow.small.faint aria-hidden="true" { (day.words) }
                @if let Some(create) = &day.create {
                    @let words = texts.calendar_new(&day.words);
                    a.btn.quiet.icon.xs.end href=(create) aria-label=(words) title=(words) { (icon(Icon::Plus)) }
                }
            }
            ul { @for each in &day.entries { (entry(locale, calendar, day, each)) } }
            @if let Some((words, href)) = &day.more { a.link.small href=(href) { (words) } }
        }
    }
}

fn entry(locale: Locale, calendar: &Calendar, day: &Day, entry: &Entry) -> Markup {
    let texts = t(locale);
    let name = texts.calendar_move(&entry.title);
    let kind = if entry.rest.is_empty() { "date" } else { "datetime-local" };
    html! {
        li.ce data-title=(entry.title) data-version=(entry.version) data-rest=(entry.rest) data-move=[entry.address.as_deref()] {
            a.grow.clip href=(entry.href) title=(entry.title) { @if let Some(time) = &entry.time { span.num.faint { (time) " " } } (entry.title) }
            @if let Some(address) = &entry.address {
                details.drop-menu.mv {
                    summary.btn.quiet.icon.xs aria-label=(name) title=(name) { (icon(Icon::Dots)) }
                    form.pop method="post" action=(address) {
                        (form::token_field(&calendar.token))
                        input type="hidden" name="version" value=(entry.version);
                        label.f { span.lab { (texts.calendar_move_day()) } input.in type=(kind) name=(calendar.field) value={ (day.iso) (entry.rest) }; }
                        button.btn { (texts.move_do()) }
                    }
                }
            }
        }
    }
}

/// Two weeks of a month.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let entry = |zh: &str, en: &str, time: Option<&str>| Entry {
        version: 1,
        title: pick(locale, zh, en),
        time: time.map(str::to_owned),
        rest: time.map(|time| format!("T{time}")).unwrap_or_default(),
        href: "#record".into(),
        address: Some("/o/sample/1/move".into()),
    };
    let day = |n: usize| Day {
        iso: format!("2026-11-{:02}", n + 9),
        label: (n + 9).to_string(),
        words: format!("2026-11-{:02}", n + 9),
        outside: n < 1,
        weekend: n % 7 > 4,
        today: n == 3,
        entries: if n == 3 {
            vec![entry("回访江南速运", "Call back Jiangnan Express", Some("09:30")), entry("寄合同", "Send the contract", None)]
        } else {
            Vec::new()
        },
        more: (n == 3).then(|| (t(locale).calendar_more(4), "#day".into())),
        create: Some("#new".into()),
    };
    let texts = t(locale);
    let weekdays = [
        texts.week_monday(),
        texts.week_tuesday(),
        texts.week_wednesday(),
        texts.week_thursday(),
        texts.week_friday(),
        texts.week_saturday(),
        texts.week_sunday(),
    ];
    let made = Calendar {
        label: texts.display_calendar().into(),
        field: "due".into(),
        token: "token".into(),
        weekdays: weekdays.map(str::to_owned).to_vec(),
        weeks: vec![(0..7).map(day).collect(), (7..14).map(day).collect()],
        single: false,
    };
    vec![Sample::new("two weeks", html! { div.card { (calendar(locale, &made)) } })]
}
