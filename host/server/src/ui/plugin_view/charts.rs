//! Bars and funnels of a plugin's view. Amounts are drawn in a round unit that the head says; their exact figures stand in the table.

use guanxi_core::Value;
use guanxi_core::meta::Locale;
use guanxi_sandbox::view::{BarChart as SaidBars, Format, Funnel as SaidFunnel};
use maud::Markup;

use super::Viewer;
use super::values::{drawn, shown};
use crate::ui::components::bar_chart::{BarChart, Point, Series, bar_chart};
use crate::ui::components::card::{Card, card};
use crate::ui::components::funnel::{self as component, Funnel, FunnelStep};
use crate::ui::format::{MoneyStyle, currency_symbol};

/// The most groups of bars, series and steps that can be told apart.
const MAX_CATEGORIES: usize = 60;
const MAX_SERIES: usize = 5;
const MAX_STEPS: usize = 60;

/// Standing bars.
pub(super) fn bars(viewer: Viewer<'_>, said: &SaidBars) -> Markup {
    let all = said.categories.iter().flat_map(|category| &category.values).filter_map(drawn);
    let axis = Axis::new(viewer, said.format, all.fold(0.0, |most: f64, value| most.max(value.abs())));
    let point = |value: &Value| match drawn(value) {
        Some(number) => Point::new(number / axis.unit, text(viewer, value, said.format)),
        None => Point::none(),
    };
    let categories = || said.categories.iter().take(MAX_CATEGORIES);
    let series = said.series.iter().take(MAX_SERIES).enumerate().map(|(n, name)| Series {
        name: name.clone(),
        points: categories().map(|category| category.values.get(n).map_or_else(Point::none, point)).collect(),
    });
    let chart = BarChart {
        title: said.title.clone(),
        category: viewer.texts().chart_group().into(),
        categories: categories().map(|category| category.label.clone()).collect(),
        series: series.collect(),
        line: None,
        links: categories().map(|category| viewer.maybe_href(category.link.as_ref())).collect(),
    };
    let hint = axis.words.or_else(|| said.unit.clone());
    card(&Card { hint, ..Card::flush(said.title.clone(), bar_chart(viewer.locale(), &chart)) })
}

/// Lying bars.
pub(super) fn funnel(viewer: Viewer<'_>, said: &SaidFunnel) -> Markup {
    let texts = viewer.texts();
    let steps = said.steps.iter().take(MAX_STEPS).map(|step| FunnelStep {
        label: step.label.clone(),
        value: drawn(&step.value).unwrap_or(0.0),
        shown: text(viewer, &step.value, said.format),
        note: step.note.clone(),
        href: viewer.maybe_href(step.link.as_ref()),
        ..FunnelStep::default()
    });
    let value = said.unit.clone().unwrap_or_else(|| texts.count().to_owned());
    let chart = Funnel {
        title: said.title.clone(),
        heads: [texts.chart_step().into(), value, String::new(), texts.chart_note().into()],
        steps: steps.collect(),
    };
    card(&Card { hint: said.unit.clone(), ..Card::flush(said.title.clone(), component::funnel(viewer.locale(), &chart)) })
}

fn text(viewer: Viewer<'_>, value: &Value, format: Format) -> String {
    shown(viewer.ctx(), value, format, None, MoneyStyle::Short)
}

/// The unit of an axis of amounts, so that its numbers stay short.
struct Axis {
    unit: f64,
    words: Option<String>,
}

impl Axis {
    fn new(viewer: Viewer<'_>, format: Format, most: f64) -> Self {
        let texts = viewer.texts();
        let currency = &viewer.ctx().tenant.currency;
        let symbol = currency_symbol(currency);
        // 万 and 亿 count in fours, thousands and millions in threes. Yuan is the one currency that Chinese readers call by its word.
        let zh_unit = if currency == "CNY" { "元" } else { symbol.as_str() };
        match (format, viewer.locale()) {
            (Format::Percent, _) => Self { unit: 1.0, words: Some("%".into()) },
            (Format::Plain, _) => Self { unit: 1.0, words: None },
            (Format::Money, Locale::ZhCn) if most >= 1e9 => Self { unit: 1e8, words: Some(texts.in_hundred_millions(zh_unit)) },
            (Format::Money, Locale::ZhCn) if most >= 1e5 => Self { unit: 1e4, words: Some(texts.in_ten_thousands(zh_unit)) },
            (Format::Money, Locale::En) if most >= 1e7 => Self { unit: 1e6, words: Some(texts.in_millions(&symbol)) },
            (Format::Money, Locale::En) if most >= 1e5 => Self { unit: 1e3, words: Some(texts.in_thousands(&symbol)) },
            (Format::Money, Locale::ZhCn) => Self { unit: 1.0, words: Some(zh_unit.to_owned()) },
            (Format::Money, Locale::En) => Self { unit: 1.0, words: Some(symbol) },
        }
    }
}
