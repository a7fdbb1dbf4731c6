//! Builders for the larger blocks: tables, lists, charts, boards.

use super::{
    Action, Alignment, BarChart, Category, Cell, Column, Content, CreateButton, Format, Funnel, FunnelStep, Kanban, Link, Preset,
    RecordList, Table, TableRow, Text, Tone,
};
use crate::Value;

impl Table {
    /// A table without rows.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { title: None, columns: columns.into_iter().collect(), rows: Vec::new(), totals: Vec::new(), empty: None }
    }

    /// Words above it.
    pub fn title(self, title: impl Into<Text>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// One more row, with as many cells as there are columns.
    pub fn row(mut self, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(TableRow { cells: cells.into_iter().collect(), tone: Tone::Neutral });
        self
    }

    /// One more row with a tone.
    pub fn toned_row(mut self, tone: Tone, cells: impl IntoIterator<Item = Cell>) -> Self {
        self.rows.push(TableRow { cells: cells.into_iter().collect(), tone });
        self
    }

    /// The row at the foot.
    pub fn totals(self, cells: impl IntoIterator<Item = Cell>) -> Self {
        Self { totals: cells.into_iter().collect(), ..self }
    }

    /// Said when there are no rows.
    pub fn empty(self, text: impl Into<Text>) -> Self {
        Self { empty: Some(text.into()), ..self }
    }
}

impl Column {
    /// A column of words.
    pub fn new(label: impl Into<Text>) -> Self {
        Self { label: label.into(), align: Alignment::Start, format: Format::Plain }
    }

    /// A column of plain numbers.
    pub fn number(label: impl Into<Text>) -> Self {
        Self { align: Alignment::End, ..Self::new(label) }
    }

    /// A column of amounts.
    pub fn money(label: impl Into<Text>) -> Self {
        Self { format: Format::Money, ..Self::number(label) }
    }

    /// A column of percentages.
    pub fn percent(label: impl Into<Text>) -> Self {
        Self { format: Format::Percent, ..Self::number(label) }
    }
}

impl Cell {
    /// A value.
    pub fn new(value: impl Into<Value>) -> Self {
        Self { content: Content::Data(value.into()), link: None, tone: Tone::Neutral }
    }

    /// Words, usually a message.
    pub fn words(text: impl Into<Text>) -> Self {
        Self { content: Content::Words(text.into()), link: None, tone: Tone::Neutral }
    }

    /// Where a click leads.
    pub fn link(self, link: Link) -> Self {
        Self { link: Some(link), ..self }
    }

    /// Good or bad news.
    pub fn tone(self, tone: Tone) -> Self {
        Self { tone, ..self }
    }
}

impl<T: Into<Value>> From<T> for Cell {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl RecordList {
    /// Ten live records of an object.
    pub fn new<'a>(object: &str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let fields = fields.into_iter().map(str::to_owned).collect();
        Self {
            title: None,
            object: object.to_owned(),
            filter: String::new(),
            fields,
            sort: Vec::new(),
            limit: 10,
            create: None,
            empty: None,
        }
    }

    /// Words above it.
    pub fn title(self, title: impl Into<Text>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Only those that match.
    pub fn filter(self, filter: impl Into<String>) -> Self {
        Self { filter: filter.into(), ..self }
    }

    /// One more field to sort by, `-amount` for descending.
    pub fn sort(mut self, field: &str) -> Self {
        self.sort.push(field.to_owned());
        self
    }

    /// At most so many.
    pub fn limit(self, limit: u32) -> Self {
        Self { limit, ..self }
    }

    /// A button that opens the form for a new record.
    pub fn create(self, preset: Preset) -> Self {
        Self { create: Some(CreateButton { label: None, preset: preset.0 }), ..self }
    }

    /// The same with words of your own.
    pub fn create_labelled(self, label: impl Into<Text>, preset: Preset) -> Self {
        Self { create: Some(CreateButton { label: Some(label.into()), preset: preset.0 }), ..self }
    }

    /// Said when there are none.
    pub fn empty(self, text: impl Into<Text>) -> Self {
        Self { empty: Some(text.into()), ..self }
    }
}

impl BarChart {
    /// A chart whose title says the finding.
    pub fn new<T: Into<Text>>(title: impl Into<Text>, series: impl IntoIterator<Item = T>) -> Self {
        let series = series.into_iter().map(Into::into).collect();
        Self { title: title.into(), unit: None, format: Format::Plain, series, categories: Vec::new() }
    }

    /// Written in the tenant's currency.
    pub fn money(self) -> Self {
        Self { format: Format::Money, ..self }
    }

    /// Words behind the figures.
    pub fn unit(self, unit: impl Into<Text>) -> Self {
        Self { unit: Some(unit.into()), ..self }
    }

    /// One more group of bars, one value per series.
    pub fn category<V: Into<Value>>(self, label: impl Into<Text>, values: impl IntoIterator<Item = V>) -> Self {
        self.push(label.into(), values.into_iter().map(Into::into).collect(), None)
    }

    /// The same, with a place where a click leads.
    pub fn linked_category<V: Into<Value>>(self, label: impl Into<Text>, values: impl IntoIterator<Item = V>, link: Link) -> Self {
        self.push(label.into(), values.into_iter().map(Into::into).collect(), Some(link))
    }

    fn push(mut self, label: Text, values: Vec<Value>, link: Option<Link>) -> Self {
        self.categories.push(Category { label, values, link });
        self
    }
}

impl Funnel {
    /// A funnel from the widest step to the narrowest.
    pub fn new(title: impl Into<Text>, steps: impl IntoIterator<Item = FunnelStep>) -> Self {
        Self { title: title.into(), unit: None, format: Format::Plain, steps: steps.into_iter().collect() }
    }

    /// Written in the tenant's currency.
    pub fn money(self) -> Self {
        Self { format: Format::Money, ..self }
    }

    /// Words behind the figures.
    pub fn unit(self, unit: impl Into<Text>) -> Self {
        Self { unit: Some(unit.into()), ..self }
    }
}

impl FunnelStep {
    /// One step; the value decides its width.
    pub fn new(label: impl Into<Text>, value: impl Into<Value>) -> Self {
        Self { label: label.into(), value: value.into(), note: None, link: None }
    }

    /// Words beside the figure.
    pub fn note(self, note: impl Into<Text>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// Where a click leads.
    pub fn link(self, link: Link) -> Self {
        Self { link: Some(link), ..self }
    }
}

impl Kanban {
    /// A board of an object's records, one column per option of `column_field`.
    pub fn new<'a>(object: &str, column_field: &str, card_fields: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            title: None,
            object: object.to_owned(),
            filter: String::new(),
            column_field: column_field.to_owned(),
            card_fields: card_fields.into_iter().map(str::to_owned).collect(),
            sum_fields: Vec::new(),
            weight_field: None,
            sort: Vec::new(),
        }
    }

    /// Words above it.
    pub fn title(self, title: impl Into<Text>) -> Self {
        Self { title: Some(title.into()), ..self }
    }

    /// Only those that match.
    pub fn filter(self, filter: impl Into<String>) -> Self {
        Self { filter: filter.into(), ..self }
    }

    /// One more field summed at the head of each column.
    pub fn sum(mut self, field: &str) -> Self {
        self.sum_fields.push(field.to_owned());
        self
    }

    /// A percent field that weights the sums.
    pub fn weight(self, field: &str) -> Self {
        Self { weight_field: Some(field.to_owned()), ..self }
    }

    /// One more field to sort the cards by.
    pub fn sort(mut self, field: &str) -> Self {
        self.sort.push(field.to_owned());
        self
    }
}

impl Action {
    /// A button.
    pub fn new(label: impl Into<Text>, link: Link) -> Self {
        Self { label: label.into(), link, primary: false }
    }

    /// The button that most people want.
    pub fn primary(self) -> Self {
        Self { primary: true, ..self }
    }
}
