//! The forecast: count, amount and weighted amount (amount × success rate) per stage, owner and month.

use guanxi_plugin::host::Group;
use guanxi_plugin::prelude::*;

use crate::stages::Ladder;
use crate::{status_filter, status_of, status_stats};

/// Rounded row by row to the minor unit, as every report of the product does.
const WEIGHTED: &str = "amount * success_rate / 100";

/// Owners and months shown in a chart; the table has all of them.
const BARS: usize = 12;

/// One line of a forecast.
struct Line {
    label: Text,
    key: Value,
    count: i64,
    amount: Decimal,
    weighted: Decimal,
}

pub(crate) fn render(context: &Context, params: &[Param]) -> Result<View> {
    let status = status_of(params, Some("open"));
    let request = || AggregateRequest::new("opportunity").filter(status_filter(status)).count().sum("amount").sum_of(WEIGHTED);
    let ladder = Ladder::load(context)?;

    let by_stage = request().group_by("stage").fetch()?;
    let stages: Vec<Line> = ladder
        .0
        .iter()
        .filter_map(|stage| {
            let group = by_stage.iter().find(|group| group.keys.first().and_then(Value::as_text) == Some(stage.code.as_str()))?;
            Some(line(stage.name.clone().into(), group))
        })
        .collect();

    let mut owners: Vec<Line> = request().group_by("owner.name").fetch()?.iter().map(|group| line(named(group), group)).collect();
    owners.sort_by_key(|line| std::cmp::Reverse(line.weighted));

    let months: Vec<Line> =
        request().group_by_period("expected_on", Grain::Month).fetch()?.iter().map(|group| line(month(group), group)).collect();

    let totals = request().fetch()?;
    let total = totals.first().map(|group| line(msg("total"), group));
    let figures = total.iter().flat_map(|total| {
        [
            Stat::new(msg("count"), total.count).unit(msg("unit.records")),
            Stat::new(msg("amount"), total.amount).money(),
            Stat::new(msg("weighted"), total.weighted).money().tone(Tone::Good),
        ]
    });
    let shown = msg(&format!("forecast.{}", status.unwrap_or("all")));
    Ok(View::new()
        .title(shown)
        .block(status_stats("forecast")?)
        .block(Block::stats(figures))
        .section(part("by_stage", "stage", &stages, total.as_ref(), status))
        .section(part("by_owner", "owner.name", &owners, total.as_ref(), status))
        .section(part("by_month", "", &months, total.as_ref(), status)))
}

fn line(label: Text, group: &Group) -> Line {
    let (count, amount) = crate::count_and_amount(&group.values);
    let weighted = group.values.get(2).and_then(Value::as_decimal).unwrap_or(Decimal::new(0, 2));
    Line { label, key: group.keys.first().cloned().unwrap_or(Value::Null), count, amount, weighted }
}

fn named(group: &Group) -> Text {
    group.keys.first().and_then(Value::as_text).map_or(msg("nobody"), Text::from)
}

fn month(group: &Group) -> Text {
    group.keys.first().and_then(Value::as_date).map_or(msg("no_month"), |date| date.year_month().into())
}

/// A chart that says its finding, and the table behind the decision.
fn part(name: &str, field: &str, lines: &[Line], total: Option<&Line>, status: Option<&str>) -> Section {
    let link = |line: &Line| -> Option<Link> {
        let key = line.key.as_text().filter(|_| !field.is_empty())?;
        Some(Link::list("opportunity", filter::all([status_filter(status), filter::equals(field, key)])))
    };
    let largest = lines.iter().max_by_key(|line| line.weighted).filter(|line| !line.weighted.is_zero());
    let title = match largest {
        Some(line) => msg("finding").with("what", words(&line.label)).with("weighted", line.weighted),
        None => msg("finding.none"),
    };
    let mut chart = BarChart::new(title, [msg("amount"), msg("weighted")]).money();
    for line in lines.iter().take(BARS) {
        let bars = [line.amount, line.weighted];
        chart = match link(line) {
            Some(link) => chart.linked_category(line.label.clone(), bars, link),
            None => chart.category(line.label.clone(), bars),
        };
    }
    let mut table =
        Table::new([Column::new(msg(name)), Column::number(msg("count")), Column::money(msg("amount")), Column::money(msg("weighted"))])
            .empty(msg("nothing"));
    for line in lines {
        let mut first = Cell::words(line.label.clone());
        if let Some(link) = link(line) {
            first = first.link(link);
        }
        table = table.row([first, Cell::new(line.count), Cell::new(line.amount), Cell::new(line.weighted)]);
    }
    if let Some(total) = total {
        let label = Cell::words(total.label.clone());
        table = table.totals([label, Cell::new(total.count), Cell::new(total.amount), Cell::new(total.weighted)]);
    }
    Section::tab(msg(name)).block(chart).block(table)
}

/// A label inside another message: names stay as they are.
fn words(label: &Text) -> Value {
    match label {
        Text::Literal(text) => Value::from(text.as_str()),
        Text::Message(_) => Value::from("—"),
    }
}
