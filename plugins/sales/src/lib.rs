//! The plugin `sales`: products, opportunities with ten stages, the pipeline board and the forecast.

mod forecast;
mod pipeline;
mod stages;

use guanxi_plugin::prelude::*;

use stages::Ladder;

/// Opportunities by status, as both pages filter them.
const STATUSES: [&str; 3] = ["open", "won", "lost"];

struct Sales;

impl Plugin for Sales {
    fn before_save_all(context: &Context, drafts: &[Draft]) -> Result<Vec<Verdict>> {
        let ladder = Ladder::load(context)?;
        Ok(drafts.iter().map(|draft| stages::settle(context, draft, &ladder)).collect())
    }

    fn render_page(context: &Context, page: &str, params: &[Param]) -> Result<View> {
        match page {
            "pipeline" => pipeline::render(params),
            "forecast" => forecast::render(context, params),
            other => Err(Error::not_found(other)),
        }
    }
}

guanxi_plugin::register!(Sales: before_save, render_page);

/// The status that a page was asked for; `None` is all of them.
fn status_of<'a>(params: &'a [Param], default: Option<&'a str>) -> Option<&'a str> {
    match guanxi_plugin::view::param(params, "status") {
        None => default,
        Some(asked) => STATUSES.into_iter().find(|status| *status == asked),
    }
}

/// A filter for a status; empty for all.
fn status_filter(status: Option<&str>) -> String {
    status.map(|status| filter::equals("status", status)).unwrap_or_default()
}

/// How many records a group has and what they sum to.
fn count_and_amount(values: &[Value]) -> (i64, Decimal) {
    let amount = values.get(1).and_then(Value::as_decimal).unwrap_or(Decimal::new(0, 2));
    (values.first().and_then(Value::as_int).unwrap_or(0), amount)
}

/// One figure for each status, each a link that shows only those.
fn status_stats(page: &str) -> Result<Block> {
    let groups = AggregateRequest::new("opportunity").group_by("status").count().sum("amount").fetch()?;
    let of = |status: &str| {
        let group = groups.iter().find(|group| group.keys.first().and_then(Value::as_text) == Some(status));
        group.map_or((0, Decimal::new(0, 2)), |group| count_and_amount(&group.values))
    };
    let all = groups.iter().map(|group| count_and_amount(&group.values).0).sum::<i64>();
    let mut stats = vec![Stat::new(msg("status.all"), all).unit(msg("unit.records")).link(Link::page(page).param("status", "all"))];
    for status in STATUSES {
        let (count, amount) = of(status);
        let label = msg(&format!("status.{status}")).with("n", count);
        stats.push(Stat::new(label, amount).money().link(Link::page(page).param("status", status)));
    }
    Ok(Block::stats(stats))
}
