//! What a batch would do, or did: counts, the records that stay and why, and some changes as examples.

use guanxi_core::Problem;
use guanxi_core::meta::{Field, Object};
use guanxi_store::BatchCounts;
use maud::{Markup, html};
use uuid::Uuid;

use super::values::Known;
use crate::engine::{BatchReport, Outcome};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::card::{Card, card};
use crate::ui::components::stats::{Stat, stats};
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::format;
use crate::ui::urls;
use crate::ui::visit::Visit;
use crate::ui::words::problem_words;

/// Whether something would be done, or was; and whether it is an undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::pages) struct Told {
    /// It is a preview.
    pub(in crate::ui::pages) ahead: bool,
    /// Results are told as those of an undo.
    pub(in crate::ui::pages) undo: bool,
}

/// A record that did not simply change.
pub(in crate::ui::pages) struct Line<'a> {
    pub(in crate::ui::pages) object: &'a str,
    pub(in crate::ui::pages) id: Option<Uuid>,
    pub(in crate::ui::pages) title: &'a str,
    pub(in crate::ui::pages) result: &'a str,
    pub(in crate::ui::pages) fields: &'a [String],
    pub(in crate::ui::pages) problems: &'a [Problem],
}

/// The counts as tiles.
pub(in crate::ui::pages) fn counts(visit: &Visit, counts: BatchCounts, told: Told) -> Markup {
    let texts = t(visit.locale());
    let changed = match (told.undo, told.ahead) {
        (false, true) => texts.count_will_change(),
        (false, false) => texts.count_changed(),
        (true, true) => texts.count_will_undo(),
        (true, false) => texts.count_undone(),
    };
    let mut tiles = vec![
        Stat::new(texts.count_wanted(), format::integer(counts.wanted)),
        Stat::new(changed, format::integer(counts.changed)),
        Stat::new(texts.count_unchanged(), format::integer(counts.unchanged)),
    ];
    if told.undo {
        let tone = if counts.changed_since > 0 { Tone::Warn } else { Tone::Neutral };
        let since = Stat { tone, ..Stat::new(texts.count_changed_since(), format::integer(counts.changed_since)) };
        tiles.push(if counts.changed_since > 0 { since.note(texts.count_changed_since_note()) } else { since });
    }
    let tone = if counts.refused > 0 { Tone::Bad } else { Tone::Neutral };
    let refused = Stat { tone, ..Stat::new(texts.count_refused(), format::integer(counts.refused)) };
    tiles.push(if counts.refused > 0 { refused.note(texts.count_refused_note()) } else { refused });
    stats(&tiles)
}

/// The whole preview: counts, records, examples. `object` is whose records they are, where all are of one.
pub(in crate::ui::pages) async fn preview(visit: &Visit, object: Option<&Object>, report: &BatchReport, undo: bool) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let mut lines: Vec<Line<'_>> = report
        .records
        .iter()
        .map(|record| Line {
            object: &record.object,
            id: Some(record.id),
            title: &record.title,
            result: record.result,
            fields: &record.fields,
            problems: &record.problems,
        })
        .collect();
    // What stays as it is comes first: that is what people have to decide about.
    lines.sort_by_key(|line| line.result == "undone");
    let all = if undo { report.counts.wanted } else { report.counts.refused };
    let title = if undo { texts.undone_records_preview() } else { texts.refused_records_preview() };
    let told = Told { ahead: true, undo };
    Ok(html! {
        (counts(visit, report.counts, told))
        (records(visit, title, &lines, all, told))
        (samples(visit, object, report).await?)
    })
}

/// The records that a report names, with results and reasons; `all` is how many there are.
pub(in crate::ui::pages) fn records(visit: &Visit, title: &str, lines: &[Line<'_>], all: i64, told: Told) -> Markup {
    let texts = t(visit.locale());
    if lines.is_empty() {
        return html! {};
    }
    let columns = vec![Column::new(texts.record_column()), Column::new(texts.batch_result()), Column::new(texts.reason_column())];
    let rows = lines.iter().map(|line| Row { href: None, cells: vec![name(visit, line), result(visit, line, told), reasons(visit, line)] });
    let table = Table { label: title.to_owned(), columns, rows: rows.collect(), total: None };
    let shown = lines.len();
    let cut = usize::try_from(all).is_ok_and(|all| all > shown);
    html! {
        (card(&Card {
            count: Some(format::integer(all.max(i64::try_from(shown).unwrap_or(i64::MAX)))),
            hint: cut.then(|| texts.only_first_shown(&shown.to_string())),
            ..Card::flush(title, html! { div.tall { (plain_table(visit.locale(), &table)) } })
        }))
    }
}

fn name(visit: &Visit, line: &Line<'_>) -> Markup {
    let texts = t(visit.locale());
    match (line.id, line.title) {
        (None, _) => html! { span.faint { (texts.record_never_made()) } },
        (Some(_), "") => html! { span.faint { (texts.record_out_of_sight()) } },
        (Some(id), title) => html! { a.link href=(urls::record(line.object, id)) { (title) } },
    }
}

fn result(visit: &Visit, line: &Line<'_>, told: Told) -> Markup {
    let texts = t(visit.locale());
    match line.result {
        "refused" => badge(Tone::Bad, texts.result_refused()),
        "changed_since" => badge(Tone::Warn, texts.result_changed_since()),
        "undone" if told.ahead => badge(Tone::Ok, texts.result_will_undo()),
        "undone" => badge(Tone::Ok, texts.result_undone()),
        "changed" => badge(Tone::Ok, texts.result_changed()),
        _ => badge(Tone::Neutral, texts.result_unchanged()),
    }
}

/// The words of each problem with its field, and the fields that stay.
fn reasons(visit: &Visit, line: &Line<'_>) -> Markup {
    let texts = t(visit.locale());
    let schema = &visit.ctx.snapshot.schema;
    let label = |key: &str| {
        let field = schema.object(line.object).and_then(|object| object.field(key));
        field.map_or_else(|| key.to_owned(), |field| field.label.get(visit.locale()).to_owned())
    };
    let stays = line.fields.iter().map(|key| label(key)).collect::<Vec<_>>().join(texts.list_separator());
    html! {
        ul.stack.tight.wrapped {
            @for problem in line.problems {
                li { @if let Some(field) = &problem.field { span.faint { (label(field)) } " " } (problem_words(&visit.ctx, problem)) }
            }
            @if !stays.is_empty() { li { (texts.fields_that_stay(&stays)) } }
        }
    }
}

/// Some of the changes, old and new.
async fn samples(visit: &Visit, object: Option<&Object>, report: &BatchReport) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let schema = &visit.ctx.snapshot.schema;
    // Records of several objects change in the fields that all objects have.
    let any = report.objects.first().and_then(|(key, _)| schema.object(key));
    let Some(object) = object.or(any.map(AsRef::as_ref)) else { return Ok(html! {}) };
    let changes =
        || report.sample.iter().flat_map(|sample| &sample.fields).filter_map(|(key, old, new)| Some((object.field(key)?, old, new)));
    if changes().next().is_none() {
        return Ok(html! {});
    }
    let known = Known::of(visit, changes().flat_map(|(field, old, new)| [(field, old), (field, new)])).await?;
    let shown = |field: &Field, value: &guanxi_core::Value| match known.text(visit, field, value) {
        Some(text) => html! { span.wrapped { (text) } },
        None => html! { span.faint { (texts.empty_value()) } },
    };
    let mut rows = Vec::new();
    for sample in &report.sample {
        let fields = sample.fields.iter().filter_map(|(key, old, new)| Some((object.field(key)?, old, new)));
        for (at, (field, old, new)) in fields.enumerate() {
            let title = if at == 0 {
                html! { (sample.title) }
            } else {
                html! { span.sr { (sample.title) } }
            };
            rows.push(Row {
                href: None,
                cells: vec![title, html! { (field.label.get(visit.locale())) }, shown(field, old), shown(field, new)],
            });
        }
    }
    let columns = [texts.record_column(), texts.field_column(), texts.old_column(), texts.new_column()];
    let table = Table { label: texts.sample_changes().to_owned(), columns: columns.map(Column::new).into(), rows, total: None };
    Ok(card(&Card::flush(texts.sample_changes(), plain_table(visit.locale(), &table))))
}

/// Codes that people can agree to, with the words and how many of the listed records they are about.
pub(in crate::ui::pages) fn agreements(visit: &Visit, report: &BatchReport) -> Vec<(String, String, usize)> {
    let mut found: Vec<(String, String, usize)> = Vec::new();
    for record in &report.records {
        let confirms = record.problems.iter().filter(|problem| problem.severity == guanxi_core::Severity::Confirm);
        for problem in confirms {
            let code = problem.agreement();
            match found.iter_mut().find(|(known, ..)| *known == code) {
                Some((.., count)) => *count += 1,
                None => found.push((code, problem_words(&visit.ctx, problem), 1)),
            }
        }
    }
    found
}

/// Boxes for what people can agree to; sent as `agree`.
pub(in crate::ui::pages) fn agreement_boxes(visit: &Visit, report: &BatchReport, agreed: &[String]) -> Markup {
    let texts = t(visit.locale());
    let open = agreements(visit, report);
    html! {
        // What was agreed to before stays agreed.
        @for code in agreed { input type="hidden" name="agree" value=(code); }
        @if !open.is_empty() {
            fieldset.card {
                div.body.stack.tight {
                    legend.strong { (texts.bulk_agree()) }
                    @for (code, words, count) in &open {
                        label.check { input type="checkbox" name="agree" value=(code); span { (texts.bulk_agree_one(&count.to_string(), words)) } }
                    }
                }
            }
        }
    }
}

/// Codes that a form sent as agreed to, each once.
pub(in crate::ui::pages) fn agreed(posted: &crate::ui::visit::Posted) -> Vec<String> {
    let mut codes: Vec<String> = posted.all("agree").filter(|code| !code.is_empty()).map(str::to_owned).collect();
    codes.sort();
    codes.dedup();
    codes
}
