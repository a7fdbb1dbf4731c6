//! Views across the border: words are resolved, ids and shapes are checked.

use guanxi_core::Value;
use guanxi_core::meta::Locale;

use crate::bindings::guanxi::ui::view as wit;
use crate::convert::{Bad, id_in, params_in, shortened, value_in};
use crate::manifest::Manifest;
use crate::view::*;

/// Turns guest words into ours, in one language.
pub(crate) struct ViewReader<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) locale: Locale,
}

impl ViewReader<'_> {
    pub(crate) fn view(&self, view: wit::View) -> Result<View, Bad> {
        let sections = view.sections.into_iter().map(|section| self.section(section)).collect::<Result<_, _>>()?;
        Ok(View { title: self.maybe_text(view.title)?, sections })
    }

    fn section(&self, section: wit::Section) -> Result<Section, Bad> {
        let blocks = section.blocks.into_iter().map(|block| self.block(block)).collect::<Result<_, _>>()?;
        Ok(Section { tab: self.maybe_text(section.tab)?, blocks })
    }

    /// A message without words shows its key: ugly, but the page still helps, and the log says what is missing.
    fn text(&self, text: wit::Text) -> Result<String, Bad> {
        match text {
            wit::Text::Literal(text) => Ok(text),
            wit::Text::Message(message) => {
                let params = params_in(message.params)?;
                Ok(self.manifest.message(&message.key, self.locale, &params).unwrap_or_else(|| {
                    tracing::warn!(plugin = %self.manifest.id, key = %shortened(&message.key), "the manifest has no words for a message");
                    message.key
                }))
            }
        }
    }

    fn maybe_text(&self, text: Option<wit::Text>) -> Result<Option<String>, Bad> {
        text.map(|text| self.text(text)).transpose()
    }

    fn block(&self, block: wit::Block) -> Result<Block, Bad> {
        Ok(match block {
            wit::Block::Heading(text) => Block::Heading(self.text(text)?),
            wit::Block::Text(text) => Block::Text(self.text(text)?),
            wit::Block::Stats(stats) => Block::Stats(stats.into_iter().map(|stat| self.stat(stat)).collect::<Result<_, _>>()?),
            wit::Block::Table(table) => Block::Table(self.table(table)?),
            wit::Block::RecordList(list) => Block::RecordList(self.record_list(list)?),
            wit::Block::BarChart(chart) => Block::BarChart(self.bar_chart(chart)?),
            wit::Block::Funnel(funnel) => Block::Funnel(self.funnel(funnel)?),
            wit::Block::Kanban(kanban) => Block::Kanban(Kanban {
                title: self.maybe_text(kanban.title)?,
                object: kanban.object,
                filter: kanban.filter,
                column_field: kanban.column_field,
                card_fields: kanban.card_fields,
                sum_fields: kanban.sum_fields,
                weight_field: kanban.weight_field,
                sort: kanban.sort,
            }),
            wit::Block::ActionBar(actions) => {
                Block::ActionBar(actions.into_iter().map(|action| self.action(action)).collect::<Result<_, _>>()?)
            }
        })
    }

    fn stat(&self, stat: wit::Stat) -> Result<Stat, Bad> {
        let trend = match stat.trend {
            Some(trend) => Some(Trend { direction: direction(trend.direction), text: self.text(trend.text)?, tone: tone(trend.tone) }),
            None => None,
        };
        Ok(Stat {
            label: self.text(stat.label)?,
            value: value_in(stat.value)?,
            format: format(stat.format),
            unit: self.maybe_text(stat.unit)?,
            tone: tone(stat.tone),
            trend,
            link: maybe_link(stat.link)?,
        })
    }

    fn table(&self, table: wit::Table) -> Result<Table, Bad> {
        let width = table.columns.len();
        if let Some(row) = table.rows.iter().find(|row| row.cells.len() != width) {
            return Err(format!("a table of {width} columns has a row of {} cells", row.cells.len()));
        }
        if !table.totals.is_empty() && table.totals.len() != width {
            return Err(format!("a table of {width} columns has totals of {} cells", table.totals.len()));
        }
        let column = |column: wit::Column| {
            Ok(Column { label: self.text(column.label)?, align: alignment(column.align), format: format(column.format) })
        };
        let row = |row: wit::TableRow| Ok(TableRow { cells: self.cells(row.cells)?, tone: tone(row.tone) });
        Ok(Table {
            title: self.maybe_text(table.title)?,
            columns: table.columns.into_iter().map(column).collect::<Result<_, Bad>>()?,
            rows: table.rows.into_iter().map(row).collect::<Result<_, Bad>>()?,
            totals: self.cells(table.totals)?,
            empty: self.maybe_text(table.empty)?,
        })
    }

    fn cells(&self, cells: Vec<wit::Cell>) -> Result<Vec<Cell>, Bad> {
        let cell = |cell: wit::Cell| {
            let content = match cell.content {
                wit::Content::Data(value) => {
                    let target = reference_target(&value);
                    Content::Data { value: value_in(value)?, target }
                }
                wit::Content::Words(text) => Content::Words(self.text(text)?),
            };
            Ok(Cell { content, link: maybe_link(cell.link)?, tone: tone(cell.tone) })
        };
        cells.into_iter().map(cell).collect()
    }

    fn record_list(&self, list: wit::RecordList) -> Result<RecordList, Bad> {
        let create = match list.create {
            Some(button) => Some(CreateButton { label: self.maybe_text(button.label)?, preset: params_in(button.preset)? }),
            None => None,
        };
        Ok(RecordList {
            title: self.maybe_text(list.title)?,
            object: list.object,
            filter: list.filter,
            fields: list.fields,
            sort: list.sort,
            limit: list.limit,
            create,
            empty: self.maybe_text(list.empty)?,
        })
    }

    fn bar_chart(&self, chart: wit::BarChart) -> Result<BarChart, Bad> {
        let width = chart.series.len();
        let category = |category: wit::Category| {
            if category.values.len() != width {
                return Err(format!("a chart of {width} series has a category of {} values", category.values.len()));
            }
            let values = category.values.into_iter().map(figure).collect::<Result<_, _>>()?;
            Ok(Category { label: self.text(category.label)?, values, link: maybe_link(category.link)? })
        };
        Ok(BarChart {
            title: self.text(chart.title)?,
            unit: self.maybe_text(chart.unit)?,
            format: format(chart.format),
            series: chart.series.into_iter().map(|name| self.text(name)).collect::<Result<_, _>>()?,
            categories: chart.categories.into_iter().map(category).collect::<Result<_, Bad>>()?,
        })
    }

    fn funnel(&self, funnel: wit::Funnel) -> Result<Funnel, Bad> {
        let step = |step: wit::FunnelStep| {
            let (label, note) = (self.text(step.label)?, self.maybe_text(step.note)?);
            Ok(FunnelStep { label, value: figure(step.value)?, note, link: maybe_link(step.link)? })
        };
        Ok(Funnel {
            title: self.text(funnel.title)?,
            unit: self.maybe_text(funnel.unit)?,
            format: format(funnel.format),
            steps: funnel.steps.into_iter().map(step).collect::<Result<_, Bad>>()?,
        })
    }

    fn action(&self, action: wit::Action) -> Result<Action, Bad> {
        Ok(Action { label: self.text(action.label)?, link: link(action.link)?, primary: action.primary })
    }
}

/// What a chart can draw.
fn figure(value: crate::bindings::guanxi::types::types::Value) -> Result<Value, Bad> {
    match value_in(value)? {
        value @ (Value::Null | Value::Int(_) | Value::Decimal(_)) => Ok(value),
        _ => Err("a chart draws integers and decimals".to_owned()),
    }
}

fn reference_target(value: &crate::bindings::guanxi::types::types::Value) -> Option<String> {
    match value {
        crate::bindings::guanxi::types::types::Value::Ref(target) if !target.object.is_empty() => Some(target.object.clone()),
        _ => None,
    }
}

fn maybe_link(target: Option<wit::Link>) -> Result<Option<Link>, Bad> {
    target.map(link).transpose()
}

fn link(target: wit::Link) -> Result<Link, Bad> {
    Ok(match target {
        wit::Link::Record(record) => Link::Record { object: record.object, id: id_in(&record.id)? },
        wit::Link::List(list) => Link::List { object: list.object, filter: list.filter, sort: list.sort },
        wit::Link::Page(page) => {
            Link::Page { page: page.page, params: page.params.into_iter().map(|param| (param.key, param.value)).collect() }
        }
        wit::Link::Create(create) => Link::Create { object: create.object, preset: params_in(create.preset)? },
    })
}

fn format(format: wit::Format) -> Format {
    match format {
        wit::Format::Plain => Format::Plain,
        wit::Format::Money => Format::Money,
        wit::Format::Percent => Format::Percent,
    }
}

fn tone(tone: wit::Tone) -> Tone {
    match tone {
        wit::Tone::Neutral => Tone::Neutral,
        wit::Tone::Good => Tone::Good,
        wit::Tone::Warning => Tone::Warning,
        wit::Tone::Bad => Tone::Bad,
    }
}

fn alignment(alignment: wit::Alignment) -> Alignment {
    match alignment {
        wit::Alignment::Start => Alignment::Start,
        wit::Alignment::Center => Alignment::Center,
        wit::Alignment::End => Alignment::End,
    }
}

fn direction(direction: wit::Direction) -> Direction {
    match direction {
        wit::Direction::Up => Direction::Up,
        wit::Direction::Down => Direction::Down,
        wit::Direction::Flat => Direction::Flat,
    }
}
